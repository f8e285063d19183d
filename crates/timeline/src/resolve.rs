//! Owns settling the copies that differ, once all sources were read: the tables are rewritten, row group by row group, with
//! each access and its copies brought together. Row groups that no copy concerns are passed on as they stand.
//!
//! Invariant: memory does not grow with the number of copies. Accesses, items, folders and copies all stand in the order of
//! `access_no`, so four streams are walked side by side. Copies that contradict become accesses at the end of the table,
//! by way of a second temporary file.

use std::{collections::BTreeMap, path::Path};

use mailtrail_model::{AccessRecord, Interval, Issue, IssueCode, Locator, SourceId};

use crate::{
    TimelineError,
    cells::Columns,
    columns::{self, CopyKind, CopyRow, Row},
    lane::Lane,
    merge::{self, Candidate, Cluster},
    read::{self, TableReader},
    record_bytes,
    schema::{ACCESSES, FOLDER_SYNCS, ITEMS},
    spill::{Copies, Spill},
    stored::{self, StoredAccess},
    stretches::Stretches,
    written::{MergeIssues, SourceCounts},
};

/// Accesses that are taken apart at once. As records they take ten times the room they have in columns.
const AT_ONCE: usize = 512;
/// Examples kept of each issue.
const EXAMPLES: usize = 20;

/// The tables as they were written, under their temporary names.
pub(crate) struct Before<'p> {
    pub(crate) accesses: &'p Path,
    pub(crate) items: &'p Path,
    pub(crate) folder_syncs: &'p Path,
}

/// The tables as they become.
pub(crate) struct Lanes {
    pub(crate) accesses: Lane,
    pub(crate) items: Lane,
    pub(crate) folder_syncs: Lane,
}

/// What became of the copies.
#[derive(Default)]
pub(crate) struct Resolved {
    pub(crate) counts: BTreeMap<SourceId, SourceCounts>,
    pub(crate) issues: Vec<MergeIssues>,
}

/// Rewrites the tables.
pub(crate) fn resolve(
    before: &Before<'_>,
    copies: Copies,
    conflicts: Spill,
    window: Option<Interval>,
    lanes: &Lanes,
    duplicates: &Lane,
) -> Result<Resolved, TimelineError> {
    let accesses = TableReader::open_file(before.accesses.to_owned(), &ACCESSES)?;
    let mut items = Stretches::new(TableReader::open_file(before.items.to_owned(), &ITEMS)?);
    let mut folders = Stretches::new(TableReader::open_file(before.folder_syncs.to_owned(), &FOLDER_SYNCS)?);
    let next = read::number(accesses.rows());
    let mut state = Resolver { copies, conflicts, next, window, resolved: Resolved::default(), copy_rows: Vec::new() };
    for group in 0..accesses.groups() {
        let (start, rows) = accesses.span(group);
        let (first, end) = (read::number(start), read::number(start + rows));
        if state.copies.peek().is_none_or(|access_no| u64::from(access_no) >= end) {
            lanes.accesses.push_group(accesses.pages(group)?)?;
            continue;
        }
        items.pass(Some(first), &lanes.items)?;
        folders.pass(Some(first), &lanes.folder_syncs)?;
        let frame = accesses.read_all(group)?;
        for part in (0..rows).step_by(AT_ONCE) {
            let (first, end) = (read::number(start + part), read::number(start + rows.min(part + AT_ONCE)));
            let (items, folders) = (items.between(first, end)?, folders.between(first, end)?);
            let heads = frame.slice(i64::try_from(part).unwrap_or(i64::MAX), AT_ONCE);
            let records = stored::records(&heads, first, &items, &folders)?;
            let records = records.into_iter().map(|access| state.settle(access)).collect::<Result<Vec<_>, _>>()?;
            lanes.push(&records)?;
            duplicates.push(state.copy_columns()?)?;
            lanes.relieve()?;
        }
    }
    items.pass(None, &lanes.items)?;
    folders.pass(None, &lanes.folder_syncs)?;
    state.append_conflicts(lanes)?;
    state.resolved.issues.sort_by_key(|issues| issues.code);
    Ok(state.resolved)
}

impl Lanes {
    fn push(&self, records: &[StoredAccess]) -> Result<(), TimelineError> {
        let row = |access: &'_ StoredAccess| (access.access_no, access.in_window);
        let rows: Vec<Row<'_, 'static>> = records
            .iter()
            .map(|access| {
                let (access_no, in_window) = row(access);
                Row { record: &access.record, access_no, in_window }
            })
            .collect();
        self.accesses.push(columns::accesses(&rows)?)?;
        self.items.push(columns::items(&rows)?)?;
        self.folder_syncs.push(columns::folder_syncs(&rows)?)
    }

    /// Encodes on all threads once a row group or two wait.
    fn relieve(&self) -> Result<(), TimelineError> {
        let lanes = [&self.accesses, &self.items, &self.folder_syncs];
        if lanes.iter().map(|lane| lane.waiting()).sum::<usize>() < 60 {
            return Ok(());
        }
        lanes.into_iter().try_for_each(Lane::drain)
    }
}

struct Resolver {
    copies: Copies,
    conflicts: Spill,
    /// The next row number at the end of `accesses`.
    next: u64,
    window: Option<Interval>,
    resolved: Resolved,
    copy_rows: Vec<(String, CopyKind, u64, Locator)>,
}

