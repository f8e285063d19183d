//! Owns what a page consists of: sections of blocks, plain data. The templates lay them out; the sections fill them.

use crate::figure::{Chart, ColumnHead};
use crate::words::thousands;

/// Rows of one table that a browser prints; `page.js` counts the same after sorting. A thousand mailboxes would fill thirty sheets
/// with each table that lists them.
const PRINTED: usize = 100;

/// Where a sentence comes from. Every sentence of a report carries one: docs/METHOD.md, first paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// A record says so.
    Observed,
    /// By a stated rule.
    Inferred,
    /// By a stated policy.
    Presumed,
    /// The examiner says so.
    Stated,
    /// Known of the log or of this tool, whatever the records say.
    Known,
}

impl Basis {
    /// The word on the page.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Inferred => "inferred",
            Self::Presumed => "presumed",
            Self::Stated => "stated",
            Self::Known => "documented",
        }
    }
}

/// One sentence or two, with their basis and the way to where the numbers come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) basis: Basis,
    pub(crate) text: String,
    /// Where to look: the id of a figure, a section or a table.
    pub(crate) see: Option<&'static str>,
    /// The same on this page, as its number; set by [`number`], and only if it is on the page.
    pub(crate) label: Option<String>,
}

impl Statement {
    /// A statement without a reference.
    pub(crate) fn new(basis: Basis, text: impl Into<String>) -> Self {
        Self { basis, text: text.into(), see: None, label: None }
    }

    /// Adds where the numbers come from.
    pub(crate) fn see(mut self, id: &'static str) -> Self {
        self.see = Some(id);
        self
    }
}

/// Numbers the references of a page: a figure by its id, a section or table by its section's number.
pub(crate) fn number(sections: &mut [Section]) {
    let mut labels: std::collections::BTreeMap<&'static str, String> = std::collections::BTreeMap::new();
    for (place, section) in sections.iter().enumerate() {
        let own = (place + 1).to_string();
        for block in &section.blocks {
            match block {
                Block::Table(table) => labels.insert(table.id, own.clone()),
                Block::Figure(chart, _) => labels.insert(chart.id, chart.id.to_owned()),
                _ => None,
            };
        }
        labels.insert(section.id, own);
    }
    for block in sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Statements(statements) = block {
            for statement in statements {
                statement.label = statement.see.and_then(|id| labels.get(id).cloned());
            }
        }
    }
}

/// How a cell stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Not at all.
    #[default]
    Plain,
    /// Suspect.
    Suspect,
    /// Something to look at.
    Attention,
    /// Nothing, not known, not computed.
    Quiet,
}

impl Tone {
    /// The class on the page.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Suspect => "suspect",
            Self::Attention => "attention",
            Self::Quiet => "quiet",
        }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// What it sorts by, where its text does not sort.
    pub(crate) sort: Option<String>,
    /// A fragment or file of ours; never a text of the log.
    pub(crate) href: Option<String>,
    /// What the link sets on the table it leads to: a filter's column and word, `Class=A`; both ours.
    pub(crate) pick: Option<String>,
    /// A second line, smaller.
    pub(crate) detail: Option<String>,
    pub(crate) tone: Tone,
}

impl Cell {
    /// A cell of words.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A cell that holds a count; zero is quiet.
    pub(crate) fn count(n: u64) -> Self {
        let tone = if n == 0 { Tone::Quiet } else { Tone::Plain };
        Self { text: crate::words::thousands(n), sort: Some(n.to_string()), tone, ..Self::default() }
    }

    /// A cell without a value.
    pub(crate) fn quiet(text: &str) -> Self {
        Self { text: text.to_owned(), sort: Some(String::new()), tone: Tone::Quiet, ..Self::default() }
    }

    /// The same with a key to sort by.
    pub(crate) fn sorted_by(mut self, key: impl ToString) -> Self {
        self.sort = Some(key.to_string());
        self
    }

