//! Owns what is new: a way in to a mailbox (R2, R3), a pair of application ids in the tenant (R11).
//!
//! Invariant: addresses play no part. Without a span declared clean the answer is marked unverified: most exports begin
//! where the trouble does, and then the log has never seen the mailbox without it.

use mailtrail_model::{BaselineBasis, BurstRule, RuleFinding, Rules, UtcMicros};

use super::{
    episode::{Answer, Episode},
    tail::real,
};
use crate::{
    sync_sessions::Sighting,
    tenant_facts::{MailboxFacts, Mark, TenantFacts, utc_day},
};

/// Which contexts are new to one mailbox.
#[derive(Clone, Debug)]
pub(crate) struct Novelty {
    /// What it was compared with.
    pub(crate) basis: BaselineBasis,
    /// Covered days it was compared over.
    pub(crate) days: u64,
    /// End of the declared span, where that is the basis.
    declared: Option<i64>,
    contexts: Vec<Seen>,
}

/// How one context was seen in one mailbox.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seen {
    /// Index into the contexts of the case.
    pub(crate) context: u32,
    /// New by the rule.
    pub(crate) is_new: bool,
    /// Covered days on which it was seen.
    pub(crate) days: u64,
    /// Covered days before its first access.
    pub(crate) before: u64,
}

impl Novelty {
    /// Judges the contexts of a mailbox.
    pub(crate) fn of(tenant: &TenantFacts, mailbox: &MailboxFacts, rules: &Rules) -> Self {
        let covered = &mailbox.covered_days;
        let (basis, declared) = basis(tenant, mailbox, rules);
        let contexts = mailbox.first_seen.iter().map(|(context, first)| {
            let mut days: Vec<i64> = mailbox
                .routes
                .iter()
                .filter(|route| route.context == *context)
                .flat_map(|route| route.days.iter().copied())
                .filter(|day| covered.binary_search(day).is_ok())
                .collect();
            days.sort_unstable();
            days.dedup();
            let first_day = mailbox.local.day_and_hour(*first).0;
            let before = number(covered.partition_point(|day| *day < first_day));
            let days = number(days.len());
            let is_new = is_new(basis, declared, *first, (days, before, number(covered.len())), rules);
            Seen { context: *context, is_new, days, before }
        });
        Self { basis, days: number(covered.len()), declared, contexts: contexts.collect() }
    }

    /// Whether a token session or a network is new to the mailbox, by the rule for ways in.
    pub(crate) fn judge(&self, mailbox: &MailboxFacts, seen: &Sighting, rules: &Rules) -> bool {
        let covered = &mailbox.covered_days;
        let days = seen.days.iter().filter(|day| covered.binary_search(day).is_ok()).count();
        let before = covered.partition_point(|day| seen.days.first().is_some_and(|first| day < first));
        let counts = (number(days), number(before), number(covered.len()));
        is_new(self.basis, self.declared, seen.first, counts, rules)
    }

    /// How a context was seen.
    pub(crate) fn seen(&self, context: u32) -> Option<&Seen> {
        let at = self.contexts.binary_search_by_key(&context, |seen| seen.context).ok()?;
        Some(&self.contexts[at])
    }

    /// Whether a context is new to the mailbox. Nothing is where nothing can be compared.
    pub(crate) fn is_new(&self, context: u32) -> bool {
        self.seen(context).is_some_and(|seen| seen.is_new)
    }
}

/// New: first seen after the declared span; without one, on few of the covered days, or first after many. `counts` are
/// covered days with it, before it, and in all.
fn is_new(basis: BaselineBasis, declared: Option<i64>, first: i64, counts: (u64, u64, u64), rules: &Rules) -> bool {
    let (days, before, all) = counts;
    match (basis, declared) {
        (BaselineBasis::Declared, Some(end)) => first >= end,
        (BaselineBasis::Unverified, _) => {
            real(days) <= rules.novelty_days_share * real(all) || before >= rules.novelty_days
        }
        _ => false,
    }
}

