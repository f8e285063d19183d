//! Defender XDR `CloudAppEvents`: NDJSON, CSV, and the streaming wrapper (`properties`). The record is RawEventData, as object
//! or JSON text. Rows of other sources have none and are other operations.

use super::header::{Columns, Header};
use super::{CsvContainer, JsonContainer, body_row};

pub(super) const CSV: CsvContainer =
    CsvContainer { name: "cloud-app-events-csv", cannot_tell: None, knows, columns, read: body_row::read };

pub(super) const JSON: JsonContainer = JsonContainer {
    name: "cloud-app-events-json",
    cannot_tell: None,
    knows: |shape, _| {
        shape.has_any(&["RawEventData", "properties.RawEventData", "rawEventData"])
            || (shape.has_all(&["ActionType", "Timestamp"]) && shape.has_any(&["AccountObjectId", "ReportId"]))
    },
};

fn knows(header: &Header) -> bool {
    header.has("RawEventData")
}

fn columns(header: &Header) -> Columns {
    Columns {
        bodies: header.at("RawEventData").into_iter().collect(),
        created: header.at("Timestamp"),
        operation: header.at("ActionType"),
        width: header.width(),
        ..Columns::default()
    }
}
