//! Which container a source is, and what its rows are: one file of rows per container, one line below where they are listed.
//!
//! Told apart by columns and keys, never by file name. Every value comes from the record body where there is one; outer
//! columns only cross-check. JSON rows decide for themselves which envelope they are, as collectors' files are merged.

mod audit_json;
mod body_row;
mod cloud_app_events;
mod derived;
mod elastic;
mod envelope;
mod flat_row;
mod glance;
mod graph;
mod header;
mod mailbox_audit;
mod office_activity;
mod portal_csv;
mod search_ual;
mod splunk;

use bumpalo::Bump;
use mailtrail_model::{IssueCode, Locator};

use crate::normalize::rejected;
use crate::row::{Cell, Notes, Outcome, OutcomeKind, Row, RowBody};
use crate::wire::{Ctx, Flaws, Shape};
use header::{Columns, Header};

/// CSV containers, the more telling first.
const CSV: [&CsvContainer; 11] = [
    &splunk::CSV,
    &cloud_app_events::CSV,
    &graph::CSV,
    &portal_csv::CSV,
    &search_ual::CSV,
    &office_activity::CSV,
    &mailbox_audit::CSV,
    &derived::SESSIONS,
    &derived::MESSAGE_IDS,
    &audit_json::FLAT_CSV,
    &elastic::CSV,
];

/// JSON containers, the more telling first.
const JSON: [&JsonContainer; 9] = [
    &elastic::JSON,
    &cloud_app_events::JSON,
    &graph::JSON,
    &search_ual::JSON,
    &splunk::JSON,
    &office_activity::JSON,
    &audit_json::JSON,
    &audit_json::FLAT,
    &audit_json::ENVELOPED,
];

/// Keys under which pages and search answers keep their rows.
const DESCENTS: [&[&str]; 7] =
    [&["value"], &["hits", "hits"], &["results"], &["Results"], &["raw_logs", "entries"], &["records"], &["Records"]];

/// What mailtrail reads, for refusals.
const KNOWN: &str = "known are Purview portal, Search-UnifiedAuditLog, Sentinel OfficeActivity, Defender CloudAppEvents, Splunk, \
                     Graph audit queries, Elastic, Search-MailboxAuditLog and AuditData as JSON";

/// Reads one CSV row.
type ReadCsv = for<'a> fn(&Columns, &[Cell<'a>], Locator, Ctx<'a, '_>) -> Outcome<'a>;

/// A container whose rows are CSV.
#[derive(Debug)]
pub(crate) struct CsvContainer {
    /// Its name in receipts and the ledger.
    name: &'static str,
    /// What of a record it cannot carry; `None` where it carries all of it.
    cannot_tell: Option<&'static str>,
    /// Whether a header is its.
    knows: fn(&Header) -> bool,
    /// Where its columns are.
    columns: fn(&Header) -> Columns,
    /// Reads a row.
    read: ReadCsv,
}

/// A container whose rows are JSON objects.
#[derive(Debug)]
pub(crate) struct JsonContainer {
    /// Its name in receipts and the ledger.
    name: &'static str,
    /// What of a record it cannot carry; `None` where it carries all of it.
    cannot_tell: Option<&'static str>,
    /// Whether an object is its, by its keys and (if it is whole) its text.
    knows: fn(&Shape, &str) -> bool,
}

