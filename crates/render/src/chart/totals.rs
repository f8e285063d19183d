//! F08: the messages of each mailbox by class. Rows and numbers first, a bar beside them: the figure counsel wants.

use mailtrail_model::ExposureClass;
use plotters::prelude::IntoDrawingArea as _;
use plotters::style::text_anchor::{HPos, VPos};

use crate::canvas::{Canvas, Mark, Paint, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::{Chart, ChartTable, ColumnHead, Csv};
use crate::frame::{self, Area, bold, box_swatch, italic, line, style, swatch, text, with};
use crate::measure::{self, Weight};
use crate::theme::{self, Hatch};
use crate::view::{TotalsRow, TotalsView};
use crate::words::{count, len, real, thousands};

const FIGURE: &str = "F08";
/// Width of a column of numbers.
const COLUMN: f64 = 66.0;

/// Draws F08.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn totals(view: &TotalsView) -> Result<Chart, RenderError> {
    let title = "Messages of each mailbox, by what the records show".to_owned();
    let claim = claim(view);
    let mut svg = String::new();
    draw(view, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "totals", csv: csv(view), table: table(view), title, claim, svg })
}

fn claim(view: &TotalsView) -> String {
    let of = |classes: &[ExposureClass]| -> u64 {
        ExposureClass::ALL.iter().zip(view.total).filter(|(class, _)| classes.contains(class)).map(|(_, n)| n).sum()
    };
    let presumed = of(&[ExposureClass::B1, ExposureClass::B2, ExposureClass::B3]);
    let open = of(&[ExposureClass::CNear, ExposureClass::CFar]);
    format!(
        "{} recorded in suspect accesses (A), {} in synchronised or presumed classes (B), {} not excluded (C), over {}. The classes \
         differ in what shows them and are not added up.",
        count(of(&[ExposureClass::A]), "message is", "messages are"),
        thousands(presumed),
        thousands(open),
        count(len(&view.rows), "mailbox", "mailboxes"),
    )
}

/// How a class is filled, in every chart.
pub(super) fn paint(class: ExposureClass) -> Paint {
    match class {
        ExposureClass::A => Paint::Hatched(Hatch::Suspect, Some(theme::SUSPECT)),
        ExposureClass::B1 => Paint::Hatched(Hatch::Weaker, Some(theme::SUSPECT)),
        ExposureClass::B2 => Paint::Plain("#f2b98e"),
        ExposureClass::B3 => Paint::Plain("#f8dcc6"),
        ExposureClass::CNear => Paint::Hatched(Hatch::Throttled, None),
        ExposureClass::CFar => Paint::Hatched(Hatch::NoData, Some(theme::OBSERVED)),
        ExposureClass::D1 => Paint::Plain(theme::ACCEPTED),
        ExposureClass::D0 => Paint::Plain("#a9c8e0"),
        ExposureClass::N => Paint::Plain("#e3e7eb"),
    }
}

