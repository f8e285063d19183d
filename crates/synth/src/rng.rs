//! Owns randomness: one small generator, seeded, the same on every machine. No clock, no entropy, no `rand`.
//!
//! xoshiro256++ (Blackman and Vigna, public domain), its state filled by splitmix64. Streams are derived by name, so that
//! adding a draw in one room does not shift the numbers of another. `exp` comes from `libm`, not from the platform.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream `name` number `number` of a seed.
    #[must_use]
    pub fn stream(seed: u64, name: &str, number: u64) -> Self {
        let mut mixed = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        mixed ^= seed.rotate_left(17) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = || {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = mixed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        Self { state: [next(), next(), next(), next()] }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number in `0..n`; 0 if `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        u64::try_from((u128::from(self.bits()) * u128::from(n)) >> 64).unwrap_or(0)
    }

    /// An index into something of length `n`.
    pub fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(u64::try_from(n).unwrap_or(u64::MAX))).unwrap_or(0)
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        // 53 bits fit a double exactly.
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of them. The slice must not be empty.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    /// A standard normal deviate (sum of twelve uniforms: no logarithm, no rejection, tails cut at 6).
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A log-normal factor with median 1.
    pub fn lognormal(&mut self, sigma: f64) -> f64 {
        libm::exp(sigma * self.normal())
    }

    /// A Poisson count.
    pub fn poisson(&mut self, mean: f64) -> i64 {
        if mean <= 0.0 {
            return 0;
        }
        if mean > 30.0 {
            // The normal approximation; the sum of twelve uniforms keeps it within 6 standard deviations.
            return whole(mean + libm::sqrt(mean) * self.normal()).max(0);
        }
        let (floor, mut product, mut count) = (libm::exp(-mean), self.unit(), 0);
        while product > floor {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Shuffles in place.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.index(last + 1);
            items.swap(last, other);
        }
    }

    /// Random lower-case hex digits.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(*self.pick(b"0123456789abcdef"))).collect()
    }

    /// A random (version 4) GUID.
    pub fn guid(&mut self) -> String {
        let (high, low) = (self.bits(), self.bits());
        guid_text((u128::from(high) << 64) | u128::from(low))
    }
}

/// The nearest whole number at or below, for values far inside the range of `i64`.
pub(crate) fn whole(value: f64) -> i64 {
    // `as` saturates; there is no checked conversion from f64.
    libm::floor(value) as i64
}

/// A version 4 GUID made of 128 bits.
fn guid_text(bits: u128) -> String {
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn equal_names_give_equal_streams_and_others_do_not() {
        let draw = |seed, name, number| Rng::stream(seed, name, number).bits();
        assert_eq!(draw(1, "mail", 3), draw(1, "mail", 3));
        assert_ne!(draw(1, "mail", 3), draw(1, "mail", 4));
        assert_ne!(draw(1, "mail", 3), draw(1, "life", 3));
        assert_ne!(draw(1, "mail", 3), draw(2, "mail", 3));
    }

    #[test]
    fn the_stream_never_changes_between_versions() {
        let mut rng = Rng::stream(1, "golden", 0);
        assert_eq!(
            format!("{:016x} {}", rng.bits(), rng.guid()),
            "68915b43d3dec211 4738aaf3-d204-43d4-a4a1-176a351dbeb4"
        );
    }

    #[test]
    fn counts_have_the_mean_they_are_asked_for() {
        let mut rng = Rng::stream(7, "poisson", 0);
        for mean in [0.3, 4.0, 80.0] {
            let total: i64 = (0..4_000).map(|_| rng.poisson(mean)).sum();
            assert!((total as f64 / 4_000.0 / mean - 1.0).abs() < 0.08, "mean {mean}: {total}");
        }
    }

    #[test]
    fn bounds_are_kept() {
        let mut rng = Rng::stream(7, "bounds", 0);
        assert!((0..1_000).all(|_| (-3..=4).contains(&rng.between(-3, 4))));
        assert_eq!(rng.below(0), 0);
    }
}
