//! Elastic o365 integration and Filebeat: the record is `event.original` if it was preserved, else it is put together again
//! from `o365.audit.*` and the fields the pipeline moved out of it.

use super::header::{Columns, Header};
use super::{CsvContainer, JsonContainer, body_row};
use crate::wire::{self, Body, Ctx, Field, Loose, WireRecord};

pub(super) const JSON: JsonContainer = JsonContainer {
    name: "elastic-json",
    cannot_tell: None,
    knows: |shape, _| {
        let document = |prefix: &str| {
            let path = |name: &str| format!("{prefix}{name}");
            shape.has(&path("o365.audit")) || (shape.has(&path("event.original")) && shape.has(&path("@timestamp")))
        };
        document("") || document("_source.") || shape.has("_source.o365")
    },
};

/// A CSV report with `event.original`.
pub(super) const CSV: CsvContainer = CsvContainer {
    name: "elastic-csv",
    cannot_tell: None,
    knows: |header| header.has("event.original"),
    columns: |header: &Header| Columns {
        bodies: header.at("event.original").into_iter().collect(),
        operation: header.at("event.action"),
        width: header.width(),
        ..Columns::default()
    },
    read: body_row::read,
};

/// The record of a document without `event.original`.
pub(super) fn record<'a>(document: &WireRecord<'a>, ctx: Ctx<'a, '_>) -> Option<WireRecord<'a>> {
    let o365 = object(document, Body::O365, ctx)?;
    let mut record = object(&o365, Body::Audit, ctx)?;
    let part = |body, field| object(document, body, ctx).map_or(Loose::Absent, |part| part.get(field));
    record.fill(Field::Operation, part(Body::Event, Field::EventAction));
    record.fill(Field::Id, part(Body::Event, Field::GraphId));
    record.fill(Field::RecordType, part(Body::Event, Field::EventCode));
    record.fill(Field::CreationTime, document.get(Field::AtTimestamp));
    record.fill(Field::OrganizationId, part(Body::Organization, Field::GraphId));
    record.fill(Field::UserId, part(Body::User, Field::GraphId));
    record.fill(Field::MailboxOwnerUpn, part(Body::User, Field::Email));
    if !record.first(&[Field::ClientIpAddress, Field::ClientIp]).is_stated() {
        record.fill(Field::ClientIpAddress, part(Body::Client, Field::Address));
        record.fill(Field::ClientIpAddress, part(Body::Client, Field::Ip));
        record.fill(Field::ClientIpAddress, part(Body::SourceAddress, Field::Ip));
    }
    record.get(Field::Operation).is_stated().then_some(record)
}

fn object<'a>(of: &WireRecord<'a>, body: Body, ctx: Ctx<'a, '_>) -> Option<WireRecord<'a>> {
    of.body(body).and_then(|raw| wire::read(raw, ctx).ok())
}
