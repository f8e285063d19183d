//! Owns what each column of `related_events` says about an event.

use mailtrail_model::{Interval, RelatedEvent};

use super::Builder;
use crate::{
    TimelineError,
    cells::Columns,
    schema::{self, RELATED_EVENTS},
};

/// One row an event.
pub(crate) fn related_events(events: &[RelatedEvent<'_>], window: Option<Interval>) -> Result<Columns, TimelineError> {
    Builder::new(&RELATED_EVENTS, events)
        .text(schema::RECORD_ID, |event| event.record_id.as_deref())
        .time(schema::CREATED_UTC, |event| Some(event.created.0))
        .truth(schema::IN_WINDOW, |event| Some(window.is_none_or(|window| window.contains(event.created))))
        .text(schema::OPERATION, |event| Some(&event.operation))
        .text(schema::USER_ID, |event| event.user_id.as_deref())
        .text(schema::TARGET, |event| event.target.as_deref())
        .text(schema::ADDRESS, |event| event.address.as_deref())
        .text(schema::APP, |event| event.app.as_deref())
        .text(schema::RESULT_STATUS, |event| event.result_status.as_deref())
        .text(schema::DETAIL, |event| event.detail.as_deref())
        .locator(|event| event.locator)
        .finish()
}
