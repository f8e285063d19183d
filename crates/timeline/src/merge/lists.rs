//! Owns the comparison of item lists and folder lists: one must contain the other.

use std::collections::BTreeMap;

use mailtrail_model::{AccessRecord, Folder, ItemAccess, MessageKey};

use super::fields::{exact, plain, text};

/// Comparisons of one pair of records. Real records need one an item; a record made to repeat one id a hundred thousand
/// times would need 10^10, and is called a contradiction instead.
const BUDGET: usize = 4_000_000;

/// Merges folders and items of `other` into `into`, or names the list in which they contradict.
pub(super) fn merge(into: &mut AccessRecord<'static>, other: &AccessRecord<'static>) -> Result<(), &'static str> {
    let mut budget = BUDGET;
    let folders = contain(&into.folders, &other.folders, folder_keys, merge_folder, &mut budget).ok_or("folders")?;
    let moved = |items: &[ItemAccess<'static>], at: &[usize]| -> Vec<ItemAccess<'static>> {
        let to = |old: u32| at.get(usize::try_from(old).ok()?).and_then(|new| u32::try_from(*new).ok());
        items.iter().cloned().map(|item| ItemAccess { folder: item.folder.and_then(to), ..item }).collect()
    };
    let (a, b) = (moved(&into.items, &folders.left), moved(&other.items, &folders.right));
    let items = contain(&a, &b, item_keys, merge_item, &mut budget).ok_or("items")?;
    into.folders = folders.merged;
    into.items = items.merged;
    Ok(())
}

/// A list that holds both lists, and where each entry went.
struct Contained<T> {
    merged: Vec<T>,
    left: Vec<usize>,
    right: Vec<usize>,
}

/// Finds for each entry of the shorter list one of its own in the longer. At equal length the left list's order stands.
fn contain<T: Clone>(
    left: &[T],
    right: &[T],
    keys: fn(&T) -> Vec<String>,
    merge: fn(&T, &T) -> Option<T>,
    budget: &mut usize,
) -> Option<Contained<T>> {
    let (large, small, swapped) = if left.len() >= right.len() { (left, right, false) } else { (right, left, true) };
    let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, entry) in large.iter().enumerate() {
        keys(entry).into_iter().for_each(|key| by_key.entry(key).or_default().push(at));
    }
    let mut merged = large.to_vec();
    let mut taken = vec![false; large.len()];
    let mut places = vec![0; small.len()];
    for (at, entry) in small.iter().enumerate() {
        let same_place = std::slice::from_ref(&at);
        let mut candidates = keys(entry)
            .into_iter()
            .filter_map(|key| by_key.get(&key))
            .flatten()
            .chain(same_place)
            .filter(|candidate| taken.get(**candidate) == Some(&false));
        let (place, whole) = candidates.find_map(|candidate| {
            *budget = budget.checked_sub(1)?;
            // Both sides of a merge are handed over in the order left, right: the left one's spelling stands.
            let whole = if swapped { merge(entry, &large[*candidate]) } else { merge(&large[*candidate], entry) };
            whole.map(|whole| (*candidate, whole))
        })?;
        taken[place] = true;
        merged[place] = whole;
        places[at] = place;
    }
    let whole: Vec<usize> = (0..large.len()).collect();
    let (left, right) = if swapped { (places, whole) } else { (whole, places) };
    Some(Contained { merged, left, right })
}

fn folder_keys(folder: &Folder<'_>) -> Vec<String> {
    let key = |kind: &str, value: Option<&str>| value.map(|value| format!("{kind}{}", value.trim()));
    [key("i", folder.id.as_deref()), key("p", folder.path.as_deref()), key("n", folder.name.as_deref())]
        .into_iter()
        .flatten()
        .collect()
}

fn merge_folder(a: &Folder<'static>, b: &Folder<'static>) -> Option<Folder<'static>> {
    let mut whole = a.clone();
    text(&mut whole.id, &b.id, exact, "").ok()?;
    text(&mut whole.path, &b.path, exact, "").ok()?;
    text(&mut whole.name, &b.name, exact, "").ok()?;
    Some(whole)
}

fn item_keys(item: &ItemAccess<'_>) -> Vec<String> {
    let message = item.internet_message_id.as_deref().map(|id| format!("m{}", MessageKey::canonical(id)));
    let key = |kind: &str, value: Option<&str>| value.map(|value| format!("{kind}{}", value.trim()));
    let attachment = key("a", item.attachment_id.as_deref());
    [attachment, message, key("i", item.item_id.as_deref()), key("u", item.immutable_id.as_deref())]
        .into_iter()
        .flatten()
        .collect()
}

fn merge_item(a: &ItemAccess<'static>, b: &ItemAccess<'static>) -> Option<ItemAccess<'static>> {
    fn same_message(a: &str, b: &str) -> bool {
        a == b || MessageKey::canonical(a) == MessageKey::canonical(b)
    }
    let mut whole = a.clone();
    text(&mut whole.attachment_id, &b.attachment_id, exact, "").ok()?;
    plain(&mut whole.folder, b.folder, "").ok()?;
    text(&mut whole.internet_message_id, &b.internet_message_id, same_message, "").ok()?;
    text(&mut whole.item_id, &b.item_id, exact, "").ok()?;
    text(&mut whole.immutable_id, &b.immutable_id, exact, "").ok()?;
    plain(&mut whole.size_bytes, b.size_bytes, "").ok()?;
    text(&mut whole.subject, &b.subject, exact, "").ok()?;
    Some(whole)
}
