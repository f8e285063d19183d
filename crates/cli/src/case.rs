//! Owns the way from a case file on disk to `CaseInputs`: opens the files it names. What they mean is `ingest::inputs`.

use std::{fs::File, path::Path};

use anyhow::Context;
use mailtrail_evidence::ExaminerInput;
use mailtrail_ingest::inputs::{load_inputs, read_address_database, read_apps, read_case};
use mailtrail_model::{CaseInputs, UtcMicros};

use crate::args::Lists;

/// Reads a case file and every input it names.
pub(crate) fn load(path: &Path) -> anyhow::Result<CaseInputs> {
    let name = path.file_name().map_or_else(|| "case.toml".into(), |n| n.to_string_lossy());
    let file = File::open(path).with_context(|| format!("{}: cannot be opened", path.display()))?;
    let loaded = read_case(&name, file)?;
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let mut case = loaded.value.case;
    case.receipts.insert(0, loaded.receipt);
    case.warnings.extend(loaded.warnings);
    Ok(load_inputs(case, &loaded.value.inputs, |relative| File::open(folder.join(relative)))?)
}

/// Adds the lists that were named on the command line: hashed into the run like those of the case file.
pub(crate) fn add_lists(case: &mut CaseInputs, lists: &Lists) -> anyhow::Result<()> {
    let open = |path: &Path| File::open(path).with_context(|| format!("{}: cannot be opened", path.display()));
    if let Some(path) = &lists.apps {
        let loaded = read_apps(&name_of(path), open(path)?)?;
        case.apps = loaded.value;
        case.receipts.push(loaded.receipt);
        case.warnings.extend(loaded.warnings);
    }
    for path in &lists.mmdb {
        let loaded = read_address_database(&name_of(path), open(path)?)?;
        case.address_databases.push(loaded.value);
        case.receipts.push(loaded.receipt);
    }
    Ok(())
}

/// A file's own name: where it lies on this machine is no part of the account.
fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The examiner's files as `run.json` lists them.
pub(crate) fn examiner_inputs(case: &CaseInputs) -> Vec<ExaminerInput> {
    let shape = |r: &mailtrail_model::InputReceipt| ExaminerInput {
        kind: r.kind.to_owned(),
        name: r.name.clone(),
        sha256: r.sha256.to_string(),
        bytes: r.bytes,
    };
    case.receipts.iter().map(shape).collect()
}

/// Reads a `--from` or `--to`: a date or an RFC 3339 time, UTC.
pub(crate) fn instant(flag: &str, text: &str) -> anyhow::Result<UtcMicros> {
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|d| d.and_hms_opt(0, 0, 0));
    date.map(|d| d.and_utc().into())
        .or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc().into()))
        .with_context(|| format!("{flag} \"{text}\" is no time; write 2023-11-01 or 2023-11-01T00:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn times_on_the_command_line_are_dates_or_rfc_3339() {
        assert_eq!(instant("--from", "2023-11-01").unwrap().iso(), "2023-11-01T00:00:00Z");
        assert_eq!(instant("--from", "2023-11-01T02:00:00+02:00").unwrap().iso(), "2023-11-01T00:00:00Z");
        assert!(instant("--from", "1 Nov").is_err());
    }
}
