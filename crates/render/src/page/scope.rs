//! Owns section 2: which mailboxes, which window, which period, on what basis, under which policies.

use mailtrail_model::{Attribution, MailboxSummary};

use crate::figure::ColumnHead;
use crate::view::{CaseMarking, name_of};
use crate::words::{count, len, stamp, thousands, window};

use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};
use super::{MailboxLinks, ReportInput, mailbox};

/// Section 2.
pub(super) fn section(input: &ReportInput<'_>) -> Section {
    Section::new("scope", "Scope and period")
        .with(Block::Facts(facts(input)))
        .with(Block::Statements(statements(input)))
        .with(Block::Table(mailboxes(input, |place| match input.mailbox_links {
            MailboxLinks::Pages if input.timeline.mailboxes.len() > 1 => {
                mailbox::file_name(input.timeline, place).map(|file| format!("mailboxes/{file}"))
            }
            MailboxLinks::Index => Some("mailboxes/index.html".to_owned()),
            _ => None,
        })))
}

fn facts(input: &ReportInput<'_>) -> Vec<(&'static str, String)> {
    let timeline = input.timeline;
    let mut facts = vec![(
        "Case window",
        format!(
            "{} ({})",
            window(timeline.window.span),
            if timeline.window.declared { "declared" } else { "the span of the records; not declared" }
        ),
    )];
    match &input.case.period {
        Some(period) => {
            facts.push(("Suspect period", window(period.span)));
            facts.push(("Basis of its start", period.start_basis.clone().unwrap_or_else(|| "not stated".to_owned())));
            facts.push(("Basis of its end", period.end_basis.clone().unwrap_or_else(|| "not stated".to_owned())));
        }
        None => {
            let period = input.timeline.findings.period.unwrap_or(timeline.window.span);
            facts.push(("Suspect period", format!("{} (none is declared)", window(period))));
        }
    }
    if let Some(baseline) = &input.case.baseline {
        facts.push(("Baseline declared clean", window(baseline.span)));
    }
    facts
}

fn statements(input: &ReportInput<'_>) -> Vec<Statement> {
    let timeline = input.timeline;
    let silent = timeline.mailboxes.iter().filter(|mailbox| mailbox.records == 0).count() as u64;
    let mut out = vec![Statement::new(
        Basis::Observed,
        format!(
            "{} in scope; {} of them without any access record in the window.",
            count(len(&timeline.mailboxes), "mailbox is", "mailboxes are"),
            thousands(silent)
        ),
    )];
    let policy = &input.case.policy;
    let by = policy.chosen_by.as_deref().unwrap_or("default of this tool");
    for (on, what) in [
        (
            policy.presume_mailbox_on_sync,
            "a suspect Sync of a folder makes every message of its mailbox presumed accessed",
        ),
        (
            policy.presume_mailbox_on_throttle,
            "a suspect access around a throttled span makes every message of its mailbox presumed accessed",
        ),
    ] {
        let on = if on { "in force" } else { "not in force" };
        out.push(Statement::new(Basis::Presumed, format!("Policy {on}: {what}. Chosen by: {by}.")));
    }
    out
}

