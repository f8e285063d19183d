//! Owns the public records through the whole command: the numbers that a separate program counted.

use std::path::PathBuf;

use crate::{root, run};

/// Where the corpus lies, if it is here.
#[expect(clippy::disallowed_methods, reason = "a test may be told where the corpus is")]
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var("MAILTRAIL_CORPUS").map_or_else(|_| root().join("../shared/corpus"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("CORPUS MISSING: {}", folder.display());
    None
}

#[test]
fn the_msticpy_export_has_334_accesses_to_42_messages() {
    let Some(corpus) = corpus() else { return };
    let dir = tempfile::tempdir().unwrap();
    let ran = run(&corpus.join("msticpy/officeactivity_mia_334rows_2021.csv"), &dir.path().join("out"));
    let numbers = ran.json();
    for (key, expected) in
        [("accesses", 334), ("binds", 325), ("syncs", 9), ("items", 2734), ("messages", 42), ("mailboxes", 2)]
    {
        assert_eq!(numbers[key], expected, "{key}");
    }
}

#[test]
fn the_two_otrf_files_hold_one_access_and_the_fuller_body_is_kept() {
    let Some(corpus) = corpus() else { return };
    let dir = tempfile::tempdir().unwrap();
    let ran = run(&corpus.join("otrf"), &dir.path().join("out"));
    let numbers = ran.json();
    assert_eq!((&numbers["accesses"], &numbers["items"], &numbers["messages"]), (&1.into(), &7.into(), &6.into()));
    assert_eq!(numbers["issues"]["fuller-body-kept"], 1);
    assert_eq!(numbers["ledger"]["total"]["other_operation"], 8);
}

#[test]
fn the_rotating_poller_of_126_addresses_is_in_no_tier_of_ours() {
    let Some(corpus) = corpus() else { return };
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    run(&corpus.join("msticpy/officeactivity_mia_334rows_2021.csv"), &out);
    let mut bursts = csv::Reader::from_path(out.join("tables/bursts.csv")).unwrap();
    let tier = bursts.headers().unwrap().iter().position(|name| name == "tier").unwrap();
    assert!(bursts.records().all(|row| row.unwrap()[tier] == *"3"));
}
