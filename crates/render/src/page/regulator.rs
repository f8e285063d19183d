//! Owns the regulator's annex: pseudonymised aggregates, and called that. No name, address, token, folder, file or subject of
//! the case enters it; times are to the hour; counts under [`LEAST`] are suppressed, and so is whatever would give one away.
//!
//! Its numbers are those of the full report: both are taken from one account, and a test compares them.

use std::collections::BTreeMap;

use mailtrail_model::{ExposureClass, MailboxKey, UtcMicros};

use crate::error::RenderError;
use crate::escape;
use crate::figure::ColumnHead;
use crate::words::{count, len, thousands, whole_hours};

use super::cover::Cover;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table};
use super::{ReportInput, cover, coverage, template};

/// The smallest count that is printed.
pub const LEAST: u64 = 5;

/// Pseudonyms by mailbox.
pub type Pseudonyms = BTreeMap<MailboxKey, String>;

/// What stands where a count stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Count(u64),
    /// From 1 to 4.
    Few,
    /// Withheld, because another cell could be computed from it.
    Withheld,
}

impl Shown {
    fn of(n: u64) -> Self {
        if n > 0 && n < LEAST { Self::Few } else { Self::Count(n) }
    }

    fn text(self) -> String {
        match self {
            Self::Count(n) => thousands(n),
            Self::Few => format!("under {LEAST}"),
            Self::Withheld => "withheld".to_owned(),
        }
    }

    fn cell(self) -> Cell {
        match self {
            Self::Count(n) => Cell::count(n),
            Self::Few | Self::Withheld => Cell::quiet(&self.text()),
        }
    }
}

/// A mailbox with a suspect access, under its pseudonym.
struct Line {
    code: String,
    span: Option<(String, String)>,
    by_class: [Shown; 9],
}

/// The annex as a page.
///
/// # Errors
/// [`RenderError::Page`] if the template fails, which would be a bug.
pub fn regulator_annex(input: &ReportInput<'_>, codes: &Pseudonyms) -> Result<String, RenderError> {
    let full = cover::cover(input);
    let keep = ["Case", "Report date", "Times", "Made by", "Signed off by"];
    let cover = Cover {
        title: "Regulator annex".to_owned(),
        kind: "Pseudonymised aggregates from Microsoft 365 audit records",
        facts: full.facts.into_iter().filter(|(name, _)| keep.contains(name)).collect(),
        legend: None,
        running: "Regulator annex: pseudonymised aggregates".to_owned(),
        ..full
    };
    let mut sections = vec![summary(input), messages(input, codes)];
    if !input.timeline.coverage.is_empty() {
        let mut table = coverage::groups(input);
        for row in &mut table.rows {
            // The column of mailboxes; hours are no count of persons.
            if let Some(cell) = row.cells.get_mut(3)
                && let Some(n) = cell.sort.as_deref().and_then(|n| n.parse().ok())
            {
                *cell = Shown::of(n).cell();
            }
        }
        sections.push(Section::new("coverage", "What the log could see").with(Block::Table(table)));
    }
    sections.push(windows(input));
    sections.push(limits(input));
    sections.extend(sheets(input));
    template::render("regulator/annex.html", &cover, sections)
}

/// The same numbers for machines.
#[must_use]
pub fn regulator_csv(input: &ReportInput<'_>, codes: &Pseudonyms) -> String {
    let mut out = String::new();
    escape::csv_row(&mut out, ["mailbox", "first_suspect_hour_utc", "last_suspect_hour_utc", "class", "messages"]);
    for line in lines(input, codes) {
        let (first, last) = line.span.unwrap_or_default();
        for (class, shown) in ExposureClass::ALL.into_iter().zip(line.by_class) {
            let n = match shown {
                Shown::Count(n) => n.to_string(),
                other => other.text(),
            };
            escape::csv_row(&mut out, [line.code.as_str(), &first, &last, class.as_str(), &n]);
        }
    }
    out
}

fn hour(at: UtcMicros) -> String {
    at.hour().to_datetime().format("%Y-%m-%d %H:00").to_string()
}

fn lines(input: &ReportInput<'_>, codes: &Pseudonyms) -> Vec<Line> {
    let reached = input.timeline.mailboxes.iter().filter(|mailbox| mailbox.suspect_span.is_some());
    let mut out: Vec<Line> = reached
        .map(|mailbox| Line {
            code: codes.get(&mailbox.key).cloned().unwrap_or_else(|| "no pseudonym".to_owned()),
            span: mailbox.suspect_span.map(|span| (hour(span.start), hour(span.end.plus(-1)))),
            by_class: ExposureClass::ALL.map(|class| {
                let totals = mailbox.exposure.as_ref();
                Shown::of(totals.and_then(|totals| totals.by_class.get(&class)).copied().unwrap_or(0))
            }),
        })
        .collect();
    // By pseudonym: the order of the case would tell names.
    out.sort_by(|a, b| a.code.cmp(&b.code));
    for place in 0..ExposureClass::ALL.len() {
        withhold(&mut out, place);
    }
    out
}

