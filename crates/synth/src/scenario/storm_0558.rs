//! Owns the `storm-0558` scenario: one of the roughly twenty-five organisations of the intrusion of 2023, invented.
//!
//! Tokens forged with a stolen key open web mail of chosen accounts from mid-May to mid-June. No application of the tenant
//! is involved and nobody signs in: the only trace is MailItemsAccessed with an (AppId, ClientAppId) pair that reads mail
//! here for the first time. Volume is low. Sources: CISA and FBI, AA23-193A (12 July 2023); Microsoft, "Analysis of
//! Storm-0558 techniques" (14 July 2023); CSRB, report on the 2023 intrusion (2 April 2024). All ids are invented.

use std::sync::Arc;

use crate::{
    casework::Mark,
    context::{self, Context},
    folder::Language,
    life::Horizon,
    mail::Message,
    rng::Rng,
    second::{Date, Second},
    tenant::{Habits, Kind, Seat, Tenant},
    touch::{Actor, Target, Touch},
    world::Plant,
    zone::Zone,
};

/// The client that the forged tokens name.
pub const CLIENT_APP: &str = "a3f1f2c4-6d0e-4c1b-9a57-2f8d41b7e690";

type Row = (&'static str, &'static str, &'static str, Zone, Language);

const ROWS: [Row; 12] = [
    ("e.kallio", "Eero Kallio", "Security operations", Zone::LONDON, Language::English),
    ("v.brisbois", "Valérie Brisbois", "Regional desk", Zone::PARIS, Language::French),
    ("c.ashdown", "Clement Ashdown", "Regional desk", Zone::LONDON, Language::English),
    ("y.tanabe", "Yori Tanabe", "Regional desk", Zone::SINGAPORE, Language::English),
    ("d.mireles", "Dora Mireles", "Office of the director", Zone::NEW_YORK, Language::Spanish),
    ("g.falkner", "Gerd Falkner", "Office of the director", Zone::BERLIN, Language::German),
    ("w.osei", "Wanda Osei", "Negotiations", Zone::LONDON, Language::English),
    ("i.petrides", "Ilias Petrides", "Negotiations", Zone::LONDON, Language::English),
    ("u.selwyn", "Una Selwyn", "Visas", Zone::LONDON, Language::English),
    ("q.rahimi", "Qasim Rahimi", "Visas", Zone::SINGAPORE, Language::English),
    ("z.lemaire", "Zoé Lemaire", "Finance", Zone::PARIS, Language::French),
    ("desk", "Duty desk", "Regional desk", Zone::LONDON, Language::English),
];

/// Whose mail is wanted.
const WANTED: [&str; 5] = ["v.brisbois", "c.ashdown", "d.mireles", "g.falkner", "w.osei"];

/// Mid-April to the end of June 2023: a month before the first access.
#[must_use]
pub fn horizon(seed: u64) -> Horizon {
    Horizon { from: Date::new(2023, 4, 15).midnight(), until: Date::new(2023, 7, 1).midnight(), seed }
}

/// The invented organisation: Tarn Consular Services.
#[must_use]
pub fn tenant(seed: u64) -> Tenant {
    Tenant::new("tarn-consular.example", ROWS.iter().enumerate().map(seat).collect(), seed)
}

fn seat((nth, row): (usize, &Row)) -> Seat {
    let (local, name, department, zone, language) = *row;
    let shared = local == "desk";
    let habits = Habits {
        backlog: 110,
        mail_a_day: 4.5,
        start_hour: 7 + i64::try_from(nth % 3).unwrap_or(0),
        owa: !shared && nth % 4 != 1,
        outlook: !shared && nth % 4 == 1,
        mobile: !shared && nth % 3 != 2,
        leave: Vec::new(),
        delegate: shared.then_some(2),
        polled: false,
        purges: nth == 8,
        makes_rules: true,
        filing: 0.3,
        fetched: false,
        trips: Vec::new(),
        vpn: false,
        rechecks: 0.0,
        changes: Vec::new(),
        day_sigma: 0.3,
    };
    Seat {
        local: local.to_owned(),
        name: name.to_owned(),
        department,
        kind: if shared { Kind::Shared } else { Kind::User },
        zone,
        language,
        folders: vec!["*\\Cables", "\\Archive"],
        habits,
    }
}

/// The forged sessions: most working days of the intruder, an hour or two, the newest mail first.
#[must_use]
pub fn plant(tenant: &Tenant, messages: &[Vec<Message>], horizon: Horizon) -> Plant {
    let mut rng = Rng::stream(horizon.seed, "storm-0558", 0);
    let mut touches = Vec::new();
    let caught = Date::new(2023, 6, 16).at(14, 0);
    let wanted = tenant
        .mailboxes
        .iter()
        .enumerate()
        .filter(|(_, mailbox)| WANTED.iter().any(|local| mailbox.upn.starts_with(local)));
    for (nth, (index, mailbox)) in (0_i64..).zip(wanted) {
        let mut taken = vec![false; messages[index].len()];
        let mut day = Date::new(2023, 5, 15).midnight().plus(nth * 2 * Second::DAY);
        while day < caught {
            let mut at = day.plus(rng.between(1, 8) * Second::HOUR + rng.between(0, 3_000));
            let context = Arc::new(forged(mailbox, &mut rng));
            let mut left = rng.between(4, 16);
            let known = messages[index].partition_point(|m| m.received <= at);
            for message in (0..known).rev() {
                if left > 0
                    && at < caught
                    && !taken[message]
                    && messages[index][message].is_there(at)
                    && rng.chance(0.8)
                {
                    (taken[message], left) = (true, left - 1);
                    let (who, why) = (Actor::Intruder, "forged-token");
                    touches.push((
                        index,
                        Touch { at, target: Target::Message(message), context: context.clone(), who, why },
                    ));
                    at = at.plus(rng.between(15, 240));
                }
            }
            day = day.plus(if day.weekday() == 4 { 3 } else { rng.between(1, 2) } * Second::DAY);
        }
    }
    let mark = Mark {
        fields: vec![("client_app_id", CLIENT_APP.to_owned())],
        fact: "pair of AppId and ClientAppId that reads mail in no mailbox before 2023-05-15; no sign-in belongs to it"
            .to_owned(),
        note: None,
    };
    Plant { name: "storm-0558", touches, events: Vec::new(), marks: vec![mark], gap: None }
}

/// Web mail in the owner's name, without a session id: nobody signed in.
fn forged(mailbox: &crate::tenant::Mailbox, rng: &mut Rng) -> Context {
    let address = match rng.below(3) {
        0 => format!("203.0.113.{}", rng.between(1, 254)),
        1 => format!("198.51.100.{}", rng.between(1, 254)),
        _ => format!("2001:db8:58:{:x}::{:x}", rng.between(1, 0xff), rng.between(2, 0xffff)),
    };
    let mut context = Context::owa(mailbox, mailbox, address, "".into(), rng);
    context.session = None;
    context.client_app_id = Some(CLIENT_APP.into());
    context.app_id = Some(context::EXCHANGE_ONLINE.into());
    context.client_info = "Client=OWA;Action=ViaProxy".into();
    context
}
