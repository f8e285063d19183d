//! Owns what each column of `duplicates` says about a copy of a record that was seen before.

use mailtrail_model::Locator;

use super::Builder;
use crate::{
    TimelineError,
    cells::Columns,
    schema::{self, DUPLICATES},
};

/// How a later copy of a record compares with the access it repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopyKind {
    /// It states the same.
    SameContent,
    /// It states more, or less, and nothing that contradicts: one access with the fields of both.
    Merged,
    /// It contradicts: an access of its own.
    Conflict,
}

impl CopyKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::SameContent => "same-content",
            Self::Merged => "merged",
            Self::Conflict => "conflict",
        }
    }
}

/// A later copy.
#[derive(Clone, Debug)]
pub(crate) struct CopyRow<'r> {
    /// The id it repeats.
    pub(crate) record_id: &'r str,
    /// How it compares.
    pub(crate) kind: CopyKind,
    /// The access it repeats.
    pub(crate) access_no: u64,
    /// Where the copy stands.
    pub(crate) locator: Locator,
}

/// One row a copy.
pub(crate) fn duplicates(copies: &[CopyRow<'_>]) -> Result<Columns, TimelineError> {
    Builder::new(&DUPLICATES, copies)
        .text(schema::RECORD_ID, |copy| Some(copy.record_id))
        .text(schema::KIND, |copy| Some(copy.kind.as_str()))
        .large(schema::ACCESS_NO, |copy| copy.access_no)
        .locator(|copy| copy.locator)
        .finish()
}
