//! Owns where an examiner's statement stands (file, row or line), and what was noticed about it. Not where an audit row
//! stands: that is [`crate::Locator`].

use std::{fmt, sync::Arc};

use crate::Sha256;

/// Where a statement of the examiner stands: `roster.csv: row 5`, `case.toml: line 12`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputPlace {
    /// The file, as the case file names it.
    pub file: Arc<str>,
    /// Counted how.
    pub at: PlaceUnit,
}

/// How a place inside an input is counted, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceUnit {
    /// A line of a text file.
    Line(u64),
    /// A data row of a CSV file; the header is not one.
    Row(u64),
    /// The whole file.
    Whole,
}

impl fmt::Display for InputPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            PlaceUnit::Line(line) => write!(f, "{}: line {line}", self.file),
            PlaceUnit::Row(row) => write!(f, "{}: row {row}", self.file),
            PlaceUnit::Whole => f.write_str(&self.file),
        }
    }
}

/// Something about an input the examiner should know; the statement was taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputWarning {
    /// Where.
    pub place: InputPlace,
    /// What, and what to do.
    pub detail: String,
}

impl fmt::Display for InputWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.detail)
    }
}

/// One input of the examiner, as it was read: hashed into the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputReceipt {
    /// The file, as the case file names it.
    pub name: String,
    /// What it is (`case`, `attribution`, `roster`, `listing`, `control`, `signins`, …).
    pub kind: &'static str,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
    /// Its bytes.
    pub bytes: u64,
    /// Entries taken from it.
    pub entries: u64,
    /// How its columns were understood; empty for TOML.
    pub columns: Vec<ColumnMapping>,
}

/// How one column of a CSV input was understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnMapping {
    /// The header as the file spells it.
    pub header: String,
    /// Our name of the column; `None` if the column is not used.
    pub column: Option<&'static str>,
}
