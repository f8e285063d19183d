//! How fast tables become a timeline, and in how much memory:
//! `cargo bench -p mailtrail-timeline --bench reconstruct -- FOLDER [ACCESSES] [MAILBOXES]`.
//!
//! The tables are made in FOLDER unless they are there (see `made`), and that is all that is done then: the memory of making
//! them is not the memory of reading them. Called again, it reconstructs the account once and prints one line of JSON. What
//! counts is the whole way, so it is run once and not sampled. `benches/second_half.py` does both and writes what came out.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time, reads its arguments and prints"
)]

use std::{fs, path::PathBuf, time::Instant};

use mailtrail_model::Ledger;
use mailtrail_timeline::{Basis, reconstruct};

use made::{case, make, receipt};

#[allow(dead_code, reason = "the other bench uses more of it")]
mod made;

/// Peak resident memory, where the system says it.
fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let number = |at: usize, default: u64| arguments.get(at).map_or(default, |text| text.parse().unwrap());
    let (accesses, mailboxes) = (number(1, 100_000), number(2, 100));
    let temporary = tempfile::tempdir().unwrap();
    let named = arguments.first().map(PathBuf::from);
    let folder = named.clone().unwrap_or_else(|| temporary.path().to_owned());
    if !folder.join("items.parquet").exists() {
        make(&folder, accesses, mailboxes);
        if named.is_some() {
            return;
        }
    }
    let (case, receipts, ledger) = (case(), [receipt()], Ledger::default());
    let start = Instant::now();
    let basis = Basis { tables: &folder, case: &case, receipts: &receipts, ledger: &ledger, issues: &[] };
    let timeline = reconstruct(&basis).unwrap();
    println!(
        "{{\"mailboxes\":{},\"sessions\":{},\"messages\":{},\"bursts\":{},\"seconds\":{:.1},\"peak_mib\":{}}}",
        timeline.mailboxes.len(),
        timeline.sessions.len(),
        timeline.messages,
        timeline.bursts.map_or(0, |bursts| bursts.len()),
        start.elapsed().as_secs_f64(),
        peak_mib(),
    );
}
