//! Owns the last step of the second half: the timeline becomes pictures and pages in an output folder.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::Context;
use mailtrail_evidence::{PseudonymKey, RunRecord, sha256_of};
use mailtrail_model::{CaseInputs, Profile, RowScope, Rows as _, Timeline};
use mailtrail_render::{
    Batch, Chart, ChartNumbers, MailboxLinks, MailboxPages, Preliminary, ReportInput, Summary, Wording, charts,
    regulator_annex, regulator_csv, report, report_pdf,
};
use mailtrail_timeline::TableRows;

use crate::{
    args::{Extras, PageArgs},
    out_dir::OutDir,
    pipeline::Ingested,
    platform, revision,
};

/// Which pages are wanted.
pub(crate) struct PagePlan {
    batch: Batch,
    /// An earlier output folder and its record.
    previous: Option<(PathBuf, RunRecord)>,
    extras: Extras,
    threads: usize,
}

impl PagePlan {
    /// Checks what was asked for before anything is written.
    pub(crate) fn of(args: &PageArgs, out: &Path, threads: usize) -> anyhow::Result<Self> {
        let previous =
            args.previous.as_deref().map(|path| Ok::<_, anyhow::Error>((path.to_owned(), revision::check(path, out)?)));
        let batch = if args.batch == "department" { Batch::Department } else { Batch::Mailbox };
        Ok(Self { batch, previous: previous.transpose()?, extras: args.extras.clone(), threads })
    }
}

/// The profile asked for beats the case file's.
pub(crate) fn profiled(mut case: CaseInputs, args: &PageArgs) -> CaseInputs {
    if let Some(profile) = args.profile.as_deref().and_then(Profile::parse) {
        case.profile = profile;
    }
    case
}

/// The cover report, its charts, and one page a mailbox or department.
pub(crate) fn write(
    plan: &PagePlan,
    (case, ingested, timeline): (&CaseInputs, &Ingested, &Timeline),
    out: &mut OutDir,
) -> anyhow::Result<()> {
    let rows = TableRows::of(&out.tables());
    let (hours, growth) = (rows.hours(RowScope::All)?, rows.growth(RowScope::All)?);
    let folders = rows.folders(RowScope::All)?;
    let revision = match &plan.previous {
        Some((path, record)) => Some(revision::since(path, record, (case, ingested, timeline), &out.tables())?),
        None => None,
    };
    let numbers = ChartNumbers {
        hours: Some(&hours),
        growth: Some(&growth),
        folders: Some(&folders),
        revision: revision.as_ref(),
    };
    let charts = charts(timeline, &numbers)?;
    let exposure = out.tables().join("exposure.csv");
    let exposure = File::open(&exposure)
        .and_then(sha256_of)
        .with_context(|| format!("{}: cannot be read back", exposure.display()))?;
    if case.profile != Profile::Regulator {
        for chart in &charts {
            write_chart(chart, out)?;
        }
    }
    let input = ReportInput {
        timeline,
        case,
        charts: &charts,
        wording: if case.profile == Profile::Analyst { Wording::Analyst } else { Wording::Facts },
        mailbox_links: match plan.batch {
            Batch::Mailbox => MailboxLinks::Pages,
            Batch::Department => MailboxLinks::Index,
        },
        rows: Some(&rows),
        exposure_sha256: Some(&exposure),
        revision: revision.as_ref(),
        tool_version: env!("CARGO_PKG_VERSION"),
    };
    if case.profile == Profile::Regulator {
        anyhow::ensure!(!plan.extras.pdf, "the regulator's annex has no PDF form; print regulator/annex.html");
        return annex(&input, out);
    }
    out.write("report.html", report(&input)?)?;
    beside(&plan.extras, &input, out)?;
    batch(&MailboxPages::by(&input, plan.batch), plan.threads, out)
}

/// The summary, ready to paste, and the report on paper if it was asked for.
fn beside(extras: &Extras, input: &ReportInput<'_>, out: &mut OutDir) -> anyhow::Result<()> {
    let preliminary = extras.preliminary.then_some(Preliminary { next_revision: extras.next_revision });
    let summary = Summary::of(input, preliminary)?;
    out.write("summary.txt", summary.text())?;
    out.write("summary.docx", summary.docx()?)?;
    if extras.pdf {
        out.write("report.pdf", report_pdf(input)?)?;
    }
    Ok(())
}

/// What is handed to a regulator, and nothing else: a folder of its own. The tables beside it hold names, addresses and ids, and
/// the next report is made from them, so they stay; `HAND-OVER.txt` says which is which. The key of the pseudonyms stays in the
/// output folder, is never removed, and gives the same names in every revision.
fn annex(input: &ReportInput<'_>, out: &mut OutDir) -> anyhow::Result<()> {
    let path = out.path("pseudonym.key");
    let key = match std::fs::read_to_string(&path) {
        Ok(text) => PseudonymKey::parse(&text)
            .with_context(|| format!("{}: not a key that mailtrail wrote; remove it for a new one", path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = PseudonymKey(platform::random());
            std::fs::write(&path, key.to_hex() + "\n").with_context(|| format!("{}", path.display()))?;
            key
        }
        Err(error) => return Err(error).with_context(|| format!("{}", path.display())),
    };
    let mailboxes = &input.timeline.mailboxes;
    let codes = mailboxes.iter().map(|one| (one.key.clone(), key.mailbox(one.key.as_str()))).collect();
    out.write("regulator/annex.html", regulator_annex(input, &codes)?)?;
    out.write("regulator/annex.csv", regulator_csv(input, &codes))?;
    out.write("HAND-OVER.txt", HAND_OVER)
}

/// What lies at the head of an output folder of the regulator's profile.
const HAND_OVER: &str = "\
Hand over the folder `regulator` and nothing else.

  regulator/annex.html   the annex: pseudonymised aggregates
  regulator/annex.csv    its numbers

Everything beside it stays with you. `tables` holds every mailbox by name, addresses, message ids and folder names;
`run.json`, `ledger.json`, `quarantine.jsonl` and `attribution.draft.toml` hold names of files, mailboxes and ways in;
`pseudonym.key` turns the annex's pseudonyms back into mailboxes.
";

/// Pages are drawn side by side and written in order; a batch at a time, so that memory does not grow with their number.
fn batch(pages: &MailboxPages<'_>, threads: usize, out: &mut OutDir) -> anyhow::Result<()> {
    out.write("mailboxes/index.html", pages.index()?)?;
    let places: Vec<usize> = (0..pages.len()).collect();
    for batch in places.chunks(threads.max(1)) {
        let drawn: Vec<anyhow::Result<Option<String>>> = std::thread::scope(|scope| {
            let workers: Vec<_> = batch.iter().map(|place| scope.spawn(move || Ok(pages.page(*place)?))).collect();
            workers
                .into_iter()
                .map(|w| w.join().unwrap_or_else(|_| anyhow::bail!("a page could not be drawn; please report this")))
                .collect()
        });
        for (place, page) in batch.iter().zip(drawn) {
            if let (Some(name), Some(page)) = (pages.file_name(*place), page?) {
                out.write(&format!("mailboxes/{name}"), page)?;
            }
        }
    }
    Ok(())
}

fn write_chart(chart: &Chart, out: &mut OutDir) -> anyhow::Result<()> {
    let stem = chart.file_stem();
    out.write(&format!("charts/{stem}.svg"), &chart.svg)?;
    out.write(&format!("charts/{stem}.csv"), &chart.csv)
}
