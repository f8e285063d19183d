//! The only judge: what a record states in Microsoft's spelling becomes an access, a related event, or a reason why not.
//!
//! Invariants: a value that is stated and cannot be what its field is becomes `None` with a note, never a default; an access
//! always has an id, a time, a mailbox and an access type, each with its basis. Containers do not matter here: two containers
//! that state the same yield the same.

mod access;
mod access_type;
mod cross;
mod identity;
mod items;
mod related;
mod value;

use mailtrail_model::{IssueCode, Locator};

use crate::instant::{self, Instant};
use crate::operation::Wanted;
use crate::row::{Outcome, OutcomeKind};
use crate::wire::{Ctx, Field, Loose, WireRecord};

/// What the container knows of a record beyond the record itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts<'a> {
    /// The outer columns, for cross-checks only.
    pub(crate) outer: Outer<'a>,
    /// A flattened envelope in which record type 50 does not prove a Bind.
    pub(crate) flat: bool,
    /// The container is derived: what it states is a tool's reading of the record.
    pub(crate) derived: bool,
}

/// The columns that repeat what the record body states.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outer<'a> {
    /// The date column.
    pub(crate) created: Loose<'a>,
    /// The operation column.
    pub(crate) operation: Loose<'a>,
    /// The id column.
    pub(crate) record_id: Loose<'a>,
    /// The record type column.
    pub(crate) record_type: Loose<'a>,
    /// The user column.
    pub(crate) user_id: Loose<'a>,
    /// An id that serves if the record states none, but is no cross-check.
    pub(crate) fallback_id: Loose<'a>,
}

/// Judges one record.
pub(crate) fn judge<'a>(wire: &WireRecord<'a>, facts: &Facts<'a>, at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    let operation = match wire.get(Field::Operation).text(ctx) {
        Ok(Some(operation)) => operation,
        _ => return rejected(IssueCode::NoBody, "the record states no Operation"),
    };
    let stated = wire.first(&[Field::CreationTime, Field::TimeGenerated]);
    let instant = read_instant(stated, ctx);
    let created = instant.certain();
    let other = || Outcome { operation: Some(operation), created, kind: OutcomeKind::Other };
    let wanted = Wanted::of(operation);
    if let Wanted::Related(story) = wanted {
        let Some(at_time) = created else { return other() };
        return match related::event(wire, story, at, at_time, operation, ctx) {
            Some(event) => Outcome { operation: Some(operation), created, kind: OutcomeKind::Related(event) },
            None => other(),
        };
    }
    if wanted == Wanted::No {
        return other();
    }
    let Some(at_time) = created else {
        let shown = stated.text(ctx).ok().flatten().unwrap_or("nothing");
        let why =
            if matches!(instant, Instant::Ambiguous { .. }) { "could be day/month or month/day" } else { "is no time" };
        return rejected(IssueCode::NoTime, format!("CreationTime: {shown} {why}"));
    };
    if ctx.flaws.is_too_many() {
        return rejected(IssueCode::TooManyItems, "the record lists more items than the item cap");
    }
    match access::access(wire, facts, wanted, at, at_time, ctx) {
        Ok(record) => Outcome { operation: Some(operation), created, kind: OutcomeKind::Access(record) },
        Err((code, detail)) => rejected(code, detail),
    }
}

/// Reads a time of any scalar.
pub(crate) fn read_instant(value: Loose<'_>, ctx: Ctx<'_, '_>) -> Instant {
    match value.text(ctx) {
        Ok(Some(text)) => instant::parse(text),
        _ => Instant::Unreadable,
    }
}

/// A row that goes to quarantine.
pub(crate) fn rejected<'a>(code: IssueCode, detail: impl Into<String>) -> Outcome<'a> {
    Outcome { operation: None, created: None, kind: OutcomeKind::Rejected { code, detail: detail.into() } }
}
