//! Owns mailbox folders: names in the owner's language, and store ids as Exchange makes them.
//!
//! A folder id is 48 bytes in base64. All ids of a mailbox share a prefix; the counter near the end is the same for the
//! same default folder in every mailbox (0x10c Inbox, 0x109 Sent Items, 0x10f Drafts, 0x10a Deleted Items, 0x10b Outbox,
//! 0x108 Top of Information Store), as measured in public records; Junk Email has no stable counter.

use std::sync::Arc;

use crate::{base64, rng::Rng};

/// The language of a mailbox's default folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// German.
    German,
    /// Spanish.
    Spanish,
}

/// The place of a default folder in [`Folders::list`]; other folders come after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultFolder {
    /// Received mail.
    Inbox,
    /// Sent mail.
    Sent,
    /// Drafts.
    Drafts,
    /// Deleted mail.
    Deleted,
    /// Junk.
    Junk,
    /// Calendar: synchronised, but holds no mail.
    Calendar,
    /// Synchronisation problems: synchronised, holds no mail of others.
    SyncIssues,
}

impl DefaultFolder {
    const ALL: [Self; 7] =
        [Self::Inbox, Self::Sent, Self::Drafts, Self::Deleted, Self::Junk, Self::Calendar, Self::SyncIssues];

    /// Its index in the folder list of every mailbox.
    #[must_use]
    pub fn index(self) -> usize {
        Self::ALL.iter().position(|folder| *folder == self).unwrap_or(0)
    }

    fn name(self, language: Language) -> &'static str {
        let names = match self {
            Self::Inbox => ["Inbox", "Boîte de réception", "Posteingang", "Bandeja de entrada"],
            Self::Sent => ["Sent Items", "Éléments envoyés", "Gesendete Elemente", "Elementos enviados"],
            Self::Drafts => ["Drafts", "Brouillons", "Entwürfe", "Borradores"],
            Self::Deleted => ["Deleted Items", "Éléments supprimés", "Gelöschte Elemente", "Elementos eliminados"],
            Self::Junk => ["Junk Email", "Courrier indésirable", "Junk-E-Mail", "Correo no deseado"],
            Self::Calendar => ["Calendar", "Calendrier", "Kalender", "Calendario"],
            Self::SyncIssues => [
                "Sync Issues",
                "Problèmes de synchronisation",
                "Synchronisierungsprobleme",
                "Problemas de sincronización",
            ],
        };
        match language {
            Language::English => names[0],
            Language::French => names[1],
            Language::German => names[2],
            Language::Spanish => names[3],
        }
    }
}

/// One folder.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Its display name.
    pub name: String,
    /// Its path, with leading backslash.
    pub path: Arc<str>,
    /// Its store id.
    pub id: Arc<str>,
    /// The counter inside the id.
    pub counter: u64,
    /// Whether mail lies in it.
    pub holds_mail: bool,
}

/// The folders of one mailbox.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Default folders first, in the order of [`DefaultFolder`].
    pub list: Vec<Folder>,
    /// What all store ids of the mailbox share.
    pub store: Store,
}

/// The two GUIDs inside every store id of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Store {
    provider: [u8; 16],
    database: [u8; 16],
}

impl Store {
    fn new(rng: &mut Rng) -> Self {
        let mut bytes = || {
            let mut out = [0; 16];
            out[..8].copy_from_slice(&rng.bits().to_le_bytes());
            out[8..].copy_from_slice(&rng.bits().to_le_bytes());
            out
        };
        Self { provider: bytes(), database: bytes() }
    }

    /// The id of the folder with a counter.
    #[must_use]
    pub fn folder_id(&self, counter: u64) -> String {
        let mut bytes = [0; 48];
        bytes[0] = 0x2e;
        bytes[5..21].copy_from_slice(&self.provider);
        bytes[21] = 1;
        bytes[23..39].copy_from_slice(&self.database);
        bytes[39..45].copy_from_slice(&counter.to_be_bytes()[2..]);
        bytes[47] = 1;
        base64::encode(&bytes)
    }

