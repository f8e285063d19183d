//! Owns `mailboxes/`: one complete report a mailbox or a department, and the index. Each page is made on its own, so that many can be made at
//! once.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{
    AccessSession, Coverage, ExposureTotals, Findings, MailboxKey, MailboxSummary, RowScope, Timeline,
};

use crate::chart::{cumulative, heatmap, swimlanes};
use crate::error::RenderError;
use crate::figure::{Chart, ColumnHead};
use crate::view::{CumulativeView, HeatmapView, SwimlanesView, name_of};
use crate::words;

use super::bottom_line::Subject;
use super::cover::Cover;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table};
use super::{
    MailboxLinks, ReportInput, attribution, bottom_line, bursts, cover, coverage, limits, messages, method, scope,
    template, timeline,
};

/// What an error calls a page of a mailbox.
const PAGE: &str = "a mailbox's page";

/// What a page of a batch is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Batch {
    /// One mailbox.
    #[default]
    Mailbox,
    /// The mailboxes of one department of the roster; those without one together.
    Department,
}

/// The mailboxes of one page.
#[derive(Debug)]
struct Group<'a> {
    /// The department's name, where the page is about one.
    department: Option<Option<&'a str>>,
    mailboxes: Vec<&'a MailboxSummary>,
}

/// The pages of a case's mailboxes.
#[derive(Debug)]
pub struct MailboxPages<'a> {
    input: ReportInput<'a>,
    groups: Vec<Group<'a>>,
    sessions: BTreeMap<&'a MailboxKey, Vec<&'a AccessSession>>,
    coverage: BTreeMap<&'a MailboxKey, Vec<&'a Coverage>>,
    /// Mailboxes with a marked access.
    marked: u64,
}

impl<'a> MailboxPages<'a> {
    /// Sorts the sessions and the coverage of a case by mailbox, once. `input.charts` is not used: each page draws its own.
    #[must_use]
    pub fn of(input: &ReportInput<'a>) -> Self {
        Self::by(input, Batch::Mailbox)
    }

    /// The same, one page a mailbox or one a department.
    #[must_use]
    pub fn by(input: &ReportInput<'a>, batch: Batch) -> Self {
        let all = &input.timeline.mailboxes;
        let groups = match batch {
            Batch::Mailbox => all.iter().map(|mailbox| Group { department: None, mailboxes: vec![mailbox] }).collect(),
            Batch::Department => {
                let mut by_name: BTreeMap<(bool, Option<&str>), Vec<&MailboxSummary>> = BTreeMap::new();
                for mailbox in all {
                    let name = mailbox.department.as_deref();
                    by_name.entry((name.is_none(), name)).or_default().push(mailbox);
                }
                let group = |((_, name), mailboxes)| Group { department: Some(name), mailboxes };
                by_name.into_iter().map(group).collect()
            }
        };
        let mut sessions: BTreeMap<&MailboxKey, Vec<&AccessSession>> = BTreeMap::new();
        for session in &input.timeline.sessions {
            sessions.entry(&session.mailbox).or_default().push(session);
        }
        let mut coverage: BTreeMap<&MailboxKey, Vec<&Coverage>> = BTreeMap::new();
        for entry in &input.timeline.coverage {
            coverage.entry(&entry.mailbox).or_default().push(entry);
        }
        let marked = input.timeline.mailboxes.iter().filter(|mailbox| mailbox.suspect_span.is_some()).count() as u64;
        Self { input: *input, groups, sessions, coverage, marked }
    }

    /// How many pages there are beside the index.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether the case has no mailbox.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `NNN-slug.html`, below `mailboxes/`; `None` past the last page.
    #[must_use]
    pub fn file_name(&self, place: usize) -> Option<String> {
        let group = self.groups.get(place)?;
        match (group.department, group.mailboxes.as_slice()) {
            (Some(name), _) => Some(numbered(place, self.len(), name.unwrap_or("no department"))),
            (None, [one, ..]) => Some(numbered(place, self.len(), &one.name)),
            (None, []) => None,
        }
    }

