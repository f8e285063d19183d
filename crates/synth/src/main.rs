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
    Container, Invented, SynthError,
    bulk::{Bulk, parse_size},
    disobedience::Disobedience,
    files::Folder,
    record::Schema,
    sample::{self, Sample},
    scenario::attack::Attack,
    second::Date,
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
    /// Write the samples of the repository, a folder each.
    Sample {
        /// Where.
        #[arg(default_value = "sample-data")]
        dir: PathBuf,
        /// Where, as an option.
        #[arg(long, conflicts_with = "dir")]
        out: Option<PathBuf>,
        /// Another seed gives other samples.
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
    /// Write a simulated tenant as a case folder.
    Tenant {
        /// Mailboxes.
        #[arg(long, default_value_t = 5)]
        mailboxes: usize,
        /// Days.
        #[arg(long, default_value_t = 30)]
        days: i64,
        /// First day.
        #[arg(long, default_value = "2023-11-01", value_parser = date)]
        from: Date,
        /// Seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The audit service's year: 2021, 2023, 2024, 2025.
        #[arg(long, default_value = "2023", value_parser = schema)]
        schema: Schema,
        /// In which container.
        #[arg(long, default_value = "portal-csv", value_parser = container)]
        container: Container,
        /// An attack to plant; may be repeated.
        #[arg(long, value_parser = attack)]
        attack: Vec<Attack>,
        /// A way to break the documents; may be repeated.
        #[arg(long, value_parser = disobedience)]
        disobey: Vec<Disobedience>,
        /// The folder to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// List the containers, attacks and ways to disobey.
    List,
}

fn known<T>(kind: &'static str, name: &str, found: Option<T>, known: &[&str]) -> Result<T, SynthError> {
    found.ok_or_else(|| SynthError::UnknownName { kind, name: name.to_owned(), known: known.join(", ") })
}

fn container(name: &str) -> Result<Container, SynthError> {
    known("container", name, Container::from_name(name), &Container::ALL.map(Container::name))
}

fn attack(name: &str) -> Result<Attack, SynthError> {
    known("attack", name, Attack::from_name(name), &Attack::ALL.map(Attack::name))
}

fn disobedience(name: &str) -> Result<Disobedience, SynthError> {
    known("disobedience", name, Disobedience::from_name(name), &Disobedience::ALL.map(Disobedience::name))
}

fn schema(name: &str) -> Result<Schema, SynthError> {
    known("year", name, Schema::from_name(name), &Schema::ALL.map(Schema::name))
}

fn date(text: &str) -> Result<Date, SynthError> {
    Date::parse(text).ok_or_else(|| SynthError::Date { text: text.to_owned() })
}

fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Sample { dir, out, seed } => {
            for sample in Sample::ALL {
                let folder = out.as_ref().unwrap_or(&dir).join(sample.name());
                sample.write(seed, &mut Folder::new(&folder))?;
                println!("{}", folder.display());
            }
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
        Command::Tenant { mailboxes, days, from, seed, schema, container, attack, disobey, out } => {
            let what = Invented { mailboxes, days, from, seed, schema, attacks: attack, disobediences: disobey };
            what.write(container, &mut Folder::new(&out))?;
            println!("{}", out.display());
        }
        Command::List => {
            for container in Container::ALL {
                let note = if container.is_lossless() { "" } else { " (lossy)" };
                println!("container {}{note}", container.name());
            }
            Attack::ALL.iter().for_each(|attack| println!("attack {}", attack.name()));
            Disobedience::ALL.iter().for_each(|way| println!("disobedience {}", way.name()));
        }
    }
    Ok(())
}
