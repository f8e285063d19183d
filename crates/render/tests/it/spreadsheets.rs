//! Spreadsheets: typed cells, nothing that is calculated, the same bytes twice. Opened with a reader by other people.

use std::io::Cursor;

use calamine::{Data, DataType as _, Reader as _, Xlsx};
use mailtrail_model::{CaseInputs, ClassedMessage, ExposureClass, Profile, Timeline, UtcMicros};
use mailtrail_render::{MessagesSheet, SheetInput, sessions_sheet, sheet_notes};

use crate::made_up::{self, Said, Shape};
use crate::poison::texts;

const SHAPE: Shape = Shape { mailboxes: 3, days: 21, said: Said::Both, classed: true };

/// Both forms of a sheet: the CSV's text and the workbook's bytes.
struct Written {
    csv: String,
    xlsx: Vec<u8>,
}

impl Written {
    fn cells(&self, sheet: usize) -> Vec<Vec<Data>> {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(self.xlsx.clone())).unwrap();
        let names = book.sheet_names();
        let formulas = book.worksheet_formula(&names[0]).unwrap();
        assert!(formulas.used_cells().next().is_none(), "a cell is a formula");
        book.worksheet_range(&names[sheet]).unwrap().rows().map(<[Data]>::to_vec).collect()
    }

    fn column(&self, name: &str) -> Vec<Data> {
        let rows = self.cells(0);
        let place = rows[0].iter().position(|head| *head == Data::String(name.to_owned())).unwrap();
        rows[1..].iter().map(|row| row[place].clone()).collect()
    }
}

fn with<T>(timeline: &Timeline, case: &CaseInputs, make: impl FnOnce(&SheetInput<'_>) -> T) -> T {
    let scratch = tempfile::tempdir().unwrap();
    let made = make(&SheetInput { timeline, case, tool_version: "0.1.0", scratch: scratch.path() });
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "a scratch file was left");
    made
}

fn sessions(timeline: &Timeline, case: &CaseInputs) -> Written {
    with(timeline, case, |input| {
        let (mut csv, mut xlsx) = (Vec::new(), Vec::new());
        sessions_sheet(input, &mut csv, &mut xlsx).unwrap();
        Written { csv: String::from_utf8(csv).unwrap(), xlsx }
    })
}

fn messages(case: &CaseInputs, texts: &[String]) -> Written {
    let timeline = made_up::timeline(SHAPE);
    let key = timeline.mailboxes[0].key.as_str().to_owned();
    with(&timeline, case, |input| {
        let (mut csv, mut xlsx) = (Vec::new(), Vec::new());
        let mut sheet = MessagesSheet::create(input, &mut csv).unwrap();
        for text in texts {
            sheet.push(&message(&key, text)).unwrap();
        }
        sheet.finish(&mut xlsx).unwrap();
        Written { csv: String::from_utf8(csv).unwrap(), xlsx }
    })
}

fn message<'t>(mailbox: &'t str, text: &'t str) -> ClassedMessage<'t> {
    ClassedMessage {
        mailbox,
        internet_message_id: Some(text),
        message_key: "00ff",
        class: ExposureClass::A,
        reasons: None,
        near_reasons: None,
        listed: true,
        received: Some(UtcMicros(1_698_840_000 * UtcMicros::SECOND)),
        accesses: 2,
        first_access: None,
        last_access: None,
        first_suspect: None,
        last_suspect: None,
        first_folder: Some(text),
        last_folder: None,
        contexts: None,
        service_only: false,
        access_no: Some(u64::MAX),
        subject: Some(text),
        sender: Some("ada@contoso.example"),
        size_bytes: Some(9),
        attachments: None,
        privilege_candidate: Some("matter 7"),
    }
}

#[test]
fn a_session_row_has_dates_counts_and_truths_and_no_texts_in_their_place() {
    let timeline = made_up::timeline(SHAPE);
    let written = sessions(&timeline, &made_up::case(SHAPE.said));
    assert_eq!(written.column("session").len(), timeline.sessions.len());
    assert!(written.column("first_utc").iter().all(|cell| matches!(cell, Data::DateTime(at) if at.is_datetime())));
    assert!(written.column("messages").iter().all(|cell| matches!(cell, Data::Float(_))));
    assert!(written.column("open_end").iter().all(|cell| matches!(cell, Data::Bool(_))));
    let first = timeline.sessions[0].span.start;
    let Data::DateTime(shown) = &written.column("first_utc")[0] else { panic!("no date") };
    let expected = first.0.div_euclid(UtcMicros::SECOND) as f64 / 86_400.0 + 25_569.0;
    assert!((shown.as_f64() - expected).abs() < 1e-6);
}

