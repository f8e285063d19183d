//! Owns points in time as the simulator counts them (whole seconds, UTC) and Microsoft's spellings of them.
//!
//! Does not parse: reading the spellings back is `mailtrail-ingest`'s work, and must not share code with the writer.

use std::fmt::Write;

/// Seconds since 1970-01-01T00:00:00 UTC. Also used for local wall time, where the name says `local`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Second(pub i64);

/// A calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Year.
    pub year: i64,
    /// Month, 1–12.
    pub month: i64,
    /// Day of the month, 1–31.
    pub day: i64,
}

impl Date {
    /// A date; not checked.
    #[must_use]
    pub const fn new(year: i64, month: i64, day: i64) -> Self {
        Self { year, month, day }
    }

    /// Reads `2023-11-01`; `None` if it is no date of the calendar.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-').map(|part| part.parse().ok());
        let date = Self { year: parts.next()??, month: parts.next()??, day: parts.next()?? };
        (parts.next().is_none() && date.midnight().date() == date).then_some(date)
    }

    /// Midnight of the date.
    #[must_use]
    pub fn midnight(self) -> Second {
        // Howard Hinnant's days_from_civil.
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * (self.month + if self.month > 2 { -3 } else { 9 }) + 2) / 5 + self.day - 1;
        let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Second((era * 146_097 + day_of_era - 719_468) * Second::DAY)
    }

    /// A time of the date.
    #[must_use]
    pub fn at(self, hour: i64, minute: i64) -> Second {
        self.midnight().plus(hour * Second::HOUR + minute * Second::MINUTE)
    }
}

impl Second {
    /// Seconds in a minute.
    pub const MINUTE: i64 = 60;
    /// Seconds in an hour.
    pub const HOUR: i64 = 3_600;
    /// Seconds in a day.
    pub const DAY: i64 = 86_400;

    /// This point moved by `seconds`.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }

    /// The date that holds this point.
    #[must_use]
    pub fn date(self) -> Date {
        let days = self.0.div_euclid(Self::DAY) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date { year, month, day: of_year - (153 * shifted + 2) / 5 + 1 }
    }

    /// Seconds since midnight.
    #[must_use]
    pub fn of_day(self) -> i64 {
        self.0.rem_euclid(Self::DAY)
    }

    /// Day of the week, Monday is 0.
    #[must_use]
    pub fn weekday(self) -> i64 {
        (self.0.div_euclid(Self::DAY) + 3).rem_euclid(7)
    }

    /// Midnight of the day that holds this point.
    #[must_use]
    pub fn midnight(self) -> Self {
        Self(self.0 - self.of_day())
    }

    /// `2023-11-24T09:14:03`, the form of `AuditData.CreationTime`.
    #[must_use]
    pub fn iso(self) -> String {
        let mut out = Vec::with_capacity(19);
        self.push_iso(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Appends [`Self::iso`] (the fast way: bulk files hold millions of them).
    pub fn push_iso(self, out: &mut Vec<u8>) {
        let Date { year, month, day } = self.date();
        let time = self.of_day();
        push_digits(out, year, 4);
        for (mark, number) in
            [(b'-', month), (b'-', day), (b'T', time / 3_600), (b':', time / 60 % 60), (b':', time % 60)]
        {
            out.push(mark);
            push_digits(out, number, 2);
        }
    }

    /// `2023-11-24T09:14:03.0000000Z`, the old and the newest portal.
    #[must_use]
    pub fn ticks(self) -> String {
        format!("{}.0000000Z", self.iso())
    }

    /// `11/24/2023 9:14:03 AM`, an American workstation.
    #[must_use]
    pub fn american(self) -> String {
        self.american_with("", "")
    }

    /// `11/24/2023, 9:14:03.000 AM`, the Log Analytics portal.
    #[must_use]
    pub fn log_analytics(self) -> String {
        self.american_with(",", ".000")
    }

    fn american_with(self, after_date: &str, after_seconds: &str) -> String {
        let Date { year, month, day } = self.date();
        let time = self.of_day();
        let hour = time / 3_600;
        let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        let half = if hour < 12 { "AM" } else { "PM" };
        let mut out = String::with_capacity(28);
        // Writing into a String cannot fail.
        if write!(
            out,
            "{month}/{day}/{year}{after_date} {twelve}:{:02}:{:02}{after_seconds} {half}",
            time / 60 % 60,
            time % 60
        )
        .is_err()
        {
            out.clear();
        }
        out
    }

    /// `24.11.2023 09:14:03`, a German workstation.
    #[must_use]
    pub fn german(self) -> String {
        let Date { year, month, day } = self.date();
        let time = self.of_day();
        format!("{day:02}.{month:02}.{year} {:02}:{:02}:{:02}", time / 3_600, time / 60 % 60, time % 60)
    }
}

fn push_digits(out: &mut Vec<u8>, number: i64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, Second};

    #[test]
    fn dates_go_there_and_back() {
        for (date, seconds) in
            [(Date::new(1970, 1, 1), 0), (Date::new(2024, 2, 29), 1_709_164_800), (Date::new(1969, 12, 31), -86_400)]
        {
            assert_eq!(date.midnight(), Second(seconds));
            assert_eq!(Second(seconds + 5).date(), date);
        }
    }

    #[test]
    fn only_dates_of_the_calendar_are_read() {
        assert_eq!(Date::parse("2023-11-01"), Some(Date::new(2023, 11, 1)));
        for text in ["2023-02-29", "2023-13-01", "2023-11", "2023-11-01-1", "x"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_spelling_is_as_seen_in_exports() {
        let at = Date::new(2023, 11, 4).at(0, 5).plus(3);
        assert_eq!(at.iso(), "2023-11-04T00:05:03");
        assert_eq!(at.american(), "11/4/2023 12:05:03 AM");
        assert_eq!(at.plus(13 * 3_600).log_analytics(), "11/4/2023, 1:05:03.000 PM");
        assert_eq!(at.german(), "04.11.2023 00:05:03");
        assert_eq!(at.weekday(), 5);
    }
}
