//! Owns the way home: where in which source a row stands.

/// A source of the run: index into the run's list of sources (sorted by path), from 0. Prints as `S0001` (1-based).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

impl std::fmt::Display for SourceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "S{:04}", self.0 + 1)
    }
}

/// Where a row stands. Bytes count after decompression and before transcoding (a UTF-16 file's offsets are UTF-16 bytes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locator {
    /// Which source.
    pub source: SourceId,
    /// Data row in the source, from 1; a CSV header is not a data row.
    pub row: u64,
    /// First byte of the row.
    pub byte_offset: u64,
    /// Bytes of the row, its line end not counted.
    pub byte_len: u64,
}
