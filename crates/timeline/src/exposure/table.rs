//! Owns writing every message with its class: `exposure.parquet` as a stream, mailbox by mailbox, and the strongest million
//! rows as `exposure.csv`.
//!
//! Invariant: memory is bounded by one batch of message ids, not by their number. Ids are read again, batch by batch, from
//! `items`: holding all of them would cost more than everything else. Where two ids of one mailbox share a key although
//! their canonical texts differ, the run stops: a class could be a wrong message's.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, BufWriter},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use mailtrail_model::{ExposureClass, MessageKey, PrivilegeKind, Reason, UtcMicros};
use rayon::prelude::*;

use super::{
    Assumptions, ListedRow, Named, Presumptions, Scene, Verdict, World,
    correspondents::Correspondents,
    each_message,
    message::Naming,
    scene::{Reasons, reasons},
    totals::Counts,
};
use crate::{
    TimelineError, digest,
    encode::{Encoder, RowGroup, TableFile},
    items::{Item, PackedKey, pack, unpack},
    read::{TableReader, large, text},
    schema::{self, ITEMS, Kind, Table},
    small::{Cell, Csv, columns},
};

/// The files this module writes.
pub(crate) const EXPOSURE_FILES: [&str; 2] = ["exposure.parquet", "exposure.csv"];

/// Rows of the CSV.
pub(crate) const CSV_ROWS: u64 = 1_000_000;
/// Named messages whose ids are held at once.
const BATCH: usize = 6_000_000;
/// Items and listing rows of the mailboxes that are classed side by side.
const AT_ONCE: usize = 1 << 20;
/// Rows of a row group.
const GROUP: usize = 1 << 15;
/// Contexts listed in a row.
const CONTEXTS: usize = 8;

/// One row a mailbox × message, strongest class first within a mailbox.
pub(crate) const EXPOSURE: Table = Table {
    file: "exposure.parquet",
    columns: &[
        ("mailbox", Kind::Text),
        ("internet_message_id", Kind::Unique),
        ("message_key", Kind::Unique),
        ("class", Kind::Text),
        ("reasons", Kind::Text),
        ("near_reasons", Kind::Text),
        ("listed", Kind::Bool),
        ("received_utc", Kind::Time),
        ("accesses", Kind::U64),
        ("first_access_utc", Kind::Time),
        ("last_access_utc", Kind::Time),
        ("first_suspect_utc", Kind::Time),
        ("last_suspect_utc", Kind::Time),
        ("first_folder", Kind::Text),
        ("last_folder", Kind::Text),
        ("contexts", Kind::Text),
        ("service_only", Kind::Bool),
        ("access_no", Kind::U64),
        ("subject", Kind::Unique),
        ("sender", Kind::Text),
        ("size_bytes", Kind::U64),
        ("attachments", Kind::U64),
        ("privilege_candidate", Kind::Text),
    ],
};

/// One message, classed.
struct Row {
    key: PackedKey,
    named: Named,
    verdict: Verdict,
    contexts: Vec<u32>,
    listed: Option<ListedRow>,
}

