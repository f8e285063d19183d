//! Owns what the engine promises whatever the containers are: every row counted, order kept, nothing hangs.

use std::io::Write as _;
use std::sync::Mutex;

use mailtrail_ingest::{IngestError, IngestOptions, IngestReport, Limits, SourceInput, ingest};
use mailtrail_model::{Block, IssueCode, Locator, RecordSink};

/// A sink that writes down what it is given.
#[derive(Default)]
pub(crate) struct Collect {
    pub(crate) lines: Mutex<Vec<String>>,
    fail_at: Option<usize>,
}

impl RecordSink for Collect {
    type Judged = Vec<String>;
    type Encoded = Vec<String>;
    type Error = String;

    fn judge(&self, block: &Block<'_>) -> Result<Vec<String>, String> {
        let read: u64 = block.counts.iter().map(|c| c.read).sum();
        let settled: u64 = block.counts.iter().map(|c| c.other_operation + c.rejected).sum();
        let records = u64::try_from(block.records.len()).unwrap();
        if read != settled + records {
            return Err(format!("{read} rows are not {settled} and {records}"));
        }
        let records = block.records.iter().map(|r| format!("record {:?} {}", r.locator, r.record_id));
        let rejected = block
            .rejected
            .iter()
            .map(|r| format!("rejected {:?} {} {:?}", r.locator, r.code.as_str(), String::from_utf8_lossy(&r.bytes)));
        let issues = block.issues.iter().map(|i| format!("issue {:?} {}", i.locator, i.code.as_str()));
        Ok(records.chain(rejected).chain(issues).collect())
    }

    fn encode(&self, _: &Block<'_>, judged: Vec<String>) -> Result<Vec<String>, String> {
        Ok(judged)
    }

    fn append(&self, _: &Block<'_>, encoded: Vec<String>) -> Result<(), String> {
        let mut lines = self.lines.lock().unwrap();
        lines.extend(encoded);
        match self.fail_at {
            Some(limit) if lines.len() > limit => Err("the disk is full".to_owned()),
            _ => Ok(()),
        }
    }
}

pub(crate) fn run_with(inputs: &[SourceInput], options: &IngestOptions) -> (IngestReport, Vec<String>) {
    let sink = Collect::default();
    let report = ingest(inputs, options, &(), &sink).unwrap();
    let mut lines = sink.lines.into_inner().unwrap();
    // Records, rejected rows and issues each keep their order; how they alternate depends on the blocks.
    lines.sort_by(|a, b| a.split(' ').next().cmp(&b.split(' ').next()));
    (report, lines)
}

pub(crate) fn options(threads: usize, block_bytes: usize) -> IngestOptions {
    IngestOptions { threads, block_bytes, limits: Limits::default(), ..IngestOptions::default() }
}

pub(crate) fn run(inputs: &[SourceInput]) -> (IngestReport, Vec<String>) {
    run_with(inputs, &options(2, 8 << 20))
}

pub(crate) fn source(name: &str, bytes: impl AsRef<[u8]>) -> SourceInput {
    SourceInput::from_bytes(name, bytes.as_ref().to_vec())
}

pub(crate) fn record(id: u32) -> String {
    format!(
        r#"{{"CreationTime":"2023-12-01T10:00:{:02}","Id":"00000000-0000-4000-8000-{id:012}","Operation":"SomethingElse{}","RecordType":1,"Workload":"Exchange","UserId":"a@example.com","Note":"a, \"quoted\" {{brace"}}"#,
        id % 60,
        id % 3,
    )
}

pub(crate) fn csv(ids: impl Iterator<Item = u32>) -> String {
    let mut out = String::from("CreationDate,UserIds,Operations,AuditData\r\n");
    for id in ids {
        let body = record(id).replace('"', "\"\"");
        out += &format!("2023-12-01T10:00:00.0000000Z,a@example.com,SomethingElse{},\"{body}\"\r\n", id % 3);
    }
    out
}

