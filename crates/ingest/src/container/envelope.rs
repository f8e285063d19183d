//! Owns finding the record in a JSON object, whichever envelope stands around it. Each row decides for itself.

use mailtrail_model::{IssueCode, Locator};

use super::elastic;
use crate::normalize::{Facts, Outer, judge, read_instant, rejected};
use crate::operation::Wanted;
use crate::row::{Cell, Outcome, OutcomeKind};
use crate::wire::{self, Body, Ctx, Field, Flaws, Loose, WireRecord};

/// Envelopes within envelopes that are opened.
const DEPTH: u8 = 6;

/// Bodies that beat what stands beside them.
const STRONG: [Body; 6] = [
    Body::AuditData,
    Body::AuditDataGraph,
    Body::RawEventData,
    Body::RawEventDataLower,
    Body::Raw,
    Body::DynamicProperties,
];

/// Bodies that are tried if the object is no record itself.
const WEAK: [Body; 11] = [
    Body::Original,
    Body::Event,
    Body::Result,
    Body::Source,
    Body::Properties,
    Body::Office365,
    Body::Audit,
    Body::Record,
    Body::Message,
    Body::Data,
    Body::O365,
];

/// Reads and judges a JSON row.
pub(super) fn read<'a>(text: &'a str, at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    match wire::read(text, ctx) {
        Ok(wire) => judge_opened(open(wire, DEPTH, ctx), Facts::default(), at, ctx),
        Err(error) => rejected(IssueCode::RowMalformed, error.to_string()),
    }
}

/// Reads and judges the record in a cell, with what the columns say.
pub(super) fn read_body<'a>(cell: &Cell<'a>, facts: Facts<'a>, at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    match wire::read_cell(cell, ctx) {
        Ok(wire) => judge_opened(open(wire, DEPTH, ctx), facts, at, ctx),
        Err(error) => rejected(IssueCode::BodyUnreadable, error.to_string()),
    }
}

/// Whether an object holds a record, and if so whether its envelope is flat.
pub(super) fn look(text: &str) -> Option<bool> {
    let (arena, flaws) = (bumpalo::Bump::new(), Flaws::default());
    let ctx = Ctx { arena: &arena, flaws: &flaws };
    let opened = open(wire::read(text, ctx).ok()?, DEPTH, ctx);
    opened.record.is_some().then_some(opened.flat)
}

/// An envelope opened.
struct Opened<'a> {
    /// The record, if one was found.
    record: Option<WireRecord<'a>>,
    /// What the outermost envelope says.
    outer: Outer<'a>,
    /// The envelope is a flat one.
    flat: bool,
    /// Why the body that should hold the record could not be read.
    unread: Option<String>,
}

fn judge_opened<'a>(opened: Opened<'a>, facts: Facts<'a>, at: Locator, ctx: Ctx<'a, '_>) -> Outcome<'a> {
    let outer = if opened.record.is_some() && facts.outer.operation.is_stated() { facts.outer } else { opened.outer };
    if let Some(record) = &opened.record {
        return judge(record, &Facts { outer, flat: opened.flat, ..facts }, at, ctx);
    }
    if let Some(why) = opened.unread {
        return rejected(IssueCode::BodyUnreadable, why);
    }
    match outer.operation.text(ctx) {
        // Only an access without a record is a loss; any other row is counted by what its envelope says.
        Ok(Some(operation)) if !Wanted::of(operation).is_access() => {
            let created = read_instant(outer.created, ctx).certain();
            Outcome { operation: Some(operation), created, kind: OutcomeKind::Other }
        }
        _ => rejected(IssueCode::NoBody, "no record in this object"),
    }
}

fn open<'a>(wire: WireRecord<'a>, depth: u8, ctx: Ctx<'a, '_>) -> Opened<'a> {
    let mut unread = None;
    let strong = STRONG.iter().filter_map(|body| wire.body(*body));
    for raw in strong {
        match dig(raw, depth, ctx) {
            Dug::Record(record, flat) => {
                let outer = outer(&wire);
                return Opened { record: Some(*record), outer, flat, unread: None };
            }
            Dug::Unread(why) => unread = unread.or(Some(why)),
            Dug::Nothing => {}
        }
    }
    if unread.is_some() {
        return Opened { record: None, outer: outer(&wire), flat: false, unread };
    }
    if is_record(&wire) {
        return Opened { record: Some(wire), outer: Outer::default(), flat: false, unread: None };
    }
    for body in WEAK {
        let Some(raw) = wire.body(body) else { continue };
        if let Dug::Record(record, flat) = dig(raw, depth, ctx) {
            let flat = flat || (body == Body::Message && raw.trim_start().starts_with('{'));
            return Opened { record: Some(*record), outer: outer(&wire), flat, unread: None };
        }
    }
    let record = elastic::record(&wire, ctx);
    Opened { record, outer: outer(&wire), flat: false, unread: None }
}

enum Dug<'a> {
    Record(Box<WireRecord<'a>>, bool),
    Unread(String),
    Nothing,
}

/// Looks for a record in raw JSON: an object, or a JSON text that holds one.
fn dig<'a>(raw: &'a str, depth: u8, ctx: Ctx<'a, '_>) -> Dug<'a> {
    let Some(depth) = depth.checked_sub(1) else { return Dug::Nothing };
    let mut text = raw.trim();
    if text.starts_with('"') {
        match wire::json_text(text, ctx) {
            Some(inner) => text = inner.trim(),
            None => return Dug::Unread("a JSON text that cannot be read".to_owned()),
        }
    }
    if let Some(why) = super::body_row::not_a_body(text) {
        return Dug::Unread(why.to_owned());
    }
    // One record in an array of its own.
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        text = inner.trim();
    }
    if !text.starts_with('{') {
        return Dug::Nothing;
    }
    match wire::read(text, ctx) {
        Ok(wire) => {
            let opened = open(wire, depth, ctx);
            match (opened.record, opened.unread) {
                (Some(record), _) => Dug::Record(Box::new(record), opened.flat),
                (None, Some(why)) => Dug::Unread(why),
                (None, None) => Dug::Nothing,
            }
        }
        Err(error) => Dug::Unread(error.to_string()),
    }
}

fn is_record(wire: &WireRecord<'_>) -> bool {
    let known = [Field::CreationTime, Field::TimeGenerated, Field::RecordType, Field::Workload];
    wire.get(Field::Operation).is_stated() && wire.first(&known).is_stated()
}

/// What an envelope says of the record in it.
fn outer<'a>(wire: &WireRecord<'a>) -> Outer<'a> {
    let graph = wire.get(Field::GraphCreated).is_stated();
    Outer {
        created: wire.first(&[Field::CreationDate, Field::Timestamp, Field::GraphCreated]),
        operation: wire.first(&[Field::Operations, Field::ActionType, Field::GraphOperation, Field::Operation]),
        record_id: wire.first(&[Field::Identity, Field::RecordId]),
        record_type: wire.first(&[Field::GraphRecordType, Field::RecordType]),
        user_id: wire.get(Field::UserIds),
        fallback_id: if graph { wire.get(Field::GraphId) } else { Loose::Absent },
    }
}
