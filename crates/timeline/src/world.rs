//! Owns small worlds for tests: rows of accesses made by hand, without tables.

use mailtrail_model::{CaseInputs, MailAccessType, ThrottleState, UtcMicros};

use crate::{
    facts::{Facts, Flags},
    items::Items,
};

/// One minute, in microseconds.
pub(crate) const MINUTE: i64 = UtcMicros::MINUTE;
/// One hour.
pub(crate) const HOUR: i64 = UtcMicros::HOUR;
/// One day.
pub(crate) const DAY: i64 = UtcMicros::DAY;

/// One access of a test world.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// `CreationTime`.
    pub(crate) created: i64,
    /// The mailbox key.
    pub(crate) mailbox: String,
    /// `MailboxOwnerUPN`.
    pub(crate) upn: String,
    /// UserId, UserType, LogonType, AppId, ClientAppId, effective app, ClientInfoString, DeviceId; empty for "not stated".
    pub(crate) key: [String; 8],
    /// Address.
    pub(crate) address: String,
    /// Token session.
    pub(crate) token: String,
    /// It is an AADSessionId.
    pub(crate) token_is_aad: bool,
    /// `UniqueTokenId`.
    pub(crate) unique_token: String,
    /// Kind, throttle and the rest.
    pub(crate) flags: Flags,
    /// (message id, folder) of each item.
    pub(crate) items: Vec<(String, String)>,
    /// Folders of a Sync.
    pub(crate) folders: Vec<String>,
}

/// A Bind of `mailbox` by its owner's browser at `at`, throttling stated as No.
pub(crate) fn bind(mailbox: &str, at: i64) -> Row {
    let flags = Flags::new(MailAccessType::Bind, ThrottleState::No).with_succeeded(true).with_in_window(true);
    let owner = format!("{mailbox}@contoso.example");
    Row {
        created: at,
        mailbox: format!("org/{mailbox}"),
        upn: owner.clone(),
        key: [&*owner, "Regular", "Owner", "app", "", "app", "Client=OWA;Mozilla/5.0;", ""].map(str::to_owned),
        address: "198.51.100.7".to_owned(),
        token: String::new(),
        token_is_aad: false,
        unique_token: String::new(),
        flags,
        items: Vec::new(),
        folders: Vec::new(),
    }
}

impl Row {
    /// Another kind of access.
    pub(crate) fn kind(mut self, kind: MailAccessType, throttled: ThrottleState) -> Self {
        let in_window = self.flags.in_window();
        self.flags = Flags::new(kind, throttled).with_succeeded(true).with_in_window(in_window);
        self
    }

    /// From another address.
    pub(crate) fn from(mut self, address: &str) -> Self {
        self.address = address.to_owned();
        self
    }

    /// In a token session (SessionId).
    pub(crate) fn token(mut self, token: &str) -> Self {
        self.token = token.to_owned();
        self
    }

    /// Naming messages in `\Inbox`.
    pub(crate) fn naming(mut self, ids: &[&str]) -> Self {
        self.items = ids.iter().map(|id| ((*id).to_owned(), "inbox".to_owned())).collect();
        self
    }

    /// Synchronising a folder.
    pub(crate) fn sync(mut self, folder: &str) -> Self {
        self.folders = vec![folder.to_owned()];
        self.kind(MailAccessType::Sync, ThrottleState::No)
    }
}

/// The facts and items of some rows.
pub(crate) fn world(rows: &[Row]) -> (Facts, Items) {
    world_of(rows, &CaseInputs::default())
}

/// The same with a roster.
pub(crate) fn world_with(rows: &[Row], roster: &[mailtrail_model::RosterEntry]) -> (Facts, Items) {
    world_of(rows, &CaseInputs { roster: roster.to_vec(), ..CaseInputs::default() })
}

/// The same with everything an examiner states.
pub(crate) fn world_of(rows: &[Row], case: &CaseInputs) -> (Facts, Items) {
    let facts = crate::load::of_rows(rows, case);
    let numbered = || (0u32..).zip(rows);
    let items: Vec<_> = numbered()
        .flat_map(|(no, row)| {
            row.items.iter().map(move |(id, folder)| (no, Some(&**id).filter(|id| !id.is_empty()), &**folder, Some(1)))
        })
        .collect();
    let syncs: Vec<_> =
        numbered().flat_map(|(no, row)| row.folders.iter().map(move |folder| (no, &**folder))).collect();
    let items = Items::of_rows(&facts, &items, &syncs);
    (facts, items)
}
