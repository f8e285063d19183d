//! Owns a source's rows on their way into blocks: told what it is, cut, handed on when a block is full.
//!
//! A row that does not end in the block begins the next one; a row that does not end at all is rejected without being kept.

use std::io::Read;
use std::sync::Arc;

use crate::block::{Piece, RowSpan, Shape, to_u32, to_u64};
use crate::cut::{Cut, Cutter, Fault, Step, trim_end};
use crate::read::{Feed, Gone};
use crate::receipt::{Told, next_page, nothing, unfinished};
use crate::sniff::{self, Sniffed};
use crate::stream::read_full;
use crate::transcode::{Encoding, Transcoder};

/// Bytes kept while the end of an overlong row is looked for, so that a row's beginning is not cut in two.
const OVERLAP: usize = 256;

/// Bytes on their way into the buffer, and whether they have ended.
pub(crate) struct Tap<'r> {
    pub(crate) reader: Transcoder<Box<dyn Read + 'r>>,
    pub(crate) ended: bool,
    pub(crate) trouble: Option<std::io::Error>,
}

/// A source being cut.
pub(crate) struct Open {
    cutter: Cutter,
    piece: Piece,
    /// Rows of the pieces before this one.
    rows: u64,
}

impl Open {
    fn rows_so_far(&self) -> u64 {
        self.rows + to_u64(self.piece.rows.len())
    }

    /// Closes the piece at `end` and begins another at `start`; `between` source bytes lie between the two.
    pub(crate) fn next_piece(&mut self, block: &[u8], end: usize, start: usize, between: u64) -> Piece {
        let base = self.piece.base + self.piece.encoding.source_len(&block[self.piece.start..end]) + between;
        self.rows = self.rows_so_far();
        let fresh = Piece {
            source: self.piece.source,
            reader: Arc::clone(&self.piece.reader),
            shape: self.piece.shape,
            encoding: self.piece.encoding,
            replaced: self.piece.replaced,
            rows: Vec::new(),
            first_row: self.rows + 1,
            start,
            base,
            beyond: 0,
        };
        std::mem::replace(&mut self.piece, fresh)
    }
}

