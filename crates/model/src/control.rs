//! Owns controls: statements from outside the audit log about what the log could see. None makes a D alone.

use crate::{InputPlace, Interval, MailboxName, UtcMicros};

/// One row of a control.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// Where it stands.
    pub place: InputPlace,
    /// The moment it shows. Settings are carried to other times only by the audit log's own change events.
    pub as_of: Option<UtcMicros>,
    /// What it states.
    pub statement: ControlStatement,
}

/// What a control states.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlStatement {
    /// Folder statistics: how many items a folder holds.
    FolderStatistics {
        /// The mailbox.
        mailbox: MailboxName,
        /// Path, `/` between names, as stated.
        folder: String,
        /// Store id, where stated.
        folder_id: Option<String>,
        /// Items in the folder (not in its subfolders).
        items: u64,
    },
    /// Audit settings of a mailbox.
    AuditSettings {
        /// The mailbox.
        mailbox: MailboxName,
        /// `AuditEnabled`.
        enabled: Option<bool>,
        /// `AuditOwner`, `AuditDelegate`, `AuditAdmin`; `None` where not stated.
        owner: Option<AuditList>,
        /// See `owner`.
        delegate: Option<AuditList>,
        /// See `owner`.
        admin: Option<AuditList>,
    },
    /// Whether the licence of a mailbox includes MailItemsAccessed.
    Licence {
        /// The mailbox.
        mailbox: MailboxName,
        /// Licence names, as stated.
        licence: String,
        /// Whether it includes MailItemsAccessed.
        recording: Recording,
        /// When it held, where stated.
        span: Option<Interval>,
    },
    /// `AuditDisabled` of the organisation, or unified audit ingestion switched off.
    OrganizationAudit {
        /// Whether auditing was on.
        recording: Recording,
        /// When it held, where stated.
        span: Option<Interval>,
    },
    /// An actor on the audit bypass list: what it does is recorded nowhere.
    Bypass {
        /// The account.
        actor: String,
        /// When it was on the list, where stated; else at `as_of` and, unchanged, at all times.
        span: Option<Interval>,
    },
    /// A mailbox's geography, or an actor's.
    Geo {
        /// Account or mailbox.
        principal: String,
        /// The geography code.
        geo: String,
    },
    /// Someone may reach a mailbox: permission, application role, mailbox scope of an application.
    Permission {
        /// Account, or application id.
        principal: String,
        /// The mailbox; `None` for every mailbox of the tenant.
        mailbox: Option<MailboxName>,
        /// The right, as stated (`FullAccess`, `Mail.Read`, `full_access_as_app`).
        right: String,
        /// When it held, where stated.
        span: Option<Interval>,
    },
    /// A record that a second audit source holds.
    AuditRecord {
        /// `Id`, lower case.
        record_id: String,
        /// Its time, where stated.
        created: Option<UtcMicros>,
        /// Its mailbox, where stated.
        mailbox: Option<MailboxName>,
    },
}

impl ControlStatement {
    /// The spelling in files.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FolderStatistics { .. } => "folder-statistics",
            Self::AuditSettings { .. } => "audit-settings",
            Self::Licence { .. } => "licence",
            Self::OrganizationAudit { .. } => "organization-audit",
            Self::Bypass { .. } => "bypass",
            Self::Geo { .. } => "geo",
            Self::Permission { .. } => "permission",
            Self::AuditRecord { .. } => "audit-record",
        }
    }
}

/// The operations one audit list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditList {
    /// Operations, sorted, as spelled.
    pub operations: Vec<String>,
}

impl AuditList {
    /// Whether it holds an operation.
    #[must_use]
    pub fn has(&self, operation: &str) -> bool {
        self.operations.iter().any(|one| one.eq_ignore_ascii_case(operation))
    }
}

/// Whether something is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recording {
    /// It is.
    On,
    /// It is not.
    Off,
}
