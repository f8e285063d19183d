//! Owns `mailtrail init`: a commented case.toml from what was seen. It states nothing the files do not show.

use std::{fmt::Write, fs};

use anyhow::Context;
use mailtrail_ingest::{IngestOptions, IngestReport, ingest};
use mailtrail_model::{Interval, UtcMicros};

use crate::{
    args::InitArgs,
    commands::{attribute::quoted, inspect::Counter, run::threads},
    exit::{Ended, Hint},
    pipeline::source_input,
    plan::Plan,
    progress::Bar,
    terminal::safe,
};

/// Reads the folder's exports and writes its case.toml.
pub(crate) fn init(args: &InitArgs) -> anyhow::Result<Ended> {
    let path = args.folder.join("case.toml");
    anyhow::ensure!(!path.exists(), "{}: exists already; nothing was changed", path.display());
    let plan = Plan::of(std::slice::from_ref(&args.folder))?;
    let inputs = plan.files.iter().map(source_input).collect::<anyhow::Result<Vec<_>>>()?;
    let bar = Bar::over(inputs.iter().filter_map(|i| i.bytes).sum(), false);
    let options = IngestOptions { threads: threads(None), ..IngestOptions::default() };
    let read = ingest(&inputs, &options, &bar, &Counter::default())?;
    bar.done();
    anyhow::ensure!(
        read.receipts.iter().any(|r| r.refused.is_none()),
        anyhow::Error::new(Hint("`mailtrail inspect` says what each file is".into()))
            .context(format!("{}: no export in it", args.folder.display()))
    );
    // A member is read through the archive that holds it: the case names files.
    let files: Vec<&str> = plan.files.iter().map(|f| f.name.as_str()).collect();
    let text = case_text(&read, &files).context("the case file's text")?;
    mailtrail_ingest::inputs::read_case("case.toml", text.as_bytes())
        .context("the draft does not read back; please report this")?;
    fs::write(&path, &text).with_context(|| format!("{}: cannot be written", path.display()))?;
    println!("written: {}", safe(&path.display().to_string()));
    println!("now: fill in what you know, then  mailtrail run {}", safe(&path.display().to_string()));
    Ok(Ended::Clean)
}

fn case_text(read: &IngestReport, files: &[&str]) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let spans = || read.receipts.iter().filter_map(|r| r.span);
    let first = spans().map(|s| s.start).min().unwrap_or(UtcMicros(0));
    let last = spans().map(|s| s.end).max().unwrap_or(UtcMicros(0));
    let (start, end) = (day(first, 0), day(last, 1));
    writeln!(
        out,
        "# The case file. Every key is optional; lines with # have no effect until you take it away.\n# Times are UTC. docs/INPUTS.md explains each key.\n"
    )?;
    writeln!(
        out,
        "[case]\nid = \"CASE-1\"\n# legend = \"printed on every page\"\n# profile = \"facts\"            # counsel, analyst, facts or regulator\n# zone = \"Europe/Berlin\"        # shown beside UTC\n"
    )?;
    writeln!(
        out,
        "# The records seen lie between {} and {}.\n[window]\nstart = {start}\nend = {end}                 # the first instant after it\n",
        first.iso(),
        last.iso()
    )?;
    writeln!(
        out,
        "# The suspect period: from the earliest possible access to proven containment plus token life.\n# [period]\n# start = {start}\n# start_basis = \"first suspicious sign-in\"\n# end = {end}\n# end_basis = \"sessions revoked and consent removed\"\n"
    )?;
    writeln!(
        out,
        "# A span you declare clean, for what is usual.\n# [baseline]\n# start = {start}\n# end = {end}\n# basis = \"before the first failed sign-in\"\n"
    )?;
    writeln!(
        out,
        "# [policy]\n# presume_mailbox_on_sync = true\n# presume_mailbox_on_throttle = true\n# chosen_by = \"counsel\"\n"
    )?;
    writeln!(
        out,
        "# [inputs]\n# attribution = \"attribution.toml\"   # which ways in are suspect or accepted, on what fact\n# roster = \"roster.csv\"\n# listings = [{{ path = \"listing.csv\", as_of = {end} }}]\n# known_gaps = \"known-gaps.csv\"\n"
    )?;
    writeln!(
        out,
        "# What each export was asked for. Without it no hour is `observed` and no message can be shown to have no access recorded."
    )?;
    for file in files {
        let receipt = read.receipts.iter().find(|r| r.name == *file);
        writeln!(out, "\n[[source]]\npath = {}", quoted(file))?;
        match receipt {
            Some(r) if r.refused.is_some() => {
                writeln!(out, "# refused: {}", safe(r.refused.as_deref().unwrap_or_default()))?
            }
            Some(r) => writeln!(out, "# {}, {}", r.container.as_deref().unwrap_or("archive"), seen(r.span))?,
            None => writeln!(out, "# an archive")?,
        }
        writeln!(
            out,
            "# exported_utc = {end}\n# query_start = {start}\n# query_end = {end}\n# scope = \"all\"                  # or a list of mailboxes\n# filter = \"none\"                # users, addresses, applications, operations, text\n# retention_days = 180\n# collector = \"who\"\n# method = \"how\""
        )?;
    }
    Ok(out)
}

fn seen(span: Option<Interval>) -> String {
    span.map_or_else(|| "no records".to_owned(), |s| format!("records {} to {}", s.start.iso(), s.end.plus(-1).iso()))
}

/// Midnight of a point's day, some days on.
fn day(at: UtcMicros, more: i64) -> String {
    UtcMicros(at.0.div_euclid(UtcMicros::DAY) * UtcMicros::DAY).plus(more * UtcMicros::DAY).iso()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draft_reads_back_whatever_a_file_is_called() {
        let text = case_text(&IngestReport::default(), &["a\"b\\c\n[case].csv", "x.csv"]).unwrap();
        let case = mailtrail_ingest::inputs::read_case("case.toml", text.as_bytes()).unwrap().value.case;
        assert_eq!(case.sources.len(), 2);
        assert_eq!(case.sources[0].path, "a\"b\\c\n[case].csv");
    }
}
