//! Owns what the command says and answers when the input is not what it should be.

use std::{fs, path::Path};

use crate::{Ran, mailtrail, root, run};

/// Runs over one file with this content.
fn over(content: &[u8]) -> (Ran, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("input"), content).unwrap();
    (run(&dir.path().join("input"), &dir.path().join("out")), dir)
}

const HEADER: &str =
    "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n";

#[test]
fn a_file_of_unknown_kind_is_exit_1_and_says_what_it_saw_and_knows() {
    let (ran, _dir) = over(b"Dear colleague, please find attached the minutes.\n");
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("refused"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Dear colleague") && ran.stdout.contains("AuditData"), "{}", ran.stdout);
}

#[test]
fn empty_and_header_only_files_and_files_without_accesses_are_exit_3() {
    let record = r#"{"CreationTime":"2024-01-01T00:00:00","Id":"5f1c2d30-7a41-4a01-2d55-08dbf4d47e9a","Operation":"UserLoggedIn","RecordType":15,"UserId":"a@b.example"}"#;
    for (content, what) in [
        (Vec::new(), "empty"),
        (HEADER.as_bytes().to_vec(), "header only"),
        (format!("{record}\n").into_bytes(), "no accesses"),
    ] {
        let (ran, _dir) = over(&content);
        assert_eq!(ran.code, 3, "{what}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn a_malformed_row_is_quarantined_and_the_rest_is_taken() {
    let good = r#"{"CreationTime":"2024-02-01T16:07:34","Id":"9cef02e9-4bfa-4c73-be7d-9dad68b9cea8","Operation":"MailItemsAccessed","RecordType":50,"UserId":"u@x.example","MailboxOwnerUPN":"u@x.example","MailboxGuid":"7cfcc8fc-0d4a-4e1c-9592-dbb3de1e3859","OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],"Folders":[{"Id":"f","Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<a@x.example>"}]}],"OperationCount":1}"#;
    let (ran, dir) = over(format!("{good}\n{{\"Operation\":\"MailItemsAccessed\", broken\n").as_bytes());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let numbers = ran.json();
    assert_eq!((&numbers["accesses"], &numbers["ledger"]["total"]["rejected"]), (&1.into(), &1.into()));
    let quarantine = fs::read_to_string(dir.path().join("out/quarantine.jsonl")).unwrap();
    let row: serde_json::Value = serde_json::from_str(quarantine.trim_end()).unwrap();
    assert_eq!((&row["id"], &row["source_name"], &row["row"]), (&"Q000001".into(), &"input".into(), &2.into()));
    assert!(row["text"].as_str().unwrap().contains("broken"));
}

#[test]
fn a_folder_that_is_not_ours_is_refused_and_stays_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.txt"), "years of work").unwrap();
    let ran = run(&root().join("sample-data/midnight-blizzard/case.toml"), dir.path());
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("not ours") && ran.stderr.contains("hint:"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn usage_errors_are_exit_2_and_a_missing_file_is_named() {
    assert_eq!(mailtrail(["run"]).code, 2);
    assert_eq!(mailtrail(["fly"]).code, 2);
    let dir = tempfile::tempdir().unwrap();
    let ran = run(Path::new("no/such/export.csv"), &dir.path().join("out"));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("no/such/export.csv"), "{}", ran.stderr);
    assert!(!dir.path().join("out").exists(), "nothing is written before the inputs are known");
}

#[test]
fn hostile_names_do_not_reach_the_terminal_raw() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a\u{1b}[31m\u{202e}.csv");
    fs::write(&file, "nothing of ours\n").unwrap();
    let ran = mailtrail(["inspect".as_ref(), file.as_os_str()]);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stdout.contains('\u{202e}'), "{:?}", ran.stdout);
}

#[test]
fn a_file_cut_at_fifty_thousand_rows_is_said_to_be_cut() {
    let row = "2023-11-28T10:00:00Z,a@x.example,Create,\"{\"\"Operation\"\":\"\"Create\"\",\"\"CreationTime\"\":\"\"2023-11-28T10:00:00\"\"}\"\r\n";
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("export.csv");
    for (rows, cut) in [(50_000, true), (50_001, false)] {
        fs::write(&file, "CreationDate,UserIds,Operations,AuditData\r\n".to_owned() + &row.repeat(rows)).unwrap();
        let ran = mailtrail(["inspect".as_ref(), file.as_os_str()]);
        assert_eq!(ran.stdout.contains("exactly 50,000 rows"), cut, "{}", ran.stdout);
        assert_eq!(ran.stdout.contains("may be incomplete"), cut, "{}", ran.stdout);
    }
}

#[test]
fn a_period_that_ends_with_what_was_searched_is_warned_of() {
    let record = r#"{"CreationTime":"2024-02-01T16:07:34","Id":"9cef02e9-4bfa-4c73-be7d-9dad68b9cea8","Operation":"MailItemsAccessed","RecordType":50,"UserId":"u@x.example","MailboxOwnerUPN":"u@x.example","MailboxGuid":"7cfcc8fc-0d4a-4e1c-9592-dbb3de1e3859","OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"Folders":[{"Id":"f","Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<a@x.example>"}]}],"OperationCount":1}"#;
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("export.json"), record).unwrap();
    let said = |period_end: &str, query_end: &str| {
        let case = format!(
            "[case]\nid = \"C-1\"\n[window]\nstart = 2024-02-01\nend = 2024-02-03\n[period]\nstart = 2024-02-01\nend = {period_end}\n\
             [[source]]\npath = \"export.json\"\nquery_start = 2024-02-01\nquery_end = {query_end}\n"
        );
        fs::write(dir.path().join("case.toml"), case).unwrap();
        run(&dir.path().join("case.toml"), &dir.path().join("out")).json()["warnings"].to_string()
    };
    let late = said("2024-02-03", "2024-02-03");
    assert!(late.contains("line 6") && late.contains("declare a window until 2024-02-03T00:02:00Z"), "{late}");
    let short = said("2024-02-02T00:00:00Z", "2024-02-02T00:01:59Z");
    assert!(short.contains("until 2024-02-02T00:02:00Z"), "{short}");
    let enough = said("2024-02-02T00:00:00Z", "2024-02-02T00:02:00Z");
    assert!(!enough.contains("recorded up to"), "{enough}");
}
