//! The words of the trade. Every other crate speaks in these types; none of them knows a file format.
//!
//! Owns: what a record, an access, a source, an issue, a session is. Does not do: I/O, serialization, judgement of
//! Microsoft's spelling (that is `ingest::normalize`), inference (that is `timeline`).

mod access;
mod attribution;
mod burst;
mod case;
mod classed_message;
mod coded;
mod control;
mod digest;
mod exposure;
mod findings;
mod fold;
mod folder;
mod instant;
mod issue;
mod ledger;
mod listing;
mod locator;
mod mailbox;
mod message;
mod network;
mod origin;
mod place;
mod related;
mod revision;
mod rows;
mod rules;
mod session;
mod signin;
mod source;
mod timeline;

pub use access::{AccessRecord, Client, ItemAccess, Text, Token};
pub use attribution::{AccessMatcher, AttributionEntry, MailboxName, Marking, TextPattern};
pub use burst::{
    BaselineBasis, BenignRate, Burst, BurstRule, BurstSeries, Outcome, PublishedFinding, PublishedHit, PublishedRule,
    Rank, RateBasis, RuleFinding, RuleWeight, Tier,
};
pub use case::{
    AddressDatabase, AppName, Baseline, CaseInputs, FilterKind, GapScope, KnownGap, MailboxKind, Policy, PrivilegeKind,
    PrivilegeTerm, Profile, RosterEntry, SourceDeclaration, SourceFilter, SourceScope, SuspectPeriod,
};
pub use classed_message::ClassedMessage;
pub use coded::{AccessTypeBasis, LogonType, MailAccessType, RecordType, ThrottleState, UserType};
pub use control::{AuditList, Control, ControlStatement, Recording};
pub use digest::Sha256;
pub use exposure::{Attribution, ExposureClass, ExposureTotals, Reason};
pub use findings::{Change, DepartmentFindings, DraftContext, FetchNext, Findings, Limitation, Sensitivity};
pub use fold::{ActivityCount, Block, RecordSink, Rejected, RowCounts};
pub use folder::{Folder, FolderHint};
pub use instant::{Interval, UtcMicros};
pub use issue::{Issue, IssueCode, Severity};
pub use ledger::{Ledger, LedgerRow};
pub use listing::{Listing, ListingBuilder, ListingKind, ListingRow};
pub use locator::{Locator, SourceId};
pub use mailbox::MailboxKey;
pub use message::MessageKey;
pub use network::{FRONT_END_NETWORKS, FRONT_END_NETWORKS_AS_OF, Network, front_end_network};
pub use origin::{Address, AddressSummary, Origin};
pub use place::{ColumnMapping, InputPlace, InputReceipt, InputWarning, PlaceUnit};
pub use related::RelatedEvent;
pub use revision::{ClassMove, Revision, RevisionChange};
pub use rows::{FolderCount, Growth, HourCount, MessageRow, RowScope, Rows, RowsError};
pub use rules::{RuleError, RuleValue, Rules};
pub use session::{AccessContext, AccessSession, SessionBasis};
pub use signin::{DeviceTrust, JoinedSignIn, KnownDevice, SignIn, SignInKind, SignInResult, TokenJoin};
pub use source::{Completeness, Finding, Name, SourceReceipt};
pub use timeline::{Coverage, CoverageState, MailboxSummary, Timeline, Window};
