//! Owns the summary that unusual access windows are looked for in: per mailbox and way in, when each message was first
//! named, which folders were synchronised, on which days the way in was seen; and what spans mailboxes (application pairs,
//! breadth). Judges nothing: every threshold is applied in `bursts`, so the same summary serves any `Rules`.
//!
//! Invariant: the summary follows from records, listings, coverage and the examiner's entries, never from provisional
//! marks. Its size is linear in first-time messages and accesses.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use mailtrail_model::{Attribution, CaseInputs, CoverageState, Interval, Marking, Network, UtcMicros};
use rayon::prelude::*;

use crate::{
    coverage::{self, Covered, Local},
    exposure::{World, each_message},
    facts::{Facts, TokenBasis},
    interner::TextId,
    services::SERVICES,
    spans,
    sync_sessions::{self, SyncFacts},
};

/// States in which accesses would be seen: the time a baseline may speak of. Silence is left out, so that a longer one
/// teaches nothing.
const SEEN: [CoverageState; 7] = [
    CoverageState::ThrottleUnknown,
    CoverageState::Filtered,
    CoverageState::Subset,
    CoverageState::Unsettled,
    CoverageState::Inferred,
    CoverageState::ObservedByCount,
    CoverageState::Observed,
];

/// Everything the tests of docs/METHOD.md, section 12, are asked of. Made once a case; [`crate::bursts`] may be asked of it
/// again and again with other rules.
#[derive(Debug)]
pub struct TenantFacts {
    pub(crate) facts: Arc<Facts>,
    pub(crate) mailboxes: Vec<MailboxFacts>,
    /// Application pairs, by number.
    pub(crate) pairs: Vec<PairFacts>,
    /// The pair of each context.
    pub(crate) pair_of: Vec<u32>,
    /// Effective applications: days and mailboxes of accesses that are not accepted.
    pub(crate) apps: Vec<AppFacts>,
    /// The effective application of each context.
    pub(crate) app_of: Vec<u32>,
    /// The span the examiner declared clean.
    pub(crate) baseline: Option<Interval>,
    /// UTC days with covered time in any mailbox, sorted.
    pub(crate) days: Vec<i64>,
    /// First access from each network (/24, /48) by anybody, Microsoft's front ends left out.
    pub(crate) networks: BTreeMap<Network, i64>,
    /// Token sessions (by `SessionId`) of sign-ins from suspect addresses; `None` without sign-ins or such an address.
    pub(crate) listed_sessions: Option<BTreeSet<TextId>>,
}

/// What the examiner says of a route's accesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// Accepted, by an entry or by the dated list of services.
    Accepted,
    /// Nobody marked it, or it shares a suspect token session.
    Open,
    /// Marked suspect.
    Suspect,
}

impl Mark {
    fn of(attribution: Attribution) -> Self {
        match attribution {
            Attribution::Accepted => Self::Accepted,
            Attribution::Suspect => Self::Suspect,
            // Bursts are computed before provisional marks exist; were there one, it would not count.
            Attribution::Unattributed | Attribution::Shared | Attribution::Provisional => Self::Open,
        }
    }
}

/// A message that a route names for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct First {
    /// `CreationTime` of the record.
    pub(crate) at: i64,
    /// Place of the record.
    pub(crate) place: u32,
    /// The folder it was named in.
    pub(crate) folder: TextId,
    /// When the message was received; `i64::MIN` where no listing says.
    pub(crate) received: i64,
    /// Number of the message in its mailbox: equal for equal messages.
    pub(crate) message: u32,
}

impl First {
    /// When it was received, where known.
    pub(crate) fn received(&self) -> Option<i64> {
        (self.received != i64::MIN).then_some(self.received)
    }
}

/// One context in one mailbox, as far as the examiner says one thing of it.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// Index into [`Facts::contexts`].
    pub(crate) context: u32,
    /// What the examiner says.
    pub(crate) mark: Mark,
    /// Places of its accesses in the window, in time order.
    pub(crate) places: Vec<u32>,
    /// First-time messages, in time order.
    pub(crate) firsts: Vec<First>,
    /// Later days on which it names its messages again, summed over messages: what a log that began later would take for
    /// first times.
    pub(crate) repeats: u64,
    /// Folders at their first synchronisation, in time order: (time, folder).
    pub(crate) synced: Vec<(i64, TextId)>,
    /// Local days with an access, sorted; accesses outside the window included.
    pub(crate) days: Vec<i64>,
}

