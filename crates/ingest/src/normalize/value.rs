//! Owns reading single fields: a misfit leaves a note and counts as not stated.

use std::borrow::Cow;

use mailtrail_model::Text;

use crate::wire::{Ctx, Field, Loose, WireRecord};

/// A text. `<null>` and its like are for addresses to know.
pub(crate) fn text<'a>(value: Loose<'a>, name: &str, ctx: Ctx<'a, '_>) -> Text<'a> {
    value.text(ctx).unwrap_or_else(|_| misfit(name, "no text", ctx)).map(Cow::Borrowed)
}

/// The text of a field.
pub(super) fn field_text<'a>(wire: &WireRecord<'a>, field: Field, ctx: Ctx<'a, '_>) -> Text<'a> {
    text(wire.get(field), field.key(), ctx)
}

/// A whole number.
pub(super) fn integer<'a>(value: Loose<'a>, name: &str, ctx: Ctx<'a, '_>) -> Option<i64> {
    value.integer().unwrap_or_else(|_| misfit(name, "no whole number in range", ctx))
}

/// A boolean.
pub(super) fn boolean<'a>(value: Loose<'a>, name: &str, ctx: Ctx<'a, '_>) -> Option<bool> {
    value.boolean().unwrap_or_else(|_| misfit(name, "neither true nor false", ctx))
}

/// A value of a closed list.
pub(super) fn coded<'a, T>(value: Loose<'a>, name: &str, ctx: Ctx<'a, '_>, parse: fn(&str) -> T) -> Option<T> {
    value.text(ctx).unwrap_or_else(|_| misfit(name, "no code", ctx)).map(parse)
}

fn misfit<T>(name: &str, what: &str, ctx: Ctx<'_, '_>) -> Option<T> {
    ctx.flaws.unreadable(name, what);
    None
}
