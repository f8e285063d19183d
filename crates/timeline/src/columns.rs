//! Owns making the columns of a table from rows of any kind, one column after the other, in the table's order.
//!
//! Invariant: what comes out has exactly the table's columns. What each column says stands in one file a table.

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
use polars_arrow::{
    array::{Array, BooleanArray, PrimitiveArray},
    datatypes::{ArrowDataType, TimeUnit},
};

use crate::{
    TimelineError,
    cells::{Cells, Columns, Numbers, Words},
    schema::{self, Kind, Table},
    texts::Texts,
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

/// Columns in the making.
struct Builder<'r, R> {
    table: &'static Table,
    rows: &'r [R],
    cells: Vec<Cells>,
    known: Numbers<'r>,
    /// The first column that was not the table's next one.
    misplaced: Option<&'static str>,
}

impl<'r, R> Builder<'r, R> {
    fn new(table: &'static Table, rows: &'r [R]) -> Self {
        Self { table, rows, cells: Vec::with_capacity(table.columns.len()), known: Numbers::default(), misplaced: None }
    }

    fn push(mut self, name: &'static str, kinds: &[Kind], cells: impl FnOnce(Kind) -> Cells) -> Self {
        match self.table.columns.get(self.cells.len()) {
            Some((next, kind)) if *next == name && kinds.contains(kind) => self.cells.push(cells(*kind)),
            _ => self.misplaced = self.misplaced.or(Some(name)),
        }
        self
    }

    fn text(mut self, name: &'static str, value: impl Fn(&'r R) -> Option<&'r str>) -> Self {
        let rows = self.rows;
        let mut known = std::mem::take(&mut self.known);
        let mut columns = self.push(name, &[Kind::Text, Kind::Unique], |kind| {
            let cells = rows.iter().map(value);
            match kind {
                Kind::Text => Cells::Words(Words::with(cells, &mut known)),
                _ => Cells::Texts(Texts::of(cells)),
            }
        });
        columns.known = known;
        columns
    }

    /// A text that is made, not borrowed: the closure writes it. Nothing written means that there is none.
    fn words(self, name: &'static str, write: impl Fn(&'r R, &mut String) -> std::fmt::Result) -> Self {
        let rows = self.rows;
        self.push(name, &[Kind::Text], |_| {
            let mut made = String::new();
            let ends: Vec<Option<usize>> = rows
                .iter()
                .map(|row| {
                    let start = made.len();
                    (write(row, &mut made).is_ok() && made.len() > start).then_some(made.len())
                })
                .collect();
            let mut start = 0;
            let cells = ends.into_iter().map(|end| {
                let text = made.get(start..end?);
                start = end.unwrap_or(start);
                text
            });
            Cells::Words(Words::of(cells))
        })
    }

    fn array<A: Array>(self, name: &'static str, kind: Kind, array: impl FnOnce(&'r [R]) -> A) -> Self {
        let rows = self.rows;
        self.push(name, &[kind], |_| Cells::Array(Box::new(array(rows))))
    }

    fn time(self, name: &'static str, value: impl Fn(&'r R) -> Option<i64>) -> Self {
        self.array(name, Kind::Time, |rows| {
            let micros: PrimitiveArray<i64> = rows.iter().map(value).collect();
            micros.to(ArrowDataType::Timestamp(TimeUnit::Microsecond, None))
        })
    }

    fn truth(self, name: &'static str, value: impl Fn(&'r R) -> Option<bool>) -> Self {
        self.array(name, Kind::Bool, |rows| rows.iter().map(value).collect::<BooleanArray>())
    }

    fn signed(self, name: &'static str, value: impl Fn(&'r R) -> Option<i64>) -> Self {
        self.array(name, Kind::I64, |rows| rows.iter().map(value).collect::<PrimitiveArray<i64>>())
    }

    fn count(self, name: &'static str, value: impl Fn(&'r R) -> usize) -> Self {
        // A record is cut at the item cap, far below 2^32: saturation is never reached.
        let count = |row| u32::try_from(value(row)).unwrap_or(u32::MAX);
        self.array(name, Kind::U32, |rows| PrimitiveArray::from_vec(rows.iter().map(count).collect()))
    }

    fn large(self, name: &'static str, value: impl Fn(&'r R) -> u64) -> Self {
        self.array(name, Kind::U64, |rows| PrimitiveArray::from_vec(rows.iter().map(value).collect()))
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

    fn finish(self) -> Result<Columns, TimelineError> {
        let next = self.table.columns.get(self.cells.len()).map(|(name, _)| *name);
        match self.misplaced.or(next) {
            None => Ok(Columns { rows: self.rows.len(), cells: self.cells }),
            Some(column) => Err(TimelineError::Column {
                table: self.table.file.to_owned(),
                column: column.to_owned(),
                expected: "where the schema has it".to_owned(),
            }),
        }
    }
}
