//! Owns what happened to each message of each mailbox in the suspect period: one class, every reason.
//!
//! Invariant: every message is in exactly one class; D is given only where nothing speaks against it, and nothing but a
//! reason that is missing can give it. A class follows from the mailbox's [`Scene`] and the message's own [`Named`] and
//! from nothing else, so a mailbox is classed on its own, in one walk over its sorted items and listing rows.

mod correspondents;
mod listed;
mod message;
mod paths;
mod read_back;
mod scene;
mod table;
mod totals;

use mailtrail_model::{Attribution, CaseInputs, Interval, RosterEntry};
use rayon::prelude::*;

use crate::{
    coverage::{Changes, Covered, SourceView},
    facts::Facts,
    items::{Item, Items, PackedKey},
    target::Target,
};

pub(crate) use listed::{Listed, ListedRow};
pub(crate) use message::{Named, Presumptions, Verdict};
pub(crate) use paths::open as open_paths;
pub use read_back::{ClassedMessage, read_classes};
pub(crate) use scene::Scene;
pub(crate) use table::{CSV_ROWS, EXPOSURE, EXPOSURE_FILES, write};
pub(crate) use totals::Totals;

/// Everything a mailbox is classed from, for all mailboxes.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    /// The accesses.
    pub(crate) facts: &'a Facts,
    /// Their items.
    pub(crate) items: &'a Items,
    /// The listings.
    pub(crate) listed: &'a Listed<'a>,
    /// What the examiner states.
    pub(crate) case: &'a CaseInputs,
    /// The roster, per mailbox.
    pub(crate) roster: &'a [Option<&'a RosterEntry>],
    /// What the audit log says about itself.
    pub(crate) changes: &'a Changes,
    /// The sources that cover something, with the rows of each that could not be read.
    pub(crate) sources: &'a [(SourceView, u64)],
    /// The case window.
    pub(crate) window: Interval,
}

/// What may differ between two classifications of one world.
#[derive(Clone, Copy)]
pub(crate) struct Assumptions<'a> {
    /// The suspect period.
    pub(crate) period: Interval,
    /// What each access counts as, by place.
    pub(crate) attribution: &'a [Attribution],
    /// What the log could see, per mailbox.
    pub(crate) covered: &'a [Covered],
    /// Other ways out that were open in the period.
    pub(crate) paths: &'a [(Target, Interval)],
}

/// Classes the messages of some mailboxes and counts them, one result a mailbox, in the order given.
pub(crate) fn count(world: &World<'_>, assumptions: &Assumptions<'_>, mailboxes: &[usize]) -> Vec<Totals> {
    mailboxes
        .par_iter()
        .map(|mailbox| {
            let scene = Scene::of(world, assumptions, *mailbox);
            let mut totals = Totals::default();
            each_message(world, *mailbox, |_, run, listed| {
                let named = Named::of(world, assumptions, &scene, run, listed);
                totals.add(&scene, &named, &world.case.policy);
            });
            totals.close(&scene);
            totals
        })
        .collect()
}

/// Whether a reason is in a set of them.
pub(crate) fn reason_is_in(set: u32, reason: mailtrail_model::Reason) -> bool {
    set & scene::bit(reason) != 0
}

/// Walks the messages of a mailbox in key order: those its records name and those its listings hold.
pub(crate) fn each_message(world: &World<'_>, mailbox: usize, mut visit: impl FnMut(PackedKey, &[Item], &[ListedRow])) {
    let mut runs = crate::items::messages(world.items.of(mailbox)).peekable();
    let mut rows = world.listed.of(mailbox).chunk_by(|a, b| a.key == b.key).peekable();
    loop {
        let next = match (runs.peek(), rows.peek()) {
            (None, None) => return,
            (Some(run), None) => run[0].key,
            (None, Some(rows)) => rows[0].key,
            (Some(run), Some(rows)) => run[0].key.min(rows[0].key),
        };
        let run = runs.next_if(|run| run[0].key == next).unwrap_or(&[]);
        let listed = rows.next_if(|rows| rows[0].key == next).unwrap_or(&[]);
        visit(next, run, listed);
    }
}

#[cfg(test)]
mod tests;
