//! Owns access sessions: maximal runs of one mailbox's accesses by one way in, with no silence longer than the idle gap.
//!
//! Invariant: every access of the window is in exactly one session, and a longer gap never gives more of them. A session
//! is a unit of presentation: no class depends on it. Ten million accesses are cut by sorting packed (group, time) keys
//! mailbox by mailbox and walking them, not by a query: a sort and a walk took 0.34 s where a query took 2.8 s.

use std::{cmp::Ordering, collections::BTreeMap};

use mailtrail_model::{AccessSession, Attribution, Interval, MailAccessType, SessionBasis, ThrottleState, UtcMicros};
use rayon::prelude::*;

use crate::{
    facts::{Access, Facts, TokenBasis, Way},
    items::{self, Items},
};

/// The session of an access outside the window.
const NO_SESSION: u32 = u32::MAX;

/// Addresses a session lists.
const ADDRESSES: usize = 20;

/// What holds a session together: an actor's token session, or a context.
#[derive(Clone, Copy, Debug)]
struct Group {
    way: u32,
}

/// The accesses of the window, cut.
#[derive(Debug)]
pub(crate) struct Cut {
    /// Session of each access, by place.
    pub(crate) of: Vec<u32>,
    /// Sessions, in (mailbox, start, group) order.
    pub(crate) sessions: Vec<Run>,
}

/// One session, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Index of the mailbox.
    pub(crate) mailbox: u32,
    /// First record.
    pub(crate) start: i64,
    /// Last record.
    pub(crate) end: i64,
    /// A way that is in it: gives basis, token and actor.
    way: u32,
}

/// The group of each way, numbered so that groups sort by what they are and not by where they were first seen.
fn groups(facts: &Facts) -> (Vec<u32>, Vec<Group>) {
    let key = |way: &Way| -> (TokenBasis, &str, &str, &str) {
        let context = &facts.contexts[way.context as usize];
        let actor = context.key.user_id.as_deref().unwrap_or("");
        match facts.text(way.token) {
            Some(token) => (way.basis, token, actor, ""),
            None => (TokenBasis::None, "", "", &context.id),
        }
    };
    let mut numbers: BTreeMap<(TokenBasis, &str, &str, &str), u32> = BTreeMap::new();
    for (at, way) in (0u32..).zip(&facts.ways) {
        numbers.entry(key(way)).or_insert(at);
    }
    let groups: Vec<Group> = numbers.values().map(|way| Group { way: *way }).collect();
    for (number, slot) in (0u32..).zip(numbers.values_mut()) {
        *slot = number;
    }
    (facts.ways.iter().map(|way| numbers[&key(way)]).collect(), groups)
}

/// Cuts the accesses of the window at silences longer than `idle_gap` microseconds.
pub(crate) fn cut(facts: &Facts, idle_gap: i64) -> Cut {
    let (group_of_way, groups) = groups(facts);
    let per_mailbox: Vec<(Vec<u32>, Vec<Run>)> = (0..facts.mailboxes.len())
        .into_par_iter()
        .map(|mailbox| cut_mailbox(facts.of(mailbox), &group_of_way, &groups, idle_gap))
        .collect();
    let mut cut = Cut { of: Vec::with_capacity(facts.accesses.len()), sessions: Vec::new() };
    for (of, runs) in per_mailbox {
        let base = u32::try_from(cut.sessions.len()).unwrap_or(NO_SESSION);
        cut.of.extend(of.into_iter().map(|session| if session == NO_SESSION { session } else { session + base }));
        cut.sessions.extend(runs);
    }
    cut
}

/// The id of a session by its place.
pub(crate) fn printed(at: usize) -> String {
    format!("V{:06}", at + 1)
}

/// How many sessions another gap would give.
pub(crate) fn count(facts: &Facts, idle_gap: i64) -> u64 {
    let (group_of_way, _) = groups(facts);
    (0..facts.mailboxes.len())
        .into_par_iter()
        .map(|mailbox| {
            let accesses = facts.of(mailbox);
            let keys = packed(accesses, &group_of_way);
            let breaks = keys.windows(2).filter(|pair| splits(pair[0], pair[1], accesses, idle_gap)).count();
            u64::try_from(breaks).unwrap_or(u64::MAX) + u64::from(!keys.is_empty())
        })
        .sum()
}

