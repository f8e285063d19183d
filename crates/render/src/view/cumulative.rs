//! Owns what F03 shows: how many messages each way in had reached by when.

use std::collections::BTreeMap;

use mailtrail_model::{Attribution, Interval, Timeline, UtcMicros};

use crate::escape;

use super::CaseMarking;

/// Lines a chart may carry beside their sum; the others are one line.
const LINE_LIMIT: usize = 5;

/// Messages a way in named for the first time, as `tables/items` holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The way in (`C0a1b2c3d`).
    pub context: String,
    /// When.
    pub at: UtcMicros,
    /// Distinct messages (per mailbox) that this way in had not named before.
    pub new_messages: u64,
}

/// What is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrowthUnit {
    /// Distinct messages per way in.
    Distinct,
    /// The distinct messages of each session: a message in two sessions counts twice.
    PerSession,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrowthLine {
    /// The way in; `None` for the sum, or for the others together.
    pub context: Option<String>,
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
    /// Suspect ways in where something is marked, else all but background services.
    pub marking: CaseMarking,
    /// What is added up.
    pub unit: GrowthUnit,
    /// The sum first where there are several ways in, then the ways in, largest first.
    pub lines: Vec<GrowthLine>,
    /// Ways in that are counted.
    pub contexts: u64,
}

impl CumulativeView {
    /// Adds up a case; `growth` are the records' own first namings, where the caller has them.
    #[must_use]
    pub fn of(timeline: &Timeline, growth: Option<&[Growth]>) -> Self {
        let marking = CaseMarking::of(timeline);
        let mut by_context: BTreeMap<&str, BTreeMap<UtcMicros, u64>> = BTreeMap::new();
        let kept: BTreeMap<&str, String> = timeline
            .contexts
            .iter()
            .filter(|context| match marking {
                CaseMarking::Nothing => !context.service,
                _ => context.attribution > Attribution::Accepted,
            })
            .map(|context| {
                let app = context.effective_app.as_deref().map_or_else(String::new, |app| format!(" · {}", short(app)));
                (context.id.as_str(), escape::visible(&format!("{}{app} · {}", context.id, context.client_family)))
            })
            .collect();
        let unit = match growth {
            Some(growth) => {
                for step in growth.iter().filter(|step| kept.contains_key(step.context.as_str())) {
                    *by_context.entry(&step.context).or_default().entry(step.at).or_default() += step.new_messages;
                }
                GrowthUnit::Distinct
            }
            None => {
                let counted = |attribution: Attribution| !marking.is_marked() || attribution > Attribution::Accepted;
                for session in timeline.sessions.iter().filter(|session| counted(session.attribution)) {
                    if kept.contains_key(session.context.as_str()) {
                        let steps = by_context.entry(&session.context).or_default();
                        *steps.entry(session.span.start).or_default() += session.messages;
                    }
                }
                GrowthUnit::PerSession
            }
        };
        by_context.retain(|_, steps| steps.values().any(|n| *n > 0));
        let contexts = by_context.len() as u64;
        Self { window: timeline.window.span, marking, unit, lines: lines(by_context, &kept, unit), contexts }
    }
}

/// A GUID's first group tells applications apart at a glance.
fn short(app: &str) -> &str {
    if app.len() == 36 { app.split('-').next().unwrap_or(app) } else { app }
}

fn lines(
    by_context: BTreeMap<&str, BTreeMap<UtcMicros, u64>>,
    labels: &BTreeMap<&str, String>,
    unit: GrowthUnit,
) -> Vec<GrowthLine> {
    let mut sum: BTreeMap<UtcMicros, u64> = BTreeMap::new();
    for steps in by_context.values() {
        for (at, n) in steps {
            *sum.entry(*at).or_default() += n;
        }
    }
    let mut own: Vec<(&str, BTreeMap<UtcMicros, u64>)> = by_context.into_iter().collect();
    own.sort_by_key(|(id, steps)| (std::cmp::Reverse(steps.values().sum::<u64>()), *id));
    let mut rest: BTreeMap<UtcMicros, u64> = BTreeMap::new();
    let others = own.split_off(own.len().min(LINE_LIMIT));
    for (at, n) in others.iter().flat_map(|(_, steps)| steps) {
        *rest.entry(*at).or_default() += n;
    }
    let mut out = Vec::new();
    if own.len() > 1 {
        // Distinct messages of several ways in overlap: their sum would be a number that nothing counts.
        if unit == GrowthUnit::PerSession {
            out.push(GrowthLine { context: None, label: "all of them".to_owned(), steps: rising(&sum) });
        }
    }
    out.extend(own.iter().map(|(id, steps)| GrowthLine {
        context: Some((*id).to_owned()),
        label: labels.get(id).cloned().unwrap_or_default(),
        steps: rising(steps),
    }));
    if !rest.is_empty() {
        let label = format!("{} others together", crate::words::thousands(others.len() as u64));
        out.push(GrowthLine { context: None, label, steps: rising(&rest) });
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
