//! Owns what speaks for or against a source being whole: evidence gathered row by row, merged block by block, and judged once.
//!
//! A finding is never silent about its ground: it says the numbers, and what to ask the tenant for. Whether the declared query
//! range was met is judged where the case file is known; whether the file itself ends early is the engine's to say.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{AccessRecord, Finding, Interval, IssueCode, LogonType, MailAccessType, Rules, UtcMicros};

use crate::container::Page;
use crate::row::{Outcome, OutcomeKind};

/// Distinct search result sets that are told apart; a source with more is judged by these.
const RESULT_SETS: usize = 10_000;
/// Distinct users that are told apart.
const USERS: usize = 1_000;
/// Accesses below which an absence (of delegates, of Binds, of Syncs) says nothing.
const FEW: u64 = 20;

/// Evidence from the rows of one source. Merging in any order gives the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    rows: u64,
    rejected: u64,
    binds: u64,
    syncs: u64,
    other_accesses: u64,
    other_operations: u64,
    not_by_owner: u64,
    cut: u64,
    flattened: u64,
    lossy_rows: u64,
    no_answer: u64,
    users: BTreeSet<Box<str>>,
    sets: BTreeMap<i64, ResultSet>,
    hours: BTreeMap<i64, u64>,
    first: Option<UtcMicros>,
    last: Option<UtcMicros>,
}

/// Rows that state one ResultCount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ResultSet {
    rows: u64,
    highest: i64,
}

impl Evidence {
    /// Takes one row.
    pub(crate) fn observe(&mut self, page: Page, outcome: &Outcome<'_>) {
        self.rows += 1;
        if let Some(created) = outcome.created {
            *self.hours.entry(created.0.div_euclid(UtcMicros::HOUR)).or_default() += 1;
            self.first = Some(self.first.map_or(created, |first| first.min(created)));
            self.last = Some(self.last.map_or(created, |last| last.max(created)));
        }
        match &outcome.kind {
            OutcomeKind::Access(record) => self.access(record),
            OutcomeKind::Related(_) | OutcomeKind::Other => self.other_operations += 1,
            OutcomeKind::Rejected { .. } => self.rejected += 1,
        }
        self.page(page);
    }

    fn access(&mut self, record: &AccessRecord<'_>) {
        match record.access_type {
            MailAccessType::Bind => self.binds += 1,
            MailAccessType::Sync => self.syncs += 1,
            MailAccessType::Attachment | MailAccessType::Unknown => self.other_accesses += 1,
        }
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        let by_owner = matches!(record.logon_type, None | Some(LogonType::Owner))
            && match (&record.user_id, &record.mailbox_owner_upn) {
                (Some(user), Some(owner)) => same(user, owner),
                _ => true,
            };
        self.not_by_owner += u64::from(!by_owner);
        self.cut += u64::from(record.truncated);
        self.flattened += u64::from(record.issues.contains(&IssueCode::FlattenedByPowershell));
        self.lossy_rows += u64::from(record.issues.contains(&IssueCode::LossySource));
        if let Some(user) = &record.user_id
            && self.users.len() < USERS
        {
            let lower = user.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
            if !(lower && self.users.contains(user.as_ref())) {
                self.users.insert(user.to_lowercase().into());
            }
        }
    }

    fn page(&mut self, page: Page) {
        let (Some(index), Some(count)) = (page.result_index, page.result_count) else { return };
        if index < 0 || count <= 0 {
            self.no_answer += 1;
            return;
        }
        if self.sets.len() < RESULT_SETS || self.sets.contains_key(&count) {
            let set = self.sets.entry(count).or_default();
            set.rows += 1;
            set.highest = set.highest.max(index);
        }
    }

    /// Takes the evidence of another block of the source.
    pub(crate) fn merge(&mut self, other: Self) {
        let sum = |a: &mut u64, b: u64| *a += b;
        sum(&mut self.rows, other.rows);
        sum(&mut self.rejected, other.rejected);
        sum(&mut self.binds, other.binds);
        sum(&mut self.syncs, other.syncs);
        sum(&mut self.other_accesses, other.other_accesses);
        sum(&mut self.other_operations, other.other_operations);
        sum(&mut self.not_by_owner, other.not_by_owner);
        sum(&mut self.cut, other.cut);
        sum(&mut self.flattened, other.flattened);
        sum(&mut self.lossy_rows, other.lossy_rows);
        sum(&mut self.no_answer, other.no_answer);
        self.users.extend(other.users);
        for (count, set) in other.sets {
            let mine = self.sets.entry(count).or_default();
            mine.rows += set.rows;
            mine.highest = mine.highest.max(set.highest);
        }
        for (hour, rows) in other.hours {
            sum(self.hours.entry(hour).or_default(), rows);
        }
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
    }

