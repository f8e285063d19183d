//! Owns the items that accesses name, and the folders they lie in: one packed entry an item, sorted by (mailbox, message).
//!
//! Invariant: within a mailbox, entries of one message are neighbours, in access order. Sixty million entries take 1.7 GB,
//! so an entry holds numbers only; texts are read again where they are printed. Items of accesses outside the window are
//! left out: they serve baselines, which count elsewhere.

use std::{ops::Range, path::Path};

use mailtrail_model::{FolderHint, MailAccessType};
use rayon::prelude::*;

use crate::{
    TimelineError,
    attachments::Attachments,
    digest,
    facts::Facts,
    interner::{Interner, NONE, TextId},
    read::{TableReader, large, signed, text},
    schema::{self, FOLDER_SYNCS, ITEMS},
    sort,
};

/// The 128-bit key of a message in words, so that an [`Item`] needs no padding.
pub(crate) type PackedKey = [u32; 4];

/// The key of an item without a message id.
pub(crate) const UNNAMED: PackedKey = [u32::MAX; 4];

/// "Size not stated".
const NO_SIZE: u32 = u32::MAX;

/// One item of one access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The message.
    pub(crate) key: PackedKey,
    /// Index into [`Facts::accesses`].
    pub(crate) place: u32,
    /// Number of the folder in [`Items::folders`]; 0 where none is stated.
    pub(crate) folder: TextId,
    size: u32,
}

impl Item {
    /// `SizeInBytes`, where stated; sizes from 4 GiB on are held as 4 GiB - 2: no message is that large.
    pub(crate) fn size(&self) -> Option<u64> {
        (self.size != NO_SIZE).then(|| u64::from(self.size))
    }

    /// Whether the record gave its message id.
    pub(crate) fn is_named(&self) -> bool {
        self.key != UNNAMED
    }
}

/// The items of the window, and every folder that items or Syncs name.
#[derive(Debug, Default)]
pub(crate) struct Items {
    items: Vec<Item>,
    starts: Vec<usize>,
    /// Folder ids (or `path:` and the path, where a record gives no id).
    pub(crate) folders: Interner,
    /// The path of each folder, by number; of several the first by text. Paths are localised and change: for reading only.
    pub(crate) paths: Vec<Option<Box<str>>>,
    /// Folder of each Sync or Unknown access (place, folder), in place order: folders that may have gone whole.
    pub(crate) syncs: Vec<(u32, TextId)>,
    /// Folder of each other access that lists no item in it: (place, folder).
    pub(crate) unlisted: Vec<(u32, TextId)>,
}

impl Items {
    /// Reads `items.parquet` and `folder_syncs.parquet`.
    pub(crate) fn load(tables: &Path, facts: &Facts) -> Result<Self, TimelineError> {
        let table = TableReader::open(tables, &ITEMS)?;
        let starts = count(&table, facts)?;
        let total = starts.last().copied().unwrap_or_default();
        let empty = Item { key: UNNAMED, place: 0, folder: NONE, size: NO_SIZE };
        let mut out = Self { items: vec![empty; total], starts, ..Self::default() };
        let mut cursor = out.starts.clone();
        let attachments = Attachments::load(tables, facts)?;
        let step = rayon::current_num_threads().max(1) * 2;
        for first in (0..table.groups()).step_by(step) {
            let last = (first + step).min(table.groups());
            let parts: Vec<Part> = (first..last)
                .into_par_iter()
                .map(|group| part(&table, group, facts, &attachments))
                .collect::<Result<_, _>>()?;
            for (items, folders, paths) in parts {
                let map: Vec<TextId> = folders.texts().iter().map(|folder| out.folders.add(folder)).collect();
                for (folder, path) in map.iter().zip(&paths) {
                    out.path(*folder, path.as_deref());
                }
                for item in items {
                    let mailbox = facts.accesses[item.place as usize].mailbox as usize;
                    out.items[cursor[mailbox]] = Item { folder: map[item.folder as usize], ..item };
                    cursor[mailbox] += 1;
                }
            }
        }
        out.sort();
        out.load_folders(tables, facts)?;
        Ok(out)
    }

