//! Owns what F05 shows: which application and client reached which mailbox, how much. Rows and columns beyond the limits are one each.

use std::collections::BTreeMap;

use mailtrail_model::{AccessContext, Attribution, MailboxKey, Timeline};

use crate::words;

use super::{CaseMarking, Door, Labels, label};

/// Applications and clients that are rows of their own.
const ROW_LIMIT: usize = 20;
/// Mailboxes that are columns of their own.
const COLUMN_LIMIT: usize = 32;

/// One application and client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachRow {
    /// The application's id; empty for the others together.
    pub app: String,
    /// Its application, or what stands in for it.
    pub label: String,
    /// Client family and what is said of it.
    pub second: String,
    /// What the examiner says of it.
    pub attribution: Attribution,
    /// Whether it is a background service.
    pub service: bool,
    /// Access contexts behind it.
    pub contexts: u64,
    /// One number a column.
    pub messages: Vec<u64>,
}

/// F05, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct ReachView {
    /// Whether anything is marked.
    pub marking: CaseMarking,
    /// Column heads: local parts, and `n others` last where there are more.
    pub columns: Vec<String>,
    /// Whole names, for the table.
    pub names: Vec<String>,
    /// Rows: marked first, then by size.
    pub rows: Vec<ReachRow>,
    /// Pairs of application and client.
    pub doors: u64,
    /// Mailboxes of the case.
    pub mailboxes: u64,
    /// Mailboxes any way in reached.
    pub reached_mailboxes: u64,
    /// Mailboxes any marked way in reached.
    pub marked_mailboxes: u64,
}

impl ReachView {
    /// Counts the distinct messages of each session by application, client and mailbox.
    #[must_use]
    pub fn of(timeline: &Timeline) -> Self {
        let contexts: BTreeMap<&str, &AccessContext> =
            timeline.contexts.iter().map(|context| (context.id.as_str(), context)).collect();
        let mut doors: BTreeMap<(&str, Attribution), Door> = BTreeMap::new();
        for session in &timeline.sessions {
            if let Some(context) = contexts.get(session.context.as_str()) {
                let key = (context.id.as_str(), session.attribution);
                doors.entry(key).or_insert_with(|| Door::of(context, session.attribution));
            }
        }
        let mut contexts: BTreeMap<&Door, u64> = BTreeMap::new();
        doors.values().for_each(|door| *contexts.entry(door).or_default() += 1);
        let mut counts: BTreeMap<(&Door, &MailboxKey), u64> = BTreeMap::new();
        let mut by_mailbox: BTreeMap<&MailboxKey, (u64, u64)> = BTreeMap::new();
        let mut by_door: BTreeMap<&Door, u64> = BTreeMap::new();
        for session in &timeline.sessions {
            let Some(door) = doors.get(&(session.context.as_str(), session.attribution)) else { continue };
            *counts.entry((door, &session.mailbox)).or_default() += session.messages;
            *by_door.entry(door).or_default() += session.messages;
            let entry = by_mailbox.entry(&session.mailbox).or_default();
            entry.1 += session.messages;
            if session.attribution > Attribution::Accepted {
                entry.0 += session.messages.max(1);
            }
        }
        let marked_mailboxes = by_mailbox.values().filter(|(marked, _)| *marked > 0).count() as u64;
        let reached_mailboxes = by_mailbox.len() as u64;
        let mut mailboxes: Vec<(&MailboxKey, (u64, u64))> = by_mailbox.into_iter().collect();
        mailboxes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let other_mailboxes: Vec<&MailboxKey> =
            mailboxes.split_off(mailboxes.len().min(COLUMN_LIMIT)).into_iter().map(|(key, _)| key).collect();
        let all_doors = by_door.len() as u64;
        let mut rows_of: Vec<(&Door, u64)> = by_door.into_iter().collect();
        rows_of.sort_by_key(|(door, size)| {
            let marked = door.attribution.max(Attribution::Accepted);
            (std::cmp::Reverse(marked), door.service, std::cmp::Reverse(*size), *door)
        });
        let others: Vec<&Door> =
            rows_of.split_off(rows_of.len().min(ROW_LIMIT)).into_iter().map(|(door, _)| door).collect();
        let numbers = |doors: &[&Door]| -> Vec<u64> {
            let of = |key: &MailboxKey| -> u64 {
                doors.iter().map(|door| counts.get(&(*door, key)).copied().unwrap_or(0)).sum()
            };
            let mut numbers: Vec<u64> = mailboxes.iter().map(|(key, _)| of(key)).collect();
            if !other_mailboxes.is_empty() {
                numbers.push(other_mailboxes.iter().map(|key| of(key)).sum());
            }
            numbers
        };
        let behind = |door: &Door| contexts.get(door).copied().unwrap_or(0);
        let mut rows: Vec<ReachRow> = rows_of
            .iter()
            .map(|(door, _)| ReachRow {
                app: door.app.clone().unwrap_or_default(),
                label: door.name().to_owned(),
                second: door.second(),
                attribution: door.attribution,
                service: door.service,
                contexts: behind(door),
                messages: numbers(&[door]),
            })
            .collect();
        if !others.is_empty() {
            rows.push(ReachRow {
                app: String::new(),
                label: words::count(others.len() as u64, "other application and client", "others together"),
                second: String::new(),
                attribution: others.iter().map(|door| door.attribution).max().unwrap_or(Attribution::Unattributed),
                service: false,
                contexts: others.iter().map(|door| behind(door)).sum(),
                messages: numbers(&others),
            });
        }
        let labels = Labels::of(&timeline.mailboxes);
        let mut names: Vec<String> = mailboxes.iter().map(|(key, _)| labels.name(key)).collect();
        let mut columns: Vec<String> = names.iter().map(|name| label::split(name).0).collect();
        if !other_mailboxes.is_empty() {
            let rest = words::count(other_mailboxes.len() as u64, "other", "others");
            columns.push(rest.clone());
            names.push(rest);
        }
        Self {
            marking: CaseMarking::of(timeline),
            columns,
            names,
            rows,
            doors: all_doors,
            mailboxes: words::len(&timeline.mailboxes),
            reached_mailboxes,
            marked_mailboxes,
        }
    }
}
