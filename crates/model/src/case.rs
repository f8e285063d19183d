//! Owns a case: everything the examiner states about it. All of it optional, all of it hashed into the run. Reading the files
//! is `ingest::inputs`; what follows from them is `timeline`.

use chrono::NaiveDate;

use crate::{
    AttributionEntry, Control, InputPlace, InputReceipt, InputWarning, Interval, KnownDevice, Listing, MailboxName,
    Rules, SignIn, UtcMicros,
};

/// Everything the examiner states.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseInputs {
    /// `[case] id`.
    pub case_id: Option<String>,
    /// The legend printed on each page; it creates no privilege.
    pub legend: Option<String>,
    /// Who the output is for.
    pub profile: Profile,
    /// The display time zone, an IANA name; `None` for UTC only.
    pub zone: Option<String>,
    /// The date printed on the report.
    pub report_date: Option<NaiveDate>,
    /// The case window; `None` for the data's own span.
    pub window: Option<Interval>,
    /// The suspect period; `None` for the window.
    pub period: Option<SuspectPeriod>,
    /// What is declared of each source.
    pub sources: Vec<SourceDeclaration>,
    /// A span declared clean.
    pub baseline: Option<Baseline>,
    /// What is presumed.
    pub policy: Policy,
    /// Suspect and accepted accesses, in file order. Empty: see [`Self::attribution_given`].
    pub attribution: Vec<AttributionEntry>,
    /// Whether an attribution file was given (an empty one is a statement too).
    pub attribution_given: bool,
    /// The mailboxes of the case, in file order.
    pub roster: Vec<RosterEntry>,
    /// Messages that mailboxes hold or were sent.
    pub listings: Vec<Listing>,
    /// What the log could see.
    pub controls: Vec<Control>,
    /// Entra sign-ins.
    pub signins: Vec<SignIn>,
    /// Devices and networks known as the organisation's own.
    pub devices: Vec<KnownDevice>,
    /// Times in which records are known to be missing.
    pub known_gaps: Vec<KnownGap>,
    /// What makes a message a privilege candidate.
    pub privilege: Vec<PrivilegeTerm>,
    /// Names of applications, beside our own list.
    pub apps: Vec<AppName>,
    /// MaxMind-format databases of addresses, in file order: an earlier one is asked first.
    pub address_databases: Vec<AddressDatabase>,
    /// Every threshold.
    pub rules: Rules,
    /// The files all this came from, in the order they were read.
    pub receipts: Vec<InputReceipt>,
    /// What was noticed while reading them.
    pub warnings: Vec<InputWarning>,
}

/// Who an output is for: what may be printed in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Everything, under a legend.
    #[default]
    Counsel,
    /// Everything, in the responder's own words.
    Analyst,
    /// Without notes and the privilege list.
    Facts,
    /// Pseudonymised aggregates.
    Regulator,
}

impl Profile {
    /// The spelling in files and flags.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counsel => "counsel",
            Self::Analyst => "analyst",
            Self::Facts => "facts",
            Self::Regulator => "regulator",
        }
    }

    /// The inverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Counsel, Self::Analyst, Self::Facts, Self::Regulator]
            .into_iter()
            .find(|profile| profile.as_str() == text)
    }
}

/// The suspect period: from the earliest possible access to proven containment plus token life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspectPeriod {
    /// From, to.
    pub span: Interval,
    /// On what its start rests.
    pub start_basis: Option<String>,
    /// On what its end rests.
    pub end_basis: Option<String>,
    /// Where it stands.
    pub place: InputPlace,
}

/// A span the examiner declares clean, for novelty tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// From, to.
    pub span: Interval,
    /// On what that rests.
    pub basis: Option<String>,
    /// Where it stands.
    pub place: InputPlace,
}

/// What is declared of one source: how it was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceDeclaration {
    /// The path, as the case file names it (relative to it).
    pub path: String,
    /// When the export was made.
    pub exported: Option<UtcMicros>,
    /// What was asked for; records outside cannot be in it.
    pub query: Option<Interval>,
    /// Days the tenant keeps audit records.
    pub retention_days: Option<i64>,
    /// Which mailboxes were asked for.
    pub scope: SourceScope,
    /// By what the query was narrowed.
    pub filter: SourceFilter,
    /// Who exported it.
    pub collector: Option<String>,
    /// How (`purview-portal`, `Search-UnifiedAuditLog`, …).
    pub method: Option<String>,
    /// Rows the service reported.
    pub rows_reported: Option<u64>,
    /// Where it stands.
    pub place: InputPlace,
}

