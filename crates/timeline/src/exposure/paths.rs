//! Owns the other ways out of a mailbox that leave no MailItemsAccessed record: forwarding, rules, searches, exports,
//! delegates. Each gives the reason PTH from the event to the period's end: a path that was opened is taken as open, and
//! what a search or export found went wherever it went.

use mailtrail_model::{Interval, RelatedEvent};

use crate::{
    coverage::parameter,
    facts::Facts,
    spans,
    target::{Target, target},
};

/// When an operation opens a way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opens {
    /// It stays open: one made before the period is open in it, too.
    Standing,
    /// If it was made, changed or done in the period.
    InPeriod,
}

/// Every way out that was open in the period, with the mailboxes it is about. The walk over events is done once a case.
pub(crate) fn open(related: &[RelatedEvent<'_>], facts: &Facts, period: Interval) -> Vec<(Target, Interval)> {
    let before_end = related.iter().filter(|event| event.created < period.end);
    let spans = before_end.filter_map(|event| {
        let (opens, whole_tenant) = judge(event)?;
        if opens == Opens::InPeriod && event.created < period.start {
            return None;
        }
        let span = Interval { start: event.created.max(period.start), end: period.end };
        let target = if whole_tenant { Target::Every } else { target(event, facts) };
        Some((target, span))
    });
    spans.collect()
}

/// The spans in which another way out of one mailbox was open.
pub(crate) fn of(open: &[(Target, Interval)], mailbox: usize) -> Vec<Interval> {
    spans::union(open.iter().filter(|(target, _)| target.is(mailbox)).map(|(_, span)| *span).collect())
}

/// How an event opens a way, and whether for every mailbox of the tenant.
fn judge(event: &RelatedEvent<'_>) -> Option<(Opens, bool)> {
    let operation = event.operation.to_lowercase();
    let any = |names: &[&str]| names.iter().any(|name| parameter(event, name).is_some_and(|value| !is_off(value)));
    match operation.as_str() {
        "set-mailbox" => any(&["ForwardingSmtpAddress", "ForwardingAddress"]).then_some((Opens::Standing, false)),
        "new-inboxrule" | "set-inboxrule" | "enable-inboxrule" | "updateinboxrules" => {
            let forwards = any(&["ForwardTo", "RedirectTo", "ForwardAsAttachmentTo"]);
            Some((if forwards { Opens::Standing } else { Opens::InPeriod }, false))
        }
        "new-transportrule" | "set-transportrule" | "enable-transportrule" | "new-journalrule" | "set-journalrule" => {
            Some((Opens::InPeriod, true))
        }
        "add-mailboxpermission"
        | "remove-mailboxpermission"
        | "add-recipientpermission"
        | "add-mailboxfolderpermission"
        | "set-mailboxfolderpermission"
        | "addfolderpermissions"
        | "modifyfolderpermissions"
        | "updatecalendardelegation" => Some((Opens::InPeriod, false)),
        "adminmailaccess" | "copilotinteraction" => Some((Opens::InPeriod, false)),
        "new-mailboxexportrequest" | "new-mailboximportrequest" | "new-mailboxrestorerequest" => {
            Some((Opens::InPeriod, false))
        }
        "new-moverequest" | "new-migrationbatch" => Some((Opens::InPeriod, true)),
        "searchcreated"
        | "searchstarted"
        | "searchexported"
        | "searchexportdownloaded"
        | "searchpreviewed"
        | "new-compliancesearch"
        | "start-compliancesearch"
        | "new-compliancesearchaction"
        | "new-mailboxsearch"
        | "viewedsearchexported"
        | "viewedsearchpreviewed"
        | "previewitemlisted"
        | "previewitemdownloaded"
        | "previewitemrendered" => Some((Opens::InPeriod, true)),
        _ => None,
    }
}

fn is_off(value: &str) -> bool {
    value.is_empty() || ["false", "$null", "null"].iter().any(|off| value.eq_ignore_ascii_case(off))
}
