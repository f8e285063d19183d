//! F06: what the log could see of each mailbox on each day. The worse, the heavier; blank is not known.

use plotters::prelude::IntoDrawingArea as _;
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{TimeScale, time_axis};
use crate::band::{BandGroup, BandSpan};
use crate::canvas::{Canvas, Mark, Paint, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::{Chart, ChartTable, ColumnHead, Csv};
use crate::frame::{self, Area, box_swatch, italic, line, style, swatch, text, with};
use crate::measure::{self, Weight};
use crate::theme::{self, Hatch};
use crate::view::{CoverageRow, CoverageView};
use crate::words::{count, len, percent, real, stamp, thousands, window};

const FIGURE: &str = "F06";
const RIGHT: f64 = 84.0;

/// Draws F06.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn coverage(view: &CoverageView) -> Result<Chart, RenderError> {
    let title = "What the log could see of each mailbox, day by day".to_owned();
    let claim = claim(view);
    let mut svg = String::new();
    draw(view, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "coverage", csv: csv(view), table: table(view), title, claim, svg })
}

fn claim(view: &CoverageView) -> String {
    let whole = view.window.micros();
    let full = view.rows.iter().filter(|row| row.covered >= whole).count() as u64;
    let none = view.rows.iter().filter(|row| row.covered == 0).count() as u64;
    let mut claim = format!(
        "Recording is shown throughout for {} of {}, and at no time for {}.",
        thousands(full),
        count(len(&view.rows), "mailbox", "mailboxes"),
        thousands(none)
    );
    claim.push_str(" Each stretch takes its weakest instant and its weakest logon type.");
    claim
}

fn row_height(rows: usize) -> f64 {
    match rows {
        0..=20 => 22.0,
        21..=60 => 16.0,
        _ => 12.0,
    }
}

fn paint(group: BandGroup) -> Option<Paint> {
    match group {
        BandGroup::Unknown => None,
        BandGroup::NoLog => Some(Paint::Hatched(Hatch::Gap, None)),
        BandGroup::Throttled => Some(Paint::Hatched(Hatch::Throttled, None)),
        BandGroup::Doubtful => Some(Paint::Hatched(Hatch::Doubtful, None)),
        BandGroup::Inferred => Some(Paint::Plain("#e3e7eb")),
        BandGroup::Covered => Some(Paint::Plain("#a9b6c3")),
    }
}

fn draw(view: &CoverageView, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let rows = view.drawn();
    let each = row_height(rows.len());
    let footer = footer(view);
    let legend_y = frame::header_height(claim) + 18.0;
    let top = legend_y + 62.0;
    let bottom = top + each * f64::from(u32::try_from(rows.len().max(1)).unwrap_or(1));
    let sheet =
        Sheet { figure: FIGURE, size: (theme::WIDTH, bottom + 16.0 + frame::footer_height(&footer)), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    legend(&root, view, px(legend_y))?;
    let size = if each < 14.0 { 95.0 } else { theme::SMALL };
    let widest = rows.iter().map(|row| measure::width(&row.local, size, Weight::Regular)).fold(0.0, f64::max) / 10.0;
    let left = px(theme::MARGIN + (widest + 14.0).clamp(80.0, 190.0));
    let right = px(theme::WIDTH - theme::MARGIN - RIGHT);
    let scale = TimeScale::new(view.window, left, right);
    time_axis(&root, &scale, px(top), px(bottom))?;
    text(
        &root,
        (left - px(10.0), px(top - 11.0)),
        "UTC",
        style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center),
    )?;
    let at = (px(theme::WIDTH - theme::MARGIN), px(top - 11.0));
    text(&root, at, "observed", style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center))?;
    if rows.is_empty() {
        let at = (left.midpoint(right), px(top + each / 2.0));
        text(&root, at, "no mailbox in the case", italic(theme::LABEL, theme::MUTED, HPos::Center, VPos::Center))?;
    }
    for (index, row) in (0_u32..).zip(rows) {
        let y = px(top + each * f64::from(index));
        row_of(&root, view, row, &scale, (y, y + px(each)), size)?;
    }
    line(
        &root,
        (px(theme::MARGIN), px(bottom)),
        (px(theme::WIDTH - theme::MARGIN), px(bottom)),
        theme::RULE_STRONG,
        1.0,
    )?;
    frame::footer(&root, px(bottom + 16.0), &footer, "F06 · charts/F06-coverage.csv")
}

