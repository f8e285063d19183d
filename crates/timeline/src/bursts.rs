//! Owns unusual access windows: where they are, which rules they answer, how they rank.
//!
//! Invariant: a pure function of the summary and the rules, the same on any number of threads; R1 of a mailbox depends on
//! that mailbox alone. No score: plain tests, each with its numbers (docs/METHOD.md, section 12).

mod age;
mod app_only;
mod baseline;
mod breadth;
mod episode;
mod folders;
mod hours;
mod novelty;
mod order;
mod published;
mod rate;
mod series;
mod stored;
mod table;
mod tail;
mod throttled;
mod volume;
mod whole_sync;

use mailtrail_model::{
    Burst, BurstRule, Interval, Outcome, PublishedFinding, PublishedRule, Rank, Rules, Tier, UtcMicros,
};
use rayon::prelude::*;

use self::{
    baseline::Baseline,
    episode::Episode,
    novelty::Novelty,
    published::Hit,
    rate::Inside,
    volume::{Volume, Window},
    whole_sync::WholeSync,
};
use crate::{
    sync_sessions::SyncSession,
    tenant_facts::{MailboxFacts, Mark, Route, TenantFacts},
};

pub use stored::{StoredBurst, read_burst};
pub(crate) use table::{BURSTS, row};

/// A burst, and what it is beside what leaves the crate.
pub(crate) type Found = (Inside, Burst);

/// A burst with the places of its records.
type Placed = (Vec<u32>, Burst);

/// Rows of a burst's records that it lists.
const ROWS: usize = 1_000;

/// Looks for unusual access windows. Cheap beside making the summary, so that other rules can be tried on the same one.
#[must_use]
pub fn bursts(tenant: &TenantFacts, rules: &Rules) -> Vec<Burst> {
    let found = with_published(tenant, rules, &published::all(tenant, rules));
    found.into_iter().map(|(_, burst)| burst).collect()
}

/// What published rules say of the case, each at the threshold that `rules` names.
#[must_use]
pub fn published_rules(tenant: &TenantFacts, rules: &Rules) -> Vec<PublishedFinding> {
    published::findings(tenant, rules, &published::all(tenant, rules))
}

/// Both, the published rules asked once; each burst with the places of its records.
pub(crate) fn detect(tenant: &TenantFacts, rules: &Rules) -> (Vec<Found>, Vec<PublishedFinding>) {
    let published = published::all(tenant, rules);
    (with_published(tenant, rules, &published), published::findings(tenant, rules, &published))
}

fn with_published(tenant: &TenantFacts, rules: &Rules, published: &[(PublishedRule, Option<Vec<Hit>>)]) -> Vec<Found> {
    let mut hits: Vec<Vec<(PublishedRule, Hit)>> = vec![Vec::new(); tenant.mailboxes.len()];
    for (rule, of_rule) in published {
        for hit in of_rule.iter().flatten() {
            hits[hit.0 as usize].push((*rule, *hit));
        }
    }
    let found: Vec<(Vec<Found>, u64)> = tenant
        .mailboxes
        .par_iter()
        .zip(&hits)
        .map(|(mailbox, hits)| Search::of(tenant, mailbox, rules).bursts(hits))
        .collect();
    let windows = found.iter().map(|(_, windows)| windows).sum();
    let mut bursts: Vec<Found> = found.into_iter().flat_map(|(bursts, _)| bursts).collect();
    bursts.sort_by(|(a, one), (b, other)| {
        (a.mailbox, one.span, &one.context, one.tier).cmp(&(b.mailbox, other.span, &other.context, other.tier))
    });
    let days: Vec<u64> =
        tenant.mailboxes.iter().map(|one| u64::try_from(one.covered_days.len()).unwrap_or(u64::MAX)).collect();
    rate::measure(&mut bursts, &days);
    let width = bursts.len().to_string().len().max(4);
    let numbered = bursts.into_iter().zip(1u64..);
    numbered
        .map(|((inside, burst), number)| {
            (inside, Burst { id: format!("B{number:0width$}"), windows_in_case: windows, ..burst })
        })
        .collect()
}

/// One mailbox, looked through.
struct Search<'a> {
    tenant: &'a TenantFacts,
    mailbox: &'a MailboxFacts,
    rules: &'a Rules,
    novelty: Novelty,
    baseline: Baseline,
    /// By route.
    volumes: Vec<Volume>,
}

