//! Owns unusual access windows through the whole command: found where the samples' truth has them, and not where it has none.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read as _,
    path::Path,
};

use chrono::{DateTime, Utc};

use crate::{mailtrail, root, run};

type Row = BTreeMap<String, String>;

fn table(out: &Path, name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(out.join("tables").join(name)).unwrap();
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader.records().map(|row| head.iter().cloned().zip(row.unwrap().iter().map(str::to_owned)).collect()).collect()
}

fn truth(sample: &str) -> serde_json::Value {
    let packed = File::open(root().join("sample-data").join(sample).join("truth.json.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Tier 1 bursts by mailbox name: first and last record over all of a mailbox's.
fn tier_one(out: &Path) -> BTreeMap<String, (DateTime<Utc>, DateTime<Utc>)> {
    let names: BTreeMap<String, String> =
        table(out, "mailboxes.csv").into_iter().map(|row| (row["mailbox"].clone(), row["name"].clone())).collect();
    let mut spans = BTreeMap::new();
    for row in table(out, "bursts.csv").iter().filter(|row| row["tier"] == "1") {
        let (first, last) = (time(&row["first_utc"]), time(&row["last_utc"]));
        let span = spans.entry(names[&row["mailbox"]].clone()).or_insert((first, last));
        *span = (span.0.min(first), span.1.max(last));
    }
    spans
}

/// Runs a sample without its attribution, so that nothing but the records speaks; returns what tier 1 says.
fn unmarked(sample: &str, dir: &Path) -> (serde_json::Value, BTreeMap<String, (DateTime<Utc>, DateTime<Utc>)>) {
    let (from, case) = (root().join("sample-data").join(sample), dir.join("case"));
    fs::create_dir_all(case.join("exports")).unwrap();
    for entry in fs::read_dir(from.join("exports")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, case.join("exports").join(path.file_name().unwrap())).unwrap();
    }
    for file in ["roster.csv", "listing.csv"] {
        fs::copy(from.join(file), case.join(file)).unwrap();
    }
    let text = fs::read_to_string(from.join("case.toml")).unwrap();
    fs::write(case.join("case.toml"), text.replace("attribution = \"attribution.toml\"\n", "")).unwrap();
    let ran = run(&case.join("case.toml"), &dir.join("out"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    (ran.json(), tier_one(&dir.join("out")))
}

/// Mailboxes that the intruder reached, with dates; one of them by an Outlook alone.
fn intruded(truth: &serde_json::Value) -> BTreeMap<String, (DateTime<Utc>, DateTime<Utc>)> {
    let list = truth["intruder"].as_array().unwrap().iter();
    list.map(|one| {
        let at = |key: &str| time(one[key].as_str().unwrap());
        (one["upn"].as_str().unwrap().to_owned(), (at("first"), at("last")))
    })
    .collect()
}

fn agrees(sample: &str, found: &BTreeMap<String, (DateTime<Utc>, DateTime<Utc>)>) {
    let expected = intruded(&truth(sample));
    let names = |spans: &BTreeMap<String, _>| -> BTreeSet<String> { spans.keys().cloned().collect() };
    assert_eq!(names(found), names(&expected), "{sample}: the mailboxes of the intruder, and no other");
    for (name, (first, last)) in &expected {
        let (from, until) = found[name];
        assert!(
            (from - first).num_hours().abs() < 24 && (until - last).num_hours().abs() < 24,
            "{name}: {from} {until}"
        );
    }
}

#[test]
fn midnight_blizzard_is_found_in_tier_1_without_a_mark_and_nothing_becomes_d() {
    let dir = tempfile::tempdir().unwrap();
    let (numbers, found) = unmarked("midnight-blizzard", dir.path());
    agrees("midnight-blizzard", &found);
    let rows = table(&dir.path().join("out"), "bursts.csv").len();
    assert_eq!(numbers["bursts"].as_u64(), Some(rows as u64));
    let class = |name: &str| numbers["exposure"][name].as_u64().unwrap_or(0);
    assert!(class("A") > 1_000, "provisional marks class messages: {}", numbers["exposure"]);
    assert_eq!(class("D0") + class("D1"), 0, "nothing is D where nobody marked anything");
    let draft = fs::read_to_string(dir.path().join("out/attribution.draft.toml")).unwrap();
    let first = draft.lines().find(|line| line.contains("why here")).unwrap();
    assert!(first.contains("tier 1"), "{first}");

    // A burst can be asked for by its id, and the rows behind it are shown.
    let out = dir.path().join("out");
    let bursts = table(&out, "bursts.csv");
    let first_tier = bursts.iter().find(|row| row["tier"] == "1").unwrap();
    let told = mailtrail(["explain".as_ref(), first_tier["burst"].as_ref(), "--in".as_ref(), out.as_os_str()]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(told.stdout.contains("unusual access window") && told.stdout.contains("rules_fired"), "{}", told.stdout);
}

#[test]
fn storm_0558_is_found_in_tier_1_without_a_mark() {
    let dir = tempfile::tempdir().unwrap();
    let (_, found) = unmarked("storm-0558", dir.path());
    agrees("storm-0558", &found);
    let by_pair = table(&dir.path().join("out"), "bursts.csv");
    assert!(by_pair.iter().filter(|row| row["tier"] == "1").all(|row| row["rules_fired"].contains("R11")));
}

#[test]
fn rules_are_explained_in_plain_words() {
    for (word, part) in [("R2", "example: "), ("R11", "2023"), ("r1", "r1_tail"), ("bursts", "tier 1")] {
        let told = mailtrail(["explain", word]);
        assert!(told.code == 0 && told.stdout.contains(part), "{word}: {}", told.stdout);
    }
}
