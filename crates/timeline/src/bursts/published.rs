//! Owns the published rules, restated from their public description, each at the default that `Rules` names: what an
//! ordinary monitoring system would have said of this case.
//!
//! Invariant: no rule of ours depends on them; alone they make tier 3.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{
    Interval, MailAccessType, Outcome, PublishedFinding, PublishedHit, PublishedRule, Rules, ThrottleState, UtcMicros,
};

use super::{baseline::hour, tail::real};
use crate::{
    facts::{Access, TokenBasis},
    spans,
    tenant_facts::{TenantFacts, utc_day},
};

/// A hit by numbers: mailbox, context, first and last record.
pub(crate) type Hit = (u32, u32, Interval);

/// Every published rule with its hits, in panel order. `None` where the data do not allow the question.
pub(crate) fn all(tenant: &TenantFacts, rules: &Rules) -> Vec<(PublishedRule, Option<Vec<Hit>>)> {
    PublishedRule::ALL
        .iter()
        .map(|rule| {
            let hits = match rule {
                PublishedRule::SplunkMailboxes => Some(splunk(tenant, rules)),
                PublishedRule::ElasticThrottled => {
                    Some(records(tenant, |access| access.flags.throttled() == ThrottleState::Yes))
                }
                PublishedRule::ElasticOperations => Some(records(tenant, |access| {
                    access.flags.kind() == MailAccessType::Bind
                        && u64::from(access.counted) >= rules.published_elastic_operations
                })),
                PublishedRule::SentinelHourly => Some(hourly(tenant, rules)),
                PublishedRule::SentinelSigma => Some(sigma(tenant, rules)),
                PublishedRule::FirstSeenApp => first_seen(tenant, rules),
                PublishedRule::CisaSessionJoin => tenant.listed_sessions.as_ref().map(|sessions| {
                    records(tenant, |access| {
                        let way = tenant.facts.way(access);
                        way.basis == TokenBasis::SessionId && sessions.contains(&way.token)
                    })
                }),
            };
            (*rule, hits.map(joined))
        })
        .collect()
}

/// The panel as it leaves the crate.
pub(crate) fn findings(
    tenant: &TenantFacts,
    rules: &Rules,
    all: &[(PublishedRule, Option<Vec<Hit>>)],
) -> Vec<PublishedFinding> {
    let hit = |(mailbox, context, span): &Hit| PublishedHit {
        mailbox: tenant.facts.mailboxes[*mailbox as usize].key.clone(),
        span: *span,
        context: Some(tenant.facts.contexts[*context as usize].id.clone()),
    };
    all.iter()
        .map(|(rule, hits)| {
            let distinct: BTreeSet<u32> = hits.iter().flatten().map(|(mailbox, ..)| *mailbox).collect();
            let outcome = match hits {
                None => Outcome::NotEvaluable,
                Some(hits) if hits.is_empty() => Outcome::NotFired,
                Some(_) => Outcome::Fired,
            };
            PublishedFinding {
                rule: *rule,
                threshold: threshold(*rule, rules),
                outcome,
                hits: hits.iter().flatten().map(hit).collect(),
                mailboxes: u64::try_from(distinct.len()).unwrap_or(u64::MAX),
                note: note(*rule, hits.is_some()).to_owned(),
            }
        })
        .collect()
}

fn threshold(rule: PublishedRule, rules: &Rules) -> Option<f64> {
    match rule {
        PublishedRule::SplunkMailboxes => Some(real(rules.published_splunk_mailboxes)),
        PublishedRule::ElasticThrottled | PublishedRule::CisaSessionJoin => None,
        PublishedRule::ElasticOperations => Some(real(rules.published_elastic_operations)),
        PublishedRule::SentinelHourly => Some(real(rules.published_sentinel_records)),
        PublishedRule::SentinelSigma => Some(rules.published_sentinel_sigma),
        PublishedRule::FirstSeenApp => Some(real(rules.published_first_seen_days.unsigned_abs())),
    }
}

fn note(rule: PublishedRule, asked: bool) -> &'static str {
    match (rule, asked) {
        (PublishedRule::CisaSessionJoin, false) => {
            "needs sign-ins and a suspect entry with an address; it sees only records that carry SessionId"
        }
        (PublishedRule::CisaSessionJoin, true) => "records that carry only AADSessionId are missed",
        (PublishedRule::SplunkMailboxes, _) => "EWS clients that put their own name first are missed",
        (PublishedRule::ElasticOperations, _) => "counts one record; a busy minute is split over several",
        (PublishedRule::SentinelHourly, _) => {
            "its series decomposition is left out: it fires at least where the published query does"
        }
        (PublishedRule::FirstSeenApp, false) => "the data are no longer than the days it looks back",
        (PublishedRule::FirstSeenApp, true) => {
            "asked after the days it looks back; records without ClientAppId are missed"
        }
        (PublishedRule::ElasticThrottled | PublishedRule::SentinelSigma, _) => "",
    }
}

/// Accesses of the window, in (mailbox, time) order.
fn accesses(tenant: &TenantFacts) -> impl Iterator<Item = &Access> {
    tenant.facts.accesses.iter().filter(|access| access.flags.in_window())
}

fn instant(at: i64) -> Interval {
    spans::span(at, at + 1)
}

