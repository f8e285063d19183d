//! Owns the tally of all rows by source, operation and hour, gathered over blocks.
//!
//! Invariant: bounded. A file that invents an operation a row would grow the map without end: at the cap the map is written
//! out and begun anew, which is why a key may stand in several rows of `activity`.

use std::collections::BTreeMap;

use mailtrail_model::{ActivityCount, SourceId, UtcMicros};
use polars::prelude::DataFrame;

use crate::{TimelineError, columns};

const CAP: usize = 200_000;

/// Rows by source, operation and hour.
#[derive(Default)]
pub(crate) struct Tally {
    rows: BTreeMap<SourceId, BTreeMap<Box<str>, BTreeMap<Option<UtcMicros>, u64>>>,
    keys: usize,
}

impl Tally {
    /// Adds a block's counts; gives a frame to write when the map is full.
    pub(crate) fn add(&mut self, counts: &[ActivityCount]) -> Result<Option<DataFrame>, TimelineError> {
        for count in counts {
            let operations = self.rows.entry(count.source).or_default();
            if !operations.contains_key(&count.operation) {
                operations.insert(count.operation.clone(), BTreeMap::new());
            }
            if let Some(hours) = operations.get_mut(&count.operation) {
                let before = hours.len();
                *hours.entry(count.hour).or_default() += count.rows;
                self.keys += hours.len() - before;
            }
        }
        if self.keys < CAP { Ok(None) } else { self.flush().map(Some) }
    }

    /// Everything gathered, sorted; the map is empty afterwards.
    pub(crate) fn flush(&mut self) -> Result<DataFrame, TimelineError> {
        self.keys = 0;
        let mut counts = Vec::new();
        for (source, operations) in std::mem::take(&mut self.rows) {
            for (operation, hours) in operations {
                let count = |(hour, rows)| ActivityCount { source, operation: operation.clone(), hour, rows };
                counts.extend(hours.into_iter().map(count));
            }
        }
        columns::activity(&counts)
    }
}
