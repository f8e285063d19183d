//! Owns a time in the case's own zone beside its UTC: the clock there and its offset. UTC always comes first.

use chrono::Offset as _;
use chrono_tz::Tz;
use mailtrail_model::{CaseInputs, UtcMicros};

/// ` (04:42 −05:00 America/New_York)`; with the date where it is another one; empty where the case names no zone.
pub(super) fn beside(case: &CaseInputs, at: UtcMicros) -> String {
    short(case, at).zip(case.zone.as_deref()).map(|(local, zone)| format!(" ({local} {zone})")).unwrap_or_default()
}

/// The zone the case names, where it is one.
pub(super) fn of(case: &CaseInputs) -> Option<Tz> {
    case.zone.as_deref()?.parse().ok()
}

/// From when on which offset holds, in seconds since 1970 and minutes east: for clocks that the page's script spells, whatever the
/// reader's machine knows of zones. Begins at `from`, or 200 years before `to` if that is later.
pub(super) fn steps(zone: Tz, from: i64, to: i64) -> Vec<(i64, i32)> {
    const DAY: i64 = 86_400;
    let offset = |at: i64| {
        let utc = UtcMicros(at.saturating_mul(UtcMicros::SECOND)).to_datetime();
        utc.with_timezone(&zone).offset().fix().local_minus_utc() / 60
    };
    let mut at = from.max(to.saturating_sub(73_000 * DAY));
    let mut out = vec![(at, offset(at))];
    while at < to {
        let next = at.saturating_add(DAY).min(to);
        let (before, after) = (offset(at), offset(next));
        if before != after {
            let (mut low, mut high) = (at, next);
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if offset(middle) == before { low = middle } else { high = middle }
            }
            out.push((high, after));
        }
        at = next;
    }
    out
}

/// `04:42 −05:00`, for a cell.
pub(super) fn short(case: &CaseInputs, at: UtcMicros) -> Option<String> {
    let zone = of(case)?;
    let utc = at.to_datetime();
    let local = utc.with_timezone(&zone);
    let minutes = local.offset().fix().local_minus_utc() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let format = if local.date_naive() == utc.date_naive() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    Some(format!("{} {sign}{hours:02}:{rest:02}", local.format(format)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_clock_stands_beside_utc_with_its_offset_and_its_date_where_that_differs() {
        let case = |zone: &str| CaseInputs { zone: Some(zone.to_owned()), ..CaseInputs::default() };
        let at = |text: &str| UtcMicros::from(chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc());
        let winter = at("2023-11-28T03:42:00Z");
        assert_eq!(beside(&case("Europe/Berlin"), winter), " (04:42 +01:00 Europe/Berlin)");
        assert_eq!(beside(&case("Europe/Berlin"), at("2023-07-28T03:42:00Z")), " (05:42 +02:00 Europe/Berlin)");
        assert_eq!(beside(&case("America/New_York"), winter), " (2023-11-27 22:42 −05:00 America/New_York)");
        assert_eq!(beside(&case("Asia/Kolkata"), winter), " (09:12 +05:30 Asia/Kolkata)");
        assert_eq!(beside(&case("Mars/Olympus"), winter), "");
        assert_eq!(beside(&CaseInputs::default(), winter), "");
    }

    #[test]
    fn the_offsets_of_a_span_change_at_the_second_the_clocks_do() {
        let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp();
        let (from, to) = (at("2023-10-01T00:00:00Z"), at("2024-04-01T00:00:00Z"));
        let berlin = steps(Tz::Europe__Berlin, from, to);
        assert_eq!(berlin, [(from, 120), (at("2023-10-29T01:00:00Z"), 60), (at("2024-03-31T01:00:00Z"), 120)]);
        assert_eq!(steps(Tz::Asia__Kolkata, from, to), [(from, 330)]);
        assert_eq!(steps(Tz::UTC, from, from), [(from, 0)]);
        assert!(steps(Tz::Europe__Berlin, i64::MIN, to).len() > 100, "a wrong date is no endless walk");
    }
}
