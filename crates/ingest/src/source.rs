//! Owns what a caller hands in: a named way to open bytes. Paths are the caller's business.

use std::fmt;
use std::io::{self, Cursor, Read, Seek};

/// What a source's bytes are read from. `Seek` because an archive's table of contents stands at its end.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Opens a source's bytes from their start; called again by `reread`.
pub type Open = Box<dyn Fn() -> io::Result<Box<dyn ReadSeek + Send>> + Send + Sync>;

/// One input: a file as the caller names it, and how to open it.
pub struct SourceInput {
    /// Its path relative to the input that named it. For people only: what a source is, its bytes say.
    pub name: String,
    /// How to open it.
    pub open: Open,
    /// Its size, where known; for progress only.
    pub bytes: Option<u64>,
}

impl SourceInput {
    /// A source held in memory.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<std::sync::Arc<[u8]>>) -> Self {
        let bytes: std::sync::Arc<[u8]> = bytes.into();
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let open: Open =
            Box::new(move || Ok(Box::new(Cursor::new(std::sync::Arc::clone(&bytes))) as Box<dyn ReadSeek + Send>));
        Self { name: name.into(), open, bytes: Some(len) }
    }
}

impl fmt::Debug for SourceInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceInput").field("name", &self.name).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// Told about bytes and rows as they pass. Called once a block, so it costs nothing measurable.
pub trait Progress: Sync {
    /// A source is opened.
    fn source(&self, name: &str) {
        let _name = name;
    }
    /// More bytes (as they stand on disk) were read.
    fn bytes(&self, more: u64) {
        let _more = more;
    }
    /// More rows were handed on.
    fn rows(&self, more: u64) {
        let _more = more;
    }
}

/// No progress wanted.
impl Progress for () {}
