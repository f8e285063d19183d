//! Owns `mailtrail attribute`: one drafted way in goes into the examiner's attribution.toml.

use std::{fs, path::PathBuf};

use anyhow::Context;
use mailtrail_ingest::inputs::{read_attribution, read_case};

use crate::{
    args::AttributeArgs,
    clock,
    exit::{Ended, Hint},
    out_dir::OutDir,
    terminal::safe,
};

/// Appends an entry, after checking that the file still reads with it.
pub(crate) fn attribute(args: &AttributeArgs) -> anyhow::Result<Ended> {
    let record = OutDir::record(&args.out)?;
    let known = fs::read_to_string(args.out.join("tables").join("contexts.csv"))
        .with_context(|| format!("{}: no contexts; run `mailtrail report` on it", args.out.display()))?;
    anyhow::ensure!(
        known.lines().any(|line| line.split(',').next() == Some(args.id.as_str())),
        anyhow::Error::new(Hint("ids stand in attribution.draft.toml and tables/contexts.csv".into()))
            .context(format!("{}: this run has no such way in", args.id))
    );
    let case = record.machine.case.as_ref().map(PathBuf::from).with_context(|| {
        format!(
            "{}: made without a case file; write one (`mailtrail init`), so that attribution has a place",
            args.out.display()
        )
    })?;
    let file = fs::File::open(&case).with_context(|| format!("{}: cannot be opened", case.display()))?;
    let named = read_case("case.toml", file)?.value.inputs.attribution;
    let named = named
        .with_context(|| format!("{}: names no attribution file", case.display()))
        .context(Hint("add under [inputs]:  attribution = \"attribution.toml\"".into()))?;
    let path = case.parent().unwrap_or(std::path::Path::new("")).join(&named.path);
    let old = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("{}", path.display())),
    };
    let date = clock::now().to_datetime().format("%Y-%m-%d");
    let entry = format!(
        "{}[[{}]]\ncontext = {}\nfact = {}\ndate = {date}\n",
        if old.is_empty() || old.ends_with("\n\n") { "" } else { "\n" },
        args.verdict,
        quoted(&args.id),
        quoted(&args.fact)
    );
    let new = format!("{old}{entry}");
    read_attribution(&named.path, new.as_bytes())?;
    let partial = path.with_extension("toml.partial");
    fs::write(&partial, &new)
        .and_then(|()| crate::platform::replace_file(&partial, &path))
        .with_context(|| format!("{}: cannot be written", path.display()))?;
    println!("{}: {} is {}", safe(&path.display().to_string()), safe(&args.id), args.verdict);
    println!("now: mailtrail report {}", safe(&args.out.display().to_string()));
    Ok(Ended::Clean)
}

/// A TOML basic string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_fact_cannot_leave_its_string() {
        assert_eq!(super::quoted("a\"\n[[accepted]]\\"), "\"a\\\"\\u000A[[accepted]]\\\\\"");
    }
}
