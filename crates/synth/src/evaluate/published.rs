//! Owns rules that others publish for this log, restated from their public description, each at its default and at other
//! thresholds, scored on the simulated records themselves. The tool has its own restatement (`Timeline::published`); this
//! one can be tuned, and a second reading of a description does no harm.
//!
//! Where a description leaves room the reading that finds more is taken: an application is ClientAppId, else AppId.

use std::collections::{BTreeMap, BTreeSet};

use crate::{record::Record, second::Second, world::World};

/// A published rule.
#[derive(Clone, Copy, Debug)]
pub struct PublishedTest {
    /// Its name in reports.
    pub name: &'static str,
    /// What it asks, restated.
    pub states: &'static str,
    /// Where it is public.
    pub source: &'static str,
    /// Its threshold as published.
    pub default: f64,
    /// The thresholds tried, ascending; the default is one of them.
    pub thresholds: &'static [f64],
    find: fn(&Records<'_>, f64) -> Vec<Hit>,
}

/// Every rule, in the order of the panel.
pub const PUBLISHED: [PublishedTest; 6] = [
    PublishedTest {
        name: "splunk-mailboxes",
        states: "one application reaches more than N mailboxes within ten minutes",
        source: "Splunk security_content, multiple mailboxes accessed via API",
        default: 5.0,
        thresholds: &[1.0, 2.0, 3.0, 5.0, 10.0],
        find: mailboxes_at_once,
    },
    PublishedTest {
        name: "elastic-throttled",
        states: "a record says that the mailbox was throttled",
        source: "Elastic detection-rules, excessive MailItemsAccessed, first arm",
        default: 1.0,
        thresholds: &[1.0],
        find: throttled,
    },
    PublishedTest {
        name: "elastic-operations",
        states: "one Bind record counts at least N operations",
        source: "Elastic detection-rules, excessive MailItemsAccessed, second arm (pull request 6852)",
        default: 250.0,
        thresholds: &[5.0, 8.0, 11.0, 100.0, 250.0],
        find: operations,
    },
    PublishedTest {
        name: "sentinel-hourly",
        states: "a mailbox has more than N records in an hour and more than half of all records of the tenant in it",
        source: "Microsoft Sentinel, MailItemsAccessedTimeSeries, without its series decomposition",
        default: 25.0,
        thresholds: &[5.0, 10.0, 15.0, 25.0, 50.0, 100.0],
        find: hourly,
    },
    PublishedTest {
        name: "sentinel-sigma",
        states: "an application's records of a day exceed its mean by N standard deviations",
        source: "Microsoft Sentinel, anomalous access by Graph per client id",
        default: 2.5,
        thresholds: &[1.5, 2.0, 2.5, 3.0, 4.0, 5.0],
        find: sigma,
    },
    PublishedTest {
        name: "first-seen-app",
        states: "a Bind by an application that the user did not have in the N days before",
        source: "Elastic detection-rules, MailItemsAccessed by an unusual client",
        default: 14.0,
        thresholds: &[3.0, 7.0, 14.0],
        find: first_seen,
    },
];

/// A window in which a rule fires, and the mailboxes it names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hit {
    from: Second,
    until: Second,
    mailboxes: BTreeSet<usize>,
    app: Option<String>,
}

/// A rule and one of its thresholds, by place.
pub type Tuned = (usize, usize);

struct Row<'w> {
    mailbox: usize,
    record: &'w Record,
    app: String,
    user: &'w str,
}

/// The access records of a world, by time.
pub(super) struct Records<'w>(Vec<Row<'w>>);

impl<'w> Records<'w> {
    pub(super) fn of(world: &'w World) -> Self {
        let mut rows: Vec<Row<'w>> = Vec::new();
        for (mailbox, life) in world.lives.iter().enumerate() {
            for record in &life.log.records {
                let Some(access) = record.access() else { continue };
                let (app, client) = record.apps(&access.context);
                // What carries neither is told apart by its client.
                let app = client.or(app).unwrap_or(&access.context.client_info).to_owned();
                rows.push(Row { mailbox, record, app, user: &access.context.user_id });
            }
        }
        rows.sort_by(|a, b| (a.record.created, &a.record.id).cmp(&(b.record.created, &b.record.id)));
        Self(rows)
    }

