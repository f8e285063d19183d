//! Owns pages of a Graph audit-log query (`security/auditLog/queries/{id}/records`), one page object a line.

use super::{Place, Shape};
use crate::{
    json::{Escapes, Json},
    record::{Event, Record},
};

const PAGE: usize = 150;

pub(super) struct Pages;

impl Shape for Pages {
    fn begin(&self, _: &mut Vec<u8>) {}

    fn record(&self, record: &Record, place: Place, out: &mut Vec<u8>) {
        if place.index.is_multiple_of(PAGE) {
            out.extend_from_slice(br#"{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#security/auditLog/queries/records","value":["#);
        } else {
            out.push(b',');
        }
        let (number, name) = record.record_type();
        let camel = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
        let mut json = Json::onto(std::mem::take(out), Escapes::Minimal);
        json.object(|json| {
            json.field("id", &record.id);
            json.field("createdDateTime", &format!("{}Z", record.created.iso()));
            json.field("auditLogRecordType", &camel);
            json.field("operation", record.operation());
            json.field("organizationId", &record.organization_id);
            json.field("userType", "Regular");
            json.field("userId", record.user_id());
            json.field("service", record.workload());
            json.field("objectId", "");
            json.field("userPrincipalName", record.user_id());
            json.field("clientIp", "");
            json.key("administrativeUnits");
            json.array(|json| json.text(""));
            json.key("auditData");
            json.object(|json| {
                let kind = match record.event {
                    Event::Bind { .. } => "exchangeAggregatedMailboxAuditRecord",
                    _ if number == 2 => "exchangeMailboxAuditRecord",
                    _ => "defaultAuditData",
                };
                json.field("@odata.type", &format!("#microsoft.graph.security.{kind}"));
                record.fields(json);
            });
        });
        *out = json.into_bytes();
        if (place.index + 1).is_multiple_of(PAGE) && place.index + 1 < place.total {
            let link = format!(
                "],\"@odata.nextLink\":\"https://graph.microsoft.com/v1.0/security/auditLog/queries/records?$skiptoken={}\"}}\n",
                place.index + 1
            );
            out.extend_from_slice(link.as_bytes());
        }
    }

    fn end(&self, total: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(if total == 0 { b"{\"value\":[]}\n" } else { b"]}\n" });
    }
}
