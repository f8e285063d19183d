//! Owns the section of indicators: where suspect accesses came from, and the sign-ins their tokens join. Lists and databases are
//! quoted, never concluded from.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{AddressSummary, Attribution, UtcMicros};

use super::ReportInput;
use super::attribution::application;
use super::doc::{Block, Cell, Row, Section, Table, Tone};
use crate::figure::ColumnHead;
use crate::view::CaseMarking;
use crate::words::{stamp, thousands};

/// Rows a table of this section shows.
const SHOWN: usize = 500;

/// How often, first, last, and of what.
type Seen<'t> = (u64, UtcMicros, UtcMicros, BTreeSet<&'t str>);

/// Section 10.
pub(super) fn indicators(input: &ReportInput<'_>) -> Section {
    let section = Section::new("indicators", "Indicators");
    if !CaseMarking::of(input.timeline).is_marked() {
        return section
            .with(Block::Absent("No access is marked as suspect, so there is no indicator to list.".to_owned()));
    }
    let suspect: Vec<&AddressSummary> =
        input.timeline.addresses.iter().filter(|address| address.attribution > Attribution::Accepted).collect();
    // A mailbox's own page has its sessions only: addresses are counted over the whole case.
    let addresses = if suspect.is_empty() { of_sessions(input) } else { of_case(&suspect) };
    section.with(Block::Table(addresses)).with_tables(sign_ins(input))
}

/// Addresses of suspect accesses, counted over the whole case.
fn of_case(suspect: &[&AddressSummary]) -> Table {
    let placed = suspect.iter().any(|address| address.country.is_some() || address.asn.is_some());
    let mut columns = vec![ColumnHead::text("Address"), ColumnHead::text("Network, and what lists say of it")];
    if placed {
        columns.push(ColumnHead::text("Country and operator, by the database given"));
    }
    columns.extend([
        ColumnHead::text("First"),
        ColumnHead::text("Last"),
        ColumnHead::number("Suspect records"),
        ColumnHead::number("All records"),
        ColumnHead::number("Mailboxes"),
    ]);
    let row = |address: &&AddressSummary| {
        let mut cells = vec![Cell::text(&*address.address), Cell::text(lists(address))];
        if placed {
            cells.push(Cell::text(place(address)));
        }
        cells.extend([
            Cell::text(stamp(address.span.start)).sorted_by(address.span.start.0),
            Cell::text(stamp(address.span.end.plus(-1))).sorted_by(address.span.end.0),
            Cell::count(address.suspect_records),
            Cell::count(address.records),
            Cell::count(address.mailboxes).toned(Tone::Plain),
        ]);
        Row::of(cells)
    };
    Table {
        id: "addresses",
        caption: "Addresses of suspect accesses".to_owned(),
        columns,
        rows: suspect.iter().take(SHOWN).map(row).collect(),
        note: Some(if suspect.len() > SHOWN {
            format!("{} more in tables/addresses.csv.", thousands((suspect.len() - SHOWN) as u64))
        } else {
            "An address is where the service saw the request come from. Accesses through Microsoft's front ends, wanted or not, \
             show Microsoft's address. The full list is tables/addresses.csv."
                .to_owned()
        }),
        interactive: true,
        ..Table::default()
    }
}

fn lists(address: &AddressSummary) -> String {
    let mut said: Vec<String> = address.network.iter().map(ToString::to_string).collect();
    said.extend(address.front_end.map(|block| format!("Microsoft front end {block}")));
    said.extend(address.known_as.clone());
    said.join("; ")
}

fn place(address: &AddressSummary) -> String {
    let mut said: Vec<String> = address.country.clone().into_iter().collect();
    said.extend(address.asn.map(|asn| format!("AS{asn}")));
    said.extend(address.as_organization.clone());
    if said.is_empty() { "not in the database".to_owned() } else { said.join(", ") }
}

/// Sign-ins that join a suspect session by its token; no table where there is none.
fn sign_ins(input: &ReportInput<'_>) -> Vec<Table> {
    let suspect: BTreeSet<&str> = input
        .timeline
        .sessions
        .iter()
        .filter(|session| session.attribution > Attribution::Accepted)
        .map(|session| session.id.as_str())
        .collect();
    let joined: Vec<_> = input.timeline.sign_ins.iter().filter(|one| suspect.contains(one.session.as_str())).collect();
    if joined.is_empty() {
        return Vec::new();
    }
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "not stated".to_owned());
    let rows = joined.iter().take(SHOWN).map(|one| {
        let sign_in = &one.sign_in;
        Row::of(vec![
            Cell::text(stamp(sign_in.created)).sorted_by(sign_in.created.0),
            Cell::text(&*one.session),
            Cell::text(format!("{}, {}", sign_in.kind.as_str(), sign_in.result.as_str())),
            Cell::text(or(&sign_in.address)),
            Cell::text(sign_in.app_name.clone().unwrap_or_else(|| or(&sign_in.app_id))),
            Cell::text(one.known_as.clone().unwrap_or_else(|| sign_in.device_trust.as_str().to_owned())),
            Cell::text(one.by.as_str()),
        ])
    });
    vec![Table {
        id: "sign-ins",
        caption: "Sign-ins whose token a suspect session used".to_owned(),
        columns: vec![
            ColumnHead::text("Signed in"),
            ColumnHead::text("Session"),
            ColumnHead::text("Kind and result"),
            ColumnHead::text("Address"),
            ColumnHead::text("Application"),
            ColumnHead::text("Device"),
            ColumnHead::text("Joined by"),
        ],
        rows: rows.collect(),
        note: Some(if joined.len() > SHOWN {
            format!("{} more in tables/sign_ins.csv.", thousands((joined.len() - SHOWN) as u64))
        } else {
            "A join says where a token came from. It attributes nothing by itself.".to_owned()
        }),
        interactive: true,
        ..Table::default()
    }]
}

/// Addresses that suspect sessions list.
fn of_sessions(input: &ReportInput<'_>) -> Table {
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
    Table {
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
    }
}
