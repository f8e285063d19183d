//! Owns turning what was seen into numbers with intervals: by attack, by family, by world. How they are printed is `report`.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use mailtrail_model::ExposureClass;

use super::{
    alerts::{NullOutcome, PlantOutcome},
    classes::ClassScore,
    published::{PUBLISHED, Tuned},
    run::{ClassRun, Seen, Setting},
    stats::{self, Proportion},
};
use crate::scenario::attack::Attack;

/// The attacks whose recall has a target, and that target: tier 1 or 2.
pub const TARGETS: [(&str, f64); 7] = [
    ("smash", 0.95),
    ("day", 0.95),
    ("week", 0.95),
    ("slow", 0.95),
    ("outlook-sync", 0.95),
    ("app-only", 0.95),
    ("own-context", 0.80),
];

/// A number with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The number; `None` where there is nothing to compute it from.
    pub value: Option<f64>,
    /// 95 % interval.
    pub interval: Option<(f64, f64)>,
}

impl Estimate {
    fn of(proportion: Proportion) -> Self {
        Self { value: proportion.share(), interval: proportion.wilson() }
    }
}

/// What is known of one attack.
#[derive(Clone, Debug, PartialEq)]
pub struct AttackSummary {
    /// The attack.
    pub name: &'static str,
    /// Plants, and the tenants they are in.
    pub plants: u64,
    /// See `plants`.
    pub tenants: usize,
    /// Paired recall, tier 1 or 2.
    pub recall: Estimate,
    /// Paired recall, tier 1.
    pub tier1: Estimate,
    /// Some alert overlaps, paired or not.
    pub recall_overlap: Estimate,
    /// Recorded messages and folders inside alerts, over all plants.
    pub item_coverage: Estimate,
    /// Median of messages and folders taken.
    pub taken: Option<f64>,
    /// Median of those taken before the first alert.
    pub before: Estimate,
    /// Median distance of start and of end, in hours.
    pub boundary_hours: Option<(f64, f64)>,
    /// Share of plants by which each rule fired.
    pub rules: BTreeMap<&'static str, f64>,
    /// Recall of published rules by rule and threshold.
    pub published: BTreeMap<Tuned, f64>,
}

/// What is known of tenants without an intruder.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadSummary {
    /// The family.
    pub family: &'static str,
    /// Tenants and mailbox-months.
    pub tenants: usize,
    /// See `tenants`.
    pub months: f64,
    /// Alerts per mailbox and 30 days, tier 1 and tier 2.
    pub tiers: [Estimate; 2],
    /// The same of published rules.
    pub published: BTreeMap<Tuned, f64>,
    /// What raised alerts, most frequent first.
    pub causes: Vec<(String, u64)>,
}

/// Every plant of one attack.
pub(super) fn attack(name: &'static str, plants: &[PlantOutcome], seed: u64) -> AttackSummary {
    let own: Vec<&PlantOutcome> = plants.iter().filter(|plant| plant.attack == name).collect();
    let n = u64::try_from(own.len()).unwrap_or(0);
    let share = |holds: &dyn Fn(&PlantOutcome) -> bool| {
        let hits = own.iter().filter(|plant| holds(plant)).count();
        Estimate::of(Proportion { hits: u64::try_from(hits).unwrap_or(0), of: n })
    };
    let mut tenants: BTreeMap<u64, Vec<&PlantOutcome>> = BTreeMap::new();
    own.iter().for_each(|plant| tenants.entry(plant.seed).or_default().push(plant));
    let items: Vec<(f64, f64)> = tenants
        .values()
        .map(|own| {
            let sum = |of: fn(&PlantOutcome) -> u64| stats::real(own.iter().map(|plant| of(plant)).sum());
            (sum(|plant| plant.covered), sum(|plant| plant.recorded))
        })
        .collect();
    let (covered, recorded) = items.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let before: Vec<Vec<f64>> =
        tenants.values().map(|own| own.iter().filter_map(|plant| plant.before.map(stats::real)).collect()).collect();
    let boundary = |which: fn((f64, f64)) -> f64| {
        stats::median(&own.iter().filter_map(|plant| plant.boundary_hours.map(which).map(f64::abs)).collect::<Vec<_>>())
    };
    let found: BTreeSet<_> = own.iter().flat_map(|plant| plant.rules.iter().copied()).collect();
    AttackSummary {
        name,
        plants: n,
        tenants: tenants.len(),
        recall: share(&|plant| plant.tier.is_some()),
        tier1: share(&|plant| plant.tier == Some(1)),
        recall_overlap: share(&|plant| plant.overlaps),
        item_coverage: Estimate {
            value: (recorded > 0.0).then(|| covered / recorded),
            interval: stats::bootstrap_ratio(&items, seed),
        },
        taken: stats::median(&own.iter().map(|plant| stats::real(plant.taken)).collect::<Vec<_>>()),
        before: Estimate { value: stats::median(&before.concat()), interval: stats::bootstrap_median(&before, seed) },
        boundary_hours: boundary(|both| both.0).zip(boundary(|both| both.1)),
        rules: found
            .into_iter()
            .filter_map(|rule| Some((rule.as_str(), share(&|plant| plant.rules.contains(&rule)).value?)))
            .collect(),
        published: tuned()
            .filter_map(|tuned| Some((tuned, share(&|plant| plant.published.contains(&tuned)).value?)))
            .collect(),
    }
}

