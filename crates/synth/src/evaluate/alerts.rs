//! Owns scoring unusual access windows and published rules against the truth.
//!
//! *Paired*: an alert counts for a plant only if the same mailbox without the plant does not raise it (no alert of the null by
//! the same way in that overlaps it), and it overlaps the plant in time. *Overlap* drops the first condition.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{Burst, BurstRule, Interval, MailboxKey, Rules, Tier, UtcMicros};
use mailtrail_timeline::{TenantFacts, bursts};

use super::published::{self, Hit, Tuned};
use crate::{
    context::Context,
    record::Record,
    second::Second,
    service::Fate,
    touch::{Actor, Target, Touch},
    world::{Life, World},
};

/// What the tool found: its windows, and the ways in they name.
pub(super) struct Found {
    /// The windows.
    pub(super) bursts: Vec<Burst>,
    /// Every way in of the case, by its id.
    ways: BTreeMap<String, [Option<String>; 3]>,
}

impl Found {
    /// Asks the rules.
    pub(super) fn of(facts: &TenantFacts, rules: &Rules) -> Self {
        let lower = |ids: [Option<&str>; 3]| ids.map(|id| id.map(str::to_lowercase));
        let ways = facts.ways_in().map(|(id, ids)| (id.to_owned(), lower(ids))).collect();
        Self { bursts: bursts(facts, rules), ways }
    }
}

/// What one plant in one mailbox led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlantOutcome {
    /// The attack.
    pub attack: &'static str,
    /// The tenant.
    pub seed: u64,
    /// The mailbox, by number.
    pub mailbox: usize,
    /// The rank of the strongest alert that only the plant raises: 1, 2, or none.
    pub tier: Option<u8>,
    /// Some alert of tier 1 or 2 overlaps it, raised without it or not.
    pub overlaps: bool,
    /// Messages and folders the intruder took that are recorded; those of them inside alerts that only the plant raises.
    pub recorded: u64,
    /// See `recorded`.
    pub covered: u64,
    /// Messages and folders taken, recorded or not.
    pub taken: u64,
    /// Of those, taken before the first alert could be raised; `None` without an alert.
    pub before: Option<u64>,
    /// Hours by which the alerts begin after (or before, negative) the intruder, and end before.
    pub boundary_hours: Option<(f64, f64)>,
    /// Rules of ours that fired.
    pub rules: BTreeSet<BurstRule>,
    /// Published rules, each with a threshold, that fire on it and not without it.
    pub published: BTreeSet<Tuned>,
}

/// Alerts of a tenant without any plant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NullOutcome {
    /// The tenant.
    pub seed: u64,
    /// Mailboxes times days, in months of 30 days.
    pub months: f64,
    /// Alerts of tier 1 and of tier 2.
    pub tiers: [u64; 2],
    /// By what: the rules that fired, joined, and what the person or service really did.
    pub causes: BTreeMap<String, u64>,
    /// Windows in which published rules fire, by rule and threshold.
    pub published: BTreeMap<Tuned, u64>,
}

/// The mailbox number of each key.
pub(super) fn numbers(world: &World) -> BTreeMap<MailboxKey, usize> {
    let organization = &*world.tenant.organization_id;
    let number = |(index, mailbox): (usize, &crate::tenant::Mailbox)| {
        Some((MailboxKey::of(Some(organization), Some(&mailbox.guid), None)?, index))
    };
    world.tenant.mailboxes.iter().enumerate().filter_map(number).collect()
}

fn is_alert(burst: &&Burst) -> bool {
    burst.tier <= Tier::Two
}

fn overlap(a: Interval, b: Interval) -> bool {
    a.start < b.end && b.start < a.end
}

pub(super) fn micros(at: Second) -> UtcMicros {
    UtcMicros(at.0 * 1_000_000)
}

