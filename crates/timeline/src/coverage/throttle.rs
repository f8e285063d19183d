//! Owns what the throttle hides: after more than about 1,000 records in 24 hours Bind records stop for up to 24 hours.
//! Sources: Microsoft Learn, "Use MailItemsAccessed to investigate compromised accounts", step 1; three wordings of the
//! limit are published (records, bind events, items), so exclusion by count satisfies all of them.

use mailtrail_model::{Interval, MailAccessType, Rules, ThrottleState, UtcMicros};

use super::mailbox::Local;
use crate::{facts::Access, spans};

/// The union of [t, t + 24 h] over all flagged records: they come repeatedly.
pub(crate) fn blind(accesses: &[Access], rules: &Rules) -> Vec<Interval> {
    let flagged = accesses.iter().filter(|access| access.flags.throttled() == ThrottleState::Yes);
    let length = rules.throttle_blind();
    // Closed at both ends, as the method writes it: one microsecond more.
    spans::union(flagged.map(|access| spans::span(access.created, access.created + length + 1)).collect())
}

/// Where the flag is not stated: at t it is that of the nearest MailItemsAccessed record at or before t, else of the next.
/// `domain` as a whole where there is no such record.
pub(crate) fn flag_absent(accesses: &[Access], domain: Interval) -> Vec<Interval> {
    let records: Vec<&Access> = accesses.iter().filter(|access| access.flags.is_mail_items_accessed()).collect();
    if records.is_empty() {
        return vec![domain];
    }
    let mut out = Vec::new();
    let mut from = i64::MIN;
    let mut runs = records.chunk_by(|a, b| a.created == b.created).peekable();
    while let Some(run) = runs.next() {
        let until = runs.peek().map_or(i64::MAX, |next| next[0].created);
        // Of records of one second the weakest statement counts.
        if run.iter().any(|access| access.flags.throttled() == ThrottleState::NotStated) {
            out.push(spans::span(from, until));
        }
        // The first record also speaks for the time before it.
        from = until;
    }
    spans::clip(&spans::union(out), domain)
}

/// What an access counts for, by one wording of the limit.
type Weight = fn(&Access) -> u64;

/// Where counts do not exclude throttling: instants t with a trailing 24 hours, ending within [t - 24 h, t], that hold more
/// records or more items than half the documented limit.
pub(crate) fn counts_exceed(accesses: &[Access], rules: &Rules) -> Vec<Interval> {
    let records: Vec<&Access> = accesses.iter().filter(|access| access.flags.is_mail_items_accessed()).collect();
    let day = rules.throttle_blind();
    let mut out = Vec::new();
    let limits: [(u64, Weight); 2] =
        [(rules.throttle_excluded_records, |_| 1), (rules.throttle_excluded_items, |access| u64::from(access.counted))];
    for (limit, weight) in limits {
        let mut first = 0;
        let mut sum = 0u64;
        for last in &records {
            sum += weight(last);
            // The shortest tail that still exceeds the limit: its age says how long the trailing day stays over it.
            while sum - weight(records[first]) > limit {
                sum -= weight(records[first]);
                first += 1;
            }
            let oldest = records[first].created;
            if sum > limit && last.created - oldest <= day {
                out.push(spans::span(last.created, oldest + day + day + 1));
            }
        }
    }
    spans::union(out)
}

/// Silences of Binds that look like throttling although no record is flagged: at least `throttle_suspect_records` records
/// in 24 hours, then no Bind for `throttle_silence_hours` or more of the hours in which the mailbox usually has one.
pub(crate) fn suspected(
    accesses: &[Access],
    local: &Local,
    covered_days: &[i64],
    rules: &Rules,
    end: i64,
) -> Vec<Interval> {
    let records: Vec<&Access> = accesses.iter().filter(|access| access.flags.is_mail_items_accessed()).collect();
    let binds: Vec<i64> =
        records.iter().filter(|a| a.flags.kind() == MailAccessType::Bind).map(|access| access.created).collect();
    let usual = usual_hours(&binds, local, covered_days);
    let day = rules.throttle_blind();
    let least = rules.throttle_silence_hours.saturating_mul(UtcMicros::HOUR);
    let mut out = Vec::new();
    for (at, bind) in binds.iter().enumerate() {
        let next = binds.get(at + 1).copied().unwrap_or(end);
        if next - bind < least {
            continue;
        }
        let upto = records.partition_point(|access| access.created <= *bind);
        let from = records.partition_point(|access| access.created < bind - day);
        if u64::try_from(upto - from).unwrap_or(u64::MAX) < rules.throttle_suspect_records {
            continue;
        }
        let silence = spans::span(*bind, next.min(bind + day));
        if usual_micros(silence, &usual, local) >= least {
            out.push(silence);
        }
    }
    spans::union(out)
}

/// The local hours that hold a Bind on at least half of the covered days.
fn usual_hours(binds: &[i64], local: &Local, covered_days: &[i64]) -> [bool; 24] {
    let mut seen: Vec<(i64, usize)> = binds.iter().map(|at| local.day_and_hour(*at)).collect();
    seen.sort_unstable();
    seen.dedup();
    let mut days = [0usize; 24];
    for (day, hour) in seen {
        if covered_days.binary_search(&day).is_ok() {
            days[hour] += 1;
        }
    }
    days.map(|n| n > 0 && n * 2 >= covered_days.len())
}

/// How much of a span lies in usual hours.
fn usual_micros(span: Interval, usual: &[bool; 24], local: &Local) -> i64 {
    let mut sum = 0;
    let mut at = span.start.0;
    while at < span.end.0 {
        // Zones change by quarter hours at the finest, so a quarter never straddles two local hours.
        let quarter = 15 * UtcMicros::MINUTE;
        let next = (at.div_euclid(quarter) + 1) * quarter;
        if usual[local.day_and_hour(at).1] {
            sum += next.min(span.end.0) - at;
        }
        at = next;
    }
    sum
}