/// Where one cell of a column is under the limit, the total gives it away: the next smallest is withheld with it.
fn withhold(lines: &mut [Line], place: usize) {
    let few = lines.iter().filter(|line| line.by_class[place] == Shown::Few).count();
    if few != 1 {
        return;
    }
    let smallest = lines
        .iter_mut()
        .filter_map(|line| match line.by_class[place] {
            Shown::Count(n @ 1..) => Some((n, line)),
            _ => None,
        })
        .min_by(|a, b| a.0.cmp(&b.0).then(a.1.code.cmp(&b.1.code)));
    if let Some((_, line)) = smallest {
        line.by_class[place] = Shown::Withheld;
    }
}

fn totals(input: &ReportInput<'_>) -> Vec<(ExposureClass, Shown)> {
    let totals = input.timeline.exposure.as_ref();
    let of = |class| totals.and_then(|totals| totals.by_class.get(&class)).copied().unwrap_or(0);
    ExposureClass::ALL.into_iter().map(|class| (class, Shown::of(of(class)))).collect()
}

fn summary(input: &ReportInput<'_>) -> Section {
    let timeline = input.timeline;
    let reached: Vec<_> = timeline.mailboxes.iter().filter_map(|mailbox| mailbox.suspect_span).collect();
    let mut statements = vec![Statement::new(
        Basis::Observed,
        format!(
            "Records show suspect accesses to {} of {}.",
            Shown::of(len(&reached)).text(),
            count(len(&timeline.mailboxes), "mailbox", "mailboxes")
        ),
    )];
    if let (Some(first), Some(last)) =
        (reached.iter().map(|span| span.start).min(), reached.iter().map(|span| span.end).max())
    {
        statements.push(Statement::new(
            Basis::Observed,
            format!(
                "The first lies in the hour from {} UTC, the last in the hour from {} UTC.",
                hour(first),
                hour(last.plus(-1))
            ),
        ));
    }
    statements.push(Statement::new(
        Basis::Known,
        format!(
            "This annex holds pseudonymised aggregates. Mailboxes stand under a keyed hash whose key is kept with the full \
             report; counts from 1 to {} are not printed; times are to the hour. It holds no address, token, file or folder \
             name, and no message.",
            LEAST - 1
        ),
    ));
    statements.push(Statement::new(
        Basis::Known,
        "Not determined by this tool: what the messages say, how sensitive they are, whose data they hold, where those persons \
         live.",
    ));
    Section::new("summary", "Summary").with(Block::Statements(statements))
}

fn messages(input: &ReportInput<'_>, codes: &Pseudonyms) -> Section {
    let section = Section::new("messages", "Messages, by what the records show");
    if input.timeline.exposure.is_none() {
        return section.with(Block::Absent("Classes by message were not computed in this run.".to_owned()));
    }
    let rows = totals(input)
        .into_iter()
        .map(|(class, shown)| {
            let meaning = format!("{}.", crate::sheet::class_meaning(class));
            Row::of(vec![Cell::text(class.as_str()), Cell::text(class.label()).with_detail(meaning), shown.cell()])
        })
        .collect();
    let section = section.with(Block::Table(Table {
        id: "totals",
        caption: "Messages, all mailboxes".to_owned(),
        columns: vec![
            ColumnHead::text("Class"),
            ColumnHead::text("What the records show"),
            ColumnHead::number("Messages"),
        ],
        rows,
        note: Some("Totals are rows, never one number: the classes differ in what shows them.".to_owned()),
        ..Table::default()
    }));
    let lines = lines(input, codes);
    if lines.is_empty() {
        return section.with(Block::Absent("No access is marked as suspect.".to_owned()));
    }
    let mut columns = vec![
        ColumnHead::text("Mailbox"),
        ColumnHead::text("First suspect access, hour"),
        ColumnHead::text("Last, hour"),
    ];
    columns.extend(ExposureClass::ALL.map(|class| ColumnHead::number(class.as_str())));
    let rows = lines
        .into_iter()
        .map(|line| {
            let (first, last) = line.span.unwrap_or_default();
            let mut cells = vec![Cell::text(line.code), Cell::text(first), Cell::text(last)];
            cells.extend(line.by_class.into_iter().map(Shown::cell));
            Row::of(cells)
        })
        .collect();
    section.with(Block::Table(Table {
        id: "by-mailbox",
        caption: "Mailboxes with a suspect access, under pseudonyms".to_owned(),
        columns,
        rows,
        note: Some(format!(
            "\"under {LEAST}\": from 1 to {}. \"withheld\": printed, it would give another cell away.",
            LEAST - 1
        )),
        interactive: true,
        ..Table::default()
    }))
}