#[test]
fn hostile_texts_stay_texts_and_the_row_says_what_was_changed() {
    let written = messages(&made_up::case(Said::Both), &texts());
    let (ids, changed) = (written.column("internet_message_id"), written.column("changed_cells"));
    assert_eq!(ids.len(), texts().len());
    for ((text, id), changed) in texts().iter().zip(&ids).zip(&changed) {
        let shown = id.as_string().unwrap_or_default();
        assert!(!shown.starts_with(['=', '+', '-', '@', '\t', '\r']), "{text:?} became {shown:?}");
        let said = matches!(changed, Data::String(names) if names == "internet_message_id subject first_folder");
        assert_eq!(said, shown != *text, "{text:?} became {shown:?}, changed {changed:?}");
    }
    let mut lines = written.csv.trim_start_matches('\u{FEFF}').split("\r\n");
    let heads = lines.next().unwrap().split(',').count();
    assert_eq!(heads, 27);
    // The made-up case has more messages than rows: one line says so.
    assert_eq!(lines.filter(|line| !line.is_empty()).count(), texts().len() + 1, "no text breaks a line");
    for bad in [",=", ",+", ",@", "\"=", "\"+", "\"@", ";=", "\t"] {
        assert!(!written.csv.contains(bad), "{bad:?} in the CSV");
    }
}

#[test]
fn a_count_that_a_spreadsheet_would_round_is_a_text() {
    let written = messages(&made_up::case(Said::Both), &["a".to_owned()]);
    assert_eq!(written.column("access_no"), [Data::String(u64::MAX.to_string())]);
    assert_eq!(written.column("attachments"), [Data::Empty]);
}

#[test]
fn two_runs_give_the_same_bytes() {
    let timeline = made_up::timeline(SHAPE);
    let case = made_up::case(SHAPE.said);
    let (a, b) = (sessions(&timeline, &case), sessions(&timeline, &case));
    assert!(a.xlsx == b.xlsx && a.csv == b.csv);
}

#[test]
fn the_notes_explain_every_column_and_class() {
    let case = made_up::case(Said::Both);
    let written = messages(&case, &["a".to_owned()]);
    let notes = written.cells(1);
    let explained: Vec<String> = notes.iter().map(|row| row[1].to_string()).collect();
    for head in &written.cells(0)[0] {
        assert!(explained.contains(&head.to_string()), "{head} is not explained");
    }
    for class in ExposureClass::ALL {
        assert!(explained.iter().any(|name| name.starts_with(class.as_str())), "{class:?}");
    }
}

#[test]
fn the_privilege_list_is_counsels_only() {
    let of = |profile| messages(&CaseInputs { profile, ..made_up::case(Said::Both) }, &["a".to_owned()]);
    assert!(of(Profile::Counsel).csv.contains("matter 7"));
    assert!(!of(Profile::Facts).csv.contains("matter 7"));
    assert!(!of(Profile::Facts).csv.contains("privilege"));
}

#[test]
fn a_spreadsheet_ends_where_programs_end_and_says_where_the_rest_is() {
    let mut timeline = made_up::timeline(Shape { days: 1, ..SHAPE });
    let case = made_up::case(Said::Nothing);
    timeline.exposure = Some(mailtrail_model::ExposureTotals {
        by_class: [(ExposureClass::N, 3_000_000)].into(),
        ..Default::default()
    });
    let notes = with(&timeline, &case, sheet_notes);
    assert!(notes.contains("The first 1,048,575 of 3,000,000 messages"), "{notes}");
    assert!(notes.contains("tables/exposure.parquet"));
    let written = with(&timeline, &case, |input| {
        let (mut csv, mut xlsx) = (Vec::new(), Vec::new());
        let mut sheet = MessagesSheet::create(input, &mut csv).unwrap();
        sheet.push(&message("k", "a")).unwrap();
        sheet.finish(&mut xlsx).unwrap();
        Written { csv: String::from_utf8(csv).unwrap(), xlsx }
    });
    assert!(written.csv.ends_with("\r\n\"2,999,999 more rows are in tables/exposure.parquet\"\r\n"));
    assert!(written.cells(1).iter().any(|row| row[2].to_string().starts_with("The first 1 of 3,000,000 messages")));
}
