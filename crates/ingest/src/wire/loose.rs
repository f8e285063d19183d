//! Owns a scalar of loose type: numbers as text, booleans as text, enums as either.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::flaws::Ctx;

/// A scalar as spelled. Absent, null and of the wrong type are three things.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Loose<'a> {
    /// The key is not there.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// Another number, or one too large for 64 bits.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// An object or an array where none belongs.
    Nested,
}

/// The value is there and cannot be what the field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misfit;

impl<'a> Loose<'a> {
    /// Whether a value stands there.
    pub(crate) fn is_stated(self) -> bool {
        !matches!(self, Self::Absent | Self::Null) && self != Self::Text("")
    }

    /// The text, trimmed; `None` if nothing is stated. Numbers are spelled out, as exports of spreadsheets need.
    pub(crate) fn text(self, ctx: Ctx<'a, '_>) -> Result<Option<&'a str>, Misfit> {
        match self {
            Self::Absent | Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(trimmed(text)).filter(|t| !t.is_empty())),
            Self::Int(value) => Ok(Some(number_text(value, ctx))),
            Self::Bool(value) => Ok(Some(if value { "True" } else { "False" })),
            Self::Float(value) if value.fract() == 0.0 => {
                whole(value).map(|value| Some(number_text(value, ctx))).ok_or(Misfit)
            }
            Self::Float(_) | Self::Nested => Err(Misfit),
        }
    }

    /// The whole number, from `5`, `5.0`, `"5"`, `"5.0"`.
    pub(crate) fn integer(self) -> Result<Option<i64>, Misfit> {
        match self {
            Self::Absent | Self::Null => Ok(None),
            Self::Int(value) => Ok(Some(value)),
            Self::Float(value) => whole(value).map(Some).ok_or(Misfit),
            Self::Text(text) => {
                let text = text.trim();
                if text.is_empty() {
                    return Ok(None);
                }
                text.parse().ok().or_else(|| text.parse().ok().and_then(whole)).map(Some).ok_or(Misfit)
            }
            Self::Bool(_) | Self::Nested => Err(Misfit),
        }
    }

    /// The boolean, from `true`, `"True"`, `1`, `"0"`.
    pub(crate) fn boolean(self) -> Result<Option<bool>, Misfit> {
        match self {
            Self::Absent | Self::Null => Ok(None),
            Self::Bool(value) => Ok(Some(value)),
            Self::Int(0) => Ok(Some(false)),
            Self::Int(1) => Ok(Some(true)),
            Self::Text(text) => match text.trim() {
                "" => Ok(None),
                "0" => Ok(Some(false)),
                "1" => Ok(Some(true)),
                text if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
                text if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
                _ => Err(Misfit),
            },
            Self::Int(_) | Self::Float(_) | Self::Nested => Err(Misfit),
        }
    }
}

/// The text without white space around it. Nearly none has any, and a look at two bytes tells.
#[inline]
pub(crate) fn trimmed(text: &str) -> &str {
    let plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if plain(text.as_bytes().first()) && plain(text.as_bytes().last()) { text } else { text.trim() }
}

/// A float that is a whole number without loss.
fn whole(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() != 0.0 || value.abs() > EXACT {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53 by the line above")]
    Some(value as i64)
}

fn number_text<'a>(value: i64, ctx: Ctx<'a, '_>) -> &'a str {
    const SMALL: [&str; 11] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    match usize::try_from(value).ok().and_then(|at| SMALL.get(at)) {
        Some(text) => text,
        None if value == 50 => "50",
        None => ctx.keep(&value.to_string()),
    }
}

/// The text of a raw JSON text, or `None` if it is not one.
pub(crate) fn json_text<'a>(raw: &'a str, ctx: Ctx<'a, '_>) -> Option<&'a str> {
    let mut de = serde_json::Deserializer::from_str(raw);
    match LooseSeed(ctx).deserialize(&mut de) {
        Ok(Loose::Text(text)) => Some(text),
        _ => None,
    }
}

/// Reads a [`Loose`].
#[derive(Clone, Copy)]
pub(super) struct LooseSeed<'a, 'f>(pub(super) Ctx<'a, 'f>);

