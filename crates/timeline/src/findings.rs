//! Owns what is told beside the totals: sensitivity, limitations, what to fetch next, contexts to mark, warnings.
//!
//! Invariant: nothing here changes a class. Everything is counted, nothing is boilerplate: a reason that holds nowhere has no
//! line.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{
    AccessContext, Attribution, Burst, Change, CoverageState, DepartmentFindings, DraftContext, ExposureClass,
    FetchNext, Findings, InputWarning, Interval, Limitation, Marking, Reason, RelatedEvent, Sensitivity, Tier,
    UtcMicros,
};

use crate::{
    attribution::{Entries, judge_all},
    coverage::Covered,
    exposure::{self, Assumptions, Presumptions, Totals, World, reason_is_in},
    facts::Facts,
    mailboxes::is_suspect,
};

/// Suspect entries that are left out one at a time; a longer list is cut, and the page says so by what is missing.
const LEFT_OUT: usize = 50;
/// Contexts drafted.
const DRAFTS: usize = 50;
/// Days by which the period is moved.
const DAYS: i64 = 7;

/// What the findings are made from.
pub(crate) struct Parts<'a> {
    /// The world.
    pub(crate) world: &'a World<'a>,
    /// The case's own assumptions.
    pub(crate) base: &'a Assumptions<'a>,
    /// The totals of each mailbox under them.
    pub(crate) totals: &'a [Totals],
    /// The entries.
    pub(crate) entries: &'a Entries<'a>,
    /// The contexts.
    pub(crate) contexts: &'a [AccessContext],
    /// Events of other operations.
    pub(crate) related: &'a [RelatedEvent<'static>],
    /// Coverage for another period.
    pub(crate) cover: &'a (dyn Fn(Interval) -> Vec<Covered> + Sync),
    /// Unusual access windows, in order.
    pub(crate) bursts: &'a [Burst],
}

/// The sum over mailboxes.
pub(crate) fn sum<'t>(totals: impl IntoIterator<Item = &'t Totals>) -> Totals {
    let mut sum = Totals::default();
    for one in totals {
        sum.plus(one);
    }
    sum
}

/// Everything told beside the totals.
pub(crate) fn findings(parts: &Parts<'_>) -> Findings {
    let all = sum(parts.totals);
    let listing = |mailbox: usize| parts.world.listed.facts(mailbox);
    let mailboxes = || 0..parts.totals.len();
    Findings {
        correspondents: None,
        period: Some(parts.base.period),
        departments: departments(parts),
        a_service: all.a_service,
        listed: all.listed,
        listed_without_id: mailboxes().map(|mailbox| listing(mailbox).without_id).sum(),
        listed_as_of: mailboxes().filter_map(|mailbox| listing(mailbox).as_of).max(),
        sensitivity: sensitivity(parts, &all),
        limitations: limitations(parts, &all),
        fetch_next: fetch_next(parts, &all),
        drafts: drafts(parts),
        warnings: warnings(parts),
    }
}

fn departments(parts: &Parts<'_>) -> Vec<(Option<String>, DepartmentFindings)> {
    let mut found: BTreeMap<Option<String>, (DepartmentFindings, Totals)> = BTreeMap::new();
    for (mailbox, totals) in parts.totals.iter().enumerate() {
        let department = parts.world.roster[mailbox].and_then(|entry| entry.department.clone());
        let (one, sum) = found.entry(department).or_default();
        one.mailboxes += 1;
        let range = parts.world.facts.range(mailbox);
        one.suspect_mailboxes += u64::from(range.into_iter().any(|place| {
            parts.world.facts.accesses[place].flags.in_window() && is_suspect(parts.base.attribution[place])
        }));
        sum.plus(totals);
    }
    found
        .into_iter()
        .map(|(name, (one, sum))| (name, DepartmentFindings { exposure: sum.counts.totals(), ..one }))
        .collect()
}

fn sensitivity(parts: &Parts<'_>, all: &Totals) -> Vec<Sensitivity> {
    let own = Presumptions::of(&parts.world.case.policy);
    let under = |change, presume| Sensitivity { change, totals: all.presuming(presume).totals() };
    let mut out = vec![
        under(Change::PresumeOnSync(!own.on_sync), Presumptions { on_sync: !own.on_sync, ..own }),
        under(Change::PresumeOnThrottle(!own.on_throttle), Presumptions { on_throttle: !own.on_throttle, ..own }),
        under(Change::NoPresumptions, Presumptions { on_sync: false, on_throttle: false }),
    ];
    let every: Vec<usize> = (0..parts.totals.len()).collect();
    for days in [-DAYS, DAYS] {
        let period = parts.base.period;
        let by = days * UtcMicros::DAY;
        let moved = Interval { start: period.start.plus(-by), end: period.end.plus(by) };
        if moved.start >= moved.end {
            continue;
        }
        let covered = (parts.cover)(moved);
        let paths = exposure::open_paths(parts.related, parts.world.facts, moved);
        let assumptions = Assumptions { period: moved, covered: &covered, paths: &paths, ..*parts.base };
        let totals = sum(&exposure::count(parts.world, &assumptions, &every));
        out.push(Sensitivity { change: Change::PeriodDays(days), totals: totals.counts.totals() });
    }
    out.extend(without_entries(parts));
    out
}