/// One mailbox.
#[derive(Clone, Debug)]
pub(crate) struct MailboxFacts {
    /// Index into [`Facts::mailboxes`].
    pub(crate) mailbox: usize,
    /// Its local time.
    pub(crate) local: Local,
    /// Time in which accesses would be seen, as a union; an hour with a record is seen.
    pub(crate) covered: Vec<Interval>,
    /// Local days with covered time, sorted.
    pub(crate) covered_days: Vec<i64>,
    /// Time after throttled records.
    pub(crate) blind: Vec<Interval>,
    /// Routes, by (context, mark).
    pub(crate) routes: Vec<Route>,
    /// First access of each context, whatever the mark and the window: (context, time), by context.
    pub(crate) first_seen: Vec<(u32, i64)>,
    /// Token sessions that synchronise, and what they are compared with.
    pub(crate) syncs: SyncFacts,
}

/// A pair of AppId and ClientAppId.
#[derive(Clone, Debug)]
pub(crate) struct PairFacts {
    /// Both ids, as stated.
    pub(crate) ids: (Option<String>, Option<String>),
    /// On the dated list of services.
    pub(crate) listed: bool,
    /// Its first access in the tenant.
    pub(crate) first: i64,
    /// Mailboxes it reached.
    pub(crate) mailboxes: u64,
}

/// An effective application, by its accesses that are not accepted.
#[derive(Clone, Debug, Default)]
pub(crate) struct AppFacts {
    /// UTC days and mailboxes, sorted.
    pub(crate) reached: Vec<(i64, u32)>,
}

/// What the summary is made from.
pub(crate) struct Parts<'a> {
    /// The world.
    pub(crate) world: &'a World<'a>,
    /// What each access counts as, by the examiner's entries.
    pub(crate) attribution: &'a [Attribution],
    /// What the log could see, per mailbox.
    pub(crate) covered: &'a [Covered],
}

impl TenantFacts {
    /// Summarises a case.
    pub(crate) fn of(facts: &Arc<Facts>, parts: &Parts<'_>) -> Self {
        let case = parts.world.case;
        let mailboxes: Vec<MailboxFacts> =
            (0..facts.mailboxes.len()).into_par_iter().map(|at| mailbox_facts(parts, at)).collect();
        let (mut pairs, pair_of) = pairs(facts);
        let (mut apps, app_of) = apps(facts);
        let mut reached: Vec<BTreeSet<(i64, u32)>> = vec![BTreeSet::new(); apps.len()];
        for (mailbox, one) in (0u32..).zip(&mailboxes) {
            let mut own: BTreeSet<u32> = BTreeSet::new();
            for (context, first) in &one.first_seen {
                let pair = pair_of[*context as usize];
                pairs[pair as usize].first = pairs[pair as usize].first.min(*first);
                own.insert(pair);
            }
            own.iter().for_each(|pair| pairs[*pair as usize].mailboxes += 1);
            for route in one.routes.iter().filter(|route| route.mark != Mark::Accepted) {
                let mut days: Vec<i64> =
                    route.places.iter().map(|place| utc_day(facts.accesses[*place as usize].created)).collect();
                days.dedup();
                reached[app_of[route.context as usize] as usize].extend(days.iter().map(|day| (*day, mailbox)));
            }
        }
        for (app, reached) in apps.iter_mut().zip(reached) {
            app.reached = reached.into_iter().collect();
        }
        let mut days = BTreeSet::new();
        for span in spans::union(mailboxes.iter().flat_map(|one| one.covered.iter().copied()).collect()) {
            days.extend(utc_day(span.start.0)..=utc_day(span.end.0 - 1));
        }
        Self {
            listed_sessions: listed_sessions(facts, case),
            networks: networks(facts),
            baseline: case.baseline.as_ref().map(|baseline| baseline.span),
            days: days.into_iter().collect(),
            facts: Arc::clone(facts),
            mailboxes,
            pairs,
            pair_of,
            apps,
            app_of,
        }
    }

    /// Every way in of the case by its id: actor, AppId, ClientAppId as the records state them.
    pub fn ways_in(&self) -> impl Iterator<Item = (&str, [Option<&str>; 3])> {
        self.facts.contexts.iter().map(|context| {
            let key = &context.key;
            (&*context.id, [key.user_id.as_deref(), key.app_id.as_deref(), key.client_app_id.as_deref()])
        })
    }

    /// Covered days, summed over mailboxes: what an alert rate is divided by.
    #[must_use]
    pub fn mailbox_days(&self) -> u64 {
        self.mailboxes.iter().map(|one| u64::try_from(one.covered_days.len()).unwrap_or(u64::MAX)).sum()
    }
}

/// The UTC day of an instant, counted from 1970.
pub(crate) fn utc_day(at: i64) -> i64 {
    at.div_euclid(UtcMicros::DAY)
}

