//! Owns `ledger.json`: the account of every row, by source and in total. The shape is fixed; it is checked before it is written.

use mailtrail_model::{Ledger, LedgerRow};
use serde::Serialize;

#[derive(Serialize)]
struct SourceShape<'a> {
    name: &'a str,
    sha256: String,
    bytes: u64,
    container: Option<&'a str>,
    #[serde(flatten)]
    rows: RowsShape,
}

#[derive(Serialize)]
struct RowsShape {
    read: u64,
    accepted: u64,
    duplicate: u64,
    other_operation: u64,
    out_of_window: u64,
    rejected: u64,
}

#[derive(Serialize)]
struct TotalShape {
    bytes: u64,
    #[serde(flatten)]
    rows: RowsShape,
}

#[derive(Serialize)]
struct LedgerShape<'a> {
    sources: Vec<SourceShape<'a>>,
    total: TotalShape,
}

fn rows(of: impl Fn(fn(&LedgerRow) -> u64) -> u64) -> RowsShape {
    RowsShape {
        read: of(|r| r.read),
        accepted: of(|r| r.accepted),
        duplicate: of(|r| r.duplicate),
        other_operation: of(|r| r.other_operation),
        out_of_window: of(|r| r.out_of_window),
        rejected: of(|r| r.rejected),
    }
}

fn shape(ledger: &Ledger) -> LedgerShape<'_> {
    LedgerShape {
        sources: ledger
            .sources
            .iter()
            .map(|row| SourceShape {
                name: &row.name,
                sha256: row.sha256.to_string(),
                bytes: row.bytes,
                container: row.container.as_deref(),
                rows: rows(|column| column(row)),
            })
            .collect(),
        total: TotalShape { bytes: ledger.total(|r| r.bytes), rows: rows(|column| ledger.total(column)) },
    }
}

/// The ledger as a JSON value, for other shapes to hold.
pub(crate) fn ledger_value(ledger: &Ledger) -> impl Serialize {
    shape(ledger)
}

/// The text of `ledger.json`.
///
/// # Errors
/// If the ledger does not balance: a file that says otherwise is never written.
pub fn ledger_json(ledger: &Ledger) -> Result<String, serde_json::Error> {
    use serde::ser::Error;
    if let Some(row) = ledger.sources.iter().find(|row| !row.balances()) {
        return Err(serde_json::Error::custom(format!("{}: the ledger does not balance: {row:?}", row.name)));
    }
    Ok(serde_json::to_string_pretty(&shape(ledger))? + "\n")
}

#[cfg(test)]
mod tests {
    use mailtrail_model::{Ledger, LedgerRow, Sha256, SourceId};

    use super::ledger_json;

    fn row(read: u64) -> LedgerRow {
        LedgerRow {
            source: SourceId(0),
            name: "a.csv".into(),
            sha256: Sha256([1; 32]),
            bytes: 9,
            container: Some("portal-csv".into()),
            read,
            accepted: 2,
            duplicate: 1,
            other_operation: 1,
            out_of_window: 0,
            rejected: 1,
        }
    }

    #[test]
    fn the_total_sums_the_sources() {
        let text = ledger_json(&Ledger { sources: vec![row(5), row(5)] }).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["total"]["read"], 10);
        assert_eq!(value["sources"][0]["sha256"], "01".repeat(32));
        assert_eq!(value["sources"][1]["container"], "portal-csv");
    }

    #[test]
    fn a_ledger_that_does_not_balance_is_not_written() {
        assert!(ledger_json(&Ledger { sources: vec![row(6)] }).is_err());
    }
}
