//! Owns the key of a way in: what is key, what is attribute, and the id that follows from the key alone.
//!
//! Invariant: a context's id depends on its key and, only where eight digits of two keys in one case agree, on the other
//! key. Addresses, networks and tokens are attributes: a benign poller in public data used 126 addresses, and an address in
//! the key would make 126 contexts of one application and hide a rotating proxy.

use std::collections::BTreeMap;

use mailtrail_model::{AccessContext, Attribution, Interval, UtcMicros};

use crate::{client_string::ClientString, digest, facts::Facts, services};

/// What a record says of its way in, as stated; absent where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stated<'a> {
    /// `UserId`.
    pub(crate) user_id: Option<&'a str>,
    /// `UserType`.
    pub(crate) user_type: Option<&'a str>,
    /// `LogonType`.
    pub(crate) logon_type: Option<&'a str>,
    /// `AppId`.
    pub(crate) app_id: Option<&'a str>,
    /// `ClientAppId`.
    pub(crate) client_app_id: Option<&'a str>,
    /// The effective application, as ingest derived it.
    pub(crate) effective_app: Option<&'a str>,
    /// `ClientInfoString`.
    pub(crate) client_info_string: Option<&'a str>,
    /// `DeviceId`.
    pub(crate) device_id: Option<&'a str>,
}

/// A way in. Ids and names are lower case: their case says nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContextKey {
    /// `UserId`.
    pub(crate) user_id: Option<String>,
    /// `UserType`, Microsoft's name.
    pub(crate) user_type: Option<String>,
    /// `LogonType`, Microsoft's name.
    pub(crate) logon_type: Option<String>,
    /// `AppId`.
    pub(crate) app_id: Option<String>,
    /// `ClientAppId`.
    pub(crate) client_app_id: Option<String>,
    /// The effective application. Follows from the ids and the client string, so it adds nothing that tells two keys apart
    /// but an id that only a client string carries.
    pub(crate) effective_app: Option<String>,
    /// Client family.
    pub(crate) client_family: String,
    /// `DeviceId`.
    pub(crate) device_id: Option<String>,
}

impl ContextKey {
    /// The key of what a record states.
    pub(crate) fn of(stated: &Stated<'_>) -> Self {
        let lower = |text: Option<&str>| text.map(|t| t.trim().to_lowercase()).filter(|t| !t.is_empty());
        Self {
            user_id: lower(stated.user_id),
            user_type: stated.user_type.map(str::to_owned),
            logon_type: stated.logon_type.map(str::to_owned),
            app_id: lower(stated.app_id),
            client_app_id: lower(stated.client_app_id),
            effective_app: lower(stated.effective_app),
            client_family: ClientString::parse(stated.client_info_string).family,
            device_id: lower(stated.device_id),
        }
    }

    fn digest(&self) -> u128 {
        digest::of_parts(&[
            self.user_id.as_deref(),
            self.user_type.as_deref(),
            self.logon_type.as_deref(),
            self.app_id.as_deref(),
            self.client_app_id.as_deref(),
            self.effective_app.as_deref(),
            Some(&self.client_family),
            self.device_id.as_deref(),
        ])
    }
}

/// A key with its id and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Context {
    /// `C` and eight hex digits.
    pub(crate) id: String,
    /// The key.
    pub(crate) key: ContextKey,
    /// Recorded by an application in the owner's name.
    pub(crate) app_only: bool,
    /// The Microsoft service it is, positively and by the dated list.
    pub(crate) service: Option<&'static services::Service>,
}

impl PartialEq for services::Service {
    fn eq(&self, other: &Self) -> bool {
        (self.app_id, self.client_app_id) == (other.app_id, other.client_app_id)
    }
}

impl Eq for services::Service {}

/// Gives each key its context, in id order. Keys whose first eight digits agree get all 32.
pub(crate) fn number(keys: impl IntoIterator<Item = ContextKey>) -> Vec<Context> {
    let keys: BTreeMap<ContextKey, String> =
        keys.into_iter().map(|key| (key.digest(), key)).map(|(digest, key)| (key, format!("{digest:032x}"))).collect();
    let mut short: BTreeMap<&str, u32> = BTreeMap::new();
    for hex in keys.values() {
        *short.entry(&hex[..8]).or_default() += 1;
    }
    let mut contexts: Vec<Context> = keys
        .iter()
        .map(|(key, hex)| {
            let digits = if short.get(&hex[..8]).is_some_and(|n| *n > 1) { &hex[..] } else { &hex[..8] };
            Context {
                id: format!("C{digits}"),
                app_only: matches!(key.user_type.as_deref(), Some("Application" | "ServicePrincipal")),
                service: services::recognise(key.app_id.as_deref(), key.client_app_id.as_deref(), &key.client_family),
                key: key.clone(),
            }
        })
        .collect();
    contexts.sort_by(|a, b| a.id.cmp(&b.id));
    contexts
}