    /// First and last record time, end exclusive.
    pub(crate) fn span(&self) -> Option<Interval> {
        Some(Interval { start: self.first?, end: self.last?.plus(1) })
    }

    /// Judges the evidence, most serious first.
    pub(crate) fn finish(&self, rules: &Rules) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.judge_row_count(rules, &mut findings);
        self.judge_result_sets(&mut findings);
        self.judge_bodies(&mut findings);
        self.judge_accesses(&mut findings);
        self.judge_silence(&mut findings);
        findings.sort_by_key(|finding| !finding.incomplete);
        findings
    }

    fn judge_row_count(&self, rules: &Rules, findings: &mut Vec<Finding>) {
        if rules.suspicious_row_counts.contains(&self.rows) {
            findings.push(Finding {
                code: "row-cap".into(),
                evidence: format!(
                    "exactly {} rows, a number at which exports are known to be cut",
                    thousands(self.rows)
                ),
                ask: Some(self.search("in shorter windows, each with fewer rows than the limit")),
                incomplete: true,
            });
        }
    }

    fn judge_result_sets(&self, findings: &mut Vec<Finding>) {
        let mut short: Vec<String> = Vec::new();
        let mut at_cap = 0u64;
        for (count, set) in &self.sets {
            at_cap += u64::from(*count >= 50_000);
            let whole = u64::try_from(*count).unwrap_or(u64::MAX);
            if set.highest < *count {
                short.push(format!("highest ResultIndex {} of ResultCount {count}", set.highest));
            } else if set.rows < whole {
                short.push(format!("{} rows of ResultCount {count}", set.rows));
            } else if set.rows % whole != 0 {
                short.push(format!("{} rows in sets of {count}", set.rows));
            }
        }
        if !short.is_empty() {
            let more = short.len().saturating_sub(3);
            short.truncate(3);
            let more = if more > 0 { format!(", and {more} more result sets") } else { String::new() };
            findings.push(Finding {
                code: "result-count".into(),
                evidence: format!("pages are missing or rows were taken out: {}{more}", short.join(", ")),
                ask: Some(self.search("every page of each result set, without filtering afterwards")),
                incomplete: true,
            });
        }
        if at_cap > 0 {
            findings.push(Finding {
                code: "result-cap".into(),
                evidence: format!(
                    "{at_cap} result sets state a ResultCount of 50,000 or more, the most a search returns"
                ),
                ask: Some(self.search("in shorter windows, each below 50,000 rows")),
                incomplete: true,
            });
        }
        if self.no_answer > 0 {
            findings.push(Finding {
                code: "search-failed".into(),
                evidence: format!(
                    "{} rows state ResultIndex -1 or ResultCount 0, the answer of a failed search",
                    self.no_answer
                ),
                ask: Some(self.search("again for the windows that failed")),
                incomplete: true,
            });
        }
    }

    fn judge_bodies(&self, findings: &mut Vec<Finding>) {
        let mut damaged = |code: &'static str, rows: u64, what: &str, how: &str| {
            if rows > 0 {
                findings.push(Finding {
                    code: code.into(),
                    evidence: format!("{} records {what}", thousands(rows)),
                    ask: Some(self.search(how)),
                    incomplete: true,
                });
            }
        };
        damaged(
            "cut-records",
            self.cut,
            "were cut (a spreadsheet or the old portal limits a cell)",
            "never opened in a spreadsheet",
        );
        damaged(
            "flattened-records",
            self.flattened,
            "lost nested values to PowerShell's depth",
            "with ConvertTo-Json -Depth 100",
        );
    }

    fn judge_accesses(&self, findings: &mut Vec<Finding>) {
        let accesses = self.binds + self.syncs + self.other_accesses;
        if self.syncs >= FEW / 4 && self.binds == 0 {
            findings.push(Finding {
                code: "syncs-without-binds".into(),
                evidence: format!(
                    "{} Syncs and no Bind: an export of record type ExchangeItem loses every Bind",
                    thousands(self.syncs)
                ),
                ask: Some(self.search("for every record type")),
                incomplete: true,
            });
        }
        if self.binds >= FEW && self.syncs == 0 {
            findings.push(Finding {
                code: "binds-without-syncs".into(),
                evidence: format!(
                    "{} Binds and no Sync: nobody used desktop Outlook, or the export took only record type \
                     ExchangeItemAggregated",
                    thousands(self.binds)
                ),
                ask: Some(self.search("for every record type")),
                incomplete: false,
            });
        }
        if accesses >= FEW && self.not_by_owner == 0 {
            findings.push(Finding {
                code: "only-owner".into(),
                evidence: format!(
                    "all {} accesses are by the mailboxes' owners ({} users): an export filtered by user loses delegates and \
                     applications of other accounts",
                    thousands(accesses),
                    self.users.len()
                ),
                ask: Some(self.search("for every user")),
                incomplete: self.users.len() == 1 && accesses >= 10 * FEW,
            });
        }
        if accesses >= FEW && self.other_operations == 0 {
            findings.push(Finding {
                code: "one-operation".into(),
                evidence: "the source holds accesses only: sign-ins, consents and rules around them are not in it"
                    .to_owned(),
                ask: Some(self.search("for every operation")),
                incomplete: false,
            });
        }
        if self.lossy_rows > 0 {
            findings.push(Finding {
                code: "derived-table".into(),
                evidence: format!(
                    "{} rows are a tool's reading of records, which name no mailbox",
                    thousands(self.lossy_rows)
                ),
                ask: Some(self.search("the records themselves")),
                incomplete: true,
            });
        }
    }

    /// Hours without any row where every other week (or, in a short source, every other day) has some.
    fn judge_silence(&self, findings: &mut Vec<Finding>) {
        let (Some(first), Some(last)) = (self.hours.keys().next(), self.hours.keys().next_back()) else { return };
        let (first, last) = (*first, *last);
        let mut longest: Option<(i64, i64)> = None;
        let mut silent = 0u64;
        let mut start = None;
        // The span is bounded by the data; a source with absurd times must not cost years of hours.
        let span = last.saturating_sub(first);
        if span > 24 * 366 * 3 {
            return;
        }
        for hour in first..=last {
            if !self.hours.contains_key(&hour) && self.is_busy_otherwise(hour, first, last) {
                start.get_or_insert(hour);
                continue;
            }
            if let Some(from) = start.take().filter(|from| hour - from >= 6) {
                silent += (hour - from).unsigned_abs();
                if longest.is_none_or(|(a, b)| hour - from > b - a) {
                    longest = Some((from, hour));
                }
            }
        }
        if let Some((from, to)) = longest {
            let at = |hour: i64| UtcMicros(hour * UtcMicros::HOUR).iso();
            findings.push(Finding {
                code: "silence".into(),
                evidence: format!(
                    "{silent} hours without a row where every other week or day has some, the longest from {} to {}",
                    at(from),
                    at(to)
                ),
                ask: Some(self.search("for these hours")),
                incomplete: true,
            });
        }
    }

    fn is_busy_otherwise(&self, hour: i64, first: i64, last: i64) -> bool {
        let step = if last - first >= 24 * 7 * 3 { 24 * 7 } else { 24 };
        let least = if step == 24 { 5 } else { 2 };
        let mut others = 0;
        let mut at = hour - (hour - first) / step * step;
        while at <= last {
            if at != hour {
                if !self.hours.contains_key(&at) {
                    return false;
                }
                others += 1;
            }
            at += step;
        }
        others >= least
    }

    /// What to ask for where the container cannot carry all of a record.
    pub(crate) fn whole_records(&self) -> String {
        self.search("as JSON, with the AuditData column")
    }

    /// The search to ask for, over the source's own span.
    fn search(&self, how: &str) -> String {
        let dates = match self.span() {
            Some(span) => {
                let day = |at: UtcMicros| at.to_datetime().format("%Y-%m-%d").to_string();
                format!(" -StartDate {} -EndDate {}", day(span.start), day(span.end.plus(UtcMicros::DAY)))
            }
            None => String::new(),
        };
        format!(
            "Search-UnifiedAuditLog{dates} -SessionCommand ReturnLargeSet -HighCompleteness (without -UserIds, -IPAddresses, \
             -FreeText, -RecordType), {how}"
        )
    }
}

