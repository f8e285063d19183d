//! Owns the replay of fuzz seeds on stable Rust: every file under `fuzz/corpus` and `fuzz/regressions` passes its target.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use mailtrail_ingest::fuzzing;

use crate::engine::{csv, gzip, ndjson, record};

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn seeds(kind: &str, target: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(fuzz_folder().join(kind).join(target)) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_seed_of_the_engine_passes_its_target() {
    let mut replayed = 0;
    for (target, check) in fuzzing::ENGINE {
        let own = seeds("corpus", target);
        assert!(own.len() >= 40, "{target} has {} seeds", own.len());
        for path in own.into_iter().chain(seeds("regressions", target)) {
            let bytes = std::fs::read(&path).unwrap();
            let outcome = std::panic::catch_unwind(|| check(&bytes));
            assert!(outcome.is_ok(), "{} fails {target}", path.display());
            replayed += 1;
        }
    }
    assert!(replayed >= 200, "{replayed} seeds");
}

/// Whole exports in every shape, and pieces of them that once meant something.
fn shapes() -> Vec<(String, Vec<u8>)> {
    let rows = |count: u32| (0..count).map(record).collect::<Vec<_>>();
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let mut out: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, bytes: &[u8]| out.push((name.to_owned(), bytes.to_vec()));
    let array = format!("[{}]", rows(3).join(","));
    add("csv", csv(0..3).as_bytes());
    add("csv-header-only", csv(0..0).as_bytes());
    add("csv-type-line", format!("#TYPE Selected.Object\r\n{}", csv(0..2)).as_bytes());
    add("csv-sep-line", format!("sep=;\r\n{}", csv(0..2).replace(',', ";")).as_bytes());
    add("csv-semicolon", csv(0..2).replace(',', ";").as_bytes());
    add("csv-tab", csv(0..2).replace(',', "\t").as_bytes());
    add("csv-utf16le", &utf16(&format!("\u{feff}{}", csv(0..2)), false));
    add("csv-utf16be-no-mark", &utf16(&csv(0..2), true));
    add("csv-twice", format!("{}\u{feff}{}", csv(0..2), csv(2..4)).as_bytes());
    add("csv-other-header", format!("{}Id,AuditData\n1,{{}}\n", csv(0..2)).as_bytes());
    add("csv-line-ends-in-cells", csv(0..2).replace(",\"\"", ",\r\n\"\"").as_bytes());
    add("csv-open-quote", format!("{}a,b,c,\"{{\n", csv(0..2)).as_bytes());
    add("csv-stray-quote", csv(0..3).replacen("\"{", "\"x\"{", 1).as_bytes());
    add("csv-lost-quote", csv(0..3).replacen("}\"\r\n", "}\r\n", 1).as_bytes());
    add("csv-cr-only", csv(0..2).replace("\r\n", "\r").as_bytes());
    add("csv-blank-lines", csv(0..2).replace("\r\n", "\r\n  \r\n\r\n").as_bytes());
    add("csv-delimiters-only", format!("{},,,\r\n", csv(0..1)).as_bytes());
    add("csv-not-text", &[csv(0..1).as_bytes(), b"\xff\xfe,b,c,\xc3\r\n"].concat());
    add("ndjson", ndjson(0..3).as_bytes());
    add("ndjson-marks", format!("\u{feff}{}\u{feff}{}", ndjson(0..1), ndjson(1..2)).as_bytes());
    add("ndjson-cut", &ndjson(0..2).as_bytes()[..300]);
    add("ndjson-two-on-a-line", (rows(2).concat() + "\n").as_bytes());
    add("ndjson-trailing", format!("{} x\n{}\n", record(1), record(2)).as_bytes());
    add("array", array.as_bytes());
    add("array-lines", format!("[\n{}\n]\n", rows(3).join(",\n")).as_bytes());
    add("array-pretty", array.replace(",\"", ",\n  \"").as_bytes());
    add("array-unfinished", array.trim_end_matches(']').as_bytes());
    add("arrays", format!("{array}\n\n{array}").as_bytes());
    add("arrays-commas", format!("{array},{array}").as_bytes());
    add("array-nested", format!("[{array},{array}]").as_bytes());
    add("array-scalars", format!("[1,null,\"x\",{}]", record(1)).as_bytes());
    add("array-empty", b"[]");
    add("commas-only", rows(3).join(",").as_bytes());
    add("page", format!("{{\"@odata.context\":\"x\",\"value\":{array},\"@odata.nextLink\":\"y\"}}").as_bytes());
    add("page-unfinished", format!("{{\"value\":{}", array.trim_end_matches(']')).as_bytes());
    add("page-single", format!("{{\"value\":{}}}", record(1)).as_bytes());
    add("pages", format!("{{\"value\":{array}}}\n{{\"value\":{array}}}").as_bytes());
    add("hits", format!("{{\"hits\":{{\"total\":3,\"hits\":{array}}}}}").as_bytes());
    add("lost-quote", ndjson(0..3).replacen("\"Id\"", "\"Id", 1).as_bytes());
    add("lost-brace", format!("[{}]", rows(3).join(",").replacen("\"}", "\"", 1)).as_bytes());
    add("deep", format!("{{\"a\":{}", "[".repeat(200)).as_bytes());
    add("xml", b"<?xml version=\"1.0\"?><SearchResults><Event MailboxGuid=\"x\" Operation=\"MailItemsAccessed\"/></SearchResults>");
    add("xml-cut", b"<SearchResults><Event Operation=\"x\"><SourceItems>");
    add("html", b"<!DOCTYPE html><html>");
    add("binary", b"\x7fELF\x02\x01\x01\0\0\0");
    add("empty", b"");
    add("mark", b"\xef\xbb\xbf");
    add("zeros", &[0; 40]);
    out
}

/// Packed forms, whole and damaged.
fn packed() -> Vec<(String, Vec<u8>)> {
    let zip = |members: &[(&str, &[u8])]| {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let text = ndjson(0..3);
    let inner = zip(&[("a.json", text.as_bytes())]);
    let whole = [
        ("gzip", gzip(text.as_bytes())),
        ("gzip-twice", [gzip(text.as_bytes()), gzip(text.as_bytes())].concat()),
        ("gzip-in-gzip", gzip(&gzip(text.as_bytes()))),
        ("gzip-bomb", gzip(&vec![b' '; 1 << 20])),
        ("zstd", zstd::encode_all(text.as_bytes(), 1).unwrap()),
        ("zstd-bomb", zstd::encode_all(&vec![b' '; 1 << 20][..], 1).unwrap()),
        ("zip", inner.clone()),
        ("zip-two", zip(&[("a.json", text.as_bytes()), ("b/c.csv", csv(0..2).as_bytes())])),
        ("zip-in-zip", zip(&[("in.zip", &inner)])),
        ("zip-names", zip(&[("../a", b"x"), ("NUL", b"y"), ("C:/z", b"z"), ("/abs", b"w")])),
        ("zip-empty", zip(&[])),
    ];
    let mut out = Vec::new();
    for (name, bytes) in whole {
        for (kind, at) in
            [("half", bytes.len() / 2), ("short", bytes.len().saturating_sub(3)), ("head", 12.min(bytes.len()))]
        {
            out.push((format!("{name}-{kind}"), bytes[..at].to_vec()));
        }
        let mut damaged = bytes.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0x55;
        out.push((format!("{name}-damaged"), damaged));
        out.push((name.to_owned(), bytes));
    }
    out
}

#[test]
#[ignore = "writes the seed corpus anew; run it after adding a shape"]
fn write_the_seeds() {
    for (target, _) in fuzzing::ENGINE {
        let folder = fuzz_folder().join("corpus").join(target);
        std::fs::create_dir_all(&folder).unwrap();
        let seeds = if target == "archive" { packed() } else { shapes() };
        for (name, bytes) in seeds {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}
