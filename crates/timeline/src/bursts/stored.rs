//! Owns an unusual access window as its table holds it, read back by id: names and values for people, rows for the way home.

use std::{collections::BTreeSet, path::Path};

use super::table::BURSTS;
use crate::TimelineError;

/// A row of `bursts.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBurst {
    /// Column and value, in column order; empty values are left out.
    pub cells: Vec<(String, String)>,
    /// Rows of `accesses.parquet` of its records.
    pub access_nos: BTreeSet<u64>,
}

/// Reads the burst with this id, in any case; `None` where the run has no such burst.
///
/// # Errors
/// If the table is missing or damaged.
pub fn read_burst(tables: &Path, id: &str) -> Result<Option<StoredBurst>, TimelineError> {
    let path = tables.join(BURSTS.file).with_extension("csv");
    let damaged = |error: csv::Error| TimelineError::io(&path, "open")(std::io::Error::from(error));
    let mut table = csv::Reader::from_path(&path).map_err(damaged)?;
    let head = table.headers().map_err(damaged)?.clone();
    for row in table.records() {
        let row = row.map_err(damaged)?;
        if !row.get(0).is_some_and(|own| own.eq_ignore_ascii_case(id)) {
            continue;
        }
        let cells: Vec<(String, String)> = head
            .iter()
            .zip(&row)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let nos = cells.iter().filter(|(name, _)| name == "access_nos").flat_map(|(_, value)| value.split(' '));
        let access_nos = nos.filter_map(|no| no.parse().ok()).collect();
        return Ok(Some(StoredBurst { cells, access_nos }));
    }
    Ok(None)
}
