//! Owns section 8: unusual access windows with the rules that were asked and their numbers, and what published rules say.
//! A rule that could not be asked is said to be so; it did not "not fire".

use mailtrail_model::{Burst, Outcome, PublishedFinding, RuleFinding};

use crate::figure::ColumnHead;
use crate::view::{Labels, ordered};
use crate::words::{count, len, stamp, thousands};

use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};
use super::{ReportInput, Wording};

/// Windows that stand on the page.
const SHOWN: usize = 200;
/// Windows whose rules are spelled out.
const SPELLED: usize = 8;

/// Section 8.
pub(super) fn section(input: &ReportInput<'_>) -> Section {
    let title = match input.wording {
        Wording::Facts => "Unusual access windows",
        Wording::Analyst => "Exfiltration-like bursts",
    };
    let word = input.wording.burst();
    let mut section = Section::new("bursts", title);
    let Some(bursts) = &input.timeline.bursts else {
        section = section.with(Block::Absent(format!(
            "No test for an {word} was computed in this run. That none is listed says nothing about whether there was one."
        )));
        return section.with_tables(published(input));
    };
    for chart in input.charts.iter().filter(|chart| chart.id == "F04") {
        section = section.with_chart(chart);
    }
    section = section.with(Block::Statements(statements(input, bursts)));
    if !bursts.is_empty() {
        section = section.with(Block::Table(windows(input, bursts))).with_tables(rules(bursts));
    }
    section.with_tables(published(input))
}

fn statements(input: &ReportInput<'_>, bursts: &[Burst]) -> Vec<Statement> {
    let word = input.wording.burst();
    let tier = |n| bursts.iter().filter(|burst| burst.tier.number() == n).count() as u64;
    let mailboxes: std::collections::BTreeSet<&str> = bursts.iter().map(|burst| burst.mailbox.as_str()).collect();
    let looked: u64 = bursts.iter().map(|burst| burst.windows_in_case).max().unwrap_or(0);
    let mut out = vec![Statement::new(
        Basis::Inferred,
        if bursts.is_empty() {
            format!("The rules found no {word} in the window. Slow access in small numbers may pass under every rule.")
        } else {
            format!(
                "{} in {}: {} of tier 1, {} of tier 2, {} of tier 3 (only published rules).",
                count(len(bursts), word, &format!("{word}s")),
                count(mailboxes.len() as u64, "mailbox", "mailboxes"),
                thousands(tier(1)),
                thousands(tier(2)),
                thousands(tier(3)),
            )
        },
    )];
    if looked > 0 {
        out.push(Statement::new(
            Basis::Inferred,
            format!(
                "{} of all lengths were looked at over all mailboxes; among so many, some stand out by chance. How often such a \
                 window occurs without anybody's mark is measured in this case and printed beside each.",
                count(looked, "window", "windows")
            ),
        ));
    }
    out.push(Statement::new(
        Basis::Known,
        "Each rule is a plain test with printed numbers; there is no score. The order of windows is by tier and size and is no \
         probability. No class of a message depends on a window that the examiner has not adopted, except where this report \
         says provisional.",
    ));
    out
}

fn number(value: f64) -> String {
    if value.fract().abs() < 1e-9 && (0.0..1e15).contains(&value) {
        thousands(value as u64)
    } else {
        format!("{value:.2}")
    }
}

fn windows(input: &ReportInput<'_>, bursts: &[Burst]) -> Table {
    let labels = Labels::of(&input.timeline.mailboxes);
    let rows = ordered(bursts).into_iter().take(SHOWN).map(|burst| {
        let fired: Vec<&str> = burst.fired_rules().map(|rule| rule.as_str()).collect();
        let benign = burst.benign.and_then(|rate| rate.per_mailbox_30_days().map(|n| (n, rate)));
        Row {
            id: Some(burst.id.clone()),
            tone: if burst.tier.number() == 1 { Tone::Attention } else { Tone::Plain },
            cells: vec![
                Cell::text(&*burst.id).sorted_by(burst.id.trim_start_matches('B')),
                Cell::text(burst.tier.number().to_string()),
                Cell::text(labels.name(&burst.mailbox)),
                Cell::text(&*burst.context).linked(format!("#{}", burst.context)),
                Cell::text(stamp(burst.span.start))
                    .sorted_by(burst.span.start.0)
                    .with_detail(format!("to {}", stamp(burst.span.end))),
                Cell::count(burst.messages).with_detail(if burst.throttled { "at least: throttled" } else { "" }),
                burst.expected.map_or_else(|| Cell::quiet("no baseline"), |n| Cell::text(number(n)).sorted_by(n)),
                burst.rank.map_or_else(
                    || Cell::quiet("not ranked"),
                    |rank| {
                        Cell::text(format!("{} of {}", thousands(rank.place), thousands(rank.of))).sorted_by(rank.place)
                    },
                ),
                benign.map_or_else(
                    || Cell::quiet("not measured"),
                    |(n, rate)| {
                        Cell::text(format!("{n:.2}")).sorted_by(n).with_detail(format!(
                            "{} in {} mailbox days, {}",
                            thousands(rate.windows),
                            number(rate.mailbox_days.round()),
                            rate.basis.as_str()
                        ))
                    },
                ),
                Cell::text(fired.join(" ")).with_detail(burst.baseline.as_str()),
                sessions(burst),
            ],
        }
    });
    let left_off = bursts.len().saturating_sub(SHOWN) as u64;
    let mut note = "Expected: from the mailbox's own days. Rank: among the mailbox's own windows of that length. Without mark: \
                    windows at least as unusual, a mailbox and 30 days, measured in this case. Rows: mailtrail explain ID."
        .to_owned();
    if left_off > 0 {
        note.push_str(&format!(" {} more in tables/bursts.csv.", thousands(left_off)));
    }
    Table {
        id: "windows",
        file: Some("tables/bursts.csv"),
        caption: format!("Windows ({})", thousands(len(bursts))),
        columns: vec![
            ColumnHead::text("Id"),
            ColumnHead::text("Tier").filtered(),
            ColumnHead::text("Mailbox").filtered(),
            ColumnHead::text("Way in"),
            ColumnHead::text("From"),
            ColumnHead::number("First-time messages"),
            ColumnHead::number("Expected"),
            ColumnHead::text("Rank"),
            ColumnHead::number("Without mark"),
            ColumnHead::text("Rules that fired"),
            ColumnHead::text("Sessions"),
        ],
        rows: rows.collect(),
        note: Some(note),
        interactive: true,
        ..Table::default()
    }
}

