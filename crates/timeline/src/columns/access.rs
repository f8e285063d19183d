//! Owns what each column of `accesses` says about a record.

use mailtrail_model::{Address, LogonType, RecordType, ThrottleState, UserType};
use std::fmt::Write as _;

use super::{Builder, Row};
use crate::{
    TimelineError,
    cells::Columns,
    schema::{self, ACCESSES},
};

/// One row an access.
pub(crate) fn accesses(rows: &[Row<'_, '_>]) -> Result<Columns, TimelineError> {
    Builder::new(&ACCESSES, rows)
        .text(schema::RECORD_ID, |row| Some(&row.record.record_id))
        .time(schema::CREATED_UTC, |row| Some(row.record.created.0))
        .truth(schema::IN_WINDOW, |row| Some(row.in_window))
        .text(schema::ACCESS_TYPE, |row| Some(row.record.access_type.as_str()))
        .text(schema::ACCESS_TYPE_BASIS, |row| Some(row.record.access_type_basis.as_str()))
        .text(schema::RECORD_TYPE, |row| row.record.record_type.as_ref().map(RecordType::as_str))
        .truth(schema::THROTTLED, |row| throttled(row.record.throttled))
        .text(schema::RESULT_STATUS, |row| row.record.result_status.as_deref())
        .text(schema::MAILBOX, |row| Some(row.record.mailbox.as_str()))
        .text(schema::ORGANIZATION_ID, |row| row.record.organization_id.as_deref())
        .text(schema::MAILBOX_GUID, |row| row.record.mailbox_guid.as_deref())
        .text(schema::MAILBOX_OWNER_UPN, |row| row.record.mailbox_owner_upn.as_deref())
        .text(schema::USER_ID, |row| row.record.user_id.as_deref())
        .text(schema::USER_TYPE, |row| row.record.user_type.as_ref().map(UserType::as_str))
        .text(schema::USER_KEY, |row| row.record.user_key.as_deref())
        .text(schema::LOGON_TYPE, |row| row.record.logon_type.as_ref().map(LogonType::as_str))
        .text(schema::INTERNAL_LOGON_TYPE, |row| row.record.internal_logon_type.as_ref().map(LogonType::as_str))
        .text(schema::LOGON_USER_SID, |row| row.record.logon_user_sid.as_deref())
        .truth(schema::EXTERNAL_ACCESS, |row| row.record.external_access)
        .text(schema::CLIENT_IP_ADDRESS, |row| row.record.origin.raw.as_deref())
        .words(schema::ADDRESS, |row, out| match &row.record.origin.address {
            Address::Ip(ip) => write!(out, "{ip}"),
            Address::Host(host) => out.write_str(host),
            Address::None | Address::Unreadable => Ok(()),
        })
        .text(schema::CLIENT_INFO_STRING, |row| row.record.client.client_info_string.as_deref())
        .text(schema::ACTOR_INFO_STRING, |row| row.record.client.actor_info_string.as_deref())
        .text(schema::APP_ID, |row| row.record.client.app_id.as_deref())
        .text(schema::CLIENT_APP_ID, |row| row.record.client.client_app_id.as_deref())
        .text(schema::CONTEXT_CLIENT_APP_ID, |row| row.record.client.context_client_app_id.as_deref())
        .text(schema::API_ID, |row| row.record.client.api_id.as_deref())
        .text(schema::EFFECTIVE_APP, |row| row.record.client.effective_app())
        .text(schema::CLIENT_PROCESS_NAME, |row| row.record.client.client_process_name.as_deref())
        .text(schema::CLIENT_VERSION, |row| row.record.client.client_version.as_deref())
        .text(schema::DEVICE_ID, |row| row.record.client.device_id.as_deref())
        .text(schema::SESSION_ID, |row| row.record.token.session_id.as_deref())
        .text(schema::AAD_SESSION_ID, |row| row.record.token.aad_session_id.as_deref())
        .text(schema::UNIQUE_TOKEN_ID, |row| row.record.token.unique_token_id.as_deref())
        .time(schema::ISSUED_AT_UTC, |row| row.record.token.issued_at.map(|at| at.0))
        .text(schema::TOKEN_OBJECT_ID, |row| row.record.token.token_object_id.as_deref())
        .text(schema::TOKEN_TENANT_ID, |row| row.record.token.token_tenant_id.as_deref())
        .truth(schema::HAS_APP_ACCESS_CONTEXT, |row| Some(row.record.token.has_app_access_context))
        .signed(schema::OPERATION_COUNT, |row| row.record.operation_count)
        .count(schema::ITEM_COUNT, |row| row.record.items.len())
        .count(schema::FOLDER_COUNT, |row| row.record.folders.len())
        .truth(schema::TRUNCATED, |row| Some(row.record.truncated))
        .words(schema::ISSUES, |row, out| {
            for (i, code) in row.record.issues.iter().enumerate() {
                write!(out, "{}{}", if i == 0 { "" } else { " " }, code.as_str())?;
            }
            Ok(())
        })
        .locator(|row| row.record.locator)
        .finish()
}

fn throttled(state: ThrottleState) -> Option<bool> {
    match state {
        ThrottleState::Yes => Some(true),
        ThrottleState::No => Some(false),
        ThrottleState::NotStated => None,
    }
}
