//! F03: how many messages each way in had named by when. No ceiling is drawn: deleted mail is in no total.

use plotters::prelude::{ChartBuilder, IntoDrawingArea as _, LineSeries, RGBColor};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{TimeScale, time_axis};
use crate::canvas::{Canvas, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::{Chart, ChartTable, ColumnHead, Csv};
use crate::frame::{self, Area, bold, italic, line, style, text};
use crate::measure::{self, Weight};
use crate::theme;
use crate::view::{CaseMarking, CumulativeView, GrowthLine, GrowthUnit, LineKind};
use crate::words::{count, stamp, thousands};

const FIGURE: &str = "F03";
const PLOT: f64 = 340.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 232.0;

/// The lines' colours, each 3:1 on white; every line is also labelled at its end.
const COLORS: [RGBColor; 6] = [
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0x8a, 0x3b, 0x78),
    RGBColor(0x00, 0x7f, 0x5c),
    RGBColor(0x8a, 0x6d, 0x00),
    RGBColor(0x66, 0x72, 0x7f),
];

/// Draws F03.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn cumulative(view: &CumulativeView) -> Result<Chart, RenderError> {
    let (title, claim) = (title(view), claim(view));
    let mut svg = String::new();
    draw(view, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "cumulative", csv: csv(view), table: table(view), title, claim, svg })
}

fn title(view: &CumulativeView) -> String {
    match view.marking {
        CaseMarking::Nothing => "Messages named, by application and client".to_owned(),
        _ => "Messages named in suspect accesses, by application and client".to_owned(),
    }
}

fn claim(view: &CumulativeView) -> String {
    let marked = view.marking.is_marked();
    match view.lines.iter().find(|line| line.kind == LineKind::Own) {
        None => "No record in the window names a message.".to_owned(),
        Some(first) => {
            let mut claim = format!(
                "{} named messages{}; the one that named most named {}.",
                count(view.doors, "application and client", "pairs of application and client"),
                if marked { " in suspect accesses" } else { "" },
                thousands(first.last())
            );
            claim.push_str(match view.unit {
                GrowthUnit::Distinct => " A message counts once for each way in.",
                GrowthUnit::PerSession => {
                    " Added up session by session: a message in two sessions counts twice, so the lines are upper bounds of \
                     the distinct messages named."
                }
            });
            claim
        }
    }
}

fn draw(view: &CumulativeView, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let footer = "Messages that records name, by the time of the record. What the log did not record is in no line: see the \
                  coverage.";
    let top = frame::header_height(claim) + 58.0;
    let height = top + PLOT + 18.0 + frame::footer_height(footer);
    let sheet = Sheet { figure: FIGURE, size: (theme::WIDTH, height), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    let (left, right) = (px(theme::MARGIN + LEFT), px(theme::WIDTH - theme::MARGIN - RIGHT));
    let (top, bottom) = (px(top), px(top + PLOT));
    let scale = TimeScale::new(view.window, left, right);
    time_axis(&root, &scale, top, bottom)?;
    text(
        &root,
        (left - px(10.0), top - px(11.0)),
        "UTC",
        style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center),
    )?;
    lines(&root, view, &scale, [left, top, right, bottom])?;
    frame::footer(&root, bottom + px(18.0), footer, "F03 · charts/F03-cumulative.csv")
}

fn lines(root: &Area<'_>, view: &CumulativeView, scale: &TimeScale, edges: [i32; 4]) -> Result<(), DrawError> {
    let [left, top, right, bottom] = edges;
    let highest = view.lines.iter().map(GrowthLine::last).max().unwrap_or(0).max(1);
    let step = grid_step(highest);
    let size = |a: i32, b: i32| u32::try_from(b - a).unwrap_or(0);
    let area = root.clone().shrink((left, top), (size(left, right), size(top, bottom)));
    let span = scale.span();
    let head_room = highest + highest / 20 + 1;
    let mut chart = ChartBuilder::on(&area).build_cartesian_2d(span.start.0..span.end.0, 0_u64..head_room)?;
    let mut value = 0;
    while value <= head_room {
        let y = chart.backend_coord(&(span.start.0, value)).1;
        line(root, (left, y), (right, y), if value == 0 { theme::RULE_STRONG } else { theme::RULE }, 1.0)?;
        let at = (left - px(10.0), y);
        text(root, at, thousands(value), style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center))?;
        value += step;
    }
    if view.lines.is_empty() {
        let at = (left.midpoint(right), top.midpoint(bottom));
        return text(root, at, "nothing to add up", italic(theme::LABEL, theme::MUTED, HPos::Center, VPos::Center));
    }
    let mut labels: Vec<(i32, u64, &str, RGBColor)> = Vec::new();
    // The sum is drawn first: where it runs with a way in, the way in is seen.
    for (index, entry) in view.lines.iter().enumerate() {
        let color = color(view, index);
        let mut path = Vec::new();
        let mut last = 0;
        for (at, value) in &entry.steps {
            path.extend([(at.0.clamp(span.start.0, span.end.0), last), (at.0.clamp(span.start.0, span.end.0), *value)]);
            last = *value;
        }
        path.push((span.end.0, last));
        chart.draw_series(LineSeries::new(path, color.stroke_width(u32::try_from(px(2.2)).unwrap_or(1))))?;
        labels.push((chart.backend_coord(&(span.end.0, last)).1, last, &entry.label, color));
    }
    labels.sort_by_key(|(y, value, label, _)| (*y, *value, *label));
    for ((y, value, label, color), at) in labels.iter().zip(pushed_apart(&labels, bottom)) {
        line(root, (right + px(3.0), *y), (right + px(12.0), at), *color, 1.0)?;
        let x = right + px(17.0);
        let number = bold(theme::LABEL, *color, HPos::Left, VPos::Center);
        text(root, (x, at - px(7.0)), thousands(*value), number)?;
        let label = measure::fit(label, theme::SMALL, Weight::Regular, f64::from(px(RIGHT - 20.0)));
        text(root, (x, at + px(8.0)), label, style(theme::SMALL, *color, HPos::Left, VPos::Center))?;
    }
    Ok(())
}

