//! Owns Sentinel's `OfficeActivity`: renamed columns, JSON laid out over lines inside cells, values before names.
//!
//! Lossy: it has no `OperationCount`, no `SessionId` and no `AppAccessContext` (the columns of 2021).

use super::{
    Place, Shape,
    csv_cell::{Quote, push_row},
};
use crate::{
    json::{Escapes, Json, pretty},
    record::{Access, Event, NameFirst, Record, folders_json, item_json, operation_properties},
};

const COLUMNS: [&str; 40] = [
    "TenantId",
    "RecordType",
    "TimeGenerated [UTC]",
    "Operation",
    "OrganizationId",
    "OrganizationId_",
    "UserType",
    "UserKey",
    "OfficeWorkload",
    "ResultStatus",
    "ResultReasonType",
    "UserId",
    "UserId_",
    "ClientIP",
    "ClientIP_",
    "ExternalAccess",
    "OriginatingServer",
    "OrganizationName",
    "Logon_Type",
    "InternalLogonType",
    "MailboxGuid",
    "MailboxOwnerUPN",
    "MailboxOwnerSid",
    "LogonUserSid",
    "ClientInfoString",
    "Client_IPAddress",
    "ClientProcessName",
    "ClientVersion",
    "Folders",
    "Item",
    "ElevationTime [UTC]",
    "SourceSystem",
    "OfficeId",
    "SourceRecordId",
    "Start_Time [UTC]",
    "OfficeTenantId",
    "OperationProperties",
    "AppId",
    "ClientAppId",
    "Type",
];

/// The values of a row, in the order of the columns. Times as `time` spells them.
fn values(record: &Record, access: &Access, time: impl Fn(crate::second::Second) -> String) -> Vec<String> {
    let context = &*access.context;
    let sync = matches!(record.event, Event::Sync { .. });
    let client_ip = if sync { context.address.to_string() } else { String::new() };
    let logon = match context.logon_type {
        0 => "Owner",
        1 => "Admin",
        _ => "Delegated",
    };
    let user_type = if record.user_type(context) == 5 { "Application" } else { "Regular" };
    let nested = |fill: &dyn Fn(&mut Json)| {
        let mut json = Json::new(Escapes::Minimal);
        fill(&mut json);
        String::from_utf8(pretty(&json.into_bytes(), 2, "\r\n", ": ")).unwrap_or_default()
    };
    let folders =
        if sync { String::new() } else { nested(&|json| folders_json(json, record.schema, access, record.items())) };
    let item = if sync { nested(&|json| item_json(json, access)) } else { String::new() };
    let mut properties = Json::new(Escapes::Minimal);
    let kind = if sync { "Sync" } else { "Bind" };
    operation_properties(&mut properties, record.schema, kind, access.throttled, NameFirst::No);
    let (app, client) = record.apps(context);
    let (process, version) =
        context.process.clone().map_or((String::new(), String::new()), |(p, v)| (p.to_owned(), v.to_string()));
    let organization = record.organization_id.to_string();
    vec![
        "8b0f6c1a-77d2-4b0e-8f51-0c6f2f5f9a10".to_owned(),
        if sync { "ExchangeItem".to_owned() } else { "50".to_owned() },
        time(record.created),
        record.operation().to_owned(),
        organization.clone(),
        organization,
        user_type.to_owned(),
        record.user_key(context),
        record.workload().to_owned(),
        "Succeeded".to_owned(),
        "Succeeded".to_owned(),
        context.user_id.to_string(),
        context.user_id.to_string(),
        client_ip.clone(),
        client_ip,
        "False".to_owned(),
        format!("{}\r\n", access.server),
        record.organization_name.to_string(),
        logon.to_owned(),
        "0.0".to_owned(),
        access.mailbox_guid.to_string(),
        access.mailbox_upn.to_string(),
        access.mailbox_sid.to_string(),
        context.user_sid.to_string(),
        context.client_info.to_string(),
        context.address.to_string(),
        process,
        version,
        folders,
        item,
        time(record.available),
        "OfficeActivityManager".to_owned(),
        record.id.to_string(),
        record.id.to_string(),
        time(record.available),
        "$RestApiTenantId$".to_owned(),
        String::from_utf8(properties.into_bytes()).unwrap_or_default(),
        app.unwrap_or_default().to_owned(),
        client.unwrap_or_default().to_owned(),
        "OfficeActivity".to_owned(),
    ]
}

pub(super) struct Csv;

impl Shape for Csv {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\xef\xbb\xbf");
        push_row(out, COLUMNS.iter().map(|column| column.as_bytes()), b',', Quote::Needed);
    }

    fn record(&self, record: &Record, _: Place, out: &mut Vec<u8>) {
        if let Some(access) = record.access() {
            let values = values(record, access, crate::second::Second::log_analytics);
            push_row(out, values.iter().map(String::as_bytes), b',', Quote::Needed);
        }
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}

pub(super) struct Lines;

impl Shape for Lines {
    fn begin(&self, _: &mut Vec<u8>) {}

    fn record(&self, record: &Record, _: Place, out: &mut Vec<u8>) {
        let Some(access) = record.access() else { return };
        let values = values(record, access, |at| format!("{}Z", at.iso()));
        let mut json = Json::onto(std::mem::take(out), Escapes::Minimal);
        json.object(|json| {
            // The API leaves empty columns out and names times without a zone.
            for (column, value) in COLUMNS.iter().zip(&values).filter(|(_, value)| !value.is_empty()) {
                json.field(column.trim_end_matches(" [UTC]"), value);
            }
        });
        *out = json.into_bytes();
        out.push(b'\n');
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}
