//! Owns the fold: one reader thread, workers, turns. Sources in, whatever the sink makes of them out.
//!
//! Output does not depend on the number of threads: blocks are numbered by the reader, judged and written in that order.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use mailtrail_model::{ActivityCount, Finding, IssueCode, RecordSink, RowCounts, Rules, SourceId, SourceReceipt};

use crate::block::{Job, Pool};
use crate::completeness;
use crate::limits::Limits;
use crate::read::Feed;
use crate::receipt::LOSSY;
use crate::source::{Progress, SourceInput};
use crate::tally::{IssueTally, Tally};
use crate::turn::{LastWill, Stopped, Turnstile};
use crate::work::{self, Bench, Built};

/// How to read.
#[derive(Clone, Debug, PartialEq)]
pub struct IngestOptions {
    /// Workers beside the reader; at least one.
    pub threads: usize,
    /// Bytes of a block. 2 MiB was measured best: what a worker reads more than once stays near its core. 8 MiB cost 3 % more
    /// CPU time and 70 MiB more memory. Row groups do not depend on it: they are gathered over blocks.
    pub block_bytes: usize,
    /// What hostile input may cost.
    pub limits: Limits,
    /// At what numbers a source looks cut.
    pub rules: Rules,
}

impl Default for IngestOptions {
    fn default() -> Self {
        Self { threads: 2, block_bytes: 2 << 20, limits: Limits::default(), rules: Rules::default() }
    }
}

/// What was read, source by source.
#[derive(Debug, Default)]
pub struct IngestReport {
    /// One receipt a source, in source order; archive members follow their archive.
    pub receipts: Vec<SourceReceipt>,
    /// Rows by source, in source order; every source has an entry.
    pub counts: Vec<RowCounts>,
    /// Issues by code and source, rejected rows among them.
    pub issues: BTreeMap<(IssueCode, SourceId), IssueTally>,
    /// Every readable row's operation and hour.
    pub activity: Vec<ActivityCount>,
}

