//! Graph `security/auditLog/queries/{id}/records`: pages of auditLogRecord with `auditData` (flat, or under
//! `dynamicProperties`), and the CSV a collector makes of them.

use super::header::{Columns, Header};
use super::{CsvContainer, JsonContainer, body_row};

pub(super) const CSV: CsvContainer =
    CsvContainer { name: "graph-csv", cannot_tell: None, knows, columns, read: body_row::read };

pub(super) const JSON: JsonContainer = JsonContainer {
    name: "graph-json",
    cannot_tell: None,
    knows: |shape, _| shape.has("auditData") || shape.has_all(&["auditLogRecordType", "createdDateTime"]),
};

fn knows(header: &Header) -> bool {
    header.has("auditData") && header.has_any(&["createdDateTime", "auditLogRecordType"])
}

/// The id column is no cross-check: that it repeats the body's Id is documented nowhere.
fn columns(header: &Header) -> Columns {
    Columns {
        bodies: header.at("auditData").into_iter().collect(),
        created: header.at("createdDateTime"),
        operation: header.at("operation"),
        record_type: header.at("auditLogRecordType"),
        width: header.width(),
        ..Columns::default()
    }
}
