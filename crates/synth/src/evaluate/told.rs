//! Owns the way of a simulated case through the tool under test: exports and the examiner's files in memory, through `ingest`
//! into tables in a temporary folder, and from there through `timeline` as often as somebody asks with other statements.
//!
//! Nothing here knows the truth: what goes in is what an examiner has.

use std::collections::BTreeMap;

use mailtrail_ingest::{
    IngestOptions, IngestReport, SourceInput, ingest,
    inputs::{load_inputs, read_case},
};
use mailtrail_model::{CaseInputs, IssueCode, Ledger, LedgerRow, SourceReceipt};
use mailtrail_timeline::{
    Basis, ClassedMessage, TableWriter, TenantFacts, Written, classify, read_classes, tenant_facts,
};

use super::EvaluateError;
use crate::{
    casework::{Case, write_inputs},
    world::World,
};

/// A case as the tool has it: tables on disk, and what the examiner states.
#[derive(Debug)]
pub(super) struct Told {
    tables: tempfile::TempDir,
    receipts: Vec<SourceReceipt>,
    ledger: Ledger,
    issues: Vec<(IssueCode, u64)>,
    /// What the examiner states.
    pub(super) case: CaseInputs,
}

impl Told {
    /// Writes a world's case, reads it back as the tool does, and fills the tables.
    pub(super) fn of(world: &World, case: &Case) -> Result<Self, EvaluateError> {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut plain = case.clone();
        for export in &mut plain.exports {
            // Compression is tested elsewhere and costs more than everything else here.
            if let Some(bare) = export.path.strip_suffix(".gz") {
                export.path = bare.to_owned();
            }
        }
        write_inputs(world, &plain, &mut files)?;
        let read = read_case("case.toml", &*files["case.toml"]).map_err(EvaluateError::Inputs)?.value;
        let open =
            |path: &str| files.get(path).map(|bytes| &**bytes).ok_or_else(|| std::io::ErrorKind::NotFound.into());
        let case = load_inputs(read.case, &read.inputs, open).map_err(EvaluateError::Inputs)?;
        let mut names: Vec<String> = files.keys().filter(|name| name.starts_with("exports/")).cloned().collect();
        names.sort_unstable();
        let sources: Vec<SourceInput> = names
            .into_iter()
            .filter_map(|name| files.remove_entry(&name))
            .map(|(name, bytes)| SourceInput::from_bytes(name, bytes))
            .collect();
        let tables = tempfile::tempdir().map_err(EvaluateError::Folder)?;
        let writer = TableWriter::create(tables.path(), case.window)?;
        let read = ingest(&sources, &IngestOptions { threads: 1, ..IngestOptions::default() }, &(), &writer)
            .map_err(|error| EvaluateError::Ingest(error.to_string()))?;
        let written = writer.finish()?;
        let ledger = ledger(&read, &written);
        if !ledger.balances() || ledger.total(|row| row.rejected) > 0 {
            return Err(EvaluateError::Rows(format!("{:?}", ledger.sources)));
        }
        let issues = read.issues.iter().map(|((code, _), tally)| (*code, tally.rows)).collect();
        Ok(Self { tables, receipts: read.receipts, ledger, issues, case })
    }

    /// What unusual access windows are looked for in, to be asked with several rules.
    pub(super) fn facts(&self, case: &CaseInputs) -> Result<TenantFacts, EvaluateError> {
        Ok(tenant_facts(&self.basis(case))?)
    }

    fn basis<'a>(&'a self, case: &'a CaseInputs) -> Basis<'a> {
        let tables = self.tables.path();
        Basis { tables, case, receipts: &self.receipts, ledger: &self.ledger, issues: &self.issues }
    }

    /// Every message with its class under given statements, written and read back.
    pub(super) fn classes(&self, case: &CaseInputs) -> Result<Vec<ClassedMessage>, EvaluateError> {
        classify(&self.basis(case))?;
        let mut classes = Vec::new();
        read_classes(self.tables.path(), |message| classes.push(message))?;
        Ok(classes)
    }
}

fn ledger(read: &IngestReport, written: &Written) -> Ledger {
    let accesses: BTreeMap<_, _> = written.sources.iter().map(|counts| (counts.source, counts)).collect();
    let row = |(receipt, counts): (&SourceReceipt, &mailtrail_model::RowCounts)| {
        let access = accesses.get(&receipt.id);
        LedgerRow {
            source: receipt.id,
            name: receipt.name.clone(),
            sha256: receipt.sha256,
            bytes: receipt.bytes,
            container: receipt.container.clone(),
            read: counts.read,
            accepted: access.map_or(0, |one| one.accepted),
            duplicate: access.map_or(0, |one| one.duplicate),
            other_operation: counts.other_operation,
            out_of_window: access.map_or(0, |one| one.out_of_window),
            rejected: counts.rejected,
        }
    };
    Ledger { sources: read.receipts.iter().zip(&read.counts).map(row).collect() }
}