fn windows(input: &ReportInput<'_>) -> Section {
    let section = Section::new("windows", "Unusual access windows");
    let Some(bursts) = &input.timeline.bursts else {
        return section.with(Block::Absent(
            "No test for an unusual access window was computed in this run. That says nothing about whether there was one."
                .to_owned(),
        ));
    };
    let rows = (1..=3)
        .map(|tier| {
            let of: Vec<_> = bursts.iter().filter(|burst| burst.tier.number() == tier).collect();
            let mailboxes: std::collections::BTreeSet<&str> = of.iter().map(|burst| burst.mailbox.as_str()).collect();
            Row::of(vec![
                Cell::text(tier.to_string()),
                Shown::of(len(&of)).cell(),
                Shown::of(mailboxes.len() as u64).cell(),
                of.iter()
                    .map(|burst| burst.span.start)
                    .min()
                    .map_or_else(|| Cell::quiet("none"), |at| Cell::text(hour(at))),
                of.iter()
                    .map(|burst| burst.span.end)
                    .max()
                    .map_or_else(|| Cell::quiet("none"), |at| Cell::text(hour(at.plus(-1)))),
            ])
        })
        .collect();
    section.with(Block::Table(Table {
        id: "tiers",
        caption: "Windows by tier".to_owned(),
        columns: vec![
            ColumnHead::text("Tier"),
            ColumnHead::number("Windows"),
            ColumnHead::number("Mailboxes"),
            ColumnHead::text("First, hour"),
            ColumnHead::text("Last, hour"),
        ],
        rows,
        note: Some("Tier 1 passes most tests, tier 3 published rules only. The order is no probability.".to_owned()),
        ..Table::default()
    }))
}

fn limits(input: &ReportInput<'_>) -> Section {
    let section = Section::new("limits", "What the log cannot say");
    let limitations = &input.timeline.findings.limitations;
    if limitations.is_empty() {
        return section.with(Block::Absent("No reason holds for which a message is not excluded.".to_owned()));
    }
    let rows = limitations
        .iter()
        .map(|limit| {
            Row::of(vec![
                Cell::text(limit.reason.as_str()),
                Cell::text(limit.reason.meaning()),
                Shown::of(limit.messages).cell(),
                Shown::of(limit.mailboxes).cell(),
                limit.hours.map_or_else(
                    || Cell::quiet("records, not hours"),
                    |hours| Cell::count(whole_hours((hours * UtcMicros::HOUR as f64) as i64)),
                ),
            ])
        })
        .collect();
    section.with(Block::Table(Table {
        id: "limitations",
        caption: "Reasons for which messages are not excluded (class C)".to_owned(),
        columns: vec![
            ColumnHead::text("Reason"),
            ColumnHead::text("Meaning"),
            ColumnHead::number("Messages"),
            ColumnHead::number("Mailboxes"),
            ColumnHead::number("Mailbox hours"),
        ],
        rows,
        ..Table::default()
    }))
}

/// What a form asks: its reference, the question, and what this report has for it.
type Field = (&'static str, &'static str, Answer);

#[derive(Clone, Copy)]
enum Answer {
    /// The totals by class.
    Messages,
    /// How many mailboxes.
    Mailboxes,
    /// First and last hour.
    Times,
    /// Correspondents behind the listed messages.
    Persons,
    /// Somebody must fill it in.
    Open,
}

const GDPR: [Field; 6] = [
    ("33(3)(a)", "Nature of the event; categories and approximate number of data subjects", Answer::Persons),
    ("33(3)(a)", "Categories and approximate number of records concerned", Answer::Messages),
    ("33(3)(b)", "Name and contact details of the data protection officer or other contact point", Answer::Open),
    ("33(3)(c)", "Likely consequences", Answer::Open),
    ("33(3)(d)", "Measures taken or proposed", Answer::Open),
    ("33(1)", "When the controller became aware; reasons for a delay beyond 72 hours", Answer::Open),
];
const NIS2: [Field; 5] = [
    ("23(4)(a)", "Early warning: suspected cause; whether there may be a cross-border impact", Answer::Open),
    ("23(4)(b)", "Notification within 72 hours: initial assessment of severity and impact", Answer::Mailboxes),
    ("23(4)(b)", "Indicators, where available: on request, on a sheet of their own", Answer::Open),
    ("23(4)(d)(i)", "Final report: detailed description, with severity and impact", Answer::Messages),
    ("23(4)(d)(ii)", "Final report: type of threat or root cause; measures; cross-border impact", Answer::Open),
];
const SEC: [Field; 4] = [
    ("Item 1.05(a)", "Nature and scope of the event", Answer::Mailboxes),
    ("Item 1.05(a)", "Timing", Answer::Times),
    ("Item 1.05(a)", "Material impact, or reasonably likely material impact", Answer::Open),
    ("Instruction 2", "What is not determined at the time of filing, for a later amendment", Answer::Open),
];
const HIPAA: [Field; 5] = [
    ("164.402(2)(i)", "Nature and extent of the protected health information, identifiers included", Answer::Open),
    ("164.402(2)(ii)", "Who used it or to whom it was disclosed", Answer::Open),
    (
        "164.402(2)(iii)",
        "Whether it was actually acquired or viewed: what records show and do not exclude",
        Answer::Messages,
    ),
    ("164.402(2)(iv)", "The extent to which the risk has been mitigated", Answer::Open),
    ("164.408", "Number of individuals; dates of the event and of its discovery", Answer::Times),
];