/// The totals with each suspect entry left out: only mailboxes it means an access of can differ.
fn without_entries(parts: &Parts<'_>) -> Vec<Sensitivity> {
    let facts = parts.world.facts;
    let entries = &parts.world.case.attribution;
    let suspect: Vec<usize> =
        (0..entries.len()).filter(|at| entries[*at].marking == Marking::Suspect).take(LEFT_OUT).collect();
    let mut touched: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for access in facts.accesses.iter().filter(|access| access.flags.in_window()) {
        for at in parts.entries.matching(access) {
            touched.entry(at).or_default().insert(access.mailbox as usize);
        }
    }
    let mut out = Vec::new();
    for at in suspect {
        let mailboxes: Vec<usize> = touched.get(&at).into_iter().flatten().copied().collect();
        let attribution = judge_all(facts, &parts.entries.without(at));
        let assumptions = Assumptions { attribution: &attribution, ..*parts.base };
        let changed: BTreeMap<usize, Totals> =
            mailboxes.iter().copied().zip(exposure::count(parts.world, &assumptions, &mailboxes)).collect();
        let of = |(mailbox, totals)| changed.get(&mailbox).unwrap_or(totals);
        let totals = sum(parts.totals.iter().enumerate().map(of));
        out.push(Sensitivity { change: Change::WithoutEntry(entries[at].id.clone()), totals: totals.counts.totals() });
    }
    out
}

fn limitations(parts: &Parts<'_>, all: &Totals) -> Vec<Limitation> {
    let mut out: Vec<Limitation> = Reason::ALL
        .iter()
        .filter_map(|reason| {
            let (messages, only) = all.counts.reason(*reason);
            let holds = |totals: &&Totals| reason_is_in(totals.held, *reason) || totals.hours.contains_key(reason);
            let mailboxes = u64::try_from(parts.totals.iter().filter(holds).count()).unwrap_or(u64::MAX);
            (mailboxes > 0).then(|| Limitation {
                reason: *reason,
                messages,
                only,
                mailboxes,
                hours: all.hours.get(reason).map(|micros| hours(*micros)),
            })
        })
        .collect();
    out.sort_by(|a, b| b.messages.cmp(&a.messages).then(a.reason.cmp(&b.reason)));
    out
}

fn hours(micros: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "hours of a case: far below 2^52 microseconds of loss")]
    let hours = micros as f64 / UtcMicros::HOUR as f64;
    hours
}

/// What answers a reason, as the end of "to turn *not excluded* into an answer you need".
fn answer(reason: Reason) -> &'static str {
    match reason {
        Reason::Lic => {
            "the audit settings of these mailboxes (AuditEnabled, AuditOwner, AuditDelegate, AuditAdmin) and their licences"
        }
        Reason::Byp => "the dates at which accounts stood on the audit bypass list, and what else recorded them",
        Reason::Geo => "the audit records of the delegates' own geography",
        Reason::Ret => "an export made while the records were still kept, or one from a premium retention policy",
        Reason::Gap => "an export that covers the missing hours, or its declared query range",
        Reason::Trn => "the cut exports again, in smaller ranges",
        Reason::Thr => {
            "a second source for the throttled hours (Graph activity logs, sign-ins); the audit log itself has none"
        }
        Reason::Thu => "an export that carries IsThrottled, or one without a filter so that records can be counted",
        Reason::Sil => "the audit settings of the silent mailboxes and a second audit source for the silent time",
        Reason::Flt => "the same query without a filter",
        Reason::Cmp => "the same query with -HighCompleteness, or by another method",
        Reason::Lat => "the last day again, exported a day later",
        Reason::Inf => "the query range of each export (query_start and query_end in case.toml)",
        Reason::Una => "attribution of the contexts that are still unattributed, the largest first",
        Reason::Syn => "a decision on the presumption that a synchronised mailbox was taken whole",
        Reason::Sup => "sign-ins that tell the two contexts at one address apart",
        Reason::Ctx => "UniqueTokenId and sign-ins that split the shared token session",
        Reason::Qua => "the quarantined rows again, from another export",
        Reason::Idl => "the records without message ids again, from an export that is not cut or redacted",
        Reason::Clk => "an export whose dates were not rewritten",
        Reason::Inv => {
            "a listing made after the period's end, with archive and recoverable items, checked against folder statistics"
        }
        Reason::Unm => "a listing that joins: one that spells message ids as the mailbox does",
        Reason::Key => "the history of the mailbox's identity (GUID, UPN, migration, archive)",
        Reason::Pth => "a review of the other ways out: forwarding, rules, searches, exports, delegates",
        Reason::Pro => "an attribution file that marks contexts as suspect or accepted",
    }
}

