//! Owns the preservation request: what the tenant is to keep and to export, and how long the records still exist.
//!
//! Text only. What a source lacks is `ingest`'s finding; when a record expires is `Rules`'.

use std::fmt::Write;

use mailtrail_model::{Interval, Rules, SourceReceipt, UtcMicros};

use crate::terminal::thousands;

/// What a request is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// The span that is needed: the case window, else the span of the records seen.
    pub(crate) needed: Interval,
    /// Whether the span is the case's own.
    pub(crate) declared: bool,
    /// When the oldest needed record expires under standard retention.
    pub(crate) expires: UtcMicros,
    /// Until when records of the span are made: what is accessed last is recorded up to two minutes later.
    pub(crate) recorded_until: UtcMicros,
    /// Days retention takes, by the record's own date.
    pub(crate) retention_days: i64,
    /// Whole days from now until then; negative once it is past.
    pub(crate) days_left: i64,
    /// What each source lacks: its name, and what to ask for.
    pub(crate) asks: Vec<(String, String)>,
}

impl Request {
    /// `None` where no record has a time and no window is stated: there is no date to count from.
    pub(crate) fn of(
        window: Option<Interval>,
        receipts: &[SourceReceipt],
        rules: &Rules,
        now: UtcMicros,
    ) -> Option<Self> {
        let spans = || receipts.iter().filter_map(|receipt| receipt.span);
        let seen = || Some(Interval { start: spans().map(|s| s.start).min()?, end: spans().map(|s| s.end).max()? });
        let needed = window.or_else(seen)?;
        let expires = rules.expiry(needed.start);
        let asks = receipts.iter().flat_map(|receipt| {
            let wanted = receipt.completeness.findings.iter().filter(|finding| finding.incomplete);
            wanted.filter_map(|finding| Some((receipt.name.clone(), finding.ask.clone()?)))
        });
        let mut asks: Vec<_> = asks.collect();
        asks.dedup();
        Some(Self {
            needed,
            declared: window.is_some(),
            expires,
            recorded_until: needed.end.plus(rules.aggregation_minutes * UtcMicros::MINUTE),
            retention_days: (expires.0 - needed.start.0).div_euclid(UtcMicros::DAY),
            days_left: (expires.0 - now.0).div_euclid(UtcMicros::DAY),
            asks,
        })
    }

    /// One line for a terminal.
    pub(crate) fn line(&self) -> String {
        let day = day(self.expires);
        match self.days_left {
            left if left >= 0 => {
                format!("the oldest needed record expires on {day}: {} days left", thousands(abs(left)))
            }
            left => format!("the oldest needed record expired on {day}, {} days ago", thousands(abs(left))),
        }
    }

