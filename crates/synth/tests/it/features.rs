//! Worlds that differ and still follow the documents: each does what it says, and none gives a false D.

use std::collections::BTreeSet;

use mailtrail_model::{ExposureClass, Reason};
use mailtrail_synth::{
    Invented, World,
    evaluate::{ClassScore, Family, class_rows, class_world},
    feature::Feature,
    record::Event,
    scenario::attack::Attack,
    service::Fate,
    tenant::Kind,
    touch::Target,
};

fn world(feature: Feature, attacks: Vec<Attack>) -> World {
    Invented { features: vec![feature], attacks, ..Invented::new(6, 30, 31) }.world()
}

fn fates(world: &World) -> impl Iterator<Item = Option<Fate>> + '_ {
    world.lives.iter().flat_map(|life| life.log.fates.iter().copied())
}

#[test]
fn a_rotating_poller_takes_thirty_new_messages_a_day_over_many_addresses() {
    let what = Invented { features: vec![Feature::RotatingPoller], ..Invented::new(2, 60, 7) };
    let world = what.world();
    let own = || world.lives[0].touches.iter().filter(|touch| touch.why == "rotating-poller");
    let addresses: BTreeSet<_> = own().map(|touch| touch.context.address.clone()).collect();
    let messages: BTreeSet<Target> = own().map(|touch| touch.target).collect();
    assert!((110..=126).contains(&addresses.len()), "{}", addresses.len());
    assert!((24..=36).contains(&(messages.len() / 60)), "{} a day", messages.len() / 60);
    assert!(own().count() > messages.len() * 5 / 4, "some are read again");
}

#[test]
fn mailboxes_and_actors_that_are_not_audited_leave_no_record() {
    let groups = world(Feature::GroupMailboxes, vec![]);
    let kinds: Vec<Kind> = groups.tenant.mailboxes.iter().map(|mailbox| mailbox.kind).collect();
    assert_eq!(kinds[4..], [Kind::Group, Kind::Resource]);
    assert!(groups.lives[4..].iter().all(|life| life.log.records.is_empty() && !life.touches.is_empty()));
    let bypass = world(Feature::BypassListed, vec![]);
    let actor = &bypass.tenant.mailboxes[0].upn;
    assert!(bypass.lives.iter().flat_map(|life| &life.log.records).all(|record| record.user_id() != &**actor));
    assert!(fates(&bypass).any(|fate| fate == Some(Fate::Unaudited)));
}

#[test]
fn a_content_search_is_in_the_log_and_what_it_took_is_not() {
    let world = world(Feature::FullyCovered, vec![Attack::ContentSearch]);
    assert_eq!(world.related.iter().filter(|record| record.operation().starts_with("Search")).count(), 2);
    assert!(fates(&world).any(|fate| fate == Some(Fate::Unaudited)));
    let plain = Invented { attacks: vec![], ..Invented::new(6, 30, 31) }.world();
    assert!(plain.related.iter().all(|record| !record.operation().starts_with("Search")));
}

#[test]
fn opened_attachments_leave_records_that_name_the_message_by_its_store_id() {
    let world = world(Feature::Attachments, vec![]);
    let records = world.records();
    let attached: Vec<_> = records.iter().filter(|record| matches!(record.event, Event::Attachment { .. })).collect();
    assert!(attached.len() > 50, "{}", attached.len());
    let body = String::from_utf8(attached[0].audit_data()).unwrap();
    assert!(body.contains("\"Operation\":\"AttachmentAccess\"") && !body.contains("InternetMessageId"), "{body}");
}

#[test]
fn most_mail_moves_in_a_world_of_moved_mail() {
    let share = |world: &World| {
        let filed = |m: &&mailtrail_synth::mail::Message| m.filed.is_some();
        let all: usize = world.lives.iter().map(|life| life.messages.len()).sum();
        world.lives.iter().flat_map(|life| &life.messages).filter(filed).count() * 100 / all
    };
    let plain = Invented::new(6, 30, 31).world();
    assert!(share(&world(Feature::MovedMail, vec![])) > share(&plain) + 25);
}

fn total(feature: Feature, attacks: &[(usize, Attack)]) -> ClassScore {
    let family = Family { days: 20, features: vec![feature], ..Family::ordinary(6) };
    let (_, scores) = class_world(&family, 41, attacks, 0.0).unwrap();
    let mut all = ClassScore::default();
    scores.iter().for_each(|one| all.add(one));
    all
}

#[test]
fn no_message_that_the_marked_intruder_accessed_is_d_whatever_a_documented_world_is_like() {
    for feature in Feature::ALL {
        let plan = [(1, Attack::Delegate), (3, Attack::Day), (4, Attack::Delegate), (5, Attack::ContentSearch)];
        let score = total(feature, &plan);
        assert!(score.accessed.values().sum::<u64>() > 400, "{}: {score:?}", feature.name());
        assert_eq!(score.false_d(), 0, "{}: {:?}", feature.name(), score.examples);
    }
}

fn reasons(family: &Family, attack: &[(usize, Attack)], mailbox: usize) -> (BTreeSet<Reason>, u64) {
    let (world, rows) = class_rows(family, 51, attack).unwrap();
    let guid = &*world.tenant.mailboxes[mailbox].guid;
    let own = || rows.iter().filter(|row| row.mailbox.as_str().ends_with(guid));
    let d = own().filter(|row| matches!(row.class, ExposureClass::D0 | ExposureClass::D1)).count();
    let c = own().filter(|row| matches!(row.class, ExposureClass::CNear | ExposureClass::CFar));
    (c.flat_map(|row| row.reasons.iter().copied()).collect(), u64::try_from(d).unwrap())
}

#[test]
fn a_mailbox_in_a_row_capped_export_is_not_excluded() {
    let family = Family { days: 24, features: vec![Feature::RowCap], ..Family::ordinary(12) };
    let (found, d) = reasons(&family, &[(1, Attack::Day)], 1);
    assert!(found.contains(&Reason::Trn) && d == 0, "{found:?}, {d}");
}

#[test]
fn a_listed_bypass_makes_every_mailbox_not_excluded() {
    let family = Family { days: 20, features: vec![Feature::BypassListed], ..Family::ordinary(4) };
    let (found, d) = reasons(&family, &[], 2);
    assert!(found.contains(&Reason::Byp) && d == 0, "{found:?}, {d}");
}
