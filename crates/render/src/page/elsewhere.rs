//! Owns the sections about what lies beside the sessions: other ways out, indicators. What a run
//! did not compute is said as such, never left out.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{Attribution, UtcMicros};

use crate::figure::ColumnHead;
use crate::view::CaseMarking;
use crate::words::{count, stamp, thousands};

use super::ReportInput;
use super::attribution::application;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};

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

/// Section 10.
pub(super) fn indicators(input: &ReportInput<'_>) -> Section {
    let section = Section::new("indicators", "Indicators");
    if !CaseMarking::of(input.timeline).is_marked() {
        return section
            .with(Block::Absent("No access is marked as suspect, so there is no indicator to list.".to_owned()));
    }
    let mut addresses: BTreeMap<&str, BTreeMap<&str, Seen<'_>>> = BTreeMap::new();
    for session in input.timeline.sessions.iter().filter(|session| session.attribution > Attribution::Accepted) {
        let of_context = addresses.entry(&session.context).or_default();
        for address in &session.addresses {
            let entry = of_context.entry(address).or_insert((0, session.span.start, session.span.end, BTreeSet::new()));
            entry.0 += 1;
            entry.1 = entry.1.min(session.span.start);
            entry.2 = entry.2.max(session.span.end);
            entry.3.insert(session.mailbox.as_str());
        }
    }
    const SHOWN: usize = 500;
    let all: usize = addresses.values().map(BTreeMap::len).sum();
    let mut rows = Vec::new();
    for context in &input.timeline.contexts {
        for (address, (sessions, first, last, mailboxes)) in addresses.get(context.id.as_str()).into_iter().flatten() {
            if rows.len() < SHOWN {
                rows.push(Row::of(vec![
                    Cell::text(*address),
                    Cell::text(&*context.id).linked(format!("#{}", context.id)),
                    application(input, context),
                    Cell::text(stamp(*first)).sorted_by(first.0),
                    Cell::text(stamp(*last)).sorted_by(last.0),
                    Cell::count(*sessions),
                    Cell::count(mailboxes.len() as u64).toned(Tone::Plain),
                ]));
            }
        }
    }
    section.with(Block::Table(Table {
        id: "addresses",
        caption: "Addresses of suspect sessions".to_owned(),
        columns: vec![
            ColumnHead::text("Address"),
            ColumnHead::text("Way in"),
            ColumnHead::text("Application and client"),
            ColumnHead::text("First"),
            ColumnHead::text("Last"),
            ColumnHead::number("Sessions"),
            ColumnHead::number("Mailboxes"),
        ],
        rows,
        note: Some(if all > SHOWN {
            format!("{} more in tables/sessions.csv.", thousands((all - SHOWN) as u64))
        } else {
            "An address may be a service's own front end: it is where the service saw the request come from. At most 20 \
             addresses of a session are listed."
                .to_owned()
        }),
        interactive: true,
        ..Table::default()
    }))
}
