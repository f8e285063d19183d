//! Owns the comparison of two output folders of one case for `--previous`: reads the earlier one's `run.json` and tables. Names
//! what changed; which change moved which number is for the reader.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::Context;
use mailtrail_evidence::{ExaminerInput, RunRecord, State};
use mailtrail_model::{CaseInputs, ExposureClass, Revision, RevisionChange, SourceReceipt, Timeline};
use mailtrail_timeline::TableRows;

use crate::{case, exit::Hint, out_dir::OutDir, pipeline::Ingested, terminal::thousands};

/// Ways in that are listed; the others are in the two folders' tables/contexts.csv.
const WAYS: usize = 100;

/// The record of an earlier run. Asked before anything of `out` is written, it refuses the same folder.
pub(crate) fn check(previous: &Path, out: &Path) -> anyhow::Result<RunRecord> {
    let same = std::fs::canonicalize(previous).ok().zip(std::fs::canonicalize(out).ok()).is_some_and(|(a, b)| a == b);
    anyhow::ensure!(
        !same,
        anyhow::Error::new(Hint("write the new report into another folder (`mailtrail run … --out NEW`)".into()))
            .context(format!("{}: a report cannot be compared with itself", previous.display()))
    );
    let record = OutDir::record(previous)?;
    anyhow::ensure!(record.state == State::Done, "{}: there is no report in it", previous.display());
    Ok(record)
}

/// Compares.
pub(crate) fn since(
    previous: &Path,
    record: &RunRecord,
    now: (&CaseInputs, &Ingested, &Timeline),
    tables: &Path,
) -> anyhow::Result<Revision> {
    let (case, ingested, timeline) = now;
    let moves = TableRows::of(tables)
        .moves_since(&TableRows::of(&previous.join("tables")))
        .with_context(|| format!("{}: its tables cannot be compared", previous.display()))?;
    let mut revision = Revision {
        since: format!("the report made by mailtrail {} at {}", record.version, record.machine.started_utc),
        causes: causes(record, case, ingested, timeline),
        effects: Vec::new(),
        moves,
    };
    let why = match revision.causes.as_slice() {
        [] => "nothing that went in differs".to_owned(),
        causes => causes.iter().map(|one| one.field.as_str()).collect::<Vec<_>>().join("; "),
    };
    revision.effects = effects(previous, &revision, timeline, &why)?;
    Ok(revision)
}

fn causes(record: &RunRecord, case: &CaseInputs, ingested: &Ingested, timeline: &Timeline) -> Vec<RevisionChange> {
    let mut out = Vec::new();
    let mut compare = |field: &str, before: Option<String>, after: Option<String>, why: &str| {
        if before != after {
            out.push(RevisionChange { field: field.to_owned(), before, after, why: why.to_owned() });
        }
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    compare("mailtrail", Some(record.version.clone()), Some(version), "another version of the tool");
    let window = |window: &mailtrail_model::Window| {
        let kind = if window.declared { "declared" } else { "of the records" };
        format!("{} to {}, {kind}", window.span.start.iso(), window.span.end.iso())
    };
    compare("window", record.window.as_ref().map(window), Some(window(&timeline.window)), "the case window");
    let rules = |rules: &mailtrail_model::Rules| -> BTreeMap<&'static str, String> {
        rules.entries().into_iter().map(|(name, value, _)| (name, value.to_string())).collect()
    };
    let (old, new) = (rules(&record.rules), rules(&case.rules));
    for (name, value) in &new {
        compare(&format!("threshold {name}"), old.get(name).cloned(), Some(value.clone()), "a threshold was set");
    }
    let mut files = |kind: &str, before: BTreeMap<String, String>, after: BTreeMap<String, String>| {
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let why = match (before.contains_key(name), after.contains_key(name)) {
                (true, true) => "other bytes under the same name",
                (true, false) => "no longer given",
                _ => "newly given",
            };
            compare(&format!("{kind} {name}"), before.get(name).cloned(), after.get(name).cloned(), why);
        }
    };
    let inputs = |inputs: &[ExaminerInput]| {
        inputs.iter().map(|one| (format!("{} {}", one.kind, one.name), short(&one.sha256))).collect()
    };
    files("input", inputs(&record.examiner_inputs), inputs(&case::examiner_inputs(case)));
    let sources = |receipts: &[SourceReceipt]| {
        receipts.iter().map(|one| (one.name.clone(), short(&one.sha256.to_string()))).collect()
    };
    files("source", sources(&record.sources), sources(&ingested.receipts));
    out
}

