//! Owns one simulated world from tenant to log: mail, life, plants, and what the audit service made of them.

mod related;

use crate::{
    casework::Mark,
    life::{self, Horizon},
    mail::{self, Message},
    record::{Event, Record},
    rng::Rng,
    second::Second,
    service::{self, Log, Service},
    tenant::Tenant,
    touch::Touch,
};

/// What a scenario plants: touches in chosen mailboxes, and the other events that go with them.
#[derive(Clone, Debug, Default)]
pub struct Plant {
    /// Name of the scenario.
    pub name: &'static str,
    /// Mailbox index and touch.
    pub touches: Vec<(usize, Touch)>,
    /// Time and event.
    pub events: Vec<(Second, Event)>,
    /// How an examiner would mark it.
    pub marks: Vec<Mark>,
    /// Hours that no export of the case covers.
    pub gap: Option<(Second, Second)>,
}

/// A mailbox of a world: what lies in it, what happened, what was logged.
#[derive(Clone, Debug)]
pub struct Life {
    /// Its messages, oldest first.
    pub messages: Vec<Message>,
    /// What happened, by time.
    pub touches: Vec<Touch>,
    /// What was logged.
    pub log: Log,
}

/// A simulated world.
#[derive(Clone, Debug)]
pub struct World {
    /// The organisation.
    pub tenant: Tenant,
    /// Span and seed.
    pub horizon: Horizon,
    /// The audit service.
    pub service: Service,
    /// One life a mailbox, by number.
    pub lives: Vec<Life>,
    /// Records of other operations, by time.
    pub related: Vec<Record>,
    /// What was planted.
    pub plants: Vec<Plant>,
}

/// The messages of every mailbox of a tenant.
#[must_use]
pub fn mail_of(tenant: &Tenant, horizon: Horizon) -> Vec<Vec<Message>> {
    let of = |mailbox| mail::messages(tenant, mailbox, horizon.from, horizon.until, horizon.seed);
    tenant.mailboxes.iter().map(of).collect()
}

impl World {
    /// Lets a tenant live, with plants, and audits it. `messages` come from [`mail_of`]: a scenario needs them to choose.
    #[must_use]
    pub fn build(
        tenant: Tenant,
        messages: Vec<Vec<Message>>,
        horizon: Horizon,
        service: Service,
        plants: Vec<Plant>,
    ) -> Self {
        let mut lives: Vec<Life> = Vec::with_capacity(messages.len());
        for (index, (mailbox, messages)) in tenant.mailboxes.iter().zip(messages).enumerate() {
            let mut touches = life::live(&tenant, mailbox, &messages, horizon);
            let planted = plants.iter().flat_map(|plant| &plant.touches).filter(|(at, _)| *at == index);
            touches.extend(planted.map(|(_, touch)| touch.clone()));
            touches.sort_by_key(|touch| (touch.at, touch.target, touch.who));
            let log = service::audit(&tenant, mailbox, &messages, &touches, service, horizon.seed);
            lives.push(Life { messages, touches, log });
        }
        let mut related = related::records(&tenant, &lives, horizon, service.schema);
        let mut rng = Rng::stream(horizon.seed, "planted-events", 0);
        for (at, event) in plants.iter().flat_map(|plant| &plant.events) {
            related.push(Record::new(&tenant, service.schema, *at, event.clone(), &mut rng));
        }
        related.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Self { tenant, horizon, service, lives, related, plants }
    }

    /// Every record, by time and id.
    #[must_use]
    pub fn records(&self) -> Vec<&Record> {
        let mut all: Vec<&Record> = self.lives.iter().flat_map(|life| &life.log.records).chain(&self.related).collect();
        all.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        all
    }
}