/// (group, place in the mailbox) of each access in the window, sorted: by group, then by time, as places are.
fn packed(accesses: &[Access], group_of_way: &[u32]) -> Vec<u64> {
    let mut keys: Vec<u64> = (0u64..)
        .zip(accesses)
        .filter(|(_, access)| access.flags.in_window())
        .map(|(at, access)| u64::from(group_of_way[access.way as usize]) << 32 | at)
        .collect();
    // Mailboxes are cut side by side already; see `sort` for why there is no parallel sort in here.
    keys.sort_unstable();
    keys
}

fn unpacked(key: u64) -> (u32, usize) {
    let (group, at) = ((key >> 32), key & u64::from(u32::MAX));
    (u32::try_from(group).unwrap_or(u32::MAX), usize::try_from(at).unwrap_or(usize::MAX))
}

fn splits(left: u64, right: u64, accesses: &[Access], idle_gap: i64) -> bool {
    let ((group, at), (next_group, next)) = (unpacked(left), unpacked(right));
    group != next_group || accesses[next].created - accesses[at].created > idle_gap
}

fn cut_mailbox(accesses: &[Access], group_of_way: &[u32], groups: &[Group], idle_gap: i64) -> (Vec<u32>, Vec<Run>) {
    let keys = packed(accesses, group_of_way);
    let mut runs: Vec<(Run, u32, &[u64])> = keys
        .chunk_by(|left, right| !splits(*left, *right, accesses, idle_gap))
        .map(|run| {
            let ((group, first), (_, last)) = (unpacked(run[0]), unpacked(run[run.len() - 1]));
            let (start, end) = (accesses[first].created, accesses[last].created);
            let run_of = Run { mailbox: accesses[first].mailbox, start, end, way: groups[group as usize].way };
            (run_of, group, run)
        })
        .collect();
    runs.sort_by_key(|(run, group, _)| (run.start, *group));
    let mut of = vec![NO_SESSION; accesses.len()];
    for (number, (_, _, keys)) in (0u32..).zip(&runs) {
        for key in *keys {
            of[unpacked(*key).1] = number;
        }
    }
    (of, runs.into_iter().map(|(run, ..)| run).collect())
}

/// What is counted of a session.
#[derive(Clone, Debug, Default)]
struct Tally {
    records: u64,
    binds: u64,
    syncs: u64,
    items: u64,
    throttled: u64,
    messages: u64,
    folders: u64,
    bytes: Option<u64>,
    attribution: Option<Attribution>,
    contexts: BTreeMap<u32, u64>,
    addresses: std::collections::BTreeSet<u32>,
}

/// The ids of the sessions that hold these places, in session order.
pub(crate) fn ids(cut: &Cut, sessions: &[AccessSession], places: &[u32]) -> Vec<String> {
    let numbers: std::collections::BTreeSet<u32> = places.iter().map(|place| cut.of[*place as usize]).collect();
    numbers.iter().filter_map(|number| sessions.get(*number as usize)).map(|session| session.id.clone()).collect()
}

/// The sessions with everything a page says of them. `closed` says of each mailbox at which instants the log could see:
/// beyond them a session may go on.
pub(crate) fn summarise(
    facts: &Facts,
    items: &Items,
    cut: &Cut,
    attribution: &[Attribution],
    closed: &[Vec<Interval>],
    idle_gap: i64,
) -> Vec<AccessSession> {
    let first_of = |mailbox: usize| cut.sessions.partition_point(|run| (run.mailbox as usize) < mailbox);
    let all: Vec<Vec<AccessSession>> = (0..facts.mailboxes.len())
        .into_par_iter()
        .map(|mailbox| {
            let (first, last) = (first_of(mailbox), first_of(mailbox + 1));
            let runs = &cut.sessions[first..last];
            let mut tallies = vec![Tally::default(); runs.len()];
            let range = facts.range(mailbox);
            let local = |place: usize| (cut.of[place] != NO_SESSION).then(|| cut.of[place] as usize - first);
            for place in range.clone() {
                if let Some(session) = local(place) {
                    tallies[session].add(&facts.accesses[place], facts, attribution[place]);
                }
            }
            distinct(items, mailbox, &range, &local, &mut tallies);
            (first..)
                .zip(runs.iter().zip(tallies))
                .map(|(at, (run, tally))| session(facts, at, run, tally, &closed[mailbox], idle_gap))
                .collect()
        })
        .collect();
    all.into_iter().flatten().collect()
}

