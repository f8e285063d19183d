//! The audit service does what its documents and the measurements say.

use std::{collections::BTreeMap, sync::Arc};

use mailtrail_synth::{
    context::{self, Context},
    life::Horizon,
    record::{Event, Schema},
    rng::Rng,
    second::{Date, Second},
    service::{Fate, Service, audit},
    tenant::Tenant,
    touch::{Actor, Target, Touch},
    world::mail_of,
};

struct Setting {
    tenant: Tenant,
    mail: Vec<mailtrail_synth::mail::Message>,
    start: Second,
}

impl Setting {
    fn new() -> Self {
        let start = Date::new(2023, 11, 10).at(9, 0);
        let horizon =
            Horizon { from: Date::new(2023, 11, 1).midnight(), until: Date::new(2023, 12, 1).midnight(), seed: 4 };
        let mut tenant = Tenant::invented(1, 4);
        tenant.mailboxes[0].habits.backlog = 3_000;
        let mail = mail_of(&tenant, horizon).remove(0).into_iter().map(|m| mailtrail_synth::mail::Message {
            filed: None,
            folder: 0,
            ..m
        });
        Self { mail: mail.collect(), tenant, start }
    }

    fn app(&self, app: &str, address: &str) -> Arc<Context> {
        let mut rng = Rng::stream(1, "test", 0);
        let mut context = Context::poller(&self.tenant.mailboxes[0], app, address.to_owned());
        context.token = Some(context::token(self.start, &mut rng));
        Arc::new(context)
    }

    fn touch(&self, seconds: i64, message: usize, context: &Arc<Context>) -> Touch {
        Touch {
            at: self.start.plus(seconds),
            target: Target::Message(message),
            context: context.clone(),
            who: Actor::Service,
            why: "test",
        }
    }

    fn audit(&self, touches: &[Touch]) -> mailtrail_synth::service::Log {
        audit(&self.tenant, &self.tenant.mailboxes[0], &self.mail, touches, Service::documented(Schema::Y2023), 1)
    }
}

#[test]
fn binds_of_two_minutes_share_a_record_and_split_at_eleven_items() {
    let setting = Setting::new();
    let context = setting.app("a", "198.51.100.1");
    let touches: Vec<Touch> =
        (0..25).map(|nth| setting.touch(i64::try_from(nth).unwrap() * 4, nth, &context)).collect();
    let log = setting.audit(&touches);
    let counts: Vec<usize> = log.records.iter().map(|record| record.items().len()).collect();
    assert_eq!(counts, [11, 11, 3]);
    assert!(log.records.iter().all(|record| record.created == setting.start.plus(120)));
}

#[test]
fn a_repeat_within_the_hour_leaves_no_record_and_a_later_one_does() {
    let setting = Setting::new();
    let context = setting.app("a", "198.51.100.1");
    let log = setting.audit(&[
        setting.touch(0, 0, &context),
        setting.touch(3_000, 0, &context),
        setting.touch(3_721, 0, &context),
    ]);
    assert_eq!(log.fates, [Some(Fate::Recorded(0)), Some(Fate::Suppressed), Some(Fate::Recorded(1))]);
    assert!(log.records[1].created.0 - log.records[0].created.0 > 3_600);
}

#[test]
fn an_application_can_hide_behind_another_of_the_same_address() {
    let setting = Setting::new();
    let (first, second) = (setting.app("a", "20.190.160.9"), setting.app("b", "20.190.160.9"));
    let log =
        setting.audit(&[setting.touch(0, 0, &first), setting.touch(30, 1, &second), setting.touch(600, 0, &second)]);
    assert_eq!(log.fates, [Some(Fate::Recorded(0)), Some(Fate::Recorded(0)), Some(Fate::Suppressed)]);
    assert_eq!(log.records[0].access().unwrap().context.app_id.as_deref(), Some("a"));
}

#[test]
fn more_than_a_thousand_records_stop_binds_for_a_day_but_not_syncs() {
    let setting = Setting::new();
    let mut touches: Vec<Touch> = (0..1_200)
        .map(|nth| {
            let address = format!("198.51.100.{}", nth % 250);
            setting.touch(i64::try_from(nth).unwrap() * 20, nth, &setting.app("a", &address))
        })
        .collect();
    let context = setting.app("a", "203.0.113.1");
    touches.push(Touch { target: Target::Folder(0), ..setting.touch(30_000, 0, &context) });
    touches.push(setting.touch(30_001, 5, &context));
    touches.push(setting.touch(2 * 86_400, 5, &context));
    let log = setting.audit(&touches);
    let flagged: Vec<_> = log.records.iter().filter(|record| record.access().unwrap().throttled).collect();
    assert_eq!(flagged.len(), 1);
    assert_eq!(log.blind, [(flagged[0].created, flagged[0].created.plus(86_400))]);
    assert_eq!(
        log.fates[1_200..].iter().map(|fate| matches!(fate, Some(Fate::Recorded(_)))).collect::<Vec<_>>(),
        [true, false, true]
    );
    assert_eq!(log.records.iter().filter(|record| record.created <= flagged[0].created).count(), 1_001);
}

#[test]
fn a_sync_names_a_folder_and_no_item() {
    let setting = Setting::new();
    let context = setting.app("a", "198.51.100.1");
    let log = setting.audit(&[Touch { target: Target::Folder(0), ..setting.touch(0, 0, &context) }]);
    let body: serde_json::Value = serde_json::from_slice(&log.records[0].audit_data()).unwrap();
    assert!(matches!(log.records[0].event, Event::Sync { .. }));
    assert_eq!(body["RecordType"], 2);
    assert_eq!(body["Item"]["ParentFolder"]["Path"], "Not Available");
    assert_eq!(body["ClientIP"], body["ClientIPAddress"]);
    assert!(body.get("Folders").is_none());
}

#[test]
fn each_year_has_its_fields() {
    let setting = Setting::new();
    let context = setting.app("a", "198.51.100.1");
    let body = |schema| -> serde_json::Value {
        let log = audit(
            &setting.tenant,
            &setting.tenant.mailboxes[0],
            &setting.mail,
            &[setting.touch(0, 0, &context)],
            Service::documented(schema),
            1,
        );
        serde_json::from_slice(&log.records[0].audit_data()).unwrap()
    };
    let expectations: BTreeMap<Schema, [bool; 4]> = [
        (Schema::Y2021, [false, false, false, true]),
        (Schema::Y2023, [true, false, false, true]),
        (Schema::Y2024, [true, true, false, true]),
        (Schema::Y2025, [true, true, true, false]),
    ]
    .into();
    for (schema, expected) in expectations {
        let body = body(schema);
        let item = &body["Folders"][0]["FolderItems"][0];
        let has = |key: &str| item.get(key).is_some();
        let throttle = body["OperationProperties"].as_array().unwrap().len() == 2;
        assert_eq!([has("SizeInBytes"), has("Id"), has("ImmutableId"), throttle], expected, "{schema:?}");
        assert!(body.get("ClientIP").is_none());
    }
}
