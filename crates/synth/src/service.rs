//! Owns the audit service as documented: what of the touches of one mailbox becomes records, and what never does.
//!
//! Microsoft Learn, "Use MailItemsAccessed to investigate compromised accounts": Binds of two minutes with one context go
//! into one record; a repeat within an hour is not recorded, Syncs neither; over 1,000 records in 24 hours stop Bind
//! records for 24 hours. The context is address, client string, folder, logon type, access type, mailbox, user and
//! session; *not* the application, so one application can hide or absorb another, and here it does.
//! A bucket is split at `item_cap` items (11 in public records of 2021). Record times and suppression are set so that the
//! shortest gap between two records of one message is 62 minutes, as measured (439 repeats, none under 3,600 s).

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use crate::{
    context::Context,
    mail::Message,
    record::{Access, Event, Item, Record, Schema},
    rng::Rng,
    second::Second,
    tenant::{Kind, Mailbox, Tenant},
    touch::{Target, Touch},
};

/// What the service does, and where it may be made to disobey its documents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Service {
    /// Which fields it writes.
    pub schema: Schema,
    /// Seconds that a bucket of Binds stays open.
    pub aggregation: i64,
    /// Most items in a record.
    pub item_cap: usize,
    /// Seconds in which a repeat is not recorded.
    pub suppression: i64,
    /// Records in 24 hours after which Binds stop.
    pub throttle_records: usize,
    /// Seconds for which they stop.
    pub throttle_blind: i64,
    /// Disobeys: throttles without saying so.
    pub unflagged_throttling: bool,
    /// Disobeys: loses this share of records.
    pub loss: f64,
    /// Disobeys: this share of records comes weeks late.
    pub late: f64,
    /// Disobeys: whose accesses leave no record.
    pub unlogged: Unlogged,
    /// The account, by number of its mailbox, that is on the bypass list: what it does is recorded nowhere.
    pub bypassed: Option<u64>,
    /// Share of accessed messages with attachments whose attachments are opened too, each a record of its own (from 2025).
    pub attachments: f64,
}

/// Whose accesses leave no record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlogged {
    /// Nobody's.
    #[default]
    Nobody,
    /// Every delegate's.
    Delegates,
    /// Delegates' who live in another time zone than the mailbox.
    DelegatesFromElsewhere,
    /// Everybody's in the mailbox with this number, from a time on.
    MailboxFrom(u64, Second),
}

impl Service {
    /// The documented service of a year.
    #[must_use]
    pub fn documented(schema: Schema) -> Self {
        Self {
            schema,
            aggregation: 120,
            item_cap: match schema {
                Schema::Y2021 | Schema::Y2023 => 11,
                Schema::Y2024 => 40,
                Schema::Y2025 => 250,
            },
            suppression: 3_600,
            throttle_records: 1_000,
            throttle_blind: Second::DAY,
            unflagged_throttling: false,
            loss: 0.0,
            late: 0.0,
            unlogged: Unlogged::Nobody,
            bypassed: None,
            attachments: 0.0,
        }
    }
}

/// What became of a touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the record with this index.
    Recorded(usize),
    /// A record of the same context and message within the hour stands for it (its index, if it is closed already).
    Suppressed,
    /// Binds were not recorded at the time.
    Throttled,
    /// By the documents nothing is written: the kind of mailbox, an actor on the bypass list, a content search.
    Unaudited,
    /// It left no record, or its record was lost (only in worlds that disobey).
    Lost,
}

/// The log of one mailbox, and what is missing from it.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Records in the order of their creation.
    pub records: Vec<Record>,
    /// The fate of each touch, in the order of the touches.
    pub fates: Vec<Option<Fate>>,
    /// Spans without Bind records.
    pub blind: Vec<(Second, Second)>,
}

/// The suppression and aggregation key, as documented: it lacks the application.
type Key = (Arc<str>, Arc<str>, usize, i64, Arc<str>, Option<Arc<str>>);

fn key(context: &Context, folder: usize) -> Key {
    (
        context.address.clone(),
        context.client_info.clone(),
        folder,
        context.logon_type,
        context.user_id.clone(),
        context.session.clone(),
    )
}

