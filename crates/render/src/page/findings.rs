//! Owns what stands beside the totals: how firm they are, what limits them, what would answer more, what might be marked.

use mailtrail_model::{Change, DepartmentFindings, ExposureClass, ExposureTotals};

use crate::figure::ColumnHead;
use crate::view::Labels;
use crate::words::{count, len, stamp, thousands};

use super::ReportInput;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};

/// Section 9: the totals under other assumptions.
pub(super) fn sensitivity(input: &ReportInput<'_>) -> Section {
    let section = Section::new("sensitivity", "Sensitivity of the totals");
    let findings = &input.timeline.findings;
    let (Some(totals), false) = (&input.timeline.exposure, findings.sensitivity.is_empty()) else {
        return section.with(Block::Absent("Totals under other assumptions were not computed in this run.".to_owned()));
    };
    let mut rows = vec![class_row(Cell::text("as reported"), totals, None)];
    rows.extend(
        findings
            .sensitivity
            .iter()
            .map(|other| class_row(Cell::text(change(&other.change)), &other.totals, Some(totals))),
    );
    let mut columns = vec![ColumnHead::text("Assumption")];
    columns.extend(ExposureClass::ALL.map(|class| ColumnHead::number(class.as_str())));
    section
        .with(Block::Statements(vec![Statement::new(
            Basis::Inferred,
            "Each line changes one assumption and leaves the others as they are. A total that moves much rests on that assumption.",
        )]))
        .with(Block::Table(Table {
            id: "sensitivity-of-totals",
            caption: "Totals under other assumptions".to_owned(),
            columns,
            rows,
            ..Table::default()
        }))
}

fn change(change: &Change) -> String {
    let now = |on: bool| if on { "on" } else { "off" };
    match change {
        Change::PresumeOnSync(on) => format!("presumption after a suspect Sync {}", now(*on)),
        Change::PresumeOnThrottle(on) => format!("presumption around throttled spans {}", now(*on)),
        Change::NoPresumptions => "both presumptions off".to_owned(),
        Change::PeriodDays(days) if *days < 0 => {
            format!("suspect period shorter by {} at both ends", count(days.unsigned_abs(), "day", "days"))
        }
        Change::PeriodDays(days) => {
            format!("suspect period longer by {} at both ends", count(days.unsigned_abs(), "day", "days"))
        }
        Change::WithoutEntry(id) => format!("without the entry {id}"),
    }
}

/// Counts by class; where `reported` is given, what differs from it stands out with the difference under it.
fn class_row(first: Cell, totals: &ExposureTotals, reported: Option<&ExposureTotals>) -> Row {
    let of = |totals: &ExposureTotals, class| totals.by_class.get(&class).copied().unwrap_or(0);
    let mut cells = vec![first];
    cells.extend(ExposureClass::ALL.into_iter().map(|class| {
        let n = of(totals, class);
        let cell = Cell::count(n);
        match reported.map(|reported| of(reported, class)) {
            Some(before) if before < n => {
                cell.with_detail(format!("+{}", thousands(n - before))).toned(Tone::Attention)
            }
            Some(before) if before > n => {
                cell.with_detail(format!("−{}", thousands(before - n))).toned(Tone::Attention)
            }
            _ => cell,
        }
    }));
    Row::of(cells)
}

/// The totals by department, where a roster names departments.
pub(super) fn departments(input: &ReportInput<'_>) -> Option<Table> {
    let departments = &input.timeline.findings.departments;
    if departments.iter().all(|(name, _)| name.is_none()) {
        return None;
    }
    let mut columns = vec![
        ColumnHead::text("Department"),
        ColumnHead::number("Mailboxes"),
        ColumnHead::number("With suspect access"),
    ];
    columns.extend(ExposureClass::ALL.map(|class| ColumnHead::number(class.as_str())));
    let row = |(name, own): &(Option<String>, DepartmentFindings)| {
        let name = name.as_deref().map_or_else(|| Cell::quiet("no department stated"), Cell::text);
        let mut row = class_row(name, &own.exposure, None);
        let tone = if own.suspect_mailboxes > 0 { Tone::Suspect } else { Tone::Quiet };
        row.cells.splice(1..1, [Cell::count(own.mailboxes), Cell::count(own.suspect_mailboxes).toned(tone)]);
        row
    };
    Some(Table {
        id: "departments",
        caption: "Messages by department and class".to_owned(),
        columns,
        rows: departments.iter().map(row).collect(),
        interactive: true,
        ..Table::default()
    })
}

