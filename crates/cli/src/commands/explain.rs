//! Owns `mailtrail explain`: what a word of ours means, or the source rows behind an id.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::Context;
use mailtrail_evidence::RunRecord;
use mailtrail_ingest::{Limits, reread};
use mailtrail_model::{CoverageState, ExposureClass, IssueCode, Locator, Reason, Rules, Severity, SourceId};
use mailtrail_timeline::{APPS, APPS_SOURCE, SERVICES, SERVICES_AS_OF, StoredAccess, read_accesses, read_copies};

use crate::{
    args::ExplainArgs,
    exit::{Ended, Hint},
    out_dir::OutDir,
    pipeline::source_input,
    plan::PlannedFile,
    terminal::{bold, safe, thousands},
};

/// Explains one word or id.
pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<Ended> {
    let what = args.what.trim();
    if let Some(text) = meaning(what) {
        println!("{text}");
        return Ok(Ended::Clean);
    }
    let record = OutDir::record(&args.out)
        .with_context(|| format!("\"{what}\" is no word of mailtrail's, and there is no run to look for it in"))?;
    if is_quarantine_id(what) {
        return quarantined(what, &args.out, &record);
    }
    let id = what.to_lowercase();
    let found = read_accesses(&args.out.join("tables"), |stored| stored.eq_ignore_ascii_case(&id))?;
    let copies = read_copies(&args.out.join("tables"), |stored| stored.eq_ignore_ascii_case(&id))?;
    anyhow::ensure!(
        !found.is_empty(),
        anyhow::Error::new(Hint("ids stand in the tables; words are listed in docs/METHOD.md".into()))
            .context(format!("\"{what}\" is no word of mailtrail's and no record of this run"))
    );
    for access in &found {
        describe(access);
        rows(&record, &[("kept", access.record.locator)])?;
    }
    for copy in &copies {
        rows(&record, &[(copy.kind.as_str(), copy.locator)])?;
    }
    Ok(Ended::Clean)
}

fn is_quarantine_id(text: &str) -> bool {
    text.len() > 1 && text.starts_with('Q') && text[1..].bytes().all(|b| b.is_ascii_digit())
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
fn quarantined(id: &str, out: &Path, record: &RunRecord) -> anyhow::Result<Ended> {
    let path = out.join("quarantine.jsonl");
    let file = File::open(&path).with_context(|| format!("{}", path.display()))?;
    let head = format!("{{\"id\":\"{id}\",");
    let line = BufReader::new(file).lines().find(|line| line.as_ref().map_or(true, |l| l.starts_with(&head)));
    let line = line.transpose()?.with_context(|| format!("{id}: this run quarantined no such row"))?;
    let row: serde_json::Value = serde_json::from_str(&line).with_context(|| format!("{}", path.display()))?;
    let word = |key: &str| row[key].as_str().map_or_else(String::new, safe);
    println!("{}", bold(&format!("quarantined row {id}")));
    println!("  why         {}: {}", word("code"), word("detail"));
    if let Some(text) = row["code"].as_str().and_then(meaning) {
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
    rows(record, &[("row", locator)])?;
    Ok(Ended::Clean)
}

/// Prints rows as they stand in the original export.
fn rows(record: &RunRecord, locators: &[(&str, Locator)]) -> anyhow::Result<()> {
    for (kind, locator) in locators {
        let receipt =
            record.sources.iter().find(|s| s.id == locator.source).context("run.json names no such source")?;
        println!(
            "  {kind:<11} {} row {}, byte {} to {}, sha256 of the file {}",
            safe(&receipt.name),
            thousands(locator.row),
            locator.byte_offset,
            locator.byte_offset + locator.byte_len,
            receipt.sha256
        );
        // A member is found through the file it is packed in.
        let outer = record
            .machine
            .paths
            .keys()
            .filter(|name| receipt.name == **name || receipt.name.starts_with(&format!("{name}!")))
            .max();
        let outer = outer.with_context(|| format!("{}: run.json does not say where it was read from", receipt.name))?;
        let file = PlannedFile { name: outer.clone(), path: record.machine.paths[outer].clone().into() };
        let raw = reread(&source_input(&file)?, &receipt.name, &[*locator], &Limits::default())?;
        for row in raw {
            println!(
                "  sha256      {} of these {} bytes",
                mailtrail_evidence::sha256(&row.bytes),
                thousands(row.bytes.len() as u64)
            );
            println!("{}", safe(&row.text));
        }
    }
    Ok(())
}

/// The meaning of an issue code, a coverage state, a class, a reason or a rule.
pub(crate) fn meaning(word: &str) -> Option<String> {
    let same = |name: &str| name.eq_ignore_ascii_case(word);
    if let Some(code) = IssueCode::ALL.iter().find(|c| same(c.as_str())) {
        let kind = match code.severity() {
            Severity::Rejected => "the row is in quarantine",
            Severity::Lossy => "the row was taken, not all of it",
            Severity::Note => "the row was taken; a note",
        };
        return Some(format!(
            "{}: issue ({kind})\n  {}\n  what to do: {}",
            code.as_str(),
            code.meaning(),
            code.advice()
        ));
    }
    if let Some(state) = CoverageState::ALL.iter().find(|s| same(s.as_str())) {
        let reason = state
            .reason()
            .map_or_else(|| "the log could see".to_owned(), |r| format!("{}: {}", r.as_str(), r.meaning()));
        return Some(format!("{}: coverage state\n  {reason}", state.as_str()));
    }
    if let Some(class) = ExposureClass::ALL.iter().find(|c| same(c.as_str())) {
        return Some(format!("{}: exposure class\n  {}", class.as_str(), class.label()));
    }
    if let Some(reason) = Reason::ALL.iter().find(|r| same(r.as_str())) {
        return Some(format!("{}: reason\n  {}", reason.as_str(), reason.meaning()));
    }
    if same("services") {
        return Some(services());
    }
    if let Some(app) = APPS.iter().find(|app| same(app.id)) {
        let note = if app.note.is_empty() { String::new() } else { format!("\n  {}", app.note) };
        return Some(format!("{}: {}{note}\n  source: {APPS_SOURCE}", app.id, app.name));
    }
    let rules = Rules::default();
    let (name, value, doc) = rules.entries().into_iter().find(|(name, ..)| same(name))?;
    Some(format!("{name}: rule, default {value:?}\n  {doc}"))
}

/// The dated list by which background services are recognised.
fn services() -> String {
    let mut out = format!(
        "services recognised as Microsoft's background, list of {SERVICES_AS_OF}\n  only together with a service's client string"
    );
    for service in &SERVICES {
        let client = service.client_app_id.map_or_else(String::new, |id| format!(" with ClientAppId {id}"));
        out.push_str(&format!(
            "\n  AppId {}{client}: {}\n      source: {}",
            service.app_id, service.name, service.source
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::meaning;

    #[test]
    fn every_word_of_the_vocabulary_is_explained() {
        for (word, part) in [
            ("id-conflict", "both were kept"),
            ("blind-throttled", "THR"),
            ("C-near", "not excluded"),
            ("thr", "throttled"),
            ("idle_gap_minutes", "120"),
            ("services", "Substrate Context Service"),
            ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
        ] {
            assert!(meaning(word).unwrap().contains(part), "{word}");
        }
        assert_eq!(meaning("nonsense"), None);
    }
}
