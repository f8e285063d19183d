//! Owns what each column of `items` says about an item of a record.

use mailtrail_model::{Folder, FolderHint, ItemAccess};

use super::{Builder, Row};
use crate::{
    TimelineError,
    cells::Columns,
    schema::{self, ITEMS},
};

struct ItemRow<'r, 'a> {
    row: Row<'r, 'a>,
    index: usize,
    item: &'r ItemAccess<'a>,
    folder: Option<&'r Folder<'a>>,
}

/// One row an item, in record order.
pub(crate) fn items(rows: &[Row<'_, '_>]) -> Result<Columns, TimelineError> {
    let mut items = Vec::with_capacity(rows.iter().map(|row| row.record.items.len()).sum());
    for row in rows {
        items.extend(row.record.items.iter().enumerate().map(|(index, item)| ItemRow {
            row: *row,
            index,
            item,
            folder: item.folder.and_then(|at| usize::try_from(at).ok()).and_then(|at| row.record.folders.get(at)),
        }));
    }
    Builder::new(&ITEMS, &items)
        .large(schema::ACCESS_NO, |item| item.row.access_no)
        .text(schema::RECORD_ID, |item| Some(&item.row.record.record_id))
        .time(schema::CREATED_UTC, |item| Some(item.row.record.created.0))
        .truth(schema::IN_WINDOW, |item| Some(item.row.in_window))
        .text(schema::MAILBOX, |item| Some(item.row.record.mailbox.as_str()))
        .text(schema::ACCESS_TYPE, |item| Some(item.row.record.access_type.as_str()))
        .count(schema::ITEM_INDEX, |item| item.index)
        .text(schema::FOLDER_ID, |item| item.folder?.id.as_deref())
        .text(schema::FOLDER_PATH, |item| item.folder?.path.as_deref())
        .text(schema::FOLDER_HINT, |item| FolderHint::of(item.folder?.id.as_deref()?).map(FolderHint::as_str))
        .text(schema::INTERNET_MESSAGE_ID, |item| item.item.internet_message_id.as_deref())
        .text(schema::ITEM_ID, |item| item.item.item_id.as_deref())
        .text(schema::ATTACHMENT_ID, |item| item.item.attachment_id.as_deref())
        .text(schema::IMMUTABLE_ID, |item| item.item.immutable_id.as_deref())
        .signed(schema::SIZE_BYTES, |item| item.item.size_bytes)
        .text(schema::SUBJECT, |item| item.item.subject.as_deref())
        .finish()
}
