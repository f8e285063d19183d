//! Owns what a chart is to everybody else: its picture, the numbers it was drawn from, its claim, its table.

use crate::escape;

/// A finished chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// `F01`: never changes.
    pub id: &'static str,
    /// `swimlanes`: with the id it makes the file name.
    pub name: &'static str,
    /// The title above the picture.
    pub title: String,
    /// One sentence or two: what the picture shows, in words that hold without it.
    pub claim: String,
    /// The picture: a whole SVG document that stands alone.
    pub svg: String,
    /// The numbers it was drawn from, exact, RFC 4180.
    pub csv: String,
    /// The same for people: the text alternative.
    pub table: ChartTable,
}

impl Chart {
    /// Whether the picture says that its numbers lie in `charts/`.
    pub(crate) fn lies_in_charts(&self) -> bool {
        self.svg.contains(&self.mark())
    }

    /// The same picture as a part of a page about one mailbox: its numbers lie in no file of their own.
    pub(crate) fn of_mailbox(mut self, mailbox_id: &str) -> Self {
        self.svg = self.svg.replace(&self.mark(), &format!("{} · {}", self.id, escape::xml(mailbox_id)));
        self
    }

    /// The words at the lower right of the picture.
    fn mark(&self) -> String {
        format!("{} · charts/{}.csv", self.id, self.file_stem())
    }

    /// `F01-swimlanes`: the file name without its ending.
    #[must_use]
    pub fn file_stem(&self) -> String {
        format!("{}-{}", self.id, self.name)
    }
}

/// The text alternative of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartTable {
    /// What the table holds.
    pub caption: String,
    /// Column heads.
    pub head: Vec<ColumnHead>,
    /// Cells, as many in each row as there are heads.
    pub rows: Vec<Vec<String>>,
}

impl ChartTable {
    /// Whether a column holds numbers; for the template, which walks cells by their place.
    pub(crate) fn is_numeric(&self, place: &usize) -> bool {
        self.head.get(*place).is_some_and(|column| column.numeric)
    }
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnHead {
    /// Its words.
    pub label: &'static str,
    /// Whether it holds numbers, which stand at the right.
    pub numeric: bool,
    /// Whether its few words are offered as a filter.
    pub filter: bool,
}

impl ColumnHead {
    /// A column of words.
    #[must_use]
    pub fn text(label: &'static str) -> Self {
        Self { label, numeric: false, filter: false }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(label: &'static str) -> Self {
        Self { label, numeric: true, filter: false }
    }
}

impl ColumnHead {
    /// The same, offered as a filter.
    #[must_use]
    pub fn filtered(self) -> Self {
        Self { filter: true, ..self }
    }
}

/// A CSV file being written.
pub(crate) struct Csv(String);

impl Csv {
    /// Starts with the header.
    pub(crate) fn new(header: &[&str]) -> Self {
        let mut out = String::new();
        escape::csv_row(&mut out, header);
        Self(out)
    }

    /// Adds a record.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        escape::csv_row(&mut self.0, cells);
    }

    /// The file.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}
