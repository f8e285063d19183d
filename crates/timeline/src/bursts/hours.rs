//! Owns R8: whether a stretch lies outside the hours in which the mailbox is used. Shown, without weight: people travel.

use mailtrail_model::{BurstRule, RuleFinding, Rules};

use super::{
    baseline::{counts, hour},
    episode::{Answer, Episode},
    tail::real,
};
use crate::tenant_facts::Mark;

const MEASURE: &str = "share of its messages outside the mailbox's own hours";

/// R8's answer.
pub(crate) fn finding(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    let mut by_hour = episode.baseline.by_hour;
    if !episode.is_new() && episode.route.mark != Mark::Suspect {
        // The stretch takes no part in what it is compared with.
        for first in episode.firsts.iter().filter(|first| counts(first, rules)) {
            if let Some(local) = episode.baseline.local_hour(hour(first.at)) {
                by_hour[local] = by_hour[local].saturating_sub(1);
            }
        }
    }
    let all: u64 = by_hour.iter().sum();
    if all < rules.r8_messages || episode.firsts.is_empty() {
        let why = format!("{all} first-time messages by established ways in; {} are needed", rules.r8_messages);
        return Answer::not_evaluable(BurstRule::R8, MEASURE, why);
    }
    let own = own_hours(&by_hour, rules.r8_own_share);
    let outside = episode
        .firsts
        .iter()
        .filter(|first| episode.baseline.local_hour(hour(first.at)).is_some_and(|local| !own[local]));
    let share = real(u64::try_from(outside.count()).unwrap_or(u64::MAX))
        / real(u64::try_from(episode.firsts.len()).unwrap_or(u64::MAX));
    let listed: Vec<String> = (0..24).filter(|hour| own[*hour]).map(|hour| format!("{hour:02}")).collect();
    Answer::of(BurstRule::R8, MEASURE, share >= rules.r8_share)
        .observed(share)
        .limit(rules.r8_share)
        .note(format!("its own local hours: {}; shown, no weight", listed.join(" ")))
}

/// The fewest hours that hold `share` of the activity, fullest first.
fn own_hours(by_hour: &[u64; 24], share: f64) -> [bool; 24] {
    let all = real(by_hour.iter().sum());
    let mut order: Vec<usize> = (0..24).collect();
    order.sort_by_key(|hour| (std::cmp::Reverse(by_hour[*hour]), *hour));
    let (mut own, mut held) = ([false; 24], 0);
    for hour in order {
        if real(held) >= share * all {
            break;
        }
        own[hour] = true;
        held += by_hour[hour];
    }
    own
}

#[cfg(test)]
mod tests {
    use super::own_hours;

    #[test]
    fn own_hours_are_the_fullest_that_hold_the_share() {
        let mut by_hour = [0; 24];
        (by_hour[9], by_hour[10], by_hour[11], by_hour[3]) = (40, 30, 27, 3);
        let own = own_hours(&by_hour, 0.95);
        assert_eq!((0..24).filter(|hour| own[*hour]).collect::<Vec<_>>(), [9, 10, 11]);
        assert!(own_hours(&by_hour, 1.0)[3]);
    }
}
