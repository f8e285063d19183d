//! Owns the seam between tables of millions of rows and what shows the first of them: `timeline` implements it over its tables,
//! pages and charts ask it. Millions of rows never sit in a `Timeline`; whoever asks says how many it can take.

use std::{collections::BTreeSet, fmt};

use crate::{Attribution, ExposureClass, ExposureTotals, MailboxKey, Reason, UtcMicros};

/// Whose rows are wanted.
#[derive(Clone, Copy, Debug)]
pub enum RowScope<'a> {
    /// Those of every mailbox.
    All,
    /// Those of these mailboxes.
    Of(&'a BTreeSet<MailboxKey>),
}

impl RowScope<'_> {
    /// Whether rows of this mailbox are wanted.
    #[must_use]
    pub fn holds(&self, mailbox: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(mailboxes) => mailboxes.contains(mailbox),
        }
    }
}

/// One message of one mailbox, with its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// The mailbox.
    pub mailbox: MailboxKey,
    /// The message id, as logged, else as listed.
    pub internet_message_id: Option<String>,
    /// Its class.
    pub class: ExposureClass,
    /// Every reason that holds.
    pub reasons: Vec<Reason>,
    /// On a listing.
    pub listed: bool,
    /// When it was received, where a listing states it.
    pub received: Option<UtcMicros>,
    /// Records that name it.
    pub accesses: u64,
    /// The first of them.
    pub first_access: Option<UtcMicros>,
    /// The last of them.
    pub last_access: Option<UtcMicros>,
    /// The first suspect one.
    pub first_suspect: Option<UtcMicros>,
    /// The last suspect one.
    pub last_suspect: Option<UtcMicros>,
    /// The folder it was first named in.
    pub first_folder: Option<String>,
    /// The folder it was last named in.
    pub last_folder: Option<String>,
    /// Ids of the ways in that name it; ends in `…` where there are more.
    pub contexts: Vec<String>,
    /// Its subject, where a listing states it.
    pub subject: Option<String>,
    /// Its sender, where a listing states it.
    pub sender: Option<String>,
    /// The matters it may belong to, by the examiner's terms: a candidate, never more.
    pub privilege_candidate: Option<String>,
}

/// Messages of one folder by class. One path in several mailboxes is one folder here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderCount {
    /// The folder a record names the message in; `None` where no record names it in one.
    pub folder: Option<String>,
    /// Its messages.
    pub totals: ExposureTotals,
}

/// Access records of one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourCount {
    /// The start of the hour, UTC.
    pub hour: UtcMicros,
    /// What the examiner says of them.
    pub attribution: Attribution,
    /// Records.
    pub records: u64,
}

/// Messages that a way in named for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The way in (`C0a1b2c3d`).
    pub context: String,
    /// What the examiner says of the accesses that named them.
    pub attribution: Attribution,
    /// The start of the hour, UTC.
    pub at: UtcMicros,
    /// Distinct messages (per mailbox) that such accesses of this way in had not named before.
    pub new_messages: u64,
}

/// Rows could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the tables of the case cannot be read back")]
pub struct RowsError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Rows of a case's tables, on demand.
pub trait Rows: fmt::Debug + Sync {
    /// At most `limit` messages, strongest class first, then in the order of mailboxes and keys. Memory grows with `limit`.
    ///
    /// # Errors
    /// If a table is missing or damaged.
    fn messages(&self, scope: RowScope<'_>, limit: usize) -> Result<Vec<MessageRow>, RowsError>;

    /// Messages by folder and class: folders with the strongest classes first.
    ///
    /// # Errors
    /// If a table is missing or damaged.
    fn folders(&self, scope: RowScope<'_>) -> Result<Vec<FolderCount>, RowsError>;

    /// Access records of the window by hour and attribution, in that order.
    ///
    /// # Errors
    /// If a table is missing or damaged.
    fn hours(&self, scope: RowScope<'_>) -> Result<Vec<HourCount>, RowsError>;

    /// First namings of the window by way in, attribution and hour, in that order.
    ///
    /// # Errors
    /// If a table is missing or damaged.
    fn growth(&self, scope: RowScope<'_>) -> Result<Vec<Growth>, RowsError>;
}
