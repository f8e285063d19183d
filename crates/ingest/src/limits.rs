//! Owns the named limits that keep hostile input from costing more than it is worth. Real exports stay far below each.
//!
//! A limit is never silent: what it stops becomes a rejected row, a refused source or a finding that names the limit.

/// Limits of one run. Printed in `run.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest row, in bytes. The audit service's own records stay under 1 MiB; a longer row is rejected, its end is looked
    /// for without keeping it.
    pub row_bytes: usize,
    /// Deepest nesting of a JSON row. Audit records nest about eight deep.
    pub depth: usize,
    /// Most items in one record. The most seen in public records is 250 (a published detection rule's threshold). Stated here
    /// to be printed with the others; the readers of records hold it as a constant.
    pub items: usize,
    /// Most rows in one block, so that a file of tiny rows cannot make a block's records outgrow its bytes.
    pub rows_per_block: usize,
    /// Bytes of a rejected row that are kept for quarantine.
    pub quarantine_bytes: usize,
    /// Most decompressed bytes for a compressed one, looked at above [`Self::ratio_floor_bytes`]. Audit JSON reaches 60.
    pub ratio: u64,
    /// Decompressed bytes below which the ratio is not looked at.
    pub ratio_floor_bytes: u64,
    /// Most decompressed bytes of one source.
    pub content_bytes: u64,
    /// Most entries of one archive.
    pub archive_entries: u64,
    /// Archives within archives: 1 reads an archive, 2 reads an archive in an archive.
    pub archive_depth: u32,
    /// Largest archive within an archive; it is held in memory, because its table of contents stands at its end.
    pub nested_archive_bytes: u64,
    /// Window of a zstd frame, as a power of two: 27 is what `zstd --ultra` writes at most (128 MiB of memory).
    pub zstd_window_log: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            row_bytes: 16 << 20,
            depth: 64,
            items: 100_000,
            rows_per_block: 1 << 16,
            quarantine_bytes: 1 << 20,
            ratio: 1_000,
            ratio_floor_bytes: 64 << 20,
            content_bytes: 1 << 40,
            archive_entries: 200_000,
            archive_depth: 2,
            nested_archive_bytes: 64 << 20,
            zstd_window_log: 27,
        }
    }
}