impl SourceDeclaration {
    /// Whether it is about a source of this name. A declared folder or archive is about everything in it.
    #[must_use]
    pub fn is_about(&self, name: &str) -> bool {
        let tidy = |text: &str| text.replace('\\', "/").trim_start_matches("./").trim_end_matches('/').to_owned();
        let (path, name) = (tidy(&self.path), tidy(name));
        if path == name || path == "." || path.ends_with(&format!("/{name}")) {
            return true;
        }
        name.strip_prefix(&path).is_some_and(|rest| rest.starts_with(['/', '!']))
            || name.split_once('!').is_some_and(|(archive, _)| path.ends_with(&format!("/{archive}")))
    }
}

/// Which mailboxes a source was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SourceScope {
    /// Not stated.
    #[default]
    NotStated,
    /// Every mailbox of the tenant.
    All,
    /// These.
    Mailboxes(Vec<MailboxName>),
}

/// By what a source's query was narrowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SourceFilter {
    /// Not stated.
    #[default]
    NotStated,
    /// By nothing.
    None,
    /// By these, sorted.
    By(Vec<FilterKind>),
}

/// One way to narrow a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FilterKind {
    /// Users.
    Users,
    /// Addresses.
    Addresses,
    /// Applications.
    Applications,
    /// Record types.
    RecordTypes,
    /// Operations: harmless if MailItemsAccessed was among them.
    Operations,
    /// Free text.
    Text,
}

impl FilterKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Users, Self::Addresses, Self::Applications, Self::RecordTypes, Self::Operations, Self::Text];

    /// The spelling in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Addresses => "addresses",
            Self::Applications => "applications",
            Self::RecordTypes => "record-types",
            Self::Operations => "operations",
            Self::Text => "text",
        }
    }

    /// Whether it may leave accesses out: all do but a filter by operation.
    #[must_use]
    pub fn hides_accesses(self) -> bool {
        self != Self::Operations
    }
}

/// What is presumed, and by whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// A suspect Sync makes the whole mailbox B2 (Microsoft's own step 3).
    pub presume_mailbox_on_sync: bool,
    /// A suspect context around a blind period makes the whole mailbox B3 (Microsoft's own step 1).
    pub presume_mailbox_on_throttle: bool,
    /// Share of a mailbox's logged ids a listing must hold; `None` for [`Rules::join_floor`].
    pub join_floor: Option<f64>,
    /// Who chose; `None` where the policy is the default.
    pub chosen_by: Option<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { presume_mailbox_on_sync: true, presume_mailbox_on_throttle: true, join_floor: None, chosen_by: None }
    }
}

/// One mailbox of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// Where it stands.
    pub place: InputPlace,
    /// `UserPrincipalName`, lower case.
    pub upn: Option<MailboxName>,
    /// `ExchangeGuid` or `MailboxGuid`, lower case.
    pub mailbox_guid: Option<MailboxName>,
    /// The person or function.
    pub display_name: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// What kind of mailbox.
    pub kind: MailboxKind,
    /// The mailbox's own time zone, an IANA name.
    pub zone: Option<String>,
    /// Other addresses of the mailbox, lower case.
    pub aliases: Vec<String>,
    /// An id an earlier identity had (renamed UPN, migrated GUID): where given, the identity is uncertain (`KEY`).
    pub former: Vec<MailboxName>,
}

impl RosterEntry {
    /// Whether it means the mailbox with this key that records name by this UPN.
    #[must_use]
    pub fn means(&self, key: &crate::MailboxKey, mailbox_owner_upn: Option<&str>) -> bool {
        match &self.mailbox_guid {
            // Where both state a GUID the GUID decides: an archive shares the UPN.
            Some(guid) if key.as_str().contains('/') => guid.means(key, None),
            _ => self.upn.as_ref().is_some_and(|upn| upn.means(key, mailbox_owner_upn)),
        }
    }
}

