//! Owns what strangers rely on: every published JSON shape, the manifest and its verifier, the sealed package.
//!
//! Takes artifacts, gives bytes and discrepancies. Does not: compute anything forensic, trust a file name, print, read the clock.

mod ledger;
mod quarantine;
mod run_record;
mod summary;

pub use ledger::ledger_json;
pub use quarantine::{QuarantineWriter, name_sources};
pub use run_record::{ExaminerInput, IssueCount, IssueExample, Machine, RunRecord, RunRecordError, State};
pub use summary::RunSummary;
