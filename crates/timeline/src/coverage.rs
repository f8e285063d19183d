//! Owns what the log can see: per mailbox and logon type, one state at each instant, as intervals.
//!
//! Invariant: the intervals of a mailbox and logon type partition the domain. States of a source are judged per source and
//! the best covering source counts; then the worst of that and of the mailbox's own states wins. So one more source never
//! turns a covered hour into a gap; it may only bring throttle records, or counts, of its own.

mod changes;
mod knowledge;
mod mailbox;
mod silence;
mod source;
mod throttle;

use std::collections::BTreeSet;

use mailtrail_model::{Coverage, CoverageState, Interval, MailboxKey};

pub(crate) use changes::{Changes, parameter};
pub(crate) use knowledge::{knowledge, local};
pub(crate) use mailbox::{Local, own_states};
pub(crate) use source::SourceView;
pub(crate) use throttle::blind;

/// The logon types that audit lists tell apart, as the tables spell them.
pub(crate) const LOGON_TYPES: [&str; 3] = ["Owner", "Delegated", "Admin"];

/// One state over one span.
pub(crate) type Stretch = (Interval, CoverageState);

/// What a mailbox adds to what its sources say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnStates {
    /// States that hold for every logon type.
    pub(crate) common: Vec<Stretch>,
    /// States of one logon type, in the order of [`LOGON_TYPES`].
    pub(crate) by_logon: [Vec<Stretch>; 3],
    /// Where the throttle flag is not stated.
    pub(crate) flag_absent: Vec<Interval>,
    /// Where a covering source states that it was not narrowed: elsewhere counts exclude nothing.
    pub(crate) unfiltered: Vec<Interval>,
    /// Where trailing counts do not exclude throttling.
    pub(crate) counts_exceed: Vec<Interval>,
}

/// The states of a mailbox, one list a logon type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Covered {
    /// In the order of [`LOGON_TYPES`]; each list partitions the domain.
    pub(crate) by_logon: [Vec<Stretch>; 3],
}

impl Covered {
    /// The worst state of any logon type, over the domain.
    pub(crate) fn worst(&self) -> Vec<Stretch> {
        if self.by_logon[0] == self.by_logon[1] && self.by_logon[0] == self.by_logon[2] {
            return self.by_logon[0].clone();
        }
        let all: Vec<Stretch> = self.by_logon.iter().flatten().copied().collect();
        let cuts: BTreeSet<_> = all.iter().flat_map(|(span, _)| [span.start, span.end]).collect();
        let cuts: Vec<_> = cuts.into_iter().collect();
        let mut out = Vec::new();
        for pair in cuts.windows(2) {
            let state = self.by_logon.iter().filter_map(|list| state_at(list, pair[0].0)).min();
            push(&mut out, Interval { start: pair[0], end: pair[1] }, state.unwrap_or(CoverageState::SourceGap));
        }
        out
    }

    /// Spans whose worst state is one of `states`.
    pub(crate) fn spans(&self, states: &[CoverageState]) -> Vec<Interval> {
        let spans = self.worst().into_iter().filter(|(_, state)| states.contains(state)).map(|(span, _)| span);
        crate::spans::union(spans.collect())
    }

    /// The intervals as they leave the crate: one list where the logon types agree, else one each.
    pub(crate) fn rows(&self, mailbox: &MailboxKey) -> Vec<Coverage> {
        let row = |logon_type: Option<&str>, (span, state): &Stretch| Coverage {
            mailbox: mailbox.clone(),
            logon_type: logon_type.map(str::to_owned),
            span: *span,
            state: *state,
        };
        if self.by_logon[1..].iter().all(|list| *list == self.by_logon[0]) {
            return self.by_logon[0].iter().map(|stretch| row(None, stretch)).collect();
        }
        let mut lists: Vec<_> = LOGON_TYPES.iter().zip(&self.by_logon).collect();
        lists.sort();
        lists.iter().flat_map(|(name, list)| list.iter().map(|stretch| row(Some(name), stretch))).collect()
    }
}

