//! Owns the containers: the same records in every shape a responder is handed. One file a family.
//!
//! A container is lossless if every field of a record's body can be read back from it; the others say what they lose.

mod cloud_app_events;
mod csv_cell;
mod graph;
mod json_files;
mod office_activity;
mod portal;
mod powershell;
mod search;
mod splunk;

use std::io::{self, Write};

use crate::record::Record;

/// A shape of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Container {
    /// Purview portal CSV, old header (`CreationDate,UserIds,Operations,AuditData`).
    PortalCsvOld,
    /// Purview portal CSV, new header, American dates as in 2023.
    PortalCsv,
    /// The same as of 2026: ISO dates with a trailing space inside the quotes.
    PortalCsv2026,
    /// `Search-UnifiedAuditLog | Export-Csv -NoTypeInformation -Encoding UTF8`.
    SearchCsv,
    /// Windows PowerShell over remoting, `Export-Csv -UseCulture -Encoding Unicode`: `#TYPE`, `;`, UTF-16LE, German dates.
    SearchCsvUtf16,
    /// `AuditData`, a line each.
    Ndjson,
    /// One JSON array of bodies.
    JsonArray,
    /// Several arrays one after another, as collectors merge batches.
    JsonConcatenated,
    /// `ConvertTo-Json` of Windows PowerShell 5.1: `AuditData` a string, `\/Date(…)\/`, `\u003c`.
    ConvertToJsonString,
    /// `ConvertTo-Json -Depth 100` with `AuditData` an object, laid out over lines.
    ConvertToJsonObject,
    /// Content blobs of the Management Activity API, concatenated; not in order, some records twice.
    ManagementApi,
    /// Defender `CloudAppEvents`, NDJSON, `RawEventData` an object.
    CloudAppEvents,
    /// The same with `RawEventData` a JSON string.
    CloudAppEventsString,
    /// Splunk CSV search export with `_raw`.
    SplunkCsv,
    /// Splunk CSV of records that were indexed from CSV: an `AuditData` column among its own.
    SplunkAuditDataCsv,
    /// Pages of a Graph audit-log query, `auditData` flat.
    GraphPages,
    /// Sentinel `OfficeActivity`, portal CSV. Lossy.
    OfficeActivityCsv,
    /// Sentinel `OfficeActivity`, NDJSON. Lossy.
    OfficeActivityNdjson,
}

impl Container {
    /// Every container.
    pub const ALL: [Self; 18] = [
        Self::PortalCsvOld,
        Self::PortalCsv,
        Self::PortalCsv2026,
        Self::SearchCsv,
        Self::SearchCsvUtf16,
        Self::Ndjson,
        Self::JsonArray,
        Self::JsonConcatenated,
        Self::ConvertToJsonString,
        Self::ConvertToJsonObject,
        Self::ManagementApi,
        Self::CloudAppEvents,
        Self::CloudAppEventsString,
        Self::SplunkCsv,
        Self::SplunkAuditDataCsv,
        Self::GraphPages,
        Self::OfficeActivityCsv,
        Self::OfficeActivityNdjson,
    ];

