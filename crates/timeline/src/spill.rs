//! Owns the temporary file of later copies: records that come in source order go out in the order of the access they repeat.
//!
//! Invariant: memory does not grow with the number of records. Copies are sorted in runs of 8 MiB on their way to disk and
//! merged on their way back, each run through a window of its own; all windows together take 16 MiB (up to 4,096 runs,
//! 32 GiB of copies; beyond that 4 KiB a run).

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use mailtrail_model::{AccessRecord, Locator, SourceId};

use crate::{TimelineError, record_bytes};

const RUN_BYTES: usize = 8 << 20;
const WINDOWS_BYTES: usize = 16 << 20;
const HEADER: usize = 4 + 8 + 4 + 8 * 3 + 4;

/// A copy of a record that was seen before.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    /// The access with the same id that came first.
    pub(crate) access_no: u32,
    /// Place among all copies, in source order.
    pub(crate) place: u64,
    /// What it states, and where.
    pub(crate) record: AccessRecord<'static>,
}

/// Takes copies.
pub(crate) struct Spill {
    path: PathBuf,
    run_bytes: usize,
    file: Option<BufWriter<File>>,
    buffer: Vec<u8>,
    /// (access, place, start in the buffer, end in the buffer)
    entries: Vec<(u32, u64, usize, usize)>,
    /// End of each run in the file.
    runs: Vec<u64>,
    places: u64,
}

impl Spill {
    /// No file is made before the first run is full.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self::with_run_bytes(path, RUN_BYTES)
    }

    fn with_run_bytes(path: PathBuf, run_bytes: usize) -> Self {
        Self { path, run_bytes, file: None, buffer: Vec::new(), entries: Vec::new(), runs: Vec::new(), places: 0 }
    }

    /// Takes a copy; `content` is what `record_bytes::write` made of it.
    pub(crate) fn push(&mut self, access_no: u32, locator: Locator, content: &[u8]) -> Result<(), TimelineError> {
        let start = self.buffer.len();
        let length = u32::try_from(content.len()).map_err(|_| self.damaged())?;
        self.buffer.extend_from_slice(&access_no.to_le_bytes());
        self.buffer.extend_from_slice(&self.places.to_le_bytes());
        self.buffer.extend_from_slice(&locator.source.0.to_le_bytes());
        self.buffer.extend_from_slice(&locator.row.to_le_bytes());
        self.buffer.extend_from_slice(&locator.byte_offset.to_le_bytes());
        self.buffer.extend_from_slice(&locator.byte_len.to_le_bytes());
        self.buffer.extend_from_slice(&length.to_le_bytes());
        self.buffer.extend_from_slice(content);
        self.entries.push((access_no, self.places, start, self.buffer.len()));
        self.places += 1;
        if self.buffer.len() >= self.run_bytes { self.write_run() } else { Ok(()) }
    }

    /// Copies taken.
    pub(crate) fn len(&self) -> u64 {
        self.places
    }

    fn damaged(&self) -> TimelineError {
        TimelineError::Spill { path: self.path.clone() }
    }

    fn write_run(&mut self) -> Result<(), TimelineError> {
        let failed = |source| TimelineError::io(&self.path, "write")(source);
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(BufWriter::new(
                File::options().create(true).truncate(true).read(true).write(true).open(&self.path).map_err(failed)?,
            )),
        };
        self.entries.sort_unstable();
        let mut end = self.runs.last().copied().unwrap_or(0);
        for (_, _, from, to) in self.entries.drain(..) {
            file.write_all(&self.buffer[from..to]).map_err(failed)?;
            end += u64::try_from(to - from).unwrap_or(u64::MAX);
        }
        self.runs.push(end);
        self.buffer.clear();
        Ok(())
    }

    /// The copies, sorted by access and place.
    pub(crate) fn sorted(mut self) -> Result<Copies, TimelineError> {
        if !self.entries.is_empty() {
            self.write_run()?;
        }
        self.buffer = Vec::new();
        let file = match self.file.take() {
            None => None,
            Some(file) => Some(file.into_inner().map_err(|e| TimelineError::io(&self.path, "write")(e.into_error()))?),
        };
        let window = (WINDOWS_BYTES / self.runs.len().max(1)).clamp(4 << 10, 1 << 20);
        let mut start = 0;
        let runs = self.runs.iter().map(|end| {
            let run = Run { at: start, end: *end, window: Vec::new(), used: 0 };
            start = *end;
            run
        });
        let mut copies = Copies { runs: runs.collect(), path: self.path, file, window, heap: BinaryHeap::new() };
        for run in 0..copies.runs.len() {
            copies.queue_next(run)?;
        }
        Ok(copies)
    }
}

