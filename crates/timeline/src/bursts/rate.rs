//! Owns the measured benign rate: how often a window at least as unusual turns up in this case where nobody marked anything.
//!
//! Invariant: a rate is counted in the case, never a constant; the application a burst is about is left out where it is
//! new, so that one application in many mailboxes does not make itself ordinary.

use mailtrail_model::{BenignRate, Burst, BurstRule, RateBasis, Tier};

use super::tail::real;

/// What a burst is beside what leaves the crate.
#[derive(Clone, Debug)]
pub(crate) struct Inside {
    /// Index of the mailbox.
    pub(crate) mailbox: usize,
    /// The effective application, where the way in is new to the mailbox.
    pub(crate) new_app: Option<u32>,
    /// The examiner marked it suspect.
    pub(crate) suspect: bool,
    /// Places of its records.
    pub(crate) places: Vec<u32>,
}

/// Gives each burst of tier 1 and 2 its rate. `days` are covered days by mailbox.
pub(crate) fn measure(bursts: &mut [(Inside, Burst)], days: &[u64]) {
    let others = days.iter().filter(|days| **days > 0).count() > 1;
    let all: u64 = days.iter().sum();
    let rates: Vec<Option<BenignRate>> = bursts
        .iter()
        .enumerate()
        .map(|(at, (own, burst))| {
            if burst.tier == Tier::Three {
                return None;
            }
            let elsewhere = |(other_at, (other, candidate)): &(usize, &(Inside, Burst))| {
                *other_at != at
                    && !other.suspect
                    && (other.mailbox != own.mailbox) == others
                    && (own.new_app.is_none() || other.new_app != own.new_app)
                    && at_least_as_unusual(candidate, burst)
            };
            let windows = bursts.iter().enumerate().filter(elsewhere).count();
            let looked_at = if others { all - days[own.mailbox] } else { days[own.mailbox] };
            let basis = if others { RateBasis::OtherMailboxes } else { RateBasis::SameMailbox };
            Some(BenignRate {
                basis,
                windows: u64::try_from(windows).unwrap_or(u64::MAX),
                mailbox_days: real(looked_at),
            })
        })
        .collect();
    for ((_, burst), rate) in bursts.iter_mut().zip(rates) {
        burst.benign = rate;
    }
}

/// By R1's tail where both have it; by R2's count where both fired it; else by tier.
fn at_least_as_unusual(other: &Burst, burst: &Burst) -> bool {
    if burst.fired(BurstRule::R1) {
        return other.fired(BurstRule::R1) && other.tail_log10 <= burst.tail_log10;
    }
    if burst.fired(BurstRule::R2) {
        return other.fired(BurstRule::R2) && other.messages >= burst.messages;
    }
    other.tier <= burst.tier
}
