//! Owns `data/source/index.csv` and `withheld.csv`: which export is which file of the package, and how it was collected.

use crate::BagPath;

/// What is known of one export beside its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// The name it came by; a stranger's text.
    pub original_name: String,
    /// Who exported it.
    pub collector: Option<String>,
    /// First instant asked for, ISO 8601.
    pub query_start: Option<String>,
    /// First instant no longer asked for.
    pub query_end: Option<String>,
    /// How it was exported.
    pub method: Option<String>,
    /// Rows the service reported.
    pub rows_reported: Option<u64>,
}

/// One row of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IndexRow {
    /// `None` for a withheld source.
    pub(crate) path: Option<BagPath>,
    pub(crate) facts: SourceFacts,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) sha512: String,
}

const HEADER: &str =
    "name,original_name,bytes,sha256,sha512,collector,query_start_utc,query_end_utc,method,rows_reported\n";

/// The index as CSV; a withheld source has no name.
pub(crate) fn index_csv<'a>(rows: impl Iterator<Item = &'a IndexRow>) -> String {
    let mut out = HEADER.to_owned();
    for row in rows {
        let text = |value: &Option<String>| cell(value.as_deref().unwrap_or_default());
        let cells = [
            cell(row.path.as_ref().map_or("", BagPath::as_str)),
            cell(&row.facts.original_name),
            row.bytes.to_string(),
            row.sha256.clone(),
            row.sha512.clone(),
            text(&row.facts.collector),
            text(&row.facts.query_start),
            text(&row.facts.query_end),
            text(&row.facts.method),
            row.facts.rows_reported.map(|rows| rows.to_string()).unwrap_or_default(),
        ];
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

/// RFC 4180: quoted where it must be.
fn cell(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_name_stays_in_its_cell() {
        let row = IndexRow {
            path: None,
            facts: SourceFacts {
                original_name: "a\",b\n.csv".into(),
                rows_reported: Some(3),
                ..SourceFacts::default()
            },
            bytes: 1,
            sha256: "x".into(),
            sha512: "y".into(),
        };
        let text = index_csv([&row].into_iter());
        assert_eq!(text.strip_prefix(HEADER).unwrap(), ",\"a\"\",b\n.csv\",1,x,y,,,,,3\n");
    }
}
