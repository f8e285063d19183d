//! Owns what F07 shows: the messages of each folder by class. Folders of one path in several mailboxes are one row; a folder
//! is where a record names the message, which a listing may contradict.

use mailtrail_model::{ExposureClass, FolderCount};

use crate::escape;

/// Rows a chart may carry; the others are one row.
const ROW_LIMIT: usize = 24;

/// Classes that say that something was, or may have been, reached. The others are on listings, whose folders are not recorded.
const REACHED: [ExposureClass; 6] = [
    ExposureClass::A,
    ExposureClass::B1,
    ExposureClass::B2,
    ExposureClass::B3,
    ExposureClass::CNear,
    ExposureClass::CFar,
];

/// One folder, or several together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderRow {
    /// Its path as recorded, or words for what stands in its place.
    pub name: String,
    /// Messages by class, in the order of [`ExposureClass::ALL`].
    pub by_class: [u64; 9],
    /// How many folders the row stands for.
    pub folders: u64,
}

/// F07, laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldersView {
    /// Every folder, strongest classes first; the messages without one last.
    pub rows: Vec<FolderRow>,
}

impl FoldersView {
    /// `None` where no message has a folder.
    #[must_use]
    pub fn of(folders: &[FolderCount]) -> Option<Self> {
        let numbers = |count: &FolderCount| {
            ExposureClass::ALL.map(|class| count.totals.by_class.get(&class).copied().unwrap_or(0))
        };
        if folders.iter().all(|count| count.folder.is_none()) {
            return None;
        }
        let mut rows: Vec<FolderRow> = folders
            .iter()
            .filter_map(|count| {
                let folder = count.folder.as_deref()?;
                let name = escape::visible(&crate::page::folder_name(folder));
                let name = if name.trim().is_empty() { "(blank name)".to_owned() } else { name };
                Some(FolderRow { name, by_class: numbers(count), folders: 1 })
            })
            .collect();
        rows.sort_by(|a, b| b.by_class.cmp(&a.by_class).then(a.name.cmp(&b.name)));
        let unnamed = folders.iter().filter(|count| count.folder.is_none());
        let none = unnamed.fold([0; 9], |sum, count| added(sum, numbers(count)));
        if none.iter().any(|n| *n > 0) {
            rows.push(FolderRow { name: "no folder recorded".to_owned(), by_class: none, folders: 0 });
        }
        Some(Self { rows })
    }

    /// The rows that are drawn: the first, the others together, and the messages without a folder.
    #[must_use]
    pub fn drawn(&self) -> Vec<FolderRow> {
        if self.rows.len() <= ROW_LIMIT {
            return self.rows.clone();
        }
        let (named, unnamed): (Vec<&FolderRow>, Vec<&FolderRow>) = self.rows.iter().partition(|row| row.folders > 0);
        let first = named.iter().take(ROW_LIMIT - 2);
        let others = named.iter().skip(ROW_LIMIT - 2).fold(
            FolderRow { name: String::new(), by_class: [0; 9], folders: 0 },
            |sum, row| FolderRow {
                by_class: added(sum.by_class, row.by_class),
                folders: sum.folders + row.folders,
                ..sum
            },
        );
        let name = format!("{} other folders", crate::words::thousands(others.folders));
        first
            .map(|row| (*row).clone())
            .chain([FolderRow { name, ..others }])
            .chain(unnamed.into_iter().cloned())
            .collect()
    }

    /// Messages of these classes over all folders.
    #[must_use]
    pub fn reached(row: &FolderRow) -> u64 {
        ExposureClass::ALL.iter().zip(row.by_class).filter(|(class, _)| REACHED.contains(class)).map(|(_, n)| n).sum()
    }
}

fn added(a: [u64; 9], b: [u64; 9]) -> [u64; 9] {
    std::array::from_fn(|at| a[at] + b[at])
}