fn short(sha256: &str) -> String {
    format!("sha256 {}…", sha256.get(..12).unwrap_or(sha256))
}

/// Numbers of the report that differ; those of the earlier one as its tables have them.
fn effects(
    previous: &Path,
    revision: &Revision,
    timeline: &Timeline,
    why: &str,
) -> anyhow::Result<Vec<RevisionChange>> {
    let mut out = Vec::new();
    let mut compare = |field: String, before: String, after: String| {
        if before != after {
            out.push(RevisionChange { field, before: Some(before), after: Some(after), why: why.to_owned() });
        }
    };
    for class in ExposureClass::ALL {
        let (before, after) = revision.totals(class);
        compare(format!("messages of class {}", class.as_str()), thousands(before), thousands(after));
    }
    let mailboxes = column(previous, "mailboxes.csv", &["suspect_messages", "first_suspect_utc", "last_suspect_utc"])?;
    let suspect = || mailboxes.iter().filter(|row| !row[1].is_empty());
    let reached = timeline.mailboxes.iter().filter_map(|mailbox| mailbox.suspect_span);
    compare("mailboxes".to_owned(), thousands(mailboxes.len() as u64), thousands(timeline.mailboxes.len() as u64));
    compare(
        "mailboxes with a suspect access".to_owned(),
        thousands(suspect().count() as u64),
        thousands(reached.clone().count() as u64),
    );
    let none = || "none".to_owned();
    compare(
        "first suspect access".to_owned(),
        suspect().map(|row| row[1].clone()).min().unwrap_or_else(none),
        reached.clone().map(|span| span.start).min().map_or_else(none, |at| at.iso()),
    );
    compare(
        "last suspect access".to_owned(),
        suspect().map(|row| row[2].clone()).max().unwrap_or_else(none),
        reached.map(|span| span.end.plus(-1)).max().map_or_else(none, |at| at.iso()),
    );
    let sessions = column(previous, "sessions.csv", &["session"])?;
    compare("sessions".to_owned(), thousands(sessions.len() as u64), thousands(timeline.sessions.len() as u64));
    let before: BTreeMap<String, String> = column(previous, "contexts.csv", &["context", "attribution"])?
        .into_iter()
        .map(|mut row| (std::mem::take(&mut row[0]), std::mem::take(&mut row[1])))
        .collect();
    // Those that anybody marks first: a page of every way in of a large tenant says less.
    let mut contexts: Vec<_> = timeline.contexts.iter().collect();
    contexts.sort_by(|a, b| b.attribution.cmp(&a.attribution).then(b.messages.cmp(&a.messages)).then(a.id.cmp(&b.id)));
    let changed =
        contexts.into_iter().filter(|one| before.get(&one.id).is_none_or(|old| old != one.attribution.as_str()));
    for context in changed.take(WAYS) {
        let old = before.get(&context.id).cloned().unwrap_or_else(|| "not there".to_owned());
        compare(format!("way in {}", context.id), old, context.attribution.as_str().to_owned());
    }
    Ok(out)
}

/// Columns of a small table of the earlier folder.
fn column(previous: &Path, file: &str, names: &[&str]) -> anyhow::Result<Vec<Vec<String>>> {
    let path = previous.join("tables").join(file);
    let context = || format!("{}", path.display());
    let mut table = csv::Reader::from_path(&path).with_context(context)?;
    let header = table.headers().with_context(context)?.clone();
    let places = names
        .iter()
        .map(|name| header.iter().position(|head| head == *name))
        .collect::<Option<Vec<usize>>>()
        .with_context(|| format!("{}: a column is missing; it was written by another version", path.display()))?;
    let row = |record: csv::StringRecord| places.iter().map(|at| record.get(*at).unwrap_or("").to_owned()).collect();
    Ok(table.records().collect::<Result<Vec<_>, _>>().with_context(context)?.into_iter().map(row).collect())
}
