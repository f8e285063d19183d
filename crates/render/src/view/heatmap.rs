//! Owns what F02 shows: hours of the window, and how many accesses (or sessions) each holds. No log is not the same as none.

use std::collections::BTreeMap;

use mailtrail_model::{Attribution, HourCount, Interval, Timeline, UtcMicros};

use crate::band::{self, BandGroup};

use super::CaseMarking;

/// Columns a heat map may have: beyond it, several days share one.
const COLUMN_LIMIT: i64 = 132;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeatUnit {
    /// Access records.
    Records,
    /// Sessions that were active in the hour; where hourly counts were not handed over.
    Sessions,
}

/// What the log could see in an hour without a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Of every mailbox something.
    Whole,
    /// Of some mailboxes nothing.
    Partial,
    /// Of no mailbox anything, or nothing is known.
    Blind,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatCell {
    /// How many.
    pub count: u64,
    /// What the log could see.
    pub sight: Sight,
}

/// F02, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatmapView {
    /// The window, from midnight to midnight.
    pub span: Interval,
    /// Days a column stands for.
    pub column_days: i64,
    /// 24 cells a column, hour by hour.
    pub columns: Vec<[HeatCell; 24]>,
    /// What is counted.
    pub unit: HeatUnit,
    /// Whose accesses: suspect ones where something is marked, else all.
    pub marking: CaseMarking,
}

impl HeatmapView {
    /// Counts the hours of a case; `hours` are the records' own counts, where the caller has them.
    #[must_use]
    pub fn of(timeline: &Timeline, hours: Option<&[HourCount]>) -> Self {
        let marking = CaseMarking::of(timeline);
        let counted = |attribution: Attribution| !marking.is_marked() || attribution > Attribution::Accepted;
        let window = timeline.window.span;
        let midnight = |at: i64| at.div_euclid(UtcMicros::DAY) * UtcMicros::DAY;
        let start = midnight(window.start.0);
        let end = midnight(window.end.0.max(window.start.0 + 1) - 1) + UtcMicros::DAY;
        let days = (end - start) / UtcMicros::DAY;
        let column_days = days.div_euclid(COLUMN_LIMIT + 1) + 1;
        let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
        let unit = match hours {
            Some(hours) => {
                for entry in hours.iter().filter(|entry| counted(entry.attribution)) {
                    *counts.entry(entry.hour.hour().0).or_default() += entry.records;
                }
                HeatUnit::Records
            }
            None => {
                for session in timeline.sessions.iter().filter(|session| counted(session.attribution)) {
                    let mut hour = session.span.start.hour().0.max(start);
                    while hour <= session.span.end.0.min(end - 1) {
                        *counts.entry(hour).or_default() += 1;
                        hour += UtcMicros::HOUR;
                    }
                }
                HeatUnit::Sessions
            }
        };
        let sights = sights(timeline, start, end);
        let cell = |column: i64, hour: i64| {
            let first = start + column * column_days * UtcMicros::DAY + hour * UtcMicros::HOUR;
            let hours = (0..column_days).map(|day| first + day * UtcMicros::DAY).filter(|at| *at < end);
            hours.fold(HeatCell { count: 0, sight: Sight::Whole }, |cell, at| HeatCell {
                count: cell.count + counts.get(&at).copied().unwrap_or(0),
                sight: cell.sight.max(sight_at(&sights, at)),
            })
        };
        let columns = (0..(days + column_days - 1) / column_days)
            .map(|column| std::array::from_fn(|hour| cell(column, i64::try_from(hour).unwrap_or(0))))
            .collect();
        Self { span: Interval { start: UtcMicros(start), end: UtcMicros(end) }, column_days, columns, unit, marking }
    }

    /// The first day of a column.
    #[must_use]
    pub fn day(&self, column: usize) -> UtcMicros {
        self.span.start.plus(i64::try_from(column).unwrap_or(0) * self.column_days * UtcMicros::DAY)
    }

    /// All that is counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.columns.iter().flatten().map(|cell| cell.count).sum()
    }
}

/// From each instant at which it changes: of how many mailboxes the log saw nothing. Sorted by time.
fn sights(timeline: &Timeline, start: i64, end: i64) -> Vec<(i64, Sight)> {
    let bands = band::bands(&timeline.coverage, timeline.window.span);
    let all = i64::try_from(timeline.mailboxes.len()).unwrap_or(i64::MAX);
    let mut steps: BTreeMap<i64, i64> = BTreeMap::new();
    let unlisted = all - i64::try_from(bands.len()).unwrap_or(0);
    *steps.entry(start).or_default() += unlisted.max(0);
    for span in bands.values().flatten().filter(|span| span.group.is_blind() || span.group == BandGroup::Unknown) {
        // An hour is as weak as its weakest instant.
        *steps.entry(span.span.start.hour().0).or_default() += 1;
        let after = span.span.end.0 + UtcMicros::HOUR - 1;
        *steps.entry(after.div_euclid(UtcMicros::HOUR) * UtcMicros::HOUR).or_default() -= 1;
    }
    steps.entry(end).or_default();
    let mut blind = 0;
    steps
        .into_iter()
        .map(|(at, step)| {
            blind += step;
            let sight = match blind {
                ..=0 if all > 0 => Sight::Whole,
                n if n < all => Sight::Partial,
                _ => Sight::Blind,
            };
            (at, sight)
        })
        .collect()
}

fn sight_at(sights: &[(i64, Sight)], at: i64) -> Sight {
    let after = sights.partition_point(|(from, _)| *from <= at);
    after.checked_sub(1).and_then(|index| sights.get(index)).map_or(Sight::Blind, |(_, sight)| *sight)
}
