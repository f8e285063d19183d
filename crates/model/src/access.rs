//! Owns one audit record after normalization: an access. Borrowed from the block of bytes it was cut from.

use std::borrow::Cow;

use crate::{
    AccessTypeBasis, Folder, IssueCode, Locator, LogonType, MailAccessType, MailboxKey, Origin, RecordType,
    ThrottleState, UserType, UtcMicros,
};

/// A text a record may state. `None` where it does not; never an empty string.
pub type Text<'a> = Option<Cow<'a, str>>;

/// One MailItemsAccessed (or AttachmentAccess) record. Microsoft's fields keep Microsoft's names.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessRecord<'a> {
    /// Where it stands in which source.
    pub locator: Locator,
    /// `Id`: lower case if it is a GUID, else as logged (anonymised exports).
    pub record_id: Cow<'a, str>,
    /// `CreationTime`: when the *record* was made; a Bind's items were accessed in the two minutes before.
    pub created: UtcMicros,
    /// `RecordType`, where stated.
    pub record_type: Option<RecordType>,
    /// Bind, Sync, …
    pub access_type: MailAccessType,
    /// How we know.
    pub access_type_basis: AccessTypeBasis,
    /// `IsThrottled`.
    pub throttled: ThrottleState,
    /// `ResultStatus`.
    pub result_status: Text<'a>,
    /// The mailbox that was reached.
    pub mailbox: MailboxKey,
    /// `OrganizationId`.
    pub organization_id: Text<'a>,
    /// `MailboxGuid`.
    pub mailbox_guid: Text<'a>,
    /// `MailboxOwnerUPN`.
    pub mailbox_owner_upn: Text<'a>,
    /// `UserId`: the account in whose name the access is recorded. For an application this is the *owner*.
    pub user_id: Text<'a>,
    /// `UserType`.
    pub user_type: Option<UserType>,
    /// `UserKey`: a PUID, or the application id for `UserType` 5.
    pub user_key: Text<'a>,
    /// `LogonType`.
    pub logon_type: Option<LogonType>,
    /// `InternalLogonType`, as logged.
    pub internal_logon_type: Option<LogonType>,
    /// `LogonUserSid`.
    pub logon_user_sid: Text<'a>,
    /// `ExternalAccess`.
    pub external_access: Option<bool>,
    /// Where from.
    pub origin: Origin<'a>,
    /// By which client and application.
    pub client: Client<'a>,
    /// In which sign-in.
    pub token: Token<'a>,
    /// `OperationCount`: what the record says it aggregates.
    pub operation_count: Option<i64>,
    /// The folders named. A Sync names one and no items.
    pub folders: Vec<Folder<'a>>,
    /// The items named, in record order.
    pub items: Vec<ItemAccess<'a>>,
    /// The body was cut (Excel, the old portal) and salvaged up to the cut.
    pub truncated: bool,
    /// What was noticed while normalizing this record, sorted and without repeats.
    pub issues: Vec<IssueCode>,
}

/// The client side of an access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client<'a> {
    /// `ClientInfoString`.
    pub client_info_string: Text<'a>,
    /// `ActorInfoString`: the true user agent, where given.
    pub actor_info_string: Text<'a>,
    /// `AppId`.
    pub app_id: Text<'a>,
    /// `ClientAppId`.
    pub client_app_id: Text<'a>,
    /// `AppAccessContext.ClientAppId`.
    pub context_client_app_id: Text<'a>,
    /// `AppAccessContext.APIId`.
    pub api_id: Text<'a>,
    /// `ClientProcessName`.
    pub client_process_name: Text<'a>,
    /// `ClientVersion`.
    pub client_version: Text<'a>,
    /// `DeviceId` (registered devices only).
    pub device_id: Text<'a>,
}

impl Client<'_> {
    /// The effective application: ClientAppId, else AppAccessContext.ClientAppId, else the id in `[AppId=…]` of the client
    /// or actor string, else AppId. Both ids are kept beside it: published rules use one or the other.
    #[must_use]
    pub fn effective_app(&self) -> Option<&str> {
        self.client_app_id
            .as_deref()
            .or(self.context_client_app_id.as_deref())
            .or_else(|| self.client_info_string.as_deref().and_then(bracket_app))
            .or_else(|| self.actor_info_string.as_deref().and_then(bracket_app))
            .or(self.app_id.as_deref())
    }
}

fn bracket_app(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("[AppId=")?;
    let (id, _) = rest.split_once(']')?;
    (!id.is_empty()).then_some(id)
}

/// The sign-in behind an access. The two session ids are never merged with each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Token<'a> {
    /// `SessionId`.
    pub session_id: Text<'a>,
    /// `AppAccessContext.AADSessionId`.
    pub aad_session_id: Text<'a>,
    /// `AppAccessContext.UniqueTokenId`; case-sensitive, joins to Entra sign-ins.
    pub unique_token_id: Text<'a>,
    /// `AppAccessContext.IssuedAtTime`.
    pub issued_at: Option<UtcMicros>,
    /// `TokenObjectId`.
    pub token_object_id: Text<'a>,
    /// `TokenTenantId`.
    pub token_tenant_id: Text<'a>,
    /// Whether the record carries an `AppAccessContext` at all (app-only records carry one without a session).
    pub has_app_access_context: bool,
}

/// One item of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemAccess<'a> {
    /// Index into [`AccessRecord::folders`].
    pub folder: Option<u32>,
    /// `InternetMessageId`, as logged.
    pub internet_message_id: Text<'a>,
    /// `Id`: the store id of the message (of an AttachmentAccess: `Messages[].Id`, which Bind records name, too).
    pub item_id: Text<'a>,
    /// `Messages[].MessageItems[].Id`: the attachment, on an AttachmentAccess.
    pub attachment_id: Text<'a>,
    /// `ImmutableId`.
    pub immutable_id: Text<'a>,
    /// `SizeInBytes`.
    pub size_bytes: Option<i64>,
    /// `Subject`: personal data, where a record has it.
    pub subject: Text<'a>,
}

#[cfg(test)]
mod tests {
    use super::Client;

    #[test]
    fn the_effective_app_prefers_the_original_caller() {
        let text = |s: &'static str| Some(s.into());
        let mut client = Client {
            app_id: text("graph"),
            client_info_string: text("Client=WebServices;x[AppId=ews];"),
            ..Client::default()
        };
        assert_eq!(client.effective_app(), Some("ews"));
        client.context_client_app_id = text("context");
        assert_eq!(client.effective_app(), Some("context"));
        client.client_app_id = text("caller");
        assert_eq!(client.effective_app(), Some("caller"));
        assert_eq!(Client { client_info_string: text("[AppId="), ..Client::default() }.effective_app(), None);
    }
}
