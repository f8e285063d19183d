//! Owns listings as CSV: the messages a mailbox holds or was sent, from whatever export lists them. Streams row by row.
//!
//! What a listing cannot say is noted, never made up: a receipt time with two meanings is "not stated" (an unknown receipt
//! counts as received), a row without a message id is counted.

use std::io::Read;

use mailtrail_model::{Listing, ListingBuilder, ListingKind, ListingRow, MailboxName, UtcMicros};

use super::{
    InputErrors, Loaded,
    table::{Column, Table, optional, required},
    time,
};

pub(super) const COLUMNS: &[Column] = &[
    optional(
        "mailbox",
        &[
            "UserPrincipalName",
            "RecipientEmailAddress",
            "RecipientAddress",
            "Recipient address",
            "Custodian",
            "CustodianEmail",
            "Location Name",
            "Location",
            "MailboxGuid",
            "upn",
        ],
    ),
    required(
        "internet_message_id",
        &["InternetMessageId", "Internet message ID", "MessageId", "Message ID", "message_id"],
    ),
    optional(
        "folder",
        &["FolderPath", "Folder path", "Original Path", "OriginalPath", "ItemPath", "Path", "Compound path"],
    ),
    optional("folder_id", &["FolderId", "ParentFolderId"]),
    optional(
        "received",
        &[
            "ReceivedDateTime",
            "Received (UTC)",
            "received_utc",
            "Date received",
            "DateReceived",
            "DateTimeReceived",
            "Timestamp",
            "origin_timestamp_utc",
            "Email date received",
            "Received or Created",
            "Date",
            "Sent",
        ],
    ),
    optional("subject", &["Subject or Title", "Subject/Title", "message_subject", "Email subject"]),
    optional(
        "sender",
        &[
            "From",
            "SenderAddress",
            "sender_address",
            "SenderFromAddress",
            "Sender or Created by",
            "Email sender",
            "Author",
        ],
    ),
    optional("recipients", &["To", "recipient_status", "Recipients in To line", "Email to", "Expanded recipients"]),
    optional("size_bytes", &["Size", "SizeInBytes", "total_bytes", "MessageSize", "Native size", "EmailSize"]),
    optional("attachments", &["AttachmentCount", "attachment_count", "Attachments"]),
];

/// Reads a listing. `mailbox` is whose it is where it has no mailbox column.
///
/// # Errors
/// Every complaint about it.
pub fn read_listing(
    file: &str,
    reader: impl Read,
    as_of: Option<UtcMicros>,
    mailbox: Option<&MailboxName>,
) -> Result<Loaded<Listing>, InputErrors> {
    let mut table = Table::open("listing", file, reader, COLUMNS)?;
    let (kind, format) = format_of(&table);
    if !table.has("mailbox") && mailbox.is_none() {
        let hint = "name it in the case file: listings = [{ path = \"…\", mailbox = \"ada@contoso.example\" }]";
        return Err(super::load::one(
            mailtrail_model::InputPlace { file: file.into(), at: mailtrail_model::PlaceUnit::Whole },
            "the file does not say whose mailbox it lists".to_owned(),
            Some(hint),
        ));
    }
    if as_of.is_none() && kind == ListingKind::Held {
        table.warn_whole(
            "no as_of: the listing counts as older than the suspect period's end; add as_of in the case file"
                .to_owned(),
        );
    }
    let mut builder = ListingBuilder::new(file.into(), kind, format, as_of);
    let mut noted = Noted::default();
    while table.advance() {
        read_row(&table, mailbox, &mut builder, &mut noted);
    }
    noted.warn(&table);
    let listing = builder.finish();
    let count = listing.len();
    table.finish(listing, count)
}

/// What is counted, not listed: a warning a row would drown the others.
#[derive(Default)]
struct Noted {
    unreadable_received: Counted,
    unreadable_number: Counted,
    without_id: Counted,
}

#[derive(Default)]
struct Counted {
    rows: u64,
    first: Option<(u64, String)>,
}

impl Counted {
    fn add(&mut self, row: u64, text: &str) {
        self.rows += 1;
        self.first.get_or_insert_with(|| (row, text.to_owned()));
    }
}

impl Noted {
    fn warn<R: Read>(&self, table: &Table<R>) {
        for (counted, what) in [
            (
                &self.unreadable_received,
                "received cannot be read with one meaning (write ISO 8601 in UTC); treated as not stated",
            ),
            (&self.unreadable_number, "size or attachment count is no whole number; treated as not stated"),
            (&self.without_id, "no message id: such items cannot be joined, they are only counted"),
        ] {
            if let Some((row, text)) = &counted.first {
                table.warn_whole(format!("{} rows, the first is row {row} (\"{text}\"): {what}", counted.rows));
            }
        }
    }
}

fn read_row<R: Read>(table: &Table<R>, mailbox: Option<&MailboxName>, builder: &mut ListingBuilder, noted: &mut Noted) {
    let row = table.row();
    let named = match (table.cell("mailbox"), mailbox) {
        (Some(_), _) => table.mailbox("mailbox"),
        (None, Some(mailbox)) => Some(mailbox.clone()),
        (None, None) => table.needed("mailbox").and(None),
    };
    let Some(named) = named else { return };
    let folder = table.cell("folder");
    let Some(internet_message_id) = table.cell("internet_message_id") else {
        noted.without_id.add(row, table.cell("subject").unwrap_or_default());
        builder.count_without_id(named.as_str(), folder);
        return;
    };
    let received = table.cell("received").and_then(|text| {
        let time = time::parse_time(text);
        if time.is_none() {
            noted.unreadable_received.add(row, text);
        }
        time
    });
    let mut number = |column| {
        let text = table.cell(column)?;
        let value: Option<u64> = text.parse().ok();
        if value.is_none() {
            noted.unreadable_number.add(row, text);
        }
        value
    };
    let (size_bytes, attachments) = (number("size_bytes"), number("attachments"));
    let taken = builder.push(
        row,
        &ListingRow {
            mailbox: named.as_str(),
            internet_message_id,
            folder,
            folder_id: table.cell("folder_id"),
            received,
            subject: table.cell("subject"),
            sender: table.cell("sender"),
            recipients: table.cell("recipients"),
            size_bytes,
            attachments: attachments.and_then(|count| u32::try_from(count).ok()),
        },
    );
    if !taken {
        let hint = "split the listing into files of fewer rows".to_owned();
        table.complain("internet_message_id", "the listing is too large to hold".to_owned(), Some(hint));
    }
}

/// Which export it is, by columns only it has.
fn format_of<R: Read>(table: &Table<R>) -> (ListingKind, &'static str) {
    if table.has_header("NetworkMessageId") && table.has_header("RecipientEmailAddress") {
        (ListingKind::Delivered, "Defender EmailEvents")
    } else if table.has_header("RecipientAddress") || table.has_header("recipient_status") {
        (ListingKind::Delivered, "message trace")
    } else if table.has_header("Compound path") || table.has_header("Item class") || table.has_header("Custodian") {
        (ListingKind::Held, "Purview item report")
    } else if table.has_header("Original Path") || table.has_header("Location Name") {
        (ListingKind::Held, "content search report")
    } else {
        (ListingKind::Held, "plain CSV")
    }
}
