//! Owns what strangers rely on: every published JSON shape, the manifest and its verifier, the sealed package.
//!
//! Takes artifacts, gives bytes and discrepancies. Does not: compute anything forensic, trust a file name, print, read the clock.

mod ledger;
mod quarantine;
mod run_record;
mod summary;

mod algorithm;
mod bag_path;
mod custody;
mod digest;
mod discrepancy;
mod error;
mod folder;
mod manifest;
mod package;
mod pseudonym;
mod source_index;
mod tag_file;
mod verify;
mod verify_text;

pub use algorithm::Algorithm;
pub use bag_path::{BagPath, PathFault};
pub use custody::{CUSTODY_FILE, CustodyEntry, CustodyLog};
pub use digest::{sha256, sha256_of};
pub use discrepancy::Discrepancy;
pub use error::EvidenceError;
pub use ledger::ledger_json;
pub use manifest::{Manifest, verify_folder};
pub use package::{Package, PackageBuilder, PackageInfo};
pub use pseudonym::PseudonymKey;
pub use quarantine::{QuarantineWriter, name_sources};
pub use run_record::{ExaminerInput, IssueCount, IssueExample, Machine, RunRecord, RunRecordError, State};
pub use source_index::SourceFacts;
pub use summary::RunSummary;
pub use verify::{Verdict, verify};
