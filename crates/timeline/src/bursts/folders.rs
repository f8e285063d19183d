//! Owns R10: how many of the mailbox's known folders a stretch touched. Shown, without weight.

use std::collections::BTreeSet;

use mailtrail_model::{BurstRule, RuleFinding, Rules};

use super::{
    episode::{Answer, Episode},
    tail::real,
};
use crate::interner::{NONE, TextId};

const MEASURE: &str = "share of the mailbox's other known folders";

/// R10's answer. Known are the folders that records outside the stretch name.
pub(crate) fn finding(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    let inside = |at: i64| episode.span.contains(mailtrail_model::UtcMicros(at));
    let mut known: BTreeSet<TextId> = BTreeSet::new();
    for route in &episode.mailbox.routes {
        let own = std::ptr::eq(route, episode.route);
        let outside = |at: i64| !(own && inside(at));
        known.extend(route.firsts.iter().filter(|first| outside(first.at)).map(|first| first.folder));
        known.extend(route.synced.iter().filter(|(at, _)| outside(*at)).map(|(_, folder)| *folder));
    }
    known.remove(&NONE);
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    if number(known.len()) < rules.r10_folders {
        let why = format!("{} folders known from other records; {} are needed", known.len(), rules.r10_folders);
        return Answer::not_evaluable(BurstRule::R10, MEASURE, why);
    }
    let touched: BTreeSet<TextId> = episode
        .firsts
        .iter()
        .map(|first| first.folder)
        .chain(episode.synced.iter().map(|(_, folder)| *folder))
        .collect();
    let both = touched.intersection(&known).count();
    let share = real(number(both)) / real(number(known.len()));
    Answer::of(BurstRule::R10, MEASURE, share >= rules.r10_share)
        .observed(share)
        .limit(rules.r10_share)
        .note(format!("{both} of {} folders; shown, no weight", known.len()))
}
