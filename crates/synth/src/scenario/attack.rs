//! Owns the attacks that are planted in simulated tenants to measure detection and classes. Each is a rate, a way in and a
//! choice of mail; none knows a rule of the detector.

use std::sync::Arc;

use crate::{
    casework::Mark,
    context::{self, Context, Place},
    folder::DefaultFolder,
    life::Horizon,
    mail::Message,
    record::{Admin, Event},
    rng::Rng,
    second::Second,
    tenant::{Mailbox, Tenant},
    touch::{Actor, Target, Touch},
    world::Plant,
};

/// A planted attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attack {
    /// All there is, within two hours.
    Smash,
    /// 400 messages over a day.
    Day,
    /// 400 messages over a week.
    Week,
    /// 40 messages a day to the end.
    Slow,
    /// 15 messages a day to the end.
    VerySlow,
    /// 300 messages over a day with the owner's own session, client and address.
    OwnContext,
    /// An Outlook that synchronises every folder.
    OutlookSync,
    /// Noise until recording stops, then the real take.
    ThrottleFirst,
    /// An application with its own permissions, 30 messages of each of many mailboxes.
    AppOnly,
    /// 300 messages in hours that no export covers.
    LogGap,
    /// Web mail with a pair of applications that has not read mail before, 12 messages a day.
    ForgedToken,
    /// 40 messages a day over rotating proxies, an address each ten messages.
    RotatingProxies,
    /// 15 messages a day from the first day on: no baseline is clean.
    FromDayZero,
    /// 300 messages over two days through the stolen account of a colleague with permission.
    Delegate,
    /// The whole mailbox by a content search and its export, which leave no access record.
    ContentSearch,
}

/// The application that attacks use where they use one.
pub const APP: &str = "c7d4a6b2-91e3-4f58-8a0c-3b6e5d2f1a47";

/// What an intruder shows of itself where it brings something along: several intruders in one tenant differ in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disguise {
    /// Its application.
    pub app: Arc<str>,
    /// Its address, where it does not rotate.
    pub address: String,
}

impl Default for Disguise {
    fn default() -> Self {
        Self { app: APP.into(), address: "203.0.113.40".to_owned() }
    }
}

impl Disguise {
    /// A disguise of its own for an intruder in one mailbox.
    #[must_use]
    pub fn of(seed: u64, mailbox: usize) -> Self {
        let number = u64::try_from(mailbox).unwrap_or(0);
        Self {
            app: Rng::stream(seed, "disguise", number).guid().into(),
            address: format!("203.0.113.{}", 2 + number % 46),
        }
    }
}

impl Attack {
    /// Every attack.
    pub const ALL: [Self; 15] = [
        Self::Smash,
        Self::Day,
        Self::Week,
        Self::Slow,
        Self::VerySlow,
        Self::OwnContext,
        Self::OutlookSync,
        Self::ThrottleFirst,
        Self::AppOnly,
        Self::LogGap,
        Self::ForgedToken,
        Self::RotatingProxies,
        Self::FromDayZero,
        Self::Delegate,
        Self::ContentSearch,
    ];

