//! Owns sign-ins and what is known of devices and networks: the join from a token to a person, a device, a place.

use crate::{InputPlace, Network, UtcMicros};

/// One Entra sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct SignIn {
    /// Where it stands.
    pub place: InputPlace,
    /// When.
    pub created: UtcMicros,
    /// Which of the sign-in logs.
    pub kind: SignInKind,
    /// How it ended.
    pub result: SignInResult,
    /// The account (UPN), or the service principal's id.
    pub principal: Option<String>,
    /// The application that signed in.
    pub app_id: Option<String>,
    /// Its name, as logged.
    pub app_name: Option<String>,
    /// What it asked for.
    pub resource_id: Option<String>,
    /// The address, as logged.
    pub address: Option<String>,
    /// Joins to `AADSessionId`, `SessionId`.
    pub session_id: Option<String>,
    /// Joins to `UniqueTokenId`, case-sensitive.
    pub unique_token_id: Option<String>,
    /// The device, where registered.
    pub device_id: Option<String>,
    /// Whether the device was compliant or managed.
    pub device_trust: DeviceTrust,
}

/// Which sign-in log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignInKind {
    /// A person at a prompt.
    Interactive,
    /// A client in a person's name.
    NonInteractive,
    /// An application.
    ServicePrincipal,
    /// A managed identity.
    ManagedIdentity,
    /// The export does not say.
    NotStated,
}

impl SignInKind {
    /// The spelling in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::NonInteractive => "non-interactive",
            Self::ServicePrincipal => "service-principal",
            Self::ManagedIdentity => "managed-identity",
            Self::NotStated => "not-stated",
        }
    }
}

/// How a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignInResult {
    /// A token was issued.
    Success,
    /// None was.
    Failure,
    /// The export does not say.
    NotStated,
}

impl SignInResult {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::NotStated => "not-stated",
        }
    }
}

/// What a sign-in says of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceTrust {
    /// Compliant or managed.
    Trusted,
    /// Neither, as stated.
    Untrusted,
    /// Not stated.
    NotStated,
}

impl DeviceTrust {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Untrusted => "untrusted",
            Self::NotStated => "not-stated",
        }
    }
}

/// A device or an egress network the organisation knows as its own.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownDevice {
    /// Where it stands.
    pub place: InputPlace,
    /// `DeviceId`.
    pub device_id: Option<String>,
    /// Address or block.
    pub network: Option<Network>,
    /// Whose it is; `None` for everybody's.
    pub user: Option<String>,
    /// What it is, in words.
    pub label: Option<String>,
}

/// By which value a sign-in joins an access session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenJoin {
    /// `UniqueTokenId`: the very token.
    UniqueTokenId,
    /// The session the token was issued in.
    Session,
}

impl TokenJoin {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UniqueTokenId => "unique-token-id",
            Self::Session => "session-id",
        }
    }
}

/// A sign-in that joins an access session: where the token came from. It makes no class by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinedSignIn {
    /// The access session (`V…`).
    pub session: String,
    /// What joins the two.
    pub by: TokenJoin,
    /// The sign-in.
    pub sign_in: SignIn,
    /// The examiner's label, where the device or the address is known as the organisation's own.
    pub known_as: Option<String>,
}
