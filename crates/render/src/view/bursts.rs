//! Owns what F04 shows: for each unusual access window its lane's counts over time, what was expected, and from where the
//! volume rule fires. What is not computed has no line; it is not a line at zero.

use mailtrail_model::{Burst, Interval, Timeline, UtcMicros};

use crate::escape;

use super::{Labels, label};

/// Windows drawn; the others are in the table and the CSV.
const STRIP_LIMIT: usize = 12;
/// Bars a strip may carry: beyond it, steps are added up.
const BAR_LIMIT: usize = 300;

/// One step of a strip.
#[derive(Clone, Debug, PartialEq)]
pub struct BurstStep {
    /// When it begins.
    pub start: UtcMicros,
    /// What the records show.
    pub observed: u64,
    /// What the baseline leads to expect.
    pub expected: Option<f64>,
    /// From where the volume rule fires.
    pub limit: Option<f64>,
}

/// One mailbox and way in, with its windows.
#[derive(Clone, Debug, PartialEq)]
pub struct BurstStrip {
    /// The mailbox's name, its part before the `@`.
    pub local: String,
    /// The mailbox's id (`M003`).
    pub mailbox: String,
    /// The way in.
    pub context: String,
    /// Length of a step, in hours.
    pub step_hours: i64,
    /// The steps, without gaps.
    pub steps: Vec<BurstStep>,
    /// The windows: id, tier, from, to, messages.
    pub windows: Vec<(String, u8, Interval, u64)>,
}

/// F04, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct BurstsView {
    /// The window of the case.
    pub window: Interval,
    /// What a window is called.
    pub word: &'static str,
    /// Strips, the strongest first.
    pub strips: Vec<BurstStrip>,
    /// Windows in all.
    pub windows: u64,
}

impl BurstsView {
    /// `None` where the windows are not computed, or there is none.
    #[must_use]
    pub fn of(timeline: &Timeline, word: &'static str) -> Option<Self> {
        let bursts = timeline.bursts.as_ref().filter(|bursts| !bursts.is_empty())?;
        let labels = Labels::of(&timeline.mailboxes);
        let mut strips: Vec<(&Burst, BurstStrip)> = Vec::new();
        for burst in ordered(bursts) {
            let window = (burst.id.clone(), burst.tier.number(), burst.span, burst.messages);
            match strips.iter_mut().find(|(one, _)| one.mailbox == burst.mailbox && one.context == burst.context) {
                Some((_, strip)) => strip.windows.push(window),
                None => strips.push((burst, strip(burst, window, &labels, timeline))),
            }
        }
        let strips = strips.into_iter().map(|(_, strip)| strip).collect();
        Some(Self { window: timeline.window.span, word, strips, windows: bursts.len() as u64 })
    }

    /// The strips that are drawn.
    #[must_use]
    pub fn drawn(&self) -> &[BurstStrip] {
        &self.strips[..self.strips.len().min(STRIP_LIMIT)]
    }
}

/// Tier first, then how far in the tail, then how many messages.
pub(crate) fn ordered(bursts: &[Burst]) -> Vec<&Burst> {
    let mut ordered: Vec<&Burst> = bursts.iter().collect();
    ordered.sort_by(|a, b| {
        let tail = |burst: &Burst| burst.tail_log10.unwrap_or(0.0);
        (a.tier, std::cmp::Reverse(a.messages))
            .cmp(&(b.tier, std::cmp::Reverse(b.messages)))
            .then(tail(a).total_cmp(&tail(b)))
            .then(a.id.cmp(&b.id))
    });
    ordered
}

fn strip(burst: &Burst, window: (String, u8, Interval, u64), labels: &Labels<'_>, timeline: &Timeline) -> BurstStrip {
    let series = &burst.series;
    let several = series.observed.len().div_ceil(BAR_LIMIT).max(1);
    let step = series.step_hours.max(1) * UtcMicros::HOUR;
    let start = series.start.unwrap_or(timeline.window.span.start);
    let summed = |values: &[f64], at: usize| {
        let held = values.get(at * several..values.len().min((at + 1) * several)).filter(|held| !held.is_empty());
        held.map(|held| held.iter().sum::<f64>())
    };
    let steps = series
        .observed
        .chunks(several)
        .enumerate()
        .map(|(at, observed)| BurstStep {
            start: start.plus(step * i64::try_from(at * several).unwrap_or(0)),
            observed: observed.iter().sum(),
            expected: summed(&series.expected, at),
            // Limits of steps do not add up to the limit of their sum: shown only where each step has its own bar.
            limit: if several == 1 { series.limit.get(at).copied() } else { None },
        })
        .collect();
    let mailbox = timeline.mailboxes.iter().find(|one| one.key == burst.mailbox);
    BurstStrip {
        local: label::split(&labels.name(&burst.mailbox)).0,
        mailbox: mailbox.map_or_else(String::new, |one| one.id.clone()),
        context: escape::visible(&burst.context),
        step_hours: series.step_hours.max(1) * i64::try_from(several).unwrap_or(1),
        steps,
        windows: vec![window],
    }
}
