//! Owns one audit record as data, and its body (`AuditData`) as the service of a given year writes it.
//!
//! Exports wrap the same record in many containers; none of them may know more than this.

mod body;

use std::sync::Arc;

use crate::{
    context::Context,
    folder::Store,
    second::Second,
    tenant::{Mailbox, Tenant},
};

pub(crate) use body::{NameFirst, folders_json, item_json, operation_properties};

/// Which fields the service writes. Fields came and went; the years are those in which public records show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Schema {
    /// Items by message id only.
    Y2021,
    /// `SizeInBytes`; applications carry `AppAccessContext`.
    Y2023,
    /// Item `Id` and `ClientRequestId`; `AADSessionId` beside `SessionId`; background services are `UserType` 5.
    Y2024,
    /// `ImmutableId`, `DeviceId`, token ids; neither `SessionId` nor `IsThrottled`.
    Y2025,
}

impl Schema {
    /// Every year.
    pub const ALL: [Self; 4] = [Self::Y2021, Self::Y2023, Self::Y2024, Self::Y2025];

    /// The year, as text.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Y2021 => "2021",
            Self::Y2023 => "2023",
            Self::Y2024 => "2024",
            Self::Y2025 => "2025",
        }
    }

    /// The schema of a year.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|schema| schema.name() == name)
    }
}

/// One record of the unified audit log.
#[derive(Clone, Debug)]
pub struct Record {
    /// `Id`.
    pub id: Arc<str>,
    /// `CreationTime`.
    pub created: Second,
    /// When it could first be exported.
    pub available: Second,
    /// Which fields it has.
    pub schema: Schema,
    /// `OrganizationId`.
    pub organization_id: Arc<str>,
    /// `OrganizationName`.
    pub organization_name: Arc<str>,
    /// What happened.
    pub event: Event,
    /// How the body stands in a cell of a CSV.
    pub layout: Layout,
}

/// How a body is laid out in a CSV cell. Elsewhere it is always compact: a line is a record there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// On one line.
    #[default]
    Compact,
    /// Over many: raw line ends inside the cell.
    Lines,
}

/// What a record is about.
#[derive(Clone, Debug)]
pub enum Event {
    /// MailItemsAccessed, Bind.
    Bind {
        /// Where and how.
        access: Access,
        /// The messages.
        items: Vec<Item>,
    },
    /// AttachmentAccess: the attachments of one message (from 2025). It names the message by its store id only.
    Attachment {
        /// Where and how.
        access: Access,
        /// The message.
        item: Item,
    },
    /// MailItemsAccessed, Sync.
    Sync {
        /// Where and how.
        access: Access,
    },
    /// A mailbox operation on one or several messages (`Send`, `HardDelete`, …).
    Mailbox {
        /// `Operation`.
        operation: &'static str,
        /// Where and how.
        access: Access,
        /// The messages, with their subjects.
        items: Vec<(Item, String)>,
    },
    /// A sign-in (`UserLoggedIn`, `UserLoginFailed`).
    SignIn(SignIn),
    /// A change in the directory (`Consent to application.`, …).
    Directory(Directory),
    /// An Exchange cmdlet (`New-InboxRule`, …).
    Admin(Admin),
}

/// Where and how a mailbox was reached.
#[derive(Clone, Debug)]
pub struct Access {
    /// The way in.
    pub context: Arc<Context>,
    /// `MailboxGuid`.
    pub mailbox_guid: Arc<str>,
    /// `MailboxOwnerUPN`.
    pub mailbox_upn: Arc<str>,
    /// `MailboxOwnerSid`.
    pub mailbox_sid: Arc<str>,
    /// `OriginatingServer`, without the line end.
    pub server: Arc<str>,
    /// Store of the mailbox: item ids are made of it.
    pub store: Store,
    /// Folder id.
    pub folder_id: Arc<str>,
    /// Folder path.
    pub folder_path: Arc<str>,
    /// Folder name.
    pub folder_name: Arc<str>,
    /// Folder counter.
    pub folder_counter: u64,
    /// `IsThrottled`.
    pub throttled: bool,
}

impl Access {
    /// An access to a folder of a mailbox.
    #[must_use]
    pub fn new(mailbox: &Mailbox, folder: usize, context: Arc<Context>) -> Self {
        let folder = &mailbox.folders.list[folder];
        Self {
            context,
            mailbox_guid: mailbox.guid.clone(),
            mailbox_upn: mailbox.upn.clone(),
            mailbox_sid: mailbox.sid.clone(),
            server: mailbox.server.clone(),
            store: mailbox.folders.store,
            folder_id: folder.id.clone(),
            folder_path: folder.path.clone(),
            folder_name: folder.name.as_str().into(),
            folder_counter: folder.counter,
            throttled: false,
        }
    }
}

/// One message in a record.
#[derive(Clone, Debug)]
pub struct Item {
    /// `InternetMessageId`.
    pub internet_message_id: Arc<str>,
    /// `SizeInBytes`.
    pub size_bytes: i64,
    /// The message's number in its mailbox: store ids are made of it.
    pub number: u64,
}

