//! One test a class and a reason; each is a small world of one mailbox, ten days, a listing and a marked address.

use mailtrail_model::{
    AccessMatcher, AttributionEntry, AuditList, CaseInputs, Control, ControlStatement, ExposureClass, InputPlace,
    Listing, ListingBuilder, ListingKind, ListingRow, MailAccessType, MailboxName, Marking, Network, PlaceUnit, Policy,
    Reason, RelatedEvent, ThrottleState, UtcMicros,
};

use super::{scene::reasons, *};
use crate::{
    attribution::{Entries, judge_all},
    coverage::{self, cover, own_states},
    findings,
    spans::span,
    world::{DAY, HOUR, MINUTE, Row, bind, world_of},
};

const END: i64 = 10 * DAY;
/// How long after an access its record may be made.
const LAG: i64 = 2 * MINUTE;
const OWN: &str = "198.51.100.7";
const STRANGE: &str = "203.0.113.9";

/// A world in which `D0` can be said: alive, covered, listed, attributed.
#[derive(Debug)]
struct Small {
    rows: Vec<Row>,
    case: CaseInputs,
    sources: Vec<(SourceView, u64)>,
    related: Vec<RelatedEvent<'static>>,
    listings: Vec<(ListingKind, Option<i64>, Vec<Mail>)>,
    period: Interval,
}

#[derive(Clone, Debug)]
struct Mail {
    id: &'static str,
    received: Option<i64>,
    folder: &'static str,
}

fn mail(id: &'static str, received: i64) -> Mail {
    Mail { id, received: Some(received), folder: "\\Inbox" }
}

fn place() -> InputPlace {
    InputPlace { file: "test".into(), at: PlaceUnit::Whole }
}

fn entry(marking: Marking, matcher: AccessMatcher) -> AttributionEntry {
    AttributionEntry {
        id: format!("{}-{}", marking.as_str(), matcher.addresses.first().map(ToString::to_string).unwrap_or_default()),
        place: place(),
        marking,
        matcher,
        fact: "fact".to_owned(),
        note: None,
        by: None,
        date: None,
        alternatives: None,
    }
}

fn from(address: &str) -> AccessMatcher {
    AccessMatcher { addresses: vec![Network::parse(address).unwrap()], ..AccessMatcher::default() }
}

fn source() -> SourceView {
    SourceView {
        span: span(0, END + LAG),
        declared: true,
        exported: Some(UtcMicros(END + 30 * DAY)),
        retention_days: Some(180),
        scope: None,
        filtered: false,
        unfiltered: true,
        subset: false,
        truncated: false,
        defaults: (180, 90, 24),
    }
}

fn small() -> Small {
    // The heartbeat: an accepted access every six hours to a message of its own.
    let rows = (0..40).map(|n| bind("a", n * 6 * HOUR).naming(&["beat@x"])).collect();
    let case = CaseInputs {
        attribution: vec![entry(Marking::Suspect, from(STRANGE)), entry(Marking::Accepted, from(OWN))],
        attribution_given: true,
        ..CaseInputs::default()
    };
    let mails = vec![mail("beat@x", -DAY), mail("one@x", DAY), mail("two@x", 6 * DAY)];
    Small {
        rows,
        case,
        sources: vec![(source(), 0)],
        related: Vec::new(),
        listings: vec![(ListingKind::Held, Some(END + DAY), mails)],
        period: span(0, END),
    }
}

impl Small {
    fn with(mut self, row: Row) -> Self {
        self.rows.push(row);
        self
    }

    fn listing(&self) -> Vec<Listing> {
        self.listings
            .iter()
            .map(|(kind, as_of, mails)| {
                let mut builder = ListingBuilder::new("listing.csv".into(), *kind, "plain CSV", as_of.map(UtcMicros));
                for (at, mail) in (1u64..).zip(mails) {
                    let row = ListingRow {
                        mailbox: "a@contoso.example",
                        internet_message_id: mail.id,
                        folder: Some(mail.folder),
                        folder_id: None,
                        received: mail.received.map(UtcMicros),
                        subject: None,
                        sender: None,
                        recipients: None,
                        size_bytes: None,
                        attachments: None,
                    };
                    assert!(builder.push(at, &row));
                }
                builder.finish()
            })
            .collect()
    }

