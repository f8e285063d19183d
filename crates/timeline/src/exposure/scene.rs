//! Owns what is the same for every message of one mailbox: when suspect accesses happened, how far each synchronised or
//! blind time reaches, which reasons hold for whom.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{Attribution, ControlStatement, CoverageState, Interval, MailboxKind, Reason, UtcMicros};

use super::{Assumptions, World, listed, paths};
use crate::{
    attribution, coverage,
    facts::{Access, Way},
    interner::{NONE, TextId},
    items::Item,
    mailboxes::is_suspect,
    spans,
};

/// A set of reasons, a bit each, in the order of [`Reason::ALL`].
pub(crate) type Reasons = u32;

/// The bit of a reason.
pub(crate) fn bit(reason: Reason) -> Reasons {
    Reason::ALL.iter().position(|one| *one == reason).map_or(0, |at| 1 << at)
}

/// The reasons of a set, in order.
pub(crate) fn reasons(set: Reasons) -> impl Iterator<Item = Reason> {
    Reason::ALL.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, reason)| *reason)
}

/// How far a reason reaches: messages present before `until` have it, those before `near` have it near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reach {
    reason: Reason,
    until: i64,
    near: i64,
}

/// One mailbox, seen once for all its messages.
#[derive(Debug)]
pub(crate) struct Scene {
    period: Interval,
    aggregation: i64,
    /// First and last instant of each suspect access, by record time: those of the whole log, not of the period alone, since
    /// nearness asks what happened around a bad hour.
    suspects: Vec<(i64, i64)>,
    /// Last suspect Sync of each folder that may hold mail, with what suppression adds.
    synced: Vec<(TextId, i64)>,
    /// Last suspect Sync of any folder, with what suppression adds: mail that came later was in none of them.
    synced_until: Option<i64>,
    /// A Sync or Unknown access by anybody, in the period.
    pub(crate) any_sync: bool,
    /// End of the last blind period with a suspect access in it or in the day before.
    throttled_until: Option<i64>,
    reaches: Vec<Reach>,
    /// Places (relative to the mailbox) of non-suspect records that a suspect access may hide behind; sorted.
    suppressed: Vec<u32>,
    first_place: usize,
    /// Spans in which moves were recorded, where they were; empty where not.
    moves_recorded: Vec<Interval>,
    /// Mailbox hours by reason, in microseconds.
    pub(crate) hours: BTreeMap<Reason, i64>,
}

impl Scene {
    /// Looks at one mailbox.
    pub(crate) fn of(world: &World<'_>, assumptions: &Assumptions<'_>, mailbox: usize) -> Self {
        let rules = &world.case.rules;
        let range = world.facts.range(mailbox);
        let mut scene = Self {
            period: assumptions.period,
            aggregation: attribution::aggregation(rules),
            suspects: Vec::new(),
            synced: Vec::new(),
            synced_until: None,
            any_sync: false,
            throttled_until: None,
            reaches: Vec::new(),
            suppressed: Vec::new(),
            first_place: range.start,
            moves_recorded: Vec::new(),
            hours: BTreeMap::new(),
        };
        let of_period: Vec<(usize, Attribution)> = range
            .filter(|place| {
                let access = &world.facts.accesses[*place];
                access.flags.in_window() && scene.in_period(access)
            })
            .map(|place| (place, assumptions.attribution[place]))
            .collect();
        let suspect = world.facts.range(mailbox).filter(|place| is_suspect(assumptions.attribution[*place]));
        scene.suspects =
            suspect.map(|place| attribution::interval(&world.facts.accesses[place], scene.aggregation)).collect();
        scene.syncs(world, assumptions, mailbox, &of_period);
        scene.throttle(world, mailbox, &of_period);
        scene.coverage(&assumptions.covered[mailbox], world.window);
        scene.unnamed(world, mailbox);
        scene.whole(world, assumptions, mailbox);
        scene.suppression(world, &of_period);
        scene.moves(world, mailbox, &assumptions.covered[mailbox]);
        scene
    }

    /// Whether the items of an access may have been accessed in the period; one that straddles an edge was.
    pub(crate) fn in_period(&self, access: &Access) -> bool {
        let (first, last) = attribution::interval(access, self.aggregation);
        last >= self.period.start.0 && first < self.period.end.0
    }

