//! Owns `mailboxes/`: one complete report a mailbox, and the index. Each page is made on its own, so that many can be made at
//! once.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{AccessSession, Coverage, Findings, MailboxKey, MailboxSummary, RowScope, Timeline};

use crate::chart::{cumulative, heatmap, swimlanes};
use crate::error::RenderError;
use crate::figure::Chart;
use crate::view::{CumulativeView, HeatmapView, SwimlanesView, name_of};
use crate::words;

use super::bottom_line::Subject;
use super::cover::Cover;
use super::doc::{Basis, Block, Section, Statement};
use super::{
    ReportInput, attribution, bottom_line, bursts, cover, coverage, limits, messages, method, scope, template, timeline,
};

/// What an error calls a page of a mailbox.
const PAGE: &str = "a mailbox's page";

/// The pages of a case's mailboxes.
#[derive(Debug)]
pub struct MailboxPages<'a> {
    input: ReportInput<'a>,
    sessions: BTreeMap<&'a MailboxKey, Vec<&'a AccessSession>>,
    coverage: BTreeMap<&'a MailboxKey, Vec<&'a Coverage>>,
    /// Mailboxes with a marked access.
    marked: u64,
}

impl<'a> MailboxPages<'a> {
    /// Sorts the sessions and the coverage of a case by mailbox, once. `input.charts` is not used: each page draws its own.
    #[must_use]
    pub fn of(input: &ReportInput<'a>) -> Self {
        let mut sessions: BTreeMap<&MailboxKey, Vec<&AccessSession>> = BTreeMap::new();
        for session in &input.timeline.sessions {
            sessions.entry(&session.mailbox).or_default().push(session);
        }
        let mut coverage: BTreeMap<&MailboxKey, Vec<&Coverage>> = BTreeMap::new();
        for entry in &input.timeline.coverage {
            coverage.entry(&entry.mailbox).or_default().push(entry);
        }
        let marked = input.timeline.mailboxes.iter().filter(|mailbox| mailbox.suspect_span.is_some()).count() as u64;
        Self { input: *input, sessions, coverage, marked }
    }

    /// How many pages there are beside the index.
    #[must_use]
    pub fn len(&self) -> usize {
        self.input.timeline.mailboxes.len()
    }

    /// Whether the case has no mailbox.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `NNN-slug.html`, below `mailboxes/`; `None` past the last page.
    #[must_use]
    pub fn file_name(&self, place: usize) -> Option<String> {
        file_name(self.input.timeline, place)
    }

    /// The page of one mailbox; `None` past the last page.
    ///
    /// # Errors
    /// [`RenderError`] if a chart or the template fails, which would be a bug.
    pub fn page(&self, place: usize) -> Result<Option<String>, RenderError> {
        let Some(mailbox) = self.input.timeline.mailboxes.get(place) else { return Ok(None) };
        let own = self.timeline_of(mailbox);
        let keys = BTreeSet::from([mailbox.key.clone()]);
        let scope = RowScope::Of(&keys);
        let read = |source| RenderError::Rows { page: PAGE, source };
        let hours = self.input.rows.map(|rows| rows.hours(scope)).transpose().map_err(read)?;
        let growth = self.input.rows.map(|rows| rows.growth(scope)).transpose().map_err(read)?;
        let charts = [
            swimlanes(&SwimlanesView::of(&own))?,
            heatmap(&HeatmapView::of(&own, hours.as_deref()))?,
            cumulative(&CumulativeView::of(&own, growth.as_deref()))?,
        ];
        let charts: Vec<Chart> = charts
            .into_iter()
            .filter(|chart| chart.id != "F03" || !own.sessions.is_empty())
            .map(|chart| chart.of_mailbox(&mailbox.id))
            .collect();
        let input = ReportInput { timeline: &own, charts: &charts, ..self.input };
        let messages = messages::read(&input, PAGE, scope, messages::rows_of_batch(self.len()))?;
        let subject = Subject::Mailbox { marked_in_case: self.marked };
        let sections = vec![
            bottom_line::section(&input, subject),
            timeline::section(&input),
            coverage::section(&input),
            attribution::section(&input),
            messages::section(&input, messages.as_deref()),
            bursts::section(&input),
            limits::section(&input),
            scope::section(&input).with(Block::Statements(vec![self.whole_case()])),
            method::glossary(&input),
        ];
        template::render(PAGE, &self.cover(mailbox), sections).map(Some)
    }

