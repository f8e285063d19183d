//! How fast records become columns, and what loaded tables become: `cargo bench -p mailtrail-timeline --bench stages`.
//!
//! The whole way from tables to a timeline is the other bench, `reconstruct`.
#![allow(clippy::unwrap_used, reason = "a bench that cannot write to a temporary folder has nothing to time")]

use divan::{Bencher, counter::ItemsCount};
use mailtrail_model::{Block, Ledger, RecordSink as _, Rules};
use mailtrail_timeline::{Basis, TableWriter, TenantFacts, bursts, published_rules, stages, tenant_facts};

mod made;

const ACCESSES: u64 = 100_000;
const MAILBOXES: u64 = 50;

fn main() {
    divan::main();
}

/// A block's records become columns. Each time is another writer, or all of them would be duplicates.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn columns(bencher: Bencher<'_, '_>) {
    let records = (0..made::BLOCK).map(|n| made::record(n, ACCESSES, MAILBOXES)).collect();
    let block = Block { records, ..Block::default() };
    let inputs = || {
        let folder = tempfile::tempdir().unwrap();
        let writer = TableWriter::create(folder.path(), None).unwrap();
        let judged = writer.judge(&block).unwrap();
        (folder, writer, judged)
    };
    // Returned and so dropped outside the timing.
    let timed = bencher.counter(ItemsCount::new(block.records.len())).with_inputs(inputs);
    timed.bench_local_values(|(folder, writer, judged)| (writer.encode(&block, judged).unwrap(), writer, folder));
}

/// Fingerprints and duplicates.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn duplicates(bencher: Bencher<'_, '_>) {
    let records = (0..made::BLOCK).map(|n| made::record(n, ACCESSES, MAILBOXES)).collect();
    let block = Block { records, ..Block::default() };
    let inputs = || {
        let folder = tempfile::tempdir().unwrap();
        (TableWriter::create(folder.path(), None).unwrap(), folder)
    };
    let timed = bencher.counter(ItemsCount::new(block.records.len())).with_inputs(inputs);
    timed.bench_local_values(|(writer, folder)| (writer.judge(&block).unwrap(), writer, folder));
}

fn loaded(bencher: Bencher<'_, '_>, stage: fn(&TenantFacts) -> usize) {
    let folder = tempfile::tempdir().unwrap();
    made::make(folder.path(), ACCESSES, MAILBOXES);
    let (case, receipts, ledger) = (made::case(), [made::receipt()], Ledger::default());
    let basis = Basis { tables: folder.path(), case: &case, receipts: &receipts, ledger: &ledger, issues: &[] };
    let tenant = tenant_facts(&basis).unwrap();
    bencher.counter(ItemsCount::new(ACCESSES)).bench_local(|| stage(&tenant));
}

#[divan::bench(sample_count = 20)]
fn sessions(bencher: Bencher<'_, '_>) {
    loaded(bencher, |tenant| stages::sessions(tenant, Rules::default().idle_gap()));
}

#[divan::bench(sample_count = 20)]
fn burst_rules(bencher: Bencher<'_, '_>) {
    loaded(bencher, |tenant| bursts(tenant, &Rules::default()).len());
}

#[divan::bench(sample_count = 20)]
fn rules_of_others(bencher: Bencher<'_, '_>) {
    loaded(bencher, |tenant| published_rules(tenant, &Rules::default()).len());
}
