//! Owns the ways in which a simulated world may break what the documents say, so that a tool's promises can be tested where
//! they do not hold. One at a time or together; none of them is in the samples.

use crate::{
    casework::{Case, ListingStyle},
    second::Second,
    service::{Service, Unlogged},
    tenant::Tenant,
    zone::Zone,
};

/// A way to disobey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disobedience {
    /// Two records in a hundred are never written.
    RandomLoss,
    /// Recording stops without a flag.
    UnflaggedThrottling,
    /// One record in fifty comes after the export was made.
    LateRecords,
    /// One mailbox falls silent half-way.
    SilentMailbox,
    /// The audit list of delegates lacks MailItemsAccessed.
    DelegatesUnaudited,
    /// Delegates from another region leave no record.
    CrossGeo,
    /// Owners empty their deleted items everywhere.
    DeletedMail,
    /// The listing spells message ids in its own way.
    ReformattedIds,
    /// An actor is on the bypass list, and nobody says so.
    BypassUnknown,
}

impl Disobedience {
    /// Every way.
    pub const ALL: [Self; 9] = [
        Self::RandomLoss,
        Self::UnflaggedThrottling,
        Self::LateRecords,
        Self::SilentMailbox,
        Self::DelegatesUnaudited,
        Self::CrossGeo,
        Self::DeletedMail,
        Self::ReformattedIds,
        Self::BypassUnknown,
    ];

    /// The name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RandomLoss => "random-loss",
            Self::UnflaggedThrottling => "unflagged-throttling",
            Self::LateRecords => "late-records",
            Self::SilentMailbox => "silent-mailbox",
            Self::DelegatesUnaudited => "delegates-unaudited",
            Self::CrossGeo => "cross-geo",
            Self::DeletedMail => "deleted-mail",
            Self::ReformattedIds => "reformatted-ids",
            Self::BypassUnknown => "bypass-unknown",
        }
    }

    /// What it does, in one line.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::RandomLoss => "two records in a hundred are never written",
            Self::UnflaggedThrottling => "recording stops without a flag",
            Self::LateRecords => "one record in fifty comes after the export was made",
            Self::SilentMailbox => "the first mailbox falls silent half-way",
            Self::DelegatesUnaudited => "delegates leave no record",
            Self::CrossGeo => "delegates from another region leave no record",
            Self::DeletedMail => "owners empty their deleted items everywhere",
            Self::ReformattedIds => "the listing cuts message ids and drops brackets",
            Self::BypassUnknown => "an actor is on the bypass list, and nobody says so",
        }
    }

    /// The way with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    /// What it changes before anything happens. `half` is the middle of the simulated time.
    pub fn apply(self, tenant: &mut Tenant, service: &mut Service, half: Second) {
        match self {
            Self::RandomLoss => service.loss = 0.02,
            Self::UnflaggedThrottling => service.unflagged_throttling = true,
            Self::LateRecords => service.late = 0.02,
            Self::SilentMailbox => service.unlogged = Unlogged::MailboxFrom(0, half),
            Self::DelegatesUnaudited => {
                give_a_foreign_delegate(tenant);
                service.unlogged = Unlogged::Delegates;
            }
            Self::CrossGeo => {
                give_a_foreign_delegate(tenant);
                service.unlogged = Unlogged::DelegatesFromElsewhere;
            }
            Self::DeletedMail => tenant.mailboxes.iter_mut().for_each(|mailbox| mailbox.habits.purges = true),
            Self::ReformattedIds => {}
            Self::BypassUnknown => {
                give_a_foreign_delegate(tenant);
                service.bypassed = Some(0);
            }
        }
    }

    /// What it changes in the case.
    pub fn apply_to_case(self, case: &mut Case) {
        if self == Self::ReformattedIds {
            case.listing_style = ListingStyle::Reformatted;
        }
    }
}

/// So that there is somebody it applies to: the owner of the first mailbox reads the second, from Singapore.
fn give_a_foreign_delegate(tenant: &mut Tenant) {
    if let [first, second, ..] = tenant.mailboxes.as_mut_slice() {
        first.zone = Zone::SINGAPORE;
        second.habits.delegate = Some(0);
    }
}
