//! Owns what happens to the sample's answers when something that carries them is taken away: the listing, the declared
//! query ranges, the one throttled record.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use mailtrail_timeline::{StoredAccess, read_accesses, read_copies};

use crate::{Ran, mailtrail, root, run};

/// A copy of the sample case that a test may change, and the folder its runs go to.
struct Case {
    dir: tempfile::TempDir,
}

impl Case {
    /// The sample, its exports unpacked, so that rows can be changed in place.
    fn of_sample() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sample = root().join("sample-data/midnight-blizzard");
        fs::create_dir_all(dir.path().join("exports")).unwrap();
        for entry in fs::read_dir(&sample).unwrap().map(Result::unwrap).filter(|e| e.path().is_file()) {
            fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
        }
        for entry in fs::read_dir(sample.join("exports")).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            let mut bytes = fs::read(entry.path()).unwrap();
            if name.ends_with(".gz") {
                let mut unpacked = Vec::new();
                flate2::read::MultiGzDecoder::new(&*bytes).read_to_end(&mut unpacked).unwrap();
                bytes = unpacked;
            }
            fs::write(dir.path().join("exports").join(name.trim_end_matches(".gz")), bytes).unwrap();
        }
        let case = Self { dir };
        case.edit("case.toml", |text| text.replace(".gz\"", "\""));
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn edit(&self, name: &str, change: impl Fn(String) -> String) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        let changed = change(text.clone());
        assert_ne!(changed, text, "{name} was to be changed");
        fs::write(self.path(name), changed).unwrap();
    }

    fn run(&self, out: &str) -> Ran {
        let ran = run(&self.path("case.toml"), &self.path(out));
        assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
        ran
    }

    fn report(&self, out: &str) {
        let ran = mailtrail([Path::new("report"), &self.path(out), Path::new("--json")]);
        assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
    }

    /// Turns accesses into rows of another operation, in place, in every export that holds a copy of them.
    fn take_out(&self, out: &str, wanted: impl Fn(&StoredAccess) -> bool) -> usize {
        let tables = self.path(out).join("tables");
        let gone: Vec<StoredAccess> =
            read_accesses(&tables, |_| true).unwrap().into_iter().filter(|a| wanted(a)).collect();
        let is_gone = |id: &str| gone.iter().any(|access| access.record.record_id == id);
        let copies = read_copies(&tables, is_gone).unwrap();
        let locators = gone.iter().map(|access| access.record.locator).chain(copies.iter().map(|copy| copy.locator));
        let names: Vec<String> = self.csv(out, "sources.csv").iter().map(|row| row["name"].clone()).collect();
        for locator in locators {
            let path = self.path(&names[locator.source.0 as usize]);
            let mut bytes = fs::read(&path).unwrap();
            let (from, to) = (locator.byte_offset as usize, (locator.byte_offset + locator.byte_len) as usize);
            let (old, new) = (&b"MailItemsAccessed"[..], &b"FolderBindRemoved"[..]);
            let mut found = 0;
            for at in from..to - old.len() {
                if bytes[at..].starts_with(old) {
                    bytes[at..at + new.len()].copy_from_slice(new);
                    found += 1;
                }
            }
            assert!(found > 0, "{}: no operation in row {}", path.display(), locator.row);
            fs::write(&path, bytes).unwrap();
        }
        gone.len()
    }

    fn csv(&self, out: &str, table: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path(out).join("tables").join(table)).unwrap();
        let header = reader.headers().unwrap().clone();
        let cells =
            |row: csv::StringRecord| header.iter().zip(&row).map(|(h, c)| (h.to_owned(), c.to_owned())).collect();
        reader.records().map(|row| cells(row.unwrap())).collect()
    }

    /// Messages by class.
    fn classes(&self, out: &str) -> BTreeMap<String, usize> {
        let mut classes = BTreeMap::new();
        for row in self.csv(out, "exposure.csv") {
            *classes.entry(row["class"].clone()).or_default() += 1;
        }
        classes
    }

    fn not_excluded(&self, out: &str) -> usize {
        let classes = self.classes(out);
        ["C-near", "C-far"].iter().filter_map(|class| classes.get(*class)).sum()
    }
}

