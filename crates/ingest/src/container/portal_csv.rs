//! Purview portal CSV: `CreationDate,UserIds,Operations,AuditData` (old), `RecordId,CreationDate,RecordType,Operation,UserId,
//! AuditData,AssociatedAdminUnits,…` (new). The old portal cut AuditData at 3,060 characters; both stop at 50,000 rows.

use super::header::{Columns, Header};
use super::{CsvContainer, body_row};

pub(super) const CSV: CsvContainer =
    CsvContainer { name: "portal-csv", cannot_tell: None, knows, columns, read: body_row::read };

fn knows(header: &Header) -> bool {
    let old = header.width() == 4 && header.has_all(&["CreationDate", "UserIds", "Operations", "AuditData"]);
    let new = header.has_all(&["RecordId", "AuditData"]);
    old || new
}

fn columns(header: &Header) -> Columns {
    Columns {
        bodies: header.at("AuditData").into_iter().collect(),
        created: header.at("CreationDate"),
        operation: header.first(&["Operation", "Operations"]),
        record_id: header.at("RecordId"),
        record_type: header.at("RecordType"),
        user_id: header.first(&["UserId", "UserIds"]),
        width: header.width(),
        ..Columns::default()
    }
}
