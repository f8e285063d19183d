//! Rows of the large tables as pages show them: strongest first, bounded, and nothing of the log gets out of its element.

use std::collections::BTreeMap;

use mailtrail_model::{
    Attribution, ExposureClass, ExposureTotals, FolderCount, Growth, HourCount, MailboxKey, MessageRow, Reason,
    RowScope, Rows, RowsError, UtcMicros,
};
use mailtrail_render::{
    Batch, ChartNumbers, MailboxLinks, MailboxPages, Pseudonyms, ReportInput, Wording, charts, regulator_annex,
    regulator_csv, report,
};

use crate::made_up::{self, START, Said, Shape};

const SMALL: Shape = Shape { mailboxes: 12, days: 21, said: Said::Both, classed: true };

/// Tables of so many messages, all with one text.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) messages: usize,
    pub(crate) text: String,
}

impl Rows for Made {
    fn messages(&self, scope: RowScope<'_>, limit: usize) -> Result<Vec<MessageRow>, RowsError> {
        let some = || Some(self.text.clone());
        let row = |n: usize| MessageRow {
            mailbox: MailboxKey(format!("9a1f/{:04}", n % 12).into()),
            internet_message_id: Some(format!("<{n}.{}>", self.text)),
            class: if n < 3 { ExposureClass::A } else { ExposureClass::CFar },
            reasons: if n < 3 { Vec::new() } else { vec![Reason::Thr, Reason::Pth] },
            listed: true,
            received: Some(START),
            accesses: 2,
            first_access: Some(START),
            last_access: Some(START.plus(UtcMicros::HOUR)),
            first_suspect: (n < 3).then_some(START),
            last_suspect: (n < 3).then_some(START),
            first_folder: some(),
            last_folder: Some("\\Inbox".to_owned()),
            contexts: vec!["C00000000".to_owned()],
            subject: some(),
            sender: some(),
            privilege_candidate: None,
        };
        Ok((0..self.messages).map(row).filter(|row| scope.holds(row.mailbox.as_str())).take(limit).collect())
    }

    fn folders(&self, _: RowScope<'_>) -> Result<Vec<FolderCount>, RowsError> {
        let count = |n: u64| FolderCount {
            folder: (n > 0).then(|| format!("{}{n}", self.text)),
            totals: ExposureTotals {
                by_class: [(ExposureClass::A, n), (ExposureClass::D0, 40)].into(),
                ..Default::default()
            },
        };
        Ok((0..300).map(count).collect())
    }

    fn hours(&self, _: RowScope<'_>) -> Result<Vec<HourCount>, RowsError> {
        Ok(vec![HourCount { hour: START, attribution: Attribution::Suspect, records: 7 }])
    }

    fn growth(&self, _: RowScope<'_>) -> Result<Vec<Growth>, RowsError> {
        let step =
            Growth { context: "C00000000".to_owned(), attribution: Attribution::Suspect, at: START, new_messages: 3 };
        Ok(vec![step])
    }
}

