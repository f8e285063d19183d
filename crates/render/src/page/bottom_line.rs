//! Owns the bottom line: at most eight statements, facts only, each with its basis and its way home.

use mailtrail_model::{Attribution, ExposureClass, Interval};

use crate::band::{self, BandGroup};
use crate::view::{CaseMarking, Labels};
use crate::words::{count, len, percent, real, stamp, thousands};

use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};
use super::{ReportInput, zone};
use crate::figure::ColumnHead;

/// What a bottom line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The whole case.
    Case,
    /// One mailbox, or several, of a case in which so many mailboxes have a marked access.
    Mailbox { marked_in_case: u64, several: bool },
}

/// Section 1.
pub(super) fn section(input: &ReportInput<'_>, subject: Subject) -> Section {
    Section::new("bottom-line", "Bottom line")
        .with(Block::Statements(statements(input, subject)))
        .with(Block::Table(totals(input)))
}

fn statements(input: &ReportInput<'_>, subject: Subject) -> Vec<Statement> {
    let mut out = match CaseMarking::of(input.timeline) {
        CaseMarking::Nothing => unmarked(input, subject),
        marking => marked(input, marking, subject),
    };
    out.push(recording(input));
    out.push(rows(input));
    out.push(
        Statement::new(
            Basis::Known,
            "Not determined by this tool: what the messages say, how sensitive they are, whose data they hold, where those \
             persons live.",
        )
        .see("limits"),
    );
    out.truncate(8);
    out
}

fn unmarked(input: &ReportInput<'_>, subject: Subject) -> Vec<Statement> {
    let timeline = input.timeline;
    let reached = timeline.mailboxes.iter().filter(|mailbox| mailbox.records > 0).count() as u64;
    vec![
        Statement::new(
            Basis::Observed,
            format!(
                "Records name {} in {} of {}, in {} by {}.",
                count(timeline.messages, "distinct message", "distinct messages"),
                thousands(reached),
                count(len(&timeline.mailboxes), "mailbox", "mailboxes"),
                count(len(&timeline.sessions), "session", "sessions"),
                count(len(&timeline.contexts), "way in", "ways in"),
            ),
        )
        .see("F01"),
        Statement::new(
            Basis::Stated,
            match subject {
                Subject::Mailbox { marked_in_case: n @ 1.., several } => format!(
                    "No access to {} is marked as suspect; in the case, accesses to {} are.",
                    if several { "these mailboxes" } else { "this mailbox" },
                    count(n, "mailbox", "mailboxes")
                ),
                _ => "No access is marked as suspect. This report says who reached which mail and when; it does not say which \
                      of these accesses was legitimate."
                    .to_owned(),
            },
        )
        .see("attribution"),
    ]
}

fn marked(input: &ReportInput<'_>, marking: CaseMarking, subject: Subject) -> Vec<Statement> {
    let alone = matches!(subject, Subject::Mailbox { several: false, .. });
    let timeline = input.timeline;
    let labels = Labels::of(&timeline.mailboxes);
    let reached: Vec<_> = timeline.mailboxes.iter().filter(|mailbox| mailbox.suspect_span.is_some()).collect();
    let messages: u64 = reached.iter().map(|mailbox| mailbox.suspect_messages).sum();
    let (basis, how) = match marking {
        CaseMarking::Provisional => (Basis::Inferred, "provisionally marked"),
        _ => (Basis::Observed, "suspect"),
    };
    let mut out = vec![
        Statement::new(
            basis,
            format!(
                "Records name {} in {how} accesses to {}.",
                count(messages, "distinct message", "distinct messages"),
                if alone {
                    "this mailbox".to_owned()
                } else {
                    let all = count(len(&timeline.mailboxes), "mailbox", "mailboxes");
                    format!("{} of {all}{}", thousands(len(&reached)), departments(input))
                },
            ),
        )
        .see("F01"),
    ];
    let first =
        reached.iter().filter_map(|m| m.suspect_span.map(|span| (span.start, *m))).min_by_key(|(at, m)| (*at, &m.key));
    let last =
        reached.iter().filter_map(|m| m.suspect_span.map(|span| (span.end, *m))).max_by_key(|(at, m)| (*at, &m.key));
    let place = |key| if alone { String::new() } else { format!(" in {}", labels.name(key)) };
    if let (Some((start, first)), Some((end, last))) = (first, last) {
        out.push(
            Statement::new(
                basis,
                format!(
                    "The first {how} access on record is at {} UTC{}{}, the last at {} UTC{}{}.",
                    stamp(start),
                    zone::beside(input.case, start),
                    place(&first.key),
                    stamp(end),
                    zone::beside(input.case, end),
                    place(&last.key),
                ),
            )
            .see("sessions"),
        );
    }
    out.push(ways(input, how, basis));
    out
}