    /// Every window of every rule at every threshold.
    pub(super) fn hits(&self) -> BTreeMap<Tuned, Vec<Hit>> {
        let mut out = BTreeMap::new();
        for (rule, test) in PUBLISHED.iter().enumerate() {
            for (at, threshold) in test.thresholds.iter().enumerate() {
                out.insert((rule, at), (test.find)(self, *threshold));
            }
        }
        out
    }
}

/// The rules that fire on a mailbox in a span, and do not without what was planted there.
pub(super) fn fired(
    with: &BTreeMap<Tuned, Vec<Hit>>,
    without: &BTreeMap<Tuned, Vec<Hit>>,
    mailbox: usize,
    (from, until): (Second, Second),
) -> BTreeSet<Tuned> {
    let overlap = |a: &Hit, from: Second, until: Second| a.from < until && from < a.until;
    let here = |hit: &&Hit| hit.mailboxes.contains(&mailbox);
    let new = |tuned: &Tuned, hit: &Hit| {
        let mut null = without.get(tuned).into_iter().flatten().filter(here);
        !null.any(|known| known.app == hit.app && overlap(known, hit.from, hit.until))
    };
    let fires = |(tuned, hits): &(&Tuned, &Vec<Hit>)| {
        hits.iter().filter(here).any(|hit| overlap(hit, from, until) && new(tuned, hit))
    };
    with.iter().filter(fires).map(|(tuned, _)| *tuned).collect()
}

/// Windows of one mailbox and application that touch are one alert.
fn merged(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| (&a.app, &a.mailboxes, a.from).cmp(&(&b.app, &b.mailboxes, b.from)));
    let mut out: Vec<Hit> = Vec::new();
    for hit in hits {
        match out.last_mut() {
            Some(last) if last.app == hit.app && last.mailboxes == hit.mailboxes && hit.from <= last.until => {
                last.until = last.until.max(hit.until);
            }
            _ => out.push(hit),
        }
    }
    out
}

fn window(from: i64, length: i64) -> (Second, Second) {
    (Second(from * length), Second((from + 1) * length))
}

fn mailboxes_at_once(records: &Records<'_>, threshold: f64) -> Vec<Hit> {
    let mut buckets: BTreeMap<(i64, &str, &str), BTreeSet<usize>> = BTreeMap::new();
    for row in &records.0 {
        let client = row.record.access().map_or("", |access| &access.context.client_info);
        if client.starts_with("Client=REST") && !client.contains("RESTSystem")
            || client.starts_with("Client=WebServices")
        {
            let bucket = row.record.created.0.div_euclid(600);
            buckets.entry((bucket, &row.app, client)).or_default().insert(row.mailbox);
        }
    }
    let hits = buckets.into_iter().filter(|(_, mailboxes)| super::stats::whole(mailboxes.len()) > threshold);
    let hit = |((bucket, app, _), mailboxes): ((i64, &str, &str), BTreeSet<usize>)| {
        let (from, until) = window(bucket, 600);
        Hit { from, until, mailboxes, app: Some(app.to_owned()) }
    };
    merged(hits.map(hit).collect())
}

fn each(records: &Records<'_>, fires: impl Fn(&Record) -> bool) -> Vec<Hit> {
    let hit = |row: &Row<'_>| {
        let (from, until) = window(row.record.created.0.div_euclid(Second::HOUR), Second::HOUR);
        Hit { from, until, mailboxes: [row.mailbox].into(), app: None }
    };
    merged(records.0.iter().filter(|row| fires(row.record)).map(hit).collect())
}

fn throttled(records: &Records<'_>, _: f64) -> Vec<Hit> {
    each(records, |record| record.access().is_some_and(|access| access.throttled))
}

fn operations(records: &Records<'_>, threshold: f64) -> Vec<Hit> {
    each(records, |record| super::stats::whole(record.items().len()) >= threshold)
}

