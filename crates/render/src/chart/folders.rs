//! F07: the messages of each folder, by class. Numbers first, a bar beside them; the bars share one scale.

use mailtrail_model::ExposureClass;
use plotters::prelude::IntoDrawingArea as _;
use plotters::style::text_anchor::{HPos, VPos};

use crate::canvas::{Canvas, Mark, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::{Chart, ChartTable, ColumnHead, Csv};
use crate::frame::{self, Area, bold, box_swatch, line, style, text, with};
use crate::measure::{self, Weight};
use crate::theme;
use crate::view::{FolderRow, FoldersView};
use crate::words::{count, real, thousands};

use super::totals::{legend, paint};

const FIGURE: &str = "F07";
const ROW: f64 = 24.0;
const NAME: f64 = 250.0;
const COLUMN: f64 = 58.0;

/// Draws F07.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn folders(view: &FoldersView) -> Result<Chart, RenderError> {
    let title = "Messages of each folder, by what the records show".to_owned();
    let claim = claim(view);
    let mut svg = String::new();
    draw(view, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "folders", csv: csv(view), table: table(view), title, claim, svg })
}

fn claim(view: &FoldersView) -> String {
    let named = view.rows.iter().filter(|row| row.folders > 0).count() as u64;
    let recorded: u64 = view.rows.iter().map(|row| row.by_class[0]).sum();
    let with = view.rows.iter().filter(|row| row.folders > 0 && row.by_class[0] > 0).count() as u64;
    let mut claim = format!(
        "{} recorded in suspect accesses (A), in {} of {} that records name.",
        count(recorded, "message is", "messages are"),
        thousands(with),
        count(named, "folder", "folders"),
    );
    if let Some(first) = view.rows.iter().find(|row| row.folders > 0 && row.by_class[0] > 0) {
        claim.push_str(&format!(" Most of them: {} ({}).", short(&first.name), thousands(first.by_class[0])));
    }
    claim
}

fn short(name: &str) -> String {
    measure::fit(name, theme::CLAIM, Weight::Regular, 4_000.0).to_string()
}

fn draw(view: &FoldersView, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let rows = view.drawn();
    let footer = "A folder is where a record first names the message; a path that several mailboxes have is one row. Messages \
                  are distinct per mailbox. A listed message that no record names has no recorded folder.";
    let legend_y = frame::header_height(claim) + 18.0;
    let top = legend_y + 22.0 + 52.0;
    let bottom = top + ROW * f64::from(u32::try_from(rows.len()).unwrap_or(0));
    let sheet =
        Sheet { figure: FIGURE, size: (theme::WIDTH, bottom + 16.0 + frame::footer_height(footer)), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    legend(&root, px(legend_y))?;
    let (left, right) = (px(theme::MARGIN), px(theme::WIDTH - theme::MARGIN));
    for (place, class) in (0_u32..).zip(ExposureClass::ALL) {
        let x = column(place);
        let key = box_swatch(paint(class));
        with(&root, |c| key(c, x - px(18.0), px(top - 28.0)))?;
        text(
            &root,
            (x, px(top - 11.0)),
            class.as_str(),
            style(theme::SMALL, theme::INK_RGB, HPos::Right, VPos::Center),
        )?;
    }
    line(&root, (left, px(top)), (right, px(top)), theme::RULE_STRONG, 1.0)?;
    let most = rows.iter().map(FoldersView::reached).max().unwrap_or(1).max(1);
    for (index, row) in (0_u32..).zip(&rows) {
        let y = top + ROW * f64::from(index);
        numbers(&root, row, px(y + ROW / 2.0))?;
        bar(&root, row, (px(y + 4.0), px(y + ROW - 4.0)), most)?;
    }
    line(&root, (left, px(bottom)), (right, px(bottom)), theme::RULE_STRONG, 1.0)?;
    frame::footer(&root, px(bottom + 16.0), footer, "F07 · charts/F07-folders.csv")
}

fn column(place: u32) -> i32 {
    px(theme::MARGIN + NAME + COLUMN * f64::from(place + 1))
}

fn numbers(root: &Area<'_>, row: &FolderRow, y: i32) -> Result<(), DrawError> {
    let name = measure::fit(&row.name, theme::LABEL, Weight::Regular, f64::from(px(NAME)));
    let ink = if row.folders == 1 { theme::INK_RGB } else { theme::MUTED };
    text(root, (px(theme::MARGIN), y), name, style(theme::LABEL, ink, HPos::Left, VPos::Center))?;
    for ((place, class), n) in (0_u32..).zip(ExposureClass::ALL).zip(row.by_class) {
        let face = match (class, n) {
            (_, 0) => style(theme::LABEL, theme::MUTED, HPos::Right, VPos::Center),
            (ExposureClass::A, _) => bold(theme::LABEL, theme::SUSPECT_RGB, HPos::Right, VPos::Center),
            _ => style(theme::LABEL, theme::INK_RGB, HPos::Right, VPos::Center),
        };
        text(root, (column(place), y), thousands(n), face)?;
    }
    Ok(())
}

/// What was reached or may have been; a bar of all mail would only say how large a folder is.
fn bar(root: &Area<'_>, row: &FolderRow, (top, bottom): (i32, i32), most: u64) -> Result<(), DrawError> {
    let (left, right) = (column(8) + px(24.0), px(theme::WIDTH - theme::MARGIN));
    let mut sum = 0;
    for (class, n) in ExposureClass::ALL.into_iter().zip(row.by_class).take(6) {
        if n == 0 {
            continue;
        }
        let at = |n: u64| left + (f64::from(right - left) * real(n) / real(most)).round() as i32;
        let (a, b) = ((at(sum), top), (at(sum + n).max(at(sum) + px(1.0)), bottom));
        sum += n;
        let mark = Mark::titled(format!("{}\n{} ({}): {}", row.name, class.as_str(), class.label(), thousands(n)));
        with(root, |c| c.rect(a, b, paint(class), 0, Some(&mark)))?;
    }
    Ok(())
}

fn csv(view: &FoldersView) -> String {
    let mut csv = Csv::new(&["folder", "class", "label", "messages"]);
    for row in &view.rows {
        for (class, n) in ExposureClass::ALL.into_iter().zip(row.by_class) {
            csv.row([&row.name, class.as_str(), class.label(), &n.to_string()]);
        }
    }
    csv.finish()
}

fn table(view: &FoldersView) -> ChartTable {
    let mut head = vec![ColumnHead::text("Folder")];
    head.extend(ExposureClass::ALL.into_iter().map(|class| ColumnHead::number(class.as_str())));
    let rows = view
        .drawn()
        .into_iter()
        .map(|row| std::iter::once(row.name).chain(row.by_class.iter().map(|n| thousands(*n))).collect());
    ChartTable { caption: "Figure F07 as a table.".to_owned(), head, rows: rows.collect() }
}
