//! Owns what can be wrong with a package, in words for the one who must decide whether to rely on it.

use std::fmt;

use crate::{BagPath, PathFault};

/// One difference between what a package says of itself and what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Discrepancy {
    /// A manifest names a file that is not there.
    Missing {
        /// The file.
        path: BagPath,
        /// The manifest.
        manifest: String,
    },
    /// A file is not the one the manifest was made of.
    Changed {
        /// The file.
        path: BagPath,
        /// The manifest.
        manifest: String,
        /// The digest in the manifest.
        expected: String,
        /// The file's digest.
        found: String,
    },
    /// A file that no manifest names.
    Extra {
        /// The file.
        path: String,
    },
    /// A file that one manifest names and another does not.
    Unequal {
        /// The file.
        path: BagPath,
        /// The manifest that lacks it.
        manifest: String,
    },
    /// A manifest names a file twice.
    Duplicate {
        /// The file.
        path: BagPath,
        /// The manifest.
        manifest: String,
    },
    /// A manifest names what could lie outside the package.
    UnsafeName {
        /// The name, as written.
        name: String,
        /// Why it is refused.
        fault: PathFault,
        /// The manifest.
        manifest: String,
    },
    /// A line of a manifest is no line of a manifest.
    Malformed {
        /// The manifest.
        manifest: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A link or device stands where a file should.
    NotAFile {
        /// Where.
        path: String,
    },
    /// A tag file is missing, unreadable or says what it cannot.
    TagFile {
        /// The tag file.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// A sum in `bag-info.txt` differs.
    Oxum {
        /// Bytes and files as stated.
        stated: String,
        /// As found.
        found: String,
    },
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path, manifest } => write!(f, "{path}: missing; {manifest} names it"),
            Self::Changed { path, manifest, expected, found } => {
                write!(f, "{path}: changed; {manifest} has {expected}, the file has {found}")
            }
            Self::Extra { path } => write!(f, "{path}: added; no manifest names it"),
            Self::Unequal { path, manifest } => write!(f, "{path}: {manifest} does not name it, another manifest does"),
            Self::Duplicate { path, manifest } => write!(f, "{path}: {manifest} names it twice"),
            Self::UnsafeName { name, fault, manifest } => {
                write!(f, "{manifest}: the name \"{}\" is refused: {fault}", name.escape_default())
            }
            Self::Malformed { manifest, line, what } => write!(f, "{manifest}: line {line}: {what}"),
            Self::NotAFile { path } => write!(f, "{path}: a link or device, not a file"),
            Self::TagFile { name, what } => write!(f, "{name}: {what}"),
            Self::Oxum { stated, found } => {
                write!(f, "bag-info.txt: Payload-Oxum is {stated}, the payload has {found} (bytes.files)")
            }
        }
    }
}
