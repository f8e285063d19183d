//! Owns points and spans of time: UTC, integer microseconds. Parsing of Microsoft's spellings is `ingest::instant`.

use chrono::{DateTime, Utc};

/// A point in time: microseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcMicros(pub i64);

impl UtcMicros {
    /// Microseconds in a second.
    pub const SECOND: i64 = 1_000_000;
    /// Microseconds in a minute.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// Microseconds in an hour.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// Microseconds in a day.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The point as a calendar value; a point outside chrono's years is clamped to its nearest edge.
    #[must_use]
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }

    /// The start of the UTC hour that holds this point.
    #[must_use]
    pub fn hour(self) -> Self {
        Self(self.0.div_euclid(Self::HOUR) * Self::HOUR)
    }

    /// This point moved by `micros`, staying in range.
    #[must_use]
    pub fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// `2023-11-24T09:14:03Z`; a fraction only where there is one.
    #[must_use]
    pub fn iso(self) -> String {
        let format = if self.0.rem_euclid(Self::SECOND) == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.6fZ" };
        self.to_datetime().format(format).to_string()
    }
}

impl From<DateTime<Utc>> for UtcMicros {
    fn from(value: DateTime<Utc>) -> Self {
        Self(value.timestamp_micros())
    }
}

/// A half-open span `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// First instant inside.
    pub start: UtcMicros,
    /// First instant after.
    pub end: UtcMicros,
}

impl Interval {
    /// Whether `at` lies inside.
    #[must_use]
    pub fn contains(&self, at: UtcMicros) -> bool {
        self.start <= at && at < self.end
    }

    /// Length in microseconds, never negative.
    #[must_use]
    pub fn micros(&self) -> i64 {
        (self.end.0 - self.start.0).max(0)
    }

    /// The common part, if it is not empty.
    #[must_use]
    pub fn clip(&self, to: Interval) -> Option<Interval> {
        let (start, end) = (self.start.max(to.start), self.end.min(to.end));
        (start < end).then_some(Interval { start, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_floor_before_1970_too() {
        assert_eq!(UtcMicros(-1).hour(), UtcMicros(-UtcMicros::HOUR));
        assert_eq!(UtcMicros(UtcMicros::HOUR + 5).hour(), UtcMicros(UtcMicros::HOUR));
    }

    #[test]
    fn iso_prints_a_fraction_only_where_there_is_one() {
        assert_eq!(UtcMicros(0).iso(), "1970-01-01T00:00:00Z");
        assert_eq!(UtcMicros(1_500_000).iso(), "1970-01-01T00:00:01.500000Z");
    }
}
