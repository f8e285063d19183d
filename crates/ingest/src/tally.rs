//! Owns the running account of what was read: rows, issues, spans and activity, by source.

use std::collections::BTreeMap;

use mailtrail_model::{ActivityCount, Block, Issue, IssueCode, RowCounts, SourceId, UtcMicros};

use crate::completeness::Evidence;

/// Examples kept of each code in each source.
pub const EXAMPLES: usize = 20;

/// Issues of one code in one source: how many rows, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueTally {
    /// Rows.
    pub rows: u64,
    /// The first [`EXAMPLES`] of them, in row order.
    pub examples: Vec<Issue>,
}

/// The account of a run so far. Blocks are added in source order, so it does not depend on the number of threads.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) counts: BTreeMap<SourceId, RowCounts>,
    pub(crate) issues: BTreeMap<(IssueCode, SourceId), IssueTally>,
    pub(crate) evidence: BTreeMap<SourceId, Evidence>,
    activity: BTreeMap<(SourceId, Box<str>, Option<UtcMicros>), u64>,
}

impl Tally {
    /// Adds what a block became.
    pub(crate) fn add(&mut self, block: &Block<'_>, evidence: Vec<(SourceId, Evidence)>) {
        for more in &block.counts {
            let counts = self.counts.entry(more.source).or_insert(RowCounts {
                read: 0,
                other_operation: 0,
                rejected: 0,
                ..*more
            });
            counts.read += more.read;
            counts.other_operation += more.other_operation;
            counts.rejected += more.rejected;
        }
        for issue in &block.issues {
            self.issue(issue.code, issue.locator.source, || issue.clone());
        }
        for rejected in &block.rejected {
            let (code, locator) = (rejected.code, rejected.locator);
            self.issue(code, locator.source, || Issue { code, locator, detail: rejected.detail.clone() });
        }
        for (source, more) in evidence {
            self.evidence.entry(source).or_default().merge(more);
        }
        for more in &block.activity {
            *self.activity.entry((more.source, more.operation.clone(), more.hour)).or_default() += more.rows;
        }
    }

    fn issue(&mut self, code: IssueCode, source: SourceId, example: impl FnOnce() -> Issue) {
        let tally = self.issues.entry((code, source)).or_default();
        tally.rows += 1;
        if tally.examples.len() < EXAMPLES {
            tally.examples.push(example());
        }
    }

    /// The activity of all blocks, sorted, without repeats.
    pub(crate) fn take_activity(&mut self) -> Vec<ActivityCount> {
        std::mem::take(&mut self.activity)
            .into_iter()
            .map(|((source, operation, hour), rows)| ActivityCount { source, operation, hour, rows })
            .collect()
    }
}
