//! Owns section 7: the messages by class, each with what shows it. The strongest classes come first; what the page leaves out
//! is said, with the file that has it.

use mailtrail_model::{CaseInputs, ExposureClass, MessageRow, Profile, Reason, RowScope, Rows, UtcMicros};

use crate::error::RenderError;
use crate::figure::ColumnHead;
use crate::view::{CaseMarking, Labels};
use crate::words::{len, stamp, thousands};

use super::doc::{Block, Cell, Row, Section, Table, Tone};
use super::island::{Island, IslandColumn, Kind, Value};
use super::{ReportInput, findings, zone};

/// Rows that stand on the page as elements.
const SHOWN: usize = 100;
/// Rows a report carries as data, and the bytes they may take: a page of 100,000 messages opens at once.
pub(super) const CASE_ROWS: usize = 100_000;
const ISLAND_BYTES: usize = 12_000_000;
/// The bytes of data a page carries in all: with the sections of a thousand mailboxes it stays under 25 MB.
const PAGE_BYTES: usize = 19_500_000;
/// The same of one page of a batch: a thousand pages are handed over as one folder.
const BATCH_ROWS: usize = 1_000_000;

/// How many rows each page of a batch may carry.
pub(super) fn rows_of_batch(pages: usize) -> usize {
    (BATCH_ROWS / pages.max(1)).clamp(1_000, 20_000)
}

/// Reads the rows of a page; `None` where the case has no classes or no tables.
pub(super) fn read(
    input: &ReportInput<'_>,
    page: &'static str,
    scope: RowScope<'_>,
    limit: usize,
) -> Result<Option<Vec<MessageRow>>, RenderError> {
    let rows = input.rows.filter(|_| input.timeline.exposure.is_some());
    rows.map(|rows: &dyn Rows| rows.messages(scope, limit).map_err(|source| RenderError::Rows { page, source }))
        .transpose()
}

/// Section 7, of a page whose other sections carry so many bytes of data already.
pub(super) fn section(input: &ReportInput<'_>, messages: Option<&[MessageRow]>, taken: usize) -> Section {
    let mut section = Section::new("messages", "Messages, by what the records show");
    for chart in input.charts.iter().filter(|chart| matches!(chart.id, "F07" | "F08")) {
        section = section.with_chart(chart);
    }
    let Some(totals) = &input.timeline.exposure else {
        return section.with(Block::Absent(
            "Classes by message were not computed in this run. The distinct messages that records name are counted in the \
             tables above."
                .to_owned(),
        ));
    };
    section = section.with_statements(findings::listing(input));
    section = match messages {
        None => section,
        Some([]) => section
            .with(Block::Absent("No message is listed, and no record names one: there is no row to show.".to_owned())),
        Some(rows) => section.with(Block::Table(table(input, rows, taken))),
    };
    let section = section.with_tables(findings::departments(input));
    let limitations = findings::limitations(input);
    if !limitations.is_empty() || totals.by_reason.is_empty() {
        return section.with_tables(limitations);
    }
    let rows = totals
        .by_reason
        .iter()
        .map(|(reason, n)| Row::of(vec![Cell::text(reason.as_str()), Cell::count(*n), Cell::text(reason.meaning())]))
        .collect();
    section.with(Block::Table(Table {
        id: "reasons",
        caption: "Why messages are not excluded (class C); a message may have several reasons".to_owned(),
        columns: vec![ColumnHead::text("Reason"), ColumnHead::number("Messages"), ColumnHead::text("Meaning")],
        rows,
        ..Table::default()
    }))
}

/// A column of the table, and what a row has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Id,
    Class,
    Mailbox,
    Subject,
    Sender,
    Folders,
    FirstSuspect,
    LastSuspect,
    FirstAccess,
    LastAccess,
    Accesses,
    Ways,
    Reasons,
    Received,
    Privilege,
}

/// What a row has in a column.
enum Held {
    Text(Option<String>),
    Time(Option<UtcMicros>),
    Count(u64),
}

impl Field {
    /// The columns a case has: those that would be empty throughout are left out.
    fn of(input: &ReportInput<'_>) -> Vec<Self> {
        let listing = !input.case.listings.is_empty() || input.timeline.findings.listed > 0;
        let marked = CaseMarking::of(input.timeline).is_marked();
        let privilege =
            matches!(input.case.profile, Profile::Counsel | Profile::Analyst) && !input.case.privilege.is_empty();
        let all = [
            (Self::Id, true),
            (Self::Class, true),
            (Self::Mailbox, input.timeline.mailboxes.len() > 1),
            (Self::Subject, listing),
            (Self::Sender, listing),
            (Self::FirstSuspect, marked),
            (Self::LastSuspect, marked),
            (Self::FirstAccess, !marked),
            (Self::LastAccess, !marked),
            (Self::Folders, true),
            (Self::Reasons, true),
            (Self::Accesses, true),
            (Self::Ways, true),
            (Self::Received, listing),
            (Self::Privilege, privilege),
        ];
        all.into_iter().filter(|(_, kept)| *kept).map(|(field, _)| field).collect()
    }

