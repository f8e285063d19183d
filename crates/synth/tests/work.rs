//! Counts of work: the same on every machine, so CI holds them where it cannot hold a time. A test binary of its own, because
//! its allocator counts every allocation of the process; one test, because counting is for one at a time.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use dhat::{HeapStats, Profiler};
use mailtrail_ingest::{IngestOptions, SourceInput, ingest};
use mailtrail_model::{Block, RecordSink};
use mailtrail_synth::{Container, bulk::Bulk};
use mailtrail_timeline::TableWriter;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Reading: lists of folders and items, the mailbox's key, notes. Texts stay in the block and its arena.
const READING_A_ROW: f64 = 6.0;

/// The whole way into the tables: reading, and a few allocations for each column of a block or page, shared by its rows.
const TABLES_A_ROW: f64 = 8.0;

/// A sink that looks at nothing.
struct Nothing;

impl RecordSink for Nothing {
    type Judged = ();
    type Encoded = ();
    type Error = std::io::Error;

    fn judge(&self, _: &Block<'_>) -> Result<(), Self::Error> {
        Ok(())
    }

    fn encode(&self, _: &Block<'_>, (): ()) -> Result<(), Self::Error> {
        Ok(())
    }

    fn append(&self, _: &Block<'_>, (): ()) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// What a run over an export of so many megabytes costs.
struct Cost {
    rows: f64,
    reading: f64,
    tables: f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts of a small export")]
fn cost(megabytes: u64) -> Cost {
    let mut export = Vec::new();
    let bulk = Bulk { bytes: megabytes * 1_000_000, container: Container::from_name("portal-csv").unwrap(), seed: 7 };
    let rows = bulk.write(&mut export).unwrap().rows as f64;
    let inputs = [SourceInput::from_bytes("portal.csv", export)];
    let options = IngestOptions { threads: 1, ..IngestOptions::default() };
    let folder = tempfile::tempdir().unwrap();

    let counting = Profiler::builder().testing().build();
    ingest(&inputs, &options, &(), &Nothing).unwrap();
    let reading = HeapStats::get().total_blocks as f64;
    drop(counting);

    let counting = Profiler::builder().testing().build();
    let writer = TableWriter::create(folder.path(), None).unwrap();
    ingest(&inputs, &options, &(), &writer).unwrap();
    let tables = HeapStats::get().total_blocks as f64;
    drop(counting);
    writer.finish().unwrap();
    Cost { rows, reading, tables }
}

#[test]
fn a_row_more_costs_few_allocations() {
    let (small, large) = (cost(3), cost(9));
    // What a run costs once is in both.
    let each = |of: fn(&Cost) -> f64| (of(&large) - of(&small)) / (large.rows - small.rows);
    let (reading, tables) = (each(|c| c.reading), each(|c| c.tables));
    assert!(reading <= READING_A_ROW, "{reading:.2} allocations to read a row");
    assert!(tables <= TABLES_A_ROW, "{tables:.2} allocations to bring a row into the tables");
}
