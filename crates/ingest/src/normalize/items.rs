//! Owns the folders and items of an access.

use mailtrail_model::{AccessRecord, Folder, IssueCode, ItemAccess, MailAccessType, Text};

use super::value::{integer, text};
use crate::wire::{Ctx, Loose, WireFolder, WireItem, WireRecord};

/// Folders and items, in record order.
pub(super) fn folders_and_items<'a>(
    wire: &WireRecord<'a>,
    access_type: MailAccessType,
    ctx: Ctx<'a, '_>,
) -> (Vec<Folder<'a>>, Vec<ItemAccess<'a>>) {
    let mut folders: Vec<_> = wire.folders.folders.iter().map(|named| folder(named, ctx)).collect();
    let mut items: Vec<_> = wire.folders.items.iter().map(|named| item(named, named.folder, ctx)).collect();
    if let Some(single) = &wire.item {
        // On Sync the item *is* the folder: `Item.Id` repeats `ParentFolder.Id`.
        let own_id = text(single.item.id, "Item.Id", ctx);
        let stated = single.parent.as_ref().map(|parent| folder(parent, ctx)).unwrap_or_default();
        let is_folder = access_type != MailAccessType::Bind && (stated.id.is_none() || stated.id == own_id);
        let named = if is_folder { Folder { id: stated.id.or_else(|| own_id.clone()), ..stated } } else { stated };
        let index = (named != Folder::default()).then(|| place(&mut folders, named)).flatten();
        if !is_folder && (own_id.is_some() || single.item.internet_message_id.is_stated()) {
            items.push(item(&single.item, index, ctx));
        }
    }
    (folders, items)
}

/// The index of a folder, added unless its id is there.
fn place<'a>(folders: &mut Vec<Folder<'a>>, folder: Folder<'a>) -> Option<u32> {
    let at = folders.iter().position(|known| known.id.is_some() && known.id == folder.id).unwrap_or_else(|| {
        folders.push(folder);
        folders.len() - 1
    });
    u32::try_from(at).ok()
}

fn folder<'a>(named: &WireFolder<'a>, ctx: Ctx<'a, '_>) -> Folder<'a> {
    // Sync records say "Not Available" where a path would stand.
    let path = text(named.path, "Path", ctx).filter(|path| !path.eq_ignore_ascii_case("Not Available"));
    Folder { id: text(named.id, "Folder Id", ctx), path, name: text(named.name, "Folder Name", ctx) }
}

fn item<'a>(named: &WireItem<'a>, folder: Option<u32>, ctx: Ctx<'a, '_>) -> ItemAccess<'a> {
    ItemAccess {
        folder,
        internet_message_id: message_id(named.internet_message_id, ctx),
        item_id: text(named.id, "Item Id", ctx),
        attachment_id: text(named.attachment_id, "Attachment Id", ctx),
        immutable_id: text(named.immutable_id, "ImmutableId", ctx),
        size_bytes: integer(named.size, "SizeInBytes", ctx),
        subject: text(named.subject, "Subject", ctx),
    }
}

/// `<>` names no message.
fn message_id<'a>(value: Loose<'a>, ctx: Ctx<'a, '_>) -> Text<'a> {
    text(value, "InternetMessageId", ctx).filter(|id| id.as_ref() != "<>")
}

/// Notes what the lists do not name.
pub(super) fn note_what_is_unnamed(record: &AccessRecord<'_>, ctx: Ctx<'_, '_>) {
    let listed = record.items.len();
    let unnamed = record.items.iter().filter(|item| item.internet_message_id.is_none()).count();
    match record.access_type {
        MailAccessType::Bind if listed == 0 => ctx.flaws.note(IssueCode::ItemsUnnamed, "the Bind lists no items"),
        MailAccessType::Bind if unnamed > 0 => {
            ctx.flaws.note(IssueCode::ItemsUnnamed, format!("{unnamed} of {listed} items have no InternetMessageId"));
        }
        _ => {}
    }
    if let Some(count) = record.operation_count
        && record.access_type != MailAccessType::Sync
        && usize::try_from(count) != Ok(listed)
    {
        ctx.flaws
            .note(IssueCode::OperationCountMismatch, format!("OperationCount is {count}, {listed} items are listed"));
    }
}