/// Classes and writes every message of every mailbox; gives the distinct correspondents of the listed ones by class. `counts`
/// are the totals of the same assumptions.
pub(crate) fn write(
    folder: &Path,
    world: &World<'_>,
    assumptions: &Assumptions<'_>,
    counts: &Counts,
) -> Result<BTreeMap<ExposureClass, u64>, TimelineError> {
    let mut correspondents = Correspondents::default();
    let path = folder.join(EXPOSURE.file);
    let encoder = Encoder::new(&EXPOSURE)?;
    let mut parquet = TableFile::create(&path, &encoder)?;
    let csv_path = path.with_extension("csv");
    let mut csv = Strongest::create(&csv_path, counts)?;
    for batch in batches(world) {
        let texts = Texts::read(folder, world, &batch)?;
        for mailboxes in side_by_side(world, batch) {
            let written: Vec<(Vec<Row>, Vec<RowGroup>)> = mailboxes
                .clone()
                .into_par_iter()
                .map(|mailbox| {
                    let rows = classed(world, assumptions, mailbox);
                    let groups = rows.chunks(GROUP).map(|group| {
                        let cells: Vec<_> = group.iter().map(|row| cells(world, &texts, mailbox, row)).collect();
                        encoder.encode(columns(&EXPOSURE, &cells))
                    });
                    let groups = groups.collect::<Result<_, TimelineError>>()?;
                    Ok((rows, groups))
                })
                .collect::<Result<_, TimelineError>>()?;
            for (mailbox, (rows, groups)) in mailboxes.zip(&written) {
                let own = own_addresses(world, mailbox);
                for row in rows {
                    if let Some(listed) = row.listed.as_ref().and_then(|listed| world.listed.row(listed)) {
                        correspondents.add(row.verdict.class, &listed, &own);
                    }
                    if csv.wants(row.verdict.class) {
                        csv.row(row.verdict.class, &cells(world, &texts, mailbox, row))?;
                    }
                }
                groups.iter().try_for_each(|group| parquet.append(group))?;
            }
        }
    }
    parquet.end(&path)?;
    csv.end()?;
    Ok(correspondents.finish())
}

/// The addresses a mailbox is known by, in lower case.
fn own_addresses(world: &World<'_>, mailbox: usize) -> Vec<String> {
    let upns = world.facts.mailboxes[mailbox].upns.iter().map(|(upn, _)| upn.to_lowercase());
    let roster = world.roster[mailbox].into_iter().flat_map(|entry| {
        let upn = entry.upn.as_ref().map(|upn| upn.as_str().to_lowercase());
        upn.into_iter().chain(entry.aliases.iter().map(|alias| alias.to_lowercase()))
    });
    upns.chain(roster).collect()
}

/// Ranges of mailboxes whose items together stay within a batch; a mailbox is never divided.
fn batches(world: &World<'_>) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = Vec::new();
    let mut held = 0;
    for mailbox in 0..world.facts.mailboxes.len() {
        let named = crate::items::messages(world.items.of(mailbox)).count();
        match batches.last_mut() {
            Some(batch) if held + named <= BATCH => {
                batch.end = mailbox + 1;
                held += named;
            }
            _ => {
                batches.push(mailbox..mailbox + 1);
                held = named;
            }
        }
    }
    batches
}

/// A batch's mailboxes, a few at a time: each is classed and encoded by one thread, and all of them are held until written.
fn side_by_side(world: &World<'_>, batch: Range<usize>) -> Vec<Range<usize>> {
    let most = rayon::current_num_threads().max(1) * 4;
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut held = 0;
    for mailbox in batch {
        let rows = world.items.of(mailbox).len() + world.listed.of(mailbox).len();
        match out.last_mut() {
            Some(last) if held + rows <= AT_ONCE && last.len() < most => {
                last.end = mailbox + 1;
                held += rows;
            }
            _ => {
                out.push(mailbox..mailbox + 1);
                held = rows;
            }
        }
    }
    out
}

/// The messages of a mailbox, strongest class first, then by key.
fn classed(world: &World<'_>, assumptions: &Assumptions<'_>, mailbox: usize) -> Vec<Row> {
    let scene = Scene::of(world, assumptions, mailbox);
    let presume = Presumptions::of(&world.case.policy);
    let mut rows = Vec::new();
    each_message(world, mailbox, |key, run, listed| {
        let named = Named::of(world, assumptions, &scene, run, listed);
        let verdict = named.verdict(&scene, presume);
        rows.push(Row { key, verdict, contexts: contexts(world, run), listed: listed.first().copied(), named });
    });
    rows.sort_unstable_by_key(|row| (row.verdict.class, row.key));
    rows
}

