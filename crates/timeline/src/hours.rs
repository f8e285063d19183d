//! Owns `hours.parquet`: records and first-named messages of each mailbox by hour, way in and attribution. Pictures over time
//! are drawn from it, so their numbers are those of the records and not of sessions.
//!
//! Invariant: `records` sum to the accesses of the window; `new_messages` of one mailbox, way in and attribution sum to the
//! distinct messages they name. Memory is bounded by a batch of mailboxes.

use std::{collections::BTreeMap, path::Path};

use mailtrail_model::{Attribution, MailAccessType, UtcMicros};
use rayon::prelude::*;

use crate::{
    TimelineError,
    encode::{Encoder, TableFile},
    facts::Facts,
    items::{self, Items},
    schema::{Kind, Table},
    small::{Cell, columns},
};

/// One row a mailbox, way in, attribution and hour with records.
pub(crate) const HOURS: Table = Table {
    file: "hours.parquet",
    columns: &[
        ("mailbox", Kind::Text),
        ("context", Kind::Text),
        ("attribution", Kind::Text),
        ("hour_utc", Kind::Time),
        ("records", Kind::U64),
        ("syncs", Kind::U64),
        ("items", Kind::U64),
        ("new_messages", Kind::U64),
    ],
};

/// Mailboxes that share a row group at most.
const BATCH: usize = 16;

/// Hour, way in, attribution.
type Key = (i64, u32, Attribution);

#[derive(Clone, Copy, Default)]
struct Counts {
    records: u64,
    syncs: u64,
    items: u64,
    new_messages: u64,
}

/// Counts and writes every mailbox, in order; within one by hour, way in and attribution.
pub(crate) fn write(
    folder: &Path,
    facts: &Facts,
    items: &Items,
    attribution: &[Attribution],
) -> Result<(), TimelineError> {
    let path = folder.join(HOURS.file);
    let encoder = Encoder::new(&HOURS)?;
    let mut table = TableFile::create(&path, &encoder)?;
    let mailboxes: Vec<usize> = (0..facts.mailboxes.len()).collect();
    for batch in mailboxes.chunks(BATCH) {
        let counted: Vec<BTreeMap<Key, Counts>> =
            batch.par_iter().map(|mailbox| count(facts, items, attribution, *mailbox)).collect();
        let rows: Vec<Vec<Cell<'_>>> = batch
            .iter()
            .zip(&counted)
            .flat_map(|(mailbox, counted)| counted.iter().map(|(key, counts)| cells(facts, *mailbox, *key, *counts)))
            .collect();
        if !rows.is_empty() {
            table.append(&encoder.encode(columns(&HOURS, &rows))?)?;
        }
    }
    table.end(&path)
}

fn hour(at: i64) -> i64 {
    UtcMicros(at).hour().0
}

fn count(facts: &Facts, items: &Items, attribution: &[Attribution], mailbox: usize) -> BTreeMap<Key, Counts> {
    let mut out: BTreeMap<Key, Counts> = BTreeMap::new();
    let key = |place: usize| {
        let access = &facts.accesses[place];
        (hour(access.created), facts.way(access).context, attribution[place])
    };
    for place in facts.range(mailbox) {
        let access = &facts.accesses[place];
        if access.flags.in_window() {
            let counts = out.entry(key(place)).or_default();
            counts.records += 1;
            counts.syncs += u64::from(access.flags.kind() == MailAccessType::Sync);
            counts.items += u64::from(access.items);
        }
    }
    // Items of one message stand in access order, so the first of a way in is its first naming.
    let mut seen: Vec<(u32, Attribution)> = Vec::new();
    for run in items::messages(items.of(mailbox)) {
        seen.clear();
        for item in run {
            let key = key(item.place as usize);
            if !seen.contains(&(key.1, key.2)) {
                seen.push((key.1, key.2));
                out.entry(key).or_default().new_messages += 1;
            }
        }
    }
    out
}

fn cells<'f>(facts: &'f Facts, mailbox: usize, (hour, context, attribution): Key, counts: Counts) -> Vec<Cell<'f>> {
    vec![
        Cell::text(facts.mailboxes[mailbox].key.as_str()),
        Cell::text(facts.contexts[context as usize].id.as_str()),
        Cell::text(attribution.as_str()),
        Cell::Time(Some(UtcMicros(hour))),
        Cell::Count(Some(counts.records)),
        Cell::Count(Some(counts.syncs)),
        Cell::Count(Some(counts.items)),
        Cell::Count(Some(counts.new_messages)),
    ]
}
