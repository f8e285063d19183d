//! Owns the way of a table's columns to its file: gathered into row groups of a fair size, encoded by whoever has time,
//! written in order.
//!
//! Invariant: which rows share a row group depends on the order and size of the blocks only. A block of a large export may
//! hold a handful of accesses; one row group each would make the footer grow with the export and spoil the dictionaries.
//!
//! How the work is shared: `push` (serial, in source order) closes row groups; `work` (any thread) encodes one column of
//! one; what is whole at the head of the queue is written. Nobody waits for anybody, so one thread is enough, and a column
//! at a time is little enough that two threads are busy to the end.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::{
    TimelineError,
    cells::Columns,
    encode::{Encoder, Pages, RowGroup, TableFile},
    schema::Table,
};

/// One table that is being written.
pub(crate) struct Lane {
    table: &'static Table,
    encoder: Encoder,
    /// The file under its temporary name.
    path: PathBuf,
    /// Rows from which a row group is closed.
    enough: usize,
    state: Mutex<State>,
}

struct State {
    file: TableFile,
    gathered: Vec<Columns>,
    gathered_rows: usize,
    queue: VecDeque<Slot>,
    /// Number of the queue's head since the start.
    head: usize,
    rows: u64,
}

/// A closed row group on its way to the file.
struct Slot {
    rows: usize,
    chunks: Arc<Vec<Columns>>,
    /// The next column nobody has taken.
    next: usize,
    columns: Vec<Option<Pages>>,
    /// Columns that are not encoded yet.
    missing: usize,
}

impl Slot {
    fn new(rows: usize, width: usize, chunks: Vec<Columns>) -> Self {
        let columns = (0..width).map(|_| None).collect();
        Self { rows, chunks: Arc::new(chunks), next: 0, columns, missing: width }
    }

    /// A row group that is encoded already.
    fn done(group: RowGroup) -> Self {
        let columns: Vec<_> = group.columns.into_iter().map(Some).collect();
        Self { rows: group.rows, chunks: Arc::default(), next: columns.len(), columns, missing: 0 }
    }

    fn untaken(&self) -> usize {
        self.columns.len() - self.next
    }
}

impl Lane {
    /// Starts a table at a temporary path.
    pub(crate) fn create(path: PathBuf, table: &'static Table, enough: usize) -> Result<Self, TimelineError> {
        let encoder = Encoder::new(table)?;
        let file = TableFile::create(&path, &encoder)?;
        let state = State { file, gathered: Vec::new(), gathered_rows: 0, queue: VecDeque::new(), head: 0, rows: 0 };
        Ok(Self { table, encoder, path, enough, state: Mutex::new(state) })
    }

    /// The temporary path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The table.
    pub(crate) fn table(&self) -> &'static Table {
        self.table
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere does not damage the queue: each step leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next columns, in order, and writes what is ready.
    pub(crate) fn push(&self, columns: Columns) -> Result<(), TimelineError> {
        let mut state = self.lock();
        if columns.rows > 0 {
            state.gathered_rows += columns.rows;
            state.rows += u64::try_from(columns.rows).unwrap_or(u64::MAX);
            state.gathered.push(columns);
        }
        if state.gathered_rows >= self.enough {
            self.close_group(&mut state);
        }
        write_ready(&mut state)
    }

    /// Takes the next columns as a frame that was read from the same table.
    pub(crate) fn push_frame(&self, frame: &DataFrame) -> Result<(), TimelineError> {
        self.push(self.encoder.columns(frame)?)
    }

    /// Takes the next row group as it stands, in order, and writes what is ready.
    pub(crate) fn push_group(&self, group: RowGroup) -> Result<(), TimelineError> {
        let mut state = self.lock();
        self.close_group(&mut state);
        state.rows += u64::try_from(group.rows).unwrap_or(u64::MAX);
        state.queue.push_back(Slot::done(group));
        write_ready(&mut state)
    }

    fn close_group(&self, state: &mut State) {
        let rows = std::mem::take(&mut state.gathered_rows);
        if rows > 0 {
            let chunks = std::mem::take(&mut state.gathered);
            state.queue.push_back(Slot::new(rows, self.table.columns.len(), chunks));
        }
    }

