//! Owns shell completions and the manual page.

use std::io::Write;

use clap::CommandFactory;

use crate::{args::Cli, exit::Ended};

/// Prints completions for a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> anyhow::Result<Ended> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "mailtrail", &mut text);
    std::io::stdout().write_all(&text)?;
    Ok(Ended::Clean)
}

/// Prints the manual page.
pub(crate) fn man() -> anyhow::Result<Ended> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut text)?;
    std::io::stdout().write_all(&text)?;
    Ok(Ended::Clean)
}