/// What the totals are totals of.
pub(super) fn listing(input: &ReportInput<'_>) -> Vec<Statement> {
    let findings = &input.timeline.findings;
    let mut out = Vec::new();
    if let Some(as_of) = findings.listed_as_of {
        let mut text = format!(
            "Totals are of messages still listed on {}: {} on the listings. Mail deleted before is in no total.",
            stamp(as_of),
            count(findings.listed, "message is", "messages are")
        );
        if findings.listed_without_id > 0 {
            text.push_str(&format!(
                " {} without a message id and in no class.",
                count(findings.listed_without_id, "listed row is", "listed rows are")
            ));
        }
        out.push(Statement::new(Basis::Stated, text));
    } else if input.timeline.exposure.is_some() {
        out.push(Statement::new(
            Basis::Known,
            "No listing was given: only messages that a record names can be counted, and no message can be said to have no \
             access recorded.",
        ));
    }
    if findings.a_service > 0 {
        out.push(Statement::new(
            Basis::Observed,
            format!(
                "Of class A, {} named only by recognised background services.",
                count(findings.a_service, "message is", "messages are")
            ),
        ));
    }
    out
}

/// Why messages are not excluded, and how many an answer to one reason would settle.
pub(super) fn limitations(input: &ReportInput<'_>) -> Vec<Table> {
    let findings = &input.timeline.findings;
    let mut out = Vec::new();
    if !findings.limitations.is_empty() {
        let rows = findings
            .limitations
            .iter()
            .map(|limit| {
                Row::of(vec![
                    Cell::text(limit.reason.as_str()),
                    Cell::text(limit.reason.meaning()),
                    Cell::count(limit.messages),
                    Cell::count(limit.only),
                    Cell::count(limit.mailboxes),
                    limit
                        .hours
                        .map_or_else(|| Cell::quiet("records, not hours"), |hours| Cell::count(hours.round() as u64)),
                ])
            })
            .collect();
        out.push(Table {
            id: "limitations",
            caption: "Reasons for which messages are not excluded (class C); a message may have several".to_owned(),
            columns: vec![
                ColumnHead::text("Reason"),
                ColumnHead::text("Meaning"),
                ColumnHead::number("Messages"),
                ColumnHead::number("Only reason of"),
                ColumnHead::number("Mailboxes"),
                ColumnHead::number("Mailbox hours"),
            ],
            rows,
            ..Table::default()
        });
    }
    if !findings.fetch_next.is_empty() {
        let rows = findings
            .fetch_next
            .iter()
            .map(|next| {
                Row::of(vec![
                    Cell::text(&*next.what),
                    Cell::text(next.reason.as_str()),
                    Cell::count(next.gained),
                    Cell::count(next.touched),
                ])
            })
            .collect();
        out.push(Table {
            id: "fetch-next",
            caption: "What would answer more".to_owned(),
            columns: vec![
                ColumnHead::text("To obtain"),
                ColumnHead::text("Answers"),
                ColumnHead::number("Messages it alone may settle"),
                ColumnHead::number("Messages it bears on"),
            ],
            rows,
            ..Table::default()
        });
    }
    out
}

/// Ways in that an examiner may want to mark.
pub(super) fn drafts(input: &ReportInput<'_>) -> Option<Table> {
    let drafts = &input.timeline.findings.drafts;
    if drafts.is_empty() {
        return None;
    }
    const SHOWN: usize = 50;
    let labels = Labels::of(&input.timeline.mailboxes);
    let rows = drafts
        .iter()
        .take(SHOWN)
        .map(|draft| {
            let mailboxes = match draft.mailboxes.as_slice() {
                [] => Cell::quiet("none"),
                [one] => Cell::text(labels.name(one)),
                [first, rest @ ..] => {
                    Cell::text(labels.name(first)).with_detail(format!("and {} more", thousands(len(rest))))
                }
            };
            Row::of(vec![
                Cell::text(&*draft.context).linked(format!("#{}", draft.context)),
                Cell::text(&*draft.what),
                Cell::text(&*draft.why),
                mailboxes,
                Cell::text(stamp(draft.span.start)).sorted_by(draft.span.start.0),
                Cell::count(draft.records),
                Cell::count(draft.messages),
            ])
        })
        .collect();
    Some(Table {
        id: "drafts",
        caption: "Ways in that might be marked; nothing is marked until the examiner says so".to_owned(),
        columns: vec![
            ColumnHead::text("Id"),
            ColumnHead::text("Way in"),
            ColumnHead::text("Why it is listed"),
            ColumnHead::text("Mailboxes"),
            ColumnHead::text("First record"),
            ColumnHead::number("Records not attributed"),
            ColumnHead::number("Messages"),
        ],
        rows,
        note: Some("All of them, commented out and ready to be marked: attribution.draft.toml.".to_owned()),
        interactive: true,
        ..Table::default()
    })
}

/// What was noticed about the examiner's files.
pub(super) fn warnings(input: &ReportInput<'_>) -> Option<Table> {
    let all: Vec<_> = input.case.warnings.iter().chain(&input.timeline.findings.warnings).collect();
    (!all.is_empty()).then(|| Table {
        id: "warnings",
        caption: "What was noticed about the examiner's files".to_owned(),
        columns: vec![ColumnHead::text("Stands in"), ColumnHead::text("What")],
        rows: all
            .into_iter()
            .map(|warning| Row::of(vec![Cell::text(warning.place.to_string()), Cell::text(&*warning.detail)]))
            .collect(),
        ..Table::default()
    })
}
