//! Owns the states a mailbox has of its own: whether it is recorded at all, known gaps, throttling, silence.

use std::collections::BTreeSet;

use chrono::{DateTime, Offset as _, TimeZone as _};
use mailtrail_model::{CoverageState, Interval, Rules, UtcMicros};

use super::{OwnStates, SourceView, Stretch, silence, throttle};
use crate::{facts::Access, spans};

/// A mailbox's local time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Local(Option<chrono_tz::Tz>);

impl Local {
    /// The zone of an IANA name; UTC where none is given or known.
    pub(crate) fn of(zone: Option<&str>) -> Self {
        Self(zone.and_then(|name| name.parse().ok()))
    }

    /// Local day (since 1970) and hour of the day.
    pub(crate) fn day_and_hour(&self, at: i64) -> (i64, usize) {
        let offset = self.0.map_or(0, |zone| {
            let utc = DateTime::from_timestamp_micros(at).unwrap_or_default();
            i64::from(zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc())
        });
        let local = at + offset * UtcMicros::SECOND;
        let hour = local.rem_euclid(UtcMicros::DAY) / UtcMicros::HOUR;
        (local.div_euclid(UtcMicros::DAY), usize::try_from(hour).unwrap_or_default())
    }
}

/// What is known of a mailbox beside its records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Knowledge {
    /// States stated by the examiner's files, for every logon type.
    pub(crate) common: Vec<Stretch>,
    /// The same for one logon type.
    pub(crate) by_logon: [Vec<Stretch>; 3],
    /// An audit list was supplied.
    pub(crate) audit_list: bool,
    /// Its local time.
    pub(crate) local: Local,
}

/// The states a mailbox adds to those of its sources.
pub(crate) fn own_states(
    accesses: &[Access],
    sources: &[&SourceView],
    known: &Knowledge,
    domain: Interval,
    period: Interval,
    rules: &Rules,
) -> OwnStates {
    let mut own = OwnStates {
        common: known.common.clone(),
        by_logon: known.by_logon.clone(),
        flag_absent: throttle::flag_absent(accesses, domain),
        unfiltered: spans::union(sources.iter().filter(|one| one.unfiltered).map(|one| one.span).collect()),
        counts_exceed: spans::clip(&throttle::counts_exceed(accesses, rules), domain),
    };
    if !known.audit_list && !accesses.iter().any(|access| access.flags.is_mail_items_accessed()) {
        own.common.push((domain, CoverageState::NotAudited));
    }
    let covered =
        spans::union(sources.iter().flat_map(|source| source.profile(domain)).map(|(span, _)| span).collect());
    let days = days(&covered, &known.local);
    let states = [
        (throttle::blind(accesses, rules), CoverageState::BlindThrottled),
        (throttle::suspected(accesses, &known.local, &days, rules, domain.end.0), CoverageState::ThrottleSuspected),
        (silence::silent(accesses, &covered, period, domain, rules), CoverageState::Silent),
    ];
    for (spans, state) in states {
        own.common.extend(spans::clip(&spans, domain).into_iter().map(|span| (span, state)));
    }
    own
}

/// The local days that lie in covered time, sorted.
fn days(covered: &[Interval], local: &Local) -> Vec<i64> {
    let mut days = BTreeSet::new();
    for span in covered {
        let mut at = span.start.0;
        while at < span.end.0 {
            days.insert(local.day_and_hour(at).0);
            at += UtcMicros::HOUR;
        }
    }
    days.into_iter().collect()
}
