//! Owns the way an access comes in: who, from where, by which client. One value a visit; records carry it as data.
//!
//! What each client writes is as measured in public records (docs/METHOD.md, Access context). Addresses are from ranges
//! reserved for documentation and tests; only Microsoft's own services use Microsoft's, because a reader must know those.

use std::sync::Arc;

use crate::{rng::Rng, second::Second, tenant::Mailbox};

/// Office 365 Exchange Online: the application web mail names.
pub const EXCHANGE_ONLINE: &str = "00000002-0000-0ff1-ce00-000000000000";
/// Microsoft Graph: named as AppId when an application comes through it.
pub const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// Outlook Mobile.
pub const OUTLOOK_MOBILE: &str = "27922004-5251-4030-b22d-91ecd9a37ea4";

/// An access token, as newer records describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// `AppAccessContext.UniqueTokenId`.
    pub unique_token_id: Arc<str>,
    /// `AppAccessContext.IssuedAtTime`.
    pub issued_at: Second,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// `UserId`.
    pub user_id: Arc<str>,
    /// `UserKey`.
    pub user_key: Arc<str>,
    /// `LogonUserSid`.
    pub user_sid: Arc<str>,
    /// `UserType`.
    pub user_type: i64,
    /// `LogonType`.
    pub logon_type: i64,
    /// `AppId`.
    pub app_id: Option<Arc<str>>,
    /// `ClientAppId`.
    pub client_app_id: Option<Arc<str>>,
    /// `ClientIPAddress`.
    pub address: Arc<str>,
    /// `ClientInfoString`.
    pub client_info: Arc<str>,
    /// `ClientProcessName` and `ClientVersion`.
    pub process: Option<(&'static str, Arc<str>)>,
    /// The token session: `SessionId`, and from 2024 `AADSessionId`.
    pub session: Option<Arc<str>>,
    /// The token, where the client is an application.
    pub token: Option<Token>,
    /// `DeviceId` (from 2025).
    pub device: Option<Arc<str>>,
}

const BROWSERS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36 Edg/119.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
];

/// Application ids of Microsoft's background services, with the client id some carry.
pub const BACKGROUND: [(&str, Option<&str>); 4] = [
    ("13937bba-652e-4c46-b222-3003f4d1ff97", None),
    ("b669c6ea-1adf-453f-b8bc-6d526592b419", None),
    ("26abc9a8-24f0-4b11-8234-e86ede698878", None),
    ("8a18aa92-0a1e-4e06-abd0-e118fa4787b1", Some("3c8e478f-21ca-493a-b87c-c7366d664d54")),
];

impl Context {
    /// The logon type of a content search.
    pub const SEARCH: i64 = 1;

    /// An administrator's content search: it reaches every mailbox and leaves no MailItemsAccessed record.
    #[must_use]
    pub fn search(admin: &Mailbox, mailbox: &Mailbox, address: String) -> Self {
        Self {
            logon_type: Self::SEARCH,
            ..Self::person(admin, mailbox, address, "Client=WebServices;EDiscoverySearch;")
        }
    }

    /// `who` signs in as a person: the owner (LogonType 0) or, in another's mailbox, a delegate (2).
    fn person(who: &Mailbox, mailbox: &Mailbox, address: String, client_info: &str) -> Self {
        Self {
            user_id: who.upn.clone(),
            user_key: who.puid.clone(),
            user_sid: who.sid.clone(),
            user_type: 0,
            logon_type: if who.number == mailbox.number { 0 } else { 2 },
            app_id: None,
            client_app_id: None,
            address: address.into(),
            client_info: client_info.into(),
            process: None,
            session: None,
            token: None,
            device: None,
        }
    }

    /// Web mail in a browser. Some of it comes without a session id, as in public records.
    #[must_use]
    pub fn owa(who: &Mailbox, mailbox: &Mailbox, address: String, session: Arc<str>, rng: &mut Rng) -> Self {
        let nth = usize::try_from(who.number % 3).unwrap_or(0);
        Self {
            app_id: Some(EXCHANGE_ONLINE.into()),
            session: rng.chance(0.85).then_some(session),
            ..Self::person(who, mailbox, address, &format!("Client=OWA;{};", BROWSERS[nth]))
        }
    }

    /// Outlook for Windows: the client that writes Syncs.
    #[must_use]
    pub fn outlook(who: &Mailbox, mailbox: &Mailbox, address: String, session: Arc<str>, version: &str) -> Self {
        Self {
            process: Some(("OUTLOOK.EXE", version.into())),
            session: Some(session),
            ..Self::person(who, mailbox, address, "Client=MSExchangeRPC")
        }
    }

    /// Outlook for iOS or Android: writes Binds.
    #[must_use]
    pub fn mobile(who: &Mailbox, address: String, session: Arc<str>) -> Self {
        let system = if who.number.is_multiple_of(2) { "Outlook-iOS/2.0" } else { "Outlook-Android/2.0" };
        Self {
            app_id: Some(EXCHANGE_ONLINE.into()),
            client_app_id: Some(OUTLOOK_MOBILE.into()),
            session: Some(session),
            ..Self::person(who, who, address, &format!("Client=OutlookService;{system};"))
        }
    }

