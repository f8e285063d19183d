//! F05: who reached what. A row an application and its client, a column a mailbox; the number stands in the cell, its tint only helps the eye.

use mailtrail_model::Attribution;
use plotters::prelude::{FontTransform, IntoDrawingArea as _, TextStyle};
use plotters::style::text_anchor::{HPos, VPos};

use crate::canvas::{Canvas, Mark, Paint, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::{Chart, ChartTable, ColumnHead, Csv};
use crate::frame::{self, Area, bold, italic, line, style, text, with};
use crate::measure::{self, Weight};
use crate::theme;
use crate::view::{ReachRow, ReachView};
use crate::words::{count, real, thousands};

const FIGURE: &str = "F05";
const ROW: f64 = 36.0;
const LEFT: f64 = 286.0;
const RIGHT: f64 = 70.0;

/// Draws F05.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn reach(view: &ReachView) -> Result<Chart, RenderError> {
    let title = "Which application reached which mailbox".to_owned();
    let claim = claim(view);
    let mut svg = String::new();
    draw(view, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "reach", csv: csv(view), table: table(view), title, claim, svg })
}

fn is_marked(row: &ReachRow) -> bool {
    row.attribution > Attribution::Accepted
}

fn claim(view: &ReachView) -> String {
    let mut claim = format!(
        "{} reached {} of {}.",
        count(view.doors, "application and client", "pairs of application and client"),
        thousands(view.reached_mailboxes),
        count(view.mailboxes, "mailbox", "mailboxes")
    );
    if view.marking.is_marked() {
        let rows = view.rows.iter().filter(|row| is_marked(row)).count() as u64;
        claim.push_str(&format!(
            " {} of them {} marked and reached {}.",
            thousands(rows),
            if rows == 1 { "is" } else { "are" },
            count(view.marked_mailboxes, "mailbox", "mailboxes")
        ));
    }
    claim
}

fn draw(view: &ReachView, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let footer = "Sum over sessions of the distinct messages named in each: a message in two sessions counts twice. Marked ones \
                  stand first, with a bar at the left; then by size.";
    let longest =
        view.columns.iter().map(|name| measure::width(name, theme::SMALL, Weight::Regular)).fold(0.0, f64::max);
    let heads = (longest / 10.0 + 14.0).clamp(40.0, 130.0);
    let top = frame::header_height(claim) + 18.0 + heads;
    let rows = f64::from(u32::try_from(view.rows.len().max(1)).unwrap_or(1));
    let bottom = top + ROW * rows;
    let sheet =
        Sheet { figure: FIGURE, size: (theme::WIDTH, bottom + 16.0 + frame::footer_height(footer)), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    let grid = Grid {
        left: px(theme::MARGIN + LEFT),
        right: px(theme::WIDTH - theme::MARGIN - RIGHT),
        columns: view.columns.len(),
    };
    heads_of(&root, view, &grid, px(top), heads)?;
    if view.rows.is_empty() {
        let at = (grid.left.midpoint(grid.right), px(top + ROW / 2.0));
        text(&root, at, "no session in the window", italic(theme::LABEL, theme::MUTED, HPos::Center, VPos::Center))?;
    }
    let most = view.rows.iter().flat_map(|row| &row.messages).copied().max().unwrap_or(1).max(1);
    for (index, row) in (0_u32..).zip(&view.rows) {
        row_of(&root, view, row, &grid, px(top + ROW * f64::from(index)), most)?;
    }
    line(
        &root,
        (px(theme::MARGIN), px(bottom)),
        (px(theme::WIDTH - theme::MARGIN), px(bottom)),
        theme::RULE_STRONG,
        1.0,
    )?;
    frame::footer(&root, px(bottom + 16.0), footer, "F05 · charts/F05-reach.csv")
}

struct Grid {
    left: i32,
    right: i32,
    columns: usize,
}

impl Grid {
    fn x(&self, column: usize) -> i32 {
        // Few mailboxes stand close together at the left: a cell as wide as a page says nothing more.
        let width = (f64::from(self.right - self.left) / real(self.columns.max(1) as u64)).min(f64::from(px(64.0)));
        self.left + (width * real(column as u64)).round() as i32
    }
}

fn heads_of(root: &Area<'_>, view: &ReachView, grid: &Grid, top: i32, room: f64) -> Result<(), DrawError> {
    for (column, name) in view.columns.iter().enumerate() {
        let x = grid.x(column).midpoint(grid.x(column + 1));
        let name = measure::fit(name, theme::SMALL, Weight::Regular, f64::from(px(room - 10.0)));
        let mut turned: TextStyle<'static> = style(theme::SMALL, theme::INK_RGB, HPos::Left, VPos::Center);
        turned.font = turned.font.transform(FontTransform::Rotate270);
        text(root, (x, top - px(6.0)), name, turned)?;
    }
    let at = (px(theme::WIDTH - theme::MARGIN), top - px(11.0));
    text(root, at, "messages", style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center))?;
    line(root, (px(theme::MARGIN), top), (px(theme::WIDTH - theme::MARGIN), top), theme::RULE_STRONG, 1.0)
}

