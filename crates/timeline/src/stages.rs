//! Owns what benches time that nothing else makes public. Hidden from the documentation.

use crate::{TenantFacts, sessions};

/// Cuts every mailbox's accesses into sessions; how many there are.
#[must_use]
pub fn sessions(tenant: &TenantFacts, idle_gap: i64) -> usize {
    sessions::cut(&tenant.facts, idle_gap).sessions.len()
}
