//! Owns what the examiner's files and the audit log's own change events say about recording: kinds, licences, audit lists,
//! bypass, geographies, known gaps. Settings hold at their date; change events of the window carry them to other times.

use mailtrail_model::{
    AuditList, CaseInputs, Control, ControlStatement, CoverageState, GapScope, Interval, MailboxKind, Recording,
    RosterEntry,
};

use super::{
    Stretch,
    changes::{Changes, OPERATION},
    mailbox::{Knowledge, Local},
};
use crate::facts::{Facts, Mailbox};

/// A mailbox's local time: the roster's zone, else the case's, else UTC.
pub(crate) fn local(roster: Option<&RosterEntry>, case: &CaseInputs) -> Local {
    Local::of(roster.and_then(|entry| entry.zone.as_deref()).or(case.zone.as_deref()))
}

/// What is known of a mailbox beside its records.
pub(crate) fn knowledge(
    facts: &Facts,
    at: usize,
    roster: Option<&RosterEntry>,
    case: &CaseInputs,
    changes: &Changes,
    domain: Interval,
) -> Knowledge {
    let mailbox = &facts.mailboxes[at];
    let mut known = Knowledge { local: local(roster, case), ..Knowledge::default() };
    gaps(mailbox, case, domain, &mut known.common);
    let lists = audit_lists(mailbox, &case.controls, domain, &mut known);
    let kind = roster.map_or(&MailboxKind::NotStated, |entry| &entry.kind);
    if !kind.recorded_by_default() && !lists {
        known.common.push((domain, CoverageState::NotAudited));
    }
    for control in &case.controls {
        switched_off(mailbox, control, domain, &mut known.common);
    }
    bypass(&case.controls, domain, &mut known.common);
    if crosses_geographies(mailbox, &case.controls) {
        known.by_logon[DELEGATED].push((domain, CoverageState::CrossGeo));
    }
    changes.states(at, domain, &mut known.common, &mut known.by_logon);
    known
}

const DELEGATED: usize = 1;

fn gaps(mailbox: &Mailbox, case: &CaseInputs, domain: Interval, out: &mut Vec<Stretch>) {
    for gap in &case.known_gaps {
        let meant = match &gap.scope {
            GapScope::All => true,
            GapScope::Mailboxes(names) => names.iter().any(|name| name.means(&mailbox.key, mailbox.upn())),
        };
        if let (true, Some(span)) = (meant, gap.span.clip(domain)) {
            out.push((span, CoverageState::KnownGap));
        }
    }
}

/// Judges the audit settings of a mailbox; says whether any list was supplied.
fn audit_lists(mailbox: &Mailbox, controls: &[Control], domain: Interval, known: &mut Knowledge) -> bool {
    let settings = controls.iter().filter_map(|control| match &control.statement {
        ControlStatement::AuditSettings { mailbox: name, enabled, owner, delegate, admin }
            if name.means(&mailbox.key, mailbox.upn()) =>
        {
            Some((control.as_of, *enabled, [owner, delegate, admin]))
        }
        _ => None,
    });
    let mut off = false;
    let mut lacking = [false; 3];
    for (_, enabled, lists) in settings {
        off |= enabled == Some(false);
        for (at, list) in lists.iter().enumerate() {
            let list: Option<&AuditList> = list.as_ref();
            known.audit_list |= list.is_some();
            // Several settings of different dates: recording is shown only if each of them has it.
            lacking[at] |= list.is_some_and(|list| !list.has(OPERATION));
        }
    }
    if off {
        known.common.push((domain, CoverageState::NotAudited));
    }
    for (at, lacks) in lacking.into_iter().enumerate() {
        if lacks {
            known.by_logon[at].push((domain, CoverageState::NotAudited));
        }
    }
    known.audit_list
}

fn switched_off(mailbox: &Mailbox, control: &Control, domain: Interval, out: &mut Vec<Stretch>) {
    let (off, span) = match &control.statement {
        ControlStatement::Licence { mailbox: name, recording, span, .. } => {
            (*recording == Recording::Off && name.means(&mailbox.key, mailbox.upn()), span)
        }
        ControlStatement::OrganizationAudit { recording, span } => (*recording == Recording::Off, span),
        _ => return,
    };
    if let (true, Some(span)) = (off, span.unwrap_or(domain).clip(domain)) {
        out.push((span, CoverageState::NotAudited));
    }
}

/// An actor on the bypass list is recorded nowhere: every mailbox it could reach is blind to it. Which those are is not
/// narrowed down: permissions given for other reasons (transport, groups) reach further than a list of them shows.
fn bypass(controls: &[Control], domain: Interval, out: &mut Vec<Stretch>) {
    for control in controls {
        if let ControlStatement::Bypass { span, .. } = &control.statement
            && let Some(span) = span.unwrap_or(domain).clip(domain)
        {
            out.push((span, CoverageState::Bypassed));
        }
    }
}

/// Whether someone of another geography may act in the mailbox: such delegates are not recorded.
fn crosses_geographies(mailbox: &Mailbox, controls: &[Control]) -> bool {
    let geo_of = |matches: &dyn Fn(&str) -> bool| {
        controls.iter().find_map(|control| match &control.statement {
            ControlStatement::Geo { principal, geo } if matches(principal) => Some(geo.to_lowercase()),
            _ => None,
        })
    };
    let is_mailbox = |principal: &str| {
        let principal = principal.to_lowercase();
        mailbox.upn() == Some(&*principal) || mailbox.key.as_str().ends_with(&*principal)
    };
    let Some(home) = geo_of(&is_mailbox) else { return false };
    controls.iter().any(|control| match &control.statement {
        ControlStatement::Permission { principal, mailbox: name, .. } => {
            let reaches = name.as_ref().is_none_or(|name| name.means(&mailbox.key, mailbox.upn()));
            reaches && geo_of(&|other| other.eq_ignore_ascii_case(principal)).is_some_and(|geo| geo != home)
        }
        _ => false,
    })
}
