//! Owns the order of the house, and nothing else: bytes become tables, tables become a timeline, the timeline becomes pictures
//! and pages, all of it becomes a record anyone can check. Each arrow is one function of one crate.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, BufWriter},
};

use anyhow::Context;
use mailtrail_evidence::{IssueCount, IssueExample, ledger_json, name_sources};
use mailtrail_ingest::{
    IngestOptions, IngestReport, ReadSeek, SourceInput, ingest,
    inputs::{KnownMailbox, cross_check},
};
use mailtrail_model::{CaseInputs, IssueCode, Ledger, LedgerRow, SourceReceipt, Timeline};
use mailtrail_timeline::{Basis, Written, reconstruct, small_table_files};

use crate::{
    draft, out_dir::OutDir, pages, pages::PagePlan, plan::PlannedFile, progress::Bar, sink::Fork, spreadsheets,
};

/// What a run reads, and what is stated about it.
pub(crate) struct Job {
    /// The examiner's statements.
    pub(crate) case: CaseInputs,
    /// The exports.
    pub(crate) files: Vec<PlannedFile>,
    /// Workers.
    pub(crate) threads: usize,
    /// No progress bar.
    pub(crate) quiet: bool,
}

/// What the first half leaves for the second.
pub(crate) struct Ingested {
    /// One receipt a source.
    pub(crate) receipts: Vec<SourceReceipt>,
    /// The account of rows.
    pub(crate) ledger: Ledger,
    /// Issues by code and source.
    pub(crate) issues: Vec<IssueCount>,
    /// Rows of the tables, by file name.
    pub(crate) table_rows: BTreeMap<String, u64>,
}

impl Ingested {
    /// Rows by issue code.
    pub(crate) fn issue_totals(&self) -> Vec<(IssueCode, u64)> {
        let mut totals: BTreeMap<IssueCode, u64> = BTreeMap::new();
        for count in &self.issues {
            if let Some(code) = IssueCode::ALL.iter().find(|c| c.as_str() == count.code) {
                *totals.entry(*code).or_default() += count.rows;
            }
        }
        totals.into_iter().collect()
    }

    /// Whether a row was quarantined, a source refused, one looks incomplete, or there is no access at all: exit code 3.
    pub(crate) fn needs_attention(&self) -> bool {
        self.ledger.total(|row| row.rejected) > 0
            || self.ledger.total(accesses) == 0
            || self.receipts.iter().any(|r| r.refused.is_some() || r.completeness.looks_incomplete())
    }
}

/// Rows of a source that are accesses, whatever became of them.
pub(crate) fn accesses(row: &LedgerRow) -> u64 {
    row.accepted + row.duplicate + row.out_of_window
}

/// The second half, over tables that are whole: the account, what might be marked, pictures and pages.
pub(crate) fn retell(
    case: &CaseInputs,
    ingested: &Ingested,
    plan: &PagePlan,
    out: &mut OutDir,
) -> anyhow::Result<Timeline> {
    let timeline = account(case, ingested, out)?;
    drafts(&timeline, out)?;
    // The spreadsheets keep one worker busy for as long as the pages keep the others.
    let folder = out.clone();
    let sheets = std::thread::scope(|scope| {
        let sheets = scope.spawn(|| spreadsheets::write(case, &timeline, &folder));
        pages::write(plan, (case, ingested, &timeline), out)?;
        sheets.join().unwrap_or_else(|_| {
            anyhow::bail!("the spreadsheets could not be written: is the disk full? If not, please report this")
        })
    })?;
    for sheet in sheets {
        out.end(sheet)?;
    }
    Ok(timeline)
}

/// Bytes become records, records become tables; rows that cannot be read become quarantine.
pub(crate) fn tables(job: &Job, out: &mut OutDir) -> anyhow::Result<Ingested> {
    let inputs = job.files.iter().map(source_input).collect::<anyhow::Result<Vec<_>>>()?;
    let options = IngestOptions { threads: job.threads, ..IngestOptions::default() };
    let bar = Bar::over(inputs.iter().filter_map(|i| i.bytes).sum(), job.quiet);
    let unnamed = out.path("quarantine.jsonl.partial");
    let fork = Fork::create(&out.tables(), &unnamed, job.case.window)?;
    let read = ingest(&inputs, &options, &bar, &fork)?;
    bar.done();
    let written = fork.finish()?;
    for table in &written.tables {
        if let Some(name) = table.path.file_name() {
            out.claim(format!("tables/{}", name.to_string_lossy()));
        }
    }
    quarantine(&read, &unnamed, out)?;
    let ingested = settle(read, &written)?;
    out.write("ledger.json", ledger_json(&ingested.ledger)?)?;
    Ok(ingested)
}

