//! Owns how the seventeen coverage states are grouped for the eye, and the weakest state of a mailbox at each instant.
//!
//! The grouping only ever weakens: no group promises more than its weakest member. Time about which nothing is stated is
//! [`BandGroup::Unknown`], never covered.

use std::collections::BTreeMap;

use mailtrail_model::{Coverage, CoverageState, Interval, MailboxKey, UtcMicros};

/// What a reader needs to tell apart in a picture; weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BandGroup {
    /// Nothing is stated about this time.
    Unknown,
    /// No record could have come: not audited, outside retention, in a gap.
    NoLog,
    /// Bind records stop, or seem to.
    Throttled,
    /// A source covers the time, but records may be missing from it.
    Doubtful,
    /// Between a source's first and last record, its query range not declared.
    Inferred,
    /// Observed.
    Covered,
}

impl BandGroup {
    /// Every group, weakest first.
    pub const ALL: [Self; 6] =
        [Self::Unknown, Self::NoLog, Self::Throttled, Self::Doubtful, Self::Inferred, Self::Covered];

    /// The group of a state.
    #[must_use]
    pub fn of(state: CoverageState) -> Self {
        match state {
            CoverageState::NotAudited
            | CoverageState::Bypassed
            | CoverageState::CrossGeo
            | CoverageState::BeforeRetention
            | CoverageState::KnownGap
            | CoverageState::SourceGap
            | CoverageState::SourceTruncated => Self::NoLog,
            CoverageState::BlindThrottled | CoverageState::ThrottleSuspected => Self::Throttled,
            CoverageState::ThrottleUnknown
            | CoverageState::Silent
            | CoverageState::Filtered
            | CoverageState::Subset
            | CoverageState::Unsettled => Self::Doubtful,
            CoverageState::Inferred => Self::Inferred,
            CoverageState::ObservedByCount | CoverageState::Observed => Self::Covered,
        }
    }

    /// The spelling in CSV files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "not-known",
            Self::NoLog => "no-log",
            Self::Throttled => "throttled",
            Self::Doubtful => "may-be-incomplete",
            Self::Inferred => "range-not-declared",
            Self::Covered => "covered",
        }
    }

    /// The words in legends and tables.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Unknown => "not known",
            Self::NoLog => "no log",
            Self::Throttled => "throttled",
            Self::Doubtful => "may be incomplete",
            Self::Inferred => "range not declared",
            Self::Covered => "observed",
        }
    }

    /// One sentence for a reader who has never seen an audit log.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Unknown => "No statement about this time could be derived from the sources.",
            Self::NoLog => {
                "No record could have come: the mailbox is not shown to be audited, the time lies outside the retention of \
                 the export, or no source covers it."
            }
            Self::Throttled => {
                "The service stops writing Bind records for a mailbox for up to 24 hours after a throttled record; Sync \
                 records still come."
            }
            Self::Doubtful => {
                "A source covers the time, but records may be missing: throttling is not stated and not excluded by count, \
                 the mailbox is silent, the source was filtered or admits incomplete results, or it was exported before \
                 late records could arrive."
            }
            Self::Inferred => {
                "Records before and after suggest that the source covers the time; the range it was queried for is not \
                 declared. A declared query range in the case file settles it."
            }
            Self::Covered => "A source covers the time and nothing speaks against completeness.",
        }
    }

    /// Whether an empty lane says nothing at this time.
    #[must_use]
    pub fn is_blind(self) -> bool {
        matches!(self, Self::NoLog | Self::Throttled)
    }
}

/// One stretch of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandSpan {
    /// From, to.
    pub span: Interval,
    /// The weakest group of all logon types.
    pub group: BandGroup,
    /// The weakest state; `None` where nothing is stated.
    pub state: Option<CoverageState>,
}

/// The weakest state of each mailbox at each instant of the window, whole and without overlap.
#[must_use]
pub(crate) fn bands(coverage: &[Coverage], window: Interval) -> BTreeMap<&MailboxKey, Vec<BandSpan>> {
    let mut by_mailbox: BTreeMap<&MailboxKey, Vec<&Coverage>> = BTreeMap::new();
    for entry in coverage {
        by_mailbox.entry(&entry.mailbox).or_default().push(entry);
    }
    by_mailbox.into_iter().map(|(mailbox, entries)| (mailbox, weakest(&entries, window))).collect()
}