fn records(tenant: &TenantFacts, fires: impl Fn(&Access) -> bool) -> Vec<Hit> {
    let hits = accesses(tenant).filter(|access| access.flags.is_mail_items_accessed() && fires(access));
    hits.map(|access| (access.mailbox, tenant.facts.way(access).context, instant(access.created))).collect()
}

/// Hits of one mailbox and context within an hour of each other are one; sorted.
fn joined(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_unstable();
    let mut out: Vec<Hit> = Vec::new();
    for (mailbox, context, span) in hits {
        match out.last_mut() {
            Some((same, way, last))
                if *same == mailbox && *way == context && span.start.0 - last.end.0 <= UtcMicros::HOUR =>
            {
                last.end = last.end.max(span.end);
            }
            _ => out.push((mailbox, context, span)),
        }
    }
    out.sort_unstable_by_key(|(mailbox, context, span)| (*mailbox, *span, *context));
    out
}

fn splunk(tenant: &TenantFacts, rules: &Rules) -> Vec<Hit> {
    const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
    let bucket = rules.published_splunk_minutes.max(1) * UtcMicros::MINUTE;
    let facts = &tenant.facts;
    let meant = |access: &&Access| {
        let way = facts.way(access);
        let key = &facts.contexts[way.context as usize].key;
        key.app_id.as_deref() == Some(GRAPH)
            || facts.text(way.client).is_some_and(|client| client.starts_with("Client=WebServices;ExchangeWebServices"))
    };
    type Group<'a> = (Option<&'a str>, u32, i64);
    let mut groups: BTreeMap<Group<'_>, Vec<&Access>> = BTreeMap::new();
    for access in accesses(tenant).filter(meant) {
        let way = facts.way(access);
        let app = facts.contexts[way.context as usize].key.client_app_id.as_deref();
        groups.entry((app, way.client, access.created.div_euclid(bucket))).or_default().push(access);
    }
    let mut hits = Vec::new();
    for group in groups.values() {
        let mailboxes: BTreeSet<u32> = group.iter().map(|access| access.mailbox).collect();
        if u64::try_from(mailboxes.len()).unwrap_or(u64::MAX) > rules.published_splunk_mailboxes {
            hits.extend(group.iter().map(|a| (a.mailbox, facts.way(a).context, instant(a.created))));
        }
    }
    hits
}

fn hourly(tenant: &TenantFacts, rules: &Rules) -> Vec<Hit> {
    let mut all: BTreeMap<i64, u64> = BTreeMap::new();
    for access in accesses(tenant) {
        *all.entry(hour(access.created)).or_default() += 1;
    }
    let in_window: Vec<&Access> = accesses(tenant).collect();
    let runs = in_window.chunk_by(|a, b| (a.mailbox, hour(a.created)) == (b.mailbox, hour(b.created)));
    let mut hits = Vec::new();
    for run in runs {
        let own = u64::try_from(run.len()).unwrap_or(u64::MAX);
        let of_all = real(own) / real(all[&hour(run[0].created)]);
        if own > rules.published_sentinel_records && of_all > rules.published_sentinel_share {
            hits.extend(run.iter().map(|a| (a.mailbox, tenant.facts.way(a).context, instant(a.created))));
        }
    }
    hits
}

fn sigma(tenant: &TenantFacts, rules: &Rules) -> Vec<Hit> {
    let facts = &tenant.facts;
    let client = |access: &Access| facts.context(access).key.effective_app.as_deref();
    let mut by_app: BTreeMap<Option<&str>, BTreeMap<i64, Vec<&Access>>> = BTreeMap::new();
    for access in accesses(tenant) {
        by_app.entry(client(access)).or_default().entry(utc_day(access.created)).or_default().push(access);
    }
    let mut hits = Vec::new();
    for days in by_app.values() {
        let counts: Vec<f64> = days.values().map(|list| real(u64::try_from(list.len()).unwrap_or(u64::MAX))).collect();
        let n = real(u64::try_from(counts.len()).unwrap_or(u64::MAX));
        let mean = counts.iter().sum::<f64>() / n;
        let variance = counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / n;
        let limit = mean + rules.published_sentinel_sigma * libm::sqrt(variance);
        for (list, count) in days.values().zip(&counts) {
            if *count > limit {
                hits.extend(list.iter().map(|a| (a.mailbox, facts.way(a).context, instant(a.created))));
            }
        }
    }
    hits
}

fn first_seen(tenant: &TenantFacts, rules: &Rules) -> Option<Vec<Hit>> {
    let facts = &tenant.facts;
    let back = rules.published_first_seen_days.max(0) * UtcMicros::DAY;
    let start = facts.accesses.iter().map(|access| access.created).min()?;
    let end = accesses(tenant).map(|access| access.created).max()?;
    if end - start <= back {
        return None;
    }
    let mut hits = Vec::new();
    for mailbox in 0..facts.mailboxes.len() {
        let mut last: BTreeMap<(&str, Option<&str>), i64> = BTreeMap::new();
        for access in facts.of(mailbox) {
            let key = &facts.context(access).key;
            let Some(app) = key.client_app_id.as_deref() else { continue };
            let before = last.insert((app, key.user_id.as_deref()), access.created);
            let is_new = before.is_none_or(|before| access.created - before > back);
            if is_new
                && access.flags.kind() == MailAccessType::Bind
                && access.flags.in_window()
                && access.created - start > back
            {
                hits.push((access.mailbox, facts.way(access).context, instant(access.created)));
            }
        }
    }
    Some(hits)
}