    fn path(&mut self, folder: TextId, path: Option<&str>) {
        let at = folder as usize;
        if self.paths.len() <= at {
            self.paths.resize(at + 1, None);
        }
        if let (Some(path), true) = (path, folder != NONE)
            && self.paths[at].as_deref().is_none_or(|known| path < known)
        {
            self.paths[at] = Some(path.into());
        }
    }

    /// The path of a folder, as some record gives it.
    pub(crate) fn path_of(&self, folder: TextId) -> Option<&str> {
        self.paths.get(folder as usize)?.as_deref()
    }

    /// Whether a folder is known to hold no mail. One that no record names holds mail.
    pub(crate) fn holds_no_mail(&self, folder: TextId) -> bool {
        folder != NONE && holds_no_mail(self.folders.get(folder), self.path_of(folder))
    }

    fn sort(&mut self) {
        let mut rest = &mut self.items[..];
        let mut slices = Vec::with_capacity(self.starts.len());
        for bounds in self.starts.windows(2) {
            let (slice, tail) = rest.split_at_mut(bounds[1] - bounds[0]);
            slices.push(slice);
            rest = tail;
        }
        sort::each(slices, |item| (item.key, item.place, item.folder, item.size));
    }

    fn load_folders(&mut self, tables: &Path, facts: &Facts) -> Result<(), TimelineError> {
        let table = TableReader::open(tables, &FOLDER_SYNCS)?;
        for group in 0..table.groups() {
            let frame =
                table.read(group, &[schema::ACCESS_NO, schema::FOLDER_ID, schema::FOLDER_PATH, schema::FOLDER_NAME])?;
            let access = large(&frame, schema::ACCESS_NO)?;
            let (id, path) = (text(&frame, schema::FOLDER_ID)?, text(&frame, schema::FOLDER_PATH)?);
            let name = text(&frame, schema::FOLDER_NAME)?;
            for row in 0..frame.height() {
                let Some(place) = place(facts, access.get(row)) else { continue };
                let path = path.get(row).or(name.get(row));
                let folder = folder_number(&mut self.folders, id.get(row), path);
                self.path(folder, path);
                let flags = facts.accesses[place as usize].flags;
                if !flags.in_window() {
                    continue;
                }
                if flags.takes_folders() {
                    self.syncs.push((place, folder))
                } else {
                    self.unlisted.push((place, folder))
                }
            }
        }
        self.syncs.sort_unstable();
        self.unlisted.sort_unstable();
        Ok(())
    }

    /// Items made without tables: (row number, message id, folder, size) and (row number, folder) of Syncs.
    #[cfg(test)]
    pub(crate) fn of_rows(
        facts: &Facts,
        rows: &[(u32, Option<&str>, &str, Option<u32>)],
        syncs: &[(u32, &str)],
    ) -> Self {
        let mut out = Self::default();
        let mut scratch = String::new();
        let mut items = Vec::new();
        for (no, id, folder, size) in rows {
            let place = facts.place[*no as usize];
            if !facts.accesses[place as usize].flags.in_window() {
                continue;
            }
            let key = id.map_or(UNNAMED, |id| pack(digest::message_key(id, &mut scratch).0));
            items.push(Item { key, place, folder: out.folders.add(folder), size: size.unwrap_or(NO_SIZE) });
        }
        items.sort_by_key(|item| facts.accesses[item.place as usize].mailbox);
        let before =
            |mailbox| items.partition_point(|item| (facts.accesses[item.place as usize].mailbox as usize) < mailbox);
        out.starts = (0..=facts.mailboxes.len()).map(before).collect();
        out.items = items;
        out.sort();
        out.syncs = syncs.iter().map(|(no, folder)| (facts.place[*no as usize], out.folders.add(folder))).collect();
        out.syncs.sort_unstable();
        let paths: Vec<String> =
            out.folders.texts().iter().map(|id| id.strip_prefix("path:").unwrap_or("").to_owned()).collect();
        for (folder, path) in (0u32..).zip(&paths) {
            out.path(folder, Some(path).filter(|path| !path.is_empty()).map(String::as_str));
        }
        out
    }

