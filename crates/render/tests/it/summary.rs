//! The summary, ready to paste: the report's own sentences with their figures, in a document that opens.

use std::io::{Cursor, Read as _};

use mailtrail_model::{CaseInputs, Timeline};
use mailtrail_render::{ChartNumbers, MailboxLinks, Preliminary, ReportInput, Summary, Wording, charts};

use crate::made_up::{self, Said, Shape};
use crate::markup;
use crate::poison::{poison, texts};

fn summary(timeline: &Timeline, case: &CaseInputs, preliminary: Option<Preliminary>) -> Summary {
    let charts = charts(timeline, &ChartNumbers::default()).unwrap();
    let input = ReportInput {
        timeline,
        case,
        charts: &charts,
        wording: Wording::Facts,
        mailbox_links: MailboxLinks::Pages,
        rows: None,
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    };
    Summary::of(&input, preliminary).unwrap()
}

fn made() -> (Timeline, CaseInputs) {
    let shape = Shape { mailboxes: 3, days: 21, said: Said::Both, classed: true };
    (made_up::timeline(shape), made_up::case(Said::Both))
}

#[test]
fn the_bottom_line_is_one_paragraph_and_names_its_figures() {
    let (timeline, case) = made();
    let text = summary(&timeline, &case, None).text();
    let (_, bottom) = text.split_once("BOTTOM LINE\n\n").unwrap();
    assert!(!bottom.trim_end().contains('\n'));
    assert!(bottom.contains("[F01]") && bottom.contains("[section ") && bottom.contains("A (recorded)"), "{bottom}");
}

#[test]
fn a_preliminary_notice_says_what_is_open_and_when_it_is_revised() {
    let (timeline, case) = made();
    let with = |next_revision| summary(&timeline, &case, Some(Preliminary { next_revision })).text();
    assert!(with(chrono::NaiveDate::from_ymd_opt(2024, 2, 15)).contains("Due on 2024-02-15."));
    let text = with(None);
    for part in ["Preliminary notice: ", "FACTS SO FAR", "STILL OPEN", "When it is due is not stated."] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn whatever_the_texts_are_the_document_is_well_formed_and_the_same_twice() {
    for text in texts() {
        let (mut timeline, mut case) = made();
        poison(&mut timeline, &mut case, &text);
        let summary = summary(&timeline, &case, Some(Preliminary { next_revision: None }));
        let docx = summary.docx().unwrap();
        assert_eq!(docx, summary.docx().unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
        let mut body = String::new();
        archive.by_name("word/document.xml").unwrap().read_to_string(&mut body).unwrap();
        let (_, body) = body.split_once("?>").unwrap();
        let read = markup::read(body).unwrap_or_else(|why| panic!("{text:?}: {why}"));
        assert!(read.elements.iter().all(|element| element.name.starts_with("w:")));
        assert!(!summary.text().contains(['\u{202E}', '\u{1B}', '\0']));
    }
}
