//! Owns the way of records into tables: `judge` finds duplicates in source order, `encode` builds columns on any thread,
//! `append` hands them to the lanes in source order, `finish` settles copies that differ and gives the files their names.
//!
//! Invariant: what is written depends on the blocks and their order only, never on threads. Until `finish` there is no file
//! under a table's name; files that were begun are removed if the writer is dropped.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use mailtrail_model::{AccessRecord, Block, Interval, RecordSink, SourceId};

use crate::{
    TimelineError,
    cells::Columns,
    columns::{self, CopyKind, CopyRow, Row},
    lane::Lane,
    record_bytes,
    resolve::{self, Resolved},
    schema::{ACCESSES, ACTIVITY, DUPLICATES, FOLDER_SYNCS, ITEMS, RELATED_EVENTS, Table},
    seen::{Seen, Sighting},
    spill::Spill,
    tally::Tally,
    written::{SourceCounts, Written, WrittenTable},
};

/// Rows of a row group of `accesses`: 47 columns wide, so a few thousand rows make pages worth compressing.
const ACCESS_GROUP: usize = 4_096;
/// Rows of a row group of the narrow tables.
const NARROW_GROUP: usize = 32_768;

/// Writes the tables of a case.
pub struct TableWriter {
    folder: PathBuf,
    window: Option<Interval>,
    lanes: Lanes,
    judge: Mutex<Judge>,
    tally: Mutex<Tally>,
    begun: Begun,
}

struct Lanes {
    accesses: Lane,
    items: Lane,
    folder_syncs: Lane,
    related: Lane,
    duplicates: Lane,
    activity: Lane,
}

impl Lanes {
    fn all(&self) -> [&Lane; 6] {
        [&self.items, &self.accesses, &self.folder_syncs, &self.related, &self.duplicates, &self.activity]
    }
}

/// What `judge` remembers.
struct Judge {
    seen: Seen,
    spill: Spill,
    next: u32,
    counts: BTreeMap<SourceId, SourceCounts>,
    /// A record's bytes, kept to spare an allocation a record.
    content: Vec<u8>,
}

/// What was decided about a block's records.
#[derive(Debug)]
pub struct Judged {
    first_access_no: u64,
    verdicts: Vec<Verdict>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Access {
        in_window: bool,
    },
    /// States what an access states that was seen before.
    Same {
        access_no: u32,
    },
    /// Has a known id and states something else: settled in `finish`.
    Spilled,
}

/// A block's columns.
pub struct Encoded {
    accesses: Columns,
    items: Columns,
    folder_syncs: Columns,
    related: Columns,
    duplicates: Columns,
}

impl TableWriter {
    /// Begins the tables in `folder`, which is made if it is missing. Without a window every access lies inside.
    ///
    /// # Errors
    /// If a file cannot be made.
    pub fn create(folder: &Path, window: Option<Interval>) -> Result<Self, TimelineError> {
        fs::create_dir_all(folder).map_err(TimelineError::io(folder, "create the folder"))?;
        let mut begun = Begun::default();
        let mut lane =
            |table: &'static Table, enough| Lane::create(begun.file(folder, table, "partial"), table, enough);
        let lanes = Lanes {
            accesses: lane(&ACCESSES, ACCESS_GROUP)?,
            items: lane(&ITEMS, NARROW_GROUP)?,
            folder_syncs: lane(&FOLDER_SYNCS, NARROW_GROUP)?,
            related: lane(&RELATED_EVENTS, NARROW_GROUP)?,
            duplicates: lane(&DUPLICATES, NARROW_GROUP)?,
            activity: lane(&ACTIVITY, NARROW_GROUP)?,
        };
        let judge = Judge {
            seen: Seen::default(),
            spill: Spill::new(begun.named(folder.join("copies.partial"))),
            next: 0,
            counts: BTreeMap::new(),
            content: Vec::new(),
        };
        Ok(Self {
            folder: folder.to_owned(),
            window,
            lanes,
            judge: Mutex::new(judge),
            tally: Mutex::new(Tally::default()),
            begun,
        })
    }

    /// Settles copies that differ, writes what is left and gives the files their names.
    ///
    /// # Errors
    /// If the disk is full or a temporary file was damaged.
    pub fn finish(self) -> Result<Written, TimelineError> {
        let Self { folder, window, lanes, judge, tally, mut begun } = self;
        let judge = judge.into_inner().unwrap_or_else(PoisonError::into_inner);
        let activity = tally.into_inner().unwrap_or_else(PoisonError::into_inner).flush()?;
        lanes.activity.push(activity)?;
        let Lanes { accesses, items, folder_syncs, related, duplicates, activity } = lanes;
        let mut counts = judge.counts;
        let mut issues = Vec::new();
        let mut written = Vec::new();
        let mut close = |lane: Lane| -> Result<(), TimelineError> {
            let (from, table) = (lane.path().to_owned(), lane.table());
            let rows = lane.end()?;
            written.push((from, WrittenTable { path: folder.join(table.file), rows }));
            Ok(())
        };
        if judge.spill.len() == 0 {
            [accesses, items, folder_syncs].into_iter().try_for_each(&mut close)?;
        } else {
            [accesses, items, folder_syncs].into_iter().try_for_each(|lane| lane.end().map(|_| ()))?;
            let mut lane =
                |table: &'static Table, enough| Lane::create(begun.file(&folder, table, "merged"), table, enough);
            let merged = resolve::Lanes {
                accesses: lane(&ACCESSES, ACCESS_GROUP)?,
                items: lane(&ITEMS, NARROW_GROUP)?,
                folder_syncs: lane(&FOLDER_SYNCS, NARROW_GROUP)?,
            };
            let overflow = Spill::new(begun.named(folder.join("conflicts.partial")));
            let before = resolve::Before {
                accesses: &begun.path(&folder, &ACCESSES, "partial"),
                items: &begun.path(&folder, &ITEMS, "partial"),
                folder_syncs: &begun.path(&folder, &FOLDER_SYNCS, "partial"),
            };
            let resolved = resolve::resolve(&before, judge.spill.sorted()?, overflow, window, &merged, &duplicates)?;
            add(&mut counts, &resolved);
            issues = resolved.issues;
            [merged.accesses, merged.items, merged.folder_syncs].into_iter().try_for_each(&mut close)?;
        }
        [related, duplicates, activity].into_iter().try_for_each(&mut close)?;
        for (from, table) in &written {
            fs::rename(from, &table.path).map_err(TimelineError::io(&table.path, "rename into place"))?;
        }
        begun.remove();
        Ok(Written {
            sources: counts.into_values().collect(),
            issues,
            tables: written.into_iter().map(|(_, table)| table).collect(),
        })
    }

