//! Tables in, account out: the second half as a whole, over tables the first half wrote.

use std::{collections::BTreeMap, fs, path::Path};

use mailtrail_model::{
    AccessMatcher, AccessRecord, AttributionEntry, CaseInputs, Completeness, ExposureClass, InputPlace, Interval,
    ItemAccess, Ledger, Listing, ListingBuilder, ListingKind, ListingRow, MailAccessType, Marking, PlaceUnit, Reason,
    RowScope, Rows, Sha256, SourceDeclaration, SourceFilter, SourceId, SourceReceipt, SourceScope, Timeline, UtcMicros,
};
use mailtrail_timeline::{Basis, TableRows, reconstruct, small_table_files};

use crate::build::{self, NOON, bind, block, item};

const WINDOW: Interval =
    Interval { start: UtcMicros(NOON - UtcMicros::DAY), end: UtcMicros(NOON + 2 * UtcMicros::DAY) };

fn place() -> InputPlace {
    InputPlace { file: "case.toml".into(), at: PlaceUnit::Whole }
}

fn receipt() -> SourceReceipt {
    SourceReceipt {
        id: SourceId(0),
        name: "export.csv".to_owned(),
        parent: None,
        sha256: Sha256([7; 32]),
        bytes: 1,
        content_bytes: 1,
        container: Some("portal-csv".into()),
        lossy: false,
        encoding: "utf-8".into(),
        compression: None,
        refused: None,
        span: Some(WINDOW),
        completeness: Completeness::default(),
    }
}

/// A declared, settled, whole export, and every access by `User.0` suspect.
fn case() -> CaseInputs {
    CaseInputs {
        window: Some(WINDOW),
        attribution_given: true,
        attribution: vec![
            mark(Marking::Suspect, "user.0@contoso.example"),
            mark(Marking::Accepted, "user.1@contoso.example"),
        ],
        sources: vec![SourceDeclaration {
            path: "export.csv".to_owned(),
            exported: Some(UtcMicros(NOON + 9 * UtcMicros::DAY)),
            query: Some(WINDOW),
            retention_days: Some(180),
            scope: SourceScope::All,
            filter: SourceFilter::None,
            collector: None,
            method: None,
            rows_reported: None,
            place: place(),
        }],
        ..CaseInputs::default()
    }
}

fn mark(marking: Marking, actor: &str) -> AttributionEntry {
    AttributionEntry {
        id: format!("{}-{actor}", marking.as_str()),
        place: place(),
        marking,
        matcher: AccessMatcher { actors: vec![actor.to_owned()], ..AccessMatcher::default() },
        fact: "stated".to_owned(),
        note: None,
        by: None,
        date: None,
        alternatives: None,
    }
}

fn run(tables: &Path, case: &CaseInputs) -> Timeline {
    let (receipts, ledger) = ([receipt()], Ledger::default());
    reconstruct(&Basis { tables, case, receipts: &receipts, ledger: &ledger, issues: &[] }).unwrap()
}

