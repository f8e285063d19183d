//! Owns what the examiner says about accesses: one entry is a conjunction of fields, entries are alternatives. What an
//! access counts as, all entries taken together, is [`crate::Attribution`] and is judged by `timeline`.

use chrono::NaiveDate;

use crate::{InputPlace, Network, UtcMicros};

/// One entry of `attribution.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributionEntry {
    /// The examiner's id, else `suspect-N` or `accepted-N` in file order. Named in the sensitivity table.
    pub id: String,
    /// Where it stands.
    pub place: InputPlace,
    /// Suspect or accepted.
    pub marking: Marking,
    /// Which accesses it means.
    pub matcher: AccessMatcher,
    /// The fact it rests on: printed in every profile.
    pub fact: String,
    /// A mental impression: printed in the counsel package only.
    pub note: Option<String>,
    /// Who marked it.
    pub by: Option<String>,
    /// When it was marked.
    pub date: Option<NaiveDate>,
    /// Other explanations the examiner considered.
    pub alternatives: Option<String>,
}

/// What an entry says of the accesses it matches. Suspect beats accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Marking {
    /// By the intruder, as the examiner marks it.
    Suspect,
    /// Known and legitimate, as the examiner marks it.
    Accepted,
}

impl Marking {
    /// The spelling in files and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspect => "suspect",
            Self::Accepted => "accepted",
        }
    }
}

/// Which accesses an entry means: every field that is given must agree (an empty list is not given), any value of a list
/// will do. Ids, names and addresses compare without regard to case; `unique_token_ids` compare exactly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccessMatcher {
    /// Addresses or CIDR blocks of the normalized client address.
    pub addresses: Vec<Network>,
    /// The effective application.
    pub apps: Vec<String>,
    /// `AppId`.
    pub app_ids: Vec<String>,
    /// `ClientAppId`.
    pub client_app_ids: Vec<String>,
    /// `ClientInfoString` or `ActorInfoString`.
    pub clients: Vec<TextPattern>,
    /// The client family, as contexts print it.
    pub client_families: Vec<String>,
    /// `AADSessionId` or `SessionId`.
    pub token_sessions: Vec<String>,
    /// `UniqueTokenId`, case-sensitive.
    pub unique_token_ids: Vec<String>,
    /// `UserId`.
    pub actors: Vec<String>,
    /// `UserType`, Microsoft's name.
    pub user_types: Vec<String>,
    /// `LogonType`, Microsoft's name.
    pub logon_types: Vec<String>,
    /// `DeviceId`.
    pub devices: Vec<String>,
    /// The mailbox that was reached.
    pub mailboxes: Vec<MailboxName>,
    /// An access context of an earlier run, by its id (`C` and eight hex digits: stable across runs).
    pub contexts: Vec<String>,
    /// First instant meant.
    pub start: Option<UtcMicros>,
    /// First instant no longer meant.
    pub end: Option<UtcMicros>,
}

impl AccessMatcher {
    /// Whether no field is given: such an entry would mean every access and is refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the token session is what makes an access match: no address, application, client, device or token narrows it.
    /// An access that is suspect only through such an entry may be `shared`.
    #[must_use]
    pub fn only_by_token_session(&self) -> bool {
        !self.token_sessions.is_empty()
            && self.unique_token_ids.is_empty()
            && self.addresses.is_empty()
            && self.devices.is_empty()
            && !self.names_a_way_in()
    }

    /// Whether addresses are all there is beside mailbox, actor and time.
    #[must_use]
    pub fn only_by_address(&self) -> bool {
        !self.addresses.is_empty()
            && self.token_sessions.is_empty()
            && self.unique_token_ids.is_empty()
            && self.devices.is_empty()
            && !self.names_a_way_in()
    }

