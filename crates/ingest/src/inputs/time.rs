//! Owns the spellings of time a person or an exporter writes into an input. Times of audit records are `ingest::instant`'s.
//!
//! Only spellings with one meaning are read. A time without an offset is UTC, as docs/INPUTS.md says. `1/2/2024` is January
//! only with AM or PM behind it (the en-US culture); without, it is refused: nothing says which half is the month.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use mailtrail_model::{Interval, UtcMicros};

/// What to write instead.
pub(super) const TIME_HINT: &str = "write it in UTC as 2023-11-24T09:14:03Z";

/// Reads a point in time.
pub(super) fn parse_time(text: &str) -> Option<UtcMicros> {
    let text = text.trim();
    let text = text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" [UTC]")).unwrap_or(text).trim_end();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(UtcMicros(time.timestamp_micros()));
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z"] {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return Some(UtcMicros(time.timestamp_micros()));
        }
    }
    const NAIVE: [&str; 9] = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.fZ",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.fZ",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%m/%d/%Y %I:%M:%S %p",
        "%m/%d/%Y, %I:%M:%S%.f %p",
        "%d.%m.%Y %H:%M:%S",
    ];
    let naive = NAIVE.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    naive
        .or_else(|| parse_date(text).and_then(|date| date.and_hms_opt(0, 0, 0)))
        .map(|time| UtcMicros(time.and_utc().timestamp_micros()))
}

/// Reads a calendar date.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

/// A span from its two ends; the complaint if it is empty.
pub(super) fn span(start: UtcMicros, end: UtcMicros) -> Result<Interval, String> {
    if start < end {
        Ok(Interval { start, end })
    } else if start == end {
        Err(format!("it is empty: start and end are both {}", start.iso()))
    } else {
        Err(format!("it ends ({}) before it starts ({})", end.iso(), start.iso()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_with_one_meaning_are_read_as_utc() {
        for text in [
            "2024-01-05T09:14:03Z",
            "2024-01-05T10:14:03+01:00",
            "2024-01-05 10:14:03+01:00",
            "2024-01-05T09:14:03",
            "2024-01-05T09:14:03.0000000Z",
            "2024-01-05 09:14:03",
            "2024-01-05 09:14:03 UTC",
            "1/5/2024 9:14:03 AM",
            "01/05/2024, 9:14:03.000 AM",
            "05.01.2024 09:14:03",
        ] {
            assert_eq!(parse_time(text).map(UtcMicros::iso).as_deref(), Some("2024-01-05T09:14:03Z"), "{text}");
        }
        assert_eq!(parse_time("2024-01-05").map(UtcMicros::iso).as_deref(), Some("2024-01-05T00:00:00Z"));
    }

    #[test]
    fn spellings_with_two_meanings_are_refused() {
        for text in ["1/5/2024", "1/5/2024 09:14", "5 Jan", "", "45296", "2024-13-01", "2024-02-30"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_span_that_ends_before_it_starts_says_so() {
        let (early, late) = (UtcMicros(0), UtcMicros(UtcMicros::DAY));
        assert!(span(early, late).is_ok());
        assert_eq!(
            span(late, early).unwrap_err(),
            "it ends (1970-01-01T00:00:00Z) before it starts (1970-01-02T00:00:00Z)"
        );
        assert!(span(early, early).unwrap_err().starts_with("it is empty"));
    }
}