fn world(records: Vec<AccessRecord<'static>>, case: &CaseInputs) -> (tempfile::TempDir, Timeline) {
    let folder = tempfile::tempdir().unwrap();
    build::write(folder.path(), Some(WINDOW), &[block(records)]);
    let timeline = run(folder.path(), case);
    (folder, timeline)
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    small_table_files().into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

fn lines(folder: &Path, name: &str) -> Vec<String> {
    fs::read_to_string(folder.join(name)).unwrap().lines().map(str::to_owned).collect()
}

fn listing(rows: &[(&str, &str)]) -> Listing {
    let mut builder =
        ListingBuilder::new("listing.csv".into(), ListingKind::Held, "plain CSV", Some(WINDOW.end.plus(1)));
    for (at, (mailbox, id)) in (1..).zip(rows) {
        let row = ListingRow {
            mailbox,
            internet_message_id: id,
            folder: Some("\\Inbox"),
            folder_id: None,
            received: Some(WINDOW.start),
            subject: Some("A subject"),
            sender: None,
            recipients: None,
            size_bytes: Some(7),
            attachments: Some(1),
        };
        assert!(builder.push(at, &row));
    }
    builder.finish()
}

#[test]
fn a_run_counts_what_the_tables_hold() {
    let (_folder, timeline) = world((0..14).map(|n| bind(n, 3)).collect(), &case());
    assert_eq!(timeline.mailboxes.len(), 7);
    assert_eq!(timeline.messages, 42);
    assert_eq!(timeline.mailboxes.iter().map(|one| one.records).sum::<u64>(), 14);
    assert_eq!(timeline.sessions.iter().map(|one| one.records).sum::<u64>(), 14);
    let classes = timeline.exposure.unwrap().by_class;
    assert_eq!(classes.values().sum::<u64>(), 42, "every message is in a class");
    assert_eq!(classes[&ExposureClass::A], 6);
    assert_eq!(classes[&ExposureClass::D1] + classes[&ExposureClass::D0], 0, "nothing is listed");
}

#[test]
fn reconstructing_again_gives_the_same_bytes() {
    let (folder, first) = world((0..60).map(|n| bind(n, 2)).collect(), &case());
    let before = files(folder.path());
    let second = run(folder.path(), &case());
    assert_eq!(first, second);
    assert!(before == files(folder.path()), "the files differ");
}

#[test]
fn the_order_of_rows_changes_no_small_table() {
    let records = || (0..40).map(|n| bind(n, 2));
    let (forward, _) = world(records().collect(), &case());
    let (backward, _) = world(records().rev().collect(), &case());
    for name in ["sessions.csv", "contexts.csv", "coverage.csv", "mailboxes.csv"] {
        assert_eq!(lines(forward.path(), name), lines(backward.path(), name), "{name}");
    }
    let without_row_numbers = |folder: &Path| -> Vec<String> {
        let column = lines(folder, "exposure.csv")[0].split(',').position(|name| name == "access_no").unwrap();
        let cut = |line: &String| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells.remove(column);
            cells.join(",")
        };
        lines(folder, "exposure.csv").iter().map(cut).collect()
    };
    assert_eq!(without_row_numbers(forward.path()), without_row_numbers(backward.path()));
}

#[test]
fn the_exposure_csv_holds_every_message_strongest_first() {
    let (folder, _) = world((0..14).map(|n| bind(n, 3)).collect(), &case());
    let rows = lines(folder.path(), "exposure.csv");
    assert_eq!(rows.len(), 43);
    let class = |row: &String| row.split(',').nth(3).unwrap().to_owned();
    let classes: Vec<String> = rows[1..].iter().map(class).collect();
    let strength = |name: &String| ExposureClass::ALL.iter().position(|class| class.as_str() == *name).unwrap();
    assert!(classes.windows(2).all(|pair| strength(&pair[0]) <= strength(&pair[1])), "{classes:?}");
    assert!(fs::read_dir(folder.path()).unwrap().all(|e| !e.unwrap().path().to_string_lossy().ends_with("partial")));
}

#[test]
fn a_mailbox_that_only_a_listing_names_is_in_the_account() {
    let mut case = case();
    case.listings =
        vec![listing(&[("new@contoso.example", "<x@y>"), ("user.1@contoso.example", "m1000@mail.contoso.example")])];
    let (folder, timeline) = world(vec![bind(1, 1)], &case);
    let new = timeline.mailboxes.iter().find(|one| one.key.as_str() == "upn:new@contoso.example").unwrap();
    let exposure = new.exposure.clone().unwrap();
    assert_eq!(exposure.by_class[&ExposureClass::CFar], 1);
    assert_eq!(exposure.by_reason[&Reason::Lic], 1, "no record and no audit list: not shown to be audited");
    let rows = lines(folder.path(), "exposure.csv");
    assert!(
        rows.iter().any(|row| row.contains("A subject") && row.contains("<m1000@mail.contoso.example>")),
        "{rows:?}"
    );
}

fn attachment(n: u64, item_id: &str) -> AccessRecord<'static> {
    AccessRecord {
        access_type: MailAccessType::Attachment,
        items: vec![ItemAccess { item_id: Some(item_id.to_owned().into()), ..ItemAccess::default() }],
        ..bind(n, 0)
    }
}

