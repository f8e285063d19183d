//! Owns R5: an application that is not accepted reaches more mailboxes in a week than it did in any week before.

use std::collections::BTreeMap;

use mailtrail_model::{BurstRule, RuleFinding, Rules};

use super::{
    episode::{Answer, Episode},
    tail::real,
};
use crate::tenant_facts::utc_day;

/// Days of the trailing window.
const WEEK: i64 = 7;
const MEASURE: &str = "mailboxes the application reached within 7 days";

/// R5's answer.
pub(crate) fn finding(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    let tenant = episode.tenant;
    let context = &tenant.facts.contexts[episode.route.context as usize];
    if context.key.effective_app.is_none() {
        return Answer::not_evaluable(BurstRule::R5, MEASURE, "the records state no application");
    }
    let reached = &tenant.apps[tenant.app_of[episode.route.context as usize] as usize].reached;
    let (from, until) = (utc_day(episode.span.start.0), utc_day(episode.span.end.0 - 1));
    // What the application is compared with: the declared span, else every day before the stretch.
    let before = tenant.baseline.map_or(from, |span| utc_day(span.end.0).min(from));
    let known_days = tenant.days.partition_point(|day| *day < before);
    if u64::try_from(known_days).unwrap_or(u64::MAX) < rules.novelty_days {
        let why = format!("{known_days} covered days before it; {} are needed", rules.novelty_days);
        return Answer::not_evaluable(BurstRule::R5, MEASURE, why);
    }
    let own = most(reached, |day| day < before);
    let now = most(reached, |day| (from..=until).contains(&day));
    Answer::of(BurstRule::R5, MEASURE, now > own && now >= rules.r5_mailboxes)
        .observed(real(now))
        .expected(real(own))
        .limit(real(rules.r5_mailboxes.max(own + 1)))
        .note(format!("its own maximum is {own}, over {known_days} covered days before"))
}

/// The most distinct mailboxes of any trailing week that ends on a day of interest.
fn most(reached: &[(i64, u32)], of_interest: impl Fn(i64) -> bool) -> u64 {
    let mut inside: BTreeMap<u32, u32> = BTreeMap::new();
    let (mut first, mut most) = (0, 0);
    for run in reached.chunk_by(|a, b| a.0 == b.0) {
        let day = run[0].0;
        for (_, mailbox) in run {
            *inside.entry(*mailbox).or_default() += 1;
        }
        while reached[first].0 <= day - WEEK {
            if let Some(n) = inside.get_mut(&reached[first].1) {
                *n -= 1;
                if *n == 0 {
                    inside.remove(&reached[first].1);
                }
            }
            first += 1;
        }
        if of_interest(day) {
            most = most.max(inside.len());
        }
    }
    u64::try_from(most).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::most;

    #[test]
    fn a_week_forgets_its_eighth_day_and_counts_a_mailbox_once() {
        let reached = [(0, 1), (0, 2), (3, 1), (6, 3), (7, 4), (20, 1)];
        assert_eq!(most(&reached, |_| true), 3, "days 0 to 6: 1, 2, 3; days 1 to 7: 1, 3, 4");
        assert_eq!(most(&reached, |day| day == 0), 2);
        assert_eq!(most(&reached, |day| day >= 20), 1);
        assert_eq!(most(&reached, |_| false), 0);
    }
}
