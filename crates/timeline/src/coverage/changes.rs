//! Owns the audit log's own records of auditing being changed: switched off for a mailbox or the tenant, an actor put on
//! the bypass list, an audit list rewritten, items moved. Read once a case, asked once a mailbox.

use std::collections::BTreeMap;

use mailtrail_model::{CoverageState, Interval, RelatedEvent, UtcMicros};

use super::Stretch;
use crate::{
    facts::Facts,
    target::{Target, target},
};

/// The operation that must be on an audit list.
pub(super) const OPERATION: &str = "MailItemsAccessed";

/// What the audit log says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// For whom, which switch, when, whether it was switched off.
    switches: Vec<(Target, Switch, UtcMicros, bool)>,
    /// Spans in which somebody was on the bypass list.
    bypassed: Vec<Interval>,
    /// Moves of items.
    moves: Vec<(Target, UtcMicros)>,
}

/// What was switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Switch {
    /// Auditing of the mailbox, or of the tenant.
    All,
    /// One audit list, in the order of logon types.
    List(usize),
}

impl Changes {
    /// Looks through the related events, in time order.
    pub(crate) fn of(related: &[RelatedEvent<'_>], facts: &Facts, end: UtcMicros) -> Self {
        let mut changes = Self::default();
        let mut bypass: BTreeMap<&str, Interval> = BTreeMap::new();
        for event in related {
            let operation = event.operation.to_lowercase();
            match operation.as_str() {
                "set-mailbox" => changes.mailbox(event, facts),
                "set-adminauditlogconfig" => {
                    changes.tenant(event, parameter(event, "UnifiedAuditLogIngestionEnabled").map(is_false));
                }
                "set-organizationconfig" => changes.tenant(event, parameter(event, "AuditDisabled").map(is_true)),
                "set-mailboxauditbypassassociation" => {
                    let actor = event.target.as_deref().unwrap_or("");
                    let since = bypass.remove(actor);
                    if parameter(event, "AuditBypassEnabled").is_some_and(is_false) {
                        changes.bypassed.extend(since.map(|span| Interval { end: event.created, ..span }));
                    } else {
                        // True, or unreadable: taken as set.
                        let start = since.map_or(event.created, |span| span.start);
                        bypass.insert(actor, Interval { start, end });
                    }
                }
                "move" | "movetodeleteditems" => changes.moves.push((target(event, facts), event.created)),
                _ => {}
            }
        }
        changes.bypassed.extend(bypass.into_values());
        changes
    }

    fn mailbox(&mut self, event: &RelatedEvent<'_>, facts: &Facts) {
        if let Some(value) = parameter(event, "AuditEnabled") {
            self.switches.push((target(event, facts), Switch::All, event.created, is_false(value)));
        }
        for (at, name) in ["AuditOwner", "AuditDelegate", "AuditAdmin"].into_iter().enumerate() {
            if let Some(value) = parameter(event, name).map(str::to_lowercase) {
                // `@{Add=…}` and `@{Remove=…}` name a change, anything else the whole list.
                let named = value.contains(&OPERATION.to_lowercase());
                let off = if value.contains("remove") { named } else { !named && !value.contains("add") };
                self.switches.push((target(event, facts), Switch::List(at), event.created, off));
            }
        }
    }

    fn tenant(&mut self, event: &RelatedEvent<'_>, off: Option<bool>) {
        self.switches.extend(off.map(|off| (Target::Every, Switch::All, event.created, off)));
    }

    /// Adds the states of one mailbox: those of every logon type, and those of each.
    pub(super) fn states(
        &self,
        mailbox: usize,
        domain: Interval,
        common: &mut Vec<Stretch>,
        lists: &mut [Vec<Stretch>; 3],
    ) {
        let bypassed = self.bypassed.iter().filter_map(|span| span.clip(domain));
        common.extend(bypassed.map(|span| (span, CoverageState::Bypassed)));
        let mut since: BTreeMap<Switch, UtcMicros> = BTreeMap::new();
        let mut out = |switch, start, end| {
            let Some(span) = (Interval { start, end }).clip(domain) else { return };
            match switch {
                Switch::All => common.push((span, CoverageState::NotAudited)),
                Switch::List(at) => lists[at].push((span, CoverageState::NotAudited)),
            }
        };
        for (_, switch, at, off) in self.switches.iter().filter(|(target, ..)| target.is(mailbox)) {
            if *off {
                since.entry(*switch).or_insert(*at);
            } else if let Some(start) = since.remove(switch) {
                out(*switch, start, *at);
            }
        }
        for (switch, start) in since {
            out(switch, start, domain.end);
        }
    }

    /// Times at which items of a mailbox were moved.
    pub(crate) fn moves(&self, mailbox: usize) -> impl Iterator<Item = UtcMicros> + '_ {
        self.moves.iter().filter(move |(target, _)| target.is(mailbox)).map(|(_, at)| *at)
    }
}

fn is_false(value: &str) -> bool {
    value.eq_ignore_ascii_case("false") || value.eq_ignore_ascii_case("$false")
}

fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("$true")
}

/// A parameter of an admin event.
pub(crate) fn parameter<'e>(event: &'e RelatedEvent<'_>, name: &str) -> Option<&'e str> {
    event.detail.as_deref()?.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
