//! Owns input that bites: each case is a quarantined row, a refused source or a finding; counts balance, memory is bounded.

use std::io::{self, Read, Seek, SeekFrom};

use mailtrail_ingest::{IngestOptions, IngestReport, Limits, ReadSeek, SourceInput};
use mailtrail_model::{IssueCode, SourceReceipt};

use crate::engine::{csv, ndjson, record, rows, run, run_with, source};

/// What is expected of a case.
enum Expected {
    /// So many rows, of which so many are rejected.
    Rows(u64, u64),
    /// Refused, with this in the reason.
    Refused(&'static str),
    /// Not refused, no rows, and a finding that says so.
    Nothing(&'static str),
}

fn check(name: &str, bytes: &[u8], expected: &Expected) {
    let (report, lines) = run(&[source(name, bytes), source("after", ndjson(0..3))]);
    let (receipt, counts) = (&report.receipts[0], report.counts[0]);
    assert_eq!(report.counts[1].read, 3, "{name}: the next source is read");
    match expected {
        Expected::Rows(read, rejected) => {
            assert_eq!(receipt.refused, None, "{name}");
            assert_eq!((counts.read, counts.rejected), (*read, *rejected), "{name}: {lines:?}");
        }
        Expected::Refused(why) => {
            let refused = receipt.refused.as_deref().unwrap_or_else(|| panic!("{name} is not refused: {lines:?}"));
            assert!(refused.contains(why), "{name}: {refused}");
            assert_eq!(counts.read, 0, "{name}");
        }
        Expected::Nothing(code) => {
            assert_eq!((receipt.refused.as_deref(), counts.read), (None, 0), "{name}");
            assert!(has_finding(receipt, code), "{name}: {:?}", receipt.completeness);
        }
    }
}

fn has_finding(receipt: &SourceReceipt, code: &str) -> bool {
    receipt.completeness.findings.iter().any(|finding| finding.code == code && finding.incomplete)
}

#[test]
fn each_case_has_its_answer() {
    use Expected::{Nothing, Refused, Rows};
    let good = record(1);
    let with = |row: &str| format!("{good}\n{row}\n{good}\n").into_bytes();
    let member = |json: &str| with(&good.replacen('{', &format!("{{{json},"), 1));
    let bomb = "[".repeat(100_000);
    let header = "CreationDate,UserIds,Operations,AuditData\r\n";
    let cases: [(&str, Vec<u8>, Expected); 37] = [
        ("a zero-byte file", Vec::new(), Nothing("empty-file")),
        ("white space", b" \r\n\n ".to_vec(), Nothing("empty-file")),
        ("a mark alone", vec![0xef, 0xbb, 0xbf], Nothing("empty-file")),
        ("a UTF-16 mark alone", vec![0xff, 0xfe], Nothing("empty-file")),
        ("an empty array", b"[]".to_vec(), Nothing("empty-file")),
        ("a header alone", header.as_bytes().to_vec(), Nothing("no-rows")),
        ("a header without a line end", header.trim_end().as_bytes().to_vec(), Nothing("no-rows")),
        ("an unknown header", b"a,b,c\n1,2,3\n".to_vec(), Refused("\"a,b,c\\x0a1,2,3\\x0a\"")),
        ("prose", b"Dear colleague,\nplease find attached".to_vec(), Refused("Dear colleague")),
        ("one long line", vec![b'x'; 1 << 20], Refused("begins with \"xxx")),
        ("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0".to_vec(), Refused("binary")),
        ("zeros", vec![0; 4096], Refused("binary")),
        ("a workbook's kin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....".to_vec(), Refused("Office")),
        ("a web page", b"<!DOCTYPE html><html><body>Sign in".to_vec(), Refused("web page")),
        ("a table of ours", b"PAR1....".to_vec(), Refused("Parquet")),
        ("other JSON", br#"{"name":"package","version":1}"#.to_vec(), Refused("")),
        ("other XML", b"<?xml version=\"1.0\"?><Other><Event/></Other>".to_vec(), Refused("")),
        ("a list of content", br#"[{"contentType":"Audit.Exchange","contentUri":"https://x"}]"#.to_vec(), Refused("")),
        ("raw control characters", with("{\"Id\":\"a\u{1}b\u{b}\"}"), Rows(3, 1)),
        ("a zero byte in a row", with("{\"Id\":\"a\0b\"}"), Rows(3, 1)),
        ("zeros at the end", [with(&good), vec![0; 100]].concat(), Rows(4, 1)),
        ("bytes that are no text", [with(&good), b"{\"Id\":\"\xff\xfe\"}\n".to_vec()].concat(), Rows(4, 1)),
        ("a number of 30 digits", member(r#""SizeInBytes":123456789012345678901234567890"#), Rows(3, 0)),
        ("a number beyond any", member(r#""SizeInBytes":1e400"#), Rows(3, 0)),
        ("a lone surrogate", member(r#""Subject":"\ud800""#), Rows(3, 0)),
        ("bytes behind the object", with(&format!("{good} x")), Rows(4, 1)),
        ("two objects on a line", with(&format!("{good}{good}")), Rows(4, 0)),
        ("scalars", with("1\nnull\n\"text\""), Rows(5, 3)),
        ("a depth bomb", with(&format!("{{\"a\":{bomb}")), Rows(3, 1)),
        ("a closed depth bomb", with(&format!("{{\"a\":{bomb}{}}}", bomb.replace('[', "]"))), Rows(3, 1)),
        ("a million brackets between rows", [bomb.as_bytes(), &with(&good)].concat(), Rows(3, 0)),
        ("fewer columns", format!("{header}a,b\r\n").into_bytes(), Rows(1, 1)),
        ("more columns", format!("{}x,y,MailItemsAccessed,no body,z\r\n", csv(0..1)).into_bytes(), Rows(2, 1)),
        ("an unterminated quote", format!("{header}{}a,b,c,\"{{", &csv(0..3)[header.len()..]).into_bytes(), Rows(4, 1)),
        ("a stray quote", format!("{header}a,b,c,\"x\"y\"\r\n{}", &csv(0..3)[header.len()..]).into_bytes(), Rows(4, 1)),
        ("an array without its end", format!("[{good},{good}").into_bytes(), Rows(2, 0)),
        ("an object cut off", format!("[{good},{}", &good[..60]).into_bytes(), Rows(2, 1)),
    ];
    for (name, bytes, expected) in &cases {
        check(name, bytes, expected);
    }
}

#[test]
fn an_interrupted_export_says_so() {
    for text in [format!("[{}", record(1)), format!("{{\"value\":[{}]", record(1))] {
        let (report, _) = run(&[source("a", &text)]);
        assert!(has_finding(&report.receipts[0], "unfinished-file"), "{text}: {:?}", report.receipts[0]);
    }
    let (report, _) = run(&[source("a", format!("{},\"{{\"\"Id", csv(0..2)))]);
    assert!(report.issues.keys().any(|(code, _)| *code == IssueCode::UnfinishedFile), "{:?}", report.issues);
}

#[test]
fn a_million_items_in_a_record_are_too_many() {
    let items = vec!["{}"; 1_000_000].join(",");
    let folders = format!(r#"{{"Folders":[{{"FolderItems":[{items}]}}],"MailboxGuid":"x","#);
    let row = record(1).replacen('{', &folders, 1).replace("SomethingElse1", "MailItemsAccessed");
    let (report, lines) = run(&[source("a", format!("{}\n{row}\n", record(0)))]);
    assert_eq!((report.counts[0].read, report.counts[0].rejected), (2, 1));
    assert!(lines.iter().any(|line| line.contains("too-many-items")), "{}", &lines[0][..200]);
}

#[test]
fn a_page_that_names_a_next_one_is_not_the_whole_answer() {
    let page = |link: &str| format!("{{\"value\":[{}]{link}}}", record(1));
    let (first, last) = (page(",\"@odata.nextLink\":\"https://x\""), page(",\"@odata.nextLink\":null"));
    let (report, _) = run(&[source("1", &first)]);
    assert!(has_finding(&report.receipts[0], "next-page"));
    for other in [&last, &page("")] {
        let (report, _) = run(&[source("1", &first), source("2", other)]);
        assert!(!has_finding(&report.receipts[0], "next-page"), "the last page is among the sources");
    }
}

/// A source that is never held in memory: text before, one byte often, text after.
#[derive(Clone)]
struct Stretch {
    before: Vec<u8>,
    fill: u8,
    often: u64,
    after: Vec<u8>,
    at: u64,
}

impl Read for Stretch {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let before = self.before.len() as u64;
        let all = before + self.often + self.after.len() as u64;
        let count = usize::try_from(all.saturating_sub(self.at).min(out.len() as u64)).unwrap();
        for (at, byte) in (self.at..).zip(&mut out[..count]) {
            *byte = match at {
                at if at < before => self.before[usize::try_from(at).unwrap()],
                at if at < before + self.often => self.fill,
                at => self.after[usize::try_from(at - before - self.often).unwrap()],
            };
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Stretch {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(at) => self.at = at,
            _ => return Err(io::Error::other("only from the start")),
        }
        Ok(self.at)
    }
}

fn stretched(before: &str, fill: u8, often: u64, after: &str) -> SourceInput {
    let stretch = Stretch { before: before.into(), fill, often, after: after.into(), at: 0 };
    let open = Box::new(move || Ok(Box::new(stretch.clone()) as Box<dyn ReadSeek + Send>));
    SourceInput { name: "stretched".to_owned(), open, bytes: None }
}

#[test]
fn a_line_beyond_the_cap_costs_one_row_and_its_length_is_known() {
    let limits = Limits { row_bytes: 1 << 20, ..Limits::default() };
    let options = IngestOptions { limits, block_bytes: 64 << 10, ..IngestOptions::default() };
    let often = 8 << 20;
    let good = record(7);
    let header = "CreationDate,UserIds,Operations,AuditData\r\n";
    let rest = csv(0..2).replace(header, "");
    for (before, after, expected) in [
        (format!("{good}\n{{\"Id\":\""), format!("\"}}\n{good}\n{good}\n"), 4),
        (format!("[{good},{{\"CreationTime\":\""), format!("\"}},{good},{good}]"), 4),
        (format!("{header}{rest}a,b,c,\""), format!("\"\r\n{rest}"), 5),
        (format!("{header}{rest}a,b,c,"), format!("\r\n{rest}"), 5),
    ] {
        let (report, lines) = run_with(&[stretched(&before, b'x', often, &after)], &options);
        assert_eq!((report.counts[0].read, report.counts[0].rejected), (expected, 1), "{before}");
        let long = lines.iter().find(|line| line.starts_with("rejected")).unwrap();
        assert!(long.contains("row-too-long"), "{}", &long[..200]);
        let length = long.split("byte_len: ").nth(1).unwrap().split(' ').next().unwrap();
        assert!(length.parse::<u64>().unwrap() > often, "{length}");
        assert_eq!(report.receipts[0].content_bytes, often + (before.len() + after.len()) as u64);
    }
}

#[test]
fn a_file_that_is_one_endless_row_is_read_to_its_end_in_little_memory() {
    let limits = Limits { row_bytes: 1 << 20, ..Limits::default() };
    let options = IngestOptions { limits, block_bytes: 64 << 10, ..IngestOptions::default() };
    let open = format!("[{},{{\"CreationTime\":\"", record(1));
    let (report, _) = run_with(&[stretched(&open, b'a', 16 << 20, "")], &options);
    assert_eq!((report.counts[0].read, report.counts[0].rejected), (2, 1));
}

#[test]
fn thousands_of_small_files_share_blocks() {
    let inputs: Vec<SourceInput> = (0..5_000).map(|n| source(&format!("{n}.json"), record(n))).collect();
    let (report, _) = run(&inputs);
    assert_eq!(rows(&report), vec![1; 5_000]);
    let names: Vec<_> = report.receipts.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names[4_999], "4999.json");
}

/// Fails after so many bytes.
struct Faulty(Box<dyn ReadSeek + Send>, u64);

impl Read for Faulty {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(usize::try_from(self.1).unwrap());
        if most == 0 {
            return Err(io::Error::other("input/output error"));
        }
        let count = self.0.read(&mut out[..most])?;
        self.1 -= count as u64;
        Ok(count)
    }
}

impl Seek for Faulty {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_disk_error_stops_one_source_and_what_was_read_stands() {
    let good = ndjson(0..100);
    let faulty = |after: u64| {
        let bytes = good.clone().into_bytes();
        let open = move || {
            let inner: Box<dyn ReadSeek + Send> = Box::new(io::Cursor::new(bytes.clone()));
            Ok(Box::new(Faulty(inner, after)) as Box<dyn ReadSeek + Send>)
        };
        SourceInput { name: "faulty".to_owned(), open: Box::new(open), bytes: None }
    };
    let (report, _) = run(&[faulty(5_000), faulty(3), source("after", &good)]);
    let counts: Vec<u64> = rows(&report);
    assert!(counts[0] > 10 && counts[0] < 100, "{counts:?}");
    assert!(has_finding(&report.receipts[0], "reading-stopped"));
    assert!(report.receipts[1].refused.as_deref().is_some_and(|why| why.contains("input/output error")));
    assert_eq!(counts[2], 100);
    let gone = SourceInput {
        name: "gone".to_owned(),
        open: Box::new(|| Err(io::Error::from(io::ErrorKind::NotFound))),
        bytes: None,
    };
    let report: IngestReport = run(&[gone]).0;
    assert!(report.receipts[0].refused.as_deref().is_some_and(|why| why.contains("cannot be opened")));
}
