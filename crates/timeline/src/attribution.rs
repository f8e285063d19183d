//! Owns what each access counts as: suspect, accepted, shared or unattributed, by the examiner's entries.
//!
//! Invariant: suspect beats accepted; an entry that is added never makes an access less suspect. Nothing here is derived
//! from the records: an access nobody marked is unattributed, unless the dated list of services accepts it.

use std::net::IpAddr;

use mailtrail_model::{
    AccessMatcher, Attribution, AttributionEntry, CaseInputs, KnownDevice, MailAccessType, Marking, Rules, UtcMicros,
};
use rayon::prelude::*;

use crate::facts::{Access, Facts, Way};

/// The entries, prepared for the ways and mailboxes of a case.
#[derive(Debug)]
pub(crate) struct Entries<'a> {
    entries: &'a [AttributionEntry],
    /// Entries each way matches in every field but mailbox and time.
    by_way: Vec<WayMatch>,
    /// Whether entry `e` means mailbox `m`.
    mailboxes: Vec<Vec<bool>>,
    aggregation: i64,
}

/// What the entries say of a way.
#[derive(Clone, Debug, Default)]
struct WayMatch {
    /// Matching entries, by index.
    entries: Vec<usize>,
    /// Accepted entries that know the way's address or device, whatever its application.
    known_place: Vec<usize>,
    /// The organisation's own device or network, by the examiner's list.
    known_device: bool,
}

impl<'a> Entries<'a> {
    /// Prepares the entries of a case; `left_out` is taken as if it had not been written.
    pub(crate) fn new(facts: &Facts, case: &'a CaseInputs, left_out: Option<usize>) -> Self {
        let entries = &case.attribution[..];
        let by_way = facts
            .ways
            .par_iter()
            .map(|way| {
                let seen = Seen::of(facts, way);
                let all = || entries.iter().enumerate().filter(|(at, _)| Some(*at) != left_out);
                WayMatch {
                    entries: all().filter(|(_, entry)| seen.agrees(&entry.matcher)).map(|(at, _)| at).collect(),
                    known_place: all()
                        .filter(|(_, e)| e.marking == Marking::Accepted && seen.knows_place(&e.matcher))
                        .map(|(at, _)| at)
                        .collect(),
                    known_device: case.devices.iter().any(|device| seen.is_known(device)),
                }
            })
            .collect();
        let mailboxes = entries
            .iter()
            .map(|entry| {
                let names = &entry.matcher.mailboxes;
                let meant =
                    |m: &crate::facts::Mailbox| names.is_empty() || names.iter().any(|n| n.means(&m.key, m.upn()));
                facts.mailboxes.iter().map(meant).collect()
            })
            .collect();
        Self { entries, by_way, mailboxes, aggregation: aggregation(&case.rules) }
    }

    /// The indices of the entries that mean an access.
    pub(crate) fn matching(&self, access: &Access) -> impl Iterator<Item = usize> + '_ {
        let access = *access;
        self.by_way[access.way as usize].entries.iter().copied().filter(move |at| self.means(*at, &access))
    }

    fn means(&self, at: usize, access: &Access) -> bool {
        let entry = &self.entries[at];
        self.mailboxes[at][access.mailbox as usize] && in_time(&entry.matcher, entry.marking, access, self.aggregation)
    }

    /// What an access counts as.
    pub(crate) fn judge(&self, facts: &Facts, access: &Access) -> Attribution {
        let way = &self.by_way[access.way as usize];
        let mut suspect_by_session = false;
        let mut accepted = false;
        for at in self.matching(access) {
            let entry = &self.entries[at];
            match entry.marking {
                Marking::Suspect if entry.matcher.only_by_token_session() => suspect_by_session = true,
                Marking::Suspect => return Attribution::Suspect,
                Marking::Accepted => accepted = true,
            }
        }
        if suspect_by_session {
            let known = way.known_device || way.known_place.iter().any(|at| self.means(*at, access));
            return if known { Attribution::Shared } else { Attribution::Suspect };
        }
        if accepted || facts.context(access).service.is_some() {
            return Attribution::Accepted;
        }
        Attribution::Unattributed
    }
}

/// What every access counts as, by place.
pub(crate) fn judge_all(facts: &Facts, entries: &Entries<'_>) -> Vec<Attribution> {
    facts.accesses.par_iter().map(|access| entries.judge(facts, access)).collect()
}

/// How many accesses of the window each entry means.
pub(crate) fn counts(facts: &Facts, entries: &Entries<'_>) -> Vec<u64> {
    let mut counts = vec![0; entries.entries.len()];
    for access in facts.accesses.iter().filter(|access| access.flags.in_window()) {
        for at in entries.matching(access) {
            counts[at] += 1;
        }
    }
    counts
}

