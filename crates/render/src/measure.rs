//! Owns how wide a text is, and what follows: wrapping a sentence, cutting a name. Does not know what the text means.
//!
//! The table holds the advance widths of Helvetica, which Arial and Liberation Sans share. Against a browser it is exact to
//! 2 % for ASCII and never too narrow; accents count 620 thousandths, CJK and emoji a full em.

use crate::canvas::UNITS;

#[rustfmt::skip]
const REGULAR: [u16; 95] = [278,278,355,556,556,889,667,191,333,333,389,584,278,333,278,278,556,556,556,556,556,556,556,556,556,556,278,278,584,584,584,556,1015,667,667,722,722,667,611,778,722,278,500,667,556,833,722,778,667,778,722,667,611,722,667,944,667,667,611,278,278,278,469,556,333,556,556,500,556,556,278,556,556,222,222,500,222,833,556,556,556,556,333,500,278,556,500,722,500,500,500,334,260,334,584];
#[rustfmt::skip]
const BOLD: [u16; 95] = [278,333,474,556,556,889,722,238,333,333,389,584,278,333,278,278,556,556,556,556,556,556,556,556,556,556,333,333,584,584,584,611,975,722,722,722,722,667,611,778,722,278,556,722,611,833,722,778,667,778,722,667,611,722,667,944,667,667,611,333,278,333,584,556,333,556,611,556,611,556,333,611,611,278,278,556,278,889,611,611,611,611,389,556,333,611,556,778,556,556,500,389,280,389,584];

/// How heavy a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// As running text.
    Regular,
    /// As a heading.
    Bold,
}

/// Advance width of `text` at `size`, in the unit of `size`.
#[must_use]
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let table = if weight == Weight::Bold { &BOLD } else { &REGULAR };
    let thousandths: u64 = text.chars().map(|c| u64::from(advance(c, table))).sum();
    crate::words::real(thousandths) * size / 1000.0
}

fn advance(c: char, table: &[u16; 95]) -> u16 {
    let code = u32::from(c);
    let ascii = code.checked_sub(32).and_then(|at| usize::try_from(at).ok()).and_then(|at| table.get(at));
    match (ascii, code) {
        (Some(width), _) => *width,
        (None, 0x300..=0x36F | 0x200B..=0x200F) => 0,
        (None, 0xA0 | 0xB7) => 278,
        (None, 0x2013) => 556,
        (None, 0x2014 | 0x2026) => 1000,
        (None, 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFF00..=0xFF60) => 1000,
        (None, 0x1F300..=0x1FAFF | 0x20000..=0x3FFFF) => 1000,
        (None, _) => 620,
    }
}

/// `text` in lines no wider than `limit`, as even as they can be without one more line: no orphaned last word.
#[must_use]
pub(crate) fn wrap(text: &str, size: f64, limit: f64) -> Vec<String> {
    let lines = break_at(text, size, limit);
    let (mut low, mut high) = (0.0, limit);
    // Twelve halvings find the smallest width with the same number of lines to under a pixel.
    for _ in 0..12 {
        let middle = f64::midpoint(low, high);
        if break_at(text, size, middle).len() > lines.len() {
            low = middle;
        } else {
            high = middle;
        }
    }
    break_at(text, size, high)
}

fn break_at(text: &str, size: f64, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line)
                if width(line, size, Weight::Regular) + width(word, size, Weight::Regular) + size * 0.278 <= limit =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `text` cut in the middle to fit, since both ends of an address tell it apart.
#[must_use]
pub(crate) fn fit(text: &str, size: f64, weight: Weight, limit: f64) -> String {
    if width(text, size, weight) <= limit {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    // No label holds more than this many characters, whatever a folder's 4,000-character name would ask for.
    let most = (limit / size / 0.2).clamp(2.0, 400.0) as usize;
    for keep in (2..chars.len().min(most)).rev() {
        let (head, tail) = (keep.div_ceil(2), keep / 2);
        let cut: String = chars[..head].iter().chain(['…'].iter()).chain(chars[chars.len() - tail..].iter()).collect();
        if width(&cut, size, weight) <= limit {
            return cut;
        }
    }
    "…".to_owned()
}

/// Width in canvas units, rounded up.
#[must_use]
pub(crate) fn units(text: &str, size: f64, weight: Weight) -> i32 {
    crate::canvas::px(width(text, size, weight).ceil() / UNITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_name_keeps_both_ends_and_fits() {
        let cut = fit("r.castellanos-montgomery", 120.0, Weight::Bold, 900.0);
        assert!(cut.starts_with("r.c") && cut.ends_with("ry") && cut.contains('…'), "{cut}");
        assert!(width(&cut, 120.0, Weight::Bold) <= 900.0);
        assert_eq!(fit(&"長".repeat(4_000), 120.0, Weight::Regular, 500.0).chars().count(), 4);
    }

    #[test]
    fn wrapped_lines_are_even() {
        let lines = wrap("one two three four five six seven", 100.0, 1_400.0);
        assert_eq!(lines.len(), 2);
        let widths: Vec<f64> = lines.iter().map(|line| width(line, 100.0, Weight::Regular)).collect();
        assert!((widths[0] - widths[1]).abs() < 500.0, "{lines:?}");
        assert!(wrap("", 100.0, 100.0).is_empty());
    }
}