fn contexts(world: &World<'_>, run: &[Item]) -> Vec<u32> {
    let mut contexts: Vec<u32> =
        run.iter().map(|item| world.facts.way(&world.facts.accesses[item.place as usize]).context).collect();
    contexts.sort_unstable();
    contexts.dedup();
    contexts
}

/// The ids of a batch's named messages.
struct Texts {
    first: usize,
    /// Per mailbox: keys, sorted, and where each id ends in the mailbox's text.
    mailboxes: Vec<MailboxTexts>,
}

#[derive(Default)]
struct MailboxTexts {
    keys: Vec<PackedKey>,
    /// Start and end in `text`; equal while the id has not been seen.
    spans: Vec<(u32, u32)>,
    text: String,
}

impl MailboxTexts {
    fn get(&self, key: PackedKey) -> Option<&str> {
        let (start, end) = *self.spans.get(self.keys.binary_search(&key).ok()?)?;
        self.text.get(start as usize..end as usize).filter(|text| !text.is_empty())
    }

    /// Keeps the first id by text of each message: which spelling is printed does not depend on the order of rows. Says
    /// whether the id is the same message as one seen before under its key.
    fn keep(&mut self, key: PackedKey, id: &str, scratch: &mut [String; 2]) -> bool {
        let Ok(at) = self.keys.binary_search(&key) else { return true };
        let (start, end) = self.spans[at];
        let known = &self.text[start as usize..end as usize];
        if known == id {
            return true;
        }
        if !known.is_empty() {
            let [left, right] = scratch;
            digest::canonical_into(known, left);
            digest::canonical_into(id, right);
            if left != right {
                return false;
            }
            if known <= id {
                return true;
            }
        }
        let start = u32::try_from(self.text.len());
        self.text.push_str(id);
        // One mailbox's ids beyond 4 GiB are not printed; their keys are.
        if let (Ok(start), Ok(end)) = (start, u32::try_from(self.text.len())) {
            self.spans[at] = (start, end);
        }
        true
    }
}