/// What is counted of one context over its accesses in the window.
#[derive(Clone, Debug, Default)]
struct Tally {
    attribution: Option<Attribution>,
    span: Option<(i64, i64)>,
    records: u64,
    mailboxes: u64,
    last_mailbox: Option<u32>,
    addresses: std::collections::BTreeSet<u32>,
}

/// The contexts that have accesses in the window, in id order. `messages[c]` are distinct mailbox × message pairs.
pub(crate) fn summarise(facts: &Facts, attribution: &[Attribution], messages: &[u64]) -> Vec<AccessContext> {
    let mut tallies = vec![Tally::default(); facts.contexts.len()];
    for (access, attribution) in facts.accesses.iter().zip(attribution) {
        if !access.flags.in_window() {
            continue;
        }
        let way = facts.way(access);
        let tally = &mut tallies[way.context as usize];
        tally.attribution = tally.attribution.max(Some(*attribution));
        let (first, last) = tally.span.unwrap_or((access.created, access.created));
        tally.span = Some((first.min(access.created), last.max(access.created)));
        tally.records += 1;
        // Accesses come mailbox by mailbox, so a change is a new mailbox.
        if tally.last_mailbox != Some(access.mailbox) {
            tally.last_mailbox = Some(access.mailbox);
            tally.mailboxes += 1;
        }
        if way.address != crate::interner::NONE {
            tally.addresses.insert(way.address);
        }
    }
    let rows = facts.contexts.iter().zip(&tallies).zip(messages);
    rows.filter_map(|((context, tally), messages)| {
        let (first, last) = tally.span?;
        Some(AccessContext {
            id: context.id.clone(),
            user_id: context.key.user_id.clone(),
            user_type: context.key.user_type.clone(),
            logon_type: context.key.logon_type.clone(),
            app_id: context.key.app_id.clone(),
            client_app_id: context.key.client_app_id.clone(),
            effective_app: context.key.effective_app.clone(),
            client_family: context.key.client_family.clone(),
            device_id: context.key.device_id.clone(),
            app_only: context.app_only,
            service: context.service.is_some(),
            attribution: tally.attribution.unwrap_or(Attribution::Unattributed),
            span: Interval { start: UtcMicros(first), end: UtcMicros(last).plus(1) },
            records: tally.records,
            messages: *messages,
            mailboxes: tally.mailboxes,
            addresses: u64::try_from(tally.addresses.len()).unwrap_or(u64::MAX),
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(change: impl FnOnce(&mut Stated<'static>)) -> ContextKey {
        let mut stated = Stated {
            user_id: Some("Ada@contoso.example"),
            user_type: Some("Regular"),
            logon_type: Some("Owner"),
            app_id: Some("A"),
            client_app_id: None,
            effective_app: Some("A"),
            client_info_string: Some("Client=REST;;"),
            device_id: None,
        };
        change(&mut stated);
        ContextKey::of(&stated)
    }

    #[test]
    fn the_case_of_ids_and_the_version_of_a_client_do_not_make_a_context() {
        let base = key(|_| ());
        assert_eq!(base, key(|s| s.user_id = Some("ADA@contoso.example")));
        assert_eq!(base, key(|s| s.app_id = Some("a")));
        let web = |v: &'static str| key(|s| s.client_info_string = Some(v));
        assert_eq!(web("Client=OWA;Mozilla/5.0;"), web("Client=OWA;Mozilla/6.0;"));
    }

    #[test]
    fn each_part_of_the_key_tells_contexts_apart() {
        let base = key(|_| ()).digest();
        for other in [
            key(|s| s.user_id = None),
            key(|s| s.user_type = Some("Application")),
            key(|s| s.logon_type = Some("Delegated")),
            key(|s| s.app_id = None),
            key(|s| s.client_app_id = Some("a")),
            key(|s| s.client_info_string = Some("Client=OWA;;")),
            key(|s| s.device_id = Some("d")),
        ] {
            assert_ne!(base, other.digest(), "{other:?}");
        }
    }

    #[test]
    fn an_application_in_the_owners_name_is_app_only_and_no_service() {
        let contexts = number([key(|s| s.user_type = Some("Application"))]);
        assert!(contexts[0].app_only && contexts[0].service.is_none());
        assert_eq!(contexts[0].id.len(), 9);
    }

    #[test]
    fn an_id_does_not_depend_on_the_other_contexts() {
        let one = number([key(|_| ())]);
        let two = number([key(|s| s.device_id = Some("d")), key(|_| ())]);
        assert!(two.contains(&one[0]));
        assert!(two.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}
