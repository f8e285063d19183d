//! Owns the second look at JSON the parser refused: what can be mended without inventing anything, and what was cut.
//!
//! Mended: numbers beyond 64 bits (become null), lone surrogates (become U+FFFD), raw control characters, unknown escapes.
//! Cut text (a spreadsheet's or the old portal's cell limit) is closed behind the last whole member; an item of a record is
//! kept whole or not at all. Anything else is hopeless: guessing at broken structure would invent evidence.

use bumpalo::collections::String as Text;
use mailtrail_model::IssueCode;

use super::flaws::Ctx;

/// What the second look found.
pub(super) enum Repaired<'a> {
    /// The text is whole and now reads.
    Whole(&'a str),
    /// The text ended early; this is what was whole.
    Cut(&'a str),
    /// Why it cannot be read.
    Hopeless(String),
}

/// Takes the second look.
pub(super) fn repair<'a>(text: &str, ctx: Ctx<'a, '_>) -> Repaired<'a> {
    let mut mender = Mender {
        text,
        bytes: text.as_bytes(),
        at: 0,
        out: Text::with_capacity_in(text.len() + 16, ctx.arena),
        stack: Vec::new(),
        safe: None,
        ctx,
    };
    match mender.value_stream() {
        Ok(()) => Repaired::Whole(mender.out.into_bump_str()),
        Err(Stop::Bad(what)) => Repaired::Hopeless(format!("{what} at byte {}", mender.at)),
        Err(Stop::End) => mender.close(),
    }
}

enum Stop {
    /// The text ends here.
    End,
    /// It is not JSON.
    Bad(&'static str),
}

/// Objects nest this deep at most; the log writes five levels.
const DEPTH: usize = 64;

#[derive(Clone, Copy)]
struct Frame {
    object: bool,
    /// The elements of this array are items of a record.
    items: bool,
    /// Inside an item: nothing is kept until it is whole.
    inside_item: bool,
}

struct Mender<'t, 'a, 'f> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    out: Text<'a>,
    stack: Vec<Frame>,
    /// Length of `out` and depth up to which everything is whole.
    safe: Option<(usize, usize)>,
    ctx: Ctx<'a, 'f>,
}

impl<'a> Mender<'_, 'a, '_> {
    fn value_stream(&mut self) -> Result<(), Stop> {
        let mut key_is_items = false;
        self.space();
        self.open_or_scalar(key_is_items)?;
        while let Some(frame) = self.stack.last().copied() {
            self.space();
            let close = if frame.object { b'}' } else { b']' };
            let fresh = matches!(self.out.as_bytes().last(), Some(b'{' | b'['));
            match self.peek()? {
                c if c == close => {
                    self.copy_byte();
                    self.stack.pop();
                    self.whole();
                    continue;
                }
                b',' if !fresh => {
                    self.copy_byte();
                    self.space();
                }
                _ if fresh => {}
                _ => return Err(Stop::Bad("neither a comma nor an end")),
            }
            key_is_items = false;
            if frame.object {
                let start = self.out.len();
                self.string()?;
                key_is_items = matches!(&self.out.as_str()[start..], "\"FolderItems\"" | "\"MessageItems\"");
                self.space();
                if self.peek()? != b':' {
                    return Err(Stop::Bad("a key without a colon"));
                }
                self.copy_byte();
                self.space();
            }
            self.open_or_scalar(key_is_items)?;
        }
        self.space();
        if self.at < self.bytes.len() { Err(Stop::Bad("text behind the record")) } else { Ok(()) }
    }

    fn open_or_scalar(&mut self, items: bool) -> Result<(), Stop> {
        match self.peek()? {
            c @ (b'{' | b'[') => {
                if self.stack.len() >= DEPTH {
                    return Err(Stop::Bad("nested too deep"));
                }
                let inside_item = self.stack.last().is_some_and(|frame| frame.inside_item || frame.items);
                self.stack.push(Frame { object: c == b'{', items: items && c == b'[', inside_item });
                self.copy_byte();
                Ok(())
            }
            b'"' => {
                self.string()?;
                self.whole();
                Ok(())
            }
            _ => self.word(),
        }
    }

    /// A value ended: everything so far is whole, unless an item is still open.
    fn whole(&mut self) {
        if self.stack.last().is_none_or(|frame| !frame.inside_item) {
            self.safe = Some((self.out.len(), self.stack.len()));
        }
    }

    /// A number or a literal.
    fn word(&mut self) -> Result<(), Stop> {
        let rest = &self.bytes[self.at..];
        let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
        let word = &self.text[self.at..self.at + len];
        if len == rest.len() {
            return Err(Stop::End);
        }
        let number = word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        match word {
            "true" | "false" | "null" => self.out.push_str(word),
            _ if number && serde_json::from_str::<serde_json::Number>(word).is_ok() => self.out.push_str(word),
            _ if number && word.parse::<f64>().is_ok_and(f64::is_infinite) => {
                self.ctx
                    .flaws
                    .unreadable("a number", format_args!("{} is out of range", super::properties::clip(word)));
                self.out.push_str("null");
            }
            _ => return Err(Stop::Bad("neither a value nor an end")),
        }
        self.at += len;
        self.whole();
        Ok(())
    }

    fn string(&mut self) -> Result<(), Stop> {
        if self.peek()? != b'"' {
            return Err(Stop::Bad("no text where one belongs"));
        }
        self.copy_byte();
        loop {
            let rest = &self.bytes[self.at..];
            let plain = rest.iter().take_while(|b| **b >= 0x20 && **b != b'"' && **b != b'\\').count();
            self.out.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.peek()? {
                b'"' => {
                    self.copy_byte();
                    return Ok(());
                }
                b'\\' => self.escape()?,
                control => {
                    self.out.push_str(&format!("\\u{:04x}", control));
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self) -> Result<(), Stop> {
        match *self.bytes.get(self.at + 1).ok_or(Stop::End)? {
            b'u' => {
                let unit = self.unit(self.at)?;
                let low = || {
                    let next = self.bytes.get(self.at + 6..self.at + 8) == Some(b"\\u");
                    next && self.unit(self.at + 6).is_ok_and(|unit| (0xDC00..0xE000).contains(&unit))
                };
                let len = match unit {
                    0xD800..0xDC00 if low() => 12,
                    0xD800..0xE000 => {
                        self.ctx.flaws.note(IssueCode::InvalidUtf8Replaced, "a lone surrogate");
                        self.out.push('\u{fffd}');
                        self.at += 6;
                        return Ok(());
                    }
                    _ => 6,
                };
                self.out.push_str(&self.text[self.at..self.at + len]);
                self.at += len;
            }
            c @ (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.out.push('\\');
                self.out.push(char::from(c));
                self.at += 2;
            }
            _ => {
                self.ctx.flaws.unreadable("a text", "an unknown escape was kept as it stands");
                self.out.push_str("\\\\");
                self.at += 1;
            }
        }
        Ok(())
    }

    /// The four hex digits of `\uXXXX` at a place.
    fn unit(&self, at: usize) -> Result<u32, Stop> {
        let digits = self.bytes.get(at + 2..at + 6).ok_or(Stop::End)?;
        digits
            .iter()
            .try_fold(0, |sum, b| char::from(*b).to_digit(16).map(|d| sum * 16 + d))
            .ok_or(Stop::Bad("a broken escape"))
    }

    fn peek(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(Stop::End)
    }

    fn copy_byte(&mut self) {
        if let Some(byte) = self.bytes.get(self.at) {
            self.out.push(char::from(*byte));
            self.at += 1;
        }
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn close(mut self) -> Repaired<'a> {
        let Some((len, depth)) = self.safe.filter(|(_, depth)| *depth > 0) else {
            return Repaired::Hopeless("cut before anything was whole".to_owned());
        };
        self.out.truncate(len);
        for frame in self.stack[..depth].iter().rev() {
            self.out.push(if frame.object { '}' } else { ']' });
        }
        Repaired::Cut(self.out.into_bump_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::flaws::Flaws;
    use super::*;

    fn check(text: &str, expected: &str) {
        let (arena, flaws) = (bumpalo::Bump::new(), Flaws::default());
        let shown = match repair(text, Ctx { arena: &arena, flaws: &flaws }) {
            Repaired::Whole(text) => format!("whole {text}"),
            Repaired::Cut(text) => format!("cut {text}"),
            Repaired::Hopeless(what) => format!("hopeless {what}"),
        };
        assert_eq!(shown, expected, "{text}");
        if let Some(json) = shown.strip_prefix("whole ").or_else(|| shown.strip_prefix("cut ")) {
            serde_json::from_str::<serde::de::IgnoredAny>(json).unwrap();
        }
    }

    #[test]
    fn odd_values_are_mended() {
        check(r#"{"a": 1e400, "b": 2}"#, r#"whole {"a":null,"b":2}"#);
        check(r#"{"a":"\ud800x","b":"\ud83d\ude00"}"#, "whole {\"a\":\"\u{fffd}x\",\"b\":\"\\ud83d\\ude00\"}");
        check("{\"a\":\"x\ty\"}", r#"whole {"a":"x\u0009y"}"#);
        check(r#"{"a":"C:\dir"}"#, r#"whole {"a":"C:\\dir"}"#);
        check(r#"{"a":[[],{}],"b":-1.5e3}"#, r#"whole {"a":[[],{}],"b":-1.5e3}"#);
    }

    #[test]
    fn cut_text_keeps_whole_items_only() {
        let (head, items) = (r#"{"Id":"x","Folders":[{"FolderItems":["#, [r#"{"Id":"1"}"#, r#"{"Id":"2"}"#]);
        check(&head[..8], "hopeless cut before anything was whole");
        check(&head[..20], r#"cut {"Id":"x"}"#);
        check(&format!("{head}{},{{\"Id\":\"2", items[0]), &format!("cut {head}{}]}}]}}", items[0]));
        check(&format!("{head}{},{{\"Id\":\"2\"", items[0]), &format!("cut {head}{}]}}]}}", items[0]));
        let both = format!("{head}{},{}", items[0], items[1]);
        check(&both, &format!("cut {both}]}}]}}"));
        check(&format!("{both}],\"Path\":\"\\\\In"), &format!("cut {both}]}}]}}"));
        check(&format!("{both}],\"Path\":\"p\""), &format!("cut {both}],\"Path\":\"p\"}}]}}"));
        check(r#"{"a":1,"b":12"#, r#"cut {"a":1}"#);
        check(r#"{"a":1,"b":tr"#, r#"cut {"a":1}"#);
        check(r#"{"a":1,"b":"\u00"#, r#"cut {"a":1}"#);
    }

    #[test]
    fn broken_structure_is_not_guessed_at() {
        check("", "hopeless cut before anything was whole");
        check("{", "hopeless cut before anything was whole");
        check(r#"{"a" 1}"#, "hopeless a key without a colon at byte 5");
        check(r#"{"a":1}x"#, "hopeless text behind the record at byte 7");
        check(r#"{"a":1,}"#, "hopeless no text where one belongs at byte 7");
        check(r#"{'a':1}"#, "hopeless no text where one belongs at byte 1");
        check(r#"{"a":NaN}"#, "hopeless neither a value nor an end at byte 5");
        check(&"[".repeat(100), "hopeless nested too deep at byte 64");
        check("{\"a\":\"\\u00zz\"}", "hopeless a broken escape at byte 6");
    }

    fn mended(text: &str) -> Option<(bool, String)> {
        let (arena, flaws) = (bumpalo::Bump::new(), Flaws::default());
        match repair(text, Ctx { arena: &arena, flaws: &flaws }) {
            Repaired::Whole(text) => Some((true, text.to_owned())),
            Repaired::Cut(text) => Some((false, text.to_owned())),
            Repaired::Hopeless(_) => None,
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_mended_reads(text in r#"[{}\[\]",:\\\\u0dD8a1e.-]{0,40}"#) {
            if let Some((_, mended)) = mended(&text) {
                proptest::prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&mended).is_ok(), "{}", mended);
            }
        }

        #[test]
        fn a_sound_text_is_whole_and_cut_anywhere_is_a_beginning_of_it(
            values in proptest::collection::vec("[a-z\"\\\\é]{0,6}", 1..6),
            cut in 0.0f64..1.0,
        ) {
            let whole = serde_json::json!({"a": values, "b": {"c": values.len()}}).to_string();
            proptest::prop_assert_eq!(mended(&whole), Some((true, whole.clone())));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
            let mut at = (whole.len() as f64 * cut) as usize;
            while !whole.is_char_boundary(at) {
                at -= 1;
            }
            if let Some((false, kept)) = mended(&whole[..at]) {
                let body = kept.trim_end_matches(['}', ']']);
                proptest::prop_assert!(whole.starts_with(body), "{} is no beginning of {}", body, whole);
            }
        }
    }
}
