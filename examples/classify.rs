//! Classifies message ids with the library crates: exports and a case file in, a class a message out. Owns nothing; a place to
//! start for a program of your own.
//!
//! `cargo run --example classify -- CASE.TOML ID…` prints each id with its class in every mailbox that names or lists it.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::{error::Error, fs, path::Path};

use mailtrail_ingest::{
    IngestOptions, ReadSeek, SourceInput, ingest,
    inputs::{load_inputs, read_case},
};
use mailtrail_model::{CaseInputs, Ledger, LedgerRow, MessageKey};
use mailtrail_timeline::{Basis, TableWriter, reconstruct};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: classify CASE.TOML ID…")?;
    let wanted: Vec<String> = args.map(|id| MessageKey::canonical(&id)).collect();
    let folder = Path::new(&path).parent().unwrap_or(Path::new(""));

    // What the examiner states: the case file and the files it names.
    let stated = read_case("case.toml", fs::File::open(&path)?)?.value;
    let case: CaseInputs = load_inputs(stated.case, &stated.inputs, |file| fs::File::open(folder.join(file)))?;

    // Bytes become records, records become tables.
    let tables = std::env::temp_dir().join(format!("mailtrail-classify-{}", std::process::id()));
    let inputs: Vec<SourceInput> = case.sources.iter().map(|source| source_input(folder, &source.path)).collect();
    let writer = TableWriter::create(&tables, case.window)?;
    let read = ingest(&inputs, &IngestOptions::default(), &(), &writer)?;
    writer.finish()?;

    // Tables become a timeline. How many rows were read matters: a source that holds fewer than were reported is not whole.
    let rows = |receipt: &mailtrail_model::SourceReceipt| {
        let counts = read.counts.iter().find(|counts| counts.source == receipt.id);
        LedgerRow {
            source: receipt.id,
            name: receipt.name.clone(),
            sha256: receipt.sha256,
            bytes: receipt.bytes,
            container: receipt.container.clone(),
            read: counts.map_or(0, |counts| counts.read),
            accepted: 0,
            duplicate: 0,
            other_operation: 0,
            out_of_window: 0,
            rejected: counts.map_or(0, |counts| counts.rejected),
        }
    };
    let ledger = Ledger { sources: read.receipts.iter().map(rows).collect() };
    reconstruct(&Basis { tables: &tables, case: &case, receipts: &read.receipts, ledger: &ledger, issues: &[] })?;

    // The classes stand in the exposure table.
    let mut table = csv::Reader::from_path(tables.join("exposure.csv"))?;
    let header = table.headers()?.clone();
    let column = |name: &str| header.iter().position(|found| found == name).ok_or("exposure.csv has other columns");
    let (mailbox, id) = (column("mailbox")?, column("internet_message_id")?);
    let (class, reasons) = (column("class")?, column("reasons")?);
    for row in table.records() {
        let row = row?;
        if wanted.contains(&MessageKey::canonical(&row[id])) {
            println!("{} {} {} {}", &row[id], &row[mailbox], &row[class], &row[reasons]);
        }
    }
    fs::remove_dir_all(&tables)?;
    Ok(())
}

/// A source as ingest reads it.
fn source_input(folder: &Path, name: &str) -> SourceInput {
    let path = folder.join(name);
    let bytes = fs::metadata(&path).ok().map(|meta| meta.len());
    let open = move || fs::File::open(&path).map(|file| Box::new(file) as Box<dyn ReadSeek + Send>);
    SourceInput { name: name.to_owned(), open: Box::new(open), bytes }
}
