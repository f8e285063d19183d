//! Owns `run.json`: how an output folder came about, which files in it are ours, and what `report` needs to go on without
//! reading the exports again. Everything outside its `machine` block depends on inputs, rules and version only.

use std::collections::BTreeMap;

use mailtrail_model::{
    Completeness, Finding, Interval, IssueCode, Ledger, LedgerRow, RuleValue, Rules, Sha256, SourceId, SourceReceipt,
    UtcMicros, Window,
};
use serde::{Deserialize, Serialize};

/// Why a `run.json` could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunRecordError {
    /// Not JSON of this shape.
    #[error("run.json is not one that mailtrail wrote")]
    Shape(#[from] serde_json::Error),
    /// Written by a later version.
    #[error("run.json has format {found}; this version reads up to {known}: use the version that wrote it")]
    Newer {
        /// The format found.
        found: u32,
        /// The format this version writes.
        known: u32,
    },
    /// A field holds what it cannot.
    #[error("run.json: {0} cannot be read")]
    Field(&'static str),
}

const FORMAT: u32 = 1;

/// How far the run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Begun; files may be missing or half written.
    Running,
    /// Tables are whole; no report.
    Ingested,
    /// Done.
    Done,
}

/// One of the examiner's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExaminerInput {
    /// What it is (`case`, `attribution`, `roster`, …).
    pub kind: String,
    /// Its name as the case file gives it.
    pub name: String,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
}

/// One place where an issue was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueExample {
    /// Data row, from 1.
    pub row: u64,
    /// First byte of the row.
    pub byte_offset: u64,
    /// In words.
    pub detail: String,
}

/// How often an issue was seen in a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueCount {
    /// The stable name.
    pub code: String,
    /// `S0001`.
    pub source: String,
    /// Rows.
    pub rows: u64,
    /// The first few.
    pub examples: Vec<IssueExample>,
}

