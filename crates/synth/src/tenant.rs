//! Owns the invented organisation: people, departments, mailboxes, sites, habits. Every name ends in `.example`.

use std::sync::Arc;

use crate::{
    folder::{Folders, Language},
    rng::{Rng, whole},
    zone::Zone,
};

/// What kind of mailbox it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's.
    User,
    /// A shared one: nobody signs in as it.
    Shared,
    /// A Microsoft 365 group's: its default audit set lacks MailItemsAccessed.
    Group,
    /// A room's: not audited.
    Resource,
}

impl Kind {
    /// The word in the roster.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Shared => "shared",
            Self::Group => "group",
            Self::Resource => "resource",
        }
    }
}

/// A day on which an honest person looks like an intruder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A fresh Outlook profile synchronises every folder.
    NewLaptop,
    /// A new phone fetches a month of mail.
    NewPhone,
    /// A sanctioned tool copies the mailbox.
    Migration,
}

/// Working days away from home and office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    /// First day, counted from the beginning.
    pub from: i64,
    /// First day back.
    pub until: i64,
    /// Clients ask for a new sign-in there, so their token sessions are new ones.
    pub signs_in: bool,
}

/// How a mailbox is used.
#[derive(Clone, Debug)]
pub struct Habits {
    /// Messages that were there before the simulated time.
    pub backlog: usize,
    /// Mean messages on a working day.
    pub mail_a_day: f64,
    /// Local hour at which work begins.
    pub start_hour: i64,
    /// Uses web mail.
    pub owa: bool,
    /// Uses Outlook for Windows (writes Syncs).
    pub outlook: bool,
    /// Uses Outlook for iOS or Android.
    pub mobile: bool,
    /// Times away: first day and first day back, counted from the beginning.
    pub leave: Vec<(i64, i64)>,
    /// The mailbox (by index) whose owner reads this one as a delegate.
    pub delegate: Option<usize>,
    /// A sanctioned application polls it.
    pub polled: bool,
    /// Changes, by day from the beginning.
    pub changes: Vec<(i64, Change)>,
    /// How much days differ: standard deviation of the logarithm of a day's mail and work.
    pub day_sigma: f64,
    /// Its owner empties the deleted items: some mail is gone when anybody lists the mailbox later.
    pub purges: bool,
    /// Its owner may make an inbox rule now and then.
    pub makes_rules: bool,
    /// Share of received mail that its owner files in own folders. Moves leave no record.
    pub filing: f64,
    /// A sanctioned application fetches every new message, from an address of its cloud each time.
    pub fetched: bool,
    /// Trips: hotel networks, each a new one.
    pub trips: Vec<Trip>,
    /// Works through a service with an exit in another network every day, except in the office.
    pub vpn: bool,
    /// How often Outlook goes through every folder where it otherwise takes those in use: with a new token session, on the
    /// first day of a trip, after days without it.
    pub rechecks: f64,
}

/// One mailbox and, if it is a person's, its owner.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Its number in the tenant, from 0.
    pub number: u64,
    /// `MailboxGuid`.
    pub guid: Arc<str>,
    /// `MailboxOwnerUPN`.
    pub upn: Arc<str>,
    /// Display name.
    pub name: String,
    /// `MailboxOwnerSid`.
    pub sid: Arc<str>,
    /// `UserKey` of its owner (a PUID).
    pub puid: Arc<str>,
    /// Object id of its owner.
    pub object_id: Arc<str>,
    /// Department.
    pub department: &'static str,
    /// Kind.
    pub kind: Kind,
    /// Where its owner lives.
    pub zone: Zone,
    /// Its folders.
    pub folders: Folders,
    /// `OriginatingServer`, without the trailing line end.
    pub server: Arc<str>,
    /// How it is used.
    pub habits: Habits,
}

/// The organisation.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// `OrganizationId`.
    pub organization_id: Arc<str>,
    /// `OrganizationName`.
    pub organization_name: Arc<str>,
    /// Mail domain.
    pub domain: &'static str,
    /// Mailboxes, by number.
    pub mailboxes: Vec<Mailbox>,
    /// Names of its mailbox servers, as message ids carry them.
    pub servers: Vec<String>,
    /// The domain behind server names in message ids.
    pub prod_domain: &'static str,
}

