//! Owns which tenants go through the tool, in which order, on how many threads. What is scored is `alerts` and `classes`.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use mailtrail_model::{CaseInputs, Marking, Rules};

use super::{
    EvaluateError,
    alerts::{self, Found, NullOutcome, PlantOutcome},
    classes::{self, ClassScore},
    published::Records,
    tenants::{Family, planted},
    told::Told,
};
use crate::{
    disobedience::Disobedience, feature::Feature, rng::Rng, scenario::attack::Attack, touch::Actor, world::World,
};

/// How much is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    /// Seeds of the tenants on which alerts are measured.
    pub seeds: Vec<u64>,
    /// Mailboxes of such a tenant.
    pub mailboxes: usize,
    /// How often such a tenant is planted anew, every mailbox with another attack.
    pub rotations: usize,
    /// Of how many of these tenants classes are scored too, with the intruder marked by truth and imperfectly.
    pub class_tenants: usize,
    /// Tenants of each held-out family.
    pub family_tenants: usize,
    /// Tenants of each world in which classes are scored.
    pub world_tenants: usize,
    /// Tenants of the trade-off curves and the sensitivity table, and their mailboxes.
    pub curve_tenants: (usize, usize),
    /// Whether the named scenarios are run.
    pub named: bool,
    /// Tenants worked on side by side.
    pub threads: usize,
}

impl Size {
    /// What the document reports.
    #[must_use]
    pub fn full(seeds: Vec<u64>) -> Self {
        Self {
            seeds,
            mailboxes: 100,
            // As many as there are attacks side by side: each mailbox gets each of them once.
            rotations: SIDE_BY_SIDE.len(),
            class_tenants: 3,
            family_tenants: 3,
            world_tenants: 5,
            curve_tenants: (10, 22),
            named: true,
            threads: 2,
        }
    }

    /// What CI can afford.
    #[must_use]
    pub fn small(seeds: Vec<u64>) -> Self {
        Self {
            seeds,
            mailboxes: 24,
            rotations: 2,
            class_tenants: 1,
            family_tenants: 0,
            world_tenants: 1,
            curve_tenants: (0, 0),
            named: true,
            threads: 2,
        }
    }
}

/// Classes of one world's mailboxes.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassRun {
    /// The world.
    pub world: String,
    /// Whether it follows the documents.
    pub documented: bool,
    /// The attack in the mailbox; `None` where there is none.
    pub attack: Option<&'static str>,
    /// The tenant.
    pub seed: u64,
    /// Share of the intruder's ways in that are not marked.
    pub unmarked: f64,
    /// What came of it.
    pub score: ClassScore,
}

/// One setting of the rules on the curve tenants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setting {
    /// Which rule, and its value; the default where empty.
    pub name: String,
    /// The factor it was multiplied by.
    pub factor: f64,
    /// Tenants without a plant.
    pub nulls: Vec<NullOutcome>,
    /// Plants.
    pub plants: Vec<PlantOutcome>,
}

/// Everything that was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Family and tenant without a plant.
    pub nulls: Vec<(&'static str, NullOutcome)>,
    /// Plants, in the ordinary family.
    pub plants: Vec<PlantOutcome>,
    /// Classes.
    pub classes: Vec<ClassRun>,
    /// Settings, in the order of the rules.
    pub settings: Vec<Setting>,
    /// The named scenarios.
    pub scenarios: Vec<super::named::Named>,
}

