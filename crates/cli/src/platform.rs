//! Owns every call that differs between systems, with both sides written. Nothing else in the workspace asks which system it is on.

use std::{fs, io, path::Path};

/// Creates a folder that only its owner can read.
///
/// # Errors
/// If the folder cannot be created.
#[cfg(unix)]
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Creates a folder. On Windows a new folder inherits the access list of the folder it stands in; a user's profile is private.
///
/// # Errors
/// If the folder cannot be created.
#[cfg(windows)]
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Whether the entry is hidden: a leading dot, everywhere.
pub(crate) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Puts `from` in the place of `to`, whole or not at all.
///
/// `std::fs::rename` replaces an existing file on both systems; on Windows it fails while another program holds the target
/// open, so the message says that.
///
/// # Errors
/// If the target cannot be replaced.
pub(crate) fn replace_file(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to).map_err(|error| {
        if cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied {
            io::Error::new(error.kind(), format!("{error}; is the file open in another program?"))
        } else {
            error
        }
    })
}

/// 32 bytes nobody can guess. The standard library asks the system for the keys of its hash maps, on every system alike, and
/// its keyed hash of four numbers is as hard to guess as they are: no crate of our own is needed for one key a case.
pub(crate) fn random() -> [u8; 32] {
    use std::hash::{BuildHasher as _, RandomState};
    let state = RandomState::new();
    let mut out = [0; 32];
    for (n, part) in (0_u64..).zip(out.chunks_mut(8)) {
        part.copy_from_slice(&state.hash_one(n).to_le_bytes());
    }
    out
}
