//! Each rule by a small world whose numbers can be counted by hand; what must not change by properties.

use std::sync::Arc;

use mailtrail_model::{
    AccessMatcher, Attribution, AttributionEntry, BaselineBasis, Burst, BurstRule, CaseInputs, CoverageState,
    InputPlace, ListingBuilder, ListingKind, ListingRow, MailAccessType, Marking, Outcome, PlaceUnit, PublishedRule,
    RateBasis, Rules, ThrottleState, Tier, UtcMicros,
};
use proptest::prelude::*;

use super::*;
use crate::{
    attribution::{Entries, judge_all, mark_provisionally},
    coverage::{Changes, Covered},
    exposure::{Listed, World},
    spans::span,
    tenant_facts::Parts,
    world::{DAY, HOUR, Row, bind, world_of},
};

const DAYS: i64 = 60;

/// The summary of rows in a log that saw everything in `covered`.
fn tenant_in(rows: &[Row], case: &CaseInputs, covered: &[Interval]) -> TenantFacts {
    let (facts, items) = world_of(rows, case);
    let facts = Arc::new(facts);
    let roster = vec![None; facts.mailboxes.len()];
    let listed = Listed::new(&facts, case, &roster);
    let window = span(0, covered.last().map_or(0, |one| one.end.0));
    let changes = Changes::of(&[], &facts, window.end);
    let world = World {
        facts: &facts,
        items: &items,
        listed: &listed,
        case,
        roster: &roster,
        changes: &changes,
        sources: &[],
        window,
    };
    let seen: Vec<_> = covered.iter().map(|one| (*one, CoverageState::Observed)).collect();
    let all = vec![Covered { by_logon: [seen.clone(), seen.clone(), seen] }; facts.mailboxes.len()];
    let attribution = judge_all(&facts, &Entries::new(&facts, case));
    TenantFacts::of(&facts, &Parts { world: &world, attribution: &attribution, covered: &all })
}

fn tenant(rows: &[Row], case: &CaseInputs) -> TenantFacts {
    tenant_in(rows, case, &[span(0, DAYS * DAY)])
}

fn found(rows: &[Row], case: &CaseInputs) -> Vec<Burst> {
    bursts(&tenant(rows, case), &case.rules)
}

/// What our own rules say: tier 3 left out.
fn ours(rows: &[Row], case: &CaseInputs) -> Vec<Burst> {
    found(rows, case).into_iter().filter(|burst| burst.tier != Tier::Three).collect()
}

/// An owner's browser: `9 + day % 5` new messages each day, from 9 o'clock on, four a record.
fn owner(mailbox: &str, days: std::ops::Range<i64>) -> Vec<Row> {
    days.flat_map(|day| {
        let n = 9 + day % 5;
        let ids: Vec<String> = (0..n).map(|at| format!("{mailbox}-{day}-{at}@x")).collect();
        let records: Vec<Row> = (0i64..)
            .zip(ids.chunks(4))
            .map(|(at, ids)| {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                bind(mailbox, day * DAY + (9 + at) * HOUR).naming(&ids)
            })
            .collect();
        records
    })
    .collect()
}

/// `n` messages by an application in the owner's name, ten a record, a record every `step`.
fn app(mailbox: &str, id: &str, start: i64, n: usize, step: i64) -> Vec<Row> {
    let ids: Vec<String> = (0..n).map(|at| format!("{mailbox}-{id}-{start}-{at}@x")).collect();
    (0i64..)
        .zip(ids.chunks(10))
        .map(|(at, ids)| {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut row = bind(mailbox, start + at * step).naming(&ids);
            row.key[3] = id.to_owned();
            row.key[4] = id.to_owned();
            row.key[5] = id.to_owned();
            row.key[6] = "Client=REST;;".to_owned();
            row
        })
        .collect()
}

fn with(mut rows: Vec<Row>, more: Vec<Row>) -> Vec<Row> {
    rows.extend(more);
    rows
}

/// A take of `n` messages in the owner's own browser.
fn own_take(mailbox: &str, start: i64, n: usize) -> Vec<Row> {
    let mut rows = app(mailbox, "take", start, n, 10 * UtcMicros::MINUTE);
    rows.iter_mut().for_each(|row| row.key = bind(mailbox, 0).key);
    rows
}

