//! Tests of the tables at the crate's boundary: hand-made blocks in, tables out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "a panic is a failed test"
)]

mod build;
mod duplicates;
mod order;
mod reconstruct;
mod write;
