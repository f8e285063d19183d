//! Owns how a TOML input is taken apart: typed keys with their lines, unknown keys refused with the nearest known one.
//!
//! Values are asked for by name and every complaint is gathered, so one run names every mistake of a file. A derived
//! deserializer would stop at the first and could not say the line of a value that is well-formed but wrong.

use std::{cell::RefCell, collections::BTreeMap, ops::Range, sync::Arc};

use mailtrail_model::{InputPlace, InputWarning, Interval, PlaceUnit, UtcMicros};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
    value::Datetime,
};

use super::{
    error::{Complaints, InputError, InputErrors},
    suggest::did_you_mean,
    time,
};

/// A TOML text with its name, and what is wrong with it so far.
pub(super) struct TomlDoc<'a> {
    file: Arc<str>,
    text: &'a str,
    complaints: RefCell<Complaints>,
    warnings: RefCell<Vec<InputWarning>>,
}

impl<'a> TomlDoc<'a> {
    pub(super) fn new(file: &str, text: &'a str) -> Self {
        Self {
            file: file.into(),
            text: text.strip_prefix('\u{feff}').unwrap_or(text),
            complaints: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// The document's top table.
    pub(super) fn parse(&self) -> Result<DeTable<'a>, InputErrors> {
        DeTable::parse(self.text).map(Spanned::into_inner).map_err(|error| {
            let place = self.place(error.span().unwrap_or(0..0));
            let what = format!("not well-formed TOML: {}", error.message().replace('\n', ", "));
            InputErrors { errors: vec![InputError { place, column: None, what, hint: None }], more: 0 }
        })
    }

    /// The keys of the top table.
    pub(super) fn root<'d>(&'d self, table: &'d DeTable<'a>) -> Fields<'d, 'a> {
        Fields::new(self, String::new(), 0..0, table)
    }

    /// The value and the warnings, or the complaints.
    pub(super) fn finish<T>(self, value: T) -> Result<(T, Vec<InputWarning>), InputErrors> {
        self.complaints.into_inner().or((value, self.warnings.into_inner()))
    }

    fn place(&self, span: Range<usize>) -> InputPlace {
        let before = self.text.as_bytes().get(..span.start).unwrap_or(self.text.as_bytes());
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        InputPlace { file: self.file.clone(), at: PlaceUnit::Line(u64::try_from(lines).unwrap_or(u64::MAX - 1) + 1) }
    }
}

/// A value with its place: what [`Fields`] gives where a later check may still complain.
#[derive(Clone, Debug)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) place: InputPlace,
}

/// The keys of one table. Every key must be asked for once; [`Fields::finish`] refuses the others.
pub(super) struct Fields<'d, 'a> {
    doc: &'d TomlDoc<'a>,
    /// Of the table, with a dot: `source.`.
    path: String,
    place: InputPlace,
    open: BTreeMap<&'d str, (Range<usize>, &'d Spanned<DeValue<'a>>)>,
    asked: Vec<&'static str>,
    /// Keys that were asked for and there.
    stood: Vec<&'static str>,
}

impl<'d, 'a> Fields<'d, 'a> {
    fn new(doc: &'d TomlDoc<'a>, path: String, span: Range<usize>, table: &'d DeTable<'a>) -> Self {
        let open = table.iter().map(|(key, value)| (key.get_ref().as_ref(), (key.span(), value))).collect();
        Self { doc, path, place: doc.place(span), open, asked: Vec::new(), stood: Vec::new() }
    }

    /// Where the table stands.
    pub(super) fn place(&self) -> InputPlace {
        self.place.clone()
    }

    /// Whether a key that was asked for is there.
    pub(super) fn stood(&self, key: &str) -> bool {
        self.stood.contains(&key)
    }

    /// Refuses the keys nobody asked for.
    pub(super) fn finish(self) {
        for (key, (span, _)) in &self.open {
            let hint = did_you_mean(key, self.asked.iter().copied())
                .unwrap_or_else(|| format!("known here: {}", self.asked.join(", ")));
            self.complain(self.doc.place(span.clone()), key, "unknown key".to_owned(), Some(hint));
        }
    }

    /// Complains about a key.
    pub(super) fn complain(&self, place: InputPlace, key: &str, what: String, hint: Option<String>) {
        let column = Some(format!("{}{key}", self.path));
        self.doc.complaints.borrow_mut().add(InputError { place, column, what, hint });
    }

