//! Owns a time in the case's own zone beside its UTC: the clock there and its offset. UTC always comes first.

use chrono::Offset as _;
use mailtrail_model::{CaseInputs, UtcMicros};

/// ` (04:42 −05:00 America/New_York)`; with the date where it is another one; empty where the case names no zone.
pub(super) fn beside(case: &CaseInputs, at: UtcMicros) -> String {
    short(case, at).zip(case.zone.as_deref()).map(|(local, zone)| format!(" ({local} {zone})")).unwrap_or_default()
}

/// `04:42 −05:00`, for a cell.
pub(super) fn short(case: &CaseInputs, at: UtcMicros) -> Option<String> {
    let zone: chrono_tz::Tz = case.zone.as_deref()?.parse().ok()?;
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
}
