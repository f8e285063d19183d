//! Owns records as the tables hold them, read back: accesses with their items and folders, and the copies they had.
//!
//! Invariant: `settle` of a record, and the same record read back from the tables, are equal.

mod members;
mod rows;
mod settle;

use std::{collections::BTreeSet, path::Path};

use mailtrail_model::{AccessRecord, Locator, SourceId};
use polars::prelude::{DataFrame, StringChunked, UInt64Chunked};

use crate::{
    TimelineError,
    read::{self, TableReader},
    schema::{self, ACCESSES, DUPLICATES, FOLDER_SYNCS, ITEMS, Table},
    stretches::Stretches,
};

pub use members::{members_of_session, naming_message};
pub(crate) use rows::records;
pub(crate) use settle::settle;

/// An access with its row number.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAccess {
    /// Its row in `accesses`.
    pub access_no: u64,
    /// Whether it lies in the case window.
    pub in_window: bool,
    /// The record.
    pub record: AccessRecord<'static>,
}

/// Reads those accesses back whose record id is wanted, with their items and folders. Row groups without one cost a glance
/// at their ids.
///
/// # Errors
/// If a table is missing or damaged.
pub fn read_accesses(tables: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<StoredAccess>, TimelineError> {
    let holds = |accesses: &TableReader, group: usize| {
        let ids = accesses.read(group, &[schema::RECORD_ID])?;
        Ok(read::text(&ids, schema::RECORD_ID)?.iter().flatten().any(&wanted))
    };
    read_where(tables, holds, |access| wanted(&access.record.record_id))
}

/// Reads the accesses with these numbers back, in that order, with their items and folders.
///
/// # Errors
/// If a table is missing or damaged.
pub fn read_numbered(tables: &Path, wanted: &BTreeSet<u64>) -> Result<Vec<StoredAccess>, TimelineError> {
    let holds = |accesses: &TableReader, group: usize| {
        let (start, rows) = accesses.span(group);
        Ok(wanted.range(read::number(start)..read::number(start + rows)).next().is_some())
    };
    read_where(tables, holds, |access| wanted.contains(&access.access_no))
}

/// Reads the row groups that hold something wanted, and keeps it.
fn read_where(
    tables: &Path,
    holds: impl Fn(&TableReader, usize) -> Result<bool, TimelineError>,
    wanted: impl Fn(&StoredAccess) -> bool,
) -> Result<Vec<StoredAccess>, TimelineError> {
    let accesses = TableReader::open(tables, &ACCESSES)?;
    let mut items = Stretches::new(TableReader::open(tables, &ITEMS)?);
    let mut folders = Stretches::new(TableReader::open(tables, &FOLDER_SYNCS)?);
    let mut found = Vec::new();
    for group in 0..accesses.groups() {
        if !holds(&accesses, group)? {
            continue;
        }
        let (start, rows) = accesses.span(group);
        let (first, end) = (read::number(start), read::number(start + rows));
        let records =
            records(&accesses.read_all(group)?, first, &items.between(first, end)?, &folders.between(first, end)?)?;
        found.extend(records.into_iter().filter(&wanted));
    }
    Ok(found)
}

/// A later copy of a record, as `duplicates` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCopy {
    /// The record id it repeats.
    pub record_id: String,
    /// `same-content`, `merged` or `conflict`.
    pub kind: String,
    /// The access it repeats.
    pub access_no: u64,
    /// Where the copy stands.
    pub locator: Locator,
}

/// Reads the copies of wanted records, in table order.
///
/// # Errors
/// If the table is missing or damaged.
pub fn read_copies(tables: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<StoredCopy>, TimelineError> {
    let duplicates = TableReader::open(tables, &DUPLICATES)?;
    let mut found = Vec::new();
    for group in 0..duplicates.groups() {
        let frame = duplicates.read_all(group)?;
        let ids = read::text(&frame, schema::RECORD_ID)?;
        let kinds = read::text(&frame, schema::KIND)?;
        let numbers = read::large(&frame, schema::ACCESS_NO)?;
        let locators = Locators::of(&frame, &DUPLICATES)?;
        for row in 0..frame.height() {
            let Some(record_id) = ids.get(row).filter(|id| wanted(id)) else { continue };
            found.push(StoredCopy {
                record_id: record_id.to_owned(),
                kind: kinds.get(row).unwrap_or_default().to_owned(),
                access_no: numbers.get(row).ok_or_else(|| missing(&DUPLICATES, schema::ACCESS_NO))?,
                locator: locators.get(row)?,
            });
        }
    }
    Ok(found)
}

/// The four columns of the way home.
struct Locators<'f> {
    table: &'static Table,
    source: &'f StringChunked,
    numbers: [(&'static str, &'f UInt64Chunked); 3],
}

impl<'f> Locators<'f> {
    fn of(frame: &'f DataFrame, table: &'static Table) -> Result<Self, TimelineError> {
        let number = |name| Ok((name, read::large(frame, name)?));
        Ok(Self {
            table,
            source: read::text(frame, schema::SOURCE_ID)?,
            numbers: [number(schema::ROW)?, number(schema::BYTE_OFFSET)?, number(schema::BYTE_LEN)?],
        })
    }

    fn get(&self, row: usize) -> Result<Locator, TimelineError> {
        let number = |(name, column): (&str, &UInt64Chunked)| column.get(row).ok_or_else(|| missing(self.table, name));
        let [row_number, byte_offset, byte_len] = self.numbers;
        Ok(Locator {
            source: self.source.get(row).and_then(source).ok_or_else(|| missing(self.table, schema::SOURCE_ID))?,
            row: number(row_number)?,
            byte_offset: number(byte_offset)?,
            byte_len: number(byte_len)?,
        })
    }
}

fn missing(table: &Table, column: &str) -> TimelineError {
    TimelineError::Column {
        table: table.file.to_owned(),
        column: column.to_owned(),
        expected: "filled in every row".to_owned(),
    }
}

/// The source of a printed id.
pub(crate) fn source(text: &str) -> Option<SourceId> {
    text.strip_prefix('S')?.parse::<u32>().ok()?.checked_sub(1).map(SourceId)
}