fn entry(marking: Marking, matcher: AccessMatcher) -> AttributionEntry {
    AttributionEntry {
        id: "e".to_owned(),
        place: InputPlace { file: "attribution.toml".into(), at: PlaceUnit::Line(1) },
        marking,
        matcher,
        fact: "fact".to_owned(),
        note: None,
        by: None,
        date: None,
        alternatives: None,
    }
}

fn marked(marking: Marking, app: &str) -> CaseInputs {
    let matcher = AccessMatcher { apps: vec![app.to_owned()], ..AccessMatcher::default() };
    CaseInputs { attribution: vec![entry(marking, matcher)], attribution_given: true, ..CaseInputs::default() }
}

fn clean(days: i64) -> CaseInputs {
    let place = InputPlace { file: "case.toml".into(), at: PlaceUnit::Whole };
    let baseline = mailtrail_model::Baseline { span: span(0, days * DAY), basis: None, place };
    CaseInputs { baseline: Some(baseline), ..CaseInputs::default() }
}

fn outcome(burst: &Burst, rule: BurstRule) -> Outcome {
    burst.finding(rule).unwrap().outcome
}

#[test]
fn an_ordinary_mailbox_has_no_burst() {
    assert_eq!(ours(&owner("a", 0..DAYS), &CaseInputs::default()), []);
}

#[test]
fn a_day_far_above_the_mailboxs_own_days_is_a_burst_in_the_owners_own_way_in() {
    let rows = with(owner("a", 0..DAYS), own_take("a", 40 * DAY + 10 * HOUR, 400));
    let all = ours(&rows, &CaseInputs::default());
    let [burst] = &all[..] else { panic!("{all:?}") };
    assert_eq!((burst.tier, burst.window_hours), (Tier::Two, Some(6)), "40 records, ten minutes apart");
    assert!(burst.fired(BurstRule::R1) && !burst.fired(BurstRule::R2));
    assert!(burst.messages >= 400 && burst.messages < 430, "{}", burst.messages);
    assert_eq!(burst.rank.unwrap().place, 1);
    assert!(burst.span.start.0 >= 40 * DAY && burst.span.end.0 <= 42 * DAY, "{:?}", burst.span);
    assert!(burst.tail_log10.unwrap() < -6.0);
    assert!(burst.expected.unwrap() < 25.0, "{:?}", burst.expected);
}

#[test]
fn a_take_that_goes_on_past_its_strongest_hours_is_one_window_to_its_end() {
    // Twelve messages an hour for six hours of the night (72: more than 50), then three an hour (18 in six hours: fewer) to the
    // end of the day: 126, beside the owner's own nine.
    let hourly = |hour: i64| own_take("a", 40 * DAY + hour * HOUR, if hour < 6 { 12 } else { 3 });
    let rows = with(owner("a", 0..DAYS), (0..24).flat_map(hourly).collect());
    let all = ours(&rows, &CaseInputs::default());
    let [burst] = &all[..] else { panic!("{all:?}") };
    assert_eq!((burst.span.start.0, burst.span.end.0), (40 * DAY, 40 * DAY + 23 * HOUR + 1), "{:?}", burst.span);
    assert_eq!(burst.messages, 126 + 9);
}

#[test]
fn forty_nine_messages_are_never_a_volume_and_fifty_may_be() {
    for (n, expected) in [(49, 0), (50, 1)] {
        let rows = with(owner("a", 0..DAYS), own_take("a", 40 * DAY + 2 * HOUR, n));
        let rows: Vec<Row> =
            rows.into_iter().filter(|row| row.created / DAY != 40 || row.created < 40 * DAY + 5 * HOUR).collect();
        // Alone in its day and its hours: no ordinary message lies in a window with it.
        let case =
            CaseInputs { rules: Rules { r1_window_hours: vec![6], ..Rules::default() }, ..CaseInputs::default() };
        assert_eq!(ours(&rows, &case).len(), expected, "{n}");
    }
}

