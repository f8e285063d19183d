//! Owns the making of a [`RelatedEvent`]: who did what to what, with the parameters that tell.

use std::borrow::Cow;

use bumpalo::Bump;
use mailtrail_model::{Address, Locator, Origin, RelatedEvent, Text, UtcMicros};

use super::value::field_text;
use crate::address;
use crate::operation::Story;
use crate::wire::{Ctx, Detail, Field, WireRecord, named_values};

/// Most bytes of a detail.
const DETAIL_BYTES: usize = 4 << 10;

/// Makes the event; `None` if it tells nothing (a `Set-Mailbox` that neither forwards nor changes auditing).
pub(super) fn event<'a>(
    wire: &WireRecord<'a>,
    story: Story,
    locator: Locator,
    created: UtcMicros,
    operation: &'a str,
    ctx: Ctx<'a, '_>,
) -> Option<RelatedEvent<'a>> {
    let detail = detail(wire, story, ctx);
    if story == Story::MailboxSetting && detail.is_none() {
        return None;
    }
    let target = field_text(wire, Field::MailboxOwnerUpn, ctx).or_else(|| field_text(wire, Field::ObjectId, ctx));
    let stated = wire.first(&[
        Field::ClientIpAddress,
        Field::ClientIpAddressSentinel,
        Field::ClientIp,
        Field::ClientIpSentinel,
        Field::ActorIpAddress,
    ]);
    let address = stated.text(ctx).ok().flatten().map_or(Address::None, address::parse);
    Some(RelatedEvent {
        locator,
        record_id: record_id(wire, ctx),
        created,
        operation: Cow::Borrowed(operation),
        user_id: field_text(wire, Field::UserId, ctx),
        target: target.or_else(|| field_text(wire, Field::ObjectIdSentinel, ctx)),
        address: Origin { raw: None, address }.normalized(),
        app: field_text(wire, Field::ClientAppId, ctx)
            .or_else(|| field_text(wire, Field::ApplicationId, ctx))
            .or_else(|| field_text(wire, Field::AppId, ctx)),
        result_status: field_text(wire, Field::ResultStatus, ctx),
        detail,
    })
}

fn record_id<'a>(wire: &WireRecord<'a>, ctx: Ctx<'a, '_>) -> Text<'a> {
    let id = wire.first(&[Field::Id, Field::OfficeId, Field::SourceRecordId]).text(ctx).ok().flatten()?;
    Some(Cow::Borrowed(if id.bytes().any(|b| b.is_ascii_uppercase()) {
        ctx.keep(&id.to_ascii_lowercase())
    } else {
        id
    }))
}

/// Names of parameters that tell the story; empty: all of them.
fn telling(story: Story) -> &'static [&'static str] {
    match story {
        Story::SignIn => &["ResultStatusDetail", "UserAgent", "RequestType", "SessionId", "DisplayName", "OS"],
        Story::MailboxSetting => &[
            "ForwardingSmtpAddress",
            "ForwardingAddress",
            "DeliverToMailboxAndForward",
            "AuditEnabled",
            "AuditOwner",
            "AuditDelegate",
            "AuditAdmin",
            "AuditLogAgeLimit",
            "DefaultAuditSet",
            "GrantSendOnBehalfTo",
            "Identity",
        ],
        _ => &[],
    }
}

fn detail<'a>(wire: &WireRecord<'a>, story: Story, ctx: Ctx<'a, '_>) -> Text<'a> {
    let mut lines = Lines::new_in(ctx.arena);
    for field in [Field::ErrorNumber, Field::LogonError, Field::QueryText] {
        if let Some(value) = field_text(wire, field, ctx) {
            lines.add(field.key(), &value);
        }
    }
    let wanted = telling(story);
    let mut told = false;
    for detail in [Detail::Parameters, Detail::ModifiedProperties, Detail::ExtendedProperties, Detail::DeviceProperties]
    {
        // Entra's extended properties of an administrator's action repeat the browser; its modified properties tell.
        if detail == Detail::ExtendedProperties && story == Story::Application {
            continue;
        }
        let Some(json) = wire.detail(detail) else { continue };
        let values = named_values(detail.key(), unquoted(json, ctx), ctx);
        for (name, value) in values.iter() {
            if !wanted.is_empty() && !wanted.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            let value = value.text(ctx).ok().flatten().unwrap_or_default();
            told |= !name.eq_ignore_ascii_case("Identity");
            lines.add(name, value);
        }
    }
    if story == Story::MailboxSetting && !told {
        return None;
    }
    if story == Story::Item {
        item_lines(wire, &mut lines, ctx);
    }
    (!lines.0.is_empty()).then(|| Cow::Borrowed(lines.0.into_bump_str()))
}

