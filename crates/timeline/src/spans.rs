//! Owns arithmetic on sorted, disjoint, half-open spans of time in microseconds.

use mailtrail_model::{Interval, UtcMicros};

/// A half-open span, in microseconds.
pub(crate) fn span(start: i64, end: i64) -> Interval {
    Interval { start: UtcMicros(start), end: UtcMicros(end) }
}

/// The union: sorted, disjoint, empty spans left out, touching spans joined.
pub(crate) fn union(mut spans: Vec<Interval>) -> Vec<Interval> {
    spans.retain(|one| one.start < one.end);
    spans.sort_unstable();
    let mut out: Vec<Interval> = Vec::with_capacity(spans.len());
    for one in spans {
        match out.last_mut() {
            Some(last) if one.start <= last.end => last.end = last.end.max(one.end),
            _ => out.push(one),
        }
    }
    out
}

/// The spans cut to `bounds`.
pub(crate) fn clip(spans: &[Interval], bounds: Interval) -> Vec<Interval> {
    spans.iter().filter_map(|one| one.clip(bounds)).collect()
}

/// Sum of the lengths, in microseconds.
pub(crate) fn micros(spans: &[Interval]) -> i64 {
    spans.iter().map(Interval::micros).sum()
}

/// Whether `spans` (a union) holds `at`.
pub(crate) fn contains(spans: &[Interval], at: i64) -> bool {
    let after = spans.partition_point(|one| one.start.0 <= at);
    after > 0 && at < spans[after - 1].end.0
}

/// Whether `spans` (a union) shares an instant with `one`.
pub(crate) fn overlaps(spans: &[Interval], one: Interval) -> bool {
    let after = spans.partition_point(|known| known.start < one.end);
    after > 0 && spans[after - 1].end > one.start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn union_joins_what_touches_and_drops_what_is_empty() {
        assert_eq!(union(vec![span(5, 7), span(0, 2), span(2, 3), span(9, 9)]), [span(0, 3), span(5, 7)]);
    }

    #[test]
    fn the_end_of_a_span_is_outside() {
        let spans = [span(0, 3), span(5, 7)];
        assert!(contains(&spans, 0) && !contains(&spans, 3) && contains(&spans, 6) && !contains(&spans, 7));
    }
}
