//! Sentinel / Log Analytics `OfficeActivity`, CSV and NDJSON: fields renamed, lists as JSON text, enums as words.
//!
//! Lossy: no OperationCount, no SessionId, and until 2025 no AppAccessContext.

use super::header::{Columns, Header};
use super::{CsvContainer, JsonContainer, flat_row};

/// What a row of these columns does not hold.
const CANNOT_TELL: &str = "SessionId and OperationCount, AppAccessContext before October 2025, and times of a portal export whose culture is not stated";

pub(super) const CSV: CsvContainer =
    CsvContainer { name: "office-activity-csv", cannot_tell: Some(CANNOT_TELL), knows, columns, read: flat_row::read };

pub(super) const JSON: JsonContainer = JsonContainer {
    name: "office-activity-json",
    cannot_tell: Some(CANNOT_TELL),
    knows: |shape, _| {
        shape.has_all(&["TimeGenerated", "Operation"])
            && shape.has_any(&["OfficeId", "OfficeWorkload", "SourceRecordId", "Client_IPAddress"])
    },
};

fn knows(header: &Header) -> bool {
    header.has_all(&["TimeGenerated", "Operation"])
        && header.has_any(&["OfficeId", "OfficeWorkload", "SourceRecordId", "Client_IPAddress"])
}

fn columns(header: &Header) -> Columns {
    Columns { fields: header.fields(), width: header.width(), ..Columns::default() }
}
