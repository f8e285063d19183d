//! Owns one object of an export as spelled: a record, or the envelope around one.

use bumpalo::Bump;
use bumpalo::collections::Vec;
use mailtrail_model::IssueCode;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::context::{AppContext, ContextGather};
use super::field::{Body, Detail, Field, Key};
use super::flaws::Ctx;
use super::folders::{FolderGather, Folders, MessageGather, SingleItem, SingleItemGather};
use super::list::{KeySeed, ListSeed, gather_text};
use super::loose::{Loose, LooseSeed};
use super::properties::{Properties, PropertyGather};
use super::quick::{GiveUp, Quick};
use super::repair::{Repaired, repair};
use crate::row::Cell;

/// Everything one object states that we know.
#[derive(Debug)]
pub(crate) struct WireRecord<'a> {
    scalars: Scalars<'a>,
    /// A record has a few at most.
    bodies: Vec<'a, (Body, &'a str)>,
    details: Vec<'a, (Detail, &'a str)>,
    /// `OperationProperties`.
    pub(crate) properties: Properties<'a>,
    /// `Folders` and `Messages`.
    pub(crate) folders: Folders<'a>,
    /// `Item`.
    pub(crate) item: Option<SingleItem<'a>>,
    /// `AppAccessContext`.
    pub(crate) context: Option<AppContext<'a>>,
    /// Which lists were seen, for repeated keys.
    seen: [bool; 5],
}

/// Values by field. A record states some thirty of the fields we know, and is moved several times: so it holds those only.
#[derive(Debug)]
struct Scalars<'a> {
    /// Where a field's value is, from 1; 0 is nowhere.
    at: [u8; Field::ALL.len()],
    values: Vec<'a, Loose<'a>>,
}

impl<'a> Scalars<'a> {
    fn get(&self, field: Field) -> Loose<'a> {
        let at = usize::from(self.at[field as usize]);
        at.checked_sub(1).and_then(|at| self.values.get(at)).copied().unwrap_or_default()
    }

    fn set(&mut self, field: Field, value: Loose<'a>) {
        let at = &mut self.at[field as usize];
        if let Some(slot) = usize::from(*at).checked_sub(1).and_then(|at| self.values.get_mut(at)) {
            *slot = value;
            return;
        }
        if self.values.is_empty() {
            self.values.reserve(32);
        }
        self.values.push(value);
        // There are fewer fields than a byte counts.
        *at = u8::try_from(self.values.len()).unwrap_or_default();
    }
}

impl<'a> WireRecord<'a> {
    /// A record that states nothing.
    pub(crate) fn new_in(arena: &'a Bump) -> Self {
        Self {
            scalars: Scalars { at: [0; Field::ALL.len()], values: Vec::new_in(arena) },
            bodies: Vec::new_in(arena),
            details: Vec::new_in(arena),
            properties: Properties::new_in(arena),
            folders: Folders::new_in(arena),
            item: None,
            context: None,
            seen: [false; 5],
        }
    }

    /// The value of a field.
    pub(crate) fn get(&self, field: Field) -> Loose<'a> {
        self.scalars.get(field)
    }

    /// The first of several fields that states a value.
    pub(crate) fn first(&self, fields: &[Field]) -> Loose<'a> {
        fields.iter().map(|field| self.get(*field)).find(|value| value.is_stated()).unwrap_or_default()
    }

    /// The raw JSON that may hold the record.
    pub(crate) fn body(&self, body: Body) -> Option<&'a str> {
        self.bodies.iter().find(|(known, _)| *known == body).map(|(_, raw)| *raw)
    }

    /// The raw JSON of a detail.
    pub(crate) fn detail(&self, detail: Detail) -> Option<&'a str> {
        self.details.iter().find(|(known, _)| *known == detail).map(|(_, raw)| *raw)
    }

    /// Sets a field that is not stated yet.
    pub(crate) fn fill(&mut self, field: Field, value: Loose<'a>) {
        if !self.get(field).is_stated() && value.is_stated() {
            self.set(field, value);
        }
    }

    /// Sets a field, whatever it stated.
    pub(crate) fn set(&mut self, field: Field, value: Loose<'a>) {
        self.scalars.set(field, value);
    }

    /// Sets a field from a cell or attribute, whatever its kind. An empty text states nothing.
    pub(crate) fn set_text(&mut self, key: Key, text: &'a str, ctx: Ctx<'a, '_>) {
        if text.trim().is_empty() {
            return;
        }
        match key {
            Key::Scalar(field) => self.fill(field, Loose::Text(text)),
            Key::OperationProperties => gather_text(&mut property_gather(&mut self.properties, ctx), text),
            Key::Folders => gather_text(&mut FolderGather { ctx, out: &mut self.folders }, text),
            Key::Messages => gather_text(&mut MessageGather { ctx, out: &mut self.folders }, text),
            Key::Item => gather_text(&mut SingleItemGather { ctx, out: &mut self.item }, text),
            Key::AppAccessContext => gather_text(&mut ContextGather { ctx, out: &mut self.context }, text),
            Key::Detail(detail) => {
                self.details.retain(|(known, _)| *known != detail);
                self.details.push((detail, text));
            }
            Key::Body(body) => {
                self.bodies.retain(|(known, _)| *known != body);
                self.bodies.push((body, text));
            }
            Key::Unknown => {}
        }
    }

    /// Whether a list key is seen for the first time.
    fn first_seen(&mut self, list: usize) -> bool {
        !std::mem::replace(&mut self.seen[list], true)
    }
}

fn property_gather<'g, 'a, 'f>(out: &'g mut Properties<'a>, ctx: Ctx<'a, 'f>) -> PropertyGather<'g, 'a, 'f> {
    PropertyGather { ctx, field: "OperationProperties", out }
}