/// Why a run could not go on. A bad source or row is never a reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError<E> {
    /// The sink failed.
    #[error("the tables cannot be written")]
    Sink(#[source] E),
    /// The system gave no thread.
    #[error("no thread can be started; try fewer threads")]
    Thread(#[source] std::io::Error),
    /// A thread panicked: a bug.
    #[error("a worker stopped unexpectedly ({message}); please report this with the source's kind")]
    Panicked {
        /// What it said.
        message: String,
    },
}

/// Reads every source, in order, into the sink.
///
/// # Errors
/// If the sink fails, or the system gives no thread. A source that cannot be read has a receipt that says so.
pub fn ingest<S: RecordSink>(
    inputs: &[SourceInput],
    options: &IngestOptions,
    progress: &dyn Progress,
    sink: &S,
) -> Result<IngestReport, IngestError<S::Error>> {
    let threads = options.threads.max(1);
    let pool = Pool::new(options.block_bytes.max(1));
    let (jobs, blocks) = sync_channel::<Job>(1);
    let crew = Crew {
        options,
        progress,
        sink,
        pool: &pool,
        turnstiles: [Turnstile::default(), Turnstile::default()],
        tally: Mutex::new(Tally::default()),
        failure: Mutex::new(None),
    };
    let blocks = Arc::new(Mutex::new(blocks));
    let feed = Feed::new(options, progress, &pool, jobs);
    let receipts = std::thread::scope(|scope| {
        let mut workers = Vec::new();
        for number in 0..threads {
            let builder = std::thread::Builder::new().name(format!("ingest-{number}"));
            let (crew, blocks) = (&crew, Arc::clone(&blocks));
            workers.push(builder.spawn_scoped(scope, move || crew.work(&blocks)).map_err(IngestError::Thread)?);
        }
        // Only workers hold the receiving end now: once all have left, the reader's next block finds nobody and it stops.
        drop(blocks);
        // The caller's thread is the reader. When it is done or gives up, dropping `feed` ends the workers.
        let read = feed.run(inputs);
        // All are joined before any is reported: the scope itself panics over a panicked thread that nobody joined.
        let panics: Vec<_> = workers.into_iter().filter_map(|worker| worker.join().err()).collect();
        if let Some(panic) = panics.first() {
            return Err(IngestError::Panicked { message: said(&**panic) });
        }
        Ok(read)
    })?;
    if let Some(error) = crew.failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(IngestError::Sink(error));
    }
    let receipts = receipts.map_err(|_gone| IngestError::Panicked { message: "the workers left".to_owned() })?;
    Ok(report(receipts, &options.rules, crew.tally.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

/// What the workers share.
struct Crew<'c, S: RecordSink> {
    options: &'c IngestOptions,
    progress: &'c dyn Progress,
    sink: &'c S,
    pool: &'c Pool,
    /// Judging and appending, each in block order.
    turnstiles: [Turnstile; 2],
    tally: Mutex<Tally>,
    failure: Mutex<Option<S::Error>>,
}

impl<S: RecordSink> Crew<'_, S> {
    /// Works until no block is left or somebody failed.
    fn work(&self, blocks: &Mutex<Receiver<Job>>) {
        let mut bench = Bench::default();
        loop {
            let job = blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            let last_will = LastWill::new(&self.turnstiles);
            match self.block(&job, &mut bench) {
                Ok(()) => last_will.disarm(),
                Err(Halt::Stopped) => return,
                Err(Halt::Sink(error)) => {
                    self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    return;
                }
            }
            self.progress.rows(job.rows());
            self.pool.give_back(job.buffer);
            bench.clear();
        }
    }

    fn block(&self, job: &Job, bench: &mut Bench) -> Result<(), Halt<S::Error>> {
        let Built { block, evidence } = work::build(job, bench, &self.options.limits);
        let [judging, appending] = &self.turnstiles;
        let judged = judging.take(job.sequence, || self.sink.judge(&block))?.map_err(Halt::Sink)?;
        let encoded = self.sink.encode(&block, judged).map_err(Halt::Sink)?;
        appending
            .take(job.sequence, || {
                self.sink.append(&block, encoded)?;
                self.tally.lock().unwrap_or_else(PoisonError::into_inner).add(&block, evidence);
                Ok(())
            })?
            .map_err(Halt::Sink)
    }
}

/// Why a worker leaves.
enum Halt<E> {
    /// Another failed.
    Stopped,
    Sink(E),
}

impl<E> From<Stopped> for Halt<E> {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

fn report(mut receipts: Vec<SourceReceipt>, rules: &Rules, mut tally: Tally) -> IngestReport {
    let mut counts = Vec::with_capacity(receipts.len());
    for receipt in &mut receipts {
        if let Some(evidence) = tally.evidence.get(&receipt.id) {
            receipt.span = evidence.span();
            receipt.completeness.findings.extend(evidence.finish(rules));
            for lossy in receipt.completeness.findings.iter_mut().filter(|finding| finding.code == LOSSY) {
                lossy.ask = Some(evidence.whole_records());
            }
        }
        let none = RowCounts { source: receipt.id, read: 0, other_operation: 0, rejected: 0 };
        counts.push(tally.counts.get(&receipt.id).copied().unwrap_or(none));
    }
    note_missing_parts(&mut receipts);
    for receipt in &mut receipts {
        // Most serious first; the sort keeps the order within.
        receipt.completeness.findings.sort_by_key(|finding| !finding.incomplete);
    }
    let activity = tally.take_activity();
    IngestReport { receipts, counts, issues: tally.issues, activity }
}

/// Files of a numbered set that were not handed in.
fn note_missing_parts(receipts: &mut [SourceReceipt]) {
    let names: Vec<String> = receipts.iter().map(|receipt| receipt.name.clone()).collect();
    for (name, missing) in completeness::missing_parts(names.iter().map(String::as_str)) {
        let numbers: Vec<String> = missing.iter().map(u32::to_string).collect();
        let finding = Finding {
            code: "missing-parts".into(),
            evidence: format!("this is a part of a set of files, and part {} was not handed in", numbers.join(", ")),
            ask: Some("the missing parts".to_owned()),
            incomplete: true,
        };
        for receipt in receipts.iter_mut().filter(|receipt| receipt.name == name) {
            receipt.completeness.findings.push(finding.clone());
        }
    }
}