    /// Whether a suspect access lies within 24 hours of a span or record.
    pub(crate) fn is_near(&self, start: i64, end: i64) -> bool {
        let (from, until) = (start.saturating_sub(UtcMicros::DAY), end.saturating_add(UtcMicros::DAY));
        let first = self.suspects.partition_point(|(_, last)| *last < from);
        let close =
            self.suspects[first..].iter().take_while(|(_, last)| *last <= until.saturating_add(self.aggregation));
        close.into_iter().any(|(first, _)| *first <= until)
    }

    /// [`Self::is_near`] of one access.
    pub(crate) fn is_near_access(&self, access: &Access) -> bool {
        let (first, last) = attribution::interval(access, self.aggregation);
        self.is_near(first, last)
    }

    /// The reasons that reach a message, and those that are near.
    pub(crate) fn reasons_for(&self, received: Option<i64>) -> (Reasons, Reasons) {
        let (mut all, mut near) = (0, 0);
        let present = |until: i64| received.is_none_or(|at| at < until);
        for reach in &self.reaches {
            if present(reach.until) {
                all |= bit(reach.reason);
            }
            if reach.near != i64::MIN && present(reach.near) {
                near |= bit(reach.reason);
            }
        }
        (all, near)
    }

    /// Whether a message was in a folder that was synchronised to a suspect client, or may have been: received by the last
    /// suspect Sync of that folder, unless a Bind shows it elsewhere and moves were recorded from then on.
    pub(crate) fn synchronised(&self, received: Option<i64>, binds: impl Fn() -> Vec<(TextId, i64)>) -> bool {
        let present = |(_, until): &&(TextId, i64)| received.is_none_or(|at| at <= *until);
        let mut reached = self.synced.iter().filter(present).peekable();
        if reached.peek().is_none() {
            return false;
        }
        if self.moves_recorded.is_empty() {
            return true;
        }
        let binds = binds();
        reached.any(|(folder, until)| {
            let elsewhere = |(other, at): &(TextId, i64)| {
                *other != NONE && *folder != NONE && other != folder && *at <= *until && self.moves_seen(*at, *until)
            };
            !binds.iter().any(elsewhere)
        })
    }

    /// Whether the message was in the mailbox by its last suspect Sync.
    pub(crate) fn presumed(&self, received: Option<i64>) -> bool {
        self.synced_until.is_some_and(|until| received.is_none_or(|at| at <= until))
    }

    /// Whether the message was there when a blind period ended in which a suspect context was active.
    pub(crate) fn throttled(&self, received: Option<i64>) -> bool {
        self.throttled_until.is_some_and(|until| received.is_none_or(|at| at < until))
    }

    /// Whether a suspect access may hide behind the non-suspect access at this place.
    pub(crate) fn is_suppressed(&self, place: u32) -> bool {
        let relative = place - u32::try_from(self.first_place).unwrap_or(u32::MAX);
        self.suppressed.binary_search(&relative).is_ok()
    }

    /// Records that a reason holds for messages present before the end of a span.
    fn reach(&mut self, reason: Reason, span: Interval) {
        let near = if self.is_near(span.start.0, span.end.0) { span.end.0 } else { i64::MIN };
        match self.reaches.iter_mut().find(|reach| reach.reason == reason) {
            Some(reach) => {
                reach.until = reach.until.max(span.end.0);
                reach.near = reach.near.max(near);
            }
            None => self.reaches.push(Reach { reason, until: span.end.0, near }),
        }
    }

    /// Records that a reason holds for every message, for what happened in a span.
    fn reach_all(&mut self, reason: Reason, start: i64, end: i64) {
        let near = self.is_near(start, end);
        let reach = Reach { reason, until: i64::MAX, near: if near { i64::MAX } else { i64::MIN } };
        match self.reaches.iter_mut().find(|one| one.reason == reason) {
            Some(one) => *one = Reach { reason, until: i64::MAX, near: one.near.max(reach.near) },
            None => self.reaches.push(reach),
        }
    }

