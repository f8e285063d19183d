//! Owns section 5: what the log could see, by mailbox, in hours.

use std::collections::BTreeMap;

use mailtrail_model::{CoverageState, UtcMicros};

use crate::band::{self, BandGroup, BandSpan};
use crate::figure::ColumnHead;
use crate::view::name_of;
use crate::words::{count, len, percent, thousands, whole_hours};

use super::ReportInput;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};

/// Section 5.
pub(super) fn section(input: &ReportInput<'_>) -> Section {
    let section = Section::new("coverage", "Coverage: what the log could see");
    if input.timeline.coverage.is_empty() {
        return section.with(Block::Absent(
            "Coverage was not computed in this run. Where no access is recorded, nothing follows from that.".to_owned(),
        ));
    }
    let bands = band::bands(&input.timeline.coverage, input.timeline.window.span);
    let mut section = section.with(Block::Statements(statements(input)));
    for chart in input.charts.iter().filter(|chart| chart.id == "F06") {
        section = section.with_chart(chart);
    }
    section.with(Block::Table(groups(input))).with(Block::Table(by_mailbox(input, &bands))).with(Block::Terms(
        BandGroup::ALL.into_iter().rev().map(|group| (group.label().to_owned(), group.meaning().to_owned())).collect(),
    ))
}

fn statements(input: &ReportInput<'_>) -> Vec<Statement> {
    let declared = input.case.sources.iter().filter(|source| source.query.is_some()).count() as u64;
    let taken = input.timeline.sources.iter().filter(|source| source.refused.is_none()).count() as u64;
    vec![
        Statement::new(
            Basis::Inferred,
            "An hour is as weak as its weakest instant, and a mailbox as weak as its weakest logon type. Where several sources \
             cover an instant the best of them counts.",
        ),
        Statement::new(
            Basis::Stated,
            if declared >= taken {
                format!("The query range is declared for each of {}.", count(taken, "source", "sources"))
            } else {
                format!(
                    "The query range is declared for {} of {}. Until it is, time between a source's first and last record is \
                     only inferred to be covered.",
                    thousands(declared),
                    count(taken, "source", "sources"),
                )
            },
        ),
    ]
}

/// Hours by state, over all mailboxes.
pub(super) fn groups(input: &ReportInput<'_>) -> Table {
    let window = input.timeline.window.span;
    let mut micros: BTreeMap<Option<CoverageState>, (i64, u64)> = BTreeMap::new();
    let bands = band::bands(&input.timeline.coverage, window);
    for spans in bands.values() {
        let mut own: BTreeMap<Option<CoverageState>, i64> = BTreeMap::new();
        for span in spans {
            *own.entry(span.state).or_default() += span.span.micros();
        }
        for (state, length) in own {
            let entry = micros.entry(state).or_default();
            entry.0 += length;
            entry.1 += 1;
        }
    }
    let unnamed = len(&input.timeline.mailboxes).saturating_sub(bands.len() as u64);
    if unnamed > 0 {
        let entry = micros.entry(None).or_default();
        entry.0 += window.micros().saturating_mul(i64::try_from(unnamed).unwrap_or(0));
        entry.1 += unnamed;
    }
    let all: i64 = micros.values().map(|(length, _)| length).sum();
    let rows = micros
        .into_iter()
        .map(|(state, (length, mailboxes))| {
            let group = state.map_or(BandGroup::Unknown, BandGroup::of);
            let tone = if group.is_blind() { Tone::Attention } else { Tone::Plain };
            let reason = state.and_then(CoverageState::reason);
            Row::of(vec![
                Cell::text(state.map_or("not known", CoverageState::as_str)).with_detail(group.label()).toned(tone),
                Cell::count(whole_hours(length)),
                Cell::text(percent(length as f64, all as f64)).sorted_by(length),
                Cell::count(mailboxes),
                match reason {
                    Some(reason) => Cell::text(reason.as_str()).with_detail(reason.meaning()),
                    None if state.is_some() => Cell::quiet("none"),
                    None => Cell::quiet("nothing is stated"),
                },
            ])
        })
        .collect();
    Table {
        id: "states",
        caption: "Mailbox-hours by state".to_owned(),
        columns: vec![
            ColumnHead::text("State"),
            ColumnHead::number("Hours"),
            ColumnHead::number("Share"),
            ColumnHead::number("Mailboxes"),
            ColumnHead::text("Reason it gives"),
        ],
        rows,
        ..Table::default()
    }
}

fn by_mailbox(input: &ReportInput<'_>, bands: &BTreeMap<&mailtrail_model::MailboxKey, Vec<BandSpan>>) -> Table {
    let window = input.timeline.window.span;
    let rows = input
        .timeline
        .mailboxes
        .iter()
        .map(|mailbox| {
            let none = Vec::new();
            let spans = bands.get(&mailbox.key).unwrap_or(&none);
            let mut cells = vec![Cell::text(name_of(mailbox)).linked(format!("#{}", mailbox.id))];
            for group in BandGroup::ALL.into_iter().rev() {
                let mut micros: i64 =
                    spans.iter().filter(|span| span.group == group).map(|span| span.span.micros()).sum();
                if spans.is_empty() && group == BandGroup::Unknown {
                    micros = window.micros();
                }
                let hours = micros as f64 / UtcMicros::HOUR as f64;
                let tone = match (group, micros) {
                    (_, 0) => Tone::Quiet,
                    (group, _) if group.is_blind() => Tone::Attention,
                    _ => Tone::Plain,
                };
                cells.push(Cell::count(hours.round() as u64).sorted_by(micros).toned(tone));
            }
            Row::of(cells)
        })
        .collect();
    let mut columns = vec![ColumnHead::text("Mailbox")];
    columns.extend(BandGroup::ALL.into_iter().rev().map(|group| ColumnHead::number(group.label())));
    Table {
        id: "coverage-by-mailbox",
        file: Some("tables/coverage.csv"),
        caption: "Hours of the window by mailbox".to_owned(),
        columns,
        rows,
        note: Some("To the instant, by logon type: tables/coverage.csv.".to_owned()),
        interactive: true,
        ..Table::default()
    }
}
