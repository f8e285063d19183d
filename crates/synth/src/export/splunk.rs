//! Owns Splunk's CSV search exports: `_raw`, or `AuditData` of records that were indexed from a CSV.

use super::{
    Place, Shape,
    csv_cell::{Quote, push_row},
};
use crate::record::{Event, Record};

pub(super) struct Events;

impl Shape for Events {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\"_time\",\"Operation\",\"UserId\",\"MailAccessType\",\"host\",\"index\",\"linecount\",\"source\",\"sourcetype\",\"_raw\"\n");
    }

    fn record(&self, record: &Record, _: Place, out: &mut Vec<u8>) {
        let time = format!("{}.000+0000", record.created.iso());
        let kind = match record.event {
            Event::Bind { .. } => "Bind",
            Event::Sync { .. } => "Sync",
            _ => "",
        };
        let raw = record.cell();
        let cells: [&[u8]; 10] = [
            time.as_bytes(),
            record.operation().as_bytes(),
            record.user_id().as_bytes(),
            kind.as_bytes(),
            b"collector-1",
            b"o365",
            b"1",
            b"ms_o365_management",
            b"o365:management:activity",
            &raw,
        ];
        push_row(out, cells, b',', Quote::Always);
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}

pub(super) struct Rows;

impl Shape for Rows {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"AuditData,CreationDate,Identity,IsValid,ObjectState,Operations,RecordType,UserIds,\"_time\",\"date_hour\",\"date_mday\"\n");
    }

    fn record(&self, record: &Record, _: Place, out: &mut Vec<u8>) {
        let (body, date, epoch) = (record.cell(), record.created.american(), record.created.0.to_string());
        let (hour, day) = ((record.created.of_day() / 3_600).to_string(), record.created.date().day.to_string());
        let cells: [&[u8]; 11] = [
            &body,
            date.as_bytes(),
            record.id.as_bytes(),
            b"True",
            b"Unchanged",
            record.operation().as_bytes(),
            record.record_type().1.as_bytes(),
            record.user_id().as_bytes(),
            epoch.as_bytes(),
            hour.as_bytes(),
            day.as_bytes(),
        ];
        push_row(out, cells, b',', Quote::Needed);
    }

    fn end(&self, _: usize, _: &mut Vec<u8>) {}
}