/// On what novelty in a mailbox rests, with the end of the declared span.
fn basis(tenant: &TenantFacts, mailbox: &MailboxFacts, rules: &Rules) -> (BaselineBasis, Option<i64>) {
    if let Some(span) = tenant.baseline {
        let day = |at: i64| mailbox.local.day_and_hour(at).0;
        let (first, last) = (day(span.start.0), day(span.end.0 - 1));
        let days = mailbox.covered_days.iter().filter(|day| (first..=last).contains(*day)).count();
        if number(days) >= rules.novelty_days {
            return (BaselineBasis::Declared, Some(span.end.0));
        }
    }
    if number(mailbox.covered_days.len()) >= rules.novelty_days {
        return (BaselineBasis::Unverified, None);
    }
    (BaselineBasis::None, None)
}

/// Whether a pair of application ids is new to the tenant, and on what that rests; `None` where the tenant has too few
/// covered days.
pub(crate) fn pair_is_new(tenant: &TenantFacts, pair: u32, rules: &Rules) -> (Option<bool>, BaselineBasis) {
    new_to_tenant(tenant, tenant.pairs[pair as usize].first, rules)
}

/// Whether what the tenant saw first at an instant is new to it.
pub(crate) fn new_to_tenant(tenant: &TenantFacts, first: i64, rules: &Rules) -> (Option<bool>, BaselineBasis) {
    if let Some(span) = tenant.baseline {
        let (from, to) = (utc_day(span.start.0), utc_day(span.end.0 - 1));
        let days = tenant.days.iter().filter(|day| (from..=to).contains(*day)).count();
        if number(days) >= rules.novelty_days {
            return (Some(first >= span.end.0), BaselineBasis::Declared);
        }
    }
    if number(tenant.days.len()) < rules.novelty_days {
        return (None, BaselineBasis::None);
    }
    let before = tenant.days.partition_point(|day| *day < utc_day(first));
    (Some(number(before) >= rules.novelty_days), BaselineBasis::Unverified)
}

