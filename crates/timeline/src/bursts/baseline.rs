//! Owns what a mailbox leads to expect: first-time messages of its established ways in, by local hour class and weekday,
//! and how much its own windows of a length scatter around that.
//!
//! Invariant: days without any use teach nothing: they neither lower the expectation nor widen the scatter, so a longer
//! silence changes no limit. The window under test takes no part in its own baseline.

use mailtrail_model::{Interval, Rules, UtcMicros};

use super::{novelty::Novelty, tail::real};
use crate::{
    spans,
    tenant_facts::{Clock, First, MailboxFacts, Mark, TenantFacts},
};

/// Three local hours, on a working day or a weekend: 16 classes.
const CLASSES: usize = 16;
const HOURS_OF_A_CLASS: usize = 3;

/// One UTC hour of a mailbox.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// First-time messages of established ways in.
    count: u32,
    class: u8,
    /// Local hour of the day.
    hour: u8,
    /// Covered.
    seen: bool,
    /// Covered, on a local day on which an established way in was used.
    used: bool,
}

/// The hours of a mailbox, as its established ways in filled them.
#[derive(Debug)]
pub(crate) struct Baseline {
    /// The first cell's hour, counted from 1970.
    first: i64,
    cells: Vec<Cell>,
    /// Used hours by class.
    hours: [u64; CLASSES],
    /// First-time messages in them, by class.
    counts: [u64; CLASSES],
    /// Windows of each length of R1, not overlapping.
    lengths: Vec<(i64, Vec<Own>)>,
    /// The hour before which the log is too young to tell a first time from a repeat.
    lead: i64,
    /// First times and repeats on later days, per first time: by how much counts are too high before that hour.
    young: f64,
    /// By local hour of the day: first-time messages of established ways in.
    pub(crate) by_hour: [u64; 24],
}

/// One of a mailbox's own windows.
#[derive(Clone, Debug)]
struct Own {
    start: i64,
    count: u64,
    /// Used hours by class.
    hours: [u8; CLASSES],
}

/// What is expected of windows of one length.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    /// First-time messages an hour, by class.
    rates: [f64; CLASSES],
    /// Variance beyond Poisson: variance = mean + dispersion · mean².
    pub(crate) dispersion: f64,
    /// Own windows it rests on.
    pub(crate) windows: u64,
}

impl Baseline {
    /// Fills the hours of a mailbox.
    pub(crate) fn of(tenant: &TenantFacts, mailbox: &MailboxFacts, novelty: &Novelty, rules: &Rules) -> Self {
        let (start, end) = match (mailbox.covered.first(), mailbox.covered.last()) {
            (Some(first), Some(last)) => (hour(first.start.0), hour(last.end.0 - 1) + 1),
            _ => (0, 0),
        };
        let mut clock = Clock::new(mailbox.local);
        // A short log cannot spare a week.
        let lead_days = rules.r1_lead_days.min(u64::try_from(mailbox.covered_days.len() / 4).unwrap_or(0));
        let lead = start + i64::try_from(lead_days).unwrap_or(0) * 24;
        let established =
            |context: u32| tenant.facts.contexts[context as usize].service.is_none() && !novelty.is_new(context);
        let routes: Vec<_> =
            mailbox.routes.iter().filter(|route| route.mark != Mark::Suspect && established(route.context)).collect();
        let mut days: Vec<i64> = routes.iter().flat_map(|route| route.days.iter().copied()).collect();
        days.sort_unstable();
        days.dedup();
        let mut cells: Vec<Cell> = (start..end)
            .map(|hour| {
                let at = hour.saturating_mul(UtcMicros::HOUR);
                let (day, local) = clock.day_and_hour(at);
                // 1970-01-01 was a Thursday.
                let weekend = matches!((day + 3).rem_euclid(7), 5 | 6);
                let class = local / HOURS_OF_A_CLASS + if weekend { CLASSES / 2 } else { 0 };
                let seen = spans::overlaps(&mailbox.covered, spans::span(at, at + UtcMicros::HOUR));
                let used = seen && hour >= lead && days.binary_search(&day).is_ok();
                let small = |n: usize| u8::try_from(n).unwrap_or(0);
                Cell { count: 0, class: small(class), hour: small(local), seen, used }
            })
            .collect();
        let mut by_hour = [0u64; 24];
        let mut counted = 0;
        for first in routes.iter().flat_map(|route| &route.firsts).filter(|first| counts(first, rules)) {
            if let Some(cell) = usize::try_from(hour(first.at) - start).ok().and_then(|at| cells.get_mut(at)) {
                cell.count += 1;
                counted += 1;
                by_hour[usize::from(cell.hour)] += 1;
            }
        }
        let lengths = rules.r1_window_hours.iter().filter_map(|hours| i64::try_from(*hours).ok()).filter(|n| *n > 0);
        let lengths = lengths.map(|length| (length, own_windows(&cells, start, length))).collect();
        let (mut hours, mut counts) = ([0; CLASSES], [0; CLASSES]);
        for cell in cells.iter().filter(|cell| cell.used) {
            hours[usize::from(cell.class)] += 1;
            counts[usize::from(cell.class)] += u64::from(cell.count);
        }
        let repeats: u64 = routes.iter().map(|route| route.repeats).sum();
        let young = 1.0 + real(repeats) / real(counted).max(1.0);
        Self { first: start, cells, hours, counts, lengths, lead, young, by_hour }
    }