/// The state of the list at an instant.
pub(crate) fn state_at(list: &[Stretch], at: i64) -> Option<CoverageState> {
    let after = list.partition_point(|(span, _)| span.start.0 <= at);
    let (span, state) = list.get(after.checked_sub(1)?)?;
    (at < span.end.0).then_some(*state)
}

/// Appends a stretch, joining it to the last where the state goes on.
fn push(list: &mut Vec<Stretch>, span: Interval, state: CoverageState) {
    match list.last_mut() {
        Some((last, same)) if *same == state && last.end == span.start => last.end = span.end,
        _ => list.push((span, state)),
    }
}

/// What the log can see of one mailbox over `domain`, from the sources that cover it and its own states.
pub(crate) fn cover(domain: Interval, sources: &[&SourceView], own: &OwnStates) -> Covered {
    let profiles: Vec<Vec<Stretch>> = sources.iter().map(|source| source.profile(domain)).collect();
    let best = best_of(domain, &profiles);
    Covered { by_logon: [0, 1, 2].map(|logon| worst_of(domain, &best, own, &own.by_logon[logon])) }
}

/// The best state any source gives each instant.
fn best_of(domain: Interval, profiles: &[Vec<Stretch>]) -> Vec<Stretch> {
    let cuts = cuts(domain, profiles.iter().flatten().map(|(span, _)| *span));
    let mut out = Vec::new();
    for pair in cuts.windows(2) {
        let best = profiles.iter().filter_map(|profile| state_at(profile, pair[0])).max();
        push(&mut out, crate::spans::span(pair[0], pair[1]), best.unwrap_or(CoverageState::SourceGap));
    }
    out
}

fn worst_of(domain: Interval, best: &[Stretch], own: &OwnStates, logon: &[Stretch]) -> Vec<Stretch> {
    let stretches = best.iter().chain(&own.common).chain(logon).map(|(span, _)| *span);
    let cuts = cuts(
        domain,
        stretches.chain([&own.flag_absent, &own.unfiltered, &own.counts_exceed].into_iter().flatten().copied()),
    );
    let sorted = |list: &[Stretch]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    let (common, logon) = (Active::new(sorted(&own.common)), Active::new(sorted(logon)));
    let mut layers = [common, logon];
    let mut out = Vec::new();
    for pair in cuts.windows(2) {
        let at = pair[0];
        let mut state = state_at(best, at).unwrap_or(CoverageState::SourceGap);
        if crate::spans::contains(&own.flag_absent, at) {
            let excluded =
                crate::spans::contains(&own.unfiltered, at) && !crate::spans::contains(&own.counts_exceed, at);
            state = state.min(if excluded { CoverageState::ObservedByCount } else { CoverageState::ThrottleUnknown });
        }
        for layer in &mut layers {
            state = layer.worst_at(at).map_or(state, |own| state.min(own));
        }
        push(&mut out, crate::spans::span(at, pair[1]), state);
    }
    out
}

/// Every instant inside the domain at which something changes, with the domain's ends.
fn cuts(domain: Interval, spans: impl Iterator<Item = Interval>) -> Vec<i64> {
    let inside =
        spans.flat_map(|span| [span.start.0, span.end.0]).filter(|at| domain.start.0 < *at && *at < domain.end.0);
    let mut cuts: Vec<i64> = inside.chain([domain.start.0, domain.end.0]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// Stretches that may overlap, asked in time order.
struct Active {
    sorted: Vec<Stretch>,
    next: usize,
    open: Vec<Stretch>,
}

impl Active {
    fn new(sorted: Vec<Stretch>) -> Self {
        Self { sorted, next: 0, open: Vec::new() }
    }

    fn worst_at(&mut self, at: i64) -> Option<CoverageState> {
        while let Some(stretch) = self.sorted.get(self.next).filter(|(span, _)| span.start.0 <= at) {
            self.open.push(*stretch);
            self.next += 1;
        }
        self.open.retain(|(span, _)| at < span.end.0);
        self.open.iter().map(|(_, state)| *state).min()
    }
}

#[cfg(test)]
mod tests;
