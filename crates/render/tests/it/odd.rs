//! Cases at the edges of what there can be: nothing, one thing, no name, a name of 4,000 characters, right-to-left texts,
//! millions. The pages still say what they have to say, and hold what they promise.

use std::collections::BTreeMap;

use mailtrail_model::{CaseInputs, ExposureClass, Interval, RowScope, Rows as _, Timeline, UtcMicros};
use mailtrail_render::{
    ChartNumbers, MailboxLinks, MailboxPages, ReportInput, Wording, charts, regulator_annex, report, report_pdf,
};

use crate::made_up::{self, START, Said, Shape};
use crate::markup::{self, Document};
use crate::rows::{Made, codes};
use crate::whole;

/// Every page of a case.
struct Pages {
    report: String,
    index: String,
    annex: String,
    mailboxes: Vec<String>,
}

impl Pages {
    fn of(timeline: &Timeline, case: &CaseInputs, rows: Option<&Made>) -> Self {
        let folders = rows.map(|rows| rows.folders(RowScope::All).unwrap());
        let numbers = ChartNumbers { folders: folders.as_deref(), ..ChartNumbers::default() };
        let charts = charts(timeline, &numbers).unwrap();
        for chart in &charts {
            markup::read(&chart.svg).unwrap_or_else(|why| panic!("{}: {why}", chart.id));
            assert!(chart.svg.matches("<title>").count() <= 5_001, "{}", chart.id);
        }
        let input = ReportInput {
            timeline,
            case,
            charts: &charts,
            wording: Wording::Facts,
            mailbox_links: MailboxLinks::Pages,
            rows: rows.map(|rows| rows as _),
            exposure_sha256: None,
            revision: None,
            tool_version: "0.1.0",
        };
        let pages = MailboxPages::of(&input);
        let made = Self {
            report: report(&input).unwrap(),
            index: pages.index().unwrap(),
            annex: regulator_annex(&input, &codes(&input)).unwrap(),
            mailboxes: (0..pages.len()).map(|place| pages.page(place).unwrap().unwrap()).collect(),
        };
        for page in made.html() {
            readable(page);
        }
        made
    }

    fn html(&self) -> impl Iterator<Item = &String> {
        [&self.report, &self.index, &self.annex].into_iter().chain(&self.mailboxes)
    }
}

/// The report on paper.
fn pdf(timeline: &Timeline, case: &CaseInputs, rows: &Made) -> Vec<u8> {
    let charts = charts(timeline, &ChartNumbers::default()).unwrap();
    report_pdf(&ReportInput {
        timeline,
        case,
        charts: &charts,
        wording: Wording::Facts,
        mailbox_links: MailboxLinks::Pages,
        rows: Some(rows),
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    })
    .unwrap()
}

/// What holds for every page, whatever the case: it is well-formed, every heading and table head has words, and no number is the
/// trace of a division by nothing.
fn readable(page: &str) {
    let document: Document = markup::read(page).unwrap();
    for word in document.text.split_whitespace() {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '-');
        assert!(!["NaN", "inf", "-inf", "18446744073709551615"].contains(&word), "the page says {word:?}");
    }
    assert!(!document.text.contains("Some(") && !document.text.contains("()"));
    for empty in ["<h1></h1>", "<p></p>", "<p>.", "<li></li>", "<th scope=\"col\"></th>"] {
        assert!(!page.contains(empty), "the page has {empty:?}");
    }
    assert!(document.text.contains("UTC"), "times without a zone");
}

/// The text of one section.
fn section(page: &str, id: &str) -> String {
    let open = format!("<section id=\"{id}\"");
    let html =
        page.split_once(&open).unwrap_or_else(|| panic!("no section {id}")).1.split_once("</section>").unwrap().0;
    markup::read(&format!("<section id=\"{id}\"{html}</section>")).unwrap().text
}

fn case_of(mailboxes: u32, days: i64) -> Timeline {
    made_up::timeline(Shape { mailboxes, days, said: Said::Both, classed: true })
}

#[test]
fn a_case_without_a_session_says_so_and_claims_nothing() {
    let mut timeline = case_of(2, 21);
    timeline.sessions.clear();
    timeline.contexts.clear();
    timeline.addresses.clear();
    timeline.sign_ins.clear();
    timeline.messages = 0;
    timeline.coverage.clear();
    timeline.findings = Default::default();
    timeline.exposure = None;
    for mailbox in &mut timeline.mailboxes {
        (mailbox.span, mailbox.suspect_span, mailbox.exposure) = (None, None, None);
        (mailbox.records, mailbox.sessions, mailbox.messages, mailbox.suspect_messages) = (0, 0, 0, 0);
    }
    let pages = Pages::of(&timeline, &CaseInputs::default(), None);
    assert!(section(&pages.report, "timeline").contains("There is no session in the window."));
    let bottom = section(&pages.report, "bottom-line");
    assert!(bottom.contains("Records name 0 distinct messages in 0 of 2 mailboxes"), "{bottom}");
    assert!(bottom.contains("nothing follows from that"), "{bottom}");
    for page in pages.html() {
        let text = markup::read(page).unwrap().text.to_lowercase();
        assert!(!text.contains("no access took place") && !text.contains("no suspicious"), "silence is no finding");
    }
}

