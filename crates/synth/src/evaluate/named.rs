//! Owns the named scenarios that must come out in a stated way: the two public incidents, the rotating poller that must stay
//! quiet, the rotating proxies that must not.

use std::collections::BTreeSet;

use mailtrail_model::{Burst, Rules, Tier, UtcMicros};

use super::{
    EvaluateError,
    alerts::{self, Found},
    run,
    tenants::Family,
    told::Told,
};
use crate::{
    casework::Case,
    feature::Feature,
    sample::{SEED, Sample},
    scenario::attack::Attack,
    touch::Actor,
    world::World,
};

/// Which scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The sample of that name.
    MidnightBlizzard,
    /// The sample of that name.
    Storm0558,
    /// A poller that was there before: 126 addresses, 30 new messages a day, 60 days.
    RotatingPoller,
    /// An intruder with an address each ten messages.
    RotatingProxies,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// Its name.
    pub name: &'static str,
    /// Mailboxes the intruder reached; of the poller: mailboxes polled.
    pub mailboxes: usize,
    /// Of those, in a window of tier 1 of the scenario's own way in.
    pub tier1: usize,
    /// The same, tier 2.
    pub tier2: usize,
    /// Mailboxes in tier 1 that nobody reached, with the rules that fired.
    pub wrong: Vec<String>,
    /// Mailboxes reached that are in neither tier, with the messages taken there.
    pub missed: Vec<String>,
    /// Largest distance in hours of a window's first record from the intruder's first, in the mailboxes found.
    pub start_hours: Option<f64>,
    /// The same of the ends.
    pub end_hours: Option<f64>,
}

impl Which {
    /// Every scenario.
    pub const ALL: [Self; 4] = [Self::MidnightBlizzard, Self::Storm0558, Self::RotatingPoller, Self::RotatingProxies];

    /// Runs it through the tool as it stands before anybody marked anything.
    ///
    /// # Errors
    /// If the case cannot be written, read back or reconstructed.
    pub fn run(self, seed: u64, rules: &Rules) -> Result<Named, EvaluateError> {
        let of_sample = |sample: Sample| (sample.world(SEED), sample.case());
        let of_family = |family: Family, plan: &[(usize, Attack)]| {
            let world = family.world(seed, plan);
            let case = family.case(&world);
            (world, case)
        };
        let (world, case): (World, Case) = match self {
            Self::MidnightBlizzard => of_sample(Sample::MidnightBlizzard),
            Self::Storm0558 => of_sample(Sample::Storm0558),
            Self::RotatingPoller => {
                let family = Family { days: 60, features: vec![Feature::RotatingPoller], ..Family::ordinary(6) };
                of_family(family, &[])
            }
            Self::RotatingProxies => of_family(Family::ordinary(6), &[(1, Attack::RotatingProxies)]),
        };
        let told = Told::of(&world, &case)?;
        let found = Found::of(&told.facts(&run::unmarked(&told.case, rules))?, rules);
        let bursts: Vec<&Burst> = found.bursts.iter().filter(|burst| burst.tier <= Tier::Two).collect();
        Ok(self.score(&world, &found, &bursts))
    }

    fn name(self) -> &'static str {
        match self {
            Self::MidnightBlizzard => "midnight-blizzard",
            Self::Storm0558 => "storm-0558",
            Self::RotatingPoller => "rotating-poller",
            Self::RotatingProxies => "rotating-proxies",
        }
    }

    fn score(self, world: &World, found: &Found, bursts: &[&Burst]) -> Named {
        let numbers = alerts::numbers(world);
        let mut out = Named {
            name: self.name(),
            mailboxes: 0,
            tier1: 0,
            tier2: 0,
            wrong: Vec::new(),
            missed: Vec::new(),
            start_hours: None,
            end_hours: None,
        };
        let hours = |a: UtcMicros, b: UtcMicros| (super::stats::signed(a.0 - b.0) / 3.6e9).abs();
        for (number, life) in world.lives.iter().enumerate() {
            let meant = |why: &str, who| match self {
                Self::RotatingPoller => why == "rotating-poller",
                _ => who == Actor::Intruder,
            };
            let mut own = life.touches.iter().filter(|touch| meant(touch.why, touch.who)).map(|touch| touch.at);
            let here: Vec<&&Burst> =
                bursts.iter().filter(|burst| numbers.get(&burst.mailbox) == Some(&number)).collect();
            let Some(first) = own.next() else {
                for burst in here.iter().filter(|burst| burst.tier == Tier::One) {
                    let rules: Vec<&str> = burst.fired_rules().map(mailtrail_model::BurstRule::as_str).collect();
                    out.wrong.push(format!("{} by {}", world.tenant.mailboxes[number].upn, rules.join("+")));
                }
                continue;
            };
            out.mailboxes += 1;
            let last = own.next_back().unwrap_or(first);
            let (first, last) = (alerts::micros(first), alerts::micros(last));
            let on: Vec<&&Burst> = here
                .into_iter()
                .filter(|burst| burst.span.start.0 < last.0 + 180_000_000 && first < burst.span.end)
                .filter(|burst| alerts::has_touch(found, life, burst, |touch| meant(touch.why, touch.who)))
                .collect();
            let tier = on.iter().map(|burst| burst.tier).min();
            match tier {
                Some(Tier::One) => out.tier1 += 1,
                Some(Tier::Two) => out.tier2 += 1,
                _ if self == Self::RotatingPoller => continue,
                _ => {
                    let taken: BTreeSet<_> =
                        life.touches.iter().filter(|t| meant(t.why, t.who)).map(|touch| touch.target).collect();
                    out.missed.push(format!("{}, {} taken", world.tenant.mailboxes[number].upn, taken.len()));
                    continue;
                }
            }
            let start = on.iter().map(|burst| burst.span.start).min().unwrap_or(first);
            let end = on.iter().map(|burst| burst.span.end).max().unwrap_or(last);
            let worst = |known: Option<f64>, now: f64| Some(known.map_or(now, |known: f64| known.max(now)));
            out.start_hours = worst(out.start_hours, hours(start, first));
            out.end_hours = worst(out.end_hours, hours(end, last));
        }
        out
    }
}