/// Sweeps over the edges of the entries; at each stretch the worst state that covers it wins.
fn weakest(entries: &[&Coverage], window: Interval) -> Vec<BandSpan> {
    let mut edges: BTreeMap<UtcMicros, Vec<(CoverageState, i32)>> = BTreeMap::new();
    edges.entry(window.start).or_default();
    edges.entry(window.end).or_default();
    for entry in entries {
        if let Some(span) = entry.span.clip(window) {
            edges.entry(span.start).or_default().push((entry.state, 1));
            edges.entry(span.end).or_default().push((entry.state, -1));
        }
    }
    let mut open: BTreeMap<CoverageState, i32> = BTreeMap::new();
    let mut out: Vec<BandSpan> = Vec::new();
    let starts: Vec<UtcMicros> = edges.keys().copied().collect();
    for (start, end) in starts.iter().zip(starts.iter().skip(1)) {
        for (state, step) in edges.get(start).into_iter().flatten() {
            *open.entry(*state).or_default() += step;
        }
        let state = open.iter().find(|(_, depth)| **depth > 0).map(|(state, _)| *state);
        push(
            &mut out,
            BandSpan {
                span: Interval { start: *start, end: *end },
                group: state.map_or(BandGroup::Unknown, BandGroup::of),
                state,
            },
        );
    }
    out
}

fn push(out: &mut Vec<BandSpan>, next: BandSpan) {
    match out.last_mut() {
        Some(last) if last.state == next.state && last.span.end == next.span.start => last.span.end = next.span.end,
        _ => out.push(next),
    }
}

/// The spans in steps of at least `step`: each step takes the weakest group it touches. For pictures, whose pixels are finite.
#[must_use]
pub(crate) fn coarse(spans: &[BandSpan], step: i64) -> Vec<BandSpan> {
    let mut out: Vec<BandSpan> = Vec::new();
    let Some(first) = spans.first() else { return out };
    let origin = first.span.start.0;
    let cell_of = |at: i64| (at - origin).div_euclid(step.max(1));
    for span in spans {
        let (from, to) = (cell_of(span.span.start.0), cell_of(span.span.end.0 - 1) + 1);
        let edges = Interval { start: UtcMicros(origin + from * step), end: UtcMicros(origin + to * step) };
        push_weaker(&mut out, BandSpan { span: edges, ..*span });
    }
    let end = spans.last().map_or(first.span.end, |last| last.span.end);
    for span in &mut out {
        span.span.end = span.span.end.min(end);
    }
    out
}

/// Appends a span that may overlap the last one by a cell: the overlap goes to the weaker of the two.
fn push_weaker(out: &mut Vec<BandSpan>, mut next: BandSpan) {
    while let Some(last) = out.last_mut() {
        if last.group == next.group {
            last.span.end = last.span.end.max(next.span.end);
            return;
        }
        if last.span.end <= next.span.start {
            break;
        }
        if last.group < next.group {
            next.span.start = last.span.end;
            if next.span.micros() == 0 {
                return;
            }
            break;
        }
        last.span.end = next.span.start;
        if last.span.micros() > 0 {
            break;
        }
        out.pop();
    }
    out.push(next);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(logon_type: &str, from: i64, to: i64, state: CoverageState) -> Coverage {
        Coverage {
            mailbox: MailboxKey("m".into()),
            logon_type: Some(logon_type.to_owned()),
            span: Interval { start: UtcMicros(from), end: UtcMicros(to) },
            state,
        }
    }

    fn check(entries: &[Coverage], expected: &[(i64, i64, BandGroup)]) {
        let window = Interval { start: UtcMicros(0), end: UtcMicros(100) };
        let bands = bands(entries, window);
        let spans: Vec<_> =
            bands.values().flatten().map(|span| (span.span.start.0, span.span.end.0, span.group)).collect();
        assert_eq!(spans, expected);
    }

    #[test]
    fn the_weakest_logon_type_wins_and_silence_is_not_known() {
        check(
            &[
                entry("Owner", -5, 60, CoverageState::Observed),
                entry("Delegated", 20, 40, CoverageState::BlindThrottled),
            ],
            &[
                (0, 20, BandGroup::Covered),
                (20, 40, BandGroup::Throttled),
                (40, 60, BandGroup::Covered),
                (60, 100, BandGroup::Unknown),
            ],
        );
    }

    #[test]
    fn a_coarse_band_never_promises_more() {
        let fine = [
            entry("Owner", 0, 19, CoverageState::Observed),
            entry("Owner", 19, 21, CoverageState::SourceGap),
            entry("Owner", 21, 100, CoverageState::Observed),
        ];
        let window = Interval { start: UtcMicros(0), end: UtcMicros(100) };
        let spans = coarse(&weakest(&fine.iter().collect::<Vec<_>>(), window), 10);
        let groups: Vec<_> = spans.iter().map(|s| (s.span.start.0, s.span.end.0, s.group)).collect();
        assert_eq!(groups, [(0, 10, BandGroup::Covered), (10, 30, BandGroup::NoLog), (30, 100, BandGroup::Covered)]);
    }
}
