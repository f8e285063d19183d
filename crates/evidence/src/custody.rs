//! Owns the custody log: who had the package when, as a chain in which every entry holds its predecessor's hash. An unlisted
//! tag file: entries are added after the package is sealed.

use mailtrail_model::UtcMicros;
use serde::{Deserialize, Serialize};
use sha2::Digest;

use crate::EvidenceError;

/// Where the log lies in a package.
pub const CUSTODY_FILE: &str = "custody/custody.jsonl";

/// The hash before the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One entry, as one JSON line. Keys in this order; a line's hash is over its bytes without the line end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustodyEntry {
    /// From 1.
    pub seq: u64,
    /// When, ISO 8601.
    pub utc: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// SHA-256 of what it was done to; of the first entry, the tag manifest's.
    pub object_sha256: String,
    /// SHA-256 of the line before.
    pub prev_sha256: String,
}

/// A custody log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustodyLog {
    lines: Vec<(String, CustodyEntry)>,
}

impl CustodyLog {
    /// Reads a log and checks its chain.
    ///
    /// # Errors
    /// If a line is none, or does not follow from the line before.
    pub fn parse(text: &str) -> Result<Self, EvidenceError> {
        let mut log = Self::default();
        for (at, line) in text.lines().enumerate() {
            let wrong = |what: String| EvidenceError::Custody { name: CUSTODY_FILE.to_owned(), line: at + 1, what };
            let entry: CustodyEntry = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
            if entry.seq != log.next_seq() {
                return Err(wrong(format!("seq is {}, {} is expected", entry.seq, log.next_seq())));
            }
            if entry.prev_sha256 != log.head() {
                return Err(wrong("prev_sha256 is not the hash of the line before: the log was changed".to_owned()));
            }
            if log.lines.last().is_some_and(|(_, before)| before.utc > entry.utc) {
                return Err(wrong(format!("{} is before the entry above", entry.utc)));
            }
            log.lines.push((line.to_owned(), entry));
        }
        Ok(log)
    }

    /// Adds an entry; gives its line, without the line end.
    ///
    /// # Errors
    /// Only if the JSON writer fails, which memory does not.
    pub fn add(
        &mut self,
        at: UtcMicros,
        actor: &str,
        action: &str,
        object_sha256: &str,
    ) -> Result<String, serde_json::Error> {
        let entry = CustodyEntry {
            seq: self.next_seq(),
            utc: at.iso(),
            actor: actor.to_owned(),
            action: action.to_owned(),
            object_sha256: object_sha256.to_owned(),
            prev_sha256: self.head(),
        };
        let line = serde_json::to_string(&entry)?;
        self.lines.push((line.clone(), entry));
        Ok(line)
    }

    /// The log's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.lines.iter().map(|(line, _)| format!("{line}\n")).collect()
    }

    /// The entries.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &CustodyEntry> {
        self.lines.iter().map(|(_, entry)| entry)
    }

    /// The hash of the last line: what a signature over the log as it stands should cover.
    #[must_use]
    pub fn head(&self) -> String {
        self.lines.last().map_or_else(
            || GENESIS.to_owned(),
            |(line, _)| mailtrail_model::Sha256(sha2::Sha256::digest(line.as_bytes()).into()).to_string(),
        )
    }

    pub(crate) fn first_object(&self) -> Option<&str> {
        self.lines.first().map(|(_, entry)| entry.object_sha256.as_str())
    }

    fn next_seq(&self) -> u64 {
        u64::try_from(self.lines.len()).unwrap_or(u64::MAX - 1) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> CustodyLog {
        let mut log = CustodyLog::default();
        for (at, action) in ["sealed", "handed over", "received"].into_iter().enumerate() {
            log.add(UtcMicros(i64::try_from(at).unwrap() * UtcMicros::HOUR), "R. Example", action, "ab").unwrap();
        }
        log
    }

    #[test]
    fn a_log_comes_back_as_it_was_written() {
        assert_eq!(CustodyLog::parse(&log().to_text()).unwrap(), log());
        assert_eq!(CustodyLog::parse("").unwrap().head(), GENESIS);
    }

    #[test]
    fn a_changed_removed_or_swapped_line_breaks_the_chain() {
        let text = log().to_text();
        let lines: Vec<&str> = text.lines().collect();
        for wrong in [
            text.replace("handed over", "handed on"),
            format!("{}\n{}\n", lines[0], lines[2]),
            format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2]),
            text.replacen("\"seq\":2", "\"seq\":3", 1),
            text.replace("01:00:00", "09:00:00"),
            format!("{text}junk\n"),
        ] {
            assert!(CustodyLog::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
