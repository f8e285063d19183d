//! F02: day by hour. A cell with no log is hatched, a cell with none is almost white: the two are never alike.

use chrono::{Datelike as _, Weekday};
use plotters::prelude::IntoDrawingArea as _;
use plotters::style::text_anchor::{HPos, VPos};

use crate::canvas::{Canvas, Mark, Paint, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::{Chart, ChartTable, ColumnHead, Csv};
use crate::frame::{self, Area, bold, box_swatch, line, style, swatch, text, with};
use crate::measure::{self, Weight};
use crate::theme::{self, Hatch};
use crate::view::{CaseMarking, HeatUnit, HeatmapView, Sight};
use crate::words::{count, iso_day, percent, real, thousands};

const FIGURE: &str = "F02";
const CELL: f64 = 13.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 110.0;

/// Lower bounds of the steps: for records, and for the few sessions an hour can hold.
const MANY: [u64; 6] = [0, 1, 5, 20, 80, 300];
const FEW: [u64; 6] = [0, 1, 2, 4, 8, 16];
/// Their tints: one hue, even steps in lightness, dark enough at the end for a grey print.
const MARKED: [&str; 6] = ["#f3f1ee", "#fbd9bd", "#f6b27f", "#ea8440", "#c9540a", "#7c3000"];
/// The same where nothing is marked: the suspect's hue would accuse.
const PLAIN: [&str; 6] = ["#f1f3f5", "#d3dde7", "#a9bed2", "#7698b8", "#43719b", "#1d4468"];

/// Draws F02.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn heatmap(view: &HeatmapView) -> Result<Chart, RenderError> {
    let (title, claim) = (title(view), claim(view));
    let mut svg = String::new();
    draw(view, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "hours", csv: csv(view), table: table(view), title, claim, svg })
}

fn tint(view: &HeatmapView, n: u64) -> &'static str {
    let step = steps(view).iter().rposition(|low| n >= *low).unwrap_or(0);
    if view.marking.is_marked() { MARKED[step] } else { PLAIN[step] }
}

fn steps(view: &HeatmapView) -> [u64; 6] {
    match view.unit {
        HeatUnit::Records => MANY,
        HeatUnit::Sessions => FEW,
    }
}

fn strong(view: &HeatmapView) -> &'static str {
    if view.marking.is_marked() { theme::SUSPECT } else { PLAIN[4] }
}

fn unit(view: &HeatmapView) -> &'static str {
    match (view.unit, view.marking) {
        (HeatUnit::Records, CaseMarking::Nothing) => "access records",
        (HeatUnit::Records, _) => "suspect access records",
        (HeatUnit::Sessions, CaseMarking::Nothing) => "sessions active",
        (HeatUnit::Sessions, _) => "suspect sessions active",
    }
}

fn title(view: &HeatmapView) -> String {
    match view.marking {
        CaseMarking::Nothing => "The hours of access".to_owned(),
        _ => "The hours of suspect access".to_owned(),
    }
}

fn claim(view: &HeatmapView) -> String {
    let total = view.total();
    let night: u64 = view
        .columns
        .iter()
        .flat_map(|hours| hours.iter().enumerate())
        .filter(|(hour, _)| !(7..21).contains(hour))
        .map(|(_, cell)| cell.count)
        .sum();
    let hours = view.columns.iter().flatten();
    let (blind, partial) = hours.fold((0_u64, 0_u64), |(blind, partial), cell| match cell.sight {
        Sight::Blind => (blind + 1, partial),
        Sight::Partial => (blind, partial + 1),
        Sight::Whole => (blind, partial),
    });
    let what = match view.unit {
        HeatUnit::Records => format!("of {} {}", thousands(total), unit(view)),
        HeatUnit::Sessions => format!("of {} hours with a session", thousands(total)),
    };
    let mut claim = if total == 0 {
        format!("No {} in the window.", unit(view))
    } else {
        format!("{} {what} ({}) lie outside 07–21 UTC.", thousands(night), percent(real(night), real(total)))
    };
    if blind > 0 {
        let (verb, which) = if view.column_days == 1 { ("hold", "hour") } else { ("stand for time with", "cell") };
        claim.push_str(&format!(
            " {} {verb} no log of any mailbox and are hatched: that is not the same as none.",
            count(blind, which, &format!("{which}s"))
        ));
    }
    if partial > 0 {
        claim.push_str(" Where the log lacks some mailboxes, none is only none recorded.");
    }
    claim
}

