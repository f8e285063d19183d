//! Owns `Folders`, `Messages` and `Item`: the folders and items a record names.

use bumpalo::Bump;
use bumpalo::collections::Vec;
use mailtrail_model::IssueCode;
use serde::de::{IgnoredAny, MapAccess};

use super::flaws::Ctx;
use super::list::{Gather, ITEM_CAP, ListSeed, gather_text};
use super::loose::{Loose, LooseSeed};
use super::properties::{clip, key_seed};

/// A folder as spelled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WireFolder<'a> {
    /// `Id`.
    pub(crate) id: Loose<'a>,
    /// `Path`.
    pub(crate) path: Loose<'a>,
    /// `Name`.
    pub(crate) name: Loose<'a>,
}

/// An item as spelled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WireItem<'a> {
    /// Which folder of the list.
    pub(crate) folder: Option<u32>,
    /// `InternetMessageId`.
    pub(crate) internet_message_id: Loose<'a>,
    /// `Id`; of an attachment: the message's.
    pub(crate) id: Loose<'a>,
    /// `ImmutableId`.
    pub(crate) immutable_id: Loose<'a>,
    /// `Messages[].MessageItems[].Id`.
    pub(crate) attachment_id: Loose<'a>,
    /// `SizeInBytes`.
    pub(crate) size: Loose<'a>,
    /// `Subject`.
    pub(crate) subject: Loose<'a>,
}

/// The folders and items of a record, flat, in record order.
#[derive(Debug)]
pub(crate) struct Folders<'a> {
    /// The folders.
    pub(crate) folders: Vec<'a, WireFolder<'a>>,
    /// The items.
    pub(crate) items: Vec<'a, WireItem<'a>>,
}

impl<'a> Folders<'a> {
    /// None.
    pub(super) fn new_in(arena: &'a Bump) -> Self {
        Self { folders: Vec::new_in(arena), items: Vec::new_in(arena) }
    }

    /// A folder named elsewhere (a column); `None` past the cap.
    pub(crate) fn push_folder(&mut self, folder: WireFolder<'a>) -> Option<u32> {
        let at = u32::try_from(self.folders.len()).ok().filter(|_| self.folders.len() < ITEM_CAP)?;
        self.folders.push(folder);
        Some(at)
    }

    /// One item and its folder's path, as a derived table states them.
    pub(crate) fn push_named(&mut self, message: Loose<'a>, path: Loose<'a>, size: Loose<'a>) {
        let folder = path.is_stated().then(|| self.push_folder(WireFolder { path, ..WireFolder::default() })).flatten();
        if message.is_stated() {
            self.items.push(WireItem { folder, internet_message_id: message, size, ..WireItem::default() });
        }
    }

    /// One folder, and perhaps one item in it.
    pub(crate) fn push_single(&mut self, id: Loose<'a>, path: Loose<'a>, message: Loose<'a>) {
        let folder = self.push_folder(WireFolder { id, path, ..WireFolder::default() });
        if message.is_stated() {
            self.items.push(WireItem { folder, internet_message_id: message, ..WireItem::default() });
        }
    }

    fn push_item(&mut self, item: WireItem<'a>, ctx: Ctx<'a, '_>) {
        if self.items.len() < ITEM_CAP {
            self.items.push(item);
        } else {
            ctx.flaws.too_many();
        }
    }
}

/// Keeps the first of equal keys.
fn put<'a>(slot: &mut Loose<'a>, value: Loose<'a>, name: &str, ctx: Ctx<'a, '_>) {
    if *slot == Loose::Absent {
        *slot = value;
    } else {
        ctx.flaws.note(IssueCode::DuplicateKey, name);
    }
}

#[derive(Clone, Copy)]
enum FolderKey {
    Id,
    Path,
    Name,
    Items,
    Other,
}

impl FolderKey {
    fn of(key: &str) -> Self {
        match key {
            "Id" => Self::Id,
            "Path" => Self::Path,
            "Name" => Self::Name,
            "FolderItems" | "MessageItems" => Self::Items,
            _ => Self::Other,
        }
    }
}

/// Gathers `Folders`.
pub(super) struct FolderGather<'g, 'a, 'f> {
    pub(super) ctx: Ctx<'a, 'f>,
    pub(super) out: &'g mut Folders<'a>,
}