    /// The name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Smash => "smash",
            Self::Day => "day",
            Self::Week => "week",
            Self::Slow => "slow",
            Self::VerySlow => "very-slow",
            Self::OwnContext => "own-context",
            Self::OutlookSync => "outlook-sync",
            Self::ThrottleFirst => "throttle-first",
            Self::AppOnly => "app-only",
            Self::LogGap => "log-gap",
            Self::ForgedToken => "forged-token",
            Self::RotatingProxies => "rotating-proxies",
            Self::FromDayZero => "from-day-zero",
            Self::Delegate => "delegate",
            Self::ContentSearch => "content-search",
        }
    }

    /// What it does, in one line.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Smash => "all there is, up to 5,000 messages, within two hours",
            Self::Day => "400 messages over a day, oldest first",
            Self::Week => "400 messages over a week, oldest first",
            Self::Slow => "40 messages a day to the end",
            Self::VerySlow => "15 messages a day to the end",
            Self::OwnContext => "300 messages over a day with the owner's own session, client and address",
            Self::OutlookSync => "an Outlook that synchronises every folder",
            Self::ThrottleFirst => "noise until recording stops, then everything",
            Self::AppOnly => "an application with its own permissions, 30 messages of each of many mailboxes",
            Self::LogGap => "300 messages in hours that no export covers",
            Self::ForgedToken => "web mail with a pair of applications not seen before, 12 messages a day",
            Self::RotatingProxies => "40 messages a day, an address each ten messages",
            Self::FromDayZero => "15 messages a day from the first day on",
            Self::Delegate => "300 messages over two days through a colleague's stolen account",
            Self::ContentSearch => "everything, by a content search and its export",
        }
    }

    /// The attack with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attack| attack.name() == name)
    }

    /// Plants it in one mailbox ([`Attack::AppOnly`]: in that and many others), beginning about half-way through.
    #[must_use]
    pub fn plant(self, tenant: &Tenant, messages: &[Vec<Message>], horizon: Horizon, target: usize) -> Plant {
        self.plant_as(&Disguise::default(), tenant, messages, horizon, target)
    }

    /// The same in a disguise.
    #[must_use]
    pub fn plant_as(
        self,
        disguise: &Disguise,
        tenant: &Tenant,
        messages: &[Vec<Message>],
        horizon: Horizon,
        target: usize,
    ) -> Plant {
        let mut rng = Rng::stream(horizon.seed, self.name(), u64::try_from(target).unwrap_or(0));
        let length = horizon.until.0 - horizon.from.0;
        let begin = if self == Self::FromDayZero { 0 } else { length * 2 / 5 + rng.between(0, length / 10) };
        let start = horizon.from.plus(begin).midnight().plus(rng.between(0, 20 * Second::HOUR)).max(horizon.from);
        let mut take = Take {
            tenant,
            messages,
            horizon,
            target,
            start,
            rng: &mut rng,
            disguise,
            plant: Plant { name: self.name(), ..Plant::default() },
        };
        match self {
            Self::Smash => take.steady(Way::App, 5_000, 2 * Second::HOUR, Order::NewestFirst),
            Self::Day => take.steady(Way::App, 400, Second::DAY, Order::OldestFirst),
            Self::Week => take.steady(Way::App, 400, 7 * Second::DAY, Order::OldestFirst),
            Self::Slow => take.daily(Way::App, 40),
            Self::VerySlow | Self::FromDayZero => take.daily(Way::App, 15),
            Self::OwnContext => take.steady(Way::Owner, 300, Second::DAY, Order::Scattered),
            Self::OutlookSync => take.synchronise(),
            Self::ThrottleFirst => take.throttle_first(),
            Self::AppOnly => take.app_only(),
            Self::LogGap => {
                take.steady(Way::App, 300, 20 * Second::HOUR, Order::OldestFirst);
                take.plant.gap = Some((take.start.plus(-2 * Second::HOUR), take.start.plus(22 * Second::HOUR)));
            }
            Self::ForgedToken => take.daily(Way::Forged, 12),
            Self::RotatingProxies => take.daily(Way::Proxies, 40),
            Self::Delegate => take.steady(Way::Delegate, 300, 2 * Second::DAY, Order::OldestFirst),
            Self::ContentSearch => take.content_search(),
        }
        take.mark(self);
        take.plant
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A consented application on REST from one address.
    App,
    /// The same over proxies.
    Proxies,
    /// The owner's own session.
    Owner,
    /// Web mail with forged tokens.
    Forged,
    /// A colleague's account with permission, from elsewhere.
    Delegate,
    /// A content search by an administrator.
    Search,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    OldestFirst,
    NewestFirst,
    Scattered,
}

struct Take<'a> {
    tenant: &'a Tenant,
    messages: &'a [Vec<Message>],
    horizon: Horizon,
    target: usize,
    start: Second,
    rng: &'a mut Rng,
    disguise: &'a Disguise,
    plant: Plant,
}