    /// The items of a mailbox, by message.
    pub(crate) fn of(&self, mailbox: usize) -> &[Item] {
        &self.items[self.starts[mailbox]..self.starts[mailbox + 1]]
    }

    /// The synchronised folders of accesses in a range of places.
    pub(crate) fn syncs_in(&self, places: &Range<usize>) -> &[(u32, TextId)] {
        within(&self.syncs, places)
    }

    /// The folders without listed items of accesses in a range of places.
    pub(crate) fn unlisted_in(&self, places: &Range<usize>) -> &[(u32, TextId)] {
        within(&self.unlisted, places)
    }
}

fn within<'a>(pairs: &'a [(u32, TextId)], places: &Range<usize>) -> &'a [(u32, TextId)] {
    let first = pairs.partition_point(|(place, _)| (*place as usize) < places.start);
    let last = pairs.partition_point(|(place, _)| (*place as usize) < places.end);
    &pairs[first..last]
}

/// The messages of a mailbox's items: runs of equal keys, unnamed items left out.
pub(crate) fn messages(items: &[Item]) -> impl Iterator<Item = &[Item]> {
    items.chunk_by(|a, b| a.key == b.key).filter(|run| run[0].is_named())
}

/// Whether a folder holds no mail: Calendar, Conflicts, Outbox, by hint or by the last name of the path. Names are localised,
/// so an unknown name holds mail.
pub(crate) fn holds_no_mail(folder_id: Option<&str>, path: Option<&str>) -> bool {
    const NAMES: [&str; 3] = ["calendar", "outbox", "conflicts"];
    if folder_id.and_then(FolderHint::of) == Some(FolderHint::Outbox) {
        return true;
    }
    let last = path.and_then(|path| path.rsplit(['\\', '/']).find(|name| !name.is_empty())).unwrap_or("");
    NAMES.iter().any(|name| last.eq_ignore_ascii_case(name))
}

/// The number of a folder: by id, else by path.
fn folder_number(folders: &mut Interner, id: Option<&str>, path: Option<&str>) -> TextId {
    match (id, path) {
        (Some(id), _) => folders.add(id),
        (None, Some(path)) => folders.add(&format!("path:{path}")),
        (None, None) => NONE,
    }
}

/// The place of a table row among the sorted accesses; `None` where the tables do not belong together.
pub(crate) fn place(facts: &Facts, access_no: Option<u64>) -> Option<u32> {
    let no = usize::try_from(access_no?).ok()?;
    facts.place.get(no).copied()
}

