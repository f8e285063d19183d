//! Collectors' derived tables (sessions, message ids): a tool's reading of records, marked lossy. They name no mailbox; the
//! user's own is taken, which is wrong for delegates.

use mailtrail_model::Locator;

use super::CsvContainer;
use super::header::{Columns, Header};
use crate::normalize::{Facts, judge};
use crate::row::{Cell, Outcome};
use crate::wire::{Ctx, Field, Key, Loose, WireRecord};

/// `TimeStamp,User,Action,SessionId,ClientIP,MailAccessType,IsThrottled,OperationCount`
pub(super) const SESSIONS: CsvContainer = CsvContainer {
    name: "derived-sessions-csv",
    cannot_tell: Some("the mailbox (the user's own is taken), the record id, folder ids, items"),
    knows: |header| header.has_all(&["TimeStamp", "User", "Action", "MailAccessType", "OperationCount"]),
    columns,
    read,
};

/// `Timestamp,User,IPaddress,SessionID,MailAccessType,FolderPath,InternetMessageId,SizeInBytes`
pub(super) const MESSAGE_IDS: CsvContainer = CsvContainer {
    name: "derived-message-ids-csv",
    cannot_tell: Some("the mailbox (the user's own is taken), the record id, folder ids"),
    knows: |header| header.has_all(&["Timestamp", "User", "MailAccessType", "InternetMessageId"]),
    columns,
    read,
};

/// Columns by what they mean; the item's columns follow in `bodies`.
fn columns(header: &Header) -> Columns {
    let named = [
        ("TimeStamp", Field::CreationTime),
        ("User", Field::UserId),
        ("User", Field::MailboxOwnerUpn),
        ("Action", Field::Operation),
        ("SessionId", Field::SessionId),
        ("ClientIP", Field::ClientIp),
        ("IPaddress", Field::ClientIp),
        ("MailAccessType", Field::MailAccessType),
        ("IsThrottled", Field::IsThrottled),
        ("OperationCount", Field::OperationCount),
    ];
    Columns {
        fields: named.iter().filter_map(|(name, field)| Some((header.at(name)?, Key::Scalar(*field)))).collect(),
        bodies: ["InternetMessageId", "FolderPath", "SizeInBytes"]
            .iter()
            .map(|name| header.at(name).unwrap_or(usize::MAX))
            .collect(),
        width: header.width(),
        ..Columns::default()
    }
}

fn read<'a>(columns: &Columns, cells: &[Cell<'a>], at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    let mut wire = WireRecord::new_in(ctx.arena);
    for (column, key) in &columns.fields {
        if let Some(cell) = cells.get(*column) {
            wire.set_text(*key, cell.text(ctx.arena), ctx);
        }
    }
    // The message id table has no operation column: it is made of nothing but these records.
    wire.fill(Field::Operation, Loose::Text("MailItemsAccessed"));
    let part = |index: usize| {
        Columns::text(columns.bodies.get(index).copied(), cells, ctx.arena).map_or(Loose::Absent, Loose::Text)
    };
    wire.folders.push_named(part(0), part(1), part(2));
    judge(&wire, &Facts { derived: true, ..Facts::default() }, at, ctx)
}