impl<'a> Search<'a> {
    fn of(tenant: &'a TenantFacts, mailbox: &'a MailboxFacts, rules: &'a Rules) -> Self {
        let novelty = Novelty::of(tenant, mailbox, rules);
        let baseline = Baseline::of(tenant, mailbox, &novelty, rules);
        let volumes = mailbox
            .routes
            .iter()
            .map(
                |route| {
                    if is_asked(tenant, route) { volume::volume(route, &baseline, rules) } else { Volume::default() }
                },
            )
            .collect();
        Self { tenant, mailbox, rules, novelty, baseline, volumes }
    }

    /// The bursts of the mailbox and the windows that were tried.
    fn bursts(&self, hits: &[(PublishedRule, Hit)]) -> (Vec<Found>, u64) {
        let tried = self.volumes.iter().map(|volume| volume.tried).sum();
        let mut out: Vec<Found> = Vec::new();
        for (number, (route, volume)) in self.mailbox.routes.iter().zip(&self.volumes).enumerate() {
            if !is_asked(self.tenant, route) {
                continue;
            }
            let hits: Vec<_> = hits.iter().filter(|(_, (_, context, _))| *context == route.context).collect();
            let mut found = self.own(number, route, volume, tried, &hits);
            if !self.novelty.is_new(route.context) {
                found.extend(self.whole_syncs(number, volume, tried, &hits));
            }
            let other = self.only_published(route, volume, tried, &hits, &found);
            found.extend(other);
            let new_app = self.novelty.is_new(route.context).then(|| self.tenant.app_of[route.context as usize]);
            let suspect = route.mark == Mark::Suspect;
            let mailbox = self.mailbox.mailbox;
            out.extend(found.into_iter().map(|(places, burst)| (Inside { mailbox, new_app, suspect, places }, burst)));
        }
        (out, tried)
    }

    /// Bursts of tier 1 and 2. A way in that is new is one burst from its first record to its last; one that is known has
    /// a burst where R1 fires.
    fn own(
        &self,
        number: usize,
        route: &Route,
        volume: &Volume,
        tried: u64,
        hits: &[&(PublishedRule, Hit)],
    ) -> Vec<Placed> {
        let whole = self.episode(route, volume, volume.hits.first(), i64::MIN, i64::MAX);
        let Some(whole) = whole else { return Vec::new() };
        let opens = [BurstRule::R2, BurstRule::R3, BurstRule::R11];
        let findings = episode::ask(&whole, self.rules);
        let is_new = self.novelty.is_new(route.context)
            || findings.iter().any(|one| one.rule == BurstRule::R11 && one.outcome == Outcome::Fired);
        if is_new && findings.iter().any(|one| opens.contains(&one.rule) && one.outcome == Outcome::Fired) {
            let whole_sync = self.sessions(number).find_map(|session| self.whole_sync(session));
            return self.burst(&whole.with_whole_sync(whole_sync), tried, hits).into_iter().collect();
        }
        volume::carried_on(volume, &self.baseline, self.rules)
            .iter()
            .filter_map(|(start, end, best)| {
                let hour = |hour: i64| hour.saturating_mul(UtcMicros::HOUR);
                let episode = self.episode(route, volume, Some(best), hour(*start), hour(*end))?;
                self.burst(&episode, tried, hits)
            })
            .collect()
    }

    /// Token sessions of a known way in that synchronise the whole mailbox, where session and network are new.
    fn whole_syncs(&self, number: usize, volume: &Volume, tried: u64, hits: &[&(PublishedRule, Hit)]) -> Vec<Placed> {
        let burst = |session| {
            let (route, whole) = (self.mailbox.routes.get(number)?, self.whole_sync(session)?);
            self.burst(&self.blank(route, volume, None).of_session(session, whole)?, tried, hits)
        };
        self.sessions(number).filter_map(burst).collect()
    }

    fn sessions(&self, route: usize) -> impl Iterator<Item = &SyncSession> {
        self.mailbox.syncs.sessions.iter().filter(move |session| session.route == route)
    }

    fn whole_sync(&self, session: &SyncSession) -> Option<WholeSync> {
        let whole = whole_sync::fullest(self.tenant, self.mailbox, session, &self.novelty, self.rules);
        whole.filter(|whole| whole.fires(self.rules))
    }

