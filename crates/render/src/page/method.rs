//! Owns sections 12 and 13: the words and thresholds of the method, and the glossary.

use mailtrail_model::{ExposureClass, RuleValue};

use crate::figure::ColumnHead;
use crate::words::{listed, thousands};

use super::ReportInput;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table};

/// Section 12.
pub(super) fn section(input: &ReportInput<'_>) -> Section {
    let bases = [
        (Basis::Observed, "A record says so."),
        (Basis::Inferred, "It follows from records by a rule that is stated here."),
        (Basis::Presumed, "It follows from a policy that somebody chose; who chose it is stated."),
        (Basis::Stated, "The examiner says so, in a file whose hash is in section 4."),
        (Basis::Known, "It holds for this log or this tool whatever the records say."),
    ];
    let classes = ExposureClass::ALL.into_iter().map(|class| (class.as_str().to_owned(), capital(class.label())));
    let rows = input
        .timeline
        .rules
        .entries()
        .into_iter()
        .map(|(name, value, meaning)| {
            Row::of(vec![Cell::text(name), Cell::text(rule(&value)), Cell::text(sentence(meaning))])
        })
        .collect();
    Section::new("method", "Method, rules and thresholds")
        .with(Block::Heading("How sentences are marked"))
        .with(Block::Terms(
            bases.into_iter().map(|(basis, text)| (basis.as_str().to_owned(), text.to_owned())).collect(),
        ))
        .with(Block::Heading("Classes of a message, strongest first"))
        .with(Block::Terms(classes.collect()))
        .with(Block::Heading("Thresholds"))
        .with(Block::Table(Table {
            id: "rules",
            caption: "Every threshold of this run".to_owned(),
            columns: vec![
                ColumnHead::text("Rule"),
                ColumnHead::number("Value"),
                ColumnHead::text("Meaning and source of the number"),
            ],
            rows,
            note: Some("The same values are in run.json; docs/METHOD.md gives the definitions in full.".to_owned()),
            ..Table::default()
        }))
        .with(Block::Statements(vec![Statement::new(
            Basis::Known,
            "The same input bytes, rules and version of the tool give the same bytes of this report.",
        )]))
}

fn rule(value: &RuleValue) -> String {
    match value {
        RuleValue::Whole(n) => thousands(*n),
        RuleValue::Real(n) => n.to_string(),
        RuleValue::Several(numbers) => listed(&numbers.iter().map(|n| thousands(*n)).collect::<Vec<_>>()),
    }
}

/// A doc comment as one line.
fn sentence(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The words of the trade for a reader who has never seen an audit log.
const GLOSSARY: [(&str, &str); 16] = [
    (
        "Access",
        "One audit record of MailItemsAccessed after its spelling has been made uniform. An access is a program's.",
    ),
    (
        "Attribution",
        "What the examiner says of accesses: suspect, accepted, or nothing (unattributed). Each on a stated fact.",
    ),
    ("Bind", "A record that names individual messages by their message id."),
    ("Blind", "Time in which a record could not have come: throttled, not audited, or not in any source."),
    ("Coverage", "What the log could see of a mailbox at a time, as a state, worst first."),
    ("Duplicate", "A second copy of a record already taken, from the same or another source."),
    ("Message", "A distinct message id in one mailbox. The same message in two mailboxes counts twice."),
    ("Quarantine", "Rows that could not be taken, kept with their bytes and the reason."),
    ("Record", "One entry of the audit log as it was exported."),
    ("Service", "A background program of Microsoft that is on a dated list of such programs."),
    ("Session", "A run of records of one way in to one mailbox with no long silence. Inferred."),
    ("Source", "One exported file, with its hash."),
    ("Sync", "A record that a folder was synchronised to a client. It lists no messages."),
    ("Throttled", "The service has stopped writing Bind records for a mailbox for up to 24 hours."),
    ("Token session", "The sign-in session id that a record carries, where it carries one."),
    ("Way in", "Actor, user type, logon type, application ids, client family and device taken together."),
];

/// Section 13.
pub(super) fn glossary(_: &ReportInput<'_>) -> Section {
    Section::new("glossary", "Glossary").with(Block::Terms(
        GLOSSARY.iter().map(|(term, meaning)| ((*term).to_owned(), (*meaning).to_owned())).collect(),
    ))
}