impl<'a> Gather<'a> for FolderGather<'_, 'a, '_> {
    fn field(&self) -> &'static str {
        "Folders"
    }

    fn ctx(&self) -> Ctx<'a, '_> {
        self.ctx
    }

    fn mark(&self) -> (usize, usize) {
        (self.out.folders.len(), self.out.items.len())
    }

    fn rewind(&mut self, (folders, items): (usize, usize)) {
        self.out.folders.truncate(folders);
        self.out.items.truncate(items);
    }

    fn object<A: MapAccess<'a>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let folder = self.out.push_folder(WireFolder::default());
        if folder.is_none() {
            self.ctx.flaws.too_many();
        }
        let mut read = WireFolder::default();
        while let Some(key) = map.next_key_seed(key_seed(FolderKey::of))? {
            match key {
                FolderKey::Id => put(&mut read.id, map.next_value_seed(LooseSeed(self.ctx))?, "Folders.Id", self.ctx),
                FolderKey::Path => {
                    put(&mut read.path, map.next_value_seed(LooseSeed(self.ctx))?, "Folders.Path", self.ctx)
                }
                FolderKey::Name => {
                    put(&mut read.name, map.next_value_seed(LooseSeed(self.ctx))?, "Folders.Name", self.ctx)
                }
                FolderKey::Items => {
                    let mut items = ItemGather { ctx: self.ctx, out: self.out, folder, of_message: false };
                    map.next_value_seed(ListSeed(&mut items))?;
                }
                FolderKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some(slot) = folder.and_then(|at| self.out.folders.get_mut(at as usize)) {
            *slot = read;
        }
        Ok(())
    }

    fn members(&mut self, members: &[(&'a str, &'a str)]) {
        let find = |wanted: &str| members.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
        let text = |wanted: &str| find(wanted).map_or(Loose::Absent, Loose::Text);
        let folder = self.out.push_folder(WireFolder { id: text("Id"), path: text("Path"), name: text("Name") });
        if let Some(items) = find("FolderItems") {
            gather_text(&mut ItemGather { ctx: self.ctx, out: self.out, folder, of_message: false }, items);
        }
    }

    fn plain(&mut self, text: &'a str) {
        self.ctx.flaws.unreadable("Folders", format_args!("`{}`", clip(text)));
    }
}

/// Gathers `Messages`, whose items are attachments.
pub(super) struct MessageGather<'g, 'a, 'f> {
    pub(super) ctx: Ctx<'a, 'f>,
    pub(super) out: &'g mut Folders<'a>,
}

impl<'a> Gather<'a> for MessageGather<'_, 'a, '_> {
    fn field(&self) -> &'static str {
        "Messages"
    }

    fn ctx(&self) -> Ctx<'a, '_> {
        self.ctx
    }

    fn mark(&self) -> (usize, usize) {
        (self.out.folders.len(), self.out.items.len())
    }

    fn rewind(&mut self, (folders, items): (usize, usize)) {
        self.out.folders.truncate(folders);
        self.out.items.truncate(items);
    }

    /// The message's `Id` often stands behind its items, so they get it last.
    fn object<A: MapAccess<'a>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let first = self.out.items.len();
        let mut id = Loose::Absent;
        while let Some(key) = map.next_key_seed(key_seed(FolderKey::of))? {
            match key {
                FolderKey::Id => put(&mut id, map.next_value_seed(LooseSeed(self.ctx))?, "Messages.Id", self.ctx),
                FolderKey::Items => {
                    let mut items = ItemGather { ctx: self.ctx, out: self.out, folder: None, of_message: true };
                    map.next_value_seed(ListSeed(&mut items))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        self.out.items.iter_mut().skip(first).for_each(|item| item.id = id);
        Ok(())
    }

    fn members(&mut self, members: &[(&'a str, &'a str)]) {
        let find = |wanted: &str| members.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
        let first = self.out.items.len();
        if let Some(items) = find("MessageItems") {
            gather_text(&mut ItemGather { ctx: self.ctx, out: self.out, folder: None, of_message: true }, items);
        }
        let id = find("Id").map_or(Loose::Absent, Loose::Text);
        self.out.items.iter_mut().skip(first).for_each(|item| item.id = id);
    }

    fn plain(&mut self, text: &'a str) {
        self.ctx.flaws.unreadable("Messages", format_args!("`{}`", clip(text)));
    }
}

#[derive(Clone, Copy)]
enum ItemKey {
    InternetMessageId,
    Id,
    ImmutableId,
    Size,
    Subject,
    Parent,
    Other,
}

impl ItemKey {
    fn of(key: &str) -> Self {
        match key {
            "InternetMessageId" => Self::InternetMessageId,
            "SizeInBytes" => Self::Size,
            "Id" => Self::Id,
            "ImmutableId" => Self::ImmutableId,
            "Subject" => Self::Subject,
            "ParentFolder" => Self::Parent,
            _ => Self::Other,
        }
    }
}

impl<'a> WireItem<'a> {
    fn slot(&mut self, key: ItemKey) -> Option<(&mut Loose<'a>, &'static str)> {
        match key {
            ItemKey::InternetMessageId => Some((&mut self.internet_message_id, "InternetMessageId")),
            ItemKey::Id => Some((&mut self.id, "Id")),
            ItemKey::ImmutableId => Some((&mut self.immutable_id, "ImmutableId")),
            ItemKey::Size => Some((&mut self.size, "SizeInBytes")),
            ItemKey::Subject => Some((&mut self.subject, "Subject")),
            ItemKey::Parent | ItemKey::Other => None,
        }
    }

    fn of_members(members: &[(&'a str, &'a str)], ctx: Ctx<'a, '_>) -> Self {
        let mut item = Self::default();
        for (key, value) in members {
            if let Some((slot, name)) = item.slot(ItemKey::of(key)) {
                put(slot, Loose::Text(value), name, ctx);
            }
        }
        item
    }
}

/// Gathers `FolderItems` or `MessageItems`.
struct ItemGather<'g, 'a, 'f> {
    ctx: Ctx<'a, 'f>,
    out: &'g mut Folders<'a>,
    folder: Option<u32>,
    of_message: bool,
}

