//! Owns reading back what pages and charts show of the large tables: messages by class, folders, hours.
//!
//! Invariant: only the rows asked for are read as rows. Opening looks at two columns of `exposure` once and keeps where each
//! run of one mailbox and one class lies; everything else is a slice. Does not know what a page looks like.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use mailtrail_model::{
    Attribution, ClassMove, ExposureClass, ExposureTotals, FolderCount, Growth, HourCount, MailboxKey, MessageRow,
    Reason, RowScope, Rows, RowsError, UtcMicros,
};
use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::{
    TimelineError,
    exposure::EXPOSURE,
    hours::HOURS,
    read::{TableReader, large, text, time, truth},
};

/// The columns of a [`MessageRow`].
const MESSAGE: [&str; 16] = [
    "mailbox",
    "internet_message_id",
    "class",
    "reasons",
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
    "subject",
    "sender",
];
const PRIVILEGE: &str = "privilege_candidate";

/// Rows of one mailbox and one class that stand together.
#[derive(Clone, Debug)]
struct Run {
    mailbox: MailboxKey,
    class: ExposureClass,
    start: usize,
    rows: usize,
}

/// Rows of one mailbox that stand together in a row group.
#[derive(Clone, Debug)]
struct Stretch {
    mailbox: MailboxKey,
    start: usize,
    rows: usize,
}

/// Class before and after.
type Move = (Option<ExposureClass>, Option<ExposureClass>);

/// The tables of a case, for reading rows on demand.
#[derive(Debug)]
pub struct TableRows {
    folder: PathBuf,
    exposure: OnceLock<(TableReader, Vec<Run>)>,
    hours: OnceLock<(TableReader, Vec<Stretch>)>,
}

impl TableRows {
    /// Rows of the tables that [`crate::reconstruct`] wrote into this folder. Nothing is read before it is asked for.
    #[must_use]
    pub fn of(tables: &Path) -> Self {
        Self { folder: tables.to_path_buf(), exposure: OnceLock::new(), hours: OnceLock::new() }
    }

    /// Messages by class in an earlier case and in this one. Memory is bounded by the largest mailbox.
    ///
    /// # Errors
    /// If a table of either is missing or damaged.
    pub fn moves_since(&self, earlier: &Self) -> Result<Vec<ClassMove>, TimelineError> {
        let mailboxes: BTreeSet<&MailboxKey> =
            self.exposure()?.1.iter().chain(&earlier.exposure()?.1).map(|run| &run.mailbox).collect();
        let mailboxes: Vec<&MailboxKey> = mailboxes.into_iter().collect();
        let moved: Vec<BTreeMap<Move, u64>> = mailboxes
            .par_iter()
            .map(|mailbox| {
                let (before, after) = (earlier.classes(mailbox)?, self.classes(mailbox)?);
                let mut moves: BTreeMap<Move, u64> = BTreeMap::new();
                for (key, class) in &after {
                    *moves.entry((before.get(key).copied(), Some(*class))).or_default() += 1;
                }
                for (key, class) in &before {
                    if !after.contains_key(key) {
                        *moves.entry((Some(*class), None)).or_default() += 1;
                    }
                }
                Ok(moves)
            })
            .collect::<Result<_, TimelineError>>()?;
        let mut all: BTreeMap<Move, u64> = BTreeMap::new();
        moved.into_iter().flatten().for_each(|(key, n)| *all.entry(key).or_default() += n);
        Ok(all.into_iter().map(|((before, after), messages)| ClassMove { before, after, messages }).collect())
    }

    /// The class of each message of a mailbox, by key.
    fn classes(&self, mailbox: &MailboxKey) -> Result<BTreeMap<String, ExposureClass>, TimelineError> {
        let (table, runs) = self.exposure()?;
        let mut out = BTreeMap::new();
        for run in runs.iter().filter(|run| run.mailbox == *mailbox) {
            let frame = table.read_slice((run.start, run.rows), &["message_key"])?;
            out.extend(text(&frame, "message_key")?.iter().flatten().map(|key| (key.to_owned(), run.class)));
        }
        Ok(out)
    }

    fn exposure(&self) -> Result<&(TableReader, Vec<Run>), TimelineError> {
        if let Some(open) = self.exposure.get() {
            return Ok(open);
        }
        let table = TableReader::open(&self.folder, &EXPOSURE)?;
        let runs: Vec<Vec<Run>> =
            (0..table.groups()).into_par_iter().map(|group| runs(&table, group)).collect::<Result<_, _>>()?;
        Ok(self.exposure.get_or_init(|| (table, runs.into_iter().flatten().collect())))
    }

