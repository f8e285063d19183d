//! One snapshot a chart and a section: a changed picture or sentence is seen in review.

use mailtrail_model::{RowScope, Rows as _};
use mailtrail_render::{
    ChartNumbers, MailboxLinks, MailboxPages, ReportInput, Wording, charts, regulator_annex, regulator_csv, report,
};

use crate::made_up::{self, Said, Shape};
use crate::rows::{Made, codes};
use crate::whole;

const SMALL: Shape = Shape { mailboxes: 2, days: 21, said: Said::Both, classed: true };

fn with_input<T>(shape: Shape, made: impl FnOnce(&ReportInput<'_>) -> T) -> T {
    let timeline = made_up::timeline(shape);
    let case = made_up::case(shape.said);
    let charts = charts(&timeline, &ChartNumbers::default()).unwrap();
    made(&ReportInput {
        timeline: &timeline,
        case: &case,
        charts: &charts,
        wording: Wording::Facts,
        mailbox_links: MailboxLinks::Pages,
        rows: None,
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    })
}

/// The page's sections by id; pictures are left out, they have snapshots of their own.
fn sections(page: &str) -> Vec<(String, String)> {
    let mut page = page.to_owned();
    while let (Some(from), Some(to)) = (page.find("<svg"), page.find("</svg>")) {
        page.replace_range(from..to + "</svg>".len(), "[picture]");
    }
    let mut out =
        vec![("cover".to_owned(), page.split_once("<header").unwrap().1.split_once("</header>").unwrap().0.to_owned())];
    for section in page.split("<section id=\"").skip(1) {
        let (id, rest) = section.split_once('"').unwrap();
        out.push((id.to_owned(), rest.split_once("</section>").unwrap().0.to_owned()));
    }
    out
}

#[test]
fn charts_are_as_they_were() {
    with_input(SMALL, |input| {
        for chart in input.charts {
            insta::assert_snapshot!(format!("{}.svg", chart.file_stem()), &chart.svg);
            insta::assert_snapshot!(format!("{}.csv", chart.file_stem()), &chart.csv);
        }
    });
}

/// A case with everything a report can show: windows, rows of messages, folders, an earlier report.
fn with_everything<T>(made: impl FnOnce(&ReportInput<'_>) -> T) -> T {
    let timeline = whole::with_windows(made_up::timeline(SMALL));
    let (case, revision) = (made_up::case(SMALL.said), whole::revision());
    let rows = Made { messages: 6, text: "\\Inbox\\Größe & 日本".to_owned() };
    let (hours, growth) = (rows.hours(RowScope::All).unwrap(), rows.growth(RowScope::All).unwrap());
    let folders: Vec<_> = rows.folders(RowScope::All).unwrap().into_iter().take(30).collect();
    let numbers =
        ChartNumbers { hours: Some(&hours), growth: Some(&growth), folders: Some(&folders), revision: Some(&revision) };
    let charts = charts(&timeline, &numbers).unwrap();
    made(&ReportInput {
        timeline: &timeline,
        case: &case,
        charts: &charts,
        wording: Wording::Facts,
        mailbox_links: MailboxLinks::Pages,
        rows: Some(&rows),
        exposure_sha256: Some("abc123"),
        revision: Some(&revision),
        tool_version: "0.1.0",
    })
}

#[test]
fn charts_of_a_case_with_everything_are_as_they_were() {
    with_everything(|input| {
        let ids: Vec<&str> = input.charts.iter().map(|chart| chart.id).collect();
        assert_eq!(
            ids,
            ["F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09"],
            "every chart has a picture here"
        );
        for chart in input.charts.iter().filter(|chart| matches!(chart.id, "F04" | "F07" | "F09")) {
            insta::assert_snapshot!(format!("{}.svg", chart.file_stem()), &chart.svg);
            insta::assert_snapshot!(format!("{}.csv", chart.file_stem()), &chart.csv);
        }
    });
}

#[test]
fn sections_of_a_case_with_everything_are_as_they_were() {
    let page = with_everything(|input| report(input).unwrap());
    let sections = sections(&page);
    assert_eq!(sections.len(), 16, "the cover and 15 sections: what changed is among them");
    for (id, section) in sections.into_iter().filter(|(id, _)| matches!(id.as_str(), "messages" | "bursts" | "changes"))
    {
        insta::assert_snapshot!(format!("everything.{id}"), section);
    }
}

#[test]
fn the_regulators_annex_is_as_it_was() {
    with_everything(|input| {
        let page = regulator_annex(input, &codes(input)).unwrap();
        for (id, section) in sections(&page) {
            insta::assert_snapshot!(format!("annex.{id}"), section);
        }
        insta::assert_snapshot!("annex.csv", regulator_csv(input, &codes(input)));
    });
}

#[test]
fn the_page_of_a_mailbox_and_the_index_are_as_they_were() {
    let (page, index) = with_everything(|input| {
        let pages = MailboxPages::of(input);
        (pages.page(0).unwrap().unwrap(), pages.index().unwrap())
    });
    for (id, section) in
        sections(&page).into_iter().filter(|(id, _)| matches!(id.as_str(), "cover" | "bottom-line" | "scope"))
    {
        insta::assert_snapshot!(format!("mailbox.{id}"), section);
    }
    for (id, section) in sections(&index).into_iter().filter(|(id, _)| id != "cover") {
        insta::assert_snapshot!(format!("index.{id}"), section);
    }
}

#[test]
fn sections_are_as_they_were() {
    let page = with_input(SMALL, |input| report(input).unwrap());
    let sections = sections(&page);
    assert_eq!(sections.len(), 15);
    for (id, section) in sections {
        insta::assert_snapshot!(format!("report.{id}"), section);
    }
}

#[test]
fn an_unmarked_case_has_its_own_bottom_line() {
    let page = with_input(Shape { said: Said::Nothing, classed: false, ..SMALL }, |input| report(input).unwrap());
    let bottom = sections(&page).into_iter().find(|(id, _)| id == "bottom-line").unwrap().1;
    insta::assert_snapshot!("unmarked.bottom-line", bottom);
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    let once = || {
        with_input(Shape { mailboxes: 16, days: 92, ..SMALL }, |input| {
            let pages = MailboxPages::of(input);
            (report(input).unwrap(), pages.index().unwrap(), pages.page(3).unwrap())
        })
    };
    assert_eq!(once(), once());
}

#[test]
fn ids_on_a_page_are_unique_and_links_lead_somewhere() {
    let pages = with_input(Shape { mailboxes: 16, days: 92, ..SMALL }, |input| {
        let pages = MailboxPages::of(input);
        [
            report(input).unwrap(),
            pages.index().unwrap(),
            pages.page(3).unwrap().unwrap(),
            pages.page(14).unwrap().unwrap(),
        ]
    });
    for page in pages {
        let document = crate::markup::read(&page).unwrap();
        let mut ids: Vec<&str> = document.elements.iter().filter_map(|element| element.attribute("id")).collect();
        ids.sort_unstable();
        let repeated: Vec<_> = ids.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(repeated.is_empty(), "{repeated:?}");
        for link in document.elements.iter().filter_map(|element| element.attribute("href")) {
            if let Some(id) = link.strip_prefix('#') {
                assert!(ids.binary_search(&id).is_ok(), "{link} leads nowhere");
            }
        }
    }
}

#[test]
fn the_page_of_an_unmarked_mailbox_says_that_others_are_marked() {
    let page =
        with_input(Shape { mailboxes: 16, days: 92, ..SMALL }, |input| MailboxPages::of(input).page(14).unwrap());
    let page = page.unwrap();
    assert!(
        page.contains("No access to this mailbox is marked as suspect; in the case, accesses to 12 mailboxes are.")
    );
    assert!(!page.contains("charts/F0"), "a mailbox's pictures have no files of their own");
}