/// What a mailbox is made of: the part a scenario writes down by hand.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The part of the address before the `@`.
    pub local: String,
    /// Display name.
    pub name: String,
    /// Department.
    pub department: &'static str,
    /// Kind.
    pub kind: Kind,
    /// Time zone.
    pub zone: Zone,
    /// Language of the default folders.
    pub language: Language,
    /// Own folders, see [`Folders::new`].
    pub folders: Vec<&'static str>,
    /// How it is used.
    pub habits: Habits,
}

impl Tenant {
    /// A tenant with given seats.
    #[must_use]
    pub fn new(domain: &'static str, seats: Vec<Seat>, seed: u64) -> Self {
        let mut rng = Rng::stream(seed, "tenant", 0);
        let servers: Vec<String> = (0..6)
            .map(|_| format!("{}0PR0{}MB{:04}", rng.pick(&["AM", "DB", "PA", "CH"]), rng.below(9), rng.below(10_000)))
            .collect();
        let sid = format!(
            "S-1-5-21-{}-{}-{}",
            rng.between(1 << 28, 1 << 31),
            rng.between(1 << 28, 1 << 31),
            rng.between(1 << 28, 1 << 31)
        );
        let organization_id = rng.guid().into();
        let mailboxes =
            (0..).zip(seats).map(|(number, seat)| settle(number, seat, domain, &sid, &servers, seed)).collect();
        Self {
            organization_id,
            organization_name: domain.into(),
            domain,
            mailboxes,
            servers,
            prod_domain: "eurprd04.prod.outlook.example",
        }
    }

    /// A tenant of `count` mailboxes with habits drawn by chance.
    #[must_use]
    pub fn invented(count: usize, seed: u64) -> Self {
        let mut rng = Rng::stream(seed, "seats", 0);
        let mut seats: Vec<Seat> = (0..count).map(|nth| invented_seat(nth, count, &mut rng)).collect();
        let mut rng = Rng::stream(seed, "roads", 0);
        seats.iter_mut().for_each(|seat| roads(&mut seat.habits, &mut rng));
        Self::new("brackenmoor.example", seats, seed)
    }
}

fn settle(number: u64, seat: Seat, domain: &str, sid: &str, servers: &[String], seed: u64) -> Mailbox {
    let mut rng = Rng::stream(seed, "mailbox", number);
    let folders = Folders::new(seat.language, &seat.folders, &mut rng);
    Mailbox {
        number,
        guid: rng.guid().into(),
        upn: format!("{}@{domain}", seat.local).into(),
        name: seat.name,
        sid: format!("{sid}-{}", 1_100 + number * 3).into(),
        puid: format!("10032001{}", rng.hex(8).to_uppercase()).into(),
        object_id: rng.guid().into(),
        department: seat.department,
        kind: seat.kind,
        zone: seat.zone,
        folders,
        server: format!("{} (15.20.{}.{:03})", rng.pick(servers), rng.between(7_002, 7_202), rng.between(14, 40))
            .into(),
        habits: seat.habits,
    }
}

const FIRST: [&str; 32] = [
    "Ada", "Bram", "Cleo", "Dario", "Edda", "Femi", "Gwen", "Hugo", "Ines", "Joon", "Kaya", "Luca", "Mira", "Nils",
    "Odile", "Pavel", "Quinn", "Rosa", "Sven", "Tara", "Umar", "Vera", "Wim", "Xenia", "Yara", "Zeno", "Anouk",
    "Boris", "Carla", "Dmitri", "Elif", "Finn",
];
const LAST: [&str; 32] = [
    "Abara",
    "Brandt",
    "Castel",
    "Dufour",
    "Eklund",
    "Fontane",
    "Grieve",
    "Hallam",
    "Ibarra",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quist",
    "Rahman",
    "Santoro",
    "Thorne",
    "Ueda",
    "Vance",
    "Weiss",
    "Xu",
    "Yilmaz",
    "Zander",
    "Arden",
    "Bell",
    "Corr",
    "Dane",
    "Ellery",
    "Frost",
];
const DEPARTMENTS: [&str; 7] =
    ["Senior leadership", "Cybersecurity", "Legal", "Finance", "People", "Engineering", "Sales"];

