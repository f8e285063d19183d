//! Owns what F06 shows: the weakest state of each mailbox on each day.

use mailtrail_model::{Interval, Timeline, UtcMicros};

use crate::band::{self, BandGroup, BandSpan};
use crate::words;

use super::{Labels, label};

/// Stretches a chart may carry.
const SPAN_LIMIT: usize = 5_000;
/// Rows a chart may carry; the CSV and the table hold the others.
const ROW_LIMIT: usize = 200;

/// One mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageRow {
    /// `M007`.
    pub id: String,
    /// Its whole name.
    pub name: String,
    /// The part before the `@`.
    pub local: String,
    /// Stretches of whole steps; empty where nothing is stated.
    pub spans: Vec<BandSpan>,
    /// Hours by group, weakest first.
    pub hours: [u64; 6],
    /// Microseconds that are covered.
    pub covered: i64,
}

/// F06, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageView {
    /// The window.
    pub window: Interval,
    /// Rows: weakest first.
    pub rows: Vec<CoverageRow>,
    /// Mailboxes beyond the limit.
    pub rows_left_off: usize,
    /// Days a step stands for.
    pub step_days: i64,
}

impl CoverageView {
    /// Takes the weakest state of each day.
    #[must_use]
    pub fn of(timeline: &Timeline) -> Self {
        let window = timeline.window.span;
        let mut bands = band::bands(&timeline.coverage, window);
        let labels = Labels::of(&timeline.mailboxes);
        let mut rows: Vec<CoverageRow> = timeline
            .mailboxes
            .iter()
            .map(|mailbox| {
                let spans = bands.remove(&mailbox.key).unwrap_or_default();
                let of = |group: BandGroup| -> i64 {
                    let stated: i64 = spans.iter().filter(|s| s.group == group).map(|s| s.span.micros()).sum();
                    if spans.is_empty() && group == BandGroup::Unknown { window.micros() } else { stated }
                };
                let name = labels.name(&mailbox.key);
                CoverageRow {
                    id: mailbox.id.clone(),
                    local: label::split(&name).0,
                    name,
                    hours: BandGroup::ALL.map(|group| words::whole_hours(of(group))),
                    covered: of(BandGroup::Covered),
                    spans,
                }
            })
            .collect();
        rows.sort_by(|a, b| (a.covered, &a.name, &a.id).cmp(&(b.covered, &b.name, &b.id)));
        let rows_left_off = rows.len().saturating_sub(ROW_LIMIT);
        let mut step_days = 1;
        loop {
            let drawn: usize = rows.iter().take(ROW_LIMIT).map(|row| steps(row, step_days).len()).sum();
            if drawn <= SPAN_LIMIT || step_days > 64 {
                break;
            }
            step_days *= 2;
        }
        for row in &mut rows {
            row.spans = steps(row, step_days);
        }
        Self { window, rows, rows_left_off, step_days }
    }

    /// The rows that are drawn.
    #[must_use]
    pub fn drawn(&self) -> &[CoverageRow] {
        &self.rows[..self.rows.len().min(ROW_LIMIT)]
    }
}

fn steps(row: &CoverageRow, days: i64) -> Vec<BandSpan> {
    band::coarse(&row.spans, days * UtcMicros::DAY)
}
