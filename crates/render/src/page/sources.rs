//! Owns section 4: the sources, their hashes, the account of every row, what was noticed.

use mailtrail_model::{Finding, IssueCode, LedgerRow, Severity, SourceReceipt};

use crate::figure::ColumnHead;
use crate::words::{bytes, count, len, stamp, thousands};

use super::ReportInput;
use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};

/// Section 4.
pub(super) fn section(input: &ReportInput<'_>) -> Section {
    let section = Section::new("sources", "Sources, and the account of every row")
        .with(Block::Statements(statements(input)))
        .with(Block::Table(ledger(input)))
        .with(Block::Table(receipts(input)));
    let section = match findings(input) {
        Some(table) => section.with(Block::Table(table)),
        None => section.with(Block::Note(
            "Nothing speaks against the completeness of a source. That is not a statement that they are complete."
                .to_owned(),
        )),
    };
    let section = if input.timeline.issues.is_empty() {
        section.with(Block::Note("Nothing was noticed about any row.".to_owned()))
    } else {
        section.with(Block::Table(issues(input)))
    };
    let section = if input.case.receipts.is_empty() { section } else { section.with(Block::Table(inputs(input))) };
    section.with_tables(super::findings::warnings(input))
}

fn statements(input: &ReportInput<'_>) -> Vec<Statement> {
    let ledger = &input.timeline.ledger;
    let refused = input.timeline.sources.iter().filter(|source| source.refused.is_some()).count() as u64;
    let mut out = vec![Statement::new(
        Basis::Observed,
        format!(
            "{} in {}: {} accepted, {} duplicate, {} of other operations, {} outside the window, {} that could not be taken. {}",
            count(ledger.total(|row| row.read), "row", "rows"),
            count(len(&ledger.sources), "source", "sources"),
            thousands(ledger.total(|row| row.accepted)),
            thousands(ledger.total(|row| row.duplicate)),
            thousands(ledger.total(|row| row.other_operation)),
            thousands(ledger.total(|row| row.out_of_window)),
            thousands(ledger.total(|row| row.rejected)),
            if ledger.balances() { "The account balances." } else { "The account does not balance." },
        ),
    )];
    if refused > 0 {
        out.push(Statement::new(
            Basis::Observed,
            format!(
                "{} not an audit export this tool knows and {} taken.",
                count(refused, "file is", "files are"),
                if refused == 1 { "was not" } else { "were not" }
            ),
        ));
    }
    out.push(Statement::new(
        Basis::Known,
        "A hash is that of the file as it lies on disk; of a member of an archive, that of the member. Each row keeps its \
         source, row number, byte offset and length: mailtrail explain ID shows it as it stands.",
    ));
    out
}