    /// The page of one mailbox; `None` past the last page.
    ///
    /// # Errors
    /// [`RenderError`] if a chart or the template fails, which would be a bug.
    pub fn page(&self, place: usize) -> Result<Option<String>, RenderError> {
        let Some(group) = self.groups.get(place) else { return Ok(None) };
        let keys: BTreeSet<MailboxKey> = group.mailboxes.iter().map(|mailbox| mailbox.key.clone()).collect();
        let own = self.timeline_of(group, &keys);
        let scope = RowScope::Of(&keys);
        let read = |source| RenderError::Rows { page: PAGE, source };
        let hours = self.input.rows.map(|rows| rows.hours(scope)).transpose().map_err(read)?;
        let growth = self.input.rows.map(|rows| rows.growth(scope)).transpose().map_err(read)?;
        let charts = [
            swimlanes(&SwimlanesView::of(&own))?,
            heatmap(&HeatmapView::of(&own, hours.as_deref()))?,
            cumulative(&CumulativeView::of(&own, growth.as_deref()))?,
        ];
        let mark = match (group.department, group.mailboxes.as_slice()) {
            (Some(name), _) => name.unwrap_or("no department").to_owned(),
            (None, [one, ..]) => one.id.clone(),
            (None, []) => String::new(),
        };
        let charts: Vec<Chart> = charts
            .into_iter()
            .filter(|chart| chart.id != "F03" || !own.sessions.is_empty())
            .map(|chart| chart.of_mailbox(&mark))
            .collect();
        let input = ReportInput { timeline: &own, charts: &charts, mailbox_links: MailboxLinks::None, ..self.input };
        let messages = messages::read(&input, PAGE, scope, messages::rows_of_batch(self.len()))?;
        let subject = Subject::Mailbox { marked_in_case: self.marked, several: group.mailboxes.len() > 1 };
        let timeline = timeline::section(&input);
        let taken = timeline.data();
        let sections = vec![
            bottom_line::section(&input, subject),
            timeline,
            coverage::section(&input),
            attribution::section(&input),
            messages::section(&input, messages.as_deref(), taken),
            bursts::section(&input),
            limits::section(&input),
            scope::section(&input).with(Block::Statements(vec![self.whole_case()])),
            method::glossary(&input),
        ];
        template::render(PAGE, &self.cover(group), sections).map(Some)
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
        let departments = self.groups.iter().any(|group| group.department.is_some());
        let title = if departments { "One report a department" } else { "One report a mailbox" };
        let mut section = Section::new("mailboxes-of-the-case", title);
        if departments {
            section = section.with(Block::Table(self.departments()));
        }
        let of: BTreeMap<&str, usize> = (0_usize..)
            .zip(&self.groups)
            .flat_map(|(at, group)| group.mailboxes.iter().map(move |mailbox| (mailbox.id.as_str(), at)))
            .collect();
        let page = |place: usize| {
            let mailbox = self.input.timeline.mailboxes.get(place)?;
            self.file_name(*of.get(mailbox.id.as_str())?)
        };
        let table = scope::mailboxes(&self.input, page);
        let sections = vec![section.with(Block::Table(table))];
        template::render("mailboxes/index.html", &cover, sections)
    }

    /// The departments, each with its page.
    fn departments(&self) -> Table {
        let rows = (0_usize..).zip(&self.groups).map(|(place, group)| {
            let name = group.department.flatten().map_or_else(|| Cell::quiet("no department stated"), Cell::text);
            let sum = |column: fn(&MailboxSummary) -> u64| group.mailboxes.iter().map(|one| column(one)).sum();
            Row::of(vec![
                Cell { href: self.file_name(place), ..name },
                Cell::count(words::len(&group.mailboxes)),
                Cell::count(sum(|one| u64::from(one.suspect_span.is_some()))),
                Cell::count(sum(|one| one.messages)),
                Cell::count(sum(|one| one.suspect_messages)),
            ])
        });
        Table {
            id: "pages",
            caption: "Departments".to_owned(),
            columns: vec![
                ColumnHead::text("Department"),
                ColumnHead::number("Mailboxes"),
                ColumnHead::number("With suspect access"),
                ColumnHead::number("Messages"),
                ColumnHead::number("Suspect messages"),
            ],
            rows: rows.collect(),
            interactive: true,
            ..Table::default()
        }
    }

