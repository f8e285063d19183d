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
    use std::collections::BTreeSet;

    use super::{Horizon, live};
    use crate::{
        context::away_network,
        mail,
        second::Date,
        tenant::{Change, Habits, Kind, Tenant, Trip},
        touch::{Actor, Target, Touch},
    };

    /// November of the first mailbox, its owner's habits changed.
    fn november(change: impl Fn(&mut Habits)) -> (Vec<Touch>, usize) {
        let mut tenant = Tenant::invented(2, 11);
        tenant.mailboxes[0].kind = Kind::User;
        let habits = &mut tenant.mailboxes[0].habits;
        (habits.outlook, habits.owa, habits.mobile) = (true, true, false);
        (habits.leave, habits.trips, habits.changes) = Default::default();
        (habits.vpn, habits.rechecks) = (false, 0.0);
        change(habits);
        let horizon =
            Horizon { from: Date::new(2023, 11, 1).midnight(), until: Date::new(2023, 12, 1).midnight(), seed: 11 };
        let mail = mail::messages(&tenant, &tenant.mailboxes[0], horizon.from, horizon.until, 11);
        let folders = tenant.mailboxes[0].folders.list.len();
        let mut touches = live(&tenant, &tenant.mailboxes[0], &mail, horizon);
        touches.retain(|touch| touch.who == Actor::Owner);
        (touches, folders)
    }

    #[test]
    fn a_journey_shows_another_network_and_another_session_and_outlook_may_go_through_every_folder() {
        let trip = Trip { from: 5, until: 10, signs_in: true };
        let (touches, folders) = november(|habits| (habits.trips, habits.rechecks) = (vec![trip], 1.0));
        let away = |touch: &&Touch| away_network(&touch.context.address).is_some();
        let sessions = |touches: Vec<&Touch>| -> BTreeSet<_> {
            touches.iter().filter_map(|touch| touch.context.session.clone()).collect()
        };
        let there = sessions(touches.iter().filter(away).collect());
        let home = sessions(touches.iter().filter(|touch| !away(touch)).collect());
        assert!(!there.is_empty() && there.is_disjoint(&home));
        let whole: BTreeSet<Target> = touches
            .iter()
            .filter(away)
            .filter(|touch| touch.why == "outlook-sync-all")
            .map(|touch| touch.target)
            .collect();
        assert_eq!(whole.len(), folders);
    }

    #[test]
    fn changing_exits_are_many_networks_and_a_new_laptop_signs_in_anew() {
        let (exits, _) = november(|habits| habits.vpn = true);
        let networks: BTreeSet<String> = exits
            .iter()
            .filter(|touch| touch.context.address.starts_with("100.80."))
            .filter_map(|touch| touch.context.address.rsplit_once('.').map(|(network, _)| network.to_owned()))
            .collect();
        assert!(networks.len() >= 4, "{networks:?}");
        let (laptop, _) = november(|habits| habits.changes = vec![(3, Change::NewLaptop)]);
        let outlook = |touch: &&Touch| touch.context.process.is_some();
        let new = laptop.iter().find(|touch| touch.why == "new-laptop").and_then(|touch| touch.context.session.clone());
        let first = laptop.iter().find(outlook).and_then(|touch| touch.context.session.clone());
        assert!(new.is_some() && new != first);
        assert!(laptop.iter().filter(outlook).filter(|touch| touch.context.session == new).count() > 20);
    }

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
