//! The sample data in the repository is what the simulator makes, and has what the examples promise.

use std::{collections::BTreeMap, fs, path::Path};

use mailtrail_synth::{Sample, World, record::Event, touch::Actor};

use crate::made;

fn world() -> &'static World {
    made::world(Sample::MidnightBlizzard)
}

fn files() -> &'static BTreeMap<String, Vec<u8>> {
    made::files(Sample::MidnightBlizzard)
}

fn on_disk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            on_disk(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

#[test]
fn the_samples_in_the_repository_are_byte_for_byte_what_their_seed_makes() {
    let mut total = 0;
    for sample in Sample::ALL {
        let made = made::files(sample);
        let mut kept = BTreeMap::new();
        on_disk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-data").join(sample.name()), "", &mut kept);
        assert_eq!(kept.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>());
        for (name, bytes) in made {
            assert!(kept[name] == *bytes, "{name} differs: run `just sample`");
        }
        total += made.values().map(Vec::len).sum::<usize>();
    }
    assert!(total <= 20_000_000, "{total} bytes");
}

#[test]
fn the_first_sample_comes_in_many_containers_and_is_small() {
    let exports = || files().keys().filter(|name| name.starts_with("exports/"));
    assert!(exports().count() >= 5);
    assert_eq!(exports().filter(|name| !name.ends_with(".gz")).count(), 1);
    assert!(files().values().map(Vec::len).sum::<usize>() <= 10_000_000);
}

#[test]
fn every_mailbox_has_ten_records_on_every_day() {
    let world = world();
    assert_eq!(world.lives.len(), 16);
    for (mailbox, life) in world.tenant.mailboxes.iter().zip(&world.lives) {
        let mut days: BTreeMap<i64, usize> = (0..92).map(|day| (day, 0)).collect();
        for record in &life.log.records {
            *days.entry((record.created.0 - world.horizon.from.0) / 86_400).or_default() += 1;
        }
        for (day, count) in days.range(..92) {
            assert!(*count >= 10, "{} has {count} records on day {day}", mailbox.upn);
        }
    }
}

#[test]
fn the_intruder_is_where_the_story_says() {
    let world = world();
    let mut departments: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    for (mailbox, life) in world.tenant.mailboxes.iter().zip(&world.lives) {
        let mut touches = life.touches.iter().filter(|touch| touch.who == Actor::Intruder).peekable();
        if touches.peek().is_some() {
            *departments.entry(mailbox.department).or_default() += 1;
        }
        for touch in touches {
            (first, last) = (first.min(touch.at.0), last.max(touch.at.0));
        }
    }
    assert_eq!(departments, [("Cybersecurity", 3), ("Legal", 3), ("Senior leadership", 2)].into());
    assert!((1_701_129_600..1_701_216_000).contains(&first), "28 November: {first}");
    assert!((1_705_017_600..1_705_104_000).contains(&last), "12 January: {last}");
}

#[test]
fn one_mailbox_is_throttled_and_says_so_once() {
    let world = world();
    let flagged: Vec<_> = world
        .records()
        .into_iter()
        .filter_map(|record| {
            record.access().filter(|access| access.throttled).map(|access| (access.mailbox_upn.clone(), record.created))
        })
        .collect();
    assert_eq!(flagged.len(), 1);
    let (upn, at) = &flagged[0];
    assert_eq!(&**upn, "t.wexley@harbourlight.example");
    let inside = |record: &&mailtrail_synth::record::Record| {
        record.access().is_some_and(|access| access.mailbox_upn == *upn)
            && record.created > *at
            && record.created < at.plus(86_400)
    };
    let records = world.records();
    let blind: Vec<_> = records.into_iter().filter(inside).collect();
    assert!(!blind.is_empty() && blind.iter().all(|record| matches!(record.event, Event::Sync { .. })));
}

#[test]
fn a_record_stands_in_more_than_one_export() {
    let rows = |text: &str| {
        text.lines()
            .filter_map(|line| line.strip_prefix("rows_reported = "))
            .map(|n| n.parse::<usize>().unwrap())
            .sum::<usize>()
    };
    let reported = rows(std::str::from_utf8(&files()["case.toml"]).unwrap());
    assert!(reported > world().records().len() + 2_000, "{reported} rows");
}

#[test]
fn no_export_has_a_row_count_that_speaks_of_a_cap() {
    for line in std::str::from_utf8(&files()["case.toml"]).unwrap().lines() {
        if let Some(count) = line.strip_prefix("rows_reported = ") {
            assert!(!["100", "5000", "10000", "30000", "50000"].contains(&count));
        }
    }
}
