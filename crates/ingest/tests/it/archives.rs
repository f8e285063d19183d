//! Owns what becomes of packed sources: members are sources of their own, bombs and hostile names are refused with a reason.

use std::io::{Cursor, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use mailtrail_ingest::{IngestOptions, IngestReport, Limits, Progress, ingest};
use zip::write::SimpleFileOptions;

use crate::engine::{Collect, csv, gzip, ndjson, rows, run, run_with, source};

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn refusals(report: &IngestReport) -> Vec<(&str, &str)> {
    report.receipts.iter().filter_map(|r| r.refused.as_deref().map(|why| (r.name.as_str(), why))).collect()
}

#[test]
fn members_are_sources_with_their_archives_hash() {
    let bytes = zipped(&[
        ("b.json", ndjson(0..7).as_bytes()),
        ("dir/a.csv.gz", &gzip(csv(0..5).as_bytes())),
        ("__MACOSX/b.json", b"x"),
        ("readme.txt", b"not an export"),
    ]);
    let (report, _) = run(&[source("in.zip", &bytes), source("c.csv", csv(0..3))]);
    let names: Vec<&str> = report.receipts.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["in.zip", "in.zip!b.json", "in.zip!dir/a.csv.gz", "in.zip!readme.txt", "c.csv"]);
    assert_eq!(rows(&report), [0, 7, 5, 0, 3]);
    let archive = report.receipts[0].sha256;
    let parents: Vec<_> = report.receipts.iter().map(|r| r.parent).collect();
    assert_eq!(parents, [None, Some(archive), Some(archive), Some(archive), None]);
    assert_eq!(report.receipts[2].compression.as_deref(), Some("gzip"));
    assert_eq!(refusals(&report).len(), 1);
    assert!(report.receipts[0].completeness.findings.iter().any(|f| f.evidence.contains("1 hidden")));
}

/// Adds up what it is told.
#[derive(Default)]
struct Told {
    bytes: AtomicU64,
    rows: AtomicU64,
}

impl Progress for Told {
    fn bytes(&self, more: u64) {
        self.bytes.fetch_add(more, Ordering::Relaxed);
    }

    fn rows(&self, more: u64) {
        self.rows.fetch_add(more, Ordering::Relaxed);
    }
}

#[test]
fn progress_tells_each_byte_on_disk_and_each_row_once() {
    let zip = zipped(&[("b.json", ndjson(0..7).as_bytes()), ("a.csv", csv(0..5).as_bytes())]);
    let inputs =
        [source("in.zip", &zip), source("c.csv.gz", gzip(csv(0..3).as_bytes())), source("none", "prose\nprose")];
    let told = Told::default();
    ingest(&inputs, &IngestOptions::default(), &told, &Collect::default()).unwrap();
    let on_disk: u64 = inputs.iter().filter_map(|input| input.bytes).sum();
    assert_eq!((told.bytes.into_inner(), told.rows.into_inner()), (on_disk, 15));
}

#[test]
fn packed_sources_are_told_by_their_bytes_and_read_to_their_end() {
    let text = ndjson(0..200);
    let two_members = [gzip(text.as_bytes()), gzip(text.as_bytes())].concat();
    let zstd = zstd::encode_all(text.as_bytes(), 3).unwrap();
    let two_frames = [zstd.clone(), zstd].concat();
    let (report, _) = run(&[source("a", &two_members), source("b", &two_frames)]);
    assert_eq!(rows(&report), [400, 400], "{:?}", refusals(&report));
    assert_eq!(report.receipts[0].content_bytes, u64::try_from(text.len() * 2).unwrap());
    assert_eq!(report.receipts[0].bytes, u64::try_from(two_members.len()).unwrap());
}

#[test]
fn an_archive_in_an_archive_is_read_once_and_no_deeper() {
    let inner = zipped(&[("a.json", ndjson(0..3).as_bytes())]);
    let middle = zipped(&[("inner.zip", &inner)]);
    let outer = zipped(&[("middle.zip", &middle)]);
    let (report, _) = run(&[source("two.zip", &middle), source("three.zip", &outer)]);
    assert_eq!(rows(&report).iter().sum::<u64>(), 3);
    let refused = refusals(&report);
    assert!(
        matches!(refused[..], [(name, why)] if name.ends_with("middle.zip!inner.zip") && why.contains("nested too deep")),
        "{refused:?}"
    );
}

