//! Owns every spelling of a point in time that an export uses. All are read as UTC unless they state an offset.
//!
//! Invariant: a text that two cultures read differently is never guessed at; it is [`Instant::Ambiguous`], and the caller
//! decides (a cross-check accepts either reading, a record's only time does not).

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use mailtrail_model::UtcMicros;

/// What a time text turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instant {
    /// One reading.
    At {
        /// The point.
        at: UtcMicros,
        /// The span the text leaves open, in microseconds (a spreadsheet drops the seconds).
        span: i64,
    },
    /// Day and month could be either way round.
    Ambiguous {
        /// Read as month/day.
        month_first: UtcMicros,
        /// Read as day/month.
        day_first: UtcMicros,
        /// As above.
        span: i64,
    },
    /// No time.
    Unreadable,
}

impl Instant {
    /// The point, if there is exactly one reading.
    pub(crate) fn certain(self) -> Option<UtcMicros> {
        match self {
            Self::At { at, .. } => Some(at),
            Self::Ambiguous { .. } | Self::Unreadable => None,
        }
    }

    /// Whether any reading of the text is the given point, as far as the text is exact.
    pub(crate) fn agrees(self, with: UtcMicros) -> bool {
        let near = |at: UtcMicros, span: i64| {
            (with.0 - at.0 >= -UtcMicros::SECOND) && (with.0 - at.0) < span.max(UtcMicros::SECOND)
        };
        match self {
            Self::At { at, span } => near(at, span),
            Self::Ambiguous { month_first, day_first, span } => near(month_first, span) || near(day_first, span),
            Self::Unreadable => false,
        }
    }
}

/// Reads a time in any known spelling.
pub(crate) fn parse(text: &str) -> Instant {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if let Some(at) = iso(text) {
        return at;
    }
    if let Some(at) = script_date(text).or_else(|| epoch(text)) {
        return Instant::At { at, span: 1 };
    }
    cultural(text).unwrap_or(Instant::Unreadable)
}

/// `2023-12-04T18:00:30`, with any fraction, `Z`, an offset, or a space for the `T`.
fn iso(text: &str) -> Option<Instant> {
    let b = text.as_bytes();
    if b.len() < 16 || b[4] != b'-' || b[7] != b'-' || !matches!(b[10], b'T' | b' ' | b't') || b[13] != b':' {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(digits(&b[0..4])?.try_into().ok()?, digits(&b[5..7])?, digits(&b[8..10])?)?;
    let (hour, minute) = (digits(&b[11..13])?, digits(&b[14..16])?);
    let (second, mut rest, span) = match b.get(16) {
        Some(b':') => (digits(b.get(17..19)?)?, &b[19..], 1),
        _ => (0, &b[16..], UtcMicros::MINUTE),
    };
    let mut micros = 0;
    if let Some((b'.' | b',', fraction)) = rest.split_first() {
        let len = fraction.iter().take_while(|c| c.is_ascii_digit()).count();
        if len == 0 {
            return None;
        }
        micros = fraction_micros(&fraction[..len]);
        rest = &fraction[len..];
    }
    let offset_minutes = offset(rest)?;
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    let at = NaiveDateTime::new(date, time).checked_sub_signed(TimeDelta::minutes(offset_minutes))?;
    Some(Instant::At { at: UtcMicros(at.and_utc().timestamp_micros().checked_add(micros)?), span })
}

fn offset(rest: &[u8]) -> Option<i64> {
    let rest = rest.trim_ascii();
    match rest {
        b"" | b"Z" | b"z" | b"UTC" => Some(0),
        [sign @ (b'+' | b'-'), zone @ ..] => {
            let (hours, minutes) = match zone {
                [a, b, b':', c, d] | [a, b, c, d] => (digits(&[*a, *b])?, digits(&[*c, *d])?),
                [a, b] => (digits(&[*a, *b])?, 0),
                _ => return None,
            };
            let minutes = i64::from(hours) * 60 + i64::from(minutes);
            (minutes <= 18 * 60).then_some(if *sign == b'-' { -minutes } else { minutes })
        }
        _ => None,
    }
}

/// `/Date(1621357679896)/`, with escaped slashes or an offset that only says where it was written.
fn script_date(text: &str) -> Option<UtcMicros> {
    let inner = text.strip_prefix("\\/Date(").or_else(|| text.strip_prefix("/Date("))?;
    let (inner, _) = inner.split_once(')')?;
    let sign_at = inner.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map_or(inner.len(), |(at, _)| at);
    let millis: i64 = inner[..sign_at].parse().ok()?;
    millis.checked_mul(1_000).map(UtcMicros)
}

/// Seconds, milliseconds or microseconds since 1970; told apart by their number of digits.
fn epoch(text: &str) -> Option<UtcMicros> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = |part: &str| part.bytes().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    match whole.len() {
        9 | 10 => Some(UtcMicros(value.checked_mul(UtcMicros::SECOND)? + fraction_micros(fraction.as_bytes()))),
        12 | 13 => Some(UtcMicros(value.checked_mul(1_000)?)),
        15 | 16 => Some(UtcMicros(value)),
        _ => None,
    }
}

