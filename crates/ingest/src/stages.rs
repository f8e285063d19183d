//! Owns what benches time: each stage of a row's way alone, fed with what the stage before it made. Hidden from the
//! documentation.
//!
//! Checks nothing: that a stage is right is the business of tests. Each stage returns a count, so that none is optimised away.

use bumpalo::Bump;
use mailtrail_model::{Locator, SourceId};

use crate::cut::{Cutter, Step, csv};
use crate::limits::Limits;
use crate::normalize::{Facts, judge};
use crate::row::{Cell, OutcomeKind};
use crate::sniff::{self, Sniffed};
use crate::wire::{self, Ctx, Flaws, WireRecord};

/// A CSV export whose rows hold records in a cell, taken apart stage by stage.
pub struct Stages<'a> {
    text: &'a str,
    delimiter: u8,
    columns: usize,
    rows: Vec<&'a str>,
    bodies: Vec<Cell<'a>>,
    records: Vec<WireRecord<'a>>,
}

/// Takes an export apart and hands the stages to `time`; `None` if it is no CSV export.
pub fn with<T>(export: &str, time: impl FnOnce(&Stages<'_>) -> T) -> Option<T> {
    let Sniffed::Known { cutter: Cutter::Csv(cutter), .. } = sniffed(export) else { return None };
    let (arena, flaws) = (Bump::new(), Flaws::default());
    let (delimiter, columns) = (cutter.delimiter(), cutter.columns());
    let mut rows = Vec::new();
    each_row(export, |start, end| rows.extend(export.get(start..end)));
    let cells = rows.iter().flat_map(|row| csv::split(row, delimiter, columns, &arena).cells);
    let bodies: Vec<Cell<'_>> = cells.filter(|cell| cell.raw.starts_with('{')).copied().collect();
    let ctx = Ctx { arena: &arena, flaws: &flaws };
    let records = bodies.iter().filter_map(|body| wire::read_cell(body, ctx).ok()).collect();
    Some(time(&Stages { text: export, delimiter, columns, rows, bodies, records }))
}

fn sniffed(export: &str) -> Sniffed {
    let head = export.as_bytes();
    sniff::sniff(&head[..head.len().min(sniff::LOOK)], head.len() <= sniff::LOOK, Limits::default().depth)
}

fn each_row(export: &str, mut each: impl FnMut(usize, usize)) {
    let Sniffed::Known { mut cutter, next, .. } = sniffed(export) else { return };
    let (bytes, mut at) = (export.as_bytes(), next);
    while at < bytes.len() {
        at = match cutter.step(bytes, at, true) {
            Step::Gap { next } => next,
            Step::Row(cut) | Step::Header(cut) => {
                each(cut.start, cut.end);
                cut.next
            }
            Step::More => return,
        };
    }
}

impl Stages<'_> {
    /// Bytes of the export.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Row cutting: where rows begin and end.
    #[must_use]
    pub fn cut(&self) -> usize {
        let mut rows = 0;
        each_row(self.text, |_, _| rows += 1);
        rows
    }

    /// Cells of every row.
    #[must_use]
    pub fn split(&self) -> usize {
        let arena = Bump::new();
        self.rows.iter().map(|row| csv::split(row, self.delimiter, self.columns, &arena).cells.len()).sum()
    }

    /// Unescaping: doubled quotes of every body made single. Only bodies out of the ordinary take this way.
    #[must_use]
    pub fn unescape(&self) -> usize {
        let arena = Bump::new();
        self.bodies.iter().map(|body| body.text(&arena).len()).sum()
    }

    /// Parsing: the JSON of every body, read in place.
    #[must_use]
    pub fn parse(&self) -> usize {
        let (arena, flaws) = (Bump::new(), Flaws::default());
        let ctx = Ctx { arena: &arena, flaws: &flaws };
        self.bodies.iter().filter(|body| wire::read_cell(body, ctx).is_ok()).count()
    }

    /// Normalizing: what every record states, judged.
    #[must_use]
    pub fn normalize(&self) -> usize {
        let (arena, flaws) = (Bump::new(), Flaws::default());
        let ctx = Ctx { arena: &arena, flaws: &flaws };
        let at = Locator { source: SourceId(0), row: 1, byte_offset: 0, byte_len: 0 };
        let judged = self.records.iter().map(|record| judge(record, &Facts::default(), at, ctx).kind);
        judged.filter(|kind| matches!(kind, OutcomeKind::Access(_))).count()
    }
}