impl<'a> ItemGather<'_, 'a, '_> {
    fn push(&mut self, mut item: WireItem<'a>) {
        item.folder = self.folder;
        if self.of_message {
            item.attachment_id = item.id;
        }
        self.out.push_item(item, self.ctx);
    }
}

impl<'a> Gather<'a> for ItemGather<'_, 'a, '_> {
    fn field(&self) -> &'static str {
        if self.of_message { "MessageItems" } else { "FolderItems" }
    }

    fn ctx(&self) -> Ctx<'a, '_> {
        self.ctx
    }

    fn mark(&self) -> (usize, usize) {
        (self.out.items.len(), 0)
    }

    fn rewind(&mut self, (items, _): (usize, usize)) {
        self.out.items.truncate(items);
    }

    fn object<A: MapAccess<'a>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let mut item = WireItem::default();
        while let Some(key) = map.next_key_seed(key_seed(ItemKey::of))? {
            match item.slot(key) {
                Some((slot, name)) => put(slot, map.next_value_seed(LooseSeed(self.ctx))?, name, self.ctx),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        self.push(item);
        Ok(())
    }

    fn members(&mut self, members: &[(&'a str, &'a str)]) {
        let item = WireItem::of_members(members, self.ctx);
        self.push(item);
    }

    /// A bare id in place of an item.
    fn plain(&mut self, text: &'a str) {
        if text.starts_with('<') && text.ends_with('>') {
            self.push(WireItem { internet_message_id: Loose::Text(text), ..WireItem::default() });
        } else {
            self.ctx.flaws.unreadable(self.field(), format_args!("`{}`", clip(text)));
        }
    }
}

/// `Item` of a record about one item: on Sync it is the folder itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SingleItem<'a> {
    /// The item.
    pub(crate) item: WireItem<'a>,
    /// `ParentFolder`, where stated.
    pub(crate) parent: Option<WireFolder<'a>>,
}

/// Gathers `Item`.
pub(super) struct SingleItemGather<'g, 'a, 'f> {
    pub(super) ctx: Ctx<'a, 'f>,
    pub(super) out: &'g mut Option<SingleItem<'a>>,
}

impl<'a> SingleItemGather<'_, 'a, '_> {
    /// The parent folder, gathered like a list of folders of which the first counts.
    fn parent(&self, folders: &Folders<'a>) -> Option<WireFolder<'a>> {
        folders.folders.first().copied()
    }

    fn set(&mut self, read: SingleItem<'a>) {
        if self.out.is_none() {
            *self.out = Some(read);
        } else {
            self.ctx.flaws.unreadable("Item", "more than one");
        }
    }
}

impl<'a> Gather<'a> for SingleItemGather<'_, 'a, '_> {
    fn field(&self) -> &'static str {
        "Item"
    }

    fn ctx(&self) -> Ctx<'a, '_> {
        self.ctx
    }

    fn mark(&self) -> (usize, usize) {
        (usize::from(self.out.is_some()), 0)
    }

    fn rewind(&mut self, (some, _): (usize, usize)) {
        if some == 0 {
            *self.out = None;
        }
    }

    fn object<A: MapAccess<'a>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let mut read = SingleItem::default();
        while let Some(key) = map.next_key_seed(key_seed(ItemKey::of))? {
            if let ItemKey::Parent = key {
                let mut folders = Folders::new_in(self.ctx.arena);
                map.next_value_seed(ListSeed(&mut FolderGather { ctx: self.ctx, out: &mut folders }))?;
                read.parent = self.parent(&folders);
            } else if let Some((slot, name)) = read.item.slot(key) {
                put(slot, map.next_value_seed(LooseSeed(self.ctx))?, name, self.ctx);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        self.set(read);
        Ok(())
    }

    fn members(&mut self, members: &[(&'a str, &'a str)]) {
        let item = WireItem::of_members(members, self.ctx);
        let mut folders = Folders::new_in(self.ctx.arena);
        if let Some((_, parent)) = members.iter().find(|(key, _)| *key == "ParentFolder") {
            gather_text(&mut FolderGather { ctx: self.ctx, out: &mut folders }, parent);
        }
        let parent = self.parent(&folders);
        self.set(SingleItem { item, parent });
    }

    fn plain(&mut self, text: &'a str) {
        self.ctx.flaws.unreadable("Item", format_args!("`{}`", clip(text)));
    }
}