fn sessions(burst: &Burst) -> Cell {
    match burst.sessions.as_slice() {
        [] => Cell::quiet("none"),
        [one] => Cell::text(&**one),
        [first, rest @ ..] => Cell::text(&**first).with_detail(format!("and {} more", thousands(len(rest)))),
    }
}

/// The rules of the strongest windows, each with its numbers.
fn rules(bursts: &[Burst]) -> Option<Table> {
    let rows: Vec<Row> = ordered(bursts)
        .into_iter()
        .take(SPELLED)
        .flat_map(|burst| {
            let asked = burst.rules.iter().filter(|finding| finding.outcome != Outcome::NotFired);
            asked.map(|finding| rule(&burst.id, finding))
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        id: "window-rules",
        caption: format!("Rules that fired or could not be asked, of the first {} windows", thousands(SPELLED as u64)),
        columns: vec![
            ColumnHead::text("Window"),
            ColumnHead::text("Rule"),
            ColumnHead::text("Outcome").filtered(),
            ColumnHead::text("Counts"),
            ColumnHead::number("Observed"),
            ColumnHead::number("Expected"),
            ColumnHead::number("Limit"),
            ColumnHead::text("Remark"),
        ],
        rows,
        note: Some("A rule that could not be asked did not \"not fire\".".to_owned()),
        interactive: true,
        ..Table::default()
    })
}

fn rule(id: &str, finding: &RuleFinding) -> Row {
    let value = |value: Option<f64>| value.map_or_else(|| Cell::quiet("–"), |n| Cell::text(number(n)).sorted_by(n));
    Row::of(vec![
        Cell::text(id).linked(format!("#{id}")),
        Cell::text(finding.rule.as_str()).with_detail(finding.rule.title()),
        outcome(finding.outcome),
        Cell::text(&*finding.measure),
        value(finding.observed),
        value(finding.expected),
        value(finding.limit),
        Cell::text(&*finding.note),
    ])
}

fn outcome(outcome: Outcome) -> Cell {
    match outcome {
        Outcome::Fired => Cell::text("fired").toned(Tone::Attention),
        Outcome::NotFired => Cell::quiet("not fired"),
        Outcome::NotEvaluable => Cell::quiet("could not be asked"),
    }
}

/// What rules that others publish say at their defaults.
fn published(input: &ReportInput<'_>) -> Option<Table> {
    let findings = input.timeline.published.as_ref().filter(|findings| !findings.is_empty())?;
    let row = |finding: &PublishedFinding| {
        Row::of(vec![
            Cell::text(finding.rule.as_str()).with_detail(finding.rule.source()),
            Cell::text(finding.rule.states()),
            finding.threshold.map_or_else(|| Cell::quiet("–"), |n| Cell::text(number(n)).sorted_by(n)),
            outcome(finding.outcome),
            if finding.outcome == Outcome::NotEvaluable {
                Cell::quiet("not computed")
            } else {
                Cell::count(len(&finding.hits))
            },
            if finding.outcome == Outcome::NotEvaluable {
                Cell::quiet("not computed")
            } else {
                Cell::count(finding.mailboxes)
            },
            Cell::text(&*finding.note),
        ])
    };
    Some(Table {
        id: "published",
        caption: "Published rules, restated from their public description, each at its default".to_owned(),
        columns: vec![
            ColumnHead::text("Rule"),
            ColumnHead::text("States"),
            ColumnHead::number("Threshold"),
            ColumnHead::text("Outcome"),
            ColumnHead::number("Windows"),
            ColumnHead::number("Mailboxes"),
            ColumnHead::text("Remark"),
        ],
        rows: findings.iter().map(row).collect(),
        note: Some(
            "What these rules would have said here. That one fires says nothing about who acted; that one does not fire says \
             nothing about who did not."
                .to_owned(),
        ),
        ..Table::default()
    })
}
