//! Owns the type of the printed report: the two cuts of Liberation Sans that every PDF embeds, how wide a text is in them, and
//! what stands for a character they do not have.
//!
//! Their widths are those the charts are measured with. An archival PDF may not hold a glyph that is missing: a character
//! outside Latin, Greek, Cyrillic and Hebrew is printed by its number, `‹U+65E5 U+672C›`, and the report says so where it
//! happened. A type that has them all would add tens of megabytes to the program.

use krilla::text::Font;
use ttf_parser::Face;

use crate::error::RenderError;
use crate::escape;

const REGULAR: &[u8] = include_bytes!("../../fonts/LiberationSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/LiberationSans-Bold.ttf");

/// Characters of a paragraph that are printed; our own are shorter.
pub(super) const PARAGRAPH: usize = 2_000;
/// Characters of a cell that are printed.
pub(super) const CELL: usize = 240;
/// Characters of what a reader is told aloud.
const SPOKEN: usize = 540;

/// How heavy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Regular,
    Bold,
}

struct Loaded {
    face: Face<'static>,
    font: Font,
}

/// Both cuts.
pub(super) struct Type {
    regular: Loaded,
    bold: Loaded,
    missing: std::cell::Cell<bool>,
}

impl Type {
    pub(super) fn load() -> Result<Self, RenderError> {
        let load = |bytes: &'static [u8]| {
            let unreadable = || RenderError::Paper { what: "the embedded font does not load".to_owned() };
            let face = Face::parse(bytes, 0).map_err(|_| unreadable())?;
            Ok::<_, RenderError>(Loaded { face, font: Font::new(bytes.into(), 0).ok_or_else(unreadable)? })
        };
        Ok(Self { regular: load(REGULAR)?, bold: load(BOLD)?, missing: std::cell::Cell::new(false) })
    }

    fn cut(&self, cut: Cut) -> &Loaded {
        match cut {
            Cut::Regular => &self.regular,
            Cut::Bold => &self.bold,
        }
    }

    /// The font as the PDF embeds it.
    pub(super) fn font(&self, cut: Cut) -> Font {
        self.cut(cut).font.clone()
    }

    /// Width of a text, in the unit of `size`.
    pub(super) fn width(&self, text: &str, size: f32, cut: Cut) -> f32 {
        let face = &self.cut(cut).face;
        let advance = |c| face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(0);
        let units: f32 = text.chars().map(|c| f32::from(advance(c))).sum();
        units * size / f32::from(face.units_per_em())
    }

    /// The text as it can be printed: at most `most` characters of it, and a mark where some are left out. Nobody reads a name of
    /// 4,000 characters on paper, and whoever chose it must not choose how many sheets there are.
    pub(super) fn printable(&self, text: &str, most: usize) -> String {
        let length = text.chars().count();
        if length <= most {
            return self.spelled(text);
        }
        let (head, tail) = (most * 3 / 4, most / 4);
        let start: String = text.chars().take(head).collect();
        let end: String = text.chars().skip(length - tail).collect();
        let left_out = crate::words::thousands((length - head - tail) as u64);
        format!("{} […{left_out} characters left out…] {}", self.spelled(&start), self.spelled(&end))
    }

    /// Every character as the type has it, or its number. Several numbers in a row share a pair of marks.
    fn spelled(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut in_numbers = false;
        for c in escape::visible(text).chars() {
            let number = match c {
                '⟨' | '⟩' => None,
                c if self.regular.face.glyph_index(c).is_some() => None,
                c => Some(u32::from(c)),
            };
            match number {
                Some(number) => {
                    self.missing.set(true);
                    out.push_str(if in_numbers { " " } else { "‹" });
                    out.push_str(&format!("U+{number:04X}"));
                }
                None => {
                    if in_numbers {
                        out.push('›');
                    }
                    out.push(match c {
                        '⟨' => '‹',
                        '⟩' => '›',
                        c => c,
                    });
                }
            }
            in_numbers = number.is_some();
        }
        if in_numbers {
            out.push('›');
        }
        out
    }

    /// Whether a character was printed by its number, because the type does not have it.
    pub(super) fn lacked_a_character(&self) -> bool {
        self.missing.get()
    }

    /// The text as it is named to a reader: the standard allows names of 32,767 bytes, and nobody listens to a thousand words.
    pub(super) fn spoken(&self, text: &str) -> String {
        self.printable(text, SPOKEN)
    }

    /// A printable text in lines no wider than `limit`; a word that is wider by itself is broken.
    pub(super) fn wrap(&self, text: &str, size: f32, cut: Cut, limit: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut used = 0.0;
        let blank = self.width(" ", size, cut);
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let wide = self.width(word, size, cut);
            if used > 0.0 && used + blank + wide <= limit {
                push(&mut lines, " ");
                push(&mut lines, word);
                used += blank + wide;
                continue;
            }
            if used > 0.0 {
                lines.push(String::new());
                used = 0.0;
            }
            if wide <= limit {
                push(&mut lines, word);
                used = wide;
                continue;
            }
            for c in word.chars() {
                let mut letter = [0; 4];
                let letter = &*c.encode_utf8(&mut letter);
                let wide = self.width(letter, size, cut);
                if used > 0.0 && used + wide > limit {
                    lines.push(String::new());
                    used = 0.0;
                }
                push(&mut lines, letter);
                used += wide;
            }
        }
        lines
    }
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{CELL, Cut, PARAGRAPH, Type};

    #[test]
    fn what_the_font_lacks_is_printed_by_its_number() {
        let kind = Type::load().unwrap();
        for (text, expected) in
            [("Größe Ωж א", "Größe Ωж א"), ("日", "‹U+65E5›"), ("a\u{202E}b", "a‹U+202E›b"), ("⟨", "‹")]
        {
            assert_eq!(kind.printable(text, PARAGRAPH), expected);
        }
    }

    #[test]
    fn numbers_of_neighbours_share_their_marks_and_the_report_can_say_that_there_are_any() {
        let kind = Type::load().unwrap();
        assert_eq!(kind.printable("Größe Привет", PARAGRAPH), "Größe Привет");
        assert!(!kind.lacked_a_character());
        assert_eq!(kind.printable("a日本b\u{202E}", PARAGRAPH), "a‹U+65E5 U+672C›b‹U+202E›");
        assert!(kind.lacked_a_character());
    }

    #[test]
    fn what_is_too_long_for_paper_is_cut_in_its_middle_and_says_how_much_is_gone() {
        let kind = Type::load().unwrap();
        let text = format!("{}{}", "x".repeat(3_990), "0123456789");
        let printed = kind.printable(&text, CELL);
        assert_eq!(printed, format!("{} […3,760 characters left out…] {}0123456789", "x".repeat(180), "x".repeat(50)));
        assert_eq!(kind.printable(&"y".repeat(CELL), CELL), "y".repeat(CELL));
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        let kind = Type::load().unwrap();
        let text = format!("a few words and one of them {} is long", "x".repeat(400));
        let lines = kind.wrap(&text, 10.0, Cut::Regular, 120.0);
        assert!(lines.iter().all(|line| kind.width(line, 10.0, Cut::Regular) <= 120.0));
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}
