//! Owns writing one table in two forms that people open in a spreadsheet program: a workbook, and a CSV that is safe there.
//!
//! Invariants: a text is written as a text, never as a formula or a link; both forms hold the same rows in the same order; equal
//! rows give equal bytes. Memory is one row: the workbook's rows wait in an unnamed file in the caller's scratch folder.

use std::io::Write;
use std::path::Path;

use mailtrail_model::UtcMicros;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::column::{CHANGED, Column, Kind, Value};
use super::safe::SafeText;
use crate::error::RenderError;

/// Rows a spreadsheet program opens, less the header.
pub(super) const ROWS: u64 = 1_048_575;
/// Above this a sheet may pass 4 GiB before it is packed, which the archive must be told in advance.
const LARGE: u64 = 400_000;
/// Counts above it lose their last digits as numbers of a spreadsheet.
const EXACT: u64 = 1 << 53;

/// What stands at the head and foot of each printed page, and in the file's properties.
#[derive(Clone, Debug)]
pub(super) struct Masthead {
    /// `Messages`: the sheet's name.
    pub(super) title: &'static str,
    pub(super) case: String,
    pub(super) legend: Option<String>,
    pub(super) made_by: String,
}

/// A table on its way into both forms.
pub(super) struct Book<C> {
    file: &'static str,
    columns: Vec<Column>,
    book: Workbook,
    sheet: Worksheet,
    csv: C,
    time: Format,
    /// Rows offered so far, those beyond [`ROWS`] included.
    rows: u64,
}

impl<C: Write> Book<C> {
    /// Starts both forms with their header. `expected` is how many rows will come, as far as is known.
    pub(super) fn create(
        file: &'static str,
        masthead: &Masthead,
        columns: &[Column],
        expected: u64,
        scratch: &Path,
        csv: C,
    ) -> Result<Self, RenderError> {
        let columns: Vec<Column> = columns.iter().copied().chain([CHANGED]).collect();
        let mut book = Workbook::new();
        let sheet = start(&mut book, masthead, &columns, expected, scratch)
            .map_err(|source| RenderError::Workbook { file, source })?;
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let mut this = Self { file, columns, book, sheet, csv, time, rows: 0 };
        // Spreadsheet programs take a CSV for UTF-8 only behind this mark.
        let header: String = this.columns.iter().map(|column| quoted(column.name)).collect::<Vec<_>>().join(",");
        this.line(&format!("\u{FEFF}{header}\r\n"))?;
        Ok(this)
    }