fn draw(view: &HeatmapView, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let footer = footer(view);
    let legend_y = frame::header_height(claim) + 18.0;
    let top = legend_y + 116.0;
    let bottom = top + CELL * 24.0;
    let height = bottom + 18.0 + frame::footer_height(&footer);
    let sheet = Sheet { figure: FIGURE, size: (theme::WIDTH, height), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    legend(&root, view, px(legend_y))?;
    let grid =
        Grid { view, top: px(top), left: px(theme::MARGIN + LEFT), right: px(theme::WIDTH - theme::MARGIN - RIGHT) };
    days(&root, &grid)?;
    cells(&root, &grid)?;
    sums_by_hour(&root, &grid)?;
    for hour in [7.0, 21.0] {
        let y = grid.top + px(CELL * hour) + px(0.5);
        with(&root, |c| c.dashed(&[(grid.left, y), (grid.right, y)], theme::INK, 1.0, "2 3"))?;
    }
    frame::footer(&root, px(bottom + 18.0), &footer, "F02 · charts/F02-hours.csv")
}

fn footer(view: &HeatmapView) -> String {
    let unit = match view.unit {
        HeatUnit::Records => "Counted from tables/accesses by hour",
        HeatUnit::Sessions => {
            "Counted from tables/sessions: a session counts in each hour from its first to its last record"
        }
    };
    let column = if view.column_days == 1 {
        "Each cell is one hour of one day.".to_owned()
    } else {
        format!(
            "Each cell is one hour of the day over {}, binned.",
            count(view.column_days.unsigned_abs(), "day", "days")
        )
    };
    format!("{column} {unit}. Dotted: 07 and 21 UTC.")
}

fn legend(root: &Area<'_>, view: &HeatmapView, y: i32) -> Result<(), DrawError> {
    let mut x = px(theme::MARGIN);
    let words = format!("{} in an hour", unit(view));
    text(root, (x, y), words.as_str(), style(theme::LABEL, theme::MUTED, HPos::Left, VPos::Center))?;
    x += measure::units(&words, theme::LABEL, Weight::Regular) + px(14.0);
    for (index, low) in steps(view).iter().enumerate() {
        let label = match steps(view).get(index + 1) {
            Some(next) if next - low == 1 => low.to_string(),
            Some(next) => format!("{low}–{}", next - 1),
            None => format!("{low}+"),
        };
        let width = px(46.0);
        let paint = Paint::Plain(tint(view, *low));
        with(root, |c| c.rect((x, y - px(6.0)), (x + width - px(1.0), y + px(6.0)), paint, 0, None))?;
        let at = (x + width / 2, y + px(15.0));
        text(root, at, label, style(theme::SMALL, theme::MUTED, HPos::Center, VPos::Center))?;
        x += width;
    }
    x += px(20.0);
    let has = |sight: Sight| view.columns.iter().flatten().any(|cell| cell.sight == sight);
    if has(Sight::Blind) {
        swatch(root, &mut x, y, "no log", box_swatch(Paint::Hatched(Hatch::NoData, None)))?;
    }
    if has(Sight::Partial) {
        swatch(
            root,
            &mut x,
            y,
            "none recorded, some mailboxes without log",
            box_swatch(Paint::Hatched(Hatch::Faint, None)),
        )?;
    }
    Ok(())
}

struct Grid<'v> {
    view: &'v HeatmapView,
    top: i32,
    left: i32,
    right: i32,
}

impl Grid<'_> {
    fn x(&self, column: usize) -> i32 {
        let columns = i64::try_from(self.view.columns.len().max(1)).unwrap_or(1);
        let share = i64::from(self.right - self.left) * i64::try_from(column).unwrap_or(0) / columns;
        self.left + i32::try_from(share).unwrap_or(0)
    }

    fn y(&self, hour: usize) -> i32 {
        self.top + px(CELL) * i32::try_from(hour).unwrap_or(0)
    }
}

fn days(root: &Area<'_>, grid: &Grid<'_>) -> Result<(), DrawError> {
    let strip = grid.top - px(46.0);
    let most =
        grid.view.columns.iter().map(|hours| hours.iter().map(|cell| cell.count).sum::<u64>()).max().unwrap_or(1);
    let mut free = i32::MIN;
    let mut month = None;
    for (column, hours) in grid.view.columns.iter().enumerate() {
        let date = grid.view.day(column).to_datetime();
        let x = grid.x(column);
        if month != Some((date.year(), date.month())) {
            let first = month.is_none();
            month = Some((date.year(), date.month()));
            line(root, (x, strip - px(34.0)), (x, grid.y(24)), theme::RULE_STRONG, 1.0)?;
            let name = date.format("%B %Y").to_string();
            let width = measure::units(&name, theme::LABEL, Weight::Bold) + px(12.0);
            if x >= free && (!first || date.day() < 22) && x + width < grid.right + px(80.0) {
                let style = bold(theme::LABEL, theme::INK_RGB, HPos::Left, VPos::Center);
                text(root, (x + px(6.0), strip - px(28.0)), name, style)?;
                free = x + width;
            }
        } else if date.weekday() == Weekday::Mon && grid.view.columns.len() <= 132 && grid.view.column_days == 1 {
            let at = (x.midpoint(grid.x(column + 1)), strip - px(11.0));
            text(root, at, date.day().to_string(), style(theme::SMALL, theme::MUTED, HPos::Center, VPos::Center))?;
        }
        let sum: u64 = hours.iter().map(|cell| cell.count).sum();
        if sum > 0 {
            let height = px(38.0 * real(sum) / real(most));
            let (a, b) = ((x + px(1.0), grid.top - px(4.0) - height), (grid.x(column + 1), grid.top - px(4.0)));
            let mark = Mark::titled(format!("{}: {}", iso_day(grid.view.day(column)), thousands(sum)));
            with(root, |c| c.rect(a, b, Paint::Plain(strong(grid.view)), 0, Some(&mark)))?;
        }
    }
    let right = style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center);
    text(root, (grid.left - px(10.0), strip - px(11.0)), "UTC", right.clone())?;
    text(root, (grid.left - px(10.0), grid.top - px(10.0)), "by day", right)
}

