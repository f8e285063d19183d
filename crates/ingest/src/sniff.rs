//! Owns what a source is, told by its content, never by its name. What it does not know it refuses, with what it saw.

use std::fmt::Write as _;

use bumpalo::Bump;

use crate::container::{self, Reader, Recognised};
use crate::cut::csv::{CsvCutter, is_preamble, split};
use crate::cut::json::{JsonCutter, ValueEnd, value_end};
use crate::cut::xml::XmlCutter;
use crate::cut::{Cutter, MARK};

/// Bytes of content looked at. A source's first row may be longer: then its beginning has to do.
pub(crate) const LOOK: usize = 256 << 10;

/// What mailtrail reads, for refusals.
const KNOWN: &str = "mailtrail reads audit exports as CSV (Purview, Search-UnifiedAuditLog, Sentinel, Splunk), as JSON \
                     (lines, arrays, pages) and mailbox audit XML, plain or in .gz, .zst, .zip";

/// What the first bytes say.
pub(crate) enum Sniffed {
    /// A container; its rows begin at `next`.
    Known { cutter: Cutter, reader: Box<Reader>, next: usize },
    /// Well-formed, but there is nothing in it; in words.
    Nothing { container: &'static str, what: &'static str },
    /// Refused; in words that end with what to do.
    Refused(String),
}

/// Tells a source's container from its first [`LOOK`] bytes; with `last` they are all there are.
pub(crate) fn sniff(head: &[u8], last: bool, depth_cap: usize) -> Sniffed {
    let mut at = 0;
    while at < head.len() && (head[at].is_ascii_whitespace() || head[at..].starts_with(MARK)) {
        at += if head[at].is_ascii_whitespace() { 1 } else { MARK.len() };
    }
    match head.get(at) {
        None if last && head.is_empty() => Sniffed::Nothing { container: "empty", what: "the file has no bytes" },
        None if last => Sniffed::Nothing { container: "empty", what: "the file holds white space only" },
        None => refuse(head, "nothing but white space at its start"),
        Some(b'{' | b'[') => sniff_json(head, at, last, depth_cap),
        Some(b'<') => sniff_xml(head, at),
        Some(_) => match sniff_csv(head, at, last) {
            // A zero byte in a header that is known all the same is a damaged byte; in anything else it says binary.
            Sniffed::Refused(_) if head[at..].iter().take(4096).any(|b| *b == 0) => {
                refuse(&head[at..], "a binary file of a kind not known")
            }
            told => told,
        },
    }
}

/// Kinds of files that are handed in by mistake, by their first bytes, and what to do with each.
pub(crate) fn foreign(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 13] = [
        (b"PAR1", "a Parquet file; hand in the export it was made from"),
        (b"SQLite format 3\0", "a SQLite database; hand in the export it was made from"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it and hand in the folder"),
        (b"Rar!\x1a\x07", "a RAR archive; unpack it and hand in the folder"),
        (b"BZh", "a bzip2 file; unpack it first"),
        (b"\xfd7zXZ\0", "an xz file; unpack it first"),
        (b"%PDF-", "a PDF; hand in the export, not a print of it"),
        (b"ElfFile\0", "a Windows event log; hand in the audit export"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old Office document; save the sheet as CSV (UTF-8), better hand in the original export",
        ),
        (b"!BDN", "an Outlook data file; hand in the audit export"),
        (b"\xff\xfe\0\0", "UTF-32 text; save it as UTF-8"),
        (b"\0\0\xfe\xff", "UTF-32 text; save it as UTF-8"),
        (b"Obj\x01", "an Avro file; export the records as JSON lines"),
    ];
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive; unpack it and hand in the folder");
    }
    KINDS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what)
}

/// A refusal: what was seen, what is known, what to do.
fn refuse(head: &[u8], what: &str) -> Sniffed {
    Sniffed::Refused(format!(
        "{what}: it begins with {}; {KNOWN}; look what the file is, and hand in the export as it was downloaded",
        shown(head)
    ))
}

/// A file's first bytes for people: printable ASCII as it is, everything else escaped.
pub(crate) fn shown(head: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in head.iter().take(60) {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => out.push(char::from(*byte)),
            // Writing to a string cannot go wrong.
            _ => drop(write!(out, "\\x{byte:02x}")),
        }
    }
    out.push('"');
    if head.len() > 60 {
        out.push('…');
    }
    out
}

