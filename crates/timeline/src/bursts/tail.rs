//! Owns upper tails of counts, in log space: Poisson, and negative binomial by mean and dispersion.
//!
//! Invariant: the same numbers on every machine: terms are added in one order, and logarithms come from `libm`, not from
//! the platform. A tail orders windows; it is never printed as a probability (docs/METHOD.md, section 12).

/// The natural logarithm of P(X ≥ n), X having this mean and variance `mean + dispersion · mean²`.
///
/// A dispersion of 0 or less is Poisson. With mean 0 nothing is expected, and any positive count has tail 0.
pub(crate) fn ln_upper(n: u64, mean: f64, dispersion: f64) -> f64 {
    if n == 0 {
        return 0.0;
    }
    if mean <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let model = Model::of(mean, dispersion);
    if real(n) <= mean {
        // The larger side: 1 − P(X < n), where the tail is no small number.
        let below = model.sum(0, Some(n));
        return libm::log1p(-libm::exp(below).min(1.0));
    }
    model.sum(n, None).min(0.0)
}

/// The natural logarithm of P(X = n): a lower bound of the tail that costs no sum.
pub(crate) fn ln_exactly(n: u64, mean: f64, dispersion: f64) -> f64 {
    if mean <= 0.0 {
        return if n == 0 { 0.0 } else { f64::NEG_INFINITY };
    }
    Model::of(mean, dispersion).ln_term(n)
}

/// The smallest count, at least `least`, whose tail is at or below `ln_tail`.
pub(crate) fn smallest(ln_tail: f64, least: u64, mean: f64, dispersion: f64) -> u64 {
    let reaches = |n: u64| ln_upper(n, mean, dispersion) <= ln_tail;
    let (mut below, mut at) = (least.max(1) - 1, least.max(1));
    while !reaches(at) {
        below = at;
        at = at.saturating_mul(2);
        if at > 1 << 40 {
            return at;
        }
    }
    while at - below > 1 {
        let middle = below + (at - below) / 2;
        if reaches(middle) { at = middle } else { below = middle }
    }
    at
}

#[derive(Clone, Copy)]
enum Model {
    Poisson {
        mean: f64,
    },
    /// `size` is 1 / dispersion, `p` the share mean / (mean + size).
    NegativeBinomial {
        size: f64,
        p: f64,
    },
}

impl Model {
    fn of(mean: f64, dispersion: f64) -> Self {
        if dispersion > 1e-9 {
            let size = 1.0 / dispersion;
            Self::NegativeBinomial { size, p: mean / (mean + size) }
        } else {
            Self::Poisson { mean }
        }
    }

    fn ln_term(self, n: u64) -> f64 {
        let k = real(n);
        match self {
            Self::Poisson { mean } => k * libm::log(mean) - mean - libm::lgamma(k + 1.0),
            Self::NegativeBinomial { size, p } => {
                libm::lgamma(k + size) - libm::lgamma(size) - libm::lgamma(k + 1.0)
                    + size * libm::log1p(-p)
                    + k * libm::log(p)
            }
        }
    }

    /// The term after that of `k`, divided by it.
    fn ratio(self, k: f64) -> f64 {
        match self {
            Self::Poisson { mean } => mean / (k + 1.0),
            Self::NegativeBinomial { size, p } => (k + size) / (k + 1.0) * p,
        }
    }

    /// ln of the terms from `first`, to before `end` or until they no longer matter.
    fn sum(self, first: u64, end: Option<u64>) -> f64 {
        let (mut sum, mut term, mut n) = (0.0f64, 1.0f64, first);
        // Terms are relative to the first, rescaled before they overflow.
        let mut scale = self.ln_term(first);
        loop {
            sum += term;
            let ratio = self.ratio(real(n));
            n += 1;
            if end.is_some_and(|end| n >= end) {
                break;
            }
            term *= ratio;
            if ratio < 1.0 && term < sum * 1e-17 {
                break;
            }
            if sum > 1e250 {
                scale += libm::log(sum);
                term /= sum;
                sum = 1.0;
            }
        }
        scale + libm::log(sum)
    }
}

/// A count as a real number.
pub(crate) fn real(n: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of messages: far below 2^53")]
    let real = n as f64;
    real
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{DiscreteCDF, NegativeBinomial, Poisson};

    use super::*;

    #[test]
    fn tails_agree_with_the_reference() {
        for mean in [0.05, 0.7, 3.0, 12.5, 40.0, 180.0, 900.0] {
            for n in [1u64, 2, 5, 20, 50, 75, 200, 950] {
                let poisson = Poisson::new(mean).unwrap().sf(n - 1);
                check(n, mean, 0.0, poisson);
                for dispersion in [0.02, 0.3, 1.0, 2.5] {
                    let size: f64 = 1.0 / dispersion;
                    // statrs counts failures before `r` successes of probability `p`.
                    let reference = NegativeBinomial::new(size, size / (size + mean)).unwrap().sf(n - 1);
                    check(n, mean, dispersion, reference);
                }
            }
        }
    }

    fn check(n: u64, mean: f64, dispersion: f64, reference: f64) {
        // Below that the reference has no digits left; at 1 neither has.
        if !(1e-250..1.0 - 1e-9).contains(&reference) {
            return;
        }
        let ours = ln_upper(n, mean, dispersion);
        let gap = (ours - reference.ln()).abs();
        assert!(gap < 1e-7 * reference.ln().abs().max(1.0), "n {n} mean {mean} dispersion {dispersion}: {ours} {gap}");
    }

    #[test]
    fn a_tail_by_hand() {
        // Poisson 1: P(X ≥ 2) = 1 − 2/e. Geometric (dispersion 1) with mean 1: P(X ≥ 3) = (1/2)^3.
        assert!((ln_upper(2, 1.0, 0.0) - (1.0 - 2.0 / std::f64::consts::E).ln()).abs() < 1e-12);
        assert!((ln_upper(3, 1.0, 1.0) - 0.125f64.ln()).abs() < 1e-12);
        assert_eq!(ln_upper(0, 5.0, 0.1), 0.0);
        assert_eq!(ln_upper(1, 0.0, 0.0), f64::NEG_INFINITY);
    }

    #[test]
    fn a_tail_far_below_the_smallest_number_is_still_a_number() {
        let tail = ln_upper(5_000, 3.0, 0.1);
        assert!(tail.is_finite() && tail < -1_000.0, "{tail}");
    }

    #[test]
    fn the_smallest_count_is_the_first_that_reaches_the_tail() {
        let ln_tail = 1e-6f64.ln();
        for (mean, dispersion) in [(0.2, 0.0), (10.0, 0.3), (60.0, 0.05), (300.0, 0.8)] {
            let at = smallest(ln_tail, 50, mean, dispersion);
            assert!(ln_upper(at, mean, dispersion) <= ln_tail);
            assert!(at == 50 || ln_upper(at - 1, mean, dispersion) > ln_tail, "{mean} {dispersion} {at}");
        }
    }

    #[test]
    fn one_more_message_never_has_a_larger_tail() {
        for dispersion in [0.0, 0.2, 1.5] {
            let tails: Vec<f64> = (0..400).map(|n| ln_upper(n, 20.0, dispersion)).collect();
            assert!(tails.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12), "{dispersion}");
        }
    }
}
