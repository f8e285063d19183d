//! Owns every threshold of the method, each with the source of its number. Libraries have no hidden defaults.
//!
//! A rule is one entry of the list below: its doc, name, type and default. From it come the field, the line in `run.json`
//! and the report, and the key in `rules.toml`.

use crate::UtcMicros;

/// The value of a rule, for printing and for `rules.toml`.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleValue {
    /// A whole number, never negative.
    Whole(u64),
    /// A real number, never negative.
    Real(f64),
    /// Several whole numbers.
    Several(Vec<u64>),
}

impl std::fmt::Display for RuleValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number}"),
            Self::Several(numbers) => {
                let words: Vec<String> = numbers.iter().map(u64::to_string).collect();
                f.write_str(&words.join(", "))
            }
        }
    }
}

/// Why a rule could not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleError {
    /// There is no such rule.
    Unknown,
    /// The rule takes another kind of value (named).
    WrongKind(&'static str),
}

/// A type a rule can have.
trait RuleType: Sized {
    const KIND: &'static str;
    fn to_value(&self) -> RuleValue;
    fn from_value(value: &RuleValue) -> Option<Self>;
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty = $default:expr;)+) => {
        /// The numbers of the method. Printed in the report and in `run.json`.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Rules { $($(#[doc = $doc])+ pub $name: $kind,)+ }

        impl Default for Rules {
            fn default() -> Self { Self { $($name: $default,)+ } }
        }

        impl Rules {
            /// Every rule's name, in the order they are printed.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)+];

            /// Every rule: name, value, what it means and where the number comes from.
            #[must_use]
            pub fn entries(&self) -> Vec<(&'static str, RuleValue, &'static str)> {
                vec![$((stringify!($name), self.$name.to_value(), concat!($($doc),+).trim_ascii()),)+]
            }

            /// Sets a rule by name.
            ///
            /// # Errors
            /// If there is no such rule, or it takes another kind of value.
            pub fn set(&mut self, name: &str, value: &RuleValue) -> Result<(), RuleError> {
                match name {
                    $(stringify!($name) => {
                        self.$name = <$kind>::from_value(value).ok_or(RuleError::WrongKind(<$kind>::KIND))?;
                    })+
                    _ => return Err(RuleError::Unknown),
                }
                Ok(())
            }
        }
    };
}