fn cells(root: &Area<'_>, grid: &Grid<'_>) -> Result<(), DrawError> {
    for hour in (0..24).step_by(3) {
        let at = (grid.left - px(10.0), grid.y(hour) + px(CELL / 2.0));
        text(root, at, format!("{hour:02}:00"), style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center))?;
    }
    for (column, hours) in grid.view.columns.iter().enumerate() {
        for (hour, cell) in hours.iter().enumerate() {
            let (a, b) = ((grid.x(column) + px(1.0), grid.y(hour) + px(1.0)), (grid.x(column + 1), grid.y(hour + 1)));
            let day = iso_day(grid.view.day(column));
            let (paint, radius, title) = match (cell.count, cell.sight) {
                (0, Sight::Blind) => (Paint::Hatched(Hatch::NoData, None), 0.0, None),
                (0, Sight::Partial) => (Paint::Hatched(Hatch::Faint, None), 0.0, None),
                (0, Sight::Whole) => (Paint::Plain(tint(grid.view, 0)), 0.0, None),
                (n, _) => (
                    Paint::Plain(tint(grid.view, n)),
                    1.0,
                    Some(format!("{day} {hour:02}:00: {} {}", thousands(n), unit(grid.view))),
                ),
            };
            let mark = title.map(Mark::titled);
            with(root, |c| c.rect(a, b, paint, px(radius), mark.as_ref()))?;
        }
    }
    Ok(())
}

fn sums_by_hour(root: &Area<'_>, grid: &Grid<'_>) -> Result<(), DrawError> {
    let sums: Vec<u64> = (0..24).map(|hour| grid.view.columns.iter().map(|hours| hours[hour].count).sum()).collect();
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let x = grid.right + px(8.0);
    text(root, (x, grid.top - px(10.0)), "by hour", style(theme::SMALL, theme::MUTED, HPos::Left, VPos::Center))?;
    let mut named = false;
    for (hour, sum) in sums.into_iter().enumerate() {
        let y = grid.y(hour);
        let width = px((RIGHT - 58.0) * real(sum) / real(most));
        if width > 0 {
            let paint = Paint::Plain(strong(grid.view));
            let mark = Mark::titled(format!("{hour:02}:00: {}", thousands(sum)));
            with(root, |c| c.rect((x, y + px(2.0)), (x + width, y + px(CELL - 1.0)), paint, 0, Some(&mark)))?;
        }
        if sum == most && !named {
            named = true;
            let at = (x + width + px(5.0), y + px(CELL / 2.0));
            text(root, at, thousands(sum), style(theme::SMALL, theme::INK_RGB, HPos::Left, VPos::Center))?;
        }
    }
    Ok(())
}

fn sight(sight: Sight) -> &'static str {
    match sight {
        Sight::Whole => "whole",
        Sight::Partial => "partial",
        Sight::Blind => "no-log",
    }
}

fn csv(view: &HeatmapView) -> String {
    let mut csv = Csv::new(&["day_utc", "days", "hour_utc", "count", "counted", "log"]);
    for (column, hours) in view.columns.iter().enumerate() {
        let (day, days) = (iso_day(view.day(column)), view.column_days.to_string());
        for (hour, cell) in hours.iter().enumerate() {
            csv.row([&day, &days, &hour.to_string(), &cell.count.to_string(), unit(view), sight(cell.sight)]);
        }
    }
    csv.finish()
}

/// By hour of the day: the table of a picture of two thousand cells is its margins; the CSV has the cells.
fn table(view: &HeatmapView) -> ChartTable {
    let total = view.total();
    let rows = (0..24)
        .map(|hour| {
            let n: u64 = view.columns.iter().map(|hours| hours[hour].count).sum();
            let of = |wanted: Sight| view.columns.iter().filter(|hours| hours[hour].sight == wanted).count() as u64;
            vec![
                format!("{hour:02}:00"),
                thousands(n),
                if total == 0 { "0 %".to_owned() } else { percent(real(n), real(total)) },
                thousands(of(Sight::Blind)),
                thousands(of(Sight::Partial)),
            ]
        })
        .collect();
    ChartTable {
        caption: format!("Figure F02 by hour of the day (UTC), {}.", unit(view)),
        head: vec![
            ColumnHead::text("Hour"),
            ColumnHead::number("Count"),
            ColumnHead::number("Share"),
            ColumnHead::number("Cells without any log"),
            ColumnHead::number("Cells with some mailboxes without log"),
        ],
        rows,
    }
}