/// Every rule and threshold.
pub(super) fn tuned() -> impl Iterator<Item = Tuned> {
    PUBLISHED.iter().enumerate().flat_map(|(rule, test)| (0..test.thresholds.len()).map(move |at| (rule, at)))
}

/// The rule and threshold that is published.
pub(super) fn default_of(rule: usize) -> Tuned {
    let test = &PUBLISHED[rule];
    (rule, test.thresholds.iter().position(|one| *one == test.default).unwrap_or(0))
}

/// Tenants of one family without an intruder.
pub(super) fn load(family: &'static str, nulls: &[&NullOutcome], seed: u64) -> LoadSummary {
    let months: f64 = nulls.iter().map(|one| one.months).sum();
    let tier = |at: usize| {
        let by: Vec<(f64, f64)> = nulls.iter().map(|one| (stats::real(one.tiers[at]), one.months)).collect();
        let sum: f64 = by.iter().map(|one| one.0).sum();
        Estimate { value: (months > 0.0).then(|| sum / months), interval: stats::bootstrap_ratio(&by, seed) }
    };
    let mut causes: BTreeMap<&str, u64> = BTreeMap::new();
    for (cause, count) in nulls.iter().flat_map(|one| &one.causes) {
        *causes.entry(cause).or_default() += count;
    }
    let mut causes: Vec<(String, u64)> = causes.into_iter().map(|(cause, count)| (cause.to_owned(), count)).collect();
    causes.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    LoadSummary {
        family,
        tenants: nulls.len(),
        months,
        tiers: [tier(0), tier(1)],
        published: tuned()
            .map(|tuned| {
                let hits: u64 = nulls.iter().filter_map(|one| one.published.get(&tuned)).sum();
                (tuned, stats::real(hits) / months.max(f64::MIN_POSITIVE))
            })
            .collect(),
        causes,
    }
}

/// The mean recall over the attacks that have a target, each counted alike.
pub(super) fn mean_recall(plants: &[PlantOutcome], holds: impl Fn(&PlantOutcome) -> bool) -> Option<f64> {
    let shares: Vec<f64> = TARGETS
        .iter()
        .filter_map(|(name, _)| {
            let own: Vec<&PlantOutcome> = plants.iter().filter(|plant| plant.attack == *name).collect();
            let found = own.iter().filter(|plant| holds(plant)).count();
            (!own.is_empty()).then(|| stats::whole(found) / stats::whole(own.len()))
        })
        .collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / stats::whole(shares.len()))
}

/// Load and mean recall of a setting.
pub(super) fn setting(setting: &Setting) -> (f64, Option<f64>) {
    let of = point(setting, None);
    (of.load, of.recall)
}

/// Load and mean recall of one rule at one setting, on the tenants of the curves.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// What it is.
    pub name: String,
    /// Its threshold, or the factor of ours.
    pub threshold: f64,
    /// Alerts per mailbox and 30 days without an intruder.
    pub load: f64,
    /// Mean recall over the attacks that have a target.
    pub recall: Option<f64>,
}

/// Ours at a setting: tier 1 alone, or both tiers.
fn point(setting: &Setting, tier: Option<u8>) -> Point {
    let months: f64 = setting.nulls.iter().map(|null| null.months).sum();
    let alerts: u64 =
        setting.nulls.iter().map(|null| null.tiers[0] + if tier.is_none() { null.tiers[1] } else { 0 }).sum();
    let holds = |plant: &PlantOutcome| plant.tier.is_some_and(|one| tier.is_none_or(|tier| one <= tier));
    Point {
        name: if tier.is_none() { "tier 1 and 2" } else { "tier 1" }.to_owned(),
        threshold: setting.factor,
        load: stats::real(alerts) / months.max(f64::MIN_POSITIVE),
        recall: mean_recall(&setting.plants, holds),
    }
}

/// Our curve, by load: the defaults and every setting in which all thresholds move together, both tiers and tier 1 alone.
pub(super) fn own_curve(settings: &[Setting]) -> Vec<Point> {
    let own = settings.iter().filter(|one| one.name.is_empty() || one.name == super::settings::TOGETHER);
    let mut points: Vec<Point> = own.flat_map(|one| [point(one, None), point(one, Some(1))]).collect();
    points.sort_by(|a, b| a.load.total_cmp(&b.load).then(b.recall.partial_cmp(&a.recall).unwrap_or(Ordering::Equal)));
    points
}