/// `9/20/2023 4:05:03 AM`, `5/5/2021, 10:19:45.000 AM`, `18.05.2021 21:13:33`, `18-05-2021 21:13`.
fn cultural(text: &str) -> Option<Instant> {
    let cut = text.find(|c: char| c.is_whitespace() || c == ',')?;
    let (date, time) = text.split_at(cut);
    let time = time.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '/' | '.' | '-') {
        return None;
    }
    let mut parts = date.split(separator);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || first.len() > 2 {
        return None;
    }
    let (time, span, half_days) = clock(time)?;
    let year = match (year.len(), digits(year.as_bytes())?) {
        (4, year) => year,
        (2, year) => 2000 + year,
        _ => return None,
    };
    let (a, b) = (digits(first.as_bytes())?, digits(second.as_bytes())?);
    let at = |month: u32, day: u32| {
        let date = NaiveDate::from_ymd_opt(year.try_into().ok()?, month, day)?;
        Some(UtcMicros(NaiveDateTime::new(date, time).and_utc().timestamp_micros()))
    };
    let (month_first, day_first) = (at(a, b), at(b, a));
    // Every culture that separates by dots says the day first. Of those that separate by slashes and count half days, only
    // the month-first one writes neither part with a leading zero (`5/6/2021 9:13:33 PM`).
    let padded = first.starts_with('0') || second.starts_with('0');
    let month_first_only = separator == '/' && half_days && !padded;
    match (month_first, day_first) {
        (_, Some(at)) if separator == '.' => Some(Instant::At { at, span }),
        (Some(at), _) if month_first_only => Some(Instant::At { at, span }),
        (Some(month_first), Some(day_first)) if month_first != day_first => {
            Some(Instant::Ambiguous { month_first, day_first, span })
        }
        (Some(at), _) | (None, Some(at)) if separator != '.' => Some(Instant::At { at, span }),
        _ => None,
    }
}