fn sheets(input: &ReportInput<'_>) -> Vec<Section> {
    [
        ("sheet-gdpr", "Field sheet: GDPR, Article 33(3)", GDPR.as_slice()),
        ("sheet-nis2", "Field sheet: NIS2, Article 23(4)", NIS2.as_slice()),
        ("sheet-sec", "Field sheet: SEC, Form 8-K, Item 1.05", SEC.as_slice()),
        ("sheet-hipaa", "Field sheet: HIPAA, 45 CFR 164.402 and 164.408", HIPAA.as_slice()),
    ]
    .into_iter()
    .map(|(id, title, fields)| {
        let row = |(reference, asks, kind): &Field| {
            let found = answer(input, *kind);
            let found = found.map_or_else(|| Cell::quiet("not in the records: to fill in"), Cell::text);
            Row::of(vec![Cell::text(*reference), Cell::text(*asks), found])
        };
        let table = match id {
            "sheet-gdpr" => "fields-gdpr",
            "sheet-nis2" => "fields-nis2",
            "sheet-sec" => "fields-sec",
            _ => "fields-hipaa",
        };
        Section::new(id, title).with(Block::Table(Table {
            id: table,
            caption: "What is asked, and what the records have for it".to_owned(),
            columns: vec![
                ColumnHead::text("Reference"),
                ColumnHead::text("Asked"),
                ColumnHead::text("From the records"),
            ],
            rows: fields.iter().map(row).collect(),
            note: Some("A help for filling in, not advice; the text of the law decides.".to_owned()),
            ..Table::default()
        }))
    })
    .collect()
}

fn answer(input: &ReportInput<'_>, answer: Answer) -> Option<String> {
    let timeline = input.timeline;
    let reached: Vec<_> = timeline.mailboxes.iter().filter_map(|mailbox| mailbox.suspect_span).collect();
    match answer {
        Answer::Open => None,
        Answer::Messages => timeline.exposure.as_ref().map(|_| {
            let words: Vec<String> = totals(input)
                .into_iter()
                .filter(|(_, shown)| *shown != Shown::Count(0))
                .map(|(class, shown)| format!("{} {} ({})", class.as_str(), shown.text(), class.label()))
                .collect();
            if words.is_empty() { "No message is in any class.".to_owned() } else { format!("Messages: {}.", words.join("; ")) }
        }),
        Answer::Mailboxes => Some(format!(
            "Suspect accesses to {} of {}.",
            Shown::of(len(&reached)).text(),
            count(len(&timeline.mailboxes), "mailbox", "mailboxes")
        )),
        Answer::Times => {
            let first = reached.iter().map(|span| span.start).min()?;
            let last = reached.iter().map(|span| span.end).max()?;
            Some(format!("From the hour of {} to the hour of {} UTC.", hour(first), hour(last.plus(-1))))
        }
        Answer::Persons => timeline.findings.correspondents.as_ref().map(|by_class| {
            let n = Shown::of(by_class.get(&ExposureClass::A).copied().unwrap_or(0)).text();
            format!(
                "Not determined. Distinct correspondents of the listed messages of class A: {n}. Whose data those messages hold \
                 the records do not say."
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(code: &str, n: u64) -> Line {
        Line { code: code.to_owned(), span: None, by_class: [Shown::of(n); 9] }
    }

    #[test]
    fn a_single_small_cell_takes_the_next_smallest_with_it() {
        let mut lines = [line("a", 3), line("b", 700), line("c", 12), line("d", 0)];
        withhold(&mut lines, 0);
        let shown: Vec<String> = lines.iter().map(|line| line.by_class[0].text()).collect();
        assert_eq!(shown, ["under 5", "700", "withheld", "0"]);
        let mut two = [line("a", 3), line("b", 700), line("c", 4)];
        withhold(&mut two, 0);
        assert_eq!(two[1].by_class[0], Shown::Count(700));
    }
}