impl Resolver {
    /// Brings an access together with its copies.
    fn settle(&mut self, mut access: StoredAccess) -> Result<StoredAccess, TimelineError> {
        let mut candidates = Vec::new();
        while self.copies.peek().is_some_and(|access_no| u64::from(access_no) == access.access_no) {
            if let Some(copy) = self.copies.next()? {
                candidates.push(Candidate { place: copy.place + 1, record: copy.record });
            }
        }
        if candidates.is_empty() {
            return Ok(access);
        }
        // Two ids may share a digest; then the copy is no copy, but a record of its own.
        let (candidates, strangers): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|copy| copy.record.record_id == access.record.record_id);
        let mut groups: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
        for stranger in strangers {
            groups.entry(stranger.record.record_id.to_string()).or_default().push(stranger);
        }
        let first = access.record.locator;
        let mut all = vec![Candidate { place: 0, record: access.record }];
        all.extend(candidates);
        let mut clusters = merge::clusters(all).into_iter();
        let Some(main) = clusters.next() else {
            return Err(TimelineError::Spill { path: self.copies.path().to_owned() });
        };
        self.note(&main, access.access_no);
        for cluster in clusters {
            self.conflict(cluster, Some((access.access_no, first)))?;
        }
        for stranger in groups.into_values() {
            let mut known: Option<(u64, Locator)> = None;
            for cluster in merge::clusters(stranger) {
                let locator = cluster.access.locator;
                let access_no = self.conflict(cluster, known)?;
                known.get_or_insert((access_no, locator));
            }
        }
        access.in_window = self.in_window(&main.access);
        access.record = main.access;
        Ok(access)
    }

    fn in_window(&self, record: &AccessRecord<'_>) -> bool {
        self.window.is_none_or(|window| window.contains(record.created))
    }

    /// Accounts for the later copies of an access.
    fn note(&mut self, cluster: &Cluster, access_no: u64) {
        let kind = if cluster.fuller { CopyKind::Merged } else { CopyKind::SameContent };
        for (locator, _) in cluster.copies.iter().skip(1) {
            self.counts(locator.source).duplicate += 1;
            self.copy_rows.push((cluster.access.record_id.to_string(), kind, access_no, *locator));
        }
        if cluster.fuller {
            let copy = |(locator, items): &(Locator, usize)| format!("{} with {items} items", place(*locator));
            let detail = format!(
                "record {}: {} state different amounts; merged into one access with {} items",
                cluster.access.record_id,
                cluster.copies.iter().map(copy).collect::<Vec<_>>().join(" and "),
                cluster.access.items.len()
            );
            self.issue(IssueCode::FullerBodyKept, cluster.access.locator, detail);
        }
    }

    /// Makes an access of copies that contradict, or whose id only looked known.
    fn conflict(&mut self, cluster: Cluster, known: Option<(u64, Locator)>) -> Result<u64, TimelineError> {
        let access_no = self.next;
        self.next += 1;
        let in_window = self.in_window(&cluster.access);
        let locator = cluster.access.locator;
        self.counts(locator.source).access(in_window);
        self.note(&cluster, access_no);
        if let Some((first_no, first)) = known {
            self.copy_rows.push((cluster.access.record_id.to_string(), CopyKind::Conflict, first_no, locator));
            let detail = format!(
                "record {} contradicts {} in {}",
                cluster.access.record_id,
                place(first),
                cluster.contradicts.unwrap_or("what both state")
            );
            self.issue(IssueCode::IdConflict, locator, detail);
        }
        let mut content = Vec::new();
        record_bytes::write(&mut content, &cluster.access);
        let place = u32::try_from(access_no).map_err(|_| TimelineError::TooManyAccesses)?;
        self.conflicts.push(place, locator, &content)?;
        Ok(access_no)
    }

    fn append_conflicts(&mut self, lanes: &Lanes) -> Result<(), TimelineError> {
        let path = self.copies.path().to_owned();
        let conflicts = std::mem::replace(&mut self.conflicts, Spill::new(path));
        let mut conflicts = conflicts.sorted()?;
        let mut batch = Vec::new();
        while let Some(copy) = conflicts.next()? {
            let in_window = self.in_window(&copy.record);
            batch.push(StoredAccess { access_no: u64::from(copy.access_no), in_window, record: copy.record });
            if batch.len() == AT_ONCE {
                lanes.push(&batch)?;
                lanes.relieve()?;
                batch.clear();
            }
        }
        lanes.push(&batch)
    }

    fn counts(&mut self, source: SourceId) -> &mut SourceCounts {
        self.resolved.counts.entry(source).or_insert_with(|| SourceCounts::of(source))
    }

    fn issue(&mut self, code: IssueCode, locator: Locator, detail: String) {
        let issues = &mut self.resolved.issues;
        let at = issues.iter().position(|known| known.code == code).unwrap_or_else(|| {
            issues.push(MergeIssues { code, count: 0, examples: Vec::new() });
            issues.len() - 1
        });
        issues[at].count += 1;
        if issues[at].examples.len() < EXAMPLES {
            issues[at].examples.push(Issue { code, locator, detail });
        }
    }

    fn copy_columns(&mut self) -> Result<Columns, TimelineError> {
        let rows = std::mem::take(&mut self.copy_rows);
        let rows: Vec<CopyRow<'_>> = rows
            .iter()
            .map(|(record_id, kind, access_no, locator)| CopyRow {
                record_id,
                kind: *kind,
                access_no: *access_no,
                locator: *locator,
            })
            .collect();
        columns::duplicates(&rows)
    }
}

fn place(locator: Locator) -> String {
    format!("{} row {}", locator.source, locator.row)
}
