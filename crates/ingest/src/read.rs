//! Owns the reader thread: sources become blocks of whole rows. Sequential, so nothing about a row's state is guessed.
//!
//! Each byte is read once. What is not taken for a row is a separator, or the source is refused and its receipt says why.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use mailtrail_model::{Completeness, Finding, Sha256, SourceId, SourceReceipt};

use crate::block::{Buffer, Job, Piece, Pool, RowSpan, Shape, to_u32, to_u64};
use crate::cut::{Cut, Cutter, Fault, Step, trim_end};
use crate::drive::IngestOptions;
use crate::sniff::{self, Sniffed};
use crate::source::{Progress, ReadSeek, SourceInput};
use crate::stream::{Content, Hashed, Packing, read_full};
use crate::transcode::{Encoding, Transcoder};

/// Bytes kept while the end of an overlong row is looked for, so that a row's beginning is not cut in two.
const OVERLAP: usize = 256;

/// Nobody takes blocks any more: a worker failed, and says why itself.
#[derive(Debug)]
pub(crate) struct Gone;

/// The reader's state over all sources.
pub(crate) struct Feed<'e> {
    pub(crate) options: &'e IngestOptions,
    pub(crate) progress: &'e dyn Progress,
    pool: &'e Pool,
    jobs: SyncSender<Job>,
    buffer: Buffer,
    pieces: Vec<Piece>,
    rows_in_block: usize,
    sequence: u64,
    receipts: Vec<SourceReceipt>,
}

/// What reading a source's rows told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) container: Option<&'static str>,
    pub(crate) lossy: bool,
    pub(crate) refused: Option<String>,
    pub(crate) findings: Vec<Finding>,
}

impl Told {
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self { refused: Some(why.into()), ..Self::default() }
    }
}

/// Bytes on their way into the buffer, and whether they have ended.
struct Tap<'r> {
    reader: Transcoder<Box<dyn Read + 'r>>,
    ended: bool,
    trouble: Option<std::io::Error>,
}