/// Where each mailbox's items start.
fn count(table: &TableReader, facts: &Facts) -> Result<Vec<usize>, TimelineError> {
    let mailboxes = facts.mailboxes.len();
    let counts: Vec<Vec<(u32, usize)>> = (0..table.groups())
        .into_par_iter()
        .map(|group| {
            let frame = table.read(group, &[schema::ACCESS_NO])?;
            let mut counts: Vec<(u32, usize)> = Vec::new();
            for no in large(&frame, schema::ACCESS_NO)?.iter() {
                let Some(place) = place(facts, no) else { continue };
                let access = &facts.accesses[place as usize];
                if !access.flags.in_window() {
                    continue;
                }
                match counts.last_mut() {
                    Some((mailbox, n)) if *mailbox == access.mailbox => *n += 1,
                    _ => counts.push((access.mailbox, 1)),
                }
            }
            Ok(counts)
        })
        .collect::<Result<_, TimelineError>>()?;
    let mut starts = vec![0usize; mailboxes + 1];
    for (mailbox, n) in counts.iter().flatten() {
        starts[*mailbox as usize + 1] += n;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    Ok(starts)
}

type Part = (Vec<Item>, Interner, Vec<Option<Box<str>>>);

fn part(table: &TableReader, group: usize, facts: &Facts, attachments: &Attachments) -> Result<Part, TimelineError> {
    let mut columns = vec![
        schema::ACCESS_NO,
        schema::FOLDER_ID,
        schema::FOLDER_PATH,
        schema::INTERNET_MESSAGE_ID,
        schema::SIZE_BYTES,
    ];
    if !attachments.is_empty() {
        columns.extend([schema::ITEM_ID, schema::IMMUTABLE_ID]);
    }
    let frame = table.read(group, &columns)?;
    let attached = if attachments.is_empty() {
        None
    } else {
        Some((text(&frame, schema::ITEM_ID)?, text(&frame, schema::IMMUTABLE_ID)?))
    };
    let access = large(&frame, schema::ACCESS_NO)?;
    let (id, path) = (text(&frame, schema::FOLDER_ID)?, text(&frame, schema::FOLDER_PATH)?);
    let (message, size) = (text(&frame, schema::INTERNET_MESSAGE_ID)?, signed(&frame, schema::SIZE_BYTES)?);
    let mut folders = Interner::default();
    let mut paths: Vec<Option<Box<str>>> = vec![None];
    let mut last: (Option<&str>, Option<&str>, TextId) = (None, None, NONE);
    let mut scratch = String::new();
    let mut items = Vec::with_capacity(frame.height());
    for row in 0..frame.height() {
        let Some(place) = place(facts, access.get(row)) else { continue };
        let flags = facts.accesses[place as usize].flags;
        if !flags.in_window() {
            continue;
        }
        if (id.get(row), path.get(row)) != (last.0, last.1) {
            last = (id.get(row), path.get(row), folder_number(&mut folders, id.get(row), path.get(row)));
            let at = last.2 as usize;
            if paths.len() <= at {
                paths.resize(at + 1, None);
            }
            if let (Some(path), true) = (last.1, last.2 != NONE)
                && paths[at].as_deref().is_none_or(|known| path < known)
            {
                paths[at] = Some(path.into());
            }
        }
        let key = match (message.get(row), &attached) {
            (Some(id), _) => pack(digest::message_key(id, &mut scratch).0),
            (None, Some((item, immutable))) if flags.kind() == MailAccessType::Attachment => {
                let mailbox = facts.accesses[place as usize].mailbox;
                attachments.message(mailbox, item.get(row), immutable.get(row)).unwrap_or(UNNAMED)
            }
            (None, _) => UNNAMED,
        };
        let size = size
            .get(row)
            .filter(|bytes| *bytes >= 0)
            .map_or(NO_SIZE, |bytes| u32::try_from(bytes).unwrap_or(NO_SIZE - 1).min(NO_SIZE - 1));
        items.push(Item { key, place, folder: last.2, size });
    }
    paths.resize(folders.texts().len(), None);
    Ok((items, folders, paths))
}

/// A 128-bit key in words, most significant first, so that words order as the key does.
pub(crate) fn pack(key: u128) -> PackedKey {
    let bytes = key.to_be_bytes();
    let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    [word(0), word(4), word(8), word(12)]
}

/// The inverse of [`pack`].
pub(crate) fn unpack(key: PackedKey) -> u128 {
    key.iter().fold(0, |sum, word| sum << 32 | u128::from(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_a_key_keeps_its_value_and_order() {
        let keys = [0u128, 1, u128::from(u32::MAX), 1 << 32, 1 << 96, u128::MAX - 1];
        assert!(keys.iter().all(|key| unpack(pack(*key)) == *key));
        assert!(keys.windows(2).all(|pair| pack(pair[0]) < pack(pair[1])));
    }

    #[test]
    fn folders_without_mail_are_known_by_hint_or_english_name_only() {
        assert!(holds_no_mail(None, Some("\\Calendar")));
        assert!(holds_no_mail(None, Some("\\Sync Issues\\Conflicts")));
        assert!(holds_no_mail(Some("LgAAAAAAAAAAELAAAB"), None) == FolderHint::of("LgAAAAAAAAAAELAAAB").is_some());
        assert!(!holds_no_mail(None, Some("\\Kalender")), "an unknown name is taken to hold mail");
        assert!(!holds_no_mail(None, None));
    }
}
