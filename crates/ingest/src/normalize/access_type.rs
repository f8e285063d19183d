//! Owns Bind, Sync, throttled: what `OperationProperties` says, and what may be concluded where it says nothing.

use mailtrail_model::{AccessTypeBasis, IssueCode, MailAccessType, RecordType, ThrottleState};

use crate::operation::Wanted;
use crate::wire::{Ctx, Field, Loose, WireRecord};

/// The access type and how we know. The protocol never decides: Outlook for Windows writes both kinds.
pub(super) fn access_type<'a>(
    wire: &WireRecord<'a>,
    wanted: Wanted,
    record_type: Option<&RecordType>,
    flat: bool,
    ctx: Ctx<'a, '_>,
) -> (MailAccessType, AccessTypeBasis) {
    if wanted == Wanted::Attachment {
        return (MailAccessType::Attachment, AccessTypeBasis::RecordType);
    }
    if let Ok(Some(stated)) = property(wire, "MailAccessType", Field::MailAccessType).text(ctx) {
        if stated.eq_ignore_ascii_case("Bind") {
            return (MailAccessType::Bind, AccessTypeBasis::Stated);
        }
        if stated.eq_ignore_ascii_case("Sync") {
            return (MailAccessType::Sync, AccessTypeBasis::Stated);
        }
        ctx.flaws.note(IssueCode::AccessTypeUnknown, format!("MailAccessType: {stated}"));
        return (MailAccessType::Unknown, AccessTypeBasis::None);
    }
    let from_record_type = match record_type {
        Some(RecordType::ExchangeItem) => Some(MailAccessType::Sync),
        Some(RecordType::ExchangeItemAggregated) if !flat => Some(MailAccessType::Bind),
        _ => None,
    };
    match from_record_type {
        Some(kind) => {
            ctx.flaws.note(IssueCode::AccessTypeFromRecordType, kind.as_str());
            (kind, AccessTypeBasis::RecordType)
        }
        None => {
            let stated = record_type.map_or("none", RecordType::as_str);
            ctx.flaws.note(IssueCode::AccessTypeUnknown, format!("no MailAccessType; RecordType: {stated}"));
            (MailAccessType::Unknown, AccessTypeBasis::None)
        }
    }
}

/// `IsThrottled`. Attachment accesses never carry it, so there its absence is no news.
pub(super) fn throttled<'a>(wire: &WireRecord<'a>, wanted: Wanted, ctx: Ctx<'a, '_>) -> ThrottleState {
    let value = property(wire, "IsThrottled", Field::IsThrottled);
    match value.boolean() {
        Ok(Some(true)) => ThrottleState::Yes,
        Ok(Some(false)) => ThrottleState::No,
        Ok(None) => {
            if wanted == Wanted::MailItems {
                ctx.flaws.note(IssueCode::ThrottleNotStated, "");
            }
            ThrottleState::NotStated
        }
        Err(_) => {
            ctx.flaws.unreadable("IsThrottled", "neither true nor false");
            ThrottleState::NotStated
        }
    }
}

/// An operation property, else the column some collectors make of it.
fn property<'a>(wire: &WireRecord<'a>, name: &str, column: Field) -> Loose<'a> {
    let stated = wire.properties.get(name);
    if stated.is_stated() { stated } else { wire.get(column) }
}