pub(crate) fn ndjson(ids: impl Iterator<Item = u32>) -> String {
    ids.map(|id| record(id) + "\n").collect()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn rows(report: &IngestReport) -> Vec<u64> {
    report.counts.iter().map(|c| c.read).collect()
}

#[test]
fn every_row_of_every_shape_is_counted() {
    let array = format!("[{}]", (0..50).map(record).collect::<Vec<_>>().join(","));
    let pretty = format!("[\n{}\n]\n", (0..50).map(record).collect::<Vec<_>>().join(",\n"));
    let arrays = format!("{array}\n\n{array}");
    let commas = (0..50).map(record).collect::<Vec<_>>().join(",");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(csv(0..50).encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let inputs = [
        source("a.csv", csv(0..50)),
        source("b.csv", gzip(csv(0..50).as_bytes())),
        source("c", ndjson(0..50)),
        source("d", &array),
        source("e", &pretty),
        source("f", &arrays),
        source("g", &commas),
        source("h", &utf16),
        source("i", csv(0..50) + "\u{feff}" + &csv(50..100)),
    ];
    let (report, lines) = run(&inputs);
    let refused: Vec<_> = report.receipts.iter().filter_map(|r| r.refused.as_deref()).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(rows(&report), [50, 50, 50, 50, 50, 100, 50, 50, 100], "{lines:?}");
    assert_eq!(report.counts.iter().map(|c| c.rejected).sum::<u64>(), 0, "{lines:?}");
}

#[test]
fn output_is_the_same_for_any_number_of_threads_and_any_block_size() {
    let bad = csv(0..40).replacen("\"\"Id\"\"", "\"Id\"\"", 3) + "x,\"y\nz";
    let inputs = || [source("a", csv(0..300)), source("b", &bad), source("c", ndjson(0..300)), source("d", "nonsense")];
    let expected = run(&inputs());
    assert!(expected.1.len() > 1);
    for (threads, block_bytes) in [(1, 8 << 20), (8, 8 << 20), (1, 700), (2, 4096), (8, 1000)] {
        let got = run_with(&inputs(), &options(threads, block_bytes));
        assert_eq!(got.1, expected.1, "{threads} threads, {block_bytes} bytes");
        assert_eq!(got.0.receipts, expected.0.receipts);
        assert_eq!(got.0.counts, expected.0.counts);
        assert_eq!(got.0.activity, expected.0.activity);
        assert_eq!(got.0.issues, expected.0.issues);
    }
}

#[test]
fn a_sink_that_fails_ends_the_run_with_its_error() {
    let inputs = [source("a", csv(0..10) + &"bad,\"\"row\n".repeat(50_000))];
    for threads in [1, 2, 8] {
        let sink = Collect { fail_at: Some(100), ..Collect::default() };
        let outcome = ingest(&inputs, &options(threads, 4096), &(), &sink);
        assert!(matches!(outcome, Err(IngestError::Sink(message)) if message == "the disk is full"));
    }
}

/// A sink with a bug.
struct Panics;

impl RecordSink for Panics {
    type Judged = ();
    type Encoded = ();
    type Error = String;

    fn judge(&self, _: &Block<'_>) -> Result<(), String> {
        Ok(())
    }

    fn encode(&self, block: &Block<'_>, (): ()) -> Result<(), String> {
        assert!(block.counts[0].source.0 != 3, "a bug in the sink");
        Ok(())
    }

    fn append(&self, _: &Block<'_>, (): ()) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn a_panic_in_a_worker_ends_the_run_and_hangs_nobody() {
    let inputs: Vec<_> = (0..20).map(|n| source(&format!("{n}"), ndjson(0..200))).collect();
    for threads in [1, 2, 8] {
        let outcome = ingest(&inputs, &options(threads, 4096), &(), &Panics);
        assert!(matches!(outcome, Err(IngestError::Panicked { message }) if message.contains("a bug in the sink")));
    }
}

#[test]
fn a_lost_quote_costs_one_row() {
    let good = csv(0..20);
    let lines: Vec<&str> = good.split_inclusive('\n').collect();
    let mut bytes = lines[..10].concat();
    let broken = lines[10].trim_end().strip_suffix('"').unwrap();
    bytes += broken;
    bytes += "\r\n";
    bytes += &lines[11..].concat();
    let (report, lines) = run(&[source("a", &bytes)]);
    assert_eq!((report.counts[0].read, report.counts[0].rejected), (20, 1));
    let expected = Locator {
        source: report.receipts[0].id,
        row: 10,
        byte_offset: u64::try_from(bytes.find(broken).unwrap()).unwrap(),
        byte_len: u64::try_from(broken.len()).unwrap(),
    };
    assert!(lines[0].starts_with(&format!("rejected {expected:?} {}", IssueCode::RowMalformed.as_str())), "{lines:?}");
}

/// Rejected rows with their locators, read in blocks of `block_bytes`.
pub(crate) fn run_collect(inputs: &[SourceInput], block_bytes: usize) -> (IngestReport, Vec<(Locator, String)>) {
    let sink = Rejects::default();
    let report = ingest(inputs, &options(2, block_bytes), &(), &sink).unwrap();
    (report, sink.0.into_inner().unwrap())
}

/// A sink that keeps rejected rows only.
#[derive(Default)]
struct Rejects(Mutex<Vec<(Locator, String)>>);

impl RecordSink for Rejects {
    type Judged = ();
    type Encoded = ();
    type Error = String;

    fn judge(&self, _: &Block<'_>) -> Result<(), String> {
        Ok(())
    }

    fn encode(&self, _: &Block<'_>, (): ()) -> Result<(), String> {
        Ok(())
    }

    fn append(&self, block: &Block<'_>, (): ()) -> Result<(), String> {
        let rows = block.rejected.iter().map(|r| (r.locator, String::from_utf8_lossy(&r.bytes).into_owned()));
        self.0.lock().unwrap().extend(rows);
        Ok(())
    }
}
