//! Owns the account of a finished set of tables: rows by source, and what was noticed while settling copies.

use std::path::PathBuf;

use mailtrail_model::{Issue, IssueCode, SourceId};

/// What `TableWriter::finish` gives back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// One entry a source that has accesses, in source order.
    pub sources: Vec<SourceCounts>,
    /// `fuller-body-kept` and `id-conflict`, where they occurred.
    pub issues: Vec<MergeIssues>,
    /// The tables, under their final names.
    pub tables: Vec<WrittenTable>,
}

impl Written {
    /// Rows of the table with this file name.
    #[must_use]
    pub fn rows(&self, file: &str) -> Option<u64> {
        self.tables.iter().find(|table| table.path.file_name().is_some_and(|name| name == file)).map(|table| table.rows)
    }
}

/// Access records of one source, each counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceCounts {
    /// Which source.
    pub source: SourceId,
    /// Written, inside the window.
    pub accepted: u64,
    /// Copies of an access of this or an earlier source.
    pub duplicate: u64,
    /// Written, outside the window.
    pub out_of_window: u64,
}

impl SourceCounts {
    pub(crate) fn of(source: SourceId) -> Self {
        Self { source, accepted: 0, duplicate: 0, out_of_window: 0 }
    }

    /// Counts a record that became an access.
    pub(crate) fn access(&mut self, in_window: bool) {
        if in_window {
            self.accepted += 1;
        } else {
            self.out_of_window += 1;
        }
    }
}

/// Issues of one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeIssues {
    /// Which code.
    pub code: IssueCode,
    /// How many accesses.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Issue>,
}

/// A table on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenTable {
    /// Where.
    pub path: PathBuf,
    /// Its rows.
    pub rows: u64,
}