rules! {
    /// Silence that ends a session, in minutes. Repeats are suppressed for an hour, so a steady client is logged every 60
    /// minutes and a bit; at 60 a public data set's 10 sessions became 155 (docs/METHOD.md, Access session).
    idle_gap_minutes: i64 = 120;
    /// Hours after a throttled record in which Binds are not recorded (Microsoft Learn, MailItemsAccessed, step 1).
    throttle_blind_hours: i64 = 24;
    /// Records in 24 h from which a later silence is suspected to be throttling: 95 % of the documented 1,000.
    throttle_suspect_records: u64 = 950;
    /// Silence of Binds that, after so many records, is suspected to be throttling, in usual hours (chosen: a quarter of the
    /// documented day, docs/METHOD.md).
    throttle_silence_hours: i64 = 6;
    /// Records in 24 h up to which throttling is excluded by count: half of the documented limit, by any published wording.
    throttle_excluded_records: u64 = 500;
    /// Items in 24 h up to which throttling is excluded by count.
    throttle_excluded_items: u64 = 1_000;
    /// Length of the aggregation of Binds into one record, in minutes (Microsoft Learn, MailItemsAccessed).
    aggregation_minutes: i64 = 2;
    /// Span in which repeats of a Bind or Sync are not recorded, in minutes (Microsoft Learn, MailItemsAccessed).
    suppression_minutes: i64 = 60;
    /// Hours before an export in which records may still be missing (no service level is promised; 12–24 h have been seen).
    settle_hours: i64 = 24;
    /// Least silence that counts as `silent`, in hours.
    silent_hours: i64 = 24;
    /// The same for a mailbox with fewer than `silent_min_days` days outside the suspect period.
    silent_short_hours: i64 = 72;
    /// Days needed to judge a mailbox's own silences.
    silent_min_days: i64 = 14;
    /// Share of a mailbox's logged ids that a listing must contain before it can show anything.
    join_floor: f64 = 0.95;
    /// Row counts at which exports are known to be cut (domain sources in docs/METHOD.md).
    suspicious_row_counts: Vec<u64> = vec![100, 5_000, 10_000, 30_000, 50_000, 250_000, 1_000_000];
    /// Retention of standard audit records from 17 October 2023, in days (Microsoft Learn, audit retention).
    retention_days: i64 = 180;
    /// Retention of records before that date, in days.
    retention_days_before_october_2023: i64 = 90;
    /// Window lengths of R1, in hours: an hour, a working session, a day, a week (docs/METHOD.md, section 12).
    r1_window_hours: Vec<u64> = vec![1, 6, 24, 168];
    /// First-time messages in a window below which R1 never fires. Chosen by simulation: smaller counts occur on ordinary days.
    r1_messages: u64 = 50;
    /// Upper tail at which R1 fires. A nominal level that orders windows, not a probability: the measured rate of such windows
    /// is printed beside it (docs/ERROR-RATES.md).
    r1_tail: f64 = 1e-6;
    /// Windows of its own that a mailbox must have before R1 can compare; fewer give no dispersion. Chosen by simulation.
    r1_baseline_windows: u64 = 10;
    /// Age in hours from which a message of known receipt counts for R1: new mail is opened by everybody, most of all after
    /// a holiday.
    r1_age_hours: i64 = 24;
    /// Days at the start of a mailbox's log (at most a quarter of it) in which a first time cannot be told from a repeat: R1
    /// expects repeats there, too, and learns nothing from them. Chosen by simulation.
    r1_lead_days: u64 = 7;
    /// Distinct messages at which R2 fires (docs/METHOD.md, section 12; chosen by simulation).
    r2_messages: u64 = 100;
    /// Share of covered days up to which a way in counts as new where no baseline is declared clean.
    novelty_days_share: f64 = 0.1;
    /// Covered days below which nothing can be called new; also the covered days without a way in after which its first
    /// appearance is new (first-seen rules of Elastic and Sumo Logic look back 14 days).
    novelty_days: u64 = 14;
    /// Folders that a new token session must synchronise from new networks for R3 to call a way in that is known a new client;
    /// chosen by simulation. A published hunting query for the same pattern asks for 8 folders in 30 minutes (Bert-JanP).
    r3_folders: u64 = 5;
    /// Share of the folders that other records of the mailbox name which must be among them: a whole mailbox, not the folders
    /// in use. Chosen by simulation.
    r3_share: f64 = 0.8;
    /// Hours within which they must be synchronised. Chosen by simulation: a large mailbox takes a day.
    r3_hours: i64 = 24;
    /// Mailboxes an application must reach within a week for R5, beside exceeding its own maximum. Chosen by simulation.
    r5_mailboxes: u64 = 3;
    /// Kendall's tau-b from which R6 calls an order an order.
    r6_tau: f64 = 0.9;
    /// Messages R6 needs.
    r6_messages: u64 = 50;
    /// Age in days from which R6 counts a message: new mail arrives in order anyway.
    r6_age_days: i64 = 7;
    /// Share of a window's messages outside the mailbox's own hours from which R8 fires.
    r8_share: f64 = 0.5;
    /// First-time messages by established ways in that R8 needs to know a mailbox's hours.
    r8_messages: u64 = 200;
    /// Share of a mailbox's other activity that its own hours hold, for R8.
    r8_own_share: f64 = 0.95;
    /// Share of the known folders from which R10 fires.
    r10_share: f64 = 0.8;
    /// Known folders R10 needs: three of three are no breadth.
    r10_folders: u64 = 10;
    /// Distinct messages a new pair of application ids must name for R11. Chosen by simulation.
    r11_messages: u64 = 10;
    /// Messages of known receipt that R12 needs on both sides.
    r12_messages: u64 = 50;
    /// Age in days from which R12 calls a message old.
    r12_age_days: i64 = 30;
    /// Share of old messages in the window by which R12 asks to exceed the mailbox's own share.
    r12_excess: f64 = 0.5;
    /// Published: Splunk, mailboxes of one application in its bucket, exceeded.
    published_splunk_mailboxes: u64 = 5;
    /// Published: Splunk, the bucket in minutes.
    published_splunk_minutes: i64 = 10;
    /// Published: Elastic, operations of one record (100 until pull request 6852 of September 2026).
    published_elastic_operations: u64 = 250;
    /// Published: Sentinel hourly series, records of a mailbox in an hour, exceeded.
    published_sentinel_records: u64 = 25;
    /// Published: Sentinel hourly series, share of the hour's records, exceeded.
    published_sentinel_share: f64 = 0.5;
    /// Published: Sentinel daily series, standard deviations above the mean, exceeded.
    published_sentinel_sigma: f64 = 2.5;
    /// Published: first-seen application, days looked back.
    published_first_seen_days: i64 = 14;
}

