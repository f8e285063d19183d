//! Owns the `midnight-blizzard` scenario: a replay with invented people of what Microsoft told of January 2024.
//!
//! A password spray from residential addresses finds a legacy test account without a second factor; a legacy test
//! application gets `full_access_as_app`; from late November to 12 January it takes mail of leadership, cybersecurity and
//! legal over EWS and Graph. One mailbox is taken so fast that the service stops recording; one is synchronised by an
//! Outlook, with a password that stood in a mail. Sources: Microsoft, "Midnight Blizzard: Guidance for responders on
//! nation-state attack" (25 January 2024); no public record of the real case exists.

mod people;
mod story;

use std::sync::Arc;

use crate::{
    casework::Mark,
    context::{self, Context},
    life::Horizon,
    mail::Message,
    rng::Rng,
    second::{Date, Second},
    tenant::Tenant,
    touch::{Actor, Target, Touch},
    world::Plant,
};

pub use people::tenant;

/// The legacy test application.
pub const APP: &str = "b1c6d2f0-3a75-4f6e-8d19-5e0a7c94e2d3";
/// Its user agent over EWS.
const AGENT: &str = "ExchangeServicesClient/15.00.0913.015";
/// The token session of the synchronising Outlook.
pub const OUTLOOK_SESSION: &str = "7d0f8a52-9c1e-4b63-a0f4-61d2c7e95b38";
/// Where that Outlook comes from.
pub const OUTLOOK_ADDRESS: &str = "203.0.113.77";

/// Mailboxes that the application reads, by the local part of their address, with the night of the first visit.
const READ: [(&str, Date); 7] = [
    ("r.castellan", Date::new(2023, 11, 30)),
    ("o.marchetti", Date::new(2023, 12, 2)),
    ("t.wexley", Date::new(2023, 11, 28)),
    ("b.adeyemi", Date::new(2023, 12, 6)),
    ("m.sorel", Date::new(2023, 12, 4)),
    ("k.brandauer", Date::new(2023, 12, 11)),
    ("j.lindgren", Date::new(2023, 12, 19)),
];
/// The mailbox that is taken too fast, and when.
const FLOODED: (&str, Date) = ("t.wexley", Date::new(2023, 12, 14));
/// The mailbox that an Outlook synchronises, and when.
const SYNCED: (&str, Date) = ("n.haverkamp", Date::new(2024, 1, 4));
/// The application is removed.
const CONTAINED: (Date, i64) = (Date::new(2024, 1, 12), 18);

/// November 2023 to January 2024.
#[must_use]
pub fn horizon(seed: u64) -> Horizon {
    Horizon { from: Date::new(2023, 11, 1).midnight(), until: Date::new(2024, 2, 1).midnight(), seed }
}

/// The intruder's touches and the events around them.
#[must_use]
pub fn plant(tenant: &Tenant, messages: &[Vec<Message>], horizon: Horizon) -> Plant {
    let mut rng = Rng::stream(horizon.seed, "midnight-blizzard", 0);
    let mut touches = Vec::new();
    for (local, first) in READ {
        let Some(index) = find(tenant, local) else { continue };
        visits(tenant, messages, index, first, &mut rng, &mut touches);
    }
    if let Some(index) = find(tenant, FLOODED.0) {
        flood(tenant, messages, index, &mut rng, &mut touches);
    }
    if let Some(index) = find(tenant, SYNCED.0) {
        synchronise(tenant, messages, index, &mut rng, &mut touches);
    }
    Plant {
        name: "midnight-blizzard",
        touches,
        events: story::events(tenant, &mut rng),
        marks: marks(tenant),
        gap: None,
    }
}

fn marks(tenant: &Tenant) -> Vec<Mark> {
    let app = Mark {
        fields: vec![("app", APP.to_owned())],
        fact:
            "legacy test application; full_access_as_app assigned on 2023-11-26 by a test account that was signed in \
               to from an address of the spray"
                .to_owned(),
        note: None,
    };
    let outlook = Mark {
        fields: vec![
            ("mailbox", format!("{}@{}", SYNCED.0, tenant.domain)),
            ("token_session", OUTLOOK_SESSION.to_owned()),
        ],
        fact: format!("Outlook sign-in of 2024-01-04 from {OUTLOOK_ADDRESS}; the owner has no Outlook at that address"),
        note: Some("her password stood in a mail of 2023-12-21"),
    };
    vec![app, outlook]
}

fn find(tenant: &Tenant, local: &str) -> Option<usize> {
    tenant.mailboxes.iter().position(|mailbox| mailbox.upn.split('@').next() == Some(local))
}