    /// The same with a second line.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        self.detail = (!detail.is_empty()).then_some(detail);
        self
    }

    /// The same as a link.
    pub(crate) fn linked(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// The same as a link to a table, filtered by a word of one of its columns.
    pub(crate) fn picking(self, table: &str, column: &str, word: &str) -> Self {
        Self { pick: Some(format!("{column}={word}")), ..self.linked(format!("#{table}")) }
    }

    /// The same in another tone.
    pub(crate) fn toned(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// The fragment that leads here (`V12`, `M003`, `C0a1b2c3d`).
    pub(crate) id: Option<String>,
    pub(crate) tone: Tone,
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    /// A row nobody links to.
    pub(crate) fn of(cells: Vec<Cell>) -> Self {
        Self { id: None, tone: Tone::Plain, cells }
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Its id on the page.
    pub(crate) id: &'static str,
    /// What it holds.
    pub(crate) caption: String,
    pub(crate) columns: Vec<ColumnHead>,
    pub(crate) rows: Vec<Row>,
    /// Sums under the table.
    pub(crate) total: Option<Vec<Cell>>,
    /// What it leaves out, and where the rest is.
    pub(crate) note: Option<String>,
    /// The note on paper, where a page's own speaks of the page's script.
    pub(crate) paper_note: Option<String>,
    /// How many rows there are in all, where they are more than `rows`.
    pub(crate) all: Option<u64>,
    /// The file of the output folder that has them all.
    pub(crate) file: Option<&'static str>,
    /// Whether the script may sort and search it.
    pub(crate) interactive: bool,
    /// All rows as data, where the table shows only the first: written by `island`.
    pub(crate) island: Option<String>,
}

impl Table {
    /// Whether it is so long that it scrolls in a frame of its own.
    pub(crate) fn is_long(&self) -> bool {
        self.rows.len() > 24
    }

    /// What a browser prints of it, and where the rest is, if it does not print all.
    pub(crate) fn on_paper(&self) -> Option<String> {
        let (printed, all) = (PRINTED.min(self.rows.len()) as u64, self.all.unwrap_or(self.rows.len() as u64));
        let rest =
            self.file.map_or_else(|| "The others are on the page.".to_owned(), |file| format!("All of them: {file}."));
        (printed < all).then(|| format!("Printed: the first {} of {} rows. {rest}", thousands(printed), thousands(all)))
    }

    /// Whether a row stands so far down that it is not printed.
    pub(crate) fn is_far(&self, place: &usize) -> bool {
        *place >= PRINTED
    }

    /// Whether a column holds numbers; for the template, which walks cells by their place.
    pub(crate) fn is_numeric(&self, place: &usize) -> bool {
        self.columns.get(*place).is_some_and(|column| column.numeric)
    }
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading inside the section.
    Heading(&'static str),
    /// Sentences with their basis.
    Statements(Vec<Statement>),
    /// A remark in running text.
    Note(String),
    /// Names and values.
    Facts(Vec<(&'static str, String)>),
    /// Terms and what they mean.
    Terms(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// A chart, and the file its numbers lie in.
    Figure(Box<Chart>, Option<String>),
    /// What this run did not compute.
    Absent(String),
}

/// A section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// The fragment that leads here.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) blocks: Vec<Block>,
}

impl Section {
    /// An empty section.
    pub(crate) fn new(id: &'static str, title: &'static str) -> Self {
        Self { id, title, blocks: Vec::new() }
    }

    /// Adds a block.
    pub(crate) fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Adds a chart whose numbers lie in the case's own files.
    pub(crate) fn with_chart(self, chart: &Chart) -> Self {
        let file = chart.lies_in_charts().then(|| format!("charts/{}.csv", chart.file_stem()));
        self.with(Block::Figure(Box::new(chart.clone()), file))
    }

    /// Bytes its tables carry as data beside what they show.
    pub(crate) fn data(&self) -> usize {
        let island =
            |block: &Block| if let Block::Table(table) = block { table.island.as_ref().map(String::len) } else { None };
        self.blocks.iter().filter_map(island).sum()
    }

    /// Adds tables, if there are any.
    pub(crate) fn with_tables(mut self, tables: impl IntoIterator<Item = Table>) -> Self {
        self.blocks.extend(tables.into_iter().map(Block::Table));
        self
    }

    /// Adds sentences, if there are any.
    pub(crate) fn with_statements(self, statements: Vec<Statement>) -> Self {
        if statements.is_empty() { self } else { self.with(Block::Statements(statements)) }
    }
}
