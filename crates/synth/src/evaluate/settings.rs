//! Owns the settings of the rules that are tried: each threshold of the unusual access windows at half, once, twice.

use mailtrail_model::{RuleValue, Rules};

/// Whether a threshold belongs to the tests of section 12 that have weight. R6, R8 and R10 are shown and decide nothing;
/// published rules have curves of their own.
fn of_windows(name: &str) -> bool {
    ["r1_", "r2_", "r5_", "r11_", "r12_", "novelty_"].iter().any(|start| name.starts_with(start))
}

/// The default first, then every threshold at half and at twice, in the order of the rules. A tail is moved in decades.
pub(super) fn settings(rules: &Rules) -> Vec<(String, f64, Rules)> {
    let mut out = vec![(String::new(), 1.0, rules.clone())];
    for (name, value, _) in rules.entries() {
        if !of_windows(name) {
            continue;
        }
        for factor in factors(name).iter().copied() {
            let Some(moved) = moved(name, &value, factor) else { continue };
            let mut changed = rules.clone();
            if moved != value && changed.set(name, &moved).is_ok() {
                out.push((name.to_owned(), factor, changed));
            }
        }
    }
    out
}

fn factors(name: &str) -> &'static [f64] {
    if name.contains("tail") { &[1e-4, 1e-2, 0.5, 2.0, 1e2, 1e4] } else { &[0.5, 2.0] }
}

fn moved(name: &str, value: &RuleValue, factor: f64) -> Option<RuleValue> {
    match value {
        RuleValue::Whole(whole) => {
            let moved = super::stats::real(*whole) * factor;
            u64::try_from(crate::rng::whole(moved + 0.5)).ok().map(RuleValue::Whole)
        }
        // A share stays a share.
        RuleValue::Real(real) if *real <= 1.0 && !name.contains("tail") => {
            Some(RuleValue::Real((real * factor).min(1.0)))
        }
        RuleValue::Real(real) => Some(RuleValue::Real(real * factor)),
        RuleValue::Several(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{moved, of_windows, settings};
    use mailtrail_model::{RuleValue, Rules};

    #[test]
    fn only_thresholds_of_the_windows_are_moved() {
        for (name, expected) in [
            ("r1_tail", true),
            ("r12_excess", true),
            ("r8_share", false),
            ("retention_days", false),
            ("idle_gap_minutes", false),
        ] {
            assert_eq!(of_windows(name), expected, "{name}");
        }
        let all = settings(&Rules::default());
        assert_eq!(all[0].2, Rules::default());
        assert!(all[1..].iter().all(|(_, _, rules)| *rules != Rules::default()));
    }

    #[test]
    fn a_share_stays_a_share() {
        assert_eq!(moved("r10_share", &RuleValue::Real(0.8), 2.0), Some(RuleValue::Real(1.0)));
        assert_eq!(moved("r1_least", &RuleValue::Whole(5), 0.5), Some(RuleValue::Whole(3)));
    }
}