    /// Every message by id: class and reasons; the totals beside them.
    fn classes(&self) -> (Vec<(String, ExposureClass, Vec<Reason>)>, Totals) {
        let mut case = self.case.clone();
        case.listings = self.listing();
        let (facts, items) = world_of(&self.rows, &case);
        let roster = vec![None; facts.mailboxes.len()];
        let listed = Listed::new(&facts, &case, &roster);
        let window = span(0, END + LAG);
        let changes = Changes::of(&self.related, &facts, window.end);
        let paths = open_paths(&self.related, &facts, self.period);
        let covered: Vec<Covered> = (0..facts.mailboxes.len())
            .map(|at| {
                let covering: Vec<&SourceView> = self.sources.iter().map(|(source, _)| source).collect();
                let known = coverage::knowledge(&facts, at, None, &case, &changes, window);
                let own = own_states(facts.of(at), &covering, &known, window, self.period, &case.rules);
                cover(window, &covering, &own)
            })
            .collect();
        let attribution = judge_all(&facts, &Entries::new(&facts, &case));
        let world = World {
            facts: &facts,
            items: &items,
            listed: &listed,
            case: &case,
            roster: &roster,
            changes: &changes,
            sources: &self.sources,
            window,
        };
        let assumptions =
            Assumptions { period: self.period, attribution: &attribution, covered: &covered, paths: &paths };
        let mailboxes: Vec<usize> = (0..facts.mailboxes.len()).collect();
        let totals = findings::sum(&count(&world, &assumptions, &mailboxes));
        let mut out = Vec::new();
        for mailbox in mailboxes {
            let scene = Scene::of(&world, &assumptions, mailbox);
            each_message(&world, mailbox, |key, run, rows| {
                let named = Named::of(&world, &assumptions, &scene, run, rows);
                let verdict = named.verdict(&scene, Presumptions::of(&case.policy));
                out.push((self.id_of(key), verdict.class, reasons(verdict.reasons).collect()));
            });
        }
        out.sort();
        (out, totals)
    }

    fn id_of(&self, key: PackedKey) -> String {
        let mut scratch = String::new();
        let named = self.rows.iter().flat_map(|row| row.items.iter().map(|(id, _)| id.clone()));
        let listed = self.listings.iter().flat_map(|(_, _, mails)| mails.iter().map(|mail| mail.id.to_owned()));
        let mut same = named
            .chain(listed)
            .filter(|id| !id.is_empty() && crate::items::pack(crate::digest::message_key(id, &mut scratch).0) == key);
        mailtrail_model::MessageKey::canonical(&same.next().unwrap())
    }

    fn class(&self, id: &str) -> ExposureClass {
        self.classes().0.into_iter().find(|(one, ..)| one == id).map(|(_, class, _)| class).unwrap()
    }

    fn reasons(&self, id: &str) -> Vec<Reason> {
        self.classes().0.into_iter().find(|(one, ..)| one == id).map(|(_, _, reasons)| reasons).unwrap()
    }

    /// The class of `one@x` and `two@x`, and the reasons of `one@x`.
    fn both(&self) -> (ExposureClass, ExposureClass, Vec<Reason>) {
        (self.class("one@x"), self.class("two@x"), self.reasons("one@x"))
    }
}

fn strange(at: i64) -> Row {
    bind("a", at).from(STRANGE)
}

use ExposureClass::{A, B1, B2, B3, CFar, CNear, D0, D1, N};

#[test]
fn in_a_covered_world_untouched_messages_are_d0_and_accepted_ones_d1() {
    let small = small();
    assert_eq!(small.both(), (D0, D0, vec![]));
    assert_eq!(small.class("beat@x"), D1);
}

#[test]
fn a_bind_of_the_marked_intruder_is_a_and_the_rest_stay_as_they_were() {
    let small = small().with(strange(3 * DAY).naming(&["<One@x>"]));
    assert_eq!(small.both().0, A);
    assert_eq!(small.class("two@x"), D0);
}

