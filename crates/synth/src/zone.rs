//! Owns the wall clocks people live by: an offset and one of two daylight saving rules. Not a time zone database.

use crate::second::{Date, Second};

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Its IANA name, as the roster prints it.
    pub name: &'static str,
    standard_hours: i64,
    saving: Saving,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Saving {
    None,
    /// Last Sunday of March to last Sunday of October, at 01:00 UTC.
    Europe,
    /// Second Sunday of March to first Sunday of November, at 02:00 local.
    UnitedStates,
}

impl Zone {
    /// New York.
    pub const NEW_YORK: Self = Self { name: "America/New_York", standard_hours: -5, saving: Saving::UnitedStates };
    /// Los Angeles.
    pub const LOS_ANGELES: Self =
        Self { name: "America/Los_Angeles", standard_hours: -8, saving: Saving::UnitedStates };
    /// London.
    pub const LONDON: Self = Self { name: "Europe/London", standard_hours: 0, saving: Saving::Europe };
    /// Paris.
    pub const PARIS: Self = Self { name: "Europe/Paris", standard_hours: 1, saving: Saving::Europe };
    /// Berlin.
    pub const BERLIN: Self = Self { name: "Europe/Berlin", standard_hours: 1, saving: Saving::Europe };
    /// Singapore.
    pub const SINGAPORE: Self = Self { name: "Asia/Singapore", standard_hours: 8, saving: Saving::None };

    /// Seconds that local time is ahead of UTC.
    #[must_use]
    pub fn offset(self, utc: Second) -> i64 {
        let year = utc.date().year;
        let standard = self.standard_hours * Second::HOUR;
        let (from, to) = match self.saving {
            Saving::None => return standard,
            Saving::Europe => (
                sunday_on_or_before(Date::new(year, 3, 31)).plus(Second::HOUR),
                sunday_on_or_before(Date::new(year, 10, 31)).plus(Second::HOUR),
            ),
            Saving::UnitedStates => (
                sunday_on_or_before(Date::new(year, 3, 14)).plus(2 * Second::HOUR - standard),
                sunday_on_or_before(Date::new(year, 11, 7)).plus(Second::HOUR - standard),
            ),
        };
        if from <= utc && utc < to { standard + Second::HOUR } else { standard }
    }

    /// The UTC instant of a local wall time (inside a change: the earlier offset).
    #[must_use]
    pub fn to_utc(self, local: Second) -> Second {
        let guess = local.plus(-self.standard_hours * Second::HOUR);
        local.plus(-self.offset(guess))
    }

    /// The local wall time of an instant.
    #[must_use]
    pub fn to_local(self, utc: Second) -> Second {
        utc.plus(self.offset(utc))
    }

    /// Whether the local date is a public holiday where the zone lies (the fixed ones and Thanksgiving suffice here).
    #[must_use]
    pub fn is_holiday(self, local: Second) -> bool {
        let date = local.date();
        let fixed: &[(i64, i64)] = match self.name {
            "America/New_York" | "America/Los_Angeles" => &[(1, 1), (7, 4), (11, 10), (12, 25)],
            "Europe/London" => &[(1, 1), (12, 25), (12, 26)],
            "Europe/Paris" => &[(1, 1), (5, 1), (7, 14), (8, 15), (11, 1), (12, 25)],
            "Europe/Berlin" => &[(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)],
            _ => &[(1, 1), (12, 25)],
        };
        let thanksgiving = self.saving == Saving::UnitedStates
            && date.month == 11
            && (22..=28).contains(&date.day)
            && local.weekday() == 3;
        thanksgiving || fixed.contains(&(date.month, date.day))
    }
}

fn sunday_on_or_before(date: Date) -> Second {
    let midnight = date.midnight();
    midnight.plus(-((midnight.weekday() + 1) % 7) * Second::DAY)
}

#[cfg(test)]
mod tests {
    use super::Zone;
    use crate::second::{Date, Second};

    #[test]
    fn clocks_change_when_the_law_says() {
        let new_york = |utc: Second| Zone::NEW_YORK.offset(utc) / Second::HOUR;
        assert_eq!(new_york(Date::new(2023, 11, 5).at(5, 59)), -4);
        assert_eq!(new_york(Date::new(2023, 11, 5).at(6, 0)), -5);
        let paris = |utc: Second| Zone::PARIS.offset(utc) / Second::HOUR;
        assert_eq!(paris(Date::new(2023, 10, 29).at(0, 59)), 2);
        assert_eq!(paris(Date::new(2023, 10, 29).at(1, 0)), 1);
    }

    #[test]
    fn local_and_utc_agree() {
        let utc = Date::new(2023, 12, 1).at(14, 0);
        for zone in [Zone::NEW_YORK, Zone::LONDON, Zone::SINGAPORE] {
            assert_eq!(zone.to_utc(zone.to_local(utc)), utc);
        }
    }

    #[test]
    fn thanksgiving_is_the_fourth_thursday() {
        assert!(Zone::NEW_YORK.is_holiday(Date::new(2023, 11, 23).midnight()));
        assert!(!Zone::NEW_YORK.is_holiday(Date::new(2023, 11, 30).midnight()));
    }
}
