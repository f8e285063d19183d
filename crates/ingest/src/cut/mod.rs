//! Owns where rows begin and end. A cutter knows bytes and offsets and no fields.
//!
//! Invariant: the steps of a cutter are contiguous; each byte lies in exactly one row or in one gap (a separator, a header,
//! a wrapper). Cutters see UTF-8 or something near it: they look at ASCII only, so bytes that are no text cannot mislead them.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod xml;

/// A byte order mark, which may stand at the start of any row after files were concatenated.
pub(crate) const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// What stands at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// No row: goes on at `next`.
    Gap {
        /// Where to go on.
        next: usize,
    },
    /// A row.
    Row(Cut),
    /// What looks like a CSV header in the middle of concatenated files; a row if no container knows it.
    Header(Cut),
    /// The row does not end in these bytes.
    More,
}

/// A row as cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// First byte.
    pub(crate) start: usize,
    /// One past the last byte; the line end is not in it.
    pub(crate) end: usize,
    /// Where to go on.
    pub(crate) next: usize,
    /// What is wrong with it, seen from outside.
    pub(crate) fault: Option<Fault>,
}

/// What a cutter can see to be wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The source ends inside it. Handed on: a container may salvage it.
    Unfinished,
    /// A quote that does not close where a cell ends.
    Quotes,
    /// Longer than the line cap.
    TooLong,
    /// Deeper than the depth cap.
    TooDeep,
}

/// The cutter of a source.
#[derive(Debug)]
pub(crate) enum Cutter {
    /// Cells and quotes.
    Csv(csv::CsvCutter),
    /// Objects, however they are strung together.
    Json(Box<json::JsonCutter>),
    /// `Event` elements.
    Xml(xml::XmlCutter),
}

impl Cutter {
    /// What stands at `at < bytes.len()`. With `last`, no bytes follow, and the answer is never [`Step::More`].
    pub(crate) fn step(&mut self, bytes: &[u8], at: usize, last: bool) -> Step {
        match self {
            Self::Csv(cutter) => cutter.step(bytes, at, last),
            Self::Json(cutter) => cutter.step(bytes, at, last),
            Self::Xml(cutter) => cutter.step(bytes, at, last),
        }
    }

    /// Where a row may begin after `at`, once the row at `at` was given up.
    pub(crate) fn resume(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        match self {
            Self::Csv(cutter) => cutter.resume(bytes, at),
            Self::Json(cutter) => cutter.resume(bytes, at),
            Self::Xml(cutter) => cutter.resume(bytes, at),
        }
    }

    /// Whether the last page of a paged answer named another one after it; `None` if the source has no pages.
    pub(crate) fn more_pages(&self) -> Option<bool> {
        match self {
            Self::Json(cutter) => cutter.more_pages(),
            Self::Csv(_) | Self::Xml(_) => None,
        }
    }

    /// Whether the source stopped inside something that should have been closed (an array, a wrapper).
    pub(crate) fn unfinished(&self) -> Option<&'static str> {
        match self {
            Self::Csv(_) => None,
            Self::Json(cutter) => cutter.unfinished(),
            Self::Xml(cutter) => cutter.unfinished(),
        }
    }
}

/// One past the last byte of `bytes[start..end]` that is not white space.
pub(crate) fn trim_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let blank = bytes[start..end].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    end - blank
}

/// How many of `bytes` are `wanted`; sixteen lanes at a time once compiled.
pub(crate) fn count(bytes: &[u8], wanted: u8) -> usize {
    bytes.chunks(240).map(|chunk| usize::from(chunk.iter().map(|b| u8::from(*b == wanted)).sum::<u8>())).sum()
}

#[cfg(test)]
mod tests;
