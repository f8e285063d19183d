//! Owns scoring classes against the truth: what of the intruder's messages is D, what of the others is resolved.
//!
//! *Accessed* is every message the intruder opened, whatever the log shows of it, and every message that lay in a folder when
//! the intruder synchronised it.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{ExposureClass, MailboxKey, MessageKey};
use mailtrail_timeline::ClassedMessage;

use super::stats::Proportion;
use crate::{
    touch::{Actor, Target},
    world::{Life, World},
};

/// Classes of some mailboxes against the truth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassScore {
    /// Messages the intruder accessed, by class.
    pub accessed: BTreeMap<ExposureClass, u64>,
    /// Messages the intruder did not access and a listing holds, by class.
    pub others: BTreeMap<ExposureClass, u64>,
    /// Of those, in mailboxes without a suspect Sync, throttling or deletions: resolved as D.
    pub resolved: (u64, u64),
    /// Messages the intruder accessed that no row of the account names: purged before anything was listed, and not recorded.
    pub unseen: u64,
    /// The first false D, for whoever looks into it.
    pub examples: Vec<String>,
}

impl ClassScore {
    /// Messages the intruder accessed that are D.
    #[must_use]
    pub fn false_d(&self) -> u64 {
        [ExposureClass::D1, ExposureClass::D0].iter().filter_map(|class| self.accessed.get(class)).sum()
    }

    /// Share resolved.
    #[must_use]
    pub fn resolved(&self) -> Proportion {
        Proportion { hits: self.resolved.0, of: self.resolved.1 }
    }

    /// Messages in some classes among the accessed, of all accessed.
    #[must_use]
    pub fn share(&self, classes: &[ExposureClass]) -> Proportion {
        let hits = classes.iter().filter_map(|class| self.accessed.get(class)).sum();
        Proportion { hits, of: self.accessed.values().sum::<u64>() + self.unseen }
    }

    /// Messages nobody accessed that would be notified with the accessed ones if everything in these classes were.
    #[must_use]
    pub fn over_notified(&self, classes: &[ExposureClass]) -> u64 {
        classes.iter().filter_map(|class| self.others.get(class)).sum()
    }

    /// Adds another score.
    pub fn add(&mut self, other: &Self) {
        for (into, from) in [(&mut self.accessed, &other.accessed), (&mut self.others, &other.others)] {
            for (class, count) in from {
                *into.entry(*class).or_default() += count;
            }
        }
        self.resolved = (self.resolved.0 + other.resolved.0, self.resolved.1 + other.resolved.1);
        self.unseen += other.unseen;
        let room = 5_usize.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.iter().take(room).cloned());
    }
}

/// Scores every mailbox of a world: one entry a mailbox, by its number.
pub(super) fn score(world: &World, classes: &[ClassedMessage]) -> Vec<ClassScore> {
    let organization = &*world.tenant.organization_id;
    let keys: BTreeMap<MailboxKey, usize> = world
        .tenant
        .mailboxes
        .iter()
        .enumerate()
        .filter_map(|(index, mailbox)| Some((MailboxKey::of(Some(organization), Some(&mailbox.guid), None)?, index)))
        .collect();
    // A mailbox that only a listing names has no GUID.
    let upns: BTreeMap<String, usize> =
        world.tenant.mailboxes.iter().enumerate().map(|(index, m)| (format!("upn:{}", m.upn), index)).collect();
    let mut rows: Vec<Vec<&ClassedMessage>> = vec![Vec::new(); world.lives.len()];
    for row in classes {
        if let Some(index) = keys.get(&row.mailbox).or_else(|| upns.get(row.mailbox.as_str())) {
            rows[*index].push(row);
        }
    }
    world.lives.iter().zip(rows).enumerate().map(|(index, (life, rows))| one(world, index, life, &rows)).collect()
}

/// The messages the intruder accessed, by place in the mailbox.
pub(super) fn accessed(life: &Life) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    for touch in life.touches.iter().filter(|touch| touch.who == Actor::Intruder) {
        match touch.target {
            Target::Message(message) => {
                out.insert(message);
            }
            Target::Folder(folder) => {
                let lay =
                    |(_, m): &(usize, &crate::mail::Message)| m.is_there(touch.at) && m.folder_at(touch.at) == folder;
                out.extend(life.messages.iter().enumerate().filter(lay).map(|(index, _)| index));
            }
        }
    }
    out
}

fn one(world: &World, index: usize, life: &Life, rows: &[&ClassedMessage]) -> ClassScore {
    let accessed = accessed(life);
    let by_id: BTreeMap<String, usize> =
        life.messages.iter().enumerate().map(|(at, m)| (MessageKey::canonical(&m.internet_message_id), at)).collect();
    let synced = life.touches.iter().any(|t| t.who == Actor::Intruder && matches!(t.target, Target::Folder(_)));
    let deleted = life.messages.iter().any(|message| message.purged.is_some_and(|at| at < world.horizon.until));
    let clear = !synced && !deleted && life.log.blind.is_empty();
    let mut score = ClassScore::default();
    let mut seen = BTreeSet::new();
    for row in rows {
        let place = row.internet_message_id.as_deref().and_then(|id| by_id.get(&MessageKey::canonical(id)).copied());
        let d = matches!(row.class, ExposureClass::D0 | ExposureClass::D1);
        match place {
            Some(place) if accessed.contains(&place) => {
                seen.insert(place);
                *score.accessed.entry(row.class).or_default() += 1;
                if d {
                    score.examples.push(format!(
                        "seed {}, {}, {}",
                        world.horizon.seed, world.tenant.mailboxes[index].upn, life.messages[place].internet_message_id
                    ));
                }
            }
            _ if row.listed => {
                *score.others.entry(row.class).or_default() += 1;
                if clear {
                    score.resolved = (score.resolved.0 + u64::from(d), score.resolved.1 + 1);
                }
            }
            _ => {}
        }
    }
    score.unseen = u64::try_from(accessed.len() - seen.len()).unwrap_or(0);
    score
}