    fn cover(&self, group: &Group<'_>) -> Cover {
        let of_case = cover::cover(&self.input);
        let up = Some(("All pages", "index.html".to_owned()));
        match (group.department, group.mailboxes.as_slice()) {
            (None, [mailbox, ..]) => {
                let mut facts = vec![("Mailbox", mailbox.id.clone())];
                if let Some(department) = &mailbox.department {
                    facts.push(("Department", department.clone()));
                }
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
            (name, mailboxes) => {
                let mut facts = vec![("Mailboxes", words::thousands(words::len(mailboxes)))];
                facts.extend(of_case.facts);
                let title = name.flatten().unwrap_or("Mailboxes without a department").to_owned();
                Cover { title, kind: "Mail access report of one department", facts, up, ..of_case }
            }
        }
    }

    fn whole_case(&self) -> Statement {
        Statement::new(
            Basis::Known,
            format!(
                "This page is about a part of {}. Sources, ledger, thresholds and the attribution of the whole case are in the \
                 case's report; numbers of ways in are of the whole case.",
                words::count(words::len(&self.input.timeline.mailboxes), "mailbox", "mailboxes")
            ),
        )
    }

    /// The account of a case as far as it is about these mailboxes. Nothing is recomputed; what is only known of the whole case
    /// (issues, session counts by gap, related events) is left out.
    fn timeline_of(&self, group: &Group<'_>, keys: &BTreeSet<MailboxKey>) -> Timeline {
        let whole = self.input.timeline;
        let of = || group.mailboxes.iter().copied();
        let sessions: Vec<AccessSession> =
            of().filter_map(|one| self.sessions.get(&one.key)).flatten().map(|session| (*session).clone()).collect();
        let exposure = of().map(|one| one.exposure.as_ref()).collect::<Option<Vec<_>>>().map(summed);
        let ways: BTreeSet<&str> = sessions.iter().map(|session| session.context.as_str()).collect();
        Timeline {
            contexts: whole.contexts.iter().filter(|context| ways.contains(context.id.as_str())).cloned().collect(),
            mailboxes: of().cloned().collect(),
            coverage: of()
                .filter_map(|one| self.coverage.get(&one.key))
                .flatten()
                .map(|entry| (*entry).clone())
                .collect(),
            messages: of().map(|one| one.messages).sum(),
            exposure,
            bursts: whole
                .bursts
                .as_ref()
                .map(|bursts| bursts.iter().filter(|burst| keys.contains(&burst.mailbox)).cloned().collect()),
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

fn summed(parts: Vec<&ExposureTotals>) -> ExposureTotals {
    let mut out = ExposureTotals::default();
    for part in parts {
        part.by_class.iter().for_each(|(class, n)| *out.by_class.entry(*class).or_default() += n);
        part.by_reason.iter().for_each(|(reason, n)| *out.by_reason.entry(*reason).or_default() += n);
    }
    out
}

/// `NNN-slug.html`: the place in the list with as many digits as the list needs, and the name in a fixed alphabet.
pub(super) fn file_name(timeline: &Timeline, place: usize) -> Option<String> {
    let mailbox = timeline.mailboxes.get(place)?;
    Some(numbered(place, timeline.mailboxes.len(), &mailbox.name))
}

fn numbered(place: usize, all: usize, name: &str) -> String {
    let digits = all.to_string().len().max(3);
    format!("{:0digits$}-{}.html", place + 1, slug(name))
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
