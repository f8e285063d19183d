//! Owns reading a table back, one row group at a time, only the columns asked for.
//!
//! Invariant: a table that opens has the columns and types of `schema`; what is damaged is an error, never a panic.
//! Does not know what the columns mean: see `rows` for records, and each algorithm for its own columns.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use polars::prelude::{BooleanChunked, DataFrame, Int64Chunked, StringChunked, UInt32Chunked, UInt64Chunked};
use polars_io::{
    SerReader as _,
    parquet::{metadata::FileMetadataRef, read::ParquetReader},
};

use crate::{
    TimelineError,
    encode::{self, RowGroup},
    schema::{Kind, Table},
};

/// A table on disk, opened and checked.
#[derive(Debug)]
pub(crate) struct TableReader {
    path: PathBuf,
    table: &'static Table,
    /// Parsed once: a table of ten million rows has a footer of megabytes, and every group would parse it again.
    metadata: FileMetadataRef,
    /// First row and number of rows of each row group.
    groups: Vec<(usize, usize)>,
}

impl TableReader {
    /// Opens `folder/table.file` and checks its columns.
    pub(crate) fn open(folder: &Path, table: &'static Table) -> Result<Self, TimelineError> {
        Self::open_file(folder.join(table.file), table)
    }

    /// Opens a file that holds `table` under any name.
    pub(crate) fn open_file(path: PathBuf, table: &'static Table) -> Result<Self, TimelineError> {
        let mut file = File::open(&path).map_err(TimelineError::io(&path, "open"))?;
        let unreadable = |source| TimelineError::Unreadable { path: path.clone(), source };
        let mut reader = ParquetReader::new(&mut file);
        let found = reader.schema().map_err(unreadable)?;
        for (name, kind) in table.columns {
            let data_type = found.get(name).map(polars::prelude::DataType::from_arrow_field);
            if data_type.as_ref() != Some(&kind.data_type()) {
                return Err(wrong(table.file, name, *kind));
            }
        }
        let mut at = 0;
        let metadata = reader.get_metadata().map_err(unreadable)?.clone();
        let groups = metadata
            .row_groups
            .iter()
            .map(|group| {
                let start = at;
                at += group.num_rows();
                (start, group.num_rows())
            })
            .collect();
        Ok(Self { path, table, metadata, groups })
    }

    /// Number of row groups.
    pub(crate) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Rows of all groups.
    pub(crate) fn rows(&self) -> usize {
        self.groups.last().map_or(0, |(start, rows)| start + rows)
    }

    /// First row and number of rows of a group. For `accesses` the first row is its first `access_no`.
    pub(crate) fn span(&self, group: usize) -> (usize, usize) {
        self.groups[group]
    }

    /// The named columns of one row group, in the table's order.
    pub(crate) fn read(&self, group: usize, columns: &[&str]) -> Result<DataFrame, TimelineError> {
        self.read_slice(self.groups[group], columns)
    }

    /// The same of any rows: first row of the table and number of rows.
    pub(crate) fn read_slice(&self, rows: (usize, usize), columns: &[&str]) -> Result<DataFrame, TimelineError> {
        let file = File::open(&self.path).map_err(TimelineError::io(&self.path, "open"))?;
        let mut reader = ParquetReader::new(file);
        reader.set_metadata(self.metadata.clone());
        reader
            .with_columns(Some(columns.iter().map(|name| (*name).to_owned()).collect()))
            .with_slice(Some(rows))
            .finish()
            .map_err(|source| TimelineError::Unreadable { path: self.path.clone(), source })
    }

    /// One row group as it stands, compressed: for copying it into another file of the same table.
    pub(crate) fn pages(&self, group: usize) -> Result<RowGroup, TimelineError> {
        let mut file = File::open(&self.path).map_err(TimelineError::io(&self.path, "open"))?;
        let columns = self.metadata.row_groups[group]
            .parquet_columns()
            .iter()
            .map(|column| {
                let range = column.byte_range();
                let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap_or(0)];
                file.seek(SeekFrom::Start(range.start)).map_err(TimelineError::io(&self.path, "read"))?;
                file.read_exact(&mut bytes).map_err(TimelineError::io(&self.path, "read"))?;
                encode::pages(bytes, column)
                    .map_err(|source| TimelineError::Unreadable { path: self.path.clone(), source })
            })
            .collect::<Result<_, _>>()?;
        Ok(RowGroup { rows: self.groups[group].1, columns })
    }

    /// Every column of one row group.
    pub(crate) fn read_all(&self, group: usize) -> Result<DataFrame, TimelineError> {
        let names: Vec<&str> = self.table.columns.iter().map(|(name, _)| *name).collect();
        self.read(group, &names)
    }
}

/// A row number as the tables spell it.
pub(crate) fn number(row: usize) -> u64 {
    u64::try_from(row).unwrap_or(u64::MAX)
}

fn wrong(table: &str, column: &str, kind: Kind) -> TimelineError {
    TimelineError::Column { table: table.to_owned(), column: column.to_owned(), expected: format!("{kind:?}") }
}

/// A text column of a frame.
pub(crate) fn text<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f StringChunked, TimelineError> {
    frame.column(name).and_then(|column| column.str()).map_err(|_| wrong("frame", name, Kind::Text))
}

/// A time column of a frame, as microseconds.
pub(crate) fn time<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f Int64Chunked, TimelineError> {
    frame
        .column(name)
        .and_then(|column| column.datetime())
        .map(|column| column.physical())
        .map_err(|_| wrong("frame", name, Kind::Time))
}

/// A truth column of a frame.
pub(crate) fn truth<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f BooleanChunked, TimelineError> {
    frame.column(name).and_then(|column| column.bool()).map_err(|_| wrong("frame", name, Kind::Bool))
}

/// A signed column of a frame.
pub(crate) fn signed<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f Int64Chunked, TimelineError> {
    frame.column(name).and_then(|column| column.i64()).map_err(|_| wrong("frame", name, Kind::I64))
}

/// A count column of a frame.
pub(crate) fn count<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f UInt32Chunked, TimelineError> {
    frame.column(name).and_then(|column| column.u32()).map_err(|_| wrong("frame", name, Kind::U32))
}

/// A large-count column of a frame.
pub(crate) fn large<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f UInt64Chunked, TimelineError> {
    frame.column(name).and_then(|column| column.u64()).map_err(|_| wrong("frame", name, Kind::U64))
}
