//! Owns `mailtrail run` and `mailtrail ingest`: inputs to an output folder, and the record of how it came about.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context;
use mailtrail_evidence::{Machine, RunRecord, RunSummary, State};
use mailtrail_model::{CaseInputs, Interval, Timeline, UtcMicros};

use crate::{
    args::RunArgs,
    case, clock,
    exit::{Ended, Hint},
    out_dir::{Others, OutDir},
    pages::{PagePlan, profiled},
    pipeline::{self, Ingested, Job},
    plan::Plan,
    summary,
};

/// The main job.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<Ended> {
    work(args, State::Done)
}

/// Exports to tables, ledger and quarantine only.
pub(crate) fn ingest(args: &RunArgs) -> anyhow::Result<Ended> {
    work(args, State::Ingested)
}

fn work(args: &RunArgs, until: State) -> anyhow::Result<Ended> {
    let (started, began) = (clock::now(), clock::started());
    let given = args.inputs.iter().map(|p| absolute(p)).collect::<anyhow::Result<Vec<_>>>()?;
    Plan::of(&args.inputs)?;
    let others = if args.force {
        Others::Replace
    } else if args.add {
        Others::Add
    } else {
        Others::Refuse
    };
    let threads = threads(args.common.threads);
    let plan_of_pages = PagePlan::of(&args.pages, &args.out, threads)?;
    let (mut out, inputs) = OutDir::prepare(&args.out, given, others)?;
    let (plan, case) = planned(&inputs.iter().map(PathBuf::from).collect::<Vec<_>>(), args)?;
    let case = profiled(case, &args.pages);
    let machine = Machine {
        started_utc: started.iso(),
        seconds: 0,
        threads,
        platform: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        inputs,
        paths: plan.files.iter().map(|f| (f.name.clone(), f.path.display().to_string())).collect(),
        case: plan.case.as_ref().map(|c| c.display().to_string()),
    };
    let job = Job { case, files: plan.files.clone(), threads, quiet: args.common.quiet || args.common.json };
    // A run that is cut short leaves a folder that is known to be ours.
    save(&mut out, &job.case, None, None, State::Running, machine.clone())?;
    let ingested = pipeline::tables(&job, &mut out)?;
    // From here on `mailtrail report` can go on, whatever happens to the second half.
    save(&mut out, &job.case, Some(&ingested), None, State::Ingested, machine.clone())?;
    let nothing_known = ingested.receipts.iter().all(|r| r.refused.is_some());
    let timeline = match until {
        State::Done if !nothing_known => Some(pipeline::retell(&job.case, &ingested, &plan_of_pages, &mut out)?),
        _ => None,
    };
    let machine = Machine { seconds: began.elapsed().as_secs(), ..machine };
    save(&mut out, &job.case, Some(&ingested), timeline.as_ref(), until, machine)?;
    if nothing_known {
        summary::refusals(&ingested.receipts);
        return Ok(Ended::Negative);
    }
    let numbers = numbers(&args.out.display().to_string(), &job.case, &ingested, timeline.as_ref());
    if args.common.json {
        print!("{}", numbers.to_json()?);
    } else {
        summary::run(&plan, &job.case, &ingested, timeline.as_ref(), &numbers);
    }
    Ok(if ingested.needs_attention() && !args.common.allow_issues { Ended::WithIssues } else { Ended::Clean })
}

