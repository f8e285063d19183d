//! Owns the seam between reading and writing: a block of rows on its way into tables.
//!
//! `ingest` cuts sources into blocks and drives a [`RecordSink`]: `judge` and `append` are called in source order, one block
//! at a time; `encode` runs on worker threads, for several blocks at once. So output never depends on the number of threads.

use crate::{AccessRecord, Issue, IssueCode, Locator, RelatedEvent, SourceId, UtcMicros};

/// What one block of consecutive rows became. Borrowed from the block's bytes. Small sources share a block.
#[derive(Debug, Default)]
pub struct Block<'a> {
    /// Rows that are accesses, in row order.
    pub records: Vec<AccessRecord<'a>>,
    /// Rows of other operations that are kept as context.
    pub related: Vec<RelatedEvent<'a>>,
    /// What was noticed, in row order, one entry per row and code.
    pub issues: Vec<Issue>,
    /// Rows that could not be read, in row order.
    pub rejected: Vec<Rejected<'a>>,
    /// The tally of every readable row's operation and hour, sorted, without repeats.
    pub activity: Vec<ActivityCount>,
    /// Rows by source, sorted by source: `read` = records + other + rejected.
    pub counts: Vec<RowCounts>,
}

/// A row that could not be read, with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected<'a> {
    /// Where it stands.
    pub locator: Locator,
    /// Why.
    pub code: IssueCode,
    /// What exactly, in words.
    pub detail: String,
    /// The row's bytes (after transcoding), cut at the quarantine cap.
    pub bytes: std::borrow::Cow<'a, [u8]>,
}

/// Rows of one operation in one hour of one source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActivityCount {
    /// Which source.
    pub source: SourceId,
    /// `Operation`, as logged.
    pub operation: Box<str>,
    /// Start of the UTC hour; `None` where the row states no readable time.
    pub hour: Option<UtcMicros>,
    /// How many.
    pub rows: u64,
}

/// Rows of one source in one block, before duplicates and window are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowCounts {
    /// Which source.
    pub source: SourceId,
    /// Rows cut.
    pub read: u64,
    /// Rows of other operations (kept as related or not).
    pub other_operation: u64,
    /// Rows that could not be read.
    pub rejected: u64,
}

/// Where blocks go. Implemented by `timeline::TableWriter`.
pub trait RecordSink: Sync {
    /// What `judge` decided about a block.
    type Judged: Send;
    /// A block's encoded columns.
    type Encoded: Send;
    /// What can go wrong (a full disk).
    type Error: Send;

    /// In source order, one block at a time: which records are duplicates, which lie outside the window.
    ///
    /// # Errors
    /// If the sink's own storage fails.
    fn judge(&self, block: &Block<'_>) -> Result<Self::Judged, Self::Error>;

    /// On any worker, for several blocks at once: columns and compression.
    ///
    /// # Errors
    /// If encoding fails.
    fn encode(&self, block: &Block<'_>, judged: Self::Judged) -> Result<Self::Encoded, Self::Error>;

    /// In source order, one block at a time: write.
    ///
    /// # Errors
    /// If writing fails.
    fn append(&self, block: &Block<'_>, encoded: Self::Encoded) -> Result<(), Self::Error>;
}