/// Numbers missing from a set of files named `…-part1`, `…-part2`, …: (name of the set's last file, missing numbers).
pub(crate) fn missing_parts<'n>(names: impl Iterator<Item = &'n str>) -> Vec<(&'n str, Vec<u32>)> {
    let mut sets: BTreeMap<(&str, &str), BTreeMap<u32, &str>> = BTreeMap::new();
    for name in names {
        let Some((stem, rest)) = name.rsplit_once("-part") else { continue };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let Ok(number) = rest[..digits].parse::<u32>() {
            sets.entry((stem, &rest[digits..])).or_default().insert(number, name);
        }
    }
    let mut missing = Vec::new();
    for parts in sets.into_values() {
        let Some((last, name)) = parts.last_key_value() else { continue };
        // A set that starts at 0 or 1 is whole at its start. A far-fetched number is a name, not a count.
        let gaps: Vec<u32> = (1..*last).filter(|number| !parts.contains_key(number)).take(100).collect();
        if !gaps.is_empty() && *last < 100_000 {
            missing.push((*name, gaps));
        }
    }
    missing
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(hour: i64) -> Outcome<'static> {
        Outcome {
            operation: Some("Create"),
            created: Some(UtcMicros(hour * UtcMicros::HOUR)),
            kind: OutcomeKind::Other,
        }
    }

    fn codes(evidence: &Evidence) -> Vec<String> {
        evidence.finish(&Rules::default()).iter().map(|finding| finding.code.to_string()).collect()
    }

    fn page(index: i64, count: i64) -> Page {
        Page { result_index: Some(index), result_count: Some(count) }
    }

    #[test]
    fn fifty_thousand_rows_look_cut_and_fifty_thousand_and_one_do_not() {
        let mut evidence = Evidence::default();
        for _ in 0..50_000 {
            evidence.observe(Page::default(), &other(1));
        }
        let findings = evidence.finish(&Rules::default());
        assert_eq!(findings[0].code, "row-cap");
        assert!(findings[0].incomplete && findings[0].evidence.contains("50,000"));
        assert!(findings[0].ask.as_deref().unwrap().contains("without -UserIds"));
        evidence.observe(Page::default(), &other(1));
        assert!(codes(&evidence).is_empty());
    }

    #[test]
    fn result_indexes_prove_missing_pages() {
        let run = |pages: &[(i64, i64)]| {
            let mut evidence = Evidence::default();
            pages.iter().for_each(|(index, count)| evidence.observe(page(*index, *count), &other(1)));
            codes(&evidence)
        };
        assert!(run(&[(1, 3), (2, 3), (3, 3)]).is_empty());
        assert_eq!(run(&[(1, 3), (2, 3)]), ["result-count"]);
        assert_eq!(run(&[(1, 3), (3, 3)]), ["result-count"]);
        assert_eq!(run(&[(1, 2), (2, 2), (1, 2)]), ["result-count"], "a second set of two lacks a row");
        assert_eq!(run(&[(-1, 0)]), ["search-failed"]);
        assert!(run(&[(50_000, 50_000)]).contains(&"result-cap".to_owned()));
    }

    #[test]
    fn a_night_without_rows_in_a_busy_tenant_is_found_and_a_weekly_one_is_not() {
        let gap = |silent: &dyn Fn(i64) -> bool, hours: i64| {
            let mut evidence = Evidence::default();
            (0..hours).filter(|hour| !silent(*hour)).for_each(|hour| evidence.observe(Page::default(), &other(hour)));
            codes(&evidence)
        };
        assert_eq!(gap(&|hour| (100..110).contains(&hour), 24 * 10), ["silence"]);
        assert!(gap(&|hour| hour % 24 < 8, 24 * 10).is_empty(), "every night is silent");
        assert!(gap(&|hour| hour % 168 > 120, 24 * 40).is_empty(), "every weekend is silent");
        assert!(gap(&|hour| (100..104).contains(&hour), 24 * 10).is_empty(), "four hours are no finding");
    }

    #[test]
    fn merging_blocks_gives_what_one_block_gives() {
        let rows: Vec<_> = (0..500).map(|n| (page(n % 7 + 1, 7), other(n * 3 % 200))).collect();
        let mut whole = Evidence::default();
        rows.iter().for_each(|(page, outcome)| whole.observe(*page, outcome));
        let mut parts = Evidence::default();
        for chunk in rows.chunks(37) {
            let mut part = Evidence::default();
            chunk.iter().for_each(|(page, outcome)| part.observe(*page, outcome));
            parts.merge(part);
        }
        assert_eq!(whole, parts);
    }

    #[test]
    fn missing_parts_are_named() {
        let missing = |names: &[&'static str]| missing_parts(names.iter().copied());
        assert_eq!(missing(&["a-part1.json", "a-part2.json", "a-part4.json", "b.json"]), [("a-part4.json", vec![3])]);
        assert!(missing(&["a-part1.json", "a-part2.json", "b-part.json"]).is_empty());
        assert!(missing(&["a-part4000000000.json"]).is_empty());
    }
}
