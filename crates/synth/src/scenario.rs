//! Owns planted scenarios. Each is a tenant, a time, and what an intruder did there; the audit service is not its business.

pub mod midnight_blizzard;
