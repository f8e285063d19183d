//! Owns the fork behind ingest: accesses go to the tables, rows that could not be read go to quarantine.

use std::{
    fs::File,
    io::BufWriter,
    path::Path,
    sync::{Mutex, PoisonError},
};

use mailtrail_evidence::QuarantineWriter;
use mailtrail_model::{Block, Interval, RecordSink};
use mailtrail_timeline::{TableWriter, TimelineError, Written};

/// What can go wrong while writing.
#[derive(Debug)]
pub(crate) enum SinkError {
    /// The tables.
    Tables(TimelineError),
    /// The quarantine.
    Quarantine(std::io::Error),
}

impl std::fmt::Display for SinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tables(error) => error.fmt(f),
            Self::Quarantine(_) => f.write_str("quarantine.jsonl cannot be written"),
        }
    }
}

impl std::error::Error for SinkError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Tables(error) => error.source(),
            Self::Quarantine(error) => Some(error),
        }
    }
}

/// Tables and quarantine of one run.
pub(crate) struct Fork {
    tables: TableWriter,
    quarantine: Mutex<QuarantineWriter<BufWriter<File>>>,
}

impl Fork {
    /// Starts both.
    pub(crate) fn create(tables: &Path, quarantine: &Path, window: Option<Interval>) -> Result<Self, SinkError> {
        let file = File::create(quarantine).map_err(SinkError::Quarantine)?;
        Ok(Self {
            tables: TableWriter::create(tables, window).map_err(SinkError::Tables)?,
            quarantine: Mutex::new(QuarantineWriter::new(BufWriter::new(file))),
        })
    }

    /// Closes both; gives the account of the tables.
    pub(crate) fn finish(self) -> Result<Written, SinkError> {
        let quarantine = self.quarantine.into_inner().unwrap_or_else(PoisonError::into_inner);
        quarantine.finish().map_err(SinkError::Quarantine)?;
        self.tables.finish().map_err(SinkError::Tables)
    }
}

impl RecordSink for Fork {
    type Judged = <TableWriter as RecordSink>::Judged;
    type Encoded = <TableWriter as RecordSink>::Encoded;
    type Error = SinkError;

    fn judge(&self, block: &Block<'_>) -> Result<Self::Judged, SinkError> {
        self.tables.judge(block).map_err(SinkError::Tables)
    }

    fn encode(&self, block: &Block<'_>, judged: Self::Judged) -> Result<Self::Encoded, SinkError> {
        self.tables.encode(block, judged).map_err(SinkError::Tables)
    }

    fn append(&self, block: &Block<'_>, encoded: Self::Encoded) -> Result<(), SinkError> {
        let mut quarantine = self.quarantine.lock().unwrap_or_else(PoisonError::into_inner);
        for row in &block.rejected {
            quarantine.add(row).map_err(SinkError::Quarantine)?;
        }
        drop(quarantine);
        self.tables.append(block, encoded).map_err(SinkError::Tables)
    }
}
