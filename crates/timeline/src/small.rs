//! Owns writing a table that people open: the same rows as Parquet and as CSV, from one list of cells a row.
//!
//! Invariant: both files hold the same rows in the same order. The CSV is exact, for machines: the spreadsheet-safe form is
//! made where pages are. Times are ISO 8601 in UTC, absent values are empty, truth is `true` or `false`.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use mailtrail_model::UtcMicros;
use polars_arrow::{
    array::{BooleanArray, PrimitiveArray},
    datatypes::{ArrowDataType, TimeUnit},
};

use crate::{
    TimelineError,
    cells::{Cells, Columns, Words},
    encode::{Encoder, TableFile},
    schema::{Kind, Table},
    texts::Texts,
};

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// A text.
    Text(Option<Cow<'a, str>>),
    /// A point in time.
    Time(Option<UtcMicros>),
    /// A count.
    Count(Option<u64>),
    /// A number that is no count.
    Real(Option<f64>),
    /// True or false.
    Truth(bool),
}

impl<'a> Cell<'a> {
    /// A text that is there.
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(Some(text.into()))
    }

    /// A text that may not be there.
    pub(crate) fn maybe(text: Option<&'a str>) -> Self {
        Self::Text(text.map(Cow::Borrowed))
    }

    fn print(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text.as_deref().unwrap_or("")),
            Self::Time(at) => at.map_or(Cow::Borrowed(""), |at| Cow::Owned(at.iso())),
            Self::Count(n) => n.map_or(Cow::Borrowed(""), |n| Cow::Owned(n.to_string())),
            Self::Real(value) => value.map_or(Cow::Borrowed(""), |value| Cow::Owned(value.to_string())),
            Self::Truth(holds) => Cow::Borrowed(if *holds { "true" } else { "false" }),
        }
    }
}

/// Rows of one row group.
const GROUP: usize = 1 << 16;

/// Writes `folder/NAME.parquet` and `folder/NAME.csv`.
pub(crate) fn write<'r, R>(
    folder: &Path,
    table: &'static Table,
    rows: &'r [R],
    cells: impl Fn(&'r R) -> Vec<Cell<'r>>,
) -> Result<(), TimelineError> {
    let path = folder.join(table.file);
    let encoder = Encoder::new(table)?;
    let mut parquet = TableFile::create(&path, &encoder)?;
    let csv_path = path.with_extension("csv");
    let mut csv = Csv::create(&csv_path, table)?;
    for group in rows.chunks(GROUP) {
        let group: Vec<Vec<Cell<'_>>> = group.iter().map(&cells).collect();
        group.iter().try_for_each(|row| csv.row(row))?;
        parquet.append(&encoder.encode(columns(table, &group))?)?;
    }
    parquet.end(&path)?;
    csv.end()
}

/// A CSV file that is being written.
pub(crate) struct Csv<'p> {
    path: &'p Path,
    out: csv::Writer<BufWriter<File>>,
}

impl<'p> Csv<'p> {
    /// Starts a file with the table's header.
    pub(crate) fn create(path: &'p Path, table: &Table) -> Result<Self, TimelineError> {
        let file = File::create(path).map_err(TimelineError::io(path, "create"))?;
        let mut csv = Self { path, out: csv::Writer::from_writer(BufWriter::new(file)) };
        let header: Vec<Cell<'_>> = table.columns.iter().map(|(name, _)| Cell::text(*name)).collect();
        csv.row(&header)?;
        Ok(csv)
    }

    /// Appends a row.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TimelineError> {
        write_cells(self.path, &mut self.out, cells)
    }

    /// Flushes and checks.
    pub(crate) fn end(self) -> Result<(), TimelineError> {
        let path = self.path;
        let mut out = self.out.into_inner().map_err(|e| TimelineError::io(path, "write")(e.into_error()))?;
        out.flush().map_err(TimelineError::io(path, "write"))
    }
}

/// Appends a row to a CSV file of any table.
pub(crate) fn write_cells(
    path: &Path,
    out: &mut csv::Writer<BufWriter<File>>,
    cells: &[Cell<'_>],
) -> Result<(), TimelineError> {
    for cell in cells {
        out.write_field(cell.print().as_bytes()).map_err(|e| csv_error(path, e))?;
    }
    out.write_record(None::<&[u8]>).map_err(|e| csv_error(path, e))
}

fn csv_error(path: &Path, error: csv::Error) -> TimelineError {
    TimelineError::io(path, "write")(std::io::Error::from(error))
}

/// The rows as columns of the table.
pub(crate) fn columns(table: &'static Table, rows: &[Vec<Cell<'_>>]) -> Columns {
    let cells = table.columns.iter().enumerate().map(|(at, (_, kind))| column(*kind, rows, at)).collect();
    Columns { rows: rows.len(), cells }
}

fn column(kind: Kind, rows: &[Vec<Cell<'_>>], at: usize) -> Cells {
    let cells = rows.iter().map(|row| row.get(at));
    let texts = cells.clone().map(|cell| match cell {
        Some(Cell::Text(text)) => text.as_deref(),
        _ => None,
    });
    let counts = cells.clone().map(|cell| match cell {
        Some(Cell::Count(n)) => *n,
        _ => None,
    });
    let times = cells.clone().map(|cell| match cell {
        Some(Cell::Time(at)) => at.map(|at| at.0),
        _ => None,
    });
    match kind {
        Kind::Text => Cells::Words(Words::of(texts)),
        Kind::Unique => Cells::Texts(Texts::of(texts)),
        Kind::Time => {
            let micros: PrimitiveArray<i64> = times.collect();
            Cells::Array(Box::new(micros.to(ArrowDataType::Timestamp(TimeUnit::Microsecond, None))))
        }
        Kind::I64 => Cells::Array(Box::new(times.collect::<PrimitiveArray<i64>>())),
        Kind::U64 => Cells::Array(Box::new(counts.collect::<PrimitiveArray<u64>>())),
        // A count that does not fit is not told: no table of cells has one.
        Kind::U32 => {
            let small = counts.map(|n| n.and_then(|n| u32::try_from(n).ok()));
            Cells::Array(Box::new(small.collect::<PrimitiveArray<u32>>()))
        }
        Kind::Real => {
            let reals = cells.map(|cell| match cell {
                Some(Cell::Real(value)) => *value,
                _ => None,
            });
            Cells::Array(Box::new(reals.collect::<PrimitiveArray<f64>>()))
        }
        Kind::Bool => {
            let truths = cells.map(|cell| match cell {
                Some(Cell::Truth(holds)) => Some(*holds),
                _ => None,
            });
            Cells::Array(Box::new(truths.collect::<BooleanArray>()))
        }
    }
}
