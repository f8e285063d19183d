//! Owns the account of every row: read = accepted + duplicate + other operation + out of window + rejected.

use crate::{Name, Sha256, SourceId};

/// The account of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// Which source.
    pub source: SourceId,
    /// Its name.
    pub name: String,
    /// Its hash.
    pub sha256: Sha256,
    /// Its bytes.
    pub bytes: u64,
    /// Its container; `None` if refused.
    pub container: Option<Name>,
    /// Rows in the source.
    pub read: u64,
    /// Written to the tables, inside the window.
    pub accepted: u64,
    /// An access already taken from this or an earlier source.
    pub duplicate: u64,
    /// Rows of other operations.
    pub other_operation: u64,
    /// Accesses outside the case window: written, marked, used for baselines only.
    pub out_of_window: u64,
    /// Could not be read; in quarantine with their bytes.
    pub rejected: u64,
}

impl LedgerRow {
    /// Whether each row of the source is accounted for exactly once.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.read == self.accepted + self.duplicate + self.other_operation + self.out_of_window + self.rejected
    }
}

/// The account of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// One entry a source, in source order.
    pub sources: Vec<LedgerRow>,
}

impl Ledger {
    /// Sum of one column.
    #[must_use]
    pub fn total(&self, column: impl Fn(&LedgerRow) -> u64) -> u64 {
        self.sources.iter().map(column).sum()
    }

    /// Whether every source balances.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.sources.iter().all(LedgerRow::balances)
    }
}