/// A clock time: the time, what it leaves open, whether it counts half days.
fn clock(text: &str) -> Option<(NaiveTime, i64, bool)> {
    let digits_end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(text.len());
    let (time, suffix) = text.split_at(digits_end);
    let suffix: String =
        suffix.chars().filter(|c| !c.is_whitespace() && *c != '.').map(|c| c.to_ascii_lowercase()).collect();
    let mut parts = time.trim_end_matches('.').split(':');
    let mut hour = digits(parts.next()?.as_bytes())?;
    let minute = digits(parts.next()?.as_bytes())?;
    let (second, micros, span) = match parts.next() {
        Some(seconds) => {
            let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
            if !fraction.bytes().all(|c| c.is_ascii_digit()) {
                return None;
            }
            (digits(second.as_bytes())?, fraction_micros(fraction.as_bytes()), 1)
        }
        None => (0, 0, UtcMicros::MINUTE),
    };
    if parts.next().is_some() {
        return None;
    }
    let half_days = match suffix.as_str() {
        "am" | "pm" if (1..=12).contains(&hour) => {
            hour = hour % 12 + if suffix == "pm" { 12 } else { 0 };
            true
        }
        "" | "z" | "utc" => false,
        _ => return None,
    };
    let micros = u32::try_from(micros).ok()?;
    Some((NaiveTime::from_hms_micro_opt(hour, minute, second, micros)?, span, half_days))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    bytes.iter().try_fold(0u32, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

/// The first six digits of a fraction; the rest is cut, as nothing in the log is that exact.
fn fraction_micros(fraction: &[u8]) -> i64 {
    (0..6).fold(0, |sum, at| sum * 10 + i64::from(fraction.get(at).map_or(0, |b| b.saturating_sub(b'0').min(9))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).certain().map(UtcMicros::iso).as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn every_known_spelling_is_the_same_second() {
        for text in [
            "2021-05-18T21:13:33",
            "2021-05-18T21:13:33Z",
            "2021-05-18T21:13:33.0000000Z",
            "2021-05-18T21:13:33.0000000Z ",
            "2021-05-18 21:13:33",
            "2021-05-18T23:13:33+02:00",
            "2021-05-18T16:13:33.000-0500",
            "5/18/2021 9:13:33 PM",
            "5/18/2021, 9:13:33.000 PM",
            "5/18/2021 9:13:33\u{202f}PM",
            "05/18/2021 21:13:33",
            "18/05/2021 21:13:33",
            "18/05/2021 9:13:33 p. m.",
            "18.05.2021 21:13:33",
            "18-05-2021 21:13:33",
            "/Date(1621372413000)/",
            "\\/Date(1621372413000)\\/",
            "/Date(1621372413000+0200)/",
            "1621372413",
            "1621372413.000",
            "1621372413000",
        ] {
            check(text, "2021-05-18T21:13:33Z");
        }
    }

    #[test]
    fn fractions_midnight_and_noon_survive() {
        check("2024-10-03T11:29:06.6566759Z", "2024-10-03T11:29:06.656675Z");
        check("9/20/2023 12:05:03 AM", "2023-09-20T00:05:03Z");
        check("9/20/2023 12:05:03 PM", "2023-09-20T12:05:03Z");
        check("04.05.2021 8:20", "2021-05-04T08:20:00Z");
        check("5/4/2021, 8:20:42.000 AM", "2021-05-04T08:20:42Z");
        check("/Date(-1000)/", "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_day_that_could_be_a_month_is_not_guessed() {
        for text in ["04/05/2021 20:20:42", "4/05/2021 8:20:42 PM", "04-05-2021 20:20"] {
            let read = parse(text);
            assert!(matches!(read, Instant::Ambiguous { .. }), "{text}: {read:?}");
            assert_eq!(read.certain(), None);
        }
        check("05/05/2021 20:20:42", "2021-05-05T20:20:42Z");
    }

    #[test]
    fn a_cross_check_accepts_either_reading_and_dropped_seconds() {
        let at = |text: &str| parse(text).certain().unwrap();
        assert!(parse("04/05/2021 20:20:42").agrees(at("2021-05-04T20:20:42")));
        assert!(parse("04/05/2021 20:20:42").agrees(at("2021-04-05T20:20:42")));
        assert!(parse("5/18/2021 21:13").agrees(at("2021-05-18T21:13:33")));
        assert!(!parse("5/18/2021 21:14").agrees(at("2021-05-18T21:13:33")));
        assert!(!parse("2021-05-18T21:13:40").agrees(at("2021-05-18T21:13:33")));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            " ",
            "Aug 17 03:31:56",
            "2021-13-01T00:00:00",
            "2021-05-18T25:00:00",
            "2021-05-18",
            "99999999999999999999",
            "5/18/2021",
            "5/18/2021 21:13:33 XM",
            "13/13/2021 1:00:00",
            "2021-05-18T21:13:33+99:00",
            "0/0/0 0:0",
            "/Date(x)/",
            "/Date(99999999999999999999)/",
            "é/1/2021 1:00",
            "2021-05-18T21:13:33.Z",
        ] {
            assert_eq!(parse(text), Instant::Unreadable, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_time_or_none(text in "[0-9/:. TZ+,AaPpMm()Date\\\\-]{0,30}") {
            let read = parse(&text);
            proptest::prop_assert!(read.certain().is_none_or(|at| read.agrees(at)));
        }

        #[test]
        fn what_we_print_reads_back(micros in 0i64..4_000_000_000_000_000) {
            let at = UtcMicros(micros);
            proptest::prop_assert_eq!(parse(&at.iso()).certain(), Some(at));
        }
    }
}
