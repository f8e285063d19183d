//! Owns `mailtrail inspect`: what these files are, whether they look whole, what to ask for. Writes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::{Mutex, PoisonError},
};

use anyhow::Context;
use mailtrail_ingest::{IngestOptions, IngestReport, ingest};
use mailtrail_model::{
    Block, CaseInputs, Interval, MailAccessType, RecordSink, SourceDeclaration, SourceId, SourceReceipt, UtcMicros,
};

use crate::{
    args::InspectArgs,
    case, clock,
    commands::run::threads,
    exit::Ended,
    pipeline::source_input,
    plan::Plan,
    preservation::Request,
    progress::Bar,
    terminal::{bold, safe, thousands},
};

/// What is counted of one source.
#[derive(Debug, Default)]
pub(super) struct Seen {
    binds: u64,
    syncs: u64,
    other_types: u64,
    items: u64,
    mailboxes: BTreeSet<Box<str>>,
}

/// A sink that counts and keeps nothing else.
#[derive(Debug, Default)]
pub(super) struct Counter(Mutex<BTreeMap<SourceId, Seen>>);

/// Mailboxes counted one by one; beyond it the number is a lower bound.
const MAILBOXES: usize = 1_000_000;

impl RecordSink for Counter {
    type Judged = ();
    type Encoded = ();
    type Error = Infallible;

