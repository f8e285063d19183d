//! Owns `mailtrail message`: one message id over all mailboxes, strongest class first. Reads `tables/exposure.csv`.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use mailtrail_model::{ExposureClass, MessageKey, Reason};

use crate::{
    args::MessageArgs,
    exit::{Ended, Hint},
    out_dir::OutDir,
    terminal::{bold, safe, thousands},
};

type Row = BTreeMap<String, String>;

/// Rows that exposure.csv holds at most; the rest is in exposure.parquet only.
const CSV_ROWS: u64 = 1_000_000;

/// Finds a message.
pub(crate) fn message(args: &MessageArgs) -> anyhow::Result<Ended> {
    OutDir::record(&args.out)?;
    let (found, read) = find(&args.out, &MessageKey::canonical(&args.id))?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        say(&args.id, &found, &mailbox_names(&args.out)?);
    }
    if found.is_empty() && read >= CSV_ROWS {
        anyhow::bail!(
            anyhow::Error::new(Hint("look in tables/exposure.parquet with any tool that reads Parquet".into()))
                .context(format!("not among the first {} rows of tables/exposure.csv", thousands(read)))
        );
    }
    Ok(if found.is_empty() { Ended::Negative } else { Ended::Clean })
}

/// Rows of a message, in the table's order (strongest class first), and how many rows were read.
fn find(out: &Path, canonical: &str) -> anyhow::Result<(Vec<Row>, u64)> {
    let path = out.join("tables").join("exposure.csv");
    let mut table = csv::Reader::from_path(&path)
        .with_context(|| format!("{}: cannot be opened", path.display()))
        .context(Hint("`mailtrail report DIR` computes it".into()))?;
    let header = table.headers().with_context(|| format!("{}", path.display()))?.clone();
    let id = header.iter().position(|h| h == "internet_message_id").context("exposure.csv has no message ids")?;
    let (mut found, mut read) = (Vec::new(), 0);
    for record in table.records() {
        let record = record.with_context(|| format!("{}", path.display()))?;
        read += 1;
        if record.get(id).is_some_and(|text| MessageKey::canonical(text) == canonical) {
            found.push(header.iter().zip(&record).map(|(h, v)| (h.to_owned(), v.to_owned())).collect());
        }
    }
    Ok((found, read))
}

/// Mailbox keys and the names people know.
fn mailbox_names(out: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let path = out.join("tables").join("mailboxes.csv");
    let mut table = csv::Reader::from_path(&path).with_context(|| format!("{}", path.display()))?;
    let header = table.headers()?.clone();
    let column = |name: &str| header.iter().position(|h| h == name);
    let (Some(key), Some(name)) = (column("mailbox"), column("name")) else { return Ok(BTreeMap::new()) };
    let pair = |record: csv::StringRecord| Some((record.get(key)?.to_owned(), record.get(name)?.to_owned()));
    Ok(table.records().collect::<Result<Vec<_>, _>>()?.into_iter().filter_map(pair).collect())
}

fn say(id: &str, found: &[Row], names: &BTreeMap<String, String>) {
    println!("{} in {} mailboxes", bold(&safe(id)), thousands(found.len() as u64));
    for row in found {
        let cell = |name: &str| row.get(name).map_or("", String::as_str);
        let or = |text: &str, none: &str| if text.is_empty() { none.to_owned() } else { safe(text) };
        let class = ExposureClass::ALL.into_iter().find(|c| c.as_str() == cell("class"));
        let key = cell("mailbox");
        println!("\n  {}", bold(&safe(names.get(key).map_or(key, String::as_str))));
        println!("    class      {} {}", safe(cell("class")), class.map_or("", ExposureClass::label));
        for reason in cell("reasons").split_whitespace() {
            let meaning = Reason::ALL.iter().find(|r| r.as_str() == reason).map_or("", |r| r.meaning());
            println!("    because    {}: {meaning}", safe(reason));
        }
        println!("    received   {}", or(cell("received_utc"), "not stated"));
        println!("    subject    {}", or(cell("subject"), "not on a listing"));
        println!("    sender     {}", or(cell("sender"), "not on a listing"));
        println!(
            "    accesses   {}, first {}, last {}",
            or(cell("accesses"), "0"),
            or(cell("first_access_utc"), "none recorded"),
            or(cell("last_access_utc"), "none recorded")
        );
        println!(
            "    suspect    first {}, last {}",
            or(cell("first_suspect_utc"), "none recorded"),
            or(cell("last_suspect_utc"), "none recorded")
        );
        println!(
            "    folders    {} to {}",
            or(cell("first_folder"), "none named"),
            or(cell("last_folder"), "none named")
        );
        println!("    ways in    {}", or(cell("contexts"), "none recorded"));
    }
}