/// A column of the ledger: its head and its number.
type LedgerColumn = (&'static str, fn(&LedgerRow) -> u64);

fn ledger(input: &ReportInput<'_>) -> Table {
    let columns: [LedgerColumn; 6] = [
        ("Rows", |row| row.read),
        ("Accepted", |row| row.accepted),
        ("Duplicate", |row| row.duplicate),
        ("Other operation", |row| row.other_operation),
        ("Out of window", |row| row.out_of_window),
        ("Rejected", |row| row.rejected),
    ];
    let ledger = &input.timeline.ledger;
    let rows = ledger
        .sources
        .iter()
        .map(|source| {
            let mut cells = vec![Cell::text(source.source.to_string()), Cell::text(&*source.name)];
            cells.extend(columns.iter().map(|(head, column)| {
                let n = column(source);
                Cell::count(n).toned(match (*head, n) {
                    (_, 0) => Tone::Quiet,
                    ("Rejected", _) => Tone::Attention,
                    _ => Tone::Plain,
                })
            }));
            Row::of(cells)
        })
        .collect();
    let mut total = vec![Cell::text("All"), Cell::text("")];
    total.extend(columns.iter().map(|(_, column)| Cell::count(ledger.total(column))));
    let mut heads = vec![ColumnHead::text("Id"), ColumnHead::text("Source")];
    heads.extend(columns.iter().map(|(head, _)| ColumnHead::number(head)));
    Table {
        id: "ledger",
        caption: "Ledger: every row of every source, counted once".to_owned(),
        columns: heads,
        rows,
        total: Some(total),
        note: Some("Rows = accepted + duplicate + other operation + out of window + rejected. Rejected rows lie in quarantine.jsonl with their bytes.".to_owned()),
        interactive: true,
        ..Table::default()
    }
}

fn receipts(input: &ReportInput<'_>) -> Table {
    let rows = input.timeline.sources.iter().map(|source| Row::of(receipt(source))).collect();
    Table {
        id: "receipts",
        caption: "Sources and their hashes".to_owned(),
        columns: vec![
            ColumnHead::text("Id"),
            ColumnHead::text("Source"),
            ColumnHead::text("Container"),
            ColumnHead::number("Size"),
            ColumnHead::text("First record"),
            ColumnHead::text("Last record"),
            ColumnHead::text("SHA-256"),
        ],
        rows,
        interactive: true,
        ..Table::default()
    }
}

fn receipt(source: &SourceReceipt) -> Vec<Cell> {
    let at = |point: Option<mailtrail_model::UtcMicros>| {
        point.map_or_else(|| Cell::quiet("none"), |at| Cell::text(stamp(at)).sorted_by(at.0))
    };
    let container = match (&source.refused, source.container.as_deref()) {
        (Some(why), _) => Cell::text("refused").with_detail(&**why).toned(Tone::Attention),
        (None, Some(name)) => {
            let mut detail: Vec<&str> = vec![&source.encoding];
            detail.extend(source.compression.as_deref());
            if source.lossy {
                detail.push("cannot carry every field");
            }
            Cell::text(name).with_detail(detail.join(", "))
        }
        (None, None) => Cell::quiet("not known"),
    };
    let mut size = Cell::text(bytes(source.bytes)).sorted_by(source.bytes);
    if source.content_bytes != source.bytes {
        size = size.with_detail(format!("{} unpacked", bytes(source.content_bytes)));
    }
    vec![
        Cell::text(source.id.to_string()),
        Cell::text(&*source.name)
            .with_detail(source.parent.map(|parent| format!("out of the archive {parent}")).unwrap_or_default()),
        container,
        size,
        at(source.span.map(|span| span.start)),
        at(source.span.map(|span| span.end)),
        Cell::text(source.sha256.to_string()),
    ]
}

fn findings(input: &ReportInput<'_>) -> Option<Table> {
    let rows: Vec<Row> = input
        .timeline
        .sources
        .iter()
        .flat_map(|source| source.completeness.findings.iter().map(move |finding| finding_row(source, finding)))
        .collect();
    (!rows.is_empty()).then(|| Table {
        id: "findings",
        caption: "Completeness of the sources".to_owned(),
        columns: vec![
            ColumnHead::text("Source"),
            ColumnHead::text("Finding"),
            ColumnHead::text("Evidence"),
            ColumnHead::text("What to ask for"),
        ],
        rows,
        ..Table::default()
    })
}

fn finding_row(source: &SourceReceipt, finding: &Finding) -> Row {
    let tone = if finding.incomplete { Tone::Attention } else { Tone::Plain };
    Row::of(vec![
        Cell::text(source.id.to_string()).with_detail(&*source.name),
        Cell::text(&*finding.code)
            .with_detail(if finding.incomplete { "rows may be missing" } else { "for information" })
            .toned(tone),
        Cell::text(&*finding.evidence),
        finding.ask.as_deref().map_or_else(|| Cell::quiet("nothing"), Cell::text),
    ])
}

fn issues(input: &ReportInput<'_>) -> Table {
    let mut issues: Vec<(IssueCode, u64)> = input.timeline.issues.clone();
    issues.sort_by(|a, b| (b.0.severity(), b.1, a.0).cmp(&(a.0.severity(), a.1, b.0)));
    let rows = issues
        .into_iter()
        .map(|(code, n)| {
            let (what, tone) = match code.severity() {
                Severity::Rejected => ("row in quarantine", Tone::Attention),
                Severity::Lossy => ("taken, in part", Tone::Plain),
                Severity::Note => ("taken", Tone::Quiet),
            };
            Row::of(vec![
                Cell::text(code.as_str()),
                Cell::count(n),
                Cell::text(what).toned(tone),
                Cell::text(code.meaning()),
                Cell::text(code.advice()),
            ])
        })
        .collect();
    Table {
        id: "issues",
        caption: "What was noticed about rows".to_owned(),
        columns: vec![
            ColumnHead::text("Code"),
            ColumnHead::number("Rows"),
            ColumnHead::text("The row was"),
            ColumnHead::text("Meaning"),
            ColumnHead::text("What to do"),
        ],
        rows,
        note: Some("Every one with its row: mailtrail explain CODE.".to_owned()),
        ..Table::default()
    }
}

/// The examiner's own files.
fn inputs(input: &ReportInput<'_>) -> Table {
    let rows = input
        .case
        .receipts
        .iter()
        .map(|receipt| {
            Row::of(vec![
                Cell::text(&*receipt.name).with_detail(receipt.kind),
                Cell::count(receipt.entries),
                Cell::text(receipt.sha256.to_string()),
            ])
        })
        .collect();
    Table {
        id: "inputs",
        caption: "Files the examiner supplied".to_owned(),
        columns: vec![ColumnHead::text("File"), ColumnHead::number("Entries"), ColumnHead::text("SHA-256")],
        rows,
        ..Table::default()
    }
}
