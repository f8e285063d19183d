//! Owns simulated tenants by the dozen: so many mailboxes, so many days, planted attacks, ways to disobey. Each is a case
//! folder like the samples.

use crate::{
    casework::{Case, write_case},
    disobedience::Disobedience,
    error::SynthError,
    export::Container,
    feature::Feature,
    files::Files,
    life::Horizon,
    record::Schema,
    rng::Rng,
    scenario::attack::Attack,
    second::{Date, Second},
    service::Service,
    tenant::Tenant,
    world::{World, mail_of},
};

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct Invented {
    /// Mailboxes.
    pub mailboxes: usize,
    /// Days.
    pub days: i64,
    /// First day.
    pub from: Date,
    /// Seed.
    pub seed: u64,
    /// The service's year.
    pub schema: Schema,
    /// What is planted, each in a mailbox of its own as far as they go.
    pub attacks: Vec<Attack>,
    /// In what this world differs and still follows the documents.
    pub features: Vec<Feature>,
    /// How much days differ: standard deviation of the logarithm of a day's mail and work.
    pub day_sigma: f64,
    /// What the documents say and this world does not do.
    pub disobediences: Vec<Disobedience>,
}

impl Invented {
    /// A tenant that follows the documents and has no intruder.
    #[must_use]
    pub fn new(mailboxes: usize, days: i64, seed: u64) -> Self {
        let (from, schema) = (Date::new(2023, 11, 1), Schema::Y2023);
        let (attacks, features, disobediences) = (Vec::new(), Vec::new(), Vec::new());
        Self { mailboxes, days, from, seed, schema, attacks, features, day_sigma: 0.5, disobediences }
    }

    /// Simulates it.
    #[must_use]
    pub fn world(&self) -> World {
        let from = self.from.midnight();
        let horizon = Horizon { from, until: from.plus(self.days * Second::DAY), seed: self.seed };
        let mut tenant = Tenant::invented(self.mailboxes, self.seed);
        tenant.mailboxes.iter_mut().for_each(|mailbox| mailbox.habits.day_sigma = self.day_sigma);
        let mut service = Service::documented(self.schema);
        self.features.iter().for_each(|feature| feature.apply(&mut tenant, &mut service));
        for way in &self.disobediences {
            way.apply(&mut tenant, &mut service, from.plus(self.days * Second::DAY / 2));
        }
        let messages = mail_of(&tenant, horizon);
        let mut targets: Vec<usize> = (0..self.mailboxes).collect();
        Rng::stream(self.seed, "targets", 0).shuffle(&mut targets);
        let plants = self
            .attacks
            .iter()
            .zip(targets.iter().cycle())
            .map(|(attack, target)| attack.plant(&tenant, &messages, horizon, *target))
            .chain(self.features.iter().filter_map(|feature| feature.plant(&tenant, horizon)))
            .collect();
        World::build(tenant, messages, horizon, service, plants)
    }

    /// Writes it as a case folder in one container.
    ///
    /// # Errors
    /// What `files` answers.
    pub fn write(&self, container: Container, files: &mut dyn Files) -> Result<(), SynthError> {
        let world = self.world();
        let scenario = self.attacks.first().map_or("benign", |attack| attack.name());
        let mut case = Case::whole(&world, container, scenario);
        self.features.iter().for_each(|feature| feature.apply_to_case(&mut case, &world.tenant));
        self.disobediences.iter().for_each(|way| way.apply_to_case(&mut case));
        write_case(&world, &case, files)
    }
}
