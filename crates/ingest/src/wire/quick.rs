//! Owns the quick way through the JSON of a record: a serde deserializer that finds the ends of texts sixty-four bytes at a
//! time and reads a CSV cell in place, its quotes still doubled.
//!
//! Invariant: what it reads, `serde_json` would read the same, call for call. Whatever is out of the ordinary (a number beyond
//! 18 digits, a fraction, a raw control character, a broken escape, deep nesting, any error) it gives up on, without a word why:
//! the caller then asks `serde_json`, whose answer stands. So this can cost time and never a record. A test compares the two.

use bumpalo::Bump;
use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::row::single_quotes;
use crate::sixty_four::{BLOCK, bit, block, stops};

/// Nesting from which `serde_json` is asked; it refuses at 128.
const DEPTH: u8 = 100;

/// How `serde_json` asks for raw JSON. Should the name change, raw JSON is read the slow way and nothing else happens.
const RAW: &str = "$serde_json::private::RawValue";

/// This is for `serde_json` to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not read the quick way")]
pub(super) struct GiveUp;

impl serde::de::Error for GiveUp {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

type Outcome<T> = Result<T, GiveUp>;

/// A JSON text being read.
pub(super) struct Quick<'a> {
    text: &'a str,
    at: usize,
    /// Quotes are doubled, as in a CSV cell.
    doubled: bool,
    depth: u8,
    /// Stops of the block that begins at `block_at`.
    stops: u64,
    block_at: usize,
    arena: &'a Bump,
    scratch: String,
}

impl<'a> Quick<'a> {
    /// Reads `text`, in which quotes are doubled or not. Every quote of a cell that was split off is one of a pair.
    pub(super) fn new(text: &'a str, doubled: bool, arena: &'a Bump) -> Self {
        Self {
            text,
            at: 0,
            doubled,
            depth: 0,
            stops: stops(&block(text.as_bytes(), 0)),
            block_at: 0,
            arena,
            scratch: String::new(),
        }
    }

