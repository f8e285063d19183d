//! Owns Entra sign-ins as CSV: the portal's exports (interactive, non-interactive, application, managed identity) and the
//! tables of Sentinel and Defender, by one table of spellings.

use std::io::Read;

use mailtrail_model::{DeviceTrust, SignIn, SignInKind, SignInResult};
use serde::Deserialize;

use super::{
    InputErrors, Loaded,
    table::{Column, Table, optional, parse_boolean, required},
};

pub(super) const COLUMNS: &[Column] = &[
    required(
        "created",
        &[
            "Date (UTC)",
            "createdDateTime",
            "CreatedDateTime",
            "TimeGenerated [UTC]",
            "TimeGenerated",
            "Timestamp",
            "Date",
        ],
    ),
    optional("kind", &["Sign-in type", "signInEventTypes", "Category", "LogonType", "Type"]),
    optional("result", &["Status", "ResultType", "Sign-in error code", "ErrorCode", "status.errorCode"]),
    optional("user", &["Username", "UserPrincipalName", "AccountUpn", "User principal name", "Sign-in identifier"]),
    optional("service_principal", &["Service principal ID", "ServicePrincipalId"]),
    optional("app_id", &["Application ID", "AppId", "ApplicationId"]),
    optional("app_name", &["Application", "AppDisplayName", "ServicePrincipalName", "Service principal name"]),
    optional("resource_id", &["Resource ID", "ResourceId", "ResourceIdentity"]),
    optional("address", &["IP address", "IPAddress"]),
    optional("session_id", &["Session ID", "SessionId", "CorrelatedSessionId"]),
    optional("unique_token_id", &["Unique token identifier", "UniqueTokenIdentifier", "UniqueTokenId"]),
    optional("device_id", &["Device ID", "DeviceId", "EntraIdDeviceId", "AadDeviceId"]),
    optional("compliant", &["IsCompliant"]),
    optional("managed", &["IsManaged"]),
    optional("device_detail", &["DeviceDetail"]),
];

/// `DeviceDetail` of Sentinel: JSON in a cell.
#[derive(Default, Deserialize)]
struct DeviceDetail {
    #[serde(rename = "deviceId", default)]
    device_id: Option<String>,
    #[serde(rename = "isCompliant", default)]
    compliant: Option<bool>,
    #[serde(rename = "isManaged", default)]
    managed: Option<bool>,
}

/// Reads sign-ins.
///
/// # Errors
/// Every complaint about them.
pub fn read_signins(file: &str, reader: impl Read) -> Result<Loaded<Vec<SignIn>>, InputErrors> {
    let mut table = Table::open("signins", file, reader, COLUMNS)?;
    if !table.has("session_id") && !table.has("unique_token_id") {
        table.warn_whole(
            "neither a session id nor a unique token identifier: the sign-ins cannot be joined to accesses; export both columns"
                .to_owned(),
        );
    }
    let mut signins = Vec::new();
    while table.advance() {
        if table.needed("created").is_none() {
            continue;
        }
        let Some(created) = table.time("created") else { continue };
        let detail = device_detail(&table);
        let answer = |column| table.cell(column).and_then(parse_boolean);
        let trust = [answer("compliant"), answer("managed"), detail.compliant, detail.managed];
        let principal = table.cell("user").or_else(|| table.cell("service_principal"));
        signins.push(SignIn {
            place: table.place(),
            created,
            kind: kind(&table),
            result: result(&table),
            principal: principal.map(str::to_lowercase),
            app_id: table.text("app_id").map(|id| id.to_lowercase()),
            app_name: table.text("app_name"),
            resource_id: table.text("resource_id").map(|id| id.to_lowercase()),
            address: table.text("address"),
            session_id: table.text("session_id"),
            unique_token_id: table.text("unique_token_id"),
            device_id: table.text("device_id").or(detail.device_id).filter(|id| !id.is_empty()),
            device_trust: device_trust(&trust),
        });
    }
    let count = signins.len();
    table.finish(signins, count)
}

fn device_detail<R: Read>(table: &Table<R>) -> DeviceDetail {
    let Some(cell) = table.cell("device_detail") else { return DeviceDetail::default() };
    serde_json::from_str(cell).unwrap_or_else(|_| {
        table.warn("DeviceDetail is not JSON; the device is treated as not stated".to_owned());
        DeviceDetail::default()
    })
}

fn device_trust(answers: &[Option<bool>]) -> DeviceTrust {
    if answers.contains(&Some(true)) {
        DeviceTrust::Trusted
    } else if answers.contains(&Some(false)) {
        DeviceTrust::Untrusted
    } else {
        DeviceTrust::NotStated
    }
}

fn kind<R: Read>(table: &Table<R>) -> SignInKind {
    let folded: String = table
        .cell("kind")
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if folded.contains("noninteractive") {
        SignInKind::NonInteractive
    } else if folded.contains("managedidentity") {
        SignInKind::ManagedIdentity
    } else if folded.contains("serviceprincipal") {
        SignInKind::ServicePrincipal
    } else if folded.contains("interactive") || folded == "signinlogs" {
        SignInKind::Interactive
    } else if table.cell("service_principal").is_some() && table.cell("user").is_none() {
        SignInKind::ServicePrincipal
    } else {
        SignInKind::NotStated
    }
}

fn result<R: Read>(table: &Table<R>) -> SignInResult {
    match table.cell("result").map(str::to_lowercase).as_deref() {
        None => SignInResult::NotStated,
        Some("success" | "0") => SignInResult::Success,
        Some(_) => SignInResult::Failure,
    }
}