impl Texts {
    fn read(folder: &Path, world: &World<'_>, batch: &Range<usize>) -> Result<Self, TimelineError> {
        let mailboxes: Vec<Mutex<MailboxTexts>> = batch
            .clone()
            .into_par_iter()
            .map(|mailbox| {
                let keys: Vec<PackedKey> =
                    crate::items::messages(world.items.of(mailbox)).map(|run| run[0].key).collect();
                Mutex::new(MailboxTexts { spans: vec![(0, 0); keys.len()], keys, text: String::new() })
            })
            .collect();
        let table = TableReader::open(folder, &ITEMS)?;
        (0..table.groups())
            .into_par_iter()
            .try_for_each(|group| keep_group(&table, group, world, batch.start, &mailboxes))?;
        let mailboxes = mailboxes.into_iter().map(|one| one.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(Self { first: batch.start, mailboxes: mailboxes.collect() })
    }

    fn get(&self, mailbox: usize, key: PackedKey) -> Option<&str> {
        self.mailboxes[mailbox - self.first].get(key)
    }
}

/// Keeps the ids of one row group that belong to a batch's mailboxes, the first of which is `first`.
fn keep_group(
    table: &TableReader,
    group: usize,
    world: &World<'_>,
    first: usize,
    mailboxes: &[Mutex<MailboxTexts>],
) -> Result<(), TimelineError> {
    let frame = table.read(group, &[schema::ACCESS_NO, schema::INTERNET_MESSAGE_ID])?;
    let (access, ids) = (large(&frame, schema::ACCESS_NO)?, text(&frame, schema::INTERNET_MESSAGE_ID)?);
    let mut scratch = [String::new(), String::new()];
    for (no, id) in access.iter().zip(ids.iter()) {
        let place = no.and_then(|no| usize::try_from(no).ok()).and_then(|no| world.facts.place.get(no));
        let (Some(place), Some(id)) = (place, id) else { continue };
        let access = &world.facts.accesses[*place as usize];
        let own = (access.mailbox as usize).checked_sub(first).and_then(|at| mailboxes.get(at));
        let Some(own) = own.filter(|_| access.flags.in_window()) else { continue };
        let key = pack(digest::message_key(id, &mut scratch[0]).0);
        if !own.lock().unwrap_or_else(PoisonError::into_inner).keep(key, id, &mut scratch) {
            return Err(TimelineError::KeyCollision { id: id.to_owned(), key: unpack(key) });
        }
    }
    Ok(())
}

fn cells<'r>(world: &World<'r>, texts: &'r Texts, mailbox: usize, row: &'r Row) -> Vec<Cell<'r>> {
    let listed = row.listed.as_ref().and_then(|listed| world.listed.row(listed));
    let id = texts.get(mailbox, row.key).or(listed.map(|row| row.internet_message_id));
    let at = |naming: Naming| UtcMicros(world.facts.accesses[naming.place as usize].created);
    let folder = |naming: Option<Naming>| Cell::maybe(naming.and_then(|one| folder_text(world, one)));
    let naming = row.named.suspect.or(row.named.span);
    let mut contexts: Vec<&str> =
        row.contexts.iter().take(CONTEXTS).map(|at| world.facts.contexts[*at as usize].id.as_str()).collect();
    if row.contexts.len() > CONTEXTS {
        contexts.push("…");
    }
    vec![
        Cell::text(world.facts.mailboxes[mailbox].key.as_str()),
        Cell::maybe(id),
        Cell::text(format!("{:032x}", unpack(row.key))),
        Cell::text(row.verdict.class.as_str()),
        codes(row.verdict.reasons),
        codes(row.verdict.near),
        Cell::Truth(row.named.listed),
        Cell::Time(row.named.received.map(UtcMicros)),
        Cell::Count(Some(row.named.accesses)),
        Cell::Time(row.named.span.map(|(first, _)| at(first))),
        Cell::Time(row.named.span.map(|(_, last)| at(last))),
        Cell::Time(row.named.suspect.map(|(first, _)| at(first))),
        Cell::Time(row.named.suspect.map(|(_, last)| at(last))),
        folder(naming.map(|(first, _)| first)),
        folder(naming.map(|(_, last)| last)),
        Cell::Text((!contexts.is_empty()).then(|| Cow::Owned(contexts.join(" ")))),
        Cell::Truth(row.named.service_only),
        Cell::Count(naming.map(|(first, _)| u64::from(world.facts.accesses[first.place as usize].no))),
        Cell::Text(listed.and_then(|row| row.subject).map(Cow::Borrowed)),
        Cell::Text(listed.and_then(|row| row.sender).map(Cow::Borrowed)),
        Cell::Count(listed.and_then(|row| row.size_bytes)),
        Cell::Count(listed.and_then(|row| row.attachments).map(u64::from)),
        Cell::Text(privilege(world, id, listed.as_ref())),
    ]
}

fn folder_text<'w>(world: &World<'w>, naming: Naming) -> Option<&'w str> {
    world.items.path_of(naming.folder).or_else(|| world.items.folders.get(naming.folder))
}

fn codes(set: Reasons) -> Cell<'static> {
    let codes: Vec<&str> = reasons(set).map(Reason::as_str).collect();
    Cell::Text((!codes.is_empty()).then(|| Cow::Owned(codes.join(" "))))
}