fn invented_seat(nth: usize, count: usize, rng: &mut Rng) -> Seat {
    let (first, last) = (*rng.pick(&FIRST), *rng.pick(&LAST));
    let (zone, language) = *rng.pick(&[
        (Zone::NEW_YORK, Language::English),
        (Zone::LOS_ANGELES, Language::English),
        (Zone::LONDON, Language::English),
        (Zone::PARIS, Language::French),
        (Zone::BERLIN, Language::German),
        (Zone::NEW_YORK, Language::Spanish),
    ]);
    let shared = rng.chance(0.08);
    let mut habits = Habits {
        // Mailboxes differ by orders of magnitude.
        backlog: usize::try_from(whole(450.0 * rng.lognormal(0.9)).clamp(60, 6_000)).unwrap_or(60),
        mail_a_day: 4.0 * rng.lognormal(0.4),
        start_hour: rng.between(7, 10),
        owa: rng.chance(0.6),
        outlook: rng.chance(0.5),
        mobile: rng.chance(0.7),
        leave: leave(rng),
        delegate: rng.chance(0.08).then(|| rng.index(count)).filter(|other| *other != nth),
        polled: false,
        purges: rng.chance(0.2),
        makes_rules: true,
        filing: 0.3,
        fetched: false,
        trips: Vec::new(),
        vpn: false,
        rechecks: 0.0,
        day_sigma: 0.5,
        changes: changes(rng),
    };
    if shared {
        habits.mobile = false;
        habits.delegate = Some(rng.index(count)).filter(|other| *other != nth);
        habits.polled = rng.chance(0.4);
    } else if !habits.owa && !habits.outlook {
        habits.owa = true;
    }
    Seat {
        local: format!("{}.{}{nth}", first.to_lowercase(), last.to_lowercase()),
        name: format!("{first} {last}"),
        department: DEPARTMENTS[rng.index(DEPARTMENTS.len())],
        kind: if shared { Kind::Shared } else { Kind::User },
        zone,
        language,
        folders: vec!["*\\Projects", "\\Archive", "\\Vendors"],
        habits,
    }
}

/// A week or two away within a year of the beginning, and a day here and there.
fn leave(rng: &mut Rng) -> Vec<(i64, i64)> {
    (0..rng.between(0, 6))
        .map(|_| {
            let from = rng.between(0, 150);
            (from, from + if rng.chance(0.5) { rng.between(5, 16) } else { 1 })
        })
        .collect()
}

/// Where else people work: half of them travel now and then, one in seven goes through a service with changing exits.
/// Shares are guesses that err towards much: each makes an honest person look like somebody else.
fn roads(habits: &mut Habits, rng: &mut Rng) {
    let trips = if rng.chance(0.5) { rng.between(1, 5) } else { 0 };
    habits.trips = (0..trips)
        .map(|_| {
            let from = rng.between(0, 120);
            Trip { from, until: from + rng.between(2, 6), signs_in: rng.chance(0.4) }
        })
        .collect();
    habits.vpn = rng.chance(0.15);
    habits.rechecks = 0.25;
}

/// What changes within the first four months: most people change nothing.
fn changes(rng: &mut Rng) -> Vec<(i64, Change)> {
    [(Change::NewLaptop, 0.12), (Change::NewPhone, 0.15), (Change::Migration, 0.05)]
        .into_iter()
        .map(|(change, share)| (rng.chance(share), rng.between(3, 120), change))
        .filter(|(happens, ..)| *happens)
        .map(|(_, day, change)| (day, change))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Tenant;

    #[test]
    fn nobody_shares_an_identity() {
        let tenant = Tenant::invented(200, 3);
        let fields: [fn(&super::Mailbox) -> std::sync::Arc<str>; 4] =
            [|m| m.upn.clone(), |m| m.guid.clone(), |m| m.sid.clone(), |m| m.puid.clone()];
        for field in fields {
            let mut values: Vec<_> = tenant.mailboxes.iter().map(field).collect();
            values.sort();
            values.dedup();
            assert_eq!(values.len(), 200);
        }
    }

    #[test]
    fn a_larger_tenant_begins_like_a_smaller_one_only_if_asked_alike() {
        assert_eq!(Tenant::invented(5, 3).mailboxes[2].guid, Tenant::invented(5, 3).mailboxes[2].guid);
        assert_ne!(Tenant::invented(5, 3).mailboxes[2].guid, Tenant::invented(5, 4).mailboxes[2].guid);
    }
}
