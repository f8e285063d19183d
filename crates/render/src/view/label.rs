//! Owns what a mailbox is called in a picture: its name's local part, and a second line that tells it apart.

use std::collections::BTreeMap;

use mailtrail_model::{MailboxKey, MailboxSummary};

use crate::escape;

/// A mailbox's name: as most records state it; its key where none does; its id if even that is blank.
#[must_use]
pub(crate) fn name_of(mailbox: &MailboxSummary) -> String {
    [mailbox.name.as_str(), mailbox.key.as_str(), mailbox.id.as_str()]
        .into_iter()
        .map(|text| escape::visible(text.trim()))
        .find(|text| !text.is_empty())
        .unwrap_or_else(|| "(no name)".to_owned())
}

/// Local part and host of a UPN, for two lines of print.
#[must_use]
pub(crate) fn split(name: &str) -> (String, String) {
    match name.rsplit_once('@') {
        Some((local, host)) if !local.is_empty() && !host.is_empty() => (local.to_owned(), format!("@{host}")),
        _ => (name.to_owned(), String::new()),
    }
}

/// Names by mailbox key.
pub(crate) struct Labels<'t>(BTreeMap<&'t MailboxKey, (&'t MailboxSummary, String)>);

impl<'t> Labels<'t> {
    /// Names every mailbox once.
    pub(crate) fn of(mailboxes: &'t [MailboxSummary]) -> Self {
        Self(mailboxes.iter().map(|mailbox| (&mailbox.key, (mailbox, name_of(mailbox)))).collect())
    }

    /// The name; the key itself for a mailbox that is not listed.
    pub(crate) fn name(&self, key: &MailboxKey) -> String {
        self.0.get(key).map_or_else(|| escape::visible(key.as_str()), |(_, name)| name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_upn_is_split_at_its_last_at_sign() {
        for (name, expected) in [
            ("a.b@c.example", ("a.b", "@c.example")),
            ("a@b@c", ("a@b", "@c")),
            ("@c", ("@c", "")),
            ("plain", ("plain", "")),
        ] {
            assert_eq!(split(name), (expected.0.to_owned(), expected.1.to_owned()));
        }
    }
}
