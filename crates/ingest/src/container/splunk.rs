//! Splunk `o365:management:activity`: CSV search exports (AuditData, else `_raw`) and JSON exports or HTTP-collector
//! envelopes with the record as object or JSON text. A table without `_raw` has lost which id belongs to which folder.

use super::header::{Columns, Header};
use super::{CsvContainer, JsonContainer, body_row};

pub(super) const CSV: CsvContainer =
    CsvContainer { name: "splunk-csv", cannot_tell: None, knows, columns, read: body_row::read };

pub(super) const JSON: JsonContainer = JsonContainer {
    name: "splunk-json",
    cannot_tell: None,
    knows: |shape, _| {
        shape.has_any(&["_raw", "result._raw"])
            || (shape.has("event")
                && shape.has_any(&["sourcetype", "index", "event.CreationTime"])
                && !shape.has("ecs"))
    },
};

fn knows(header: &Header) -> bool {
    header.has("_raw") || header.has_all(&["_time", "AuditData"])
}

fn columns(header: &Header) -> Columns {
    Columns {
        bodies: ["AuditData", "_raw"].iter().filter_map(|name| header.at(name)).collect(),
        created: header.at("CreationDate"),
        operation: header.first(&["Operations", "Operation"]),
        record_id: header.at("Identity"),
        user_id: header.first(&["UserIds"]),
        result_index: header.at("ResultIndex"),
        result_count: header.at("ResultCount"),
        width: header.width(),
        ..Columns::default()
    }
}
