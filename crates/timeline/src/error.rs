//! Owns what can go wrong in this crate.

use std::{io, path::PathBuf};

use polars::error::PolarsError;

/// Why a table could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimelineError {
    /// The file system refused.
    #[error("{path}: {doing}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A table is not what the schema says, or is damaged.
    #[error("{path}: the table cannot be read; run `mailtrail ingest` again if it was cut or edited")]
    Unreadable {
        /// Which table.
        path: PathBuf,
        /// What the reader said.
        #[source]
        source: PolarsError,
    },
    /// A column is missing or of another type.
    #[error(
        "{table}: column {column} is missing or not {expected}; the tables were written by another version of mailtrail"
    )]
    Column {
        /// Which table.
        table: String,
        /// Which column.
        column: String,
        /// What the schema says.
        expected: String,
    },
    /// Columns could not be encoded.
    #[error("{table}: a row group could not be encoded")]
    Encode {
        /// Which table.
        table: &'static str,
        /// What the encoder said.
        #[source]
        source: PolarsError,
    },
    /// A table was ended after an earlier error.
    #[error("{table}: a row group was lost after an earlier error; run again")]
    Unfinished {
        /// Which table.
        table: &'static str,
    },
    /// A temporary file of ours does not read back as it was written.
    #[error("{path}: the temporary file is damaged; check the disk and run again")]
    Spill {
        /// Which file.
        path: PathBuf,
    },
    /// An address database cannot be read.
    #[error("{file}: not a whole MaxMind-format database ({what}); unpack it again, or take it out of the case file")]
    AddressDatabase {
        /// Which file.
        file: String,
        /// What the reader said.
        what: String,
    },
    /// More accesses than row numbers.
    #[error("more than 4,294,967,295 accesses; split the case")]
    TooManyAccesses,
    /// Two different message ids have one key.
    #[error(
        "the message id {id} shares the key {key:032x} with another one; please report this case: it should not exist"
    )]
    KeyCollision {
        /// The later id.
        id: String,
        /// The key.
        key: u128,
    },
    /// A query over tables failed.
    #[error("{what}")]
    Query {
        /// Which query.
        what: &'static str,
        /// What the engine said.
        #[source]
        source: PolarsError,
    },
}

impl TimelineError {
    /// Wraps an I/O error with its file.
    pub(crate) fn io(path: impl Into<PathBuf>, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, doing, source }
    }
}
