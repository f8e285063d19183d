//! Owns counting classes without holding messages: one pass gives the totals under the case's policy and under its turns.

use std::collections::BTreeMap;

use mailtrail_model::{ExposureClass, ExposureTotals, Policy, Reason};

use super::{
    Named, Presumptions, Verdict,
    scene::{Reasons, Scene},
};

/// Counts of one classification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    by_class: [u64; 9],
    by_reason: [u64; 25],
    only: [u64; 25],
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        let class = ExposureClass::ALL.iter().position(|class| *class == verdict.class).unwrap_or_default();
        self.by_class[class] += 1;
        if !matches!(verdict.class, ExposureClass::CNear | ExposureClass::CFar) {
            return;
        }
        let mut rest = verdict.reasons;
        let single = rest.count_ones() == 1;
        while rest != 0 {
            let at = rest.trailing_zeros() as usize;
            self.by_reason[at] += 1;
            self.only[at] += u64::from(single);
            rest &= rest - 1;
        }
    }

    /// Adds another mailbox's.
    pub(crate) fn plus(&mut self, other: &Self) {
        let pairs = [
            (&mut self.by_class[..], &other.by_class[..]),
            (&mut self.by_reason[..], &other.by_reason[..]),
            (&mut self.only[..], &other.only[..]),
        ];
        for (ours, theirs) in pairs {
            ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
        }
    }

    /// Messages of a class.
    pub(crate) fn class(&self, class: ExposureClass) -> u64 {
        ExposureClass::ALL.iter().position(|one| *one == class).map_or(0, |at| self.by_class[at])
    }

    /// Messages of class C with a reason, and those with no other.
    pub(crate) fn reason(&self, reason: Reason) -> (u64, u64) {
        Reason::ALL.iter().position(|one| *one == reason).map_or((0, 0), |at| (self.by_reason[at], self.only[at]))
    }

    /// As it leaves the crate: every class, and the reasons that some message has.
    pub(crate) fn totals(&self) -> ExposureTotals {
        ExposureTotals {
            by_class: ExposureClass::ALL.iter().map(|class| (*class, self.class(*class))).collect(),
            by_reason: Reason::ALL
                .iter()
                .map(|reason| (*reason, self.reason(*reason).0))
                .filter(|(_, messages)| *messages > 0)
                .collect(),
        }
    }
}

/// The four ways to presume, in the order of [`Totals::turns`].
const TURNS: [Presumptions; 4] = [
    Presumptions { on_sync: true, on_throttle: true },
    Presumptions { on_sync: true, on_throttle: false },
    Presumptions { on_sync: false, on_throttle: true },
    Presumptions { on_sync: false, on_throttle: false },
];

/// What one mailbox, or many, add up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    /// Under the case's policy.
    pub(crate) counts: Counts,
    turns: [Counts; 4],
    /// Class A by recognised services only.
    pub(crate) a_service: u64,
    /// Messages on a listing.
    pub(crate) listed: u64,
    /// Reasons any message has, whatever its class.
    pub(crate) held: Reasons,
    /// Mailbox hours by reason, in microseconds.
    pub(crate) hours: BTreeMap<Reason, i64>,
}

impl Totals {
    /// Counts one message.
    pub(crate) fn add(&mut self, scene: &Scene, named: &Named, policy: &Policy) {
        let verdict = named.verdict(scene, Presumptions::of(policy));
        self.counts.add(verdict);
        for (counts, presume) in self.turns.iter_mut().zip(TURNS) {
            counts.add(named.verdict(scene, presume));
        }
        self.a_service += u64::from(verdict.class == ExposureClass::A && named.service_only);
        self.listed += u64::from(named.listed);
        self.held |= verdict.reasons;
    }

    /// Takes over what the scene counts.
    pub(crate) fn close(&mut self, scene: &Scene) {
        self.hours = scene.hours.clone();
    }

    /// Adds another mailbox's.
    pub(crate) fn plus(&mut self, other: &Self) {
        self.counts.plus(&other.counts);
        self.turns.iter_mut().zip(&other.turns).for_each(|(ours, theirs)| ours.plus(theirs));
        self.a_service += other.a_service;
        self.listed += other.listed;
        self.held |= other.held;
        for (reason, micros) in &other.hours {
            *self.hours.entry(*reason).or_default() += micros;
        }
    }

    /// The counts under other presumptions.
    pub(crate) fn presuming(&self, presume: Presumptions) -> &Counts {
        let at = TURNS.iter().position(|turn| *turn == presume).unwrap_or_default();
        &self.turns[at]
    }
}
