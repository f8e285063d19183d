//! Owns the section on what changed since an earlier report: what went in differently, what came out differently, and which
//! messages changed their class. The regulator's profile has no such section.

use mailtrail_model::{ExposureClass, Revision, RevisionChange};

use crate::figure::ColumnHead;
use crate::words::{count, len};

use super::ReportInput;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};

/// The last section; only where an earlier report was named.
pub(super) fn section(input: &ReportInput<'_>, revision: &Revision) -> Section {
    let mut section = Section::new("changes", "Changes since the earlier report");
    let moved: u64 = revision.moves.iter().filter(|one| one.before != one.after).map(|one| one.messages).sum();
    section = section.with(Block::Statements(vec![
        Statement::new(Basis::Observed, format!("Compared with {}.", revision.since)),
        Statement::new(
            Basis::Inferred,
            format!(
                "{} going in, {} coming out; {} in another class than before.",
                count(len(&revision.causes), "difference", "differences"),
                count(len(&revision.effects), "difference", "differences"),
                count(moved, "message is", "messages are"),
            ),
        ),
    ]));
    for chart in input.charts.iter().filter(|chart| chart.id == "F09") {
        section = section.with_chart(chart);
    }
    let tables = [
        ("changes-in", "What went in differently", &revision.causes),
        ("changes-out", "What came out differently", &revision.effects),
    ];
    for (id, caption, changes) in tables {
        section = if changes.is_empty() {
            section.with(Block::Absent(format!("{caption}: nothing.")))
        } else {
            section.with(Block::Table(table(id, caption, changes)))
        };
    }
    if moved > 0 { section.with(Block::Table(moves(revision))) } else { section }
}

fn table(id: &'static str, caption: &str, changes: &[RevisionChange]) -> Table {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| Cell::quiet("not there"), Cell::text);
    let row = |change: &RevisionChange| {
        Row::of(vec![Cell::text(&*change.field), value(&change.before), value(&change.after), Cell::text(&*change.why)])
    };
    Table {
        id,
        caption: caption.to_owned(),
        columns: vec![
            ColumnHead::text("Field"),
            ColumnHead::text("Before"),
            ColumnHead::text("Now"),
            ColumnHead::text("Why"),
        ],
        rows: changes.iter().map(row).collect(),
        ..Table::default()
    }
}

fn moves(revision: &Revision) -> Table {
    let word = |class: Option<ExposureClass>| {
        class.map_or_else(|| Cell::quiet("not there"), |class| Cell::text(class.as_str()).with_detail(class.label()))
    };
    let mut moved: Vec<_> = revision.moves.iter().filter(|one| one.before != one.after).collect();
    moved.sort_by_key(|one| (std::cmp::Reverse(one.messages), one.before, one.after));
    let row = |one: &&mailtrail_model::ClassMove| {
        let tone = if one.after == Some(ExposureClass::A) { Tone::Suspect } else { Tone::Plain };
        Row { id: None, tone, cells: vec![word(one.before), word(one.after), Cell::count(one.messages)] }
    };
    Table {
        id: "class-moves",
        caption: "Messages that changed their class".to_owned(),
        columns: vec![ColumnHead::text("Before"), ColumnHead::text("Now"), ColumnHead::number("Messages")],
        rows: moved.iter().map(row).collect(),
        note: Some("Each message now: tables/exposure.csv; before: the same file of the earlier folder.".to_owned()),
        ..Table::default()
    }
}
