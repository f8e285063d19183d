//! Owns that a locator leads back to the very bytes: plain, packed, in archives, in UTF-16.

use std::io::{Cursor, Write as _};

use mailtrail_ingest::{Limits, RereadError, reread};
use mailtrail_model::Locator;

use crate::engine::{gzip, run_collect, source};

/// Rows that are rejected, since those show their locators and their bytes.
fn bad_rows() -> String {
    let mut out = String::from("CreationDate,UserIds,Operations,AuditData\r\n");
    for n in 0..200 {
        out += &format!("2023-12-01T10:00:00Z,ä€😀{n},MailItemsAccessed,no body {n}\r\n");
    }
    out
}

#[test]
fn every_locator_leads_back_to_its_bytes() {
    let text = bad_rows();
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("dir/a!b.csv", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(&utf16).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("in.zip", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(&zip).unwrap();
    let nested = writer.finish().unwrap().into_inner();
    let packed = zstd::encode_all(&utf16[..], 1).unwrap();
    for (name, bytes) in [
        ("plain.csv", text.as_bytes().to_vec()),
        ("utf16.csv", utf16.clone()),
        ("a.csv.gz", gzip(text.as_bytes())),
        ("a.csv.zst", packed),
        ("a.zip", zip),
        ("nested.zip", nested),
    ] {
        let input = source(name, &bytes);
        let (report, rejected) = run_collect(&[source(name, &bytes)], 3000);
        assert_eq!(rejected.len(), 200, "{name}: {:?}", report.receipts);
        let receipt = report.receipts.last().unwrap();
        let mut locators: Vec<Locator> = rejected.iter().map(|(locator, _)| *locator).collect();
        locators.reverse();
        locators.push(locators[7]);
        let rows = reread(&input, &receipt.name, &locators, &Limits::default()).unwrap();
        assert_eq!(rows.len(), 201);
        for (row, (locator, text)) in rows.iter().zip(rejected.iter().rev()) {
            assert_eq!((&row.locator, &row.text), (locator, text), "{name}");
        }
        assert_eq!(rows[200], rows[7]);
    }
}

#[test]
fn a_source_that_changed_is_said_to_have_changed() {
    let text = bad_rows();
    let (report, rejected) = run_collect(&[source("a.csv", &text)], 3000);
    let locators: Vec<Locator> = rejected.iter().map(|(locator, _)| *locator).collect();
    let name = report.receipts[0].name.as_str();
    let shorter = source("a.csv", &text[..text.len() / 2]);
    assert!(matches!(reread(&shorter, name, &locators, &Limits::default()), Err(RereadError::Ended { .. })));
    let other = reread(&source("a.csv", &text), "a.csv!x", &locators, &Limits::default());
    assert!(matches!(other, Err(RereadError::Unreadable { .. })), "{other:?}");
}
