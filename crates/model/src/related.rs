//! Owns an event of another operation that explains an access: sign-ins, consents, rules, audit settings, sends, deletions.

use crate::{Locator, UtcMicros, access::Text};

/// A record of another operation that is kept because it tells the story around an access.
#[derive(Clone, Debug, PartialEq)]
pub struct RelatedEvent<'a> {
    /// Where it stands.
    pub locator: Locator,
    /// `Id`.
    pub record_id: Text<'a>,
    /// `CreationTime`.
    pub created: UtcMicros,
    /// `Operation`, as logged.
    pub operation: std::borrow::Cow<'a, str>,
    /// `UserId`.
    pub user_id: Text<'a>,
    /// `MailboxOwnerUPN`, else the target the record names (`ObjectId`).
    pub target: Text<'a>,
    /// Normalized address, where stated.
    pub address: Option<String>,
    /// Effective application, where stated.
    pub app: Text<'a>,
    /// `ResultStatus`.
    pub result_status: Text<'a>,
    /// The telling parameters (`Parameters`, `ModifiedProperties`), one `Name=Value` a line; at most 4 KiB.
    pub detail: Text<'a>,
}
