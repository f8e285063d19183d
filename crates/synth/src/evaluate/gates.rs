//! Owns what CI holds the tool to: each target less a tenth, because a small run has wide intervals. Nothing is gated that was
//! not measured.

use super::{Evaluation, summary::TARGETS};

/// What a small run may fall short by.
const SLACK: f64 = 0.10;
/// Alerts per mailbox and 30 days with ordinary variance: tier 1 and 2 together, and tier 1.
pub(super) const LOAD: (f64, f64) = (0.5, 0.05);
/// Share of unaccessed messages resolved in fully covered worlds.
pub(super) const RESOLVED: f64 = 0.9;
/// Share of recorded messages and folders inside alerts.
pub(super) const ITEMS: f64 = 0.9;

/// The attacks whose items have that target: the owner's own session has a recall of its own and less of its items (see the
/// document).
pub(super) const ITEM_TARGETS: [&str; 6] = ["smash", "day", "week", "slow", "outlook-sync", "app-only"];

/// Everything that falls short, in words; empty if nothing does.
pub(super) fn fallen_short(of: &Evaluation) -> Vec<String> {
    let mut out = Vec::new();
    if of.false_d.score.false_d() > 0 {
        out.push(format!("{} false D: {:?}", of.false_d.score.false_d(), of.false_d.score.examples));
    }
    for (name, target) in TARGETS {
        let found = of.attacks.iter().find(|attack| attack.name == name);
        if let Some(recall) = found.and_then(|one| one.recall.value).filter(|recall| *recall < target - SLACK) {
            out.push(format!("{name}: recall {recall:.3}, target {target}"));
        }
        let items = found.filter(|_| ITEM_TARGETS.contains(&name)).and_then(|one| one.item_coverage.value);
        if let Some(items) = items.filter(|items| *items < ITEMS - SLACK) {
            out.push(format!("{name}: {items:.3} of its items covered, target {ITEMS}"));
        }
    }
    if let Some(load) = of.loads.iter().find(|load| load.family == "ordinary") {
        let (one, two) = (load.tiers[0].value.unwrap_or(0.0), load.tiers[1].value.unwrap_or(0.0));
        if one + two > LOAD.0 + SLACK {
            out.push(format!("{:.3} alerts per mailbox and 30 days, target {}", one + two, LOAD.0));
        }
        if one > LOAD.1 + SLACK {
            out.push(format!("{one:.3} alerts of tier 1 per mailbox and 30 days, target {}", LOAD.1));
        }
    }
    let covered = of.worlds.iter().find(|world| world.name == "fully-covered");
    if let Some(share) = covered.and_then(|world| world.score.resolved().share()).filter(|s| *s < RESOLVED - SLACK) {
        out.push(format!("{share:.3} of unaccessed messages resolved in covered worlds, target {RESOLVED}"));
    }
    out
}
