//! Owns why evidence could not be made or looked at. What is wrong *with* a package is a [`crate::Discrepancy`].

use std::path::{Path, PathBuf};

use crate::{Discrepancy, PathFault};

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// A file or folder could not be read or written.
    #[error("{}: cannot be {doing}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// `read`, `written`, …
        doing: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A name for a file in the package is refused.
    #[error("the package cannot hold \"{}\": {fault}", name.escape_default())]
    Name {
        /// The name.
        name: String,
        /// Why.
        fault: PathFault,
    },
    /// Two files of one name, by the rules of any system.
    #[error("the package holds {name} already")]
    Twice {
        /// The name.
        name: String,
    },
    /// The place of a package is taken.
    #[error("{}: exists already; name another place or remove it", path.display())]
    Taken {
        /// Where.
        path: PathBuf,
    },
    /// The package that was just built does not verify: a disk that lies, or somebody else writing into it.
    #[error("the package does not verify after it was written: {}", first)]
    NotWhole {
        /// The first discrepancy.
        first: Box<Discrepancy>,
    },
    /// A custody log that does not hold together.
    #[error("{name}: line {line}: {what}")]
    Custody {
        /// The file.
        name: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
}

impl EvidenceError {
    pub(crate) fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, doing, source }
    }
}
