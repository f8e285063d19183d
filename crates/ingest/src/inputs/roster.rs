//! Owns `roster.csv`: the mailboxes of the case, one a row. An export of `Get-Mailbox` or of users will do.

use std::{collections::BTreeMap, io::Read};

use mailtrail_model::{MailboxKind, MailboxName, RosterEntry};

use super::{
    InputErrors, Loaded,
    table::{Column, Table, optional, several},
    zone::check_zone,
};

pub(super) const COLUMNS: &[Column] = &[
    optional(
        "upn",
        &[
            "UserPrincipalName",
            "User principal name",
            "mailbox",
            "PrimarySmtpAddress",
            "WindowsLiveID",
            "Mail",
            "Email",
        ],
    ),
    optional("mailbox_guid", &["ExchangeGuid", "MailboxGuid"]),
    optional("display_name", &["DisplayName", "Name"]),
    optional("department", &["Dept"]),
    optional("kind", &["RecipientTypeDetails", "RecipientType", "MailboxType"]),
    optional("zone", &["TimeZone", "time_zone"]),
    optional("aliases", &["EmailAddresses", "ProxyAddresses"]),
    optional("former", &["former_upn", "former_guid", "PreviousUpn"]),
];

/// Reads a roster.
///
/// # Errors
/// Every complaint about it: a row that names no mailbox, a mailbox named twice, a time zone that does not exist.
pub fn read_roster(file: &str, reader: impl Read) -> Result<Loaded<Vec<RosterEntry>>, InputErrors> {
    let mut table = Table::open("roster", file, reader, COLUMNS)?;
    let mut entries = Vec::new();
    let mut seen: BTreeMap<(Option<MailboxName>, Option<MailboxName>), u64> = BTreeMap::new();
    while table.advance() {
        let Some(entry) = read_row(&table) else { continue };
        let key = (entry.upn.clone(), entry.mailbox_guid.clone());
        if let Some(first) = seen.insert(key, table.row()) {
            let column = if entry.upn.is_some() { "upn" } else { "mailbox_guid" };
            table.complain(column, format!("the mailbox of row {first} again"), Some("leave one of them".to_owned()));
        }
        entries.push(entry);
    }
    let count = entries.len();
    table.finish(entries, count)
}

fn read_row<R: Read>(table: &Table<R>) -> Option<RosterEntry> {
    if table.cell("upn").is_none() && table.cell("mailbox_guid").is_none() {
        let hint = "fill UserPrincipalName or ExchangeGuid".to_owned();
        table.complain("upn", "the row names no mailbox".to_owned(), Some(hint));
        return None;
    }
    let (upn, mailbox_guid) = (table.mailbox("upn"), table.mailbox("mailbox_guid"));
    if let Some(zone) = table.cell("zone")
        && let Err((what, hint)) = check_zone(zone)
    {
        table.complain("zone", what, Some(hint));
    }
    let former = table.cell("former").into_iter().flat_map(several).filter_map(|text| {
        let name = MailboxName::parse(text);
        if name.is_none() {
            table.complain("former", format!("\"{text}\" names no mailbox"), None);
        }
        name
    });
    let former = former.collect();
    Some(RosterEntry {
        place: table.place(),
        upn,
        mailbox_guid,
        display_name: table.text("display_name"),
        department: table.text("department"),
        kind: table.cell("kind").map_or(MailboxKind::NotStated, mailbox_kind),
        zone: table.text("zone"),
        aliases: table.cell("aliases").map(aliases).unwrap_or_default(),
        former,
    })
}

/// Our own names and Exchange's `RecipientTypeDetails`.
fn mailbox_kind(text: &str) -> MailboxKind {
    let folded: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match folded.as_str() {
        "user" | "usermailbox" => MailboxKind::User,
        "shared" | "sharedmailbox" => MailboxKind::Shared,
        "group" | "groupmailbox" => MailboxKind::Group,
        "resource" | "room" | "equipment" | "roommailbox" | "equipmentmailbox" | "schedulingmailbox" => {
            MailboxKind::Resource
        }
        "publicfolder" | "publicfoldermailbox" => MailboxKind::PublicFolder,
        "archive" | "archivemailbox" => MailboxKind::Archive,
        "onpremises" | "mailuser" => MailboxKind::OnPremises,
        _ => MailboxKind::Other(text.into()),
    }
}

/// Addresses of `EmailAddresses`; other kinds of proxy address (`SIP:`, `X500:`) are no mail addresses.
fn aliases(cell: &str) -> Vec<String> {
    let mut out: Vec<String> = several(cell)
        .map(str::to_lowercase)
        .filter_map(|one| match one.split_once(':') {
            Some(("smtp", address)) => Some(address.to_owned()),
            Some(_) => None,
            None => Some(one),
        })
        .collect();
    out.sort();
    out.dedup();
    out
}
