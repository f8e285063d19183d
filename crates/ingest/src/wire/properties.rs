//! Owns `OperationProperties` and its like: names with values, in any of the shapes exports give them.

use bumpalo::Bump;
use bumpalo::collections::Vec;
use mailtrail_model::IssueCode;
use serde::de::MapAccess;

use super::flaws::Ctx;
use super::list::{Gather, KeySeed};
use super::loose::{Loose, LooseSeed};

/// Most properties of one list: the log writes two, a rule has some dozens of parameters. Each is compared with those before.
const PROPERTIES: usize = 256;

/// Names with values, in order. The first of equal names counts.
#[derive(Debug)]
pub(crate) struct Properties<'a>(Vec<'a, (&'a str, Loose<'a>)>);

impl<'a> Properties<'a> {
    /// None.
    pub(super) fn new_in(arena: &'a Bump) -> Self {
        Self(Vec::new_in(arena))
    }

    /// The value of a name, in any case.
    pub(crate) fn get(&self, name: &str) -> Loose<'a> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or(Loose::Absent, |(_, value)| *value)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, Loose<'a>)> {
        self.0.iter().copied()
    }
}

/// Gathers [`Properties`].
pub(super) struct PropertyGather<'g, 'a, 'f> {
    pub(super) ctx: Ctx<'a, 'f>,
    pub(super) field: &'static str,
    pub(super) out: &'g mut Properties<'a>,
}

impl<'a> PropertyGather<'_, 'a, '_> {
    fn add(&mut self, name: &'a str, value: Loose<'a>) {
        let name = name.trim();
        let text = |value: Loose<'a>| match value {
            Loose::Text(text) => Loose::Text(text.trim()),
            other => other,
        };
        let before = self.out.get(name);
        if before == Loose::Absent && self.out.0.len() >= PROPERTIES {
            self.ctx.flaws.unreadable(self.field, format_args!("more than {PROPERTIES} properties"));
        } else if before == Loose::Absent {
            self.out.0.push((name, text(value)));
        } else if before != text(value) {
            self.ctx.flaws.note(IssueCode::DuplicateKey, format!("{}: {name}", self.field));
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Name,
    Value,
}

impl<'a> Gather<'a> for PropertyGather<'_, 'a, '_> {
    fn field(&self) -> &'static str {
        self.field
    }

    fn ctx(&self) -> Ctx<'a, '_> {
        self.ctx
    }

    fn mark(&self) -> (usize, usize) {
        (self.out.0.len(), 0)
    }

    fn rewind(&mut self, (len, _): (usize, usize)) {
        self.out.0.truncate(len);
    }

    /// `{"Name": "MailAccessType", "Value": "Bind"}`, or `{"MailAccessType": "Bind", …}`.
    fn object<A: MapAccess<'a>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let (mut name, mut value) = (Loose::Absent, Loose::Absent);
        let mut others = std::vec::Vec::new();
        while let Some(key) = map.next_key_seed(LooseSeed(self.ctx))? {
            let Loose::Text(key) = key else { continue };
            let part = match key {
                "Name" | "name" => Some(Part::Name),
                "Value" | "value" | "NewValue" => Some(Part::Value),
                _ => None,
            };
            let read = map.next_value_seed(LooseSeed(self.ctx))?;
            match part {
                Some(Part::Name) if name == Loose::Absent => name = read,
                Some(Part::Value) if value == Loose::Absent => value = read,
                Some(_) => self.ctx.flaws.note(IssueCode::DuplicateKey, format!("{}: {key}", self.field)),
                None => others.push((key, read)),
            }
        }
        match name {
            Loose::Text(name) => self.add(name, value),
            Loose::Absent if value == Loose::Absent => others.into_iter().for_each(|(key, value)| self.add(key, value)),
            _ => self.ctx.flaws.unreadable(self.field, "a pair without a name"),
        }
        Ok(())
    }

    fn members(&mut self, members: &[(&'a str, &'a str)]) {
        let find = |wanted: &str| members.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
        match find("Name") {
            Some(name) => self.add(name, find("Value").map_or(Loose::Absent, Loose::Text)),
            None => members.iter().for_each(|(key, value)| self.add(key, Loose::Text(value))),
        }
    }

    /// `MailAccessType:Bind`, several separated by commas, semicolons or lines.
    fn plain(&mut self, text: &'a str) {
        for pair in text.split([',', ';', '\n', '|']).map(str::trim).filter(|pair| !pair.is_empty()) {
            match pair.split_once([':', '=']) {
                Some((name, value)) => self.add(name, Loose::Text(value)),
                None => self.ctx.flaws.unreadable(self.field, format_args!("`{}` is no name with a value", clip(pair))),
            }
        }
    }
}

/// The beginning of a text, for a note.
pub(super) fn clip(text: &str) -> &str {
    let end = text.char_indices().nth(60).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// Reads a key of an inner object as what it means.
pub(super) fn key_seed<K>(of: fn(&str) -> K) -> KeySeed<K> {
    KeySeed(of)
}

#[cfg(test)]
mod tests {
    use super::super::flaws::{Ctx, Flaws};
    use super::super::list::gather_text;
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) -> Vec2 {
        let (arena, flaws) = (Bump::new(), Flaws::default());
        let ctx = Ctx { arena: &arena, flaws: &flaws };
        let mut out = Properties::new_in(&arena);
        gather_text(&mut PropertyGather { ctx, field: "OperationProperties", out: &mut out }, text);
        let read: std::vec::Vec<_> =
            out.iter().map(|(name, value)| (name, value.text(ctx).unwrap().unwrap())).collect();
        assert_eq!(read, expected, "{text}");
        flaws.take_notes().into_iter().map(|(code, _)| code).collect()
    }

    type Vec2 = std::vec::Vec<IssueCode>;

    #[test]
    fn every_shape_of_operation_properties_reads_the_same() {
        let both = [("MailAccessType", "Bind"), ("IsThrottled", "False")];
        for text in [
            r#"[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}]"#,
            r#"[{"Value":"Bind","Name":"MailAccessType"},{"Value":"False","Name":"IsThrottled"}]"#,
            r#"["@{Value=Bind; Name=MailAccessType}","@{Value=False; Name=IsThrottled}"]"#,
            r#"["{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}","IsThrottled:False"]"#,
            r#"{"MailAccessType":"Bind","IsThrottled":false}"#,
            "MailAccessType:Bind, IsThrottled:False",
            "MailAccessType=Bind\nIsThrottled=False",
            " [{\"Name\":\"MailAccessType\",\"Value\":\" Bind\"},null,{\"Name\":\"IsThrottled\",\"Value\":\"False\"}]\r\n",
        ] {
            assert_eq!(check(text, &both), []);
        }
        check(r#"{"Value":"Sync","Name":"MailAccessType"}"#, &[("MailAccessType", "Sync")]);
        check("MailAccessType:Bind", &[("MailAccessType", "Bind")]);
        check("", &[]);
    }

    #[test]
    fn what_cannot_be_read_leaves_a_note() {
        assert_eq!(check("Bind", &[]), [IssueCode::ValueUnreadable]);
        assert_eq!(check(r#"[{"Value":"Bind"}]"#, &[]), [IssueCode::ValueUnreadable]);
        assert_eq!(check(r#"[{"Name" "MailAccessType"}]"#, &[]), [IssueCode::ValueUnreadable]);
        let repeated = r#"[{"Name":"MailAccessType","Value":"Bind"},{"Name":"MailAccessType","Value":"Sync"}]"#;
        assert_eq!(check(repeated, &[("MailAccessType", "Bind")]), [IssueCode::DuplicateKey]);
    }
}