/// What a tenant without a plant raises.
pub(super) fn null(world: &World, found: &Found, hits: &BTreeMap<Tuned, Vec<Hit>>) -> NullOutcome {
    let days = super::stats::real(u64::try_from(world.horizon.until.0 - world.horizon.from.0).unwrap_or(0)) / 86_400.0;
    let months = super::stats::whole(world.lives.len()) * days / 30.0;
    let mut out = NullOutcome { seed: world.horizon.seed, months, ..NullOutcome::default() };
    let numbers = numbers(world);
    for burst in found.bursts.iter().filter(is_alert) {
        out.tiers[if burst.tier == Tier::One { 0 } else { 1 }] += 1;
        let rules: Vec<&str> = burst.fired_rules().map(BurstRule::as_str).collect();
        let life = numbers.get(&burst.mailbox).map(|number| &world.lives[*number]);
        let way = Ways::of(found, &burst.context);
        let cause = life.and_then(|life| main_reason(life, burst, &way)).unwrap_or("unknown");
        *out.causes.entry(format!("{} by {cause}", rules.join("+"))).or_default() += 1;
    }
    let count = |hits: &Vec<Hit>| u64::try_from(hits.len()).unwrap_or(u64::MAX);
    out.published = hits.iter().map(|(tuned, hits)| (*tuned, count(hits))).collect();
    out
}

/// What really happened most in a window.
fn main_reason(life: &Life, burst: &Burst, way: &Ways) -> Option<&'static str> {
    let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
    for (touch, fate) in life.touches.iter().zip(&life.log.fates) {
        if let Some(Fate::Recorded(record)) = fate
            && in_burst(&life.log.records[*record], burst, way)
        {
            *counts.entry(touch.why).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(why, count)| (*count, std::cmp::Reverse(*why))).map(|(why, _)| why)
}

/// A way in as the records spell it: what of the tool's context id the simulator can recognise.
pub(super) struct Ways(Option<[Option<String>; 3]>);

impl Ways {
    fn of(found: &Found, context: &str) -> Self {
        Self(found.ways.get(context).cloned())
    }

    fn is(&self, record: &Record, context: &Context) -> bool {
        let ids = record.apps(context);
        self.0.as_ref().is_some_and(|[user, app, client]| {
            context.user_id.to_lowercase() == user.as_deref().unwrap_or_default()
                && ids.0.map(str::to_lowercase) == *app
                && ids.1.map(str::to_lowercase) == *client
        })
    }
}

fn in_burst(record: &Record, burst: &Burst, way: &Ways) -> bool {
    let at = micros(record.created);
    burst.span.start <= at
        && at < burst.span.end
        && record.access().is_some_and(|access| way.is(record, &access.context))
}

/// Whether a window's way in is one by which such touches were recorded.
pub(super) fn has_touch(found: &Found, life: &Life, burst: &Burst, meant: impl Fn(&Touch) -> bool) -> bool {
    let way = Ways::of(found, &burst.context);
    life.touches.iter().zip(&life.log.fates).any(|(touch, fate)| match fate {
        Some(Fate::Recorded(record)) => meant(touch) && in_burst(&life.log.records[*record], burst, &way),
        _ => false,
    })
}