impl Take<'_> {
    fn mailbox(&self) -> &Mailbox {
        &self.tenant.mailboxes[self.target]
    }

    fn context(&mut self, way: Way, at: Second) -> Arc<Context> {
        let mailbox = &self.tenant.mailboxes[self.target];
        let rng = &mut *self.rng;
        Arc::new(match way {
            Way::App => Context::poller(mailbox, &self.disguise.app, self.disguise.address.clone()),
            Way::Proxies => Context::poller(mailbox, &self.disguise.app, proxy(rng)),
            Way::Owner => {
                let address = context::address(mailbox, Place::Home, at, rng);
                let session = context::session(mailbox, "owa", at, self.horizon.seed);
                Context { session: Some(session.clone()), ..Context::owa(mailbox, mailbox, address, session, rng) }
            }
            Way::Forged => Context {
                session: None,
                client_app_id: Some(self.disguise.app.clone()),
                client_info: "Client=OWA;Action=ViaProxy".into(),
                ..Context::owa(mailbox, mailbox, proxy(rng), "".into(), rng)
            },
            Way::Delegate => {
                let colleague = &self.tenant.mailboxes[colleague(self.target)];
                let session = Rng::stream(self.horizon.seed, "stolen-delegate", mailbox.number).guid().into();
                Context::owa(colleague, mailbox, self.disguise.address.clone(), session, rng)
            }
            Way::Search => Context::search(&self.tenant.mailboxes[0], mailbox, self.disguise.address.clone()),
        })
    }

    fn push(&mut self, at: Second, target: Target, context: &Arc<Context>) {
        if at < self.horizon.until {
            let (who, why) = (Actor::Intruder, self.plant.name);
            self.plant.touches.push((self.target, Touch { at, target, context: context.clone(), who, why }));
        }
    }

    /// `count` messages spread over a span.
    fn steady(&mut self, way: Way, count: usize, span: i64, order: Order) {
        let list = &self.messages[self.target];
        let mut wanted: Vec<usize> = (0..list.len()).filter(|index| list[*index].is_there(self.start)).collect();
        match order {
            Order::OldestFirst => {}
            Order::NewestFirst => wanted.reverse(),
            Order::Scattered => self.rng.shuffle(&mut wanted),
        }
        wanted.truncate(count);
        let step = span / i64::try_from(wanted.len().max(1)).unwrap_or(1);
        let mut at = self.start;
        let mut context = self.context(way, at);
        for (nth, message) in wanted.into_iter().enumerate() {
            if way == Way::Proxies && nth % 10 == 0 {
                context = self.context(way, at);
            }
            self.push(at, Target::Message(message), &context);
            at = at.plus(self.rng.between(step / 2, step + step / 2).max(1));
        }
    }

    /// So many a day to the end: the newest that it does not have yet, then older ones.
    fn daily(&mut self, way: Way, count: i64) {
        let list = &self.messages[self.target];
        let mut taken = vec![false; list.len()];
        let mut day = self.start;
        while day < self.horizon.until {
            let mut at = day.plus(self.rng.between(0, 6 * Second::HOUR));
            let mut context = self.context(way, at);
            let mut left = self.rng.poisson(count as f64);
            let known = list.partition_point(|m| m.received <= at);
            for message in (0..known).rev() {
                if left <= 0 || taken[message] || !list[message].is_there(at) {
                    continue;
                }
                if way == Way::Proxies && left % 10 == 0 {
                    context = self.context(way, at);
                }
                (taken[message], left) = (true, left - 1);
                self.push(at, Target::Message(message), &context);
                at = at.plus(self.rng.between(10, 900));
            }
            day = day.plus(Second::DAY);
        }
    }

    /// A search over the mailbox, exported half an hour later: everything that was there.
    fn content_search(&mut self) {
        let context = self.context(Way::Search, self.start);
        let exported = self.start.plus(30 * Second::MINUTE);
        let list = &self.messages[self.target];
        let there: Vec<usize> = (0..list.len()).filter(|index| list[*index].is_there(self.start)).collect();
        for message in there {
            self.push(exported, Target::Message(message), &context);
        }
        for (operation, at) in [("SearchCreated", self.start), ("SearchExported", exported)] {
            let event = search_event(operation, &self.tenant.mailboxes[0], &context.address, self.mailbox());
            self.plant.events.push((at, event));
        }
    }

    fn synchronise(&mut self) {
        let mailbox = self.mailbox();
        let session = self.session();
        let context =
            Arc::new(Context::outlook(mailbox, mailbox, "203.0.113.41".to_owned(), session, "16.0.14326.20454"));
        let mut at = self.start;
        for folder in 0..self.mailbox().folders.list.len() {
            self.push(at, Target::Folder(folder), &context);
            at = at.plus(self.rng.between(1, 20));
        }
        self.push(at.plus(80 * Second::MINUTE), Target::Folder(DefaultFolder::Inbox.index()), &context);
    }

    fn session(&self) -> Arc<str> {
        Rng::stream(self.horizon.seed, "stolen-session", self.mailbox().number).guid().into()
    }

    /// An address for every message, over and over, until nothing more is recorded; then everything once, quietly.
    fn throttle_first(&mut self) {
        let list = &self.messages[self.target];
        let there: Vec<usize> = (0..list.len()).filter(|index| list[*index].is_there(self.start)).collect();
        let mut at = self.start;
        for nth in 0..1_400 {
            let Some(message) = there.get(nth % there.len().max(1)).copied() else { return };
            let context = self.context(Way::Proxies, at);
            self.push(at, Target::Message(message), &context);
            at = at.plus(self.rng.between(20, 30));
        }
        let context = self.context(Way::App, at);
        for message in there {
            self.push(at, Target::Message(message), &context);
            at = at.plus(self.rng.between(5, 15));
        }
    }

    fn app_only(&mut self) {
        let (target, start) = (self.target, self.start);
        for index in (0..self.tenant.mailboxes.len()).filter(|index| *index == target || index % 3 == target % 3) {
            self.target = index;
            let mailbox = &self.tenant.mailboxes[index];
            let list = &self.messages[index];
            let mut at = start.plus(self.rng.between(0, 10 * Second::HOUR));
            let token = context::token(at, self.rng);
            let context = Arc::new(Context::app_only_graph(mailbox, &self.disguise.app, token, self.rng));
            let known = list.partition_point(|m| m.received <= at);
            for message in (known.saturating_sub(30)..known)
                .rev()
                .filter(|message| list[*message].is_there(at))
                .collect::<Vec<_>>()
            {
                self.push(at, Target::Message(message), &context);
                at = at.plus(self.rng.between(2, 40));
            }
        }
        self.target = target;
    }

    /// What an examiner would know it by.
    fn mark(&mut self, attack: Attack) {
        let end = self.plant.touches.iter().map(|(_, touch)| touch.at).max().unwrap_or(self.start).plus(Second::HOUR);
        let time = |at: Second| format!("{}Z", at.iso());
        let fields = match attack {
            Attack::OwnContext => {
                let sessions = self.plant.touches.iter().filter_map(|(_, touch)| touch.context.session.clone()).next();
                let session = sessions.unwrap_or_default().to_string();
                vec![
                    ("mailbox", self.mailbox().upn.to_string()),
                    ("token_session", session),
                    ("start", time(self.start)),
                    ("end", time(end)),
                ]
            }
            Attack::OutlookSync => vec![("token_session", self.session().to_string())],
            Attack::Delegate => {
                let colleague = &self.tenant.mailboxes[colleague(self.target)];
                vec![("actor", colleague.upn.to_string()), ("address", self.disguise.address.clone())]
            }
            Attack::ContentSearch => {
                let admin = &self.tenant.mailboxes[0];
                vec![("actor", admin.upn.to_string()), ("address", self.disguise.address.clone())]
            }
            Attack::ForgedToken => vec![("client_app_id", self.disguise.app.to_string())],
            _ => vec![("app", self.disguise.app.to_string())],
        };
        self.plant.marks.push(Mark { fields, fact: format!("planted: {}", attack.name()), note: None });
    }
}

/// Whose account is used against a mailbox: the first, against the first the second.
fn colleague(target: usize) -> usize {
    usize::from(target == 0)
}

/// What the log says of a content search: who made it, over what. It does not say what was found.
pub(crate) fn search_event(operation: &'static str, admin: &Mailbox, address: &str, over: &Mailbox) -> Event {
    Event::Admin(Admin {
        operation,
        user_id: admin.upn.clone(),
        address: address.into(),
        object_id: format!("Search 7\\{}", over.upn),
        parameters: vec![("ExchangeLocation", over.upn.to_string())],
    })
}

fn proxy(rng: &mut Rng) -> String {
    match rng.below(3) {
        0 => format!("203.0.113.{}", rng.between(50, 254)),
        1 => format!("198.51.100.{}", rng.between(1, 254)),
        _ => format!("2001:db8:{:x}::{:x}", rng.between(0x10, 0xfff), rng.between(2, 0xffff)),
    }
}
