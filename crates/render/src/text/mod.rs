//! The bottom line, ready to paste: `summary.txt` and `summary.docx`, and their wording as a preliminary notice.
//!
//! Owns the order of those few paragraphs. The sentences are the report's own, word for word, each with the figure or section it
//! rests on in brackets: a sentence that is pasted elsewhere can still be followed home.

mod docx;

use chrono::NaiveDate;

use crate::error::RenderError;
use crate::page::{self, Block, ReportInput};
use crate::words::{count, len, thousands};

/// What makes a summary a preliminary notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preliminary {
    /// When the examiner will revise it.
    pub next_revision: Option<NaiveDate>,
}

/// A paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Paragraph {
    Title(String),
    Heading(&'static str),
    Text(String),
}

/// The summary of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    paragraphs: Vec<Paragraph>,
}

impl Summary {
    /// Words it.
    ///
    /// # Errors
    /// None today: no row of a table is read for it.
    pub fn of(input: &ReportInput<'_>, preliminary: Option<Preliminary>) -> Result<Self, RenderError> {
        let (cover, sections) = page::laid_out(input, None)?;
        let mut paragraphs = Vec::new();
        paragraphs.extend(cover.legend.clone().map(Paragraph::Text));
        paragraphs.push(Paragraph::Title(match preliminary {
            Some(_) => format!("Preliminary notice: {}", cover.title),
            None => cover.title.clone(),
        }));
        let about = cover.facts.iter().filter(|(name, value)| !value.is_empty() && *name != "Case");
        let about: Vec<String> = about.map(|(name, value)| format!("{name}: {value}")).collect();
        paragraphs.push(Paragraph::Text(format!("{}. {}.", cover.subtitle, about.join("; "))));
        paragraphs.push(Paragraph::Heading(if preliminary.is_some() { "Facts so far" } else { "Bottom line" }));
        let bottom = sections.iter().find(|section| section.id == "bottom-line").map_or(&[][..], |s| &s.blocks);
        paragraphs.push(Paragraph::Text(bottom.iter().map(sentences).collect::<Vec<_>>().join(" ").trim().to_owned()));
        if let Some(preliminary) = preliminary {
            paragraphs.push(Paragraph::Heading("Still open"));
            paragraphs.extend(open(input).into_iter().map(Paragraph::Text));
            paragraphs.push(Paragraph::Heading("Next revision"));
            paragraphs.push(Paragraph::Text(match preliminary.next_revision {
                Some(date) => format!("Due on {date}. Numbers of this notice may change with it in either direction."),
                None => "When it is due is not stated. Numbers of this notice may change with it in either direction."
                    .to_owned(),
            }));
        }
        Ok(Self { paragraphs })
    }

    /// `summary.txt`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for paragraph in &self.paragraphs {
            let words = match paragraph {
                Paragraph::Title(words) | Paragraph::Text(words) => crate::escape::visible(words),
                Paragraph::Heading(words) => words.to_uppercase(),
            };
            out.push_str(&words);
            out.push_str("\n\n");
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    /// `summary.docx`.
    ///
    /// # Errors
    /// If the archive cannot be put together, which would be a bug.
    pub fn docx(&self) -> Result<Vec<u8>, RenderError> {
        docx::document(&self.paragraphs)
    }
}

/// A block of the bottom line in running text.
fn sentences(block: &Block) -> String {
    match block {
        Block::Statements(statements) => {
            let each = statements.iter().map(|statement| match &statement.label {
                Some(label) if label.starts_with('F') => format!("{} [{label}]", statement.text),
                Some(label) => format!("{} [section {label}]", statement.text),
                None => statement.text.clone(),
            });
            each.collect::<Vec<_>>().join(" ")
        }
        Block::Table(table) => {
            let rows = table.rows.iter().map(|row| {
                let cells: Vec<&str> = row.cells.iter().map(|cell| &*cell.text).collect();
                match cells.as_slice() {
                    [class, meaning, n, ..] => format!("{class} ({meaning}) {n}"),
                    other => other.join(" "),
                }
            });
            let note = table.note.as_deref().map(|note| format!(" {note}")).unwrap_or_default();
            format!("{} by class: {}.{note}", table.caption, rows.collect::<Vec<_>>().join("; "))
        }
        _ => String::new(),
    }
}

/// What is not answered yet, and by what it would be.
fn open(input: &ReportInput<'_>) -> Vec<String> {
    const SHOWN: usize = 8;
    let timeline = input.timeline;
    let mut out = Vec::new();
    let doubtful = timeline.sources.iter().filter(|source| source.completeness.looks_incomplete()).count();
    if doubtful > 0 {
        let n = count(u64::try_from(doubtful).unwrap_or(u64::MAX), "source looks", "sources look");
        out.push(format!("{n} incomplete: what they lack is in no number above."));
    }
    let rejected = timeline.ledger.total(|row| row.rejected);
    if rejected > 0 {
        out.push(format!("{} in quarantine: they are in no number above.", count(rejected, "row is", "rows are")));
    }
    if !timeline.findings.drafts.is_empty() {
        let n = count(len(&timeline.findings.drafts), "way in is", "ways in are");
        out.push(format!("{n} not attributed yet (attribution.draft.toml)."));
    }
    for next in timeline.findings.fetch_next.iter().take(SHOWN) {
        let gained = match next.gained {
            0 => String::new(),
            n => format!("; for {} it is the only reason", count(n, "message", "messages")),
        };
        let touched = count(next.touched, "message", "messages");
        out.push(format!(
            "For {touched} the records do not allow a statement ({}). Needed: {}{gained}.",
            next.reason.as_str(),
            next.what
        ));
    }
    let more = timeline.findings.fetch_next.len().saturating_sub(SHOWN);
    if more > 0 {
        out.push(format!(
            "{} more of this kind are in the report.",
            thousands(u64::try_from(more).unwrap_or(u64::MAX))
        ));
    }
    out.push(
        "What the messages say, how sensitive they are, whose data they hold and where those persons live is not determined by \
         this tool."
            .to_owned(),
    );
    out
}
