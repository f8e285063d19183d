//! Owns what can go wrong while simulating: writing, and what the caller asked for.

use std::{io, path::PathBuf};

/// An error of the simulator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SynthError {
    /// A file could not be written.
    #[error("{path}: cannot be written; check the folder and the free space")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Nothing of this name is known.
    #[error("no {kind} is called {name}; known are {known}")]
    UnknownName {
        /// Container, attack, …
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A size could not be read.
    #[error("{text} is no size; write a number with B, KB, MB or GB, as in 1GB")]
    Size {
        /// What was asked for.
        text: String,
    },
    /// A date could not be read.
    #[error("{text} is no date; write it as 2023-11-01")]
    Date {
        /// What was asked for.
        text: String,
    },
}
