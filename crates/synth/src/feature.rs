//! Owns the ways in which a world may differ and still follow the documents. A promise about documented worlds must hold in
//! each of them.

use crate::{
    casework::Case,
    context::{self, Place},
    life::Horizon,
    record::Schema,
    rng::Rng,
    scenario::attack::search_event,
    second::Second,
    service::Service,
    tenant::{Change, Kind, Tenant},
    world::Plant,
};

/// A way to differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Nothing stands in the way of an answer.
    FullyCovered,
    /// A sanctioned application fetches all mail of one mailbox over rotating addresses.
    RotatingPoller,
    /// Every mailbox is copied by a sanctioned tool within two weeks.
    MigrationWave,
    /// Nearly all mail is filed away, by moves that leave no record.
    MovedMail,
    /// A group's and a room's mailbox, which are not audited.
    GroupMailboxes,
    /// An actor on the bypass list, and a control that says so.
    BypassListed,
    /// A content search with its export, by the legal department.
    ContentSearch,
    /// Exports end at 5,000 rows.
    RowCap,
    /// Attachments leave records of their own, in the schema of late 2025.
    Attachments,
}

/// Rows at which [`Feature::RowCap`] ends an export.
const CAP: usize = 5_000;

impl Feature {
    /// Every way.
    pub const ALL: [Self; 9] = [
        Self::FullyCovered,
        Self::RotatingPoller,
        Self::MigrationWave,
        Self::MovedMail,
        Self::GroupMailboxes,
        Self::BypassListed,
        Self::ContentSearch,
        Self::RowCap,
        Self::Attachments,
    ];

    /// The name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FullyCovered => "fully-covered",
            Self::RotatingPoller => "rotating-poller",
            Self::MigrationWave => "migration-wave",
            Self::MovedMail => "moved-mail",
            Self::GroupMailboxes => "group-mailboxes",
            Self::BypassListed => "bypass-listed",
            Self::ContentSearch => "content-search",
            Self::RowCap => "row-cap",
            Self::Attachments => "attachments",
        }
    }

    /// What it changes, in one line.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::FullyCovered => {
                "nobody purges mail and nobody makes inbox rules; everything is exported and declared"
            }
            Self::RotatingPoller => "a sanctioned application fetches about 30 new messages a day over 126 addresses",
            Self::MigrationWave => "a sanctioned tool copies every mailbox within two weeks",
            Self::MovedMail => "90 % of received mail is filed away; moves leave no record",
            Self::GroupMailboxes => "the last two mailboxes are a group's and a room's, which are not audited",
            Self::BypassListed => "the first mailbox's account is on the bypass list, and controls.csv says so",
            Self::ContentSearch => "the legal department searches and exports, which leaves no access record",
            Self::RowCap => "each export ends at 5,000 rows",
            Self::Attachments => "opened attachments leave AttachmentAccess records, in the schema of late 2025",
        }
    }

    /// The way with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// What it changes before anything happens.
    pub fn apply(self, tenant: &mut Tenant, service: &mut Service) {
        let mailboxes = &mut tenant.mailboxes;
        match self {
            Self::FullyCovered => mailboxes.iter_mut().for_each(|mailbox| {
                mailbox.habits.purges = false;
                mailbox.habits.makes_rules = false;
            }),
            // 34 on a working day are 30 on a day of the week, weekends and uneven days counted in.
            Self::RotatingPoller => mailboxes.iter_mut().take(1).for_each(|mailbox| {
                mailbox.habits.fetched = true;
                mailbox.habits.mail_a_day = 34.0;
            }),
            Self::MigrationWave => mailboxes
                .iter_mut()
                .zip(0_i64..)
                .for_each(|(mailbox, nth)| mailbox.habits.changes.push((12 + nth * 5 % 14, Change::Migration))),
            Self::MovedMail => mailboxes.iter_mut().for_each(|mailbox| mailbox.habits.filing = 0.9),
            Self::GroupMailboxes => {
                for (mailbox, kind) in mailboxes.iter_mut().rev().zip([Kind::Resource, Kind::Group]) {
                    mailbox.kind = kind;
                    mailbox.habits.delegate = Some(0);
                }
            }
            Self::BypassListed => {
                service.bypassed = Some(0);
                mailboxes.iter_mut().skip(1).take(1).for_each(|mailbox| mailbox.habits.delegate = Some(0));
            }
            Self::ContentSearch | Self::RowCap => {}
            Self::Attachments => {
                service.schema = Schema::Y2025;
                service.attachments = 0.4;
            }
        }
    }

    /// What else happens.
    #[must_use]
    pub fn plant(self, tenant: &Tenant, horizon: Horizon) -> Option<Plant> {
        if self != Self::ContentSearch {
            return None;
        }
        let (admin, over) = (tenant.mailboxes.first()?, tenant.mailboxes.last()?);
        let at = horizon.from.plus((horizon.until.0 - horizon.from.0) * 3 / 5);
        let address = context::address(admin, Place::Office, at, &mut Rng::stream(horizon.seed, "legal", 0));
        let event = |operation, at| (at, search_event(operation, admin, &address, over));
        let events = vec![event("SearchCreated", at), event("SearchExported", at.plus(2 * Second::HOUR))];
        Some(Plant { name: "legal-search", events, ..Plant::default() })
    }

    /// What it changes in the case.
    pub fn apply_to_case(self, case: &mut Case, tenant: &Tenant) {
        match self {
            Self::RowCap => case.exports.iter_mut().for_each(|export| export.cap = Some(CAP)),
            Self::BypassListed => {
                let actor = tenant.mailboxes.first().map(|mailbox| mailbox.upn.clone()).unwrap_or_default();
                case.controls.push(format!("bypass,{actor},True"));
            }
            _ => {}
        }
    }
}