    /// Nothing but blanks may follow.
    pub(super) fn end(mut self) -> Outcome<()> {
        if self.peek().is_none() { Ok(()) } else { Err(GiveUp) }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Outcome<()> {
        if self.peek() != Some(byte) {
            return Err(GiveUp);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Outcome<()> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(GiveUp);
        }
        self.at += word.len();
        Ok(())
    }

    /// Goes past a quote, which in a cell is two bytes.
    #[inline]
    fn quote(&mut self) -> Outcome<()> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') || (self.doubled && bytes.get(self.at + 1) != Some(&b'"')) {
            return Err(GiveUp);
        }
        self.at += 1 + usize::from(self.doubled);
        Ok(())
    }

    /// The first quote, backslash or control character from here on.
    #[inline]
    fn stop(&mut self) -> Outcome<usize> {
        if self.at >= self.block_at + BLOCK {
            self.look_at(self.at - self.at % BLOCK);
        }
        let mut ahead = self.stops >> (self.at - self.block_at);
        let mut from = self.at;
        while ahead == 0 {
            from = self.block_at + BLOCK;
            if from >= self.text.len() {
                return Err(GiveUp);
            }
            self.look_at(from);
            ahead = self.stops;
        }
        Ok(from + bit(ahead))
    }

    fn look_at(&mut self, at: usize) {
        self.block_at = at;
        self.stops = stops(&block(self.text.as_bytes(), at));
    }

    /// A text whose quote is next: from the block if it is plain, else unescaped into the scratch.
    #[inline]
    fn string(&mut self) -> Outcome<Option<&'a str>> {
        self.quote()?;
        let start = self.at;
        let stop = self.stop()?;
        if self.text.as_bytes()[stop] == b'"' {
            self.at = stop;
            self.quote()?;
            return self.text.get(start..stop).map(Some).ok_or(GiveUp);
        }
        self.escaped(start, stop)?;
        Ok(None)
    }

    /// The rest of a text that holds an escape at `stop`.
    #[inline(never)]
    fn escaped(&mut self, start: usize, stop: usize) -> Outcome<()> {
        let (mut start, mut stop) = (start, stop);
        self.scratch.clear();
        self.scratch.reserve(64);
        loop {
            self.scratch.push_str(self.text.get(start..stop).ok_or(GiveUp)?);
            self.at = stop;
            match self.byte() {
                Some(b'"') => return self.quote(),
                Some(b'\\') => self.at += 1,
                _ => return Err(GiveUp),
            }
            let one = match self.byte().ok_or(GiveUp)? {
                b'"' => {
                    self.quote()?;
                    self.scratch.push('"');
                    start = self.at;
                    stop = self.stop()?;
                    continue;
                }
                b'\\' => '\\',
                b'/' => '/',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => {
                    let digits = self.text.get(self.at + 1..self.at + 5).ok_or(GiveUp)?;
                    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                        return Err(GiveUp);
                    }
                    self.at += 4;
                    // A surrogate is half a character: the other way knows what to make of it.
                    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).ok_or(GiveUp)?
                }
                _ => return Err(GiveUp),
            };
            self.scratch.push(one);
            self.at += 1;
            start = self.at;
            stop = self.stop()?;
        }
    }

    /// A whole number of at most 18 digits, the first of which is next, or its sign.
    fn number<V: Visitor<'a>>(&mut self, visitor: V) -> Outcome<V::Value> {
        let negative = self.byte() == Some(b'-');
        self.at += usize::from(negative);
        let start = self.at;
        let mut value = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            if self.at - start == 18 {
                return Err(GiveUp);
            }
            value = value * 10 + u64::from(digit - b'0');
            self.at += 1;
        }
        let length = self.at - start;
        let leading_zero = length > 1 && self.text.as_bytes()[start] == b'0';
        if length == 0 || leading_zero || matches!(self.byte(), Some(b'.' | b'e' | b'E')) || (negative && value == 0) {
            return Err(GiveUp);
        }
        if negative { visitor.visit_i64(-value.cast_signed()) } else { visitor.visit_u64(value) }
    }

    fn descend(&mut self) -> Outcome<()> {
        self.at += 1;
        self.depth += 1;
        if self.depth < DEPTH { Ok(()) } else { Err(GiveUp) }
    }

    #[inline]
    fn text<V: Visitor<'a>>(&mut self, visitor: V) -> Outcome<V::Value> {
        match self.string()? {
            Some(text) => visitor.visit_borrowed_str(text),
            None => visitor.visit_str(&self.scratch),
        }
    }

    fn any<V: Visitor<'a>>(&mut self, visitor: V) -> Outcome<V::Value> {
        match self.peek().ok_or(GiveUp)? {
            b'"' => self.text(visitor),
            b'{' => {
                self.descend()?;
                let value = visitor.visit_map(Members { quick: self, first: true })?;
                self.close(b'}')?;
                Ok(value)
            }
            b'[' => {
                self.descend()?;
                let value = visitor.visit_seq(Members { quick: self, first: true })?;
                self.close(b']')?;
                Ok(value)
            }
            b'-' | b'0'..=b'9' => self.number(visitor),
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            _ => Err(GiveUp),
        }
    }

    fn close(&mut self, bracket: u8) -> Outcome<()> {
        self.depth -= 1;
        self.expect(bracket)
    }

    /// Goes past a value. It is read as carefully as any other: what `serde_json` would not skip is not skipped here.
    fn skip(&mut self) -> Outcome<()> {
        match self.peek().ok_or(GiveUp)? {
            b'"' => self.string().map(|_| ()),
            b'{' => {
                self.descend()?;
                let mut members = Members { quick: self, first: true };
                while members.key()? {
                    members.quick.string()?;
                    members.quick.expect(b':')?;
                    members.quick.skip()?;
                }
                self.close(b'}')
            }
            b'[' => {
                self.descend()?;
                let mut members = Members { quick: self, first: true };
                while members.more(b']')?.is_some() {
                    members.quick.skip()?;
                }
                self.close(b']')
            }
            _ => self.any(serde::de::IgnoredAny).map(|_| ()),
        }
    }
}