/// Reached mailboxes by department, where a roster names departments.
fn departments(input: &ReportInput<'_>) -> String {
    let mut by_department: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for mailbox in input.timeline.mailboxes.iter().filter(|mailbox| mailbox.suspect_span.is_some()) {
        if let Some(department) = mailbox.department.as_deref() {
            *by_department.entry(department).or_default() += 1;
        }
    }
    if by_department.is_empty() {
        return String::new();
    }
    let mut named: Vec<(&str, u64)> = by_department.into_iter().collect();
    named.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let rest = named.len().saturating_sub(4);
    let mut words: Vec<String> =
        named.into_iter().take(4).map(|(name, n)| format!("{name} {}", thousands(n))).collect();
    if rest > 0 {
        words.push(count(rest as u64, "other department", "other departments"));
    }
    format!(" ({})", words.join(", "))
}

fn ways(input: &ReportInput<'_>, how: &str, basis: Basis) -> Statement {
    let sessions: Vec<_> =
        input.timeline.sessions.iter().filter(|session| session.attribution > Attribution::Accepted).collect();
    let contexts: std::collections::BTreeSet<&str> = sessions.iter().map(|session| session.context.as_str()).collect();
    let syncs: u64 = sessions.iter().map(|session| session.syncs).sum();
    let apps = input.timeline.contexts.iter().filter(|c| contexts.contains(c.id.as_str()) && c.app_only).count() as u64;
    let mut named: std::collections::BTreeSet<_> = input
        .timeline
        .contexts
        .iter()
        .filter(|context| contexts.contains(context.id.as_str()))
        .map(|context| context.effective_app.as_deref())
        .collect();
    let unstated = named.remove(&None);
    let applications = match (named.len() as u64, unstated) {
        (0, _) => "none of which states an application".to_owned(),
        (n, false) => format!("through {}", count(n, "application", "applications")),
        (n, true) => format!("through {} or with none stated", count(n, "application", "applications")),
    };
    let mut text = format!(
        "They form {} by {} (account, application and client), {applications}",
        count(len(&sessions), &format!("{how} session"), &format!("{how} sessions")),
        count(contexts.len() as u64, "way in", "ways in")
    );
    if apps > 0 {
        let which = if apps == contexts.len() as u64 { "all".to_owned() } else { thousands(apps) };
        let which = if contexts.len() == 1 { "it is".to_owned() } else { format!("{which} of the ways in are") };
        text.push_str(&format!("; {which} recorded under the mailbox owner's name"));
    }
    text.push('.');
    if syncs > 0 {
        text.push_str(&format!(
            " {} of folders are among them; such a record lists no messages.",
            count(syncs, "Sync record", "Sync records")
        ));
    }
    Statement::new(basis, text).see("attribution")
}

fn recording(input: &ReportInput<'_>) -> Statement {
    let timeline = input.timeline;
    let bands = band::bands(&timeline.coverage, timeline.window.span);
    let hours = |keep: &dyn Fn(BandGroup) -> bool| -> f64 {
        bands.values().flatten().filter(|span| keep(span.group)).map(|span| real_hours(span.span)).sum()
    };
    let all = real_hours(timeline.window.span) * real(len(&timeline.mailboxes));
    let text = if bands.is_empty() || all <= 0.0 {
        "What the log could see is not known: where no access is recorded, nothing follows from that.".to_owned()
    } else {
        let covered = hours(&|group| group == BandGroup::Covered);
        let blind = hours(&BandGroup::is_blind);
        format!(
            "Recording is shown for {} of the {} mailbox-hours of the window; for {} it was throttled or absent. Where it is not \
             shown, nothing follows from the absence of a record.",
            percent(covered, all),
            thousands(all.round() as u64),
            percent(blind, all),
        )
    };
    Statement::new(Basis::Inferred, text).see("coverage")
}

