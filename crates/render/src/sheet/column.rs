//! Owns what a spreadsheet's columns and cells are, before anything is written.

use mailtrail_model::UtcMicros;

/// What a column holds; decides its width and format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A short word: an id, a class, a state.
    Word,
    /// A name.
    Name,
    /// Anything longer.
    Text,
    /// A point in time.
    Time,
    /// A count.
    Count,
    /// True or false.
    Truth,
}

impl Kind {
    /// Width of the column, in characters.
    pub(super) fn width(self) -> f64 {
        match self {
            Self::Word => 13.0,
            Self::Name => 30.0,
            Self::Text => 44.0,
            Self::Time => 19.5,
            Self::Count => 12.0,
            Self::Truth => 12.0,
        }
    }
}

/// A column: the name is docs/TABLES.md's wherever that table has the same column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// For the notes.
    pub(super) meaning: &'static str,
}

impl Column {
    pub(super) const fn new(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name, kind, meaning }
    }
}

/// The last column of every spreadsheet.
pub(super) const CHANGED: Column = Column::new(
    "changed_cells",
    Kind::Name,
    "the columns of this row whose text differs from the record's: a leading apostrophe keeps a program from calculating it, \
     characters that hide or reorder text are shown by number, an overlong text is cut. The exact text is in the CSV table",
);

/// One cell. Absent is absent: never an empty text, never 0.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Text(Option<&'a str>),
    Time(Option<UtcMicros>),
    Count(Option<u64>),
    Truth(bool),
}

impl<'a> Value<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(Some(text))
    }

    pub(super) fn count(n: u64) -> Self {
        Self::Count(Some(n))
    }
}
