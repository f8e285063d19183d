//! Owns the command line of the simulator: sample data, tenants of any size, big files for measuring speed.
#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::{
    fs::File,
    io::{BufWriter, Write},
    ops::Range,
    path::PathBuf,
    time::Instant,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use mailtrail_model::{RuleValue, Rules};
use mailtrail_synth::{
    Container, Invented, SynthError,
    bulk::{Bulk, parse_size},
    disobedience::Disobedience,
    evaluate::{self, Evaluation, Size},
    feature::Feature,
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
        /// A way to differ and still follow the documents; may be repeated.
        #[arg(long, value_parser = feature)]
        with: Vec<Feature>,
        /// How much days differ: standard deviation of the logarithm, 0 to 0.8 in people.
        #[arg(long, default_value_t = 0.5)]
        day_sd: f64,
        /// A way to break the documents; may be repeated.
        #[arg(long, value_parser = disobedience)]
        disobey: Vec<Disobedience>,
        /// The folder to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Measure the tool on simulated tenants with planted intruders.
    Evaluate {
        /// Seeds, as in 1000..1010 (the end is not one of them). 1 to 99 are for choosing thresholds, 1000 and more for reporting.
        #[arg(long, value_parser = seeds, conflicts_with = "seed")]
        seeds: Option<Range<u64>>,
        /// One seed.
        #[arg(long)]
        seed: Option<u64>,
        /// Mailboxes of a tenant.
        #[arg(long)]
        mailboxes: Option<usize>,
        /// How often a tenant is planted anew.
        #[arg(long)]
        rotations: Option<usize>,
        /// Tenants worked on side by side.
        #[arg(long, default_value_t = 2)]
        threads: usize,
        /// A size that takes under a minute; no held-out families, no curves.
        #[arg(long)]
        small: bool,
        /// Alerts alone: no classes, no scenarios.
        #[arg(long)]
        alerts: bool,
        /// A threshold to change, as in r1_tail=1e-6; may be repeated.
        #[arg(long)]
        rule: Vec<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Fail if anything falls short of its target by more than a small run's slack.
        #[arg(long)]
        gate: bool,
        /// Write the document.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Write what became of each plant, as CSV.
        #[arg(long)]
        plants: Option<PathBuf>,
    },
    /// List the containers, attacks, ways to differ and ways to disobey.
    List,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let (first, end) = text.split_once("..").ok_or("write it as 1000..1010")?;
    match (first.parse(), end.parse()) {
        (Ok(first), Ok(end)) if first < end => Ok(first..end),
        _ => Err("write it as 1000..1010".to_owned()),
    }
}

fn rules(changes: &[String]) -> anyhow::Result<Rules> {
    let mut rules = Rules::default();
    for change in changes {
        let (name, value) = change.split_once('=').with_context(|| format!("{change}: write it as r1_tail=1e-6"))?;
        let whole = value.parse().map(RuleValue::Whole);
        let value = whole.or_else(|_| value.parse().map(RuleValue::Real)).with_context(|| change.clone())?;
        rules.set(name, &value).map_err(|error| anyhow::anyhow!("{change}: {error:?}"))?;
    }
    Ok(rules)
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

fn feature(name: &str) -> Result<Feature, SynthError> {
    known("way to differ", name, Feature::from_name(name), &Feature::ALL.map(Feature::name))
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
        Command::Tenant { mailboxes, days, from, seed, schema, container, attack, with, day_sd, disobey, out } => {
            let what = Invented {
                mailboxes,
                days,
                from,
                seed,
                schema,
                attacks: attack,
                features: with,
                day_sigma: day_sd,
                disobediences: disobey,
            };
            what.write(container, &mut Folder::new(&out))?;
            println!("{}", out.display());
        }
        Command::Evaluate {
            seeds,
            seed,
            mailboxes,
            rotations,
            threads,
            small,
            alerts,
            rule,
            json,
            gate,
            out,
            plants,
        } => {
            #[expect(
                clippy::disallowed_methods,
                reason = "the document says how long its command took; no number depends on it"
            )]
            let began = Instant::now();
            let given = seeds.map(Iterator::collect).or(seed.map(|seed| vec![seed]));
            let mut size = if small {
                Size::small(given.unwrap_or_else(|| (901..903).collect()))
            } else {
                Size::full(given.unwrap_or_else(|| (1_000..1_010).collect()))
            };
            size.mailboxes = mailboxes.unwrap_or(size.mailboxes);
            size.rotations = rotations.unwrap_or(size.rotations);
            size.threads = threads;
            if alerts {
                (size.class_tenants, size.world_tenants, size.named) = (0, 0, false);
            }
            let evaluation = Evaluation::of(size, &rules(&rule)?)?;
            if json {
                std::io::stdout().write_all(&evaluate::json(&evaluation))?;
            }
            if let Some(path) = plants {
                std::fs::write(&path, evaluate::plants_csv(&evaluation)).with_context(|| path.display().to_string())?;
            }
            #[expect(clippy::print_stderr, reason = "the duration beside the JSON, which goes to standard output")]
            {
                eprintln!("measured in {:.1} s on {threads} threads", began.elapsed().as_secs_f64());
            }
            let minutes = began.elapsed().as_secs().div_ceil(60);
            let command = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
            let text = evaluate::markdown(&evaluation, &format!("mailtrail-synth {command}"), minutes);
            match out {
                Some(path) => std::fs::write(&path, text).with_context(|| path.display().to_string())?,
                None if json => {}
                None => println!("{text}"),
            }
            let short = evaluation.short();
            anyhow::ensure!(!gate || short.is_empty(), "short of target: {}", short.join("; "));
        }
        Command::List => {
            for container in Container::ALL {
                let note = if container.is_lossless() { "" } else { " (lossy)" };
                println!("container {}{note}", container.name());
            }
            Attack::ALL.iter().for_each(|attack| println!("attack {}: {}", attack.name(), attack.says()));
            Feature::ALL.iter().for_each(|feature| println!("with {}: {}", feature.name(), feature.says()));
            Disobedience::ALL.iter().for_each(|way| println!("disobedience {}: {}", way.name(), way.says()));
        }
    }
    Ok(())
}