fn sniff_json(head: &[u8], at: usize, last: bool, depth_cap: usize) -> Sniffed {
    let between = |b: &u8| b.is_ascii_whitespace() || b"[],".contains(b);
    let Some(first) = head[at..].iter().position(|b| !between(b)).map(|i| at + i) else {
        return if last {
            Sniffed::Nothing { container: "json", what: "the JSON array is empty" }
        } else {
            refuse(head, "a JSON array that holds nothing for a long stretch")
        };
    };
    let end = match value_end(head, first) {
        _ if head[first] != b'{' => head.len(),
        ValueEnd::At { end, .. } => end,
        _ => head.len(),
    };
    let row = &head[first..end];
    match container::recognise_json(&String::from_utf8_lossy(row)) {
        Ok(Recognised { reader, descend }) => {
            let cutter = Cutter::Json(Box::new(JsonCutter::new(row, descend, depth_cap)));
            Sniffed::Known { cutter, reader: Box::new(reader), next: 0 }
        }
        Err(reason) => Sniffed::Refused(with_beginning(&reason, &head[at..])),
    }
}

/// A container's own refusal says what is known and what to do; what it saw was text already parsed, so the bytes are added.
fn with_beginning(reason: &str, head: &[u8]) -> String {
    format!("{reason} (the file begins with {})", shown(head))
}

fn sniff_xml(head: &[u8], at: usize) -> Sniffed {
    let text = String::from_utf8_lossy(&head[at..head.len().min(at + (8 << 10))]);
    let root = text.split('<').skip(1).find(|tag| tag.starts_with(|c: char| c.is_alphabetic())).unwrap_or_default();
    let name = root.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    if name.eq_ignore_ascii_case("html") || text.get(..9).is_some_and(|t| t.eq_ignore_ascii_case("<!doctype")) {
        return refuse(&head[at..], "a web page, perhaps a sign-in page saved in place of the export");
    }
    match container::recognise_xml(name) {
        Ok(reader) => Sniffed::Known { cutter: Cutter::Xml(XmlCutter::default()), reader: Box::new(reader), next: 0 },
        Err(reason) => Sniffed::Refused(with_beginning(&reason, &head[at..])),
    }
}

fn sniff_csv(head: &[u8], at: usize, last: bool) -> Sniffed {
    let has = |byte| memchr::memchr(byte, &head[at..]).is_some();
    let newline = match (has(b'\n'), has(b'\r')) {
        (true, _) => b'\n',
        (false, true) => b'\r',
        (false, false) if last => b'\n',
        (false, false) => return refuse(&head[at..], "text without a line end"),
    };
    let mut start = at;
    loop {
        let end = memchr::memchr(newline, &head[start..]).map(|i| start + i);
        if end.is_none() && !last {
            return refuse(&head[at..], "text without a header line");
        }
        let next = end.map_or(head.len(), |i| i + 1);
        let line = head[start..end.unwrap_or(head.len())].trim_ascii_end();
        if start < head.len() && (line.is_empty() || is_preamble(line)) {
            start = next;
            continue;
        }
        let delimiter = delimiter(line);
        return match recognise_header(line, delimiter) {
            Ok((reader, columns)) => Sniffed::Known {
                cutter: Cutter::Csv(CsvCutter::new(delimiter, newline, columns, line)),
                reader: Box::new(reader),
                next,
            },
            Err(reason) => Sniffed::Refused(with_beginning(&reason, &head[start..])),
        };
    }
}

/// Asks the containers for one with these columns, and counts them.
pub(crate) fn recognise_header(line: &[u8], delimiter: u8) -> Result<(Reader, usize), String> {
    let arena = Bump::new();
    let text = String::from_utf8_lossy(line);
    let cells = split(&text, delimiter, 16, &arena).cells;
    let names: Vec<&str> = cells.iter().map(|cell| cell.text(&arena).trim()).collect();
    container::recognise_csv(&names).map(|reader| (reader, names.len()))
}

/// The delimiter that makes the most cells of a header.
pub(crate) fn delimiter(line: &[u8]) -> u8 {
    let arena = Bump::new();
    let text = String::from_utf8_lossy(line);
    let cells = |delimiter| split(&text, delimiter, 16, &arena).cells.len();
    // `max_by_key` takes the last of equals: the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|d| cells(*d)).unwrap_or(b',')
}
