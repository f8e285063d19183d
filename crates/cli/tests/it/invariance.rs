//! Owns "the container does not matter": one set of records in every lossless container gives the same tables.

use std::{fs, path::Path};

use mailtrail_model::{Locator, SourceId};
use mailtrail_synth::{Container, Sample};
use mailtrail_timeline::{StoredAccess, read_accesses};

use crate::mailtrail;

/// The accesses of an output folder without locators, by record id.
fn accesses(out: &Path) -> Vec<StoredAccess> {
    let mut all = read_accesses(&out.join("tables"), |_| true).unwrap();
    for access in &mut all {
        access.access_no = 0;
        access.record.locator = Locator { source: SourceId(0), row: 0, byte_offset: 0, byte_len: 0 };
    }
    all.sort_by(|a, b| a.record.record_id.cmp(&b.record.record_id));
    all
}

#[test]
fn every_lossless_container_gives_the_same_accesses() {
    let world = Sample::MidnightBlizzard.world(7);
    let mut records = world.records();
    // The last weeks of the case: owners, applications, Syncs, throttling and the directory's operations are all among them.
    records.drain(..records.len().saturating_sub(4_000));
    let dir = tempfile::tempdir().unwrap();
    let mut first: Option<(Vec<StoredAccess>, &str)> = None;
    for container in Container::ALL_LOSSLESS {
        let file = dir.path().join(format!("{}.{}", container.name(), container.extension()));
        fs::write(&file, container.to_bytes(&records)).unwrap();
        let out = dir.path().join(container.name());
        let ran = mailtrail([
            "ingest".as_ref(),
            file.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
            "--json".as_ref(),
            "--allow-issues".as_ref(),
        ]);
        assert_eq!(ran.code, 0, "{}: {}{}", container.name(), ran.stdout, ran.stderr);
        let found = accesses(&out);
        assert!(found.len() > 100, "{}: {} accesses", container.name(), found.len());
        match &first {
            None => first = Some((found, container.name())),
            Some((expected, name)) => {
                assert_eq!(expected.len(), found.len(), "{name} and {}", container.name());
                for (a, b) in expected.iter().zip(&found) {
                    assert_eq!(a, b, "{name} and {} differ", container.name());
                }
            }
        }
    }
}
