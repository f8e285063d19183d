//! Tests of ingest at its boundary: bytes in, blocks out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

mod archives;
mod conservation;
mod corpus;
mod engine;
mod golden;
mod hostile;
mod invariance;
mod kept;
mod looseness;
mod properties;
mod read_once;
mod record_seeds;
mod reread;
mod seeds;
mod written;
