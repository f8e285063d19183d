//! Owns building a frame of a table from rows of any kind, one column after the other, in the table's order.
//!
//! Invariant: a frame that comes out has exactly the table's columns. What each column says stands in one file a table.

mod access;
mod activity;
mod copy;
mod folder;
mod item;
mod related;

pub(crate) use access::accesses;
pub(crate) use activity::activity;
pub(crate) use copy::{CopyKind, CopyRow, duplicates};
pub(crate) use folder::{folder_syncs, lists_folders};
pub(crate) use item::items;
pub(crate) use related::related_events;

use std::fmt::Write as _;

use mailtrail_model::{AccessRecord, Locator, SourceId};
use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder as _, Column, DataFrame, Int64Type, IntoSeries as _, PolarsNumericType,
    PrimitiveChunkedBuilder, StringChunkedBuilder, TimeUnit, UInt32Type, UInt64Type,
};

use crate::{
    TimelineError,
    schema::{self, Table},
};

/// An access on its way into the tables.
#[derive(Clone, Copy)]
pub(crate) struct Row<'r, 'a> {
    /// The record.
    pub(crate) record: &'r AccessRecord<'a>,
    /// Its row number in `accesses`.
    pub(crate) access_no: u64,
    /// Whether it lies in the case window.
    pub(crate) in_window: bool,
}

/// A frame in the making.
struct Builder<'r, R> {
    table: &'static Table,
    rows: &'r [R],
    columns: Vec<Column>,
}

impl<'r, R> Builder<'r, R> {
    fn new(table: &'static Table, rows: &'r [R]) -> Self {
        Self { table, rows, columns: Vec::with_capacity(table.columns.len()) }
    }

    fn text(mut self, name: &'static str, value: impl Fn(&'r R) -> Option<&'r str>) -> Self {
        let mut cells = StringChunkedBuilder::new(name.into(), self.rows.len());
        self.rows.iter().for_each(|row| cells.append_option(value(row)));
        self.columns.push(cells.finish().into_series().into());
        self
    }

    /// A text that is made, not borrowed: the closure writes it into the buffer, or says that there is none.
    fn words(mut self, name: &'static str, write: impl Fn(&'r R, &mut String) -> std::fmt::Result) -> Self {
        let mut cells = StringChunkedBuilder::new(name.into(), self.rows.len());
        let mut buffer = String::new();
        for row in self.rows {
            buffer.clear();
            let written = write(row, &mut buffer).is_ok() && !buffer.is_empty();
            cells.append_option(written.then_some(buffer.as_str()));
        }
        self.columns.push(cells.finish().into_series().into());
        self
    }

    fn number<T: PolarsNumericType>(
        name: &'static str,
        cells: impl ExactSizeIterator<Item = Option<T::Native>>,
    ) -> Column {
        let mut builder = PrimitiveChunkedBuilder::<T>::new(name.into(), cells.len());
        cells.for_each(|cell| builder.append_option(cell));
        builder.finish().into_series().into()
    }

    fn time(mut self, name: &'static str, value: impl Fn(&'r R) -> Option<i64>) -> Self {
        let mut builder = PrimitiveChunkedBuilder::<Int64Type>::new(name.into(), self.rows.len());
        self.rows.iter().for_each(|row| builder.append_option(value(row)));
        self.columns.push(builder.finish().into_datetime(TimeUnit::Microseconds, None).into_series().into());
        self
    }

    fn truth(mut self, name: &'static str, value: impl Fn(&'r R) -> Option<bool>) -> Self {
        let mut builder = BooleanChunkedBuilder::new(name.into(), self.rows.len());
        self.rows.iter().for_each(|row| builder.append_option(value(row)));
        self.columns.push(builder.finish().into_series().into());
        self
    }

    fn signed(mut self, name: &'static str, value: impl Fn(&'r R) -> Option<i64>) -> Self {
        self.columns.push(Self::number::<Int64Type>(name, self.rows.iter().map(value)));
        self
    }

    fn count(mut self, name: &'static str, value: impl Fn(&'r R) -> usize) -> Self {
        // A record is cut at the item cap, far below 2^32: saturation is never reached.
        let cells = self.rows.iter().map(|row| Some(u32::try_from(value(row)).unwrap_or(u32::MAX)));
        self.columns.push(Self::number::<UInt32Type>(name, cells));
        self
    }

    fn large(mut self, name: &'static str, value: impl Fn(&'r R) -> u64) -> Self {
        self.columns.push(Self::number::<UInt64Type>(name, self.rows.iter().map(|row| Some(value(row)))));
        self
    }

    /// The four columns of the way home.
    fn locator(self, locator: impl Fn(&'r R) -> Locator) -> Self {
        let locator = &locator;
        self.source(|row| locator(row).source)
            .large(schema::ROW, |row| locator(row).row)
            .large(schema::BYTE_OFFSET, |row| locator(row).byte_offset)
            .large(schema::BYTE_LEN, |row| locator(row).byte_len)
    }

    fn source(self, source: impl Fn(&'r R) -> SourceId) -> Self {
        self.words(schema::SOURCE_ID, |row, out| write!(out, "{}", source(row)))
    }

    fn finish(self) -> Result<DataFrame, TimelineError> {
        let found = self.columns.iter().map(|column| (column.name().as_str(), column.dtype().clone()));
        let expected = self.table.columns.iter().map(|(name, kind)| (*name, kind.data_type()));
        if let Some((_, (column, data_type))) = found.zip(expected).find(|(found, expected)| found != expected) {
            let (table, column) = (self.table.file.to_owned(), column.to_owned());
            return Err(TimelineError::Column { table, column, expected: data_type.to_string() });
        }
        DataFrame::new(self.rows.len(), self.columns)
            .map_err(|source| TimelineError::Encode { table: self.table.file, source })
    }
}
