//! Owns what a command says on the terminal when it is done: plain sentences and aligned numbers, most important first.

use mailtrail_evidence::RunSummary;
use mailtrail_model::{CaseInputs, CoverageState, ExposureClass, Profile, Severity, SourceReceipt, Timeline};

use crate::{
    pipeline::{Ingested, accesses},
    plan::Plan,
    terminal::{bold, safe, thousands},
};

/// The end of `run`, `ingest` and `report`.
pub(crate) fn run(
    plan: &Plan,
    case: &CaseInputs,
    ingested: &Ingested,
    timeline: Option<&Timeline>,
    numbers: &RunSummary,
) {
    for warning in case.warnings.iter().chain(timeline.iter().flat_map(|t| &t.findings.warnings)) {
        println!("note: {}", safe(&warning.to_string()));
    }
    for (path, why) in &plan.skipped {
        println!("passed over: {} ({why})", safe(&path.display().to_string()));
    }
    refusals(&ingested.receipts);
    ledger(ingested);
    without_accesses(ingested);
    issues(ingested);
    completeness(&ingested.receipts);
    if let Some(timeline) = timeline {
        account(timeline, numbers);
    }
    println!();
    if timeline.is_some() && case.profile == Profile::Regulator {
        let folder = safe(&join(&numbers.out, "regulator"));
        println!("{} {folder}: this folder and nothing beside it (HAND-OVER.txt says why)", bold("hand over"));
    } else if timeline.is_some() {
        println!("{} {}", bold("report"), safe(&join(&numbers.out, "report.html")));
    }
    println!("{} {}", bold("tables"), safe(&join(&numbers.out, "tables")));
}

fn join(folder: &str, name: &str) -> String {
    std::path::Path::new(folder).join(name).display().to_string()
}

/// Each refused source, why, and what to do.
pub(crate) fn refusals(receipts: &[SourceReceipt]) {
    for receipt in receipts {
        if let Some(reason) = &receipt.refused {
            println!("{} {}: {}", bold("refused"), safe(&receipt.name), safe(reason));
        }
    }
}

fn ledger(ingested: &Ingested) {
    let heads = ["rows", "accepted", "duplicate", "other", "out of window", "rejected", "source"];
    println!(
        "{}",
        bold(&format!(
            "{:>12} {:>11} {:>11} {:>11} {:>13} {:>9}  {}",
            heads[0], heads[1], heads[2], heads[3], heads[4], heads[5], heads[6]
        ))
    );
    let line = |cells: [u64; 6], name: &str| {
        let [a, b, c, d, e, f] = cells.map(thousands);
        println!("{a:>12} {b:>11} {c:>11} {d:>11} {e:>13} {f:>9}  {name}");
    };
    let ledger = &ingested.ledger;
    let shown = 40;
    for row in ledger.sources.iter().take(shown) {
        let container = row.container.as_deref().unwrap_or("refused");
        line(
            [row.read, row.accepted, row.duplicate, row.other_operation, row.out_of_window, row.rejected],
            &format!("{} ({container})", safe(&row.name)),
        );
    }
    if ledger.sources.len() > shown {
        println!("{:>12}  and {} more sources: see ledger.json", "…", ledger.sources.len() - shown);
    }
    if ledger.sources.len() > 1 {
        let total = |column: fn(&mailtrail_model::LedgerRow) -> u64| ledger.total(column);
        line(
            [
                total(|r| r.read),
                total(|r| r.accepted),
                total(|r| r.duplicate),
                total(|r| r.other_operation),
                total(|r| r.out_of_window),
                total(|r| r.rejected),
            ],
            &bold("total"),
        );
    }
}

/// Sources that were read whole and hold nothing of what this is about.
fn without_accesses(ingested: &Ingested) {
    for row in ingested.ledger.sources.iter().filter(|row| row.container.is_some() && accesses(row) == 0) {
        let rows = thousands(row.read);
        println!("note: {} has {rows} rows, none of them MailItemsAccessed", safe(&row.name));
    }
}

fn issues(ingested: &Ingested) {
    let mut totals = ingested.issue_totals();
    totals.sort_by_key(|(code, _)| (std::cmp::Reverse(code.severity()), *code));
    if totals.is_empty() {
        return;
    }
    println!("\n{}", bold("issues"));
    for (code, rows) in totals {
        let kind = match code.severity() {
            Severity::Rejected => "rejected",
            Severity::Lossy => "lossy",
            Severity::Note => "note",
        };
        println!("{:>12}  {:<8}  {:<28} {}", thousands(rows), kind, code.as_str(), code.meaning());
    }
    println!("{:>12}  `mailtrail explain CODE` says what to do", "");
}

