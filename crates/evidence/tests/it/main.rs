//! The crate from outside: packages that are built, broken and judged; bags that others made.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

mod conformance;
mod package;
