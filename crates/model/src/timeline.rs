//! Owns the reconstructed account: what `timeline` gives and `render` draws. Millions of rows stay in the tables.

use crate::{
    AccessContext, AccessSession, AddressSummary, ExposureTotals, Findings, Interval, JoinedSignIn, Ledger, MailboxKey,
    Reason, RelatedEvent, Rules, SourceReceipt,
};

/// The case window, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The span, end exclusive.
    pub span: Interval,
    /// `declared` (case file or flag) or `data` (the span of the records).
    pub declared: bool,
}

/// What the log could see of one mailbox by one logon type, in one span. See docs/METHOD.md, "What the log can see".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The mailbox.
    pub mailbox: MailboxKey,
    /// `Owner`, `Delegated`, `Admin`; `None` where the state holds for all of them.
    pub logon_type: Option<String>,
    /// From, to.
    pub span: Interval,
    /// The state.
    pub state: CoverageState,
}

macro_rules! states {
    ($($variant:ident, $name:literal, $reason:expr;)+) => {
        /// What the log can see, worst first: the worst state of an instant wins.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CoverageState { $(#[doc = $name] $variant,)+ }

        impl CoverageState {
            /// Every state, worst first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The spelling in our tables.
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }
            /// The reason it gives for class C; `None` where the hour is covered.
            #[must_use]
            pub fn reason(self) -> Option<Reason> { match self { $(Self::$variant => $reason,)+ } }
        }
    };
}

states! {
    NotAudited, "not-audited", Some(Reason::Lic);
    Bypassed, "bypassed", Some(Reason::Byp);
    CrossGeo, "cross-geo", Some(Reason::Geo);
    BeforeRetention, "before-retention", Some(Reason::Ret);
    KnownGap, "known-gap", Some(Reason::Gap);
    SourceGap, "source-gap", Some(Reason::Gap);
    SourceTruncated, "source-truncated", Some(Reason::Trn);
    BlindThrottled, "blind-throttled", Some(Reason::Thr);
    ThrottleSuspected, "throttle-suspected", Some(Reason::Thr);
    ThrottleUnknown, "throttle-unknown", Some(Reason::Thu);
    Silent, "silent", Some(Reason::Sil);
    Filtered, "filtered", Some(Reason::Flt);
    Subset, "subset", Some(Reason::Cmp);
    Unsettled, "unsettled", Some(Reason::Lat);
    Inferred, "inferred", Some(Reason::Inf);
    ObservedByCount, "observed-by-count", None;
    Observed, "observed", None;
}

/// One mailbox of the case.
#[derive(Clone, Debug, PartialEq)]
pub struct MailboxSummary {
    /// Its key.
    pub key: MailboxKey,
    /// `M` and its number in key order.
    pub id: String,
    /// The UPN most records state; the key where none does.
    pub name: String,
    /// From the roster, where given.
    pub department: Option<String>,
    /// First to last access in the window.
    pub span: Option<Interval>,
    /// Records in the window.
    pub records: u64,
    /// Bind records.
    pub binds: u64,
    /// Sync records.
    pub syncs: u64,
    /// Items named.
    pub items: u64,
    /// Distinct messages named.
    pub messages: u64,
    /// Distinct messages named by suspect accesses.
    pub suspect_messages: u64,
    /// First to last suspect access.
    pub suspect_span: Option<Interval>,
    /// Sessions.
    pub sessions: u64,
    /// Records with IsThrottled True.
    pub throttled: u64,
    /// Hours in which the log was blind by throttling.
    pub blind_hours: f64,
    /// Messages by class, once computed.
    pub exposure: Option<ExposureTotals>,
}

/// The account of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Case id, from the case file.
    pub case_id: Option<String>,
    /// The window.
    pub window: Window,
    /// The thresholds used.
    pub rules: Rules,
    /// The sources, in order.
    pub sources: Vec<SourceReceipt>,
    /// The account of rows.
    pub ledger: Ledger,
    /// Issues by code.
    pub issues: Vec<(crate::IssueCode, u64)>,
    /// Mailboxes, in key order; those of the roster without records included.
    pub mailboxes: Vec<MailboxSummary>,
    /// Ways in, in id order.
    pub contexts: Vec<AccessContext>,
    /// Addresses that have accesses in the window, most suspect records first, then most records, then by text.
    pub addresses: Vec<AddressSummary>,
    /// Sign-ins that join a session by its token, in (session, time) order.
    pub sign_ins: Vec<JoinedSignIn>,
    /// Sessions, in (mailbox, start, id) order.
    pub sessions: Vec<AccessSession>,
    /// Coverage, in (mailbox, logon type, start) order.
    pub coverage: Vec<Coverage>,
    /// Events around the accesses, in time order.
    pub related: Vec<RelatedEvent<'static>>,
    /// Distinct mailbox × message pairs in the window.
    pub messages: u64,
    /// Sessions at 60, 120 and 240 minutes idle gap.
    pub sessions_by_gap: [(i64, u64); 3],
    /// Messages by class, once computed.
    pub exposure: Option<ExposureTotals>,
    /// Unusual access windows, in (mailbox, start, context) order; `None` where they were not computed.
    pub bursts: Option<Vec<crate::Burst>>,
    /// What published rules say at their defaults, in panel order; `None` where that was not computed.
    pub published: Option<Vec<crate::PublishedFinding>>,
    /// How firm the totals are, what limits them, what would answer more; empty until classes are computed.
    pub findings: Findings,
}