fn draw(view: &TotalsView, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let rows = view.drawn();
    let each = if rows.len() <= 40 { 24.0 } else { 15.0 };
    let mut footer =
        "Mailboxes with the most recorded messages first. Bars share one scale. Messages are distinct per mailbox; \
                      mail deleted before a listing was made is in no number."
            .to_owned();
    if view.rows_left_off > 0 {
        footer.push_str(&format!(
            " {} more mailboxes are in the table and the CSV.",
            thousands(view.rows_left_off as u64)
        ));
    }
    let legend_y = frame::header_height(claim) + 18.0;
    let top = legend_y + 22.0 + 52.0;
    let bottom = top + each * (f64::from(u32::try_from(rows.len()).unwrap_or(0)) + 1.0);
    let sheet =
        Sheet { figure: FIGURE, size: (theme::WIDTH, bottom + 16.0 + frame::footer_height(&footer)), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    legend(&root, px(legend_y))?;
    let layout = Layout::of(view);
    heads(&root, &layout, px(top))?;
    let size = if each < 20.0 { 100.0 } else { theme::LABEL };
    let all = TotalsRow {
        id: String::new(),
        name: "all".to_owned(),
        local: "all mailboxes".to_owned(),
        by_class: Some(view.total),
    };
    numbers(&root, &layout, &all, px(top + each / 2.0), size, true)?;
    line(
        &root,
        (px(theme::MARGIN), px(top + each)),
        (px(theme::WIDTH - theme::MARGIN), px(top + each)),
        theme::RULE,
        1.0,
    )?;
    let most = rows.iter().filter_map(|row| row.by_class).map(|n| n.iter().sum::<u64>()).max().unwrap_or(1).max(1);
    for (index, row) in (1_u32..).zip(rows) {
        let y = top + each * f64::from(index);
        numbers(&root, &layout, row, px(y + each / 2.0), size, false)?;
        bar(&root, &layout, row, (px(y + 3.0), px(y + each - 3.0)), most)?;
    }
    line(
        &root,
        (px(theme::MARGIN), px(bottom)),
        (px(theme::WIDTH - theme::MARGIN), px(bottom)),
        theme::RULE_STRONG,
        1.0,
    )?;
    frame::footer(&root, px(bottom + 16.0), &footer, "F08 · charts/F08-totals.csv")
}

/// The classes' words, in two rows.
pub(super) fn legend(root: &Area<'_>, mut y: i32) -> Result<(), DrawError> {
    let mut x = px(theme::MARGIN);
    for class in ExposureClass::ALL {
        if class == ExposureClass::D1 {
            x = px(theme::MARGIN);
            y += px(22.0);
        }
        swatch(root, &mut x, y, &format!("{}  {}", class.as_str(), class.label()), box_swatch(paint(class)))?;
    }
    Ok(())
}

struct Layout {
    name: i32,
    bar: (i32, i32),
}

impl Layout {
    fn of(view: &TotalsView) -> Self {
        let widest = view
            .drawn()
            .iter()
            .map(|row| measure::width(&row.local, theme::LABEL, Weight::Regular))
            .fold(700.0, f64::max);
        let name = px(theme::MARGIN + (widest / 10.0 + 10.0).clamp(90.0, 190.0));
        let right = px(theme::WIDTH - theme::MARGIN);
        Self { name, bar: (name + px(COLUMN * 9.0 + 24.0), right) }
    }

    fn column(&self, place: u32) -> i32 {
        self.name + px(COLUMN * f64::from(place + 1))
    }
}

fn heads(root: &Area<'_>, layout: &Layout, top: i32) -> Result<(), DrawError> {
    for (place, class) in (0_u32..).zip(ExposureClass::ALL) {
        let x = layout.column(place);
        let key = box_swatch(paint(class));
        with(root, |c| key(c, x - px(18.0), top - px(28.0)))?;
        let at = (x, top - px(11.0));
        text(root, at, class.as_str(), style(theme::SMALL, theme::INK_RGB, HPos::Right, VPos::Center))?;
    }
    line(root, (px(theme::MARGIN), top), (px(theme::WIDTH - theme::MARGIN), top), theme::RULE_STRONG, 1.0)
}

fn numbers(
    root: &Area<'_>,
    layout: &Layout,
    row: &TotalsRow,
    y: i32,
    size: f64,
    strong: bool,
) -> Result<(), DrawError> {
    let face = |color| {
        if strong {
            bold(size, color, HPos::Right, VPos::Center)
        } else {
            style(size, color, HPos::Right, VPos::Center)
        }
    };
    let room = f64::from(layout.name - px(theme::MARGIN));
    let name = measure::fit(&row.local, size, Weight::Bold, room);
    let left = if strong {
        bold(size, theme::INK_RGB, HPos::Left, VPos::Center)
    } else {
        style(size, theme::INK_RGB, HPos::Left, VPos::Center)
    };
    text(root, (px(theme::MARGIN), y), name, left)?;
    let Some(by_class) = row.by_class else {
        return text(root, (layout.column(0), y), "not computed", italic(size, theme::MUTED, HPos::Left, VPos::Center));
    };
    for ((place, class), n) in (0_u32..).zip(ExposureClass::ALL).zip(by_class) {
        let ink = match (class, n) {
            (_, 0) => theme::MUTED,
            (ExposureClass::A, _) => theme::SUSPECT_RGB,
            _ => theme::INK_RGB,
        };
        text(root, (layout.column(place), y), thousands(n), face(ink))?;
    }
    Ok(())
}

fn bar(
    root: &Area<'_>,
    layout: &Layout,
    row: &TotalsRow,
    (top, bottom): (i32, i32),
    most: u64,
) -> Result<(), DrawError> {
    let (left, right) = layout.bar;
    let mut sum = 0;
    for (class, n) in ExposureClass::ALL.into_iter().zip(row.by_class.unwrap_or_default()) {
        if n == 0 {
            continue;
        }
        let at = |n: u64| left + (f64::from(right - left) * real(n) / real(most)).round() as i32;
        let (a, b) = (at(sum), at(sum + n).max(at(sum) + px(1.0)));
        sum += n;
        let mark = Mark::titled(format!("{}\n{} ({}): {}", row.local, class.as_str(), class.label(), thousands(n)));
        with(root, |c| c.rect((a, top), (b, bottom), paint(class), 0, Some(&mark)))?;
    }
    Ok(())
}

fn csv(view: &TotalsView) -> String {
    let mut csv = Csv::new(&["mailbox_id", "mailbox", "class", "label", "messages"]);
    for row in &view.rows {
        for (index, class) in ExposureClass::ALL.into_iter().enumerate() {
            let n = row.by_class.map(|numbers| numbers[index].to_string()).unwrap_or_default();
            csv.row([&row.id, &row.name, class.as_str(), class.label(), &n]);
        }
    }
    csv.finish()
}

fn table(view: &TotalsView) -> ChartTable {
    let mut head = vec![ColumnHead::text("Mailbox")];
    head.extend(ExposureClass::ALL.into_iter().map(|class| ColumnHead::number(class.as_str())));
    let cells = |name: &str, by_class: Option<[u64; 9]>| {
        let mut cells = vec![name.to_owned()];
        match by_class {
            Some(numbers) => cells.extend(numbers.iter().map(|n| thousands(*n))),
            None => cells.extend(std::iter::repeat_n("not computed".to_owned(), 9)),
        }
        cells
    };
    let mut rows = vec![cells("all mailboxes", Some(view.total))];
    rows.extend(view.rows.iter().map(|row| cells(&row.name, row.by_class)));
    ChartTable { caption: "Figure F08 as a table.".to_owned(), head, rows }
}