/// A sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// `UserId`.
    pub user_id: Arc<str>,
    /// `UserKey`: the account's object id.
    pub user_key: Arc<str>,
    /// `ClientIP`.
    pub address: Arc<str>,
    /// The application signed in to.
    pub application_id: Arc<str>,
    /// `SessionId` of the token family, on success.
    pub session: Option<Arc<str>>,
    /// User agent.
    pub user_agent: &'static str,
    /// Error number and name; `None` on success.
    pub failure: Option<(&'static str, &'static str)>,
}

/// A change in the directory.
#[derive(Clone, Debug)]
pub struct Directory {
    /// `Operation`, with Microsoft's full stop.
    pub operation: &'static str,
    /// `UserId`.
    pub user_id: Arc<str>,
    /// `ObjectId`.
    pub object_id: Arc<str>,
    /// What it was done to: name and object id.
    pub target: (Arc<str>, Arc<str>),
    /// `ModifiedProperties`: name, old value, new value.
    pub modified: Vec<(&'static str, String, String)>,
}

/// An Exchange cmdlet.
#[derive(Clone, Debug)]
pub struct Admin {
    /// `Operation`.
    pub operation: &'static str,
    /// `UserId`.
    pub user_id: Arc<str>,
    /// `ClientIP`.
    pub address: Arc<str>,
    /// `ObjectId`.
    pub object_id: String,
    /// `Parameters`.
    pub parameters: Vec<(&'static str, String)>,
}

impl Record {
    /// A record of a tenant. The id's first half is random, its tail counts up with time as SQL's sequential GUIDs do.
    #[must_use]
    pub fn new(tenant: &Tenant, schema: Schema, created: Second, event: Event, rng: &mut crate::rng::Rng) -> Self {
        let id = match event {
            Event::Bind { .. } => rng.guid(),
            _ => {
                let tail = 0x08db_0000_0000_i64 + (created.0 - 1_672_531_200) * 64 + rng.between(0, 63);
                format!("{}-{:012x}", &rng.guid()[..23], tail & 0xffff_ffff_ffff)
            }
        };
        // Median near 10 minutes, a tail of hours: no service level is promised.
        let latency = crate::rng::whole(560.0 * rng.lognormal(0.35)).clamp(330, 4_000)
            + if rng.chance(0.004) { rng.between(3_600, 50_000) } else { 0 };
        Self {
            id: id.into(),
            created,
            available: created.plus(latency),
            schema,
            organization_id: tenant.organization_id.clone(),
            organization_name: tenant.organization_name.clone(),
            event,
            layout: Layout::Compact,
        }
    }

    /// `Operation`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match &self.event {
            Event::Bind { .. } | Event::Sync { .. } => "MailItemsAccessed",
            Event::Attachment { .. } => "AttachmentAccess",
            Event::Mailbox { operation, .. } => operation,
            Event::SignIn(sign_in) if sign_in.failure.is_some() => "UserLoginFailed",
            Event::SignIn(_) => "UserLoggedIn",
            Event::Directory(directory) => directory.operation,
            Event::Admin(admin) => admin.operation,
        }
    }

    /// `RecordType`, as number and as name.
    #[must_use]
    pub fn record_type(&self) -> (i64, &'static str) {
        match &self.event {
            Event::Bind { .. } | Event::Attachment { .. } => (50, "ExchangeItemAggregated"),
            Event::Sync { .. } => (2, "ExchangeItem"),
            Event::Mailbox { operation, .. } if *operation == "Send" => (2, "ExchangeItem"),
            Event::Mailbox { .. } => (3, "ExchangeItemGroup"),
            Event::SignIn(_) => (15, "AzureActiveDirectoryStsLogon"),
            Event::Directory(_) => (8, "AzureActiveDirectory"),
            Event::Admin(_) => (1, "ExchangeAdmin"),
        }
    }

    /// `Workload`.
    #[must_use]
    pub fn workload(&self) -> &'static str {
        match &self.event {
            Event::SignIn(_) | Event::Directory(_) => "AzureActiveDirectory",
            _ => "Exchange",
        }
    }

    /// `UserId`.
    #[must_use]
    pub fn user_id(&self) -> &str {
        match &self.event {
            Event::Bind { access, .. }
            | Event::Sync { access }
            | Event::Attachment { access, .. }
            | Event::Mailbox { access, .. } => &access.context.user_id,
            Event::SignIn(sign_in) => &sign_in.user_id,
            Event::Directory(directory) => &directory.user_id,
            Event::Admin(admin) => &admin.user_id,
        }
    }

    /// The mailbox access, where it is one (MailItemsAccessed).
    #[must_use]
    pub fn access(&self) -> Option<&Access> {
        match &self.event {
            Event::Bind { access, .. } | Event::Sync { access } => Some(access),
            _ => None,
        }
    }

    /// The messages named (MailItemsAccessed, Bind).
    #[must_use]
    pub fn items(&self) -> &[Item] {
        match &self.event {
            Event::Bind { items, .. } => items,
            _ => &[],
        }
    }
}
