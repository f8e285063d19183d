//! Owns text on its way into a spreadsheet: nothing that is calculated, opened, hidden or cut without saying so.
//!
//! A cell whose text begins like a formula is calculated by some programs the next time it is opened, saved as CSV and opened,
//! or pasted. So such a text is led by an apostrophe, also behind each character at which a program of another locale may
//! begin a new cell (`;`, a tab, a line break). What hides or reorders text is shown by number, as everywhere.

use std::borrow::Cow;

use crate::escape;

/// Longest text of a cell, in UTF-16 units: Excel's limit is 32,767; the rest is for the words that say so.
const LONGEST: usize = 32_000;

/// A text that is safe in a cell, and whether it differs from what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SafeText<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) changed: bool,
}

impl<'t> SafeText<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let plain = |c: char| c == ' ' || c.is_ascii_alphanumeric();
        if text.len() <= LONGEST && text.chars().all(plain) {
            return Self { text: Cow::Borrowed(text), changed: false };
        }
        let safe = cut(&escape::visible(&marked(text)));
        if safe == text {
            Self { text: Cow::Borrowed(text), changed: false }
        } else {
            Self { text: Cow::Owned(safe), changed: true }
        }
    }
}

/// Whether a program may take a text that begins so for something to calculate; the last four are their full-width forms.
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠')
}

/// Whether a program of some locale may begin a new cell behind it.
fn ends_cell(c: char) -> bool {
    matches!(c, ';' | '\t' | '\r' | '\n')
}

/// The text with an apostrophe wherever a cell that is calculated could begin.
fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut at_start = true;
    for c in text.chars() {
        if at_start && begins_formula(c) {
            out.push('\'');
            at_start = false;
        }
        out.push(c);
        at_start = ends_cell(c) || at_start && (c == ' ' || c == '"');
    }
    out
}

fn cut(text: &str) -> String {
    let mut units = 0;
    match text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST
    }) {
        None => text.to_owned(),
        Some((end, _)) => format!("{} … (cut here; whole in the exact table)", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::SafeText;

    fn check(text: &str, expected: &str) {
        let safe = SafeText::of(text);
        assert_eq!(safe.text, expected, "{text:?}");
        assert_eq!(safe.changed, text != expected, "{text:?}");
    }

    #[test]
    fn what_begins_like_a_formula_is_led_by_an_apostrophe() {
        check("=1+1", "'=1+1");
        check("+49 170", "'+49 170");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\t=1", "'⟨U+0009⟩'=1");
        check("\r=1", "'⟨U+000D⟩'=1");
        check("  =1", "  '=1");
        check("＝1", "'＝1");
        check("\"=1", "\"'=1");
    }

    #[test]
    fn a_cell_that_another_locale_would_begin_is_led_by_one_too() {
        check("a;=1", "a;'=1");
        check("a\n@x", "a⟨U+000A⟩'@x");
        check("a; b", "a; b");
    }

    #[test]
    fn ordinary_texts_stay_as_they_are() {
        for text in ["", "<a=b-c@d.example>", "RE: 1-2=3", "M001", "\\Inbox\\Größe", "日本語"] {
            check(text, text);
        }
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let safe = SafeText::of(&"長".repeat(40_000)).text.into_owned();
        assert!(safe.ends_with("(cut here; whole in the exact table)"));
        assert!(safe.encode_utf16().count() <= 32_767);
    }
}
