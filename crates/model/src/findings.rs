//! Owns what follows from a timeline beside its rows: how firm the totals are, what limits them, what would answer more.

use crate::{ExposureTotals, InputWarning, Interval, MailboxKey, Reason};

/// What an examiner is told beside the totals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The suspect period the classes speak of.
    pub period: Option<Interval>,
    /// Totals by department, in name order; `None` is every mailbox without one.
    pub departments: Vec<(Option<String>, DepartmentFindings)>,
    /// Messages of class A that only recognised services name.
    pub a_service: u64,
    /// Messages on a listing.
    pub listed: u64,
    /// Listed rows that carry no message id: they are in no class.
    pub listed_without_id: u64,
    /// Distinct addresses among senders and recipients of the listed messages of each class, the mailbox's own left out;
    /// `None` without a listing. One address may stand behind several classes.
    pub correspondents: Option<std::collections::BTreeMap<crate::ExposureClass, u64>>,
    /// The youngest moment any listing shows.
    pub listed_as_of: Option<crate::UtcMicros>,
    /// Totals under other assumptions, in a fixed order.
    pub sensitivity: Vec<Sensitivity>,
    /// One entry a reason that holds, by messages.
    pub limitations: Vec<Limitation>,
    /// What would turn *not excluded* into an answer, by messages gained.
    pub fetch_next: Vec<FetchNext>,
    /// Contexts that might be marked, the largest first.
    pub drafts: Vec<DraftContext>,
    /// What the examiner should know about the inputs, now that they have met the records.
    pub warnings: Vec<InputWarning>,
}

/// One department.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DepartmentFindings {
    /// Mailboxes.
    pub mailboxes: u64,
    /// Mailboxes with a suspect access.
    pub suspect_mailboxes: u64,
    /// Messages by class.
    pub exposure: ExposureTotals,
}

/// The totals under one other assumption.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// What is different.
    pub change: Change,
    /// The totals then.
    pub totals: ExposureTotals,
}

/// How an assumption differs from the case's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The policy `presume_mailbox_on_sync` turned over.
    PresumeOnSync(bool),
    /// The policy `presume_mailbox_on_throttle` turned over.
    PresumeOnThrottle(bool),
    /// Both presumptions off.
    NoPresumptions,
    /// The suspect period longer at both ends by this many days (shorter where negative).
    PeriodDays(i64),
    /// The suspect entry with this id left out.
    WithoutEntry(String),
}

/// One reason that holds somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Limitation {
    /// Which.
    pub reason: Reason,
    /// Messages of class C that have it.
    pub messages: u64,
    /// Messages whose only reason it is.
    pub only: u64,
    /// Mailboxes in which it holds.
    pub mailboxes: u64,
    /// Mailbox hours it speaks of; `None` where it speaks of records, not of hours.
    pub hours: Option<f64>,
}

/// One thing to obtain.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchNext {
    /// What, as the end of "to turn *not excluded* into an answer you need".
    pub what: String,
    /// The reason it answers.
    pub reason: Reason,
    /// Messages whose only reason it is: they could be answered by this alone.
    pub gained: u64,
    /// Messages that have it among their reasons.
    pub touched: u64,
}

/// A context an examiner may want to mark.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftContext {
    /// Its id.
    pub context: String,
    /// Who and by what, in words.
    pub what: String,
    /// Why it is drafted.
    pub why: String,
    /// Records not yet attributed.
    pub records: u64,
    /// Messages they name.
    pub messages: u64,
    /// Mailboxes they reached.
    pub mailboxes: Vec<MailboxKey>,
    /// First to last of them.
    pub span: Interval,
}