enum Job<'a> {
    Alerts { seed: u64, classes: bool },
    Null { family: &'a Family, seed: u64 },
    Classes { family: &'a Family, documented: bool, plan: Vec<(usize, Attack)>, seed: u64 },
    Curve { seed: u64 },
    Named(super::named::Which, u64),
}

/// Rotations of a tenant in which classes are scored.
const CLASS_ROTATIONS: usize = 3;

/// The attacks that are planted side by side, one a mailbox. The others reach over the tenant or need a case of their own.
const SIDE_BY_SIDE: [Attack; 11] = [
    Attack::Smash,
    Attack::Day,
    Attack::Week,
    Attack::Slow,
    Attack::VerySlow,
    Attack::OwnContext,
    Attack::OutlookSync,
    Attack::ThrottleFirst,
    Attack::ForgedToken,
    Attack::RotatingProxies,
    Attack::Delegate,
];

/// Measures.
///
/// # Errors
/// The first tenant that could not be simulated or reconstructed, in the order of the work.
pub fn measure(size: &Size, rules: &Rules) -> Result<Seen, EvaluateError> {
    let held_out = Family::held_out(size.mailboxes);
    let worlds = worlds();
    let jobs = jobs(size, &held_out, &worlds);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..size.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { break };
                    let result = work(job, size, rules);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    let mut seen = Seen::default();
    for (_, result) in done {
        seen.take(result?);
    }
    Ok(seen)
}

impl Seen {
    fn take(&mut self, other: Self) {
        self.nulls.extend(other.nulls);
        self.plants.extend(other.plants);
        self.classes.extend(other.classes);
        self.scenarios.extend(other.scenarios);
        for setting in other.settings {
            match self.settings.iter_mut().find(|one| one.name == setting.name && one.factor == setting.factor) {
                Some(known) => {
                    known.nulls.extend(setting.nulls);
                    known.plants.extend(setting.plants);
                }
                None => self.settings.push(setting),
            }
        }
    }
}

/// The worlds in which classes are scored: the family, and whether it follows the documents.
fn worlds() -> Vec<(Family, bool)> {
    let base = Family { days: 30, ..Family::ordinary(8) };
    let mut worlds: Vec<(Family, bool)> = Feature::ALL
        .into_iter()
        .map(|feature| (Family { name: feature.name(), features: vec![feature], ..base.clone() }, true))
        .collect();
    worlds.extend(
        Disobedience::ALL
            .into_iter()
            .map(|way| (Family { name: way.name(), disobediences: vec![way], ..base.clone() }, false)),
    );
    worlds
}

fn jobs<'a>(size: &Size, held_out: &'a [Family], worlds: &'a [(Family, bool)]) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for (nth, seed) in size.seeds.iter().enumerate() {
        jobs.push(Job::Alerts { seed: *seed, classes: nth < size.class_tenants });
    }
    for family in held_out {
        jobs.extend(size.seeds.iter().take(size.family_tenants).map(|seed| Job::Null { family, seed: *seed }));
    }
    for (family, documented) in worlds {
        for seed in size.seeds.iter().take(size.world_tenants) {
            let shift = usize::try_from(*seed % 997).unwrap_or(0) * 3;
            let plan = (0..4).map(|nth| (nth * 2 + 1, SIDE_BY_SIDE[(nth + shift) % SIDE_BY_SIDE.len()])).collect();
            jobs.push(Job::Classes { family, documented: *documented, plan, seed: *seed });
        }
    }
    jobs.extend(size.seeds.iter().take(size.curve_tenants.0).map(|seed| Job::Curve { seed: *seed }));
    let seed = size.seeds.first().copied().unwrap_or(1);
    if size.named {
        jobs.extend(super::named::Which::ALL.map(|which| Job::Named(which, seed)));
    }
    jobs
}

fn work(job: &Job<'_>, size: &Size, rules: &Rules) -> Result<Seen, EvaluateError> {
    match job {
        Job::Alerts { seed, classes } => tenant(&Family::ordinary(size.mailboxes), *seed, size, *classes, rules),
        Job::Null { family, seed } => {
            let world = family.world(*seed, &[]);
            let (_, found) = detect(family, &world, rules)?;
            let null = alerts::null(&world, &found, &Records::of(&world).hits());
            Ok(Seen { nulls: vec![(family.name, null)], ..Seen::default() })
        }
        Job::Classes { family, documented, plan, seed } => {
            let world = family.world(*seed, plan);
            let told = Told::of(&world, &family.case(&world))?;
            let classes = class_runs(&told, &world, family.name, *documented, 0.0)?;
            Ok(Seen { classes, ..Seen::default() })
        }
        Job::Curve { seed } => curve(*seed, size.curve_tenants.1, rules),
        Job::Named(which, seed) => Ok(Seen { scenarios: vec![which.run(*seed, rules)?], ..Seen::default() }),
    }
}

/// The case before anybody marked anything.
pub(super) fn unmarked(case: &CaseInputs, rules: &Rules) -> CaseInputs {
    CaseInputs { attribution: Vec::new(), attribution_given: false, rules: rules.clone(), ..case.clone() }
}

/// Windows alone: nothing of an account is needed to score them.
fn detect(family: &Family, world: &World, rules: &Rules) -> Result<(Told, Found), EvaluateError> {
    let told = Told::of(world, &family.case(world))?;
    let found = Found::of(&told.facts(&unmarked(&told.case, rules))?, rules);
    Ok((told, found))
}

fn tenant(family: &Family, seed: u64, size: &Size, classes: bool, rules: &Rules) -> Result<Seen, EvaluateError> {
    let mut seen = Seen::default();
    let world = family.world(seed, &[]);
    let (_, without) = detect(family, &world, rules)?;
    let null_hits = Records::of(&world).hits();
    seen.nulls.push((family.name, alerts::null(&world, &without, &null_hits)));
    drop(world);
    for (nth, plan) in plans(seed, family.mailboxes, size.rotations).into_iter().enumerate() {
        let world = family.world(seed, &plan);
        let (told, found) = detect(family, &world, rules)?;
        seen.plants.extend(alerts::plants(
            &world,
            &found,
            &without,
            [&Records::of(&world).hits(), &null_hits],
            &attacks(&world, &plan),
        ));
        // Classes cost more than alerts: a few rotations, and the attacks that have a tenant for themselves.
        if classes && (nth < CLASS_ROTATIONS || nth >= size.rotations) {
            for share in [0.0, 0.1, 0.3, 0.5] {
                seen.classes.extend(class_runs(&told, &world, "ordinary", true, share)?);
            }
        }
    }
    Ok(seen)
}

