//! Owns the command line of the simulator: sample data, tenants of any size, big files for measuring speed.
#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use mailtrail_synth::{
    Container, SynthError,
    bulk::{Bulk, parse_size},
    sample,
};

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
    /// Write one big export for measuring speed.
    Bulk {
        /// Size aimed at: 100MB, 1GB, 4GB.
        #[arg(long, value_parser = parse_size)]
        bytes: u64,
        /// In which container.
        #[arg(long, default_value = "portal-csv", value_parser = container)]
        container: Container,
        /// Seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// List the containers.
    Containers,
}

fn container(name: &str) -> Result<Container, SynthError> {
    Container::from_name(name).ok_or_else(|| SynthError::UnknownContainer {
        name: name.to_owned(),
        known: Container::ALL.map(Container::name).join(", "),
    })
}

fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Sample { dir, seed } => {
            let dir = dir.join("midnight-blizzard");
            sample::write_sample(seed, &mut sample::Folder::new(&dir))?;
            println!("{}", dir.display());
        }
        Command::Bulk { bytes, container, seed, out } => {
            let named = || out.display().to_string();
            let mut file = BufWriter::new(File::create(&out).with_context(named)?);
            let written = Bulk { bytes, container, seed }.write(&mut file).with_context(named)?;
            file.flush().with_context(named)?;
            println!(
                "{}: {} rows, {} of MailItemsAccessed, {} duplicates, {} bytes",
                out.display(),
                written.rows,
                written.mail_items_accessed,
                written.duplicates,
                written.bytes
            );
        }
        Command::Containers => {
            for container in Container::ALL {
                let note = if container.is_lossless() { "" } else { " (lossy)" };
                println!("{}{note}", container.name());
            }
        }
    }
    Ok(())
}
