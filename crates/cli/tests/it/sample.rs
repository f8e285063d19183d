//! Owns the README's first command: the sample case, run whole.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::LazyLock};

use crate::{mailtrail, root, run};

/// One run over the sample, shared by the tests of this file.
static SAMPLE: LazyLock<(tempfile::TempDir, serde_json::Value)> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let ran = run(&root().join("sample-data/midnight-blizzard/case.toml"), &dir.path().join("out"));
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let numbers = ran.json();
    (dir, numbers)
});

pub(crate) fn out() -> PathBuf {
    SAMPLE.0.path().join("out")
}

#[test]
fn the_sample_exits_0_and_every_row_is_accounted_for() {
    let ledger: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out().join("ledger.json")).unwrap()).unwrap();
    assert_eq!(ledger, SAMPLE.1["ledger"], "--json and ledger.json tell the same");
    let parts = ["accepted", "duplicate", "other_operation", "out_of_window", "rejected"];
    for row in ledger["sources"].as_array().unwrap().iter().chain([&ledger["total"]]) {
        let sum: u64 = parts.iter().map(|p| row[p].as_u64().unwrap()).sum();
        assert_eq!(row["read"].as_u64().unwrap(), sum, "{row}");
    }
    assert_eq!(ledger["total"]["rejected"], 0);
    assert!(ledger["total"]["duplicate"].as_u64().unwrap() > 0, "the sample's exports overlap");
    let containers: BTreeSet<_> =
        ledger["sources"].as_array().unwrap().iter().map(|s| s["container"].to_string()).collect();
    assert!(containers.len() >= 5, "{containers:?}");
}

#[test]
fn the_sample_has_16_mailboxes_and_its_numbers_are_whole() {
    let numbers = &SAMPLE.1;
    assert_eq!(numbers["mailboxes"], 16);
    let count = |key: &str| numbers[key].as_u64().unwrap();
    assert_eq!(count("accesses"), count("binds") + count("syncs"), "every access of the sample states its type");
    assert!(count("accesses") >= 16 * 92 * 10, "at least ten records a mailbox-day");
    assert!(count("messages") <= count("items"));
    assert!(count("sessions") <= count("accesses"));
}

#[test]
fn every_file_of_the_folder_is_named_in_run_json_and_the_other_way_round() {
    let record: serde_json::Value = serde_json::from_str(&fs::read_to_string(out().join("run.json")).unwrap()).unwrap();
    let named: BTreeSet<String> =
        record["files"].as_array().unwrap().iter().map(|f| f.as_str().unwrap().to_owned()).collect();
    let mut found = BTreeSet::new();
    let mut folders = vec![out()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(out()).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    assert_eq!(named, found);
    for file in [
        "report.html",
        "charts/F01-swimlanes.svg",
        "charts/F01-swimlanes.csv",
        "tables/sessions.csv",
        "tables/sessions.parquet",
    ] {
        assert!(found.contains(file), "{file}");
    }
}

#[test]
fn the_report_asks_for_nothing_outside_itself() {
    let page = fs::read_to_string(out().join("report.html")).unwrap();
    assert!(
        page.contains("Content-Security-Policy") && page.contains("default-src &#39;none&#39;")
            || page.contains("default-src 'none'")
    );
    for word in [" src=", "@import", "url(http", "<link", "<iframe", " style=", " onclick=", " onload="] {
        assert!(!page.contains(word), "the page says {word}");
    }
}

#[test]
fn report_makes_the_same_page_again_without_the_exports() {
    let before = fs::read(out().join("report.html")).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let folder = copy.path().join("out");
    copy_tree(&out(), &folder);
    let ran = mailtrail(["report".as_ref(), folder.as_os_str(), "--json".as_ref()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(fs::read(folder.join("report.html")).unwrap(), before);
    let mut again = ran.json();
    again["out"] = SAMPLE.1["out"].clone();
    assert_eq!(again, SAMPLE.1);
}

pub(crate) fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_tree(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn explain_follows_a_session_and_a_message_home_to_the_rows_of_the_exports() {
    let folder = out();
    let explain = |what: &str| {
        let ran = mailtrail(["explain", what, "--in", folder.to_str().unwrap(), "--limit", "0"]);
        assert_eq!(ran.code, 0, "{what}: {}", ran.stderr);
        ran.stdout
    };
    let first = |table: &str, column: &str, wanted: &dyn Fn(&csv::StringRecord) -> bool| {
        let mut rows = csv::Reader::from_path(folder.join("tables").join(table)).unwrap();
        let header = rows.headers().unwrap().clone();
        let at = header.iter().position(|name| name == column).unwrap();
        rows.records().map(Result::unwrap).find(|row| wanted(row)).unwrap()[at].to_owned()
    };
    let records_at = {
        let rows = csv::Reader::from_path(folder.join("tables/sessions.csv")).unwrap().headers().unwrap().clone();
        rows.iter().position(|name| name == "records").unwrap()
    };
    let session = first("sessions.csv", "session", &|row| &row[records_at] == "3");
    let text = explain(&session);
    assert!(text.starts_with(&format!("{session}: 3 records")), "{text}");
    assert_eq!(text.matches("\nrecord ").count(), 3, "{text}");
    assert_eq!(text.matches("  kept ").count(), 3, "each record has the row it was read from: {text}");
    assert!(text.matches("MailItemsAccessed").count() >= 3, "the rows are printed raw: {text}");

    let message = first("exposure.csv", "internet_message_id", &|row| row.iter().any(|cell| cell == "A"));
    let text = explain(&message);
    let bare = message.trim_matches(['<', '>']);
    let rows = text.lines().filter(|line| line.contains("MailItemsAccessed")).collect::<Vec<_>>();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.contains(bare)), "every row printed names {message}");

    let none = mailtrail(["explain", "V999999", "--in", folder.to_str().unwrap()]);
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("session, record or message"), "{}", none.stderr);
}

#[test]
fn inspect_says_how_long_the_records_exist_and_writes_the_request_for_them() {
    let case = root().join("sample-data/midnight-blizzard/case.toml");
    let case = case.to_str().unwrap();
    let json = mailtrail(["inspect", case, "--json"]).json();
    assert_eq!(json["preservation"]["needed_from"], "2023-11-01T00:00:00Z");
    assert_eq!(json["preservation"]["expires"], "2024-04-29T00:00:00Z", "180 days");
    let letter = mailtrail(["inspect", case, "--request"]).stdout;
    assert!(letter.starts_with("Request to preserve") && letter.contains("expired on 2024-04-29"), "{letter}");
    assert!(letter.contains("without -UserIds"), "{letter}");
}