fn with<T>(rows: &Made, made: impl FnOnce(&ReportInput<'_>) -> T) -> T {
    let timeline = made_up::timeline(SMALL);
    let case = made_up::case(SMALL.said);
    let (hours, growth) = (rows.hours(RowScope::All).unwrap(), rows.growth(RowScope::All).unwrap());
    let folders = rows.folders(RowScope::All).unwrap();
    let numbers =
        ChartNumbers { hours: Some(&hours), growth: Some(&growth), folders: Some(&folders), ..ChartNumbers::default() };
    let charts = charts(&timeline, &numbers).unwrap();
    made(&ReportInput {
        timeline: &timeline,
        case: &case,
        charts: &charts,
        wording: Wording::Facts,
        mailbox_links: MailboxLinks::None,
        rows: Some(rows),
        exposure_sha256: Some("abc123"),
        revision: None,
        tool_version: "0.1.0",
    })
}

#[test]
fn the_page_lists_messages_and_says_what_it_leaves_out() {
    let page = with(&Made { messages: 300, text: "plain".to_owned() }, |input| report(input).unwrap());
    let table = page.split_once("id=\"message-list\"").unwrap().1.split_once("</table>").unwrap().0;
    assert_eq!(table.matches("<tr").count(), 101, "a head and the first 100");
    assert!(page.contains("data-for=\"message-list\""), "all of them are data for the script");
    assert!(page.contains("sha256 abc123") && page.contains("tables/exposure.csv"), "the full list is named");
    assert!(page.contains("data-pick=\"Class=A\""), "a total leads to its rows");
    let short = with(&Made { messages: 3, text: "plain".to_owned() }, |input| report(input).unwrap());
    assert!(!short.contains("data-for=\"message-list\""), "a short list needs no script");
}

#[test]
fn a_page_of_a_hundred_thousand_messages_stays_small() {
    let rows = Made { messages: 100_000, text: "a.message.id.of.the.usual.length@mail.contoso.example".to_owned() };
    let page = with(&rows, |input| report(input).unwrap());
    assert!(page.len() < 16_000_000, "{} bytes", page.len());
}

#[test]
fn hostile_rows_stay_inside_their_elements() {
    for text in ["</script><script>alert(1)</script>", "\u{202E}\u{0}<img src=x onerror=alert(1)>", "\"><b>", "{{7*7}}"]
    {
        for messages in [3, 300] {
            let page = with(&Made { messages, text: text.to_owned() }, |input| report(input).unwrap());
            let document = crate::markup::read(&page).unwrap();
            assert!(
                document.elements.iter().all(|element| element.name != "img" && element.attribute("onerror").is_none())
            );
            assert_eq!(page.matches("<script").count(), 1 + page.matches("class=\"island\"").count());
            assert!(!page.contains('\u{202E}') && !page.contains('\u{0}'));
        }
    }
    let long = with(&Made { messages: 3, text: "長".repeat(4_000) }, |input| report(input).unwrap());
    assert!(long.contains('…'), "a folder's name of any length is cut in its cell");
}

#[test]
fn folders_are_drawn_within_the_limits_of_a_picture() {
    with(&Made { messages: 1, text: "\\Folder ".to_owned() }, |input| {
        let chart = input.charts.iter().find(|chart| chart.id == "F07").unwrap();
        assert!(chart.svg.matches("<rect").count() < 5_000);
        assert!(chart.svg.contains("277 other folders"), "{}", chart.claim);
        assert_eq!(chart.csv.lines().count(), 1 + 300 * 9);
        crate::markup::read(&chart.svg).unwrap();
    });
}

pub(crate) fn codes(input: &ReportInput<'_>) -> Pseudonyms {
    (0..).zip(&input.timeline.mailboxes).map(|(n, one)| (one.key.clone(), format!("M-{n:012x}"))).collect()
}

#[test]
fn the_annex_has_the_reports_numbers_and_no_name() {
    with(&Made { messages: 3, text: "plain".to_owned() }, |input| {
        let codes = codes(input);
        let (annex, csv) = (regulator_annex(input, &codes).unwrap(), regulator_csv(input, &codes));
        let full = report(input).unwrap();
        let totals = input.timeline.exposure.clone().unwrap().by_class;
        for (class, n) in totals.iter().filter(|(_, n)| **n >= 5) {
            let shown = made_up_thousands(*n);
            assert!(annex.contains(&format!(">{shown}</td>")), "{class:?} {shown}");
            assert!(full.contains(&shown), "{class:?} {shown}");
        }
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        for line in csv.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let mailbox = input.timeline.mailboxes.iter().find(|one| codes[&one.key] == cells[0]).unwrap();
            let class = ExposureClass::parse(cells[3]).unwrap();
            let n = mailbox.exposure.as_ref().unwrap().by_class.get(&class).copied().unwrap_or(0);
            match cells[4] {
                "under 5" => assert!((1..5).contains(&n)),
                "withheld" => assert!(n >= 5),
                shown => assert_eq!(shown.parse::<u64>().unwrap(), n, "{line}"),
            }
            assert!(cells[1].ends_with(":00") && cells[2].ends_with(":00"), "hours only: {line}");
            *sums.entry(cells[0]).or_default() += n;
        }
        for text in [&annex, &csv] {
            for mailbox in &input.timeline.mailboxes {
                assert!(!text.contains(&mailbox.name) && !text.contains(mailbox.key.as_str()), "{}", mailbox.name);
            }
            for context in &input.timeline.contexts {
                assert!(!text.contains(&context.id), "{}", context.id);
            }
            assert!(!text.contains("203.0.113.") && !text.contains("Privileged") && !text.contains("contoso"));
        }
    });
}

fn made_up_thousands(n: u64) -> String {
    let digits = n.to_string();
    let grouped: Vec<String> =
        digits.as_bytes().rchunks(3).rev().map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    grouped.join(",")
}

#[test]
fn a_department_has_one_page_with_the_sums_of_its_mailboxes() {
    with(&Made { messages: 30, text: "plain".to_owned() }, |input| {
        let pages = MailboxPages::by(input, Batch::Department);
        assert_eq!(pages.len(), 4, "three departments and those without one");
        let all: Vec<String> = (0..pages.len()).map(|place| pages.page(place).unwrap().unwrap()).collect();
        for mailbox in &input.timeline.mailboxes {
            assert_eq!(all.iter().filter(|page| page.contains(&format!("id=\"{}\"", mailbox.id))).count(), 1);
        }
        let index = pages.index().unwrap();
        assert!((0..pages.len()).all(|place| index.contains(&pages.file_name(place).unwrap())));
    });
}
