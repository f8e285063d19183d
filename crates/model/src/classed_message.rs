//! Owns one message of one mailbox with what the records say about it: a row of `exposure`, as whoever reads that table hands it
//! on. Borrowed: there may be millions, and nobody holds them.

use crate::{ExposureClass, UtcMicros};

/// A row of `tables/exposure`. The fields are docs/TABLES.md's columns, under their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassedMessage<'a> {
    /// Key of the mailbox.
    pub mailbox: &'a str,
    /// As logged, else as listed.
    pub internet_message_id: Option<&'a str>,
    /// Digest of the id, in hex.
    pub message_key: &'a str,
    /// What the records say.
    pub class: ExposureClass,
    /// Every reason that holds, by a blank.
    pub reasons: Option<&'a str>,
    /// Those of them that are near a suspect access.
    pub near_reasons: Option<&'a str>,
    /// Whether it is on a listing.
    pub listed: bool,
    /// When the mailbox received it, as listed.
    pub received: Option<UtcMicros>,
    /// Accesses that name it.
    pub accesses: u64,
    /// First of them.
    pub first_access: Option<UtcMicros>,
    /// Last of them, inclusive.
    pub last_access: Option<UtcMicros>,
    /// First suspect access that names it.
    pub first_suspect: Option<UtcMicros>,
    /// Last of these, inclusive.
    pub last_suspect: Option<UtcMicros>,
    /// Folder at the first.
    pub first_folder: Option<&'a str>,
    /// Folder at the last.
    pub last_folder: Option<&'a str>,
    /// Ways in that name it, by a blank.
    pub contexts: Option<&'a str>,
    /// Class A by recognised background services only.
    pub service_only: bool,
    /// A row of `accesses` that names it.
    pub access_no: Option<u64>,
    /// As listed.
    pub subject: Option<&'a str>,
    /// As listed.
    pub sender: Option<&'a str>,
    /// As listed.
    pub size_bytes: Option<u64>,
    /// As listed.
    pub attachments: Option<u64>,
    /// The examiner's term that matches: a candidate, never more.
    pub privilege_candidate: Option<&'a str>,
}
