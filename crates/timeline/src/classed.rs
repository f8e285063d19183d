//! Owns reading the classed messages back, strongest class first, one row at a time: for spreadsheets and pages.
//!
//! Reads `exposure.csv`, because only the CSV has the messages of all mailboxes in the order of their classes; it ends after
//! [`CLASSED_ROWS`] rows, and so does this. Memory is one row.

use std::path::Path;

use mailtrail_model::{ClassedMessage, ExposureClass, UtcMicros};

use crate::{TimelineError, exposure::CSV_ROWS};

/// Messages that [`read_classed`] gives at most; the rest stands in `exposure.parquet` only.
pub const CLASSED_ROWS: u64 = CSV_ROWS;

const FILE: &str = "exposure.csv";

/// Calls `visit` for each message of the tables folder, strongest class first, and gives back how many there were.
///
/// # Errors
/// If the table is missing or damaged, or `visit` refuses a row.
pub fn read_classed<E: From<TimelineError>>(
    tables: &Path,
    mut visit: impl FnMut(&ClassedMessage<'_>) -> Result<(), E>,
) -> Result<u64, E> {
    let path = tables.join(FILE);
    let failed = |error: csv::Error| TimelineError::io(&path, "read")(std::io::Error::from(error));
    let mut table = csv::Reader::from_path(&path).map_err(failed)?;
    let columns = Columns::of(table.headers().map_err(failed)?)?;
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while table.read_record(&mut record).map_err(failed)? {
        visit(&columns.message(&record)?)?;
        rows += 1;
    }
    Ok(rows)
}

/// Where each column stands.
struct Columns([usize; NAMES.len()]);

const NAMES: [&str; 23] = [
    "mailbox",
    "internet_message_id",
    "message_key",
    "class",
    "reasons",
    "near_reasons",
    "listed",
    "received_utc",
    "accesses",
    "first_access_utc",
    "last_access_utc",
    "first_suspect_utc",
    "last_suspect_utc",
    "first_folder",
    "last_folder",
    "contexts",
    "service_only",
    "access_no",
    "subject",
    "sender",
    "size_bytes",
    "attachments",
    "privilege_candidate",
];

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, TimelineError> {
        let mut places = [0; NAMES.len()];
        for (place, name) in places.iter_mut().zip(NAMES) {
            *place = header.iter().position(|head| head == name).ok_or_else(|| wrong(name, "there"))?;
        }
        Ok(Self(places))
    }

    fn message<'r>(&self, record: &'r csv::StringRecord) -> Result<ClassedMessage<'r>, TimelineError> {
        let mut cells = self.0.iter().zip(NAMES).map(|(place, name)| Field { name, text: record.get(*place) });
        let mut next = || cells.next().unwrap_or(Field { name: FILE, text: None });
        // The order of `NAMES`.
        Ok(ClassedMessage {
            mailbox: next().given().unwrap_or_default(),
            internet_message_id: next().given(),
            message_key: next().given().unwrap_or_default(),
            class: next().class()?,
            reasons: next().given(),
            near_reasons: next().given(),
            listed: next().truth()?,
            received: next().time()?,
            accesses: next().count()?.unwrap_or(0),
            first_access: next().time()?,
            last_access: next().time()?,
            first_suspect: next().time()?,
            last_suspect: next().time()?,
            first_folder: next().given(),
            last_folder: next().given(),
            contexts: next().given(),
            service_only: next().truth()?,
            access_no: next().count()?,
            subject: next().given(),
            sender: next().given(),
            size_bytes: next().count()?,
            attachments: next().count()?,
            privilege_candidate: next().given(),
        })
    }
}

/// A cell with the name of its column, for complaints.
struct Field<'r> {
    name: &'static str,
    text: Option<&'r str>,
}

impl<'r> Field<'r> {
    /// The text; absent values are empty in our CSV.
    fn given(&self) -> Option<&'r str> {
        self.text.filter(|text| !text.is_empty())
    }

    fn class(&self) -> Result<ExposureClass, TimelineError> {
        let name = self.given().unwrap_or_default();
        ExposureClass::ALL.into_iter().find(|class| class.as_str() == name).ok_or_else(|| wrong(self.name, "a class"))
    }

    fn truth(&self) -> Result<bool, TimelineError> {
        match self.given() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => Err(wrong(self.name, "true or false")),
        }
    }

    fn count(&self) -> Result<Option<u64>, TimelineError> {
        self.given().map(|text| text.parse().map_err(|_| wrong(self.name, "a count"))).transpose()
    }

    fn time(&self) -> Result<Option<UtcMicros>, TimelineError> {
        let parse = |text| chrono::DateTime::parse_from_rfc3339(text).map(|at| UtcMicros(at.timestamp_micros()));
        self.given().map(|text| parse(text).map_err(|_| wrong(self.name, "a time"))).transpose()
    }
}

fn wrong(column: &str, expected: &str) -> TimelineError {
    TimelineError::Column { table: FILE.to_owned(), column: column.to_owned(), expected: expected.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<String>, TimelineError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), format!("{}\n{body}", NAMES.join(","))).unwrap();
        let mut seen = Vec::new();
        read_classed(folder.path(), |row| {
            seen.push(format!("{row:?}"));
            Ok::<(), TimelineError>(())
        })?;
        Ok(seen)
    }

    #[test]
    fn a_row_comes_back_typed_and_empty_cells_are_absent() {
        let row = "o/g,<a@b>,00ff,A,,,true,2024-01-02T03:04:05Z,2,2024-01-02T03:04:05.000001Z,,,,\\Inbox,,C1 C2,false,7,\"=1,\",,9,,";
        let seen = read(row).unwrap();
        assert_eq!(seen.len(), 1);
        for part in [
            "class: A",
            "listed: true",
            "received: Some(UtcMicros(1704164645000000))",
            "first_access: Some(UtcMicros(1704164645000001))",
            "last_access: None",
            "subject: Some(\"=1,\")",
            "sender: None",
            "size_bytes: Some(9)",
        ] {
            assert!(seen[0].contains(part), "{part} in {}", seen[0]);
        }
    }

    #[test]
    fn a_table_of_another_version_is_refused_with_its_column() {
        let complaint = read("o/g,,,Z,,,true,,0,,,,,,,,false,,,,,,").unwrap_err().to_string();
        assert!(complaint.contains("class"), "{complaint}");
    }
}
