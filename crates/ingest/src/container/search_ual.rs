//! `Search-UnifiedAuditLog` by `Export-Csv` (any subset and order of columns, remoting columns) and by `ConvertTo-Json`
//! (AuditData as JSON text or object). Rows carry ResultIndex and ResultCount, which can prove that rows are missing.

use super::header::{Columns, Header};
use super::{CsvContainer, JsonContainer, body_row};

pub(super) const CSV: CsvContainer =
    CsvContainer { name: "search-ual-csv", cannot_tell: None, knows, columns, read: body_row::read };

pub(super) const JSON: JsonContainer =
    JsonContainer { name: "search-ual-json", cannot_tell: None, knows: |shape, _| shape.has("AuditData") };

/// Whatever has the body: the other columns are free.
fn knows(header: &Header) -> bool {
    header.has("AuditData")
}

fn columns(header: &Header) -> Columns {
    Columns {
        bodies: header.at("AuditData").into_iter().collect(),
        created: header.at("CreationDate"),
        operation: header.first(&["Operations", "Operation"]),
        record_id: header.at("Identity"),
        record_type: header.at("RecordType"),
        user_id: header.first(&["UserIds", "UserId"]),
        result_index: header.at("ResultIndex"),
        result_count: header.at("ResultCount"),
        width: header.width(),
        ..Columns::default()
    }
}