fn fetch_next(parts: &Parts<'_>, all: &Totals) -> Vec<FetchNext> {
    let mut out: Vec<FetchNext> = Reason::ALL
        .iter()
        .map(|reason| (reason, all.counts.reason(*reason)))
        .filter(|(_, (messages, _))| *messages > 0)
        .map(|(reason, (touched, gained))| FetchNext {
            what: answer(*reason).to_owned(),
            reason: *reason,
            gained,
            touched,
        })
        .collect();
    let unlisted: u64 = (0..parts.totals.len())
        .filter(|mailbox| !parts.world.listed.facts(*mailbox).any)
        .map(|mailbox| {
            let counts = &parts.totals[mailbox].counts;
            [ExposureClass::CNear, ExposureClass::CFar, ExposureClass::N]
                .iter()
                .map(|class| counts.class(*class))
                .sum::<u64>()
        })
        .sum();
    let without = (0..parts.totals.len()).filter(|mailbox| !parts.world.listed.facts(*mailbox).any).count();
    if without > 0 {
        out.push(FetchNext {
            what: format!("a listing of the messages of {without} mailboxes that have none: without it nothing can be shown of what no record names"),
            reason: Reason::Inv,
            gained: 0,
            touched: unlisted,
        });
    }
    out.sort_by(|a, b| (b.gained, b.touched, a.reason).cmp(&(a.gained, a.touched, b.reason)));
    out
}

/// Contexts with unattributed accesses: those of tier 1 bursts first, then tier 2, then by messages.
fn drafts(parts: &Parts<'_>) -> Vec<DraftContext> {
    #[derive(Default)]
    struct Tally {
        records: u64,
        mailboxes: BTreeSet<u32>,
        span: Option<(i64, i64)>,
    }
    let facts = parts.world.facts;
    let mut tallies: BTreeMap<u32, Tally> = BTreeMap::new();
    for (access, attribution) in facts.accesses.iter().zip(parts.base.attribution) {
        let open = matches!(attribution, Attribution::Unattributed | Attribution::Provisional);
        if !open || !access.flags.in_window() {
            continue;
        }
        let tally = tallies.entry(facts.way(access).context).or_default();
        tally.records += 1;
        tally.mailboxes.insert(access.mailbox);
        let (first, last) = tally.span.unwrap_or((access.created, access.created));
        tally.span = Some((first.min(access.created), last.max(access.created)));
    }
    let mut out: Vec<DraftContext> = tallies
        .into_iter()
        .filter_map(|(context, tally)| {
            let id = &facts.contexts[context as usize].id;
            let one = parts.contexts.iter().find(|one| one.id == *id)?;
            let (first, last) = tally.span?;
            Some(DraftContext {
                context: id.clone(),
                what: describe(one),
                why: why(parts.bursts, id, tally.records),
                records: tally.records,
                messages: one.messages,
                mailboxes: tally.mailboxes.iter().map(|at| facts.mailboxes[*at as usize].key.clone()).collect(),
                span: Interval { start: UtcMicros(first), end: UtcMicros(last).plus(1) },
            })
        })
        .collect();
    let tier = |one: &DraftContext| strongest(parts.bursts, &one.context).unwrap_or(Tier::Three);
    out.sort_by(|a, b| {
        let size = (b.messages, b.records).cmp(&(a.messages, a.records));
        tier(a).cmp(&tier(b)).then(size).then_with(|| a.context.cmp(&b.context))
    });
    out.truncate(DRAFTS);
    out
}

/// The strongest tier of a context's bursts, tier 3 left out.
fn strongest(bursts: &[Burst], context: &str) -> Option<Tier> {
    bursts
        .iter()
        .filter(|burst| burst.context == context)
        .map(|burst| burst.tier)
        .min()
        .filter(|tier| *tier != Tier::Three)
}