#[test]
fn a_case_without_a_mailbox_has_a_report_and_an_index() {
    let pages = Pages::of(&case_of(0, 1), &CaseInputs::default(), None);
    assert!(pages.mailboxes.is_empty());
    assert!(section(&pages.report, "bottom-line").contains("0 of 0 mailboxes"));
}

#[test]
fn a_case_of_one_session_speaks_of_it_in_the_singular() {
    let mut timeline = case_of(1, 21);
    let kept = timeline.sessions.iter().find(|session| session.context == "C00000000").unwrap().clone();
    timeline.contexts.retain(|context| context.id == kept.context);
    timeline.mailboxes[0].sessions = 1;
    timeline.sessions_by_gap = [(60, 1), (120, 1), (240, 1)];
    timeline.sessions = vec![kept.clone()];
    let pages = Pages::of(&timeline, &made_up::case(Said::Both), None);
    let bottom = section(&pages.report, "bottom-line");
    assert!(bottom.contains("1 suspect session ") && bottom.contains("1 way in"), "{bottom}");
    assert!(!bottom.contains("1 suspect sessions") && !bottom.contains("1 ways") && !bottom.contains("1 mailboxes"));
    assert!(section(&pages.report, "timeline").contains("Sessions (1)"));
    assert!(pages.mailboxes[0].contains(&format!("id=\"{}\"", kept.id)), "the mailbox's page has its row");
    assert!(!pages.report.contains("class=\"island\""), "one row needs no data beside it");
}

#[test]
fn a_mailbox_without_a_name_goes_by_its_key() {
    let mut timeline = case_of(2, 21);
    timeline.mailboxes[0].name = String::new();
    timeline.mailboxes[1].name = "   ".to_owned();
    let pages = Pages::of(&timeline, &made_up::case(Said::Both), None);
    for (page, mailbox) in pages.mailboxes.iter().zip(&timeline.mailboxes) {
        let title = page.split_once("<h1>").unwrap().1.split_once("</h1>").unwrap().0;
        assert!(title.contains(mailbox.key.as_str()), "the page is called {title:?}");
        assert!(section(&pages.report, "scope").contains(mailbox.key.as_str()), "the table names it");
    }
    for page in pages.html() {
        assert!(!page.contains("\"></a>"), "a link without words");
    }
}

#[test]
fn a_folder_name_of_4000_characters_takes_neither_the_page_nor_the_paper() {
    let timeline = made_up::timeline(Shape { mailboxes: 1, days: 3, said: Said::Both, classed: true });
    let case = made_up::case(Said::Both);
    let long = ["x".repeat(4_000), "長".repeat(4_000)];
    let print = |text: &str| sheets(&pdf(&timeline, &case, &Made { messages: 120, text: text.to_owned() }));
    let short = print("Inbox");
    for name in &long {
        let pages = Pages::of(&timeline, &case, Some(&Made { messages: 120, text: name.clone() }));
        let cells = section(&pages.report, "messages");
        assert!(cells.contains('…'), "what is cut is marked");
    }
    let sheets = print(&long[1]);
    assert!(sheets <= short + 8, "{sheets} sheets instead of {short}");
}

