//! How fast each stage of a row's way is, from bytes to a judged record: `cargo bench -p mailtrail-ingest`.
#![allow(clippy::unwrap_used, reason = "a bench that cannot read its sample has nothing to time")]

use std::io::Read as _;

use divan::{Bencher, counter::BytesCount};
use mailtrail_ingest::stages::{self, Stages};

/// A month of the sample, as the portal exports it.
const SAMPLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../sample-data/midnight-blizzard/exports/purview-2023-12.csv.gz");

fn main() {
    divan::main();
}

fn time(bencher: Bencher<'_, '_>, stage: fn(&Stages<'_>) -> usize) {
    let mut export = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(SAMPLE).unwrap()).read_to_string(&mut export).unwrap();
    let timed = |stages: &Stages<'_>| bencher.counter(BytesCount::new(stages.bytes())).bench_local(|| stage(stages));
    stages::with(&export, timed).unwrap();
}

#[divan::bench]
fn a_row_cutting(bencher: Bencher<'_, '_>) {
    time(bencher, |stages| stages.cut());
}

#[divan::bench]
fn b_cells(bencher: Bencher<'_, '_>) {
    time(bencher, |stages| stages.split());
}

#[divan::bench]
fn c_unescaping(bencher: Bencher<'_, '_>) {
    time(bencher, |stages| stages.unescape());
}

#[divan::bench]
fn d_parse(bencher: Bencher<'_, '_>) {
    time(bencher, |stages| stages.parse());
}

#[divan::bench]
fn e_normalize(bencher: Bencher<'_, '_>) {
    time(bencher, |stages| stages.normalize());
}