/// Why a context is drafted: the windows it has, else that nobody marked it.
fn why(bursts: &[Burst], context: &str, records: u64) -> String {
    let Some(tier) = strongest(bursts, context) else { return format!("{records} records that nobody has marked") };
    let of_tier: Vec<&Burst> = bursts.iter().filter(|one| one.context == context && one.tier == tier).collect();
    let rules: BTreeSet<_> = of_tier.iter().flat_map(|burst| burst.fired_rules()).collect();
    let rules: Vec<&str> = rules.iter().map(|rule| rule.as_str()).collect();
    let mailboxes: BTreeSet<_> = of_tier.iter().map(|burst| &burst.mailbox).collect();
    let first = of_tier.first().map_or("", |burst| burst.id.as_str());
    format!(
        "{} unusual access windows of tier {} in {} mailboxes ({}); the first is {first}",
        of_tier.len(),
        tier.number(),
        mailboxes.len(),
        rules.join(", ")
    )
}

/// Who and by what, never naming an owner for what an application did.
pub(crate) fn describe(context: &AccessContext) -> String {
    let app = context.effective_app.as_deref().map(|id| match crate::apps::find(id) {
        Some(known) => format!("{} ({id})", known.name),
        None => id.to_owned(),
    });
    let user = context.user_id.as_deref().unwrap_or("an account that is not stated");
    match (context.app_only, app) {
        (true, app) => {
            format!("application {}, recorded under the owner's name", app.as_deref().unwrap_or("not stated"))
        }
        (false, Some(app)) => format!("{user} by {app}, client {}", context.client_family),
        (false, None) => format!("{user}, client {}", context.client_family),
    }
}

fn warnings(parts: &Parts<'_>) -> Vec<InputWarning> {
    let facts = parts.world.facts;
    let counts = crate::attribution::counts(facts, parts.entries);
    let mut out = parts.world.listed.warnings.clone();
    for (entry, matched) in parts.world.case.attribution.iter().zip(&counts) {
        if *matched == 0 && entry.marking == Marking::Suspect {
            let detail = format!("the suspect entry {} matches no access; check its spelling and time", entry.id);
            out.push(InputWarning { place: entry.place.clone(), detail });
        }
    }
    out.extend(whole_owners(parts, facts));
    let outside = |place: &usize| {
        let access = &facts.accesses[*place];
        let (first, last) =
            crate::attribution::interval(access, crate::attribution::aggregation(&parts.world.case.rules));
        access.flags.in_window()
            && is_suspect(parts.base.attribution[*place])
            && (last < parts.base.period.start.0 || first >= parts.base.period.end.0)
    };
    let outside = (0..facts.accesses.len()).filter(outside).count();
    if let (true, Some(period)) = (outside > 0, &parts.world.case.period) {
        let detail = format!("{outside} suspect accesses lie outside the suspect period; should it be longer?");
        out.push(InputWarning { place: period.place.clone(), detail });
    }
    out.extend(ends_too_late(parts));
    out
}

/// A suspect period that ends with what was searched: its last accesses are recorded after it.
fn ends_too_late(parts: &Parts<'_>) -> Option<InputWarning> {
    let period = parts.world.case.period.as_ref()?;
    let lag = crate::attribution::aggregation(&parts.world.case.rules);
    let (shown, needed) = (period.span.end.plus(-lag), period.span.end.plus(lag));
    let ends = |covered: &Covered| {
        covered.spans(&[CoverageState::SourceGap]).iter().any(|gap| shown < gap.start && gap.start < needed)
    };
    let short = parts.world.window.end < needed || parts.base.covered.iter().any(ends);
    short.then(|| InputWarning {
        place: period.place.clone(),
        detail: format!(
            "the suspect period ends where the window or an export ends, and accesses are recorded up to {} minutes later: \
             search and declare a window until {}, or end the period earlier, else no message can be excluded",
            lag / UtcMicros::MINUTE,
            needed.iso()
        ),
    })
}

/// Suspect entries that mean everything an owner did: nobody's mailbox is only ever used by an intruder.
fn whole_owners(parts: &Parts<'_>, facts: &Facts) -> Vec<InputWarning> {
    let mut accesses: BTreeMap<&str, u64> = BTreeMap::new();
    let mut matched: BTreeMap<(usize, &str), u64> = BTreeMap::new();
    for access in facts.accesses.iter().filter(|access| access.flags.in_window()) {
        let context = facts.context(access);
        let (Some(user), false, None) = (&context.key.user_id, context.app_only, context.service) else { continue };
        *accesses.entry(user).or_default() += 1;
        for at in parts.entries.matching(access) {
            *matched.entry((at, user)).or_default() += 1;
        }
    }
    let entries = &parts.world.case.attribution;
    matched
        .iter()
        .filter(|((at, user), n)| {
            entries[*at].marking == Marking::Suspect && accesses.get(user) == Some(n) && **n >= 50
        })
        .map(|((at, user), n)| InputWarning {
            place: entries[*at].place.clone(),
            detail: format!("the suspect entry {} means all {n} accesses of {user}; narrow it down", entries[*at].id),
        })
        .collect()
}