struct Bucket {
    /// The first touch's context: what the record will show, whoever else joins.
    context: Arc<Context>,
    folder: usize,
    /// Touch and message.
    items: Vec<(usize, usize)>,
}

struct Auditor<'a> {
    service: Service,
    tenant: &'a Tenant,
    mailbox: &'a Mailbox,
    messages: &'a [Message],
    rng: Rng,
    buckets: BTreeMap<Key, Bucket>,
    /// When which bucket closes; all stay open equally long, so this is a queue.
    closing: VecDeque<(Second, Key)>,
    /// Until when a repeat is not recorded.
    quiet: BTreeMap<(Key, Target), Second>,
    recent: VecDeque<Second>,
    blind_until: Option<Second>,
    log: Log,
}

/// The log of one mailbox. `touches` are sorted by time.
#[must_use]
pub fn audit(
    tenant: &Tenant,
    mailbox: &Mailbox,
    messages: &[Message],
    touches: &[Touch],
    service: Service,
    seed: u64,
) -> Log {
    let mut auditor = Auditor {
        service,
        tenant,
        mailbox,
        messages,
        rng: Rng::stream(seed, "service", mailbox.number),
        buckets: BTreeMap::new(),
        closing: VecDeque::new(),
        quiet: BTreeMap::new(),
        recent: VecDeque::new(),
        blind_until: None,
        log: Log { fates: vec![None; touches.len()], ..Log::default() },
    };
    for (nth, touch) in touches.iter().enumerate() {
        auditor.close_until(touch.at);
        auditor.take(nth, touch);
    }
    auditor.close_until(Second(i64::MAX));
    auditor.log
}

