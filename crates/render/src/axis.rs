//! Owns the time axis: calendar ticks for windows of an hour to many years, weekends tinted. All times are UTC.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use mailtrail_model::{Interval, UtcMicros};
use plotters::style::text_anchor::{HPos, VPos};

use crate::canvas::{Paint, px};
use crate::error::DrawError;
use crate::frame::{Area, bold, line, style, text, with};
use crate::measure::{self, Weight};
use crate::theme;

/// A linear map from time to canvas units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeScale {
    span: Interval,
    left: i32,
    right: i32,
}

impl TimeScale {
    /// Maps `span` onto `left..right`. An empty span is an hour long: a picture of one instant still has an axis.
    pub(crate) fn new(span: Interval, left: i32, right: i32) -> Self {
        let end = span.end.max(span.start.plus(UtcMicros::HOUR));
        Self { span: Interval { start: span.start, end }, left, right }
    }

    /// The place of an instant, kept inside the scale.
    pub(crate) fn x(&self, at: UtcMicros) -> i32 {
        let share = (at.0 - self.span.start.0) as f64 / self.span.micros() as f64;
        self.left + (f64::from(self.right - self.left) * share.clamp(0.0, 1.0)).round() as i32
    }

    /// The span that is mapped.
    pub(crate) fn span(&self) -> Interval {
        self.span
    }

    fn days(&self) -> i64 {
        self.span.micros() / UtcMicros::DAY
    }
}

/// Which ticks an axis carries: the large ones are named in bold, the small ones by a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ticks {
    /// Days, and every n-th hour.
    Hours(u32),
    /// Months, and every day.
    Days,
    /// Months, and Mondays by their date.
    Weeks,
    /// Years, and every n-th month.
    Months(u32),
}

impl Ticks {
    fn of(days: i64) -> Self {
        match days {
            ..=1 => Self::Hours(2),
            2..=4 => Self::Hours(6),
            5..=34 => Self::Days,
            35..=200 => Self::Weeks,
            201..=800 => Self::Months(1),
            801..=2_500 => Self::Months(3),
            _ => Self::Months(12),
        }
    }

    /// Start of the tick period that holds `at`, by the small ticks' step.
    fn floor(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let date = at.date_naive();
        match self {
            Self::Hours(_) | Self::Days | Self::Weeks => midnight(date),
            Self::Months(_) => midnight(date.with_day(1).unwrap_or(date)),
        }
    }

    fn next(self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Hours(step) => at + TimeDelta::hours(step.into()),
            Self::Days | Self::Weeks => at + TimeDelta::days(1),
            Self::Months(_) => at + Months::new(1),
        }
    }

    fn is_large(self, at: DateTime<Utc>) -> bool {
        match self {
            Self::Hours(_) => at.hour() == 0,
            Self::Days | Self::Weeks => at.day() == 1,
            Self::Months(_) => at.month() == 1,
        }
    }

    fn is_small(self, at: DateTime<Utc>) -> bool {
        match self {
            Self::Hours(_) | Self::Days => true,
            Self::Weeks => at.weekday() == Weekday::Mon,
            Self::Months(step) => at.month0().is_multiple_of(step) && step < 12,
        }
    }

    fn large_name(self, at: DateTime<Utc>) -> String {
        let format = match self {
            Self::Hours(_) => "%-d %b %Y",
            Self::Days | Self::Weeks => "%B %Y",
            Self::Months(_) => "%Y",
        };
        at.format(format).to_string()
    }

    fn small_name(self, at: DateTime<Utc>) -> String {
        let format = match self {
            Self::Hours(_) => "%H:00",
            Self::Days | Self::Weeks => "%-d",
            Self::Months(_) => "%b",
        };
        at.format(format).to_string()
    }
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// Draws the axis above `top` and its grid down to `bottom`.
pub(crate) fn time_axis(root: &Area<'_>, scale: &TimeScale, top: i32, bottom: i32) -> Result<(), DrawError> {
    let span = scale.span();
    let ticks = Ticks::of(scale.days());
    if scale.days() <= 200 {
        weekends(root, scale, top, bottom)?;
    }
    let (start, end) = (span.start.to_datetime(), span.end.to_datetime());
    // Large ticks first: a window that starts inside a month still names it, if the name has room before the next one.
    let mut large: Vec<(i32, String)> = vec![(scale.x(span.start), ticks.large_name(start))];
    let mut small: Vec<(i32, String)> = Vec::new();
    let mut at = ticks.floor(start);
    while at < end {
        let x = scale.x(at.into());
        if at >= start {
            if ticks.is_large(at) {
                large.retain(|(other, _)| *other != x);
                large.push((x, ticks.large_name(at)));
            }
            // A month's first day and a day's first hour are told by the large tick's name.
            if ticks.is_small(at) && (!ticks.is_large(at) || matches!(ticks, Ticks::Months(_))) {
                small.push((x, ticks.small_name(at)));
            }
        }
        at = ticks.next(at);
    }
    let ends: Vec<i32> = large.iter().skip(1).map(|(x, _)| *x).chain([scale.right]).collect();
    for ((x, name), next) in large.iter().zip(ends) {
        line(root, (*x, top), (*x, bottom), theme::RULE, 1.0)?;
        line(root, (*x, top - px(34.0)), (*x, top), theme::RULE_STRONG, 1.0)?;
        if measure::units(name, theme::LABEL, Weight::Bold) + px(12.0) <= next - x {
            let bold = bold(theme::LABEL, theme::INK_RGB, HPos::Left, VPos::Center);
            text(root, (x + px(6.0), top - px(28.0)), name.clone(), bold)?;
        }
    }
    let mut free = i32::MIN;
    for (x, name) in small {
        line(root, (x, top - px(4.0)), (x, top), theme::RULE_STRONG, 1.0)?;
        let half = measure::units(&name, theme::SMALL, Weight::Regular) / 2 + px(3.0);
        if x - half >= free {
            text(root, (x, top - px(11.0)), name, style(theme::SMALL, theme::MUTED, HPos::Center, VPos::Center))?;
            free = x + half;
        }
    }
    line(root, (scale.left, top), (scale.right, top), theme::RULE_STRONG, 1.0)
}

fn weekends(root: &Area<'_>, scale: &TimeScale, top: i32, bottom: i32) -> Result<(), DrawError> {
    let span = scale.span();
    let mut day = Ticks::Days.floor(span.start.to_datetime());
    let end = span.end.to_datetime();
    while day < end {
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            let (a, b) = (scale.x(day.into()), scale.x((day + TimeDelta::days(1)).into()));
            if b > a {
                with(root, |c| c.rect((a, top), (b, bottom), Paint::Plain(theme::WEEKEND), 0, None))?;
            }
        }
        day += TimeDelta::days(1);
    }
    Ok(())
}