/// A source being cut.
struct Open {
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
    fn next_piece(&mut self, block: &[u8], end: usize, start: usize, between: u64) -> Piece {
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

impl<'e> Feed<'e> {
    pub(crate) fn new(
        options: &'e IngestOptions,
        progress: &'e dyn Progress,
        pool: &'e Pool,
        jobs: SyncSender<Job>,
    ) -> Self {
        Self {
            options,
            progress,
            pool,
            jobs,
            buffer: pool.take(),
            pieces: Vec::new(),
            rows_in_block: 0,
            sequence: 0,
            receipts: Vec::new(),
        }
    }

    /// Reads every input; the receipts are in source order.
    pub(crate) fn run(mut self, inputs: &[SourceInput]) -> Result<Vec<SourceReceipt>, Gone> {
        for input in inputs {
            self.progress.source(&input.name);
            match (input.open)() {
                Ok(mut raw) => self.input(&input.name, &mut *raw)?,
                Err(error) => self.refuse(
                    &input.name,
                    None,
                    format!("cannot be opened ({error}); check the file and hand it in again"),
                ),
            }
        }
        self.flush(self.buffer.len(), None)?;
        Ok(self.receipts)
    }

    /// A file: an archive or a stream.
    fn input(&mut self, name: &str, raw: &mut (dyn ReadSeek + Send)) -> Result<(), Gone> {
        let mut head = [0; 8];
        let (count, read) = read_full(raw, &mut head);
        let packing = Packing::tell(&head[..count]);
        if let Err(error) = read.and_then(|()| raw.rewind()) {
            self.refuse(name, None, format!("cannot be read ({error}); check the disk and hand it in again"));
            return Ok(());
        }
        if packing == Packing::Zip { self.archive(name, None, raw, 1) } else { self.stream(name, None, raw, 1) }
    }

    /// A source that is read from its start to its end. `depth` counts the archives opened once it is one.
    pub(crate) fn stream(
        &mut self,
        name: &str,
        parent: Option<Sha256>,
        raw: &mut dyn Read,
        depth: u32,
    ) -> Result<(), Gone> {
        let options = self.options;
        let mut hashed = Hashed::new(raw, self.progress);
        let mut head = vec![0; Encoding::LOOK];
        let (count, read) = read_full(&mut hashed, &mut head);
        head.truncate(count);
        let packing = Packing::tell(&head);
        if packing == Packing::Zip {
            return self.nested(name, parent, &head, hashed, depth);
        }
        let passed = hashed.passed();
        let mut encoding = Encoding::Utf8;
        let mut content_bytes = None;
        let told = match read {
            Err(error) => Told::refused(format!("cannot be read ({error}); check the disk and hand it in again")),
            Ok(()) => match Content::new(Cursor::new(head).chain(&mut hashed), packing, passed, &options.limits) {
                Err(error) => Told::refused(format!("cannot be unpacked ({error}); download it again")),
                Ok(content) => {
                    content_bytes = Some(content.counter());
                    self.content(content, packing, &mut encoding)?
                }
            },
        };
        let mut told = told;
        if let Err(error) = hashed.drain() {
            told.findings.push(stopped(&error));
        }
        let (sha256, bytes) = hashed.finish();
        // A refused packed source was not unpacked, or only as far as it took to refuse it.
        let content_bytes = match (packing, &told.refused) {
            (Packing::Plain, _) => bytes,
            (_, Some(_)) => 0,
            (_, None) => content_bytes.map_or(0, |count| count.get()),
        };
        let compression = packing.as_str();
        self.receipt(name, Stamp { parent, sha256, bytes, content_bytes, encoding, compression }, told);
        Ok(())
    }

    /// Content after decompression: its encoding is told, then its container, then its rows are cut.
    fn content(&mut self, mut content: Content<'_>, packing: Packing, encoding: &mut Encoding) -> Result<Told, Gone> {
        let mut head = vec![0; Encoding::LOOK];
        let (count, read) = read_full(&mut content, &mut head);
        head.truncate(count);
        if let (Err(error), true) = (&read, count == 0) {
            return Ok(Told::refused(format!("cannot be unpacked ({error}); download it again")));
        }
        if Packing::tell(&head) != Packing::Plain && packing != Packing::Plain {
            return Ok(Told::refused(
                "an archive or packed file inside a packed file; unpack it once and hand in what comes out",
            ));
        }
        if let Some(kind) = sniff::foreign(&head) {
            return Ok(Told::refused(kind));
        }
        *encoding = Encoding::tell(&head);
        let reader: Box<dyn Read + '_> = Box::new(Cursor::new(head).chain(content));
        let mut tap = Tap { reader: Transcoder::new(reader, *encoding), ended: false, trouble: read.err() };
        let mut told = self.rows(&mut tap, *encoding)?;
        if let Some(error) = &tap.trouble {
            told.findings.push(stopped(error));
        }
        Ok(told)
    }

    fn rows(&mut self, tap: &mut Tap<'_>, encoding: Encoding) -> Result<Told, Gone> {
        if self.buffer.len() > 0 && self.buffer.room_left() < sniff::LOOK.min(self.options.block_bytes / 2) {
            self.flush(self.buffer.len(), None)?;
        }
        let start = self.buffer.len();
        let (cutter, reader, next) = loop {
            self.fill(tap);
            match sniff::sniff(&self.buffer.filled()[start..], tap.ended, self.options.limits.depth) {
                Sniffed::Known { cutter, reader, next } => break (cutter, reader, start + next),
                Sniffed::More => drop(self.buffer.room(self.options.block_bytes)),
                Sniffed::Refused(why) => {
                    self.buffer.truncate(start);
                    return Ok(Told::refused(why));
                }
                Sniffed::Nothing { container, what } => {
                    self.buffer.truncate(start);
                    let findings = vec![nothing("empty-file", what)];
                    return Ok(Told { container: Some(container), findings, ..Told::default() });
                }
            }
        };
        let mut told = Told { container: Some(reader.name()), lossy: reader.lossy(), ..Told::default() };
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
            if self.rows_in_block >= self.options.limits.rows_per_block {
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
        told.lossy |= reader.lossy();
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

    /// Sends the block up to `at` on its way; what follows begins the next one.
    fn flush(&mut self, at: usize, open: Option<&mut Open>) -> Result<(), Gone> {
        if let Some(open) = open {
            let piece = open.next_piece(self.buffer.filled(), at, 0, 0);
            if !piece.rows.is_empty() {
                self.pieces.push(piece);
            }
        }
        self.rows_in_block = 0;
        if self.pieces.is_empty() {
            self.buffer.remove(0, at);
            return Ok(());
        }
        let mut next = self.pool.take();
        next.push(&self.buffer.filled()[at..]);
        let mut buffer = std::mem::replace(&mut self.buffer, next);
        buffer.truncate(at);
        let job = Job { sequence: self.sequence, buffer, pieces: std::mem::take(&mut self.pieces) };
        self.sequence += 1;
        self.jobs.send(job).map_err(|_| Gone)
    }

    pub(crate) fn next_source(&self) -> SourceId {
        SourceId(to_u32(self.receipts.len()))
    }

    /// The receipt of a source whose bytes could not even be read.
    pub(crate) fn refuse(&mut self, name: &str, parent: Option<Sha256>, why: String) {
        let (sha256, bytes) = Hashed::new(&mut std::io::empty(), self.progress).finish();
        let stamp = Stamp { parent, sha256, bytes, content_bytes: 0, encoding: Encoding::Utf8, compression: None };
        self.receipt(name, stamp, Told::refused(why));
    }

    pub(crate) fn receipt(&mut self, name: &str, stamp: Stamp, told: Told) {
        self.receipts.push(SourceReceipt {
            id: self.next_source(),
            name: name.to_owned(),
            parent: stamp.parent,
            sha256: stamp.sha256,
            bytes: stamp.bytes,
            content_bytes: stamp.content_bytes,
            container: told.container.map(Into::into),
            lossy: told.lossy,
            encoding: stamp.encoding.as_str().into(),
            compression: stamp.compression.map(Into::into),
            refused: told.refused,
            span: None,
            completeness: Completeness { findings: told.findings },
        });
    }
}

/// What is known of a source's bytes.
pub(crate) struct Stamp {
    pub(crate) parent: Option<Sha256>,
    pub(crate) sha256: Sha256,
    pub(crate) bytes: u64,
    pub(crate) content_bytes: u64,
    pub(crate) encoding: Encoding,
    pub(crate) compression: Option<&'static str>,
}

fn shape(cutter: &Cutter) -> Shape {
    match cutter {
        Cutter::Csv(cutter) => Shape::Csv { delimiter: cutter.delimiter(), columns: cutter.columns() },
        Cutter::Json(_) => Shape::Json,
        Cutter::Xml(_) => Shape::Xml,
    }
}

fn stopped(error: &std::io::Error) -> Finding {
    Finding {
        code: "reading-stopped".into(),
        evidence: format!("reading stopped before the end: {error}; rows before that stand"),
        ask: Some("a whole copy of this file".to_owned()),
        incomplete: true,
    }
}

fn nothing(code: &'static str, what: &str) -> Finding {
    Finding {
        code: code.into(),
        evidence: what.to_owned(),
        ask: Some("the export again, or the search's own count of zero as proof that there is nothing".to_owned()),
        incomplete: true,
    }
}

fn unfinished(what: &str) -> Finding {
    Finding {
        code: "unfinished-file".into(),
        evidence: format!("{what}: the export was interrupted"),
        ask: Some("the export again, run to its end".to_owned()),
        incomplete: true,
    }
}
