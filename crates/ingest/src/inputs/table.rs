//! Owns how a CSV input is taken apart: encoding, delimiter, columns by any of their known spellings, rows with their
//! numbers. Streams: a listing may be larger than memory should hold. Audit exports have cutters of their own.

use std::{
    cell::RefCell,
    io::{BufRead, BufReader, Chain, Cursor, Read},
    sync::Arc,
};

use mailtrail_model::{ColumnMapping, InputPlace, InputReceipt, InputWarning, MailboxName, PlaceUnit, UtcMicros};

use super::{
    error::{Complaints, InputError, InputErrors},
    load::{Hashing, Loaded, one, unreadable},
    suggest::{did_you_mean, nearest},
    time,
};

/// One column a reader knows.
pub(super) struct Column {
    /// Our name of it.
    pub(super) name: &'static str,
    /// Other spellings, the preferred first; case, blanks and punctuation do not matter.
    pub(super) spellings: &'static [&'static str],
    pub(super) need: Need,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// A required column.
pub(super) const fn required(name: &'static str, spellings: &'static [&'static str]) -> Column {
    Column { name, spellings, need: Need::Required }
}

/// An optional column.
pub(super) const fn optional(name: &'static str, spellings: &'static [&'static str]) -> Column {
    Column { name, spellings, need: Need::Optional }
}

/// A CSV input, row by row.
pub(super) struct Table<R: Read> {
    reader: csv::Reader<Chain<Cursor<Vec<u8>>, Bytes<R>>>,
    kind: &'static str,
    file: Arc<str>,
    headers: Vec<String>,
    /// By column of the reader: which cell, if the file has it.
    cells: Vec<(&'static str, Option<usize>)>,
    mapping: Vec<ColumnMapping>,
    record: csv::StringRecord,
    row: u64,
    complaints: RefCell<Complaints>,
    warnings: RefCell<Vec<InputWarning>>,
}

impl<R: Read> Table<R> {
    /// Reads the header and finds the columns.
    pub(super) fn open(
        kind: &'static str,
        file: &str,
        reader: R,
        columns: &'static [Column],
    ) -> Result<Self, InputErrors> {
        let mut bytes = Bytes::new(reader).map_err(|error| unreadable(file, &error))?;
        let first = first_line(&mut bytes).map_err(|error| unreadable(file, &error))?;
        let delimiter = delimiter_of(&first);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(Cursor::new(first).chain(bytes));
        let mut record = csv::StringRecord::new();
        let file: Arc<str> = file.into();
        let whole = InputPlace { file: file.clone(), at: PlaceUnit::Whole };
        let names = columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Err(one(whole, "empty".to_owned(), Some(&format!("its columns may be: {names}")))),
            Err(error) => return Err(one(whole, format!("no readable header: {}", csv_words(&error)), None)),
        }
        let headers: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        let mut table = Self {
            reader,
            kind,
            file,
            headers,
            cells: Vec::new(),
            mapping: Vec::new(),
            record,
            row: 0,
            complaints: RefCell::default(),
            warnings: RefCell::default(),
        };
        table.find_columns(columns);
        if table.complaints.get_mut().is_empty() { Ok(table) } else { Err(table.complaints.into_inner().into_errors()) }
    }

    fn find_columns(&mut self, columns: &'static [Column]) {
        let folded: Vec<String> = self.headers.iter().map(|header| fold(header)).collect();
        let mut used: Vec<Option<&'static str>> = vec![None; folded.len()];
        for column in columns {
            let mut found: Option<usize> = None;
            for spelling in std::iter::once(&column.name).chain(column.spellings) {
                let spelling = fold(spelling);
                let mut at =
                    folded.iter().enumerate().filter(|(at, header)| **header == spelling && used[*at].is_none());
                let Some((first, _)) = at.next() else { continue };
                if let Some((again, _)) = at.next() {
                    let what = format!("columns {} and {} have the same name", first + 1, again + 1);
                    self.complain_at(PlaceUnit::Whole, column.name, what, Some("remove one of them".to_owned()));
                }
                found = Some(first);
                break;
            }
            if let Some(at) = found {
                used[at] = Some(column.name);
            } else if column.need == Need::Required {
                let hint = did_you_mean(column.name, self.headers.iter().map(String::as_str)).map_or_else(
                    || format!("known spellings: {}", [&[column.name], column.spellings].concat().join(", ")),
                    |near| format!("{near} Rename it to {}", column.name),
                );
                let what = format!("the file has no column {}", column.name);
                self.complain_at(PlaceUnit::Whole, column.name, what, Some(hint));
            }
            self.cells.push((column.name, found));
        }
        self.note_near_misses(columns, &used);
        self.mapping = (self.headers.iter().zip(used))
            .map(|(header, column)| ColumnMapping { header: header.clone(), column })
            .collect();
    }

    /// An unused header one slip away from a column the file lacks was probably meant to be it.
    fn note_near_misses(&self, columns: &'static [Column], used: &[Option<&'static str>]) {
        let lacking: Vec<&str> = (columns.iter())
            .filter(|column| self.cells.iter().any(|(name, at)| *name == column.name && at.is_none()))
            .flat_map(|column| std::iter::once(column.name).chain(column.spellings.iter().copied()))
            .filter(|spelling| spelling.len() > 4)
            .collect();
        for (header, _) in self.headers.iter().zip(used).filter(|(_, used)| used.is_none()) {
            if let Some(near) = nearest(header, lacking.iter().copied()) {
                let place = InputPlace { file: self.file.clone(), at: PlaceUnit::Whole };
                let detail = format!("column \"{header}\" is not used; did you mean \"{near}\"?");
                self.warnings.borrow_mut().push(InputWarning { place, detail });
            }
        }
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.index(column).is_some()
    }

    /// Whether a header is there, under its own name.
    pub(super) fn has_header(&self, header: &str) -> bool {
        let header = fold(header);
        self.headers.iter().any(|one| fold(one) == header)
    }

    /// Goes to the next row; `false` at the end. Unreadable rows are complained about and passed over.
    pub(super) fn advance(&mut self) -> bool {
        loop {
            let read = self.reader.read_record(&mut self.record);
            self.row += 1;
            match read {
                Ok(false) => return false,
                Ok(true) if self.record.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(true) if self.record.len() > self.headers.len() => {
                    let what = format!("{} cells under {} columns", self.record.len(), self.headers.len());
                    let hint = "put a cell that holds the delimiter in double quotes".to_owned();
                    self.complain_at(PlaceUnit::Row(self.row), "", what, Some(hint));
                }
                Ok(true) => return true,
                Err(error) => {
                    let hint = matches!(error.kind(), csv::ErrorKind::Utf8 { .. })
                        .then(|| "save the file as CSV UTF-8".to_owned());
                    let ended = error.is_io_error();
                    self.complain_at(PlaceUnit::Row(self.row), "", csv_words(&error), hint);
                    if ended {
                        return false;
                    }
                }
            }
        }
    }

    /// The number of the current row.
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    /// Where the current row stands.
    pub(super) fn place(&self) -> InputPlace {
        InputPlace { file: self.file.clone(), at: PlaceUnit::Row(self.row) }
    }

    /// A cell of the current row; an empty one is not stated.
    pub(super) fn cell(&self, column: &str) -> Option<&str> {
        self.record.get(self.index(column)?).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A cell as an owned text.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        self.cell(column).map(str::to_owned)
    }

    /// A cell that must be there.
    pub(super) fn needed(&self, column: &str) -> Option<&str> {
        let cell = self.cell(column);
        if cell.is_none() {
            self.complain(column, "empty".to_owned(), None);
        }
        cell
    }

    pub(super) fn time(&self, column: &str) -> Option<UtcMicros> {
        let text = self.cell(column)?;
        let time = time::parse_time(text);
        if time.is_none() {
            self.complain(column, format!("\"{text}\" is no time"), Some(time::TIME_HINT.to_owned()));
        }
        time
    }

    pub(super) fn whole(&self, column: &str) -> Option<u64> {
        let text = self.cell(column)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.complain(column, format!("\"{text}\" is no whole number"), None);
        }
        number
    }

    pub(super) fn boolean(&self, column: &str) -> Option<bool> {
        let text = self.cell(column)?;
        let answer = parse_boolean(text);
        if answer.is_none() {
            self.complain(column, format!("\"{text}\" is neither true nor false"), None);
        }
        answer
    }

    pub(super) fn mailbox(&self, column: &str) -> Option<MailboxName> {
        let text = self.cell(column)?;
        let name = MailboxName::parse(text);
        if name.is_none() {
            let hint = "write an address like ada@contoso.example, or a mailbox GUID".to_owned();
            self.complain(column, format!("\"{text}\" names no mailbox"), Some(hint));
        }
        name
    }

    /// A span by two columns; `None` if neither is stated, a complaint if one is.
    pub(super) fn span(&self, start: &str, end: &str) -> Option<mailtrail_model::Interval> {
        let (from, to) = (self.time(start), self.time(end));
        match (self.cell(start), self.cell(end)) {
            (Some(_), None) => self.complain(end, "empty".to_owned(), Some(format!("{start} stands without it"))),
            (None, Some(_)) => self.complain(start, "empty".to_owned(), Some(format!("{end} stands without it"))),
            _ => {}
        }
        match time::span(from?, to?) {
            Ok(span) => Some(span),
            Err(what) => {
                self.complain(end, what, Some(format!("{end} is the first instant after the span")));
                None
            }
        }
    }

    /// Complains about a cell of the current row.
    pub(super) fn complain(&self, column: &str, what: String, hint: Option<String>) {
        self.complain_at(PlaceUnit::Row(self.row), column, what, hint);
    }

    /// Warns about the current row.
    pub(super) fn warn(&self, detail: String) {
        self.warnings.borrow_mut().push(InputWarning { place: self.place(), detail });
    }

    /// Warns about the file.
    pub(super) fn warn_whole(&self, detail: String) {
        let place = InputPlace { file: self.file.clone(), at: PlaceUnit::Whole };
        self.warnings.borrow_mut().push(InputWarning { place, detail });
    }

    /// The header a column was found under; its own name where it was not.
    pub(super) fn header_of(&self, column: &str) -> String {
        self.index(column).and_then(|at| self.headers.get(at).cloned()).unwrap_or_else(|| column.to_owned())
    }

    /// The value with its receipt and warnings, or the complaints.
    pub(super) fn finish<T>(self, value: T, entries: usize) -> Result<Loaded<T>, InputErrors> {
        if entries == 0 {
            self.warn_whole("no rows".to_owned());
        }
        let (_, bytes) = self.reader.into_inner().into_inner();
        let receipt: InputReceipt = bytes.into_hashing().receipt(self.kind, &self.file, entries, self.mapping);
        let warnings = self.warnings.into_inner();
        self.complaints.into_inner().or(Loaded { value, receipt, warnings })
    }

    fn index(&self, column: &str) -> Option<usize> {
        self.cells.iter().find(|(name, _)| *name == column).and_then(|(_, at)| *at)
    }

    fn complain_at(&self, at: PlaceUnit, column: &str, what: String, hint: Option<String>) {
        let place = InputPlace { file: self.file.clone(), at };
        let column = (!column.is_empty()).then(|| self.header_of(column));
        self.complaints.borrow_mut().add(InputError { place, column, what, hint });
    }
}

