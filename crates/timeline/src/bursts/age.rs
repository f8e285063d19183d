//! Owns R12: whether the messages of a stretch are older than those the mailbox usually opens. Needs receipt, so a listing.

use mailtrail_model::{BurstRule, RuleFinding, Rules, UtcMicros};

use super::{
    episode::{Answer, Episode},
    tail::real,
};
use crate::tenant_facts::{First, Mark};

const MEASURE: &str = "share of messages older than the limit of age";

/// R12's answer: the share of old messages, against that of the mailbox's established ways in.
pub(crate) fn finding(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    let old = rules.r12_age_days.saturating_mul(UtcMicros::DAY);
    let established = episode.mailbox.routes.iter().filter(|route| {
        route.mark != Mark::Suspect
            && !std::ptr::eq(*route, episode.route)
            && !episode.novelty.is_new(route.context)
            && episode.tenant.facts.contexts[route.context as usize].service.is_none()
    });
    // The route's own messages outside the stretch are ordinary use where it is an established way in.
    let rest = episode.route.firsts.iter().filter(|first| {
        !episode.is_new() && episode.route.mark != Mark::Suspect && !episode.span.contains(UtcMicros(first.at))
    });
    let own = Ages::of(established.flat_map(|route| &route.firsts).chain(rest), old);
    let here = Ages::of(episode.firsts.iter(), old);
    for (ages, whose) in [(&here, "of the window"), (&own, "of the mailbox's established ways in")] {
        if ages.known < rules.r12_messages {
            let why = format!("{} messages {whose} with known receipt; {} are needed", ages.known, rules.r12_messages);
            return Answer::not_evaluable(BurstRule::R12, MEASURE, why);
        }
    }
    let limit = own.share() + rules.r12_excess;
    Answer::of(BurstRule::R12, MEASURE, here.share() >= limit)
        .observed(here.share())
        .expected(own.share())
        .limit(limit)
        .note(format!(
            "older than {} days; median age {} days in the window, {} days otherwise",
            rules.r12_age_days, here.median_days, own.median_days
        ))
}

struct Ages {
    known: u64,
    old: u64,
    median_days: i64,
}

impl Ages {
    fn of<'f>(firsts: impl Iterator<Item = &'f First>, old: i64) -> Self {
        let mut ages: Vec<i64> =
            firsts.filter_map(|first| first.received().map(|at| first.at.saturating_sub(at).max(0))).collect();
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let older = ages.iter().filter(|age| **age > old).count();
        let middle = ages.len() / 2;
        let median = if ages.is_empty() { 0 } else { *ages.select_nth_unstable(middle).1 };
        Self { known: number(ages.len()), old: number(older), median_days: median / UtcMicros::DAY }
    }

    fn share(&self) -> f64 {
        real(self.old) / real(self.known.max(1))
    }
}
