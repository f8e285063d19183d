//! Owns what a worker does to a block: bytes become text, rows become outcomes, outcomes become a [`Block`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use bumpalo::Bump;
use mailtrail_model::{ActivityCount, Block, Issue, IssueCode, Locator, Rejected, RowCounts, SourceId, UtcMicros};

use crate::block::{Job, Piece, RowSpan, Shape};
use crate::completeness::Evidence;
use crate::container::Page;
use crate::cut::{Fault, csv, json};
use crate::limits::Limits;
use crate::row::{Notes, Outcome, OutcomeKind, Row, RowBody};

/// A block and what the run's account needs beside it.
pub(crate) struct Built<'a> {
    pub(crate) block: Block<'a>,
    /// What the rows say of each source's completeness, in source order.
    pub(crate) evidence: Vec<(SourceId, Evidence)>,
}

/// What a worker keeps from block to block, so that memory is asked for once.
#[derive(Default)]
pub(crate) struct Bench {
    arena: Bump,
}

impl Bench {
    /// Makes ready for the next block.
    pub(crate) fn clear(&mut self) {
        self.arena.reset();
    }
}

/// Reads every row of a job. What it returns borrows from the job's bytes and the worker's bench.
pub(crate) fn build<'a>(job: &'a Job, bench: &'a mut Bench, limits: &Limits) -> Built<'a> {
    let bytes = job.buffer.filled();
    let arena = &bench.arena;
    let text = simdutf8::basic::from_utf8(bytes).ok();
    let mut builder = Builder {
        bytes,
        text,
        arena,
        limits,
        block: Block::default(),
        evidence: Vec::new(),
        activity: BTreeMap::new(),
        notes: Notes::new(),
    };
    for piece in &job.pieces {
        builder.block.records.reserve(piece.rows.len().min(1 << 10));
        builder.open_counts(piece.source);
        piece.for_each_row(bytes, |span, locator| builder.row(piece, span, locator));
    }
    builder.finish()
}

struct Builder<'a, 'l> {
    bytes: &'a [u8],
    /// The whole block as text, if it is.
    text: Option<&'a str>,
    arena: &'a Bump,
    limits: &'l Limits,
    block: Block<'a>,
    /// One entry for each of `block.counts`.
    evidence: Vec<(SourceId, Evidence)>,
    activity: BTreeMap<(SourceId, &'a str, Option<UtcMicros>), u64>,
    notes: Notes,
}

impl<'a> Builder<'a, '_> {
    /// Pieces come in source order; those of one source share an entry.
    fn open_counts(&mut self, source: SourceId) {
        if self.block.counts.last().is_none_or(|counts| counts.source != source) {
            self.block.counts.push(RowCounts { source, read: 0, other_operation: 0, rejected: 0 });
            self.evidence.push((source, Evidence::default()));
        }
    }

    fn row(&mut self, piece: &Piece, span: RowSpan, locator: Locator) {
        let (start, end) = span.range();
        if let Some(counts) = self.block.counts.last_mut() {
            counts.read += 1;
        }
        let refused = match span.fault {
            Some(Fault::TooLong) => Some((
                IssueCode::RowTooLong,
                format!("{} bytes, the cap is {}", locator.byte_len, self.limits.row_bytes),
            )),
            Some(Fault::TooDeep) => Some((IssueCode::RowTooDeep, format!("the cap is {}", self.limits.depth))),
            Some(Fault::Quotes) => {
                Some((IssueCode::RowMalformed, "a quote does not close where a cell ends".to_owned()))
            }
            Some(Fault::Unfinished) | None => None,
        };
        if let Some((code, detail)) = refused {
            self.observe(Page::default(), &rejected(code, ""));
            return self.reject(locator, code, detail, &self.bytes[start..end]);
        }
        let (text, replaced) = self.text_of(piece, start, end);
        let (page, outcome) = match self.body(piece, span, text) {
            Ok(body) => {
                let row = Row { locator, body, replaced };
                (piece.reader.page(&row, self.arena), piece.reader.read(row, self.arena, &mut self.notes))
            }
            Err(complaint) => (Page::default(), rejected(IssueCode::RowMalformed, complaint)),
        };
        self.observe(page, &outcome);
        let mut outcome = outcome;
        if span.fault == Some(Fault::Unfinished) {
            self.note(&mut outcome, IssueCode::UnfinishedFile, "the file ends inside this row");
        }
        if replaced {
            self.note(&mut outcome, IssueCode::InvalidUtf8Replaced, "bytes that are no text stand as U+FFFD");
        }
        self.drain_notes(locator);
        self.sort_out(locator, outcome, text);
    }