#[test]
fn slow_reading_by_a_new_application_is_found_by_novelty_alone() {
    // 15 messages a day for ten days from day 30 on, an address of its own each record.
    let mut take: Vec<Row> =
        (0..10).flat_map(|day| app("a", "strange", (30 + day) * DAY + 9 * HOUR, 15, 30 * UtcMicros::MINUTE)).collect();
    for (at, row) in take.iter_mut().enumerate() {
        row.address = format!("203.0.113.{at}");
    }
    let rows = with(owner("a", 0..DAYS), take);
    for (case, basis) in [(CaseInputs::default(), BaselineBasis::Unverified), (clean(20), BaselineBasis::Declared)] {
        let all = ours(&rows, &case);
        let [burst] = &all[..] else { panic!("{all:?}") };
        assert!(burst.fired(BurstRule::R2) && burst.fired(BurstRule::R11) && !burst.fired(BurstRule::R1));
        assert_eq!((burst.tier, burst.baseline, burst.messages), (Tier::One, basis, 150));
        assert_eq!(burst.span.start.0, 30 * DAY + 9 * HOUR);
        assert_eq!(burst.finding(BurstRule::R2).unwrap().observed, Some(150.0));
    }
}

#[test]
fn ninety_nine_messages_by_a_new_way_in_are_no_novelty() {
    // The pair is known from another mailbox: only R2 is asked.
    let known = with(owner("a", 0..DAYS), app("b", "tool", 0, 20, HOUR));
    for (n, expected) in [(99, 0), (100, 1)] {
        let rows = with(known.clone(), app("a", "tool", 30 * DAY, n, 12 * HOUR));
        let all = ours(&rows, &CaseInputs::default());
        assert_eq!(all.len(), expected, "{n} {all:?}");
    }
}

#[test]
fn two_protocols_of_one_new_application_count_together_and_a_message_named_by_both_once() {
    let known = with(owner("a", 0..DAYS), app("b", "tool", 0, 20, HOUR));
    // 60 and 60 messages, 20 of them the same: 100 together.
    for (shared, expected) in [(20, 2), (21, 0)] {
        let first = app("a", "tool", 30 * DAY, 60, 12 * HOUR);
        let mut second = app("a", "tool", 35 * DAY, 60, 12 * HOUR);
        let names: Vec<_> = first.iter().flat_map(|row| row.items.iter().cloned()).take(shared).collect();
        for (item, name) in second.iter_mut().flat_map(|row| row.items.iter_mut()).zip(names) {
            *item = name;
        }
        second.iter_mut().for_each(|row| row.key[6] = "Client=WebServices;;".to_owned());
        let all = ours(&[known.clone(), first, second].concat(), &CaseInputs::default());
        assert_eq!(all.len(), expected, "{shared} {all:?}");
    }
}

#[test]
fn under_fourteen_covered_days_nothing_is_called_new_and_nothing_is_said_not_to_fire() {
    let rows = with(owner("a", 0..13), app("a", "strange", 10 * DAY, 400, UtcMicros::MINUTE));
    let all = bursts(&tenant_in(&rows, &CaseInputs::default(), &[span(0, 13 * DAY)]), &Rules::default());
    let burst = all.iter().find(|burst| burst.fired(BurstRule::R1)).unwrap();
    for rule in [BurstRule::R2, BurstRule::R11] {
        assert_eq!(outcome(burst, rule), Outcome::NotEvaluable, "{rule:?}");
    }
    assert_eq!(burst.baseline, BaselineBasis::None);
}

#[test]
fn a_sync_by_a_new_client_is_a_burst_and_by_a_known_one_is_not() {
    let outlook = |day: i64| {
        let mut row = bind("a", day * DAY + 12 * HOUR).sync("inbox");
        row.key[6] = "Client=MSExchangeRPC".to_owned();
        row
    };
    let late = ours(&with(owner("a", 0..DAYS), vec![outlook(40)]), &CaseInputs::default());
    assert_eq!(late.len(), 1);
    assert_eq!((late[0].tier, late[0].folders, late[0].messages), (Tier::Two, 1, 0));
    assert!(late[0].fired(BurstRule::R3));
    let always = with(owner("a", 0..DAYS), (0..DAYS).map(outlook).collect());
    assert_eq!(ours(&always, &CaseInputs::default()), []);
}

