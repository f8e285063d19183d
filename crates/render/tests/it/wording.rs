//! Facts-only pages never weigh, accuse or reassure: docs/METHOD.md, Words.

use mailtrail_model::IssueCode;
use mailtrail_render::{
    ChartNumbers, MailboxLinks, MailboxPages, Preliminary, ReportInput, SheetInput, Summary, Wording, charts, report,
    sheet_notes,
};

use crate::made_up::{self, Said, Shape};
use crate::markup;

/// Words no facts-only page says of its own.
const NEVER: [&str; 26] = [
    "exfiltrated",
    "exfiltration",
    "stolen",
    "theft",
    "attacker",
    "hacker",
    "victim",
    "malicious",
    "unauthorized",
    "unauthorised",
    "breach",
    "compromised",
    "leaked",
    "loss",
    "confirmed",
    "proves",
    "proven",
    "certainly",
    "read",
    "downloaded",
    "copied",
    "ruled out",
    "no evidence",
    "was not accessed",
    "were not accessed",
    "intruder",
];

/// Phrases that hold such a word and may stay: one list, with the reason of each.
const EXEMPT: [&str; 2] = [
    // Of rows that a program could not parse, not of mail.
    "could not be read",
    // Of dates that a spreadsheet turned over, not of mail.
    "re-read in another culture",
];

fn pages(said: Said, classed: bool, wording: Wording) -> Vec<String> {
    let mut timeline = made_up::timeline(Shape { mailboxes: 16, days: 92, said, classed });
    timeline.issues = IssueCode::ALL.iter().map(|code| (*code, 7)).collect();
    let charts = charts(&timeline, &ChartNumbers::default()).unwrap();
    let case = made_up::case(said);
    let input = ReportInput {
        timeline: &timeline,
        case: &case,
        charts: &charts,
        wording,
        mailbox_links: MailboxLinks::Pages,
        rows: None,
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    };
    let mut pages = vec![report(&input).unwrap(), MailboxPages::of(&input).page(1).unwrap().unwrap()];
    pages.extend(charts.iter().map(|chart| format!("<p>{} {}</p>", chart.title, chart.claim)));
    let sheets = SheetInput { timeline: &timeline, case: &case, tool_version: "0.1.0", scratch: ".".as_ref() };
    let notice = Summary::of(&input, Some(Preliminary { next_revision: None })).unwrap().text();
    pages.push(format!("<p>{}</p>", notice.replace('&', "&amp;")));
    pages.push(format!("<p>{}</p>", sheet_notes(&sheets).replace('&', "&amp;")));
    pages
}

/// The words a page says, markup and script left out, in lower case, spaces made one.
fn said(page: &str) -> String {
    let text = markup::read(page).unwrap().text.to_lowercase();
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for phrase in EXEMPT {
        text = text.replace(phrase, "");
    }
    text
}

fn holds(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let edge = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric());
        edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
    })
}

#[test]
fn a_facts_only_page_never_says_what_the_log_cannot_say() {
    for (marked, classed) in [(Said::Both, true), (Said::Both, false), (Said::Nothing, false)] {
        for page in pages(marked, classed, Wording::Facts) {
            let text = said(&page);
            for word in NEVER {
                let at = text
                    .find(word)
                    .map_or("", |at| text[..at].char_indices().rev().nth(60).map_or("", |(from, _)| &text[from..at]));
                assert!(!holds(&text, word), "a page says {word}: …{at}{word}");
            }
        }
    }
}

#[test]
fn the_check_finds_words_and_not_parts_of_words() {
    assert!(holds("he read it", "read"));
    assert!(!holds("already spread, ready", "read"));
}

#[test]
fn the_analyst_may_call_a_burst_by_its_name() {
    let facts = said(&pages(Said::Both, false, Wording::Facts)[0]);
    let analyst = said(&pages(Said::Both, false, Wording::Analyst)[0]);
    assert!(facts.contains("unusual access window") && !facts.contains("exfiltration-like"));
    assert!(analyst.contains("exfiltration-like burst"));
}

#[test]
fn every_sentence_carries_its_basis() {
    for page in pages(Said::Both, true, Wording::Facts).iter().take(2) {
        let statements = page.matches("<ul class=\"statements\">").count();
        assert!(statements > 5);
        assert_eq!(page.matches("<li><p>").count(), page.matches("<span class=\"basis ").count());
    }
}

#[test]
fn the_bottom_line_has_at_most_eight_statements() {
    for (marked, classed) in [(Said::Both, true), (Said::Nothing, false)] {
        let page = &pages(marked, classed, Wording::Facts)[0];
        let bottom = page.split_once("id=\"bottom-line\"").unwrap().1.split_once("</ul>").unwrap().0;
        assert!((4..=8).contains(&bottom.matches("<li>").count()));
    }
}

#[test]
fn the_examiners_notes_are_printed_for_counsel_only() {
    let timeline = made_up::timeline(Shape { mailboxes: 2, days: 21, said: Said::Both, classed: false });
    let page = |profile| {
        let case = mailtrail_model::CaseInputs { profile, ..made_up::case(Said::Both) };
        let input = ReportInput {
            timeline: &timeline,
            case: &case,
            charts: &[],
            wording: Wording::Facts,
            mailbox_links: MailboxLinks::None,
            rows: None,
            exposure_sha256: None,
            revision: None,
            tool_version: "0.1.0",
        };
        report(&input).unwrap()
    };
    let note = "Discuss with outside counsel";
    assert!(page(mailtrail_model::Profile::Counsel).contains(note));
    assert!(!page(mailtrail_model::Profile::Facts).contains(note));
    assert!(!page(mailtrail_model::Profile::Regulator).contains(note));
}
