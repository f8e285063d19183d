//! AuditData itself: NDJSON, arrays, Management Activity API blobs, Untitled Goose, Hawk JSON; flat envelopes of log managers;
//! any other envelope in which a record is found; and CSV whose columns are the record's fields.

use super::header::{Columns, Header};
use super::{CsvContainer, JsonContainer, envelope, flat_row};

pub(super) const JSON: JsonContainer = JsonContainer {
    name: "audit-json",
    cannot_tell: None,
    knows: |shape, _| shape.has("Operation") && shape.has_any(&["CreationTime", "RecordType", "Workload"]),
};

/// ManageEngine and its like: every value a text, no OperationProperties.
pub(super) const FLAT: JsonContainer = JsonContainer {
    name: "flat-envelope-json",
    cannot_tell: Some("Bind, throttling and message ids: only who came from where to which mailbox, and Sync"),
    knows: |shape, text| {
        (shape.has("message.Operation") && shape.has_any(&["message.CreationTime", "message.RecordType"]))
            || envelope::look(text) == Some(true)
    },
};

pub(super) const ENVELOPED: JsonContainer =
    JsonContainer { name: "enveloped-json", cannot_tell: None, knows: |_, text| envelope::look(text) == Some(false) };

/// Hawk's CSV: lists became `System.Object[]`, so its accesses are rejected row by row, with how to export again.
pub(super) const FLAT_CSV: CsvContainer = CsvContainer {
    name: "flat-audit-csv",
    cannot_tell: Some("lists (folders, items): they became System.Object[], so such accesses are rejected"),
    knows,
    columns,
    read: flat_row::read,
};

fn knows(header: &Header) -> bool {
    header.has_all(&["Operation", "CreationTime"]) && header.has_any(&["RecordType", "Workload", "MailboxGuid"])
}

fn columns(header: &Header) -> Columns {
    Columns { fields: header.fields(), width: header.width(), ..Columns::default() }
}