/// The owner's Outlook over sixty days: two of nine folders a day in turn, from home, a token session every twenty days.
fn outlook() -> Vec<Row> {
    (0..DAYS).flat_map(|day| [day % 9, (day + 1) % 9].map(|folder| (day, folder))).map(outlook_at).collect()
}

fn outlook_at((day, folder): (i64, i64)) -> Row {
    let mut row = bind("a", day * DAY + (8 + folder) * HOUR).sync(&format!("folder-{folder}"));
    row.key[6] = "Client=MSExchangeRPC".to_owned();
    row.token(&format!("session-{}", day / 20)).from("192.0.2.10")
}

/// An Outlook of the same kind that synchronises so many folders on day 40, one a minute.
fn second_outlook(folders: i64, token: &str, address: &str) -> Vec<Row> {
    let row = |folder: i64| {
        let mut row = outlook_at((40, folder)).token(token).from(address);
        row.created = 40 * DAY + 2 * HOUR + folder * UtcMicros::MINUTE;
        row
    };
    (0..folders).map(row).collect()
}

#[test]
fn a_whole_mailbox_synchronised_by_a_new_session_from_a_new_network_is_a_burst_in_a_known_way_in() {
    // Ten folders are known, the owner's browser having one of its own: eight are 80 %.
    for (folders, expected) in [(9, 1), (8, 1), (7, 0)] {
        for (case, basis) in [(CaseInputs::default(), BaselineBasis::Unverified), (clean(20), BaselineBasis::Declared)]
        {
            let rows = [owner("a", 0..DAYS), outlook(), second_outlook(folders, "other", "203.0.113.9")].concat();
            let all = ours(&rows, &case);
            assert_eq!(all.len(), expected, "{folders} {all:?}");
            let Some(burst) = all.first() else { continue };
            assert_eq!((burst.tier, burst.baseline, burst.messages), (Tier::One, basis, 0));
            let rule = burst.finding(BurstRule::R3).unwrap();
            assert_eq!((rule.outcome, rule.observed, rule.limit), (Outcome::Fired, Some(folders as f64), Some(8.0)));
            assert!(rule.note.contains("203.0.113.0/24"), "{}", rule.note);
            assert_eq!((burst.records, burst.folders), (folders as u64, folders as u64));
            assert_eq!(burst.span.start.0, 40 * DAY + 2 * HOUR);
            assert_eq!(burst.span.end.0, 40 * DAY + 2 * HOUR + (folders - 1) * UtcMicros::MINUTE + 1);
        }
    }
}

#[test]
fn a_network_that_a_colleague_used_before_makes_the_burst_tier_two() {
    let colleague: Vec<Row> = owner("b", 0..DAYS).into_iter().map(|row| row.from("203.0.113.200")).collect();
    let rows = [owner("a", 0..DAYS), outlook(), second_outlook(9, "other", "203.0.113.9"), colleague].concat();
    let tiers: Vec<Tier> = ours(&rows, &clean(20)).iter().map(|burst| burst.tier).collect();
    assert_eq!(tiers, [Tier::Two]);
}

#[test]
fn an_outlook_that_travels_leaves_the_known_place_and_makes_the_burst_tier_two() {
    // The owner's Outlook rests for three days from the day of the Sync on: it is the one that signs in elsewhere.
    let resting = outlook().into_iter().filter(|row| !(40 * DAY..43 * DAY).contains(&row.created)).collect();
    let rows = [owner("a", 0..DAYS), resting, second_outlook(9, "other", "203.0.113.9")].concat();
    let tiers: Vec<Tier> = ours(&rows, &clean(20)).iter().map(|burst| burst.tier).collect();
    assert_eq!(tiers, [Tier::Two]);
}

#[test]
fn a_new_laptop_at_home_and_a_known_session_in_a_hotel_are_no_burst() {
    // A new session from the known network; a known session (that of days 20 to 39) from a new one; no session stated.
    for (token, address) in [("other", "192.0.2.77"), ("session-1", "203.0.113.9"), ("", "203.0.113.9")] {
        let rows = [owner("a", 0..DAYS), outlook(), second_outlook(9, token, address)].concat();
        assert_eq!(ours(&rows, &clean(25)), [], "{token} {address}");
    }
}

