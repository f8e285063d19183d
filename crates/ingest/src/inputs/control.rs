//! Owns controls as CSV: folder statistics, audit settings, bypass, licences, permissions, a second audit source. One reader;
//! the columns (or a `control` column) tell which statement a row makes.

use std::io::Read;

use mailtrail_model::{AuditList, Control, ControlStatement, MailboxName, Recording, UtcMicros};

use super::{
    InputErrors, Loaded,
    suggest::did_you_mean,
    table::{Column, Table, optional, several},
};

pub(super) const COLUMNS: &[Column] = &[
    optional("control", &["statement"]),
    optional(
        "mailbox",
        &["UserPrincipalName", "ContentMailboxGuid", "ExchangeGuid", "MailboxGuid", "PrimarySmtpAddress", "upn"],
    ),
    optional("identity", &["Identity"]),
    optional("folder", &["FolderPath"]),
    optional("folder_id", &["FolderId"]),
    optional("items", &["ItemsInFolder"]),
    optional("enabled", &["AuditEnabled"]),
    optional("owner", &["AuditOwner"]),
    optional("delegate", &["AuditDelegate"]),
    optional("admin", &["AuditAdmin"]),
    optional("organization_disabled", &["AuditDisabled"]),
    optional("ingestion_enabled", &["UnifiedAuditLogIngestionEnabled"]),
    optional("bypass_enabled", &["AuditBypassEnabled"]),
    optional("principal", &["actor", "User", "Trustee", "AppId", "Application ID"]),
    optional("right", &["AccessRights", "Role", "Permission", "AppRole"]),
    optional("licence", &["license", "licenses", "Sku", "SkuPartNumber"]),
    optional("recording", &["records_mail_items_accessed"]),
    optional("geo", &["MailboxRegion", "PreferredDataLocation", "MailboxLocation"]),
    optional("record_id", &["RecordId", "AuditRecordId", "Id"]),
    optional("created", &["CreationTime", "CreationDate", "created_utc"]),
    optional("start", &["start_utc"]),
    optional("end", &["end_utc"]),
    optional("as_of", &["as_of_utc"]),
];

/// A statement, the columns it is told by, and those it needs.
struct Shape {
    name: &'static str,
    told_by: &'static [&'static str],
    read: ReadStatement,
}

#[derive(Clone, Copy)]
enum ReadStatement {
    FolderStatistics,
    AuditSettings,
    OrganizationAudit,
    Bypass,
    Licence,
    Permission,
    Geo,
    AuditRecord,
}

/// In the order they are looked for: a file told by more particular columns comes first.
const SHAPES: &[Shape] = &[
    Shape { name: "folder-statistics", told_by: &["items"], read: ReadStatement::FolderStatistics },
    Shape { name: "organization-audit", told_by: &["organization_disabled"], read: ReadStatement::OrganizationAudit },
    Shape { name: "organization-audit", told_by: &["ingestion_enabled"], read: ReadStatement::OrganizationAudit },
    Shape { name: "bypass", told_by: &["bypass_enabled"], read: ReadStatement::Bypass },
    Shape { name: "audit-settings", told_by: &["owner"], read: ReadStatement::AuditSettings },
    Shape { name: "audit-settings", told_by: &["enabled"], read: ReadStatement::AuditSettings },
    Shape { name: "licence", told_by: &["licence"], read: ReadStatement::Licence },
    Shape { name: "permission", told_by: &["right", "principal"], read: ReadStatement::Permission },
    Shape { name: "geo", told_by: &["geo"], read: ReadStatement::Geo },
    Shape { name: "audit-record", told_by: &["record_id"], read: ReadStatement::AuditRecord },
];

/// Reads a control.
///
/// # Errors
/// Every complaint about it.
pub fn read_controls(
    file: &str,
    reader: impl Read,
    as_of: Option<UtcMicros>,
) -> Result<Loaded<Vec<Control>>, InputErrors> {
    let mut table = Table::open("control", file, reader, COLUMNS)?;
    let whole = SHAPES.iter().find(|shape| shape.told_by.iter().all(|column| table.has(column)));
    if !table.has("control") && whole.is_none() {
        return Err(super::load::one(
            mailtrail_model::InputPlace { file: file.into(), at: mailtrail_model::PlaceUnit::Whole },
            "no known control has these columns".to_owned(),
            Some("add a column control; docs/INPUTS.md lists the controls and their columns"),
        ));
    }
    let mut controls = Vec::new();
    while table.advance() {
        let shape = if table.has("control") { named_shape(&table) } else { whole };
        let Some(shape) = shape else { continue };
        let Some(statement) = read_statement(&table, shape.read) else { continue };
        let as_of = if table.has("as_of") { table.time("as_of").or(as_of) } else { as_of };
        controls.push(Control { place: table.place(), as_of, statement });
    }
    let count = controls.len();
    table.finish(controls, count)
}

fn named_shape<R: Read>(table: &Table<R>) -> Option<&'static Shape> {
    let name = table.needed("control")?;
    let found = SHAPES.iter().find(|shape| shape.name.eq_ignore_ascii_case(name));
    if found.is_none() {
        let mut known: Vec<_> = SHAPES.iter().map(|shape| shape.name).collect();
        known.dedup();
        let hint = did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("known: {}", known.join(", ")));
        table.complain("control", format!("there is no control \"{name}\""), Some(hint));
    }
    found
}

