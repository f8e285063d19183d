//! Owns the way of a table's frames to its file: gathered into row groups of a fair size, encoded by whoever has time,
//! written in order.
//!
//! Invariant: which rows share a row group depends on the order and size of the frames only. A block of a large export may
//! hold a handful of accesses; one row group each would make the footer grow with the export and spoil the dictionaries.
//!
//! How the work is shared: `push` (serial, in source order) forms jobs; `work` (any thread) encodes one; `write_ready`
//! (serial) writes what is done at the head of the queue. Nobody waits for anybody, so one thread is enough.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::{
    TimelineError,
    encode::{Encoder, RowGroup, TableFile},
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
    gathered: Vec<DataFrame>,
    gathered_rows: usize,
    queue: VecDeque<Slot>,
    /// Number of the queue's head since the start.
    head: usize,
    rows: u64,
}

enum Slot {
    Waiting(DataFrame),
    Taken,
    Done(RowGroup),
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

    /// Takes the next frame, in order, and writes what is ready.
    pub(crate) fn push(&self, frame: DataFrame) -> Result<(), TimelineError> {
        let mut state = self.lock();
        if frame.height() > 0 {
            state.gathered_rows += frame.height();
            state.rows += u64::try_from(frame.height()).unwrap_or(u64::MAX);
            state.gathered.push(frame);
        }
        if state.gathered_rows >= self.enough {
            self.close_group(&mut state)?;
        }
        write_ready(&mut state)
    }

    fn close_group(&self, state: &mut State) -> Result<(), TimelineError> {
        let mut frames = std::mem::take(&mut state.gathered).into_iter();
        state.gathered_rows = 0;
        let Some(mut group) = frames.next() else { return Ok(()) };
        for frame in frames {
            group.vstack_mut_owned(frame).map_err(|source| TimelineError::Encode { table: self.table.file, source })?;
        }
        state.queue.push_back(Slot::Waiting(group));
        Ok(())
    }

    /// Encodes one waiting row group, if there is one. For any thread.
    pub(crate) fn work(&self) -> Result<bool, TimelineError> {
        let (number, frame) = {
            let mut state = self.lock();
            let Some(at) = state.queue.iter().position(|slot| matches!(slot, Slot::Waiting(_))) else {
                return Ok(false);
            };
            let Slot::Waiting(frame) = std::mem::replace(&mut state.queue[at], Slot::Taken) else { return Ok(false) };
            (state.head + at, frame)
        };
        let group = self.encoder.encode(&frame)?;
        drop(frame);
        let mut state = self.lock();
        // A taken slot cannot be written, so the head has not moved past it.
        let at = number - state.head;
        state.queue[at] = Slot::Done(group);
        Ok(true)
    }

    /// Row groups that wait to be encoded.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().queue.iter().filter(|slot| matches!(slot, Slot::Waiting(_))).count()
    }

    /// Encodes every waiting row group on all threads of the pool and writes them.
    pub(crate) fn drain(&self) -> Result<(), TimelineError> {
        (0..self.waiting()).into_par_iter().try_for_each(|_| self.work().map(|_| ()))?;
        write_ready(&mut self.lock())
    }

    /// Writes everything that is left and the footer; gives the number of rows.
    pub(crate) fn end(self) -> Result<u64, TimelineError> {
        {
            let mut state = self.lock();
            self.close_group(&mut state)?;
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
    while let Some(Slot::Done(_)) = state.queue.front() {
        if let Some(Slot::Done(group)) = state.queue.pop_front() {
            state.head += 1;
            state.file.append(&group)?;
        }
    }
    Ok(())
}
