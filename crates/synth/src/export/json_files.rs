//! Owns the files that hold bodies and nothing else: lines, one array, arrays one after another.

use super::{Place, Shape};
use crate::record::Record;

/// Records in one batch of a collector or one content blob.
const BATCH: usize = 200;

pub(super) struct Lines;

impl Shape for Lines {
    fn begin(&self, _: &mut Vec<u8>) {}

    fn record(&self, record: &Record, _: Place, out: &mut Vec<u8>) {
        out.extend_from_slice(&record.audit_data());
        out.push(b'\n');
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}

pub(super) struct Array;

impl Shape for Array {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"[\n");
    }

    fn record(&self, record: &Record, place: Place, out: &mut Vec<u8>) {
        out.extend_from_slice(&record.audit_data());
        out.extend_from_slice(if place.index + 1 < place.total { b",\n" } else { b"\n" });
    }

    fn end(&self, _: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]\n");
    }
}

pub(super) struct Batches {
    /// Blank lines between the arrays, as collectors leave; blobs follow one another directly.
    pub(super) spaced: bool,
}

impl Shape for Batches {
    fn begin(&self, _: &mut Vec<u8>) {}

    fn record(&self, record: &Record, place: Place, out: &mut Vec<u8>) {
        if place.index.is_multiple_of(BATCH) {
            out.push(b'[');
        }
        out.extend_from_slice(&record.audit_data());
        if (place.index + 1).is_multiple_of(BATCH) || place.index + 1 == place.total {
            out.extend_from_slice(if self.spaced { b"]\r\n\r\n" } else { b"]" });
        } else {
            out.extend_from_slice(if self.spaced { b",\r\n" } else { b"," });
        }
    }

    fn end(&self, total: usize, out: &mut Vec<u8>) {
        if total == 0 {
            out.extend_from_slice(b"[]");
        }
    }
}
