//! Owns a sink for tests that keeps what became of each row, in owned form.

use std::path::Path;
use std::sync::Mutex;

use mailtrail_ingest::{IngestOptions, IngestReport, SourceInput, ingest};
use mailtrail_model::{
    AccessRecord, Block, IssueCode, Locator, MailAccessType, MessageKey, RecordSink, SourceId, ThrottleState,
};

/// An access, as far as tests look at it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) record_id: String,
    pub(crate) access_type: MailAccessType,
    pub(crate) throttled: ThrottleState,
    pub(crate) mailbox: String,
    pub(crate) logon_type: String,
    pub(crate) address: Option<String>,
    pub(crate) operation_count: Option<i64>,
    /// Canonical message ids; `None` for an item without one.
    pub(crate) items: Vec<Option<String>>,
    pub(crate) issues: Vec<IssueCode>,
    /// Everything but the locator.
    pub(crate) whole: String,
}

/// What became of the rows of some sources.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) accesses: Vec<Kept>,
    pub(crate) related: Vec<String>,
    /// Code and detail of rejected rows.
    pub(crate) rejected: Vec<(IssueCode, String)>,
    /// Code and detail of issues of rows that were taken.
    pub(crate) issues: Vec<(IssueCode, String)>,
}

#[derive(Default)]
struct Keep(Mutex<Outcome>);

impl RecordSink for Keep {
    type Judged = ();
    type Encoded = Outcome;
    type Error = std::convert::Infallible;

    fn judge(&self, _: &Block<'_>) -> Result<(), Self::Error> {
        Ok(())
    }

    fn encode(&self, block: &Block<'_>, (): ()) -> Result<Outcome, Self::Error> {
        Ok(Outcome {
            accesses: block.records.iter().map(kept).collect(),
            related: block.related.iter().map(|event| format!("{event:#?}")).collect(),
            rejected: block.rejected.iter().map(|row| (row.code, row.detail.clone())).collect(),
            issues: block.issues.iter().map(|issue| (issue.code, issue.detail.clone())).collect(),
        })
    }

    fn append(&self, _: &Block<'_>, mut encoded: Outcome) -> Result<(), Self::Error> {
        let mut all = self.0.lock().unwrap();
        all.accesses.append(&mut encoded.accesses);
        all.related.append(&mut encoded.related);
        all.rejected.append(&mut encoded.rejected);
        all.issues.append(&mut encoded.issues);
        Ok(())
    }
}

fn kept(record: &AccessRecord<'_>) -> Kept {
    let nowhere = Locator { source: SourceId(0), row: 0, byte_offset: 0, byte_len: 0 };
    let message = |id: &std::borrow::Cow<'_, str>| MessageKey::canonical(id);
    Kept {
        record_id: record.record_id.to_string(),
        access_type: record.access_type,
        throttled: record.throttled,
        mailbox: record.mailbox.to_string(),
        logon_type: record.logon_type.as_ref().map_or_else(String::new, |kind| kind.as_str().to_owned()),
        address: record.origin.normalized(),
        operation_count: record.operation_count,
        items: record.items.iter().map(|item| item.internet_message_id.as_ref().map(message)).collect(),
        issues: record.issues.clone(),
        whole: format!("{:#?}", AccessRecord { locator: nowhere, ..record.clone() }),
    }
}

/// Reads sources.
pub(crate) fn read(inputs: &[SourceInput]) -> (IngestReport, Outcome) {
    let keep = Keep::default();
    let report =
        ingest(inputs, &IngestOptions { block_bytes: 1 << 18, ..IngestOptions::default() }, &(), &keep).unwrap();
    for counts in &report.counts {
        assert!(counts.read >= counts.other_operation + counts.rejected, "{counts:?}");
    }
    (report, keep.0.into_inner().unwrap())
}

/// Reads one text.
pub(crate) fn read_text(text: &str) -> (IngestReport, Outcome) {
    read(&[SourceInput::from_bytes("text", text.as_bytes().to_vec())])
}

/// Reads one file.
pub(crate) fn read_file(path: &Path) -> (IngestReport, Outcome) {
    let bytes = std::fs::read(path).unwrap();
    read(&[SourceInput::from_bytes(path.display().to_string(), bytes)])
}
