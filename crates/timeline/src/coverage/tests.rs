//! One test a state and a rule of the order; each is a small world of one mailbox over ten days.

use mailtrail_model::{
    AuditList, CaseInputs, Control, ControlStatement, GapScope, InputPlace, KnownGap, MailAccessType, MailboxKind,
    MailboxName, PlaceUnit, Recording, RelatedEvent, RosterEntry, Rules, SourceDeclaration, SourceFilter,
    SourceReceipt, SourceScope, ThrottleState, UtcMicros,
};

use super::*;
use crate::{
    coverage::{knowledge::knowledge, mailbox::own_states},
    spans::span,
    world::{DAY, HOUR, Row, bind, world_with},
};

const END: i64 = 10 * DAY;

fn domain() -> Interval {
    span(0, END)
}

/// A declared, complete source over the whole domain.
fn source() -> SourceView {
    SourceView {
        span: domain(),
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

/// A record every six hours: a mailbox that is alive.
fn alive() -> Vec<Row> {
    (0..40).map(|n| bind("a", n * 6 * HOUR)).collect()
}

fn without_flag(rows: Vec<Row>) -> Vec<Row> {
    rows.into_iter().map(|row| row.kind(MailAccessType::Bind, ThrottleState::NotStated)).collect()
}

struct World {
    rows: Vec<Row>,
    sources: Vec<SourceView>,
    case: CaseInputs,
    related: Vec<RelatedEvent<'static>>,
    period: Interval,
}

fn world() -> World {
    World { rows: alive(), sources: vec![source()], case: CaseInputs::default(), related: Vec::new(), period: domain() }
}

impl World {
    fn cover(&self) -> Covered {
        let roster = vec![entry(MailboxKind::User)];
        let roster = if self.case.roster.is_empty() { roster } else { self.case.roster.clone() };
        let (facts, _) = world_with(&self.rows, &roster);
        let at = facts.mailboxes.iter().position(|mailbox| mailbox.key.as_str() == "org/a").unwrap_or(0);
        let covering: Vec<&SourceView> = self.sources.iter().collect();
        let changes = Changes::of(&self.related, &facts, UtcMicros(END));
        let known = knowledge(&facts, at, roster.first(), &self.case, &changes, domain());
        let own = own_states(facts.of(at), &covering, &known, domain(), self.period, &Rules::default());
        cover(domain(), &covering, &own)
    }

    /// The owner's states, as (first hour, last hour, state).
    fn states(&self) -> Vec<(i64, i64, CoverageState)> {
        self.cover().by_logon[0].iter().map(|(span, state)| (span.start.0 / HOUR, span.end.0 / HOUR, *state)).collect()
    }

    fn whole(&self) -> CoverageState {
        let states = self.states();
        assert_eq!(states.len(), 1, "{states:?}");
        states[0].2
    }
}

fn entry(kind: MailboxKind) -> RosterEntry {
    RosterEntry {
        place: place(),
        upn: MailboxName::parse("a@contoso.example"),
        mailbox_guid: None,
        display_name: None,
        department: None,
        kind,
        zone: None,
        aliases: Vec::new(),
        former: Vec::new(),
    }
}

fn place() -> InputPlace {
    InputPlace { file: "test".into(), at: PlaceUnit::Whole }
}

fn control(statement: ControlStatement) -> Control {
    Control { place: place(), as_of: None, statement }
}

fn name() -> MailboxName {
    MailboxName::parse("a@contoso.example").unwrap()
}

fn event(operation: &'static str, at: i64, target: &'static str, detail: &'static str) -> RelatedEvent<'static> {
    RelatedEvent {
        locator: mailtrail_model::Locator { source: mailtrail_model::SourceId(0), row: 1, byte_offset: 0, byte_len: 1 },
        record_id: None,
        created: UtcMicros(at),
        operation: operation.into(),
        user_id: None,
        target: Some(target.into()),
        address: None,
        app: None,
        result_status: None,
        detail: Some(detail.into()),
    }
}

#[test]
fn a_living_mailbox_in_a_declared_whole_source_is_observed() {
    assert_eq!(world().whole(), CoverageState::Observed);
}

#[test]
fn with_the_declared_ranges_removed_no_hour_is_observed() {
    let mut world = world();
    world.sources[0].declared = false;
    assert_eq!(world.whole(), CoverageState::Inferred);
    world.rows = without_flag(alive());
    assert_eq!(world.whole(), CoverageState::Inferred);
}

#[test]
fn hours_no_source_covers_are_a_gap() {
    let mut world = world();
    world.sources[0].span = span(2 * DAY, END);
    assert_eq!(world.states(), [(0, 48, CoverageState::SourceGap), (48, 240, CoverageState::Observed)]);
    world.sources.clear();
    assert_eq!(world.whole(), CoverageState::SourceGap);
}

#[test]
fn a_source_for_other_mailboxes_does_not_cover_this_one() {
    let view = SourceView { scope: Some(vec![MailboxName::parse("b@contoso.example").unwrap()]), ..source() };
    let key = MailboxKey("org/a".into());
    assert!(!view.covers(&key, Some("a@contoso.example")));
    assert!(source().covers(&key, None));
}

#[test]
fn each_fault_of_a_source_gives_its_state() {
    let faults: [(fn(&mut SourceView), CoverageState); 3] = [
        (|source| source.truncated = true, CoverageState::SourceTruncated),
        (|source| source.filtered = true, CoverageState::Filtered),
        (|source| source.subset = true, CoverageState::Subset),
    ];
    for (fault, expected) in faults {
        let mut world = world();
        fault(&mut world.sources[0]);
        assert_eq!(world.whole(), expected);
        // A second, whole source makes up for it.
        world.sources.push(source());
        assert_eq!(world.whole(), CoverageState::Observed);
    }
}

#[test]
fn a_young_export_leaves_its_last_day_unsettled() {
    let mut world = world();
    world.sources[0].exported = Some(UtcMicros(END + HOUR));
    assert_eq!(world.states(), [(0, 217, CoverageState::Observed), (217, 240, CoverageState::Unsettled)]);
    world.sources[0].exported = Some(UtcMicros(9 * DAY));
    assert_eq!(world.states().last(), Some(&(216, 240, CoverageState::SourceGap)), "after the export");
}

#[test]
fn hours_older_than_the_retention_are_named_so() {
    let mut world = world();
    world.sources[0].exported = Some(UtcMicros(END + DAY));
    world.sources[0].retention_days = Some(7);
    assert_eq!(world.states(), [(0, 96, CoverageState::BeforeRetention), (96, 240, CoverageState::Observed)]);
    world.sources[0].retention_days = None;
    assert_eq!(world.whole(), CoverageState::Observed);
    world.sources[0].exported = Some(UtcMicros(95 * DAY));
    assert_eq!(world.states()[0], (0, 120, CoverageState::BeforeRetention), "90 days for records before October 2023");
}

#[test]
fn a_throttled_record_blinds_a_day_and_several_blind_their_union() {
    let mut world = world();
    for at in [24, 30] {
        world.rows.push(bind("a", at * HOUR).kind(MailAccessType::Bind, ThrottleState::Yes));
    }
    let states = world.states();
    assert_eq!(states[1], (24, 54, CoverageState::BlindThrottled));
    assert_eq!(states.len(), 3);
}

#[test]
fn an_absent_flag_is_excluded_by_count_in_a_quiet_mailbox_and_not_in_a_busy_one() {
    let mut world = world();
    world.rows = without_flag(alive());
    assert_eq!(world.whole(), CoverageState::ObservedByCount);
    world.rows.extend(without_flag((0..501).map(|n| bind("a", 5 * DAY + n)).collect()));
    // From the 501st record until the trailing days that end within the last day no longer hold it.
    let states = world.states();
    assert_eq!(states[1], (120, 168, CoverageState::ThrottleUnknown), "{states:?}");
    assert_eq!(states[2].2, CoverageState::ObservedByCount);
}

#[test]
fn an_absent_flag_is_not_excluded_where_items_or_a_filter_speak_against_it() {
    let mut world = world();
    world.rows = without_flag(alive());
    let ids: Vec<String> = (0..1_001).map(|n| format!("{n}@x")).collect();
    let mut large = without_flag(vec![bind("a", 5 * DAY)]).remove(0);
    large.items = ids.iter().map(|id| (id.clone(), "inbox".to_owned())).collect();
    world.rows.push(large);
    assert!(world.states().contains(&(120, 168, CoverageState::ThrottleUnknown)), "{:?}", world.states());
    let mut world = self::world();
    world.rows = without_flag(alive());
    world.sources[0].unfiltered = false;
    assert_eq!(world.whole(), CoverageState::ThrottleUnknown, "a filter that is not stated may hide records");
}

#[test]
fn the_flag_is_that_of_the_nearest_record_before_else_of_the_next() {
    let mut world = world();
    world.rows = without_flag(vec![bind("a", 6 * HOUR)]);
    world.rows.extend((2..40).map(|n| bind("a", n * 6 * HOUR)));
    assert_eq!(world.states(), [(0, 12, CoverageState::ObservedByCount), (12, 240, CoverageState::Observed)]);
}

#[test]
fn many_records_and_then_silence_are_suspected_throttling() {
    let mut world = world();
    world.rows = (0..240).filter(|hour| !(121..140).contains(hour)).map(|hour| bind("a", hour * HOUR)).collect();
    world.rows.extend((0..950).map(|n| bind("a", 119 * HOUR + n * 1_000_000)));
    let states = world.states();
    assert_eq!(states[1], (120, 140, CoverageState::ThrottleSuspected), "{states:?}");
    world.rows.truncate(221 + 900);
    assert_eq!(world.whole(), CoverageState::Observed, "below 950 records nothing is suspected");
}

#[test]
fn a_long_silence_of_a_mailbox_is_silent() {
    let mut world = world();
    world.rows.retain(|row| !(3 * DAY..6 * DAY + 6 * HOUR).contains(&row.created));
    assert_eq!(world.states()[1], (66, 150, CoverageState::Silent));
    world.rows = alive();
    world.rows.retain(|row| !(3 * DAY..5 * DAY).contains(&row.created));
    assert_eq!(world.whole(), CoverageState::Observed, "72 hours are allowed where no habit is known");
}

#[test]
fn noise_counts_as_a_heartbeat() {
    let mut world = world();
    for row in &mut world.rows {
        row.key[3] = "b669c6ea-1adf-453f-b8bc-6d526592b419".to_owned();
        row.key[6] = "Client=REST;Client=RESTSystem;;".to_owned();
    }
    assert_eq!(world.whole(), CoverageState::Observed);
}

#[test]
fn a_mailbox_without_any_record_and_without_an_audit_list_is_not_shown_to_be_audited() {
    let mut world = world();
    world.rows.clear();
    assert_eq!(world.whole(), CoverageState::NotAudited);
    world.case.controls = vec![audit_settings(Some(true), &["MailItemsAccessed"], &["MailItemsAccessed"])];
    assert_eq!(world.whole(), CoverageState::Silent);
}

fn audit_settings(enabled: Option<bool>, owner: &[&str], delegate: &[&str]) -> Control {
    let list = |names: &[&str]| Some(AuditList { operations: names.iter().map(|name| (*name).to_owned()).collect() });
    control(ControlStatement::AuditSettings {
        mailbox: name(),
        enabled,
        owner: list(owner),
        delegate: list(delegate),
        admin: None,
    })
}

#[test]
fn an_audit_list_without_the_operation_blinds_its_logon_type_only() {
    let mut world = world();
    world.case.controls = vec![audit_settings(Some(true), &["MailItemsAccessed"], &["SendAs"])];
    let covered = world.cover();
    assert_eq!(covered.by_logon[0][0].1, CoverageState::Observed);
    assert_eq!(covered.by_logon[1][0].1, CoverageState::NotAudited);
    assert_eq!(covered.worst()[0].1, CoverageState::NotAudited);
    assert_eq!(covered.rows(&MailboxKey("m".into())).len(), 3);
}

#[test]
fn what_is_not_recorded_by_default_is_not_audited_until_a_list_shows_it() {
    for kind in [MailboxKind::Group, MailboxKind::Resource, MailboxKind::PublicFolder, MailboxKind::OnPremises] {
        let mut world = world();
        world.case.roster = vec![entry(kind)];
        assert_eq!(world.whole(), CoverageState::NotAudited);
        world.case.controls = vec![audit_settings(Some(true), &["MailItemsAccessed"], &["MailItemsAccessed"])];
        assert_eq!(world.whole(), CoverageState::Observed);
    }
}

#[test]
fn a_licence_or_an_organisation_without_recording_is_not_audited_while_it_holds() {
    let licence = ControlStatement::Licence {
        mailbox: name(),
        licence: "E1".to_owned(),
        recording: Recording::Off,
        span: Some(span(DAY, 2 * DAY)),
    };
    let organization =
        ControlStatement::OrganizationAudit { recording: Recording::Off, span: Some(span(DAY, 2 * DAY)) };
    for statement in [licence, organization] {
        let mut world = world();
        world.case.controls = vec![control(statement)];
        assert_eq!(world.states()[1], (24, 48, CoverageState::NotAudited));
    }
    let mut world = world();
    world.related = vec![
        event("Set-Mailbox", DAY, "a", "AuditEnabled=False"),
        event("Set-Mailbox", 2 * DAY, "a", "AuditEnabled=True"),
        event("Set-Mailbox", 3 * DAY, "b", "AuditEnabled=False"),
    ];
    assert_eq!(world.states()[1], (24, 48, CoverageState::NotAudited));
}

#[test]
fn an_actor_on_the_bypass_list_blinds_every_mailbox() {
    let mut world = world();
    world.case.controls = vec![control(ControlStatement::Bypass {
        actor: "svc@contoso.example".to_owned(),
        span: Some(span(DAY, 2 * DAY)),
    })];
    assert_eq!(world.states()[1], (24, 48, CoverageState::Bypassed));
    let mut world = self::world();
    world.related = vec![
        event("Set-MailboxAuditBypassAssociation", DAY, "svc", "Identity=svc\nAuditBypassEnabled=True"),
        event("Set-MailboxAuditBypassAssociation", 2 * DAY, "svc", "Identity=svc\nAuditBypassEnabled=False"),
    ];
    assert_eq!(world.states()[1], (24, 48, CoverageState::Bypassed));
}

#[test]
fn a_delegate_in_another_geography_is_not_recorded() {
    let mut world = world();
    let geo = |principal: &str, geo: &str| {
        control(ControlStatement::Geo { principal: principal.to_owned(), geo: geo.to_owned() })
    };
    world.case.controls = vec![
        geo("a@contoso.example", "EUR"),
        geo("b@contoso.example", "NAM"),
        control(ControlStatement::Permission {
            principal: "b@contoso.example".to_owned(),
            mailbox: Some(name()),
            right: "FullAccess".to_owned(),
            span: None,
        }),
    ];
    let covered = world.cover();
    assert_eq!(covered.by_logon[0][0].1, CoverageState::Observed);
    assert_eq!(covered.by_logon[1][0].1, CoverageState::CrossGeo);
}

#[test]
fn a_known_gap_wins_over_a_covering_source() {
    let mut world = world();
    world.case.known_gaps =
        vec![KnownGap { place: place(), scope: GapScope::All, span: span(DAY, 2 * DAY), source: "notice".to_owned() }];
    assert_eq!(world.states()[1], (24, 48, CoverageState::KnownGap));
}

#[test]
fn the_worst_state_of_an_instant_wins() {
    let mut world = world();
    world.sources[0].span = span(DAY, END);
    world.rows.push(bind("a", 12 * HOUR).kind(MailAccessType::Bind, ThrottleState::Yes));
    assert_eq!(world.states()[..2], [(0, 24, CoverageState::SourceGap), (24, 36, CoverageState::BlindThrottled)]);
}

fn receipt(name: &str) -> SourceReceipt {
    SourceReceipt {
        id: mailtrail_model::SourceId(0),
        name: name.to_owned(),
        parent: None,
        sha256: mailtrail_model::Sha256([0; 32]),
        bytes: 1,
        content_bytes: 1,
        container: Some("portal-csv".into()),
        lossy: false,
        encoding: "utf-8".into(),
        compression: None,
        refused: None,
        span: Some(span(DAY, 2 * DAY)),
        completeness: mailtrail_model::Completeness::default(),
    }
}

fn declaration(path: &str) -> SourceDeclaration {
    SourceDeclaration {
        path: path.to_owned(),
        exported: Some(UtcMicros(20 * DAY)),
        query: Some(domain()),
        retention_days: None,
        scope: SourceScope::All,
        filter: SourceFilter::None,
        collector: None,
        method: None,
        rows_reported: None,
        place: place(),
    }
}

#[test]
fn a_declaration_is_about_the_file_the_folder_or_the_archive_it_names() {
    for (path, name, expected) in [
        ("exports/a.csv", "exports/a.csv", true),
        ("./exports/a.csv", "a.csv", true),
        ("exports", "exports/a.csv", true),
        ("exports/z.zip", "exports/z.zip!a.csv", true),
        ("exports/z.zip", "z.zip!a.csv", true),
        ("exports/a.csv", "exports/aa.csv", false),
        ("exports/a", "exports/a.csv", false),
    ] {
        assert_eq!(declaration(path).is_about(name), expected, "{path} {name}");
    }
}

#[test]
fn a_view_joins_what_was_read_and_what_was_declared() {
    let rules = Rules::default();
    let read = SourceView::of(&receipt("a"), 7, None, &rules).unwrap();
    assert_eq!((read.span, read.declared), (span(DAY, 2 * DAY), false));
    let view = SourceView::of(&receipt("a"), 7, Some(&declaration("a")), &rules).unwrap();
    assert_eq!((view.span, view.declared, view.subset), (domain(), true, false));
    let method = |text: &str| SourceDeclaration { method: Some(text.to_owned()), ..declaration("a") };
    let subset = |text: &str| SourceView::of(&receipt("a"), 7, Some(&method(text)), &rules).unwrap().subset;
    assert!(subset("Search-UnifiedAuditLog"));
    assert!(!subset("Search-UnifiedAuditLog -HighCompleteness"));
    assert!(!subset("purview-portal"));
    let cmdlet = SourceReceipt { container: Some("search-ual-csv".into()), ..receipt("a") };
    assert!(SourceView::of(&cmdlet, 7, Some(&declaration("a")), &rules).unwrap().subset, "the cmdlet's own columns");
    let refused = SourceReceipt { container: None, ..receipt("a") };
    assert!(SourceView::of(&refused, 7, Some(&declaration("a")), &rules).is_none());
}

#[test]
fn a_source_is_cut_by_what_its_rows_say_or_by_what_the_service_reported() {
    let rules = Rules::default();
    let found = |code: &'static str| {
        let mut receipt = receipt("a");
        receipt.completeness.findings.push(mailtrail_model::Finding {
            code: code.into(),
            evidence: String::new(),
            ask: None,
            incomplete: true,
        });
        SourceView::of(&receipt, 7, None, &rules).unwrap().truncated
    };
    assert!(found("row-cap") && found("unfinished-file") && found("missing-parts"));
    assert!(!found("only-owner") && !found("silence"), "they are printed; the examiner declares what follows");
    let reported = |rows| SourceDeclaration { rows_reported: Some(rows), ..declaration("a") };
    assert!(SourceView::of(&receipt("a"), 7, Some(&reported(8)), &rules).unwrap().truncated);
    assert!(!SourceView::of(&receipt("a"), 7, Some(&reported(7)), &rules).unwrap().truncated);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn view()(start in 0..9i64, days in 1..10i64, declared: bool, truncated: bool, filtered: bool, subset: bool, exported in 5..40i64) -> SourceView {
            SourceView {
                span: span(start * DAY, (start + days) * DAY),
                declared, truncated, filtered, subset,
                unfiltered: !filtered,
                exported: Some(UtcMicros(exported * DAY)),
                ..source()
            }
        }
    }

    fn hours(covered: &Covered) -> Vec<CoverageState> {
        (0..240).filter_map(|hour| state_at(&covered.by_logon[0], hour * HOUR)).collect()
    }

    proptest! {
        #[test]
        fn a_new_source_never_turns_a_covered_hour_into_a_gap(views in prop::collection::vec(view(), 0..4), new in view(), flags: bool) {
            let mut world = world();
            world.rows = if flags { alive() } else { without_flag(alive()) };
            world.sources = views;
            let before = hours(&world.cover());
            world.sources.push(new);
            let after = hours(&world.cover());
            prop_assert_eq!(before.len(), 240);
            for (before, after) in before.iter().zip(&after) {
                prop_assert!(after >= before, "{:?} became {:?}", before, after);
            }
        }

        #[test]
        fn the_states_partition_the_domain(views in prop::collection::vec(view(), 0..4), throttled in 0..240i64) {
            let mut world = world();
            world.sources = views;
            world.rows.push(bind("a", throttled * HOUR).kind(MailAccessType::Bind, ThrottleState::Yes));
            for list in &world.cover().by_logon {
                prop_assert_eq!(list[0].0.start.0, 0);
                prop_assert_eq!(list[list.len() - 1].0.end.0, END);
                prop_assert!(list.windows(2).all(|pair| pair[0].0.end == pair[1].0.start && pair[0].1 != pair[1].1));
            }
        }
    }
}
