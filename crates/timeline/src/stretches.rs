//! Owns walking a table that stands in the order of `access_no`, a stretch at a time, beside `accesses`.
//!
//! Invariant: at most two row groups are in memory. Stretches are asked for in ascending order.

use polars::prelude::DataFrame;

use crate::{
    TimelineError,
    lane::Lane,
    read::{self, TableReader},
    schema,
};

/// `items` or `folder_syncs`, as far as it was not handed out yet.
pub(crate) struct Stretches {
    reader: TableReader,
    group: usize,
    frame: Option<DataFrame>,
}

impl Stretches {
    pub(crate) fn new(reader: TableReader) -> Self {
        Self { reader, group: 0, frame: None }
    }

    /// Hands everything before access `until` (or everything) to a lane: whole row groups as they stand.
    pub(crate) fn pass(&mut self, until: Option<u64>, lane: &Lane) -> Result<(), TimelineError> {
        let Some(until) = until else {
            self.frame.take().map_or(Ok(()), |frame| lane.push_frame(&frame))?;
            while self.group < self.reader.groups() {
                self.group += 1;
                lane.push_group(self.reader.pages(self.group - 1)?)?;
            }
            return Ok(());
        };
        while self.frame.is_none() && self.group < self.reader.groups() {
            let numbers = self.reader.read(self.group, &[schema::ACCESS_NO])?;
            if position(&numbers, until)? < numbers.height() {
                break;
            }
            self.group += 1;
            lane.push_group(self.reader.pages(self.group - 1)?)?;
        }
        self.between(0, until)?.into_iter().try_for_each(|frame| lane.push_frame(&frame))
    }

    /// The rows of accesses `first` up to, and without, `end`. Rows before `first` are passed over.
    pub(crate) fn between(&mut self, first: u64, end: u64) -> Result<Vec<DataFrame>, TimelineError> {
        let mut stretches = Vec::new();
        loop {
            let frame = match self.frame.take() {
                Some(frame) => frame,
                None if self.group < self.reader.groups() => {
                    self.group += 1;
                    self.reader.read_all(self.group - 1)?
                }
                None => return Ok(stretches),
            };
            let (from, to) = (position(&frame, first)?, position(&frame, end)?);
            let offset = |at: usize| i64::try_from(at).unwrap_or(i64::MAX);
            if from < to {
                stretches.push(frame.slice(offset(from), to - from));
            }
            if to < frame.height() {
                self.frame = Some(frame.slice(offset(to), frame.height() - to));
                return Ok(stretches);
            }
        }
    }
}

/// The first row whose access is `access_no` or later.
fn position(frame: &DataFrame, access_no: u64) -> Result<usize, TimelineError> {
    let numbers = read::large(frame, schema::ACCESS_NO)?;
    let (mut low, mut high) = (0, frame.height());
    while low < high {
        let middle = usize::midpoint(low, high);
        if numbers.get(middle).is_some_and(|number| number < access_no) { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}
