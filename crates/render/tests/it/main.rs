//! The tests of render: what a chart and a page say, and that nothing foreign gets out of its element.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

mod charts;
mod golden;
mod hostile;
mod made_up;
mod markup;
mod odd;
mod page_policy;
mod paper;
mod poison;
mod rows;
mod spreadsheets;
mod summary;
mod whole;
mod wording;
