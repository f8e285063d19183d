//! Owns the heartbeat: two thirds of real records are background noise, so a mailbox that shows none for long may not be
//! recorded at all. Any MailItemsAccessed record of the mailbox counts, noise too.

use mailtrail_model::{Interval, Rules, UtcMicros};

use crate::{facts::Access, spans};

/// Silences longer than the mailbox's own habit. `covered` are the spans some source covers; outside them nothing could
/// be recorded, so they neither count as silence nor as habit.
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
    let mut gaps = Vec::new();
    let inside = |at: &&i64| domain.contains(UtcMicros(**at));
    let mut from = records.iter().rev().find(|at| **at < domain.start.0).copied();
    for at in records.iter().filter(inside).copied().map(Some).chain([None]) {
        let until = at.or_else(|| records.iter().find(|one| **one >= domain.end.0).copied());
        // Where no record bounds the gap, the covered time itself does.
        let gap = spans::span(from.unwrap_or(domain.start.0), until.unwrap_or(domain.end.0));
        let bounded = from.is_some();
        from = at;
        if gap.micros() <= threshold {
            continue;
        }
        let known = spans::clip(covered, gap);
        let length = match (bounded, until) {
            (true, Some(_)) => gap.micros(),
            _ => spans::micros(&known),
        };
        if length > threshold {
            gaps.push(gap);
        }
    }
    spans::clip(&spans::union(gaps), domain)
}

/// max(24 h, the longest gap of the mailbox outside the suspect period); with under 14 covered days there, 72 h.
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