#[test]
fn hostile_members_are_refused_and_the_others_read() {
    let good = ndjson(0..2);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["ok.json", "../up.json", "/abs.json", "C:/x.json", "NUL.json", "OK.JSON", "a/../../b.json"] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(good.as_bytes()).unwrap();
    }
    writer.add_symlink("link.json", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let (report, _) = run(&[source("x.zip", &bytes)]);
    let total: u64 = rows(&report).iter().sum();
    assert_eq!((total, refusals(&report).len()), (2, 7), "{:?}", refusals(&report));
}

#[test]
fn encrypted_members_are_refused_with_what_to_do() {
    // The flag alone: nothing of such a member may be read.
    let mut bytes = zipped(&[("a.json", ndjson(0..2).as_bytes())]);
    let local = 6;
    let central = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap() + 8;
    bytes[local] |= 1;
    bytes[central] |= 1;
    let (report, _) = run(&[source("x.zip", &bytes)]);
    assert!(matches!(refusals(&report)[..], [(_, why)] if why.contains("password")), "{:?}", refusals(&report));
}

#[test]
fn two_members_of_one_name_are_refused() {
    let mut bytes = zipped(&[("a.json", b"{}"), ("b.json", b"{}")]);
    for at in (0..bytes.len() - 6).filter(|at| &bytes[*at..at + 6] == b"b.json").collect::<Vec<_>>() {
        bytes[at] = b'a';
    }
    let (report, _) = run(&[source("x.zip", &bytes)]);
    assert!(
        matches!(refusals(&report)[..], [(_, why)] if why.contains("two members of one name")),
        "{:?}",
        refusals(&report)
    );
}

#[test]
fn bombs_stop_at_the_caps_and_what_was_read_stands() {
    let text = format!("{}{}", ndjson(0..10), " ".repeat(4 << 20));
    let limits = Limits { ratio_floor_bytes: 1 << 20, ratio: 100, ..Limits::default() };
    let small = Limits { content_bytes: 1 << 20, ..Limits::default() };
    for (limits, why) in [(limits, "100 times"), (small, "1048576 bytes")] {
        let options = IngestOptions { limits, block_bytes: 64 << 10, ..IngestOptions::default() };
        let zstd = zstd::encode_all(text.as_bytes(), 3).unwrap();
        let zip = zipped(&[("a", text.as_bytes())]);
        for bytes in [gzip(text.as_bytes()), zstd, zip] {
            let (report, _) = run_with(&[source("bomb", &bytes), source("after", ndjson(0..3))], &options);
            assert_eq!(rows(&report).iter().sum::<u64>(), 13);
            let finding =
                report.receipts.iter().flat_map(|r| &r.completeness.findings).find(|f| f.code == "reading-stopped");
            assert!(finding.is_some_and(|f| f.incomplete && f.evidence.contains(why)), "{:?}", report.receipts);
        }
    }
}

#[test]
fn an_archive_of_too_many_entries_is_refused_before_it_is_read() {
    let members: Vec<(String, Vec<u8>)> = (0..30).map(|n| (format!("{n}"), Vec::new())).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    let limits = Limits { archive_entries: 29, ..Limits::default() };
    let options = IngestOptions { limits, ..IngestOptions::default() };
    let (report, _) = run_with(&[source("x.zip", zipped(&members))], &options);
    assert!(
        matches!(refusals(&report)[..], [(_, why)] if why.contains("more than 29 entries")),
        "{:?}",
        refusals(&report)
    );
}

#[test]
fn a_packed_file_that_was_cut_keeps_the_rows_before_the_cut() {
    let text = ndjson(0..2000);
    let gz = gzip(text.as_bytes());
    let zst = zstd::encode_all(text.as_bytes(), 3).unwrap();
    for bytes in [&gz[..gz.len() / 2], &zst[..zst.len() - 3]] {
        let (report, _) = run(&[source("cut", bytes), source("after", ndjson(0..3))]);
        let counts = rows(&report);
        assert!(counts[0] > 10 && counts[0] <= 2000, "{counts:?}");
        assert_eq!(counts[1], 3);
        assert!(report.receipts[0].completeness.looks_incomplete());
    }
}

#[test]
fn damaged_archives_are_refused_and_never_hang() {
    let good = zipped(&[("a.json", ndjson(0..20).as_bytes()), ("b.csv", csv(0..20).as_bytes())]);
    for at in (0..good.len()).step_by(7) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x55;
        let (report, _) = run(&[source("x.zip", &bytes), source("after", ndjson(0..3))]);
        assert_eq!(rows(&report).last(), Some(&3), "byte {at}");
        let cut = run(&[source("x.zip", &good[..at])]).0;
        assert!(cut.receipts.iter().all(|r| r.refused.is_some() || r.completeness.looks_incomplete()), "cut at {at}");
    }
}
