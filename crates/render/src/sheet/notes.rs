//! Owns the second sheet of each workbook: what it is, what it cannot say, what each column and word means.

use mailtrail_model::{Attribution, ExposureClass, Reason};

use super::SheetInput;
use super::book::ROWS;
use super::column::Column;
use crate::words::{count, len, thousands};

/// Topic, name, meaning.
type Line = [String; 3];

fn line(topic: &str, name: impl Into<String>, meaning: impl Into<String>) -> Line {
    [topic.to_owned(), name.into(), meaning.into()]
}

/// The notes of both workbooks, as text: for checks of their words.
#[must_use]
pub fn sheet_notes(input: &SheetInput<'_>) -> String {
    let mut lines = sessions(input, ROWS, &super::sessions::COLUMNS);
    lines.extend(messages(input, ROWS, super::messages::columns(input.case.profile)));
    lines.iter().map(|line| line.join(". ")).collect::<Vec<_>>().join("\n")
}

/// Messages in all classes; `None` where classes were not computed.
pub(super) fn messages_of_case(input: &SheetInput<'_>) -> Option<u64> {
    input.timeline.exposure.as_ref().map(|totals| totals.by_class.values().sum())
}

/// The notes of `sessions.xlsx`.
pub(super) fn sessions(input: &SheetInput<'_>, rows: u64, columns: &[Column]) -> Vec<Line> {
    let mut lines = about(input, "Access sessions, in the order of mailbox and start");
    let idle = input.timeline.rules.idle_gap_minutes;
    let all = len(&input.timeline.sessions).max(rows);
    lines.push(shown(all, "session", "sessions", rows, "tables/sessions.csv"));
    lines.push(line(
        "What a row is",
        "session",
        format!(
            "A run of records of one way in to one mailbox with no silence longer than {idle} minutes. A session is a unit of \
             presentation, inferred by that rule; no class depends on it"
        ),
    ));
    lines.extend(limits());
    lines.push(line("Cannot say", "Sync", "A Sync record names a folder and no messages: 0 messages is not nothing"));
    lines.extend(columns_of(columns));
    lines.extend(ATTRIBUTIONS.map(|(of, meaning)| line("Attribution", of.as_str(), meaning)));
    lines
}

/// The notes of `messages.xlsx`.
pub(super) fn messages(input: &SheetInput<'_>, rows: u64, columns: &[Column]) -> Vec<Line> {
    let mut lines = about(input, "Messages by mailbox, strongest class first");
    let all = messages_of_case(input).unwrap_or(rows).max(rows);
    lines.push(shown(all, "message", "messages", rows, "tables/exposure.parquet"));
    lines.push(line(
        "What a row is",
        "message",
        "One message of one mailbox that a record or a listing names. The same message in two mailboxes is two rows",
    ));
    lines.extend(limits());
    lines.push(line(
        "Cannot say",
        "totals",
        "Without a listing, messages that no record names have no row: the rows are then not all messages of the mailbox",
    ));
    lines.push(line(
        "Cannot say",
        "people",
        "Whose data a message holds, how sensitive it is and what it says are not determined by this tool",
    ));
    lines.extend(columns_of(columns));
    lines.extend(
        CLASSES.map(|(class, meaning)| line("Class", format!("{} ({})", class.as_str(), class.label()), meaning)),
    );
    lines.extend(Reason::ALL.iter().map(|reason| line("Reason", reason.as_str(), reason.meaning())));
    lines
}

fn about(input: &SheetInput<'_>, what: &str) -> Vec<Line> {
    let timeline = input.timeline;
    let masthead = input.masthead("");
    let mut lines = vec![line("About", "what", what), line("About", "case", masthead.case)];
    if let Some(legend) = masthead.legend {
        lines.push(line("About", "legend", legend));
    }
    lines.extend([
        line("About", "window", crate::words::window(timeline.window.span)),
        line("About", "made by", masthead.made_by),
        line(
            "About",
            "times",
            "UTC, to the second. The exact microseconds, and every text exactly as logged, are in the CSV tables",
        ),
        line(
            "About",
            "date of the file",
            "The file's own properties state 1 January 1980 whenever it was made, so that equal rows give an equal file; when \
             it was made is in run.json",
        ),
        line(
            "About",
            "apostrophes",
            "Texts here are chosen by senders and clients. One that begins like a formula is led by an apostrophe; the column \
             changed_cells names each text that differs from the record's",
        ),
    ]);
    lines
}

fn shown(all: u64, one: &str, many: &str, rows: u64, rest: &str) -> Line {
    let text = if rows < all {
        format!(
            "The first {} of {}. A spreadsheet ends at {} rows; all of them are in {rest}",
            thousands(rows),
            count(all, one, many),
            thousands(ROWS + 1)
        )
    } else {
        format!("{}: all there are", count(all, one, many))
    };
    line("About", "rows", text)
}

fn limits() -> Vec<Line> {
    vec![
        line(
            "Cannot say",
            "what a person saw",
            "A record says that mail data was made available to a client. It does not say that a person looked at it",
        ),
        line(
            "Cannot say",
            "absence",
            "A message or mailbox without a row is not one without access: the log may not have seen it. Where recording is \
             shown, and where not, is in the report's coverage section and in tables/coverage.csv",
        ),
        line(
            "Cannot say",
            "who",
            "Which way in belongs to whom is the examiner's statement. An application with its own permission is recorded in \
             the owner's name",
        ),
    ]
}

fn columns_of(columns: &[Column]) -> Vec<Line> {
    columns.iter().map(|column| line("Column", column.name, column.meaning)).collect()
}

const ATTRIBUTIONS: [(Attribution, &str); 5] = [
    (Attribution::Suspect, "marked by the examiner, on a stated fact"),
    (Attribution::Provisional, "in an unusual access window, while nobody has marked anything"),
    (Attribution::Shared, "suspect only through a token session whose address or device is accepted"),
    (Attribution::Accepted, "accepted by the examiner on a stated fact, or by the dated list of services"),
    (Attribution::Unattributed, "nobody said anything"),
];

/// What a class says, in a sentence without its full stop.
pub(crate) fn class_meaning(class: ExposureClass) -> &'static str {
    CLASSES.iter().find(|(one, _)| *one == class).map_or("", |(_, meaning)| meaning)
}

const CLASSES: [(ExposureClass, &str); 9] = [
    (ExposureClass::A, "A record names the message in a suspect access that succeeded"),
    (
        ExposureClass::B1,
        "Its folder was synchronised to a client by a suspect access, and it was there by then or may have been. The record \
         lists no items",
    ),
    (
        ExposureClass::B2,
        "Presumed under the policy presume_mailbox_on_sync: a suspect access synchronised something in the mailbox",
    ),
    (
        ExposureClass::B3,
        "Presumed under the policy presume_mailbox_on_throttle: a suspect way in was active around a time in which the log \
         was blind by throttling",
    ),
    (
        ExposureClass::CNear,
        "The records do not allow us to say. A suspect access of the mailbox lies within 24 hours of what the reason speaks of",
    ),
    (ExposureClass::CFar, "The records do not allow us to say. No suspect access of the mailbox lies so near"),
    (
        ExposureClass::D1,
        "Listed; recording is shown throughout the suspect period, and every recorded access that names it was accepted by the \
         examiner",
    ),
    (
        ExposureClass::D0,
        "Listed; recording is shown throughout the suspect period, and no access by anybody is recorded. Does not depend on \
         the attribution",
    ),
    (
        ExposureClass::N,
        "Not listed, named by accepted accesses only, and no reason holds: how many more there are is not known",
    ),
];