#[test]
fn a_bind_that_did_not_succeed_is_not_excluded() {
    let mut row = strange(3 * DAY).naming(&["one@x"]);
    row.flags = crate::facts::Flags::new(MailAccessType::Bind, ThrottleState::No).with_in_window(true);
    assert_eq!(small().with(row).both(), (CNear, D0, vec![Reason::Una]));
}

#[test]
fn a_synchronised_folder_takes_what_was_received_by_then() {
    let mut small = small().with(strange(3 * DAY).sync("inbox"));
    for presume in [false, true] {
        small.case.policy.presume_mailbox_on_sync = presume;
        assert_eq!((small.class("one@x"), small.class("two@x")), (B1, D1), "the second came three days later");
    }
    small.listings[0].2[1].received = Some(3 * DAY + 62 * UtcMicros::MINUTE);
    assert_eq!(small.class("one@x"), B1, "62 minutes after the record");
    small.listings[0].2[1].received = Some(3 * DAY + 62 * UtcMicros::MINUTE + 1);
    assert_eq!(small.class("one@x"), D1, "no Sync can have taken what came later");
    small.listings[0].2[1].received = None;
    assert_eq!(small.class("one@x"), B1, "unknown receipt counts as received");
}

#[test]
fn a_folder_without_mail_presumes_the_mailbox_only() {
    let mut small = small().with(strange(7 * DAY).sync("path:\\Calendar"));
    assert_eq!((small.class("one@x"), small.class("two@x")), (B2, B2));
    small.case.policy.presume_mailbox_on_sync = false;
    assert_eq!(small.both(), (CNear, CNear, vec![Reason::Syn]));
}

#[test]
fn a_bind_elsewhere_takes_a_message_out_of_b1_only_where_moves_were_recorded() {
    let mut row = bind("a", 2 * DAY).naming(&["one@x"]);
    row.items[0].1 = "archive".to_owned();
    let mut small = small().with(strange(3 * DAY).sync("inbox")).with(row);
    assert_eq!(small.class("one@x"), B1);
    let list = Some(AuditList { operations: vec!["MailItemsAccessed".to_owned(), "Move".to_owned()] });
    small.case.controls = vec![Control {
        place: place(),
        as_of: None,
        statement: ControlStatement::AuditSettings {
            mailbox: MailboxName::parse("a@contoso.example").unwrap(),
            enabled: Some(true),
            owner: list.clone(),
            delegate: list.clone(),
            admin: list,
        },
    }];
    assert_eq!(small.class("one@x"), B2);
    assert_eq!(small.class("beat@x"), B1, "the heartbeat lay in the folder itself");
}

#[test]
fn what_cannot_be_told_from_a_sync_is_treated_as_one_and_never_as_a_bind() {
    let row = strange(3 * DAY).kind(MailAccessType::Unknown, ThrottleState::No);
    assert_eq!(small().with(row).both().0, B1);
}

#[test]
fn a_blind_day_after_a_suspect_access_presumes_the_mailbox() {
    let flagged = bind("a", 4 * DAY).kind(MailAccessType::Bind, ThrottleState::Yes);
    let mut small = small().with(flagged).with(strange(4 * DAY - HOUR).naming(&["other@x"]));
    small.listings[0].2.push(mail("other@x", 0));
    assert_eq!((small.class("one@x"), small.class("two@x")), (B3, D0), "what came after the blind day was not there");
    small.case.policy.presume_mailbox_on_throttle = false;
    assert_eq!(small.both(), (CNear, D0, vec![Reason::Thr]));
}

#[test]
fn a_blind_day_far_from_any_suspect_access_is_far() {
    let small = small().with(bind("a", 4 * DAY).kind(MailAccessType::Bind, ThrottleState::Yes));
    assert_eq!(small.both(), (CFar, D0, vec![Reason::Thr]));
}