    /// Syncs and what cannot be told from one: a suspect one synchronises, an unattributed or shared one leaves the whole
    /// mailbox open.
    fn syncs(
        &mut self,
        world: &World<'_>,
        assumptions: &Assumptions<'_>,
        mailbox: usize,
        of_period: &[(usize, Attribution)],
    ) {
        let rules = &world.case.rules;
        let later = (rules.suppression_minutes + rules.aggregation_minutes) * UtcMicros::MINUTE;
        let range = world.facts.range(mailbox);
        let folders = world.items.syncs_in(&range);
        let mut synced: BTreeMap<TextId, i64> = BTreeMap::new();
        for (place, attribution) in of_period {
            let access = &world.facts.accesses[*place];
            if !access.flags.takes_folders() {
                continue;
            }
            self.any_sync = true;
            match attribution {
                Attribution::Suspect | Attribution::Provisional => {
                    let until = access.created + later;
                    self.synced_until = self.synced_until.max(Some(until));
                    let first = folders.partition_point(|(at, _)| (*at as usize) < *place);
                    let own: Vec<TextId> =
                        folders[first..].iter().take_while(|(at, _)| *at as usize == *place).map(|(_, f)| *f).collect();
                    let unknown = own.is_empty().then_some(NONE);
                    for folder in own.into_iter().chain(unknown) {
                        if !world.items.holds_no_mail(folder) {
                            let last = synced.entry(folder).or_insert(until);
                            *last = (*last).max(until);
                        }
                    }
                }
                Attribution::Unattributed => self.reach_all(Reason::Una, access.created, access.created + later),
                Attribution::Shared => self.reach_all(Reason::Ctx, access.created, access.created + later),
                Attribution::Accepted => {}
            }
        }
        self.synced = synced.into_iter().collect();
        // A suspect Sync outside the period presumes nothing, but what it may have taken is never D.
        for place in range {
            let access = &world.facts.accesses[place];
            let counts = access.flags.in_window() && access.flags.takes_folders() && !self.in_period(access);
            if counts && is_suspect(assumptions.attribution[place]) {
                self.reach_all(Reason::Una, access.created, access.created);
            }
        }
    }

    /// A suspect access in a blind time, or within the day before it.
    fn throttle(&mut self, world: &World<'_>, mailbox: usize, of_period: &[(usize, Attribution)]) {
        for blind in spans::clip(&coverage::blind(world.facts.of(mailbox), &world.case.rules), self.period) {
            let active = of_period.iter().filter(|(_, attribution)| is_suspect(*attribution)).any(|(place, _)| {
                let (first, last) = attribution::interval(&world.facts.accesses[*place], self.aggregation);
                last >= blind.start.0 - UtcMicros::DAY && first < blind.end.0
            });
            if active {
                self.throttled_until = self.throttled_until.max(Some(blind.end.0));
            }
        }
    }

    /// Coverage speaks of records, and a record is made up to two minutes after what it is about: where records may be
    /// missing, accesses of the two minutes before may be unrecorded too.
    fn coverage(&mut self, covered: &coverage::Covered, window: Interval) {
        let recorded_until = self.period.end.plus(self.aggregation);
        let outside = [
            Interval { start: self.period.start, end: self.period.end.min(window.start) },
            Interval { start: self.period.start.max(window.end), end: recorded_until },
        ];
        // Nothing was asked of the time outside the window.
        let unknown = outside.into_iter().filter(|s| s.start < s.end).map(|span| (span, CoverageState::SourceGap));
        let unknown: Vec<(Interval, CoverageState)> = unknown.collect();
        // Every reason is kept, also one that a worse state of another logon type would hide.
        for (span, state) in covered.by_logon.iter().flatten().chain(&unknown) {
            if let (Some(span), Some(reason)) = (self.unrecorded(*span), state.reason()) {
                self.reach(reason, span);
            }
        }
        for (span, state) in covered.worst().iter().chain(&unknown) {
            let hours = span.clip(self.period).or_else(|| self.unrecorded(*span));
            if let (Some(hours), Some(reason)) = (hours, state.reason()) {
                *self.hours.entry(reason).or_default() += hours.micros();
            }
        }
    }

    /// When accesses of the period may have happened whose records are made in `span`.
    fn unrecorded(&self, span: Interval) -> Option<Interval> {
        Interval { start: span.start.plus(-self.aggregation), end: span.end }.clip(self.period)
    }

