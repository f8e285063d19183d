//! Owns `sessions.xlsx` and `sessions.xl.csv`: what each session's row shows.

use std::collections::BTreeMap;
use std::io::Write;

use mailtrail_model::{AccessContext, UtcMicros};

use super::SheetInput;
use super::book::Book;
use super::column::{Column, Kind, Value};
use super::notes;
use crate::error::RenderError;
use crate::words::len;

/// Writes both forms: the CSV as the rows come, the workbook at the end.
///
/// # Errors
/// If a form cannot be written.
pub fn sessions_sheet(input: &SheetInput<'_>, csv: impl Write, xlsx: impl Write + Send) -> Result<(), RenderError> {
    let timeline = input.timeline;
    let mailboxes = input.mailboxes();
    let contexts: BTreeMap<&str, &AccessContext> =
        timeline.contexts.iter().map(|context| (context.id.as_str(), context)).collect();
    let masthead = input.masthead("Sessions");
    let mut book = Book::create("sessions.xlsx", &masthead, &COLUMNS, len(&timeline.sessions), input.scratch, csv)?;
    for session in &timeline.sessions {
        let mailbox = mailboxes.get(session.mailbox.as_str());
        let context = contexts.get(session.context.as_str());
        let lasting = session.span.end.0.saturating_sub(session.span.start.0) / UtcMicros::MINUTE;
        let addresses = session.addresses.join(" ");
        book.row(&[
            Value::text(&session.id),
            Value::Text(mailbox.map(|mailbox| &*mailbox.name)),
            Value::Text(mailbox.and_then(|mailbox| mailbox.department.as_deref())),
            Value::text(session.attribution.as_str()),
            Value::Time(Some(session.span.start)),
            Value::Time(Some(session.span.end)),
            Value::Count(u64::try_from(lasting).ok()),
            Value::Truth(session.open_start),
            Value::Truth(session.open_end),
            Value::count(session.records),
            Value::count(session.binds),
            Value::count(session.syncs),
            Value::count(session.items),
            Value::count(session.messages),
            Value::count(session.folders),
            Value::Count(session.bytes),
            Value::count(session.throttled),
            Value::text(&session.context),
            Value::Text(context.and_then(|context| context.user_id.as_deref())),
            Value::Text(context.and_then(|context| context.effective_app.as_deref())),
            Value::Text(context.map(|context| &*context.client_family)),
            Value::Truth(context.is_some_and(|context| context.app_only)),
            Value::Truth(context.is_some_and(|context| context.service)),
            Value::Text((!addresses.is_empty()).then_some(&*addresses)),
            Value::count(session.address_count),
            Value::text(session.basis.as_str()),
            Value::Text(session.token_session.as_deref()),
            Value::Text(mailbox.map(|mailbox| &*mailbox.id)),
            Value::text(session.mailbox.as_str()),
        ])?;
    }
    let rest = "tables/sessions.parquet and tables/sessions.csv";
    book.finish(len(&timeline.sessions), |rows, columns| notes::sessions(input, rows, columns), rest, xlsx)
}

pub(super) const COLUMNS: [Column; 29] = [
    Column::new("session", Kind::Word, "V and the number in table order; `mailtrail explain` prints its source rows"),
    Column::new("name", Kind::Name, "the mailbox that was reached, as most records name it"),
    Column::new("department", Kind::Name, "from the examiner's roster"),
    Column::new("attribution", Kind::Word, "what the examiner says of its accesses, the strongest of them"),
    Column::new("first_utc", Kind::Time, "first record, UTC"),
    Column::new("last_utc", Kind::Time, "last record, UTC, inclusive"),
    Column::new("minutes", Kind::Count, "from the first record to the last, whole minutes"),
    Column::new(
        "open_start",
        Kind::Truth,
        "it may have begun before: a source's edge, a throttled span or the window is near",
    ),
    Column::new("open_end", Kind::Truth, "it may have gone on, for the same reasons"),
    Column::new("records", Kind::Count, "records of MailItemsAccessed and AttachmentAccess"),
    Column::new("binds", Kind::Count, "of them: single messages named"),
    Column::new("syncs", Kind::Count, "of them: a folder synchronised; such a record names no messages"),
    Column::new("items", Kind::Count, "items named: a sum, not messages"),
    Column::new("messages", Kind::Count, "distinct messages named"),
    Column::new("folders", Kind::Count, "distinct folders, by id"),
    Column::new("size_bytes", Kind::Count, "sum over the distinct messages; empty where no size is stated"),
    Column::new(
        "throttled_records",
        Kind::Count,
        "records that say the mailbox was throttled: counts may then be too low",
    ),
    Column::new("context", Kind::Word, "the way in: actor, logon type, application, client family, device"),
    Column::new(
        "user_id",
        Kind::Name,
        "the account in whose name it is recorded; for an application that is the owner",
    ),
    Column::new("effective_app", Kind::Text, "application id"),
    Column::new("client_family", Kind::Word, "from the client string"),
    Column::new("app_only", Kind::Truth, "an application with its own permission, recorded under the owner's name"),
    Column::new("service", Kind::Truth, "a Microsoft background service, by the dated list and its client string"),
    Column::new("addresses", Kind::Text, "at most 20 of the addresses, by a blank"),
    Column::new("address_count", Kind::Count, "distinct addresses"),
    Column::new("basis", Kind::Word, "what held the session together: aad-session, session-id or context"),
    Column::new("token_session", Kind::Text, "the token session, where the basis is one"),
    Column::new("mailbox_no", Kind::Word, "M and the mailbox's number in the report"),
    Column::new("mailbox", Kind::Text, "key of the mailbox"),
];
