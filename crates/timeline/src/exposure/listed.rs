//! Owns the join of listings to mailboxes and messages: which rows are about which message of which mailbox.

use std::collections::BTreeMap;

use mailtrail_model::{CaseInputs, InputWarning, ListingKind, ListingRow, MailboxName, RosterEntry, UtcMicros};
use rayon::prelude::*;

use crate::{
    digest,
    facts::{Facts, Mailbox},
    items::{PackedKey, pack},
};

/// One row of one listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListedRow {
    /// The message.
    pub(crate) key: PackedKey,
    /// Which listing.
    pub(crate) listing: u32,
    /// Which row of it.
    pub(crate) row: u32,
}

/// What the listings say of a mailbox as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListingFacts {
    /// Some listing names the mailbox.
    pub(crate) any: bool,
    /// The youngest moment a listing of it shows; `None` where no listing of it is dated.
    pub(crate) as_of: Option<UtcMicros>,
    /// Rows of listings that show what the mailbox holds, by folder as spelled there; rows without message id included.
    pub(crate) held_by_folder: BTreeMap<String, u64>,
    /// Rows without a message id.
    pub(crate) without_id: u64,
    /// Messages that were delivered, by a trace, and that no listing of the mailbox holds.
    pub(crate) delivered_only: bool,
}

/// The rows of every listing, sorted by (mailbox, message).
#[derive(Debug)]
pub(crate) struct Listed<'a> {
    case: &'a CaseInputs,
    rows: Vec<ListedRow>,
    starts: Vec<usize>,
    facts: Vec<ListingFacts>,
    /// Names no mailbox of the case has.
    pub(crate) warnings: Vec<InputWarning>,
}

impl<'a> Listed<'a> {
    /// Joins the listings of a case to its mailboxes.
    pub(crate) fn new(facts: &Facts, case: &'a CaseInputs, roster: &[Option<&RosterEntry>]) -> Self {
        let mailboxes = facts.mailboxes.len();
        let mut all: Vec<Vec<ListedRow>> = vec![Vec::new(); mailboxes];
        let mut found = vec![ListingFacts::default(); mailboxes];
        let mut warnings = Vec::new();
        let mut scratch = String::new();
        for (number, listing) in (0u32..).zip(&case.listings) {
            let mut names: BTreeMap<&str, Option<usize>> = BTreeMap::new();
            for (at, row) in (0u32..).zip(listing.rows()) {
                let known = names.entry(row.mailbox).or_insert_with(|| {
                    let mailbox = resolve(row.mailbox, facts, roster);
                    if mailbox.is_none() {
                        let place = listing.place(at as usize);
                        let detail = format!("{} is no mailbox of the case; its rows are left out", row.mailbox);
                        warnings.push(InputWarning { place, detail });
                    }
                    mailbox
                });
                let Some(mailbox) = *known else { continue };
                let key = pack(digest::message_key(row.internet_message_id, &mut scratch).0);
                all[mailbox].push(ListedRow { key, listing: number, row: at });
                let facts = &mut found[mailbox];
                facts.any = true;
                facts.as_of = facts.as_of.max(listing.as_of);
                if listing.kind == ListingKind::Held {
                    *facts.held_by_folder.entry(folder_name(row.folder)).or_default() += 1;
                }
            }
            for (name, folder, rows) in listing.without_id() {
                let Some(mailbox) = resolve(name, facts, roster) else { continue };
                found[mailbox].any = true;
                found[mailbox].as_of = found[mailbox].as_of.max(listing.as_of);
                found[mailbox].without_id += rows;
                if listing.kind == ListingKind::Held {
                    *found[mailbox].held_by_folder.entry(folder_name(folder)).or_default() += rows;
                }
            }
        }
        all.par_iter_mut().for_each(|rows| rows.sort_unstable());
        for (rows, facts) in all.iter().zip(&mut found) {
            let held = |row: &ListedRow| case.listings[row.listing as usize].kind == ListingKind::Held;
            let shown = !facts.held_by_folder.is_empty();
            facts.delivered_only = shown && rows.chunk_by(|a, b| a.key == b.key).any(|run| !run.iter().any(held));
        }
        let mut starts = vec![0];
        for rows in &all {
            starts.push(starts[starts.len() - 1] + rows.len());
        }
        Self { case, rows: all.into_iter().flatten().collect(), starts, facts: found, warnings }
    }

    /// The rows of a mailbox, by message.
    pub(crate) fn of(&self, mailbox: usize) -> &[ListedRow] {
        &self.rows[self.starts[mailbox]..self.starts[mailbox + 1]]
    }

    /// What the listings say of a mailbox as a whole.
    pub(crate) fn facts(&self, mailbox: usize) -> &ListingFacts {
        &self.facts[mailbox]
    }

    /// The row as the listing has it.
    pub(crate) fn row(&self, listed: &ListedRow) -> Option<ListingRow<'a>> {
        self.case.listings[listed.listing as usize].row(listed.row as usize)
    }

    /// The earliest receipt of a message; `None` where some row does not state it: unknown counts as present.
    pub(crate) fn received(&self, rows: &[ListedRow]) -> Option<i64> {
        let mut earliest = None;
        for row in rows {
            let received = self.row(row)?.received?.0;
            earliest = Some(earliest.map_or(received, |known: i64| known.min(received)));
        }
        earliest
    }
}

/// A folder path without its case and with one kind of separator, so that statistics and listings can meet.
pub(crate) fn folder_name(folder: Option<&str>) -> String {
    folder.unwrap_or("").replace('\\', "/").trim_matches('/').to_lowercase()
}

/// The mailbox a listing means. An archive shares its owner's UPN: of several the one with most records is meant.
fn resolve(text: &str, facts: &Facts, roster: &[Option<&RosterEntry>]) -> Option<usize> {
    let name = MailboxName::parse(text)?;
    let known_as = |at: usize, mailbox: &Mailbox| {
        name.means(&mailbox.key, mailbox.upn())
            || roster[at].is_some_and(|entry| {
                entry.upn.as_ref() == Some(&name)
                    || entry.mailbox_guid.as_ref() == Some(&name)
                    || entry.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(text))
            })
    };
    let meant = facts.mailboxes.iter().enumerate().filter(|(at, mailbox)| known_as(*at, mailbox)).map(|(at, _)| at);
    meant.max_by_key(|at| (facts.of(*at).len(), std::cmp::Reverse(*at)))
}
