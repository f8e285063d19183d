//! Owns the heartbeat: two thirds of real records are background noise, so a mailbox that shows none for long may not be
//! recorded at all. Any MailItemsAccessed record of the mailbox counts, noise too.

use mailtrail_model::{Interval, Rules, UtcMicros};

use crate::{facts::Access, spans};

/// Stretches without a record that are longer than the mailbox's own habit, the domain's edges taken as records where none
/// is known beyond them. Whether a source covers the stretch does not matter: a new source may fill it, never make it.
pub(super) fn silent(
    accesses: &[Access],
    covered: &[Interval],
    period: Interval,
    domain: Interval,
    rules: &Rules,
) -> Vec<Interval> {
    let records: Vec<i64> =
        accesses.iter().filter(|access| access.flags.is_mail_items_accessed()).map(|access| access.created).collect();
    let threshold = threshold(&records, covered, period, rules);
    let first = records.partition_point(|at| *at < domain.start.0);
    let last = records.partition_point(|at| *at < domain.end.0);
    let before = first.checked_sub(1).map_or(domain.start.0, |at| records[at]);
    let after = records.get(last).copied().unwrap_or(domain.end.0);
    let marks: Vec<i64> = [before].into_iter().chain(records[first..last].iter().copied()).chain([after]).collect();
    let gaps = marks.windows(2).filter(|pair| pair[1] - pair[0] > threshold).map(|pair| spans::span(pair[0], pair[1]));
    spans::clip(&spans::union(gaps.collect()), domain)
}

/// max(24 h, the longest gap of the mailbox outside the suspect period); with under 14 covered days there, 72 h. A gap that
/// no source covers whole is no habit.
fn threshold(records: &[i64], covered: &[Interval], period: Interval, rules: &Rules) -> i64 {
    let outside: Vec<Interval> = covered
        .iter()
        .flat_map(|span| {
            [
                Interval { start: span.start, end: span.end.min(period.start) },
                Interval { start: span.start.max(period.end), end: span.end },
            ]
        })
        .filter(|span| span.start < span.end)
        .collect();
    if spans::micros(&outside) < rules.silent_min_days * UtcMicros::DAY {
        return rules.silent_short_hours * UtcMicros::HOUR;
    }
    let quiet = |pair: &&[i64]| {
        let gap = spans::span(pair[0], pair[1]);
        gap.clip(period).is_none() && outside.iter().any(|span| span.start <= gap.start && gap.end <= span.end)
    };
    let longest = records.windows(2).filter(quiet).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
    longest.max(rules.silent_hours * UtcMicros::HOUR)
}
