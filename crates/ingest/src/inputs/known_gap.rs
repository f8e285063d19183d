//! Owns `known-gaps.csv`: times in which records are known to be missing, and who says so.

use std::io::Read;

use mailtrail_model::{GapScope, KnownGap, MailboxName};

use super::{
    InputErrors, Loaded,
    table::{Column, Table, optional, required, several},
};

pub(super) const COLUMNS: &[Column] = &[
    optional("scope", &["mailbox", "mailboxes"]),
    required("start", &["start_utc", "from"]),
    required("end", &["end_utc", "to"]),
    required("source", &["basis", "notice", "reference"]),
];

/// Reads known gaps.
///
/// # Errors
/// Every complaint about them: a gap that ends before it starts, a scope that names no mailbox, a gap nobody vouches for.
pub fn read_known_gaps(file: &str, reader: impl Read) -> Result<Loaded<Vec<KnownGap>>, InputErrors> {
    let mut table = Table::open("known-gaps", file, reader, COLUMNS)?;
    let mut gaps = Vec::new();
    while table.advance() {
        for column in ["start", "end"] {
            if table.cell(column).is_none() {
                table.complain(column, "empty".to_owned(), None);
            }
        }
        let span = if table.cell("start").is_some() && table.cell("end").is_some() {
            table.span("start", "end")
        } else {
            None
        };
        let source = table.needed("source").map(str::to_owned);
        let scope = scope(&table);
        if let (Some(span), Some(source), Some(scope)) = (span, source, scope) {
            gaps.push(KnownGap { place: table.place(), scope, span, source });
        }
    }
    let count = gaps.len();
    table.finish(gaps, count)
}

fn scope<R: Read>(table: &Table<R>) -> Option<GapScope> {
    let cell = match table.cell("scope") {
        None if !table.has("scope") => return Some(GapScope::All),
        None => table.needed("scope")?,
        Some(cell) => cell,
    };
    if cell.eq_ignore_ascii_case("all") {
        return Some(GapScope::All);
    }
    let mut names = Vec::new();
    for text in several(cell) {
        match MailboxName::parse(text) {
            Some(name) => names.push(name),
            None => {
                let hint = "write all, or mailboxes parted by ;".to_owned();
                table.complain("scope", format!("\"{text}\" names no mailbox"), Some(hint));
                return None;
            }
        }
    }
    Some(GapScope::Mailboxes(names))
}