#[test]
fn with_the_throttled_record_removed_and_the_day_thinned_c_falls_by_exactly_the_messages_whose_only_reason_was_thr() {
    let mut busy = small();
    busy.listings[0].2[2].received = Some(7 * DAY);
    busy.case.policy.presume_mailbox_on_throttle = false;
    // A working week of hourly records, then a thousand in an hour and nineteen hours of silence.
    busy.rows = (0..240)
        .filter(|hour| !(121..140).contains(hour))
        .map(|hour| bind("a", hour * HOUR).naming(&["beat@x"]))
        .collect();
    busy.rows.extend((0..950).map(|n| bind("a", 119 * HOUR + n * UtcMicros::SECOND).naming(&["beat@x"])));
    let quiet = busy.rows.len() - 100;
    let flag = bind("a", 120 * HOUR).kind(MailAccessType::Bind, ThrottleState::Yes);
    busy.rows.push(flag);
    let counts = |small: &Small| small.classes().1.counts;
    let flagged = counts(&busy);
    busy.rows.pop();
    let suspected = counts(&busy);
    assert_eq!(suspected.reason(Reason::Thr), flagged.reason(Reason::Thr), "the hours become throttle-suspected");
    busy.rows.truncate(quiet);
    let thinned = counts(&busy);
    let c = |counts: &totals::Counts| counts.class(CNear) + counts.class(CFar);
    assert!(c(&flagged) > 0);
    assert_eq!(c(&flagged) - c(&thinned), flagged.reason(Reason::Thr).1);
}

#[test]
fn an_unattributed_access_is_not_excluded() {
    assert_eq!(
        small().with(bind("a", 3 * DAY).from("192.0.2.1").naming(&["one@x"])).both(),
        (CFar, D0, vec![Reason::Una])
    );
    let near = small().with(bind("a", 3 * DAY).from("192.0.2.1").naming(&["one@x"])).with(strange(4 * DAY));
    assert_eq!(near.class("one@x"), CNear);
}

#[test]
fn an_unlisted_address_ends_in_c_with_una() {
    let small = small().with(bind("a", 3 * DAY).from("192.0.2.77").naming(&["one@x"]));
    assert_eq!(small.reasons("one@x"), [Reason::Una]);
}

#[test]
fn an_unattributed_sync_leaves_the_whole_mailbox_open_and_an_accepted_one_does_not() {
    let mut other = bind("a", 3 * DAY).from("192.0.2.1").sync("inbox");
    assert_eq!(small().with(other.clone()).both(), (CFar, CFar, vec![Reason::Una]));
    other.address = OWN.to_owned();
    assert_eq!(small().with(other).both(), (D1, D1, vec![]), "an accepted Sync is a recorded access");
}

#[test]
fn a_shared_session_is_neither_a_nor_d() {
    let mut small = small().with(bind("a", 3 * DAY).token("t").naming(&["one@x"]));
    small.case.attribution[0].matcher =
        AccessMatcher { token_sessions: vec!["t".to_owned()], ..AccessMatcher::default() };
    assert_eq!(small.both(), (CFar, D0, vec![Reason::Ctx]));
}

#[test]
fn an_access_that_agrees_with_a_suspect_one_in_all_but_the_application_may_hide_it() {
    let mut theirs = bind("a", 3 * DAY).naming(&["other@x"]);
    theirs.key[3] = "stolen".to_owned();
    theirs.key[5] = "stolen".to_owned();
    let mut small = small().with(theirs).with(bind("a", 3 * DAY + HOUR).naming(&["one@x"]));
    small.listings[0].2.push(mail("other@x", 0));
    small.case.attribution[0].matcher = AccessMatcher { apps: vec!["stolen".to_owned()], ..AccessMatcher::default() };
    assert_eq!(small.both(), (CNear, D0, vec![Reason::Sup]));
    small.rows.last_mut().unwrap().created = 3 * DAY + 2 * HOUR;
    assert_eq!(small.class("one@x"), D1, "beyond the hour nothing is suppressed");
}

