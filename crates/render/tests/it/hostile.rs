//! Texts of the log are the intruder's to choose. Whatever they are: the pages and pictures stay well-formed, nothing runs,
//! nothing is asked for, nothing is hidden.

use mailtrail_render::{Chart, ChartNumbers, MailboxLinks, MailboxPages, ReportInput, Wording, charts, report};
use proptest::prelude::*;

use crate::made_up::{self, Said, Shape};
use crate::markup;
use crate::poison::{poison, texts};

/// Every page and every picture of a case whose texts are all this one.
fn everything(shape: Shape, text: &str) -> (Vec<String>, Vec<Chart>) {
    let mut timeline = made_up::timeline(shape);
    let mut case = made_up::case(shape.said);
    poison(&mut timeline, &mut case, text);
    let charts = charts(&timeline, &ChartNumbers::default()).unwrap();
    let input = ReportInput {
        timeline: &timeline,
        case: &case,
        charts: &charts,
        wording: Wording::Facts,
        mailbox_links: MailboxLinks::Pages,
        rows: None,
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    };
    let pages = MailboxPages::of(&input);
    let made = vec![report(&input).unwrap(), pages.index().unwrap(), pages.page(0).unwrap().unwrap()];
    for place in 0..pages.len() {
        let name = pages.file_name(place).unwrap();
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.')),
            "{name}"
        );
    }
    (made, charts)
}

const ELEMENTS: [&str; 58] = [
    "!doctype",
    "a",
    "b",
    "body",
    "button",
    "caption",
    "circle",
    "dd",
    "defs",
    "desc",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "g",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "rect",
    "script",
    "section",
    "small",
    "span",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "html",
    "p",
    "p",
    "p",
    "p",
    "p",
    "p",
];

fn check(markup: &str, text: &str) {
    let document = markup::read(markup).unwrap_or_else(|why| panic!("{text:?}: {why}"));
    for element in &document.elements {
        assert!(ELEMENTS.contains(&element.name.as_str()), "{text:?} made an element {}", element.name);
        for (name, value) in &element.attributes {
            assert!(!name.starts_with("on") && name != "style" && name != "src", "{text:?} made an attribute {name}");
            if name == "href" {
                let known = value.starts_with('#')
                    || ["../report.html", "index.html"].contains(&value.as_str())
                    || (value.starts_with("mailboxes/") || value.as_bytes()[0].is_ascii_digit())
                        && value.ends_with(".html");
                assert!(known && !value.contains(':'), "{text:?} made a link to {value}");
            }
        }
    }
    let hidden = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}'..='\u{200F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}');
    assert!(!markup.contains(hidden), "{text:?} hides something");
}

#[test]
fn no_text_of_the_log_leaves_its_element() {
    let shape = Shape { mailboxes: 1, days: 18, said: Said::Both, classed: true };
    let (clean, _) = everything(shape, "plain");
    let scripts = |page: &str| page.matches("<script").count();
    assert!(texts().len() >= 64);
    for text in texts() {
        let (pages, charts) = everything(shape, &text);
        for (page, clean) in pages.iter().zip(&clean) {
            check(page, &text);
            assert_eq!(scripts(page), scripts(clean), "{text:?}");
        }
        for chart in charts {
            check(&chart.svg, &text);
        }
    }
}

#[test]
fn no_text_of_the_log_closes_the_data_island() {
    let shape = Shape { mailboxes: 16, days: 92, said: Said::Both, classed: false };
    for text in ["</script><script>alert(1)</script>", "\u{2028}\u{2029}\u{202E}", "\"]}", "\\\"", "\\"] {
        let (pages, _) = everything(shape, text);
        check(&pages[0], text);
        let island = pages[0]
            .split_once("class=\"island\" data-for=\"sessions\">")
            .unwrap()
            .1
            .split_once("</script>")
            .unwrap()
            .0;
        assert!(!island.contains(['<', '>', '&']), "{text:?}");
        assert_eq!(island.matches('\n').count(), 1_151, "one line a session, after the head and before the foot");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_well_formed_pages_and_pictures(text in "\\PC{0,40}|[\\x00-\\x7F]{0,40}|.{0,200}") {
        let (pages, charts) = everything(Shape { mailboxes: 1, days: 18, said: Said::Both, classed: true }, &text);
        pages.iter().for_each(|page| check(page, &text));
        charts.iter().for_each(|chart| check(&chart.svg, &text));
    }
}