/// The mailboxes of the case; `page` names the file of a mailbox, where there is one.
pub(super) fn mailboxes(input: &ReportInput<'_>, page: impl Fn(usize) -> Option<String>) -> Table {
    let timeline = input.timeline;
    let marked = CaseMarking::of(timeline).is_marked();
    let mut columns = vec![ColumnHead::text("Id"), ColumnHead::text("Mailbox")];
    if marked {
        columns.extend([ColumnHead::text("First suspect access"), ColumnHead::number("Suspect messages")]);
    }
    columns.extend([
        ColumnHead::text("First access"),
        ColumnHead::text("Last access"),
        ColumnHead::number("Sessions"),
        ColumnHead::number("Messages"),
        ColumnHead::number("Records"),
        ColumnHead::number("Throttled hours"),
    ]);
    let mut order: Vec<(usize, &MailboxSummary)> = timeline.mailboxes.iter().enumerate().collect();
    order.sort_by_key(|(_, mailbox)| {
        let first = mailbox.suspect_span.map(|span| span.start);
        (first.is_none(), first, name_of(mailbox), &mailbox.key)
    });
    let rows = order.into_iter().map(|(place, mailbox)| row(mailbox, marked, page(place))).collect();
    let sum = |column: fn(&MailboxSummary) -> u64| Cell::count(timeline.mailboxes.iter().map(column).sum());
    let mut total = vec![Cell::text("All"), Cell::text("")];
    if marked {
        total.extend([Cell::text(""), sum(|m| m.suspect_messages)]);
    }
    total.extend([Cell::text(""), Cell::text(""), sum(|m| m.sessions), sum(|m| m.messages), sum(|m| m.records)]);
    total.push(Cell::text(""));
    Table {
        id: "mailboxes",
        file: Some("tables/mailboxes.csv"),
        caption: "Mailboxes".to_owned(),
        columns,
        rows,
        total: Some(total),
        note: Some(
            "Messages are distinct per mailbox: one message in two mailboxes counts twice. All columns: \
             tables/mailboxes.csv."
                .to_owned(),
        ),
        interactive: true,
        ..Table::default()
    }
}

fn row(mailbox: &MailboxSummary, marked: bool, page: Option<String>) -> Row {
    let at = |point: Option<mailtrail_model::UtcMicros>| {
        point.map_or_else(|| Cell::quiet("none recorded"), |at| Cell::text(stamp(at)).sorted_by(at.0))
    };
    let mut name = Cell::text(name_of(mailbox)).with_detail(mailbox.department.clone().unwrap_or_default());
    name.href = page;
    let mut cells = vec![Cell::text(&*mailbox.id), name];
    if marked {
        cells.push(at(mailbox.suspect_span.map(|span| span.start)));
        let tone = if mailbox.suspect_messages > 0 { Tone::Suspect } else { Tone::Quiet };
        cells.push(Cell::count(mailbox.suspect_messages).toned(tone));
    }
    cells.extend([
        at(mailbox.span.map(|span| span.start)),
        at(mailbox.span.map(|span| span.end)),
        Cell::count(mailbox.sessions),
        Cell::count(mailbox.messages),
        Cell::count(mailbox.records).with_detail(kinds(mailbox)),
        throttled(mailbox),
    ]);
    let tone = if mailbox.suspect_span.is_some() { Tone::Suspect } else { Tone::Plain };
    Row { id: Some(mailbox.id.clone()), tone, cells }
}

fn kinds(mailbox: &MailboxSummary) -> String {
    let parts = [(mailbox.binds, "Bind"), (mailbox.syncs, "Sync")];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, kind)| format!("{} {kind}", thousands(*n))).collect();
    parts.join(", ")
}

fn throttled(mailbox: &MailboxSummary) -> Cell {
    let tone = if mailbox.blind_hours > 0.0 { Tone::Attention } else { Tone::Quiet };
    let cell =
        Cell::text(format!("{:.0}", mailbox.blind_hours)).sorted_by(format!("{:.3}", mailbox.blind_hours)).toned(tone);
    if mailbox.throttled == 0 {
        return cell;
    }
    cell.with_detail(count(mailbox.throttled, "flagged record", "flagged records"))
}

/// What an attribution is called on the page.
pub(super) fn attribution_cell(attribution: Attribution, service: bool) -> Cell {
    let (words, tone) = match attribution {
        Attribution::Suspect => ("suspect", Tone::Suspect),
        Attribution::Shared => ("shared", Tone::Suspect),
        Attribution::Provisional => ("provisional", Tone::Suspect),
        Attribution::Accepted if service => ("accepted (dated list)", Tone::Quiet),
        Attribution::Accepted => ("accepted", Tone::Plain),
        Attribution::Unattributed if service => ("background service", Tone::Quiet),
        Attribution::Unattributed => ("unattributed", Tone::Quiet),
    };
    Cell::text(words).toned(tone)
}
