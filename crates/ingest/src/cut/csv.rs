//! Owns CSV rows: quotes, line ends in cells, a header repeated where files were joined, and finding the next row after a
//! broken one.
//!
//! The rule is RFC 4180 as the csv crate reads it, with one difference: text after a closing quote is not taken for part of
//! the cell, it says that a quote was lost, and the row is cut at the last line end before it. So one lost quote costs one row.

use bumpalo::Bump;
use memchr::{memchr, memchr2, memrchr};

use super::{Cut, Fault, MARK, Step, count, trim_end};
use crate::row::Cell;
use crate::sixty_four;

/// A header is shorter than this, so that no body is looked through for column names.
const HEADER_BYTES: usize = 8 << 10;

/// Cuts CSV rows.
#[derive(Clone, Debug)]
pub(crate) struct CsvCutter {
    delimiter: u8,
    /// `\n`, or `\r` where a file has no other line ends.
    newline: u8,
    /// The header's bytes: the same again is no data row.
    header: Vec<u8>,
    /// Cells of the header.
    columns: usize,
}

/// How a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The row ends before `end`, the next begins at `next`.
    At { end: usize, next: usize },
    /// No line end in these bytes, outside a quoted cell.
    Bare,
    /// No closing quote in these bytes.
    Open,
    /// A quote at this position neither closes a cell nor is doubled.
    Stray(usize),
}

impl CsvCutter {
    pub(crate) fn new(delimiter: u8, newline: u8, columns: usize, header: &[u8]) -> Self {
        Self { delimiter, newline, header: header.to_vec(), columns }
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Goes on under another header, where files were joined.
    pub(crate) fn rename(&mut self, delimiter: u8, columns: usize, header: &[u8]) {
        self.columns = columns;
        self.delimiter = delimiter;
        self.header = header.to_vec();
    }

    pub(crate) fn step(&self, bytes: &[u8], at: usize, last: bool) -> Step {
        if bytes[at..].starts_with(MARK) {
            return Step::Gap { next: at + MARK.len() };
        }
        if !last && bytes.len() - at < MARK.len() {
            return Step::More;
        }
        let line_end = memchr(self.newline, &bytes[at..]).map(|i| at + i);
        let Some(line_end) = line_end else {
            return if last { self.last_line(bytes, at) } else { Step::More };
        };
        let next = line_end + 1;
        let end = self.trim_line(bytes, at, line_end);
        if bytes[at..end].iter().all(|b| *b == b' ') || is_preamble(&bytes[at..end]) {
            return Step::Gap { next };
        }
        if count(&bytes[at..end], b'"').is_multiple_of(2) {
            return self.row(bytes, Cut { start: at, end, next, fault: None });
        }
        self.long_row(bytes, at, last)
    }

    pub(crate) fn resume(&self, bytes: &[u8], at: usize) -> Option<usize> {
        memchr(self.newline, &bytes[at..]).map(|i| at + i + 1)
    }

    /// A row, or a header in the middle.
    fn row(&self, bytes: &[u8], cut: Cut) -> Step {
        let text = &bytes[cut.start..cut.end];
        if text == self.header {
            return Step::Gap { next: cut.next };
        }
        if looks_like_header(text) { Step::Header(cut) } else { Step::Row(cut) }
    }

    /// A row whose first line leaves a quote open.
    fn long_row(&self, bytes: &[u8], at: usize, last: bool) -> Step {
        match self.scan(bytes, at, last) {
            End::At { end, next } => self.row(bytes, Cut { start: at, end, next, fault: None }),
            End::Bare | End::Open if !last => Step::More,
            End::Bare => Step::Row(Cut { start: at, end: bytes.len(), next: bytes.len(), fault: None }),
            End::Open => self.open_end(bytes, at),
            End::Stray(quote) => Step::Row(self.up_to_line_before(bytes, at, quote)),
        }
    }

    /// The last line of the source, without a line end.
    fn last_line(&self, bytes: &[u8], at: usize) -> Step {
        let next = bytes.len();
        let end = next - usize::from(bytes[next - 1] == b'\r');
        if bytes[at..end].iter().all(|b| *b == b' ') || is_preamble(&bytes[at..end]) {
            return Step::Gap { next };
        }
        let open = !count(&bytes[at..end], b'"').is_multiple_of(2) && self.scan(bytes, at, true) == End::Open;
        let fault = open.then_some(Fault::Unfinished);
        self.row(bytes, Cut { start: at, end, next, fault })
    }

    /// The source ends inside a quoted cell that began on an earlier line: a last row that was cut off, or a quote lost
    /// further up. Where only doubled quotes follow, it is the one cell's text; where none follow, these are rows.
    fn open_end(&self, bytes: &[u8], at: usize) -> Step {
        let first_line = memchr(self.newline, &bytes[at..]).map_or(bytes.len(), |i| at + i);
        if memchr(b'"', &bytes[first_line..]).is_some() || first_line == bytes.len() {
            let end = trim_end(bytes, at, bytes.len());
            return Step::Row(Cut { start: at, end, next: bytes.len(), fault: Some(Fault::Unfinished) });
        }
        Step::Row(self.up_to_line_before(bytes, at, first_line + 1))
    }

    /// The row from `at` to the last line end before `position`; to the next one after it if there is none before.
    fn up_to_line_before(&self, bytes: &[u8], at: usize, position: usize) -> Cut {
        let line_end = memrchr(self.newline, &bytes[at..position])
            .or_else(|| memchr(self.newline, &bytes[at..]))
            .map_or(bytes.len(), |i| at + i);
        let next = bytes.len().min(line_end + 1);
        Cut { start: at, end: self.trim_line(bytes, at, line_end), next, fault: Some(Fault::Quotes) }
    }

    /// `line_end` without the carriage return before it.
    fn trim_line(&self, bytes: &[u8], at: usize, line_end: usize) -> usize {
        line_end - usize::from(self.newline == b'\n' && line_end > at && bytes[line_end - 1] == b'\r')
    }

    /// Walks the cells of the row at `at`.
    fn scan(&self, bytes: &[u8], at: usize, last: bool) -> End {
        let mut cell = at;
        loop {
            if bytes.get(cell) != Some(&b'"') {
                match memchr2(self.delimiter, self.newline, &bytes[cell..]).map(|i| cell + i) {
                    None => return End::Bare,
                    Some(i) if bytes[i] == self.delimiter => cell = i + 1,
                    Some(i) => return End::At { end: self.trim_line(bytes, at, i), next: i + 1 },
                }
                continue;
            }
            let Some(quote) = closing_quote(bytes, cell + 1) else { return End::Open };
            let after = skip_blanks(bytes, quote + 1);
            match bytes.get(after) {
                None if last => return End::At { end: after, next: after },
                None => return End::Open,
                Some(b) if *b == self.delimiter => cell = after + 1,
                Some(b) if *b == self.newline => return End::At { end: after, next: after + 1 },
                Some(b'\r') if bytes.get(after + 1) == Some(&self.newline) => {
                    return End::At { end: after, next: after + 2 };
                }
                Some(b'\r') if after + 1 == bytes.len() => {
                    return if last { End::At { end: after, next: bytes.len() } } else { End::Open };
                }
                Some(_) => return End::Stray(quote),
            }
        }
    }
}

/// The quote that closes a cell whose text begins at `from`.
fn closing_quote(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let quote = at + memchr(b'"', &bytes[at..])?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|b| **b == b' ').count()
}