    /// A background service of Microsoft's, in the owner's name.
    #[must_use]
    pub fn background(mailbox: &Mailbox, rng: &mut Rng) -> Self {
        let (app, client) = BACKGROUND[[0, 0, 0, 1, 1, 2, 3][rng.index(7)]];
        let address = match rng.below(4) {
            0 => format!(
                "2603:10a6:{}:{:x}::{:x}",
                20 * rng.between(5, 30),
                rng.between(0x10, 0xff),
                rng.between(2, 0x3f)
            ),
            1 => {
                format!("2603:10b6:{}:{:x}::{:x}", rng.between(200, 930), rng.between(0x10, 0xff), rng.between(2, 0x3f))
            }
            2 => format!("52.155.{}.{}", rng.between(94, 97), rng.between(2, 250)),
            _ => format!("20.54.{}.{}", rng.between(8, 11), rng.between(2, 250)),
        };
        Self {
            app_id: Some(app.into()),
            client_app_id: client.map(Into::into),
            ..Self::person(mailbox, mailbox, address, "Client=REST;Client=RESTSystem;;")
        }
    }

    /// A third-party application on REST in the owner's name, from its own cloud.
    #[must_use]
    pub fn poller(mailbox: &Mailbox, app: &str, address: String) -> Self {
        Self { app_id: Some(app.into()), ..Self::person(mailbox, mailbox, address, "Client=REST;;") }
    }

    /// An application with its own permissions over EWS: recorded in the owner's name, `UserType` 5, `UserKey` its id.
    #[must_use]
    pub fn app_only_ews(mailbox: &Mailbox, app: &str, address: String, agent: &str, token: Token) -> Self {
        Self {
            user_key: app.into(),
            user_type: 5,
            app_id: Some(app.into()),
            client_app_id: Some(app.into()),
            token: Some(token),
            ..Self::person(mailbox, mailbox, address, &format!("Client=WebServices;{agent}[AppId={app}];"))
        }
    }

    /// The same over Graph: the address is a Microsoft front end, whoever calls.
    #[must_use]
    pub fn app_only_graph(mailbox: &Mailbox, app: &str, token: Token, rng: &mut Rng) -> Self {
        Self {
            user_key: app.into(),
            user_type: 5,
            app_id: Some(GRAPH.into()),
            client_app_id: Some(app.into()),
            token: Some(token),
            ..Self::person(mailbox, mailbox, front_end(rng), "Client=REST;;")
        }
    }
}

/// An address of Microsoft's front ends.
fn front_end(rng: &mut Rng) -> String {
    if rng.chance(0.5) {
        format!("20.190.160.{}", rng.between(10, 30))
    } else {
        format!("40.126.32.{}", rng.between(64, 80))
    }
}

/// Where people's traffic comes from.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// The office egress of the site.
    Office,
    /// The home line; its address changes every few weeks.
    Home,
    /// A mobile carrier; another address every time.
    Carrier,
    /// A hotel, a customer's site: the number of the stay.
    Away(u64),
    /// A service between the person and the mailbox: an exit a day, of 40 networks.
    Exit,
}

/// The block that the exits of [`Place::Exit`] lie in.
pub const EXITS: &str = "100.80.0.0/18";

/// The network of an address of [`Place::Away`]; `None` for any other.
#[must_use]
pub fn away_network(address: &str) -> Option<String> {
    let mut parts = address.split('.');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let away = first == "100" && second.parse().is_ok_and(|second: u8| (72..80).contains(&second));
    away.then(|| format!("{first}.{second}.{third}.0/24"))
}

/// A person's address at a place and time.
#[must_use]
pub fn address(who: &Mailbox, place: Place, at: Second, rng: &mut Rng) -> String {
    match place {
        Place::Office => format!("192.0.2.{}", 1 + who.zone.name.len() % 14),
        Place::Home => {
            let lease = (at.0.div_euclid(Second::DAY) + i64::try_from(who.number * 11).unwrap_or(0)) / 33;
            format!(
                "198.18.{}.{}",
                who.number % 256,
                2 + (lease * 37 + i64::try_from(who.number).unwrap_or(0)).rem_euclid(250)
            )
        }
        Place::Away(stay) => {
            let mixed = who.number.wrapping_mul(131).wrapping_add(stay.wrapping_mul(17));
            format!("100.{}.{}.{}", 72 + mixed / 256 % 8, mixed % 256, 20 + stay % 200)
        }
        Place::Exit => {
            let day = at.0.div_euclid(Second::DAY).unsigned_abs().wrapping_mul(7_919).wrapping_add(who.number);
            format!("100.80.{}.{}", day % 40, 10 + who.number % 200)
        }
        Place::Carrier => format!("100.{}.{}.{}", rng.between(64, 71), rng.below(256), rng.between(1, 254)),
    }
}

/// The token session of a person's client: kept for weeks over changing addresses.
#[must_use]
pub fn session(who: &Mailbox, client: &str, at: Second, seed: u64) -> Arc<str> {
    let family = (at.0.div_euclid(Second::DAY) + i64::try_from(who.number * 5).unwrap_or(0)) / 24;
    let number = who.number.wrapping_mul(100_003).wrapping_add(family.unsigned_abs());
    Rng::stream(seed, client, number).guid().into()
}

/// A token for an application, issued a little before it is used.
#[must_use]
pub fn token(at: Second, rng: &mut Rng) -> Token {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let id: String = (0..22).map(|_| char::from(*rng.pick(ALPHABET))).collect();
    Token { unique_token_id: id.into(), issued_at: at.plus(-rng.between(5, 600)) }
}
