//! Owns the table of unusual access windows: its columns and cells. Names are docs/TABLES.md's.

use mailtrail_model::{Burst, BurstRule, Outcome, PublishedRule};

use crate::{
    schema::{Kind, Table},
    small::Cell,
};

/// One row a burst, in burst order.
pub(crate) const BURSTS: Table = Table {
    file: "bursts.parquet",
    columns: &[
        ("burst", Kind::Text),
        ("mailbox", Kind::Text),
        ("context", Kind::Text),
        ("tier", Kind::U64),
        ("first_utc", Kind::Time),
        ("last_utc", Kind::Time),
        ("window_hours", Kind::U64),
        ("messages", Kind::U64),
        ("folders", Kind::U64),
        ("observed", Kind::Real),
        ("expected", Kind::Real),
        ("limit", Kind::Real),
        ("tail_log10", Kind::Real),
        ("rank", Kind::U64),
        ("rank_of", Kind::U64),
        ("windows", Kind::U64),
        ("windows_in_case", Kind::U64),
        ("benign_windows", Kind::U64),
        ("benign_mailbox_days", Kind::Real),
        ("benign_per_mailbox_30_days", Kind::Real),
        ("benign_basis", Kind::Text),
        ("baseline", Kind::Text),
        ("throttled", Kind::Bool),
        ("rules_fired", Kind::Text),
        ("rules_not_evaluable", Kind::Text),
        ("published_fired", Kind::Text),
        ("records", Kind::U64),
        ("access_nos", Kind::Text),
        ("sessions", Kind::Text),
        ("R1", Kind::Text),
        ("R2", Kind::Text),
        ("R3", Kind::Text),
        ("R4", Kind::Text),
        ("R5", Kind::Text),
        ("R6", Kind::Text),
        ("R7", Kind::Text),
        ("R8", Kind::Text),
        ("R10", Kind::Text),
        ("R11", Kind::Text),
        ("R12", Kind::Text),
    ],
};

/// The cells of a burst.
pub(crate) fn row(one: &Burst) -> Vec<Cell<'_>> {
    let rules = |outcome: Outcome| {
        let names: Vec<&str> = one
            .rules
            .iter()
            .filter(|finding| finding.outcome == outcome)
            .map(|finding| finding.rule.as_str())
            .collect();
        Cell::text(names.join(" "))
    };
    let volume = one.finding(BurstRule::R1);
    let published: Vec<&str> = one.published.iter().map(|rule: &PublishedRule| rule.as_str()).collect();
    let rows: Vec<String> = one.rows.iter().map(u64::to_string).collect();
    let mut cells = vec![
        Cell::text(&*one.id),
        Cell::text(one.mailbox.as_str()),
        Cell::text(&*one.context),
        Cell::Count(Some(u64::from(one.tier.number()))),
        Cell::Time(Some(one.span.start)),
        // The last record's own time.
        Cell::Time(Some(one.span.end.plus(-1))),
        Cell::Count(one.window_hours.and_then(|hours| u64::try_from(hours).ok())),
        Cell::Count(Some(one.messages)),
        Cell::Count(Some(one.folders)),
        Cell::Real(volume.and_then(|finding| finding.observed)),
        Cell::Real(one.expected),
        Cell::Real(volume.and_then(|finding| finding.limit)),
        Cell::Real(one.tail_log10.filter(|tail| tail.is_finite())),
        Cell::Count(one.rank.map(|rank| rank.place)),
        Cell::Count(one.rank.map(|rank| rank.of)),
        Cell::Count(Some(one.windows)),
        Cell::Count(Some(one.windows_in_case)),
        Cell::Count(one.benign.map(|rate| rate.windows)),
        Cell::Real(one.benign.map(|rate| rate.mailbox_days)),
        Cell::Real(one.benign.and_then(|rate| rate.per_mailbox_30_days())),
        Cell::maybe(one.benign.map(|rate| rate.basis.as_str())),
        Cell::text(one.baseline.as_str()),
        Cell::Truth(one.throttled),
        rules(Outcome::Fired),
        rules(Outcome::NotEvaluable),
        Cell::text(published.join(" ")),
        Cell::Count(Some(one.records)),
        Cell::text(rows.join(" ")),
        Cell::text(one.sessions.join(" ")),
    ];
    cells.extend(one.rules.iter().map(|finding| {
        let number = |name: &str, value: Option<f64>| value.map(|value| format!("{name} {value}"));
        let numbers = [
            Some(finding.outcome.as_str().to_owned()),
            number("observed", finding.observed),
            number("expected", finding.expected),
            number("limit", finding.limit),
            Some(finding.note.clone()).filter(|note| !note.is_empty()),
        ];
        Cell::text(numbers.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }));
    cells
}