fn mailbox_facts(parts: &Parts<'_>, mailbox: usize) -> MailboxFacts {
    let facts = parts.world.facts;
    let local = coverage::local(parts.world.roster[mailbox], parts.world.case);
    let range = facts.range(mailbox);
    let start = range.start;
    let mut routes: Vec<Route> = Vec::new();
    let mut numbers: BTreeMap<(u32, Mark), u32> = BTreeMap::new();
    let mut first_seen: BTreeMap<u32, i64> = BTreeMap::new();
    let mut route_of = vec![0u32; range.len()];
    let mut hours: Vec<Interval> = Vec::new();
    let mut clock = Clock::new(local);
    for place in range.clone() {
        let access = &facts.accesses[place];
        let context = facts.way(access).context;
        first_seen.entry(context).or_insert(access.created);
        let mark = Mark::of(parts.attribution[place]);
        let number = *numbers.entry((context, mark)).or_insert_with(|| {
            let (places, firsts, synced, days) = Default::default();
            routes.push(Route { context, mark, places, firsts, repeats: 0, synced, days });
            u32::try_from(routes.len() - 1).unwrap_or(u32::MAX)
        });
        route_of[place - start] = number;
        let route = &mut routes[number as usize];
        let day = clock.day(access.created);
        if route.days.last() != Some(&day) {
            route.days.push(day);
        }
        if access.flags.in_window() {
            route.places.push(u32::try_from(place).unwrap_or(u32::MAX));
            let hour = UtcMicros(access.created).hour();
            if hours.last().is_none_or(|last| last.start != hour) {
                hours.push(Interval { start: hour, end: hour.plus(UtcMicros::HOUR) });
            }
        }
    }
    first_times(parts, mailbox, &mut routes, &route_of);
    synced_folders(parts, mailbox, &mut routes, &route_of);
    for route in &mut routes {
        route.firsts.sort_unstable();
        route.days.sort_unstable();
        route.days.dedup();
    }
    let mut order: Vec<usize> = (0..routes.len()).collect();
    order.sort_by_key(|at| (routes[*at].context, routes[*at].mark));
    let mut moved = vec![0u32; routes.len()];
    for (new, old) in (0u32..).zip(&order) {
        moved[*old] = new;
    }
    route_of.iter_mut().for_each(|route| *route = moved.get(*route as usize).copied().unwrap_or_default());
    routes.sort_by_key(|route| (route.context, route.mark));
    let syncs = SyncFacts::of(parts.world, mailbox, &routes, &route_of, &mut clock);
    hours.extend(parts.covered[mailbox].spans(&SEEN));
    let covered = spans::union(hours);
    MailboxFacts {
        mailbox,
        local,
        covered_days: days(&covered, &mut clock),
        covered,
        blind: coverage::blind(facts.of(mailbox), &parts.world.case.rules),
        routes,
        first_seen: first_seen.into_iter().collect(),
        syncs,
    }
}

/// Gives each route the messages it names for the first time.
fn first_times(parts: &Parts<'_>, mailbox: usize, routes: &mut [Route], route_of: &[u32]) {
    let (world, start) = (parts.world, parts.world.facts.range(mailbox).start);
    // Routes of the message, each with the last day on which it named it.
    let mut seen: Vec<(u32, i64)> = Vec::new();
    let mut message = 0;
    each_message(world, mailbox, |_, run, listed| {
        if run.is_empty() {
            return;
        }
        message += 1;
        let received = if listed.is_empty() { None } else { world.listed.received(listed) };
        seen.clear();
        // Places stand in time order, so the first item of a route is its first time.
        for item in run {
            let number = route_of[item.place as usize - start];
            let at = world.facts.accesses[item.place as usize].created;
            let route = &mut routes[number as usize];
            if let Some((_, day)) = seen.iter_mut().find(|(known, _)| *known == number) {
                if *day != utc_day(at) {
                    *day = utc_day(at);
                    route.repeats += 1;
                }
                continue;
            }
            seen.push((number, utc_day(at)));
            let received = received.unwrap_or(i64::MIN);
            route.firsts.push(First { at, place: item.place, folder: item.folder, received, message });
        }
    });
}

/// Gives each route the folders it synchronises for the first time.
fn synced_folders(parts: &Parts<'_>, mailbox: usize, routes: &mut [Route], route_of: &[u32]) {
    let (items, facts) = (parts.world.items, parts.world.facts);
    let range = facts.range(mailbox);
    let mut seen: BTreeSet<(u32, TextId)> = BTreeSet::new();
    for (place, folder) in items.syncs_in(&range) {
        let number = route_of[*place as usize - range.start];
        if seen.insert((number, *folder)) {
            routes[number as usize].synced.push((facts.accesses[*place as usize].created, *folder));
        }
    }
}

