//! Owns what a cutter hands to a container: one row, still in its container's spelling, and what a container makes of it.
//!
//! The seam inside `ingest`: cutters (`cut/`) know bytes and offsets and no fields; containers (`container/`) know fields
//! and no offsets. Both borrow from the block and its arena.

use bumpalo::Bump;
use mailtrail_model::{AccessRecord, IssueCode, Locator, RelatedEvent, UtcMicros};

/// One row as cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    /// Where it stands.
    pub(crate) locator: Locator,
    /// Its content.
    pub(crate) body: RowBody<'a>,
    /// Bytes that are no text were replaced by U+FFFD in this row.
    pub(crate) replaced: bool,
}

/// The content of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RowBody<'a> {
    /// The cells of a CSV row, in column order.
    Csv(&'a [Cell<'a>]),
    /// One JSON object (or whatever stands where one should).
    Json(&'a str),
    /// One XML element with its content.
    Xml(&'a str),
}

/// One CSV cell, not yet unescaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    /// The text between the quotes (or the bare text), doubled quotes still doubled.
    pub(crate) raw: &'a str,
    /// It holds doubled quotes.
    pub(crate) escaped: bool,
}

impl<'a> Cell<'a> {
    /// The cell's text; allocates in the arena only if it holds doubled quotes.
    pub(crate) fn text(&self, arena: &'a Bump) -> &'a str {
        if self.escaped { single_quotes(self.raw, arena) } else { self.raw }
    }
}

/// Text with every doubled quote single.
pub(crate) fn single_quotes<'a>(raw: &'a str, arena: &'a Bump) -> &'a str {
    let mut out = bumpalo::collections::String::with_capacity_in(raw.len(), arena);
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'"', rest.as_bytes()) {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('"').unwrap_or(rest);
    }
    out.push_str(rest);
    out.into_bump_str()
}

/// What a container made of a row.
#[derive(Debug)]
pub(crate) struct Outcome<'a> {
    /// `Operation` as logged, for the tally; `None` only for rejected rows.
    pub(crate) operation: Option<&'a str>,
    /// The record's time, for the tally and the source's span.
    pub(crate) created: Option<UtcMicros>,
    /// The row itself.
    pub(crate) kind: OutcomeKind<'a>,
}

/// The fate of a row, before duplicates and window are judged.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "an access is the usual case, and moved once")]
pub(crate) enum OutcomeKind<'a> {
    /// An access.
    Access(AccessRecord<'a>),
    /// Another operation that is kept as context.
    Related(RelatedEvent<'a>),
    /// Another operation.
    Other,
    /// Not readable: into quarantine.
    Rejected {
        /// Why.
        code: IssueCode,
        /// What exactly.
        detail: String,
    },
}

/// What a container notices about a row; the driver adds the locator. Access records carry the codes, too.
pub(crate) type Notes = Vec<(IssueCode, String)>;

#[cfg(test)]
mod tests {
    use super::Cell;

    #[test]
    fn doubled_quotes_become_one() {
        let arena = bumpalo::Bump::new();
        let cell = |raw, escaped| Cell { raw, escaped };
        assert_eq!(cell(r#"{""a"":""""}"#, true).text(&arena), r#"{"a":""}"#);
        assert_eq!(cell("plain", false).text(&arena), "plain");
    }
}
