//! Owns a block of bytes on its way from the reader to a worker, and the pieces of sources in it.
//!
//! Small sources share a block; a large source has many. A block's bytes are let go as a whole, once its rows are written.

use std::sync::{Arc, Mutex, PoisonError};

use mailtrail_model::{Locator, SourceId};

use crate::container::Reader;
use crate::cut::Fault;
use crate::transcode::Encoding;

/// Bytes that are read into. Kept initialised, so that reading needs no clearing.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    pub(crate) fn filled(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    pub(crate) fn len(&self) -> usize {
        self.filled
    }

    /// Room to read into, at least `least` bytes.
    pub(crate) fn room(&mut self, least: usize) -> &mut [u8] {
        if self.bytes.len() - self.filled < least {
            self.bytes.resize(self.filled + least, 0);
        }
        &mut self.bytes[self.filled..]
    }

    pub(crate) fn room_left(&self) -> usize {
        self.bytes.len() - self.filled
    }

    /// Takes `more` bytes of the room as read.
    pub(crate) fn advance(&mut self, more: usize) {
        self.filled = self.bytes.len().min(self.filled + more);
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.room(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.advance(bytes.len());
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.filled = self.filled.min(len);
    }

    /// Drops the bytes `from..to`.
    pub(crate) fn remove(&mut self, from: usize, to: usize) {
        self.bytes.copy_within(to..self.filled, from);
        self.filled -= to - from;
    }
}

/// Buffers that were used before. Only buffers of the usual size come back, so one long row does not cost for ever.
#[derive(Debug)]
pub(crate) struct Pool {
    size: usize,
    free: Mutex<Vec<Buffer>>,
}

impl Pool {
    pub(crate) fn new(size: usize) -> Self {
        Self { size, free: Mutex::new(Vec::new()) }
    }

    pub(crate) fn take(&self) -> Buffer {
        let recycled = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        recycled.unwrap_or_else(|| Buffer { bytes: vec![0; self.size], filled: 0 })
    }

    pub(crate) fn give_back(&self, mut buffer: Buffer) {
        if buffer.bytes.len() <= self.size {
            buffer.filled = 0;
            self.free.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        }
    }
}

/// Where a row lies in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowSpan {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) fault: Option<Fault>,
}

impl RowSpan {
    pub(crate) fn range(self) -> (usize, usize) {
        (to_usize(self.start), to_usize(self.end))
    }
}

/// How a piece's rows are split further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Cells between delimiters.
    Csv {
        delimiter: u8,
        columns: usize,
    },
    Json,
    Xml,
}

/// Consecutive rows of one source, under one container, in one block.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) source: SourceId,
    pub(crate) reader: Arc<Reader>,
    pub(crate) shape: Shape,
    pub(crate) encoding: Encoding,
    /// The source's transcoder met bytes that are no text; rows that hold U+FFFD are marked.
    pub(crate) replaced: bool,
    pub(crate) rows: Vec<RowSpan>,
    /// Number of the first row in its source, from 1.
    pub(crate) first_row: u64,
    /// Where in the block the source offset `base` lies.
    pub(crate) start: usize,
    pub(crate) base: u64,
    /// Source bytes of the last row that are not in the block: it is longer than any row may be.
    pub(crate) beyond: u64,
}

impl Piece {
    /// Calls `each` with every row's span and locator.
    pub(crate) fn for_each_row(&self, block: &[u8], mut each: impl FnMut(RowSpan, Locator)) {
        let (mut position, mut offset) = (self.start, self.base);
        for (index, span) in self.rows.iter().enumerate() {
            let (start, end) = span.range();
            let byte_offset = offset + self.encoding.source_len(&block[position..start]);
            let inside = self.encoding.source_len(&block[start..end]);
            let beyond = if index + 1 == self.rows.len() { self.beyond } else { 0 };
            let row = self.first_row + to_u64(index);
            each(*span, Locator { source: self.source, row, byte_offset, byte_len: inside + beyond });
            (position, offset) = (end, byte_offset + inside);
        }
    }
}

/// A block with its place in the run.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) sequence: u64,
    pub(crate) buffer: Buffer,
    pub(crate) pieces: Vec<Piece>,
}

impl Job {
    pub(crate) fn rows(&self) -> u64 {
        self.pieces.iter().map(|piece| to_u64(piece.rows.len())).sum()
    }
}

/// A count as it goes into a locator.
pub(crate) fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// A block position. Blocks stay far below 4 GiB: the line cap and the block size bound them.
pub(crate) fn to_u32(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn to_usize(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