    fn strongest(&self, scope: RowScope<'_>, limit: usize) -> Result<Vec<MessageRow>, TimelineError> {
        let (table, runs) = self.exposure()?;
        let mut out = Vec::new();
        for class in ExposureClass::ALL {
            for run in runs.iter().filter(|run| run.class == class && scope.holds(run.mailbox.as_str())) {
                let wanted = run.rows.min(limit.saturating_sub(out.len()));
                if wanted == 0 {
                    break;
                }
                let columns: Vec<&str> = MESSAGE.into_iter().chain([PRIVILEGE]).collect();
                read_messages(&table.read_slice((run.start, wanted), &columns)?, run, &mut out)?;
            }
        }
        Ok(out)
    }

    fn by_folder(&self, scope: RowScope<'_>) -> Result<Vec<FolderCount>, TimelineError> {
        type Counts = BTreeMap<Option<String>, BTreeMap<ExposureClass, u64>>;
        let (table, runs) = self.exposure()?;
        let runs: Vec<&Run> = runs.iter().filter(|run| scope.holds(run.mailbox.as_str())).collect();
        let parts: Vec<Counts> = runs
            .par_iter()
            .map(|run| {
                let frame = table.read_slice((run.start, run.rows), &["first_folder"])?;
                let mut counts = Counts::new();
                for folder in text(&frame, "first_folder")?.iter() {
                    match counts.get_mut(&folder.map(str::to_owned)) {
                        Some(known) => *known.entry(run.class).or_default() += 1,
                        None => {
                            counts.entry(folder.map(str::to_owned)).or_default().insert(run.class, 1);
                        }
                    }
                }
                Ok(counts)
            })
            .collect::<Result<_, TimelineError>>()?;
        let mut all = Counts::new();
        for (folder, counts) in parts.into_iter().flatten() {
            let known = all.entry(folder).or_default();
            counts.into_iter().for_each(|(class, n)| *known.entry(class).or_default() += n);
        }
        let mut out: Vec<FolderCount> = all
            .into_iter()
            .map(|(folder, by_class)| FolderCount {
                folder,
                totals: ExposureTotals { by_class, by_reason: BTreeMap::new() },
            })
            .collect();
        let strength = |count: &FolderCount| {
            ExposureClass::ALL
                .map(|class| std::cmp::Reverse(count.totals.by_class.get(&class).copied().unwrap_or_default()))
        };
        out.sort_by_cached_key(|count| (strength(count), count.folder.clone()));
        Ok(out)
    }

    fn each_hour(
        &self,
        scope: RowScope<'_>,
        mut take: impl FnMut(&str, Attribution, UtcMicros, u64, u64),
    ) -> Result<(), TimelineError> {
        let (table, stretches) = self.hours_table()?;
        for stretch in stretches.iter().filter(|stretch| scope.holds(stretch.mailbox.as_str())) {
            let columns = ["context", "attribution", "hour_utc", "records", "new_messages"];
            let frame = table.read_slice((stretch.start, stretch.rows), &columns)?;
            let (context, attribution) = (text(&frame, "context")?, text(&frame, "attribution")?);
            let (hour, records, new) =
                (time(&frame, "hour_utc")?, large(&frame, "records")?, large(&frame, "new_messages")?);
            for row in 0..frame.height() {
                let said = attribution.get(row).and_then(Attribution::parse);
                if let (Some(context), Some(said), Some(hour)) = (context.get(row), said, hour.get(row)) {
                    let count = |n: Option<u64>| n.unwrap_or_default();
                    take(context, said, UtcMicros(hour), count(records.get(row)), count(new.get(row)));
                }
            }
        }
        Ok(())
    }

    fn hours_table(&self) -> Result<&(TableReader, Vec<Stretch>), TimelineError> {
        if let Some(open) = self.hours.get() {
            return Ok(open);
        }
        let table = TableReader::open(&self.folder, &HOURS)?;
        let mut stretches: Vec<Stretch> = Vec::new();
        for group in 0..table.groups() {
            let frame = table.read(group, &["mailbox"])?;
            let first = table.span(group).0;
            for (row, mailbox) in text(&frame, "mailbox")?.iter().enumerate() {
                let mailbox = mailbox.unwrap_or_default();
                match stretches.last_mut() {
                    Some(last) if row > 0 && last.mailbox.as_str() == mailbox => last.rows += 1,
                    _ => stretches.push(Stretch { mailbox: MailboxKey(mailbox.into()), start: first + row, rows: 1 }),
                }
            }
        }
        Ok(self.hours.get_or_init(|| (table, stretches)))
    }
}

