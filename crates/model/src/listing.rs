//! Owns a listing: the messages a mailbox holds, or that were delivered to it, by a source other than the audit log.
//! Columnar, because a listing can be millions of rows; equal texts are held once. Reading one is `ingest::inputs::listing`.

use std::{collections::BTreeMap, sync::Arc};

use crate::{InputPlace, PlaceUnit, UtcMicros};

/// What kind of listing it is: what a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListingKind {
    /// Messages that lay in the mailbox on the listing's date (Purview item report, content search, PST listing, plain CSV).
    Held,
    /// Messages that were delivered or sent (message trace, EmailEvents): they may be gone since.
    Delivered,
}

impl ListingKind {
    /// The spelling in reports and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Delivered => "delivered",
        }
    }
}

/// One row, borrowed from the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingRow<'a> {
    /// The mailbox, lower case, as the listing names it (address, GUID).
    pub mailbox: &'a str,
    /// The message id, as listed.
    pub internet_message_id: &'a str,
    /// Where it lay; a path for a [`ListingKind::Held`] listing.
    pub folder: Option<&'a str>,
    /// The folder's store id, where the listing has one: the join key.
    pub folder_id: Option<&'a str>,
    /// Received or delivered.
    pub received: Option<UtcMicros>,
    /// Subject.
    pub subject: Option<&'a str>,
    /// Sender.
    pub sender: Option<&'a str>,
    /// Recipients, as listed.
    pub recipients: Option<&'a str>,
    /// Size.
    pub size_bytes: Option<u64>,
    /// Number of attachments.
    pub attachments: Option<u32>,
}

/// A listing in columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The file.
    pub file: Arc<str>,
    /// What it shows.
    pub kind: ListingKind,
    /// Which known export it looks like, in words (`Purview item report`, `plain CSV`, …).
    pub format: &'static str,
    /// The moment it shows.
    pub as_of: Option<UtcMicros>,
    /// The texts of every row, one after another, without repeats.
    texts: String,
    /// Start of each text in `texts`; text `n` ends where text `n + 1` starts.
    starts: Vec<u64>,
    rows: Vec<Row>,
    without_id: BTreeMap<(Box<str>, Option<Box<str>>), u64>,
}

/// Text numbers count from 1; 0 is "not stated".
#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    file_row: u32,
    mailbox: u32,
    internet_message_id: u32,
    folder: u32,
    folder_id: u32,
    subject: u32,
    sender: u32,
    recipients: u32,
    attachments: Option<u32>,
    received: Option<UtcMicros>,
    size_bytes: Option<u64>,
}

impl Listing {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows, in file order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = ListingRow<'_>> {
        self.rows.iter().map(|row| self.borrowed(row))
    }

    /// Row `index` of [`Self::rows`].
    #[must_use]
    pub fn row(&self, index: usize) -> Option<ListingRow<'_>> {
        self.rows.get(index).map(|row| self.borrowed(row))
    }

    fn borrowed(&self, row: &Row) -> ListingRow<'_> {
        ListingRow {
            mailbox: self.text(row.mailbox).unwrap_or_default(),
            internet_message_id: self.text(row.internet_message_id).unwrap_or_default(),
            folder: self.text(row.folder),
            folder_id: self.text(row.folder_id),
            received: row.received,
            subject: self.text(row.subject),
            sender: self.text(row.sender),
            recipients: self.text(row.recipients),
            size_bytes: row.size_bytes,
            attachments: row.attachments,
        }
    }

    /// Rows without a message id by mailbox and folder: they cannot be joined, but a folder's count includes them.
    pub fn without_id(&self) -> impl Iterator<Item = (&str, Option<&str>, u64)> {
        self.without_id.iter().map(|((mailbox, folder), rows)| (&**mailbox, folder.as_deref(), *rows))
    }

    /// Where row `index` of [`Self::rows`] stands in its file.
    #[must_use]
    pub fn place(&self, index: usize) -> InputPlace {
        let at = self.rows.get(index).map_or(PlaceUnit::Whole, |row| PlaceUnit::Row(row.file_row.into()));
        InputPlace { file: self.file.clone(), at }
    }

    /// The mailboxes it names, sorted, without repeats.
    #[must_use]
    pub fn mailboxes(&self) -> Vec<&str> {
        let numbers: std::collections::BTreeSet<u32> = self.rows.iter().map(|row| row.mailbox).collect();
        let mut names: Vec<&str> = numbers.into_iter().filter_map(|number| self.text(number)).collect();
        names.sort_unstable();
        names
    }

    fn text(&self, number: u32) -> Option<&str> {
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        let start = usize::try_from(*self.starts.get(at)?).ok()?;
        let end = match self.starts.get(at + 1) {
            Some(next) => usize::try_from(*next).ok()?,
            None => self.texts.len(),
        };
        self.texts.get(start..end)
    }
}