/// `True`, `yes`, `1` and their opposites.
pub(super) fn parse_boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" | "$true" => Some(true),
        "false" | "no" | "0" | "$false" => Some(false),
        _ => None,
    }
}

/// A cell that holds several values: parted by `;`, else by `,`, else by blanks.
pub(super) fn several(cell: &str) -> impl Iterator<Item = &str> {
    let by = if cell.contains(';') { ';' } else { ',' };
    let blanks = !cell.contains(by);
    cell.split(move |c: char| c == by || (blanks && c.is_whitespace())).map(str::trim).filter(|part| !part.is_empty())
}

/// A header without case, blanks and punctuation.
fn fold(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a CSV error without its position, which counts lines and would contradict the row.
fn csv_words(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => format!("not readable: {error}"),
        _ => "not well-formed CSV".to_owned(),
    }
}

/// The header line, with `#TYPE …` (PowerShell 5) and `sep=;` (Excel) left out: they stand before it.
fn first_line(bytes: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    loop {
        let mut line = Vec::new();
        // A header of a mebibyte is no header; the rest of it follows through the chain.
        let count = bytes.take(1 << 20).read_until(b'\n', &mut line)?;
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        let lower = text.to_ascii_lowercase();
        if count == 0 || !(lower.starts_with(b"#type") || lower.starts_with(b"sep=")) {
            return Ok(text.to_vec());
        }
    }
}

