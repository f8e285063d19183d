//! Owns the command line: names, options, help. Names are fixed; options may grow. Decides nothing.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Which mail did an intruder reach in Microsoft 365? mailtrail reads audit exports and says what they show, what they
/// do not allow to exclude, and where the log could not see. It works offline and never opens a network connection.
#[derive(Debug, Parser)]
#[command(name = "mailtrail", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 failed; 2 usage; 3 done, but rows were quarantined or a source looks incomplete.

Start with:
  mailtrail inspect FOLDER            what are these files?
  mailtrail run FOLDER --out OUT      the whole job; the report is OUT/report.html";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The main job: exports in; tables, sessions, charts and a report out
    Run(RunArgs),
    /// Exports to tables, ledger and quarantine only
    Ingest(RunArgs),
    /// Tables to timeline, charts and pages again, after attribution, listings or rules changed
    Report(ReportArgs),
    /// What are these files: container, rows, operations, span, mailboxes, completeness; writes nothing
    Inspect(InspectArgs),
    /// A session, message or record id: its source rows, raw; an issue code or rule: its meaning
    Explain(ExplainArgs),
    /// Move a drafted way in into attribution.toml
    Attribute(AttributeArgs),
    /// Write a commented case.toml from what the exports in a folder show
    Init(InitArgs),
    /// One message id over all mailboxes, strongest class first
    Message(MessageArgs),
    /// Shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page, in roff
    Man,
}

/// What to read and where to write.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Export files, folders, .gz/.zst/.zip archives, or a case.toml that names them
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Output folder
    #[arg(long, short, default_value = "mailtrail-out", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Case window: first instant, UTC (2023-11-01 or 2023-11-01T00:00:00Z)
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Case window: first instant after it, UTC
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// Rebuild OUT although it was made from other inputs
    #[arg(long, conflicts_with = "add")]
    pub(crate) force: bool,
    /// Read the inputs OUT was made from as well as these
    #[arg(long)]
    pub(crate) add: bool,
    #[command(flatten)]
    pub(crate) lists: Lists,
    #[command(flatten)]
    pub(crate) pages: PageArgs,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Lists of the examiner's that a case file may name as well.
#[derive(Debug, Args)]
pub(crate) struct Lists {
    /// Names of applications (CSV with AppId and AppDisplayName); beats the case file's list
    #[arg(long, value_name = "CSV")]
    pub(crate) apps: Option<PathBuf>,
    /// MaxMind-format database for country or network of an address; may be repeated
    #[arg(long, value_name = "MMDB")]
    pub(crate) mmdb: Vec<PathBuf>,
}

/// What the pages are for.
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// Who the pages are for; beats the case file
    #[arg(long, value_parser = ["counsel", "analyst", "facts", "regulator"])]
    pub(crate) profile: Option<String>,
    /// One page in OUT/mailboxes a mailbox or a department of the roster
    #[arg(long, value_parser = ["mailbox", "department"], default_value = "mailbox")]
    pub(crate) batch: String,
    /// The output folder of an earlier report of this case: what changed since, and why
    #[arg(long, value_name = "OUT")]
    pub(crate) previous: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) extras: Extras,
}

/// What is written beside the report.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Extras {
    /// Write report.pdf, too: archival (PDF/A-2a), tagged, made without a browser
    #[arg(long)]
    pub(crate) pdf: bool,
    /// Word summary.txt and summary.docx as a preliminary notice: facts so far, what is still open, next revision
    #[arg(long)]
    pub(crate) preliminary: bool,
    /// When the examiner will revise a preliminary notice (2024-02-15); without it the notice says "not stated"
    #[arg(long, value_name = "DATE", requires = "preliminary")]
    pub(crate) next_revision: Option<chrono::NaiveDate>,
}

/// What every working command takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Print one JSON object instead of text
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit 0 although rows were quarantined or a source looks incomplete
    #[arg(long)]
    pub(crate) allow_issues: bool,
    /// Worker threads (default: the machine's)
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    /// No progress bars
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The output folder of an earlier `run` or `ingest`
    #[arg(value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Read the case from here instead of from where the run read it
    #[arg(long, value_name = "CASE.TOML")]
    pub(crate) case: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) lists: Lists,
    #[command(flatten)]
    pub(crate) pages: PageArgs,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Export files, folders, archives, or a case.toml
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Print only the preservation request: a letter to the tenant's administrators, ready to send
    #[arg(long, conflicts_with = "json")]
    pub(crate) request: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A session (V…), burst (B…), record or quarantine (Q…) id, a message id, an issue code, a coverage state, a reason, a class
    /// or a rule
    pub(crate) what: String,
    /// Print the source rows of at most this many records; 0 prints all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
    /// The output folder to look in
    #[arg(long = "in", value_name = "DIR", default_value = "mailtrail-out")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct AttributeArgs {
    /// The way in, as named in attribution.draft.toml
    pub(crate) id: String,
    /// What it is
    #[arg(value_parser = ["suspect", "accepted"])]
    pub(crate) verdict: String,
    /// What shows it; printed in every report
    #[arg(long)]
    pub(crate) fact: String,
    /// The output folder that holds attribution.draft.toml
    #[arg(long = "in", value_name = "DIR", default_value = "mailtrail-out")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder that holds the exports
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    /// The InternetMessageId, with or without <>
    pub(crate) id: String,
    /// The output folder to look in
    #[arg(long = "in", value_name = "DIR", default_value = "mailtrail-out")]
    pub(crate) out: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
