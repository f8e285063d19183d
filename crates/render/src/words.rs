//! Owns how numbers and times are spelled in charts and pages: one spelling each, no locale.

use mailtrail_model::{Interval, UtcMicros};

/// `1,234,567`.
#[must_use]
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, c) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 mailbox`, `16 mailboxes`.
#[must_use]
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// A count of things we hold in memory.
#[must_use]
pub(crate) fn len<T>(things: &[T]) -> u64 {
    u64::try_from(things.len()).unwrap_or(u64::MAX)
}

/// A count as a number to draw with; counts above 2^53 lose their last digits, which no picture shows.
#[must_use]
pub(crate) fn real(n: u64) -> f64 {
    n as f64
}

/// Microseconds as whole hours, rounded to the nearest.
#[must_use]
pub(crate) fn whole_hours(micros: i64) -> u64 {
    u64::try_from((micros + UtcMicros::HOUR / 2) / UtcMicros::HOUR).unwrap_or(0)
}

/// `2023-11-24 09:14`, UTC.
#[must_use]
pub(crate) fn stamp(at: UtcMicros) -> String {
    at.to_datetime().format("%Y-%m-%d %H:%M").to_string()
}

/// `2023-11-24`.
#[must_use]
pub(crate) fn iso_day(at: UtcMicros) -> String {
    at.to_datetime().format("%Y-%m-%d").to_string()
}

/// `24 November 2023`, with spaces that do not break.
#[must_use]
pub(crate) fn long_day(at: UtcMicros) -> String {
    at.to_datetime().format("%-d\u{A0}%B\u{A0}%Y").to_string()
}

/// `24 Nov`, with a space that does not break.
#[must_use]
pub(crate) fn short_day(at: UtcMicros) -> String {
    at.to_datetime().format("%-d\u{A0}%b").to_string()
}

/// `1 November 2023 to 1 February 2024 (end excluded)`, with times where the edges are no midnights.
#[must_use]
pub(crate) fn window(span: Interval) -> String {
    let midnight = |at: UtcMicros| at.0.rem_euclid(UtcMicros::DAY) == 0;
    if midnight(span.start) && midnight(span.end) {
        format!("{} to {} (end excluded)", long_day(span.start), long_day(span.end))
    } else {
        format!("{} to {} UTC (end excluded)", stamp(span.start), stamp(span.end))
    }
}

/// `3 d 4 h`, `1 h 12 min`, `under a minute`.
#[must_use]
pub(crate) fn duration(micros: i64) -> String {
    let minutes = micros / UtcMicros::MINUTE;
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => "under a minute".to_owned(),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

/// `812 B`, `48.2 kB`, `3.1 MB`: powers of 1,000.
#[must_use]
pub(crate) fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if n < 1_000 {
        return format!("{n} B");
    }
    let mut value = real(n);
    let mut unit = "";
    for next in UNITS {
        value /= 1_000.0;
        unit = next;
        if value < 999.95 {
            break;
        }
    }
    format!("{value:.1} {unit}")
}

/// `82 %`, `99.6 %`, `under 0.1 %`; a whole is `100 %` only if it is one.
#[must_use]
pub(crate) fn percent(part: f64, whole: f64) -> String {
    if whole <= 0.0 {
        return "not known".to_owned();
    }
    if part <= 0.0 {
        // A sum of no floats is minus zero.
        return "0 %".to_owned();
    }
    let share = 100.0 * part / whole;
    if share < 0.1 {
        "under 0.1 %".to_owned()
    } else if part < whole && share > 99.9 {
        "over 99.9 %".to_owned()
    } else if share.fract().abs() < 1e-9 || (10.0..=90.0).contains(&share) {
        format!("{share:.0} %")
    } else {
        format!("{share:.1} %")
    }
}

/// `one, two and three`.
#[must_use]
pub(crate) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (n, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(n), expected);
        }
        assert_eq!(count(1, "mailbox", "mailboxes"), "1 mailbox");
        assert_eq!(count(0, "mailbox", "mailboxes"), "0 mailboxes");
    }

    #[test]
    fn a_share_is_a_whole_only_if_it_is_one() {
        for (part, whole, expected) in [
            (1.0, 1.0, "100 %"),
            (0.9999, 1.0, "over 99.9 %"),
            (0.0, 1.0, "0 %"),
            (-0.0, 1.0, "0 %"),
            (0.0001, 1.0, "under 0.1 %"),
            (0.5, 1.0, "50 %"),
            (0.996, 1.0, "99.6 %"),
            (1.0, 0.0, "not known"),
        ] {
            assert_eq!(percent(part, whole), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn sizes_and_durations_are_short() {
        for (n, expected) in [(812, "812 B"), (48_200, "48.2 kB"), (999_960, "1.0 MB"), (3_100_000_000, "3.1 GB")] {
            assert_eq!(bytes(n), expected);
        }
        assert_eq!(duration(UtcMicros::SECOND), "under a minute");
        assert_eq!(duration(72 * UtcMicros::MINUTE), "1 h 12 min");
        assert_eq!(duration(76 * UtcMicros::HOUR), "3 d 4 h");
    }
}