/// What reads the rows of one source. Holds what its header says, nothing else.
#[derive(Debug)]
pub(crate) struct Reader {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Csv { container: &'static CsvContainer, columns: Columns },
    Json(&'static JsonContainer),
    Xml,
}

/// What a JSON source is, and where in it the rows stand.
#[derive(Debug)]
pub(crate) struct Recognised {
    /// Reads the rows.
    pub(crate) reader: Reader,
    /// Keys under which the array of rows stands; empty: the objects themselves are rows.
    pub(crate) descend: &'static [&'static str],
}

/// Recognises a CSV source by its header.
///
/// # Errors
/// What was seen, what is known, what to do.
pub(crate) fn recognise_csv(header: &[&str]) -> Result<Reader, String> {
    let header = Header::new(header);
    if let Some(container) = CSV.iter().find(|container| (container.knows)(&header)) {
        let columns = (container.columns)(&header);
        return Ok(Reader { kind: Kind::Csv { container, columns } });
    }
    Err(header.refusal())
}

/// Recognises a JSON source by its first object, which may be cut.
///
/// # Errors
/// What was seen, what is known, what to do.
pub(crate) fn recognise_json(first_object: &str) -> Result<Recognised, String> {
    let text = first_object.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let shape = Shape::of(text);
    if let Some(container) = JSON.iter().find(|container| (container.knows)(&shape, text)) {
        return Ok(Recognised { reader: Reader { kind: Kind::Json(container) }, descend: &[] });
    }
    for descend in DESCENTS {
        let Some(at) = shape.array_at(&descend.join(".")) else { continue };
        let inner = text[at..].trim_start();
        if inner.is_empty() || inner.starts_with(']') {
            return Ok(Recognised { reader: Reader { kind: Kind::Json(&audit_json::JSON) }, descend });
        }
        let inner_shape = Shape::of(inner);
        let whole = first_of_list(inner);
        if let Some(container) = JSON.iter().find(|container| (container.knows)(&inner_shape, whole)) {
            return Ok(Recognised { reader: Reader { kind: Kind::Json(container) }, descend });
        }
        return Err(refusal(&inner_shape));
    }
    Err(refusal(&shape))
}

/// The first object of a list without what follows it.
fn first_of_list(text: &str) -> &str {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => &text[..values.byte_offset()],
        _ => text,
    }
}

fn refusal(shape: &Shape) -> String {
    if shape.has_all(&["contentUri", "contentId"]) {
        return "a Management Activity API list of content blobs, not their content: fetch each contentUri and give \
                mailtrail the answers"
            .to_owned();
    }
    let keys = shape.top_keys();
    if keys.is_empty() {
        return format!("no JSON object with keys; {KNOWN}: export the audit records as JSON or CSV");
    }
    if shape.has("tables") || shape.has_all(&["columns", "rows"]) {
        return "a table of columns and rows apart (a Log Analytics API answer): export it as CSV or NDJSON".to_owned();
    }
    let shown: Vec<_> = keys.iter().take(12).copied().collect();
    format!("JSON objects with the keys {}; {KNOWN}: export the audit records again", shown.join(", "))
}

/// Recognises an XML source by its root element.
///
/// # Errors
/// What was seen, what is known, what to do.
pub(crate) fn recognise_xml(root: &str) -> Result<Reader, String> {
    if mailbox_audit::knows_root(root) {
        return Ok(Reader { kind: Kind::Xml });
    }
    Err(format!(
        "XML with the root element <{root}>; known is the SearchResults of New-MailboxAuditLogSearch: export the audit \
         records as JSON or CSV"
    ))
}

impl Reader {
    /// The container's name.
    pub(crate) fn name(&self) -> &'static str {
        match &self.kind {
            Kind::Csv { container, .. } => container.name,
            Kind::Json(container) => container.name,
            Kind::Xml => mailbox_audit::XML_NAME,
        }
    }

    /// What of a record the container cannot carry; `None` where it carries all of it.
    pub(crate) fn cannot_tell(&self) -> Option<&'static str> {
        match &self.kind {
            Kind::Csv { container, .. } => container.cannot_tell,
            Kind::Json(container) => container.cannot_tell,
            Kind::Xml => Some(mailbox_audit::CANNOT_TELL),
        }
    }

    /// Reads one row. What is noticed goes to `notes`, one entry a code, and into the access.
    pub(crate) fn read<'a>(&self, row: Row<'a>, arena: &'a Bump, notes: &mut Notes) -> Outcome<'a> {
        let flaws = Flaws::default();
        let ctx = Ctx { arena, flaws: &flaws };
        let mut outcome = match (&self.kind, row.body) {
            (Kind::Csv { container, columns }, RowBody::Csv(cells)) => {
                columns.check_width(cells, ctx);
                (container.read)(columns, cells, row.locator, ctx)
            }
            (Kind::Json(_), RowBody::Json(text)) => envelope::read(text, row.locator, ctx),
            (Kind::Xml, RowBody::Xml(text)) => mailbox_audit::read_xml(text, row.locator, ctx),
            _ => rejected(IssueCode::RowMalformed, "a row of another kind than its source"),
        };
        seal(&mut outcome, &flaws, notes);
        // The driver notes replaced bytes for every row; the access carries the code, too.
        if row.replaced
            && let OutcomeKind::Access(record) = &mut outcome.kind
        {
            record.issues.push(IssueCode::InvalidUtf8Replaced);
            record.issues.sort_unstable();
            record.issues.dedup();
        }
        outcome
    }

    /// What a row's outer columns say of the search that made the export.
    pub(crate) fn page(&self, row: &Row<'_>, arena: &Bump) -> Page {
        match (&self.kind, row.body) {
            (Kind::Csv { columns, .. }, RowBody::Csv(cells)) => columns.page(cells, arena),
            _ => Page::default(),
        }
    }
}

