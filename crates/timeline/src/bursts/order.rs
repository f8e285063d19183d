//! Owns R6: whether older messages were taken in the order of receipt. Shown, without weight: any client that goes through
//! a folder does it. There is no order inside a record, so only pairs of different records say anything.

use mailtrail_model::{BurstRule, RuleFinding, Rules, UtcMicros};

use super::{
    episode::{Answer, Episode},
    tail::real,
};

const MEASURE: &str = "Kendall's tau-b of access and receipt (absolute value)";

/// R6's answer.
pub(crate) fn finding(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    let age = rules.r6_age_days.saturating_mul(UtcMicros::DAY);
    let mut points: Vec<(i64, i64)> = episode
        .firsts
        .iter()
        .filter_map(|first| first.received().filter(|at| first.at.saturating_sub(*at) >= age).map(|at| (first.at, at)))
        .collect();
    let known = u64::try_from(points.len()).unwrap_or(u64::MAX);
    if known < rules.r6_messages {
        let why = format!(
            "{known} messages of known receipt, {} days and older; {} are needed",
            rules.r6_age_days, rules.r6_messages
        );
        return Answer::not_evaluable(BurstRule::R6, MEASURE, why);
    }
    let Some(tau) = tau_b(&mut points) else {
        return Answer::not_evaluable(BurstRule::R6, MEASURE, "all in one record, or all received at once");
    };
    let direction = if tau < 0.0 { "newest first" } else { "oldest first" };
    Answer::of(BurstRule::R6, MEASURE, tau.abs() >= rules.r6_tau)
        .observed(tau.abs())
        .limit(rules.r6_tau)
        .note(format!("{direction}, over {known} messages; shown, no weight"))
}

/// Kendall's tau-b; `None` where one side never differs.
fn tau_b(points: &mut [(i64, i64)]) -> Option<f64> {
    points.sort_unstable();
    let n = points.len() as u64;
    let pairs = |n: u64| n * n.saturating_sub(1) / 2;
    let ties = |runs: &mut dyn Iterator<Item = usize>| runs.map(|n| pairs(n as u64)).sum::<u64>();
    let ties_x = ties(&mut points.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len));
    let ties_xy = ties(&mut points.chunk_by(|a, b| a == b).map(<[_]>::len));
    let mut received: Vec<i64> = points.iter().map(|(_, received)| *received).collect();
    let mut scratch = received.clone();
    let discordant = inversions(&mut received, &mut scratch);
    let ties_y = ties(&mut received.chunk_by(|a, b| a == b).map(<[_]>::len));
    let all = pairs(n);
    if ties_x == all || ties_y == all {
        return None;
    }
    // Pairs: concordant + discordant + tied in x + tied in y − tied in both.
    let concordant = all + ties_xy - ties_x - ties_y - discordant;
    let spread = libm::sqrt(real(all - ties_x) * real(all - ties_y));
    Some((real(concordant) - real(discordant)) / spread)
}

/// Sorts, and counts the pairs that stood in the wrong order.
fn inversions(values: &mut [i64], scratch: &mut [i64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let middle = values.len() / 2;
    let (left, right) = values.split_at_mut(middle);
    let (left_scratch, right_scratch) = scratch.split_at_mut(middle);
    let mut count = inversions(left, left_scratch) + inversions(right, right_scratch);
    let (mut a, mut b) = (0, 0);
    for slot in scratch.iter_mut() {
        if b >= right.len() || (a < left.len() && left[a] <= right[b]) {
            *slot = left[a];
            a += 1;
        } else {
            *slot = right[b];
            count += (left.len() - a) as u64;
            b += 1;
        }
    }
    values.copy_from_slice(scratch);
    count
}

#[cfg(test)]
mod tests {
    use super::tau_b;

    #[test]
    fn tau_b_by_hand() {
        // Records at 1, 2, 3; receipt in order, in reverse, and with one pair tied.
        assert_eq!(tau_b(&mut [(1, 10), (2, 20), (3, 30)]), Some(1.0));
        assert_eq!(tau_b(&mut [(1, 30), (2, 20), (3, 10)]), Some(-1.0));
        // Pairs: (1,2) concordant, (1,3) concordant, (2,3) tied in receipt: 2 / sqrt(3 · 2).
        let tied = tau_b(&mut [(1, 10), (2, 20), (3, 20)]).unwrap();
        assert!((tied - 2.0 / 6.0f64.sqrt()).abs() < 1e-12);
        // Items of one record say nothing against each other: two concordant pairs of the three, one tied in time.
        let one_record = tau_b(&mut [(1, 30), (1, 10), (2, 40)]).unwrap();
        assert!((one_record - 2.0 / 6.0f64.sqrt()).abs() < 1e-12);
        assert_eq!(tau_b(&mut [(1, 30), (1, 10)]), None);
    }

    #[test]
    fn tau_b_agrees_with_counting_every_pair() {
        let mut state = 7u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % below) as i64
        };
        let mut points: Vec<(i64, i64)> = (0..60).map(|_| (next(20), next(25))).collect();
        let (mut score, mut x, mut y) = (0i64, 0i64, 0i64);
        for (at, a) in points.iter().enumerate() {
            for b in &points[at + 1..] {
                score += (a.0 - b.0).signum() * (a.1 - b.1).signum();
                x += i64::from(a.0 != b.0);
                y += i64::from(a.1 != b.1);
            }
        }
        let expected = score as f64 / ((x as f64).sqrt() * (y as f64).sqrt());
        assert!((tau_b(&mut points).unwrap() - expected).abs() < 1e-12);
    }
}