    /// Stretches in which published rules fire and ours do not: hits of a route within a day of each other.
    fn only_published(
        &self,
        route: &Route,
        volume: &Volume,
        tried: u64,
        hits: &[&(PublishedRule, Hit)],
        own: &[Placed],
    ) -> Vec<Placed> {
        let free = |span: &Interval| own.iter().all(|(_, burst)| span.clip(burst.span).is_none());
        let mut spans: Vec<Interval> = hits.iter().map(|(_, (_, _, span))| *span).filter(free).collect();
        spans.sort_unstable();
        let mut groups: Vec<Interval> = Vec::new();
        for span in spans {
            match groups.last_mut() {
                Some(last)
                    if span.start.0 - last.end.0 <= UtcMicros::DAY
                        && free(&Interval { start: last.start, end: span.end }) =>
                {
                    last.end = last.end.max(span.end);
                }
                _ => groups.push(span),
            }
        }
        let cut = |span: &Interval| {
            let episode = self.episode(route, volume, None, span.start.0, span.end.0)?;
            let mut burst = self.describe(&episode, tried, hits);
            burst.tier = Tier::Three;
            Some((episode.places.to_vec(), burst))
        };
        groups.iter().filter_map(cut).collect()
    }

    fn episode<'s>(
        &'s self,
        route: &'s Route,
        volume: &'s Volume,
        window: Option<&'s Window>,
        start: i64,
        end: i64,
    ) -> Option<Episode<'s>> {
        self.blank(route, volume, window).cut(start, end)
    }

    fn blank<'s>(&'s self, route: &'s Route, volume: &'s Volume, window: Option<&'s Window>) -> Episode<'s> {
        Episode {
            tenant: self.tenant,
            mailbox: self.mailbox,
            route,
            novelty: &self.novelty,
            baseline: &self.baseline,
            volume,
            window,
            span: Interval { start: UtcMicros(0), end: UtcMicros(0) },
            places: &[],
            firsts: &[],
            synced: &[],
            whole_sync: None,
            one_session: false,
        }
    }

    fn burst(&self, episode: &Episode<'_>, tried: u64, hits: &[&(PublishedRule, Hit)]) -> Option<Placed> {
        let mut burst = self.describe(episode, tried, hits);
        burst.tier = episode::tier(&burst.rules, episode.is_new(), episode.whole_sync.as_ref())?;
        Some((episode.places.to_vec(), burst))
    }

    /// A burst with everything but its tier, its number and what is counted over the case.
    fn describe(&self, episode: &Episode<'_>, tried: u64, hits: &[&(PublishedRule, Hit)]) -> Burst {
        let (tenant, route) = (self.tenant, episode.route);
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let fires = |rule: &&PublishedRule| {
            hits.iter().any(|(hit, (_, _, span))| hit == *rule && span.clip(episode.span).is_some())
        };
        let mut rows: Vec<u64> =
            episode.places.iter().map(|place| u64::from(tenant.facts.accesses[*place as usize].no)).collect();
        rows.sort_unstable();
        rows.truncate(ROWS);
        let fullest = || episode.volume.fullest.iter().min_by(|a, b| volume::stronger(a, b));
        let window = episode.window.or_else(fullest);
        Burst {
            id: String::new(),
            mailbox: tenant.facts.mailboxes[self.mailbox.mailbox].key.clone(),
            context: tenant.facts.contexts[route.context as usize].id.clone(),
            span: episode.span,
            window_hours: episode.window.map(|window| window.length),
            tier: Tier::Three,
            rules: episode::ask(episode, self.rules),
            published: PublishedRule::ALL.iter().filter(fires).copied().collect(),
            messages: number(episode.firsts.len()),
            folders: number(episode.synced.len()),
            expected: window.map(|window| window.expected),
            tail_log10: episode.window.map(|window| window.ln_tail / std::f64::consts::LN_10),
            rank: episode.window.map(|window| {
                let (above, of) = self.baseline.above(window.length, window.observed);
                Rank { place: above + 1, of: of + 1 }
            }),
            windows: tried,
            windows_in_case: 0,
            benign: None,
            baseline: self.novelty.basis,
            throttled: throttled::is_throttled(episode),
            records: number(episode.places.len()),
            rows,
            sessions: Vec::new(),
            series: series::series(episode, self.rules),
        }
    }
}

/// Routes that rules are asked of: all but what the examiner accepts, and the services of the dated list, unless an entry
/// marks them suspect.
fn is_asked(tenant: &TenantFacts, route: &Route) -> bool {
    match route.mark {
        Mark::Accepted => false,
        Mark::Suspect => true,
        Mark::Open => tenant.facts.contexts[route.context as usize].service.is_none(),
    }
}

#[cfg(test)]
mod tests;