/// Who gets what: every mailbox one of the attacks, turned on each time; then the attacks that need a tenant for themselves.
fn plans(seed: u64, mailboxes: usize, rotations: usize) -> Vec<Vec<(usize, Attack)>> {
    let shift = usize::try_from(seed % 997).unwrap_or(0);
    let turned = |turn: usize| {
        (0..mailboxes).map(|at| (at, SIDE_BY_SIDE[(at + turn * 4 + shift) % SIDE_BY_SIDE.len()])).collect()
    };
    let mut plans: Vec<Vec<(usize, Attack)>> = (0..rotations).map(turned).collect();
    if rotations > 0 {
        plans.push(vec![(shift % mailboxes.max(1), Attack::AppOnly)]);
        plans.push((0..mailboxes).step_by(2).map(|at| (at, Attack::FromDayZero)).collect());
        plans.push(vec![(shift % mailboxes.max(1), Attack::LogGap)]);
        plans.push(vec![(shift % mailboxes.max(1), Attack::ContentSearch)]);
    }
    plans
}

/// The attack in each mailbox that an intruder touched.
fn attacks(world: &World, plan: &[(usize, Attack)]) -> Vec<(usize, &'static str)> {
    let name = |at: usize| {
        let own = world.lives[at].touches.iter().find(|touch| touch.who == Actor::Intruder).map(|touch| touch.why);
        own.or_else(|| plan.iter().find(|(target, _)| *target == at).map(|(_, attack)| attack.name()))
    };
    planted(world).into_iter().filter_map(|at| Some((at, name(at)?))).collect()
}

/// Classes, mailbox by mailbox, with a share of the suspect entries left out.
pub(super) fn class_runs(
    told: &Told,
    world: &World,
    name: &str,
    documented: bool,
    unmarked: f64,
) -> Result<Vec<ClassRun>, EvaluateError> {
    let mut case = told.case.clone();
    let seed = world.horizon.seed;
    let mut rng = Rng::stream(seed, "unmarked", 0);
    case.attribution.retain(|entry| entry.marking != Marking::Suspect || !rng.chance(unmarked));
    let attack =
        |at: usize| world.lives[at].touches.iter().find(|touch| touch.who == Actor::Intruder).map(|touch| touch.why);
    let run = |(at, score)| ClassRun { world: name.to_owned(), documented, attack: attack(at), seed, unmarked, score };
    Ok(classes::score(world, &told.classes(&case)?).into_iter().enumerate().map(run).collect())
}

/// The same tenant under many settings of the rules: each threshold alone, then all together; at their defaults the published
/// rules beside them.
fn curve(seed: u64, mailboxes: usize, rules: &Rules) -> Result<Seen, EvaluateError> {
    let family = Family::ordinary(mailboxes);
    let bare = family.world(seed, &[]);
    let null = Told::of(&bare, &family.case(&bare))?;
    let bare_facts = null.facts(&unmarked(&null.case, rules))?;
    let bare_hits = Records::of(&bare).hits();
    // One rotation, and the application that reaches many mailboxes.
    let mut planted = Vec::new();
    for plan in plans(seed, mailboxes, 1).into_iter().take(2) {
        let world = family.world(seed, &plan);
        let told = Told::of(&world, &family.case(&world))?;
        let (facts, hits) = (told.facts(&unmarked(&told.case, rules))?, Records::of(&world).hits());
        let attacks = attacks(&world, &plan);
        planted.push((world, facts, hits, attacks));
    }
    // Published rules do not depend on ours.
    let none = BTreeMap::new();
    let mut seen = Seen::default();
    // The windows are asked of the same summaries again and again.
    let settings = super::settings::settings(rules).into_iter().chain(super::settings::together(rules));
    for (name, factor, rules) in settings {
        let without = Found::of(&bare_facts, &rules);
        let published = name.is_empty();
        let nulls = vec![alerts::null(&bare, &without, if published { &bare_hits } else { &none })];
        let mut plants = Vec::new();
        for (world, facts, hits, attacks) in &planted {
            let hits = if published { [hits, &bare_hits] } else { [&none; 2] };
            plants.extend(alerts::plants(world, &Found::of(facts, &rules), &without, hits, attacks));
        }
        seen.settings.push(Setting { name, factor, nulls, plants });
    }
    Ok(seen)
}