    /// Warns about a key or the table.
    pub(super) fn warn(&self, place: InputPlace, detail: String) {
        self.doc.warnings.borrow_mut().push(InputWarning { place, detail });
    }

    /// Complains that the table lacks a key.
    pub(super) fn missing(&self, key: &str, hint: &str) {
        self.complain(self.place(), key, "missing".to_owned(), Some(hint.to_owned()));
    }

    pub(super) fn placed_text(&mut self, key: &'static str) -> Option<Placed<String>> {
        let (place, value) = self.take(key)?;
        let text = self.string(key, &place, value, "a text in quotes")?;
        Some(Placed { value: text, place })
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.placed_text(key).map(|text| text.value)
    }

    /// A text or a list of texts; any of them will do.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<Placed<String>> {
        let Some((place, value)) = self.take(key) else { return Vec::new() };
        let kind = "a text in quotes, or a list of them";
        match value {
            DeValue::Array(values) if values.is_empty() => {
                self.complain(
                    place,
                    key,
                    "an empty list".to_owned(),
                    Some("leave the key out, or name a value".to_owned()),
                );
                Vec::new()
            }
            DeValue::Array(values) => values
                .iter()
                .filter_map(|one| {
                    let place = self.doc.place(one.span());
                    let value = self.string(key, &place, one.get_ref(), kind)?;
                    Some(Placed { value, place })
                })
                .collect(),
            one => self.string(key, &place, one, kind).map(|value| Placed { value, place }).into_iter().collect(),
        }
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let (place, value) = self.take(key)?;
        if let DeValue::Boolean(answer) = value {
            return Some(*answer);
        }
        self.wrong_kind(key, place, value, "true or false");
        None
    }

    pub(super) fn whole(&mut self, key: &'static str) -> Option<u64> {
        let (place, value) = self.take(key)?;
        let number = match value {
            DeValue::Integer(number) => whole(number),
            _ => None,
        };
        if number.is_none() {
            self.wrong_kind(key, place, value, "a whole number, not negative");
        }
        number
    }

    pub(super) fn real(&mut self, key: &'static str) -> Option<Placed<f64>> {
        let (place, value) = self.take(key)?;
        let number = match value {
            DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok().filter(|n| n.is_finite()),
            DeValue::Integer(number) => whole(number).and_then(|n| u32::try_from(n).ok()).map(f64::from),
            _ => None,
        };
        if number.is_none() {
            self.wrong_kind(key, place.clone(), value, "a number");
        }
        number.map(|value| Placed { value, place })
    }

    /// A list of whole numbers.
    pub(super) fn wholes(&mut self, key: &'static str) -> Option<Vec<u64>> {
        let (place, value) = self.take(key)?;
        let numbers = value.as_array().and_then(|values| {
            values.iter().map(|one| one.get_ref().as_integer().and_then(whole)).collect::<Option<Vec<u64>>>()
        });
        if numbers.is_none() {
            self.wrong_kind(key, place, value, "a list of whole numbers");
        }
        numbers
    }

    /// A point in time; without an offset it is UTC, a bare date is its midnight.
    pub(super) fn time(&mut self, key: &'static str) -> Option<Placed<UtcMicros>> {
        let (place, value) = self.take(key)?;
        let spelled = match value {
            DeValue::Datetime(Datetime { date: Some(_), .. }) | DeValue::String(_) => spelling(value),
            _ => None,
        };
        match spelled.as_deref().and_then(time::parse_time) {
            Some(time) => Some(Placed { value: time, place }),
            None => {
                self.wrong_kind(key, place, value, "a point in time (write it in UTC: 2023-11-24T09:14:03Z)");
                None
            }
        }
    }

    /// A calendar date.
    pub(super) fn date(&mut self, key: &'static str) -> Option<chrono::NaiveDate> {
        let (place, value) = self.take(key)?;
        let date = spelling(value).as_deref().and_then(time::parse_date);
        if date.is_none() {
            self.wrong_kind(key, place, value, "a date, like 2024-02-05");
        }
        date
    }

    /// A span by its two keys: both or neither.
    pub(super) fn span(&mut self, start_key: &'static str, end_key: &'static str) -> Option<Interval> {
        let declared = (self.open.contains_key(start_key), self.open.contains_key(end_key));
        let (start, end) = (self.time(start_key), self.time(end_key));
        match declared {
            (true, false) => self.missing(end_key, &format!("{start_key} stands without it: declare both, or neither")),
            (false, true) => self.missing(start_key, &format!("{end_key} stands without it: declare both, or neither")),
            _ => {}
        }
        let (start, end) = (start?, end?);
        match time::span(start.value, end.value) {
            Ok(span) => Some(span),
            Err(what) => {
                self.complain(end.place, end_key, what, Some(format!("{end_key} is the first instant after the span")));
                None
            }
        }
    }

    /// A table under this one.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Fields<'d, 'a>> {
        let (place, value) = self.take(key)?;
        match value {
            DeValue::Table(table) => {
                let mut fields = Fields::new(self.doc, format!("{}{key}.", self.path), 0..0, table);
                fields.place = place;
                Some(fields)
            }
            other => {
                self.wrong_kind(key, place, other, &format!("a table ([{}{key}])", self.path));
                None
            }
        }
    }

    /// An array of tables, in file order.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Fields<'d, 'a>> {
        let Some((place, value)) = self.take(key) else { return Vec::new() };
        let kind = format!("tables ([[{}{key}]])", self.path);
        let DeValue::Array(values) = value else {
            self.wrong_kind(key, place, value, &kind);
            return Vec::new();
        };
        values.iter().filter_map(|one| self.table_in(key, one, &kind)).collect()
    }

    /// A list whose entries are texts or tables.
    pub(super) fn texts_or_tables(&mut self, key: &'static str) -> Vec<TextOrTable<'d, 'a>> {
        let Some((place, value)) = self.take(key) else { return Vec::new() };
        let one = |value: &'d Spanned<DeValue<'a>>| match value.get_ref() {
            DeValue::String(text) => {
                Some(TextOrTable::Text(Placed { value: text.as_ref().to_owned(), place: self.doc.place(value.span()) }))
            }
            _ => self.table_in(key, value, "a path in quotes, or a table { path = … }").map(TextOrTable::Table),
        };
        match value {
            DeValue::Array(values) => values.iter().filter_map(one).collect(),
            DeValue::String(text) => vec![TextOrTable::Text(Placed { value: text.as_ref().to_owned(), place })],
            other => {
                self.wrong_kind(key, place, other, "a list");
                Vec::new()
            }
        }
    }

    fn table_in(&self, key: &str, value: &'d Spanned<DeValue<'a>>, kind: &str) -> Option<Fields<'d, 'a>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Fields::new(self.doc, format!("{}{key}.", self.path), value.span(), table)),
            other => {
                self.wrong_kind(key, self.doc.place(value.span()), other, kind);
                None
            }
        }
    }

    fn take(&mut self, key: &'static str) -> Option<(InputPlace, &'d DeValue<'a>)> {
        self.asked.push(key);
        let (span, value) = self.open.remove(key)?;
        self.stood.push(key);
        Some((self.doc.place(span), value.get_ref()))
    }

    fn string(&self, key: &str, place: &InputPlace, value: &DeValue<'_>, kind: &str) -> Option<String> {
        let Some(text) = value.as_str() else {
            self.wrong_kind(key, place.clone(), value, kind);
            return None;
        };
        if text.trim().is_empty() {
            self.complain(
                place.clone(),
                key,
                "empty".to_owned(),
                Some("leave the key out, or give a value".to_owned()),
            );
            return None;
        }
        Some(text.trim().to_owned())
    }

    fn wrong_kind(&self, key: &str, place: InputPlace, value: &DeValue<'_>, kind: &str) {
        let given = spelling(value).unwrap_or_else(|| format!("a value of type {}", value.type_str()));
        self.complain(place, key, format!("{given} is not {kind}"), None);
    }
}

/// An entry that may be short or long.
pub(super) enum TextOrTable<'d, 'a> {
    Text(Placed<String>),
    Table(Fields<'d, 'a>),
}

/// A scalar as written.
fn spelling(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.as_ref().to_owned()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(answer) => Some(answer.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn whole(number: &toml::de::DeInteger<'_>) -> Option<u64> {
    u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}