#[test]
fn a_front_ends_address_is_no_new_network_and_four_folders_are_no_mailbox() {
    let front = [owner("a", 0..DAYS), outlook(), second_outlook(9, "other", "40.126.32.70")].concat();
    assert_eq!(ours(&front, &clean(20)), []);
    // Of the four folders that are known all are taken, and a fifth.
    let few: Vec<Row> = outlook().into_iter().filter(|row| *row.folders[0] < *"folder-3").collect();
    let mut inbox = second_outlook(1, "other", "203.0.113.9");
    inbox[0].folders = vec!["inbox".to_owned()];
    for (folders, expected) in [(3, 0), (4, 1)] {
        let take = second_outlook(folders, "other", "203.0.113.9");
        let rows = [owner("a", 0..DAYS), few.clone(), take, inbox.clone()].concat();
        assert_eq!(ours(&rows, &clean(20)).len(), expected, "{folders}");
    }
}

#[test]
fn folders_taken_over_days_are_no_whole_mailbox() {
    // Nine folders, one every four hours: six fall into any 24 hours.
    let mut slow = second_outlook(9, "other", "203.0.113.9");
    for (at, row) in (0..).zip(&mut slow) {
        row.created = 40 * DAY + at * 4 * HOUR;
    }
    let rows = [owner("a", 0..DAYS), outlook(), slow].concat();
    assert_eq!(ours(&rows, &clean(20)), []);
}

#[test]
fn a_rotating_poller_that_was_always_there_is_no_burst() {
    let mut rows = owner("a", 0..DAYS);
    for day in 0..DAYS {
        let mut poll = app("a", "poller", day * DAY, 30, 8 * HOUR);
        for (at, row) in (0..).zip(&mut poll) {
            row.address = format!("192.0.2.{}", (day * 3 + at) % 126);
        }
        rows.extend(poll);
    }
    assert_eq!(ours(&rows, &CaseInputs::default()), []);
}

#[test]
fn what_the_examiner_accepts_raises_nothing_and_what_he_marks_is_still_found() {
    let rows = with(owner("a", 0..DAYS), app("a", "strange", 30 * DAY, 500, UtcMicros::MINUTE));
    assert_eq!(found(&rows, &marked(Marking::Accepted, "strange")), []);
    let suspect = ours(&rows, &marked(Marking::Suspect, "strange"));
    assert_eq!((suspect.len(), suspect[0].tier), (1, Tier::One));
}

#[test]
fn a_listed_service_is_never_a_burst() {
    let mut take = app("a", "strange", 30 * DAY, 500, UtcMicros::MINUTE);
    for row in &mut take {
        row.key[3] = "b669c6ea-1adf-453f-b8bc-6d526592b419".to_owned();
        row.key[4] = String::new();
        row.key[6] = "Client=REST;Client=RESTSystem;;".to_owned();
    }
    assert_eq!(found(&with(owner("a", 0..DAYS), take), &CaseInputs::default()), []);
}

#[test]
fn throttling_and_an_application_alone_raise_the_tier() {
    let throttled = |rows: Vec<Row>| -> Vec<Row> {
        rows.into_iter().map(|row| row.kind(MailAccessType::Bind, ThrottleState::Yes)).collect()
    };
    let take = own_take("a", 40 * DAY + 10 * HOUR, 400);
    let all = ours(&with(owner("a", 0..DAYS), throttled(take)), &CaseInputs::default());
    assert!(all[0].throttled && all[0].fired(BurstRule::R4) && all[0].tier == Tier::One);
    assert_eq!(all[0].finding(BurstRule::R4).unwrap().observed, Some(40.0));

    let mut alone = app("a", "tool", 30 * DAY, 150, 12 * HOUR);
    alone.iter_mut().for_each(|row| row.key[1] = "Application".to_owned());
    let known = app("b", "tool", 0, 20, HOUR);
    let all = ours(&[owner("a", 0..DAYS), known, alone].concat(), &CaseInputs::default());
    assert_eq!((all.len(), all[0].tier), (1, Tier::One));
    assert!(all[0].fired(BurstRule::R7) && all[0].fired(BurstRule::R2) && !all[0].fired(BurstRule::R11));
}