/// What a tenant with plants raises, mailbox by mailbox, beside the same tenant without.
pub(super) fn plants(
    world: &World,
    found: &Found,
    without: &Found,
    hits: [&BTreeMap<Tuned, Vec<Hit>>; 2],
    planted: &[(usize, &'static str)],
) -> Vec<PlantOutcome> {
    let numbers = numbers(world);
    let of = |found: &Found, wanted: usize| -> Vec<Burst> {
        let own = found.bursts.iter().filter(is_alert);
        own.filter(|burst| numbers.get(&burst.mailbox) == Some(&wanted)).cloned().collect()
    };
    planted
        .iter()
        .map(|(number, attack)| {
            let life = &world.lives[*number];
            let (with, null) = (of(found, *number), of(without, *number));
            let mut out = one(life, found, &with, &null);
            (out.attack, out.seed, out.mailbox) = (attack, world.horizon.seed, *number);
            if let Some(span) = span(life) {
                out.published = published::fired(hits[0], hits[1], *number, span);
            }
            out
        })
        .collect()
}

/// First to last touch of the intruder, a little widened: a record comes up to two minutes after what it is about.
fn span(life: &Life) -> Option<(Second, Second)> {
    let mut own = life.touches.iter().filter(|touch| touch.who == Actor::Intruder).map(|touch| touch.at);
    let first = own.next()?;
    let last = own.next_back().unwrap_or(first);
    Some((first, last.plus(180)))
}

fn one(life: &Life, found: &Found, with: &[Burst], null: &[Burst]) -> PlantOutcome {
    let mut out = PlantOutcome::default();
    let Some((first, last)) = span(life) else { return out };
    let span = Interval { start: micros(first), end: micros(last) };
    let own = || life.touches.iter().zip(&life.log.fates).filter(|(touch, _)| touch.who == Actor::Intruder);
    let taken: BTreeSet<Target> = own().map(|(touch, _)| touch.target).collect();
    out.taken = u64::try_from(taken.len()).unwrap_or(0);
    let overlapping: Vec<&Burst> = with.iter().filter(|burst| overlap(burst.span, span)).collect();
    out.overlaps = !overlapping.is_empty();
    let raised_anyway = |burst: &Burst| null.iter().any(|n| n.context == burst.context && overlap(n.span, burst.span));
    let new: Vec<(&Burst, Ways)> = overlapping
        .into_iter()
        .filter(|burst| !raised_anyway(burst))
        .map(|burst| (burst, Ways::of(found, &burst.context)))
        .collect();
    out.tier = new.iter().map(|(burst, _)| burst.tier.number()).min();
    out.rules = new.iter().flat_map(|(burst, _)| burst.fired_rules()).collect();
    let (mut recorded, mut covered) = (BTreeSet::new(), BTreeSet::new());
    for (touch, fate) in own() {
        let Some(Fate::Recorded(record)) = fate else { continue };
        recorded.insert(touch.target);
        if new.iter().any(|(burst, way)| in_burst(&life.log.records[*record], burst, way)) {
            covered.insert(touch.target);
        }
    }
    out.recorded = u64::try_from(recorded.len()).unwrap_or(0);
    out.covered = u64::try_from(covered.len()).unwrap_or(0);
    let first_alert = new.iter().filter_map(|(burst, way)| raised_at(life, burst, way)).min();
    out.before = first_alert.map(|at| {
        let early: BTreeSet<Target> =
            own().filter(|(touch, _)| micros(touch.at) < at).map(|(touch, _)| touch.target).collect();
        u64::try_from(early.len()).unwrap_or(0)
    });
    let hours = |from: UtcMicros, to: UtcMicros| super::stats::signed(to.0 - from.0) / 3.6e9;
    let start = new.iter().map(|(burst, _)| burst.span.start).min();
    let end = new.iter().map(|(burst, _)| burst.span.end).max();
    out.boundary_hours = start.zip(end).map(|(start, end)| (hours(span.start, start), hours(end, span.end)));
    out
}

/// The earliest moment at which a window's own counts reach the limit of a rule that opens it.
fn raised_at(life: &Life, burst: &Burst, way: &Ways) -> Option<UtcMicros> {
    let limit = |rule| burst.finding(rule).filter(|_| burst.fired(rule)).and_then(|finding| finding.limit);
    let mut needed: Option<f64> = None;
    for rule in [BurstRule::R1, BurstRule::R2] {
        if burst.fired(rule) {
            let count = limit(rule).unwrap_or(super::stats::real(burst.messages));
            needed = Some(needed.map_or(count, |known: f64| known.min(count)));
        }
    }
    if burst.fired(BurstRule::R11) {
        needed = Some(1.0);
    }
    let folders = limit(BurstRule::R3);
    let (mut seen, mut synced) = (BTreeSet::new(), BTreeSet::new());
    for record in life.log.records.iter().filter(|record| in_burst(record, burst, way)) {
        seen.extend(record.items().iter().map(|item| item.number));
        if let (true, Some(access)) = (record.items().is_empty(), record.access()) {
            synced.insert(access.folder_id.clone());
        }
        let reaches = |known: usize, needed: Option<f64>| needed.is_some_and(|n| super::stats::whole(known) >= n);
        if reaches(seen.len(), needed) || reaches(synced.len(), folders) {
            return Some(micros(record.created));
        }
    }
    Some(burst.span.end)
}