impl Tally {
    fn add(&mut self, access: &Access, facts: &Facts, attribution: Attribution) {
        self.records += 1;
        match access.flags.kind() {
            MailAccessType::Bind => self.binds += 1,
            MailAccessType::Sync => self.syncs += 1,
            MailAccessType::Attachment | MailAccessType::Unknown => {}
        }
        self.items += u64::from(access.items);
        self.throttled += u64::from(access.flags.throttled() == ThrottleState::Yes);
        self.attribution = self.attribution.max(Some(attribution));
        let way = facts.way(access);
        *self.contexts.entry(way.context).or_default() += 1;
        if way.address != crate::interner::NONE {
            self.addresses.insert(way.address);
        }
    }
}

/// Distinct messages, folders and bytes of each session of a mailbox.
fn distinct(
    items: &Items,
    mailbox: usize,
    range: &std::ops::Range<usize>,
    local: &impl Fn(usize) -> Option<usize>,
    tallies: &mut [Tally],
) {
    let mut folders: Vec<(usize, u32)> = Vec::new();
    let mut sessions: Vec<usize> = Vec::new();
    for run in items::messages(items.of(mailbox)) {
        sessions.clear();
        sessions.extend(run.iter().filter_map(|item| local(item.place as usize)));
        sessions.sort_unstable();
        sessions.dedup();
        let size = run.iter().filter_map(items::Item::size).max();
        for session in &sessions {
            let tally = &mut tallies[*session];
            tally.messages += 1;
            if let Some(size) = size {
                tally.bytes = Some(tally.bytes.unwrap_or_default() + size);
            }
        }
    }
    let named = items.of(mailbox).iter().map(|item| (item.place, item.folder));
    let others = items.syncs_in(range).iter().chain(items.unlisted_in(range)).copied();
    for (place, folder) in named.chain(others) {
        if let (Some(session), true) = (local(place as usize), folder != crate::interner::NONE) {
            folders.push((session, folder));
        }
    }
    folders.sort_unstable();
    folders.dedup();
    for (session, _) in folders {
        tallies[session].folders += 1;
    }
}

fn session(facts: &Facts, at: usize, run: &Run, tally: Tally, closed: &[Interval], idle_gap: i64) -> AccessSession {
    let way = &facts.ways[run.way as usize];
    // The context of most records; among equals the first by id, as contexts stand in id order.
    let by_records = |a: &(&u32, &u64), b: &(&u32, &u64)| match a.1.cmp(b.1) {
        Ordering::Equal => b.0.cmp(a.0),
        other => other,
    };
    let context = tally.contexts.iter().max_by(by_records).map_or(way.context, |(context, _)| *context);
    let mut addresses: Vec<String> =
        tally.addresses.iter().filter_map(|id| facts.text(*id)).map(str::to_owned).collect();
    let address_count = u64::try_from(addresses.len()).unwrap_or(u64::MAX);
    addresses.sort();
    addresses.truncate(ADDRESSES);
    let before = Interval { start: UtcMicros(run.start - idle_gap), end: UtcMicros(run.start).plus(1) };
    let after = Interval { start: UtcMicros(run.end), end: UtcMicros(run.end + idle_gap).plus(1) };
    AccessSession {
        id: printed(at),
        mailbox: facts.mailboxes[run.mailbox as usize].key.clone(),
        context: facts.contexts[context as usize].id.clone(),
        basis: match way.basis {
            TokenBasis::Aad => SessionBasis::AadSession,
            TokenBasis::SessionId => SessionBasis::SessionId,
            TokenBasis::None => SessionBasis::Context,
        },
        token_session: facts.text(way.token).map(str::to_owned),
        span: Interval { start: UtcMicros(run.start), end: UtcMicros(run.end) },
        open_start: !holds(closed, before),
        open_end: !holds(closed, after),
        attribution: tally.attribution.unwrap_or(Attribution::Unattributed),
        records: tally.records,
        binds: tally.binds,
        syncs: tally.syncs,
        items: tally.items,
        messages: tally.messages,
        folders: tally.folders,
        bytes: tally.bytes,
        throttled: tally.throttled,
        addresses,
        address_count,
    }
}