#[test]
fn a_record_without_message_ids_leaves_the_mailbox_open_whoever_made_it() {
    for address in ["192.0.2.1", OWN] {
        let unnamed = bind("a", 3 * DAY).from(address).naming(&[""]);
        assert_eq!(small().with(unnamed).both(), (CFar, D0, vec![Reason::Idl]), "{address}");
    }
}

#[test]
fn a_row_in_quarantine_leaves_the_mailboxes_of_its_source_open() {
    let mut small = small();
    small.sources[0].1 = 1;
    assert_eq!(small.both(), (CFar, CFar, vec![Reason::Qua]));
}

#[test]
fn a_listing_older_than_the_periods_end_shows_nothing() {
    let mut small = small();
    small.listings[0].1 = Some(END - 1);
    assert_eq!(small.both(), (CFar, CFar, vec![Reason::Inv]));
    small.listings[0].1 = None;
    assert_eq!(small.class("one@x"), CFar, "an undated listing shows nothing either");
}

#[test]
fn a_listing_short_of_the_folder_statistics_or_of_the_trace_shows_nothing() {
    let statistics = |items: u64| Control {
        place: place(),
        as_of: None,
        statement: ControlStatement::FolderStatistics {
            mailbox: MailboxName::parse("a@contoso.example").unwrap(),
            folder: "/Inbox".to_owned(),
            folder_id: None,
            items,
        },
    };
    let mut counted = small();
    counted.case.controls = vec![statistics(3)];
    assert_eq!(counted.class("one@x"), D0);
    counted.case.controls = vec![statistics(4)];
    assert_eq!(counted.both(), (CFar, CFar, vec![Reason::Inv]));
    let mut traced = small();
    traced.listings.push((ListingKind::Delivered, Some(END + DAY), vec![mail("deleted@x", DAY)]));
    assert_eq!(traced.both(), (CFar, CFar, vec![Reason::Inv]));
}

#[test]
fn a_reformatted_listing_ends_in_c_with_unm() {
    let mut small = small().with(strange(3 * DAY).naming(&["stolen@x"]));
    assert_eq!(small.both(), (CNear, CNear, vec![Reason::Unm]), "a suspect id the listing lacks");
    small.rows.pop();
    small.listings[0].2[0].id = "beat=40x";
    assert_eq!(small.both(), (CFar, CFar, vec![Reason::Unm]), "too few logged ids found");
}

#[test]
fn an_early_export_ends_in_c_with_lat() {
    let mut small = small();
    small.sources[0].0.exported = Some(UtcMicros(END + LAG));
    assert_eq!(small.both(), (CFar, CFar, vec![Reason::Lat]));
}

#[test]
fn a_range_that_ends_with_the_period_ends_in_c_with_gap() {
    // What is accessed in its last two minutes is recorded after it.
    let mut small = small();
    small.sources[0].0.span = span(0, END + LAG - 1);
    assert_eq!(small.both(), (CFar, CFar, vec![Reason::Gap]));
    // The next range has those records.
    let rest = SourceView { span: span(END + LAG - 1, END + DAY), ..source() };
    small.sources.push((rest, 0));
    assert_eq!(small.both(), (D0, D0, vec![]));
}

#[test]
fn a_silent_mailbox_ends_in_c_with_sil() {
    let mut small = small();
    small.rows.retain(|row| row.created < 5 * DAY);
    assert_eq!(small.both(), (CFar, CFar, vec![Reason::Sil]));
}

#[test]
fn bad_hours_that_ended_before_a_message_came_do_not_reach_it() {
    let mut small = small();
    small.sources[0].0.span = span(2 * DAY, END + LAG);
    assert_eq!(small.both(), (CFar, D0, vec![Reason::Gap]));
}

#[test]
fn with_the_listing_removed_no_d_is_claimed() {
    let mut small = small();
    small.listings.clear();
    let (classes, totals) = small.classes();
    assert_eq!(classes, [("beat@x".to_owned(), N, vec![])]);
    assert_eq!(totals.counts.class(D0) + totals.counts.class(D1), 0);
}

#[test]
fn without_an_attribution_file_nothing_is_d() {
    let mut small = small();
    small.case.attribution_given = false;
    assert_eq!(small.both(), (CFar, CFar, vec![Reason::Pro]));
}