fn footer(view: &CoverageView) -> String {
    let mut footer = "Mailboxes with the least shown recording first.".to_owned();
    if view.step_days > 1 {
        footer.push_str(&format!(" Binned to {}.", count(view.step_days.unsigned_abs(), "day", "days")));
    }
    if view.rows_left_off > 0 {
        let more = count(view.rows_left_off as u64, "mailbox", "mailboxes");
        footer.push_str(&format!(" {more} more are in the table and the CSV."));
    }
    footer.push_str(" From tables/coverage.");
    footer
}

fn legend(root: &Area<'_>, view: &CoverageView, y: i32) -> Result<(), DrawError> {
    let mut x = px(theme::MARGIN);
    let has = |group: BandGroup| view.drawn().iter().flat_map(|row| &row.spans).any(|span| span.group == group);
    for group in BandGroup::ALL.into_iter().rev().filter(|group| has(*group)) {
        if let Some(paint) = paint(group) {
            swatch(root, &mut x, y, group.label(), box_swatch(paint))?;
        }
    }
    if has(BandGroup::Unknown) || view.drawn().iter().any(|row| row.spans.is_empty()) {
        text(root, (x, y), "blank: not known", style(theme::LABEL, theme::MUTED, HPos::Left, VPos::Center))?;
    }
    Ok(())
}

fn row_of(
    root: &Area<'_>,
    view: &CoverageView,
    row: &CoverageRow,
    scale: &TimeScale,
    (top, bottom): (i32, i32),
    size: f64,
) -> Result<(), DrawError> {
    let middle = top.midpoint(bottom);
    let left = scale.x(view.window.start);
    let room = f64::from(left - px(theme::MARGIN) - px(12.0));
    let name = measure::fit(&row.local, size, Weight::Regular, room);
    text(root, (left - px(10.0), middle), name, style(size, theme::INK_RGB, HPos::Right, VPos::Center))?;
    for span in &row.spans {
        let Some(paint) = paint(span.group) else { continue };
        let (a, b) = (scale.x(span.span.start), scale.x(span.span.end));
        let mark = Mark::titled(told(row, span));
        let b = b.max(a + px(1.0));
        with(root, |c| c.rect((a, top + px(1.5)), (b, bottom - px(1.5)), paint, 0, Some(&mark)))?;
    }
    let whole = view.window.micros();
    let share = if row.spans.is_empty() { "not known".to_owned() } else { percent(row.covered as f64, whole as f64) };
    let at = (px(theme::WIDTH - theme::MARGIN), middle);
    text(root, at, share, style(size, theme::INK_RGB, HPos::Right, VPos::Center))
}

fn told(row: &CoverageRow, span: &BandSpan) -> String {
    format!(
        "{}\n{}\n{} to {} UTC",
        row.local,
        span.state.map_or(span.group.label(), |state| state.as_str()),
        stamp(span.span.start),
        stamp(span.span.end)
    )
}

fn csv(view: &CoverageView) -> String {
    let mut csv = Csv::new(&["mailbox_id", "mailbox", "start_utc", "end_utc", "group", "weakest_state"]);
    for row in &view.rows {
        if row.spans.is_empty() {
            let (from, to) = (view.window.start.iso(), view.window.end.iso());
            csv.row([&row.id, &row.name, &from, &to, BandGroup::Unknown.as_str(), ""]);
        }
        for span in &row.spans {
            let (from, to) = (span.span.start.iso(), span.span.end.iso());
            let state = span.state.map_or("", |state| state.as_str());
            csv.row([&row.id, &row.name, &from, &to, span.group.as_str(), state]);
        }
    }
    csv.finish()
}

fn table(view: &CoverageView) -> ChartTable {
    let mut head = vec![ColumnHead::text("Mailbox")];
    head.extend(BandGroup::ALL.into_iter().rev().map(|group| ColumnHead::number(group.label())));
    head.push(ColumnHead::number("Share observed"));
    let whole = view.window.micros() as f64;
    let rows = view
        .rows
        .iter()
        .map(|row| {
            let mut cells = vec![row.name.clone()];
            cells.extend(row.hours.iter().rev().map(|hours| thousands(*hours)));
            cells.push(percent(row.covered as f64, whole.max(real(1))));
            cells
        })
        .collect();
    ChartTable { caption: format!("Figure F06 in hours; window {}.", window(view.window)), head, rows }
}
