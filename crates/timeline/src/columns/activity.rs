//! Owns what each column of `activity` says about a tally.

use mailtrail_model::ActivityCount;

use super::Builder;
use crate::{
    TimelineError,
    cells::Columns,
    schema::{self, ACTIVITY},
};

/// One row a source, operation and hour.
pub(crate) fn activity(counts: &[ActivityCount]) -> Result<Columns, TimelineError> {
    Builder::new(&ACTIVITY, counts)
        .source(|count| count.source)
        .text(schema::OPERATION, |count| Some(&count.operation))
        .time(schema::HOUR_UTC, |count| count.hour.map(|hour| hour.0))
        .large(schema::ROWS, |count| count.rows)
        .finish()
}
