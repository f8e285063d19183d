//! Owns the second half in one function: tables and the examiner's statements become a timeline.
//!
//! Invariant: no export is read, and the result follows from the tables, the case and the rules alone.

use std::{path::Path, sync::Arc};

use mailtrail_model::{
    Burst, CaseInputs, CoverageState, Interval, IssueCode, Ledger, RosterEntry, SourceReceipt, Timeline, UtcMicros,
    Window,
};
use rayon::prelude::*;

use crate::{
    TenantFacts, TimelineError, attribution, bursts, contexts,
    coverage::{self, Changes, Covered, SourceView},
    exposure,
    facts::Facts,
    findings, hours,
    items::Items,
    load,
    mailboxes::{self, Messages, Parts},
    origins, outputs, related, sessions, sign_ins, spans,
    tenant_facts::Parts as Summarised,
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
    let facts = Arc::new(load::accesses(basis.tables, case)?);
    let related = related::load(basis.tables)?;
    let items = Items::load(basis.tables, &facts)?;
    let roster = roster_of(&facts, case);
    let window = window(&facts, case);
    let period = period(case, window.span);

    let sources = sources(basis);
    let changes = Changes::of(&related, &facts, window.span.end);
    let cover = |period| coverage_of(&facts, &sources, case, &roster, &changes, window.span, period);
    let covered = cover(period);
    let entries = attribution::Entries::new(&facts, case);
    let mut attribution = attribution::judge_all(&facts, &entries);
    let listed = exposure::Listed::new(&facts, case, &roster);
    let world = exposure::World {
        facts: &facts,
        items: &items,
        listed: &listed,
        case,
        roster: &roster,
        changes: &changes,
        sources: &sources,
        window: window.span,
    };
    let parts = Summarised { world: &world, attribution: &attribution, covered: &covered };
    let (mut found, published) = bursts::detect(&TenantFacts::of(&facts, &parts), &case.rules);
    if !case.attribution_given {
        attribution::mark_provisionally(&mut attribution, &found);
    }
    let messages = Messages::count(&facts, &items, &attribution);

    let idle_gap = case.rules.idle_gap();
    let cut = sessions::cut(&facts, idle_gap);
    let visible: Vec<Vec<Interval>> = covered.iter().map(|one| one.spans(&VISIBLE)).collect();
    let blind_hours: Vec<f64> = covered.iter().map(blind_hours).collect();
    let mut mailboxes = mailboxes::summarise(&Parts {
        facts: &facts,
        cut: &cut,
        attribution: &attribution,
        messages: &messages,
        blind_hours: &blind_hours,
        roster: &roster,
    });
    let contexts = contexts::summarise(&facts, &attribution, &messages.by_context);
    let sessions = sessions::summarise(&facts, &items, &cut, &attribution, &visible, idle_gap);
    let by_gap = [60, 120, 240].map(|minutes| (minutes, sessions::count(&facts, minutes * UtcMicros::MINUTE)));

    for (inside, burst) in &mut found {
        burst.sessions = sessions::ids(&cut, &sessions, &inside.places);
    }
    let bursts: Vec<Burst> = found.into_iter().map(|(_, burst)| burst).collect();
    let paths = exposure::open_paths(&related, &facts, period);
    let assumptions = exposure::Assumptions { period, attribution: &attribution, covered: &covered, paths: &paths };
    let every: Vec<usize> = (0..facts.mailboxes.len()).collect();
    let totals = exposure::count(&world, &assumptions, &every);
    for (mailbox, totals) in mailboxes.iter_mut().zip(&totals) {
        mailbox.exposure = Some(totals.counts.totals());
    }
    let all = findings::sum(&totals).counts;
    let correspondents = exposure::write(basis.tables, &world, &assumptions, &all)?;
    hours::write(basis.tables, &facts, &items, &attribution)?;
    let parts = findings::Parts {
        world: &world,
        base: &assumptions,
        totals: &totals,
        entries: &entries,
        contexts: &contexts,
        related: &related,
        cover: &cover,
        bursts: &bursts,
    };
    let mut findings = findings::findings(&parts);
    findings.correspondents = (findings.listed > 0).then_some(correspondents);

    let timeline = Timeline {
        case_id: case.case_id.clone(),
        rules: case.rules.clone(),
        sources: basis.receipts.to_vec(),
        ledger: basis.ledger.clone(),
        issues: basis.issues.to_vec(),
        coverage: facts.mailboxes.iter().zip(&covered).flat_map(|(mailbox, one)| one.rows(&mailbox.key)).collect(),
        mailboxes,
        contexts,
        addresses: origins::summarise(&facts, &attribution, case)?,
        sign_ins: sign_ins::join(&facts, &cut, case),
        sessions,
        messages: messages.total(),
        sessions_by_gap: by_gap,
        exposure: Some(all.totals()),
        bursts: Some(bursts),
        published: Some(published),
        findings,
        window,
        related,
    };
    outputs::write(basis.tables, &timeline)?;
    Ok(timeline)
}

