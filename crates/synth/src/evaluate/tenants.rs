//! Owns which tenants are measured: families of parameters, and who gets which plant. Seeds and families that were used to
//! choose thresholds are kept apart from those that are reported.

use crate::{
    casework::Case,
    disobedience::Disobedience,
    export::Container,
    feature::Feature,
    life::Horizon,
    record::Schema,
    scenario::attack::{Attack, Disguise},
    second::{Date, Second},
    service::Service,
    tenant::Tenant,
    touch::Actor,
    world::{World, mail_of},
};

/// A family of tenants: what all its seeds share.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Its name in reports.
    pub name: &'static str,
    /// Mailboxes of a tenant.
    pub mailboxes: usize,
    /// Days.
    pub days: i64,
    /// First day.
    pub from: Date,
    /// The audit service's year.
    pub schema: Schema,
    /// How much days differ: standard deviation of the logarithm of a day's mail and work.
    pub day_sigma: f64,
    /// In what it differs and still follows the documents.
    pub features: Vec<Feature>,
    /// In what it does not follow the documents.
    pub disobediences: Vec<Disobedience>,
}

impl Family {
    /// The family on which thresholds are chosen (seeds 1 to 99) and recall is reported (other seeds).
    #[must_use]
    pub fn ordinary(mailboxes: usize) -> Self {
        Self {
            name: "ordinary",
            mailboxes,
            days: 45,
            from: Date::new(2023, 11, 1),
            schema: Schema::Y2023,
            day_sigma: 0.5,
            features: Vec::new(),
            disobediences: Vec::new(),
        }
    }

    /// Families that no threshold was chosen on.
    #[must_use]
    pub fn held_out(mailboxes: usize) -> Vec<Self> {
        let base = Self::ordinary(mailboxes);
        vec![
            Self { name: "even days (sd 0)", day_sigma: 0.0, ..base.clone() },
            Self { name: "uneven days (sd 0.8)", day_sigma: 0.8, ..base.clone() },
            Self { name: "over the holidays", from: Date::new(2023, 12, 8), ..base.clone() },
            Self { name: "records of late 2025", schema: Schema::Y2025, from: Date::new(2025, 9, 1), ..base.clone() },
            Self { name: "records of 2021", schema: Schema::Y2021, from: Date::new(2021, 3, 1), ..base.clone() },
            Self { name: "120 days", days: 120, mailboxes: (mailboxes / 2).max(1), ..base },
        ]
    }

    /// A world of it. `plan` says what is planted in which mailbox, in a disguise of its own each.
    #[must_use]
    pub fn world(&self, seed: u64, plan: &[(usize, Attack)]) -> World {
        let from = self.from.midnight();
        let horizon = Horizon { from, until: from.plus(self.days * Second::DAY), seed };
        let mut tenant = Tenant::invented(self.mailboxes, seed);
        tenant.mailboxes.iter_mut().for_each(|mailbox| mailbox.habits.day_sigma = self.day_sigma);
        let mut service = Service::documented(self.schema);
        self.features.iter().for_each(|feature| feature.apply(&mut tenant, &mut service));
        let half = from.plus(self.days * Second::DAY / 2);
        self.disobediences.iter().for_each(|way| way.apply(&mut tenant, &mut service, half));
        let messages = mail_of(&tenant, horizon);
        let own = self.features.iter().filter_map(|feature| feature.plant(&tenant, horizon));
        let plants = plan
            .iter()
            .map(|(target, attack)| attack.plant_as(&Disguise::of(seed, *target), &tenant, &messages, horizon, *target))
            .chain(own)
            .collect();
        World::build(tenant, messages, horizon, service, plants)
    }

    /// The case of a world of it.
    #[must_use]
    pub fn case(&self, world: &World) -> Case {
        let mut case = Case::whole(world, Container::Ndjson, "evaluation");
        self.features.iter().for_each(|feature| feature.apply_to_case(&mut case, &world.tenant));
        self.disobediences.iter().for_each(|way| way.apply_to_case(&mut case));
        case
    }
}

/// The mailboxes that an intruder touched.
pub(super) fn planted(world: &World) -> Vec<usize> {
    let touched = |index: &usize| world.lives[*index].touches.iter().any(|touch| touch.who == Actor::Intruder);
    (0..world.lives.len()).filter(touched).collect()
}
