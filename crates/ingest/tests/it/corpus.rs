//! Owns the agreement with public records that nobody here wrote. They lie beside the repository, never in it
//! (`MAILTRAIL_CORPUS`, default `../shared/corpus`); their expected counts were made by another program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mailtrail_ingest::{IngestReport, SourceInput};
use mailtrail_model::{IssueCode, MailAccessType, ThrottleState};
use serde_json::Value;

use crate::kept::{Outcome, read, read_file, read_text};

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "where the corpus lies is the machine's business, and told"
)]
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var("MAILTRAIL_CORPUS").map_or(beside, PathBuf::from);
    if path.join("expected.json").is_file() {
        return Some(path);
    }
    println!("CORPUS MISSING");
    None
}

fn count(outcome: &Outcome, kind: MailAccessType) -> u64 {
    outcome.accesses.iter().filter(|access| access.access_type == kind).count() as u64
}

/// Every number of an entry of `expected.json` that is about one file.
fn check(name: &str, expected: &Value, report: &IngestReport, outcome: &Outcome) {
    let refused: Vec<_> = report.receipts.iter().filter_map(|receipt| receipt.refused.as_deref()).collect();
    assert!(refused.is_empty(), "{name}: {refused:?}");
    assert_eq!(outcome.rejected, [], "{name}");
    let accesses = &outcome.accesses;
    let messages: BTreeSet<_> =
        accesses.iter().flat_map(|a| a.items.iter().flatten().map(|id| (a.mailbox.as_str(), id.as_str()))).collect();
    let distinct =
        |of: &dyn Fn(&crate::kept::Kept) -> String| accesses.iter().map(of).collect::<BTreeSet<_>>().len() as u64;
    let read: u64 = report.counts.iter().map(|counts| counts.read).sum();
    let other: u64 = report.counts.iter().map(|counts| counts.other_operation).sum();
    let named = accesses.iter().flat_map(|a| a.items.iter().flatten()).count() as u64;
    for (key, value) in expected.as_object().unwrap() {
        let got = match key.as_str() {
            "rows" => read,
            "mail_items_accessed" => accesses.len() as u64,
            "other_operations" => other,
            "distinct_record_ids" => distinct(&|a| a.record_id.clone()),
            "bind" => count(outcome, MailAccessType::Bind),
            "sync" => count(outcome, MailAccessType::Sync),
            "throttled" => accesses.iter().filter(|a| a.throttled == ThrottleState::Yes).count() as u64,
            "folder_items" => named,
            "distinct_mailbox_message" => messages.len() as u64,
            "mailboxes" => distinct(&|a| a.mailbox.clone()),
            "addresses" => distinct(&|a| a.address.clone().unwrap_or_default()),
            "operation_count" => u64::try_from(accesses[0].operation_count.unwrap()).unwrap(),
            "record_id" | "client_ip_address" | "logon_type" => {
                let access = &accesses[0];
                let got = match key.as_str() {
                    "record_id" => &access.record_id,
                    "logon_type" => &access.logon_type,
                    _ => access.address.as_ref().unwrap(),
                };
                assert_eq!(value, got, "{name}: {key}");
                continue;
            }
            "note" => continue,
            other => panic!("{name}: {other} is not looked at"),
        };
        assert_eq!(value.as_u64(), Some(got), "{name}: {key}");
    }
}

#[test]
fn public_records_give_the_counts_another_program_made() {
    let Some(corpus) = corpus() else { return };
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(corpus.join("expected.json")).unwrap()).unwrap();
    let mut files = 0;
    for (name, expected) in expected.as_object().unwrap() {
        if name.contains('*') || name.ends_with(".yml") {
            continue;
        }
        let (report, outcome) = read_file(&corpus.join(name));
        check(name, expected, &report, &outcome);
        files += 1;
    }
    println!("corpus: {files} files checked");
    assert!(files >= 7);
}

#[test]
fn the_record_in_a_detection_rule_is_one_bind_of_four_items() {
    let Some(corpus) = corpus() else { return };
    let rule = std::fs::read_to_string(corpus.join("splunk/o365_mailitemsaccessed.yml")).unwrap();
    let (_, text) = rule.split_once("example_log: '").unwrap();
    let record: String = text.trim_end().trim_end_matches('\'').lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let alone = read_file(&corpus.join("bind_ews_python_requests_firstparty_appid_2024.json")).1;
    let (_, outcome) = read_text(&record);
    assert_eq!((outcome.accesses.len(), outcome.rejected.len(), outcome.issues.len()), (1, 0, 0));
    assert_eq!(outcome.accesses[0].items.len(), 4);
    assert_eq!(outcome.accesses[0].whole, alone.accesses[0].whole);
}

#[test]
fn a_record_cut_by_powershell_stands_with_its_items_unnamed() {
    let Some(corpus) = corpus() else { return };
    let (_, outcome) = read_file(&corpus.join("otrf/Microsoft365DefenderEvents.json"));
    let access = &outcome.accesses[0];
    assert_eq!(access.record_id, "699e0b10-1c53-403e-976f-ce0847a92b44");
    for code in [IssueCode::FlattenedByPowershell, IssueCode::ItemsUnnamed, IssueCode::OperationCountMismatch] {
        assert!(access.issues.contains(&code), "{code:?}: {:?}", access.issues);
    }
    let full = read_file(&corpus.join("otrf/OfficeActivityEvents.json")).1;
    assert_eq!(full.accesses[0].record_id, access.record_id);
    assert_eq!(full.accesses[0].mailbox, access.mailbox);
}

#[test]
fn exports_without_mail_accesses_are_read_and_a_content_list_is_refused() {
    let Some(corpus) = corpus() else { return };
    let mut inputs = Vec::new();
    for folder in ["det-eng", "plaso"] {
        for entry in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            inputs.push(SourceInput::from_bytes(path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    let (report, outcome) = read(&inputs);
    assert_eq!(outcome.rejected, []);
    assert!(outcome.accesses.is_empty());
    assert!(report.receipts.iter().all(|receipt| receipt.refused.is_none()), "{:#?}", report.receipts);
    let other: u64 = report.counts.iter().map(|counts| counts.other_operation).sum();
    assert_eq!(other, report.counts.iter().map(|counts| counts.read).sum::<u64>());
    assert!(outcome.related.len() > 10, "sign-ins, rules, bypass: {}", outcome.related.len());
    for refused in
        ["mgmt_api_list_content.json", "graph_auditlogrecord_shapes.json", "splunk/o365_mailitemsaccessed.yml"]
    {
        let (report, _) = read_file(&corpus.join(refused));
        let reason = report.receipts[0].refused.as_deref().unwrap_or_else(|| panic!("{refused} was read"));
        assert!(reason.len() > 40, "{refused}: {reason}");
    }
    let (report, _) = read_file(&corpus.join("mgmt_api_list_content.json"));
    assert!(report.receipts[0].refused.as_deref().unwrap().contains("contentUri"));
}
