//! Owns R1: windows of one route with more first-time messages than the mailbox's own windows lead to expect.
//!
//! Invariant: cost is linear in first-time messages: a window is tried only where it begins with a message and holds
//! enough of them, and its tail is summed only where one term already allows it.

use mailtrail_model::{BurstRule, RuleFinding, Rules};

use super::{
    baseline::{Baseline, counts, hour},
    episode::{Answer, Episode},
    tail,
};
use crate::tenant_facts::Route;

/// A window of a route, compared with the mailbox's own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    /// First hour, counted from 1970.
    pub(crate) start: i64,
    /// Hours.
    pub(crate) length: i64,
    /// First-time messages in it.
    pub(crate) observed: u64,
    /// What the mailbox leads to expect.
    pub(crate) expected: f64,
    /// How its own windows scatter.
    pub(crate) dispersion: f64,
    /// Own windows that rests on.
    pub(crate) windows: u64,
    /// ln of the upper tail.
    pub(crate) ln_tail: f64,
}

impl Window {
    /// The hour after the last.
    pub(crate) fn end(&self) -> i64 {
        self.start + self.length
    }
}

/// What R1 says of a route.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volume {
    /// Windows in which it fires, strongest first.
    pub(crate) hits: Vec<Window>,
    /// The fullest window of each length that could be compared.
    pub(crate) fullest: Vec<Window>,
    /// Windows that begin with a first-time message.
    pub(crate) tried: u64,
    /// First-time messages that count, by hour.
    cells: Vec<(i64, u64)>,
}

/// Looks for windows in a route.
pub(crate) fn volume(route: &Route, baseline: &Baseline, rules: &Rules) -> Volume {
    let cells = hourly(route.firsts.iter().filter(|first| counts(first, rules)).map(|first| first.at));
    let ln_tail = libm::log(rules.r1_tail);
    let mut out = Volume::default();
    for length in rules.r1_window_hours.iter().filter_map(|hours| i64::try_from(*hours).ok()).filter(|n| *n > 0) {
        let Some(whole) = baseline.fit(length, (0, 0), rules) else { continue };
        let (mut end, mut observed) = (0, 0u64);
        let mut fullest: Option<(u64, i64)> = None;
        for (start, count) in &cells {
            while end < cells.len() && cells[end].0 < start + length {
                observed += cells[end].1;
                end += 1;
            }
            out.tried += 1;
            if fullest.is_none_or(|(most, _)| observed > most) {
                fullest = Some((observed, *start));
            }
            // Taking a window out of its own baseline lowers what is expected of it; by more than half only where nearly
            // all of the mailbox's activity of that kind of hour is in it.
            if observed >= rules.r1_messages
                && tail::real(observed) > 0.5 * baseline.mean(&whole, *start, length)
                && let Some(one) = window(baseline, *start, length, observed, Some(ln_tail), rules)
            {
                out.hits.push(one);
            }
            observed -= count;
        }
        out.fullest.extend(fullest.and_then(|(most, start)| window(baseline, start, length, most, None, rules)));
    }
    out.hits.sort_by(stronger);
    out.cells = cells;
    out
}

/// The window with the smaller tail first, of equal tails the shorter and then the earlier one.
pub(crate) fn stronger(a: &Window, b: &Window) -> std::cmp::Ordering {
    a.ln_tail.total_cmp(&b.ln_tail).then((a.length, a.start).cmp(&(b.length, b.start)))
}

/// A window against the mailbox's other windows; with a limit, `None` where its tail is above it.
fn window(
    baseline: &Baseline,
    start: i64,
    length: i64,
    observed: u64,
    limit: Option<f64>,
    rules: &Rules,
) -> Option<Window> {
    let fit = baseline.fit(length, (start, start + length), rules)?;
    let expected = baseline.mean(&fit, start, length);
    if limit.is_some_and(|limit| {
        tail::real(observed) <= expected || tail::ln_exactly(observed, expected, fit.dispersion) > limit
    }) {
        return None;
    }
    let ln_tail = tail::ln_upper(observed, expected, fit.dispersion);
    let one = Window { start, length, observed, expected, dispersion: fit.dispersion, windows: fit.windows, ln_tail };
    limit.is_none_or(|limit| ln_tail <= limit).then_some(one)
}

/// Windows up to this length widen a group they overlap: what goes on past the strongest window belongs to it. Longer ones
/// would blur its edges by a day and more.
const WIDENS: i64 = 6;

/// Windows that fire, as groups: the strongest first takes what overlaps it; groups that touch are one. Each group is first
/// hour, hour after the last, strongest window.
pub(crate) fn groups(hits: &[Window]) -> Vec<(i64, i64, Window)> {
    let overlaps = |hit: &Window, start: i64, end: i64| hit.start < end && start < hit.end();
    let mut chosen: Vec<(i64, i64, &Window)> = Vec::new();
    for hit in hits {
        if !chosen.iter().any(|(start, end, _)| overlaps(hit, *start, *end)) {
            chosen.push((hit.start, hit.end(), hit));
        } else if let Some((start, end, _)) = chosen
            .iter_mut()
            .find(|(start, end, best)| hit.length <= best.length.min(WIDENS) && overlaps(hit, *start, *end))
        {
            (*start, *end) = ((*start).min(hit.start), (*end).max(hit.end()));
        }
    }
    chosen.sort_by_key(|(start, end, _)| (*start, *end));
    let mut out: Vec<(i64, i64, Window)> = Vec::new();
    for (start, end, one) in chosen {
        match out.last_mut() {
            // A pause no longer than the window itself does not make two of one.
            Some((_, last, best)) if start - *last <= one.length.min(best.length) => {
                *last = end.max(*last);
                if stronger(one, best).is_lt() {
                    *best = one.clone();
                }
            }
            _ => out.push((start, end, one.clone())),
        }
    }
    out
}

