//! F09: the messages of each class before and now, and the difference. Two bars a class, told apart by place and fill.

use mailtrail_model::{ExposureClass, Revision};
use plotters::prelude::IntoDrawingArea as _;
use plotters::style::text_anchor::{HPos, VPos};

use crate::canvas::{Canvas, Mark, Paint, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::{Chart, ChartTable, ColumnHead, Csv};
use crate::frame::{self, Area, bold, box_swatch, line, style, swatch, text, with};
use crate::theme;
use crate::words::{count, real, thousands};

use super::totals::paint;

const FIGURE: &str = "F09";
const ROW: f64 = 40.0;
const NAME: f64 = 300.0;
const NUMBERS: f64 = 240.0;
const BEFORE: &str = "#c3cad2";

/// Draws F09.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn changes(revision: &Revision) -> Result<Chart, RenderError> {
    let title = "Messages by class, before and now".to_owned();
    let claim = claim(revision);
    let mut svg = String::new();
    draw(revision, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "changes", csv: csv(revision), table: table(revision), title, claim, svg })
}

fn claim(revision: &Revision) -> String {
    let moved: u64 = revision.moves.iter().filter(|one| one.before != one.after).map(|one| one.messages).sum();
    let (before, after) = revision.totals(ExposureClass::A);
    format!(
        "{} in another class than in the earlier report. Recorded in suspect accesses (A): {} before, {} now.",
        count(moved, "message is", "messages are"),
        thousands(before),
        thousands(after),
    )
}

fn difference(before: u64, after: u64) -> String {
    match (before, after) {
        (before, after) if after > before => format!("+{}", thousands(after - before)),
        (before, after) if before > after => format!("−{}", thousands(before - after)),
        _ => "0".to_owned(),
    }
}

fn draw(revision: &Revision, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let footer =
        "Bars share one scale. Messages that only one of the two reports lists are in that one's numbers only.";
    let legend_y = frame::header_height(claim) + 18.0;
    let top = legend_y + 44.0;
    let bottom = top + ROW * 9.0;
    let sheet =
        Sheet { figure: FIGURE, size: (theme::WIDTH, bottom + 16.0 + frame::footer_height(footer)), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    let mut x = px(theme::MARGIN);
    swatch(&root, &mut x, px(legend_y), "before", box_swatch(Paint::Plain(BEFORE)))?;
    swatch(&root, &mut x, px(legend_y), "now, filled as its class", box_swatch(paint(ExposureClass::A)))?;
    let (left, right) = (px(theme::MARGIN), px(theme::WIDTH - theme::MARGIN));
    for (place, words) in [(0.0, "Before"), (1.0, "Now"), (2.0, "Difference")] {
        let at = (px(theme::MARGIN + NAME + NUMBERS / 3.0 * (place + 1.0)), px(top - 11.0));
        text(&root, at, words, style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center))?;
    }
    line(&root, (left, px(top)), (right, px(top)), theme::RULE_STRONG, 1.0)?;
    let most = ExposureClass::ALL.iter().map(|class| revision.totals(*class)).map(|(a, b)| a.max(b)).max().unwrap_or(1);
    for (index, class) in (0_u32..).zip(ExposureClass::ALL) {
        row(&root, revision, class, top + ROW * f64::from(index), most.max(1))?;
    }
    line(&root, (left, px(bottom)), (right, px(bottom)), theme::RULE_STRONG, 1.0)?;
    frame::footer(&root, px(bottom + 16.0), footer, "F09 · charts/F09-changes.csv")
}

fn row(root: &Area<'_>, revision: &Revision, class: ExposureClass, y: f64, most: u64) -> Result<(), DrawError> {
    let (before, after) = revision.totals(class);
    let middle = px(y + ROW / 2.0);
    let name = format!("{}  {}", class.as_str(), class.label());
    text(root, (px(theme::MARGIN), middle), name, style(theme::LABEL, theme::INK_RGB, HPos::Left, VPos::Center))?;
    let changed = before != after;
    let cells = [thousands(before), thousands(after), difference(before, after)];
    for (place, words) in (1_u32..).zip(cells) {
        let at = (px(theme::MARGIN + NAME + NUMBERS / 3.0 * f64::from(place)), middle);
        let face = match (place, changed) {
            (3, true) => bold(theme::LABEL, theme::INK_RGB, HPos::Right, VPos::Center),
            (3, false) => style(theme::LABEL, theme::MUTED, HPos::Right, VPos::Center),
            _ => style(theme::LABEL, theme::INK_RGB, HPos::Right, VPos::Center),
        };
        text(root, at, words, face)?;
    }
    let start = px(theme::MARGIN + NAME + NUMBERS + 30.0);
    let room = f64::from(px(theme::WIDTH - theme::MARGIN) - start);
    let end = |n: u64| start + (room * real(n) / real(most)).round() as i32;
    for (n, shift, fill, words) in [(before, 6.0, Paint::Plain(BEFORE), "before"), (after, 21.0, paint(class), "now")] {
        if n > 0 {
            let mark = Mark::titled(format!("{} {words}: {}", class.as_str(), thousands(n)));
            let (a, b) = ((start, px(y + shift)), (end(n).max(start + px(1.0)), px(y + shift + 13.0)));
            with(root, |c| c.rect(a, b, fill, 0, Some(&mark)))?;
        }
    }
    Ok(())
}

fn csv(revision: &Revision) -> String {
    let mut csv = Csv::new(&["class_before", "class_now", "messages"]);
    let word = |class: Option<ExposureClass>| class.map_or("", ExposureClass::as_str);
    for one in &revision.moves {
        csv.row([word(one.before), word(one.after), &one.messages.to_string()]);
    }
    csv.finish()
}

fn table(revision: &Revision) -> ChartTable {
    let rows = ExposureClass::ALL.into_iter().map(|class| {
        let (before, after) = revision.totals(class);
        vec![
            format!("{} {}", class.as_str(), class.label()),
            thousands(before),
            thousands(after),
            difference(before, after),
        ]
    });
    ChartTable {
        caption: "Figure F09 as a table.".to_owned(),
        head: vec![
            ColumnHead::text("Class"),
            ColumnHead::number("Before"),
            ColumnHead::number("Now"),
            ColumnHead::number("Difference"),
        ],
        rows: rows.collect(),
    }
}
