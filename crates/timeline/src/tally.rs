//! Owns the tally of all rows by source, operation and hour, gathered over blocks.
//!
//! Invariant: bounded. A file that invents an operation a row would grow the map without end: at the cap the map is written
//! out and begun anew, which is why a key may stand in several rows of `activity`.

use std::collections::BTreeMap;

use mailtrail_model::{ActivityCount, SourceId, UtcMicros};

use crate::{TimelineError, cells::Columns, columns};

const CAP: usize = 200_000;

/// Rows by hour.
type Hours = BTreeMap<Option<UtcMicros>, u64>;

/// Rows by source, operation and hour.
#[derive(Default)]
pub(crate) struct Tally {
    rows: BTreeMap<SourceId, BTreeMap<Box<str>, Hours>>,
    keys: usize,
}

impl Tally {
    /// Adds a block's counts; gives columns to write when the map is full.
    pub(crate) fn add(&mut self, counts: &[ActivityCount]) -> Result<Option<Columns>, TimelineError> {
        for count in counts {
            let operations = self.rows.entry(count.source).or_default();
            if !operations.contains_key(&count.operation) {
                operations.insert(count.operation.clone(), Hours::new());
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
    pub(crate) fn flush(&mut self) -> Result<Columns, TimelineError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn count(source: u32, operation: &str, hour: Option<i64>, rows: u64) -> ActivityCount {
        ActivityCount { source: SourceId(source), operation: operation.into(), hour: hour.map(UtcMicros), rows }
    }

    #[test]
    fn equal_keys_are_summed_over_blocks() {
        let mut tally = Tally::default();
        for _ in 0..3 {
            let block = [count(0, "Send", Some(0), 2), count(0, "Send", None, 1), count(1, "Send", Some(0), 5)];
            assert!(tally.add(&block).unwrap().is_none());
        }
        let columns = tally.flush().unwrap();
        let rows = crate::cells::gather(&[columns], 3).unwrap();
        let rows = rows.as_any().downcast_ref::<polars_arrow::array::PrimitiveArray<u64>>().unwrap();
        assert_eq!(rows.values().as_slice(), [3, 6, 15]);
        assert_eq!(tally.flush().unwrap().rows, 0);
    }

    #[test]
    fn invented_operations_do_not_grow_the_map_without_end() {
        let mut tally = Tally::default();
        let mut written = 0;
        for n in 0..CAP + 10 {
            if let Some(frame) = tally.add(&[count(0, &format!("Invented{n}"), None, 1)]).unwrap() {
                written += frame.rows;
            }
        }
        assert_eq!(written, CAP);
        assert_eq!(tally.flush().unwrap().rows, 10);
    }
}