fn completeness(receipts: &[SourceReceipt]) {
    let mut said = false;
    for receipt in receipts {
        for finding in receipt.completeness.findings.iter().filter(|f| f.incomplete) {
            if !said {
                println!("\n{}", bold("may be incomplete"));
                said = true;
            }
            println!("  {}: {}", safe(&receipt.name), safe(&finding.evidence));
            if let Some(ask) = &finding.ask {
                println!("    ask for: {}", safe(ask));
            }
        }
    }
}

fn account(timeline: &Timeline, numbers: &RunSummary) {
    let count = |value: Option<u64>| value.map_or_else(|| "not computed".to_owned(), thousands);
    let span = timeline.window.span;
    println!(
        "\n{} {} to {} ({})",
        bold("window"),
        span.start.iso(),
        span.end.iso(),
        if timeline.window.declared { "declared" } else { "the span of the records" }
    );
    println!(
        "  {} accesses ({} Bind, {} Sync) in {} mailboxes: {} items, {} distinct messages, {} sessions",
        thousands(numbers.accesses),
        count(numbers.binds),
        count(numbers.syncs),
        count(numbers.mailboxes),
        thousands(numbers.items),
        count(numbers.messages),
        count(numbers.sessions)
    );
    let reached: Vec<_> = timeline.mailboxes.iter().filter(|m| m.suspect_span.is_some()).collect();
    if !reached.is_empty() {
        let first = reached.iter().filter_map(|m| m.suspect_span).map(|s| s.start).min();
        let last = reached.iter().filter_map(|m| m.suspect_span).map(|s| s.end).max();
        let departments: Vec<String> = timeline
            .findings
            .departments
            .iter()
            .filter(|(_, found)| found.suspect_mailboxes > 0)
            .map(|(name, found)| {
                format!(
                    "{} {} of {}",
                    safe(name.as_deref().unwrap_or("no department")),
                    found.suspect_mailboxes,
                    found.mailboxes
                )
            })
            .collect();
        let by = if departments.is_empty() { String::new() } else { format!(" ({})", departments.join(", ")) };
        println!("  suspect accesses in {} of {} mailboxes{by}", reached.len(), timeline.mailboxes.len());
        if let (Some(first), Some(last)) = (first, last) {
            println!("  first {}, last {}", first.iso(), last.plus(-1).iso());
        }
    }
    coverage(timeline);
    if let Some(exposure) = &timeline.exposure {
        println!("\n{}", bold("messages"));
        for class in ExposureClass::ALL {
            let n = exposure.by_class.get(&class).copied().unwrap_or(0);
            println!("{:>12}  {:<7} {}", thousands(n), class.as_str(), class.label());
        }
    }
    fetch_next(timeline);
}

/// What would turn "not excluded" into an answer, most messages first.
fn fetch_next(timeline: &Timeline) {
    if timeline.findings.fetch_next.is_empty() {
        return;
    }
    println!("\n{}", bold("to turn \"not excluded\" into an answer you need"));
    for item in timeline.findings.fetch_next.iter().take(8) {
        println!("{:>12}  {:<4} {}", thousands(item.gained), item.reason.as_str(), safe(&item.what));
    }
    println!("{:>12}  messages whose only reason it is", "");
}

fn coverage(timeline: &Timeline) {
    let mut micros: std::collections::BTreeMap<CoverageState, i64> = std::collections::BTreeMap::new();
    for interval in &timeline.coverage {
        *micros.entry(interval.state).or_default() += interval.span.micros();
    }
    let total: i64 = micros.values().sum();
    if total == 0 {
        return;
    }
    println!("\n{}", bold("what the log could see (mailbox-hours by logon type)"));
    for (state, micros) in micros {
        #[expect(clippy::cast_precision_loss, reason = "hours and shares for people")]
        let (hours, share) =
            (micros as f64 / mailtrail_model::UtcMicros::HOUR as f64, 100.0 * micros as f64 / total as f64);
        println!("{hours:>12.1}  {share:>5.1} %  {}", state.as_str());
    }
}
