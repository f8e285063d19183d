//! Classes against the truth: in no world that follows the documents is a message that the marked intruder accessed D, in
//! covered worlds an answer is given, and where it cannot be given the right reason is.

use std::collections::BTreeSet;

use mailtrail_model::{ExposureClass, Reason};
use mailtrail_synth::{
    World,
    casework::Case,
    disobedience::Disobedience,
    evaluate::{ClassScore, Family, case_rows, class_world},
    feature::Feature,
    scenario::attack::Attack,
    second::Second,
};

fn total(family: &Family, seed: u64, plan: &[(usize, Attack)], unmarked: f64) -> ClassScore {
    let (_, scores) = class_world(family, seed, plan, unmarked).unwrap();
    let mut all = ClassScore::default();
    scores.iter().for_each(|one| all.add(one));
    all
}

#[test]
fn no_message_that_the_marked_intruder_accessed_is_d_in_a_documented_world() {
    let family = Family { days: 21, ..Family::ordinary(4) };
    for (seed, attack) in (1..).zip(Attack::ALL) {
        let score = total(&family, seed, &[(1, attack)], 0.0);
        assert!(score.accessed.values().sum::<u64>() > 0, "{}: nothing accessed", attack.name());
        assert_eq!(score.false_d(), 0, "{}: {:?}", attack.name(), score.examples);
    }
}

#[test]
fn a_way_in_that_nobody_marked_gives_no_false_d_either() {
    let attacks = [
        Attack::Smash,
        Attack::Day,
        Attack::Slow,
        Attack::OutlookSync,
        Attack::ThrottleFirst,
        Attack::AppOnly,
        Attack::ForgedToken,
        Attack::RotatingProxies,
        Attack::Delegate,
    ];
    let plan: Vec<(usize, Attack)> = attacks.into_iter().enumerate().collect();
    let family = Family { days: 21, ..Family::ordinary(plan.len()) };
    let score = total(&family, 5, &plan, 1.0);
    assert_eq!((score.share(&[ExposureClass::A]).hits, score.false_d()), (0, 0), "{:?}", score.examples);
}

#[test]
fn only_what_an_examiner_accepted_is_d_although_the_intruder_took_it() {
    // In the owner's own session, from the owner's own line: accepted entries mean it once the suspect entry is missing.
    let family = Family { days: 21, ..Family::ordinary(2) };
    let plan = [(0, Attack::OwnContext)];
    assert_eq!(total(&family, 5, &plan, 0.0).false_d(), 0);
    let unmarked = total(&family, 5, &plan, 1.0);
    assert!(unmarked.false_d() > 0, "{:?}", unmarked.accessed);
}

#[test]
fn nine_in_ten_unaccessed_messages_are_resolved_where_everything_is_covered() {
    let family = Family { days: 21, features: vec![Feature::FullyCovered], ..Family::ordinary(5) };
    for (seed, attack) in (21..).zip([Attack::Day, Attack::Slow, Attack::AppOnly]) {
        let score = total(&family, seed, &[(1, attack)], 0.0);
        let share = score.resolved().share().unwrap();
        assert!(share >= 0.9, "{}: {share}, {:?}", attack.name(), score.others);
    }
}

/// The classes and reasons of a mailbox's messages.
fn mailbox(world: &World, case: &Case, number: usize) -> (u64, u64, BTreeSet<Reason>) {
    let guid = &*world.tenant.mailboxes[number].guid;
    let rows = case_rows(world, case).unwrap();
    let own = || rows.iter().filter(|row| row.mailbox.as_str().ends_with(guid));
    let count = |classes: &[ExposureClass]| own().filter(|row| classes.contains(&row.class)).count() as u64;
    let c = own().filter(|row| matches!(row.class, ExposureClass::CNear | ExposureClass::CFar));
    let reasons = c.flat_map(|row| row.reasons.iter().copied()).collect();
    (count(&[ExposureClass::D0, ExposureClass::D1]), count(&[ExposureClass::CNear, ExposureClass::CFar]), reasons)
}

fn covered(ways: Vec<Disobedience>) -> Family {
    Family { days: 24, features: vec![Feature::FullyCovered], disobediences: ways, ..Family::ordinary(3) }
}

#[test]
fn a_reformatted_listing_ends_in_not_excluded_because_it_does_not_join() {
    let family = covered(vec![Disobedience::ReformattedIds]);
    let world = family.world(61, &[(1, Attack::Day)]);
    let (d, c, reasons) = mailbox(&world, &family.case(&world), 1);
    assert!(d == 0 && c > 0 && reasons.contains(&Reason::Unm), "{d} D, {c} C, {reasons:?}");
}

#[test]
fn a_silent_mailbox_ends_in_not_excluded_because_it_shows_no_life() {
    let family = covered(vec![Disobedience::SilentMailbox]);
    let world = family.world(62, &[(0, Attack::Slow)]);
    let (d, c, reasons) = mailbox(&world, &family.case(&world), 0);
    assert!(d == 0 && c > 0 && reasons.contains(&Reason::Sil), "{d} D, {c} C, {reasons:?}");
}

#[test]
fn an_early_export_ends_in_not_excluded_because_late_records_may_be_missing() {
    let family = covered(vec![]);
    let world = family.world(63, &[(1, Attack::Day)]);
    let mut case = family.case(&world);
    for export in &mut case.exports {
        export.exported = world.horizon.until.plus(6 * Second::HOUR);
    }
    let (d, c, reasons) = mailbox(&world, &case, 1);
    assert!(d == 0 && c > 0 && reasons.contains(&Reason::Lat), "{d} D, {c} C, {reasons:?}");
}

#[test]
fn an_unlisted_address_ends_in_not_excluded_because_it_is_unattributed() {
    let family = covered(vec![]);
    let mut world = family.world(64, &[(1, Attack::RotatingProxies)]);
    let known = world.plants[0].touches[0].1.context.address.to_string();
    world.plants[0].marks[0].fields.push(("address", known));
    let (_, c, reasons) = mailbox(&world, &family.case(&world), 1);
    assert!(c > 100 && reasons.contains(&Reason::Una), "{c} C, {reasons:?}");
    let score = total(&family, 64, &[(1, Attack::RotatingProxies)], 0.0);
    assert_eq!(score.false_d(), 0);
}
