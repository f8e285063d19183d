//! Owns how untrusted text enters a sink: HTML, XML (SVG), CSV, the JSON island.
//!
//! Client strings, folder names, subjects and file names are the intruder's to choose. Code points that XML forbids, or that
//! hide or reorder what follows them, are shown by number in everything a person looks at ([`visible`]).

use std::fmt::Write as _;

/// Whether a code point must be shown by its number: controls, bidi marks and overrides, invisible characters.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Text for human eyes: what hides or reorders text becomes `⟨U+202E⟩`; everything else stays.
#[must_use]
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_visible(&mut out, c));
    out
}

fn push_visible(out: &mut String, c: char) {
    if is_hidden(c) {
        out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
    } else {
        out.push(c);
    }
}

/// Visible text as XML content or a double-quoted attribute value.
#[must_use]
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A tooltip's line breaks are ours and wanted.
            '\n' => out.push('\n'),
            c => push_visible(&mut out, c),
        }
    }
    out
}

/// The escaper of every page (`askama.toml`): visible text as HTML content or a double-quoted attribute value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page;

impl askama::filters::Escaper for Page {
    fn write_escaped_str<W: std::fmt::Write>(&self, mut dest: W, string: &str) -> std::fmt::Result {
        for c in string.chars() {
            match c {
                '&' => dest.write_str("&#38;")?,
                '<' => dest.write_str("&#60;")?,
                '>' => dest.write_str("&#62;")?,
                '"' => dest.write_str("&#34;")?,
                '\'' => dest.write_str("&#39;")?,
                c if is_hidden(c) => write!(dest, "⟨U+{:04X}⟩", u32::from(c))?,
                c => dest.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// One CSV record, exact for machines (RFC 4180); the spreadsheet-safe form is another file's job.
pub(crate) fn csv_row<T: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = T>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let cell = cell.as_ref();
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

/// A JSON string literal, safe inside `<script type="application/json">`: `< > & U+2028 U+2029` are written as escapes,
/// which is legal anywhere in a JSON string and never JSON syntax.
pub(crate) fn json_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\u{0}'..='\u{1F}' | '\u{7F}' => {
                let written = write!(out, "\\u{:04x}", u32::from(c));
                debug_assert!(written.is_ok(), "a String takes every write");
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_is_shown_by_number() {
        assert_eq!(visible("a\u{202E}b\u{0}c\u{200B}"), "a⟨U+202E⟩b⟨U+0000⟩c⟨U+200B⟩");
        assert_eq!(visible("Größe 日本語 \u{202E}"), "Größe 日本語 ⟨U+202E⟩");
    }

    #[test]
    fn xml_text_cannot_leave_its_element_or_attribute() {
        assert_eq!(xml("</title>\"'&\u{1}"), "&lt;/title&gt;&quot;'&amp;⟨U+0001⟩");
    }

    #[test]
    fn csv_cells_are_exact_and_quoted_where_needed() {
        let mut out = String::new();
        csv_row(&mut out, ["a", "b,c", "d\"e", "=1+1", ""]);
        assert_eq!(out, "a,\"b,c\",\"d\"\"e\",=1+1,\n");
    }

    #[test]
    fn a_json_string_cannot_close_its_script() {
        let mut out = String::new();
        json_string(&mut out, "</script>&\u{2028}\"\\\n");
        assert_eq!(out, "\"\\u003c/script\\u003e\\u0026\\u2028\\\"\\\\\\u000a\"");
    }
}
