//! Owns a CSV row whose columns are the record's fields themselves.

use mailtrail_model::{IssueCode, Locator};

use super::body_row::not_a_body;
use super::header::Columns;
use crate::normalize::{Facts, judge, rejected};
use crate::row::{Cell, Outcome};
use crate::wire::{Ctx, Key, WireRecord};

/// Reads such a row into what it states, or says why it cannot.
pub(super) fn wire<'a>(columns: &Columns, cells: &[Cell<'a>], ctx: Ctx<'a, '_>) -> Result<WireRecord<'a>, String> {
    let mut wire = WireRecord::new_in(ctx.arena);
    for (at, key) in &columns.fields {
        let Some(cell) = cells.get(*at) else { continue };
        if cell.raw.is_empty() {
            continue;
        }
        let text = cell.text(ctx.arena);
        if matches!(key, Key::Folders | Key::OperationProperties)
            && text.trim_start().starts_with("System.")
            && let Some(why) = not_a_body(text)
        {
            return Err(format!("{}: {why}", key.name()));
        }
        wire.set_text(*key, text, ctx);
    }
    Ok(wire)
}

/// Reads and judges such a row.
pub(super) fn read<'a>(columns: &Columns, cells: &[Cell<'a>], at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    match wire(columns, cells, ctx) {
        Ok(wire) => judge(&wire, &Facts::default(), at, ctx),
        Err(why) => rejected(IssueCode::BodyUnreadable, why),
    }
}
