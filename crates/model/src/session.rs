//! Owns what we infer about ways in: access contexts and sessions. Presentation units; no exposure class depends on a session.

use crate::{Attribution, Interval, MailboxKey};

/// Which key held a session together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionBasis {
    /// `AppAccessContext.AADSessionId`.
    AadSession,
    /// `SessionId`.
    SessionId,
    /// Neither is stated: the access context without addresses.
    Context,
}

impl SessionBasis {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AadSession => "aad-session",
            Self::SessionId => "session-id",
            Self::Context => "context",
        }
    }
}

/// A way in: actor, user type, logon type, both application ids, client family, device. Addresses are attributes, not key.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessContext {
    /// `C` and eight hex digits of the key's digest: stable across runs.
    pub id: String,
    /// `UserId`.
    pub user_id: Option<String>,
    /// `UserType`, Microsoft's name.
    pub user_type: Option<String>,
    /// `LogonType`, Microsoft's name.
    pub logon_type: Option<String>,
    /// `AppId`.
    pub app_id: Option<String>,
    /// `ClientAppId`.
    pub client_app_id: Option<String>,
    /// The effective application.
    pub effective_app: Option<String>,
    /// Client family (`REST`, `OWA`, `WebServices`, `MSExchangeRPC`, …).
    pub client_family: String,
    /// `DeviceId`.
    pub device_id: Option<String>,
    /// Recorded by an application in the owner's name (UserType 5 or 6).
    pub app_only: bool,
    /// Recognised as a Microsoft background service, positively and by the dated list.
    pub service: bool,
    /// What the examiner says of it, over all its accesses (the strongest).
    pub attribution: Attribution,
    /// First to last record, end exclusive.
    pub span: Interval,
    /// Records.
    pub records: u64,
    /// Distinct messages over all mailboxes.
    pub messages: u64,
    /// Mailboxes.
    pub mailboxes: u64,
    /// Distinct addresses.
    pub addresses: u64,
}

/// A maximal run of accesses of one mailbox by one way in, with no silence longer than the idle gap.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessSession {
    /// `V` and the number in (mailbox, start) order.
    pub id: String,
    /// The mailbox.
    pub mailbox: MailboxKey,
    /// The way in.
    pub context: String,
    /// Which key held it together.
    pub basis: SessionBasis,
    /// The token session's value, where the basis is one.
    pub token_session: Option<String>,
    /// First to last record (the last record's own time is `end`, inclusive: a session of one record has start = end).
    pub span: Interval,
    /// May go on before its start (source edge, blind period or window within the idle gap).
    pub open_start: bool,
    /// May go on after its end.
    pub open_end: bool,
    /// The strongest attribution of its accesses.
    pub attribution: Attribution,
    /// Records.
    pub records: u64,
    /// Bind records.
    pub binds: u64,
    /// Sync records.
    pub syncs: u64,
    /// Items named.
    pub items: u64,
    /// Distinct messages named.
    pub messages: u64,
    /// Distinct folders, by id.
    pub folders: u64,
    /// Sum of the distinct messages' sizes, where stated.
    pub bytes: Option<u64>,
    /// Records with IsThrottled True.
    pub throttled: u64,
    /// Distinct addresses, sorted, at most 20.
    pub addresses: Vec<String>,
    /// Number of distinct addresses.
    pub address_count: u64,
}
