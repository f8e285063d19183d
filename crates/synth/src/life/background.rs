//! Owns what happens without a person: Microsoft's services (two thirds of real records) and a sanctioned poller.

use std::sync::Arc;

use super::{FETCHER_APP, Horizon, POLLER_APP};
use crate::{
    context::Context,
    folder::DefaultFolder,
    mail::Message,
    rng::Rng,
    second::Second,
    tenant::Mailbox,
    touch::{Actor, Target, Touch},
};

/// Services look at each message as it comes, and at recent mail around the clock.
pub(super) fn services(mailbox: &Mailbox, messages: &[Message], horizon: Horizon, touches: &mut Vec<Touch>) {
    let mut rng = Rng::stream(horizon.seed, "services", mailbox.number);
    let mut touch = |at: Second, index: usize, why, context: &Arc<Context>| {
        if horizon.from <= at && at < horizon.until && messages[index].is_there(at) {
            let target = Target::Message(index);
            touches.push(Touch { at, target, context: context.clone(), who: Actor::Service, why });
        }
    };
    for (index, message) in messages.iter().enumerate().filter(|(_, m)| m.received >= horizon.from) {
        if rng.chance(0.6) {
            let context = Arc::new(Context::background(mailbox, &mut rng));
            touch(message.received.plus(rng.between(4, 140)), index, "background-delivery", &context);
        }
    }
    let mut at = horizon.from.plus(rng.between(0, Second::HOUR));
    while at < horizon.until {
        let context = Arc::new(Context::background(mailbox, &mut rng));
        // Recent mail mostly, a few at a time, of one folder.
        let known = messages.partition_point(|m| m.received <= at);
        let back = rng.index(known.min(30));
        let mut left = rng.between(1, 2);
        for index in (known.saturating_sub(back + 12)..known.saturating_sub(back)).rev() {
            if left > 0 && messages[index].folder_at(at) == DefaultFolder::Inbox.index() {
                left -= 1;
                touch(at.plus(rng.between(0, 60)), index, "background-sweep", &context);
            }
        }
        at = at.plus(rng.between(115 * Second::MINUTE, 150 * Second::MINUTE));
    }
}

/// A ticketing system that looks every hour, from an address of its cloud each time, at the newest mail and some of it again.
pub(super) fn poll(mailbox: &Mailbox, messages: &[Message], horizon: Horizon, touches: &mut Vec<Touch>) {
    let mut rng = Rng::stream(horizon.seed, "poller", mailbox.number);
    let addresses: Vec<String> = (0..126).map(|_| format!("198.19.{}.{}", rng.below(8), rng.between(1, 254))).collect();
    let mut at = horizon.from.plus(7 * Second::MINUTE);
    while at < horizon.until {
        let context = Arc::new(Context::poller(mailbox, POLLER_APP, rng.pick(&addresses).clone()));
        let known = messages.partition_point(|m| m.received <= at);
        let mut left = rng.between(1, 4);
        for index in (known.saturating_sub(14)..known).rev() {
            if left > 0 && messages[index].is_there(at) && messages[index].folder_at(at) == DefaultFolder::Inbox.index()
            {
                left -= 1;
                let (who, why) = (Actor::Service, "sanctioned-poller");
                touches.push(Touch {
                    at: at.plus(left),
                    target: Target::Message(index),
                    context: context.clone(),
                    who,
                    why,
                });
            }
        }
        at = at.plus(Second::HOUR + rng.between(-20, 20));
    }
    touches.retain(|touch| touch.at < horizon.until);
}

/// An archiving application that looks every hour, takes each new message once and one it had already, and comes from one of
/// 126 addresses of its cloud each time: the benign poller of public records, with more to do.
pub(super) fn fetch(mailbox: &Mailbox, messages: &[Message], horizon: Horizon, touches: &mut Vec<Touch>) {
    let mut rng = Rng::stream(horizon.seed, "fetcher", mailbox.number);
    let addresses: Vec<String> = (0..126).map(|_| format!("198.19.{}.{}", rng.below(8), rng.between(1, 254))).collect();
    let mut at = horizon.from.plus(11 * Second::MINUTE);
    let mut taken = messages.partition_point(|m| m.received <= at);
    while at < horizon.until {
        let context = Arc::new(Context::poller(mailbox, FETCHER_APP, rng.pick(&addresses).clone()));
        let known = messages.partition_point(|m| m.received <= at);
        let again = (taken > 0).then(|| taken - 1 - rng.index(taken.min(18)));
        for index in again.into_iter().chain(taken..known) {
            let when = at.plus(rng.between(0, 40));
            if messages[index].is_there(when) && when < horizon.until {
                let (who, why) = (Actor::Service, "rotating-poller");
                touches.push(Touch { at: when, target: Target::Message(index), context: context.clone(), who, why });
            }
        }
        taken = known;
        at = at.plus(Second::HOUR + rng.between(-20, 20));
    }
}
