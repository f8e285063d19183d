//! Owns the summary of synchronising token sessions: per route and token session, which folders were synchronised when and
//! from which network; when that session and those networks were seen in the mailbox; which folders its records know.
//!
//! Invariant: judges nothing; every threshold is applied in `bursts`. Linear in the mailbox's accesses and first-time
//! messages; a mailbox without a Sync costs nothing.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{Network, front_end_network};

use crate::{
    exposure::World,
    facts::{Facts, TokenBasis},
    interner::{NONE, TextId},
    tenant_facts::{Clock, First, Route},
};

/// A token session: which of the two kinds, and its value.
pub(crate) type Token = (TokenBasis, TextId);

/// When something was seen in a mailbox, whatever the way in and the mark.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sighting {
    /// First access.
    pub(crate) first: i64,
    /// Local days, sorted.
    pub(crate) days: Vec<i64>,
}

/// A folder that a session synchronises for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Synced {
    /// `CreationTime` of the record.
    pub(crate) at: i64,
    /// The folder.
    pub(crate) folder: TextId,
    /// Index into [`SyncFacts::networks`]; `None` where no address is stated, or it is a Microsoft front end's.
    pub(crate) network: Option<usize>,
}

/// A token session of one route with at least one Sync.
#[derive(Clone, Debug)]
pub(crate) struct SyncSession {
    /// Index into the mailbox's routes.
    pub(crate) route: usize,
    /// The session.
    pub(crate) token: Token,
    /// Places of its accesses in that route, in time order.
    pub(crate) places: Vec<u32>,
    /// First-time messages of the route that it named.
    pub(crate) firsts: Vec<First>,
    /// Each folder at its first Sync of the session, in time order: (time, folder).
    pub(crate) synced: Vec<(i64, TextId)>,
    /// Each folder at its first Sync from each network, in time order.
    pub(crate) by_network: Vec<Synced>,
    /// When the session was seen in the mailbox, by any way in.
    pub(crate) seen: Sighting,
}

/// What a mailbox's synchronising sessions are compared with.
#[derive(Clone, Debug, Default)]
pub(crate) struct SyncFacts {
    /// The sessions, by (route, token).
    pub(crate) sessions: Vec<SyncSession>,
    /// Networks that Syncs came from, and when each was seen in the mailbox.
    pub(crate) networks: Vec<(Network, Sighting)>,
    /// Folders that records name: the first session to name it (or none), and whether another did, too.
    folders: BTreeMap<TextId, (Token, bool)>,
}

impl SyncFacts {
    /// Summarises a mailbox. `route_of` is the route of each of its places, as an index into `routes`.
    pub(crate) fn of(world: &World<'_>, mailbox: usize, routes: &[Route], route_of: &[u32], clock: &mut Clock) -> Self {
        let facts = world.facts;
        let range = facts.range(mailbox);
        let syncs = world.items.syncs_in(&range);
        if syncs.is_empty() {
            return Self::default();
        }
        let mut out = Self::default();
        let mut networks: BTreeMap<Network, usize> = BTreeMap::new();
        let mut sessions: BTreeMap<(usize, Token), SyncSession> = BTreeMap::new();
        let mut known: BTreeSet<(usize, Token, TextId)> = BTreeSet::new();
        let mut known_from: BTreeSet<(usize, Token, TextId, Option<usize>)> = BTreeSet::new();
        for (place, folder) in syncs.iter().filter(|(_, folder)| *folder != NONE) {
            let access = &facts.accesses[*place as usize];
            let token = token_of(facts, *place);
            out.name(*folder, token);
            if token.0 == TokenBasis::None {
                continue;
            }
            let network = network_of(facts, access.way).map(|network| {
                let next = networks.len();
                *networks.entry(network).or_insert(next)
            });
            let route = route_of[*place as usize - range.start] as usize;
            let session = sessions.entry((route, token)).or_insert_with(|| SyncSession::new(route, token));
            if known.insert((route, token, *folder)) {
                session.synced.push((access.created, *folder));
            }
            if known_from.insert((route, token, *folder, network)) {
                session.by_network.push(Synced { at: access.created, folder: *folder, network });
            }
        }
        for first in routes.iter().flat_map(|route| &route.firsts).filter(|first| first.folder != NONE) {
            out.name(first.folder, token_of(facts, first.place));
        }
        let mut seen: Vec<Sighting> = networks.iter().map(|_| Sighting::new()).collect();
        let mut tokens: BTreeMap<Token, Sighting> =
            sessions.keys().map(|(_, token)| (*token, Sighting::new())).collect();
        // The network of a way is looked up once: many accesses share one.
        let mut ways: BTreeMap<u32, Option<usize>> = BTreeMap::new();
        for (place, access) in (range.start..).zip(facts.of(mailbox)) {
            let day = clock.day(access.created);
            let network = ways
                .entry(access.way)
                .or_insert_with(|| network_of(facts, access.way).and_then(|network| networks.get(&network).copied()));
            if let Some(sighting) = network.and_then(|at| seen.get_mut(at)) {
                sighting.add(access.created, day);
            }
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            let token = token_of(facts, place);
            if let Some(sighting) = tokens.get_mut(&token) {
                sighting.add(access.created, day);
                let route = route_of[place as usize - range.start] as usize;
                if access.flags.in_window()
                    && let Some(session) = sessions.get_mut(&(route, token))
                {
                    session.places.push(place);
                }
            }
        }
        for (number, route) in routes.iter().enumerate() {
            for first in &route.firsts {
                if let Some(session) = sessions.get_mut(&(number, token_of(facts, first.place))) {
                    session.firsts.push(*first);
                }
            }
        }
        out.sessions = sessions.into_values().collect();
        for session in &mut out.sessions {
            session.seen = tokens.get(&session.token).cloned().unwrap_or_else(Sighting::new);
        }
        let mut named: Vec<(usize, Network)> = networks.into_iter().map(|(network, at)| (at, network)).collect();
        named.sort_unstable();
        out.networks = named.into_iter().map(|(_, network)| network).zip(seen).collect();
        out
    }

    /// Folders that records of other sessions, or of none, name.
    pub(crate) fn known_beside(&self, token: Token) -> impl Iterator<Item = TextId> {
        self.folders.iter().filter(move |(_, (first, more))| *more || *first != token).map(|(folder, _)| *folder)
    }

    fn name(&mut self, folder: TextId, token: Token) {
        let (first, more) = self.folders.entry(folder).or_insert((token, false));
        *more |= *first != token;
    }
}

impl SyncSession {
    fn new(route: usize, token: Token) -> Self {
        let (places, firsts, synced, by_network) = Default::default();
        Self { route, token, places, firsts, synced, by_network, seen: Sighting::new() }
    }
}

impl Sighting {
    fn new() -> Self {
        Self { first: i64::MAX, days: Vec::new() }
    }

    fn add(&mut self, at: i64, day: i64) {
        self.first = self.first.min(at);
        if self.days.last() != Some(&day) {
            self.days.push(day);
        }
    }
}

fn token_of(facts: &Facts, place: u32) -> Token {
    let way = facts.way(&facts.accesses[place as usize]);
    (way.basis, way.token)
}

/// The network an address lies in. Front ends say nothing about where a client is.
pub(crate) fn network_of(facts: &Facts, way: u32) -> Option<Network> {
    let address = facts.text(facts.ways[way as usize].address)?.parse().ok()?;
    let network = Network::neighbourhood(address);
    front_end_network(&network).is_none().then_some(network)
}
