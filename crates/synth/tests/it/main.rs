//! The simulator from outside: the sample in the repository, the containers, the audit service as documented.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

mod attacks;
mod classes;
mod containers;
mod evaluate;
mod features;
mod made;
mod read_back;
mod sample;
mod service;