/// The summary that unusual access windows are looked for in, without anything else of a timeline: for whoever asks
/// [`crate::bursts`] again and again with other rules.
///
/// # Errors
/// If a table is missing, damaged or of another version.
pub fn tenant_facts(basis: &Basis<'_>) -> Result<TenantFacts, TimelineError> {
    in_world(basis, |seen| Ok(seen.summary()))
}

/// Writes what happened to each message, as [`reconstruct`] does, and nothing else of a timeline: for whoever asks for the
/// classes again and again with other statements.
///
/// # Errors
/// If a table is missing, damaged or of another version, or the output cannot be written.
pub fn classify(basis: &Basis<'_>) -> Result<(), TimelineError> {
    in_world(basis, |seen| {
        let (world, facts) = (seen.world, seen.world.facts);
        let mut attribution = seen.attribution.to_vec();
        if !world.case.attribution_given {
            attribution::mark_provisionally(&mut attribution, &bursts::detect(&seen.summary(), &world.case.rules).0);
        }
        let period = period(world.case, world.window);
        let paths = exposure::open_paths(seen.related, facts, period);
        let assumptions =
            exposure::Assumptions { period, attribution: &attribution, covered: seen.covered, paths: &paths };
        let every: Vec<usize> = (0..facts.mailboxes.len()).collect();
        let all = findings::sum(&exposure::count(world, &assumptions, &every)).counts;
        exposure::write(basis.tables, world, &assumptions, &all)?;
        Ok(())
    })
}

/// What a case looks like before anything is concluded from it.
struct Seen<'a> {
    shared: &'a Arc<Facts>,
    world: &'a exposure::World<'a>,
    attribution: &'a [mailtrail_model::Attribution],
    covered: &'a [Covered],
    related: &'a [mailtrail_model::RelatedEvent<'static>],
}

impl Seen<'_> {
    fn summary(&self) -> TenantFacts {
        let parts = Summarised { world: self.world, attribution: self.attribution, covered: self.covered };
        TenantFacts::of(self.shared, &parts)
    }
}

fn in_world<T>(basis: &Basis<'_>, ask: impl FnOnce(&Seen<'_>) -> Result<T, TimelineError>) -> Result<T, TimelineError> {
    let case = basis.case;
    let facts = Arc::new(load::accesses(basis.tables, case)?);
    let related = related::load(basis.tables)?;
    let items = Items::load(basis.tables, &facts)?;
    let roster = roster_of(&facts, case);
    let window = window(&facts, case).span;
    let sources = sources(basis);
    let changes = Changes::of(&related, &facts, window.end);
    let covered = coverage_of(&facts, &sources, case, &roster, &changes, window, period(case, window));
    let attribution = attribution::judge_all(&facts, &attribution::Entries::new(&facts, case));
    let listed = exposure::Listed::new(&facts, case, &roster);
    let world = exposure::World {
        facts: &facts,
        items: &items,
        listed: &listed,
        case,
        roster: &roster,
        changes: &changes,
        sources: &sources,
        window,
    };
    ask(&Seen { shared: &facts, world: &world, attribution: &attribution, covered: &covered, related: &related })
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

/// The suspect period; by default the window without its last two minutes, whose accesses are recorded after it.
fn period(case: &CaseInputs, window: Interval) -> Interval {
    let shown = Interval { end: window.end.plus(-attribution::aggregation(&case.rules)), ..window };
    let default = if shown.start < shown.end { shown } else { window };
    case.period.as_ref().map_or(default, |period| period.span)
}

fn roster_of<'c>(facts: &Facts, case: &'c CaseInputs) -> Vec<Option<&'c RosterEntry>> {
    let entry = |m: &crate::facts::Mailbox| case.roster.iter().find(|entry| entry.means(&m.key, m.upn()));
    facts.mailboxes.iter().map(entry).collect()
}

/// The sources that cover something, each with the rows of it that could not be read.
fn sources(basis: &Basis<'_>) -> Vec<(SourceView, u64)> {
    let declared = |name: &str| basis.case.sources.iter().find(|source| source.is_about(name));
    let view = |receipt: &SourceReceipt| {
        let rows = basis.ledger.sources.iter().find(|row| row.source == receipt.id);
        let read = rows.map_or(u64::MAX, |row| row.read);
        let view = SourceView::of(receipt, read, declared(&receipt.name), &basis.case.rules)?;
        Some((view, rows.map_or(0, |row| row.rejected)))
    };
    basis.receipts.iter().filter_map(view).collect()
}

fn coverage_of(
    facts: &Facts,
    sources: &[(SourceView, u64)],
    case: &CaseInputs,
    roster: &[Option<&RosterEntry>],
    changes: &Changes,
    window: Interval,
    period: Interval,
) -> Vec<Covered> {
    (0..facts.mailboxes.len())
        .into_par_iter()
        .map(|at| {
            let mailbox = &facts.mailboxes[at];
            let covers = |source: &&SourceView| source.covers(&mailbox.key, mailbox.upn());
            let covering: Vec<&SourceView> = sources.iter().map(|(source, _)| source).filter(covers).collect();
            let known = coverage::knowledge(facts, at, roster[at], case, changes, window);
            let own = coverage::own_states(facts.of(at), &covering, &known, window, period, &case.rules);
            coverage::cover(window, &covering, &own)
        })
        .collect()
}