    fn head(self) -> ColumnHead {
        match self {
            Self::Id => ColumnHead::text("Message id"),
            Self::Class => ColumnHead::text("Class").filtered(),
            Self::Mailbox => ColumnHead::text("Mailbox").filtered(),
            Self::Subject => ColumnHead::text("Subject"),
            Self::Sender => ColumnHead::text("Sender"),
            Self::Folders => ColumnHead::text("Folder, as recorded"),
            Self::FirstSuspect => ColumnHead::text("First suspect access"),
            Self::LastSuspect => ColumnHead::text("Last suspect access"),
            Self::FirstAccess => ColumnHead::text("First access"),
            Self::LastAccess => ColumnHead::text("Last access"),
            Self::Accesses => ColumnHead::number("Records"),
            Self::Ways => ColumnHead::text("Ways in"),
            Self::Reasons => ColumnHead::text("Reasons"),
            Self::Received => ColumnHead::text("Received"),
            Self::Privilege => ColumnHead::text("Privilege candidate"),
        }
    }

    fn column(self, from: UtcMicros) -> IslandColumn {
        match self {
            Self::Id => IslandColumn::new(Kind::Bracketed).explained(),
            Self::Class => IslandColumn::new(Kind::Word).marking(&["A"]),
            Self::Subject => IslandColumn::new(Kind::Text),
            Self::Mailbox | Self::Sender | Self::Folders | Self::Ways | Self::Reasons | Self::Privilege => {
                IslandColumn::new(Kind::Word)
            }
            Self::Accesses => IslandColumn::new(Kind::Number),
            _ => IslandColumn::times(from),
        }
    }

    fn held(self, labels: &Labels<'_>, row: &MessageRow) -> Held {
        let some = |text: String| Held::Text((!text.is_empty()).then_some(text));
        match self {
            Self::Id => Held::Text(row.internet_message_id.clone()),
            Self::Class => Held::Text(Some(row.class.as_str().to_owned())),
            Self::Mailbox => Held::Text(Some(labels.name(&row.mailbox))),
            Self::Subject => Held::Text(row.subject.clone()),
            Self::Sender => Held::Text(row.sender.clone()),
            Self::Folders => Held::Text(folders(row)),
            Self::FirstSuspect => Held::Time(row.first_suspect),
            Self::LastSuspect => Held::Time(row.last_suspect),
            Self::FirstAccess => Held::Time(row.first_access),
            Self::LastAccess => Held::Time(row.last_access),
            Self::Accesses => Held::Count(row.accesses),
            Self::Ways => some(row.contexts.join(" ")),
            Self::Reasons => some(row.reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>().join(" ")),
            Self::Received => Held::Time(row.received),
            Self::Privilege => Held::Text(row.privilege_candidate.clone()),
        }
    }

    /// The cell as an element; where nothing is held, why.
    fn cell(self, case: &CaseInputs, labels: &Labels<'_>, row: &MessageRow) -> Cell {
        let cell = match self.held(labels, row) {
            Held::Text(Some(text)) => Cell::text(text),
            Held::Time(Some(at)) => Cell::text(stamp(at))
                .sorted_by(at.0.div_euclid(UtcMicros::SECOND))
                .with_detail(zone::short(case, at).unwrap_or_default()),
            Held::Count(n) => Cell::count(n),
            Held::Text(None) | Held::Time(None) => Cell::quiet(match self {
                Self::FirstSuspect | Self::LastSuspect | Self::FirstAccess | Self::LastAccess | Self::Ways => {
                    "none recorded"
                }
                Self::Reasons | Self::Privilege => "none",
                _ => "not stated",
            }),
        };
        match self {
            Self::Class if row.class == ExposureClass::A => cell.with_detail(row.class.label()).toned(Tone::Suspect),
            Self::Class => cell.with_detail(row.class.label()),
            _ => cell,
        }
    }
}

/// First and last folder: a draft and its sent mail share an id.
fn folders(row: &MessageRow) -> Option<String> {
    match (&row.first_folder, &row.last_folder) {
        (Some(first), Some(last)) if first != last => Some(format!("{} → {}", shown(first), shown(last))),
        (Some(one), _) | (None, Some(one)) => Some(shown(one)),
        (None, None) => None,
    }
}

