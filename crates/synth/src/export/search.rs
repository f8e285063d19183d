//! Owns `Search-UnifiedAuditLog | Export-Csv`: the workstation's culture, delimiter and encoding, and what remoting adds.

use super::{
    Place, Shape,
    csv_cell::{Quote, push_row},
};
use crate::record::Record;

/// Most rows in one result set of the cmdlet that come sorted.
const PAGE: usize = 5_000;

pub(super) struct Search {
    remoting: bool,
    delimiter: u8,
}

impl Search {
    pub(super) fn plain() -> Self {
        Self { remoting: false, delimiter: b',' }
    }

    pub(super) fn remoting() -> Self {
        Self { remoting: true, delimiter: b';' }
    }
}

impl Shape for Search {
    fn begin(&self, out: &mut Vec<u8>) {
        let mut columns: Vec<&[u8]> = Vec::new();
        if self.remoting {
            out.extend_from_slice(
                b"#TYPE Deserialized.Microsoft.Exchange.Data.ApplicationLogic.UnifiedAuditLogEvent\r\n",
            );
            columns.extend([&b"PSComputerName"[..], b"RunspaceId", b"PSShowComputerName"]);
        } else {
            out.extend_from_slice(b"\xef\xbb\xbf");
        }
        columns.extend([
            &b"RecordType"[..],
            b"CreationDate",
            b"UserIds",
            b"Operations",
            b"AuditData",
            b"ResultIndex",
            b"ResultCount",
            b"Identity",
            b"IsValid",
            b"ObjectState",
        ]);
        push_row(out, columns, self.delimiter, Quote::Always);
    }

    fn record(&self, record: &Record, place: Place, out: &mut Vec<u8>) {
        let date = if self.remoting { record.created.german() } else { record.created.american() };
        let page = place.index / PAGE;
        let index = (place.index % PAGE + 1).to_string();
        let count = (place.total - page * PAGE).min(PAGE).to_string();
        let body = record.cell();
        let mut cells: Vec<&[u8]> = Vec::new();
        if self.remoting {
            cells.extend([&b"outlook.office365.com"[..], b"0c1f7c5e-4d0f-4a2c-9d4e-9b1b7f7f2f10", b"False"]);
        }
        cells.extend([
            record.record_type().1.as_bytes(),
            date.as_bytes(),
            record.user_id().as_bytes(),
            record.operation().as_bytes(),
            &body,
            index.as_bytes(),
            count.as_bytes(),
            record.id.as_bytes(),
            b"True",
            b"Unchanged",
        ]);
        push_row(out, cells, self.delimiter, Quote::Always);
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}