    /// Whether the actor is all there is beside mailbox and time: such an entry takes in everything a person does.
    #[must_use]
    pub fn only_by_person(&self) -> bool {
        (!self.actors.is_empty() || !self.mailboxes.is_empty())
            && self.addresses.is_empty()
            && self.token_sessions.is_empty()
            && self.unique_token_ids.is_empty()
            && self.devices.is_empty()
            && !self.names_a_way_in()
    }

    fn names_a_way_in(&self) -> bool {
        !(self.apps.is_empty()
            && self.app_ids.is_empty()
            && self.client_app_ids.is_empty()
            && self.clients.is_empty()
            && self.client_families.is_empty()
            && self.contexts.is_empty())
    }
}

/// A text with `*` for any run of characters; compares without regard to case, over the whole text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPattern(String);

impl TextPattern {
    /// The pattern, as written.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self(pattern.to_owned())
    }

    /// The pattern, as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole of `text` agrees.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let pattern = self.0.to_lowercase();
        let text = text.to_lowercase();
        let mut parts = pattern.split('*');
        let Some(first) = parts.next() else { return false };
        let Some(mut rest) = text.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

/// A mailbox as a person writes it: a GUID, an address (UPN), or one of our keys (`org/guid`, `upn:…`). Lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxName(Box<str>);

impl MailboxName {
    /// Reads a name; `None` if the text is neither GUID, key nor something with an `@`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let local_and_domain = text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !text.contains(char::is_whitespace) && !domain.contains('@')
        });
        let last = text.rsplit('/').next().unwrap_or_default();
        (local_and_domain || is_guid(last)).then(|| Self(text.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it means the mailbox with this key that records name by this UPN. A GUID means the mailbox with that GUID in
    /// any organisation; a UPN means every mailbox that a record names so (an archive has its own GUID and the same UPN).
    #[must_use]
    pub fn means(&self, key: &crate::MailboxKey, mailbox_owner_upn: Option<&str>) -> bool {
        let name = &*self.0;
        name == key.as_str()
            || key.as_str().strip_prefix("upn:").is_some_and(|upn| upn == name)
            || key.as_str().rsplit_once('/').is_some_and(|(_, guid)| guid == name)
            || mailbox_owner_upn.is_some_and(|upn| upn.to_lowercase() == name)
    }
}

impl std::fmt::Display for MailboxName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MailboxKey;

    #[test]
    fn a_pattern_means_the_whole_text() {
        for (pattern, text, expected) in [
            ("Client=REST*", "client=rest;client=restsystem;;", true),
            ("Client=REST", "Client=REST;;", false),
            ("*python*", "Client=WebServices;python-requests/2;", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("*", "", true),
            ("aa*a", "aa", false),
            ("", "", true),
        ] {
            assert_eq!(TextPattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_mailbox_is_named_by_guid_address_or_key() {
        let guid = "0aaaaaaa-0000-4000-8000-000000000001";
        let key = MailboxKey::of(Some("ORG"), Some(guid), None).unwrap();
        for (name, upn, expected) in [
            (guid, None, true),
            (&*format!("org/{guid}"), None, true),
            ("Ada@Contoso.example", Some("ada@contoso.EXAMPLE"), true),
            ("ada@contoso.example", None, false),
            ("upn:ada@contoso.example", Some("ada@contoso.example"), false),
        ] {
            assert_eq!(MailboxName::parse(name).unwrap().means(&key, upn), expected, "{name}");
        }
        for name in ["", "Ada", "@x", "a b@x", "a@b@c"] {
            assert_eq!(MailboxName::parse(name), None, "{name}");
        }
    }

    #[test]
    fn an_entry_without_a_field_is_empty() {
        assert!(AccessMatcher::default().is_empty());
        let session = AccessMatcher { token_sessions: vec!["s".into()], ..AccessMatcher::default() };
        assert!(session.only_by_token_session() && !session.only_by_address());
        let address =
            AccessMatcher { addresses: vec![Network::parse("192.0.2.1").unwrap()], ..AccessMatcher::default() };
        assert!(address.only_by_address());
    }
}
