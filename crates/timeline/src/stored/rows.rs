//! Owns rows of tables back into records.

use std::{borrow::Cow, collections::BTreeMap};

use mailtrail_model::{
    AccessRecord, Client, Folder, IssueCode, ItemAccess, LogonType, MailAccessType, MailboxKey, Origin, RecordType,
    ThrottleState, Token, UserType, UtcMicros,
};
use polars::prelude::{DataFrame, StringChunked};

use super::{
    Locators, StoredAccess, missing,
    settle::{address, assemble},
};
use crate::{
    TimelineError, read, record_bytes,
    schema::{self, ACCESSES},
};

/// Rows of `accesses` (the first of them has number `first`), with their rows of `items` and `folder_syncs`, as records.
pub(crate) fn records(
    accesses: &DataFrame,
    first: u64,
    items: &[DataFrame],
    folders: &[DataFrame],
) -> Result<Vec<StoredAccess>, TimelineError> {
    let mut records = heads(accesses, first)?;
    let at = |access_no: u64, records: &[Parts]| {
        access_no.checked_sub(first).and_then(|at| usize::try_from(at).ok()).filter(|at| *at < records.len())
    };
    for frame in items {
        let numbers = read::large(frame, schema::ACCESS_NO)?;
        let folder_id = read::text(frame, schema::FOLDER_ID)?;
        let folder_path = read::text(frame, schema::FOLDER_PATH)?;
        let message = read::text(frame, schema::INTERNET_MESSAGE_ID)?;
        let item_id = read::text(frame, schema::ITEM_ID)?;
        let attachment = read::text(frame, schema::ATTACHMENT_ID)?;
        let immutable = read::text(frame, schema::IMMUTABLE_ID)?;
        let size = read::signed(frame, schema::SIZE_BYTES)?;
        let subject = read::text(frame, schema::SUBJECT)?;
        for row in 0..frame.height() {
            let Some(at) = numbers.get(row).and_then(|number| at(number, &records)) else { continue };
            let folder = Folder { id: owned(folder_id, row), path: owned(folder_path, row), name: None };
            let item = ItemAccess {
                folder: None,
                internet_message_id: owned(message, row),
                item_id: owned(item_id, row),
                attachment_id: owned(attachment, row),
                immutable_id: owned(immutable, row),
                size_bytes: size.get(row),
                subject: owned(subject, row),
            };
            records[at].items.push((Some(folder), item));
        }
    }
    for frame in folders {
        let numbers = read::large(frame, schema::ACCESS_NO)?;
        let id = read::text(frame, schema::FOLDER_ID)?;
        let path = read::text(frame, schema::FOLDER_PATH)?;
        let name = read::text(frame, schema::FOLDER_NAME)?;
        for row in 0..frame.height() {
            let Some(at) = numbers.get(row).and_then(|number| at(number, &records)) else { continue };
            records[at].folders.push(Folder { id: owned(id, row), path: owned(path, row), name: owned(name, row) });
        }
    }
    Ok(records
        .into_iter()
        .map(|mut parts| {
            assemble(&mut parts.stored.record, parts.folders, parts.items);
            parts.stored
        })
        .collect())
}

struct Parts {
    stored: StoredAccess,
    folders: Vec<Folder<'static>>,
    items: Vec<(Option<Folder<'static>>, ItemAccess<'static>)>,
}

fn owned(column: &StringChunked, row: usize) -> mailtrail_model::Text<'static> {
    column.get(row).map(|text| Cow::Owned(text.to_owned()))
}