    /// Adds a row: one value a column, [`CHANGED`] excepted. A row beyond the last one a program opens is only counted.
    pub(super) fn row(&mut self, values: &[Value<'_>]) -> Result<(), RenderError> {
        self.rows += 1;
        if self.rows > ROWS {
            return Ok(());
        }
        let file = self.file;
        let row = u32::try_from(self.rows).unwrap_or(u32::MAX);
        let mut line = String::new();
        let mut changed = String::new();
        for (at, value) in (0_u16..).zip(values) {
            if at > 0 {
                line.push(',');
            }
            let write = self.cell(row, at, *value, &mut line, &mut changed);
            write.map_err(|source| RenderError::Workbook { file, source })?;
        }
        line.push(',');
        if !changed.is_empty() {
            let at = u16::try_from(values.len()).unwrap_or(u16::MAX);
            let write = self.sheet.write_string(row, at, &*changed).map(|_| ());
            write.map_err(|source| RenderError::Workbook { file, source })?;
            line.push_str(&quoted(&changed));
        }
        line.push_str("\r\n");
        self.line(&line)
    }

    fn cell(
        &mut self,
        row: u32,
        at: u16,
        value: Value<'_>,
        line: &mut String,
        changed: &mut String,
    ) -> Result<(), XlsxError> {
        match value {
            Value::Text(None) | Value::Time(None) | Value::Count(None) => {}
            Value::Text(Some(text)) => {
                let safe = SafeText::of(text);
                if safe.changed {
                    if !changed.is_empty() {
                        changed.push(' ');
                    }
                    changed.push_str(self.columns.get(usize::from(at)).map_or("", |column| column.name));
                }
                line.push_str(&quoted(&safe.text));
                self.sheet.write_string(row, at, safe.text)?;
            }
            Value::Time(Some(time)) => {
                let text = time.to_datetime().format("%Y-%m-%d %H:%M:%S").to_string();
                line.push_str(&text);
                match serial(time) {
                    Some(days) => self.sheet.write_number_with_format(row, at, days, &self.time)?,
                    None => self.sheet.write_string(row, at, text)?,
                };
            }
            Value::Count(Some(n)) => {
                line.push_str(&n.to_string());
                if n <= EXACT {
                    self.sheet.write_number(row, at, crate::words::real(n))?;
                } else {
                    self.sheet.write_string(row, at, n.to_string())?;
                }
            }
            Value::Truth(holds) => {
                line.push_str(if holds { "TRUE" } else { "FALSE" });
                self.sheet.write_boolean(row, at, holds)?;
            }
        }
        Ok(())
    }

    /// Rows both forms hold.
    pub(super) fn shown(&self) -> u64 {
        self.rows.min(ROWS)
    }

    /// Ends both forms: of `all` rows some may be in `rest` only; `notes` become the second sheet.
    pub(super) fn finish(
        mut self,
        all: u64,
        notes: impl FnOnce(u64, &[Column]) -> Vec<[String; 3]>,
        rest: &str,
        xlsx: impl Write + Send,
    ) -> Result<(), RenderError> {
        let file = self.file;
        let all = all.max(self.rows);
        if all > self.shown() {
            let left = crate::words::thousands(all - self.shown());
            self.line(&format!("{}\r\n", quoted(&format!("{left} more rows are in {rest}"))))?;
        }
        self.csv.flush().map_err(|source| RenderError::Write { file, source })?;
        let notes = notes(self.shown(), &self.columns);
        self.end(&notes, xlsx).map_err(|source| RenderError::Workbook { file, source })
    }

    fn end(mut self, notes: &[[String; 3]], xlsx: impl Write + Send) -> Result<(), XlsxError> {
        let last_row = u32::try_from(self.shown().max(1)).unwrap_or(1);
        let last_column = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(0);
        self.sheet.autofilter(0, 0, last_row, last_column)?;
        self.book.push_worksheet(self.sheet);
        let sheet = self.book.add_worksheet();
        sheet.set_name("Notes")?;
        let (bold, wrap) = (Format::new().set_bold(), Format::new().set_text_wrap());
        for (column, width) in [(0, 20.0), (1, 26.0), (2, 110.0)] {
            sheet.set_column_width(column, width)?;
        }
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
        for (row, [topic, name, meaning]) in (0_u32..).zip(notes) {
            sheet.write_string_with_format(row, 0, topic, &bold)?;
            sheet.write_string(row, 1, &*SafeText::of(name).text)?;
            sheet.write_string_with_format(row, 2, &*SafeText::of(meaning).text, &wrap)?;
        }
        self.book.save_to_writer(xlsx)
    }

    fn line(&mut self, line: &str) -> Result<(), RenderError> {
        self.csv.write_all(line.as_bytes()).map_err(|source| RenderError::Write { file: self.file, source })
    }
}

/// The data sheet up to its header: properties, widths, frozen header, print set-up.
fn start(
    book: &mut Workbook,
    masthead: &Masthead,
    columns: &[Column],
    expected: u64,
    scratch: &Path,
) -> Result<Worksheet, XlsxError> {
    // The moment of writing would make two runs differ: the file states the day spreadsheets' archives begin with.
    let made = ExcelDateTime::from_ymd(1980, 1, 1)?;
    let properties = DocProperties::new()
        .set_title(masthead.title)
        .set_subject(&*SafeText::of(&masthead.case).text)
        .set_author(&masthead.made_by)
        .set_creation_datetime(&made);
    book.set_properties(&properties);
    book.use_zip_large_file(expected > LARGE);
    book.set_tempdir(scratch)?;
    let mut sheet = book.new_worksheet_with_constant_memory()?;
    sheet.set_name(masthead.title)?;
    for (at, column) in (0_u16..).zip(columns) {
        sheet.set_column_width(at, column.kind.width().max(width_of(column)))?;
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    let legend = masthead.legend.as_deref().unwrap_or("");
    sheet.set_header(format!("&L{}&R{}", printed(legend), printed(&masthead.case)));
    sheet.set_footer(format!("&L{}&R&P / &N", printed(&masthead.made_by)));
    let head = Format::new().set_bold().set_background_color(0xE8_EB_EF);
    for (at, column) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, at, column.name, &head)?;
    }
    Ok(sheet)
}

/// Room for the column's name and the filter's button.
fn width_of(column: &Column) -> f64 {
    let letters = u32::try_from(column.name.len()).unwrap_or(u32::MAX);
    match column.kind {
        Kind::Text => 0.0,
        _ => f64::from(letters) + 3.0,
    }
}

/// A text as part of a printed header: `&` begins a code there, and the whole may hold 255 characters.
fn printed(text: &str) -> String {
    let text: String = crate::escape::visible(text).chars().take(90).collect();
    text.replace('&', "&&")
}

/// Days since the day spreadsheets begin with, to the second; `None` outside the years they know.
fn serial(at: UtcMicros) -> Option<f64> {
    const DAY: i64 = 86_400;
    const DAYS_BEFORE_1970: i64 = 25_569;
    let seconds = at.0.div_euclid(UtcMicros::SECOND) + DAYS_BEFORE_1970 * DAY;
    // Before March 1900 their calendar has a day that never was; after 9999 it ends.
    (61 * DAY..2_958_466 * DAY).contains(&seconds).then_some(seconds as f64 / DAY as f64)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::{UtcMicros, serial};

    #[test]
    fn a_time_is_the_spreadsheets_own_number() {
        for (seconds, expected) in [(0, 25_569.0), (1_698_796_800, 45_231.0), (1_698_840_000, 45_231.5)] {
            assert_eq!(serial(UtcMicros(seconds * UtcMicros::SECOND)), Some(expected));
        }
        assert_eq!(serial(UtcMicros(999_999)), Some(25_569.0));
        assert_eq!(serial(UtcMicros(-3_000_000_000 * UtcMicros::SECOND)), None);
    }
}
