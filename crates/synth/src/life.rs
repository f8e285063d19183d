//! Owns benign life in one mailbox: its owner's days and changes, its delegate, background services, a sanctioned poller.
//!
//! Does not know the audit service: what is written of all this is `service`'s business.

mod background;
mod change;
mod visit;

use crate::{
    mail::Message,
    rng::Rng,
    second::Second,
    tenant::{Kind, Mailbox, Tenant},
    touch::Touch,
};

/// The application id of the sanctioned ticketing poller.
pub const POLLER_APP: &str = "6f0c2b1e-58d4-4c57-9f0e-2d7a41c3b8a6";

/// The application id of the sanctioned archiving application: it fetches every message once, and some again.
pub const FETCHER_APP: &str = "9a51e3d7-04cb-4e2f-a6b8-d1f0537c8e94";

/// The application id of the sanctioned migration tool.
pub const MIGRATION_APP: &str = "2f9b7c1d-8e36-4a05-b5d1-90c4e7f3a268";

/// The span that is simulated, and its seed.
#[derive(Clone, Copy, Debug)]
pub struct Horizon {
    /// First instant.
    pub from: Second,
    /// First instant after.
    pub until: Second,
    /// Seed of everything.
    pub seed: u64,
}

/// Every benign touch of a mailbox, by time.
#[must_use]
pub fn live(tenant: &Tenant, mailbox: &Mailbox, messages: &[Message], horizon: Horizon) -> Vec<Touch> {
    let mut touches = Vec::new();
    background::services(mailbox, messages, horizon, &mut touches);
    if mailbox.habits.polled {
        background::poll(mailbox, messages, horizon, &mut touches);
    }
    if mailbox.habits.fetched {
        background::fetch(mailbox, messages, horizon, &mut touches);
    }
    if mailbox.kind == Kind::User {
        let mut rng = Rng::stream(horizon.seed, "owner", mailbox.number);
        visit::days(mailbox, mailbox, messages, horizon, &mut rng, &mut touches);
    }
    if let Some(delegate) = mailbox.habits.delegate.and_then(|index| tenant.mailboxes.get(index)) {
        let mut rng = Rng::stream(horizon.seed, "delegate", mailbox.number);
        visit::days(delegate, mailbox, messages, horizon, &mut rng, &mut touches);
    }
    let mut changes = Vec::new();
    change::changes(mailbox, messages, horizon, &mut changes);
    touches.extend(changes);
    touches.sort_by_key(|touch| (touch.at, touch.target));
    touches
}

#[cfg(test)]
mod tests {
    use super::{Horizon, live};
    use crate::{mail, second::Date, tenant::Tenant, touch::Actor};

    #[test]
    fn life_is_mostly_background_and_touches_only_mail_that_is_there() {
        let tenant = Tenant::invented(6, 11);
        let horizon =
            Horizon { from: Date::new(2023, 11, 1).midnight(), until: Date::new(2023, 12, 1).midnight(), seed: 11 };
        for mailbox in &tenant.mailboxes {
            let mail = mail::messages(&tenant, mailbox, horizon.from, horizon.until, 11);
            let touches = live(&tenant, mailbox, &mail, horizon);
            assert!(touches.iter().filter(|t| t.who == Actor::Service).count() * 3 > touches.len());
            for touch in &touches {
                assert!(horizon.from <= touch.at && touch.at < horizon.until);
                if let crate::touch::Target::Message(index) = touch.target {
                    assert!(mail[index].is_there(touch.at));
                }
            }
        }
    }
}