    fn judge_record(&self, judge: &mut Judge, record: &AccessRecord<'_>) -> Result<Verdict, TimelineError> {
        judge.content.clear();
        record_bytes::write(&mut judge.content, record);
        let source = record.locator.source;
        let counts = judge.counts.entry(source).or_insert_with(|| SourceCounts::of(source));
        match judge.seen.look(&record.record_id, &judge.content, judge.next) {
            Sighting::First => {
                judge.next = judge.next.checked_add(1).ok_or(TimelineError::TooManyAccesses)?;
                let in_window = self.window.is_none_or(|window| window.contains(record.created));
                counts.access(in_window);
                Ok(Verdict::Access { in_window })
            }
            Sighting::Same { access_no } => {
                counts.duplicate += 1;
                Ok(Verdict::Same { access_no })
            }
            Sighting::Other { access_no } => {
                judge.spill.push(access_no, record.locator, &judge.content)?;
                Ok(Verdict::Spilled)
            }
        }
    }

    /// Lends a hand to the lanes, a column at a time, until nothing waits.
    fn help(&self) -> Result<(), TimelineError> {
        for lane in self.lanes.all() {
            while lane.work()? {}
        }
        Ok(())
    }
}

fn add(counts: &mut BTreeMap<SourceId, SourceCounts>, resolved: &Resolved) {
    for (source, more) in &resolved.counts {
        let counts = counts.entry(*source).or_insert_with(|| SourceCounts::of(*source));
        counts.accepted += more.accepted;
        counts.duplicate += more.duplicate;
        counts.out_of_window += more.out_of_window;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RecordSink for TableWriter {
    type Judged = Judged;
    type Encoded = Encoded;
    type Error = TimelineError;

    fn judge(&self, block: &Block<'_>) -> Result<Judged, TimelineError> {
        let mut judge = lock(&self.judge);
        let first_access_no = u64::from(judge.next);
        let verdicts =
            block.records.iter().map(|record| self.judge_record(&mut judge, record)).collect::<Result<_, _>>()?;
        Ok(Judged { first_access_no, verdicts })
    }

    fn encode(&self, block: &Block<'_>, judged: Judged) -> Result<Encoded, TimelineError> {
        self.help()?;
        let mut rows = Vec::with_capacity(judged.verdicts.len());
        let mut copies = Vec::new();
        let mut access_no = judged.first_access_no;
        for (record, verdict) in block.records.iter().zip(&judged.verdicts) {
            match *verdict {
                Verdict::Access { in_window } => {
                    rows.push(Row { record, access_no, in_window });
                    access_no += 1;
                }
                Verdict::Same { access_no } => copies.push(CopyRow {
                    record_id: &record.record_id,
                    kind: CopyKind::SameContent,
                    access_no: u64::from(access_no),
                    locator: record.locator,
                }),
                Verdict::Spilled => {}
            }
        }
        Ok(Encoded {
            accesses: columns::accesses(&rows)?,
            items: columns::items(&rows)?,
            folder_syncs: columns::folder_syncs(&rows)?,
            related: columns::related_events(&block.related, self.window)?,
            duplicates: columns::duplicates(&copies)?,
        })
    }

    fn append(&self, block: &Block<'_>, encoded: Encoded) -> Result<(), TimelineError> {
        self.lanes.accesses.push(encoded.accesses)?;
        self.lanes.items.push(encoded.items)?;
        self.lanes.folder_syncs.push(encoded.folder_syncs)?;
        self.lanes.related.push(encoded.related)?;
        self.lanes.duplicates.push(encoded.duplicates)?;
        match lock(&self.tally).add(&block.activity)? {
            Some(columns) => self.lanes.activity.push(columns),
            None => Ok(()),
        }
    }
}

/// The temporary files. They are removed when the writer is done with them or dropped.
#[derive(Default)]
struct Begun {
    paths: Vec<PathBuf>,
}

impl Begun {
    fn path(&self, folder: &Path, table: &Table, state: &str) -> PathBuf {
        folder.join(format!("{}.{state}", table.file))
    }

    fn file(&mut self, folder: &Path, table: &Table, state: &str) -> PathBuf {
        self.named(self.path(folder, table, state))
    }

    fn named(&mut self, path: PathBuf) -> PathBuf {
        self.paths.push(path.clone());
        path
    }

    fn remove(&mut self) {
        for path in self.paths.drain(..) {
            // Most are gone: renamed, or never made. One that cannot be removed is harmless and is overwritten next time.
            drop(fs::remove_file(path));
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.remove();
    }
}