/// An address of a residential proxy, as documentation ranges allow.
fn proxy(rng: &mut Rng) -> String {
    match rng.below(5) {
        0 | 1 => format!("203.0.113.{}", rng.between(1, 254)),
        2 | 3 => format!("198.51.100.{}", rng.between(1, 254)),
        _ => {
            format!("2001:db8:{:x}:{:x}::{:x}", rng.between(0x10, 0xfff), rng.between(1, 0xff), rng.between(2, 0xffff))
        }
    }
}

/// A night every two to five days: first the past, oldest first, then what is new.
fn visits(
    tenant: &Tenant,
    messages: &[Vec<Message>],
    index: usize,
    first: Date,
    rng: &mut Rng,
    touches: &mut Vec<(usize, Touch)>,
) {
    let mailbox = &tenant.mailboxes[index];
    let contained = CONTAINED.0.at(CONTAINED.1, 0);
    // The part of the past that its search found.
    let mut wanted: Vec<usize> = (0..messages[index].len()).filter(|_| rng.chance(0.7)).collect();
    wanted.reverse();
    let mut start = first.at(rng.between(1, 9), rng.between(0, 59));
    while start < contained {
        let graph = rng.chance(0.3);
        let mut at = start;
        let mut left = rng.between(25, 90);
        let mut context = None;
        while left > 0 && at < contained {
            let Some(message) = wanted.last().copied().filter(|message| messages[index][*message].received <= at)
            else {
                break;
            };
            wanted.pop();
            if !messages[index][message].is_there(at) {
                continue;
            }
            // A proxy serves about ten requests.
            if context.is_none() || rng.chance(0.1) {
                let token = context::token(at, rng);
                context = Some(Arc::new(if graph {
                    Context::app_only_graph(mailbox, APP, token, rng)
                } else {
                    Context::app_only_ews(mailbox, APP, proxy(rng), AGENT, token)
                }));
            }
            if let Some(context) = &context {
                touches.push((
                    index,
                    touch(at, Target::Message(message), context, if graph { "graph-take" } else { "ews-take" }),
                ));
            }
            left -= 1;
            at = at.plus(rng.between(4, 45));
        }
        start = start.midnight().plus(rng.between(2, 5) * Second::DAY + rng.between(3_600, 36_000));
    }
}

/// Everything in the mailbox, again and again, from an address a message: the service gives up before the intruder does.
fn flood(tenant: &Tenant, messages: &[Vec<Message>], index: usize, rng: &mut Rng, touches: &mut Vec<(usize, Touch)>) {
    let mailbox = &tenant.mailboxes[index];
    let (mut at, until) = (FLOODED.1.at(2, 20), FLOODED.1.at(19, 40));
    let mut context = Arc::new(Context::app_only_ews(mailbox, APP, proxy(rng), AGENT, context::token(at, rng)));
    while at < until {
        for (message, _) in messages[index].iter().enumerate().filter(|(_, m)| m.is_there(FLOODED.1.midnight())) {
            if rng.chance(0.55) {
                context = Arc::new(Context::app_only_ews(mailbox, APP, proxy(rng), AGENT, context::token(at, rng)));
            }
            if at >= until {
                break;
            }
            touches.push((index, touch(at, Target::Message(message), &context, "ews-flood")));
            at = at.plus(rng.between(18, 34));
        }
    }
}

/// An Outlook for Windows with the owner's password: every folder once, some again, a few messages.
fn synchronise(
    tenant: &Tenant,
    messages: &[Vec<Message>],
    index: usize,
    rng: &mut Rng,
    touches: &mut Vec<(usize, Touch)>,
) {
    let mailbox = &tenant.mailboxes[index];
    let context = Arc::new(Context::outlook(
        mailbox,
        mailbox,
        OUTLOOK_ADDRESS.to_owned(),
        OUTLOOK_SESSION.into(),
        "16.0.14326.20454",
    ));
    let mut at = SYNCED.1.at(2, 11);
    for folder in 0..mailbox.folders.list.len() {
        touches.push((index, touch(at, Target::Folder(folder), &context, "outlook-take")));
        at = at.plus(rng.between(1, 9));
    }
    let inbox = Target::Folder(crate::folder::DefaultFolder::Inbox.index());
    touches.push((index, touch(at.plus(75 * Second::MINUTE), inbox, &context, "outlook-take")));
    let known = messages[index].partition_point(|m| m.received <= at);
    for (message, entry) in messages[index].iter().enumerate().take(known).skip(known.saturating_sub(9)) {
        if entry.is_there(at) {
            at = at.plus(rng.between(20, 300));
            touches.push((index, touch(at, Target::Message(message), &context, "outlook-take")));
        }
    }
}

fn touch(at: Second, target: Target, context: &Arc<Context>, why: &'static str) -> Touch {
    Touch { at, target, context: context.clone(), who: Actor::Intruder, why }
}
