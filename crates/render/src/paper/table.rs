//! Owns tables on paper: how wide a column is, where a table goes on on the next sheet, and how much of it is printed at all.

use super::flow::{Flow, MEASURE, SIDE, SMALL, Style};
use super::font::{CELL, Cut, Type};
use super::leaf::{INK, Ink, MUTED, RULE, Role, SUSPECT, Sense, Shape};
use crate::page::{Cell, Table, Tone};
use crate::words::{len, thousands};

/// Rows printed of one table; the rest is in the files.
pub(super) const ROWS: usize = 120;
/// Lines of one cell; a folder name of 4,000 characters is whole in the tables.
const LINES: usize = 6;
const GAP: f32 = 7.0;

/// Sets a table.
pub(super) fn set(flow: &mut Flow<'_>, table: &Table) {
    // The caption stays with the head and two rows or three.
    flow.room(96.0);
    flow.heading(&table.caption);
    if table.columns.is_empty() {
        return;
    }
    // Above the rows: whoever reads the first of them must know that they are not all.
    let (printed, all) = (len(table.rows.get(..ROWS).unwrap_or(&table.rows)), table.all.unwrap_or(len(&table.rows)));
    if printed < all {
        let (printed, all) = (thousands(printed), thousands(all));
        let rest = table
            .file
            .map_or_else(|| "The others are in report.html.".to_owned(), |file| format!("All of them are in {file}."));
        flow.paragraph(&format!("Printed here: the first {printed} of {all} rows. {rest}"), SMALL);
    }
    let size = if table.columns.len() > 8 { 6.4 } else { 7.8 };
    let style = Style::new(size, Cut::Regular, INK);
    let head = Style::new(size, Cut::Bold, MUTED);
    let widths = widths(flow.kind, table, size);
    let heads: Vec<Cell> = table.columns.iter().map(|column| Cell::text(column.label)).collect();
    flow.within(Role::Table, |flow| {
        row(flow, table, &heads, &widths, head, Some(Role::ColumnHead), Tone::Plain);
        let total = table.total.iter().map(|cells| (cells.as_slice(), Tone::Plain, Cut::Bold));
        let rows = table.rows.iter().take(ROWS).map(|row| (row.cells.as_slice(), row.tone, Cut::Regular));
        for (cells, tone, cut) in rows.chain(total) {
            let style = Style { cut, ..style };
            let height = height(flow.kind, cells, &widths, style);
            if flow.room(height) {
                // The head stands again on the new sheet; it is spoken once.
                row(flow, table, &heads, &widths, head, None, Tone::Plain);
            }
            row(flow, table, cells, &widths, style, Some(Role::Cell), tone);
        }
    });
    flow.y += 2.0;
    if let Some(note) = table.paper_note.as_ref().or(table.note.as_ref()) {
        flow.paragraph(note, SMALL);
    }
}

fn lines(kind: &Type, cell: &Cell, width: f32, style: Style) -> Vec<(String, bool)> {
    let mut out: Vec<(String, bool)> = Vec::new();
    for (text, detail) in [(Some(&cell.text), false), (cell.detail.as_ref(), true)] {
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        let wrapped = kind.wrap(&kind.printable(text, CELL), style.size, style.cut, width);
        out.extend(wrapped.into_iter().map(|line| (line, detail)));
    }
    if out.len() > LINES {
        out.truncate(LINES - 1);
        out.push(("… (whole in tables)".to_owned(), true));
    }
    out
}

fn height(kind: &Type, cells: &[Cell], widths: &[f32], style: Style) -> f32 {
    let most = cells.iter().zip(widths).map(|(cell, width)| lines(kind, cell, width - GAP, style).len()).max();
    f32::from(u8::try_from(most.unwrap_or(1).max(1)).unwrap_or(u8::MAX)) * style.leading() + 4.0
}

fn row(
    flow: &mut Flow<'_>,
    table: &Table,
    cells: &[Cell],
    widths: &[f32],
    style: Style,
    role: Option<Role>,
    tone: Tone,
) {
    let height = height(flow.kind, cells, widths, style);
    let top = flow.y;
    match role {
        Some(role) => flow.within(Role::Row, |flow| {
            let mut x = SIDE;
            for (place, (cell, width)) in cells.iter().zip(widths).enumerate() {
                let right = table.is_numeric(&place).then_some(*width - GAP);
                flow.within(role.clone(), |flow| one(flow, cell, (x, top), *width, right, style, tone, None));
                x += width;
            }
        }),
        None => {
            let mut x = SIDE;
            for (place, (cell, width)) in cells.iter().zip(widths).enumerate() {
                let right = table.is_numeric(&place).then_some(*width - GAP);
                one(flow, cell, (x, top), *width, right, style, tone, Some(Sense::Layout));
                x += width;
            }
        }
    }
    flow.y = top + height;
    let ink: Ink = if style.ink == MUTED { RULE } else { (0xdf, 0xe3, 0xe8) };
    let y = flow.y - 2.0;
    flow.draw(Shape::Line { from: (SIDE, y), to: (SIDE + MEASURE, y), width: 0.5, ink }, Sense::Layout);
}