#[test]
fn an_attachment_access_is_about_the_message_a_bind_names_by_the_same_item() {
    let named = AccessRecord {
        user_id: Some("user.1@contoso.example".into()),
        items: vec![ItemAccess { item_id: Some("item-1".into()), ..item(9) }],
        ..bind(0, 1)
    };
    let (_folder, timeline) = world(vec![named.clone(), attachment(7, "item-1")], &case());
    let exposure = timeline.exposure.unwrap();
    assert_eq!((exposure.by_class[&ExposureClass::A], timeline.messages), (1, 1));
    let (_folder, timeline) = world(vec![named, attachment(7, "item-2")], &case());
    let exposure = timeline.exposure.unwrap();
    assert_eq!((exposure.by_class[&ExposureClass::A], exposure.by_reason[&Reason::Idl]), (0, 1));
}

#[test]
fn a_missing_table_is_named_in_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let (case, receipts, ledger) = (case(), [receipt()], Ledger::default());
    let basis = Basis { tables: folder.path(), case: &case, receipts: &receipts, ledger: &ledger, issues: &[] };
    let error = reconstruct(&basis).unwrap_err().to_string();
    assert!(error.contains("accesses.parquet"), "{error}");
}

#[test]
fn leaving_an_entry_out_says_what_rests_on_it() {
    let (_folder, timeline) = world((0..14).map(|n| bind(n, 3)).collect(), &case());
    let find = |id: &str| {
        let change = mailtrail_model::Change::WithoutEntry(id.to_owned());
        timeline.findings.sensitivity.iter().find(|one| one.change == change).unwrap().totals.clone()
    };
    let without = find("suspect-user.0@contoso.example");
    assert_eq!(without.by_class[&ExposureClass::A], 0);
    assert_eq!(without.by_class.values().sum::<u64>(), 42);
    assert!(timeline.findings.warnings.is_empty(), "{:?}", timeline.findings.warnings);
}

#[test]
fn a_suspect_entry_that_matches_nothing_is_a_warning() {
    let mut case = case();
    case.attribution.push(mark(Marking::Suspect, "nobody@contoso.example"));
    let (_folder, timeline) = world(vec![bind(1, 1)], &case);
    let warned = timeline.findings.warnings.iter().filter(|one| one.detail.contains("nobody")).count();
    assert_eq!(warned, 1, "{:?}", timeline.findings.warnings);
}

#[test]
fn rows_read_back_agree_with_the_account() {
    let (folder, timeline) = world((0..60).map(|n| bind(n, 3)).collect(), &case());
    let rows = TableRows::of(folder.path());
    let all = rows.messages(RowScope::All, usize::MAX).unwrap();
    assert_eq!(all.len() as u64, timeline.messages);
    assert!(all.windows(2).all(|pair| pair[0].class <= pair[1].class), "strongest first");
    assert_eq!(rows.messages(RowScope::All, 5).unwrap(), all[..5], "a limit takes the first");
    for class in ExposureClass::ALL {
        let n = all.iter().filter(|row| row.class == class).count() as u64;
        assert_eq!(n, timeline.exposure.as_ref().unwrap().by_class[&class]);
    }
    let records: u64 = rows.hours(RowScope::All).unwrap().iter().map(|hour| hour.records).sum();
    assert_eq!(records, timeline.mailboxes.iter().map(|one| one.records).sum::<u64>());
    for context in &timeline.contexts {
        let growth = rows.growth(RowScope::All).unwrap();
        let new: u64 = growth.iter().filter(|step| step.context == context.id).map(|step| step.new_messages).sum();
        assert_eq!(new, context.messages, "{}", context.id);
    }
    let folders: u64 = rows.folders(RowScope::All).unwrap().iter().flat_map(|one| one.totals.by_class.values()).sum();
    assert_eq!(folders, timeline.messages);
    let one = timeline.mailboxes[0].key.clone();
    let own = rows.messages(RowScope::Of(&[one.clone()].into()), usize::MAX).unwrap();
    assert_eq!(own.len() as u64, timeline.mailboxes[0].messages);
    assert!(own.iter().all(|row| row.mailbox == one));
}