/// Gives copies back, sorted by access and place.
pub(crate) struct Copies {
    path: PathBuf,
    file: Option<File>,
    runs: Vec<Run>,
    window: usize,
    heap: BinaryHeap<Reverse<(u32, u64, usize)>>,
}

/// A sorted stretch of the file, and the part of it that is in memory.
struct Run {
    at: u64,
    end: u64,
    window: Vec<u8>,
    used: usize,
}

impl Copies {
    /// The path of the temporary file, which may never have been made.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The access of the next copy.
    pub(crate) fn peek(&self) -> Option<u32> {
        self.heap.peek().map(|Reverse((access_no, _, _))| *access_no)
    }

    /// The next copy.
    pub(crate) fn next(&mut self) -> Result<Option<Copy>, TimelineError> {
        let Some(Reverse((access_no, place, run))) = self.heap.pop() else { return Ok(None) };
        let header: [u8; HEADER] = self.bytes(run, HEADER)?.try_into().map_err(|_| self.damaged())?;
        let (source, rest) = header[12..].split_at(4);
        let word = |at: usize| rest[at..at + 8].try_into().map(u64::from_le_bytes).map_err(|_| self.damaged());
        let quad = |part: &[u8]| part.try_into().map(u32::from_le_bytes).map_err(|_| self.damaged());
        let locator =
            Locator { source: SourceId(quad(source)?), row: word(0)?, byte_offset: word(8)?, byte_len: word(16)? };
        let length = usize::try_from(quad(&rest[24..])?).map_err(|_| self.damaged())?;
        self.consume(run, HEADER);
        let record = record_bytes::read(self.bytes(run, length)?, locator).ok_or_else(|| self.damaged())?;
        self.consume(run, length);
        self.queue_next(run)?;
        Ok(Some(Copy { access_no, place, record }))
    }

    fn damaged(&self) -> TimelineError {
        TimelineError::Spill { path: self.path.clone() }
    }

    fn queue_next(&mut self, run: usize) -> Result<(), TimelineError> {
        if self.runs[run].used == self.runs[run].window.len() && self.runs[run].at == self.runs[run].end {
            return Ok(());
        }
        let key: [u8; 12] = self.bytes(run, 12)?.try_into().map_err(|_| self.damaged())?;
        let [a, b, c, d, place @ ..] = key;
        self.heap.push(Reverse((u32::from_le_bytes([a, b, c, d]), u64::from_le_bytes(place), run)));
        Ok(())
    }

    fn consume(&mut self, run: usize, length: usize) {
        self.runs[run].used += length;
    }