#[test]
fn right_to_left_and_control_characters_are_shown_and_reorder_nothing() {
    let hostile = "\u{202E}gpj.exe\u{2066}\u{200F}مرحبا\u{0}\u{1B}[31m\u{7F}";
    let mut timeline = whole::with_windows(case_of(2, 21));
    let mut case = made_up::case(Said::Both);
    crate::poison::poison(&mut timeline, &mut case, hostile);
    let pages = Pages::of(&timeline, &case, Some(&Made { messages: 30, text: hostile.to_owned() }));
    for page in pages.html().filter(|page| **page != pages.annex) {
        assert!(page.contains("⟨U+202E⟩gpj.exe⟨U+2066⟩⟨U+200F⟩مرحبا⟨U+0000⟩⟨U+001B⟩[31m⟨U+007F⟩"), "shown by number");
    }
    for page in pages.html() {
        let hidden = |c: char| {
            c.is_control() && c != '\n'
                || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(page.find(hidden), None);
    }
}

#[test]
fn a_million_messages_are_counted_in_groups_of_three_and_the_page_stays_small() {
    let mut timeline = case_of(12, 92);
    let mut classes: BTreeMap<ExposureClass, u64> = BTreeMap::new();
    for mailbox in &mut timeline.mailboxes {
        let totals = mailbox.exposure.as_mut().unwrap();
        for (at, class) in ExposureClass::ALL.into_iter().enumerate() {
            let n = 1_000_000 + 1_000 * at as u64;
            totals.by_class.insert(class, n);
            *classes.entry(class).or_default() += n;
        }
        (mailbox.messages, mailbox.suspect_messages, mailbox.records, mailbox.items) =
            (9_036_000, 1_000_000, 31_000_000, u64::MAX / 64);
    }
    timeline.exposure.as_mut().unwrap().by_class = classes;
    timeline.messages = 108_432_000;
    for session in &mut timeline.sessions {
        (session.messages, session.bytes) = (session.messages * 10_000, Some(u64::MAX / 1_000_000));
    }
    let rows = Made {
        messages: 100_000,
        text: "AM0PR07MB66828EE307A1A2AD8F0137E44A5B@eurprd04.prod.outlook.example".to_owned(),
    };
    let pages = Pages::of(&timeline, &made_up::case(Said::Both), Some(&rows));
    let bottom = section(&pages.report, "bottom-line");
    assert!(bottom.contains("12,000,000") && bottom.contains("12,012,000"), "{bottom}");
    assert!(!bottom.contains("12000000") && !bottom.contains("1e7"), "{bottom}");
    assert!(section(&pages.report, "messages").contains("Messages (108,432,000)"));
    assert!(pages.report.len() < 25_000_000, "{} bytes", pages.report.len());
    let sheets = sheets(&pdf(&timeline, &made_up::case(Said::Both), &rows));
    assert!((5..=60).contains(&sheets), "{sheets} sheets for 100,000 rows");
}

#[test]
fn a_report_of_many_sessions_carries_few_bytes_a_session() {
    let bytes = |mailboxes: u32| {
        let timeline = case_of(mailboxes, 92);
        let charts = charts(&timeline, &ChartNumbers::default()).unwrap();
        let page = report(&ReportInput {
            timeline: &timeline,
            case: &made_up::case(Said::Both),
            charts: &charts,
            wording: Wording::Facts,
            mailbox_links: MailboxLinks::Pages,
            rows: None,
            exposure_sha256: None,
            revision: None,
            tool_version: "0.1.0",
        })
        .unwrap();
        assert!(charts.iter().all(|chart| chart.svg.matches("<title>").count() <= 5_001));
        (island(&page, "sessions").len(), timeline.sessions.len(), page.len())
    };
    let (few, many) = (bytes(60), bytes(120));
    let a_session = (many.0 - few.0) as f64 / (many.1 - few.1) as f64;
    // 200,000 sessions of 60 bytes are 12 MB; what a mailbox adds beside them, a thousand times, is another 9 MB at most.
    assert!(a_session < 60.0, "{a_session:.1} bytes a session");
    let a_mailbox = ((many.2 - many.0) as f64 - (few.2 - few.0) as f64) / 60.0;
    assert!(a_mailbox < 9_000.0, "{a_mailbox:.0} bytes a mailbox");
}

#[test]
fn data_that_would_make_the_page_too_large_are_left_out_and_the_page_says_so() {
    let mut timeline = case_of(12, 92);
    let (one, many) = (timeline.sessions[0].clone(), 320_000);
    timeline.sessions = (1..=many)
        .map(|n: i64| mailtrail_model::AccessSession {
            id: format!("V{n:06}"),
            span: Interval { start: START.plus(n * UtcMicros::SECOND), end: START.plus((n + 999) * UtcMicros::SECOND) },
            ..one.clone()
        })
        .collect();
    let input = ReportInput {
        timeline: &timeline,
        case: &made_up::case(Said::Both),
        charts: &[],
        wording: Wording::Facts,
        mailbox_links: MailboxLinks::None,
        rows: None,
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    };
    let page = report(&input).unwrap();
    let carried = island(&page, "sessions").lines().count() - 2;
    assert!(carried < 320_000, "all are carried: {} bytes", page.len());
    assert!(page.len() < 25_000_000, "{} bytes", page.len());
    let grouped = format!("{},{:03}", carried / 1_000, carried % 1_000);
    assert!(section(&page, "timeline").contains(&format!("the first {grouped} of 320,000")), "{grouped}");
}

fn island<'p>(page: &'p str, table: &str) -> &'p str {
    page.split_once(&format!("class=\"island\" data-for=\"{table}\">")).unwrap().1.split_once("</script>").unwrap().0
}

pub(crate) fn sheets(pdf: &[u8]) -> usize {
    pdf.windows(11).filter(|window| window == b"/Type /Page" || window.starts_with(b"/Type/Page/")).count()
}