#[expect(clippy::too_many_arguments, reason = "a cell's text, place and look; a struct would be filled once")]
fn one(
    flow: &mut Flow<'_>,
    cell: &Cell,
    at: (f32, f32),
    width: f32,
    right: Option<f32>,
    style: Style,
    tone: Tone,
    sense: Option<Sense>,
) {
    let mut y = at.1;
    for (line, detail) in lines(flow.kind, cell, width - GAP, style) {
        let suspect = cell.tone == Tone::Suspect || tone == Tone::Suspect && at.0 <= SIDE;
        let ink = match (detail, suspect) {
            (true, _) => MUTED,
            (false, true) => SUSPECT,
            (false, false) => style.ink,
        };
        let x = match right {
            Some(edge) => at.0 + (edge - flow.kind.width(&line, style.size, style.cut)).max(0.0),
            None => at.0,
        };
        let sense = sense.unwrap_or_else(|| flow.leaf());
        flow.line(x, y, line, Style { ink, ..style }, sense);
        y += style.leading();
    }
}

/// Column widths that sum to the measure: what each asks for, the widest giving way first.
fn widths(kind: &Type, table: &Table, size: f32) -> Vec<f32> {
    let longest = |text: &str, cut: Cut| kind.width(&kind.printable(text, CELL), size, cut);
    let mut asked: Vec<f32> = table
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let head = column.label.split(' ').map(|word| longest(word, Cut::Bold)).fold(0.0, f32::max);
            let rows = table.rows.iter().take(ROWS).chain([]).filter_map(|row| row.cells.get(place));
            let sums = table.total.iter().filter_map(|cells| cells.get(place));
            rows.chain(sums).fold(head, |most, cell| {
                let detail = cell.detail.as_deref().map_or(0.0, |text| longest(text, Cut::Regular));
                most.max(longest(&cell.text, Cut::Bold)).max(detail)
            }) + GAP
        })
        .collect();
    let sum: f32 = asked.iter().sum();
    if sum < MEASURE {
        // A narrow table stays narrow: its numbers stay near their names.
        let share = (MEASURE - sum).min(sum * 0.35) / sum;
        asked.iter_mut().for_each(|width| *width *= 1.0 + share);
        return asked;
    }
    // Cap the widest until all fit: halving finds the cap to under a point.
    let (mut low, mut high) = (12.0, MEASURE);
    for _ in 0..12 {
        let cap = f32::midpoint(low, high);
        if asked.iter().map(|width| width.min(cap)).sum::<f32>() > MEASURE {
            high = cap;
        } else {
            low = cap;
        }
    }
    let capped: Vec<f32> = asked.iter().map(|width| width.min(low)).collect();
    let sum: f32 = capped.iter().sum();
    if sum > MEASURE { capped.iter().map(|width| width * MEASURE / sum).collect() } else { capped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::ColumnHead;
    use crate::page::Row;

    /// Every text on the sheets, in order.
    fn printed(table: &Table) -> String {
        let kind = Type::load().unwrap();
        let mut flow = Flow::new(&kind);
        set(&mut flow, table);
        let texts = flow.layout.sheets.iter().flatten().filter_map(|drawn| match &drawn.shape {
            Shape::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join(" ")
    }

    fn table(rows: usize, all: Option<u64>, file: Option<&'static str>) -> Table {
        Table {
            caption: "Sessions".to_owned(),
            columns: vec![ColumnHead::text("Id")],
            rows: (1..=rows).map(|n| Row::of(vec![Cell::text(format!("V{n}"))])).collect(),
            note: Some("With the page's script: all.".to_owned()),
            paper_note: Some("Marked first.".to_owned()),
            all,
            file,
            ..Table::default()
        }
    }

    #[test]
    fn a_table_that_is_cut_says_how_many_rows_there_are_and_where() {
        let text = printed(&table(400, Some(20_303), Some("tables/sessions.csv")));
        assert!(
            text.contains("Printed here: the first 120 of 20,303 rows. All of them are in tables/sessions.csv."),
            "{text}"
        );
        assert!(text.contains("V120") && !text.contains("V121"));
        assert!(text.contains("Marked first.") && !text.contains("script"), "paper has no script");
        let text = printed(&table(121, None, None));
        assert!(text.contains("Printed here: the first 120 of 121 rows. The others are in report.html."), "{text}");
        assert!(!printed(&table(120, None, None)).contains("Printed here"), "a whole table says nothing of the kind");
    }
}
