//! Records become tables on disk; tables become sessions, coverage and the rest of the timeline.
//!
//! Owns polars: frames live in here and never cross the public API, a table leaves as Parquet or CSV.
//! Does not read an export, draw, or decide what a word in a report means.

// Tables: the writing half.
mod error;
mod read;
mod schema;

pub use error::TimelineError;