    fn judge(&self, block: &Block<'_>) -> Result<(), Infallible> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for record in &block.records {
            let source = seen.entry(record.locator.source).or_default();
            match record.access_type {
                MailAccessType::Bind => source.binds += 1,
                MailAccessType::Sync => source.syncs += 1,
                _ => source.other_types += 1,
            }
            source.items += record.items.len() as u64;
            if source.mailboxes.len() < MAILBOXES && !source.mailboxes.contains(record.mailbox.as_str()) {
                source.mailboxes.insert(record.mailbox.as_str().into());
            }
        }
        Ok(())
    }

    fn encode(&self, _: &Block<'_>, (): ()) -> Result<(), Infallible> {
        Ok(())
    }

    fn append(&self, _: &Block<'_>, (): ()) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Reads everything, writes nothing, says what it saw.
pub(crate) fn inspect(args: &InspectArgs) -> anyhow::Result<Ended> {
    let mut plan = Plan::of(&args.inputs)?;
    let mut case = CaseInputs::default();
    if let Some(path) = plan.case.clone() {
        case = case::load(&path)?;
        plan = plan.add_sources(&path, case.sources.iter().map(|s| s.path.as_str()))?;
    }
    let inputs = plan.files.iter().map(source_input).collect::<anyhow::Result<Vec<_>>>()?;
    let bar = Bar::over(inputs.iter().filter_map(|i| i.bytes).sum(), args.common.quiet || args.common.json);
    let counter = Counter::default();
    let options = IngestOptions { threads: threads(args.common.threads), ..IngestOptions::default() };
    let read = ingest(&inputs, &options, &bar, &counter)?;
    bar.done();
    let seen = counter.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    let now = clock::now();
    let request = Request::of(case.window, &read.receipts, &case.rules, now);
    if args.request {
        let request =
            request.context("no record has a time and no case window is stated: nothing to count days from")?;
        print!("{}", request.letter(case.case_id.as_deref(), now));
    } else if args.common.json {
        print!("{}", json(&read, &seen, request.as_ref())?);
    } else {
        for (path, why) in &plan.skipped {
            println!("passed over: {} ({why})", safe(&path.display().to_string()));
        }
        for receipt in &read.receipts {
            source(receipt, &read, &seen, case.sources.iter().find(|declared| declared.is_about(&receipt.name)));
        }
        if let Some(request) = request {
            println!("preservation: {}", request.line());
            println!("  the request to send: mailtrail inspect … --request");
        }
    }
    Ok(if read.receipts.iter().all(|r| r.refused.is_some()) {
        Ended::Negative
    } else if read.receipts.iter().any(|r| r.refused.is_some() || r.completeness.looks_incomplete())
        || read.counts.iter().any(|c| c.rejected > 0)
        || seen.is_empty()
    {
        if args.common.allow_issues { Ended::Clean } else { Ended::WithIssues }
    } else {
        Ended::Clean
    })
}

fn operations(read: &IngestReport, source: SourceId) -> Vec<(&str, u64)> {
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for count in read.activity.iter().filter(|c| c.source == source) {
        *totals.entry(&count.operation).or_default() += count.rows;
    }
    let mut list: Vec<_> = totals.into_iter().collect();
    list.sort_by_key(|(name, rows)| (std::cmp::Reverse(*rows), *name));
    list
}

fn source(
    receipt: &SourceReceipt,
    read: &IngestReport,
    seen: &BTreeMap<SourceId, Seen>,
    declared: Option<&SourceDeclaration>,
) {
    println!("{}", bold(&safe(&receipt.name)));
    if let Some(reason) = &receipt.refused {
        println!("  refused: {}\n", safe(reason));
        return;
    }
    let container = receipt.container.as_deref().unwrap_or("unknown");
    let packed = receipt.compression.as_deref().map_or_else(String::new, |c| format!(", {c}"));
    let lossy = if receipt.lossy { ", cannot carry every field" } else { "" };
    println!("  container   {container}, {}{packed}{lossy}", receipt.encoding);
    println!("  bytes       {} ({} unpacked)", thousands(receipt.bytes), thousands(receipt.content_bytes));
    println!("  sha256      {}", receipt.sha256);
    if let Some(counts) = read.counts.iter().find(|c| c.source == receipt.id) {
        println!("  rows        {} in the source, {} not readable", thousands(counts.read), thousands(counts.rejected));
    }
    if let Some(span) = receipt.span {
        println!("  records     {} to {}", span.start.iso(), span.end.iso());
    }
    if let Some(query) = declared.and_then(|declared| declared.query) {
        println!("  declared    {} to {}{}", query.start.iso(), query.end.iso(), beside(query, receipt.span));
    }
    if let Some(s) = seen.get(&receipt.id) {
        println!(
            "  accesses    {} Bind, {} Sync, {} other, {} items, {} mailboxes",
            thousands(s.binds),
            thousands(s.syncs),
            thousands(s.other_types),
            thousands(s.items),
            thousands(s.mailboxes.len() as u64)
        );
    }
    let operations = operations(read, receipt.id);
    for (name, rows) in operations.iter().take(8) {
        println!("  operation   {:>9}  {}", thousands(*rows), safe(name));
    }
    if operations.len() > 8 {
        println!("  operation   and {} more kinds", operations.len() - 8);
    }
    for ((code, _), tally) in read.issues.iter().filter(|((_, source), _)| *source == receipt.id) {
        println!("  issue       {:>9}  {}: {}", thousands(tally.rows), code.as_str(), code.meaning());
    }
    let rows = read.counts.iter().find(|c| c.source == receipt.id).map_or(0, |c| c.read);
    let short = declared.and_then(|declared| declared.rows_reported).filter(|reported| rows < *reported);
    let incomplete = receipt.completeness.looks_incomplete() || short.is_some();
    println!("  verdict     {}", if incomplete { "may be incomplete" } else { "no sign that rows are missing" });
    if let Some(reported) = short {
        println!("    !  {} rows of {} that the service reported", thousands(rows), thousands(reported));
    }
    for finding in &receipt.completeness.findings {
        println!("    {}  {}", if finding.incomplete { "!" } else { "·" }, safe(&finding.evidence));
        if let Some(ask) = &finding.ask {
            println!("       ask for: {}", safe(ask));
        }
    }
    println!();
}

/// How the records' span lies in the range that was asked for.
fn beside(query: Interval, span: Option<Interval>) -> String {
    let Some(span) = span else { return "; no record has a time".to_owned() };
    let hours = |micros: i64| thousands((micros / UtcMicros::HOUR).unsigned_abs());
    let (first, last) = (span.start.0 - query.start.0, query.end.0 - span.end.0);
    let begin = if first < 0 { "before it does" } else { "after its start" };
    let end = if last < 0 { "after it does" } else { "before its end" };
    format!("; records begin {} h {begin} and end {} h {end}", hours(first), hours(last))
}

fn json(read: &IngestReport, seen: &BTreeMap<SourceId, Seen>, request: Option<&Request>) -> anyhow::Result<String> {
    let sources: Vec<_> = read
        .receipts
        .iter()
        .map(|r| {
            let counts = read.counts.iter().find(|c| c.source == r.id);
            let s = seen.get(&r.id);
            serde_json::json!({
                "name": r.name, "sha256": r.sha256.to_string(), "bytes": r.bytes, "content_bytes": r.content_bytes,
                "container": r.container, "lossy": r.lossy, "encoding": r.encoding, "compression": r.compression, "refused": r.refused,
                "rows": counts.map(|c| c.read), "other_operation": counts.map(|c| c.other_operation), "rejected": counts.map(|c| c.rejected),
                "first_record": r.span.map(|x| x.start.iso()), "after_last_record": r.span.map(|x| x.end.iso()),
                "binds": s.map(|s| s.binds), "syncs": s.map(|s| s.syncs), "items": s.map(|s| s.items), "mailboxes": s.map(|s| s.mailboxes.len()),
                "operations": operations(read, r.id).into_iter().collect::<BTreeMap<_, _>>(),
                "issues": read.issues.iter().filter(|((_, source), _)| *source == r.id).map(|((code, _), t)| (code.as_str(), t.rows)).collect::<BTreeMap<_, _>>(),
                "looks_incomplete": r.completeness.looks_incomplete(),
                "findings": r.completeness.findings.iter().map(|f| serde_json::json!({"code": f.code, "evidence": f.evidence, "ask": f.ask, "incomplete": f.incomplete})).collect::<Vec<_>>(),
            })
        })
        .collect();
    let preservation = request.map(|r| {
        serde_json::json!({"needed_from": r.needed.start.iso(), "needed_to": r.needed.end.iso(), "retention_days": r.retention_days, "expires": r.expires.iso(), "days_left": r.days_left})
    });
    Ok(serde_json::to_string_pretty(&serde_json::json!({ "sources": sources, "preservation": preservation }))? + "\n")
}