/// A folder's path; of an id that no path is known for its end, which tells folders apart.
pub(crate) fn shown(folder: &str) -> String {
    const LONGEST: usize = 120;
    let folder = folder.strip_prefix("path:").unwrap_or(folder);
    let length = folder.chars().count();
    if length > LONGEST {
        let end: String = folder.chars().skip(length - LONGEST / 2).collect();
        let start: String = folder.chars().take(LONGEST / 2).collect();
        return format!("{start}…{end}");
    }
    folder.to_owned()
}

fn table(input: &ReportInput<'_>, rows: &[MessageRow], taken: usize) -> Table {
    let labels = Labels::of(&input.timeline.mailboxes);
    let fields = Field::of(input);
    let all: u64 =
        input.timeline.exposure.iter().flat_map(|totals| totals.by_class.values()).copied().sum::<u64>().max(len(rows));
    let still = rows
        .iter()
        .take(SHOWN)
        .map(|row| Row {
            id: None,
            tone: if row.class == ExposureClass::A { Tone::Suspect } else { Tone::Plain },
            cells: fields.iter().map(|field| field.cell(input.case, &labels, row)).collect(),
        })
        .collect();
    let (island, carried) = if rows.len() > SHOWN {
        let most = PAGE_BYTES.saturating_sub(taken).min(ISLAND_BYTES);
        let (text, carried) = island(input, &fields, &labels, rows, most);
        (Some(text), carried as u64)
    } else {
        (None, len(rows))
    };
    Table {
        id: "message-list",
        all: Some(all),
        file: Some("tables/exposure.csv"),
        paper_note: Some(format!("Strongest class first. {}", full_list(input))),
        caption: format!("Messages ({})", thousands(all)),
        columns: fields.iter().map(|field| field.head()).collect(),
        rows: still,
        total: None,
        note: Some(note(input, carried, all)),
        interactive: true,
        island,
    }
}

fn note(input: &ReportInput<'_>, carried: u64, all: u64) -> String {
    let mut note = String::from("Strongest class first.");
    if carried > SHOWN as u64 {
        note.push_str(&format!(
            " Printed and without the page's script: the first {}; with it: {} of {}.",
            thousands(SHOWN as u64),
            thousands(carried),
            thousands(all)
        ));
    } else if carried < all {
        note.push_str(&format!(" The first {} of {}.", thousands(carried), thousands(all)));
    }
    note.push(' ');
    note.push_str(&full_list(input));
    let codes: std::collections::BTreeSet<Reason> =
        input.timeline.exposure.iter().flat_map(|totals| totals.by_reason.keys().copied()).collect();
    if !codes.is_empty() {
        note.push_str(" Reasons are spelled out below the table and in the limitations.");
    }
    note
}

fn full_list(input: &ReportInput<'_>) -> String {
    let hash = input.exposure_sha256.map(|sha256| format!(", sha256 {sha256}")).unwrap_or_default();
    format!("Full list: tables/exposure.csv{hash}. Rows behind a message: mailtrail explain ID.")
}

/// The rows as data, as many as the page may carry.
fn island(
    input: &ReportInput<'_>,
    fields: &[Field],
    labels: &Labels<'_>,
    rows: &[MessageRow],
    most: usize,
) -> (String, usize) {
    let from = input.timeline.window.span.start;
    let mut island = Island::new(fields.iter().map(|field| field.column(from)).collect());
    let mut carried = 0;
    for row in rows {
        if island.len() > most {
            break;
        }
        let held: Vec<Held> = fields.iter().map(|field| field.held(labels, row)).collect();
        let values: Vec<Value<'_>> = held
            .iter()
            .map(|held| match held {
                Held::Text(Some(text)) => Value::Text(text),
                Held::Time(Some(at)) => Value::Number(at.0.div_euclid(UtcMicros::SECOND)),
                Held::Count(n) => Value::Number(i64::try_from(*n).unwrap_or(i64::MAX)),
                Held::Text(None) | Held::Time(None) => Value::None,
            })
            .collect();
        island.row(&values);
        carried += 1;
    }
    (island.finish(zone::of(input.case)), carried)
}

#[cfg(test)]
mod tests {
    use super::{rows_of_batch, shown};

    #[test]
    fn a_folder_name_of_any_length_fits_a_cell() {
        assert_eq!(shown("\\Inbox"), "\\Inbox");
        assert_eq!(shown("path:\\Inbox"), "\\Inbox");
        assert_eq!(shown(&"長".repeat(4_000)).chars().count(), 121);
    }

    #[test]
    fn a_batch_is_bounded_however_many_pages_it_has() {
        assert_eq!((rows_of_batch(0), rows_of_batch(200), rows_of_batch(100_000)), (20_000, 5_000, 1_000));
    }
}
