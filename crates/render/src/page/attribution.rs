//! Owns section 3: the ways in, and what the examiner says of them, on which facts.

use mailtrail_model::{AccessContext, Attribution, AttributionEntry, Marking, Profile};

use crate::figure::ColumnHead;
use crate::view::CaseMarking;
use crate::words::{count, len, stamp, thousands};

use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};
use super::scope::attribution_cell;
use super::{ReportInput, findings};

/// Section 3.
pub(super) fn section(input: &ReportInput<'_>) -> Section {
    let section = Section::new("attribution", "Attribution: ways in, and what is said of them")
        .with(Block::Statements(statements(input)));
    let section = match input.case.attribution.as_slice() {
        [] => section,
        entries => section.with(Block::Table(log(input, entries))),
    };
    let section = section.with_tables(findings::drafts(input)).with(Block::Table(contexts(input)));
    match input.charts.iter().find(|chart| chart.id == "F05") {
        Some(chart) => section.with_chart(chart),
        None => section,
    }
}

fn statements(input: &ReportInput<'_>) -> Vec<Statement> {
    let contexts = &input.timeline.contexts;
    let of = |keep: fn(&AccessContext) -> bool| contexts.iter().filter(|context| keep(context)).count() as u64;
    let mut out = vec![match CaseMarking::of(input.timeline) {
        CaseMarking::Nothing if input.case.attribution_given => Statement::new(
            Basis::Stated,
            "An attribution file was given; no access in the records matches a suspect entry.",
        ),
        CaseMarking::Nothing => Statement::new(
            Basis::Stated,
            "No attribution was given. Every access below is unattributed, unless the dated list of background services \
             names it. To mark one: mailtrail attribute ID suspect|accepted --fact …",
        ),
        CaseMarking::Provisional => Statement::new(
            Basis::Inferred,
            format!(
                "No attribution was given. Accesses of an {} are marked provisionally: wherever this report says \
                 provisional, a rule spoke and not the examiner.",
                input.wording.burst()
            ),
        ),
        CaseMarking::Suspect => Statement::new(
            Basis::Stated,
            format!(
                "{} suspect, {} accepted, {} unattributed.",
                count(of(|c| c.attribution > Attribution::Accepted), "way in is", "ways in are"),
                thousands(of(|c| c.attribution == Attribution::Accepted)),
                thousands(of(|c| c.attribution == Attribution::Unattributed)),
            ),
        ),
    }];
    let app_only = of(|c| c.app_only);
    if app_only > 0 {
        out.push(Statement::new(
            Basis::Observed,
            if app_only == 1 {
                "1 way in is an application that the log records in the owner's name, as an owner logon. It is shown as the \
                 application, never as the owner."
                    .to_owned()
            } else {
                format!(
                    "{} ways in are applications that the log records in the owner's name, as an owner logon. They are shown as \
                     applications, never as the owner.",
                    thousands(app_only)
                )
            },
        ));
    }
    out.push(Statement::new(
        Basis::Inferred,
        "A way in is one combination of actor, user type, logon type, both application ids, client family and device. \
         Addresses are attributes of it, not part of it: one program may use many.",
    ));
    out
}

/// The attribution log: the examiner's entries with their facts. Notes are for counsel only.
fn log(input: &ReportInput<'_>, entries: &[AttributionEntry]) -> Table {
    let notes = matches!(input.case.profile, Profile::Counsel | Profile::Analyst)
        && entries.iter().any(|entry| entry.note.is_some());
    let mut columns = vec![
        ColumnHead::text("Entry"),
        ColumnHead::text("Says"),
        ColumnHead::text("On what fact"),
        ColumnHead::text("Alternatives considered"),
        ColumnHead::text("By, when"),
        ColumnHead::text("Stands in"),
    ];
    if notes {
        columns.push(ColumnHead::text("Note"));
    }
    let stated = |text: Option<&str>| text.map_or_else(|| Cell::quiet("not stated"), Cell::text);
    let rows = entries
        .iter()
        .map(|entry| {
            let suspect = entry.marking == Marking::Suspect;
            let mut cells = vec![
                Cell::text(&*entry.id),
                Cell::text(entry.marking.as_str()).toned(if suspect { Tone::Suspect } else { Tone::Plain }),
                Cell::text(&*entry.fact),
                stated(entry.alternatives.as_deref()),
                stated(entry.by.as_deref()).with_detail(entry.date.map(|date| date.to_string()).unwrap_or_default()),
                Cell::text(entry.place.to_string()),
            ];
            if notes {
                cells.push(stated(entry.note.as_deref()));
            }
            Row { id: None, tone: Tone::Plain, cells }
        })
        .collect();
    Table { id: "attribution-log", caption: "Attribution log".to_owned(), columns, rows, ..Table::default() }
}