/// Names and values of a detail (`Parameters` and its like).
pub(crate) fn named_values<'a>(field: &'static str, json: &'a str, ctx: Ctx<'a, '_>) -> Properties<'a> {
    let mut out = Properties::new_in(ctx.arena);
    gather_text(&mut PropertyGather { ctx, field, out: &mut out }, json);
    out
}

/// Why an object could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is no JSON, even repaired; what was wrong.
    Syntax(String),
    /// It is JSON and no object.
    NotAnObject,
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Syntax(what) => f.write_str(what),
            Self::NotAnObject => f.write_str("no JSON object"),
        }
    }
}

/// Reads one object. If it is broken it is repaired (numbers out of range, lone surrogates, raw control characters) or closed
/// where it was cut, and read again; notes say so.
pub(crate) fn read<'a>(text: &'a str, ctx: Ctx<'a, '_>) -> Result<WireRecord<'a>, Unread> {
    match quickly(text, false, ctx) {
        Ok(record) => Ok(record),
        Err(GiveUp) => carefully(text, ctx),
    }
}

/// Reads the object in a cell, in place where that can be done.
pub(crate) fn read_cell<'a>(cell: &Cell<'a>, ctx: Ctx<'a, '_>) -> Result<WireRecord<'a>, Unread> {
    match quickly(cell.raw, cell.escaped, ctx) {
        Ok(record) => Ok(record),
        Err(GiveUp) => carefully(cell.text(ctx.arena), ctx),
    }
}

fn quickly<'a>(text: &'a str, doubled: bool, ctx: Ctx<'a, '_>) -> Result<WireRecord<'a>, GiveUp> {
    let mark = ctx.flaws.mark();
    let mut quick = Quick::new(text, doubled, ctx.arena);
    let mut record = WireRecord::new_in(ctx.arena);
    let read = RecordSeed { ctx, record: &mut record }.deserialize(&mut quick).and_then(|()| quick.end());
    match read {
        Ok(()) => Ok(record),
        Err(GiveUp) => {
            ctx.flaws.rewind(mark);
            Err(GiveUp)
        }
    }
}

fn carefully<'a>(text: &'a str, ctx: Ctx<'a, '_>) -> Result<WireRecord<'a>, Unread> {
    let mark = ctx.flaws.mark();
    let error = match parse(text, ctx) {
        Ok(record) => return Ok(record),
        Err(error) => error,
    };
    ctx.flaws.rewind(mark);
    if !text.trim_start().starts_with('{') {
        return Err(Unread::NotAnObject);
    }
    let (repaired, cut) = match repair(text, ctx) {
        Repaired::Whole(text) => (text, false),
        Repaired::Cut(text) => (text, true),
        Repaired::Hopeless(what) => return Err(Unread::Syntax(format!("{what} ({error})"))),
    };
    if cut {
        ctx.flaws.cut();
    }
    parse(repaired, ctx).map_err(|error| Unread::Syntax(error.to_string()))
}

fn parse<'a>(text: &'a str, ctx: Ctx<'a, '_>) -> Result<WireRecord<'a>, serde_json::Error> {
    let mut de = serde_json::Deserializer::from_str(text);
    let mut record = WireRecord::new_in(ctx.arena);
    RecordSeed { ctx, record: &mut record }.deserialize(&mut de)?;
    de.end()?;
    Ok(record)
}

struct RecordSeed<'r, 'a, 'f> {
    ctx: Ctx<'a, 'f>,
    record: &'r mut WireRecord<'a>,
}

impl<'a> DeserializeSeed<'a> for RecordSeed<'_, 'a, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for RecordSeed<'_, 'a, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { ctx, record } = self;
        while let Some(key) = map.next_key_seed(KeySeed(Key::of))? {
            let first = match key {
                Key::Scalar(field) => {
                    let value = map.next_value_seed(LooseSeed(ctx))?;
                    let first = record.get(field) == Loose::Absent;
                    if first {
                        record.set(field, value);
                    }
                    first
                }
                Key::Folders if record.first_seen(0) => {
                    map.next_value_seed(ListSeed(&mut FolderGather { ctx, out: &mut record.folders }))?;
                    true
                }
                Key::OperationProperties if record.first_seen(1) => {
                    map.next_value_seed(ListSeed(&mut property_gather(&mut record.properties, ctx)))?;
                    true
                }
                Key::Messages if record.first_seen(2) => {
                    map.next_value_seed(ListSeed(&mut MessageGather { ctx, out: &mut record.folders }))?;
                    true
                }
                Key::Item if record.first_seen(3) => {
                    map.next_value_seed(ListSeed(&mut SingleItemGather { ctx, out: &mut record.item }))?;
                    true
                }
                Key::AppAccessContext if record.first_seen(4) => {
                    map.next_value_seed(ListSeed(&mut ContextGather { ctx, out: &mut record.context }))?;
                    true
                }
                Key::Body(body) => {
                    let raw: &'a RawValue = map.next_value()?;
                    let first = record.body(body).is_none();
                    if first {
                        record.bodies.push((body, raw.get()));
                    }
                    first
                }
                Key::Detail(detail) => {
                    let raw: &'a RawValue = map.next_value()?;
                    let first = record.detail(detail).is_none();
                    if first {
                        record.details.push((detail, raw.get()));
                    }
                    first
                }
                Key::Unknown => {
                    map.next_value::<IgnoredAny>()?;
                    true
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    false
                }
            };
            if !first {
                ctx.flaws.note(IssueCode::DuplicateKey, key.name());
            }
        }
        Ok(())
    }
}
