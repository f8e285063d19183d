//! Owns what fuzz targets check: one function a target, each takes any bytes and panics if a promise is broken. Hidden from
//! the documentation. The seeds under `fuzz/corpus` replay through the same functions in the ordinary test run.

mod records;

use mailtrail_model::{Block, RecordSink};

use crate::cut::csv::{self, CsvCutter};
use crate::cut::json::JsonCutter;
use crate::cut::{Cutter, Step};
use crate::drive::{IngestOptions, IngestReport, ingest};
use crate::limits::Limits;
use crate::sniff;
use crate::source::SourceInput;
use crate::transcode::Encoding;

pub use records::{RECORDS, addresses, client_strings, csv_rows, glance, instants, json_rows, recognise, xml_rows};

/// A fuzz target's name and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// The targets of the engine; `fuzz/fuzz_targets` and `fuzz/corpus` have one of each name.
pub const ENGINE: [Target; 5] =
    [("sniff", sniff), ("cut_csv", cut_csv), ("cut_json", cut_json), ("archive", archive), ("whole", whole)];

/// A file's beginning is told or refused, and its rows begin within it.
pub fn sniff(bytes: &[u8]) {
    for last in [true, false] {
        if let sniff::Sniffed::Known { next, .. } = sniff::sniff(bytes, last, Limits::default().depth) {
            assert!(next <= bytes.len());
        }
    }
    assert!(sniff::shown(bytes).is_ascii() || bytes.len() > 60);
    assert!(Encoding::tell(bytes).source_len(b"a") > 0);
}

/// CSV rows cover the bytes, however they arrive, and are split into cells without loss.
pub fn cut_csv(bytes: &[u8]) {
    let cutter = || Cutter::Csv(CsvCutter::new(b',', b'\n', 2, b"Id,AuditData"));
    let rows = same_in_pieces(cutter, bytes);
    for (start, end) in rows {
        if let Ok(row) = std::str::from_utf8(&bytes[start..end]) {
            let arena = bumpalo::Bump::new();
            let split = csv::split(row, b',', 2, &arena);
            let text: usize = split.cells.iter().map(|cell| cell.raw.len()).sum();
            let around = row.bytes().filter(|b| b"\", ".contains(b)).count();
            assert!(!split.cells.is_empty() && text <= row.len());
            assert!(split.complaint.is_some() || text + around >= row.len());
        }
    }
}

/// JSON rows cover the bytes, however they arrive.
pub fn cut_json(bytes: &[u8]) {
    let first = bytes.iter().position(|b| *b == b'{').unwrap_or(0);
    for descend in [&[][..], &["value"], &["hits", "hits"]] {
        let cutter = || Cutter::Json(Box::new(JsonCutter::new(&bytes[first..], descend, 64)));
        same_in_pieces(cutter, bytes);
    }
}

/// A packed source ends in receipts, whatever is in it; its caps hold.
pub fn archive(bytes: &[u8]) {
    let limits = Limits { content_bytes: 1 << 20, ratio_floor_bytes: 1 << 16, ..Limits::default() };
    let options = IngestOptions { threads: 1, block_bytes: 1 << 16, limits, ..IngestOptions::default() };
    let report = read(bytes, &options);
    for receipt in &report.receipts {
        assert!(receipt.content_bytes <= 1 << 20 || receipt.compression.is_none(), "{receipt:?}");
    }
}

/// A source's rows balance, and no thread or block size changes what it says.
pub fn whole(bytes: &[u8]) {
    let options = |threads, block_bytes| IngestOptions { threads, block_bytes, ..IngestOptions::default() };
    let report = read(bytes, &options(1, 1 << 20));
    let again = read(bytes, &options(2, 333));
    assert_eq!(report.counts, again.counts);
    assert_eq!(report.receipts, again.receipts);
    assert_eq!(report.issues, again.issues);
}

fn read(bytes: &[u8], options: &IngestOptions) -> IngestReport {
    let input = SourceInput::from_bytes("fuzzed", bytes.to_vec());
    match ingest(&[input], options, &(), &Balance) {
        Ok(report) => report,
        Err(error) => {
            let balanced = error.to_string();
            assert!(balanced.is_empty(), "{balanced}");
            IngestReport::default()
        }
    }
}

/// A sink that checks the sum: read = records + other operations + rejected.
struct Balance;

impl RecordSink for Balance {
    type Judged = ();
    type Encoded = ();
    type Error = std::io::Error;

    fn judge(&self, block: &Block<'_>) -> Result<(), Self::Error> {
        let read: u64 = block.counts.iter().map(|counts| counts.read).sum();
        let settled: u64 = block.counts.iter().map(|counts| counts.other_operation + counts.rejected).sum();
        assert_eq!(read, settled + crate::block::to_u64(block.records.len()));
        Ok(())
    }

    fn encode(&self, _: &Block<'_>, (): ()) -> Result<(), Self::Error> {
        Ok(())
    }

    fn append(&self, _: &Block<'_>, (): ()) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// The rows of a source that is there at once, checked against the same source arriving in pieces.
fn same_in_pieces(cutter: impl Fn() -> Cutter, bytes: &[u8]) -> Vec<(usize, usize)> {
    let rows = cut(cutter(), bytes, bytes.len().max(1));
    // Few pieces of a long input: an unfinished row is walked again for each.
    for piece in [1 + bytes.len() / 40, 1 + bytes.len() / 7] {
        assert_eq!(cut(cutter(), bytes, piece), rows, "in pieces of {piece}");
    }
    rows
}

fn cut(mut cutter: Cutter, bytes: &[u8], piece: usize) -> Vec<(usize, usize)> {
    let (mut at, mut there, mut stuck) = (0, 0, 0);
    let mut rows = Vec::new();
    while at < bytes.len() {
        if at >= there {
            there = bytes.len().min(there + piece);
            continue;
        }
        let last = there == bytes.len();
        let next = match cutter.step(&bytes[..there], at, last) {
            Step::More => {
                assert!(!last, "asked for more at the end");
                there = bytes.len().min(there + piece);
                continue;
            }
            Step::Gap { next } => next,
            Step::Row(cut) | Step::Header(cut) => {
                assert!(at == cut.start && cut.start < cut.end && cut.end <= cut.next);
                rows.push((cut.start, cut.end));
                cut.next
            }
        };
        stuck = if next == at { stuck + 1 } else { 0 };
        assert!(next >= at && next <= there && stuck < 2, "from {at} to {next}");
        at = next;
    }
    rows
}
