//! Owns a mailbox folder as a record names it, and the language-free hint hidden in its id.

use crate::access::Text;

/// A folder as one record names it. The id is the join key: names are localised and repeat, Sync states no path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder<'a> {
    /// `Folders[].Id` or `Item.ParentFolder.Id`.
    pub id: Text<'a>,
    /// `Folders[].Path`; `Not Available` (what Sync says) is `None`.
    pub path: Text<'a>,
    /// `Item.ParentFolder.Name`, on Sync only.
    pub name: Text<'a>,
}

/// Which default folder the id's last bytes point at.
///
/// Measured in public records, undocumented: the suffix named the same default folder in every mailbox seen
/// (535 of 535 Inbox, 79 of 79 Sent Items, 16 of 16 Drafts, 11 of 11 Deleted Items). A hint beside the path, never a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FolderHint {
    /// `…AAEMAAAB`
    Inbox,
    /// `…AAEJAAAB`
    SentItems,
    /// `…AAEPAAAB`
    Drafts,
    /// `…AAEKAAAB`
    DeletedItems,
    /// `…AAELAAAB`
    Outbox,
    /// `…AAEIAAAB`
    TopOfInformationStore,
}

impl FolderHint {
    /// Reads the hint off a folder store id.
    #[must_use]
    pub fn of(folder_id: &str) -> Option<Self> {
        const SUFFIXES: [(&str, FolderHint); 6] = [
            ("AAAAAAEMAAAB", FolderHint::Inbox),
            ("AAAAAAEJAAAB", FolderHint::SentItems),
            ("AAAAAAEPAAAB", FolderHint::Drafts),
            ("AAAAAAEKAAAB", FolderHint::DeletedItems),
            ("AAAAAAELAAAB", FolderHint::Outbox),
            ("AAAAAAEIAAAB", FolderHint::TopOfInformationStore),
        ];
        SUFFIXES.iter().find(|(suffix, _)| folder_id.ends_with(suffix)).map(|(_, hint)| *hint)
    }

    /// The spelling in our tables: the English default name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "Inbox",
            Self::SentItems => "Sent Items",
            Self::Drafts => "Drafts",
            Self::DeletedItems => "Deleted Items",
            Self::Outbox => "Outbox",
            Self::TopOfInformationStore => "Top of Information Store",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FolderHint;

    #[test]
    fn the_suffix_names_the_folder_whatever_the_language() {
        assert_eq!(
            FolderHint::of("LgAAAAC0AxwgOj/BRq9Bs1bhMPw/AQDh+UNSDzeHSLWfq+fr83BDAAAAAAEMAAAB"),
            Some(FolderHint::Inbox)
        );
        assert_eq!(FolderHint::of("LgAAAAC0AAAAAAEVAAAB"), None, "0x115 is not stable across mailboxes");
    }
}