#[test]
fn an_uncertain_identity_is_a_reason_for_the_whole_mailbox() {
    let mut row = bind("a", 3 * DAY).naming(&["beat@x"]);
    row.upn = "former@contoso.example".to_owned();
    assert_eq!(small().with(row).both(), (CFar, CFar, vec![Reason::Key]));
}

#[test]
fn a_forwarding_rule_or_a_search_is_another_way_out() {
    let event = |operation: &'static str, detail: &'static str, at: i64| RelatedEvent {
        locator: mailtrail_model::Locator { source: mailtrail_model::SourceId(0), row: 1, byte_offset: 0, byte_len: 1 },
        record_id: None,
        created: UtcMicros(at),
        operation: operation.into(),
        user_id: None,
        target: Some("a@contoso.example".into()),
        address: None,
        app: None,
        result_status: None,
        detail: Some(detail.into()),
    };
    for (related, expected) in [
        (event("New-InboxRule", "Name=x\nForwardTo=y@z", 4 * DAY), (CFar, CFar, vec![Reason::Pth])),
        (event("New-InboxRule", "Name=x\nForwardTo=y@z", -DAY), (CFar, CFar, vec![Reason::Pth])),
        (event("New-InboxRule", "Name=x\nMarkAsRead=True", -DAY), (D0, D0, vec![])),
        (event("Set-Mailbox", "ForwardingSmtpAddress=smtp:y@z", 4 * DAY), (CFar, CFar, vec![Reason::Pth])),
        (event("Set-Mailbox", "ForwardingSmtpAddress=\nAuditEnabled=True", 4 * DAY), (D0, D0, vec![])),
        (event("SearchExported", "", 4 * DAY), (CFar, CFar, vec![Reason::Pth])),
        (event("AdminMailAccess", "", 4 * DAY), (CFar, CFar, vec![Reason::Pth])),
    ] {
        let mut small = small();
        let operation = related.operation.clone();
        small.related = vec![related];
        assert_eq!(small.both(), expected, "{operation}");
    }
}

#[test]
fn what_the_marked_intruder_named_outside_the_period_is_never_d() {
    let mut small = small().with(strange(3 * DAY).naming(&["one@x"]));
    small.period = span(4 * DAY, END);
    assert_eq!(small.both(), (CNear, D0, vec![Reason::Una]));
    small.rows.pop();
    let small = small.with(strange(3 * DAY).sync("inbox"));
    assert_eq!(small.both(), (CNear, CNear, vec![Reason::Una]));
}

