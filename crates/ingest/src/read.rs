//! Owns the reader thread: sources become blocks of whole rows. Sequential, so nothing about a row's state is guessed.
//!
//! Each byte is read once. What is not taken for a row is a separator, or the source is refused and its receipt says why.

use std::io::{Cursor, Read};
use std::sync::mpsc::SyncSender;

use mailtrail_model::{Completeness, Sha256, SourceId, SourceReceipt};

use crate::block::{Buffer, Job, Piece, Pool, to_u32};
use crate::drive::IngestOptions;
use crate::receipt::{self, NEXT_PAGE, Stamp, Told, stopped};
use crate::rows::{Open, Tap};
use crate::sniff;
use crate::source::{Progress, ReadSeek, SourceInput};
use crate::stream::{Content, Hashed, Packing, read_full};
use crate::transcode::{Encoding, Transcoder};

/// Nobody takes blocks any more: a worker failed, and says why itself.
#[derive(Debug)]
pub(crate) struct Gone;

/// The reader's state over all sources.
pub(crate) struct Feed<'e> {
    pub(crate) options: &'e IngestOptions,
    pub(crate) progress: &'e dyn Progress,
    pool: &'e Pool,
    jobs: SyncSender<Job>,
    pub(crate) buffer: Buffer,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) rows_in_block: usize,
    sequence: u64,
    receipts: Vec<SourceReceipt>,
    /// Sources whose last page names no other.
    pub(crate) last_pages: usize,
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
            last_pages: 0,
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
        if self.last_pages > 0 {
            // Each page of a set but the last names the next: with a last page among the sources, the set may be whole.
            let findings = self.receipts.iter_mut().flat_map(|receipt| &mut receipt.completeness.findings);
            findings.filter(|finding| finding.code == NEXT_PAGE).for_each(|finding| finding.incomplete = false);
        }
        Ok(self.receipts)
    }

    /// A file: an archive or a stream. Only an archive is gone back in: its table of contents stands at its end.
    fn input(&mut self, name: &str, raw: &mut (dyn ReadSeek + Send)) -> Result<(), Gone> {
        let mut head = [0; 8];
        let (count, mut read) = read_full(raw, &mut head);
        let head = &head[..count];
        let is_archive = Packing::tell(head) == Packing::Zip;
        if is_archive {
            read = read.and_then(|()| raw.rewind());
        }
        if let Err(error) = read {
            self.refuse(name, None, format!("cannot be read ({error}); check the disk and hand it in again"));
            return Ok(());
        }
        if is_archive { self.archive(name, None, raw, 1) } else { self.stream(name, None, &mut head.chain(raw), 1) }
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
        // A member's bytes were counted with its archive's.
        let progress: &dyn Progress = if parent.is_some() { &() } else { self.progress };
        let mut hashed = Hashed::new(raw, progress);
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

    /// Sends the block up to `at` on its way; what follows begins the next one.
    pub(crate) fn flush(&mut self, at: usize, open: Option<&mut Open>) -> Result<(), Gone> {
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

    pub(crate) fn receipt(&mut self, name: &str, stamp: Stamp, mut told: Told) {
        told.findings.extend(told.cannot_tell.map(receipt::lossy));
        self.receipts.push(SourceReceipt {
            id: self.next_source(),
            name: name.to_owned(),
            parent: stamp.parent,
            sha256: stamp.sha256,
            bytes: stamp.bytes,
            content_bytes: stamp.content_bytes,
            container: told.container.map(Into::into),
            lossy: told.cannot_tell.is_some(),
            encoding: stamp.encoding.as_str().into(),
            compression: stamp.compression.map(Into::into),
            refused: told.refused,
            span: None,
            completeness: Completeness { findings: told.findings },
        });
    }
}