/// Local days, asked hour by hour in time order: the zone is looked up once an hour.
pub(crate) struct Clock {
    local: Local,
    hour: i64,
    known: (i64, usize),
}

impl Clock {
    /// A clock of a zone.
    pub(crate) fn new(local: Local) -> Self {
        Self { local, hour: i64::MIN, known: (0, 0) }
    }

    /// Local day and hour. Zones that are half an hour off are taken by the UTC hour's start.
    pub(crate) fn day_and_hour(&mut self, at: i64) -> (i64, usize) {
        let hour = at.div_euclid(UtcMicros::HOUR);
        if hour != self.hour {
            self.hour = hour;
            self.known = self.local.day_and_hour(hour.saturating_mul(UtcMicros::HOUR));
        }
        self.known
    }

    /// Local day.
    pub(crate) fn day(&mut self, at: i64) -> i64 {
        self.day_and_hour(at).0
    }
}

fn days(covered: &[Interval], clock: &mut Clock) -> Vec<i64> {
    let mut days = BTreeSet::new();
    for span in covered {
        let mut at = span.start.0;
        while at < span.end.0 {
            days.insert(clock.day(at));
            at += UtcMicros::HOUR;
        }
    }
    days.into_iter().collect()
}

fn networks(facts: &Facts) -> BTreeMap<Network, i64> {
    let mut first = vec![i64::MAX; facts.ways.len()];
    for access in &facts.accesses {
        let known = &mut first[access.way as usize];
        *known = access.created.min(*known);
    }
    let mut out = BTreeMap::new();
    for (way, first) in (0u32..).zip(first) {
        if let Some(network) = sync_sessions::network_of(facts, way) {
            let known = out.entry(network).or_insert(first);
            *known = first.min(*known);
        }
    }
    out
}

fn pairs(facts: &Facts) -> (Vec<PairFacts>, Vec<u32>) {
    let ids = |at: usize| (facts.contexts[at].key.app_id.clone(), facts.contexts[at].key.client_app_id.clone());
    let numbers: BTreeMap<_, u32> =
        (0..facts.contexts.len()).map(ids).collect::<BTreeSet<_>>().into_iter().zip(0..).collect();
    let pair = |ids: &(Option<String>, Option<String>)| PairFacts {
        ids: ids.clone(),
        listed: SERVICES.iter().any(|service| {
            let same =
                |id: &Option<String>, known: &str| id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(known));
            same(&ids.0, service.app_id)
                && service
                    .client_app_id
                    .map_or(ids.1.is_none() || same(&ids.1, service.app_id), |known| same(&ids.1, known))
        }),
        first: i64::MAX,
        mailboxes: 0,
    };
    let of = (0..facts.contexts.len()).map(|at| numbers[&ids(at)]).collect();
    (numbers.keys().map(pair).collect(), of)
}

fn apps(facts: &Facts) -> (Vec<AppFacts>, Vec<u32>) {
    let app = |at: usize| facts.contexts[at].key.effective_app.clone();
    let numbers: BTreeMap<_, u32> =
        (0..facts.contexts.len()).map(app).collect::<BTreeSet<_>>().into_iter().zip(0..).collect();
    let of = (0..facts.contexts.len()).map(|at| numbers[&app(at)]).collect();
    (vec![AppFacts::default(); numbers.len()], of)
}

/// Sessions of sign-ins from the addresses that suspect entries name: what CISA's published join starts from.
fn listed_sessions(facts: &Facts, case: &CaseInputs) -> Option<BTreeSet<TextId>> {
    let networks: Vec<_> = case
        .attribution
        .iter()
        .filter(|entry| entry.marking == Marking::Suspect)
        .flat_map(|entry| entry.matcher.addresses.iter())
        .collect();
    if case.signins.is_empty() || networks.is_empty() {
        return None;
    }
    let from_listed =
        |address: &str| address.parse().is_ok_and(|address| networks.iter().any(|network| network.contains(address)));
    let sessions: BTreeSet<String> = case
        .signins
        .iter()
        .filter(|signin| signin.address.as_deref().is_some_and(from_listed))
        .filter_map(|signin| signin.session_id.as_deref().map(str::to_lowercase))
        .collect();
    let ways = facts.ways.iter().filter(|way| way.basis == TokenBasis::SessionId);
    let known = ways.filter(|way| facts.text(way.token).is_some_and(|token| sessions.contains(&token.to_lowercase())));
    Some(known.map(|way| way.token).collect())
}
