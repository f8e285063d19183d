//! Owns the messages of a mailbox: when they arrived, who sent them, where they lie when.

use std::sync::Arc;

use crate::{
    folder::DefaultFolder,
    rng::{Rng, whole},
    second::Second,
    tenant::{Mailbox, Tenant},
};

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// `InternetMessageId`, with angle brackets.
    pub internet_message_id: Arc<str>,
    /// When it came to the mailbox (for a sent one: when it was sent).
    pub received: Second,
    /// The folder it came to.
    pub folder: usize,
    /// When it was filed elsewhere, and where.
    pub filed: Option<(Second, usize)>,
    /// When it was purged.
    pub purged: Option<Second>,
    /// Sender address.
    pub sender: Arc<str>,
    /// Subject.
    pub subject: String,
    /// Size.
    pub size_bytes: i64,
    /// Attachments.
    pub attachments: i64,
}

impl Message {
    /// The folder it lies in at a time.
    #[must_use]
    pub fn folder_at(&self, at: Second) -> usize {
        match self.filed {
            Some((when, folder)) if when <= at => folder,
            _ => self.folder,
        }
    }

    /// Whether it is in the mailbox at a time.
    #[must_use]
    pub fn is_there(&self, at: Second) -> bool {
        self.received <= at && self.purged.is_none_or(|when| at < when)
    }
}

const TOPICS: [&str; 24] = [
    "Quarterly forecast",
    "Supplier agreement",
    "Access review",
    "Travel request",
    "Board papers",
    "Pump test results",
    "Firewall change window",
    "Retention schedule",
    "Invoice 2023",
    "Recruiting update",
    "Incident drill",
    "Site visit",
    "Licence renewal",
    "Audit follow-up",
    "Press questions",
    "Budget 2024",
    "Calibration report",
    "Patent filing",
    "Penetration test findings",
    "Customer escalation",
    "Insurance cover",
    "Shift plan",
    "Training reminder",
    "Weekly digest",
];

const TAILS: [&str; 8] =
    ["", " – draft", " (final)", ": next steps", ": please review", " – minutes", "?", ": for Thursday"];

const OUTSIDE: [&str; 10] = [
    "north-pier-logistics.example",
    "calder-law.example",
    "alba-audit.example",
    "metrologie-lyon.example",
    "hafen-versicherung.example",
    "quill-news.example",
    "ferrocast.example",
    "orchard-travel.example",
    "tideline-consulting.example",
    "sentry-mssp.example",
];

/// All messages of a mailbox that arrive before `until`, oldest first: its backlog and what comes in after `from`.
#[must_use]
pub fn messages(tenant: &Tenant, mailbox: &Mailbox, from: Second, until: Second, seed: u64) -> Vec<Message> {
    let mut rng = Rng::stream(seed, "mail", mailbox.number);
    let mut messages: Vec<Message> = (0..mailbox.habits.backlog)
        .map(|_| {
            let received = from.plus(-rng.between(600, 400 * Second::DAY));
            message(tenant, mailbox, received, &mut rng)
        })
        .collect();
    let mut day = from.midnight();
    while day < until {
        let local_noon = mailbox.zone.to_local(day.plus(12 * Second::HOUR));
        let quiet = local_noon.weekday() >= 5 || mailbox.zone.is_holiday(local_noon);
        let mean = mailbox.habits.mail_a_day * if quiet { 0.25 } else { 1.0 } * rng.lognormal(mailbox.habits.day_sigma);
        for _ in 0..rng.poisson(mean) {
            // Mail comes at all hours, most of it in the day of the reader.
            let local = if rng.chance(0.8) { rng.between(7 * 3_600, 19 * 3_600) } else { rng.between(0, 86_399) };
            let received = mailbox.zone.to_utc(local_noon.midnight().plus(local));
            if from <= received && received < until {
                messages.push(message(tenant, mailbox, received, &mut rng));
            }
        }
        day = day.plus(Second::DAY);
    }
    messages.sort_by(|a, b| (a.received, &a.internet_message_id).cmp(&(b.received, &b.internet_message_id)));
    messages
}

