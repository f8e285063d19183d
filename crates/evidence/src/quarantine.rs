//! Owns `quarantine.jsonl`: rows that could not be read, with their bytes, one JSON object a line, in source order.

use std::io::{BufRead, Write};

use mailtrail_model::Rejected;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Bytes of a row that are kept; the hash covers all of it.
pub(crate) const QUARANTINE_BYTES: usize = 1 << 20;

#[derive(Serialize)]
struct Line<'a> {
    id: String,
    source: String,
    row: u64,
    byte_offset: u64,
    byte_len: u64,
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut_at: Option<usize>,
    sha256: String,
}

/// Writes quarantined rows as they come.
#[derive(Debug)]
pub struct QuarantineWriter<W> {
    out: W,
    rows: u64,
}

impl<W: Write> QuarantineWriter<W> {
    /// Starts an empty quarantine.
    pub fn new(out: W) -> Self {
        Self { out, rows: 0 }
    }

    /// Adds a row; returns its id (`Q000001`, …).
    ///
    /// # Errors
    /// If writing fails.
    pub fn add(&mut self, row: &Rejected<'_>) -> std::io::Result<String> {
        self.rows += 1;
        let id = format!("Q{:06}", self.rows);
        let kept = &row.bytes[..row.bytes.len().min(QUARANTINE_BYTES)];
        let text = std::str::from_utf8(kept).ok();
        let line = Line {
            id: id.clone(),
            source: row.locator.source.to_string(),
            row: row.locator.row,
            byte_offset: row.locator.byte_offset,
            byte_len: row.locator.byte_len,
            code: row.code.as_str(),
            detail: &row.detail,
            text,
            // Bytes that are no text, or whose cut fell inside a character.
            hex: text.is_none().then(|| kept.iter().map(|b| format!("{b:02x}")).collect()),
            cut_at: (kept.len() < row.bytes.len()).then_some(kept.len()),
            sha256: mailtrail_model::Sha256(Sha256::digest(&row.bytes).into()).to_string(),
        };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")?;
        Ok(id)
    }

    /// Flushes and gives the writer back, with the number of rows.
    ///
    /// # Errors
    /// If flushing fails.
    pub fn finish(mut self) -> std::io::Result<(W, u64)> {
        self.out.flush()?;
        Ok((self.out, self.rows))
    }
}

/// Copies quarantine lines, putting each source's name beside its number: names are complete only when all was read.
///
/// # Errors
/// If reading or writing fails.
pub fn name_sources(
    lines: impl BufRead,
    names: &std::collections::BTreeMap<String, String>,
    mut out: impl Write,
) -> std::io::Result<()> {
    for line in lines.lines() {
        let line = line?;
        // The first two fields hold no text of a stranger, so the first `,"row":` is the third field.
        let (head, tail) = line.split_once(",\"row\":").unwrap_or((&line, ""));
        let source = head.rsplit('"').nth(1).unwrap_or_default();
        let name = serde_json::to_string(names.get(source).map_or("", String::as_str))?;
        writeln!(out, "{head},\"source_name\":{name},\"row\":{tail}")?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use mailtrail_model::{IssueCode, Locator, Rejected, SourceId};

    use super::{QUARANTINE_BYTES, QuarantineWriter};

    fn written(bytes: Vec<u8>) -> serde_json::Value {
        let locator = Locator { source: SourceId(0), row: 7, byte_offset: 40, byte_len: bytes.len() as u64 };
        let row = Rejected { locator, code: IssueCode::RowMalformed, detail: "no".into(), bytes: bytes.into() };
        let mut writer = QuarantineWriter::new(Vec::new());
        assert_eq!(writer.add(&row).unwrap(), "Q000001");
        let (out, rows) = writer.finish().unwrap();
        assert_eq!(rows, 1);
        assert_eq!(out.iter().filter(|b| **b == b'\n').count(), 1, "one line a row, whatever the row holds");
        let mut named = Vec::new();
        super::name_sources(&out[..], &[("S0001".to_owned(), "a\"b.csv".to_owned())].into(), &mut named).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&named).unwrap();
        assert_eq!((&value["source_name"], &value["row"]), (&"a\"b.csv".into(), &7.into()));
        value
    }

    #[test]
    fn text_is_kept_as_text_and_other_bytes_as_hex() {
        assert_eq!(written(b"{\"a\nb".to_vec())["text"], "{\"a\nb");
        let value = written(vec![0xff, 0x00]);
        assert_eq!((&value["hex"], &value["text"]), (&"ff00".into(), &serde_json::Value::Null));
    }

    #[test]
    fn a_long_row_is_cut_and_says_so() {
        let value = written(vec![b'x'; QUARANTINE_BYTES + 1]);
        assert_eq!(value["cut_at"], QUARANTINE_BYTES);
        assert_eq!(value["byte_len"], QUARANTINE_BYTES + 1);
    }
}