#[test]
fn an_application_context_without_a_session_is_an_application_alone() {
    let mut rows = app("a", "tool", 30 * DAY, 150, 12 * HOUR);
    rows.iter_mut().for_each(|row| row.flags = row.flags.with_sessionless(true));
    let all = ours(&with(owner("a", 0..DAYS), rows), &CaseInputs::default());
    assert!(all[0].fired(BurstRule::R7));
}

#[test]
fn breadth_is_more_mailboxes_than_the_application_ever_had() {
    let rows = |mailboxes: &[&str]| -> Vec<Row> {
        let own = mailboxes.iter().flat_map(|mailbox| owner(mailbox, 0..DAYS));
        own.chain(mailboxes.iter().flat_map(|mailbox| app(mailbox, "strange", 30 * DAY, 120, HOUR))).collect()
    };
    let three = ours(&rows(&["a", "b", "c"]), &CaseInputs::default());
    assert_eq!(three.len(), 3);
    let breadth = three[0].finding(BurstRule::R5).unwrap();
    assert_eq!((breadth.outcome, breadth.observed, breadth.expected), (Outcome::Fired, Some(3.0), Some(0.0)));
    assert!(!ours(&rows(&["a", "b"]), &CaseInputs::default())[0].fired(BurstRule::R5));
}

#[test]
fn old_messages_in_order_answer_age_and_order() {
    // The owner opens mail a day and a half old; the application goes through mail of 100 to 400 days, oldest first.
    let take = app("a", "strange", 30 * DAY, 300, HOUR);
    let rows = with(owner("a", 0..DAYS), take);
    let mut builder = ListingBuilder::new("listing.csv".into(), ListingKind::Held, "plain CSV", None);
    let mut line = 0;
    for row in &rows {
        for (id, _) in &row.items {
            line += 1;
            let old = id.contains("strange");
            let received =
                if old { row.created - 400 * DAY + i64::from(line as u32) * HOUR / 4 } else { row.created - 36 * HOUR };
            let listed = ListingRow {
                mailbox: "a@contoso.example",
                internet_message_id: id,
                folder: None,
                folder_id: None,
                received: Some(UtcMicros(received)),
                subject: None,
                sender: None,
                recipients: None,
                size_bytes: None,
                attachments: None,
            };
            assert!(builder.push(line, &listed));
        }
    }
    let case = CaseInputs { listings: vec![builder.finish()], ..CaseInputs::default() };
    let all = ours(&rows, &case);
    let burst = &all[0];
    let age = burst.finding(BurstRule::R12).unwrap();
    assert_eq!((age.outcome, age.observed, age.expected), (Outcome::Fired, Some(1.0), Some(0.0)));
    let order = burst.finding(BurstRule::R6).unwrap();
    assert!(order.outcome == Outcome::Fired && order.observed.unwrap() > 0.95, "{order:?}");
    assert_eq!(outcome(&ours(&rows, &CaseInputs::default())[0], BurstRule::R12), Outcome::NotEvaluable);
}

#[test]
fn new_mail_does_not_count_for_volume_where_its_receipt_is_known() {
    let rows = with(owner("a", 0..DAYS), own_take("a", 40 * DAY + 10 * HOUR, 400));
    let mut builder = ListingBuilder::new("listing.csv".into(), ListingKind::Held, "plain CSV", None);
    for (line, row) in (1u64..).zip(&rows) {
        for (id, _) in &row.items {
            let listed = ListingRow {
                mailbox: "a@contoso.example",
                internet_message_id: id,
                folder: None,
                folder_id: None,
                received: Some(UtcMicros(row.created - HOUR)),
                subject: None,
                sender: None,
                recipients: None,
                size_bytes: None,
                attachments: None,
            };
            assert!(builder.push(line, &listed));
        }
    }
    let case = CaseInputs { listings: vec![builder.finish()], ..CaseInputs::default() };
    assert_eq!(ours(&rows, &case), []);
}