/// The inputs resolved: files in order, and what the examiner states about them.
pub(crate) fn planned(inputs: &[PathBuf], args: &RunArgs) -> anyhow::Result<(Plan, CaseInputs)> {
    let plan = Plan::of(inputs)?;
    let (plan, mut case) = match plan.case.clone() {
        Some(path) => {
            let case = case::load(&path)?;
            let sources: Vec<&str> = case.sources.iter().map(|s| s.path.as_str()).collect();
            (plan.add_sources(&path, sources)?, case)
        }
        None => (plan, CaseInputs::default()),
    };
    anyhow::ensure!(
        !plan.files.is_empty(),
        anyhow::Error::new(Hint("name export files, a folder that holds them, or a case.toml".into()))
            .context("no file to read")
    );
    let from = args.from.as_deref().map(|t| case::instant("--from", t)).transpose()?;
    let to = args.to.as_deref().map(|t| case::instant("--to", t)).transpose()?;
    if from.is_some() || to.is_some() {
        let old = case.window.unwrap_or(Interval { start: UtcMicros(i64::MIN), end: UtcMicros(i64::MAX) });
        let window = Interval { start: from.unwrap_or(old.start), end: to.unwrap_or(old.end) };
        anyhow::ensure!(
            from.is_some() && to.is_some() || case.window.is_some(),
            "--from and --to are given together, unless the case file has a window"
        );
        anyhow::ensure!(window.start < window.end, "the window ends before it begins");
        case.window = Some(window);
    }
    case::add_lists(&mut case, &args.lists)?;
    Ok((plan, case))
}

/// Writes `run.json`.
pub(crate) fn save(
    out: &mut OutDir,
    case: &CaseInputs,
    ingested: Option<&Ingested>,
    timeline: Option<&Timeline>,
    state: State,
    machine: Machine,
) -> anyhow::Result<()> {
    out.claim("run.json");
    let record = RunRecord {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        state,
        case_id: case.case_id.clone(),
        window: timeline.map(|t| t.window.clone()),
        rules: case.rules.clone(),
        examiner_inputs: case::examiner_inputs(case),
        sources: ingested.map(|i| i.receipts.clone()).unwrap_or_default(),
        ledger: ingested.map(|i| i.ledger.clone()).unwrap_or_default(),
        issues: ingested.map(|i| i.issues.clone()).unwrap_or_default(),
        counts: ingested.map(|i| i.table_rows.clone()).unwrap_or_default(),
        files: out.files(),
        machine,
    };
    out.write("run.json", record.to_json()?)
}

/// The numbers of a run, as `--json` prints them.
pub(crate) fn numbers(out: &str, case: &CaseInputs, ingested: &Ingested, timeline: Option<&Timeline>) -> RunSummary {
    let warnings = case.warnings.iter().chain(timeline.iter().flat_map(|t| &t.findings.warnings));
    let sum = |column: fn(&mailtrail_model::MailboxSummary) -> u64| {
        timeline.map(|t| t.mailboxes.iter().map(column).sum::<u64>())
    };
    RunSummary {
        out: out.to_owned(),
        ledger: ingested.ledger.clone(),
        accesses: ingested.ledger.total(|row| row.accepted),
        binds: sum(|m| m.binds),
        syncs: sum(|m| m.syncs),
        items: sum(|m| m.items).unwrap_or_else(|| ingested.table_rows.get("items.parquet").copied().unwrap_or(0)),
        messages: timeline.map(|t| t.messages),
        mailboxes: timeline.map(|t| t.mailboxes.iter().filter(|m| m.records > 0).count() as u64),
        sessions: timeline.map(|t| t.sessions.len() as u64),
        bursts: timeline.and_then(|t| t.bursts.as_ref()).map(|bursts| bursts.len() as u64),
        exposure: timeline.and_then(|t| t.exposure.clone()),
        issues: ingested.issue_totals().into_iter().collect::<BTreeMap<_, _>>(),
        warnings: warnings.map(ToString::to_string).collect(),
    }
}

/// The machine's threads, unless a number was asked for.
pub(crate) fn threads(asked: Option<std::num::NonZeroUsize>) -> usize {
    asked.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZeroUsize::get)
}

fn absolute(path: &std::path::Path) -> anyhow::Result<String> {
    let path = std::fs::canonicalize(path).with_context(|| format!("{}: cannot be opened", path.display()))?;
    Ok(path.display().to_string())
}
