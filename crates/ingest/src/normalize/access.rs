//! Owns the making of an [`AccessRecord`].

use std::borrow::Cow;

use mailtrail_model::{
    AccessRecord, Address, Client, IssueCode, Locator, LogonType, MailboxKey, Origin, RecordType, Token, UserType,
    UtcMicros,
};

use super::access_type::{access_type, throttled};
use super::identity::{made_id, record_id};
use super::items::{folders_and_items, note_what_is_unnamed};
use super::value::{boolean, coded, field_text, integer, text};
use super::{Facts, cross, read_instant};
use crate::address;
use crate::operation::Wanted;
use crate::wire::{Ctx, Field, WireRecord};

/// Makes the access, or says why there is none. Notes stay with `ctx`; their codes go into the record by [`seal`].
pub(super) fn access<'a>(
    wire: &WireRecord<'a>,
    facts: &Facts<'a>,
    wanted: Wanted,
    locator: Locator,
    created: UtcMicros,
    ctx: Ctx<'a, '_>,
) -> Result<AccessRecord<'a>, (IssueCode, String)> {
    let organization_id = field_text(wire, Field::OrganizationId, ctx);
    let mailbox_guid = field_text(wire, Field::MailboxGuid, ctx);
    let mailbox_owner_upn = field_text(wire, Field::MailboxOwnerUpn, ctx);
    let mailbox = MailboxKey::of(organization_id.as_deref(), mailbox_guid.as_deref(), mailbox_owner_upn.as_deref())
        .ok_or_else(|| (IssueCode::NoMailbox, "neither MailboxGuid nor MailboxOwnerUPN".to_owned()))?;
    let record_type = coded(wire.get(Field::RecordType), "RecordType", ctx, RecordType::parse);
    let (access_type, access_type_basis) = access_type(wire, wanted, record_type.as_ref(), facts.flat, ctx);
    let (folders, items) = folders_and_items(wire, access_type, ctx);
    let id = wire.first(&[Field::Id, Field::OfficeId, Field::SourceRecordId]).text(ctx).ok().flatten();
    let id = id.or_else(|| facts.outer.record_id.text(ctx).ok().flatten());
    let id = id.or_else(|| facts.outer.fallback_id.text(ctx).ok().flatten());
    let mut record = AccessRecord {
        locator,
        record_id: record_id(id, ctx).unwrap_or_default(),
        created,
        record_type,
        access_type,
        access_type_basis,
        throttled: throttled(wire, wanted, ctx),
        result_status: field_text(wire, Field::ResultStatus, ctx),
        mailbox,
        organization_id,
        mailbox_guid,
        mailbox_owner_upn,
        user_id: field_text(wire, Field::UserId, ctx),
        user_type: coded(wire.get(Field::UserType), "UserType", ctx, UserType::parse),
        user_key: field_text(wire, Field::UserKey, ctx),
        logon_type: coded(
            wire.first(&[Field::LogonType, Field::LogonTypeSentinel]),
            "LogonType",
            ctx,
            LogonType::parse,
        ),
        internal_logon_type: coded(wire.get(Field::InternalLogonType), "InternalLogonType", ctx, LogonType::parse),
        logon_user_sid: field_text(wire, Field::LogonUserSid, ctx),
        external_access: boolean(wire.get(Field::ExternalAccess), "ExternalAccess", ctx),
        origin: origin(wire, ctx),
        client: client(wire, ctx),
        token: token(wire, ctx),
        operation_count: integer(wire.get(Field::OperationCount), "OperationCount", ctx),
        folders,
        items,
        truncated: ctx.flaws.is_cut(),
        issues: Vec::new(),
    };
    if record.record_id.is_empty() {
        record.record_id = Cow::Borrowed(ctx.keep(&made_id(&record)));
        ctx.flaws.note(IssueCode::NoRecordId, record.record_id.as_ref());
    }
    note_what_is_unnamed(&record, ctx);
    if record.truncated {
        ctx.flaws.note(IssueCode::Truncated, format!("{} items are whole", record.items.len()));
    }
    if ctx.flaws.is_flattened() {
        ctx.flaws.note(IssueCode::FlattenedByPowershell, "");
    }
    if facts.derived {
        ctx.flaws.note(IssueCode::LossySource, "a tool's table, not the record");
    }
    let operation = wire.get(Field::Operation).text(ctx).ok().flatten().unwrap_or_default();
    cross::check(&record, operation, &facts.outer, ctx);
    Ok(record)
}

/// `ClientIPAddress`, else `ClientIP`: Bind carries only the first, Sync both.
fn origin<'a>(wire: &WireRecord<'a>, ctx: Ctx<'a, '_>) -> Origin<'a> {
    let stated =
        wire.first(&[Field::ClientIpAddress, Field::ClientIpAddressSentinel, Field::ClientIp, Field::ClientIpSentinel]);
    let raw = text(stated, "ClientIPAddress", ctx);
    let address = match stated.text(ctx) {
        Ok(Some(stated)) => address::parse(stated),
        _ => Address::None,
    };
    if address == Address::Unreadable {
        ctx.flaws.note(IssueCode::AddressUnreadable, raw.as_deref().unwrap_or_default());
    }
    Origin { raw, address }
}

fn client<'a>(wire: &WireRecord<'a>, ctx: Ctx<'a, '_>) -> Client<'a> {
    let context = wire.context.unwrap_or_default();
    Client {
        client_info_string: field_text(wire, Field::ClientInfoString, ctx),
        actor_info_string: field_text(wire, Field::ActorInfoString, ctx),
        app_id: field_text(wire, Field::AppId, ctx),
        client_app_id: field_text(wire, Field::ClientAppId, ctx),
        context_client_app_id: text(context.client_app_id, "AppAccessContext.ClientAppId", ctx),
        api_id: text(context.api_id, "AppAccessContext.APIId", ctx),
        client_process_name: field_text(wire, Field::ClientProcessName, ctx),
        client_version: field_text(wire, Field::ClientVersion, ctx),
        device_id: field_text(wire, Field::DeviceId, ctx),
    }
}

fn token<'a>(wire: &WireRecord<'a>, ctx: Ctx<'a, '_>) -> Token<'a> {
    let context = wire.context.unwrap_or_default();
    let issued = context.issued_at_time;
    // The service writes `0001-01-01T00:00:00` where it knows no time.
    let issued_at = read_instant(issued, ctx).certain();
    if issued.is_stated() && issued_at.is_none() {
        ctx.flaws.unreadable("AppAccessContext.IssuedAtTime", "no time");
    }
    Token {
        session_id: field_text(wire, Field::SessionId, ctx),
        aad_session_id: text(context.aad_session_id, "AppAccessContext.AADSessionId", ctx),
        unique_token_id: text(context.unique_token_id, "AppAccessContext.UniqueTokenId", ctx),
        issued_at: issued_at.filter(|at| at.0 > 0),
        token_object_id: field_text(wire, Field::TokenObjectId, ctx),
        token_tenant_id: field_text(wire, Field::TokenTenantId, ctx),
        has_app_access_context: wire.context.is_some(),
    }
}
