//! Pages: self-contained HTML that opens from disk and asks for nothing. Each section is a file that turns the account of a
//! case into blocks; the templates lay the blocks out.

mod attribution;
mod bottom_line;
mod bursts;
mod cover;
mod coverage;
mod doc;
mod elsewhere;
mod findings;
mod indicators;
mod island;
mod limits;
mod mailbox;
mod messages;
mod method;
mod policy;
mod regulator;
mod revision;
mod scope;
mod sources;
mod template;
mod timeline;
mod zone;

use mailtrail_model::{CaseInputs, MessageRow, Revision, RowScope, Rows, Timeline};

use crate::error::RenderError;
use crate::figure::Chart;

use bottom_line::Subject;

pub use mailbox::{Batch, MailboxPages};
pub(crate) use messages::shown as folder_name;
pub use regulator::{LEAST, Pseudonyms, regulator_annex, regulator_csv};

// The same sections on paper.
pub(crate) use cover::Cover;
#[cfg(test)]
pub(crate) use doc::Row;
pub(crate) use doc::{Block, Cell, Section, Table, Tone};

/// Whose words a page uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wording {
    /// Facts only: nothing that weighs, accuses or reassures.
    #[default]
    Facts,
    /// The responder's own words for bursts.
    Analyst,
}

impl Wording {
    /// What a burst is called.
    #[must_use]
    pub fn burst(self) -> &'static str {
        match self {
            Self::Facts => "unusual access window",
            Self::Analyst => "exfiltration-like burst",
        }
    }
}

/// Whether a report may point at pages beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailboxLinks {
    /// It stands alone.
    #[default]
    None,
    /// `mailboxes/` lies beside it, one page a mailbox.
    Pages,
    /// `mailboxes/` lies beside it, pages of several mailboxes: its index leads to them.
    Index,
}

/// Everything a report is made of.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// The account of the case.
    pub timeline: &'a Timeline,
    /// What the examiner states; `CaseInputs::default()` where nothing is.
    pub case: &'a CaseInputs,
    /// The charts, in order; each lies as a file in `charts/`, too.
    pub charts: &'a [Chart],
    /// Whose words.
    pub wording: Wording,
    /// Whether `mailboxes/` is written, too.
    pub mailbox_links: MailboxLinks,
    /// The case's tables, where messages can be read from them.
    pub rows: Option<&'a dyn Rows>,
    /// The SHA-256 of `tables/exposure.csv`, in hex, where it is known.
    pub exposure_sha256: Option<&'a str>,
    /// What changed since an earlier report, where one was named.
    pub revision: Option<&'a Revision>,
    /// `mailtrail`'s version.
    pub tool_version: &'a str,
}

/// `report.html`: the cover report of a case.
///
/// # Errors
/// [`RenderError::Rows`] if the tables cannot be read; [`RenderError::Page`] if a template refuses its data, which would be a bug.
pub fn report(input: &ReportInput<'_>) -> Result<String, RenderError> {
    let messages = messages::read(input, "report.html", RowScope::All, messages::CASE_ROWS)?;
    template::render("report.html", &cover::cover(input), sections(input, messages.as_deref()))
}

/// The cover and the sections of the report, numbered, for whoever sets them elsewhere than on a page; the first `rows`
/// messages, if any are wanted.
///
/// # Errors
/// [`RenderError`] if the messages cannot be read.
pub(crate) fn laid_out(input: &ReportInput<'_>, rows: Option<usize>) -> Result<(Cover, Vec<Section>), RenderError> {
    let messages = match rows {
        Some(rows) => messages::read(input, "report.pdf", RowScope::All, rows)?,
        None => None,
    };
    let mut sections = sections(input, messages.as_deref());
    doc::number(&mut sections);
    Ok((cover::cover(input), sections))
}

/// The sections in the order of the report.
fn sections(input: &ReportInput<'_>, messages: Option<&[MessageRow]>) -> Vec<Section> {
    let timeline = timeline::section(input);
    let taken = timeline.data();
    let mut sections = vec![
        bottom_line::section(input, Subject::Case),
        scope::section(input),
        attribution::section(input),
        sources::section(input),
        coverage::section(input),
        timeline,
        messages::section(input, messages, taken),
        bursts::section(input),
        findings::sensitivity(input),
        elsewhere::other_ways(input),
        indicators::indicators(input),
        limits::section(input),
        method::section(input),
        method::glossary(input),
    ];
    sections.extend(input.revision.map(|revision| revision::section(input, revision)));
    sections
}
