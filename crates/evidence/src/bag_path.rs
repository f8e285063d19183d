//! Owns names inside a package: what a manifest may name, and what our own packages may hold. A name is a stranger's text
//! until it has been here.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// A relative path with `/` between its parts that cannot leave its folder, on any system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BagPath(Box<str>);

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum PathFault {
    /// No name, or a part without one (`a//b`).
    #[error("an empty part")]
    Empty,
    /// `..`
    #[error("a step up (..)")]
    Up,
    /// A part that is `.`
    #[error("a part that is a dot")]
    Dot,
    /// From the root.
    #[error("an absolute path")]
    Absolute,
    /// A drive letter.
    #[error("a drive letter")]
    Drive,
    /// `\\server\share`
    #[error("a network path")]
    Unc,
    /// A home folder.
    #[error("a home folder (~)")]
    Home,
    /// A backslash: a separator on some systems, a letter on others.
    #[error("a backslash")]
    Backslash,
    /// A control character.
    #[error("a control character")]
    Control,
    /// Not of the alphabet of our packages (`A-Z a-z 0-9 . _ / -`).
    #[error("a character outside A-Z a-z 0-9 . _ -")]
    Alphabet,
    /// A name some system reserves (`NUL`, `COM1`, a trailing dot).
    #[error("a name that Windows reserves")]
    Reserved,
}

impl BagPath {
    /// Reads a name as any manifest may spell it; a leading `./` is dropped.
    ///
    /// # Errors
    /// If it could lie outside the folder, or mean another file on another system.
    pub fn parse(name: &str) -> Result<Self, PathFault> {
        let name = name.strip_prefix("./").unwrap_or(name);
        let bytes = name.as_bytes();
        if name.starts_with("\\\\") || name.starts_with("//") {
            return Err(PathFault::Unc);
        }
        if name.starts_with(['/', '\\']) {
            return Err(PathFault::Absolute);
        }
        if matches!(bytes, [letter, b':', ..] if letter.is_ascii_alphabetic()) {
            return Err(PathFault::Drive);
        }
        if name.starts_with('~') {
            return Err(PathFault::Home);
        }
        for part in name.split(['/', '\\']) {
            match part {
                "" => return Err(PathFault::Empty),
                ".." => return Err(PathFault::Up),
                "." => return Err(PathFault::Dot),
                _ => {}
            }
        }
        if name.contains('\\') {
            return Err(PathFault::Backslash);
        }
        // A line end is the one control character a bag may name (percent-encoded): it is a legal file name on some systems.
        if name.chars().any(|c| c.is_control() && c != '\r' && c != '\n') {
            return Err(PathFault::Control);
        }
        Ok(Self(name.into()))
    }

    /// Reads a name for a package of ours: plain letters that every tool and system spells alike.
    ///
    /// # Errors
    /// If it is not such a name.
    pub fn plain(name: &str) -> Result<Self, PathFault> {
        let path = Self::parse(name)?;
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b)) {
            return Err(PathFault::Alphabet);
        }
        if path.parts().any(reserved) {
            return Err(PathFault::Reserved);
        }
        Ok(path)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its parts.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Whether it is part of a bag's payload.
    #[must_use]
    pub fn is_payload(&self) -> bool {
        self.0.starts_with("data/")
    }

    /// The file under `root`.
    #[must_use]
    pub fn under(&self, root: &Path) -> PathBuf {
        self.parts().fold(root.to_path_buf(), |path, part| path.join(part))
    }
}

impl fmt::Display for BagPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn reserved(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    device || part.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_leave_its_folder_is_refused() {
        for (name, fault) in [
            ("", PathFault::Empty),
            ("data//x", PathFault::Empty),
            ("data/", PathFault::Empty),
            ("../x", PathFault::Up),
            ("data/../../x", PathFault::Up),
            ("data\\..\\x", PathFault::Up),
            ("data/./x", PathFault::Dot),
            ("/etc/passwd", PathFault::Absolute),
            ("\\x", PathFault::Absolute),
            ("C:x", PathFault::Drive),
            ("c:/x", PathFault::Drive),
            ("\\\\server\\share", PathFault::Unc),
            ("//server/share", PathFault::Unc),
            ("~/x", PathFault::Home),
            ("~root/x", PathFault::Home),
            ("data\\x", PathFault::Backslash),
            ("data/\u{7}x", PathFault::Control),
        ] {
            assert_eq!(BagPath::parse(name), Err(fault), "{name}");
        }
        for name in ["data/x", "./data/x", "data/~x", "data/a b", "data/...", "data/é", "data/a\nb"] {
            assert!(BagPath::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn our_own_names_are_plain() {
        for (name, fault) in [
            ("data/a b", PathFault::Alphabet),
            ("data/é", PathFault::Alphabet),
            ("data/a%25", PathFault::Alphabet),
            ("data/nul.txt", PathFault::Reserved),
            ("data/COM1", PathFault::Reserved),
            ("data/x.", PathFault::Reserved),
        ] {
            assert_eq!(BagPath::plain(name), Err(fault), "{name}");
        }
        assert!(BagPath::plain("data/source/0001.csv").is_ok());
    }
}
