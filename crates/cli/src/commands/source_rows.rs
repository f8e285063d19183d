//! Owns printing the source rows behind an id: what we made of a record, and its bytes from the original export.
//!
//! Decides nothing: `explain` finds which accesses an id means.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::Context;
use mailtrail_evidence::RunRecord;
use mailtrail_ingest::{Limits, RawRow, reread};
use mailtrail_model::{Locator, SourceId, SourceReceipt};
use mailtrail_timeline::{StoredAccess, StoredCopy};

use crate::{
    exit::Ended,
    pipeline::source_input,
    plan::PlannedFile,
    terminal::{bold, safe, thousands},
};

/// Whether a text is one of our numbered ids: a letter, then digits.
pub(super) fn is_numbered(text: &str, letter: char) -> bool {
    let digits = text.strip_prefix([letter, letter.to_ascii_lowercase()]);
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Prints accesses, each with its rows as they stand in the exports, copies after the row that was kept.
pub(super) fn print(
    what: &str,
    record: &RunRecord,
    found: &[StoredAccess],
    copies: &[StoredCopy],
    limit: usize,
) -> anyhow::Result<()> {
    if found.len() > 1 {
        println!("{}: {} records", bold(&safe(what)), thousands(found.len() as u64));
    }
    let shown = if limit == 0 { found.len() } else { limit.min(found.len()) };
    let copies_of = |access: &StoredAccess| {
        let number = access.access_no;
        copies.iter().filter(move |copy| copy.access_no == number)
    };
    let locators = found[..shown]
        .iter()
        .flat_map(|access| std::iter::once(access.record.locator).chain(copies_of(access).map(|copy| copy.locator)));
    let rows = SourceRows::read(record, locators)?;
    for access in &found[..shown] {
        describe(access);
        rows.print("kept", access.record.locator)?;
        for copy in copies_of(access) {
            rows.print(&copy.kind, copy.locator)?;
        }
    }
    if shown < found.len() {
        println!("and {} more records; --limit 0 prints all", thousands((found.len() - shown) as u64));
    }
    Ok(())
}

/// What we made of a record.
fn describe(access: &StoredAccess) {
    let record = &access.record;
    let text =
        |value: &Option<std::borrow::Cow<'_, str>>| value.as_deref().map_or_else(|| "not stated".to_owned(), safe);
    println!("{}", bold(&format!("record {}", safe(&record.record_id))));
    println!(
        "  created     {} ({})",
        record.created.iso(),
        if access.in_window { "in the window" } else { "outside the window" }
    );
    println!("  access      {}, taken from: {}", record.access_type.as_str(), record.access_type_basis.as_str());
    println!("  mailbox     {} ({})", text(&record.mailbox_owner_upn), safe(record.mailbox.as_str()));
    println!("  user        {}", text(&record.user_id));
    println!("  address     {}", record.origin.normalized().map_or_else(|| "not stated".to_owned(), |a| safe(&a)));
    println!("  application {}", record.client.effective_app().map_or_else(|| "not stated".to_owned(), safe));
    println!("  client      {}", text(&record.client.client_info_string));
    println!("  throttled   {}", record.throttled.as_str());
    println!(
        "  items       {}, folders {}",
        thousands(record.items.len() as u64),
        thousands(record.folders.len() as u64)
    );
    for code in &record.issues {
        println!("  issue       {}: {}", code.as_str(), code.meaning());
    }
}

/// A quarantined row: why, and its bytes from the export.
pub(super) fn quarantined(id: &str, out: &Path, record: &RunRecord) -> anyhow::Result<Ended> {
    let path = out.join("quarantine.jsonl");
    let file = File::open(&path).with_context(|| format!("{}", path.display()))?;
    let head = format!("{{\"id\":\"{id}\",");
    let line = BufReader::new(file).lines().find(|line| line.as_ref().map_or(true, |l| l.starts_with(&head)));
    let line = line.transpose()?.with_context(|| format!("{id}: this run quarantined no such row"))?;
    let row: serde_json::Value = serde_json::from_str(&line).with_context(|| format!("{}", path.display()))?;
    let word = |key: &str| row[key].as_str().map_or_else(String::new, safe);
    println!("{}", bold(&format!("quarantined row {id}")));
    println!("  why         {}: {}", word("code"), word("detail"));
    if let Some(text) = row["code"].as_str().and_then(super::explain::meaning) {
        println!("  {}", text.lines().last().unwrap_or_default().trim());
    }
    let number = |key: &str| row[key].as_u64().unwrap_or(0);
    let source =
        row["source"].as_str().and_then(|s| s.strip_prefix('S')).and_then(|s| s.parse::<u32>().ok()).unwrap_or(1);
    let locator = Locator {
        source: SourceId(source.saturating_sub(1)),
        row: number("row"),
        byte_offset: number("byte_offset"),
        byte_len: number("byte_len"),
    };
    SourceRows::read(record, std::iter::once(locator))?.print("row", locator)?;
    Ok(Ended::Clean)
}

/// Rows as they stand in the exports: each source is read once, however many rows are wanted of it.
struct SourceRows<'r> {
    record: &'r RunRecord,
    raw: BTreeMap<(SourceId, u64), RawRow>,
}

impl<'r> SourceRows<'r> {
    fn read(record: &'r RunRecord, locators: impl Iterator<Item = Locator>) -> anyhow::Result<Self> {
        let mut wanted: BTreeMap<SourceId, Vec<Locator>> = BTreeMap::new();
        for locator in locators {
            wanted.entry(locator.source).or_default().push(locator);
        }
        let mut raw = BTreeMap::new();
        for (source, mut locators) in wanted {
            locators.sort_by_key(|locator| locator.byte_offset);
            let receipt = receipt(record, source)?;
            // A member is found through the file it is packed in.
            let holds = |name: &&String| receipt.name == **name || receipt.name.starts_with(&format!("{name}!"));
            let outer = record.machine.paths.keys().filter(holds).max();
            let outer =
                outer.with_context(|| format!("{}: run.json does not say where it was read from", receipt.name))?;
            let file = PlannedFile { name: outer.clone(), path: record.machine.paths[outer].clone().into() };
            let rows = reread(&source_input(&file)?, &receipt.name, &locators, &Limits::default())?;
            raw.extend(rows.into_iter().map(|row| ((source, row.locator.byte_offset), row)));
        }
        Ok(Self { record, raw })
    }

    fn print(&self, kind: &str, locator: Locator) -> anyhow::Result<()> {
        let receipt = receipt(self.record, locator.source)?;
        println!(
            "  {kind:<11} {} row {}, byte {} to {}, sha256 of the file {}",
            safe(&receipt.name),
            thousands(locator.row),
            locator.byte_offset,
            locator.byte_offset + locator.byte_len,
            receipt.sha256
        );
        if let Some(row) = self.raw.get(&(locator.source, locator.byte_offset)) {
            let (hash, bytes) = (mailtrail_evidence::sha256(&row.bytes), thousands(row.bytes.len() as u64));
            println!("  sha256      {hash} of these {bytes} bytes");
            println!("{}", safe(&row.text));
        }
        Ok(())
    }
}

fn receipt(record: &RunRecord, source: SourceId) -> anyhow::Result<&SourceReceipt> {
    record.sources.iter().find(|receipt| receipt.id == source).context("run.json names no such source")
}
