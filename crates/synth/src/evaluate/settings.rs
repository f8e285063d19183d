//! Owns the settings of the rules that are tried: each threshold of the unusual access windows at half, once, twice.

use mailtrail_model::{RuleValue, Rules};

/// Whether a threshold belongs to the tests of section 12 that have weight. R6, R8 and R10 are shown and decide nothing;
/// published rules have curves of their own.
fn of_windows(name: &str) -> bool {
    ["r1_", "r2_", "r3_", "r5_", "r11_", "r12_", "novelty_"].iter().any(|start| name.starts_with(start))
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

/// The name of the settings in which everything that opens a window is made stricter or laxer at once.
pub(super) const TOGETHER: &str = "together";

/// Counts of R1, R2 and R11 times a factor, R1's tail to its power: one knob, for curves.
pub(super) fn together(rules: &Rules) -> Vec<(String, f64, Rules)> {
    let setting = |factor: f64| {
        let count =
            |value: u64| u64::try_from(crate::rng::whole(super::stats::real(value) * factor + 0.5)).unwrap_or(value);
        let changed = Rules {
            r1_messages: count(rules.r1_messages),
            r2_messages: count(rules.r2_messages),
            r11_messages: count(rules.r11_messages),
            r1_tail: libm::pow(rules.r1_tail, factor),
            ..rules.clone()
        };
        (TOGETHER.to_owned(), factor, changed)
    };
    [0.25, 0.5, 1.5, 2.0, 3.0, 4.0, 8.0].into_iter().map(setting).collect()
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
