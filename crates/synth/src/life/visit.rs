//! Owns a person's days: when they sit down, with which client, what they open. Also for a delegate in another's mailbox.

use std::sync::Arc;

use super::{Horizon, change::NEW_LAPTOP};
use crate::{
    context::{self, Context, Place},
    folder::DefaultFolder,
    mail::Message,
    rng::{Rng, whole},
    second::Second,
    tenant::{Change, Mailbox},
    touch::{Actor, Target, Touch},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Client {
    Owa,
    Outlook,
    Mobile,
}

/// One sitting, in local wall time.
#[derive(Clone, Copy, Debug)]
struct Visit {
    local_start: Second,
    minutes: i64,
    client: Client,
    place: Place,
    /// How much of the mail is opened today.
    zeal: f64,
    /// Day from the beginning.
    day: i64,
    /// Outlook goes through every folder.
    whole: bool,
}

/// The last sitting with Outlook: its token session, its day, the trip it was on.
#[derive(Default)]
struct LastOutlook(Option<(Arc<str>, i64, Option<usize>)>);

impl LastOutlook {
    /// Whether something happened that makes Outlook look through every folder now and then.
    fn differs(&mut self, session: Arc<str>, day: i64, trip: Option<usize>) -> bool {
        let last = self.0.replace((session.clone(), day, trip));
        last.is_some_and(|(known, before, from)| known != session || day - before > 4 || from != trip)
    }
}

/// Every sitting of `who` in `mailbox` over the horizon.
pub(super) fn days(
    who: &Mailbox,
    mailbox: &Mailbox,
    messages: &[Message],
    horizon: Horizon,
    rng: &mut Rng,
    touches: &mut Vec<Touch>,
) {
    let mut opened = vec![false; messages.len()];
    // A stream of its own: people without it draw the same numbers as before.
    let mut folders = Rng::stream(horizon.seed, "all-folders", who.number.wrapping_mul(65_537) + mailbox.number);
    let mut last = LastOutlook::default();
    let mut day = who.zone.to_local(horizon.from).midnight();
    while who.zone.to_utc(day) < horizon.until {
        let zeal = rng.lognormal(who.habits.day_sigma);
        for visit in plan(who, mailbox, day, horizon.from.midnight(), rng) {
            let mut visit = Visit { zeal, ..visit };
            if visit.client == Client::Outlook && who.habits.rechecks > 0.0 {
                let at = who.zone.to_utc(visit.local_start);
                let session = context::session(who, &session_name(who, &visit), at, horizon.seed);
                let differs = last.differs(session, visit.day, trip(who, visit.day));
                visit.whole = differs && folders.chance(who.habits.rechecks);
            }
            sit(who, mailbox, messages, visit, horizon, &mut opened, rng, touches);
        }
        day = day.plus(Second::DAY);
    }
}

/// The trip a person is on.
fn trip(who: &Mailbox, day: i64) -> Option<usize> {
    who.habits.trips.iter().position(|trip| trip.from <= day && day < trip.until)
}

/// Which client's token sessions a sitting uses: a new laptop has its own, and so has a trip on which one has to sign in.
fn session_name(who: &Mailbox, visit: &Visit) -> String {
    let laptop = |(day, change): &(i64, Change)| *change == Change::NewLaptop && *day <= visit.day;
    let name = match visit.client {
        Client::Owa => "owa",
        Client::Outlook if who.habits.outlook && who.habits.changes.iter().any(laptop) => NEW_LAPTOP,
        Client::Outlook => "outlook",
        Client::Mobile => "mobile",
    };
    match trip(who, visit.day) {
        Some(nth) if who.habits.trips[nth].signs_in && visit.client != Client::Mobile => format!("{name} trip {nth}"),
        _ => name.to_owned(),
    }
}

/// Where a sitting really takes place: a plan made for home or office holds where the person is neither away nor behind a
/// service with changing exits.
fn place(who: &Mailbox, visit: &Visit) -> Place {
    match (trip(who, visit.day), visit.place) {
        (_, Place::Carrier) => Place::Carrier,
        (Some(nth), _) => Place::Away(u64::try_from(nth).unwrap_or(0)),
        (None, Place::Home) if who.habits.vpn && visit.client != Client::Mobile => Place::Exit,
        (None, planned) => planned,
    }
}

/// The sittings of one local day.
fn plan(who: &Mailbox, mailbox: &Mailbox, day: Second, first: Second, rng: &mut Rng) -> Vec<Visit> {
    let habits = &who.habits;
    let number = (day.0 - first.0).div_euclid(Second::DAY);
    let away = habits.leave.iter().any(|(from, to)| *from <= number && number < *to);
    let working = day.weekday() < 5 && !who.zone.is_holiday(day) && !away;
    let delegate = who.number != mailbox.number;
    let mut visits = Vec::new();
    let mut visit = |rng: &mut Rng, hour: i64, minutes: i64, client, place| {
        let local_start = day.plus(hour * Second::HOUR + rng.between(0, 50 * Second::MINUTE));
        let minutes = rng.between(minutes / 2, minutes);
        visits.push(Visit { local_start, minutes, client, place, zeal: 1.0, day: number, whole: false });
    };
    let start = habits.start_hour;
    if working {
        let place = if rng.chance(0.6) { Place::Office } else { Place::Home };
        if habits.outlook {
            visit(rng, start, 150, Client::Outlook, place);
            visit(rng, start + 5, 180, Client::Outlook, place);
        }
        if habits.owa && (!delegate || !habits.outlook) {
            visit(rng, start + 1, 60, Client::Owa, place);
            visit(rng, start + 6, 70, Client::Owa, place);
            if rng.chance(0.2) {
                visit(rng, start + 12, 40, Client::Owa, Place::Home);
            }
        }
    }
    if habits.mobile && !delegate {
        let times: &[i64] = if working { &[-1, 4, 11] } else { &[1, 6, 11] };
        for hour in times {
            if rng.chance(if working { 0.8 } else { 0.6 }) {
                let place = if rng.chance(0.6) { Place::Carrier } else { Place::Home };
                visit(rng, start + hour, 20, Client::Mobile, place);
            }
        }
    }
    visits
}

#[expect(clippy::too_many_arguments, reason = "one call, and every argument is another person's business")]
fn sit(
    who: &Mailbox,
    mailbox: &Mailbox,
    messages: &[Message],
    visit: Visit,
    horizon: Horizon,
    opened: &mut [bool],
    rng: &mut Rng,
    touches: &mut Vec<Touch>,
) {
    let start = who.zone.to_utc(visit.local_start);
    let end = start.plus(visit.minutes * Second::MINUTE);
    if start < horizon.from || end >= horizon.until {
        return;
    }
    let address = context::address(who, place(who, &visit), start, rng);
    let session = context::session(who, &session_name(who, &visit), start, horizon.seed);
    let context = Arc::new(match visit.client {
        Client::Owa => Context::owa(who, mailbox, address, session, rng),
        Client::Outlook => Context::outlook(who, mailbox, address, session, "16.0.16924.20124"),
        Client::Mobile => Context::mobile(who, address, session),
    });
    let actor = if who.number == mailbox.number { Actor::Owner } else { Actor::Delegate };
    let mut push = |at: Second, target, why| {
        touches.push(Touch { at, target, context: context.clone(), who: actor, why });
    };
    if visit.client == Client::Outlook {
        synchronise(mailbox, start, end, rng, &mut push);
        if visit.whole {
            let mut at = start.plus(90);
            for folder in 0..mailbox.folders.list.len() {
                at = at.plus(3);
                push(at, Target::Folder(folder), "outlook-sync-all");
            }
        }
    }
    // Outlook shows mail from its cache: few of its reads reach the server one by one.
    let (share, cap) = match visit.client {
        Client::Owa => (0.8, 9.0),
        Client::Outlook => (0.12, 3.0),
        Client::Mobile => (0.6, 5.0),
    };
    let known = messages.partition_point(|m| m.received <= start);
    let mut left = whole(cap * visit.zeal);
    for index in (known.saturating_sub(60)..known).rev() {
        if left > 0 && !opened[index] && messages[index].is_there(end) && rng.chance(share) {
            opened[index] = true;
            left -= 1;
            push(between(start, end, rng), Target::Message(index), "reading");
        }
    }
    if visit.client != Client::Mobile && known > 0 && rng.chance(0.35) {
        // Something old is looked up again, and opened twice within the hour.
        let index = rng.index(known);
        if messages[index].is_there(end) {
            let at = between(start, end, rng);
            push(at, Target::Message(index), "looking-up");
            if at.plus(300) < end {
                push(at.plus(rng.between(130, 300)), Target::Message(index), "looking-up");
            }
        }
    }
}

/// Cached mode: the folders in use are synchronised when Outlook starts and as mail comes.
fn synchronise(
    mailbox: &Mailbox,
    start: Second,
    end: Second,
    rng: &mut Rng,
    push: &mut impl FnMut(Second, Target, &'static str),
) {
    for folder in [DefaultFolder::Inbox, DefaultFolder::Sent, DefaultFolder::Calendar] {
        push(start.plus(rng.between(0, 20)), Target::Folder(folder.index()), "outlook-sync");
    }
    if rng.chance(0.3) {
        push(start.plus(rng.between(20, 60)), Target::Folder(DefaultFolder::Deleted.index()), "outlook-sync");
    }
    if !mailbox.folders.own().is_empty() && rng.chance(0.4) {
        let own = mailbox.folders.own();
        push(start.plus(rng.between(20, 90)), Target::Folder(own.start + rng.index(own.len())), "outlook-sync");
    }
    let mut at = start.plus(rng.between(1_200, 2_400));
    while at < end {
        push(at, Target::Folder(DefaultFolder::Inbox.index()), "outlook-sync");
        at = at.plus(rng.between(1_200, 2_400));
    }
}

fn between(start: Second, end: Second, rng: &mut Rng) -> Second {
    start.plus(rng.between(30, (end.0 - start.0).max(60) - 1))
}