impl Auditor<'_> {
    fn take(&mut self, nth: usize, touch: &Touch) {
        if self.is_unaudited(touch) {
            self.log.fates[nth] = Some(Fate::Unaudited);
            return;
        }
        if self.is_unlogged(touch) {
            self.log.fates[nth] = Some(Fate::Lost);
            return;
        }
        match touch.target {
            Target::Folder(folder) => self.sync(nth, touch, folder),
            Target::Message(message) => self.bind(nth, touch, message),
        }
    }

    /// Microsoft Learn, "Manage mailbox auditing": group mailboxes by default and resource mailboxes are not audited, an actor on
    /// the bypass list in no mailbox. A content search reads copies of the index, not the mailbox.
    fn is_unaudited(&self, touch: &Touch) -> bool {
        let bypassed = self.service.bypassed.and_then(|number| usize::try_from(number).ok());
        let bypassed = bypassed.and_then(|number| self.tenant.mailboxes.get(number));
        matches!(self.mailbox.kind, Kind::Group | Kind::Resource)
            || touch.context.logon_type == Context::SEARCH
            || bypassed.is_some_and(|actor| actor.upn == touch.context.user_id)
    }

    fn is_unlogged(&self, touch: &Touch) -> bool {
        let delegate = touch.context.logon_type == 2;
        match self.service.unlogged {
            Unlogged::Nobody => false,
            Unlogged::Delegates => delegate,
            Unlogged::DelegatesFromElsewhere => {
                let who = self.tenant.mailboxes.iter().find(|other| other.upn == touch.context.user_id);
                delegate && who.is_some_and(|who| who.zone != self.mailbox.zone)
            }
            Unlogged::MailboxFrom(number, from) => self.mailbox.number == number && from <= touch.at,
        }
    }

    fn is_blind(&self, at: Second) -> bool {
        self.blind_until.is_some_and(|until| at < until)
    }

    fn is_quiet(&mut self, key: &Key, touch: &Touch) -> bool {
        self.quiet.get(&(key.clone(), touch.target)).is_some_and(|until| touch.at < *until)
    }

    fn sync(&mut self, nth: usize, touch: &Touch, folder: usize) {
        let key = key(&touch.context, folder);
        if self.is_quiet(&key, touch) {
            self.log.fates[nth] = Some(Fate::Suppressed);
            return;
        }
        self.quiet.insert((key, touch.target), touch.at.plus(self.service.suppression));
        // Syncs are never throttled, but they count.
        let access = Access::new(self.mailbox, folder, touch.context.clone());
        let fate = self.write(touch.at, Event::Sync { access });
        self.log.fates[nth] = Some(fate);
    }

    fn bind(&mut self, nth: usize, touch: &Touch, message: usize) {
        if self.is_blind(touch.at) {
            self.log.fates[nth] = Some(Fate::Throttled);
            return;
        }
        let folder = self.messages[message].folder_at(touch.at);
        let key = key(&touch.context, folder);
        if self.is_quiet(&key, touch) {
            self.log.fates[nth] = Some(Fate::Suppressed);
            return;
        }
        let closes = match self.buckets.get(&key) {
            Some(_) => self.closing.iter().find(|(_, other)| *other == key).map_or(touch.at, |(at, _)| *at),
            None => {
                let closes = touch.at.plus(self.service.aggregation);
                self.closing.push_back((closes, key.clone()));
                closes
            }
        };
        self.quiet.insert((key.clone(), touch.target), closes.plus(self.service.suppression));
        let context = &touch.context;
        let bucket =
            self.buckets.entry(key).or_insert_with(|| Bucket { context: context.clone(), folder, items: Vec::new() });
        bucket.items.push((nth, message));
    }

    /// Writes the buckets that close before `at`.
    fn close_until(&mut self, at: Second) {
        while let Some((closes, key)) = self.closing.pop_front() {
            if closes > at {
                self.closing.push_front((closes, key));
                break;
            }
            if let Some(bucket) = self.buckets.remove(&key) {
                self.close(closes, &bucket);
            }
        }
        if self.quiet.len() > 50_000 {
            self.quiet.retain(|_, until| *until > at);
        }
    }

    fn close(&mut self, created: Second, bucket: &Bucket) {
        for part in bucket.items.chunks(self.service.item_cap.max(1)) {
            if self.is_blind(created) {
                part.iter().for_each(|(nth, _)| self.log.fates[*nth] = Some(Fate::Throttled));
                continue;
            }
            let access = Access::new(self.mailbox, bucket.folder, bucket.context.clone());
            let items = part.iter().map(|(_, message)| item(self.messages, *message)).collect();
            let opened = self.opened(part);
            let attached = access.clone();
            let fate = self.write(created, Event::Bind { access, items });
            part.iter().for_each(|(nth, _)| self.log.fates[*nth] = Some(fate));
            for item in opened {
                self.write(created, Event::Attachment { access: attached.clone(), item });
            }
        }
    }

    /// The messages of a record whose attachments are opened too.
    fn opened(&mut self, part: &[(usize, usize)]) -> Vec<Item> {
        if self.service.attachments <= 0.0 {
            return Vec::new();
        }
        let with = part.iter().filter(|(_, message)| self.messages[*message].attachments > 0);
        let with: Vec<usize> = with.map(|(_, message)| *message).collect();
        let share = self.service.attachments;
        let opened: Vec<usize> = with.into_iter().filter(|_| self.rng.chance(share)).collect();
        opened.into_iter().map(|message| item(self.messages, message)).collect()
    }

    fn write(&mut self, created: Second, mut event: Event) -> Fate {
        while self.recent.front().is_some_and(|at| at.plus(Second::DAY) <= created) {
            self.recent.pop_front();
        }
        self.recent.push_back(created);
        if let Event::Bind { access, .. } = &mut event
            && self.recent.len() > self.service.throttle_records
        {
            let until = created.plus(self.service.throttle_blind);
            access.throttled = !self.service.unflagged_throttling;
            self.blind_until = Some(until);
            self.log.blind.push((created, until));
            // Counting starts anew when recording does.
            self.recent.clear();
        }
        if self.service.loss > 0.0 && self.rng.chance(self.service.loss) {
            return Fate::Lost;
        }
        let mut record = Record::new(self.tenant, self.service.schema, created, event, &mut self.rng);
        if self.service.late > 0.0 && self.rng.chance(self.service.late) {
            record.available = created.plus(self.rng.between(5, 60) * Second::DAY);
        }
        self.log.records.push(record);
        Fate::Recorded(self.log.records.len() - 1)
    }
}

fn item(messages: &[Message], index: usize) -> Item {
    let message = &messages[index];
    Item {
        internet_message_id: message.internet_message_id.clone(),
        size_bytes: message.size_bytes,
        number: u64::try_from(index).unwrap_or(0),
    }
}