/// Lines that PowerShell (`#TYPE`) or Excel (`sep=`) put before a header.
pub(crate) fn is_preamble(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    line.starts_with(b"#TYPE ") || (line.starts_with(b"sep=") && line.len() <= 6)
}

/// Nothing but names: what no data row is, as each has a time or an id.
fn looks_like_header(row: &[u8]) -> bool {
    let first = if row.first() == Some(&b'"') { row.get(1) } else { row.first() };
    row.len() < HEADER_BYTES
        && first.is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && row.iter().all(|b| b.is_ascii_alphanumeric() || b" _.,;\t\"[]{}()@$".contains(b))
        && row.iter().any(|b| b",;\t".contains(b))
}

/// A row's cells, and what is wrong with its quotes, if anything is: then the last cell is what the row ends with.
pub(crate) struct Split<'a> {
    pub(crate) cells: &'a [Cell<'a>],
    pub(crate) complaint: Option<&'static str>,
}

/// Splits a row into its cells. Doubled quotes are left as they stand: most rows' bodies are read, or passed over, in place.
pub(crate) fn split<'a>(row: &'a str, delimiter: u8, expected: usize, arena: &'a Bump) -> Split<'a> {
    let bytes = row.as_bytes();
    let mut cells = bumpalo::collections::Vec::with_capacity_in(expected, arena);
    let mut at = 0;
    let complaint = loop {
        if bytes.get(at) != Some(&b'"') {
            let Some(length) = memchr(delimiter, &bytes[at..]) else {
                cells.push(Cell { raw: &row[at..], escaped: false });
                break None;
            };
            cells.push(Cell { raw: &row[at..at + length], escaped: false });
            at += length + 1;
            continue;
        }
        let Some((length, escaped)) = sixty_four::closing_quote(&bytes[at + 1..]) else {
            cells.push(Cell { raw: &row[at + 1..], escaped: true });
            break Some("a quoted cell does not close");
        };
        let quote = at + 1 + length;
        cells.push(Cell { raw: &row[at + 1..quote], escaped });
        let after = skip_blanks(bytes, quote + 1);
        match bytes.get(after) {
            None => break None,
            Some(b) if *b == delimiter => at = after + 1,
            Some(_) => break Some("text follows a closing quote"),
        }
    };
    Split { cells: cells.into_bump_slice(), complaint }
}
