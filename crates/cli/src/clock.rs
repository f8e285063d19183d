//! Owns the tool's only clock readings: progress, and the marked block of `run.json`. No result depends on them.

use mailtrail_model::UtcMicros;

/// Now.
#[expect(clippy::disallowed_methods, reason = "cli is the one place that reads the clock")]
pub(crate) fn now() -> UtcMicros {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    UtcMicros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// A point to measure seconds from.
#[expect(clippy::disallowed_methods, reason = "cli is the one place that measures time")]
pub(crate) fn started() -> std::time::Instant {
    std::time::Instant::now()
}