fn hourly(records: &Records<'_>, threshold: f64) -> Vec<Hit> {
    let (mut all, mut own) = (BTreeMap::<i64, f64>::new(), BTreeMap::<(i64, usize), f64>::new());
    for row in &records.0 {
        let hour = row.record.created.0.div_euclid(Second::HOUR);
        *all.entry(hour).or_default() += 1.0;
        *own.entry((hour, row.mailbox)).or_default() += 1.0;
    }
    let most = |hour: &i64| all.get(hour).copied().unwrap_or_default() / 2.0;
    let hits = own.iter().filter(|((hour, _), count)| **count > threshold && **count > most(hour));
    let hit = |((hour, mailbox), _): (&(i64, usize), &f64)| {
        let (from, until) = window(*hour, Second::HOUR);
        Hit { from, until, mailboxes: [*mailbox].into(), app: None }
    };
    merged(hits.map(hit).collect())
}

fn sigma(records: &Records<'_>, threshold: f64) -> Vec<Hit> {
    let mut days: BTreeMap<&str, BTreeMap<i64, (f64, BTreeSet<usize>)>> = BTreeMap::new();
    for row in &records.0 {
        let day = days.entry(&row.app).or_default().entry(row.record.created.0.div_euclid(Second::DAY)).or_default();
        day.0 += 1.0;
        day.1.insert(row.mailbox);
    }
    let mut hits = Vec::new();
    for (app, days) in days {
        // Over the days on which it was seen, as a summary by day gives them.
        let n = super::stats::whole(days.len());
        let mean = days.values().map(|day| day.0).sum::<f64>() / n;
        let spread = days.values().map(|day| (day.0 - mean) * (day.0 - mean)).sum::<f64>() / (n - 1.0).max(1.0);
        for (day, (count, mailboxes)) in days {
            if n > 1.0 && count > mean + threshold * spread.sqrt() {
                let (from, until) = window(day, Second::DAY);
                hits.push(Hit { from, until, mailboxes, app: Some(app.to_owned()) });
            }
        }
    }
    merged(hits)
}

fn first_seen(records: &Records<'_>, threshold: f64) -> Vec<Hit> {
    let Some(first) = records.0.first().map(|row| row.record.created) else { return Vec::new() };
    let span = crate::rng::whole(threshold) * Second::DAY;
    let mut last: BTreeMap<(&str, &str), Second> = BTreeMap::new();
    let mut hits = Vec::new();
    for row in records.0.iter().filter(|row| !row.record.items().is_empty()) {
        let at = row.record.created;
        let before = last.insert((row.user, &row.app), at);
        if before.is_none_or(|seen| seen.plus(span) < at) && first.plus(span) <= at {
            let (mailboxes, app) = ([row.mailbox].into(), Some(row.app.clone()));
            hits.push(Hit { from: at, until: at.plus(1), mailboxes, app });
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::{PUBLISHED, Records, fired};
    use crate::{Invented, scenario::attack::Attack, second::Second};

    #[test]
    fn every_default_is_one_of_the_thresholds_tried_and_a_higher_one_never_finds_more() {
        let world = Invented { attacks: vec![Attack::Smash, Attack::ThrottleFirst], ..Invented::new(6, 30, 3) }.world();
        let hits = Records::of(&world).hits();
        for (rule, test) in PUBLISHED.iter().enumerate() {
            assert!(test.thresholds.contains(&test.default) && test.thresholds.is_sorted(), "{}", test.name);
            let hours = |at: usize| -> i64 { hits[&(rule, at)].iter().map(|hit| hit.until.0 - hit.from.0).sum() };
            if test.name != "first-seen-app" {
                assert!((1..test.thresholds.len()).all(|at| hours(at) <= hours(at - 1)), "{}", test.name);
            }
        }
    }

    #[test]
    fn a_forced_throttling_fires_the_rule_for_it_and_only_where_it_was_planted() {
        let plain = Invented::new(6, 30, 3);
        let with = Invented { attacks: vec![Attack::ThrottleFirst], ..plain.clone() }.world();
        let (with_hits, without) = (Records::of(&with).hits(), Records::of(&plain.world()).hits());
        let all = (Second(i64::MIN), Second(i64::MAX));
        let throttled = (1, 0);
        let found: Vec<usize> =
            (0..6).filter(|mailbox| fired(&with_hits, &without, *mailbox, all).contains(&throttled)).collect();
        let planted: Vec<usize> = (0..6).filter(|at| !with.lives[*at].log.blind.is_empty()).collect();
        assert_eq!((found.len(), found), (1, planted));
    }
}
