//! Owns the other ways out of a mailbox that leave no MailItemsAccessed record: forwarding, rules, searches, exports,
//! delegates. Each gives the reason PTH from the event on: a path that was opened is taken as open until the period ends.

use mailtrail_model::{Interval, RelatedEvent};

use crate::{
    coverage::{means, parameter},
    facts::Mailbox,
    spans,
};

/// When an operation opens a way out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opens {
    /// From the event on; made before the period it is open in it, too.
    Standing,
    /// From the event on, if it was made or changed in the period.
    Changed,
    /// At the event.
    Once,
}

/// The spans in which another way out of a mailbox was open during the period.
pub(crate) fn open(related: &[RelatedEvent<'_>], mailbox: &Mailbox, period: Interval) -> Vec<Interval> {
    let mut out = Vec::new();
    for event in related.iter().filter(|event| event.created < period.end) {
        let Some((opens, whole_tenant)) = judge(event) else { continue };
        if !(whole_tenant || event.target.is_none() || means(event, mailbox)) {
            continue;
        }
        let span = match opens {
            Opens::Standing => Interval { start: event.created.max(period.start), end: period.end },
            Opens::Changed if event.created >= period.start => Interval { start: event.created, end: period.end },
            Opens::Once => Interval { start: event.created, end: event.created.plus(1) },
            Opens::Changed => continue,
        };
        out.extend(span.clip(period));
    }
    spans::union(out)
}

/// How an event opens a way, and whether for every mailbox of the tenant.
fn judge(event: &RelatedEvent<'_>) -> Option<(Opens, bool)> {
    let operation = event.operation.to_lowercase();
    let any = |names: &[&str]| names.iter().any(|name| parameter(event, name).is_some_and(|value| !is_off(value)));
    match operation.as_str() {
        "set-mailbox" => any(&["ForwardingSmtpAddress", "ForwardingAddress", "DeliverToMailboxAndForward"])
            .then_some((Opens::Standing, false)),
        "new-inboxrule" | "set-inboxrule" | "enable-inboxrule" => {
            let forwards = any(&["ForwardTo", "RedirectTo", "ForwardAsAttachmentTo"]);
            Some((if forwards { Opens::Standing } else { Opens::Changed }, false))
        }
        "updateinboxrules" => {
            let text = event.detail.as_deref().unwrap_or("").to_lowercase();
            let forwards = text.contains("forward") || text.contains("redirect");
            Some((if forwards { Opens::Standing } else { Opens::Changed }, false))
        }
        "new-transportrule" | "set-transportrule" | "enable-transportrule" | "new-journalrule" | "set-journalrule" => {
            Some((Opens::Changed, true))
        }
        "add-mailboxpermission"
        | "add-recipientpermission"
        | "add-mailboxfolderpermission"
        | "set-mailboxfolderpermission"
        | "addfolderpermissions"
        | "modifyfolderpermissions"
        | "updatecalendardelegation" => Some((Opens::Changed, false)),
        "adminmailaccess" | "copilotinteraction" => Some((Opens::Once, false)),
        "new-mailboxexportrequest"
        | "new-mailboximportrequest"
        | "new-mailboxrestorerequest"
        | "new-moverequest"
        | "new-migrationbatch" => Some((Opens::Once, false)),
        "searchcreated"
        | "searchstarted"
        | "searchexported"
        | "searchexportdownloaded"
        | "searchpreviewed"
        | "new-compliancesearch"
        | "new-compliancesearchaction"
        | "new-mailboxsearch"
        | "viewedsearchexported"
        | "viewedsearchpreviewed"
        | "previewitemlisted"
        | "previewitemdownloaded"
        | "previewitemrendered"
        | "caseadded"
        | "holdcreated" => Some((Opens::Once, true)),
        _ => None,
    }
}

fn is_off(value: &str) -> bool {
    value.is_empty() || ["false", "$null", "null"].iter().any(|off| value.eq_ignore_ascii_case(off))
}