impl Feed<'_> {
    pub(crate) fn rows(&mut self, tap: &mut Tap<'_>, encoding: Encoding) -> Result<Told, Gone> {
        if self.buffer.len() > 0 && self.buffer.room_left() < sniff::LOOK.min(self.options.block_bytes / 2) {
            self.flush(self.buffer.len(), None)?;
        }
        let start = self.buffer.len();
        // A source is told by as much of it whatever the block size, so a block size cannot change what it is.
        while self.buffer.len() - start < sniff::LOOK && !tap.ended {
            self.buffer.room(sniff::LOOK);
            self.fill(tap);
        }
        let there = &self.buffer.filled()[start..];
        let head = &there[..there.len().min(sniff::LOOK)];
        let whole = tap.ended && head.len() == there.len();
        let (cutter, reader, next) = match sniff::sniff(head, whole, self.options.limits.depth) {
            Sniffed::Known { cutter, reader, next } => (cutter, reader, start + next),
            Sniffed::Refused(why) => {
                self.buffer.truncate(start);
                return Ok(Told::refused(why));
            }
            Sniffed::Nothing { container, what } => {
                self.buffer.truncate(start);
                let findings = vec![nothing("empty-file", what)];
                return Ok(Told { container: Some(container), findings, ..Told::default() });
            }
        };
        let mut told = Told { container: Some(reader.name()), cannot_tell: reader.cannot_tell(), ..Told::default() };
        let piece = Piece {
            source: self.next_source(),
            shape: shape(&cutter),
            reader: Arc::new(*reader),
            encoding,
            replaced: tap.reader.replaced(),
            rows: Vec::new(),
            first_row: 1,
            start: next,
            base: encoding.source_len(&self.buffer.filled()[start..next]),
            beyond: 0,
        };
        let mut open = Open { cutter, piece, rows: 0 };
        self.cut(&mut open, tap, next, &mut told)?;
        if let Some(what) = open.cutter.unfinished() {
            told.findings.push(unfinished(what));
        }
        match open.cutter.more_pages() {
            Some(true) => told.findings.push(next_page()),
            Some(false) => self.last_pages += 1,
            None => {}
        }
        if open.rows_so_far() == 0 {
            told.findings.push(nothing("no-rows", "the file has a header or a frame, but no row"));
        }
        if !open.piece.rows.is_empty() {
            self.pieces.push(open.piece);
        } else if self.pieces.is_empty() {
            self.buffer.truncate(0);
        }
        Ok(told)
    }

    /// Cuts rows from `at` to the end of the source.
    fn cut(&mut self, open: &mut Open, tap: &mut Tap<'_>, mut at: usize, told: &mut Told) -> Result<(), Gone> {
        loop {
            let bytes = self.buffer.filled();
            let step = if at < bytes.len() {
                open.cutter.step(bytes, at, tap.ended)
            } else if tap.ended {
                return Ok(());
            } else {
                Step::More
            };
            match step {
                Step::Gap { next } => at = next,
                Step::Row(cut) => at = self.push(open, cut),
                Step::Header(cut) => at = self.header(open, cut, told),
                Step::More if bytes.len() - at >= self.options.limits.row_bytes => at = self.overlong(open, tap, at),
                Step::More => at = self.more(open, tap, at)?,
            }
            if self.rows_in_block >= self.options.limits.rows_per_block || at >= self.options.block_bytes {
                open.piece.replaced |= tap.reader.replaced();
                self.flush(at, Some(open))?;
                at = 0;
            }
        }
    }

    fn push(&mut self, open: &mut Open, cut: Cut) -> usize {
        let too_long = cut.end - cut.start > self.options.limits.row_bytes;
        let fault = if too_long { Some(Fault::TooLong) } else { cut.fault };
        open.piece.rows.push(RowSpan { start: to_u32(cut.start), end: to_u32(cut.end), fault });
        self.rows_in_block += 1;
        cut.next
    }

    /// A line of names in the middle: files were joined, and another container's columns may follow.
    fn header(&mut self, open: &mut Open, cut: Cut, told: &mut Told) -> usize {
        let line = &self.buffer.filled()[cut.start..cut.end];
        let delimiter = sniff::delimiter(line);
        let Ok((reader, columns)) = sniff::recognise_header(line, delimiter) else {
            return self.push(open, cut);
        };
        told.cannot_tell = told.cannot_tell.or(reader.cannot_tell());
        if let Cutter::Csv(cutter) = &mut open.cutter {
            cutter.rename(delimiter, columns, line);
        }
        let piece = open.next_piece(self.buffer.filled(), cut.next, cut.next, 0);
        open.piece.reader = Arc::new(reader);
        open.piece.shape = shape(&open.cutter);
        if !piece.rows.is_empty() {
            self.pieces.push(piece);
        }
        cut.next
    }

    /// More bytes behind the unfinished row at `at`: into the block if it has room, else into a new one that begins with it.
    fn more(&mut self, open: &mut Open, tap: &mut Tap<'_>, at: usize) -> Result<usize, Gone> {
        let mut at = at;
        if self.buffer.room_left() == 0 {
            if at > 0 {
                self.flush(at, Some(open))?;
                at = 0;
            }
            if self.buffer.room_left() == 0 {
                let more = self.buffer.len();
                self.buffer.room(more);
            }
        }
        self.fill(tap);
        open.piece.replaced |= tap.reader.replaced();
        Ok(at)
    }

    /// Reads until the block is full or the source ends. An error ends it: what was read stands, the receipt says the rest.
    fn fill(&mut self, tap: &mut Tap<'_>) {
        while self.buffer.room_left() > 0 && !tap.ended {
            let (count, read) = read_full(&mut tap.reader, self.buffer.room(0));
            self.buffer.advance(count);
            match read {
                Err(error) => {
                    tap.trouble = Some(error);
                    tap.ended = true;
                }
                Ok(()) => tap.ended = self.buffer.room_left() > 0,
            }
        }
    }

    /// A row longer than any row may be: it is rejected, its end is looked for without keeping it.
    fn overlong(&mut self, open: &mut Open, tap: &mut Tap<'_>, at: usize) -> usize {
        let kept = at + self.options.limits.quarantine_bytes.min(self.buffer.len() - at);
        let encoding = open.piece.encoding;
        let (mut from, mut dropped) = (at, 0u64);
        loop {
            let found = open.cutter.resume(self.buffer.filled(), from);
            let next = match found {
                Some(next) => next,
                None if tap.ended => self.buffer.len(),
                None => {
                    let to = kept.max(self.buffer.len().saturating_sub(OVERLAP));
                    dropped += encoding.source_len(&self.buffer.filled()[kept..to]);
                    self.buffer.remove(kept, to);
                    self.buffer.room(self.options.block_bytes.max(OVERLAP));
                    self.fill(tap);
                    from = kept.saturating_sub(1).max(at);
                    continue;
                }
            };
            let bytes = self.buffer.filled();
            if dropped == 0 {
                let end = trim_end(bytes, at, next);
                let fault = if matches!(open.cutter, Cutter::Csv(_)) { Some(Fault::Quotes) } else { None };
                return self.push(open, Cut { start: at, end, next, fault });
            }
            let end = trim_end(bytes, kept, next);
            let rest = dropped + encoding.source_len(&bytes[kept..end]);
            let between = dropped + encoding.source_len(&bytes[kept..next]);
            open.piece.rows.push(RowSpan { start: to_u32(at), end: to_u32(kept), fault: Some(Fault::TooLong) });
            open.piece.beyond = rest;
            self.rows_in_block += 1;
            let piece = open.next_piece(self.buffer.filled(), kept, next, between);
            self.pieces.push(piece);
            return next;
        }
    }
}

fn shape(cutter: &Cutter) -> Shape {
    match cutter {
        Cutter::Csv(cutter) => Shape::Csv { delimiter: cutter.delimiter(), columns: cutter.columns() },
        Cutter::Json(_) => Shape::Json,
        Cutter::Xml(_) => Shape::Xml,
    }
}
