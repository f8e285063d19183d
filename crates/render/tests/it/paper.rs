//! The report on paper: an archival, tagged document, whatever the texts are, and the same bytes twice.

use mailtrail_model::{CaseInputs, Timeline};
use mailtrail_render::{ChartNumbers, MailboxLinks, ReportInput, Wording, charts, report_pdf};

use crate::made_up::{self, Said, Shape};
use crate::odd::sheets;
use crate::poison::{poison, texts};

fn pdf(timeline: &Timeline, case: &CaseInputs) -> Vec<u8> {
    let charts = charts(timeline, &ChartNumbers::default()).unwrap();
    report_pdf(&ReportInput {
        timeline,
        case,
        charts: &charts,
        wording: Wording::Facts,
        mailbox_links: MailboxLinks::Pages,
        rows: None,
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    })
    .unwrap()
}

fn holds(pdf: &[u8], words: &str) -> bool {
    pdf.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn the_report_prints_as_an_archival_tagged_document_on_few_sheets() {
    let shape = Shape { mailboxes: 16, days: 92, said: Said::Both, classed: true };
    let pdf = pdf(&made_up::timeline(shape), &made_up::case(Said::Both));
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert!(holds(&pdf, "<pdfaid:part>2</pdfaid:part>") && holds(&pdf, "<pdfaid:conformance>A</pdfaid:conformance>"));
    assert!(holds(&pdf, "/Marked true") && holds(&pdf, "/StructTreeRoot") && holds(&pdf, "LiberationSans"));
    assert!((5..=60).contains(&sheets(&pdf)), "{} sheets", sheets(&pdf));
}

#[test]
fn two_runs_print_the_same_bytes() {
    let shape = Shape { mailboxes: 1, days: 3, said: Said::Both, classed: true };
    let print = || pdf(&made_up::timeline(shape), &made_up::case(Said::Both));
    assert!(print() == print());
}

#[test]
fn no_text_of_the_log_keeps_the_report_from_being_printed() {
    // A document a text would take minutes in an unoptimised build: they go together. Those of 4,000 characters are cut on paper.
    let (short, long): (Vec<String>, Vec<String>) = texts().into_iter().partition(|text| text.len() <= 1_000);
    assert_eq!(long.len(), 2);
    for text in short.chunks(32).map(|texts| texts.concat()).chain(long) {
        let shape = Shape { mailboxes: 1, days: 2, said: Said::Nothing, classed: false };
        let (mut timeline, mut case) = (made_up::timeline(shape), made_up::case(Said::Both));
        poison(&mut timeline, &mut case, &text);
        assert!(sheets(&pdf(&timeline, &case)) <= 60, "{text:?}");
    }
}

#[test]
fn a_case_without_anything_prints_too() {
    let timeline = made_up::timeline(Shape { mailboxes: 0, days: 1, said: Said::Nothing, classed: false });
    assert!(sheets(&pdf(&timeline, &CaseInputs::default())) >= 1);
}
