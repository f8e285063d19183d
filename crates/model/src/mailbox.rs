//! Owns which mailbox a record is about: (OrganizationId, MailboxGuid), else the lower-case UPN.

use std::fmt;

/// The key of a mailbox in every table: `org/guid` in lower case, or `upn:` and the lower-case UPN where there is no GUID.
/// Never joined by UPN where GUIDs differ: an archive is a lane of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxKey(pub Box<str>);

impl MailboxKey {
    /// Builds the key from what a record states; `None` if it states neither GUID nor UPN.
    #[must_use]
    pub fn of(
        organization_id: Option<&str>,
        mailbox_guid: Option<&str>,
        mailbox_owner_upn: Option<&str>,
    ) -> Option<Self> {
        fn stated(text: Option<&str>) -> Option<&str> {
            text.map(str::trim).filter(|t| !t.is_empty() && !is_zero_guid(t))
        }
        let (first, between, second) = match (stated(mailbox_guid), stated(organization_id)) {
            (Some(guid), organization) => (organization.unwrap_or("-"), "/", guid),
            (None, _) => ("upn:", "", stated(mailbox_owner_upn)?),
        };
        let mut key = String::with_capacity(first.len() + between.len() + second.len());
        for part in [first, between, second] {
            if part.is_ascii() {
                key.push_str(part);
            } else {
                key.push_str(&part.to_lowercase());
            }
        }
        key.make_ascii_lowercase();
        Some(Self(key.into()))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_zero_guid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b == b'0' || b == b'-')
}

// Keys order and compare as their texts do, so a set of keys can be asked by a text.
impl std::borrow::Borrow<str> for MailboxKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MailboxKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::MailboxKey;

    fn check(org: Option<&str>, guid: Option<&str>, upn: Option<&str>, expected: Option<&str>) {
        assert_eq!(MailboxKey::of(org, guid, upn).as_ref().map(MailboxKey::as_str), expected);
    }

    #[test]
    fn the_guid_wins_and_case_does_not_matter() {
        check(Some("ORG"), Some("AB"), Some("x@y.example"), Some("org/ab"));
        check(None, Some("AB"), None, Some("-/ab"));
        check(Some("ORG"), None, Some("X@Y.example"), Some("upn:x@y.example"));
        check(Some("ORG"), Some("00000000-0000-0000-0000-000000000000"), Some("X@Y.example"), Some("upn:x@y.example"));
        check(Some("ORG"), Some(" "), None, None);
    }
}