/// Groups, each carried on over the hours around it that fit a raised rate better than the usual one: the strongest window
/// is often the part of a take that fell into the quietest hours.
///
/// The raised rate is that of the longest firing window of up to a day (or of the group's own length) around the group: usual
/// plus its excess an hour. An hour with n messages and λ expected speaks for it by n · ln(1 + excess/λ) − excess, and the
/// group ends where the sum of these is largest (the change point of two Poisson rates).
pub(crate) fn carried_on(volume: &Volume, baseline: &Baseline, rules: &Rules) -> Vec<(i64, i64, Window)> {
    let mut out: Vec<(i64, i64, Window)> = Vec::new();
    for (start, end, best) in groups(&volume.hits) {
        let around = |hit: &&Window| hit.length <= best.length.max(24) && hit.start < end && start < hit.end();
        let (mut from, mut until) = (start, end);
        if let Some(wide) =
            volume.hits.iter().filter(around).max_by(|a, b| a.length.cmp(&b.length).then(stronger(b, a)))
            && wide.length > best.length
        {
            let reach = volume.hits.iter().filter(|hit| around(hit) && hit.length == wide.length);
            let (first, last) = reach.fold((start, end), |(a, b), hit| (a.min(hit.start), b.max(hit.end())));
            let excess =
                (tail::real(wide.observed) - wide.expected) / tail::real(u64::try_from(wide.length).unwrap_or(1));
            if let Some(fit) = baseline.fit(wide.length, (first, last), rules) {
                let speaks = |hour: i64| {
                    let usual = baseline.mean(&fit, hour, 1);
                    let at = volume.cells.partition_point(|(known, _)| *known < hour);
                    let n = volume.cells.get(at).filter(|(known, _)| *known == hour).map_or(0, |(_, n)| *n);
                    // An hour that nobody could see says nothing.
                    if usual > 0.0 { tail::real(n) * libm::log(1.0 + excess / usual) - excess } else { 0.0 }
                };
                from = start - furthest((first..start).rev().map(speaks));
                until = end + furthest((end..last).map(speaks));
            }
        }
        match out.last_mut() {
            Some((_, known, one)) if from <= *known => {
                *known = until.max(*known);
                if stronger(&best, one).is_lt() {
                    *one = best;
                }
            }
            _ => out.push((from, until, best)),
        }
    }
    out
}

/// How many steps of a walk to take so that their sum is largest; none where no sum is above zero.
fn furthest(steps: impl Iterator<Item = f64>) -> i64 {
    let (mut sum, mut most, mut taken) = (0.0, 0.0, 0);
    for (step, number) in steps.zip(1i64..) {
        sum += step;
        if sum > most {
            (most, taken) = (sum, number);
        }
    }
    taken
}

/// Counts by hour, hours without one left out.
pub(crate) fn hourly(times: impl Iterator<Item = i64>) -> Vec<(i64, u64)> {
    let mut out: Vec<(i64, u64)> = Vec::new();
    for at in times {
        match out.last_mut() {
            Some((known, n)) if *known == hour(at) => *n += 1,
            _ => out.push((hour(at), 1)),
        }
    }
    out
}

/// R1's answer about an episode.
pub(crate) fn finding(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    let fullest = || episode.volume.fullest.iter().min_by(|a, b| stronger(a, b));
    let Some(one) = episode.window.or_else(fullest) else {
        return Answer::not_evaluable(
            BurstRule::R1,
            "first-time messages",
            format!("the mailbox has fewer than {} windows of its own of any length", rules.r1_baseline_windows),
        );
    };
    let limit = tail::smallest(libm::log(rules.r1_tail), rules.r1_messages, one.expected, one.dispersion);
    let (above, of) = episode.baseline.above(one.length, one.observed);
    let scatter = if one.dispersion > 0.0 { "negative binomial" } else { "Poisson" };
    Answer::of(BurstRule::R1, format!("first-time messages in {} h", one.length), episode.window.is_some())
        .observed(tail::real(one.observed))
        .expected(one.expected)
        .limit(tail::real(limit))
        .note(format!(
            "{scatter}, dispersion {:.3}, from {} windows of this mailbox; {above} of its {of} windows of that length hold more",
            one.dispersion, one.windows
        ))
}

#[cfg(test)]
mod tests {
    use super::furthest;

    #[test]
    fn a_walk_goes_as_far_as_its_sum_is_largest() {
        // Sums: 2, 1, 4, 3, 3.
        assert_eq!(furthest([2.0, -1.0, 3.0, -1.0, 0.0].into_iter()), 3);
        assert_eq!(furthest([-1.0, 0.5].into_iter()), 0);
        assert_eq!(furthest([].into_iter()), 0);
    }
}
