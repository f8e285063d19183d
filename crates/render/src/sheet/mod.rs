//! Spreadsheets: sessions and messages as workbooks with notes, and as CSV that is safe in a spreadsheet program.
//!
//! Owns: which columns people get, what they mean, and that no text of the log becomes a formula or a link. The exact tables for
//! machines are `timeline`'s. Two runs over the same account give the same bytes.

mod book;
mod column;
mod messages;
mod notes;
mod safe;
mod sessions;

use std::collections::BTreeMap;
use std::path::Path;

use mailtrail_model::{CaseInputs, MailboxSummary, Timeline};

use book::Masthead;

pub use messages::MessagesSheet;
pub(crate) use notes::class_meaning;
pub use notes::sheet_notes;
pub use sessions::sessions_sheet;

/// Everything a spreadsheet is made of, its rows excepted.
#[derive(Clone, Copy, Debug)]
pub struct SheetInput<'a> {
    /// The account of the case.
    pub timeline: &'a Timeline,
    /// What the examiner states.
    pub case: &'a CaseInputs,
    /// `mailtrail`'s version.
    pub tool_version: &'a str,
    /// A folder in which rows may wait in a file without a name: it is gone when the workbook is written, or the program ends.
    pub scratch: &'a Path,
}

impl SheetInput<'_> {
    fn masthead(&self, title: &'static str) -> Masthead {
        let case = self.timeline.case_id.as_deref().or(self.case.case_id.as_deref());
        Masthead {
            title,
            case: case.map_or_else(|| "case id not stated".to_owned(), |case| format!("Case {case}")),
            legend: self.case.legend.clone(),
            made_by: format!("mailtrail {}", self.tool_version),
        }
    }

    /// The mailboxes by key: a row of a table names the key, a person wants the name.
    fn mailboxes(&self) -> BTreeMap<&str, &MailboxSummary> {
        self.timeline.mailboxes.iter().map(|mailbox| (mailbox.key.as_str(), mailbox)).collect()
    }
}