    /// The next `length` bytes of a run, read from disk if they are not in its window.
    fn bytes(&mut self, run: usize, length: usize) -> Result<&[u8], TimelineError> {
        let damaged = self.damaged();
        let Run { at, end, window, used } = &mut self.runs[run];
        if window.len() - *used < length {
            window.drain(..*used);
            *used = 0;
            let left = usize::try_from(*end - *at).unwrap_or(usize::MAX);
            let wanted = (length - window.len()).max(self.window.saturating_sub(window.len())).min(left);
            let file = self.file.as_mut().ok_or(damaged)?;
            let old = window.len();
            window.resize(old + wanted, 0);
            file.seek(SeekFrom::Start(*at)).map_err(TimelineError::io(&self.path, "read"))?;
            file.read_exact(&mut window[old..]).map_err(TimelineError::io(&self.path, "read"))?;
            *at += u64::try_from(wanted).unwrap_or(u64::MAX);
        }
        window.get(*used..*used + length).ok_or(TimelineError::Spill { path: self.path.clone() })
    }
}

#[cfg(test)]
mod tests {
    use mailtrail_model::{
        AccessTypeBasis, Client, MailAccessType, MailboxKey, Origin, ThrottleState, Token, UserType, UtcMicros,
    };

    use super::*;

    fn record(n: u64) -> AccessRecord<'static> {
        AccessRecord {
            locator: Locator { source: SourceId(3), row: n, byte_offset: n * 7, byte_len: 5 },
            record_id: format!("id {n} {}", "x".repeat(usize::try_from(n % 97).unwrap() * 50)).into(),
            created: UtcMicros(-5),
            record_type: None,
            access_type: MailAccessType::Attachment,
            access_type_basis: AccessTypeBasis::None,
            throttled: ThrottleState::NotStated,
            result_status: None,
            mailbox: MailboxKey("upn:x".into()),
            organization_id: None,
            mailbox_guid: None,
            mailbox_owner_upn: None,
            user_id: None,
            user_type: Some(UserType::Other("Novel".into())),
            user_key: None,
            logon_type: None,
            internal_logon_type: None,
            logon_user_sid: None,
            external_access: None,
            origin: Origin::default(),
            client: Client::default(),
            token: Token::default(),
            operation_count: None,
            folders: Vec::new(),
            items: Vec::new(),
            truncated: false,
            issues: vec![mailtrail_model::IssueCode::Truncated],
        }
    }

    fn spilled(run_bytes: usize, copies: u64) -> (tempfile::TempDir, Spill) {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::with_run_bytes(folder.path().join("copies"), run_bytes);
        for n in 0..copies {
            let mut content = Vec::new();
            record_bytes::write(&mut content, &record(n));
            // 7 and 31 share no factor with the moduli: accesses come shuffled, some of them twice.
            let access_no = u32::try_from(n * 7 % 31 * 31 + n * 5 % 29).unwrap();
            spill.push(access_no, record(n).locator, &content).unwrap();
        }
        (folder, spill)
    }

    #[test]
    fn copies_come_back_whole_and_sorted_from_any_number_of_runs() {
        for run_bytes in [1, 1_000, 50_000, RUN_BYTES] {
            let (_folder, spill) = spilled(run_bytes, 900);
            let mut copies = spill.sorted().unwrap();
            let mut last = (0, 0);
            let mut places = Vec::new();
            while let Some(access_no) = copies.peek() {
                let copy = copies.next().unwrap().unwrap();
                assert_eq!(copy.access_no, access_no);
                assert!((copy.access_no, copy.place + 1) > last, "out of order");
                last = (copy.access_no, copy.place + 1);
                assert_eq!(copy.record, record(copy.place));
                places.push(copy.place);
            }
            places.sort_unstable();
            assert_eq!(places, (0..900).collect::<Vec<_>>());
        }
    }

    #[test]
    fn nothing_spilled_makes_no_file() {
        let (folder, spill) = spilled(RUN_BYTES, 0);
        assert!(spill.sorted().unwrap().next().unwrap().is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let (folder, spill) = spilled(1_000, 200);
        std::fs::write(folder.path().join("copies"), vec![0xff; 3_000]).unwrap();
        let outcome = spill.sorted().and_then(|mut copies| {
            while copies.next()?.is_some() {}
            Ok(())
        });
        assert!(outcome.is_err());
    }
}