impl Rules {
    /// From this instant on records are kept `retention_days`, older ones `retention_days_before_october_2023` (Microsoft
    /// Learn, audit retention): 17 October 2023.
    pub const LONGER_RETENTION_FROM: UtcMicros = UtcMicros(1_697_500_800_000_000);

    /// When a record made at `at` expires under standard retention.
    #[must_use]
    pub fn expiry(&self, at: UtcMicros) -> UtcMicros {
        let days = if at < Self::LONGER_RETENTION_FROM {
            self.retention_days_before_october_2023
        } else {
            self.retention_days
        };
        at.plus(days.saturating_mul(UtcMicros::DAY))
    }

    /// `idle_gap_minutes` in microseconds.
    #[must_use]
    pub fn idle_gap(&self) -> i64 {
        self.idle_gap_minutes.saturating_mul(UtcMicros::MINUTE)
    }

    /// `throttle_blind_hours` in microseconds.
    #[must_use]
    pub fn throttle_blind(&self) -> i64 {
        self.throttle_blind_hours.saturating_mul(UtcMicros::HOUR)
    }
}

impl RuleType for i64 {
    const KIND: &'static str = "a whole number";

    fn to_value(&self) -> RuleValue {
        RuleValue::Whole(self.unsigned_abs())
    }

    fn from_value(value: &RuleValue) -> Option<Self> {
        u64::from_value(value).and_then(|number| number.try_into().ok())
    }
}

impl RuleType for u64 {
    const KIND: &'static str = "a whole number";

    fn to_value(&self) -> RuleValue {
        RuleValue::Whole(*self)
    }

    fn from_value(value: &RuleValue) -> Option<Self> {
        match value {
            RuleValue::Whole(number) => Some(*number),
            RuleValue::Real(_) | RuleValue::Several(_) => None,
        }
    }
}

impl RuleType for f64 {
    const KIND: &'static str = "a number";

    fn to_value(&self) -> RuleValue {
        RuleValue::Real(*self)
    }

    fn from_value(value: &RuleValue) -> Option<Self> {
        match value {
            RuleValue::Real(number) => Some(*number),
            RuleValue::Whole(number) => u32::try_from(*number).ok().map(Self::from),
            RuleValue::Several(_) => None,
        }
    }
}

impl RuleType for Vec<u64> {
    const KIND: &'static str = "a list of whole numbers";

    fn to_value(&self) -> RuleValue {
        RuleValue::Several(self.clone())
    }

    fn from_value(value: &RuleValue) -> Option<Self> {
        match value {
            RuleValue::Several(numbers) => Some(numbers.clone()),
            RuleValue::Whole(_) | RuleValue::Real(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_printed_and_set_back() {
        let rules = Rules::default();
        let mut copy = Rules::default();
        for (name, value, meaning) in rules.entries() {
            assert!(!meaning.is_empty(), "{name}");
            copy.set(name, &value).unwrap();
        }
        assert_eq!(copy, rules);
        assert_eq!(rules.entries().len(), Rules::NAMES.len());
    }

    #[test]
    fn a_record_expires_by_the_retention_of_its_day() {
        let rules = Rules::default();
        let days = |at: UtcMicros| (rules.expiry(at).0 - at.0) / UtcMicros::DAY;
        assert_eq!(days(Rules::LONGER_RETENTION_FROM), 180);
        assert_eq!(days(Rules::LONGER_RETENTION_FROM.plus(-1)), 90);
    }

    #[test]
    fn a_rule_takes_its_own_kind_of_value_only() {
        let mut rules = Rules::default();
        rules.set("join_floor", &RuleValue::Whole(1)).unwrap();
        assert_eq!(rules.join_floor, 1.0);
        assert_eq!(rules.set("settle_hours", &RuleValue::Real(1.5)), Err(RuleError::WrongKind("a whole number")));
        assert_eq!(rules.set("idle_gap", &RuleValue::Whole(1)), Err(RuleError::Unknown));
    }
}