fn runs(table: &TableReader, group: usize) -> Result<Vec<Run>, TimelineError> {
    let frame = table.read(group, &["mailbox", "class"])?;
    let (mailbox, class) = (text(&frame, "mailbox")?, text(&frame, "class")?);
    let (first, rows) = table.span(group);
    let mut out: Vec<Run> = Vec::new();
    for row in 0..rows {
        let (Some(mailbox), Some(class)) = (mailbox.get(row), class.get(row).and_then(ExposureClass::parse)) else {
            continue;
        };
        match out.last_mut() {
            Some(run) if run.class == class && run.mailbox.as_str() == mailbox => run.rows += 1,
            _ => out.push(Run { mailbox: MailboxKey(mailbox.into()), class, start: first + row, rows: 1 }),
        }
    }
    Ok(out)
}

fn read_messages(frame: &DataFrame, run: &Run, out: &mut Vec<MessageRow>) -> Result<(), TimelineError> {
    let words = |name: &str| -> Result<Vec<Option<String>>, TimelineError> {
        Ok(text(frame, name)?.iter().map(|text| text.map(str::to_owned)).collect())
    };
    let times = |name: &str| -> Result<Vec<Option<UtcMicros>>, TimelineError> {
        Ok(time(frame, name)?.iter().map(|at| at.map(UtcMicros)).collect())
    };
    let (mut ids, mut first_folders, mut last_folders) =
        (words("internet_message_id")?, words("first_folder")?, words("last_folder")?);
    let (mut subjects, mut senders, mut privilege) = (words("subject")?, words("sender")?, words(PRIVILEGE)?);
    let (reasons, contexts) = (words("reasons")?, words("contexts")?);
    let (received, first, last) = (times("received_utc")?, times("first_access_utc")?, times("last_access_utc")?);
    let (first_suspect, last_suspect) = (times("first_suspect_utc")?, times("last_suspect_utc")?);
    let (listed, accesses) = (truth(frame, "listed")?, large(frame, "accesses")?);
    let split = |text: &Option<String>| -> Vec<String> {
        text.as_deref().unwrap_or("").split_whitespace().map(str::to_owned).collect()
    };
    for row in 0..frame.height() {
        out.push(MessageRow {
            mailbox: run.mailbox.clone(),
            internet_message_id: ids[row].take(),
            class: run.class,
            reasons: split(&reasons[row]).iter().filter_map(|code| Reason::parse(code)).collect(),
            listed: listed.get(row).unwrap_or_default(),
            received: received[row],
            accesses: accesses.get(row).unwrap_or_default(),
            first_access: first[row],
            last_access: last[row],
            first_suspect: first_suspect[row],
            last_suspect: last_suspect[row],
            first_folder: first_folders[row].take(),
            last_folder: last_folders[row].take(),
            contexts: split(&contexts[row]),
            subject: subjects[row].take(),
            sender: senders[row].take(),
            privilege_candidate: privilege[row].take(),
        });
    }
    Ok(())
}

fn failed(error: TimelineError) -> RowsError {
    RowsError(Box::new(error))
}

impl Rows for TableRows {
    fn messages(&self, scope: RowScope<'_>, limit: usize) -> Result<Vec<MessageRow>, RowsError> {
        self.strongest(scope, limit).map_err(failed)
    }

    fn folders(&self, scope: RowScope<'_>) -> Result<Vec<FolderCount>, RowsError> {
        self.by_folder(scope).map_err(failed)
    }

    fn hours(&self, scope: RowScope<'_>) -> Result<Vec<HourCount>, RowsError> {
        let mut counts: BTreeMap<(UtcMicros, Attribution), u64> = BTreeMap::new();
        self.each_hour(scope, |_, attribution, hour, records, _| {
            *counts.entry((hour, attribution)).or_default() += records;
        })
        .map_err(failed)?;
        let count = |((hour, attribution), records)| HourCount { hour, attribution, records };
        Ok(counts.into_iter().filter(|(_, records)| *records > 0).map(count).collect())
    }

    fn growth(&self, scope: RowScope<'_>) -> Result<Vec<Growth>, RowsError> {
        let mut counts: BTreeMap<String, BTreeMap<(Attribution, UtcMicros), u64>> = BTreeMap::new();
        self.each_hour(scope, |context, attribution, hour, _, new| {
            if new > 0 {
                let of_context = match counts.get_mut(context) {
                    Some(known) => known,
                    None => counts.entry(context.to_owned()).or_default(),
                };
                *of_context.entry((attribution, hour)).or_default() += new;
            }
        })
        .map_err(failed)?;
        let steps = counts.into_iter().flat_map(|(context, steps)| {
            steps.into_iter().map(move |((attribution, at), new_messages)| Growth {
                context: context.clone(),
                attribution,
                at,
                new_messages,
            })
        });
        Ok(steps.collect())
    }
}