    /// The containers that carry every field of a MailItemsAccessed record.
    pub const ALL_LOSSLESS: [Self; 16] = [
        Self::PortalCsvOld,
        Self::PortalCsv,
        Self::PortalCsv2026,
        Self::SearchCsv,
        Self::SearchCsvUtf16,
        Self::Ndjson,
        Self::JsonArray,
        Self::JsonConcatenated,
        Self::ConvertToJsonString,
        Self::ConvertToJsonObject,
        Self::ManagementApi,
        Self::CloudAppEvents,
        Self::CloudAppEventsString,
        Self::SplunkCsv,
        Self::SplunkAuditDataCsv,
        Self::GraphPages,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PortalCsvOld => "portal-csv-old",
            Self::PortalCsv => "portal-csv",
            Self::PortalCsv2026 => "portal-csv-2026",
            Self::SearchCsv => "search-csv",
            Self::SearchCsvUtf16 => "search-csv-utf16",
            Self::Ndjson => "ndjson",
            Self::JsonArray => "json-array",
            Self::JsonConcatenated => "json-concatenated",
            Self::ConvertToJsonString => "convertto-json-string",
            Self::ConvertToJsonObject => "convertto-json-object",
            Self::ManagementApi => "management-api",
            Self::CloudAppEvents => "cloud-app-events",
            Self::CloudAppEventsString => "cloud-app-events-string",
            Self::SplunkCsv => "splunk-csv",
            Self::SplunkAuditDataCsv => "splunk-auditdata-csv",
            Self::GraphPages => "graph-pages",
            Self::OfficeActivityCsv => "office-activity-csv",
            Self::OfficeActivityNdjson => "office-activity-ndjson",
        }
    }

    /// The container with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|container| container.name() == name)
    }

    /// The ending of a file of it, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        if self.name().contains("csv") {
            "csv"
        } else if self.name().contains("ndjson") || self.name().starts_with("cloud") {
            "ndjson"
        } else {
            "json"
        }
    }

    /// Whether every field of a MailItemsAccessed record can be read back.
    #[must_use]
    pub fn is_lossless(self) -> bool {
        !matches!(self, Self::OfficeActivityCsv | Self::OfficeActivityNdjson)
    }

    /// Whether it can hold a record: Sentinel's table has Exchange's operations, not the directory's.
    #[must_use]
    pub fn holds(self, record: &Record) -> bool {
        self.is_lossless() || record.access().is_some()
    }

    fn shape(self) -> Box<dyn Shape> {
        match self {
            Self::PortalCsvOld => Box::new(portal::Old),
            Self::PortalCsv => Box::new(portal::New { american: true }),
            Self::PortalCsv2026 => Box::new(portal::New { american: false }),
            Self::SearchCsv => Box::new(search::Search::plain()),
            Self::SearchCsvUtf16 => Box::new(search::Search::remoting()),
            Self::Ndjson => Box::new(json_files::Lines),
            Self::JsonArray => Box::new(json_files::Array),
            Self::JsonConcatenated => Box::new(json_files::Batches { spaced: true }),
            Self::ManagementApi => Box::new(json_files::Batches { spaced: false }),
            Self::ConvertToJsonString => Box::new(powershell::Wrapped { object: false }),
            Self::ConvertToJsonObject => Box::new(powershell::Wrapped { object: true }),
            Self::CloudAppEvents => Box::new(cloud_app_events::Table { object: true }),
            Self::CloudAppEventsString => Box::new(cloud_app_events::Table { object: false }),
            Self::SplunkCsv => Box::new(splunk::Events),
            Self::SplunkAuditDataCsv => Box::new(splunk::Rows),
            Self::GraphPages => Box::new(graph::Pages),
            Self::OfficeActivityCsv => Box::new(office_activity::Csv),
            Self::OfficeActivityNdjson => Box::new(office_activity::Lines),
        }
    }

    /// Writes the records in this container, in the order given, as UTF-8 or UTF-16 as the container has it.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn write(self, records: &[&Record], out: &mut dyn Write) -> io::Result<()> {
        let held: Vec<&Record> = records.iter().copied().filter(|record| self.holds(record)).collect();
        let mut writer = self.writer(held.len(), out)?;
        for record in held {
            writer.record(record)?;
        }
        writer.finish()
    }

    /// A writer for `total` records that come one by one.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn writer(self, total: usize, out: &mut dyn Write) -> io::Result<Writer<'_>> {
        let mut sink = Sink { out, utf16: self == Self::SearchCsvUtf16, text: Vec::new() };
        if sink.utf16 {
            sink.out.write_all(&[0xff, 0xfe])?;
        }
        let shape = self.shape();
        shape.begin(&mut sink.text);
        Ok(Writer { shape, sink, index: 0, total })
    }

    /// The records in this container, as bytes.
    #[must_use]
    pub fn to_bytes(self, records: &[&Record]) -> Vec<u8> {
        let mut out = Vec::new();
        // A Vec takes every write; were that ever to change, an empty export would fail every test that reads it.
        if self.write(records, &mut out).is_err() {
            out.clear();
        }
        out
    }
}

/// An export being written. It holds no more than one record and a little.
pub struct Writer<'a> {
    shape: Box<dyn Shape>,
    sink: Sink<'a>,
    index: usize,
    total: usize,
}

impl Writer<'_> {
    /// Writes the next record.
    ///
    /// # Errors
    /// What the output answers.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        self.shape.record(record, Place { index: self.index, total: self.total }, &mut self.sink.text);
        self.index += 1;
        self.sink.flush_above(1 << 16)
    }

    /// Writes what a container has after its last record.
    ///
    /// # Errors
    /// What the output answers.
    pub fn finish(mut self) -> io::Result<()> {
        self.shape.end(self.index, &mut self.sink.text);
        self.sink.flush_above(0)
    }
}

/// Where a record stands in its export.
#[derive(Clone, Copy, Debug)]
struct Place {
    index: usize,
    total: usize,
}

/// How a container frames records. Always UTF-8; [`Sink`] changes the encoding.
trait Shape {
    fn begin(&self, out: &mut Vec<u8>);
    fn record(&self, record: &Record, place: Place, out: &mut Vec<u8>);
    fn end(&self, total: usize, out: &mut Vec<u8>);
}

struct Sink<'a> {
    out: &'a mut dyn Write,
    utf16: bool,
    text: Vec<u8>,
}

impl Sink<'_> {
    fn flush_above(&mut self, limit: usize) -> io::Result<()> {
        if self.text.len() <= limit {
            return Ok(());
        }
        if self.utf16 {
            // Records are flushed whole, so no character is cut.
            let wide: Vec<u8> = String::from_utf8_lossy(&self.text).encode_utf16().flat_map(u16::to_le_bytes).collect();
            self.out.write_all(&wide)?;
        } else {
            self.out.write_all(&self.text)?;
        }
        self.text.clear();
        Ok(())
    }
}