/// The sum in ink, the ways in each in a colour of its own.
fn color(view: &CumulativeView, index: usize) -> RGBColor {
    let sums = view.lines.iter().take(1).filter(|line| line.kind == LineKind::Sum).count();
    match index.checked_sub(sums) {
        None => theme::INK_RGB,
        Some(place) => COLORS[place.min(COLORS.len() - 1)],
    }
}

/// Four to seven grid lines at round numbers.
fn grid_step(highest: u64) -> u64 {
    (0..19)
        .flat_map(|power| [1, 2, 5].map(|m| 10_u64.saturating_pow(power).saturating_mul(m)))
        .find(|step| highest / step < 7)
        .unwrap_or(u64::MAX)
}

/// Two sweeps: down, so that no label touches the one above; up, so that the last stays inside.
fn pushed_apart(labels: &[(i32, u64, &str, RGBColor)], bottom: i32) -> Vec<i32> {
    let apart = px(34.0);
    let mut at: Vec<i32> = labels.iter().map(|label| label.0).collect();
    for index in 1..at.len() {
        at[index] = at[index].max(at[index - 1] + apart);
    }
    if let Some(last) = at.last_mut() {
        *last = (*last).min(bottom - px(6.0));
    }
    for index in (1..at.len()).rev() {
        at[index - 1] = at[index - 1].min(at[index] - apart);
    }
    at
}

fn unit(view: &CumulativeView) -> &'static str {
    match view.unit {
        GrowthUnit::Distinct => "distinct",
        GrowthUnit::PerSession => "summed-by-session",
    }
}

fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Sum => "sum",
        LineKind::Own => "application-and-client",
        LineKind::Others => "others",
    }
}

fn csv(view: &CumulativeView) -> String {
    let mut csv = Csv::new(&["line", "label", "at_utc", "messages", "counted"]);
    for line in &view.lines {
        for (at, value) in &line.steps {
            csv.row([kind(line.kind), &line.label, &at.iso(), &value.to_string(), unit(view)]);
        }
    }
    csv.finish()
}

fn table(view: &CumulativeView) -> ChartTable {
    let rows = view
        .lines
        .iter()
        .map(|line| {
            let at =
                |step: Option<&(mailtrail_model::UtcMicros, u64)>| step.map_or_else(String::new, |(at, _)| stamp(*at));
            let half = line.steps.iter().find(|(_, value)| *value * 2 >= line.last());
            vec![line.label.clone(), at(line.steps.first()), at(half), at(line.steps.last()), thousands(line.last())]
        })
        .collect();
    ChartTable {
        caption: "Figure F03 as a table.".to_owned(),
        head: vec![
            ColumnHead::text("Application and client"),
            ColumnHead::text("First (UTC)"),
            ColumnHead::text("Half of them by (UTC)"),
            ColumnHead::text("Last rise (UTC)"),
            ColumnHead::number("Messages"),
        ],
        rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_has_round_steps_and_few_lines() {
        for (highest, expected) in
            [(1, 1), (6, 1), (7, 2), (100, 20), (8_904, 2_000), (u64::MAX, 5_000_000_000_000_000_000)]
        {
            assert_eq!(grid_step(highest), expected, "{highest}");
        }
    }

    #[test]
    fn labels_do_not_touch() {
        let labels = [(0, 1, "a", COLORS[0]), (10, 2, "b", COLORS[1]), (3_400, 3, "c", COLORS[2])];
        let at = pushed_apart(&labels, 3_400);
        assert!(at.windows(2).all(|pair| pair[1] - pair[0] >= px(34.0)), "{at:?}");
        assert!(at[2] <= 3_400);
    }
}
