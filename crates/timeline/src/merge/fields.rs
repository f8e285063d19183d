//! Owns the comparison of two records field by field: agree, contradict, or one is silent.

use mailtrail_model::{
    AccessRecord, AccessTypeBasis, Address, MailAccessType, MailboxKey, Origin, ThrottleState, UtcMicros,
};

use super::lists;

type Text = mailtrail_model::Text<'static>;
type Outcome<T = ()> = Result<T, &'static str>;

/// One record with the fields of both, or the name of the first field in which they contradict.
pub(super) fn merge(full: &AccessRecord<'static>, other: &AccessRecord<'static>) -> Outcome<AccessRecord<'static>> {
    let mut into = full.clone();
    time(&mut into.created, other.created, "created")?;
    coded(&mut into.record_type, &other.record_type, |a| a.as_str(), "record_type")?;
    access_type(&mut into, other)?;
    throttled(&mut into.throttled, other.throttled)?;
    text(&mut into.result_status, &other.result_status, folded, "result_status")?;
    text(&mut into.organization_id, &other.organization_id, folded, "organization_id")?;
    text(&mut into.mailbox_guid, &other.mailbox_guid, folded, "mailbox_guid")?;
    text(&mut into.mailbox_owner_upn, &other.mailbox_owner_upn, folded, "mailbox_owner_upn")?;
    text(&mut into.user_id, &other.user_id, folded, "user_id")?;
    coded(&mut into.user_type, &other.user_type, |a| a.as_str(), "user_type")?;
    text(&mut into.user_key, &other.user_key, folded, "user_key")?;
    coded(&mut into.logon_type, &other.logon_type, |a| a.as_str(), "logon_type")?;
    coded(&mut into.internal_logon_type, &other.internal_logon_type, |a| a.as_str(), "internal_logon_type")?;
    text(&mut into.logon_user_sid, &other.logon_user_sid, folded, "logon_user_sid")?;
    plain(&mut into.external_access, other.external_access, "external_access")?;
    origin(&mut into.origin, &other.origin)?;
    client(&mut into, other)?;
    token(&mut into, other)?;
    plain(&mut into.operation_count, other.operation_count, "operation_count")?;
    lists::merge(&mut into, other)?;
    // Cut only if every copy is: the list that contains the other is whole.
    into.truncated &= other.truncated;
    if let Some(key) =
        MailboxKey::of(into.organization_id.as_deref(), into.mailbox_guid.as_deref(), into.mailbox_owner_upn.as_deref())
    {
        into.mailbox = key;
    }
    Ok(into)
}

fn client(into: &mut AccessRecord<'static>, other: &AccessRecord<'static>) -> Outcome {
    let (a, b) = (&mut into.client, &other.client);
    text(&mut a.client_info_string, &b.client_info_string, exact, "client_info_string")?;
    text(&mut a.actor_info_string, &b.actor_info_string, exact, "actor_info_string")?;
    text(&mut a.app_id, &b.app_id, folded, "app_id")?;
    text(&mut a.client_app_id, &b.client_app_id, folded, "client_app_id")?;
    text(&mut a.context_client_app_id, &b.context_client_app_id, folded, "context_client_app_id")?;
    text(&mut a.api_id, &b.api_id, folded, "api_id")?;
    text(&mut a.client_process_name, &b.client_process_name, folded, "client_process_name")?;
    text(&mut a.client_version, &b.client_version, exact, "client_version")?;
    text(&mut a.device_id, &b.device_id, folded, "device_id")
}

fn token(into: &mut AccessRecord<'static>, other: &AccessRecord<'static>) -> Outcome {
    let (a, b) = (&mut into.token, &other.token);
    text(&mut a.session_id, &b.session_id, folded, "session_id")?;
    text(&mut a.aad_session_id, &b.aad_session_id, folded, "aad_session_id")?;
    text(&mut a.unique_token_id, &b.unique_token_id, exact, "unique_token_id")?;
    match (&mut a.issued_at, b.issued_at) {
        (Some(at), Some(other)) => time(at, other, "issued_at")?,
        (at, Some(other)) => *at = Some(other),
        (_, None) => {}
    }
    text(&mut a.token_object_id, &b.token_object_id, folded, "token_object_id")?;
    text(&mut a.token_tenant_id, &b.token_tenant_id, folded, "token_tenant_id")?;
    a.has_app_access_context |= b.has_app_access_context;
    Ok(())
}

/// Ids, accounts and names of Microsoft's lists: case does not matter.
fn folded(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim()) || a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Texts of which every letter counts; containers differ in the white space around them.
pub(super) fn exact(a: &str, b: &str) -> bool {
    a.trim() == b.trim()
}

