//! Owns planted scenarios. Each is a tenant, a time, and what an intruder did there; the audit service is not its business.

pub mod attack;
pub mod midnight_blizzard;
pub mod storm_0558;