/// The items of a send or deletion: ids and folders. Subjects stay in the source: personal data that no reader here needs.
fn item_lines<'a>(wire: &WireRecord<'a>, lines: &mut Lines<'a>, ctx: Ctx<'a, '_>) {
    if let Some(single) = &wire.item {
        if let Ok(Some(id)) = single.item.internet_message_id.text(ctx) {
            lines.add("InternetMessageId", id);
        }
        if let Some(Ok(Some(path))) = single.parent.map(|parent| parent.path.text(ctx)) {
            lines.add("Folder", path);
        }
    }
    if let Some(json) = wire.detail(Detail::AffectedItems) {
        let mut ids = 0usize;
        let mut rest = json;
        // A count and the ids themselves; the list has no other use here.
        while let Some((_, after)) = rest.split_once("\"InternetMessageId\"") {
            let value = after.trim_start().strip_prefix(':').unwrap_or(after).trim_start();
            if let Some((id, _)) = value.strip_prefix('"').and_then(|text| text.split_once('"')) {
                ids += 1;
                lines.add("InternetMessageId", id);
            }
            rest = after;
        }
        lines.add("AffectedItems", &ids.to_string());
    }
}

/// A raw JSON value that is itself a JSON string holding JSON (tables store lists so).
fn unquoted<'a>(json: &'a str, ctx: Ctx<'a, '_>) -> &'a str {
    if !json.trim_start().starts_with('"') {
        return json;
    }
    match serde_json::from_str::<String>(json) {
        Ok(text) => ctx.keep(&text),
        Err(_) => json,
    }
}

/// Lines in the arena: most details fit into what is asked for at once, and the arena takes the rest back.
struct Lines<'a>(bumpalo::collections::String<'a>);

impl<'a> Lines<'a> {
    fn new_in(arena: &'a Bump) -> Self {
        Self(bumpalo::collections::String::with_capacity_in(128, arena))
    }

    /// Adds `name=value`, values on one line, until the detail is full.
    fn add(&mut self, name: &str, value: &str) {
        let on_one_line = |c: char| if c.is_control() { ' ' } else { c };
        // No ASCII control character, and no first byte of any other: the usual value stays as it stands.
        let plain = !value.bytes().any(|b| b.is_ascii_control() || b == 0xc2);
        let length = if plain { value.len() } else { value.chars().map(|c| on_one_line(c).len_utf8()).sum() };
        if self.0.len() + name.len() + length + 2 > DETAIL_BYTES {
            return;
        }
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(name);
        self.0.push('=');
        if plain {
            self.0.push_str(value.trim());
        } else {
            let line: String = value.chars().map(on_one_line).collect();
            self.0.push_str(line.trim());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_never_outgrows_its_cap() {
        let arena = Bump::new();
        let mut lines = Lines::new_in(&arena);
        for _ in 0..100 {
            lines.add("ForwardTo", &"x".repeat(100));
        }
        assert!(lines.0.len() <= DETAIL_BYTES && lines.0.len() > DETAIL_BYTES - 200);
    }

    #[test]
    fn a_value_stands_on_one_line() {
        let arena = Bump::new();
        let mut lines = Lines::new_in(&arena);
        for value in [" plain ", "a\r\nb\n", "\u{85}c\u{9f}d\u{a0}", "ü"] {
            lines.add("n", value);
        }
        assert_eq!(lines.0.as_str(), "n=plain\nn=a  b\nn=c d\nn=ü");
    }
}
