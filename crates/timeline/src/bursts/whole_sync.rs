//! Owns R3's second half: a Sync of the whole mailbox by a token session and from a network that are both new to it. A way
//! in that the owner uses, too, tells nothing; who signed in and from where does.
//!
//! Invariant: whether it fires depends on one mailbox alone; its tier also on whether the tenant knows the network, and on
//! whether the owner's client stayed where it was. A session that is not stated is not new, and neither is a front end's
//! network.

use std::collections::BTreeSet;

use mailtrail_model::{Network, Rules, UtcMicros};

use super::{
    novelty::{self, Novelty},
    tail::real,
};
use crate::{
    sync_sessions::{SyncFacts, SyncSession, Synced, network_of},
    tenant_facts::{MailboxFacts, TenantFacts},
};

/// What a session took within the hours in which it took most.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WholeSync {
    /// Folders synchronised from new networks.
    pub(crate) folders: u64,
    /// Folders that records of other sessions name.
    pub(crate) known: u64,
    /// Of those, synchronised.
    pub(crate) of_known: u64,
    /// Folders from which the rule fires.
    pub(crate) limit: u64,
    /// The new networks, as text.
    pub(crate) networks: String,
    /// They are new to the tenant, too.
    pub(crate) new_to_tenant: bool,
    /// The way in went on in other sessions, from networks that are not new, in as many hours before *and* after: whoever
    /// took the mailbox, the owner's client stayed where it was. That of somebody who travels does not.
    pub(crate) beside_owner: bool,
}

impl WholeSync {
    /// Whether the rule fires.
    pub(crate) fn fires(&self, rules: &Rules) -> bool {
        self.folders >= rules.r3_folders && real(self.of_known) >= rules.r3_share * real(self.known)
    }
}

/// The fullest hours of a session that is new, from networks that are new; `None` where either is not.
pub(crate) fn fullest(
    tenant: &TenantFacts,
    mailbox: &MailboxFacts,
    session: &SyncSession,
    novelty: &Novelty,
    rules: &Rules,
) -> Option<WholeSync> {
    let syncs: &SyncFacts = &mailbox.syncs;
    if !novelty.judge(mailbox, &session.seen, rules) {
        return None;
    }
    let new: Vec<Option<Network>> =
        syncs.networks.iter().map(|(network, seen)| novelty.judge(mailbox, seen, rules).then_some(*network)).collect();
    let network_of = |one: &Synced| one.network.and_then(|at| new.get(at).copied().flatten());
    let taken: Vec<&Synced> = session.by_network.iter().filter(|one| network_of(one).is_some()).collect();
    let known: BTreeSet<u32> = syncs.known_beside(session.token).collect();
    let length = rules.r3_hours.saturating_mul(UtcMicros::HOUR);
    let windows = taken.iter().enumerate().map(|(at, first)| {
        let end = first.at.saturating_add(length);
        let inside = taken[at..].iter().take_while(|one| one.at < end);
        let last = inside.clone().last().map_or(first.at, |one| one.at);
        (inside.map(|one| one.folder).collect::<BTreeSet<u32>>(), (first.at, last))
    });
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    // The earliest of equals.
    let (most, (start, end)) = windows.reduce(|best, next| if next.0.len() > best.0.len() { next } else { best })?;
    let names: BTreeSet<Network> = taken.iter().filter_map(|one| network_of(one)).collect();
    let share = (1..=known.len()).find(|n| real(number(*n)) >= rules.r3_share * real(number(known.len())));
    Some(WholeSync {
        folders: number(most.len()),
        known: number(known.len()),
        of_known: number(most.intersection(&known).count()),
        limit: rules.r3_folders.max(number(share.unwrap_or(0))),
        new_to_tenant: names.iter().all(|network| {
            let first = tenant.networks.get(network).copied();
            first.is_some_and(|first| novelty::new_to_tenant(tenant, first, rules).0 == Some(true))
        }),
        beside_owner: {
            let old: BTreeSet<Network> = syncs
                .networks
                .iter()
                .zip(&new)
                .filter(|(_, new)| new.is_none())
                .map(|((network, _), _)| *network)
                .collect();
            let stayed = |from: i64, until: i64| goes_on(tenant, mailbox, session, &old, from, until);
            stayed(start.saturating_sub(length), start) && stayed(end.saturating_add(1), end.saturating_add(length))
        },
        networks: names.iter().map(Network::to_string).collect::<Vec<_>>().join(", "),
    })
}

/// Whether another session used the session's way in between two instants, from one of these networks.
fn goes_on(
    tenant: &TenantFacts,
    mailbox: &MailboxFacts,
    session: &SyncSession,
    networks: &BTreeSet<Network>,
    from: i64,
    until: i64,
) -> bool {
    let facts = &tenant.facts;
    let created = |place: &u32| facts.accesses[*place as usize].created;
    let context = mailbox.routes.get(session.route).map(|route| route.context);
    // The owner's own accesses may be marked accepted, and so be a route of their own.
    mailbox.routes.iter().filter(|route| Some(route.context) == context).any(|route| {
        let first = route.places.partition_point(|place| created(place) < from);
        route.places[first..].iter().take_while(|place| created(place) < until).any(|place| {
            let own = session.places.binary_search(place).is_ok();
            !own && network_of(facts, facts.accesses[*place as usize].way).is_some_and(|one| networks.contains(&one))
        })
    })
}
