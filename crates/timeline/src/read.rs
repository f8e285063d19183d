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
    parquet::{
        metadata::FileMetadataRef,
        read::{FileMetadata, ParallelStrategy, ParquetReader},
    },
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
        let (metadata, rows) = self.part(rows);
        reader.set_metadata(metadata);
        // Many slices are read side by side. Should one wait for helpers of its own, its thread would begin other slices in the
        // meantime, one upon another: over a thousand row groups that overflowed the stack.
        reader
            .read_parallel(ParallelStrategy::None)
            .with_columns(Some(columns.iter().map(|name| (*name).to_owned()).collect()))
            .with_slice(Some(rows))
            .finish()
            .map_err(|source| TimelineError::Unreadable { path: self.path.clone(), source })
    }

    /// The file as if it had only the row groups that hold these rows, and the rows in it: the reader looks at every group it is
    /// told of, and a table may have one a mailbox.
    fn part(&self, rows: (usize, usize)) -> (FileMetadataRef, (usize, usize)) {
        let (start, end) = (rows.0, rows.0.saturating_add(rows.1));
        let first = self.groups.partition_point(|(from, rows)| from + rows <= start);
        let last = self.groups.partition_point(|(from, _)| *from < end).max(first);
        let (whole, before) = (&self.metadata, self.groups.get(first).map_or(start, |(from, _)| *from));
        let Some(row_groups) = whole.row_groups.get(first..last).filter(|part| part.len() < self.groups.len()) else {
            return (self.metadata.clone(), rows);
        };
        let part = FileMetadata {
            version: whole.version,
            num_rows: row_groups.iter().map(|group| group.num_rows()).sum(),
            max_row_group_height: whole.max_row_group_height,
            created_by: None,
            row_groups: row_groups.to_vec(),
            key_value_metadata: whole.key_value_metadata.clone(),
            schema_descr: whole.schema_descr.clone(),
            column_orders: whole.column_orders.clone(),
            footer_buf: whole.footer_buf.clone(),
        };
        (part.into(), (start - before, rows.1))
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

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, DataFrame};
    use polars_io::parquet::write::ParquetWriter;
    use rayon::prelude::*;

    use super::{TableReader, number};
    use crate::schema::{Kind, Table};

    static MANY: Table = Table { file: "many.parquet", columns: &[("no", Kind::U64), ("twice", Kind::U64)] };

    /// A table of so many row groups of three rows.
    fn many(folder: &std::path::Path, groups: usize) -> TableReader {
        let numbers: Vec<u64> = (0..groups * 3).map(number).collect();
        let twice: Vec<u64> = numbers.iter().map(|n| n * 2).collect();
        let columns = vec![Column::new("no".into(), numbers), Column::new("twice".into(), twice)];
        let mut frame = DataFrame::new(groups * 3, columns).unwrap();
        let file = std::fs::File::create(folder.join(MANY.file)).unwrap();
        ParquetWriter::new(file).with_row_group_size(Some(3)).finish(&mut frame).unwrap();
        let table = TableReader::open(folder, &MANY).unwrap();
        assert_eq!((table.groups(), table.rows()), (groups, groups * 3));
        table
    }

    fn numbers(table: &TableReader, rows: (usize, usize)) -> Vec<u64> {
        let frame = table.read_slice(rows, &["no", "twice"]).unwrap();
        let twice = super::large(&frame, "twice").unwrap();
        let no: Vec<u64> = super::large(&frame, "no").unwrap().iter().flatten().collect();
        assert!(no.iter().zip(twice.iter()).all(|(no, twice)| twice == Some(no * 2)));
        no
    }

    #[test]
    fn a_slice_has_its_rows_wherever_the_row_groups_end() {
        let dir = tempfile::tempdir().unwrap();
        let table = many(dir.path(), 5);
        for start in 0..16 {
            for rows in 0..16 {
                let end = (start + rows).min(15);
                assert_eq!(
                    numbers(&table, (start, rows)),
                    (start..end).map(number).collect::<Vec<_>>(),
                    "{start}+{rows}"
                );
            }
        }
    }

    #[test]
    fn thousands_of_row_groups_are_read_side_by_side_on_a_small_stack() {
        let dir = tempfile::tempdir().unwrap();
        let table = many(dir.path(), 3_000);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(512 * 1024).build().unwrap();
        let read: Vec<Vec<u64>> =
            pool.install(|| (0..3_000).into_par_iter().map(|group| numbers(&table, table.span(group))).collect());
        assert_eq!(read.concat(), (0..9_000).map(number).collect::<Vec<_>>());
    }
}
