//! Owns what each access counts as: suspect, accepted, shared or unattributed, by the examiner's entries.
//!
//! Invariant: suspect beats accepted; an entry that is added never makes an access less suspect. Nothing here is derived
//! from the records: an access nobody marked is unattributed, unless the dated list of services accepts it.

use std::{net::IpAddr, sync::Arc};

use mailtrail_model::{
    AccessMatcher, Attribution, AttributionEntry, CaseInputs, KnownDevice, MailAccessType, Marking, Rules, Tier,
    UtcMicros,
};
use rayon::prelude::*;

use crate::{
    bursts::Found,
    facts::{Access, Facts, Way},
};

/// The entries, prepared for the ways and mailboxes of a case.
#[derive(Debug)]
pub(crate) struct Entries<'a> {
    entries: &'a [AttributionEntry],
    /// Entries each way matches in every field but mailbox and time.
    by_way: Arc<[WayMatch]>,
    /// Whether entry `e` means mailbox `m`.
    mailboxes: Arc<[Vec<bool>]>,
    aggregation: i64,
    left_out: Option<usize>,
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
    /// Prepares the entries of a case.
    pub(crate) fn new(facts: &Facts, case: &'a CaseInputs) -> Self {
        let entries = &case.attribution[..];
        let by_way = facts
            .ways
            .par_iter()
            .map(|way| {
                let seen = Seen::of(facts, way);
                let all = || entries.iter().enumerate();
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
        Self { entries, by_way, mailboxes, aggregation: aggregation(&case.rules), left_out: None }
    }

    /// The same entries as if one had not been written.
    pub(crate) fn without(&self, at: usize) -> Self {
        Self { left_out: Some(at), by_way: self.by_way.clone(), mailboxes: self.mailboxes.clone(), ..*self }
    }

    /// The indices of the entries that mean an access.
    pub(crate) fn matching(&self, access: &Access) -> impl Iterator<Item = usize> + '_ {
        let access = *access;
        self.by_way[access.way as usize].entries.iter().copied().filter(move |at| self.means(*at, &access))
    }

    fn means(&self, at: usize, access: &Access) -> bool {
        let entry = &self.entries[at];
        self.left_out != Some(at)
            && self.mailboxes[at][access.mailbox as usize]
            && in_time(&entry.matcher, entry.marking, access, self.aggregation)
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

/// Marks the accesses of tier 1 and 2 bursts, where nobody has marked anything. Bursts themselves never see these marks.
pub(crate) fn mark_provisionally(attribution: &mut [Attribution], found: &[Found]) {
    for (inside, burst) in found {
        if burst.tier == Tier::Three {
            continue;
        }
        for place in &inside.places {
            let one = &mut attribution[*place as usize];
            if *one == Attribution::Unattributed {
                *one = Attribution::Provisional;
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use mailtrail_model::{InputPlace, MailboxName, Network, PlaceUnit, TextPattern, ThrottleState};
    use proptest::prelude::*;

    use super::*;
    use crate::world::{HOUR, Row, bind, world};

    fn place() -> InputPlace {
        InputPlace { file: "attribution.toml".into(), at: PlaceUnit::Line(1) }
    }

    fn entry(marking: Marking, matcher: AccessMatcher) -> AttributionEntry {
        AttributionEntry {
            id: "x".to_owned(),
            place: place(),
            marking,
            matcher,
            fact: "fact".to_owned(),
            note: None,
            by: None,
            date: None,
            alternatives: None,
        }
    }

    fn judged(row: Row, entries: &[AttributionEntry]) -> Attribution {
        let (facts, _) = world(&[row]);
        let case = CaseInputs { attribution: entries.to_vec(), ..CaseInputs::default() };
        judge_all(&facts, &Entries::new(&facts, &case))[0]
    }

    fn from(address: &str) -> AccessMatcher {
        AccessMatcher { addresses: vec![Network::parse(address).unwrap()], ..AccessMatcher::default() }
    }

    fn session(token: &str) -> AccessMatcher {
        AccessMatcher { token_sessions: vec![token.to_owned()], ..AccessMatcher::default() }
    }

    #[test]
    fn an_access_nobody_marked_is_unattributed() {
        assert_eq!(judged(bind("a", 0), &[]), Attribution::Unattributed);
        assert_eq!(judged(bind("a", 0), &[entry(Marking::Suspect, from("192.0.2.1"))]), Attribution::Unattributed);
    }

    #[test]
    fn suspect_beats_accepted() {
        let entries =
            [entry(Marking::Accepted, from("198.51.100.0/24")), entry(Marking::Suspect, from("198.51.100.7"))];
        assert_eq!(judged(bind("a", 0), &entries), Attribution::Suspect);
        assert_eq!(judged(bind("a", 0), &entries[..1]), Attribution::Accepted);
    }

    #[test]
    fn every_field_that_is_given_must_agree() {
        let fields: [(fn(&mut AccessMatcher), bool); 10] = [
            (|m| m.clients = vec![TextPattern::new("Client=OWA*")], true),
            (|m| m.clients = vec![TextPattern::new("Client=REST*")], false),
            (|m| m.client_families = vec!["owa".to_owned()], true),
            (|m| m.apps = vec!["APP".to_owned()], true),
            (|m| m.apps = vec!["other".to_owned()], false),
            (|m| m.actors = vec!["A@Contoso.example".to_owned()], true),
            (|m| m.mailboxes = vec![MailboxName::parse("a@contoso.example").unwrap()], true),
            (|m| m.mailboxes = vec![MailboxName::parse("b@contoso.example").unwrap()], false),
            (|m| m.devices = vec!["d".to_owned()], false),
            (|m| m.logon_types = vec!["owner".to_owned()], true),
        ];
        for (at, (change, expected)) in fields.into_iter().enumerate() {
            let mut matcher = from("198.51.100.7");
            change(&mut matcher);
            let is_suspect = judged(bind("a", 0), &[entry(Marking::Suspect, matcher)]) == Attribution::Suspect;
            assert_eq!(is_suspect, expected, "field {at}");
        }
    }

    #[test]
    fn an_interval_that_straddles_an_edge_counts_on_the_suspect_side() {
        let timed = |marking, start: i64, end: i64| {
            let matcher =
                AccessMatcher { start: Some(UtcMicros(start)), end: Some(UtcMicros(end)), ..from("198.51.100.7") };
            judged(bind("a", 10 * HOUR), &[entry(marking, matcher)])
        };
        let minute = UtcMicros::MINUTE;
        // The items were accessed from 9:58 to 10:00.
        assert_eq!(timed(Marking::Suspect, 0, 10 * HOUR - minute), Attribution::Suspect);
        assert_eq!(timed(Marking::Suspect, 10 * HOUR, 11 * HOUR), Attribution::Suspect);
        assert_eq!(timed(Marking::Suspect, 0, 10 * HOUR - 2 * minute), Attribution::Unattributed);
        assert_eq!(timed(Marking::Accepted, 0, 10 * HOUR - minute), Attribution::Unattributed);
        assert_eq!(timed(Marking::Accepted, 10 * HOUR - minute, 11 * HOUR), Attribution::Unattributed);
        assert_eq!(timed(Marking::Accepted, 0, 11 * HOUR), Attribution::Accepted);
    }

    #[test]
    fn a_stolen_session_at_the_owners_own_address_is_shared() {
        let entries = [entry(Marking::Suspect, session("t")), entry(Marking::Accepted, from("198.51.100.0/24"))];
        assert_eq!(judged(bind("a", 0).token("t"), &entries), Attribution::Shared);
        assert_eq!(judged(bind("a", 0).token("t").from("192.0.2.9"), &entries), Attribution::Suspect);
        assert_eq!(judged(bind("a", 0).token("u"), &entries), Attribution::Accepted);
    }

    #[test]
    fn a_unique_token_splits_what_the_session_cannot() {
        let stolen = AccessMatcher { unique_token_ids: vec!["Tok".to_owned()], ..session("t") };
        let entries = [entry(Marking::Suspect, stolen), entry(Marking::Accepted, from("198.51.100.0/24"))];
        let mut row = bind("a", 0).token("t");
        row.unique_token = "Tok".to_owned();
        assert_eq!(judged(row.clone(), &entries), Attribution::Suspect);
        row.unique_token = "tok".to_owned();
        assert_eq!(judged(row, &entries), Attribution::Accepted, "token ids are case-sensitive");
    }

    #[test]
    fn a_listed_service_is_accepted_unless_an_entry_says_suspect() {
        let mut row = bind("a", 0);
        row.key[3] = "b669c6ea-1adf-453f-b8bc-6d526592b419".to_owned();
        row.key[6] = "Client=REST;Client=RESTSystem;;".to_owned();
        assert_eq!(judged(row.clone(), &[]), Attribution::Accepted);
        assert_eq!(judged(row, &[entry(Marking::Suspect, from("198.51.100.7"))]), Attribution::Suspect);
    }

    proptest! {
        #[test]
        fn another_suspect_entry_never_makes_an_access_less_suspect(
            tokens in prop::collection::vec(0..3u8, 1..6), marks in prop::collection::vec((any::<bool>(), 0..6u8), 0..5), more in 0..6u8,
        ) {
            let matcher = |n: u8| match n {
                0 => from("198.51.100.7"),
                1 => from("192.0.2.0/24"),
                n => session(&format!("t{}", n % 3)),
            };
            let rows: Vec<Row> = tokens.iter().zip(0..).map(|(token, at)| {
                bind("a", at * HOUR).token(&format!("t{token}")).from(if token % 2 == 0 { "198.51.100.7" } else { "192.0.2.1" })
            }).collect();
            let (facts, _) = world(&rows);
            let marking = |suspect| if suspect { Marking::Suspect } else { Marking::Accepted };
            let mut case = CaseInputs {
                attribution: marks.iter().map(|(suspect, n)| entry(marking(*suspect), matcher(*n))).collect(),
                ..CaseInputs::default()
            };
            let before = judge_all(&facts, &Entries::new(&facts, &case));
            case.attribution.push(entry(Marking::Suspect, matcher(more)));
            let after = judge_all(&facts, &Entries::new(&facts, &case));
            prop_assert!(before.iter().zip(&after).all(|(before, after)| after >= before));
            let without = judge_all(&facts, &Entries::new(&facts, &case).without(case.attribution.len() - 1));
            prop_assert_eq!(before, without);
        }
    }

    #[test]
    fn a_sync_has_no_interval_before_it() {
        let sync = bind("a", 10 * HOUR).sync("inbox");
        let (facts, _) = world(&[sync, bind("a", 11 * HOUR).kind(MailAccessType::Unknown, ThrottleState::No)]);
        assert_eq!(interval(&facts.accesses[0], 5), (10 * HOUR, 10 * HOUR));
        assert_eq!(interval(&facts.accesses[1], 5), (11 * HOUR - 5, 11 * HOUR));
    }
}
