//! Owns the header of a CSV source: which column is what.

use bumpalo::Bump;
use mailtrail_model::IssueCode;

use super::{KNOWN, Page};
use crate::normalize::Outer;
use crate::row::Cell;
use crate::wire::{Ctx, Key, Loose, column_name};

/// The columns' names, without byte order mark, spaces and zone.
#[derive(Debug)]
pub(crate) struct Header {
    names: Vec<String>,
}

impl Header {
    /// Reads the cells of a header.
    pub(super) fn new(cells: &[&str]) -> Self {
        Self { names: cells.iter().map(|cell| column_name(cell).to_owned()).collect() }
    }

    /// Where a column is; case does not matter.
    pub(super) fn at(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known.eq_ignore_ascii_case(name))
    }

    /// Where the first of several columns is.
    pub(super) fn first(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.at(name))
    }

    /// Whether a column is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.at(name).is_some()
    }

    /// Whether all are.
    pub(super) fn has_all(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.has(name))
    }

    /// Whether any is.
    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    /// The names, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// The columns that are fields of a record by their own name.
    pub(super) fn fields(&self) -> Vec<(usize, Key)> {
        let known = self.names.iter().enumerate().map(|(at, name)| (at, Key::of_column(name)));
        known.filter(|(_, key)| !matches!(key, Key::Unknown | Key::Body(_))).collect()
    }

    /// Why no container is known by this header.
    pub(super) fn refusal(&self) -> String {
        if self.names.iter().any(|name| name.contains("{}")) {
            return "a Splunk table whose lists were flattened (columns like Folders{}.FolderItems{}.InternetMessageId): which \
                    message lay in which folder is lost; export again with `| table _time _raw`"
                .to_owned();
        }
        let shown: Vec<_> = self.names.iter().take(12).map(String::as_str).collect();
        let more = if self.names.len() > 12 { ", …" } else { "" };
        format!(
            "CSV with the columns {}{more}, none of which holds an audit record; {KNOWN}: export again with the AuditData column",
            shown.join(", ")
        )
    }
}

/// Which column is what, for one source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    /// Columns that may hold the record, best first.
    pub(super) bodies: Vec<usize>,
    /// Columns that are fields of the record.
    pub(super) fields: Vec<(usize, Key)>,
    /// The date column.
    pub(super) created: Option<usize>,
    /// The operation column.
    pub(super) operation: Option<usize>,
    /// The id column.
    pub(super) record_id: Option<usize>,
    /// The record type column.
    pub(super) record_type: Option<usize>,
    /// The user column.
    pub(super) user_id: Option<usize>,
    /// `ResultIndex`.
    pub(super) result_index: Option<usize>,
    /// `ResultCount`.
    pub(super) result_count: Option<usize>,
    /// How many columns the header has.
    pub(super) width: usize,
}

impl Columns {
    /// A cell's text; `None` if the column is not there, the row too short, or the cell empty.
    pub(super) fn text<'a>(at: Option<usize>, cells: &[Cell<'a>], arena: &'a Bump) -> Option<&'a str> {
        let cell = cells.get(at?)?;
        Some(cell.text(arena)).filter(|text| !text.trim().is_empty())
    }

    /// The outer columns of a row.
    pub(super) fn outer<'a>(&self, cells: &[Cell<'a>], arena: &'a Bump) -> Outer<'a> {
        let loose = |at| Self::text(at, cells, arena).map_or(Loose::Absent, Loose::Text);
        Outer {
            created: loose(self.created),
            operation: loose(self.operation),
            record_id: loose(self.record_id),
            record_type: loose(self.record_type),
            user_id: loose(self.user_id),
            fallback_id: Loose::Absent,
        }
    }

    /// Notes a row that has more or fewer cells than the header.
    pub(super) fn check_width(&self, cells: &[Cell<'_>], ctx: Ctx<'_, '_>) {
        if cells.len() != self.width {
            ctx.flaws.note(IssueCode::UnequalColumns, format!("{} cells, {} columns", cells.len(), self.width));
        }
    }

    /// What a row says of its search.
    pub(super) fn page(&self, cells: &[Cell<'_>], arena: &Bump) -> Page {
        let number = |at: Option<usize>| cells.get(at?)?.text(arena).trim().parse().ok();
        Page { result_index: number(self.result_index), result_count: number(self.result_count) }
    }
}
