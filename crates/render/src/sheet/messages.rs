//! Owns `messages.xlsx` and `messages.xl.csv`: what each message's row shows, row by row, because nobody holds them all.

use std::collections::BTreeMap;
use std::io::Write;

use mailtrail_model::{ClassedMessage, MailboxSummary, Profile};

use super::SheetInput;
use super::book::Book;
use super::column::{Column, Kind, Value};
use super::notes;
use crate::error::RenderError;

/// The messages on their way into both forms, strongest class first as they come.
pub struct MessagesSheet<'a, C> {
    input: SheetInput<'a>,
    mailboxes: BTreeMap<&'a str, &'a MailboxSummary>,
    book: Book<C>,
}

impl<'a, C: Write> MessagesSheet<'a, C> {
    /// Starts both forms.
    ///
    /// # Errors
    /// If a form cannot be written.
    pub fn create(input: &SheetInput<'a>, csv: C) -> Result<Self, RenderError> {
        let input = *input;
        let expected = notes::messages_of_case(&input).unwrap_or(0);
        let columns = columns(input.case.profile);
        let masthead = input.masthead("Messages");
        let book = Book::create("messages.xlsx", &masthead, columns, expected, input.scratch, csv)?;
        let mailboxes = input.timeline.mailboxes.iter().map(|mailbox| (mailbox.key.as_str(), mailbox)).collect();
        Ok(Self { input, mailboxes, book })
    }

    /// Adds a message.
    ///
    /// # Errors
    /// If a form cannot be written.
    pub fn push(&mut self, message: &ClassedMessage<'_>) -> Result<(), RenderError> {
        let mailbox = self.mailboxes.get(message.mailbox);
        let values = [
            Value::text(message.class.as_str()),
            Value::text(message.class.label()),
            Value::Text(mailbox.map(|mailbox| &*mailbox.name)),
            Value::Text(mailbox.and_then(|mailbox| mailbox.department.as_deref())),
            Value::Text(message.internet_message_id),
            Value::Text(message.subject),
            Value::Text(message.sender),
            Value::Time(message.received),
            Value::Time(message.first_suspect),
            Value::Time(message.last_suspect),
            Value::Time(message.first_access),
            Value::Time(message.last_access),
            Value::count(message.accesses),
            Value::Text(message.first_folder),
            Value::Text(message.last_folder),
            Value::Text(message.reasons),
            Value::Text(message.near_reasons),
            Value::Text(message.contexts),
            Value::Truth(message.service_only),
            Value::Truth(message.listed),
            Value::Count(message.size_bytes),
            Value::Count(message.attachments),
            Value::Count(message.access_no),
            Value::Text(mailbox.map(|mailbox| &*mailbox.id)),
            Value::text(message.mailbox),
            Value::Text(message.privilege_candidate),
        ];
        let shown = columns(self.input.case.profile).len();
        self.book.row(values.get(..shown).unwrap_or(&values))
    }

    /// Ends both forms.
    ///
    /// # Errors
    /// If a form cannot be written.
    pub fn finish(self, xlsx: impl Write + Send) -> Result<(), RenderError> {
        let input = self.input;
        let rest = "tables/exposure.parquet";
        let all = notes::messages_of_case(&input).unwrap_or(0);
        self.book.finish(all, |rows, columns| notes::messages(&input, rows, columns), rest, xlsx)
    }
}

/// The privilege list is counsel's: the last column is for nobody else.
pub(super) fn columns(profile: Profile) -> &'static [Column] {
    match profile {
        Profile::Counsel | Profile::Analyst => &COLUMNS,
        Profile::Facts | Profile::Regulator => COLUMNS.split_last().map_or(&COLUMNS, |(_, facts)| facts),
    }
}

const COLUMNS: [Column; 26] = [
    Column::new("class", Kind::Word, "what the records show about the message; see the classes below"),
    Column::new("class_label", Kind::Name, "the same in words"),
    Column::new("name", Kind::Name, "the mailbox, as most records name it"),
    Column::new("department", Kind::Name, "from the examiner's roster"),
    Column::new(
        "internet_message_id",
        Kind::Text,
        "as logged, else as listed. Senders choose ids: one id may stand for several messages",
    ),
    Column::new("subject", Kind::Text, "as listed; empty where no listing was given"),
    Column::new("sender", Kind::Name, "as listed"),
    Column::new("received_utc", Kind::Time, "as listed, UTC; empty where no listing states it"),
    Column::new("first_suspect_utc", Kind::Time, "first suspect access that names it, UTC"),
    Column::new("last_suspect_utc", Kind::Time, "last of these, UTC, inclusive"),
    Column::new("first_access_utc", Kind::Time, "first access by anybody that names it, UTC"),
    Column::new("last_access_utc", Kind::Time, "last of these, UTC, inclusive"),
    Column::new("accesses", Kind::Count, "accesses that name it"),
    Column::new("first_folder", Kind::Name, "folder at the first; a draft and its sent mail share an id"),
    Column::new("last_folder", Kind::Name, "folder at the last"),
    Column::new("reasons", Kind::Name, "every reason that holds, by a blank; see the reasons below"),
    Column::new(
        "near_reasons",
        Kind::Name,
        "those of them that are within 24 hours of a suspect access of the mailbox",
    ),
    Column::new("contexts", Kind::Text, "ways in that name it, by a blank; at most 8"),
    Column::new("service_only", Kind::Truth, "class A by recognised background services only"),
    Column::new("listed", Kind::Truth, "on a listing the examiner gave"),
    Column::new("size_bytes", Kind::Count, "as listed"),
    Column::new("attachments", Kind::Count, "as listed"),
    Column::new("access_no", Kind::Count, "a row of tables/accesses.parquet that names it"),
    Column::new("mailbox_no", Kind::Word, "M and the mailbox's number in the report"),
    Column::new("mailbox", Kind::Text, "key of the mailbox"),
    Column::new("privilege_candidate", Kind::Name, "the examiner's term that matches: a candidate, never more"),
];