    /// Records that name no message, whoever made them: any message of the mailbox may be meant. Where it lay at the time
    /// cannot be told from a later folder, so the record's folder does not narrow it.
    fn unnamed(&mut self, world: &World<'_>, mailbox: usize) {
        // Keys sort unnamed items last.
        let items = world.items.of(mailbox).iter().rev().take_while(|item| !item.is_named());
        let mut found: BTreeSet<usize> = items.map(|item| item.place as usize).collect();
        let range = world.facts.range(mailbox);
        found.extend(world.items.unlisted_in(&range).iter().map(|(place, _)| *place as usize));
        found.extend(range.filter(|place| world.facts.accesses[*place].flags.unnamed()));
        for place in found {
            let access = &world.facts.accesses[place];
            if access.flags.in_window() && !access.flags.takes_folders() && self.in_period(access) {
                let (first, last) = attribution::interval(access, self.aggregation);
                self.reach(Reason::Idl, spans::span(first, last + 1));
            }
        }
    }

    /// Reasons that hold for the mailbox as a whole.
    fn whole(&mut self, world: &World<'_>, assumptions: &Assumptions<'_>, mailbox: usize) {
        let (start, end) = (self.period.start.0, self.period.end.0 - 1);
        let named = &world.facts.mailboxes[mailbox];
        if !world.case.attribution_given {
            self.reach_all(Reason::Pro, start, end);
        }
        if is_uncertain(world, mailbox) {
            self.reach_all(Reason::Key, start, end);
        }
        for (source, unreadable) in world.sources {
            // Its time cannot be read either: it may be of any.
            if *unreadable > 0 && source.covers(&named.key, named.upn()) {
                self.reach_all(Reason::Qua, start, end);
            }
        }
        for span in paths::of(assumptions.paths, mailbox) {
            self.reach(Reason::Pth, span);
        }
        let listing = world.listed.facts(mailbox);
        if listing.any {
            let old = listing.as_of.is_none_or(|at| at < self.period.end);
            if old || listing.delivered_only || short_of_statistics(world, mailbox, listing) {
                self.reach_all(Reason::Inv, start, end);
            }
            if !joins(world, assumptions, self, mailbox) {
                self.reach_all(Reason::Unm, start, end);
            }
        }
    }

    /// Non-suspect records that agree with a suspect access in everything the service's suppression looks at.
    fn suppression(&mut self, world: &World<'_>, of_period: &[(usize, Attribution)]) {
        let rules = &world.case.rules;
        let within = (rules.suppression_minutes + rules.aggregation_minutes) * UtcMicros::MINUTE;
        let mut suspects: BTreeMap<u32, Vec<(i64, i64)>> = BTreeMap::new();
        for (place, attribution) in of_period {
            if is_suspect(*attribution) {
                let access = &world.facts.accesses[*place];
                suspects.entry(access.way).or_default().push(attribution::interval(access, self.aggregation));
            }
        }
        if suspects.is_empty() {
            return;
        }
        let mut agreeing: BTreeMap<u32, Vec<&Vec<(i64, i64)>>> = BTreeMap::new();
        for (place, attribution) in of_period {
            let access = &world.facts.accesses[*place];
            if is_suspect(*attribution) {
                continue;
            }
            let times = agreeing.entry(access.way).or_insert_with(|| {
                let way = &world.facts.ways[access.way as usize];
                suspects
                    .iter()
                    .filter(|(other, _)| agrees(world, way, &world.facts.ways[**other as usize]))
                    .map(|(_, times)| times)
                    .collect()
            });
            let (first, last) = attribution::interval(access, self.aggregation);
            let close = |times: &&Vec<(i64, i64)>| {
                let from = times.partition_point(|(_, end)| *end < first - within);
                times[from..]
                    .iter()
                    .take_while(|(_, end)| *end <= last + within + self.aggregation)
                    .any(|(start, _)| *start <= last + within)
            };
            if times.iter().any(close) {
                self.suppressed.push(u32::try_from(*place - self.first_place).unwrap_or(u32::MAX));
            }
        }
    }

