//! Owns `mailtrail report`: tables to timeline, charts and pages again. Reads no export.

use std::path::PathBuf;

use mailtrail_evidence::{RunRecord, State};
use mailtrail_model::CaseInputs;

use crate::{
    args::ReportArgs,
    case, clock,
    commands::run::{numbers, save, threads},
    exit::{Ended, Hint},
    out_dir::OutDir,
    pages::{PagePlan, profiled},
    pipeline::{self, Ingested},
    summary,
};

/// Runs the second half over an output folder.
pub(crate) fn report(args: &ReportArgs) -> anyhow::Result<Ended> {
    let began = clock::started();
    let record = OutDir::record(&args.out)?;
    anyhow::ensure!(
        record.state != State::Running,
        anyhow::Error::new(Hint("run `mailtrail run` again".into()))
            .context(format!("{}: the run that wrote this folder did not finish", args.out.display()))
    );
    let plan = PagePlan::of(&args.pages, &args.out, threads(args.common.threads))?;
    let mut case = profiled(case_of(args.case.clone(), &record)?, &args.pages);
    case::add_lists(&mut case, &args.lists)?;
    let ingested = ingested(&record);
    let mut out = OutDir::reopen(&args.out, &record);
    let pages = ["charts/", "mailboxes/", "report.", "summary.", "regulator", "HAND-OVER.txt"];
    for prefix in pages.into_iter().chain(["tables/messages.x", "tables/sessions.x"]) {
        out.drop_below(prefix)?;
    }
    let timeline = pipeline::retell(&case, &ingested, &plan, &mut out)?;
    let machine = mailtrail_evidence::Machine { seconds: began.elapsed().as_secs(), ..record.machine };
    save(&mut out, &case, Some(&ingested), Some(&timeline), State::Done, machine)?;
    let numbers = numbers(&args.out.display().to_string(), &case, &ingested, Some(&timeline));
    if args.common.json {
        print!("{}", numbers.to_json()?);
    } else {
        summary::run(&crate::plan::Plan::default(), &case, &ingested, Some(&timeline), &numbers);
    }
    Ok(if ingested.needs_attention() && !args.common.allow_issues { Ended::WithIssues } else { Ended::Clean })
}

/// The case as it stands now, with the window of the run where the case states none.
pub(crate) fn case_of(given: Option<PathBuf>, record: &RunRecord) -> anyhow::Result<CaseInputs> {
    let path = given.or_else(|| record.machine.case.as_ref().map(PathBuf::from));
    let mut case = match path {
        Some(path) => case::load(&path)?,
        None => CaseInputs { rules: record.rules.clone(), ..CaseInputs::default() },
    };
    if case.window.is_none() {
        case.window = record.window.as_ref().filter(|w| w.declared).map(|w| w.span);
    }
    Ok(case)
}

/// What the first half left, read back.
pub(crate) fn ingested(record: &RunRecord) -> Ingested {
    Ingested {
        receipts: record.sources.clone(),
        ledger: record.ledger.clone(),
        issues: record.issues.clone(),
        table_rows: record.counts.clone(),
    }
}
