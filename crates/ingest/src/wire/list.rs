//! Owns the looseness of lists: an array, one object instead of it, a JSON string of either, PowerShell text, null.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::flaws::Ctx;
use super::powershell;
use super::repair::{Repaired, repair};

/// Elements of one record's lists from which it is refused: a hundred times what the service has been seen to write.
pub(crate) const ITEM_CAP: usize = 100_000;

/// What gathers the elements of a list.
pub(super) trait Gather<'a> {
    /// The field, for notes.
    fn field(&self) -> &'static str;
    /// The arena and notes.
    fn ctx(&self) -> Ctx<'a, '_>;
    /// How much was gathered, to come back to.
    fn mark(&self) -> (usize, usize);
    /// Forgets what was gathered since.
    fn rewind(&mut self, mark: (usize, usize));
    /// An object.
    fn object<A: MapAccess<'a>>(&mut self, map: A) -> Result<(), A::Error>;
    /// The members of PowerShell text.
    fn members(&mut self, members: &[(&'a str, &'a str)]);
    /// Any other text that is not empty.
    fn plain(&mut self, text: &'a str);
}

/// Gathers from a text: JSON, PowerShell text, or plain.
pub(super) fn gather_text<'a, G: Gather<'a>>(gather: &mut G, text: &'a str) {
    let text = text.trim();
    if text.is_empty() || text == "null" {
        return;
    }
    if text.starts_with("@{") {
        gather.ctx().flaws.flattened();
        match powershell::members(text) {
            Some(members) => gather.members(&members),
            None => gather.ctx().flaws.unreadable(gather.field(), "not PowerShell text as expected"),
        }
    } else if powershell::is_type_name(text) {
        gather.ctx().flaws.flattened();
    } else if text.starts_with(['[', '{']) {
        gather_json(gather, text);
    } else {
        gather.plain(text);
    }
}

fn gather_json<'a, G: Gather<'a>>(gather: &mut G, text: &'a str) {
    let (mark, notes) = (gather.mark(), gather.ctx().flaws.mark());
    let Err(error) = parse(gather, text) else { return };
    gather.rewind(mark);
    gather.ctx().flaws.rewind(notes);
    let repaired = repair(text, gather.ctx());
    let again = match repaired {
        Repaired::Whole(text) => parse(gather, text),
        Repaired::Cut(text) => {
            gather.ctx().flaws.cut();
            parse(gather, text)
        }
        Repaired::Hopeless(_) => Err(error),
    };
    if let Err(error) = again {
        gather.rewind(mark);
        gather.ctx().flaws.unreadable(gather.field(), error);
    }
}

fn parse<'a, G: Gather<'a>>(gather: &mut G, text: &'a str) -> Result<(), serde_json::Error> {
    let mut de = serde_json::Deserializer::from_str(text);
    ListSeed(&mut *gather).deserialize(&mut de)?;
    de.end()
}

/// Reads a list of whatever `G` gathers.
pub(super) struct ListSeed<'g, G>(pub(super) &'g mut G);

impl<'a, G: Gather<'a>> DeserializeSeed<'a> for ListSeed<'_, G> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a, G: Gather<'a>> ListSeed<'_, G> {
    fn odd(self, what: &str) {
        self.0.ctx().flaws.unreadable(self.0.field(), format_args!("{what} where a list belongs"));
    }
}

impl<'a, G: Gather<'a>> Visitor<'a> for ListSeed<'_, G> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(ListSeed(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, map: A) -> Result<(), A::Error> {
        self.0.object(map)
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<(), E> {
        gather_text(self.0, text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let text = self.0.ctx().keep(text);
        gather_text(self.0, text);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.odd("a boolean");
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.odd("a number");
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.odd("a number");
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.odd("a number");
        Ok(())
    }
}

/// Reads a key and says at once what it means, without keeping it.
pub(super) struct KeySeed<K>(pub(super) fn(&str) -> K);

impl<'a, K> DeserializeSeed<'a> for KeySeed<K> {
    type Value = K;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<K, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<K> Visitor<'_> for KeySeed<K> {
    type Value = K;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, text: &str) -> Result<K, E> {
        Ok((self.0)(text))
    }
}
