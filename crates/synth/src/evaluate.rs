//! Owns measuring the tool: simulated tenants with planted intruders go through the real first and second half, and what
//! comes out is scored against the truth (docs/METHOD.md, section 13).
//!
//! Invariant: the tool gets exports and an examiner's files, nothing else. Every number is conditional on the simulated model.

mod alerts;
mod classes;
mod gates;
mod named;
mod published;
mod report;
mod run;
mod settings;
mod stats;
mod summary;
mod tenants;
mod told;

pub use alerts::{NullOutcome, PlantOutcome};
pub use classes::ClassScore;
pub use named::{Named, Which};
pub use published::{PUBLISHED, PublishedTest, Tuned};
pub use report::{json, markdown, plants_csv};
pub use run::{ClassRun, Seen, Setting, Size, measure};
pub use stats::{Proportion, rule_of_three};
pub use summary::{AttackSummary, ClassSummary, Estimate, LoadSummary, Point, TARGETS};
pub use tenants::Family;

use mailtrail_ingest::inputs::InputErrors;
use mailtrail_model::Rules;
use mailtrail_timeline::TimelineError;

use crate::{casework::Case, error::SynthError, scenario::attack::Attack, world::World};

/// What can go wrong while measuring.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The case could not be written.
    #[error("a simulated case cannot be written")]
    Write(#[from] SynthError),
    /// The examiner's files could not be read back.
    #[error("the examiner's files of a simulated case cannot be read back: {0}")]
    Inputs(InputErrors),
    /// No temporary folder.
    #[error("no temporary folder; check the free space")]
    Folder(#[source] std::io::Error),
    /// The exports could not be read back.
    #[error("the exports of a simulated case cannot be read back: {0}")]
    Ingest(String),
    /// A row of a simulated export was rejected, or the account does not balance.
    #[error("the account of a simulated case is wrong: {0}")]
    Rows(String),
    /// The second half failed.
    #[error("a simulated case cannot be reconstructed")]
    Timeline(#[from] TimelineError),
}

/// What was measured, with its intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// How much.
    pub size: Size,
    /// By attack.
    pub attacks: Vec<AttackSummary>,
    /// Tenants without an intruder, by family; the ordinary one first.
    pub loads: Vec<LoadSummary>,
    /// Classes by world.
    pub worlds: Vec<ClassSummary>,
    /// Classes by attack.
    pub class_attacks: Vec<ClassSummary>,
    /// Classes by share of the intruder's ways in that nobody marked.
    pub unmarked: Vec<(f64, ClassSummary)>,
    /// Every world that follows the documents.
    pub false_d: ClassSummary,
    /// Threshold, factor, alerts per mailbox and 30 days, mean recall.
    pub settings: Vec<(String, f64, f64, Option<f64>)>,
    /// Our curve on the same tenants, by load.
    pub own_curve: Vec<Point>,
    /// The owner's own session along our curve: factor, load, recall, share of items covered.
    pub own_context_curve: Vec<(f64, f64, Option<f64>, Option<f64>)>,
    /// Each published rule at each threshold, and the best point of our curve that raises no more alerts.
    pub equal_load: Vec<(Point, Option<Point>)>,
    /// The named scenarios.
    pub scenarios: Vec<Named>,
    /// Every plant.
    pub plants: Vec<PlantOutcome>,
}

impl Evaluation {
    /// Measures and sums up.
    ///
    /// # Errors
    /// The first tenant that could not be simulated or reconstructed.
    pub fn of(size: Size, rules: &Rules) -> Result<Self, EvaluateError> {
        let seen = measure(&size, rules)?;
        let seed = size.seeds.first().copied().unwrap_or(0);
        let attacks = Attack::ALL.map(|attack| summary::attack(attack.name(), &seen.plants, seed));
        let mut families: Vec<&'static str> = Vec::new();
        for (family, _) in &seen.nulls {
            if !families.contains(family) {
                families.push(family);
            }
        }
        let nulls = |name: &str| -> Vec<&NullOutcome> {
            seen.nulls.iter().filter(|(family, _)| *family == name).map(|(_, null)| null).collect()
        };
        let setting = |one: &Setting| {
            let (load, recall) = summary::setting(one);
            (one.name.clone(), one.factor, load, recall)
        };
        Ok(Self {
            attacks: attacks.into_iter().filter(|attack| attack.plants > 0).collect(),
            loads: families.into_iter().map(|family| summary::load(family, &nulls(family), seed)).collect(),
            worlds: summary::by_world(&seen),
            class_attacks: summary::by_attack(&seen),
            unmarked: summary::by_unmarked(&seen),
            false_d: summary::false_d(&seen),
            own_context_curve: summary::attack_curve(&seen.settings, "own-context"),
            own_curve: summary::own_curve(&seen.settings),
            equal_load: summary::equal_load(&seen.settings),
            settings: seen.settings.iter().filter(|one| one.name != settings::TOGETHER).map(setting).collect(),
            scenarios: seen.scenarios,
            plants: seen.plants,
            size,
        })
    }

    /// What falls short of its target by more than a small run's slack.
    #[must_use]
    pub fn short(&self) -> Vec<String> {
        gates::fallen_short(self)
    }
}

/// Classes of one world, by mailbox, with the intruder marked by truth, or with a share of its ways in unmarked.
///
/// # Errors
/// If the case cannot be written, read back or reconstructed.
pub fn class_world(
    family: &Family,
    seed: u64,
    plan: &[(usize, Attack)],
    unmarked: f64,
) -> Result<(World, Vec<ClassScore>), EvaluateError> {
    let world = family.world(seed, plan);
    let told = told::Told::of(&world, &family.case(&world))?;
    let runs = run::class_runs(&told, &world, family.name, true, unmarked)?;
    let scores = runs.into_iter().map(|run| run.score).collect();
    Ok((world, scores))
}

/// Every message of one world with its class, the intruder marked by truth.
///
/// # Errors
/// If the case cannot be written, read back or reconstructed.
pub fn class_rows(
    family: &Family,
    seed: u64,
    plan: &[(usize, Attack)],
) -> Result<(World, Vec<mailtrail_timeline::ClassedMessage>), EvaluateError> {
    let world = family.world(seed, plan);
    let case = family.case(&world);
    let rows = case_rows(&world, &case)?;
    Ok((world, rows))
}

/// The same of a case that somebody changed: an export made too early, an entry that is missing.
///
/// # Errors
/// If the case cannot be written, read back or reconstructed.
pub fn case_rows(world: &World, case: &Case) -> Result<Vec<mailtrail_timeline::ClassedMessage>, EvaluateError> {
    let told = told::Told::of(world, case)?;
    told.classes(&told.case)
}
