//! mailtrail, the command. Owns the way from arguments to an exit code; every decision about mail is a worker's.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "cli is the one crate that prints")]

mod args;
mod case;
mod clock;
mod commands;
mod draft;
mod exit;
mod out_dir;
mod pages;
mod pipeline;
mod plan;
mod platform;
mod preservation;
mod progress;
mod revision;
mod sink;
mod spreadsheets;
mod summary;
mod terminal;

use args::{Cli, Command};
use clap::Parser;

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Run(args) => commands::run::run(&args),
        Command::Ingest(args) => commands::run::ingest(&args),
        Command::Report(args) => commands::report::report(&args),
        Command::Inspect(args) => commands::inspect::inspect(&args),
        Command::Explain(args) => commands::explain::explain(&args),
        Command::Attribute(args) => commands::attribute::attribute(&args),
        Command::Init(args) => commands::init::init(&args),
        Command::Message(args) => commands::message::message(&args),
        Command::Completions { shell } => commands::shell::completions(shell),
        Command::Man => commands::shell::man(),
    };
    exit::code(result)
}