#[test]
fn a_period_beyond_the_window_is_not_covered() {
    let mut small = small();
    small.period = span(0, END + DAY);
    small.listings[0].1 = Some(END + 2 * DAY);
    assert_eq!(small.both(), (CFar, CFar, vec![Reason::Gap]));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    const IDS: [&str; 5] = ["beat@x", "one@x", "two@x", "three@x", "four@x"];
    const ADDRESSES: [&str; 3] = [OWN, STRANGE, "192.0.2.1"];

    prop_compose! {
        fn worlds()(
            picks in prop::collection::vec((0..240i64, 0..3usize, 0..6u8, 0..5usize, 0..2u8), 0..25),
            listed in prop::collection::vec((0..5usize, prop::option::of(-24..240i64)), 0..8),
            sync: bool, throttle: bool, declared: bool, whole: bool, dated: bool,
        ) -> Small {
            let mut small = small();
            for (hour, address, kind, id, token) in picks {
                let mut row = bind("a", hour * HOUR + 1).from(ADDRESSES[address]).naming(&[IDS[id]]);
                if token == 1 { row.token = "t".to_owned(); }
                row = match kind {
                    0 => { row.items.clear(); row.sync("inbox") }
                    1 => row.kind(MailAccessType::Bind, ThrottleState::Yes),
                    2 => row.kind(MailAccessType::Bind, ThrottleState::NotStated),
                    _ => row,
                };
                small.rows.push(row);
            }
            small.listings[0].2 = listed.iter().map(|(id, hour)| Mail { id: IDS[*id], received: hour.map(|h| h * HOUR), folder: "\\Inbox" }).collect();
            if !dated { small.listings[0].1 = None; }
            small.case.policy = Policy { presume_mailbox_on_sync: sync, presume_mailbox_on_throttle: throttle, ..Policy::default() };
            small.sources[0].0.declared = declared;
            if !whole { small.sources[0].0.span = span(DAY, END); }
            small
        }
    }

    fn marked(matcher: AccessMatcher) -> impl Strategy<Value = AttributionEntry> {
        any::<bool>()
            .prop_map(move |suspect| entry(if suspect { Marking::Suspect } else { Marking::Accepted }, matcher.clone()))
    }

    fn strength(class: ExposureClass) -> usize {
        // Near and far are one class; D0, D1 and N say the same of the intruder: nothing.
        match class {
            A => 5,
            B1 => 4,
            B2 => 3,
            B3 => 2,
            CNear | CFar => 1,
            D1 | D0 | N => 0,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn every_message_is_in_exactly_one_class(small in worlds()) {
            let (classes, totals) = small.classes();
            let mut ids: Vec<&String> = classes.iter().map(|(id, ..)| id).collect();
            let all = ids.len();
            ids.dedup();
            prop_assert_eq!(ids.len(), all);
            let counted: u64 = ExposureClass::ALL.iter().map(|class| totals.counts.class(*class)).sum();
            prop_assert_eq!(counted, all as u64);
            for (id, class, reasons) in &classes {
                let excluded = matches!(class, D0 | D1 | N);
                prop_assert!(!excluded || reasons.is_empty(), "{} is {:?} although {:?}", id, class, reasons);
                prop_assert!(!matches!(class, CNear | CFar) || !reasons.is_empty(), "{} is C without a reason", id);
            }
        }

        #[test]
        fn no_message_that_the_marked_intruder_accessed_is_d(small in worlds()) {
            let touched: Vec<&str> = small.rows.iter().filter(|row| row.address == STRANGE)
                .flat_map(|row| row.items.iter().map(|(id, _)| &**id)).collect();
            for (id, class, _) in small.classes().0 {
                prop_assert!(!(touched.contains(&&*id) && matches!(class, D0 | D1 | N)), "{} is {:?}", id, class);
            }
        }

        #[test]
        fn more_suspects_never_move_a_message_to_a_weaker_class(small in worlds(), more in 0..3usize) {
            let before = small.classes().0;
            let mut small = small;
            small.case.attribution.push(entry(Marking::Suspect, from(ADDRESSES[more])));
            for ((id, before, _), (_, after, _)) in before.iter().zip(&small.classes().0) {
                prop_assert!(strength(*after) >= strength(*before), "{} was {:?} and is {:?}", id, before, after);
            }
        }

        #[test]
        fn more_accepted_contexts_never_give_d_to_a_message_a_suspect_touched(small in worlds(), accepted in marked(AccessMatcher::default()), at in 0..3usize) {
            let mut small = small;
            small.case.attribution.push(AttributionEntry { marking: Marking::Accepted, matcher: from(ADDRESSES[at]), ..accepted });
            let touched: Vec<&str> = small.rows.iter().filter(|row| row.address == STRANGE)
                .flat_map(|row| row.items.iter().map(|(id, _)| &**id)).collect();
            for (id, class, _) in small.classes().0 {
                prop_assert!(!(touched.contains(&&*id) && matches!(class, D0 | D1 | N)), "{} is {:?}", id, class);
            }
        }

        #[test]
        fn the_order_of_rows_changes_no_class(pair in worlds().prop_flat_map(|small| {
            let rows = Just(small.rows.clone()).prop_shuffle();
            (Just(std::rc::Rc::new(small)), rows)
        })) {
            let (small, rows) = pair;
            let shuffled = Small { rows, case: small.case.clone(), sources: small.sources.clone(), related: Vec::new(), listings: small.listings.clone(), period: small.period };
            prop_assert_eq!(small.classes().0, shuffled.classes().0);
        }
    }
}
