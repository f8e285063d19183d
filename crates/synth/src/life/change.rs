//! Owns the days on which honest people look like intruders: a new laptop, a new phone, a migration.
//!
//! These are what alert rules stumble over, so tenants for measuring have them; none of them is told to the detector.

use std::sync::Arc;

use super::{Horizon, MIGRATION_APP};
use crate::{
    context::{self, Context, Place},
    mail::Message,
    rng::Rng,
    second::Second,
    tenant::{Change, Mailbox},
    touch::{Actor, Target, Touch},
};

/// The client whose token sessions a new laptop begins.
pub(super) const NEW_LAPTOP: &str = "outlook-new-laptop";

/// The touches of a mailbox's changes.
pub(super) fn changes(mailbox: &Mailbox, messages: &[Message], horizon: Horizon, touches: &mut Vec<Touch>) {
    let mut rng = Rng::stream(horizon.seed, "changes", mailbox.number);
    for (day, change) in &mailbox.habits.changes {
        let start =
            mailbox.zone.to_utc(horizon.from.midnight().plus(day * Second::DAY + rng.between(8, 15) * Second::HOUR));
        match change {
            Change::NewLaptop => new_laptop(mailbox, *day, horizon, start, &mut rng, touches),
            Change::NewPhone => new_phone(mailbox, messages, horizon, start, &mut rng, touches),
            Change::Migration => migration(mailbox, messages, start, &mut rng, touches),
        }
    }
    touches.retain(|touch| horizon.from <= touch.at && touch.at < horizon.until);
}

/// A fresh Outlook profile: a sign-in of its own, every folder at once. Most are set up in the office or at home, some
/// elsewhere.
fn new_laptop(mailbox: &Mailbox, day: i64, horizon: Horizon, start: Second, rng: &mut Rng, touches: &mut Vec<Touch>) {
    let place = match Rng::stream(horizon.seed, "set-up", mailbox.number).below(10) {
        0..5 => Place::Office,
        5..8 => Place::Home,
        _ => Place::Away(1_000 + day.unsigned_abs()),
    };
    let address = context::address(mailbox, place, start, rng);
    let session = context::session(mailbox, NEW_LAPTOP, start, horizon.seed);
    let context = Arc::new(Context::outlook(mailbox, mailbox, address, session, "16.0.17126.20126"));
    let mut at = start;
    for folder in 0..mailbox.folders.list.len() {
        let (who, why) = (Actor::Owner, "new-laptop");
        touches.push(Touch { at, target: Target::Folder(folder), context: context.clone(), who, why });
        at = at.plus(rng.between(1, 30));
    }
}

/// A phone fetches the last month: one Bind a message, within the hour.
fn new_phone(
    mailbox: &Mailbox,
    messages: &[Message],
    horizon: Horizon,
    start: Second,
    rng: &mut Rng,
    touches: &mut Vec<Touch>,
) {
    let address = context::address(mailbox, Place::Home, start, rng);
    let session = context::session(mailbox, "new-phone", start, horizon.seed);
    let context = Arc::new(Context::mobile(mailbox, address, session));
    let month = messages.partition_point(|m| m.received < start.plus(-30 * Second::DAY));
    let known = messages.partition_point(|m| m.received <= start);
    let mut at = start;
    for index in (month..known).rev() {
        at = at.plus(rng.between(1, 20));
        if messages[index].is_there(at) {
            let (who, why) = (Actor::Owner, "new-phone");
            touches.push(Touch { at, target: Target::Message(index), context: context.clone(), who, why });
        }
    }
}

/// A sanctioned tool copies the mailbox over EWS, oldest first, as fast as it may.
fn migration(mailbox: &Mailbox, messages: &[Message], start: Second, rng: &mut Rng, touches: &mut Vec<Touch>) {
    let (address, token) = ("198.19.8.20".to_owned(), context::token(start, rng));
    let context =
        Arc::new(Context::app_only_ews(mailbox, MIGRATION_APP, address, "ExchangeServicesClient/15.20.0.0", token));
    let mut at = start;
    for (index, message) in messages.iter().enumerate().take_while(|(_, message)| message.received <= start) {
        at = at.plus(rng.between(1, 6));
        if message.is_there(at) {
            let (who, why) = (Actor::Service, "migration");
            touches.push(Touch { at, target: Target::Message(index), context: context.clone(), who, why });
        }
    }
}
