//! Owns a CSV row with the record body in a cell: every value from the body, the columns for cross-checks.

use mailtrail_model::{IssueCode, Locator};

use super::envelope;
use super::glance;
use super::header::Columns;
use crate::instant;
use crate::normalize::{Facts, rejected};
use crate::operation::Wanted;
use crate::row::{Cell, Outcome, OutcomeKind};
use crate::wire::Ctx;

/// Reads such a row.
pub(super) fn read<'a>(columns: &Columns, cells: &[Cell<'a>], at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    let operation = Columns::text(columns.operation, cells, ctx.arena);
    let bodies = || columns.bodies.iter().filter_map(|column| cells.get(*column));
    let body = bodies().find(|cell| !cell.raw.trim().is_empty());
    if let Some(operation) = operation.filter(|operation| !Wanted::of(operation).is_wanted()) {
        let created = match body {
            Some(body) => glance::created_of_unwanted(body.raw, body.escaped, operation).map(instant::parse),
            None => Columns::text(columns.created, cells, ctx.arena).map(instant::parse),
        };
        if created.is_some() || body.is_none() {
            let created = created.and_then(instant::Instant::certain);
            return Outcome { operation: Some(operation), created, kind: OutcomeKind::Other };
        }
    }
    let Some(body) = body else {
        return rejected(IssueCode::NoBody, "the cell that holds the record is empty");
    };
    // What `not_a_body` looks at holds no quote, so it is the same before quotes are made single.
    if let Some(why) = not_a_body(body.raw) {
        return rejected(IssueCode::BodyUnreadable, why);
    }
    let facts = Facts { outer: columns.outer(cells, ctx.arena), ..Facts::default() };
    envelope::read_body(body, facts, at, ctx)
}

/// Text that export tools write where the record should be.
pub(super) fn not_a_body(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if text.starts_with("System.") || text.starts_with("Deserialized.") {
        return Some(
            "the cell holds a type's name (System.Object…): nested values were lost; export again with ConvertTo-Json -Depth 100, \
             or with the AuditData column as text",
        );
    }
    if text.starts_with("@{") {
        return Some(
            "the cell holds PowerShell text (@{…}) in place of JSON; export again with ConvertTo-Json -Depth 100, or with the \
             AuditData column as text",
        );
    }
    None
}