/// What kind of mailbox it is: some kinds are not audited by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailboxKind {
    /// Not stated.
    #[default]
    NotStated,
    /// A person's.
    User,
    /// Shared.
    Shared,
    /// A Microsoft 365 group's: its default audit set lacks MailItemsAccessed.
    Group,
    /// A room's or a device's: not audited.
    Resource,
    /// A public folder's: not audited.
    PublicFolder,
    /// An archive.
    Archive,
    /// The on-premises half of a hybrid: not in this log.
    OnPremises,
    /// A kind this list does not know, as spelled.
    Other(Box<str>),
}

impl MailboxKind {
    /// The spelling in tables.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::NotStated => "not-stated",
            Self::User => "user",
            Self::Shared => "shared",
            Self::Group => "group",
            Self::Resource => "resource",
            Self::PublicFolder => "public-folder",
            Self::Archive => "archive",
            Self::OnPremises => "on-premises",
            Self::Other(text) => text,
        }
    }

    /// Whether the service records accesses of this kind by default. Kinds that are not stated are taken as recorded; the
    /// heartbeat decides.
    #[must_use]
    pub fn recorded_by_default(&self) -> bool {
        !matches!(self, Self::Group | Self::Resource | Self::PublicFolder | Self::OnPremises)
    }
}

/// A time in which records are known to be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownGap {
    /// Where it stands.
    pub place: InputPlace,
    /// Which mailboxes.
    pub scope: GapScope,
    /// From, to.
    pub span: Interval,
    /// Who says so (a service notice, a collector's log).
    pub source: String,
}

/// Which mailboxes a gap is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GapScope {
    /// All.
    All,
    /// These.
    Mailboxes(Vec<MailboxName>),
}

/// What makes a message a privilege *candidate*; never more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivilegeTerm {
    /// Where it stands.
    pub place: InputPlace,
    /// What it is compared with.
    pub kind: PrivilegeKind,
    /// The value, as stated.
    pub value: String,
    /// The matter it belongs to.
    pub matter: Option<String>,
}

/// What a privilege term is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivilegeKind {
    /// An address among sender and recipients.
    Address,
    /// A domain among them.
    Domain,
    /// Words in the subject.
    Subject,
    /// One message.
    MessageId,
}

impl PrivilegeKind {
    /// The spelling in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Domain => "domain",
            Self::Subject => "subject",
            Self::MessageId => "message-id",
        }
    }
}

/// A database of addresses, as bytes: reading it is `timeline`'s.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressDatabase {
    /// The file, as the case file names it.
    pub file: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for AddressDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddressDatabase").field("file", &self.file).field("bytes", &self.bytes.len()).finish()
    }
}

/// The name of an application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppName {
    /// The application id, lower case.
    pub app_id: String,
    /// Its name.
    pub name: String,
    /// Who says so.
    pub source: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MailboxKey, PlaceUnit};

    #[test]
    fn a_case_without_files_presumes_what_microsoft_presumes() {
        let case = CaseInputs::default();
        assert!(case.policy.presume_mailbox_on_sync && case.policy.presume_mailbox_on_throttle);
        assert_eq!(case.rules, Rules::default());
        assert!(!case.attribution_given);
    }

    #[test]
    fn a_roster_row_with_a_guid_does_not_mean_the_archive_with_the_same_upn() {
        let (main, archive) = ("0aaaaaaa-0000-4000-8000-000000000001", "0aaaaaaa-0000-4000-8000-000000000002");
        let upn = "ada@contoso.example";
        let entry = |guid: Option<&str>| RosterEntry {
            place: InputPlace { file: "roster.csv".into(), at: PlaceUnit::Row(1) },
            upn: MailboxName::parse(upn),
            mailbox_guid: guid.and_then(MailboxName::parse),
            display_name: None,
            department: None,
            kind: MailboxKind::User,
            zone: None,
            aliases: Vec::new(),
            former: Vec::new(),
        };
        let key = |guid| MailboxKey::of(Some("org"), Some(guid), None).unwrap();
        assert!(entry(Some(main)).means(&key(main), Some(upn)));
        assert!(!entry(Some(main)).means(&key(archive), Some(upn)));
        assert!(entry(None).means(&key(archive), Some(upn)));
        assert!(entry(Some(main)).means(&MailboxKey::of(None, None, Some(upn)).unwrap(), Some(upn)));
    }
}