/// What a row says of the search that made the export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// `ResultIndex`.
    pub(crate) result_index: Option<i64>,
    /// `ResultCount`.
    pub(crate) result_count: Option<i64>,
}

/// What a fuzz target looks at from outside.
pub(crate) mod fuzzing {
    use crate::wire::{self, Ctx, Field, Flaws};

    /// Whether the glance at a body would leave a row of `operation` unparsed that says another operation.
    pub(crate) fn left_wrongly(raw: &str, escaped: bool, body: &str, operation: &str) -> bool {
        let (arena, flaws) = (bumpalo::Bump::new(), Flaws::default());
        let ctx = Ctx { arena: &arena, flaws: &flaws };
        super::glance::created_of_unwanted(raw, escaped, operation).is_some()
            && wire::read(body, ctx).is_ok_and(|record| {
                record.get(Field::Operation).is_stated() && record.get(Field::Operation) != wire::Loose::Text(operation)
            })
    }
}

/// Hands the notes on: one entry a code, for rows that were taken.
fn seal(outcome: &mut Outcome<'_>, flaws: &Flaws, notes: &mut Notes) {
    let mut found = flaws.take_notes();
    if found.is_empty() {
        return;
    }
    found.sort_by_key(|(code, _)| *code);
    found.dedup_by_key(|(code, _)| *code);
    match &mut outcome.kind {
        OutcomeKind::Access(record) => record.issues = found.iter().map(|(code, _)| *code).collect(),
        OutcomeKind::Related(_) => {}
        OutcomeKind::Other | OutcomeKind::Rejected { .. } => return,
    }
    notes.append(&mut found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_container_has_its_line_in_the_documentation() {
        let formats = include_str!("../../../../docs/FORMATS.md");
        let csv = CSV.iter().map(|container| (container.name, container.cannot_tell.is_some()));
        let all = csv.chain(JSON.iter().map(|container| (container.name, container.cannot_tell.is_some())));
        let mut seen = Vec::new();
        for (name, lossy) in all.chain([(mailbox_audit::XML_NAME, true)]) {
            let line = formats.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
            let line = line.unwrap_or_else(|| panic!("{name} is not in docs/FORMATS.md"));
            assert_eq!(line.contains("(lossy)"), lossy, "{name}");
            assert!(!seen.contains(&name), "{name} twice");
            seen.push(name);
        }
    }

    #[test]
    fn what_is_unknown_is_refused_with_what_was_seen() {
        let reason = recognise_csv(&["a", "b"]).unwrap_err();
        assert!(reason.contains("a, b") && reason.contains("AuditData"), "{reason}");
        let reason = recognise_json(r#"{"level":"info","message":"hello"}"#).unwrap_err();
        assert!(reason.contains("level, message"), "{reason}");
        let reason = recognise_json(r#"{"value":[{"name":"x"}]}"#).unwrap_err();
        assert!(reason.contains("keys name"), "{reason}");
        assert!(recognise_xml("Events").unwrap_err().contains("<Events>"));
        assert!(recognise_json("[1]").is_err() && recognise_json("").is_err());
    }
}