/// Length of the interval before a record in which its items were accessed, in microseconds.
pub(crate) fn aggregation(rules: &Rules) -> i64 {
    rules.aggregation_minutes * UtcMicros::MINUTE
}

/// First and last instant at which the items of an access may have been accessed.
pub(crate) fn interval(access: &Access, aggregation: i64) -> (i64, i64) {
    match access.flags.kind() {
        MailAccessType::Sync => (access.created, access.created),
        // An unknown kind may be a Bind.
        MailAccessType::Bind | MailAccessType::Attachment | MailAccessType::Unknown => {
            (access.created - aggregation, access.created)
        }
    }
}

/// Whether an access lies in an entry's time. One that straddles an edge counts on the suspect side: inside a suspect
/// entry, outside an accepted one.
fn in_time(matcher: &AccessMatcher, marking: Marking, access: &Access, aggregation: i64) -> bool {
    let (first, last) = interval(access, aggregation);
    let (start, end) = (matcher.start.map_or(i64::MIN, |at| at.0), matcher.end.map_or(i64::MAX, |at| at.0));
    match marking {
        Marking::Suspect => last >= start && first < end,
        Marking::Accepted => first >= start && last < end,
    }
}

/// What a way shows, as texts.
struct Seen<'f> {
    context: &'f crate::contexts::Context,
    address: Option<IpAddr>,
    address_text: Option<&'f str>,
    token: Option<&'f str>,
    unique_token: Option<&'f str>,
    client: Option<&'f str>,
    actor_info: Option<&'f str>,
}

impl<'f> Seen<'f> {
    fn of(facts: &'f Facts, way: &Way) -> Self {
        let address_text = facts.text(way.address);
        Self {
            context: &facts.contexts[way.context as usize],
            address: address_text.and_then(|text| text.parse().ok()),
            address_text,
            token: facts.text(way.token),
            unique_token: facts.text(way.unique_token),
            client: facts.text(way.client),
            actor_info: facts.text(way.actor_info),
        }
    }

    /// Whether every field that is given agrees, mailbox and time apart.
    fn agrees(&self, matcher: &AccessMatcher) -> bool {
        let key = &self.context.key;
        let one_of = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|one| one.eq_ignore_ascii_case(value)))
        };
        let pattern = |text: Option<&str>| text.is_some_and(|text| matcher.clients.iter().any(|one| one.matches(text)));
        (matcher.addresses.is_empty() || self.has_address(matcher))
            && one_of(&matcher.apps, key.effective_app.as_deref())
            && one_of(&matcher.app_ids, key.app_id.as_deref())
            && one_of(&matcher.client_app_ids, key.client_app_id.as_deref())
            && (matcher.clients.is_empty() || pattern(self.client) || pattern(self.actor_info))
            && one_of(&matcher.client_families, Some(&key.client_family))
            && one_of(&matcher.token_sessions, self.token)
            && (matcher.unique_token_ids.is_empty()
                || self.unique_token.is_some_and(|token| matcher.unique_token_ids.iter().any(|one| one == token)))
            && one_of(&matcher.actors, key.user_id.as_deref())
            && one_of(&matcher.user_types, key.user_type.as_deref())
            && one_of(&matcher.logon_types, key.logon_type.as_deref())
            && one_of(&matcher.devices, key.device_id.as_deref())
            && one_of(&matcher.contexts, Some(&self.context.id))
    }

    fn has_address(&self, matcher: &AccessMatcher) -> bool {
        self.address.is_some_and(|address| matcher.addresses.iter().any(|network| network.contains(address)))
    }

    /// Whether an accepted entry names the address or the device of this way for this actor, by whatever application.
    fn knows_place(&self, matcher: &AccessMatcher) -> bool {
        let key = &self.context.key;
        let same = |list: &[String], value: Option<&str>| {
            value.is_some_and(|value| list.iter().any(|one| one.eq_ignore_ascii_case(value)))
        };
        (matcher.actors.is_empty() || same(&matcher.actors, key.user_id.as_deref()))
            && (self.has_address(matcher) || same(&matcher.devices, key.device_id.as_deref()))
    }

    fn is_known(&self, device: &KnownDevice) -> bool {
        let key = &self.context.key;
        let whose = device
            .user
            .as_deref()
            .is_none_or(|user| key.user_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(user)));
        let by_id = device
            .device_id
            .as_deref()
            .is_some_and(|id| key.device_id.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(id)));
        let by_network =
            device.network.is_some_and(|network| self.address.is_some_and(|address| network.contains(address)));
        let host = self.address.is_none() && self.address_text.is_some();
        whose && (by_id || (by_network && !host))
    }
}
