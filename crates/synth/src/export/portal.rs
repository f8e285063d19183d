//! Owns the Purview portal's CSV, old and new. Rows come newest first if the caller gives them so.

use super::{
    Place, Shape,
    csv_cell::{Quote, push_row},
};
use crate::record::Record;

pub(super) struct Old;

impl Shape for Old {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\xef\xbb\xbfCreationDate,UserIds,Operations,AuditData\r\n");
    }

    fn record(&self, record: &Record, _: Place, out: &mut Vec<u8>) {
        let (date, body) = (record.created.ticks(), record.cell());
        let cells = [date.as_bytes(), record.user_id().as_bytes(), record.operation().as_bytes(), &*body];
        push_row(out, cells, b',', Quote::Needed);
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}

pub(super) struct New {
    pub(super) american: bool,
}

impl Shape for New {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n");
    }

    fn record(&self, record: &Record, _: Place, out: &mut Vec<u8>) {
        // The newest form has a space inside the quotes: it is quoted although nothing asks for it.
        let date = if self.american { record.created.american() } else { format!("{} ", record.created.ticks()) };
        let kind = record.record_type().0.to_string();
        let body = record.cell();
        let start = out.len();
        let cells: [&[u8]; 8] = [
            record.id.as_bytes(),
            date.as_bytes(),
            kind.as_bytes(),
            record.operation().as_bytes(),
            record.user_id().as_bytes(),
            &body,
            b"",
            b"",
        ];
        push_row(out, cells, b',', Quote::Needed);
        if !self.american {
            let from = start + record.id.len() + 1;
            out.splice(from + date.len()..from + date.len(), [b'"']);
            out.splice(from..from, [b'"']);
        }
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}
