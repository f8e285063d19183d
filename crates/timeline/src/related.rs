//! Owns reading the related events back: a few thousand rows, held whole.

use std::{borrow::Cow, path::Path};

use mailtrail_model::{Locator, RelatedEvent, SourceId, UtcMicros};

use crate::{
    TimelineError,
    read::{TableReader, large, text, time},
    schema::{self, RELATED_EVENTS},
};

/// Every related event, in time order, then in source order. A table that does not exist holds none.
pub(crate) fn load(tables: &Path) -> Result<Vec<RelatedEvent<'static>>, TimelineError> {
    let mut events = Vec::new();
    if !tables.join(RELATED_EVENTS.file).exists() {
        return Ok(events);
    }
    let table = TableReader::open(tables, &RELATED_EVENTS)?;
    for group in 0..table.groups() {
        let frame = table.read_all(group)?;
        let column = |name| text(&frame, name);
        let (id, operation, user) = (column(schema::RECORD_ID)?, column(schema::OPERATION)?, column(schema::USER_ID)?);
        let (target, address, app) = (column(schema::TARGET)?, column(schema::ADDRESS)?, column(schema::APP)?);
        let (status, detail) = (column(schema::RESULT_STATUS)?, column(schema::DETAIL)?);
        let (source, created) = (column(schema::SOURCE_ID)?, time(&frame, schema::CREATED_UTC)?);
        let (row_no, offset) = (large(&frame, schema::ROW)?, large(&frame, schema::BYTE_OFFSET)?);
        let len = large(&frame, schema::BYTE_LEN)?;
        for row in 0..frame.height() {
            let owned = |text: Option<&str>| text.map(|t| Cow::Owned(t.to_owned()));
            events.push(RelatedEvent {
                locator: Locator {
                    source: SourceId(source.get(row).and_then(source_index).unwrap_or_default()),
                    row: row_no.get(row).unwrap_or_default(),
                    byte_offset: offset.get(row).unwrap_or_default(),
                    byte_len: len.get(row).unwrap_or_default(),
                },
                record_id: owned(id.get(row)),
                created: UtcMicros(created.get(row).unwrap_or_default()),
                operation: Cow::Owned(operation.get(row).unwrap_or_default().to_owned()),
                user_id: owned(user.get(row)),
                target: owned(target.get(row)),
                address: address.get(row).map(str::to_owned),
                app: owned(app.get(row)),
                result_status: owned(status.get(row)),
                detail: owned(detail.get(row)),
            });
        }
    }
    events.sort_by_key(|event| (event.created, event.locator));
    // "Every copy of it" is in the table; a copy tells no other story.
    events.dedup_by(|a, b| a.record_id.is_some() && a.record_id == b.record_id && a.created == b.created);
    Ok(events)
}

/// The inverse of [`SourceId`]'s printed form.
fn source_index(printed: &str) -> Option<u32> {
    let number: u32 = printed.strip_prefix('S')?.parse().ok()?;
    number.checked_sub(1)
}
