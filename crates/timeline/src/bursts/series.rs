//! Owns the counts a chart draws of a burst: its route in equal steps, with what the mailbox leads to expect of each.

use std::collections::BTreeMap;

use mailtrail_model::{BurstSeries, Rules, UtcMicros};

use super::{
    baseline::{Fit, hours},
    episode::Episode,
    tail,
    tail::real,
    volume::hourly,
};

/// Steps of a series, at most.
const STEPS: i64 = 5_000;
/// Steps drawn before and after the burst.
const MARGIN: i64 = 8;

/// The series of an episode: the shortest window length of R1 that draws it in some hundred steps.
pub(crate) fn series(episode: &Episode<'_>, rules: &Rules) -> BurstSeries {
    let (first, last) = hours(episode.span);
    let length = match last - first {
        0..=192 => 1,
        193..=1_008 => 6,
        1_009..=43_800 => 24,
        _ => 168,
    };
    let start = (first.div_euclid(length) - MARGIN) * length;
    let steps = ((last - start).div_euclid(length) + 1 + MARGIN).clamp(0, STEPS);
    let times = if episode.firsts.is_empty() {
        let synced = if episode.one_session { episode.synced } else { &episode.route.synced };
        hourly(synced.iter().map(|(at, _)| *at))
    } else {
        hourly(episode.route.firsts.iter().map(|first| first.at))
    };
    let mut observed = vec![0; usize::try_from(steps).unwrap_or_default()];
    for (hour, n) in times {
        if let Some(count) = usize::try_from((hour - start).div_euclid(length)).ok().and_then(|at| observed.get_mut(at))
        {
            *count += n;
        }
    }
    let fit = (!episode.firsts.is_empty()).then(|| episode.baseline.fit(length, (first, last), rules)).flatten();
    let (expected, limit) = fit.map_or_else(Default::default, |fit| lines(episode, &fit, start, length, steps, rules));
    BurstSeries { start: Some(UtcMicros(start * UtcMicros::HOUR)), step_hours: length, observed, expected, limit }
}

/// The expected line and the limit line.
fn lines(episode: &Episode<'_>, fit: &Fit, start: i64, length: i64, steps: i64, rules: &Rules) -> (Vec<f64>, Vec<f64>) {
    let ln_tail = libm::log(rules.r1_tail);
    // Few means differ: each limit is searched once. Positive floats order as their bits do.
    let mut known: BTreeMap<u64, f64> = BTreeMap::new();
    let steps = (0..steps).map(|step| {
        let mean = episode.baseline.mean(fit, start + step * length, length);
        let limit = *known
            .entry(mean.to_bits())
            .or_insert_with(|| real(tail::smallest(ln_tail, rules.r1_messages, mean, fit.dispersion)));
        (mean, limit)
    });
    steps.unzip()
}