impl<'a> Deserializer<'a> for &mut Quick<'a> {
    type Error = GiveUp;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Outcome<V::Value> {
        self.any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Outcome<V::Value> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Outcome<V::Value> {
        if self.peek() == Some(b'"') { self.text(visitor) } else { Err(GiveUp) }
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Outcome<V::Value> {
        if self.peek() == Some(b'{') { self.any(visitor) } else { Err(GiveUp) }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, name: &'static str, visitor: V) -> Outcome<V::Value> {
        if name != RAW {
            return Err(GiveUp);
        }
        self.peek();
        let start = self.at;
        self.skip()?;
        let raw = self.text.get(start..self.at).ok_or(GiveUp)?;
        visitor.visit_map(Raw(Some(if self.doubled { single_quotes(raw, self.arena) } else { raw })))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct struct enum identifier
    }
}

/// The members of an object or a list.
struct Members<'q, 'a> {
    quick: &'q mut Quick<'a>,
    first: bool,
}

impl Members<'_, '_> {
    /// The first byte of the next member, if another follows; the bracket that closes is left.
    #[inline]
    fn more(&mut self, bracket: u8) -> Outcome<Option<u8>> {
        let next = self.quick.peek().ok_or(GiveUp)?;
        if next == bracket {
            return Ok(None);
        }
        if std::mem::replace(&mut self.first, false) {
            return Ok(Some(next));
        }
        if next != b',' {
            return Err(GiveUp);
        }
        self.quick.at += 1;
        // A comma before the bracket is no JSON.
        self.quick.peek().filter(|next| *next != bracket).map(Some).ok_or(GiveUp)
    }

    /// Whether a key is next.
    #[inline]
    fn key(&mut self) -> Outcome<bool> {
        match self.more(b'}')? {
            None => Ok(false),
            Some(b'"') => Ok(true),
            Some(_) => Err(GiveUp),
        }
    }
}

impl<'a> MapAccess<'a> for Members<'_, 'a> {
    type Error = GiveUp;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Outcome<Option<K::Value>> {
        if self.key()? { seed.deserialize(&mut *self.quick).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Outcome<V::Value> {
        self.quick.expect(b':')?;
        seed.deserialize(&mut *self.quick)
    }
}

impl<'a> SeqAccess<'a> for Members<'_, 'a> {
    type Error = GiveUp;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Outcome<Option<T::Value>> {
        if self.more(b']')?.is_some() { seed.deserialize(&mut *self.quick).map(Some) } else { Ok(None) }
    }
}

/// Raw JSON as `serde_json` hands it over: a map of one key.
struct Raw<'a>(Option<&'a str>);

impl<'a> MapAccess<'a> for Raw<'a> {
    type Error = GiveUp;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Outcome<Option<K::Value>> {
        if self.0.is_none() { Ok(None) } else { seed.deserialize(StrDeserializer::new(RAW)).map(Some) }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Outcome<V::Value> {
        seed.deserialize(BorrowedStrDeserializer::new(self.0.take().ok_or(GiveUp)?))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde::de::IgnoredAny;
    use serde_json::value::RawValue;

    use super::*;

    /// Writes down every call a deserializer makes.
    struct Calls<'o>(&'o mut String);

    impl<'a> DeserializeSeed<'a> for Calls<'_> {
        type Value = ();
        fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }

    impl<'a> Visitor<'a> for Calls<'_> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("anything")
        }
        fn visit_unit<E>(self) -> Result<(), E> {
            self.0.push_str("null ");
            Ok(())
        }
        fn visit_bool<E>(self, value: bool) -> Result<(), E> {
            write!(self.0, "{value} ").unwrap();
            Ok(())
        }
        fn visit_u64<E>(self, value: u64) -> Result<(), E> {
            write!(self.0, "u{value} ").unwrap();
            Ok(())
        }
        fn visit_i64<E>(self, value: i64) -> Result<(), E> {
            write!(self.0, "i{value} ").unwrap();
            Ok(())
        }
        fn visit_f64<E>(self, value: f64) -> Result<(), E> {
            write!(self.0, "f{value} ").unwrap();
            Ok(())
        }
        fn visit_borrowed_str<E>(self, text: &'a str) -> Result<(), E> {
            write!(self.0, "borrowed {text:?} ").unwrap();
            Ok(())
        }
        fn visit_str<E>(self, text: &str) -> Result<(), E> {
            write!(self.0, "made {text:?} ").unwrap();
            Ok(())
        }
        fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
            self.0.push_str("[ ");
            while seq.next_element_seed(Calls(self.0))?.is_some() {}
            self.0.push_str("] ");
            Ok(())
        }
        /// Values of the key `raw` are taken raw, those of `skip` are skipped.
        fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
            self.0.push_str("{ ");
            let mut key = String::new();
            while map.next_key_seed(Calls(&mut key))?.is_some() {
                self.0.push_str(&key);
                if key.contains("\"raw\"") {
                    let raw: &'a RawValue = map.next_value()?;
                    write!(self.0, "raw {:?} ", raw.get()).unwrap();
                } else if key.contains("\"skip\"") {
                    map.next_value::<IgnoredAny>()?;
                } else {
                    map.next_value_seed(Calls(self.0))?;
                }
                key.clear();
            }
            self.0.push_str("} ");
            Ok(())
        }
    }

    fn by_serde(json: &str) -> Option<String> {
        let mut calls = String::new();
        let mut de = serde_json::Deserializer::from_str(json);
        Calls(&mut calls).deserialize(&mut de).ok()?;
        de.end().ok().map(|()| calls)
    }

    fn quickly(text: &str, doubled: bool) -> Option<String> {
        let arena = Bump::new();
        let mut calls = String::new();
        let mut quick = Quick::new(text, doubled, &arena);
        Calls(&mut calls).deserialize(&mut quick).ok()?;
        quick.end().ok().map(|()| calls)
    }

    /// Whatever is read the quick way is what `serde_json` reads, plain and in a cell.
    fn check(json: &str) -> bool {
        let expected = by_serde(json);
        let (plain, cell) = (quickly(json, false), quickly(&json.replace('"', "\"\""), true));
        assert_eq!(plain, cell, "{json}");
        assert!(plain.is_none() || plain == expected, "{json}\n{plain:?}\n{expected:?}");
        plain.is_some()
    }

    #[test]
    fn records_are_read_the_quick_way() {
        for json in [
            r#"{"Id":"x","RecordType":50,"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"n":null}"#,
            r#"{ "a" : [ ] , "b" : { } , "c" : "" , "d" : -5 , "e" : [ 0 , true , false ] } "#,
            r#"{"Path":"\\Inbox","OriginatingServer":"X (15.20)\r\n","q":"a \"b\" \u0041\/","é":"ü"}"#,
            r#"{"raw":[{"Name":"a","Value":"b \"c\""}, 1],"skip":{"x":["\\",{"y":-1}]},"z":999999999999999999}"#,
            "{\r\n\t\"a\": 1\r\n}",
            r#""a text longer than one block of sixty-four bytes, so that its end lies in another block than it began in""#,
        ] {
            assert!(check(json), "{json}");
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_left_to_serde() {
        for json in [
            "",
            " ",
            "{",
            "}",
            "[",
            "\"",
            "\"a",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\" 1}",
            "{,}",
            "{1:2}",
            "01",
            "-",
            "-0",
            "1.5",
            "1e3",
            "1E3",
            "1234567890123456789",
            "tru",
            "nul",
            "truex",
            "1x",
            "{}x",
            "'a'",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud800\"",
            "\"\\",
            "\"\\\"",
            "\"a\u{1}\"",
            "\"a\nb\"",
            "[\"a\":1]",
            "{\"a\":1]",
            "[1}",
            "NaN",
            "\u{feff}{}",
            "{\"a\":1 \"b\":2}",
            "{\"skip\":[1,]}",
            "{\"skip\":\"\\x\"}",
            "{\"skip\":{\"a\"}}",
            "{\"skip\":{1:1}}",
            "{\"raw\":}",
            "{\"skip\":01}",
        ] {
            assert!(!check(json), "{json}");
        }
        assert!(!check(&"[".repeat(200)));
        assert!(!check(&format!("{}{}", "[".repeat(120), "]".repeat(120))));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(512))]
        #[test]
        fn nothing_is_read_otherwise_than_serde_reads_it(
            json in r#"([{}\[\]:,"\\ 0-9a-e.-]|"raw":|"skip":|"[a-zé]{0,70}"|"[a-z]{0,3}":|\\u00[0-9a-f]{2}|\\n|null|true|-?[0-9]{1,20}){0,24}"#
        ) {
            check(&json);
        }

        #[test]
        fn a_changed_byte_changes_both_alike(at in 0usize..400, byte in 0u8..128) {
            let mut json = br#"{"Id":"5f1c2d30","RecordType":50,"skip":{"a":[1,-2,null,"x\\y"],"b":"z"},"raw":{"p":"\"q\"" , "r":[true]},
                "Folders":[{"Path":"\\Inbox","FolderItems":[{"Id":"RgAAAABeyTmF4UtC8k2OFuyYs452BwBJffTRjDtFBRIadWUOz9c9AAAAAAEJAABJ==",
                "InternetMessageId":"<a@b.example>","SizeInBytes":236911},{"Id":"","Subject":"a \u00e9 b"}]}],"end":false}"#.to_vec();
            let at = at % json.len();
            json[at] = byte;
            check(std::str::from_utf8(&json).unwrap());
        }
    }
}
