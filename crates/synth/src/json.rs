//! Owns writing JSON in a fixed key order, in the spellings of the writers we imitate.
//!
//! Key order and escapes are part of what a reader must survive, so nothing is left to a serializer.

use crate::second::Second;

/// How strings are escaped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// Only what JSON demands.
    #[default]
    Minimal,
    /// As Windows PowerShell 5.1 does: `<`, `>`, `&` and `'` as `\u00xx`.
    PowerShell,
    /// As some web services do: `/` as `\/`.
    Slashes,
}

/// A JSON text being written.
#[derive(Debug, Default)]
pub(crate) struct Json {
    out: Vec<u8>,
    escapes: Escapes,
    comma: bool,
    /// Times end in `Z`, as in Defender's raw records.
    zoned: bool,
}

impl Json {
    pub(crate) fn new(escapes: Escapes) -> Self {
        Self { out: Vec::with_capacity(2_048), escapes, comma: false, zoned: false }
    }

    /// A writer that goes on at the end of `out`.
    pub(crate) fn onto(out: Vec<u8>, escapes: Escapes) -> Self {
        Self { out, escapes, comma: false, zoned: false }
    }

    /// Times get a `Z` from here on.
    pub(crate) fn zoned(mut self) -> Self {
        self.zoned = true;
        self
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn value(&mut self) {
        if self.comma {
            self.out.push(b',');
        }
        self.comma = true;
    }

    pub(crate) fn open(&mut self, bracket: u8) {
        self.value();
        self.out.push(bracket);
        self.comma = false;
    }

    pub(crate) fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.comma = true;
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.open(b'{');
        fill(self);
        self.close(b'}');
    }

    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.open(b'[');
        fill(self);
        self.close(b']');
    }

    pub(crate) fn key(&mut self, key: &str) {
        self.text(key);
        self.out.push(b':');
        self.comma = false;
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.value();
        self.out.push(b'"');
        escape(&mut self.out, text, self.escapes);
        self.out.push(b'"');
    }

    pub(crate) fn number(&mut self, number: i64) {
        self.value();
        self.out.extend_from_slice(number.to_string().as_bytes());
    }

    /// Text that is JSON already.
    pub(crate) fn raw(&mut self, json: &[u8]) {
        self.value();
        self.out.extend_from_slice(json);
    }

    pub(crate) fn field(&mut self, key: &str, text: &str) {
        self.key(key);
        self.text(text);
    }

    pub(crate) fn field_number(&mut self, key: &str, number: i64) {
        self.key(key);
        self.number(number);
    }

    pub(crate) fn field_bool(&mut self, key: &str, value: bool) {
        self.key(key);
        self.raw(if value { b"true" } else { b"false" });
    }

    pub(crate) fn field_time(&mut self, key: &str, at: Second) {
        self.key(key);
        self.value();
        self.out.push(b'"');
        at.push_iso(&mut self.out);
        self.out.extend_from_slice(if self.zoned { b"Z\"" } else { b"\"" });
    }

    /// Puts the next value on a line of its own.
    pub(crate) fn break_line(&mut self) {
        if self.comma {
            self.out.push(b',');
            self.comma = false;
        }
        self.out.push(b'\n');
    }

    /// `[{"Name":…,"Value":…},…]`
    pub(crate) fn field_pairs(&mut self, key: &str, pairs: &[(&str, &str)]) {
        self.key(key);
        self.array(|json| {
            for (name, value) in pairs {
                json.object(|json| {
                    json.field("Name", name);
                    json.field("Value", value);
                });
            }
        });
    }
}

fn escape(out: &mut Vec<u8>, text: &str, escapes: Escapes) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let short: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\r' => b"\\r",
            b'\n' => b"\\n",
            b'\t' => b"\\t",
            b'<' if escapes == Escapes::PowerShell => b"\\u003c",
            b'>' if escapes == Escapes::PowerShell => b"\\u003e",
            b'&' if escapes == Escapes::PowerShell => b"\\u0026",
            b'\'' if escapes == Escapes::PowerShell => b"\\u0027",
            b'/' if escapes == Escapes::Slashes => b"\\/",
            0..=0x1f => {
                out.extend_from_slice(&bytes[from..at]);
                out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
                from = at + 1;
                continue;
            }
            _ => continue,
        };
        out.extend_from_slice(&bytes[from..at]);
        out.extend_from_slice(short);
        from = at + 1;
    }
    out.extend_from_slice(&bytes[from..]);
}

/// Lays compact JSON out over lines: `indent` spaces a level, `newline` between them, `colon` after keys.
pub(crate) fn pretty(compact: &[u8], indent: usize, newline: &str, colon: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(compact.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let line = |out: &mut Vec<u8>, depth: usize| {
        out.extend_from_slice(newline.as_bytes());
        out.extend(std::iter::repeat_n(b' ', depth * indent));
    };
    for (at, &byte) in compact.iter().enumerate() {
        if in_text {
            out.push(byte);
            in_text = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        let empty = matches!((byte, compact.get(at + 1)), (b'{', Some(b'}')) | (b'[', Some(b']')));
        let ends_empty = at > 0 && matches!((compact[at - 1], byte), (b'{', b'}') | (b'[', b']'));
        match byte {
            b'{' | b'[' => {
                out.push(byte);
                depth += 1;
                if !empty {
                    line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if !ends_empty {
                    line(&mut out, depth);
                }
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, depth);
            }
            b':' => out.extend_from_slice(colon.as_bytes()),
            _ => {
                in_text = byte == b'"';
                out.push(byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Escapes, Json, pretty};

    fn written(escapes: Escapes) -> String {
        let mut json = Json::new(escapes);
        json.object(|json| {
            json.field("a", "<it's> \u{1}\r\n\"/\\");
            json.field_pairs("p", &[("N", "V")]);
            json.key("e");
            json.array(|_| {});
            json.field_number("n", -3);
        });
        String::from_utf8(json.into_bytes()).unwrap()
    }

    #[test]
    fn every_spelling_reads_back_as_the_same_value() {
        let plain: serde_json::Value = serde_json::from_str(&written(Escapes::Minimal)).unwrap();
        assert_eq!(plain["a"], "<it's> \u{1}\r\n\"/\\");
        for escapes in [Escapes::PowerShell, Escapes::Slashes] {
            assert_eq!(serde_json::from_str::<serde_json::Value>(&written(escapes)).unwrap(), plain);
        }
        for newline in ["\n", "\r\n"] {
            let laid_out = pretty(written(Escapes::Minimal).as_bytes(), 4, newline, ":  ");
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&laid_out).unwrap(), plain);
        }
    }

    #[test]
    fn powershell_writes_no_angle_bracket() {
        assert!(!written(Escapes::PowerShell).contains('<'));
        assert!(written(Escapes::Slashes).contains("\\/"));
    }

    #[test]
    fn empty_brackets_stay_on_their_line() {
        assert_eq!(pretty(b"{\"a\":[],\"b\":{}}", 2, "\n", ": "), b"{\n  \"a\": [],\n  \"b\": {}\n}");
    }
}
