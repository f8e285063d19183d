//! Owns text on its way to a terminal: hostile characters are shown by number, numbers are grouped, colour only where wanted.

use std::io::IsTerminal;

/// Text that an intruder may have chosen, safe to print: control, bidirectional and invisible characters become `⟨U+XXXX⟩`.
pub(crate) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = matches!(c, '\u{00}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}');
        if hidden {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// `1,234,567`.
pub(crate) fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Whether standard output may carry colour: a terminal, and `NO_COLOR` unset or empty (no-color.org).
pub(crate) fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// `text` in bold where colour is wanted.
pub(crate) fn bold(text: &str) -> String {
    if colour() { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{safe, thousands};

    #[test]
    fn escape_sequences_and_reordering_do_not_reach_the_terminal() {
        assert_eq!(safe("a\u{1b}[31mb"), "a⟨U+001B⟩[31mb");
        assert_eq!(safe("gpj\u{202E}exe"), "gpj⟨U+202E⟩exe");
        assert_eq!(safe("Größe 日本"), "Größe 日本");
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        for (value, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(value), text);
        }
    }
}