#[test]
fn hours_and_folders_are_shown_without_weight() {
    let mut rows = owner("a", 0..DAYS);
    for (at, row) in rows.iter_mut().enumerate() {
        row.items.iter_mut().for_each(|(_, folder)| *folder = format!("f{}", at % 12));
    }
    let mut take = own_take("a", 40 * DAY + 2 * HOUR, 180);
    for (at, row) in take.iter_mut().enumerate() {
        row.items.iter_mut().for_each(|(_, folder)| *folder = format!("f{}", at % 10));
    }
    let all = ours(&with(rows, take), &CaseInputs::default());
    let folders = all[0].finding(BurstRule::R10).unwrap();
    assert_eq!(outcome(&all[0], BurstRule::R8), Outcome::Fired);
    assert_eq!(folders.outcome, Outcome::Fired);
    assert!((folders.observed.unwrap() - 10.0 / 12.0).abs() < 0.1, "{folders:?}");
    assert_eq!(all[0].tier, Tier::Two, "neither of them raises R1");
}

#[test]
fn only_published_rules_make_tier_three() {
    // One record of 300 operations by the owner: Elastic's second arm, and nothing of ours with so high a limit.
    let mut rows = owner("a", 0..DAYS);
    let ids: Vec<String> = (0..300).map(|n| format!("big-{n}@x")).collect();
    rows.push(bind("a", 40 * DAY + 10 * HOUR).naming(&ids.iter().map(String::as_str).collect::<Vec<_>>()));
    let case = CaseInputs { rules: Rules { r1_messages: 1_000, ..Rules::default() }, ..CaseInputs::default() };
    let all = found(&rows, &case);
    assert_eq!(
        (all.len(), all[0].tier, &all[0].published[..]),
        (1, Tier::Three, &[PublishedRule::ElasticOperations][..])
    );
    let panel = published_rules(&tenant(&rows, &case), &case.rules);
    let fired: Vec<_> = panel.iter().filter(|one| one.outcome == Outcome::Fired).map(|one| one.rule).collect();
    assert_eq!(fired, [PublishedRule::ElasticOperations]);
    assert_eq!(
        panel.iter().find(|one| one.rule == PublishedRule::CisaSessionJoin).unwrap().outcome,
        Outcome::NotEvaluable
    );
}

#[test]
fn splunk_asks_for_more_than_five_mailboxes_in_one_bucket() {
    for (n, expected) in [(5, Outcome::NotFired), (6, Outcome::Fired)] {
        let rows: Vec<Row> = (0..n)
            .flat_map(|mailbox| app(&format!("m{mailbox}"), "00000003-0000-0000-c000-000000000000", DAY, 1, HOUR))
            .collect();
        let panel = published_rules(&tenant(&rows, &CaseInputs::default()), &Rules::default());
        assert_eq!(panel[0].outcome, expected, "{n}");
    }
}

#[test]
fn first_seen_asks_after_the_days_it_looks_back() {
    let rows = with(app("a", "known", 0, 300, 12 * HOUR), app("a", "late", 40 * DAY, 10, HOUR));
    let panel = published_rules(&tenant(&rows, &CaseInputs::default()), &Rules::default());
    let first = panel.iter().find(|one| one.rule == PublishedRule::FirstSeenApp).unwrap();
    assert_eq!((first.outcome, first.hits.len()), (Outcome::Fired, 1));
    assert_eq!(first.hits[0].span.start.0, 40 * DAY);
}

#[test]
fn the_benign_rate_is_counted_in_the_other_mailboxes() {
    let rows = [
        owner("a", 0..DAYS),
        owner("b", 0..DAYS),
        owner("c", 0..DAYS),
        own_take("a", 40 * DAY + 10 * HOUR, 300),
        own_take("b", 20 * DAY + 10 * HOUR, 600),
    ]
    .concat();
    let all = ours(&rows, &CaseInputs::default());
    let rates: Vec<_> = all.iter().map(|burst| (burst.benign.unwrap().windows, burst.benign.unwrap().basis)).collect();
    assert_eq!(rates, [(1, RateBasis::OtherMailboxes), (0, RateBasis::OtherMailboxes)], "b's window is the rarer one");
    assert_eq!(all[0].benign.unwrap().mailbox_days, 120.0);
    assert!((all[0].benign.unwrap().per_mailbox_30_days().unwrap() - 0.25).abs() < 1e-12);
}