fn read_statement<R: Read>(table: &Table<R>, statement: ReadStatement) -> Option<ControlStatement> {
    let span = || table.span("start", "end");
    Some(match statement {
        ReadStatement::FolderStatistics => {
            let (mailbox, folder) = folder_of(table)?;
            table.needed("items")?;
            let (folder_id, items) = (table.text("folder_id"), table.whole("items")?);
            ControlStatement::FolderStatistics { mailbox, folder, folder_id, items }
        }
        ReadStatement::AuditSettings => ControlStatement::AuditSettings {
            mailbox: mailbox(table)?,
            enabled: table.boolean("enabled"),
            owner: audit_list(table, "owner")?,
            delegate: audit_list(table, "delegate")?,
            admin: audit_list(table, "admin")?,
        },
        ReadStatement::OrganizationAudit => {
            let disabled = table.boolean("organization_disabled");
            let ingestion = table.boolean("ingestion_enabled");
            let recording = match table.cell("recording") {
                Some(_) => recording(table)?,
                None if disabled.is_none() && ingestion.is_none() => {
                    table.complain("recording", "empty".to_owned(), Some("write on or off".to_owned()));
                    return None;
                }
                None if disabled == Some(true) || ingestion == Some(false) => Recording::Off,
                None => Recording::On,
            };
            ControlStatement::OrganizationAudit { recording, span: span() }
        }
        ReadStatement::Bypass => {
            if table.boolean("bypass_enabled") == Some(false) {
                return None;
            }
            let actor = table.cell("principal").or_else(|| table.cell("mailbox")).or_else(|| table.cell("identity"));
            let Some(actor) = actor else {
                table.complain("principal", "empty".to_owned(), Some("name the account".to_owned()));
                return None;
            };
            ControlStatement::Bypass { actor: actor.to_lowercase(), span: span() }
        }
        ReadStatement::Licence => ControlStatement::Licence {
            mailbox: mailbox(table)?,
            licence: table.needed("licence")?.to_owned(),
            recording: recording(table)?,
            span: span(),
        },
        ReadStatement::Permission => {
            let principal = table.needed("principal")?.to_lowercase();
            let right = table.needed("right")?.to_owned();
            let everywhere = ["mailbox", "identity"]
                .iter()
                .all(|column| table.cell(column).is_none_or(|text| text.eq_ignore_ascii_case("all")));
            let mailbox = if everywhere { None } else { Some(mailbox(table)?) };
            ControlStatement::Permission { principal, mailbox, right, span: span() }
        }
        ReadStatement::Geo => {
            let Some(principal) = table.cell("principal").or_else(|| table.cell("mailbox")) else {
                table.complain("mailbox", "empty".to_owned(), None);
                return None;
            };
            ControlStatement::Geo { principal: principal.to_lowercase(), geo: table.needed("geo")?.to_owned() }
        }
        ReadStatement::AuditRecord => ControlStatement::AuditRecord {
            record_id: table.needed("record_id")?.to_lowercase(),
            created: table.time("created"),
            mailbox: table.mailbox("mailbox"),
        },
    })
}

/// The mailbox by its own column, else by `Identity` (`ada@contoso.example`, or `guid\Inbox` of folder statistics).
fn mailbox<R: Read>(table: &Table<R>) -> Option<MailboxName> {
    if table.cell("mailbox").is_some() {
        return table.mailbox("mailbox");
    }
    let Some(identity) = table.cell("identity") else {
        table.complain("mailbox", "empty".to_owned(), None);
        return None;
    };
    let name = identity.split('\\').next().and_then(MailboxName::parse);
    if name.is_none() {
        let hint = "add a column with the address or the GUID of the mailbox".to_owned();
        table.complain("identity", format!("\"{identity}\" names no mailbox"), Some(hint));
    }
    name
}

/// Mailbox and folder path of folder statistics, `/` between names and none in front.
fn folder_of<R: Read>(table: &Table<R>) -> Option<(MailboxName, String)> {
    let path = match table.cell("folder") {
        Some(path) => path,
        None => match table.cell("identity").and_then(|identity| identity.split_once('\\')) {
            Some((_, path)) => path,
            None => table.needed("folder")?,
        },
    };
    Some((mailbox(table)?, path.replace('\\', "/").trim_start_matches('/').to_owned()))
}

/// An audit list. The outer `None` is a complaint, the inner one "not stated".
#[expect(clippy::option_option, reason = "a complaint and a missing list are two things")]
fn audit_list<R: Read>(table: &Table<R>, column: &str) -> Option<Option<AuditList>> {
    let Some(cell) = table.cell(column) else { return Some(None) };
    // Export-Csv writes the type's name in the place of a list that was not joined.
    if cell.starts_with("System.") || cell.starts_with("Microsoft.") {
        let hint = "join the list before Export-Csv: @{n='AuditOwner';e={$_.AuditOwner -join ';'}}".to_owned();
        table.complain(column, format!("\"{cell}\" is the name of a type, not a list"), Some(hint));
        return None;
    }
    let mut operations: Vec<String> = several(cell.trim_matches(['{', '}'])).map(str::to_owned).collect();
    operations.sort();
    operations.dedup();
    Some(Some(AuditList { operations }))
}

fn recording<R: Read>(table: &Table<R>) -> Option<Recording> {
    match table.needed("recording")?.to_lowercase().as_str() {
        "on" | "yes" | "true" => Some(Recording::On),
        "off" | "no" | "false" => Some(Recording::Off),
        other => {
            table.complain("recording", format!("\"{other}\" is neither on nor off"), None);
            None
        }
    }
}
