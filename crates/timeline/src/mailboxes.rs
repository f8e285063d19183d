//! Owns the summary of each mailbox: counts over its accesses in the window.

use std::collections::BTreeSet;

use mailtrail_model::{
    Attribution, Interval, MailAccessType, MailboxKey, MailboxSummary, RosterEntry, ThrottleState, UtcMicros,
};
use rayon::prelude::*;

use crate::{
    facts::{Facts, Mailbox},
    items::{self, Items},
    sessions::Cut,
};

/// Distinct messages of the window, counted in one walk over the items.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    /// Per mailbox.
    pub(crate) by_mailbox: Vec<u64>,
    /// Per mailbox, named by suspect accesses.
    pub(crate) suspect_by_mailbox: Vec<u64>,
    /// Per context: mailbox × message pairs.
    pub(crate) by_context: Vec<u64>,
}

/// Messages of one mailbox: all, those in suspect accesses, and by context.
type Counted = (u64, u64, Vec<(u32, u64)>);

impl Messages {
    /// Counts the messages of every mailbox.
    pub(crate) fn count(facts: &Facts, items: &Items, attribution: &[Attribution]) -> Self {
        let per_mailbox: Vec<Counted> = (0..facts.mailboxes.len())
            .into_par_iter()
            .map(|mailbox| {
                let (mut all, mut suspect) = (0, 0);
                let mut by_context: Vec<(u32, u64)> = Vec::new();
                let mut contexts: BTreeSet<u32> = BTreeSet::new();
                for run in items::messages(items.of(mailbox)) {
                    all += 1;
                    suspect += u64::from(run.iter().any(|item| is_suspect(attribution[item.place as usize])));
                    contexts.clear();
                    contexts.extend(run.iter().map(|item| facts.way(&facts.accesses[item.place as usize]).context));
                    by_context.extend(contexts.iter().map(|context| (*context, 1)));
                    if by_context.len() > 1 << 16 {
                        by_context = summed(by_context);
                    }
                }
                (all, suspect, summed(by_context))
            })
            .collect();
        let mut out = Self { by_context: vec![0; facts.contexts.len()], ..Self::default() };
        for (all, suspect, by_context) in per_mailbox {
            out.by_mailbox.push(all);
            out.suspect_by_mailbox.push(suspect);
            for (context, n) in by_context {
                out.by_context[context as usize] += n;
            }
        }
        out
    }

    /// Distinct mailbox × message pairs.
    pub(crate) fn total(&self) -> u64 {
        self.by_mailbox.iter().sum()
    }
}

/// Suspect, or provisionally so.
pub(crate) fn is_suspect(attribution: Attribution) -> bool {
    matches!(attribution, Attribution::Suspect | Attribution::Provisional)
}

fn summed(mut pairs: Vec<(u32, u64)>) -> Vec<(u32, u64)> {
    pairs.sort_unstable();
    let mut out: Vec<(u32, u64)> = Vec::new();
    for (context, n) in pairs {
        match out.last_mut() {
            Some((same, sum)) if *same == context => *sum += n,
            _ => out.push((context, n)),
        }
    }
    out
}

/// What the summaries are made of.
pub(crate) struct Parts<'a> {
    /// The accesses.
    pub(crate) facts: &'a Facts,
    /// Their sessions.
    pub(crate) cut: &'a Cut,
    /// What each access counts as.
    pub(crate) attribution: &'a [Attribution],
    /// Distinct messages.
    pub(crate) messages: &'a Messages,
    /// Hours blind by throttling, per mailbox.
    pub(crate) blind_hours: &'a [f64],
    /// The roster, per mailbox.
    pub(crate) roster: &'a [Option<&'a RosterEntry>],
}

/// One summary a mailbox, in key order.
pub(crate) fn summarise(parts: &Parts<'_>) -> Vec<MailboxSummary> {
    (0..parts.facts.mailboxes.len()).map(|at| summary(parts, at)).collect()
}

fn summary(parts: &Parts<'_>, at: usize) -> MailboxSummary {
    let mailbox = &parts.facts.mailboxes[at];
    let (mut records, mut binds, mut syncs, mut items, mut throttled) = (0, 0, 0, 0, 0);
    let (mut span, mut suspect_span) = (None, None);
    for place in parts.facts.range(at) {
        let access = &parts.facts.accesses[place];
        if !access.flags.in_window() {
            continue;
        }
        records += 1;
        binds += u64::from(access.flags.kind() == MailAccessType::Bind);
        syncs += u64::from(access.flags.kind() == MailAccessType::Sync);
        items += u64::from(access.items);
        throttled += u64::from(access.flags.throttled() == ThrottleState::Yes);
        widen(&mut span, access.created);
        if is_suspect(parts.attribution[place]) {
            widen(&mut suspect_span, access.created);
        }
    }
    let sessions_before = |mailbox: usize| parts.cut.sessions.partition_point(|run| (run.mailbox as usize) < mailbox);
    let sessions = sessions_before(at + 1) - sessions_before(at);
    let roster = parts.roster[at];
    MailboxSummary {
        key: mailbox.key.clone(),
        id: format!("M{:0width$}", at + 1, width = digits(parts.facts.mailboxes.len())),
        name: roster_name(mailbox, roster),
        department: roster.and_then(|entry| entry.department.clone()),
        span,
        records,
        binds,
        syncs,
        items,
        messages: parts.messages.by_mailbox[at],
        suspect_messages: parts.messages.suspect_by_mailbox[at],
        suspect_span,
        sessions: u64::try_from(sessions).unwrap_or(u64::MAX),
        throttled,
        blind_hours: parts.blind_hours[at],
        exposure: None,
    }
}

/// Start to end, end exclusive.
fn widen(span: &mut Option<Interval>, at: i64) {
    let (start, end) = (UtcMicros(at), UtcMicros(at).plus(1));
    *span =
        Some(span.map_or(Interval { start, end }, |known| Interval {
            start: known.start.min(start),
            end: known.end.max(end),
        }));
}

fn roster_name(mailbox: &Mailbox, roster: Option<&RosterEntry>) -> String {
    let listed = roster.and_then(|entry| entry.upn.as_ref()).map(|upn| upn.as_str());
    mailbox.upn().or(listed).unwrap_or(mailbox.name()).to_owned()
}

fn digits(n: usize) -> usize {
    n.to_string().len().max(3)
}

/// The key of a roster mailbox that no record names: its GUID in the case's organisation, else its UPN.
pub(crate) fn roster_key(entry: &RosterEntry, organization: Option<&str>) -> Option<MailboxKey> {
    let guid = entry.mailbox_guid.as_ref().map(|guid| guid.as_str().rsplit('/').next().unwrap_or_default().to_owned());
    MailboxKey::of(organization, guid.as_deref(), entry.upn.as_ref().map(|upn| upn.as_str()))
}