fn message(tenant: &Tenant, mailbox: &Mailbox, received: Second, rng: &mut Rng) -> Message {
    let own = rng.chance(0.18);
    let inside = own || rng.chance(0.45);
    let sender: Arc<str> = if own {
        mailbox.upn.clone()
    } else if inside {
        rng.pick(&tenant.mailboxes).upn.clone()
    } else {
        format!(
            "{}@{}",
            rng.pick(&["info", "m.ortega", "j.falk", "accounts", "no-reply", "d.amari"]),
            rng.pick(&OUTSIDE)
        )
        .into()
    };
    let domain = sender.rsplit('@').next().unwrap_or_default();
    // The sender's system makes the id, so they come in several styles.
    let internet_message_id = match rng.below(10) {
        _ if inside => {
            let server = rng.pick(&tenant.servers);
            format!("<{}{}@{server}.{}>", server, rng.hex(24).to_uppercase(), tenant.prod_domain)
        }
        0..=4 => format!(
            "<{}.{}.{}@{domain}>",
            received.iso().replace(['-', ':', 'T'], ""),
            rng.below(9) + 1,
            rng.hex(12).to_uppercase()
        ),
        5..=7 => format!("<CA{}@mail.{domain}>", rng.hex(20)),
        _ => format!("<{}@{domain}>", rng.guid()),
    };
    let folders = &mailbox.folders;
    let arrives = if own {
        DefaultFolder::Sent.index()
    } else if rng.chance(0.03) {
        DefaultFolder::Junk.index()
    } else {
        DefaultFolder::Inbox.index()
    };
    let filed = if own || folders.own().is_empty() {
        None
    } else if rng.chance(mailbox.habits.filing) {
        Some((
            received.plus(rng.between(Second::HOUR, 6 * Second::DAY)),
            folders.own().start + rng.index(folders.own().len()),
        ))
    } else if rng.chance(0.08) {
        Some((received.plus(rng.between(Second::HOUR, 3 * Second::DAY)), DefaultFolder::Deleted.index()))
    } else {
        None
    };
    let purged = match filed {
        Some((when, folder))
            if mailbox.habits.purges && folder == DefaultFolder::Deleted.index() && rng.chance(0.4) =>
        {
            Some(when.plus(rng.between(Second::DAY, 20 * Second::DAY)))
        }
        _ => None,
    };
    let attachments = if rng.chance(0.25) { rng.between(1, 4) } else { 0 };
    let size_bytes = whole(22_000.0 * rng.lognormal(0.7)) + attachments * whole(180_000.0 * rng.lognormal(0.9));
    Message {
        internet_message_id: internet_message_id.into(),
        received,
        folder: arrives,
        filed,
        purged,
        sender,
        subject: format!("{}{}", rng.pick(&TOPICS), rng.pick(&TAILS)),
        size_bytes,
        attachments,
    }
}

#[cfg(test)]
mod tests {
    use super::messages;
    use crate::{second::Date, tenant::Tenant};

    #[test]
    fn mail_is_sorted_and_ids_differ() {
        let tenant = Tenant::invented(3, 5);
        let (from, until) = (Date::new(2023, 11, 1).midnight(), Date::new(2023, 12, 1).midnight());
        let mail = messages(&tenant, &tenant.mailboxes[0], from, until, 5);
        assert!(mail.is_sorted_by_key(|m| m.received) && mail.len() > 50);
        let mut ids: Vec<_> = mail.iter().map(|m| m.internet_message_id.clone()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), mail.len());
        assert!(mail.iter().all(|m| m.received < until && m.size_bytes > 0));
    }

    #[test]
    fn filed_mail_lies_elsewhere_afterwards() {
        let tenant = Tenant::invented(3, 5);
        let (from, until) = (Date::new(2023, 11, 1).midnight(), Date::new(2023, 12, 1).midnight());
        let mail = messages(&tenant, &tenant.mailboxes[0], from, until, 5);
        let moved = mail.iter().find(|m| m.filed.is_some()).unwrap();
        let (when, to) = moved.filed.unwrap();
        assert_ne!(moved.folder_at(when.plus(-1)), moved.folder_at(when));
        assert_eq!(moved.folder_at(when), to);
    }
}