/// Fills a [`Listing`] row by row.
#[derive(Debug)]
pub struct ListingBuilder {
    listing: Listing,
    /// Repeating texts only (mailboxes, folders, senders, recipients): message ids and subjects rarely repeat, and a map
    /// over them would cost more than it saves.
    seen: BTreeMap<Box<str>, u32>,
}

impl ListingBuilder {
    /// An empty listing.
    #[must_use]
    pub fn new(file: Arc<str>, kind: ListingKind, format: &'static str, as_of: Option<UtcMicros>) -> Self {
        let listing = Listing {
            file,
            kind,
            format,
            as_of,
            texts: String::new(),
            starts: Vec::new(),
            rows: Vec::new(),
            without_id: BTreeMap::new(),
        };
        Self { listing, seen: BTreeMap::new() }
    }

    /// Adds the row that stands in row `file_row` of the file; `false` if the listing is full (2³² texts or rows).
    #[must_use]
    pub fn push(&mut self, file_row: u64, row: &ListingRow<'_>) -> bool {
        self.try_push(file_row, row).is_some()
    }

    fn try_push(&mut self, file_row: u64, row: &ListingRow<'_>) -> Option<()> {
        let row = Row {
            file_row: u32::try_from(file_row).ok()?,
            mailbox: self.shared(Some(row.mailbox))?,
            internet_message_id: self.add(row.internet_message_id)?,
            folder: self.shared(row.folder)?,
            folder_id: self.shared(row.folder_id)?,
            subject: row.subject.map_or(Some(0), |text| self.add(text))?,
            sender: self.shared(row.sender)?,
            recipients: self.shared(row.recipients)?,
            attachments: row.attachments,
            received: row.received,
            size_bytes: row.size_bytes,
        };
        self.listing.rows.push(row);
        Some(())
    }

    /// Counts a row without a message id.
    pub fn count_without_id(&mut self, mailbox: &str, folder: Option<&str>) {
        *self.listing.without_id.entry((mailbox.into(), folder.map(Into::into))).or_default() += 1;
    }

    /// The listing.
    #[must_use]
    pub fn finish(self) -> Listing {
        self.listing
    }

    fn shared(&mut self, text: Option<&str>) -> Option<u32> {
        let Some(text) = text else { return Some(0) };
        if let Some(number) = self.seen.get(text) {
            return Some(*number);
        }
        let number = self.add(text)?;
        self.seen.insert(text.into(), number);
        Some(number)
    }

    fn add(&mut self, text: &str) -> Option<u32> {
        self.listing.starts.push(u64::try_from(self.listing.texts.len()).ok()?);
        self.listing.texts.push_str(text);
        u32::try_from(self.listing.starts.len()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in() {
        let row = |id, folder| ListingRow {
            mailbox: "ada@contoso.example",
            internet_message_id: id,
            folder,
            folder_id: None,
            received: Some(UtcMicros(5)),
            subject: Some("Re: budget"),
            sender: None,
            recipients: None,
            size_bytes: Some(7),
            attachments: None,
        };
        let rows = [row("<a@x>", Some("\\Inbox")), row("<b@x>", None), row("<c@x>", Some("\\Inbox"))];
        let mut builder = ListingBuilder::new("l.csv".into(), ListingKind::Held, "plain CSV", None);
        for (at, row) in rows.iter().enumerate() {
            assert!(builder.push(at as u64 + 1, row));
        }
        let listing = builder.finish();
        assert_eq!(listing.rows().collect::<Vec<_>>(), rows);
        assert_eq!(listing.mailboxes(), ["ada@contoso.example"]);
        assert_eq!(listing.place(1).to_string(), "l.csv: row 2");
    }
}