#[test]
fn with_the_listing_removed_no_d_is_claimed() {
    let case = Case::of_sample();
    case.run("out");
    assert!(case.classes("out")["D0"] > 0 && case.classes("out")["D1"] > 0);
    case.edit("case.toml", |text| without_lines(&text, "listings = "));
    case.report("out");
    let classes = case.classes("out");
    assert!(!classes.contains_key("D0") && !classes.contains_key("D1"), "{classes:?}");
    assert!(classes["A"] > 0, "what records name needs no listing: {classes:?}");
}

#[test]
fn with_the_declared_ranges_removed_no_hour_is_observed() {
    let case = Case::of_sample();
    case.run("out");
    let states = |case: &Case| -> Vec<String> {
        let mut states: Vec<_> = case.csv("out", "coverage.csv").iter().map(|row| row["state"].clone()).collect();
        states.sort();
        states.dedup();
        states
    };
    assert!(states(&case).contains(&"observed".to_owned()));
    case.edit("case.toml", |text| without_lines(&without_lines(&text, "query_start = "), "query_end = "));
    case.report("out");
    let without = states(&case);
    assert!(!without.contains(&"observed".to_owned()), "{without:?}");
    assert!(without.contains(&"inferred".to_owned()), "{without:?}");
    // The suspect period ends at 20:00 on 12 January: only what came later was never there while the log may have been short.
    let rows = case.csv("out", "exposure.csv");
    let early =
        rows.iter().filter(|row| row["class"].starts_with('D') && row["received_utc"].as_str() < "2024-01-12T20");
    assert_eq!(early.count(), 0);
}

#[test]
fn with_the_throttled_record_removed_the_hours_become_throttle_suspected_and_c_falls_by_thr_alone() {
    let case = Case::of_sample();
    case.run("out");
    let throttled = case.csv("out", "coverage.csv").into_iter().find(|row| row["state"] == "blind-throttled").unwrap();
    assert_eq!(case.take_out("out", |access| access.record.throttled == mailtrail_model::ThrottleState::Yes), 1);

    // The suspect application alone made 967 records that day: 985 is a threshold which accepted records decide.
    fs::write(case.path("rules.toml"), "throttle_suspect_records = 985\n").unwrap();
    case.edit("case.toml", |text| {
        let text = text.replace("presume_mailbox_on_throttle = true", "presume_mailbox_on_throttle = false");
        text.replace("roster = \"roster.csv\"", "roster = \"roster.csv\"\nrules = \"rules.toml\"")
    });
    case.run("removed");
    let coverage = case.csv("removed", "coverage.csv");
    assert!(!coverage.iter().any(|row| row["state"] == "blind-throttled"));
    let suspected: Vec<_> = coverage.iter().filter(|row| row["state"] == "throttle-suspected").collect();
    assert!(!suspected.is_empty(), "the hours after a thousand records without a Bind are suspected");
    assert!(suspected.iter().all(|row| row["mailbox"] == throttled["mailbox"]), "{suspected:?}");

    let thr_alone = |row: &&BTreeMap<String, String>| row["class"].starts_with('C') && row["reasons"] == "THR";
    let only_thr = case.csv("removed", "exposure.csv").iter().filter(thr_alone).count();
    let before = case.not_excluded("removed");
    assert!(only_thr > 0);

    let day = mailtrail_model::UtcMicros::DAY;
    let end = read_accesses(&case.path("out").join("tables"), |_| true)
        .unwrap()
        .into_iter()
        .find(|access| access.record.throttled == mailtrail_model::ThrottleState::Yes)
        .unwrap();
    let thinned = case.take_out("removed", |access| {
        let record = &access.record;
        let since = end.record.created.0 - record.created.0;
        let client = record.client.client_info_string.as_deref().unwrap_or("");
        let accepted = client.contains("RESTSystem") || client.contains("OutlookService");
        record.mailbox == end.record.mailbox && (0..day).contains(&since) && accepted
    });
    assert!((16..34).contains(&thinned), "accepted records of that day: {thinned}");
    case.run("thinned");
    assert!(!case.csv("thinned", "coverage.csv").iter().any(|row| row["state"] == "throttle-suspected"));
    assert_eq!(
        before - case.not_excluded("thinned"),
        only_thr,
        "C falls by exactly the messages whose only reason was THR"
    );
}

fn without_lines(text: &str, start: &str) -> String {
    text.lines().filter(|line| !line.starts_with(start)).map(|line| format!("{line}\n")).collect()
}
