//! Owns what F05 shows: which way in reached which mailbox, how much. Rows and columns beyond the limits are one each.

use std::collections::BTreeMap;

use mailtrail_model::{AccessContext, Attribution, MailboxKey, Timeline};

use crate::escape;
use crate::words;

use super::{CaseMarking, Labels, label};

/// Ways in that are rows of their own.
const ROW_LIMIT: usize = 20;
/// Mailboxes that are columns of their own.
const COLUMN_LIMIT: usize = 32;

/// One way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachRow {
    /// Its id; `None` for the others together.
    pub context: Option<String>,
    /// Its application, or what stands in for it.
    pub label: String,
    /// Client family and what is said of it.
    pub second: String,
    /// What the examiner says of it.
    pub attribution: Attribution,
    /// Whether it is a background service.
    pub service: bool,
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
    /// Ways in of the case.
    pub contexts: u64,
    /// Mailboxes of the case.
    pub mailboxes: u64,
    /// Mailboxes any way in reached.
    pub reached_mailboxes: u64,
    /// Mailboxes any marked way in reached.
    pub marked_mailboxes: u64,
}

impl ReachView {
    /// Counts the distinct messages of each session by way in and mailbox.
    #[must_use]
    pub fn of(timeline: &Timeline) -> Self {
        let mut counts: BTreeMap<(&str, &MailboxKey), u64> = BTreeMap::new();
        let mut by_mailbox: BTreeMap<&MailboxKey, (u64, u64)> = BTreeMap::new();
        let mut by_context: BTreeMap<&str, u64> = BTreeMap::new();
        for session in &timeline.sessions {
            *counts.entry((&session.context, &session.mailbox)).or_default() += session.messages;
            *by_context.entry(&session.context).or_default() += session.messages;
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
        let mut contexts: Vec<&AccessContext> =
            timeline.contexts.iter().filter(|context| by_context.contains_key(context.id.as_str())).collect();
        contexts.sort_by_key(|context| {
            let marked = context.attribution.max(Attribution::Accepted);
            let size = by_context.get(context.id.as_str()).copied().unwrap_or(0);
            (std::cmp::Reverse(marked), context.service, std::cmp::Reverse(size), context.id.as_str())
        });
        let others = contexts.split_off(contexts.len().min(ROW_LIMIT));
        let numbers = |ids: &[&str]| -> Vec<u64> {
            let of =
                |key: &MailboxKey| -> u64 { ids.iter().map(|id| counts.get(&(*id, key)).copied().unwrap_or(0)).sum() };
            let mut numbers: Vec<u64> = mailboxes.iter().map(|(key, _)| of(key)).collect();
            if !other_mailboxes.is_empty() {
                numbers.push(other_mailboxes.iter().map(|key| of(key)).sum());
            }
            numbers
        };
        let mut rows: Vec<ReachRow> = contexts.iter().map(|context| row(context, numbers(&[&context.id]))).collect();
        if !others.is_empty() {
            let ids: Vec<&str> = others.iter().map(|context| context.id.as_str()).collect();
            rows.push(ReachRow {
                context: None,
                label: words::count(ids.len() as u64, "other way in", "other ways in"),
                second: String::new(),
                attribution: others
                    .iter()
                    .map(|context| context.attribution)
                    .max()
                    .unwrap_or(Attribution::Unattributed),
                service: false,
                messages: numbers(&ids),
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
            contexts: words::len(&timeline.contexts),
            mailboxes: words::len(&timeline.mailboxes),
            reached_mailboxes,
            marked_mailboxes,
        }
    }
}

fn row(context: &AccessContext, messages: Vec<u64>) -> ReachRow {
    let said = if context.service && context.attribution <= Attribution::Accepted {
        "background service"
    } else {
        context.attribution.as_str()
    };
    let mut second = format!("{} · {said}", context.client_family);
    if context.app_only {
        second.push_str(" · application");
    }
    ReachRow {
        context: Some(context.id.clone()),
        label: escape::visible(context.effective_app.as_deref().unwrap_or("application not stated")),
        second: escape::visible(&second),
        attribution: context.attribution,
        service: context.service,
        messages,
    }
}