/// Tints by share of the largest cell, on a logarithm: marked in the suspect's hue, the others in grey-blue.
fn tint(row: &ReachRow, n: u64, most: u64) -> (&'static str, bool) {
    const MARKED: [&str; 5] = ["#fdebdc", "#fbd9bd", "#f6b27f", "#ea8440", "#c9540a"];
    const PLAIN: [&str; 5] = ["#eef2f6", "#dbe4ed", "#b7c9da", "#86a5c1", "#4c7ba5"];
    let share = real(n).ln_1p() / real(most).ln_1p();
    let step = ((share * 5.0) as usize).min(4);
    (if is_marked(row) { MARKED[step] } else { PLAIN[step] }, step >= 4)
}

fn row_of(
    root: &Area<'_>,
    view: &ReachView,
    row: &ReachRow,
    grid: &Grid,
    top: i32,
    most: u64,
) -> Result<(), DrawError> {
    let middle = top + px(ROW / 2.0);
    let left = px(theme::MARGIN);
    let marked = is_marked(row);
    if marked {
        with(root, |c| {
            c.rect((left, top + px(5.0)), (left + px(3.0), top + px(ROW - 5.0)), Paint::Plain(theme::SUSPECT), 0, None)
        })?;
    }
    let room = f64::from(px(LEFT - 24.0));
    let (size, weight) = (theme::LABEL, if marked { Weight::Bold } else { Weight::Regular });
    let ink = if row.service { theme::MUTED } else { theme::INK_RGB };
    let name_style =
        if marked { bold(size, ink, HPos::Left, VPos::Center) } else { style(size, ink, HPos::Left, VPos::Center) };
    text(root, (left + px(10.0), middle - px(7.0)), measure::fit(&row.label, size, weight, room), name_style)?;
    let second = measure::fit(&row.second, theme::SMALL, Weight::Regular, room);
    text(
        root,
        (left + px(10.0), middle + px(8.0)),
        second,
        style(theme::SMALL, theme::MUTED, HPos::Left, VPos::Center),
    )?;
    for (column, n) in row.messages.iter().enumerate().filter(|(_, n)| **n > 0) {
        let (a, b) = ((grid.x(column) + px(1.0), top + px(3.0)), (grid.x(column + 1), top + px(ROW - 3.0)));
        let (fill, dark) = tint(row, *n, most);
        let name = view.names.get(column).map_or("", String::as_str);
        let mark =
            Mark { title: Some(format!("{}\n{}\n{}", row.label, name, count(*n, "message", "messages"))), row: None };
        with(root, |c| c.rect(a, b, Paint::Plain(fill), px(1.0), Some(&mark)))?;
        let number = thousands(*n);
        if measure::units(&number, theme::TINY, Weight::Regular) + px(4.0) <= b.0 - a.0 {
            let ink = if dark { plotters::style::RGBColor(255, 255, 255) } else { theme::INK_RGB };
            text(root, (a.0.midpoint(b.0), middle), number, style(theme::TINY, ink, HPos::Center, VPos::Center))?;
        }
    }
    let sum: u64 = row.messages.iter().sum();
    let ink = if marked { theme::SUSPECT_RGB } else { theme::INK_RGB };
    text(root, (px(theme::WIDTH - theme::MARGIN), middle), thousands(sum), bold(size, ink, HPos::Right, VPos::Center))?;
    line(root, (left, top + px(ROW)), (px(theme::WIDTH - theme::MARGIN), top + px(ROW)), theme::RULE, 1.0)
}

fn csv(view: &ReachView) -> String {
    let mut csv =
        Csv::new(&["app_id", "application_and_client", "attribution", "mailbox", "messages_summed_by_session"]);
    for row in &view.rows {
        for (name, n) in view.names.iter().zip(&row.messages) {
            let both = format!("{} {}", row.label, row.second);
            csv.row([&row.app, &both, row.attribution.as_str(), name.as_str(), &n.to_string()]);
        }
    }
    csv.finish()
}

fn table(view: &ReachView) -> ChartTable {
    let rows = view
        .rows
        .iter()
        .map(|row| {
            let reached = row.messages.iter().filter(|n| **n > 0).count() as u64;
            vec![
                row.label.clone(),
                row.second.clone(),
                thousands(row.contexts),
                thousands(reached),
                thousands(row.messages.iter().sum()),
            ]
        })
        .collect();
    ChartTable {
        caption: "Figure F05 by application and client.".to_owned(),
        head: vec![
            ColumnHead::text("Application"),
            ColumnHead::text("Client and attribution"),
            ColumnHead::number("Ways in"),
            ColumnHead::number("Columns with messages"),
            ColumnHead::number("Messages, summed by session"),
        ],
        rows,
    }
}
