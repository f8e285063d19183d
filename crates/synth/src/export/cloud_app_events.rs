//! Owns Defender's `CloudAppEvents` as NDJSON: some columns of its own, and the whole record in `RawEventData`.

use super::{Place, Shape};
use crate::{
    json::{Escapes, Json},
    record::{Event, Record},
};

pub(super) struct Table {
    pub(super) object: bool,
}

impl Shape for Table {
    fn begin(&self, _: &mut Vec<u8>) {}

    fn record(&self, record: &Record, _: Place, out: &mut Vec<u8>) {
        let mut json = Json::onto(std::mem::take(out), Escapes::Minimal).zoned();
        json.object(|json| {
            json.field("Timestamp", &format!("{}Z", record.created.iso()));
            json.field("ActionType", record.operation());
            let exchange = record.workload() == "Exchange";
            json.field("Application", if exchange { "Microsoft Exchange Online" } else { "Microsoft 365" });
            json.field_number("ApplicationId", if exchange { 20_893 } else { 11_161 });
            json.field_number("AppInstanceId", 0);
            json.field("AccountId", record.user_id());
            json.field("AccountDisplayName", record.user_id().split('@').next().unwrap_or_default());
            json.field("AccountType", "Regular");
            json.field_bool("IsAdminOperation", matches!(record.event, Event::Admin(_)));
            let address = record.access().map(|access| &*access.context.address).unwrap_or_default();
            json.field("IPAddress", address);
            json.field("UserAgent", record.access().map(|access| &*access.context.client_info).unwrap_or_default());
            json.field("ActivityType", "Basic");
            json.field("ReportId", &format!("{}_{}", record.created.0, record.id));
            json.key("RawEventData");
            if self.object {
                json.object(|json| record.fields(json));
            } else {
                let mut raw = Json::new(Escapes::Minimal).zoned();
                raw.object(|raw| record.fields(raw));
                json.text(&String::from_utf8_lossy(&raw.into_bytes()));
            }
        });
        *out = json.into_bytes();
        out.push(b'\n');
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}