    /// The letter, ready to send. `now` is the day it is written.
    pub(crate) fn letter(&self, case_id: Option<&str>, now: UtcMicros) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        self.write(&mut out, case_id, now).unwrap_or_default();
        out
    }

    fn write(&self, out: &mut String, case_id: Option<&str>, now: UtcMicros) -> std::fmt::Result {
        let (from, to) = (self.needed.start.iso(), self.needed.end.iso());
        writeln!(out, "Request to preserve and export audit records of mailbox access")?;
        match case_id {
            Some(id) => writeln!(out, "Case {id}, {}\n", day(now))?,
            None => writeln!(out, "{}\n", day(now))?,
        }
        writeln!(out, "To the administrators of the Microsoft 365 tenant:\n")?;
        writeln!(out, "Please preserve the Unified Audit Log of the whole tenant")?;
        writeln!(out, "  from  {from}\n  to    {to} (UTC)")?;
        writeln!(out, "for every user, mailbox, application, address and operation, and export it as asked below.\n")?;
        writeln!(out, "How long the records exist")?;
        writeln!(
            out,
            "  Standard retention keeps a record of {} for {} days; {}.",
            day(self.needed.start),
            self.retention_days,
            self.line()
        )?;
        if self.days_left < 0 {
            writeln!(
                out,
                "  Records may still exist where a mailbox has premium audit (one year, or up to ten with the add-on) or a\n  retention policy, in a SIEM, in Defender, or in exports made earlier. Please look in all of them."
            )?;
        } else {
            writeln!(
                out,
                "  Premium audit keeps them a year or longer. Please extend retention before that date if you can, and export first."
            )?;
        }
        writeln!(
            out,
            "\nPlease export\n  1. Search-UnifiedAuditLog -StartDate {} -EndDate {} -SessionCommand ReturnLargeSet -HighCompleteness",
            day(self.needed.start),
            day(self.recorded_until.plus(UtcMicros::DAY - 1))
        )?;
        writeln!(
            out,
            "     without -UserIds, -IPAddresses, -FreeText, -RecordType or -Operations: a search by user leaves out delegates and\n     applications, a search by record type leaves out Sync or Bind. Use windows with fewer than 50,000 rows each,\n     every page of each, as JSON or CSV with the AuditData column, never opened in a spreadsheet."
        )?;
        for (at, (name, ask)) in self.asks.iter().enumerate() {
            writeln!(out, "  {}. in place of {name}: {ask}", at + 2)?;
        }
        writeln!(
            out,
            "\nPlease state with each file\n  the query's start and end (UTC), its filters, when and by whom it was exported, by which method, and how many rows the\n  service reported."
        )?;
        writeln!(
            out,
            "\nPlease send as well, as they are today\n  Get-Mailbox -ResultSize Unlimited: AuditEnabled, AuditOwner, AuditDelegate, AuditAdmin, DefaultAuditSet, RecipientTypeDetails\n  Get-MailboxAuditBypassAssociation -ResultSize Unlimited where AuditBypassEnabled is true\n  Get-OrganizationConfig: AuditDisabled\n  the audit licence of each mailbox, and the dates on which any of this was changed"
        )?;
        if !self.declared {
            writeln!(
                out,
                "\nNote: no case window was stated; the span above is that of the records seen. The period of interest may be longer."
            )?;
        }
        Ok(())
    }
}

fn day(at: UtcMicros) -> String {
    at.to_datetime().format("%Y-%m-%d").to_string()
}

fn abs(days: i64) -> u64 {
    days.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(now: UtcMicros) -> Request {
        let start = Rules::LONGER_RETENTION_FROM.plus(15 * UtcMicros::DAY);
        let window = Interval { start, end: start.plus(30 * UtcMicros::DAY) };
        Request::of(Some(window), &[], &Rules::default(), now).unwrap()
    }

    #[test]
    fn days_left_count_from_the_oldest_needed_record() {
        let start = request(UtcMicros(0)).needed.start;
        let before = request(start.plus(170 * UtcMicros::DAY));
        assert_eq!((before.days_left, before.line().contains("10 days left")), (10, true));
        let after = request(start.plus(181 * UtcMicros::DAY));
        assert_eq!((after.days_left, after.line().contains("1 days ago")), (-1, true), "{}", after.line());
    }

    #[test]
    fn the_letter_asks_for_everybody_and_names_the_case() {
        let request = request(UtcMicros(0));
        let letter = request.letter(Some("CASE-7"), UtcMicros(0));
        // The window ends at midnight of 1 December, what is accessed last is recorded after it.
        for part in [
            "Case CASE-7",
            "-EndDate 2023-12-02",
            "without -UserIds",
            "2023-11-01T00:00:00Z",
            "Get-MailboxAuditBypassAssociation",
        ] {
            assert!(letter.contains(part), "{part}: {letter}");
        }
    }

    #[test]
    fn without_a_record_and_a_window_there_is_no_date_to_count_from() {
        assert_eq!(Request::of(None, &[], &Rules::default(), UtcMicros(0)), None);
    }
}
