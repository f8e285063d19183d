//! Owns where generated files go: a folder on disk, or a map in a test.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};

use crate::error::SynthError;

/// Where generated files go.
pub trait Files {
    /// Takes one file; `path` uses `/`.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), SynthError>;
}

/// A folder as [`Files`].
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder; it is made when the first file comes.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Files for Folder {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), SynthError> {
        let path = path.split('/').fold(self.0.clone(), |folder, part| folder.join(part));
        let failed = |source| SynthError::Write { path: path.clone(), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, bytes).map_err(failed)
    }
}

impl Files for BTreeMap<String, Vec<u8>> {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), SynthError> {
        self.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
}

/// Puts a file, compressed if its name ends in `.gz`. No time and no name go into it: equal bytes in, equal bytes out,
/// on every processor (zlib-rs chooses by processor how to compare, never what to match).
pub(crate) fn put(files: &mut dyn Files, path: &str, bytes: &[u8]) -> Result<(), SynthError> {
    if !path.ends_with(".gz") {
        return files.put(path, bytes);
    }
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    let packed = encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|source| SynthError::Write { path: path.into(), source })?;
    files.put(path, &packed)
}
