//! Owns the second half in one function: tables and the examiner's statements become a timeline.
//!
//! Invariant: no export is read, and the result follows from the tables, the case and the rules alone.

use std::path::Path;

use mailtrail_model::{
    CaseInputs, CoverageState, Interval, IssueCode, Ledger, RosterEntry, SourceReceipt, Timeline, UtcMicros, Window,
};

use crate::{
    TimelineError, attribution, contexts,
    coverage::{self, Covered, SourceView},
    facts::Facts,
    items::Items,
    load,
    mailboxes::{self, Messages, Parts},
    outputs, related, sessions, spans,
};

/// What a timeline is made from.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// The tables folder.
    pub tables: &'a Path,
    /// What the examiner states.
    pub case: &'a CaseInputs,
    /// The sources, as they were read.
    pub receipts: &'a [SourceReceipt],
    /// The account of their rows.
    pub ledger: &'a Ledger,
    /// Issues by code.
    pub issues: &'a [(IssueCode, u64)],
}

/// Reconstructs the account of a case.
///
/// # Errors
/// If a table is missing, damaged or of another version, or an output cannot be written.
pub fn reconstruct(basis: &Basis<'_>) -> Result<Timeline, TimelineError> {
    let case = basis.case;
    let facts = load::accesses(basis.tables, &case.roster)?;
    let related = related::load(basis.tables)?;
    let items = Items::load(basis.tables, &facts)?;
    let roster = roster_of(&facts, case);
    let window = window(&facts, case);
    let period = period(case, window.span);

    let entries = attribution::Entries::new(&facts, case, None);
    let attribution = attribution::judge_all(&facts, &entries);
    let messages = Messages::count(&facts, &items, &attribution);
    let covered = coverage_of(&facts, basis, &roster, &related, window.span, period);

    let idle_gap = case.rules.idle_gap();
    let cut = sessions::cut(&facts, idle_gap);
    let visible: Vec<Vec<Interval>> = covered.iter().map(|one| one.spans(&VISIBLE)).collect();
    let blind_hours: Vec<f64> = covered.iter().map(blind_hours).collect();
    let parts = Parts {
        facts: &facts,
        cut: &cut,
        attribution: &attribution,
        messages: &messages,
        blind_hours: &blind_hours,
        roster: &roster,
    };
    let timeline = Timeline {
        case_id: case.case_id.clone(),
        rules: case.rules.clone(),
        sources: basis.receipts.to_vec(),
        ledger: basis.ledger.clone(),
        issues: basis.issues.to_vec(),
        mailboxes: mailboxes::summarise(&parts),
        contexts: contexts::summarise(&facts, &attribution, &messages.by_context),
        sessions: sessions::summarise(&facts, &items, &cut, &attribution, &visible, idle_gap),
        coverage: facts.mailboxes.iter().zip(&covered).flat_map(|(mailbox, one)| one.rows(&mailbox.key)).collect(),
        related,
        messages: messages.total(),
        sessions_by_gap: [60, 120, 240].map(|minutes| (minutes, sessions::count(&facts, minutes * UtcMicros::MINUTE))),
        exposure: None,
        findings: mailtrail_model::Findings::default(),
        window,
    };
    outputs::write(basis.tables, &timeline)?;
    Ok(timeline)
}

/// States in which a session's silence is a silence: a Bind would have been seen.
const VISIBLE: [CoverageState; 8] = [
    CoverageState::ThrottleUnknown,
    CoverageState::Silent,
    CoverageState::Filtered,
    CoverageState::Subset,
    CoverageState::Unsettled,
    CoverageState::Inferred,
    CoverageState::ObservedByCount,
    CoverageState::Observed,
];

fn blind_hours(covered: &Covered) -> f64 {
    let micros = spans::micros(&covered.spans(&[CoverageState::BlindThrottled]));
    #[expect(clippy::cast_precision_loss, reason = "hours of a window are far below 2^52 microseconds of loss")]
    let hours = micros as f64 / UtcMicros::HOUR as f64;
    hours
}

/// The declared window, else the span of the records.
fn window(facts: &Facts, case: &CaseInputs) -> Window {
    match (case.window, facts.span()) {
        (Some(span), _) => Window { span, declared: true },
        (None, Some((first, last))) => Window { span: Interval { start: first, end: last.plus(1) }, declared: false },
        (None, None) => Window { span: spans::span(0, 0), declared: false },
    }
}

/// The suspect period inside the window; by default the window.
fn period(case: &CaseInputs, window: Interval) -> Interval {
    case.period.as_ref().map_or(window, |period| period.span)
}

fn roster_of<'c>(facts: &Facts, case: &'c CaseInputs) -> Vec<Option<&'c RosterEntry>> {
    let entry = |m: &crate::facts::Mailbox| case.roster.iter().find(|entry| entry.means(&m.key, m.upn()));
    facts.mailboxes.iter().map(entry).collect()
}

fn coverage_of(
    facts: &Facts,
    basis: &Basis<'_>,
    roster: &[Option<&RosterEntry>],
    related: &[mailtrail_model::RelatedEvent<'_>],
    window: Interval,
    period: Interval,
) -> Vec<Covered> {
    use rayon::prelude::*;
    let rules = &basis.case.rules;
    let declared = |name: &str| basis.case.sources.iter().find(|source| coverage::declares(source, name));
    let sources: Vec<SourceView> =
        basis.receipts.iter().filter_map(|receipt| SourceView::of(receipt, declared(&receipt.name), rules)).collect();
    (0..facts.mailboxes.len())
        .into_par_iter()
        .map(|at| {
            let mailbox = &facts.mailboxes[at];
            let covering: Vec<&SourceView> =
                sources.iter().filter(|source| source.covers(&mailbox.key, mailbox.upn())).collect();
            let known = coverage::knowledge(mailbox, roster[at], basis.case, related, window);
            let own = coverage::own_states(facts.of(at), &covering, &known, window, period, rules);
            coverage::cover(window, &covering, &own)
        })
        .collect()
}
