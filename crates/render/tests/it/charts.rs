//! What the charts promise: limits on marks, lanes for every case, the same picture each time, nothing claimed unmarked.

use mailtrail_model::{Attribution, Growth, HourCount, Interval, Timeline, UtcMicros};
use mailtrail_render::{
    Chart, ChartNumbers, HeatmapView, Sight, SwimlanesView, TotalsView, charts, cumulative, heatmap, swimlanes,
};

use crate::made_up::{self, START, Said, Shape};
use crate::markup;

fn case(mailboxes: u32, days: i64, said: Said) -> Timeline {
    made_up::timeline(Shape { mailboxes, days, said, classed: true })
}

fn all(timeline: &Timeline) -> Vec<Chart> {
    charts(timeline, &ChartNumbers::default()).unwrap()
}

#[test]
fn no_chart_carries_more_than_five_thousand_marks() {
    for mailboxes in [0, 1, 12, 200, 260] {
        for chart in all(&case(mailboxes, 92, Said::Both)) {
            let marks = chart.svg.matches("<title>").count();
            assert!(marks <= 5_001, "{} has {marks} at {mailboxes} mailboxes", chart.id);
        }
    }
}

#[test]
fn a_binned_chart_says_so_and_an_unbinned_one_does_not() {
    let many = SwimlanesView::of(&case(200, 92, Said::Both));
    assert!(many.binned_hours.is_some());
    assert!(swimlanes(&many).unwrap().svg.contains("sessions binned to"));
    let few = SwimlanesView::of(&case(16, 92, Said::Both));
    assert_eq!(few.binned_hours, None);
    assert!(!swimlanes(&few).unwrap().svg.contains("binned"));
}

#[test]
fn suspect_sessions_are_the_last_to_be_binned() {
    let view = SwimlanesView::of(&case(200, 92, Said::Both));
    let suspect = view.lanes.iter().flat_map(|lane| &lane.bars).filter(|bar| bar.kind.is_above(view.marking));
    assert!(suspect.clone().count() > 100);
    assert!(suspect.clone().all(|bar| bar.session.is_some()));
}

#[test]
fn every_chart_is_the_same_twice_and_well_formed() {
    for mailboxes in [0, 1, 3, 16, 200] {
        let timeline = case(mailboxes, 92, Said::Both);
        let (first, second) = (all(&timeline), all(&timeline));
        assert_eq!(first, second);
        for chart in first {
            let document = markup::read(&chart.svg).unwrap_or_else(|why| panic!("{}: {why}", chart.id));
            assert!(document.elements.iter().all(|element| element.attribute("style").is_none()), "{}", chart.id);
            assert_eq!(document.elements[0].attribute("role"), Some("img"));
            assert!(chart.table.rows.iter().all(|row| row.len() == chart.table.head.len()), "{}", chart.id);
            assert!(chart.csv.lines().count() >= 1 && chart.csv.ends_with('\n'));
            assert!(!chart.claim.is_empty() && !chart.title.is_empty());
        }
    }
}

#[test]
fn an_unmarked_case_shows_no_suspect_anything() {
    let timeline = case(16, 92, Said::Nothing);
    for chart in all(&timeline).into_iter().filter(|chart| chart.id != "F08") {
        let text = markup::read(&chart.svg).unwrap().text.to_lowercase();
        let said = text.replace("no access is marked as suspect", "");
        assert!(!said.contains("suspect"), "{}: {said}", chart.id);
        let heads: Vec<_> = chart.table.head.iter().map(|head| head.label.to_lowercase()).collect();
        assert!(!heads.join(" ").contains("suspect"), "{}", chart.id);
    }
}

#[test]
fn odd_windows_draw() {
    for (start, end) in [
        (0, 0),
        (0, 1),
        (0, UtcMicros::HOUR),
        (0, 3 * UtcMicros::DAY),
        (7, 40 * UtcMicros::DAY),
        (0, 12_000 * UtcMicros::DAY),
    ] {
        let mut timeline = case(2, 21, Said::Both);
        timeline.window.span = Interval { start: START.plus(start), end: START.plus(end) };
        for chart in all(&timeline) {
            assert!(markup::read(&chart.svg).is_ok(), "{} from {start} to {end}", chart.id);
        }
    }
}

#[test]
fn hourly_counts_are_used_where_they_are_given() {
    let timeline = case(2, 21, Said::Both);
    let hours = [
        HourCount { hour: START.plus(5 * UtcMicros::HOUR), attribution: Attribution::Suspect, records: 41 },
        HourCount { hour: START.plus(6 * UtcMicros::HOUR), attribution: Attribution::Accepted, records: 99 },
    ];
    let view = HeatmapView::of(&timeline, Some(&hours));
    assert_eq!(view.total(), 41, "accepted records are no suspect ones");
    assert!(heatmap(&view).unwrap().claim.contains("suspect access records"));
}

#[test]
fn an_hour_without_any_log_is_told_from_an_hour_with_none() {
    let timeline = case(2, 92, Said::Both);
    let view = HeatmapView::of(&timeline, None);
    // The made-up case has no source at all from noon of day 80 on.
    assert_eq!(view.columns[80][12].sight, Sight::Blind);
    assert_eq!(view.columns[85][12].sight, Sight::Whole);
    let csv = heatmap(&view).unwrap().csv;
    assert!(csv.contains("2024-01-20,1,12,0,suspect sessions active,no-log"));
}

#[test]
fn growth_of_distinct_messages_has_no_sum_over_ways_in() {
    let timeline = case(2, 92, Said::Both);
    let step = |context: &str, day: i64| Growth {
        context: context.to_owned(),
        attribution: if context == "C00000002" { Attribution::Unattributed } else { Attribution::Suspect },
        at: START.plus(day * UtcMicros::DAY),
        new_messages: 10,
    };
    let growth = [step("C00000000", 17), step("C00000001", 36), step("C00000002", 2)];
    let view = mailtrail_render::CumulativeView::of(&timeline, Some(&growth));
    assert_eq!(view.lines.len(), 2, "two suspect pairs, and no line that adds what overlaps");
    assert!(cumulative(&view).unwrap().claim.contains("counts once for each way in"));
}

#[test]
fn classes_that_are_not_computed_are_no_zeroes() {
    let timeline = made_up::timeline(Shape { mailboxes: 2, days: 21, said: Said::Both, classed: false });
    assert!(TotalsView::of(&timeline).is_none());
    assert!(all(&timeline).iter().all(|chart| chart.id != "F08"));
}

#[test]
fn a_context_that_is_suspect_in_part_counts_only_its_suspect_sessions_as_such() {
    let mut timeline = case(2, 92, Said::Both);
    // The owner's own way in, one session of which the examiner marks.
    let session = timeline.sessions.iter_mut().find(|session| session.context == "C00000002").unwrap();
    session.attribution = Attribution::Suspect;
    let (messages, mailbox) = (session.messages, session.mailbox.clone());
    timeline.contexts[2].attribution = Attribution::Suspect;
    let view = mailtrail_render::ReachView::of(&timeline);
    let marked: Vec<_> = view
        .rows
        .iter()
        .filter(|row| row.attribution == Attribution::Suspect && row.second.starts_with("OWA"))
        .collect();
    assert_eq!(marked.len(), 1, "{mailbox}");
    assert_eq!(marked[0].messages.iter().sum::<u64>(), messages);
    assert!(view.rows.iter().any(|row| row.attribution == Attribution::Unattributed && row.second.starts_with("OWA")));
}
