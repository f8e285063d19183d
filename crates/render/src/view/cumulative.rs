//! Owns what F03 shows: how many messages each way in had reached by when.

use std::collections::BTreeMap;

use mailtrail_model::{AccessContext, Attribution, Growth, Interval, Timeline, UtcMicros};

use super::{CaseMarking, Door};

/// Lines a chart may carry beside their sum; the others are one line.
const LINE_LIMIT: usize = 5;

/// What is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrowthUnit {
    /// Distinct messages per way in.
    Distinct,
    /// The distinct messages of each session: a message in two sessions counts twice.
    PerSession,
}

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// All of them together.
    Sum,
    /// One application and client.
    Own,
    /// Those beyond the limit, together.
    Others,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrowthLine {
    /// What it stands for.
    pub kind: LineKind,
    /// Its words at the end of the line.
    pub label: String,
    /// Time and value, both rising.
    pub steps: Vec<(UtcMicros, u64)>,
}

impl GrowthLine {
    /// Where it ends.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.steps.last().map_or(0, |(_, value)| *value)
    }
}

/// F03, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct CumulativeView {
    /// The window.
    pub window: Interval,
    /// Suspect accesses where something is marked, else all but background services.
    pub marking: CaseMarking,
    /// What is added up.
    pub unit: GrowthUnit,
    /// The sum first where there are several lines, then applications and clients, largest first.
    pub lines: Vec<GrowthLine>,
    /// Applications and clients that are counted.
    pub doors: u64,
}

impl CumulativeView {
    /// Adds up a case; `growth` are the records' own first namings, where the caller has them.
    #[must_use]
    pub fn of(timeline: &Timeline, growth: Option<&[Growth]>) -> Self {
        let marking = CaseMarking::of(timeline);
        let kept: BTreeMap<&str, &AccessContext> = timeline
            .contexts
            .iter()
            .filter(|context| marking.is_marked() || !context.service)
            .map(|context| (context.id.as_str(), context))
            .collect();
        let mut by_door: BTreeMap<Door, BTreeMap<UtcMicros, u64>> = BTreeMap::new();
        let mut add = |context: &str, attribution: Attribution, at: UtcMicros, n: u64| {
            if let Some(context) = kept.get(context)
                && (!marking.is_marked() || attribution > Attribution::Accepted)
            {
                *by_door.entry(Door::of(context, attribution)).or_default().entry(at).or_default() += n;
            }
        };
        let unit = match growth {
            Some(growth) => {
                growth.iter().for_each(|step| add(&step.context, step.attribution, step.at, step.new_messages));
                GrowthUnit::Distinct
            }
            None => {
                let sessions = timeline.sessions.iter();
                sessions.for_each(|s| add(&s.context, s.attribution, s.span.start, s.messages));
                GrowthUnit::PerSession
            }
        };
        by_door.retain(|_, steps| steps.values().any(|n| *n > 0));
        let doors = by_door.len() as u64;
        Self { window: timeline.window.span, marking, unit, lines: lines(by_door, unit), doors }
    }
}

fn lines(by_door: BTreeMap<Door, BTreeMap<UtcMicros, u64>>, unit: GrowthUnit) -> Vec<GrowthLine> {
    let together = |all: &[(Door, BTreeMap<UtcMicros, u64>)]| {
        let mut sum: BTreeMap<UtcMicros, u64> = BTreeMap::new();
        for (at, n) in all.iter().flat_map(|(_, steps)| steps) {
            *sum.entry(*at).or_default() += n;
        }
        rising(&sum)
    };
    let mut own: Vec<(Door, BTreeMap<UtcMicros, u64>)> = by_door.into_iter().collect();
    own.sort_by_cached_key(|(door, steps)| (std::cmp::Reverse(steps.values().sum::<u64>()), door.clone()));
    let mut out = Vec::new();
    // Distinct messages of several lines overlap: their sum would be a number that nothing counts.
    if own.len() > 1 && unit == GrowthUnit::PerSession {
        out.push(GrowthLine { kind: LineKind::Sum, label: "all of them".to_owned(), steps: together(&own) });
    }
    let others = own.split_off(own.len().min(LINE_LIMIT));
    out.extend(own.iter().map(|(door, steps)| GrowthLine {
        kind: LineKind::Own,
        label: door.short(),
        steps: rising(steps),
    }));
    if !others.is_empty() {
        let label = format!("{} others together", crate::words::thousands(others.len() as u64));
        out.push(GrowthLine { kind: LineKind::Others, label, steps: together(&others) });
    }
    out
}

fn rising(steps: &BTreeMap<UtcMicros, u64>) -> Vec<(UtcMicros, u64)> {
    let mut value = 0;
    steps
        .iter()
        .map(|(at, n)| {
            value += n;
            (*at, value)
        })
        .collect()
}