fn real_hours(span: Interval) -> f64 {
    span.micros() as f64 / mailtrail_model::UtcMicros::HOUR as f64
}

fn rows(input: &ReportInput<'_>) -> Statement {
    let ledger = &input.timeline.ledger;
    let read = ledger.total(|row| row.read);
    let rejected = ledger.total(|row| row.rejected);
    let taken = input.timeline.sources.iter().filter(|source| source.refused.is_none()).count() as u64;
    let doubtful = input.timeline.sources.iter().filter(|source| source.completeness.looks_incomplete()).count() as u64;
    let mut text = format!(
        "The account rests on {} with {}; {}",
        count(taken, "source", "sources"),
        count(read, "row", "rows"),
        if ledger.balances() { "each row is accounted for once" } else { "the ledger does not balance: see section 4" },
    );
    if rejected > 0 {
        text.push_str(&format!(", {} in quarantine", thousands(rejected)));
    }
    text.push('.');
    if doubtful > 0 {
        text.push_str(&format!(
            " {} incomplete.",
            if doubtful == 1 { "One source looks".to_owned() } else { format!("{} sources look", thousands(doubtful)) }
        ));
    }
    Statement::new(Basis::Observed, text).see("sources")
}

/// The totals: always rows, never one number.
fn totals(input: &ReportInput<'_>) -> Table {
    let timeline = input.timeline;
    let row = |label: &str, meaning: &str, cell: Cell, tone: Tone| Row {
        id: None,
        tone,
        cells: vec![Cell::text(label), Cell::text(meaning), cell],
    };
    let rows = match &timeline.exposure {
        Some(totals) => ExposureClass::ALL
            .into_iter()
            .map(|class| {
                let n = totals.by_class.get(&class).copied().unwrap_or(0);
                let tone = if class == ExposureClass::A && n > 0 { Tone::Suspect } else { Tone::Plain };
                let cell = Cell::count(n);
                let cell = if n > 0 && input.rows.is_some() {
                    cell.picking("message-list", "Class", class.as_str())
                } else {
                    cell
                };
                let mut row = row(class.as_str(), class.label(), cell, tone);
                if let Some(label) = row.cells.get_mut(1) {
                    label.detail = Some(format!("{}.", crate::sheet::class_meaning(class)));
                }
                if let Some(correspondents) = &timeline.findings.correspondents {
                    row.cells.push(Cell::count(correspondents.get(&class).copied().unwrap_or(0)));
                }
                row
            })
            .collect(),
        None => {
            let suspect: u64 = timeline.mailboxes.iter().map(|mailbox| mailbox.suspect_messages).sum();
            let mut rows = vec![row(
                "Any",
                "named by an access; distinct messages, counted per mailbox",
                Cell::count(timeline.messages),
                Tone::Plain,
            )];
            if CaseMarking::of(timeline).is_marked() {
                rows.push(row(
                    "Suspect",
                    "named by a suspect access; distinct messages, counted per mailbox",
                    Cell::count(suspect),
                    Tone::Suspect,
                ));
            }
            rows.push(row(
                "A to N",
                "what happened to each message, by evidence",
                Cell::quiet("not computed"),
                Tone::Quiet,
            ));
            rows
        }
    };
    let mut columns =
        vec![ColumnHead::text("Class"), ColumnHead::text("What the records show"), ColumnHead::number("Messages")];
    if timeline.exposure.is_some() && timeline.findings.correspondents.is_some() {
        columns.push(ColumnHead::number("Correspondents"));
    }
    Table {
        id: "totals",
        caption: "Messages".to_owned(),
        columns,
        rows,
        note: timeline.exposure.is_some().then(|| listed(input)),
        ..Table::default()
    }
}

fn listed(input: &ReportInput<'_>) -> String {
    let of = match input.timeline.findings.listed_as_of {
        Some(as_of) => format!(" Of messages still listed on {}.", crate::words::iso_day(as_of)),
        None => String::new(),
    };
    let behind = if input.timeline.findings.correspondents.is_some() {
        " Correspondents: distinct addresses among the listed senders and recipients of those messages, the mailbox's own left \
         out; one address may stand behind several classes. Whose data the messages hold is not determined by this tool."
    } else {
        ""
    };
    format!("Totals are rows, never one number: the classes differ in what shows them.{of}{behind}")
}
