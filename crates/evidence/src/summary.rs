//! Owns the object that `run --json` prints: one line for a script to read. Keys grow, never change; `null` is "not computed yet".

use std::collections::BTreeMap;

use mailtrail_model::{ExposureTotals, IssueCode, Ledger};
use serde::Serialize;

/// The numbers of a run.
#[derive(Clone, Debug, Default)]
pub struct RunSummary {
    /// The output folder, as named.
    pub out: String,
    /// The account of rows.
    pub ledger: Ledger,
    /// Accesses in the window.
    pub accesses: u64,
    /// Of these, Binds; `None` where not computed (`ingest`).
    pub binds: Option<u64>,
    /// Of these, Syncs; `None` where not computed.
    pub syncs: Option<u64>,
    /// Items named.
    pub items: u64,
    /// Distinct mailbox × message pairs; `None` where not computed (`ingest`).
    pub messages: Option<u64>,
    /// Mailboxes with records; `None` where not computed.
    pub mailboxes: Option<u64>,
    /// Sessions; `None` where not computed.
    pub sessions: Option<u64>,
    /// Bursts; `None` where not computed.
    pub bursts: Option<u64>,
    /// Messages by class; `None` where not computed.
    pub exposure: Option<ExposureTotals>,
    /// Rows by issue.
    pub issues: BTreeMap<IssueCode, u64>,
    /// What the examiner's files raise, in the words of the terminal.
    pub warnings: Vec<String>,
}

impl RunSummary {
    /// The object as one JSON text, ending in a newline.
    ///
    /// # Errors
    /// Only if the JSON writer fails, which memory does not.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        #[derive(Serialize)]
        struct Shape<'a, L> {
            out: &'a str,
            ledger: L,
            accesses: u64,
            binds: Option<u64>,
            syncs: Option<u64>,
            items: u64,
            messages: Option<u64>,
            mailboxes: Option<u64>,
            sessions: Option<u64>,
            bursts: Option<u64>,
            exposure: Option<BTreeMap<&'static str, u64>>,
            issues: BTreeMap<&'static str, u64>,
            warnings: &'a [String],
        }
        let shape = Shape {
            out: &self.out,
            ledger: crate::ledger::ledger_value(&self.ledger),
            accesses: self.accesses,
            binds: self.binds,
            syncs: self.syncs,
            items: self.items,
            messages: self.messages,
            mailboxes: self.mailboxes,
            sessions: self.sessions,
            bursts: self.bursts,
            exposure: self.exposure.as_ref().map(|e| e.by_class.iter().map(|(c, n)| (c.as_str(), *n)).collect()),
            issues: self.issues.iter().map(|(code, n)| (code.as_str(), *n)).collect(),
            warnings: &self.warnings,
        };
        Ok(serde_json::to_string_pretty(&shape)? + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::RunSummary;

    #[test]
    fn what_is_not_computed_is_null_and_never_zero() {
        let value: serde_json::Value = serde_json::from_str(&RunSummary::default().to_json().unwrap()).unwrap();
        for key in ["messages", "mailboxes", "sessions", "bursts", "exposure"] {
            assert!(value[key].is_null() && value.as_object().unwrap().contains_key(key), "{key}");
        }
        assert_eq!(value["accesses"], 0);
    }
}
