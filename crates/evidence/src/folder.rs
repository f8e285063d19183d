//! Owns the walk over a folder: every file below it by its name, sorted; links are never followed.

use std::{fs, path::Path};

use crate::EvidenceError;

/// What stands below a folder.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// Files, by name with `/`, sorted. A name that is no Unicode text is spelled with replacement characters and so can
    /// never agree with a manifest.
    pub(crate) files: Vec<String>,
    /// Links and devices.
    pub(crate) others: Vec<String>,
}

impl Folder {
    pub(crate) fn walk(root: &Path) -> Result<Self, EvidenceError> {
        let mut folder = Self::default();
        let mut open = vec![(root.to_path_buf(), String::new())];
        while let Some((path, prefix)) = open.pop() {
            for entry in fs::read_dir(&path).map_err(EvidenceError::io(&path, "read"))? {
                let entry = entry.map_err(EvidenceError::io(&path, "read"))?;
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                let kind = entry.file_type().map_err(EvidenceError::io(&entry.path(), "read"))?;
                if kind.is_dir() {
                    open.push((entry.path(), format!("{name}/")));
                } else if kind.is_file() {
                    folder.files.push(name);
                } else {
                    folder.others.push(name);
                }
            }
        }
        folder.files.sort();
        folder.others.sort();
        Ok(folder)
    }
}