/// The one block that differs between two runs over the same inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// When the run began.
    pub started_utc: String,
    /// Whole seconds it took.
    pub seconds: u64,
    /// Worker threads.
    pub threads: usize,
    /// Operating system and architecture.
    pub platform: String,
    /// The inputs as given, for `report`, `explain` and `--add`.
    pub inputs: Vec<String>,
    /// Each source's name and where it was read from.
    pub paths: BTreeMap<String, String>,
    /// The case file, where one was given.
    pub case: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct FindingShape {
    code: String,
    evidence: String,
    ask: Option<String>,
    incomplete: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SourceShape {
    id: u32,
    name: String,
    parent: Option<String>,
    sha256: String,
    bytes: u64,
    content_bytes: u64,
    container: Option<String>,
    lossy: bool,
    encoding: String,
    compression: Option<String>,
    refused: Option<String>,
    first_record_utc_micros: Option<i64>,
    after_last_record_utc_micros: Option<i64>,
    completeness: Vec<FindingShape>,
    read: u64,
    accepted: u64,
    duplicate: u64,
    other_operation: u64,
    out_of_window: u64,
    rejected: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct WindowShape {
    start_utc_micros: i64,
    end_utc_micros: i64,
    declared: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct RecordShape {
    tool: String,
    version: String,
    format: u32,
    state: State,
    case_id: Option<String>,
    window: Option<WindowShape>,
    rules: BTreeMap<String, serde_json::Value>,
    examiner_inputs: Vec<ExaminerInput>,
    sources: Vec<SourceShape>,
    issues: Vec<IssueCount>,
    counts: BTreeMap<String, u64>,
    files: Vec<String>,
    machine: Machine,
}

/// The content of a `run.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// The version of mailtrail that wrote the folder.
    pub version: String,
    /// How far it came.
    pub state: State,
    /// The case id.
    pub case_id: Option<String>,
    /// The case window, once known.
    pub window: Option<Window>,
    /// Every threshold in force.
    pub rules: Rules,
    /// The examiner's files, hashed.
    pub examiner_inputs: Vec<ExaminerInput>,
    /// The sources as read.
    pub sources: Vec<SourceReceipt>,
    /// Their account.
    pub ledger: Ledger,
    /// Issues by code and source.
    pub issues: Vec<IssueCount>,
    /// Numbers of the run, by name (`accesses`, `items`, …).
    pub counts: BTreeMap<String, u64>,
    /// Every file of the folder that is ours, relative, with `/`, sorted: the only files that are ever removed.
    pub files: Vec<String>,
    /// Clock, machine, paths.
    pub machine: Machine,
}

impl RunRecord {
    /// The text of `run.json`.
    ///
    /// # Errors
    /// Only if the JSON writer fails, which memory does not.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let rows: BTreeMap<SourceId, &LedgerRow> = self.ledger.sources.iter().map(|r| (r.source, r)).collect();
        let shape = RecordShape {
            tool: "mailtrail".into(),
            version: self.version.clone(),
            format: FORMAT,
            state: self.state,
            case_id: self.case_id.clone(),
            window: self.window.as_ref().map(|w| WindowShape {
                start_utc_micros: w.span.start.0,
                end_utc_micros: w.span.end.0,
                declared: w.declared,
            }),
            rules: self
                .rules
                .entries()
                .into_iter()
                .map(|(name, value, _)| (name.to_owned(), rule_json(&value)))
                .collect(),
            examiner_inputs: self.examiner_inputs.clone(),
            sources: self.sources.iter().map(|s| source_shape(s, rows.get(&s.id).copied())).collect(),
            issues: self.issues.clone(),
            counts: self.counts.clone(),
            files: self.files.clone(),
            machine: self.machine.clone(),
        };
        Ok(serde_json::to_string_pretty(&shape)? + "\n")
    }

    /// Reads a `run.json` back.
    ///
    /// # Errors
    /// If it is not one that mailtrail wrote, or a later version wrote it.
    pub fn from_json(text: &str) -> Result<Self, RunRecordError> {
        let shape: RecordShape = serde_json::from_str(text)?;
        if shape.format > FORMAT {
            return Err(RunRecordError::Newer { found: shape.format, known: FORMAT });
        }
        if shape.tool != "mailtrail" {
            return Err(RunRecordError::Field("tool"));
        }
        let mut rules = Rules::default();
        for (name, value) in &shape.rules {
            let value = rule_value(value).ok_or(RunRecordError::Field("rules"))?;
            rules.set(name, &value).map_err(|_| RunRecordError::Field("rules"))?;
        }
        let (mut sources, mut ledger) = (Vec::new(), Ledger::default());
        for source in shape.sources {
            let (receipt, row) = source_back(source)?;
            sources.push(receipt);
            ledger.sources.push(row);
        }
        Ok(Self {
            version: shape.version,
            state: shape.state,
            case_id: shape.case_id,
            window: shape.window.map(|w| Window {
                span: Interval { start: UtcMicros(w.start_utc_micros), end: UtcMicros(w.end_utc_micros) },
                declared: w.declared,
            }),
            rules,
            examiner_inputs: shape.examiner_inputs,
            sources,
            ledger,
            issues: shape.issues,
            counts: shape.counts,
            files: shape.files,
            machine: shape.machine,
        })
    }

    /// Rows by issue code over all sources.
    #[must_use]
    pub fn issue_totals(&self) -> BTreeMap<IssueCode, u64> {
        let mut totals = BTreeMap::new();
        for count in &self.issues {
            if let Some(code) = IssueCode::ALL.iter().find(|c| c.as_str() == count.code) {
                *totals.entry(*code).or_default() += count.rows;
            }
        }
        totals
    }
}

fn rule_json(value: &RuleValue) -> serde_json::Value {
    match value {
        RuleValue::Whole(n) => (*n).into(),
        RuleValue::Real(x) => (*x).into(),
        RuleValue::Several(list) => list.clone().into(),
    }
}

fn rule_value(value: &serde_json::Value) -> Option<RuleValue> {
    if let Some(list) = value.as_array() {
        return list.iter().map(serde_json::Value::as_u64).collect::<Option<_>>().map(RuleValue::Several);
    }
    value.as_u64().map(RuleValue::Whole).or_else(|| value.as_f64().map(RuleValue::Real))
}

fn source_shape(source: &SourceReceipt, row: Option<&LedgerRow>) -> SourceShape {
    let count = |column: fn(&LedgerRow) -> u64| row.map_or(0, column);
    SourceShape {
        id: source.id.0,
        name: source.name.clone(),
        parent: source.parent.map(|p| p.to_string()),
        sha256: source.sha256.to_string(),
        bytes: source.bytes,
        content_bytes: source.content_bytes,
        container: source.container.as_deref().map(str::to_owned),
        lossy: source.lossy,
        encoding: source.encoding.to_string(),
        compression: source.compression.as_deref().map(str::to_owned),
        refused: source.refused.clone(),
        first_record_utc_micros: source.span.map(|s| s.start.0),
        after_last_record_utc_micros: source.span.map(|s| s.end.0),
        completeness: source
            .completeness
            .findings
            .iter()
            .map(|f| FindingShape {
                code: f.code.to_string(),
                evidence: f.evidence.clone(),
                ask: f.ask.clone(),
                incomplete: f.incomplete,
            })
            .collect(),
        read: count(|r| r.read),
        accepted: count(|r| r.accepted),
        duplicate: count(|r| r.duplicate),
        other_operation: count(|r| r.other_operation),
        out_of_window: count(|r| r.out_of_window),
        rejected: count(|r| r.rejected),
    }
}

fn source_back(shape: SourceShape) -> Result<(SourceReceipt, LedgerRow), RunRecordError> {
    let id = SourceId(shape.id);
    let sha256 = Sha256::from_hex(&shape.sha256).ok_or(RunRecordError::Field("sha256"))?;
    let parent = match &shape.parent {
        Some(hex) => Some(Sha256::from_hex(hex).ok_or(RunRecordError::Field("parent"))?),
        None => None,
    };
    let span = match (shape.first_record_utc_micros, shape.after_last_record_utc_micros) {
        (Some(start), Some(end)) => Some(Interval { start: UtcMicros(start), end: UtcMicros(end) }),
        _ => None,
    };
    let container = shape.container.map(Into::into);
    let findings = shape
        .completeness
        .into_iter()
        .map(|f| Finding { code: f.code.into(), evidence: f.evidence, ask: f.ask, incomplete: f.incomplete })
        .collect();
    let row = LedgerRow {
        source: id,
        name: shape.name.clone(),
        sha256,
        bytes: shape.bytes,
        container: container.clone(),
        read: shape.read,
        accepted: shape.accepted,
        duplicate: shape.duplicate,
        other_operation: shape.other_operation,
        out_of_window: shape.out_of_window,
        rejected: shape.rejected,
    };
    let receipt = SourceReceipt {
        id,
        name: shape.name,
        parent,
        sha256,
        bytes: shape.bytes,
        content_bytes: shape.content_bytes,
        container,
        lossy: shape.lossy,
        encoding: shape.encoding.into(),
        compression: shape.compression.map(Into::into),
        refused: shape.refused,
        span,
        completeness: Completeness { findings },
    };
    Ok((receipt, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> RunRecord {
        let receipt = SourceReceipt {
            id: SourceId(0),
            name: "a.csv".into(),
            parent: Some(Sha256([2; 32])),
            sha256: Sha256([1; 32]),
            bytes: 5,
            content_bytes: 6,
            container: Some("portal-csv".into()),
            lossy: false,
            encoding: "utf-8".into(),
            compression: None,
            refused: None,
            span: Some(Interval { start: UtcMicros(1), end: UtcMicros(2) }),
            completeness: Completeness {
                findings: vec![Finding {
                    code: "row-cap".into(),
                    evidence: "50,000".into(),
                    ask: None,
                    incomplete: true,
                }],
            },
        };
        let row = LedgerRow {
            source: SourceId(0),
            name: "a.csv".into(),
            sha256: Sha256([1; 32]),
            bytes: 5,
            container: Some("portal-csv".into()),
            read: 3,
            accepted: 1,
            duplicate: 1,
            other_operation: 0,
            out_of_window: 0,
            rejected: 1,
        };
        RunRecord {
            version: "0.1.0".into(),
            state: State::Done,
            case_id: Some("CASE-1".into()),
            window: Some(Window { span: Interval { start: UtcMicros(1), end: UtcMicros(2) }, declared: true }),
            rules: Rules { idle_gap_minutes: 90, ..Rules::default() },
            examiner_inputs: vec![],
            sources: vec![receipt],
            ledger: Ledger { sources: vec![row] },
            issues: vec![IssueCount {
                code: "row-malformed".into(),
                source: "S0001".into(),
                rows: 1,
                examples: vec![],
            }],
            counts: [("accesses".to_owned(), 1)].into(),
            files: vec!["run.json".into()],
            machine: Machine::default(),
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was_written() {
        let record = record();
        assert_eq!(RunRecord::from_json(&record.to_json().unwrap()).unwrap(), record);
        assert_eq!(record.issue_totals(), [(IssueCode::RowMalformed, 1)].into());
    }

    #[test]
    fn a_later_format_and_a_strangers_file_are_refused() {
        let text = record().to_json().unwrap();
        assert!(RunRecord::from_json(&text.replace("\"format\": 1", "\"format\": 9")).is_err());
        assert!(RunRecord::from_json(&text.replace("\"tool\": \"mailtrail\"", "\"tool\": \"x\"")).is_err());
        assert!(RunRecord::from_json("{}").is_err());
    }
}
