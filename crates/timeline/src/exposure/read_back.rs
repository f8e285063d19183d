//! Owns reading classes back from `exposure.parquet`: for programs that score or join them. Nothing here computes a class.

use std::path::Path;

use mailtrail_model::{ExposureClass, MailboxKey, Reason};

use super::table::EXPOSURE;
use crate::{
    TimelineError,
    read::{TableReader, text, truth},
};

const COLUMNS: [&str; 5] = ["mailbox", "internet_message_id", "class", "reasons", "listed"];

/// A message and its class, as `exposure.parquet` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassedMessage {
    /// The mailbox.
    pub mailbox: MailboxKey,
    /// The message id; `None` where only its key is known.
    pub internet_message_id: Option<String>,
    /// The class.
    pub class: ExposureClass,
    /// Every reason, in the vocabulary's order.
    pub reasons: Vec<Reason>,
    /// Whether a listing holds it.
    pub listed: bool,
}

/// Visits every message of `exposure.parquet`, in its order. A row with a class this version does not know is skipped by
/// nobody: it is an error.
///
/// # Errors
/// If the table is missing, damaged, or of another version.
pub fn read_classes(tables: &Path, mut visit: impl FnMut(ClassedMessage)) -> Result<(), TimelineError> {
    let table = TableReader::open(tables, &EXPOSURE)?;
    for group in 0..table.groups() {
        let frame = table.read(group, &COLUMNS)?;
        let (mailbox, id) = (text(&frame, "mailbox")?, text(&frame, "internet_message_id")?);
        let (class, reasons) = (text(&frame, "class")?, text(&frame, "reasons")?);
        let listed = truth(&frame, "listed")?;
        for row in 0..frame.height() {
            let name = class.get(row).unwrap_or_default();
            let Some(class) = ExposureClass::ALL.into_iter().find(|one| one.as_str() == name) else {
                return Err(TimelineError::Column {
                    table: EXPOSURE.file.to_owned(),
                    column: "class".to_owned(),
                    expected: format!("a class of the method, not {name:?}"),
                });
            };
            let reasons = reasons.get(row).unwrap_or_default().split(' ');
            visit(ClassedMessage {
                mailbox: MailboxKey(mailbox.get(row).unwrap_or_default().into()),
                internet_message_id: id.get(row).map(str::to_owned),
                class,
                reasons: reasons
                    .filter_map(|code| Reason::ALL.iter().copied().find(|one| one.as_str() == code))
                    .collect(),
                listed: listed.get(row).unwrap_or(false),
            });
        }
    }
    Ok(())
}
