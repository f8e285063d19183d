//! Owns the section about what lies beside the sessions: other ways out, and actions on mail. What the sources do not hold is
//! said as such, never left out.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::UtcMicros;

use crate::figure::ColumnHead;
use crate::words::{count, stamp};

use super::ReportInput;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table};

/// How often, first, last, and of what.
type Seen<'t> = (u64, UtcMicros, UtcMicros, BTreeSet<&'t str>);

/// Section 9.
pub(super) fn other_ways(input: &ReportInput<'_>) -> Section {
    let section = Section::new("other-ways", "Other ways out, and actions on mail");
    let related = &input.timeline.related;
    if related.is_empty() {
        return section.with(Block::Absent(
            "The sources hold no record of another operation that this tool keeps (forwarding, inbox rules, consents, audit \
             settings, sends, deletions). They may not have been exported: that nothing is listed says nothing."
                .to_owned(),
        ));
    }
    let mut by_operation: BTreeMap<&str, Seen<'_>> = BTreeMap::new();
    for event in related {
        let entry = by_operation.entry(&event.operation).or_insert((0, event.created, event.created, BTreeSet::new()));
        entry.0 += 1;
        entry.1 = entry.1.min(event.created);
        entry.2 = entry.2.max(event.created);
        if let Some(target) = event.target.as_deref() {
            entry.3.insert(target);
        }
    }
    let rows = by_operation
        .into_iter()
        .map(|(operation, (n, first, last, targets))| {
            Row::of(vec![
                Cell::text(operation),
                Cell::count(n),
                Cell::text(stamp(first)).sorted_by(first.0),
                Cell::text(stamp(last)).sorted_by(last.0),
                Cell::count(targets.len() as u64),
            ])
        })
        .collect();
    section
        .with(Block::Statements(vec![Statement::new(
            Basis::Observed,
            format!(
                "{} of other operations lie in the sources. They are listed as they stand; what followed from them is not \
                 recorded here.",
                count(related.len() as u64, "record", "records")
            ),
        )]))
        .with(Block::Table(Table {
            id: "related",
            caption: "Records of other operations".to_owned(),
            columns: vec![
                ColumnHead::text("Operation"),
                ColumnHead::number("Records"),
                ColumnHead::text("First"),
                ColumnHead::text("Last"),
                ColumnHead::number("Targets"),
            ],
            rows,
            note: Some("Each one: tables/related_events.parquet.".to_owned()),
            interactive: true,
            ..Table::default()
        }))
}