    /// The store id of a message in a folder (`FolderItems[].Id`, from 2024).
    #[must_use]
    pub fn item_id(&self, folder: u64, message: u64) -> String {
        let mut bytes = [0; 70];
        bytes[0] = 0x46;
        bytes[5..21].copy_from_slice(&self.provider);
        bytes[21] = 7;
        bytes[23..39].copy_from_slice(&self.database);
        bytes[39..45].copy_from_slice(&folder.to_be_bytes()[2..]);
        bytes[47..63].copy_from_slice(&self.database);
        bytes[63..69].copy_from_slice(&message.to_be_bytes()[2..]);
        base64::encode(&bytes)
    }

    /// The id that survives moves (`FolderItems[].ImmutableId`, from 2025).
    #[must_use]
    pub fn immutable_id(&self, message: u64) -> String {
        let mut bytes = [0; 54];
        bytes[1] = 0x09;
        bytes[2] = 0x2e;
        bytes[6..22].copy_from_slice(&self.provider);
        bytes[23] = 1;
        bytes[24..40].copy_from_slice(&self.database);
        bytes[46..52].copy_from_slice(&message.to_be_bytes()[2..]);
        base64::encode(&bytes)
    }
}

impl Folders {
    /// The default folders and the owner's own, by path (`\Inbox\Projects` becomes a child of the localized inbox if it is
    /// given as `*\Projects`).
    #[must_use]
    pub fn new(language: Language, own: &[&str], rng: &mut Rng) -> Self {
        let store = Store::new(rng);
        let junk = if rng.chance(0.5) { 0x115 } else { 0x11e };
        let inbox = DefaultFolder::Inbox.name(language);
        let mut list: Vec<Folder> = DefaultFolder::ALL
            .iter()
            .map(|kind| {
                let counter = match kind {
                    DefaultFolder::Inbox => 0x10c,
                    DefaultFolder::Sent => 0x109,
                    DefaultFolder::Drafts => 0x10f,
                    DefaultFolder::Deleted => 0x10a,
                    DefaultFolder::Junk => junk,
                    DefaultFolder::Calendar => 0x10d,
                    DefaultFolder::SyncIssues => 0x140,
                };
                let holds_mail = !matches!(kind, DefaultFolder::Calendar | DefaultFolder::SyncIssues);
                folder(store, kind.name(language), &format!("\\{}", kind.name(language)), counter, holds_mail)
            })
            .collect();
        for (nth, path) in (0_u64..).zip(own) {
            let path = match path.strip_prefix('*') {
                Some(below) => format!("\\{inbox}{below}"),
                None => (*path).to_owned(),
            };
            let name = path.rsplit('\\').next().unwrap_or_default().to_owned();
            list.push(folder(store, &name, &path, 0x200 + nth * 7, true));
        }
        Self { list, store }
    }

    /// One of the default folders.
    #[must_use]
    pub fn default(&self, folder: DefaultFolder) -> &Folder {
        &self.list[folder.index()]
    }

    /// The indices of the owner's own folders.
    pub fn own(&self) -> std::ops::Range<usize> {
        DefaultFolder::ALL.len()..self.list.len()
    }
}

fn folder(store: Store, name: &str, path: &str, counter: u64, holds_mail: bool) -> Folder {
    Folder { name: name.to_owned(), path: path.into(), id: store.folder_id(counter).into(), counter, holds_mail }
}

#[cfg(test)]
mod tests {
    use super::{DefaultFolder, Folders, Language};
    use crate::rng::Rng;

    #[test]
    fn default_folders_end_alike_in_every_language() {
        let mut rng = Rng::stream(1, "folders", 0);
        for language in [Language::English, Language::French, Language::German] {
            let folders = Folders::new(language, &["*\\Board"], &mut rng);
            let inbox = folders.default(DefaultFolder::Inbox);
            assert!(inbox.id.ends_with("AAAAAAEMAAAB") && inbox.id.starts_with("LgAAAA"), "{}", inbox.id);
            assert!(folders.default(DefaultFolder::Sent).id.ends_with("AAAAAAEJAAAB"));
            assert_eq!(*folders.list[folders.own().start].path, format!("{}\\Board", inbox.path));
            assert_eq!(inbox.id.len(), 64);
        }
    }

    #[test]
    fn two_mailboxes_share_no_prefix() {
        let mut rng = Rng::stream(1, "folders", 0);
        let mut prefix = || Folders::new(Language::English, &[], &mut rng).list[0].id[..52].to_owned();
        assert_ne!(prefix(), prefix());
    }
}
