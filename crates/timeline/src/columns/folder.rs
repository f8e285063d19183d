//! Owns which folders stand in `folder_syncs`, and what each column says about one.

use mailtrail_model::{Folder, FolderHint, MailAccessType};

use super::{Builder, Row};
use crate::{
    TimelineError,
    cells::Columns,
    schema::{self, FOLDER_SYNCS},
};

struct FolderRow<'r, 'a> {
    row: Row<'r, 'a>,
    folder: &'r Folder<'a>,
}

/// Whether every folder of such a record stands in the table; of other records only those that list no item.
pub(crate) fn lists_folders(access_type: MailAccessType) -> bool {
    matches!(access_type, MailAccessType::Sync | MailAccessType::Unknown)
}

/// One row a folder.
pub(crate) fn folder_syncs(rows: &[Row<'_, '_>]) -> Result<Columns, TimelineError> {
    let mut folders = Vec::new();
    let mut wanted = Vec::new();
    for row in rows {
        wanted.clear();
        wanted.resize(row.record.folders.len(), true);
        if !lists_folders(row.record.access_type) {
            for at in row.record.items.iter().filter_map(|item| usize::try_from(item.folder?).ok()) {
                if let Some(wanted) = wanted.get_mut(at) {
                    *wanted = false;
                }
            }
        }
        let folder = |(folder, wanted): (_, &bool)| wanted.then_some(FolderRow { row: *row, folder });
        folders.extend(row.record.folders.iter().zip(&wanted).filter_map(folder));
    }
    Builder::new(&FOLDER_SYNCS, &folders)
        .large(schema::ACCESS_NO, |folder| folder.row.access_no)
        .text(schema::RECORD_ID, |folder| Some(&folder.row.record.record_id))
        .time(schema::CREATED_UTC, |folder| Some(folder.row.record.created.0))
        .truth(schema::IN_WINDOW, |folder| Some(folder.row.in_window))
        .text(schema::MAILBOX, |folder| Some(folder.row.record.mailbox.as_str()))
        .text(schema::ACCESS_TYPE, |folder| Some(folder.row.record.access_type.as_str()))
        .text(schema::FOLDER_ID, |folder| folder.folder.id.as_deref())
        .text(schema::FOLDER_PATH, |folder| folder.folder.path.as_deref())
        .text(schema::FOLDER_NAME, |folder| folder.folder.name.as_deref())
        .text(schema::FOLDER_HINT, |folder| FolderHint::of(folder.folder.id.as_deref()?).map(FolderHint::as_str))
        .finish()
}