    /// Encodes one column of a closed row group, if one is left. For any thread.
    pub(crate) fn work(&self) -> Result<bool, TimelineError> {
        let (number, chunks, column) = {
            let mut state = self.lock();
            let head = state.head;
            let Some((at, slot)) = state.queue.iter_mut().enumerate().find(|(_, slot)| slot.untaken() > 0) else {
                return Ok(false);
            };
            slot.next += 1;
            (head + at, Arc::clone(&slot.chunks), slot.next - 1)
        };
        let pages = self.encoder.column(&chunks, column)?;
        drop(chunks);
        let mut state = self.lock();
        // A slot with a missing column cannot be written, so the head has not moved past it.
        let at = number - state.head;
        let slot = &mut state.queue[at];
        slot.columns[column] = Some(pages);
        slot.missing -= 1;
        Ok(true)
    }

    /// Columns nobody has taken.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().queue.iter().map(Slot::untaken).sum()
    }

    /// Encodes everything that waits on all threads of the pool and writes it.
    pub(crate) fn drain(&self) -> Result<(), TimelineError> {
        (0..self.waiting()).into_par_iter().try_for_each(|_| self.work().map(|_| ()))?;
        write_ready(&mut self.lock())
    }

    /// Writes everything that is left and the footer; gives the number of rows.
    pub(crate) fn end(self) -> Result<u64, TimelineError> {
        {
            let mut state = self.lock();
            self.close_group(&mut state);
        }
        self.drain()?;
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !state.queue.is_empty() {
            return Err(TimelineError::Unfinished { table: self.table.file });
        }
        state.file.end(&self.path)?;
        Ok(state.rows)
    }
}

fn write_ready(state: &mut State) -> Result<(), TimelineError> {
    while state.queue.front().is_some_and(|slot| slot.missing == 0) {
        if let Some(slot) = state.queue.pop_front() {
            state.head += 1;
            let group = RowGroup { rows: slot.rows, columns: slot.columns.into_iter().flatten().collect() };
            state.file.append(&group)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use mailtrail_model::{ActivityCount, SourceId, UtcMicros};

    use super::*;
    use crate::{
        columns,
        read::{self, TableReader},
        schema::{ACTIVITY, ROWS},
    };

    fn block(from: u64, rows: u64) -> Columns {
        let count =
            |rows| ActivityCount { source: SourceId(0), operation: "Send".into(), hour: Some(UtcMicros(0)), rows };
        columns::activity(&(from..from + rows).map(count).collect::<Vec<_>>()).unwrap()
    }

    fn lane(folder: &Path) -> Lane {
        Lane::create(folder.join(ACTIVITY.file), &ACTIVITY, 10).unwrap()
    }

    fn groups(folder: &Path) -> Vec<Vec<u64>> {
        let table = TableReader::open(folder, &ACTIVITY).unwrap();
        (0..table.groups())
            .map(|group| read::large(&table.read_all(group).unwrap(), ROWS).unwrap().iter().flatten().collect())
            .collect()
    }

    #[test]
    fn small_blocks_share_a_row_group_and_order_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let lane = lane(folder.path());
        for n in 0..9 {
            lane.push(block(n * 4, 4)).unwrap();
            if n % 4 == 0 {
                while lane.work().unwrap() {}
            }
        }
        assert_eq!(lane.end().unwrap(), 36);
        let expected: Vec<Vec<u64>> = vec![(0..12).collect(), (12..24).collect(), (24..36).collect()];
        assert_eq!(groups(folder.path()), expected);
    }

    #[test]
    fn row_groups_of_another_file_are_passed_on_in_place() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let one = lane(first.path());
        one.push(block(0, 25)).unwrap();
        one.end().unwrap();
        let other = lane(second.path());
        other.push(block(100, 3)).unwrap();
        other.push_group(TableReader::open(first.path(), &ACTIVITY).unwrap().pages(0).unwrap()).unwrap();
        other.push(block(200, 3)).unwrap();
        assert_eq!(other.end().unwrap(), 31);
        let expected: Vec<Vec<u64>> = vec![(100..103).collect(), (0..25).collect(), (200..203).collect()];
        assert_eq!(groups(second.path()), expected);
    }

    #[test]
    fn a_table_without_rows_is_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let lane = lane(folder.path());
        lane.push(block(0, 0)).unwrap();
        assert_eq!(lane.end().unwrap(), 0);
        assert_eq!(groups(folder.path()), Vec::<Vec<u64>>::new());
    }
}