/// Tables and the examiner's statements become a timeline, and its small tables.
fn account(case: &CaseInputs, ingested: &Ingested, out: &mut OutDir) -> anyhow::Result<Timeline> {
    let issues = ingested.issue_totals();
    let basis =
        Basis { tables: &out.tables(), case, receipts: &ingested.receipts, ledger: &ingested.ledger, issues: &issues };
    let mut timeline = reconstruct(&basis).context("the tables cannot be read back")?;
    let recorded = timeline.mailboxes.iter().filter(|m| m.records > 0);
    let known: Vec<KnownMailbox> = recorded
        .map(|m| KnownMailbox { key: m.key.clone(), upn: Some(m.name.clone()).filter(|n| n.contains('@')) })
        .collect();
    timeline.findings.warnings.extend(cross_check(case, &known)?);
    for file in small_table_files() {
        out.claim(format!("tables/{file}"));
    }
    Ok(timeline)
}

/// What might be marked, commented out, with counts and why.
fn drafts(timeline: &Timeline, out: &mut OutDir) -> anyhow::Result<()> {
    out.write("attribution.draft.toml", draft::text(timeline))
}

/// A planned file as ingest reads it.
pub(crate) fn source_input(file: &PlannedFile) -> anyhow::Result<SourceInput> {
    let meta = std::fs::metadata(&file.path).with_context(|| format!("{}", file.path.display()))?;
    let path = file.path.clone();
    let open = move || File::open(&path).map(|file| Box::new(file) as Box<dyn ReadSeek + Send>);
    Ok(SourceInput { name: file.name.clone(), open: Box::new(open), bytes: Some(meta.len()) })
}

/// Puts the sources' names into the quarantine, which is written while they are still being found (archive members).
fn quarantine(read: &IngestReport, unnamed: &std::path::Path, out: &mut OutDir) -> anyhow::Result<()> {
    let names = read.receipts.iter().map(|r| (r.id.to_string(), r.name.clone())).collect();
    let path = out.path("quarantine.jsonl");
    let context = || format!("{}: cannot be written", path.display());
    let lines = BufReader::new(File::open(unnamed).with_context(context)?);
    name_sources(lines, &names, BufWriter::new(File::create(&path).with_context(context)?)).with_context(context)?;
    std::fs::remove_file(unnamed).with_context(context)?;
    out.claim("quarantine.jsonl");
    Ok(())
}

/// Joins what was read with what was written into the account of every row.
fn settle(read: IngestReport, written: &Written) -> anyhow::Result<Ingested> {
    let accesses: BTreeMap<_, _> = written.sources.iter().map(|s| (s.source, s)).collect();
    let mut ledger = Ledger::default();
    for (receipt, counts) in read.receipts.iter().zip(&read.counts) {
        let access = accesses.get(&receipt.id);
        let row = LedgerRow {
            source: receipt.id,
            name: receipt.name.clone(),
            sha256: receipt.sha256,
            bytes: receipt.bytes,
            container: receipt.container.clone(),
            read: counts.read,
            accepted: access.map_or(0, |a| a.accepted),
            duplicate: access.map_or(0, |a| a.duplicate),
            other_operation: counts.other_operation,
            out_of_window: access.map_or(0, |a| a.out_of_window),
            rejected: counts.rejected,
        };
        anyhow::ensure!(row.balances(), "{}: the rows do not add up ({row:?}); please report this", row.name);
        ledger.sources.push(row);
    }
    let mut issues: Vec<IssueCount> = read
        .issues
        .iter()
        .map(|((code, source), tally)| issue_count(*code, source.to_string(), tally.rows, &tally.examples))
        .collect();
    issues.extend(written.issues.iter().map(|merge| {
        let source = merge.examples.first().map_or_else(String::new, |e| e.locator.source.to_string());
        issue_count(merge.code, source, merge.count, &merge.examples)
    }));
    let rows =
        |t: &mailtrail_timeline::WrittenTable| Some((t.path.file_name()?.to_string_lossy().into_owned(), t.rows));
    Ok(Ingested {
        receipts: read.receipts,
        ledger,
        issues,
        table_rows: written.tables.iter().filter_map(rows).collect(),
    })
}

fn issue_count(code: IssueCode, source: String, rows: u64, examples: &[mailtrail_model::Issue]) -> IssueCount {
    let example = |issue: &mailtrail_model::Issue| IssueExample {
        row: issue.locator.row,
        byte_offset: issue.locator.byte_offset,
        detail: issue.detail.clone(),
    };
    IssueCount {
        code: code.as_str().to_owned(),
        source,
        rows,
        examples: examples.iter().take(5).map(example).collect(),
    }
}
