//! Owns `ConvertTo-Json` files: an array of the cmdlet's wrapper objects, one record alone as an object.

use super::{Place, Shape};
use crate::{
    json::{Escapes, Json, pretty},
    record::Record,
};

pub(super) struct Wrapped {
    /// `AuditData` an object (a collector's habit) instead of a string.
    pub(super) object: bool,
}

impl Shape for Wrapped {
    fn begin(&self, _: &mut Vec<u8>) {}

    fn record(&self, record: &Record, place: Place, out: &mut Vec<u8>) {
        if place.total > 1 {
            out.extend_from_slice(if place.index == 0 { b"[\r\n" } else { b",\r\n" });
        }
        let mut json = Json::new(Escapes::PowerShell);
        json.object(|json| {
            json.field("RecordType", record.record_type().1);
            json.key("CreationDate");
            if self.object {
                json.text(&format!("{}Z", record.created.iso()));
            } else {
                json.raw(format!("\"\\/Date({})\\/\"", record.created.0 * 1_000).as_bytes());
            }
            json.field("UserIds", record.user_id());
            json.field("Operations", record.operation());
            json.key("AuditData");
            if self.object {
                json.object(|json| record.fields(json));
            } else {
                json.text(&String::from_utf8_lossy(&record.audit_data()));
            }
            json.field_number("ResultIndex", i64::try_from(place.index + 1).unwrap_or(0));
            json.field_number("ResultCount", i64::try_from(place.total).unwrap_or(0));
            json.field("Identity", &record.id);
            json.field_bool("IsValid", true);
            json.field("ObjectState", "Unchanged");
        });
        out.extend_from_slice(&pretty(&json.into_bytes(), 4, "\r\n", ":  "));
        if place.total > 1 && place.index + 1 == place.total {
            out.extend_from_slice(b"\r\n]\r\n");
        }
    }

    fn end(&self, total: usize, out: &mut Vec<u8>) {
        if total == 0 {
            out.extend_from_slice(b"[]");
        }
    }
}
