//! Owns the ordinary events of other operations: sends, deletions, sign-ins, a rule now and then.

use std::sync::Arc;

use super::Life;
use crate::{
    context::{self, Context, Place},
    folder::DefaultFolder,
    life::Horizon,
    record::{Access, Admin, Event, Item, Record, Schema, SignIn},
    rng::Rng,
    second::Second,
    tenant::{Kind, Mailbox, Tenant},
};

/// Everything ordinary that is not MailItemsAccessed.
pub(super) fn records(tenant: &Tenant, lives: &[Life], horizon: Horizon, schema: Schema) -> Vec<Record> {
    let mut out = Vec::new();
    for (mailbox, life) in tenant.mailboxes.iter().zip(lives) {
        let mut rng = Rng::stream(horizon.seed, "related", mailbox.number);
        for (at, event) in events(mailbox, life, horizon, &mut rng) {
            if horizon.from <= at && at < horizon.until {
                out.push(Record::new(tenant, schema, at, event, &mut rng));
            }
        }
    }
    out
}

fn events(mailbox: &Mailbox, life: &Life, horizon: Horizon, rng: &mut Rng) -> Vec<(Second, Event)> {
    let mut events = Vec::new();
    for (number, message) in (0_u64..).zip(&life.messages).filter(|(_, m)| m.received >= horizon.from) {
        let item = || {
            let id = message.internet_message_id.clone();
            vec![(Item { internet_message_id: id, size_bytes: message.size_bytes, number }, message.subject.clone())]
        };
        if message.folder == DefaultFolder::Sent.index() && mailbox.kind == Kind::User && rng.chance(0.5) {
            let access =
                Access::new(mailbox, DefaultFolder::Drafts.index(), owner(mailbox, message.received, horizon, rng));
            events.push((message.received, Event::Mailbox { operation: "Send", access, items: item() }));
        }
        if let Some(at) = message.purged {
            let access = Access::new(mailbox, DefaultFolder::Deleted.index(), owner(mailbox, at, horizon, rng));
            events.push((at, Event::Mailbox { operation: "HardDelete", access, items: item() }));
        }
    }
    let mut day = horizon.from.midnight();
    while day < horizon.until && mailbox.kind == Kind::User {
        let at = mailbox.zone.to_utc(day.plus((mailbox.habits.start_hour - 1) * 3_600 + rng.between(0, 3_000)));
        if day.weekday() < 5 && rng.chance(0.35) {
            events.push((at, sign_in(mailbox, at, horizon, rng)));
        }
        day = day.plus(Second::DAY);
    }
    if mailbox.number % 6 == 2 && mailbox.habits.makes_rules {
        // Before most scenarios begin: a rule made in a suspect period is a finding of its own.
        events.push((horizon.from.plus(rng.between(2, 12) * Second::DAY + 41_000), rule(mailbox, horizon, rng)));
    }
    events
}

fn owner(mailbox: &Mailbox, at: Second, horizon: Horizon, rng: &mut Rng) -> Arc<Context> {
    let address = context::address(mailbox, Place::Office, at, rng);
    let session = context::session(mailbox, "owa", at, horizon.seed);
    Arc::new(Context::owa(mailbox, mailbox, address, session, rng))
}

fn sign_in(mailbox: &Mailbox, at: Second, horizon: Horizon, rng: &mut Rng) -> Event {
    let place = if rng.chance(0.7) { Place::Office } else { Place::Home };
    let wrong = rng.chance(0.06);
    Event::SignIn(SignIn {
        user_id: mailbox.upn.clone(),
        user_key: mailbox.object_id.clone(),
        address: context::address(mailbox, place, at, rng).into(),
        application_id: context::EXCHANGE_ONLINE.into(),
        session: (!wrong).then(|| context::session(mailbox, "owa", at, horizon.seed)),
        user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36",
        failure: wrong.then_some(("50126", "InvalidUserNameOrPassword")),
    })
}

fn rule(mailbox: &Mailbox, horizon: Horizon, rng: &mut Rng) -> Event {
    Event::Admin(Admin {
        operation: "New-InboxRule",
        user_id: mailbox.upn.clone(),
        address: context::address(mailbox, Place::Office, horizon.from, rng).into(),
        object_id: format!("{}\\Newsletters", mailbox.upn),
        parameters: vec![
            ("Name", "Newsletters".to_owned()),
            ("SubjectOrBodyContainsWords", "Weekly digest".to_owned()),
            ("MoveToFolder", "Archive".to_owned()),
        ],
    })
}
