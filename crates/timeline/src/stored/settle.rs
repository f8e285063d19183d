//! Owns the form a record has once it went through the tables.
//!
//! Tables keep folders by item and by folder row, not as the record's own list, so the list is put together anew: first the
//! folder rows, then the folders that items name, each once.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{AccessRecord, Address, Folder, IssueCode, ItemAccess};

use crate::columns::lists_folders;

/// Brings a record into the form it has in the tables.
pub(crate) fn settle(record: &mut AccessRecord<'static>) {
    let folders = std::mem::take(&mut record.folders);
    let folder_of = |item: &ItemAccess<'_>| {
        item.folder.and_then(|at| usize::try_from(at).ok()).and_then(|at| folders.get(at)).cloned()
    };
    let items: Vec<_> = record.items.drain(..).map(|item| (folder_of(&item), item)).collect();
    let all = lists_folders(record.access_type);
    let named: Vec<usize> = items
        .iter()
        .filter_map(|(_, item)| usize::try_from(item.folder?).ok())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let rows = folders
        .iter()
        .enumerate()
        .filter(|(at, _)| all || named.binary_search(at).is_err())
        .map(|(_, folder)| folder.clone())
        .collect();
    assemble(record, rows, items);
    record.origin.address = address(
        record.origin.normalized().as_deref(),
        record.issues.contains(&IssueCode::AddressUnreadable) && record.origin.raw.is_some(),
    );
}

/// Gives a record its folders and items back.
pub(super) fn assemble(
    record: &mut AccessRecord<'static>,
    rows: Vec<Folder<'static>>,
    items: Vec<(Option<Folder<'static>>, ItemAccess<'static>)>,
) {
    let mut places: BTreeMap<(Option<String>, Option<String>), usize> = BTreeMap::new();
    let key =
        |folder: &Folder<'_>| (folder.id.as_deref().map(str::to_owned), folder.path.as_deref().map(str::to_owned));
    record.folders = rows;
    for (at, folder) in record.folders.iter().enumerate() {
        places.entry(key(folder)).or_insert(at);
    }
    record.items = Vec::with_capacity(items.len());
    for (folder, item) in items {
        let folder = folder.filter(|folder| folder.id.is_some() || folder.path.is_some()).and_then(|folder| {
            let at = *places.entry(key(&folder)).or_insert_with(|| {
                record.folders.push(Folder { name: None, ..folder });
                record.folders.len() - 1
            });
            u32::try_from(at).ok()
        });
        record.items.push(ItemAccess { folder, ..item });
    }
}

/// An address of its spelling in the tables.
pub(super) fn address(normalized: Option<&str>, unreadable: bool) -> Address<'static> {
    match normalized {
        Some(text) => match text.parse() {
            Ok(ip) => Address::Ip(ip),
            Err(_) => Address::Host(text.to_owned().into()),
        },
        None if unreadable => Address::Unreadable,
        None => Address::None,
    }
}