#[test]
fn provisional_marks_touch_what_nobody_marked_and_never_tier_three() {
    let rows = with(owner("a", 0..DAYS), app("a", "strange", 30 * DAY, 500, UtcMicros::MINUTE));
    let case = CaseInputs::default();
    let tenant = tenant(&rows, &case);
    let (found, _) = detect(&tenant, &case.rules);
    let mut attribution = vec![Attribution::Unattributed; tenant.facts.accesses.len()];
    attribution[0] = Attribution::Accepted;
    mark_provisionally(&mut attribution, &found);
    assert_eq!(attribution.iter().filter(|one| **one == Attribution::Provisional).count(), 50);
    assert_eq!(attribution[0], Attribution::Accepted);
}

#[test]
fn a_series_holds_every_message_of_its_burst() {
    let rows = with(owner("a", 0..DAYS), app("a", "strange", 30 * DAY, 500, HOUR));
    let all = ours(&rows, &CaseInputs::default());
    let series = &all[0].series;
    assert_eq!(series.observed.iter().sum::<u64>(), 500);
    assert!(series.observed.len() <= 5_000 && series.expected.len() == series.observed.len());
    assert_eq!(series.limit.len(), series.observed.len());
    assert!(series.start.unwrap() < all[0].span.start);
}

#[test]
fn other_thresholds_are_tried_on_the_same_summary() {
    let rows = with(owner("a", 0..DAYS), app("a", "strange", 30 * DAY, 150, 12 * HOUR));
    let tenant = tenant(&rows, &CaseInputs::default());
    let fires = |r2_messages| {
        bursts(&tenant, &Rules { r2_messages, ..Rules::default() }).iter().any(|burst| burst.fired(BurstRule::R2))
    };
    assert_eq!([50, 100, 150, 151, 200].map(fires), [true, true, true, false, false]);
}

/// What does not depend on numbering: where, by whom, when, and what R1 says.
fn told(bursts: &[Burst], mailbox: &str) -> Vec<(String, Interval, Option<mailtrail_model::RuleFinding>)> {
    let own = bursts.iter().filter(|burst| burst.mailbox.as_str() == mailbox && burst.tier != Tier::Three);
    own.map(|burst| (burst.context.clone(), burst.span, burst.finding(BurstRule::R1).cloned())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn other_mailboxes_and_the_order_of_rows_change_nothing(
        day in 10i64..50, n in 60usize..300, others in 0usize..3, seed in any::<u64>(),
    ) {
        let rows = with(owner("a", 0..DAYS), own_take("a", day * DAY + 10 * HOUR, n));
        let alone = found(&rows, &CaseInputs::default());
        let mut all = rows.clone();
        for other in 0..others {
            all.extend(owner(&format!("z{other}"), 0..DAYS));
        }
        // A fixed shuffle: rows keep nothing but what they state.
        let len = all.len() as u64;
        let mut state = seed;
        for at in (1..all.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            all.swap(at, ((state >> 33) % len.min(at as u64 + 1)) as usize);
        }
        prop_assert_eq!(told(&found(&all, &CaseInputs::default()), "org/a"), told(&alone, "org/a"));
    }

    #[test]
    fn a_longer_silence_never_creates_a_burst(day in 5i64..40, weeks in 1i64..6, n in 20usize..90) {
        let rows = with(owner("a", 0..DAYS), own_take("a", day * DAY + 10 * HOUR, n));
        let cut = 30 * DAY;
        let later: Vec<Row> = rows
            .iter()
            .cloned()
            .map(|mut row| {
                if row.created >= cut {
                    row.created += weeks * 7 * DAY;
                }
                row
            })
            .collect();
        let covered = [span(0, cut), span(cut + weeks * 7 * DAY, (DAYS + weeks * 7) * DAY)];
        let before = ours(&rows, &CaseInputs::default()).len();
        let after = bursts(&tenant_in(&later, &CaseInputs::default(), &covered), &Rules::default());
        prop_assert!(after.iter().filter(|burst| burst.tier != Tier::Three).count() <= before);
    }
}