/// The columns of `accesses` themselves.
fn heads(frame: &DataFrame, first: u64) -> Result<Vec<Parts>, TimelineError> {
    // One map from name to column, because a record has 47 of them.
    let mut texts = BTreeMap::new();
    for (name, kind) in ACCESSES.columns {
        if matches!(kind, schema::Kind::Text | schema::Kind::Unique) {
            texts.insert(*name, read::text(frame, name)?);
        }
    }
    let text = |name: &str, row: usize| texts.get(name).and_then(|column| owned(column, row));
    let created = read::time(frame, schema::CREATED_UTC)?;
    let issued = read::time(frame, schema::ISSUED_AT_UTC)?;
    let in_window = read::truth(frame, schema::IN_WINDOW)?;
    let throttled = read::truth(frame, schema::THROTTLED)?;
    let external = read::truth(frame, schema::EXTERNAL_ACCESS)?;
    let context = read::truth(frame, schema::HAS_APP_ACCESS_CONTEXT)?;
    let truncated = read::truth(frame, schema::TRUNCATED)?;
    let operations = read::signed(frame, schema::OPERATION_COUNT)?;
    let locators = Locators::of(frame, &ACCESSES)?;

    (0..frame.height())
        .map(|row| {
            let missing = |column: &str| missing(&ACCESSES, column);
            let need = |name: &str| text(name, row).ok_or_else(|| missing(name));
            let issues: Vec<IssueCode> = text(schema::ISSUES, row)
                .map(|codes| codes.split(' ').filter_map(record_bytes::issue).collect())
                .unwrap_or_default();
            let raw = text(schema::CLIENT_IP_ADDRESS, row);
            let unreadable = raw.is_some() && issues.contains(&IssueCode::AddressUnreadable);
            let record = AccessRecord {
                locator: locators.get(row)?,
                record_id: need(schema::RECORD_ID)?,
                created: UtcMicros(created.get(row).ok_or_else(|| missing(schema::CREATED_UTC))?),
                record_type: text(schema::RECORD_TYPE, row).map(|t| RecordType::parse(&t)),
                access_type: MailAccessType::from_table(&need(schema::ACCESS_TYPE)?)
                    .ok_or_else(|| missing(schema::ACCESS_TYPE))?,
                access_type_basis: record_bytes::basis(&need(schema::ACCESS_TYPE_BASIS)?)
                    .ok_or_else(|| missing(schema::ACCESS_TYPE_BASIS))?,
                throttled: match throttled.get(row) {
                    None => ThrottleState::NotStated,
                    Some(true) => ThrottleState::Yes,
                    Some(false) => ThrottleState::No,
                },
                result_status: text(schema::RESULT_STATUS, row),
                mailbox: MailboxKey(need(schema::MAILBOX)?.into()),
                organization_id: text(schema::ORGANIZATION_ID, row),
                mailbox_guid: text(schema::MAILBOX_GUID, row),
                mailbox_owner_upn: text(schema::MAILBOX_OWNER_UPN, row),
                user_id: text(schema::USER_ID, row),
                user_type: text(schema::USER_TYPE, row).map(|t| UserType::parse(&t)),
                user_key: text(schema::USER_KEY, row),
                logon_type: text(schema::LOGON_TYPE, row).map(|t| LogonType::parse(&t)),
                internal_logon_type: text(schema::INTERNAL_LOGON_TYPE, row).map(|t| LogonType::parse(&t)),
                logon_user_sid: text(schema::LOGON_USER_SID, row),
                external_access: external.get(row),
                origin: Origin { raw, address: address(text(schema::ADDRESS, row).as_deref(), unreadable) },
                client: Client {
                    client_info_string: text(schema::CLIENT_INFO_STRING, row),
                    actor_info_string: text(schema::ACTOR_INFO_STRING, row),
                    app_id: text(schema::APP_ID, row),
                    client_app_id: text(schema::CLIENT_APP_ID, row),
                    context_client_app_id: text(schema::CONTEXT_CLIENT_APP_ID, row),
                    api_id: text(schema::API_ID, row),
                    client_process_name: text(schema::CLIENT_PROCESS_NAME, row),
                    client_version: text(schema::CLIENT_VERSION, row),
                    device_id: text(schema::DEVICE_ID, row),
                },
                token: Token {
                    session_id: text(schema::SESSION_ID, row),
                    aad_session_id: text(schema::AAD_SESSION_ID, row),
                    unique_token_id: text(schema::UNIQUE_TOKEN_ID, row),
                    issued_at: issued.get(row).map(UtcMicros),
                    token_object_id: text(schema::TOKEN_OBJECT_ID, row),
                    token_tenant_id: text(schema::TOKEN_TENANT_ID, row),
                    has_app_access_context: context.get(row).unwrap_or(false),
                },
                operation_count: operations.get(row),
                folders: Vec::new(),
                items: Vec::new(),
                truncated: truncated.get(row).unwrap_or(false),
                issues,
            };
            let access_no = first + u64::try_from(row).unwrap_or(u64::MAX);
            let in_window = in_window.get(row).unwrap_or(true);
            Ok(Parts { stored: StoredAccess { access_no, in_window, record }, folders: Vec::new(), items: Vec::new() })
        })
        .collect()
}
