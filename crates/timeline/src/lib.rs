//! Records become tables on disk; tables become sessions, coverage and the rest of the timeline.
//!
//! Owns polars: frames live in here and never cross the public API, a table leaves as Parquet or CSV.
//! Does not read an export, draw, or decide what a word in a report means.

// Tables: the writing half.
mod error;
mod schema;
mod writer;
mod written;

mod cells;
mod columns;
mod encode;
mod lane;
mod sync_sessions;
mod tally;
mod texts;

mod merge;
mod record_bytes;
mod resolve;
mod seen;
mod spill;

mod read;
mod stored;
mod stretches;

// Inference: the reading half, in the order a timeline is made.
mod reconstruct;

mod attachments;
mod facts;
mod interner;
mod items;
mod load;
mod related;

mod apps;
mod client_string;
mod contexts;
mod digest;
mod services;

mod attribution;
mod bursts;
mod coverage;
mod exposure;
mod findings;
mod mailboxes;
mod origins;
mod sessions;
mod sign_ins;
mod spans;
mod target;
mod tenant_facts;

mod classed;
mod hours;
mod outputs;
mod rows;
mod small;
mod sort;

#[doc(hidden)]
pub mod stages;

#[cfg(test)]
mod world;

pub use apps::{APPS, APPS_SOURCE, App};
pub use bursts::{StoredBurst, bursts, published_rules, read_burst};
pub use classed::{CLASSED_ROWS, read_classed};
pub use error::TimelineError;
pub use exposure::{ClassedMessage, read_classes};
pub use outputs::small_table_files;
pub use reconstruct::{Basis, classify, reconstruct, tenant_facts};
pub use rows::TableRows;
pub use services::{SERVICES, SERVICES_AS_OF, Service};
pub use stored::{
    StoredAccess, StoredCopy, members_of_session, naming_message, read_accesses, read_copies, read_numbered,
};
pub use tenant_facts::TenantFacts;
pub use writer::{Encoded, Judged, TableWriter};
pub use written::{MergeIssues, SourceCounts, Written, WrittenTable};