/// The delimiter that parts the header most often, quotes left out; a comma if none does.
fn delimiter_of(header: &[u8]) -> u8 {
    let count = |delimiter: u8| {
        let mut quoted = false;
        header
            .iter()
            .filter(|byte| {
                quoted ^= **byte == b'"';
                !quoted && **byte == delimiter
            })
            .count()
    };
    let (mut best, mut most) = (b',', count(b','));
    for other in [b';', b'\t'] {
        if count(other) > most {
            (best, most) = (other, count(other));
        }
    }
    best
}

/// The bytes of an input as UTF-8. UTF-16 is decoded as a whole: such files come from spreadsheets and are small.
enum Bytes<R: Read> {
    Utf8(BufReader<Hashing<R>>),
    Decoded { text: Cursor<Vec<u8>>, hashing: Hashing<R> },
}

impl<R: Read> Bytes<R> {
    fn new(reader: R) -> std::io::Result<Self> {
        let mut buffered = BufReader::with_capacity(1 << 16, Hashing::new(reader));
        let encoding = match encoding_rs::Encoding::for_bom(buffered.fill_buf()?) {
            Some((encoding, _)) if encoding != encoding_rs::UTF_8 => encoding,
            _ => return Ok(Self::Utf8(buffered)),
        };
        let mut bytes = Vec::new();
        buffered.read_to_end(&mut bytes)?;
        let text = encoding.decode(&bytes).0.into_owned().into_bytes();
        Ok(Self::Decoded { text: Cursor::new(text), hashing: buffered.into_inner() })
    }