    /// Where moves between folders were recorded: every audit list of the mailbox that is stated names them, and the time
    /// is covered.
    fn moves(&mut self, world: &World<'_>, mailbox: usize, covered: &coverage::Covered) {
        let named = &world.facts.mailboxes[mailbox];
        let lists = world.case.controls.iter().filter_map(|control| match &control.statement {
            ControlStatement::AuditSettings { mailbox: name, owner, delegate, admin, .. }
                if name.means(&named.key, named.upn()) =>
            {
                Some([owner, delegate, admin])
            }
            _ => None,
        });
        let lists: Vec<_> = lists.flatten().collect();
        let recorded = |list: &&&Option<mailtrail_model::AuditList>| list.as_ref().is_some_and(|list| list.has("Move"));
        if !lists.is_empty() && lists.iter().all(|list| recorded(&list)) {
            let moved: Vec<UtcMicros> = world.changes.moves(mailbox).collect();
            let seen = covered.spans(&[CoverageState::Observed, CoverageState::ObservedByCount]);
            // A recorded move may be this message's: what lies around it proves nothing.
            self.moves_recorded = seen.into_iter().filter(|span| !moved.iter().any(|at| span.contains(*at))).collect();
        }
    }

    fn moves_seen(&self, from: i64, until: i64) -> bool {
        self.moves_recorded.iter().any(|span| span.start.0 <= from && until <= span.end.0)
    }
}

/// Whether a record of one way may be suppressed by, or merged into, a record of another: the service's key holds address,
/// client string, logon type, user and session, and not the application. What is not stated agrees with anything.
fn agrees(world: &World<'_>, one: &Way, other: &Way) -> bool {
    let facts = world.facts;
    let same = |a: TextId, b: TextId| a == NONE || b == NONE || facts.text(a) == facts.text(b);
    let (key, other_key) = (&facts.contexts[one.context as usize].key, &facts.contexts[other.context as usize].key);
    let same_text = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
    let sessions = one.basis != other.basis || same(one.token, other.token);
    same(one.address, other.address)
        && same(one.client, other.client)
        && same_text(&key.logon_type, &other_key.logon_type)
        && same_text(&key.user_id, &other_key.user_id)
        && sessions
}

/// GUID and UPN disagree, or the roster names a former identity.
fn is_uncertain(world: &World<'_>, mailbox: usize) -> bool {
    let own = &world.facts.mailboxes[mailbox];
    let archive = |at: usize| world.roster[at].is_some_and(|entry| entry.kind == MailboxKind::Archive);
    let twin = |at: usize, other: &crate::facts::Mailbox| {
        let shared = own.upn().is_some_and(|upn| other.upns.iter().any(|(theirs, _)| theirs == upn));
        at != mailbox && shared && !archive(at) && !archive(mailbox)
    };
    let renamed = own.upns.len() > 1 || world.roster[mailbox].is_some_and(|entry| !entry.former.is_empty());
    (renamed && !archive(mailbox)) || world.facts.mailboxes.iter().enumerate().any(|(at, other)| twin(at, other))
}

/// Whether folder statistics count more items than the listings hold, in a folder both name alike or in all.
fn short_of_statistics(world: &World<'_>, mailbox: usize, listing: &listed::ListingFacts) -> bool {
    let named = &world.facts.mailboxes[mailbox];
    let mut counted = 0;
    for control in &world.case.controls {
        if let ControlStatement::FolderStatistics { mailbox: name, folder, items, .. } = &control.statement
            && name.means(&named.key, named.upn())
        {
            counted += items;
            if listing.held_by_folder.get(&listed::folder_name(Some(folder))).is_some_and(|rows| rows < items) {
                return true;
            }
        }
    }
    counted > listing.held_by_folder.values().sum()
}

/// Whether the listings hold every message a suspect access names, and enough of all that are named.
fn joins(world: &World<'_>, assumptions: &Assumptions<'_>, scene: &Scene, mailbox: usize) -> bool {
    let floor = world.case.policy.join_floor.unwrap_or(world.case.rules.join_floor);
    let (mut named, mut found) = (0u64, 0u64);
    let mut complete = true;
    let suspect = |item: &Item| {
        let access = &world.facts.accesses[item.place as usize];
        is_suspect(assumptions.attribution[item.place as usize]) && scene.in_period(access)
    };
    super::each_message(world, mailbox, |_, run, listed| {
        if run.iter().any(|item| scene.in_period(&world.facts.accesses[item.place as usize])) {
            named += 1;
            found += u64::from(!listed.is_empty());
            complete &= !listed.is_empty() || !run.iter().any(suspect);
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "messages of one mailbox: far below 2^52")]
    let share = if named == 0 { 1.0 } else { found as f64 / named as f64 };
    complete && share >= floor
}
