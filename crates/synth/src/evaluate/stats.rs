//! Owns the intervals: Wilson's for a proportion, a bootstrap over tenants for a rate or a time, the rule of three for none.
//!
//! Every resampling is seeded. Tenants are the unit: two mailboxes of one tenant share its draws.

use crate::rng::Rng;

/// A proportion with its 95 % interval (Wilson 1927).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proportion {
    /// Hits.
    pub hits: u64,
    /// Of so many.
    pub of: u64,
}

const Z: f64 = 1.959_963_984_540_054;

impl Proportion {
    /// The share; `None` of nothing.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| real(self.hits) / real(self.of))
    }

    /// The interval; `None` of nothing.
    #[must_use]
    pub fn wilson(self) -> Option<(f64, f64)> {
        let (n, p) = (real(self.of), self.share()?);
        let centre = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(((centre - half).max(0.0), (centre + half).min(1.0)))
    }
}

/// The upper bound of a rate of which none of `tenants` tenants showed one: three in `tenants`.
#[must_use]
pub fn rule_of_three(tenants: usize) -> Option<f64> {
    (tenants > 0).then(|| (3.0 / whole(tenants)).min(1.0))
}

/// A count as a real number.
#[must_use]
pub(super) fn real(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// A difference as a real number; exact up to 2^53.
#[must_use]
pub(super) fn signed(difference: i64) -> f64 {
    // There is no checked conversion; beyond 2^53 the last digits do not matter to anybody.
    difference as f64
}

/// A length as a real number.
#[must_use]
pub(super) fn whole(count: usize) -> f64 {
    real(u64::try_from(count).unwrap_or(u64::MAX))
}

/// 2.5 and 97.5 % of a ratio of sums, resampling tenants: `(numerator, denominator)` a tenant.
#[must_use]
pub(super) fn bootstrap_ratio(tenants: &[(f64, f64)], seed: u64) -> Option<(f64, f64)> {
    resample(tenants, seed, |drawn| {
        let (above, below) = drawn.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        (below > 0.0).then(|| above / below)
    })
}

/// 2.5 and 97.5 % of the median of values, resampling the tenants that hold them.
#[must_use]
pub(super) fn bootstrap_median(tenants: &[Vec<f64>], seed: u64) -> Option<(f64, f64)> {
    resample(tenants, seed, |drawn| median(&drawn.iter().flat_map(|one| one.iter().copied()).collect::<Vec<f64>>()))
}

/// The median; `None` of nothing.
#[must_use]
pub(super) fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The value below which a share lies; `None` of nothing.
#[must_use]
pub(super) fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let at = crate::rng::whole(share * whole(last) + 0.5);
    sorted.get(usize::try_from(at).unwrap_or(0).min(last)).copied()
}

const DRAWS: usize = 500;

fn resample<T: Clone>(tenants: &[T], seed: u64, of: impl Fn(&[T]) -> Option<f64>) -> Option<(f64, f64)> {
    if tenants.len() < 2 {
        return None;
    }
    let mut rng = Rng::stream(seed, "bootstrap", 0);
    let mut drawn = tenants.to_vec();
    let values: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            drawn.iter_mut().for_each(|one| one.clone_from(rng.pick(tenants)));
            of(&drawn)
        })
        .collect();
    Some((quantile(&values, 0.025)?, quantile(&values, 0.975)?))
}

#[cfg(test)]
mod tests {
    use super::{Proportion, bootstrap_ratio, median, rule_of_three};

    #[test]
    fn wilson_agrees_with_the_textbook() {
        // Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29.
        for (hits, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let (a, b) = Proportion { hits, of }.wilson().unwrap();
            assert!((a - low).abs() < 5e-5 && (b - high).abs() < 5e-5, "{hits}/{of}: {a} {b}");
        }
        assert_eq!(Proportion { hits: 0, of: 0 }.wilson(), None);
    }

    #[test]
    fn none_of_sixty_tenants_is_bounded_by_a_twentieth() {
        assert_eq!(rule_of_three(60), Some(0.05));
        assert_eq!(rule_of_three(0), None);
    }

    #[test]
    fn the_bootstrap_holds_the_estimate_and_is_the_same_each_time() {
        let tenants: Vec<(f64, f64)> = (0..40).map(|n| (f64::from(n % 5), 10.0)).collect();
        let (low, high) = bootstrap_ratio(&tenants, 3).unwrap();
        assert!(low < 0.2 && 0.2 < high && high - low < 0.15, "{low} {high}");
        assert_eq!(bootstrap_ratio(&tenants, 3), Some((low, high)));
        assert_eq!(bootstrap_ratio(&tenants[..1], 3), None, "one tenant says nothing of others");
    }

    #[test]
    fn the_median_of_nothing_is_unknown() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    }
}
