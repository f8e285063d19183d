//! Owns the count of bytes read: a source is opened once and every byte of it read once, whatever is told from its beginning.
//!
//! An archive is the exception, and is said to be: its digest needs it whole before its table of contents, at its end, is read.

use std::io::{Cursor, Read, Result, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use mailtrail_ingest::SourceInput;

use crate::engine::{csv, gzip, ndjson, options, record, run_with};

/// What a source was asked for.
#[derive(Default)]
struct Asked {
    opened: AtomicU64,
    bytes: AtomicU64,
    seeks: AtomicU64,
}

struct Counting {
    bytes: Cursor<Arc<[u8]>>,
    asked: Arc<Asked>,
}

impl Read for Counting {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let count = self.bytes.read(out)?;
        self.asked.bytes.fetch_add(u64::try_from(count).unwrap(), Relaxed);
        Ok(count)
    }
}

impl Seek for Counting {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.asked.seeks.fetch_add(1, Relaxed);
        self.bytes.seek(to)
    }
}

fn source(name: &str, bytes: Vec<u8>) -> (SourceInput, Arc<Asked>) {
    let (bytes, asked): (Arc<[u8]>, _) = (bytes.into(), Arc::new(Asked::default()));
    let told = Arc::clone(&asked);
    let open = move || {
        told.opened.fetch_add(1, Relaxed);
        Ok(Box::new(Counting { bytes: Cursor::new(Arc::clone(&bytes)), asked: Arc::clone(&told) }) as _)
    };
    (SourceInput { name: name.to_owned(), open: Box::new(open), bytes: None }, asked)
}

#[test]
fn a_source_is_opened_once_and_each_byte_of_it_read_once() {
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let array = format!("[{}]", (0..400).map(record).collect::<Vec<_>>().join(","));
    let kinds = [
        ("csv", csv(0..4_000).into_bytes()),
        ("csv in UTF-16", utf16(&format!("\u{feff}{}", csv(0..900)))),
        ("lines", ndjson(0..3_000).into_bytes()),
        ("array", array.into_bytes()),
        ("gzip", gzip(csv(0..3_000).as_bytes())),
        ("zstd", zstd::encode_all(csv(0..3_000).as_bytes(), 1).unwrap()),
        ("one row longer than a block", csv(0..1).replace("\"\"quoted\"\"", &"x".repeat(100_000)).into_bytes()),
        ("shorter than a look", b"a".to_vec()),
        ("nothing", Vec::new()),
        ("refused", b"PAR1 and what follows".repeat(9_000)),
    ];
    for (kind, bytes) in kinds {
        let expected = u64::try_from(bytes.len()).unwrap();
        let (input, asked) = source(kind, bytes);
        let (report, _) = run_with(&[input], &options(2, 20_000));
        assert_eq!(report.receipts[0].bytes, expected, "{kind}: the receipt's bytes");
        assert_eq!(asked.bytes.load(Relaxed), expected, "{kind}: bytes read");
        assert_eq!(asked.opened.load(Relaxed), 1, "{kind}: opened");
        assert_eq!(asked.seeks.load(Relaxed), 0, "{kind}: gone back in");
    }
}
