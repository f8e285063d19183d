//! Owns the fuzz targets of containers, wire, normalize, instants, addresses, client strings.

use bumpalo::Bump;
use mailtrail_model::{Address, Client, IssueCode, Locator, SourceId, UtcMicros};

use super::Target;
use crate::address;
use crate::container::{self, Reader, fuzzing as inside};
use crate::cut::csv::split;
use crate::instant::{self, Instant};
use crate::row::{Notes, Outcome, OutcomeKind, Row, RowBody};

/// The targets of records; `fuzz/fuzz_targets` and `fuzz/corpus` have one of each name.
pub const RECORDS: [Target; 8] = [
    ("instants", instants),
    ("addresses", addresses),
    ("client_strings", client_strings),
    ("recognise", recognise),
    ("json_rows", json_rows),
    ("csv_rows", csv_rows),
    ("xml_rows", xml_rows),
    ("glance", glance),
];

/// Any text is a time, two possible times, or none; a certain time prints and reads back.
pub fn instants(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = instant::parse(&text);
    if let Some(at) = read.certain() {
        assert!(read.agrees(at));
        let year = at.0 / (366 * UtcMicros::DAY) + 1970;
        assert!(!(1970..9000).contains(&year) || instant::parse(&at.iso()).certain() == Some(at), "{text}");
    }
    if let Instant::Ambiguous { month_first, day_first, .. } = read {
        assert!(read.agrees(month_first) && read.agrees(day_first) && month_first != day_first);
    }
}

/// Any text is an address, a host, nothing, or unreadable; what we print reads as itself.
pub fn addresses(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match address::parse(&text) {
        Address::Ip(ip) => assert_eq!(address::parse(&ip.to_string()), Address::Ip(ip.to_canonical())),
        Address::Host(host) => assert_eq!(address::parse(&host), Address::Host(host.as_ref().into())),
        Address::None | Address::Unreadable => {}
    }
}

/// The effective application is a part of what was stated.
pub fn client_strings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (info, actor) = text.split_once('\n').unwrap_or((&text, ""));
    let client =
        Client { client_info_string: Some(info.into()), actor_info_string: Some(actor.into()), ..Client::default() };
    assert!(client.effective_app().is_none_or(|app| !app.is_empty() && text.contains(app)));
}

/// A container is told or refused with a reason; a told one reads any row.
pub fn recognise(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match container::recognise_json(&text) {
        Ok(told) => check_row(&told.reader, RowBody::Json(&text)),
        Err(reason) => assert!(reason.len() > 20, "{reason}"),
    }
    match container::recognise_xml(&text) {
        Ok(reader) => check_row(&reader, RowBody::Xml(&text)),
        Err(reason) => assert!(reason.len() > 20),
    }
}

/// A JSON row gives the same access as its text in a CSV cell.
pub fn json_rows(bytes: &[u8]) {
    let Ok(json) = container::recognise_json(r#"{"CreationTime":"","Operation":"","Id":""}"#) else { return };
    let Ok(csv) = container::recognise_csv(&["AuditData"]) else { return };
    let text = String::from_utf8_lossy(bytes);
    check_row(&json.reader, RowBody::Json(&text));
    let arena = Bump::new();
    let quoted = format!("\"{}\"", text.replace('"', "\"\""));
    let cells = split(&quoted, b',', 1, &arena).cells;
    let from_csv = read(&csv, RowBody::Csv(cells), &arena);
    let from_json = read(&json.reader, RowBody::Json(&text), &arena);
    if let (OutcomeKind::Access(a), OutcomeKind::Access(b)) = (&from_csv.kind, &from_json.kind) {
        assert_eq!(a, b);
    } else {
        let access = |outcome: &Outcome<'_>| matches!(outcome.kind, OutcomeKind::Access(_));
        assert_eq!(access(&from_csv), access(&from_json));
    }
}

/// A header and rows of any CSV.
pub fn csv_rows(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (header, rows) = text.split_once('\n').unwrap_or((&text, ""));
    let arena = Bump::new();
    let names: Vec<&str> = split(header, b',', 16, &arena).cells.iter().map(|cell| cell.text(&arena).trim()).collect();
    match container::recognise_csv(&names) {
        Ok(reader) => {
            let cells = split(rows, b',', names.len(), &arena).cells;
            check_row(&reader, RowBody::Csv(cells));
        }
        Err(reason) => assert!(reason.len() > 20),
    }
}

/// Any element of the mailbox audit log.
pub fn xml_rows(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(reader) = container::recognise_xml("SearchResults") {
        check_row(&reader, RowBody::Xml(&text));
    }
}

/// A row is left unparsed only if parsing it would have given the same operation.
pub fn glance(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for doubled in [false, true] {
        let raw = if doubled { text.replace('"', "\"\"") } else { text.clone().into_owned() };
        assert!(!inside::left_wrongly(&raw, doubled, &text, "Create"), "{text}");
    }
}

fn locator() -> Locator {
    Locator { source: SourceId(0), row: 1, byte_offset: 0, byte_len: 0 }
}

fn read<'a>(reader: &Reader, body: RowBody<'a>, arena: &'a Bump) -> Outcome<'a> {
    let mut notes = Notes::new();
    let outcome = reader.read(Row { locator: locator(), body, replaced: false }, arena, &mut notes);
    let codes: Vec<IssueCode> = notes.iter().map(|(code, _)| *code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "one note a code: {codes:?}");
    if let OutcomeKind::Access(record) = &outcome.kind {
        assert_eq!(record.issues, codes);
    }
    outcome
}

/// What holds for every outcome.
fn check_row(reader: &Reader, body: RowBody<'_>) {
    let arena = Bump::new();
    let outcome = read(reader, body, &arena);
    match &outcome.kind {
        OutcomeKind::Access(record) => {
            assert!(!record.record_id.is_empty() && !record.mailbox.as_str().is_empty());
            assert!(outcome.operation.is_some() && outcome.created == Some(record.created));
            let folders = u32::try_from(record.folders.len()).unwrap_or(u32::MAX);
            assert!(record.items.iter().all(|item| item.folder.is_none_or(|at| at < folders)));
            let stated = |text: &mailtrail_model::Text<'_>| text.as_ref().is_none_or(|text| !text.is_empty());
            assert!(record.items.iter().all(|item| stated(&item.internet_message_id) && stated(&item.item_id)));
            assert!(stated(&record.user_id) && stated(&record.client.client_info_string));
        }
        OutcomeKind::Related(event) => assert!(event.detail.as_ref().is_none_or(|detail| detail.len() <= 4 << 10)),
        OutcomeKind::Other => assert!(outcome.operation.is_some()),
        OutcomeKind::Rejected { detail, .. } => assert!(!detail.is_empty() && outcome.operation.is_none()),
    }
}
