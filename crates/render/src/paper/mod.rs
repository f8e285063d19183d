//! The report on paper: a PDF made without a browser, from the same sections as the page.
//!
//! Owns: sheets of A4, the embedded type, the tags that make the file readable to a screen reader, the running header with
//! legend and case, page numbers. Archival PDF/A-2a. Does not decide what a section says: that is `page`.

mod flow;
mod font;
mod leaf;
mod picture;
mod press;
mod table;

use crate::error::RenderError;
use crate::page::{self, ReportInput};

use flow::{Flow, MEASURE, SHEET, SIDE, SMALL};
use font::Type;
use leaf::{RULE, Sense, Shape};

/// Said at the end where a character is printed by its number.
const LACKING: &str = "About this document: a character that its embedded type does not have is printed by its Unicode number, \
                       ‹U+65E5 U+672C›. report.html and the files in the folder tables have the characters themselves.";

/// `report.pdf`: the cover report of a case.
///
/// # Errors
/// [`RenderError::Paper`] if the embedded type does not load or the document breaks its own standard: a bug.
pub fn report_pdf(input: &ReportInput<'_>) -> Result<Vec<u8>, RenderError> {
    let kind = Type::load()?;
    let (cover, sections) = page::laid_out(input, Some(table::ROWS))?;
    let mut flow = Flow::new(&kind);
    flow.cover(&cover);
    for (place, section) in sections.iter().enumerate() {
        flow.section(place + 1, section);
    }
    if kind.lacked_a_character() {
        flow.paragraph(LACKING, SMALL);
    }
    let made_by = format!("mailtrail {}", input.tool_version);
    margins(&mut flow, &cover.running, &made_by);
    let date = input.case.report_date.unwrap_or_else(|| input.timeline.window.span.end.to_datetime().date_naive());
    let title = press::Title { title: kind.spoken(&cover.title), made_by, date };
    press::print(&flow.layout, &kind, &title)
}

/// Head and foot of each sheet.
fn margins(flow: &mut Flow<'_>, running: &str, made_by: &str) {
    let running = flow.kind.printable(running, font::CELL);
    let running = flow.kind.wrap(&running, SMALL.size, SMALL.cut, MEASURE);
    let head = match running.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, ..] => format!("{first} …"),
    };
    let sheets = std::mem::take(&mut flow.layout.sheets);
    let all = sheets.len();
    for (place, sheet) in sheets.into_iter().enumerate() {
        flow.layout.sheets.push(sheet);
        if !head.is_empty() {
            flow.line(SIDE, 30.0, head.clone(), SMALL, Sense::Header);
        }
        let rule = Shape::Line { from: (SIDE, 45.0), to: (SIDE + MEASURE, 45.0), width: 0.5, ink: RULE };
        flow.draw(rule, Sense::Layout);
        let foot = SHEET.1 - 38.0;
        flow.line(SIDE, foot, made_by.to_owned(), SMALL, Sense::Footer);
        let number = format!("{} / {all}", place + 1);
        let wide = flow.kind.width(&number, SMALL.size, SMALL.cut);
        flow.line(SIDE + MEASURE - wide, foot, number, SMALL, Sense::Footer);
    }
}

#[cfg(test)]
mod tests {
    use super::picture;

    /// Whether paper can draw everything a chart consists of.
    #[test]
    fn every_element_the_canvas_writes_is_known_on_paper() {
        let mut svg = String::new();
        let sheet = crate::canvas::Sheet { figure: "F01", size: (10.0, 10.0), title: "t", claim: "c" };
        drop(crate::canvas::Canvas::open(&mut svg, &sheet));
        assert!(picture::elements(&svg).iter().all(|element| picture::DRAWN.contains(&element.name)), "{svg}");
        assert_eq!(picture::size(&svg), Some((10.0, 10.0)));
    }
}