    fn observe(&mut self, page: Page, outcome: &Outcome<'_>) {
        if let Some((_, evidence)) = self.evidence.last_mut() {
            evidence.observe(page, outcome);
        }
    }

    /// A row's text; bytes that are none are replaced.
    fn text_of(&self, piece: &Piece, start: usize, end: usize) -> (&'a str, bool) {
        // Row ends are ASCII, so slices of valid text are valid.
        if let Some(text) = self.text.and_then(|text| text.get(start..end)) {
            return (text, piece.replaced && text.contains('\u{fffd}'));
        }
        match simdutf8::basic::from_utf8(&self.bytes[start..end]) {
            Ok(text) => (text, piece.replaced && text.contains('\u{fffd}')),
            Err(_) => (self.arena.alloc_str(&String::from_utf8_lossy(&self.bytes[start..end])), true),
        }
    }

    fn body(&mut self, piece: &Piece, span: RowSpan, text: &'a str) -> Result<RowBody<'a>, &'static str> {
        match piece.shape {
            Shape::Json => Ok(RowBody::Json(text)),
            Shape::Xml => Ok(RowBody::Xml(text)),
            Shape::Csv { delimiter, columns } => {
                let split = csv::split(text, delimiter, columns, self.arena);
                match split.complaint {
                    Some(complaint) if span.fault.is_none() => Err(complaint),
                    _ => Ok(RowBody::Csv(split.cells)),
                }
            }
        }
    }

    /// What only the engine can see of a row; an access carries the code, too.
    fn note(&mut self, outcome: &mut Outcome<'a>, code: IssueCode, detail: &str) {
        self.notes.push((code, detail.to_owned()));
        if let OutcomeKind::Access(record) = &mut outcome.kind
            && let Err(at) = record.issues.binary_search(&code)
        {
            record.issues.insert(at, code);
        }
    }

    /// One issue a row and code, the first detail of each.
    fn drain_notes(&mut self, locator: Locator) {
        self.notes.sort_by_key(|(code, _)| *code);
        self.notes.dedup_by_key(|(code, _)| *code);
        self.block.issues.extend(self.notes.drain(..).map(|(code, detail)| Issue { code, locator, detail }));
    }

    fn sort_out(&mut self, locator: Locator, outcome: Outcome<'a>, text: &'a str) {
        if let OutcomeKind::Rejected { code, detail } = outcome.kind {
            let code = if self.too_deep(code, text) { IssueCode::RowTooDeep } else { code };
            return self.reject(locator, code, detail, text.as_bytes());
        }
        let key = (locator.source, outcome.operation.unwrap_or_default(), outcome.created.map(UtcMicros::hour));
        *self.activity.entry(key).or_default() += 1;
        let other = match outcome.kind {
            OutcomeKind::Access(record) => {
                self.block.records.push(record);
                return;
            }
            OutcomeKind::Related(event) => Some(event),
            OutcomeKind::Other | OutcomeKind::Rejected { .. } => None,
        };
        self.block.related.extend(other);
        if let Some(counts) = self.block.counts.last_mut() {
            counts.other_operation += 1;
        }
    }

    /// Whether a row was not readable because it nests too deep. Looked at only then: it costs a walk over the row.
    fn too_deep(&self, code: IssueCode, text: &str) -> bool {
        matches!(code, IssueCode::RowMalformed | IssueCode::BodyUnreadable)
            && json::deeper_than(text, self.limits.depth)
    }

    fn reject(&mut self, locator: Locator, code: IssueCode, detail: String, bytes: &'a [u8]) {
        if let Some(counts) = self.block.counts.last_mut() {
            counts.rejected += 1;
        }
        let kept = &bytes[..bytes.len().min(self.limits.quarantine_bytes)];
        self.block.rejected.push(Rejected { locator, code, detail, bytes: Cow::Borrowed(kept) });
    }

    fn finish(mut self) -> Built<'a> {
        self.block.activity = self
            .activity
            .into_iter()
            .map(|((source, operation, hour), rows)| ActivityCount { source, operation: operation.into(), hour, rows })
            .collect();
        Built { block: self.block, evidence: self.evidence }
    }
}

fn rejected(code: IssueCode, detail: &str) -> Outcome<'static> {
    Outcome { operation: None, created: None, kind: OutcomeKind::Rejected { code, detail: detail.to_owned() } }
}