fn number(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// What a finding about novelty says of its comparison.
fn compared(episode: &Episode<'_>, seen: &Seen) -> String {
    match episode.novelty.basis {
        BaselineBasis::Declared => "unseen in the span declared clean".to_owned(),
        _ => format!(
            "baseline-unverified: seen on {} of {} covered days, first after {} of them",
            seen.days, episode.novelty.days, seen.before
        ),
    }
}

fn too_few_days(rule: BurstRule, measure: &str, days: u64, rules: &Rules) -> RuleFinding {
    Answer::not_evaluable(rule, measure, format!("{days} covered days; {} are needed", rules.novelty_days))
}

/// R2's answer: many distinct messages by a way in that is new, at whatever speed.
pub(crate) fn many_messages(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    const MEASURE: &str = "distinct messages by a way in that is new";
    let seen = episode.novelty.seen(episode.route.context).filter(|_| episode.novelty.basis != BaselineBasis::None);
    let Some(seen) = seen else {
        return too_few_days(BurstRule::R2, MEASURE, episode.novelty.days, rules);
    };
    let observed = together(episode);
    let own = number(episode.firsts.len());
    let note = match (seen.is_new, observed > own) {
        (true, false) => compared(episode, seen),
        (true, true) => format!(
            "{}; {own} here, the rest by new ways in of the same actor and application",
            compared(episode, seen)
        ),
        (false, _) => format!("not new: {}", known(episode, seen)),
    };
    Answer::of(BurstRule::R2, MEASURE, seen.is_new && observed >= rules.r2_messages)
        .observed(real(if seen.is_new { observed } else { 0 }))
        .limit(real(rules.r2_messages))
        .note(note)
}

/// Distinct messages of the stretch and of every other new way in of the same actor and application to the mailbox: another
/// protocol or device divides a count no more than another address does.
fn together(episode: &Episode<'_>) -> u64 {
    let (tenant, own) = (episode.tenant, episode.route.context);
    let actor = |context: u32| tenant.facts.contexts[context as usize].key.user_id.as_deref();
    let app = |context: u32| tenant.facts.contexts[context as usize].key.effective_app.as_deref();
    let same = episode.mailbox.routes.iter().filter(|route| {
        !std::ptr::eq(*route, episode.route)
            && route.mark != Mark::Accepted
            && app(own).is_some()
            && (actor(route.context), app(route.context)) == (actor(own), app(own))
            && episode.novelty.is_new(route.context)
    });
    let others = same.flat_map(|route| &route.firsts);
    let messages: std::collections::BTreeSet<u32> = others.chain(episode.firsts).map(|first| first.message).collect();
    number(messages.len())
}

fn known(episode: &Episode<'_>, seen: &Seen) -> String {
    format!("seen on {} of {} covered days", seen.days, episode.novelty.days)
}

/// R3's answer: folders synchronised by a way in that is new, or marked suspect; in a known one, the whole mailbox by a token
/// session and from a network that are both new.
pub(crate) fn synchronises(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    const MEASURE: &str = "folders synchronised for the first time";
    if let Some(whole) = &episode.whole_sync {
        let against = match episode.novelty.basis {
            BaselineBasis::Declared => "unseen in the span declared clean",
            _ => "baseline-unverified: both seen on few covered days, or first after many",
        };
        return Answer::of(
            BurstRule::R3,
            "folders synchronised by a token session and from networks that are new",
            true,
        )
        .observed(real(whole.folders))
        .limit(real(whole.limit))
        .note(format!(
            "the token session and {} {against}; within {} h {} of {} folders that other records name",
            whole.networks, rules.r3_hours, whole.of_known, whole.known
        ));
    }
    let folders = number(episode.synced.len());
    let suspect = episode.route.mark == Mark::Suspect;
    let seen = episode.novelty.seen(episode.route.context);
    let is_new = seen.is_some_and(|seen| seen.is_new);
    if folders > 0 && !suspect && episode.novelty.basis == BaselineBasis::None {
        return Answer::not_evaluable(BurstRule::R3, MEASURE, "too few covered days to call a client new");
    }
    let note = match (suspect, seen) {
        _ if folders == 0 => "no Sync".to_owned(),
        (_, Some(seen)) if is_new => compared(episode, seen),
        (true, _) => "marked suspect by the examiner".to_owned(),
        (false, Some(seen)) => format!("not new: {}", known(episode, seen)),
        (false, None) => String::new(),
    };
    Answer::of(BurstRule::R3, MEASURE, folders > 0 && (suspect || is_new)).observed(real(folders)).limit(1.0).note(note)
}

/// R11's answer: a pair of application ids that is new to the tenant and not on the dated list.
pub(crate) fn new_pair(episode: &Episode<'_>, rules: &Rules) -> RuleFinding {
    const MEASURE: &str = "distinct messages by a pair of AppId and ClientAppId that is new";
    let tenant = episode.tenant;
    let number_of_pair = tenant.pair_of[episode.route.context as usize];
    let pair = &tenant.pairs[number_of_pair as usize];
    if pair.ids == (None, None) {
        return Answer::not_evaluable(BurstRule::R11, MEASURE, "the records state neither AppId nor ClientAppId");
    }
    let (is_new, basis) = pair_is_new(tenant, number_of_pair, rules);
    let Some(is_new) = is_new else {
        return too_few_days(BurstRule::R11, MEASURE, number(tenant.days.len()), rules);
    };
    let observed = if is_new { number(episode.firsts.len()) } else { 0 };
    let stated = |id: &Option<String>| id.clone().unwrap_or_else(|| "not stated".to_owned());
    let note = format!(
        "AppId {}, ClientAppId {}: {}; {} of {} mailboxes",
        stated(&pair.ids.0),
        stated(&pair.ids.1),
        match (pair.listed, is_new) {
            (true, _) => "on the dated list of services".to_owned(),
            (false, true) => format!("first seen {} ({})", UtcMicros(pair.first).iso(), basis.as_str()),
            (false, false) => "known to the tenant".to_owned(),
        },
        pair.mailboxes,
        tenant.mailboxes.len()
    );
    Answer::of(BurstRule::R11, MEASURE, is_new && !pair.listed && observed >= rules.r11_messages)
        .observed(real(observed))
        .limit(real(rules.r11_messages))
        .note(note)
}