    fn into_hashing(self) -> Hashing<R> {
        match self {
            Self::Utf8(buffered) => buffered.into_inner(),
            Self::Decoded { hashing, .. } => hashing,
        }
    }
}

impl<R: Read> Read for Bytes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Utf8(reader) => reader.read(buffer),
            Self::Decoded { text, .. } => text.read(buffer),
        }
    }
}

impl<R: Read> BufRead for Bytes<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        match self {
            Self::Utf8(reader) => reader.fill_buf(),
            Self::Decoded { text, .. } => text.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Self::Utf8(reader) => reader.consume(amount),
            Self::Decoded { text, .. } => text.consume(amount),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[required("app_id", &["AppId", "Application ID"]), optional("name", &["DisplayName"])];

    type Rows = Vec<(u64, String, Option<String>)>;

    fn read(bytes: &[u8]) -> Result<Loaded<Rows>, InputErrors> {
        let mut table = Table::open("test", "t.csv", bytes, COLUMNS)?;
        let mut out = Vec::new();
        while table.advance() {
            if let Some(id) = table.needed("app_id") {
                out.push((table.row(), id.to_owned(), table.text("name")));
            }
        }
        let count = out.len();
        table.finish(out, count)
    }

    #[test]
    fn encodings_delimiters_and_preambles_do_not_matter() {
        let plain = "Application ID,Display Name\r\na,One\r\n\r\nb,\r\n";
        let expected = [("a".to_owned(), Some("One".to_owned())), ("b".to_owned(), None)];
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(plain.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [
            plain.as_bytes().to_vec(),
            plain.replace(',', ";").into_bytes(),
            plain.replace(',', "\t").into_bytes(),
            format!("\u{feff}{plain}").into_bytes(),
            format!("#TYPE System.Object\r\n{plain}").into_bytes(),
            format!("\u{feff}sep=;\r\n{}", plain.replace(',', ";")).into_bytes(),
            utf16,
        ] {
            let loaded = read(&bytes).unwrap();
            let rows: Vec<_> = loaded.value.iter().map(|(_, id, name)| (id.clone(), name.clone())).collect();
            assert_eq!(rows, expected);
            assert_eq!(loaded.receipt.bytes, bytes.len() as u64);
            assert_eq!(loaded.receipt.columns[0].column, Some("app_id"));
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_by_row_and_column() {
        for (text, expected) in [
            ("", "t.csv: empty; its columns may be: app_id, name"),
            (
                "Nam\nx\n",
                "t.csv, column app_id: the file has no column app_id; known spellings: app_id, AppId, Application ID",
            ),
            (
                "ap_id\nx\n",
                "t.csv, column app_id: the file has no column app_id; did you mean \"ap_id\"? Rename it to app_id",
            ),
            ("AppId,AppId\nx,y\n", "t.csv, column app_id: columns 1 and 2 have the same name; remove one of them"),
            ("AppId,name\na,b\n,c\n", "t.csv: row 2, column AppId: empty"),
            (
                "AppId\na\nb,c\n",
                "t.csv: row 2: 2 cells under 1 columns; put a cell that holds the delimiter in double quotes",
            ),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), expected);
        }
        assert_eq!(
            read(b"AppId\na\n\xff\n").unwrap_err().to_string(),
            "t.csv: row 2: not UTF-8; save the file as CSV UTF-8"
        );
    }

    #[test]
    fn an_unused_header_near_a_known_one_is_pointed_out() {
        let loaded = read(b"AppId,DisplayNam\na,b\n").unwrap();
        assert_eq!(
            loaded.warnings[0].to_string(),
            "t.csv: column \"DisplayNam\" is not used; did you mean \"DisplayName\"?"
        );
    }
}
