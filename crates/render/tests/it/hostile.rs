//! Texts of the log are the intruder's to choose. Whatever they are: the pages and pictures stay well-formed, nothing runs,
//! nothing is asked for, nothing is hidden.

use mailtrail_model::{CaseInputs, Timeline};
use mailtrail_render::{Chart, ChartNumbers, MailboxLinks, MailboxPages, ReportInput, Wording, charts, report};
use proptest::prelude::*;

use crate::made_up::{self, Said, Shape};
use crate::markup;

/// Markup, scripts, spreadsheets, templates, paths, bidi, controls, lengths: one a line of attack.
pub(crate) fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "\"><script>alert(1)</script>",
        "' onmouseover='alert(1)",
        "\" onmouseover=\"alert(1)",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//evil.example/x",
        "https://evil.example/?q=",
        "<iframe src=//evil.example>",
        "<base href=//evil.example/>",
        "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<link rel=stylesheet href=//e>",
        "<a href=javascript:alert(1)>x</a>",
        "<form action=//evil.example><input>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
        "&lt;b&gt;",
        "&amp;",
        "&",
        "&#x3c;script&#x3e;",
        "{{ 7*7 }}",
        "{% include \"x\" %}",
        "{# x #}",
        "${7*7}",
        "<%= 7*7 %>",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "../../etc/passwd",
        "C:\\Windows\\x",
        "\\\\evil\\share",
        "CON",
        "nul.html",
        "a\u{202E}gnp.exe",
        "a\u{2066}b\u{2069}",
        "\u{200B}\u{200C}\u{200D}",
        "\u{FEFF}",
        "\u{0}",
        "\u{1}\u{8}\u{1B}[31m",
        "\u{7F}\u{85}\u{9F}",
        "a\r\nb",
        "\u{2028}\u{2029}",
        "\u{FFFE}\u{FFFF}",
        "\u{E0041}\u{E0042}",
        "\u{0300}\u{0301}\u{0302}",
        "مرحبا",
        "日本語メール",
        "Größe",
        "🕵️‍♀️",
        "",
        " ",
    ]
    .map(str::to_owned)
    .into();
    texts.push("x".repeat(4_000));
    texts.push("長".repeat(4_000));
    texts
}

/// The text in every field that a log, a file name or an examiner's file can fill.
fn poison(timeline: &mut Timeline, case: &mut CaseInputs, text: &str) {
    let own = || text.to_owned();
    timeline.case_id = Some(own());
    for source in &mut timeline.sources {
        source.name = own();
        source.refused = source.refused.as_ref().map(|_| own());
        for finding in &mut source.completeness.findings {
            finding.evidence = own();
            finding.ask = Some(own());
        }
    }
    timeline.ledger.sources.iter_mut().for_each(|row| row.name = own());
    for mailbox in &mut timeline.mailboxes {
        mailbox.name = own();
        mailbox.department = Some(own());
    }
    for context in &mut timeline.contexts {
        for field in [
            &mut context.user_id,
            &mut context.user_type,
            &mut context.logon_type,
            &mut context.app_id,
            &mut context.client_app_id,
            &mut context.effective_app,
            &mut context.device_id,
        ] {
            *field = Some(own());
        }
        context.client_family = own();
    }
    for session in &mut timeline.sessions {
        session.token_session = Some(own());
        session.addresses = vec![own(), own()];
        session.address_count = 2;
    }
    for draft in &mut timeline.findings.drafts {
        draft.what = own();
        draft.why = own();
    }
    timeline.findings.fetch_next.iter_mut().for_each(|next| next.what = own());
    timeline.findings.departments = vec![(Some(own()), Default::default())];
    case.legend = Some(own());
    case.zone = Some(own());
    case.policy.chosen_by = Some(own());
    for entry in &mut case.attribution {
        (entry.id, entry.fact) = (own(), own());
        (entry.note, entry.by, entry.alternatives) = (Some(own()), Some(own()), Some(own()));
    }
}

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
