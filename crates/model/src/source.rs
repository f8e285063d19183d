//! Owns what is known of one source file after it was read: the receipt.

use std::borrow::Cow;

use crate::{Interval, Sha256, SourceId};

/// A name from a fixed list: static where it is given, owned where a run is read back.
pub type Name = Cow<'static, str>;

/// A source as it was read. A file that was refused has a receipt, too.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceReceipt {
    /// Its number in the run.
    pub id: SourceId,
    /// Its path as named, relative to the input that named it; `archive.zip!member` for a member.
    pub name: String,
    /// The archive it came out of, by hash.
    pub parent: Option<Sha256>,
    /// SHA-256 of its bytes as they stand on disk (for a member: of the member's bytes).
    pub sha256: Sha256,
    /// Bytes on disk (for a member: of the member).
    pub bytes: u64,
    /// Bytes after decompression.
    pub content_bytes: u64,
    /// Container name (`portal-csv`, `office-activity-csv`, …); `None` if it was refused.
    pub container: Option<Name>,
    /// Whether the container cannot carry all fields of a record (a derived or cut export).
    pub lossy: bool,
    /// `utf-8`, `utf-16le`, …
    pub encoding: Name,
    /// `gzip`, `zstd`, `zip`, or `None`.
    pub compression: Option<Name>,
    /// Why it was refused, in words that end with what to do.
    pub refused: Option<String>,
    /// First and last record time, end exclusive.
    pub span: Option<Interval>,
    /// What speaks for or against completeness.
    pub completeness: Completeness,
}

/// Whether a source looks whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completeness {
    /// Each observation, most serious first.
    pub findings: Vec<Finding>,
}

impl Completeness {
    /// Whether any finding says that rows are missing or may be missing.
    #[must_use]
    pub fn looks_incomplete(&self) -> bool {
        self.findings.iter().any(|finding| finding.incomplete)
    }
}

/// One observation about completeness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A kebab-case name that never changes (`row-cap`, `result-count`, …).
    pub code: Name,
    /// The evidence, in words and numbers.
    pub evidence: String,
    /// What to ask the tenant for.
    pub ask: Option<String>,
    /// It speaks for missing rows (else it only informs).
    pub incomplete: bool,
}
