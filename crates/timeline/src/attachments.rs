//! Owns which message an attachment access is about: its record has item ids and no message id, so a Bind of the same
//! mailbox that names the item by both gives it. One that joins no Bind stays unnamed, and its mailbox open.

use std::path::Path;

use hashbrown::{HashMap, HashSet};
use mailtrail_model::MailAccessType;

use crate::{
    TimelineError, digest,
    facts::Facts,
    items::{PackedKey, pack, place},
    read::{TableReader, large, text},
    schema::{self, ITEMS},
};

/// Messages of item ids that attachment accesses state, per mailbox.
#[derive(Debug, Default)]
pub(crate) struct Attachments(HashMap<(u32, u128), PackedKey>);

const COLUMNS: [&str; 4] = [schema::ACCESS_NO, schema::INTERNET_MESSAGE_ID, schema::ITEM_ID, schema::IMMUTABLE_ID];

impl Attachments {
    /// Reads `items.parquet` twice, if there is any attachment access at all.
    pub(crate) fn load(tables: &Path, facts: &Facts) -> Result<Self, TimelineError> {
        let mut found = Self::default();
        if !facts.accesses.iter().any(|access| access.flags.kind() == MailAccessType::Attachment) {
            return Ok(found);
        }
        let table = TableReader::open(tables, &ITEMS)?;
        let mut wanted: HashSet<(u32, u128)> = HashSet::new();
        each(&table, facts, |mailbox, kind, ids, _| {
            if kind == MailAccessType::Attachment {
                wanted.extend(ids.into_iter().flatten().map(|id| (mailbox, id)));
            }
        })?;
        each(&table, facts, |mailbox, kind, ids, message| {
            let (MailAccessType::Bind, Some(message)) = (kind, message) else { return };
            for id in ids.into_iter().flatten().filter(|id| wanted.contains(&(mailbox, *id))) {
                // One item is one message; were it not, the least key is taken whatever the order of rows.
                let key = found.0.entry((mailbox, id)).or_insert(message);
                *key = (*key).min(message);
            }
        })?;
        Ok(found)
    }

    /// Whether no attachment joins a message.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The message of an item by any of its ids.
    pub(crate) fn message(&self, mailbox: u32, item_id: Option<&str>, immutable_id: Option<&str>) -> Option<PackedKey> {
        let ids = [item_id, immutable_id].into_iter().flatten();
        ids.filter_map(|id| self.0.get(&(mailbox, digest::of_parts(&[Some(id)])))).min().copied()
    }
}

/// Visits each item row: mailbox, kind, both item ids, message.
fn each(
    table: &TableReader,
    facts: &Facts,
    mut visit: impl FnMut(u32, MailAccessType, [Option<u128>; 2], Option<PackedKey>),
) -> Result<(), TimelineError> {
    let mut scratch = String::new();
    for group in 0..table.groups() {
        let frame = table.read(group, &COLUMNS)?;
        let (access, message) = (large(&frame, schema::ACCESS_NO)?, text(&frame, schema::INTERNET_MESSAGE_ID)?);
        let (item, immutable) = (text(&frame, schema::ITEM_ID)?, text(&frame, schema::IMMUTABLE_ID)?);
        for row in 0..frame.height() {
            let Some(place) = place(facts, access.get(row)) else { continue };
            let access = &facts.accesses[place as usize];
            let ids = [item.get(row), immutable.get(row)].map(|id| id.map(|id| digest::of_parts(&[Some(id)])));
            let message = message.get(row).map(|id| pack(digest::message_key(id, &mut scratch).0));
            visit(access.mailbox, access.flags.kind(), ids, message);
        }
    }
    Ok(())
}