/// Whether one of the sorted, disjoint `spans` holds all of `span`.
fn holds(spans: &[Interval], span: Interval) -> bool {
    let at = spans.partition_point(|one| one.start <= span.start);
    at > 0 && spans[at - 1].end >= span.end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        spans::span,
        world::{HOUR, Row, bind, world},
    };

    const GAP: i64 = 2 * HOUR;

    fn sessions(rows: &[Row]) -> Vec<AccessSession> {
        let (facts, items) = world(rows);
        let attribution = vec![Attribution::Unattributed; facts.accesses.len()];
        let closed = vec![vec![span(-1_000 * HOUR, 1_000 * HOUR)]; facts.mailboxes.len()];
        summarise(&facts, &items, &cut(&facts, GAP), &attribution, &closed, GAP)
    }

    #[test]
    fn a_silence_of_exactly_the_gap_does_not_end_a_session() {
        assert_eq!(sessions(&[bind("a", 0), bind("a", GAP)]).len(), 1);
        assert_eq!(sessions(&[bind("a", 0), bind("a", GAP + 1)]).len(), 2);
    }

    #[test]
    fn a_rotating_address_stays_one_session_and_another_application_is_another() {
        let rotating: Vec<Row> = (0..9).map(|n| bind("a", n * HOUR).from(&format!("192.0.2.{n}"))).collect();
        let found = sessions(&rotating);
        assert_eq!((found.len(), found[0].address_count, found[0].basis), (1, 9, SessionBasis::Context));
        let mut other = bind("a", 0);
        other.key[3] = "another".to_owned();
        assert_eq!(sessions(&[bind("a", 0), other]).len(), 2);
    }

    #[test]
    fn a_token_session_groups_contexts_of_one_actor_and_no_other() {
        let mut rest = bind("a", 60).token("t");
        rest.key[6] = "Client=REST;;".to_owned();
        let found = sessions(&[bind("a", 0).token("t"), rest.clone()]);
        assert_eq!(
            (found.len(), found[0].basis, found[0].token_session.as_deref()),
            (1, SessionBasis::SessionId, Some("t"))
        );
        rest.key[0] = "other@contoso.example".to_owned();
        assert_eq!(sessions(&[bind("a", 0).token("t"), rest]).len(), 2);
        let mut aad = bind("a", 0).token("t");
        aad.token_is_aad = true;
        assert_eq!(sessions(&[bind("a", 0).token("t"), aad]).len(), 2, "the two session ids are never merged");
    }

    #[test]
    fn messages_and_folders_are_distinct_and_items_are_not() {
        let found = sessions(&[bind("a", 0).naming(&["<x@y>", "z@y"]), bind("a", 60).naming(&["X@y"]).sync("inbox")]);
        assert_eq!((found[0].items, found[0].messages, found[0].folders, found[0].bytes), (3, 2, 1, Some(2)));
    }

    #[test]
    fn a_session_near_the_edge_of_what_the_log_sees_is_open_on_that_side() {
        let (facts, items) = world(&[bind("a", 0), bind("a", HOUR)]);
        let attribution = [Attribution::Unattributed; 2];
        let open = |closed: Vec<Interval>| {
            let found = summarise(&facts, &items, &cut(&facts, GAP), &attribution, &[closed], GAP);
            (found[0].open_start, found[0].open_end)
        };
        assert_eq!(open(vec![span(-GAP, 4 * HOUR)]), (false, false));
        assert_eq!(open(vec![span(-GAP + 1, 4 * HOUR)]), (true, false));
        assert_eq!(open(vec![span(-GAP, 3 * HOUR)]), (false, true));
        assert_eq!(open(vec![]), (true, true));
    }

    prop_compose! {
        fn rows()(picks in prop::collection::vec((0..3u8, 0..200i64, 0..3u8, 0..3u8), 0..60)) -> Vec<Row> {
            picks.iter().map(|(mailbox, quarter, way, token)| {
                let mut row = bind(&format!("m{mailbox}"), quarter * HOUR / 4);
                row.key[3] = format!("app{way}");
                if *token > 0 { row.token = format!("t{token}"); }
                row
            }).collect()
        }
    }

    proptest! {
        #[test]
        fn sessions_partition_the_accesses(rows in rows()) {
            let (facts, _) = world(&rows);
            let cut = cut(&facts, GAP);
            prop_assert_eq!(cut.of.len(), rows.len());
            prop_assert!(cut.of.iter().all(|session| (*session as usize) < cut.sessions.len()));
            let found = sessions(&rows);
            prop_assert_eq!(found.iter().map(|one| one.records).sum::<u64>(), rows.len() as u64);
            prop_assert!(found.iter().all(|one| one.records > 0));
            prop_assert_eq!(count(&facts, GAP), found.len() as u64);
        }

        #[test]
        fn a_longer_idle_gap_never_makes_more_sessions(rows in rows(), short in 0..9i64, more in 0..9i64) {
            let (facts, _) = world(&rows);
            prop_assert!(count(&facts, (short + more) * HOUR / 2) <= count(&facts, short * HOUR / 2));
        }

        #[test]
        fn the_order_of_rows_changes_no_session(rows in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))) {
            prop_assert_eq!(sessions(&rows.0), sessions(&rows.1));
        }
    }
}
