//! Exports in, records out. Bytes become blocks, blocks become rows, rows become records; every row is accounted for.
//!
//! Does not: write a table, judge duplicates, infer anything. Never panics on any bytes.

mod address;
mod archive;
mod block;
mod completeness;
mod container;
mod cut;
mod drive;
#[doc(hidden)]
pub mod fuzzing;
pub mod inputs;
mod instant;
mod limits;
mod normalize;
mod operation;
mod read;
mod receipt;
mod reread;
mod row;
mod rows;
mod sixty_four;
mod sniff;
mod source;
#[doc(hidden)]
pub mod stages;
mod stream;
mod tally;
mod transcode;
mod turn;
mod wire;
mod work;

pub use drive::{IngestError, IngestOptions, IngestReport, ingest};
pub use limits::Limits;
pub use reread::{RawRow, RereadError, reread};
pub use source::{Open, Progress, ReadSeek, SourceInput};
pub use tally::{EXAMPLES, IssueTally};
