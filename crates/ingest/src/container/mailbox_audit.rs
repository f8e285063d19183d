//! The mailbox audit log before the unified one: `Search-MailboxAuditLog -ShowDetails` as CSV and `New-MailboxAuditLogSearch`
//! as XML. Lossy: the time is in the exporting machine's local form, and ItemInternetMessageId is blank on Bind.

use mailtrail_model::{IssueCode, Locator};
use quick_xml::events::Event;

use super::CsvContainer;
use super::flat_row;
use super::header::{Columns, Header};
use crate::normalize::{Facts, judge, rejected};
use crate::row::{Cell, Outcome};
use crate::wire::{Ctx, Field, Key, Loose, WireRecord};

pub(super) const XML_NAME: &str = "mailbox-audit-xml";

/// What these answers do not hold, as rows of CSV or as XML.
pub(super) const CANNOT_TELL: &str =
    "the record id, message ids outside AggregatedRecordFoldersData, the zone of LastAccessed";

pub(super) const CSV: CsvContainer = CsvContainer {
    name: "mailbox-audit-csv",
    cannot_tell: Some(CANNOT_TELL),
    knows: |header| {
        header.has_all(&["Operation", "LastAccessed"]) && header.has_any(&["MailboxGuid", "MailboxOwnerUPN"])
    },
    columns,
    read,
};

/// What this log calls a field.
fn key_of(name: &str) -> Key {
    match name {
        "LastAccessed" => Key::Scalar(Field::CreationTime),
        "OperationResult" => Key::Scalar(Field::ResultStatus),
        "AuditOperationsCountInAggregatedRecord" => Key::Scalar(Field::OperationCount),
        "AggregatedRecordFoldersData" => Key::Folders,
        "LogonUserDisplayName" => Key::Scalar(Field::Name),
        "Owner" => Key::Scalar(Field::MailboxOwnerUpn),
        // A search's own number for a row, not the record's id.
        "Identity" => Key::Unknown,
        _ => Key::of_column(name),
    }
}

fn columns(header: &Header) -> Columns {
    let keys = header.names().enumerate().map(|(at, name)| (at, key_of(name)));
    Columns {
        fields: keys.filter(|(_, key)| !matches!(key, Key::Unknown | Key::Body(_))).collect(),
        bodies: ["FolderId", "FolderPathName", "ItemInternetMessageId"]
            .iter()
            .map(|name| header.at(name).unwrap_or(usize::MAX))
            .collect(),
        width: header.width(),
        ..Columns::default()
    }
}

fn read<'a>(columns: &Columns, cells: &[Cell<'a>], at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    let mut wire = match flat_row::wire(columns, cells, ctx) {
        Ok(wire) => wire,
        Err(why) => return rejected(IssueCode::BodyUnreadable, why),
    };
    let part = |index: usize| Columns::text(columns.bodies.get(index).copied(), cells, ctx.arena);
    finish(&mut wire, part(0), part(1), part(2));
    judge(&wire, &Facts::default(), at, ctx)
}

/// The single folder and item, where no list names them; the user, where only the owner is named.
fn finish<'a>(wire: &mut WireRecord<'a>, folder: Option<&'a str>, path: Option<&'a str>, message: Option<&'a str>) {
    let loose = |text: Option<&'a str>| text.map_or(Loose::Absent, Loose::Text);
    if wire.folders.folders.is_empty() && (folder.is_some() || path.is_some()) {
        wire.folders.push_single(loose(folder), loose(path), loose(message));
    }
    // This log's word for what the unified log calls Delegated.
    if wire.get(Field::LogonType) == Loose::Text("Delegate") {
        wire.set(Field::LogonType, Loose::Text("Delegated"));
    }
    if wire.get(Field::LogonType) == Loose::Text("Owner") {
        let owner = wire.get(Field::MailboxOwnerUpn);
        wire.fill(Field::UserId, owner);
    }
    let name = wire.get(Field::Name);
    wire.fill(Field::UserId, name);
}

/// Whether a root element is the log's.
pub(super) fn knows_root(root: &str) -> bool {
    ["SearchResults", "Event"].iter().any(|known| root.trim_matches(['<', '>', '/']).trim() == *known)
}

/// Reads and judges one `<Event …>` element.
pub(super) fn read_xml<'a>(text: &'a str, at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    let mut parts = Parts { wire: WireRecord::new_in(ctx.arena), folder: None, path: None, message: None };
    if let Err(error) = elements(text, &mut parts, ctx) {
        return rejected(IssueCode::RowMalformed, error);
    }
    let Parts { mut wire, folder, path, message } = parts;
    finish(&mut wire, folder, path, message);
    judge(&wire, &Facts::default(), at, ctx)
}

struct Parts<'a> {
    wire: WireRecord<'a>,
    folder: Option<&'a str>,
    path: Option<&'a str>,
    message: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn set(&mut self, name: &str, value: &'a str, ctx: Ctx<'a, '_>) {
        match name {
            "FolderId" => self.folder = self.folder.or(Some(value)),
            "FolderPathName" => self.path = self.path.or(Some(value)),
            "ItemInternetMessageId" => self.message = self.message.or(Some(value)),
            _ => self.wire.set_text(key_of(name), value, ctx),
        }
    }
}

/// Attributes of the event and texts of its children are fields. Lists of items below are not: they name no access.
fn elements<'a>(text: &'a str, parts: &mut Parts<'a>, ctx: Ctx<'a, '_>) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut depth, mut child, mut value) = (0usize, String::new(), String::new());
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => {
                if depth == 0 {
                    attributes(&tag, parts, ctx)?;
                }
                depth += 1;
                child = tag.local_name().as_ref().to_owned();
                value.clear();
            }
            Event::Empty(tag) if depth == 0 => attributes(&tag, parts, ctx)?,
            Event::Text(text) if depth == 2 => value.push_str(&text.xml10_content()),
            Event::CData(text) if depth == 2 => value.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) if depth == 2 => {
                let escaped = format!("&{};", entity.xml10_content());
                value.push_str(&quick_xml::escape::unescape(&escaped).map_err(|error| error.to_string())?);
            }
            Event::End(_) => {
                if depth == 2 && !value.is_empty() {
                    parts.set(&child, ctx.keep(&value), ctx);
                }
                value.clear();
                depth = depth.saturating_sub(1);
            }
            Event::Eof if depth > 0 => return Err("the element does not end".to_owned()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn attributes<'a>(
    tag: &quick_xml::events::BytesStart<'_>,
    parts: &mut Parts<'a>,
    ctx: Ctx<'a, '_>,
) -> Result<(), String> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| error.to_string())?;
        parts.set(attribute.key.local_name().as_ref(), ctx.keep(&value), ctx);
    }
    Ok(())
}
