//! Owns every threshold of the method, each with the source of its number. Libraries have no hidden defaults.

use crate::UtcMicros;

/// The numbers of the method. Printed in the report and in `run.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Silence that ends a session, in minutes. Repeats are suppressed for an hour, so a steady client is logged every 60
    /// minutes and a bit; at 60 a public data set's 10 sessions became 155 (docs/METHOD.md, Access session).
    pub idle_gap_minutes: i64,
    /// Hours after a throttled record in which Binds are not recorded (Microsoft Learn, MailItemsAccessed, step 1).
    pub throttle_blind_hours: i64,
    /// Records in 24 h from which a later silence is suspected to be throttling: 95 % of the documented 1,000.
    pub throttle_suspect_records: u64,
    /// Records in 24 h up to which throttling is excluded by count: half of the documented limit, by any published wording.
    pub throttle_excluded_records: u64,
    /// Items in 24 h up to which throttling is excluded by count.
    pub throttle_excluded_items: u64,
    /// Length of the aggregation of Binds into one record, in minutes (Microsoft Learn, MailItemsAccessed).
    pub aggregation_minutes: i64,
    /// Span in which repeats of a Bind or Sync are not recorded, in minutes (Microsoft Learn, MailItemsAccessed).
    pub suppression_minutes: i64,
    /// Hours before an export in which records may still be missing (no service level is promised; 12–24 h have been seen).
    pub settle_hours: i64,
    /// Least silence that counts as `silent`, in hours.
    pub silent_hours: i64,
    /// The same for a mailbox with fewer than `silent_min_days` days outside the suspect period.
    pub silent_short_hours: i64,
    /// Days needed to judge a mailbox's own silences.
    pub silent_min_days: i64,
    /// Share of a mailbox's logged ids that a listing must contain before it can show anything.
    pub join_floor: f64,
    /// Row counts at which exports are known to be cut (domain sources in docs/METHOD.md).
    pub suspicious_row_counts: Vec<u64>,
    /// Retention of standard audit records from 17 October 2023, in days (Microsoft Learn, audit retention).
    pub retention_days: i64,
    /// Retention of records before that date, in days.
    pub retention_days_before_october_2023: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            idle_gap_minutes: 120,
            throttle_blind_hours: 24,
            throttle_suspect_records: 950,
            throttle_excluded_records: 500,
            throttle_excluded_items: 1_000,
            aggregation_minutes: 2,
            suppression_minutes: 60,
            settle_hours: 24,
            silent_hours: 24,
            silent_short_hours: 72,
            silent_min_days: 14,
            join_floor: 0.95,
            suspicious_row_counts: vec![100, 5_000, 10_000, 30_000, 50_000, 250_000, 1_000_000],
            retention_days: 180,
            retention_days_before_october_2023: 90,
        }
    }
}

impl Rules {
    /// `idle_gap_minutes` in microseconds.
    #[must_use]
    pub fn idle_gap(&self) -> i64 {
        self.idle_gap_minutes * UtcMicros::MINUTE
    }

    /// `throttle_blind_hours` in microseconds.
    #[must_use]
    pub fn throttle_blind(&self) -> i64 {
        self.throttle_blind_hours * UtcMicros::HOUR
    }
}