/// One attack along our curve: factor, load, recall, share of recorded items covered.
pub(super) fn attack_curve(settings: &[Setting], attack: &str) -> Vec<(f64, f64, Option<f64>, Option<f64>)> {
    let own = settings.iter().filter(|one| one.name.is_empty() || one.name == super::settings::TOGETHER);
    let mut out: Vec<_> = own
        .map(|setting| {
            let plants: Vec<&PlantOutcome> = setting.plants.iter().filter(|plant| plant.attack == attack).collect();
            let sum = |of: fn(&PlantOutcome) -> u64| plants.iter().map(|plant| of(plant)).sum::<u64>();
            let share = |hits: u64, of: u64| (of > 0).then(|| stats::real(hits) / stats::real(of));
            let n = u64::try_from(plants.len()).unwrap_or(0);
            let found = sum(|plant| u64::from(plant.tier.is_some()));
            let items = share(sum(|plant| plant.covered), sum(|plant| plant.recorded));
            (setting.factor, point(setting, None).load, share(found, n), items)
        })
        .collect();
    out.sort_by(|a, b| a.0.total_cmp(&b.0));
    out
}

/// Each published rule at each threshold, with the best point of ours that raises no more alerts.
pub(super) fn equal_load(settings: &[Setting]) -> Vec<(Point, Option<Point>)> {
    let Some(default) = settings.iter().find(|one| one.name.is_empty()) else { return Vec::new() };
    let months: f64 = default.nulls.iter().map(|null| null.months).sum();
    let own = own_curve(settings);
    tuned()
        .map(|tuned| {
            let test = &PUBLISHED[tuned.0];
            let hits: u64 = default.nulls.iter().filter_map(|null| null.published.get(&tuned)).sum();
            let theirs = Point {
                name: test.name.to_owned(),
                threshold: test.thresholds[tuned.1],
                load: stats::real(hits) / months.max(f64::MIN_POSITIVE),
                recall: mean_recall(&default.plants, |plant| plant.published.contains(&tuned)),
            };
            let allowed = own.iter().filter(|point| point.load <= theirs.load);
            let best = allowed.reduce(|best, next| if next.recall > best.recall { next } else { best }).cloned();
            (theirs, best)
        })
        .collect()
}

/// Classes of one world, or of one attack: which, whether it follows the documents, tenants, score.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassSummary {
    /// The world or the attack.
    pub name: String,
    /// Whether the worlds follow the documents.
    pub documented: bool,
    /// Tenants.
    pub tenants: usize,
    /// Mailboxes with an intruder.
    pub planted: usize,
    /// The score.
    pub score: ClassScore,
}

fn class_summary<'r>(name: String, runs: impl Iterator<Item = &'r ClassRun>) -> ClassSummary {
    let mut out = ClassSummary { name, documented: true, tenants: 0, planted: 0, score: ClassScore::default() };
    let mut tenants = BTreeSet::new();
    for run in runs {
        // One seed makes another tenant in each world.
        tenants.insert((run.world.clone(), run.seed));
        out.documented &= run.documented;
        out.planted += usize::from(run.attack.is_some());
        out.score.add(&run.score);
    }
    out.tenants = tenants.len();
    out
}

/// Classes by world, with the intruder marked by truth.
pub(super) fn by_world(seen: &Seen) -> Vec<ClassSummary> {
    let mut names: Vec<&str> = Vec::new();
    for run in &seen.classes {
        if !names.contains(&&*run.world) {
            names.push(&run.world);
        }
    }
    let of =
        |name: &str| seen.classes.iter().filter(|run| run.world == *name && run.unmarked == 0.0).cloned().collect();
    names
        .into_iter()
        .map(|name| {
            let runs: Vec<ClassRun> = of(name);
            class_summary(name.to_owned(), runs.iter())
        })
        .collect()
}

/// Classes by attack, in worlds that follow the documents, with the intruder marked by truth.
pub(super) fn by_attack(seen: &Seen) -> Vec<ClassSummary> {
    let of = |attack: Attack| {
        let own = seen.classes.iter().filter(move |run| run.documented && run.unmarked == 0.0);
        class_summary(attack.name().to_owned(), own.filter(move |run| run.attack == Some(attack.name())))
    };
    Attack::ALL.into_iter().map(of).filter(|one| one.planted > 0).collect()
}

/// Classes over the ordinary family, by the share of the intruder's ways in that nobody marked.
pub(super) fn by_unmarked(seen: &Seen) -> Vec<(f64, ClassSummary)> {
    [0.0, 0.1, 0.3, 0.5]
        .into_iter()
        .map(|share| {
            let own = seen.classes.iter().filter(|run| run.world == "ordinary" && run.unmarked == share);
            (share, class_summary(format!("{:.0} %", share * 100.0), own))
        })
        .filter(|(_, one)| one.tenants > 0)
        .collect()
}

/// False D in worlds that follow the documents, the intruder marked by truth, over all of them.
pub(super) fn false_d(seen: &Seen) -> ClassSummary {
    let own = seen.classes.iter().filter(|run| run.documented && run.unmarked == 0.0);
    class_summary("all documented worlds".to_owned(), own)
}

/// The classes that assert or presume an access.
pub(super) const TOLD: [ExposureClass; 4] = [ExposureClass::A, ExposureClass::B1, ExposureClass::B2, ExposureClass::B3];
/// The classes that exclude nothing.
pub(super) const OPEN: [ExposureClass; 2] = [ExposureClass::CNear, ExposureClass::CFar];
