//! Owns the command line of the simulator: sample data, tenants of any size, big files for measuring speed.
#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use mailtrail_synth::sample;

/// Simulates Microsoft 365 tenants and their audit exports.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the sample of the repository into DIR/midnight-blizzard.
    Sample {
        /// Where, usually `sample-data`.
        dir: PathBuf,
        /// Another seed gives another sample.
        #[arg(long, default_value_t = sample::SEED)]
        seed: u64,
    },
}

fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Sample { dir, seed } => {
            let dir = dir.join("midnight-blizzard");
            sample::write_sample(seed, &mut sample::Folder::new(&dir))?;
            println!("{}", dir.display());
        }
    }
    Ok(())
}