    /// What windows of a length lead to expect, hours from `left_out.0` to before `left_out.1` taken out. `None` where too
    /// few windows are left to say how they scatter.
    pub(crate) fn fit(&self, length: i64, left_out: (i64, i64), rules: &Rules) -> Option<Fit> {
        let (_, own) = self.lengths.iter().find(|(known, _)| *known == length)?;
        let kept = || own.iter().filter(|one| one.start + length <= left_out.0 || one.start >= left_out.1);
        let windows = u64::try_from(kept().count()).unwrap_or(u64::MAX);
        if windows < rules.r1_baseline_windows.max(2) {
            return None;
        }
        let (mut hours, mut counts) = (self.hours, self.counts);
        for cell in (left_out.0..left_out.1).filter_map(|hour| self.cell(hour)).filter(|cell| cell.used) {
            hours[usize::from(cell.class)] -= 1;
            counts[usize::from(cell.class)] -= u64::from(cell.count);
        }
        let all_hours = real(hours.iter().sum::<u64>().max(1));
        let total = real(counts.iter().sum::<u64>()) / all_hours;
        // A mailbox that shows nothing is expected to show one message in all its hours, not none.
        let floor = 1.0 / all_hours;
        let mut rates = [0.0; CLASSES];
        for class in 0..CLASSES {
            let own = if hours[class] > 0 { real(counts[class]) / real(hours[class]) } else { total };
            rates[class] = own.max(floor);
        }
        let (mut squares, mut means, mut mean_squares) = (0.0, 0.0, 0.0);
        for one in kept() {
            let mean: f64 = rates.iter().zip(one.hours).map(|(rate, n)| rate * f64::from(n)).sum();
            let off = real(one.count) - mean;
            squares += off * off;
            means += mean;
            mean_squares += mean * mean;
        }
        let freedom = real(windows) / real(windows - 1);
        let dispersion = ((squares * freedom - means) / mean_squares).max(0.0);
        Some(Fit { rates, dispersion, windows })
    }

    /// What a fit expects of the hours from `start` on. Hours that nobody could see expect nothing. At the start of the log
    /// nothing has been named before, so repeats count as first times: as much more is expected there.
    pub(crate) fn mean(&self, fit: &Fit, start: i64, length: i64) -> f64 {
        let hours = (start..start + length).filter_map(|hour| Some((hour, self.cell(hour)?)));
        let expected = hours
            .filter(|(_, cell)| cell.seen)
            .map(|(hour, cell)| fit.rates[usize::from(cell.class)] * if hour < self.lead { self.young } else { 1.0 });
        expected.sum()
    }

    /// How many of the mailbox's own windows of a length hold more than `count`, and how many there are.
    pub(crate) fn above(&self, length: i64, count: u64) -> (u64, u64) {
        let own = self.lengths.iter().find(|(known, _)| *known == length).map_or(&[][..], |(_, own)| own);
        let above = own.iter().filter(|one| one.count > count).count();
        (u64::try_from(above).unwrap_or(u64::MAX), u64::try_from(own.len()).unwrap_or(u64::MAX))
    }

    /// Local hour of the day of a UTC hour.
    pub(crate) fn local_hour(&self, hour: i64) -> Option<usize> {
        self.cell(hour).map(|cell| usize::from(cell.hour))
    }

    fn cell(&self, hour: i64) -> Option<&Cell> {
        usize::try_from(hour - self.first).ok().and_then(|at| self.cells.get(at))
    }
}

/// Non-overlapping windows of a length, cut at whole multiples of it; those with less than half of their hours in use are
/// left out.
fn own_windows(cells: &[Cell], first: i64, length: i64) -> Vec<Own> {
    let mut out: Vec<Own> = Vec::new();
    for (at, cell) in (first..).zip(cells) {
        let start = at.div_euclid(length) * length;
        if out.last().is_none_or(|own| own.start != start) {
            out.push(Own { start, count: 0, hours: [0; CLASSES] });
        }
        if let (true, Some(own)) = (cell.used, out.last_mut()) {
            own.count += u64::from(cell.count);
            let hours = &mut own.hours[usize::from(cell.class)];
            *hours = hours.saturating_add(1);
        }
    }
    out.retain(|own| own.hours.iter().map(|n| i64::from(*n)).sum::<i64>() * 2 >= length);
    out
}

/// Whether a first-time message counts for R1: new mail does not, where its receipt is known.
pub(crate) fn counts(first: &First, rules: &Rules) -> bool {
    first.received().is_none_or(|received| first.at.saturating_sub(received) >= rules.r1_age_hours * UtcMicros::HOUR)
}

/// The UTC hour of an instant, counted from 1970.
pub(crate) fn hour(at: i64) -> i64 {
    at.div_euclid(UtcMicros::HOUR)
}

/// The hours of a span: first, and the one after the last.
pub(crate) fn hours(span: Interval) -> (i64, i64) {
    (hour(span.start.0), hour(span.end.0 - 1) + 1)
}