/// The ways in.
fn contexts(input: &ReportInput<'_>) -> Table {
    let mut contexts: Vec<&AccessContext> = input.timeline.contexts.iter().collect();
    contexts.sort_by(|a, b| {
        (b.attribution, a.service, b.messages, &a.id).cmp(&(a.attribution, b.service, a.messages, &b.id))
    });
    const SHOWN: usize = 500;
    let left_off = contexts.len().saturating_sub(SHOWN) as u64;
    let weaker: std::collections::BTreeSet<&str> = input
        .timeline
        .sessions
        .iter()
        .filter(|session| session.attribution <= Attribution::Accepted)
        .map(|session| session.context.as_str())
        .collect();
    let rows = contexts.into_iter().take(SHOWN).map(|context| row(input, context, &weaker)).collect();
    Table {
        id: "contexts",
        file: Some("tables/contexts.csv"),
        caption: format!("Ways in ({})", thousands(len(&input.timeline.contexts))),
        columns: vec![
            ColumnHead::text("Id"),
            ColumnHead::text("Attribution").filtered(),
            ColumnHead::text("Actor"),
            ColumnHead::text("Application and client"),
            ColumnHead::text("First and last record"),
            ColumnHead::number("Mailboxes"),
            ColumnHead::number("Records"),
            ColumnHead::number("Messages"),
            ColumnHead::number("Addresses"),
        ],
        rows,
        total: None,
        note: (left_off > 0).then(|| format!("{} more in tables/contexts.csv.", thousands(left_off))),
        interactive: true,
        ..Table::default()
    }
}

fn row(input: &ReportInput<'_>, context: &AccessContext, weaker: &std::collections::BTreeSet<&str>) -> Row {
    let suspect = context.attribution > Attribution::Accepted;
    let said = attribution_cell(context.attribution, context.service);
    // The numbers of the row are of all its accesses, and not all of them may be suspect.
    let said = if suspect && weaker.contains(context.id.as_str()) { said.with_detail("in part") } else { said };
    let actor = if context.app_only {
        Cell::text("application").with_detail(format!(
            "recorded under the owner's name{}",
            context.user_type.as_deref().map(|kind| format!(", {kind}")).unwrap_or_default()
        ))
    } else {
        let kind: Vec<&str> =
            [context.user_type.as_deref(), context.logon_type.as_deref()].into_iter().flatten().collect();
        context.user_id.as_deref().map_or_else(|| Cell::quiet("not stated"), Cell::text).with_detail(kind.join(", "))
    };
    Row {
        id: Some(context.id.clone()),
        tone: if suspect { Tone::Suspect } else { Tone::Plain },
        cells: vec![
            Cell::text(&*context.id),
            said,
            actor,
            application(input, context),
            Cell::text(stamp(context.span.start))
                .sorted_by(context.span.start.0)
                .with_detail(format!("to {}", stamp(context.span.end))),
            Cell::count(context.mailboxes),
            Cell::count(context.records),
            Cell::count(context.messages),
            Cell::count(context.addresses),
        ],
    }
}

/// The application's name where the examiner gave one, else its id; the client family under it.
pub(super) fn application(input: &ReportInput<'_>, context: &AccessContext) -> Cell {
    let id = context.effective_app.as_deref();
    let name =
        id.and_then(|id| input.case.apps.iter().find(|app| app.app_id.eq_ignore_ascii_case(id)).map(|app| &*app.name));
    let mut detail = vec![context.client_family.as_str()];
    if name.is_some() {
        detail.extend(id);
    }
    name.or(id).map_or_else(|| Cell::quiet("application not stated"), Cell::text).with_detail(detail.join(" · "))
}