/// The matters a message may belong to, by the examiner's terms: candidates, never more.
fn privilege(
    world: &World<'_>,
    id: Option<&str>,
    listed: Option<&mailtrail_model::ListingRow<'_>>,
) -> Option<Cow<'static, str>> {
    let mut matters: Vec<&str> = Vec::new();
    for term in &world.case.privilege {
        let value = term.value.to_lowercase();
        let people = || {
            let texts = listed.map(|row| [row.sender, row.recipients]);
            texts.into_iter().flatten().flatten().map(str::to_lowercase)
        };
        let holds = match term.kind {
            PrivilegeKind::Address => {
                people().any(|text| text.split([' ', ';', ',', '<', '>']).any(|one| one == value))
            }
            PrivilegeKind::Domain => people().any(|text| {
                text.split([' ', ';', ',', '<', '>'])
                    .any(|one| one.rsplit_once('@').is_some_and(|(_, domain)| domain == value))
            }),
            PrivilegeKind::Subject => {
                listed.and_then(|row| row.subject).is_some_and(|subject| subject.to_lowercase().contains(&value))
            }
            PrivilegeKind::MessageId => {
                id.is_some_and(|id| MessageKey::canonical(id) == MessageKey::canonical(&term.value))
            }
        };
        if holds {
            matters.push(term.matter.as_deref().unwrap_or(term.kind.as_str()));
        }
    }
    matters.sort_unstable();
    matters.dedup();
    (!matters.is_empty()).then(|| Cow::Owned(matters.join("; ")))
}

/// The CSV's rows, class by class, each up to its share of the limit: written apart, then put together.
struct Strongest<'p> {
    path: &'p Path,
    parts: Vec<PathBuf>,
    csvs: Vec<BufCsv>,
}

struct BufCsv {
    out: csv::Writer<BufWriter<File>>,
    left: u64,
}

impl<'p> Strongest<'p> {
    fn create(path: &'p Path, counts: &Counts) -> Result<Self, TimelineError> {
        let mut left = CSV_ROWS;
        let mut strongest = Self { path, parts: Vec::new(), csvs: Vec::new() };
        for class in ExposureClass::ALL {
            let part = path.with_extension(format!("csv.{}.partial", class.as_str()));
            let file = File::create(&part).map_err(TimelineError::io(&part, "create"))?;
            let share = counts.class(class).min(left);
            left -= share;
            let out = csv::WriterBuilder::new().has_headers(false).from_writer(BufWriter::new(file));
            strongest.csvs.push(BufCsv { out, left: share });
            strongest.parts.push(part);
        }
        Ok(strongest)
    }

    /// Whether a row of a class still has its place.
    fn wants(&self, class: ExposureClass) -> bool {
        self.csvs[Self::place(class)].left > 0
    }

    fn place(class: ExposureClass) -> usize {
        ExposureClass::ALL.iter().position(|one| *one == class).unwrap_or_default()
    }

    /// Writes a row that is wanted.
    fn row(&mut self, class: ExposureClass, cells: &[Cell<'_>]) -> Result<(), TimelineError> {
        let at = Self::place(class);
        let csv = &mut self.csvs[at];
        csv.left = csv.left.saturating_sub(1);
        let part = &self.parts[at];
        crate::small::write_cells(part, &mut csv.out, cells)
    }

    fn end(self) -> Result<(), TimelineError> {
        Csv::create(self.path, &EXPOSURE)?.end()?;
        let whole = File::options().append(true).open(self.path).map_err(TimelineError::io(self.path, "open"))?;
        let mut whole = BufWriter::new(whole);
        for (part, csv) in self.parts.iter().zip(self.csvs) {
            let out = csv.out.into_inner().map_err(|e| TimelineError::io(part, "write")(e.into_error()))?;
            out.into_inner().map_err(|e| TimelineError::io(part, "write")(e.into_error()))?;
            let file = File::open(part).map_err(TimelineError::io(part, "open"))?;
            io::copy(&mut BufReader::new(file), &mut whole).map_err(TimelineError::io(self.path, "write"))?;
            std::fs::remove_file(part).map_err(TimelineError::io(part, "remove"))?;
        }
        whole.into_inner().map_err(|e| TimelineError::io(self.path, "write")(e.into_error()))?;
        Ok(())
    }
}