impl<'a> DeserializeSeed<'a> for LooseSeed<'a, '_> {
    type Value = Loose<'a>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Loose<'a>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for LooseSeed<'a, '_> {
    type Value = Loose<'a>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Loose<'a>, E> {
        Ok(Loose::Text(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose<'a>, E> {
        Ok(Loose::Text(self.0.keep(text)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Loose<'a>, E> {
        Ok(Loose::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Loose<'a>, E> {
        // Above i64 no field of the log has a meaning; it stays a misfit of the field, as a float this large does.
        Ok(i64::try_from(value).map_or(Loose::Float(f64::MAX), Loose::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Loose<'a>, E> {
        Ok(Loose::Float(value))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Loose<'a>, E> {
        Ok(Loose::Bool(value))
    }

    fn visit_unit<E>(self) -> Result<Loose<'a>, E> {
        Ok(Loose::Null)
    }

    /// A scalar wrapped in an array of one, as search engines' field lists write it.
    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<Loose<'a>, A::Error> {
        let first = seq.next_element_seed(self)?;
        let mut more = false;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            more = true;
        }
        Ok(if more { Loose::Nested } else { first.unwrap_or(Loose::Null) })
    }

    /// `{"value": 50, "Value": "ExchangeItemAggregated"}`: how PowerShell 5.1 writes an enum or a date with extra members.
    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Loose<'a>, A::Error> {
        let mut value = Loose::Nested;
        while let Some(is_value) = map.next_key_seed(IsValueKey)? {
            if is_value && value == Loose::Nested {
                value = map.next_value_seed(self)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(value)
    }
}

struct IsValueKey;

impl<'a> DeserializeSeed<'a> for IsValueKey {
    type Value = bool;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsValueKey {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        Ok(text == "value")
    }
}

#[cfg(test)]
mod tests {
    use super::super::flaws::{Ctx, Flaws};
    use super::*;

    fn read<'a>(json: &'a str, ctx: Ctx<'a, '_>) -> Loose<'a> {
        let mut de = serde_json::Deserializer::from_str(json);
        LooseSeed(ctx).deserialize(&mut de).unwrap()
    }

    #[test]
    fn loose_numbers_are_whole_numbers_or_misfits() {
        let (arena, flaws) = (bumpalo::Bump::new(), Flaws::default());
        let ctx = Ctx { arena: &arena, flaws: &flaws };
        for (json, expected) in [
            ("5", Ok(Some(5))),
            ("\"5\"", Ok(Some(5))),
            ("\"1.0\"", Ok(Some(1))),
            ("1156492.00", Ok(Some(1_156_492))),
            ("null", Ok(None)),
            ("\"\"", Ok(None)),
            ("[7]", Ok(Some(7))),
            ("{\"value\":50,\"Value\":\"x\"}", Ok(Some(50))),
            ("123456789012345678901234567890", Err(Misfit)),
            ("18446744073709551615", Err(Misfit)),
            ("1.5", Err(Misfit)),
            ("\"five\"", Err(Misfit)),
            ("true", Err(Misfit)),
            ("[1,2]", Err(Misfit)),
        ] {
            assert_eq!(read(json, ctx).integer(), expected, "{json}");
        }
    }

    #[test]
    fn loose_booleans_are_booleans_or_misfits() {
        let (arena, flaws) = (bumpalo::Bump::new(), Flaws::default());
        let ctx = Ctx { arena: &arena, flaws: &flaws };
        for (json, expected) in [
            ("true", Ok(Some(true))),
            ("\"False\"", Ok(Some(false))),
            ("1", Ok(Some(true))),
            ("\" TRUE \"", Ok(Some(true))),
            ("\"\"", Ok(None)),
            ("\"maybe\"", Err(Misfit)),
            ("2", Err(Misfit)),
        ] {
            assert_eq!(read(json, ctx).boolean(), expected, "{json}");
        }
    }

    #[test]
    fn numbers_where_texts_belong_are_spelled_out() {
        let (arena, flaws) = (bumpalo::Bump::new(), Flaws::default());
        let ctx = Ctx { arena: &arena, flaws: &flaws };
        assert_eq!(read("42", ctx).text(ctx), Ok(Some("42")));
        assert_eq!(read("50", ctx).text(ctx), Ok(Some("50")));
        assert_eq!(read("0.0", ctx).text(ctx), Ok(Some("0")));
        assert_eq!(read("\"a\\u0062\"", ctx).text(ctx), Ok(Some("ab")));
        assert_eq!(read("{}", ctx).text(ctx), Err(Misfit));
    }
}
