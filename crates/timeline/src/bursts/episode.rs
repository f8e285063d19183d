//! Owns what the rules are asked of: a stretch of one route, with everything a rule may look at; and how rules become a tier.

use mailtrail_model::{BurstRule, Interval, Outcome, RuleFinding, Rules, Tier, UtcMicros};

use super::{
    baseline::Baseline,
    novelty::Novelty,
    volume::{Volume, Window},
    whole_sync::WholeSync,
};
use crate::{
    sync_sessions::SyncSession,
    tenant_facts::{First, MailboxFacts, Route, TenantFacts},
};

/// A stretch of one route.
#[derive(Clone)]
pub(crate) struct Episode<'a> {
    /// The tenant.
    pub(crate) tenant: &'a TenantFacts,
    /// The mailbox.
    pub(crate) mailbox: &'a MailboxFacts,
    /// The route.
    pub(crate) route: &'a Route,
    /// What is new in the mailbox.
    pub(crate) novelty: &'a Novelty,
    /// What the mailbox leads to expect.
    pub(crate) baseline: &'a Baseline,
    /// What R1 says of the route.
    pub(crate) volume: &'a Volume,
    /// R1's strongest window in the stretch, where it fires.
    pub(crate) window: Option<&'a Window>,
    /// First record to just after the last.
    pub(crate) span: Interval,
    /// Places of its records.
    pub(crate) places: &'a [u32],
    /// First-time messages in it.
    pub(crate) firsts: &'a [First],
    /// Folders synchronised for the first time in it.
    pub(crate) synced: &'a [(i64, u32)],
    /// A Sync of the whole mailbox by a new token session from a new network, in it.
    pub(crate) whole_sync: Option<WholeSync>,
    /// It is the records of one token session.
    pub(crate) one_session: bool,
}

impl<'a> Episode<'a> {
    /// The stretch of a route from `start` to before `end`, cut to its records; `None` where it has none there.
    pub(crate) fn cut(mut self, start: i64, end: i64) -> Option<Episode<'a>> {
        let accesses = &self.tenant.facts.accesses;
        let created = |place: &u32| accesses[*place as usize].created;
        let places = &self.route.places;
        let (first, last) = (
            places.partition_point(|place| created(place) < start),
            places.partition_point(|place| created(place) < end),
        );
        self.places = &places[first..last];
        let (from, until) = (created(self.places.first()?), created(self.places.last()?) + 1);
        self.span = Interval { start: UtcMicros(from), end: UtcMicros(until) };
        let of = |at: i64| (from..until).contains(&at);
        let firsts = &self.route.firsts;
        let begin = firsts.partition_point(|one| one.at < from);
        self.firsts = &firsts[begin..firsts.partition_point(|one| one.at < until)];
        let synced = &self.route.synced;
        let begin = synced.partition_point(|(at, _)| *at < from);
        self.synced = &synced[begin..synced.iter().rposition(|(at, _)| of(*at)).map_or(begin, |last| last + 1)];
        Some(self)
    }

    /// All of one token session, in which the whole mailbox is synchronised.
    pub(crate) fn of_session(mut self, session: &'a SyncSession, whole: WholeSync) -> Option<Episode<'a>> {
        let created = |place: &u32| self.tenant.facts.accesses[*place as usize].created;
        let (from, until) = (created(session.places.first()?), created(session.places.last()?) + 1);
        self.span = Interval { start: UtcMicros(from), end: UtcMicros(until) };
        (self.places, self.firsts, self.synced) = (&session.places, &session.firsts, &session.synced);
        (self.whole_sync, self.one_session) = (Some(whole), true);
        Some(self)
    }

    /// The same stretch, with what was found of a Sync of the whole mailbox in it.
    pub(crate) fn with_whole_sync(mut self, whole: Option<WholeSync>) -> Self {
        self.whole_sync = whole;
        self
    }

    /// Whether the way in is new to the mailbox.
    pub(crate) fn is_new(&self) -> bool {
        self.novelty.is_new(self.route.context)
    }
}

/// A finding in the making.
pub(crate) struct Answer {
    finding: RuleFinding,
}

impl Answer {
    /// A rule that could not be asked, and why.
    pub(crate) fn not_evaluable(rule: BurstRule, measure: &str, why: impl Into<String>) -> RuleFinding {
        RuleFinding {
            rule,
            outcome: Outcome::NotEvaluable,
            measure: measure.to_owned(),
            observed: None,
            expected: None,
            limit: None,
            note: why.into(),
        }
    }

    /// A rule that was asked.
    pub(crate) fn of(rule: BurstRule, measure: impl Into<String>, fired: bool) -> Self {
        let outcome = if fired { Outcome::Fired } else { Outcome::NotFired };
        let (measure, note) = (measure.into(), String::new());
        Self { finding: RuleFinding { rule, outcome, measure, observed: None, expected: None, limit: None, note } }
    }

    /// What the records show.
    pub(crate) fn observed(mut self, value: f64) -> Self {
        self.finding.observed = Some(value);
        self
    }

    /// What the baseline leads to expect.
    pub(crate) fn expected(mut self, value: f64) -> Self {
        self.finding.expected = Some(value);
        self
    }

    /// From where the rule fires.
    pub(crate) fn limit(mut self, value: f64) -> Self {
        self.finding.limit = Some(value);
        self
    }

    /// What the numbers alone do not say.
    pub(crate) fn note(mut self, note: impl Into<String>) -> RuleFinding {
        self.finding.note = note.into();
        self.finding
    }
}

/// The tier of findings, by docs/METHOD.md, section 12. `None` where only published rules could make one.
pub(crate) fn tier(findings: &[RuleFinding], is_new: bool, whole_sync: Option<&WholeSync>) -> Option<Tier> {
    let fired = |rule: BurstRule| findings.iter().any(|one| one.rule == rule && one.outcome == Outcome::Fired);
    let (volume, novelty) = (fired(BurstRule::R1), fired(BurstRule::R2));
    let supports = [BurstRule::R3, BurstRule::R4, BurstRule::R5, BurstRule::R7, BurstRule::R11, BurstRule::R12];
    // For a Sync the log gives no count: who signed in, from where, and that it took the whole mailbox stand for R1 and R2.
    if whole_sync.is_some_and(|whole| whole.new_to_tenant && whole.beside_owner)
        || (volume && novelty)
        || ((volume || novelty) && supports.iter().any(|rule| fired(*rule)))
    {
        return Some(Tier::One);
    }
    let opens =
        volume || novelty || fired(BurstRule::R11) || (fired(BurstRule::R3) && (is_new || whole_sync.is_some()));
    opens.then_some(Tier::Two)
}

/// Every rule's answer, in rule order.
pub(crate) fn ask(episode: &Episode<'_>, rules: &Rules) -> Vec<RuleFinding> {
    BurstRule::ALL
        .iter()
        .map(|rule| match rule {
            BurstRule::R1 => super::volume::finding(episode, rules),
            BurstRule::R2 => super::novelty::many_messages(episode, rules),
            BurstRule::R3 => super::novelty::synchronises(episode, rules),
            BurstRule::R4 => super::throttled::finding(episode),
            BurstRule::R5 => super::breadth::finding(episode, rules),
            BurstRule::R6 => super::order::finding(episode, rules),
            BurstRule::R7 => super::app_only::finding(episode),
            BurstRule::R8 => super::hours::finding(episode, rules),
            BurstRule::R10 => super::folders::finding(episode, rules),
            BurstRule::R11 => super::novelty::new_pair(episode, rules),
            BurstRule::R12 => super::age::finding(episode, rules),
        })
        .collect()
}