    /// `mailboxes/index.html`.
    ///
    /// # Errors
    /// [`RenderError`] if the template fails, which would be a bug.
    pub fn index(&self) -> Result<String, RenderError> {
        let cover = Cover {
            title: "Mailboxes".to_owned(),
            up: Some(("Report", "../report.html".to_owned())),
            ..cover::cover(&self.input)
        };
        let table = scope::mailboxes(&self.input, |place| self.file_name(place));
        let sections = vec![Section::new("mailboxes-of-the-case", "One report a mailbox").with(Block::Table(table))];
        template::render("mailboxes/index.html", &cover, sections)
    }

    fn cover(&self, mailbox: &MailboxSummary) -> Cover {
        let mut facts = vec![("Mailbox", mailbox.id.clone())];
        if let Some(department) = &mailbox.department {
            facts.push(("Department", department.clone()));
        }
        let of_case = cover::cover(&self.input);
        facts.extend(of_case.facts);
        facts.push(("Key", mailbox.key.to_string()));
        Cover {
            title: name_of(mailbox),
            kind: "Mail access report of one mailbox",
            facts,
            up: Some(("All mailboxes", "index.html".to_owned())),
            ..of_case
        }
    }

    fn whole_case(&self) -> Statement {
        Statement::new(
            Basis::Known,
            format!(
                "This page is about one of {}. Sources, ledger, thresholds and the attribution of the whole case are in the \
                 case's report; numbers of ways in are of the whole case.",
                words::count(words::len(&self.input.timeline.mailboxes), "mailbox", "mailboxes")
            ),
        )
    }

    /// The account of a case as far as it is about one mailbox. Nothing is recomputed; what is only known of the whole case
    /// (issues, session counts by gap, related events) is left out.
    fn timeline_of(&self, mailbox: &MailboxSummary) -> Timeline {
        let whole = self.input.timeline;
        let sessions: Vec<AccessSession> =
            self.sessions.get(&mailbox.key).into_iter().flatten().map(|session| (*session).clone()).collect();
        let ways: BTreeSet<&str> = sessions.iter().map(|session| session.context.as_str()).collect();
        Timeline {
            contexts: whole.contexts.iter().filter(|context| ways.contains(context.id.as_str())).cloned().collect(),
            mailboxes: vec![mailbox.clone()],
            coverage: self.coverage.get(&mailbox.key).into_iter().flatten().map(|entry| (*entry).clone()).collect(),
            messages: mailbox.messages,
            exposure: mailbox.exposure.clone(),
            bursts: whole
                .bursts
                .as_ref()
                .map(|bursts| bursts.iter().filter(|burst| burst.mailbox == mailbox.key).cloned().collect()),
            published: None,
            // Addresses are counted over the whole case; a session lists its own.
            addresses: Vec::new(),
            sign_ins: whole
                .sign_ins
                .iter()
                .filter(|joined| sessions.iter().any(|session| session.id == joined.session))
                .cloned()
                .collect(),
            sessions,
            findings: Findings { period: whole.findings.period, ..Findings::default() },
            related: Vec::new(),
            issues: Vec::new(),
            sessions_by_gap: whole.sessions_by_gap.map(|(minutes, _)| (minutes, 0)),
            case_id: whole.case_id.clone(),
            window: whole.window.clone(),
            rules: whole.rules.clone(),
            sources: whole.sources.clone(),
            ledger: whole.ledger.clone(),
        }
    }
}

/// `NNN-slug.html`: the place in the list with as many digits as the list needs, and the name in a fixed alphabet.
pub(super) fn file_name(timeline: &Timeline, place: usize) -> Option<String> {
    let mailbox = timeline.mailboxes.get(place)?;
    let digits = timeline.mailboxes.len().to_string().len().max(3);
    Some(format!("{:0digits$}-{}.html", place + 1, slug(&mailbox.name)))
}

/// Lower-case ASCII letters, digits and single hyphens, at most 40: a file name on every system, whatever a mailbox is called.
fn slug(name: &str) -> String {
    let local = name.split('@').next().unwrap_or(name);
    let mut out = String::new();
    for c in local.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 40 {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "mailbox".to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_is_a_file_name_on_every_system() {
        for (name, expected) in [
            ("A.Lindqvist@contoso.example", "a-lindqvist"),
            ("../../etc/passwd", "etc-passwd"),
            ("日本語@x.example", "mailbox"),
            ("", "mailbox"),
            ("con\u{202E}.txt", "con-txt"),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
        assert!(slug(&"x".repeat(4_000)).len() <= 40);
    }
}
