//! Owns which mailbox an event of another operation is about. Admin events name it by address, alias, GUID or name, a rule
//! by `MAILBOX\RULE`. What names no mailbox we can find is about every one: nothing is excluded by a name we cannot read.

use mailtrail_model::RelatedEvent;

use crate::facts::{Facts, Mailbox};

/// The mailboxes an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// These, by index.
    Mailboxes(Vec<usize>),
    /// Any of the tenant.
    Every,
}

impl Target {
    /// Whether a mailbox is among them.
    pub(crate) fn is(&self, mailbox: usize) -> bool {
        match self {
            Self::Mailboxes(list) => list.contains(&mailbox),
            Self::Every => true,
        }
    }
}

/// The mailboxes an event is about: those its target names, else, where it names none, its user's.
pub(crate) fn target(event: &RelatedEvent<'_>, facts: &Facts) -> Target {
    let stated = event.target.as_deref().map(|text| {
        // `DOMAIN/…/alias\rule`: a rule's own name stands behind the mailbox.
        let mailbox = text.split('\\').next().unwrap_or(text);
        mailbox.rsplit('/').next().unwrap_or(mailbox).trim().to_lowercase()
    });
    let name = stated.filter(|name| !name.is_empty()).or_else(|| event.user_id.as_deref().map(str::to_lowercase));
    let Some(name) = name else { return Target::Every };
    let named = facts.mailboxes.iter().enumerate().filter(|(_, mailbox)| is_named(mailbox, &name));
    let found: Vec<usize> = named.map(|(at, _)| at).collect();
    // An address that is not in the case is about no mailbox of the case; a name we cannot read may be about any.
    if found.is_empty() && !name.contains('@') { Target::Every } else { Target::Mailboxes(found) }
}

fn is_named(mailbox: &Mailbox, name: &str) -> bool {
    let guid = mailbox.key.as_str().rsplit_once('/').map(|(_, guid)| guid);
    let alias = |upn: &str| upn.split('@').next().is_some_and(|alias| alias == name);
    mailbox.upns.iter().any(|(upn, _)| upn == name || alias(upn))
        || guid.is_some_and(|guid| guid.len() == 36 && name.contains(guid))
        || mailbox.key.as_str().strip_prefix("upn:").is_some_and(|upn| upn == name || alias(upn))
}

#[cfg(test)]
mod tests {
    use mailtrail_model::{Locator, SourceId, UtcMicros};

    use super::*;
    use crate::world::{bind, world};

    fn check(stated: Option<&'static str>, user: Option<&'static str>, expected: &Target) {
        let (facts, _) = world(&[bind("a", 0), bind("b", 0)]);
        let event = RelatedEvent {
            locator: Locator { source: SourceId(0), row: 1, byte_offset: 0, byte_len: 1 },
            record_id: None,
            created: UtcMicros(0),
            operation: "New-InboxRule".into(),
            user_id: user.map(Into::into),
            target: stated.map(Into::into),
            address: None,
            app: None,
            result_status: None,
            detail: None,
        };
        assert_eq!(target(&event, &facts), *expected, "{stated:?} {user:?}");
    }

    #[test]
    fn an_event_is_about_the_mailbox_it_names_else_its_users_else_every_one() {
        let (first, second) = (Target::Mailboxes(vec![0]), Target::Mailboxes(vec![1]));
        check(Some("A@contoso.example"), None, &first);
        check(Some("a@contoso.example\\Newsletters"), Some("b@contoso.example"), &first);
        check(Some("b"), Some("a@contoso.example"), &second);
        check(Some("EURPR01.PROD/Hosted/contoso.example/a\\Newsletters"), None, &first);
        check(Some("Some Display Name"), Some("b@contoso.example"), &Target::Every);
        check(None, Some("b@contoso.example"), &second);
        check(Some("c@contoso.example"), Some("b@contoso.example"), &Target::Mailboxes(vec![]));
        check(Some("Some Display Name"), Some("NT AUTHORITY\\SYSTEM"), &Target::Every);
        check(None, None, &Target::Every);
    }
}
