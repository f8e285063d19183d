//! Reads one export with the library crates and prints its access sessions. Owns nothing; a place to start for a program of your own.
//!
//! `cargo run --example sessions -- EXPORT`
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::{error::Error, fs};

use mailtrail_ingest::{IngestOptions, SourceInput, ingest};
use mailtrail_model::{CaseInputs, Ledger};
use mailtrail_timeline::{Basis, TableWriter, reconstruct};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: sessions EXPORT")?;
    let tables = std::env::temp_dir().join(format!("mailtrail-example-{}", std::process::id()));

    // Bytes become records, records become tables.
    let inputs = [SourceInput::from_bytes(path.clone(), fs::read(&path)?)];
    let writer = TableWriter::create(&tables, None)?;
    let read = ingest(&inputs, &IngestOptions::default(), &(), &writer)?;
    writer.finish()?;

    // Tables become a timeline. Nothing is stated about the case here: no window, no attribution, no listing.
    let case = CaseInputs::default();
    let ledger = Ledger::default();
    let basis = Basis { tables: &tables, case: &case, receipts: &read.receipts, ledger: &ledger, issues: &[] };
    let timeline = reconstruct(&basis)?;
    for session in &timeline.sessions {
        println!(
            "{} {} {} to {}: {} records, {} messages, held together by {}",
            session.id,
            session.mailbox,
            session.span.start.iso(),
            session.span.end.iso(),
            session.records,
            session.messages,
            session.basis.as_str()
        );
    }
    fs::remove_dir_all(&tables)?;
    Ok(())
}