pub(super) fn text(into: &mut Text, other: &Text, same: fn(&str, &str) -> bool, name: &'static str) -> Outcome {
    match (into.as_deref(), other) {
        (Some(a), Some(b)) => same(a, b).then_some(()).ok_or(name),
        (None, Some(b)) => {
            *into = Some(b.clone());
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

pub(super) fn plain<T: Copy + PartialEq>(into: &mut Option<T>, other: Option<T>, name: &'static str) -> Outcome {
    match (*into, other) {
        (Some(a), Some(b)) => (a == b).then_some(()).ok_or(name),
        (None, b) => {
            *into = b;
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

fn coded<T: Clone>(into: &mut Option<T>, other: &Option<T>, spelling: fn(&T) -> &str, name: &'static str) -> Outcome {
    match (into.as_ref(), other) {
        (Some(a), Some(b)) => folded(spelling(a), spelling(b)).then_some(()).ok_or(name),
        (None, Some(b)) => {
            *into = Some(b.clone());
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

/// Some containers cut the fraction of a second; then the finer time stands.
fn time(into: &mut UtcMicros, other: UtcMicros, name: &'static str) -> Outcome {
    let whole = |at: UtcMicros| at.0.rem_euclid(UtcMicros::SECOND) == 0;
    let second = |at: UtcMicros| at.0.div_euclid(UtcMicros::SECOND);
    if *into == other || (second(*into) == second(other) && (whole(*into) || whole(other))) {
        *into = (*into).max(other);
        return Ok(());
    }
    Err(name)
}

/// A type that was stated outranks one that was concluded from the record type.
fn access_type(into: &mut AccessRecord<'static>, other: &AccessRecord<'static>) -> Outcome {
    let rank = |record: &AccessRecord<'_>| match (record.access_type, record.access_type_basis) {
        (MailAccessType::Unknown, _) => 2,
        (_, AccessTypeBasis::Stated) => 0,
        (_, AccessTypeBasis::RecordType | AccessTypeBasis::None) => 1,
    };
    let (a, b) = (rank(into), rank(other));
    if a == b && into.access_type != other.access_type {
        return Err("access_type");
    }
    if b < a {
        into.access_type = other.access_type;
        into.access_type_basis = other.access_type_basis;
    } else if a == b {
        into.access_type_basis = into.access_type_basis.min(other.access_type_basis);
    }
    Ok(())
}

fn throttled(into: &mut ThrottleState, other: ThrottleState) -> Outcome {
    match (*into, other) {
        (ThrottleState::NotStated, _) => *into = other,
        (_, ThrottleState::NotStated) => {}
        (a, b) if a == b => {}
        _ => return Err("throttled"),
    }
    Ok(())
}

/// The address itself is compared, not its spelling: containers add ports and brackets.
fn origin(into: &mut Origin<'static>, other: &Origin<'static>) -> Outcome {
    match (&into.address, &other.address) {
        (Address::None, _) => *into = other.clone(),
        (_, Address::None) => {}
        (Address::Unreadable, Address::Unreadable) => text(&mut into.raw, &other.raw, exact, "client_ip_address")?,
        (a, b) if a == b => {}
        _ => return Err("address"),
    }
    Ok(())
}

/// How many things a record states. Of two compatible records the one with the higher number is the fuller.
pub(super) fn stated(record: &AccessRecord<'_>) -> usize {
    let texts = [
        &record.result_status,
        &record.organization_id,
        &record.mailbox_guid,
        &record.mailbox_owner_upn,
        &record.user_id,
        &record.user_key,
        &record.logon_user_sid,
        &record.client.client_info_string,
        &record.client.actor_info_string,
        &record.client.app_id,
        &record.client.client_app_id,
        &record.client.context_client_app_id,
        &record.client.api_id,
        &record.client.client_process_name,
        &record.client.client_version,
        &record.client.device_id,
        &record.token.session_id,
        &record.token.aad_session_id,
        &record.token.unique_token_id,
        &record.token.token_object_id,
        &record.token.token_tenant_id,
    ];
    let truths = [
        record.record_type.is_some(),
        record.access_type != MailAccessType::Unknown,
        record.throttled != ThrottleState::NotStated,
        record.user_type.is_some(),
        record.logon_type.is_some(),
        record.internal_logon_type.is_some(),
        record.external_access.is_some(),
        record.origin.address != Address::None,
        record.token.issued_at.is_some(),
        record.token.has_app_access_context,
        record.operation_count.is_some(),
    ];
    let count = |truths: &[bool]| truths.iter().filter(|truth| **truth).count();
    let folders = record.folders.iter().map(|f| 1 + count(&[f.id.is_some(), f.path.is_some(), f.name.is_some()]));
    let items = record.items.iter().map(|item| {
        let ids = [item.internet_message_id.is_some(), item.item_id.is_some(), item.immutable_id.is_some()];
        1 + count(&ids)
            + count(&[
                item.folder.is_some(),
                item.attachment_id.is_some(),
                item.size_bytes.is_some(),
                item.subject.is_some(),
            ])
    });
    texts.iter().filter(|text| text.is_some()).count() + count(&truths) + folders.sum::<usize>() + items.sum::<usize>()
}
