//! Owns section 11: what the log cannot say. The first part is generated from the numbers of the case; the second holds for
//! every case, with its sources in docs/METHOD.md.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{CoverageState, IssueCode, Reason};

use crate::band;
use crate::words::{count, thousands, whole_hours};

use super::ReportInput;
use super::doc::{Basis, Block, Section, Statement};

/// What the log never records, whatever the sources. Microsoft Learn, "Use MailItemsAccessed to investigate compromised
/// accounts", and measurements in docs/METHOD.md.
const NEVER: [&str; 11] = [
    "Whether a person looked at a message. A record says that a program reached the message or synchronised its folder.",
    "What a message says, what is attached to it, and what was done with it afterwards.",
    "Which messages a Sync record covered: it names a folder and lists no items.",
    "The instant of an access to a single message: items are gathered for up to two minutes and carry no time or order of \
     their own.",
    "Repeats within about an hour: the same access is recorded once, so counts are lower bounds.",
    "Accesses by message of a mailbox that is throttled: Bind records stop for up to 24 hours, and Sync records still come.",
    "A sure difference between the owner and an application acting in the owner's name: both are logged as an owner logon. \
     This report tells them apart by user type and application id where the record states them.",
    "The synchronisation of new Outlook, mobile, IMAP and third-party clients as such: they appear as Bind records, so that \
     the classes for synchronised folders never apply to them.",
    "What another way carried out of the mailbox: forwarding, rules, searches and exports have records of their own.",
    "Which messages existed: a message that was deleted before a listing was made is in no total.",
    "Whether the export is whole: the service promises no time by which a record arrives, and exports are cut at known sizes.",
];

/// Section 11.
pub(super) fn section(input: &ReportInput<'_>) -> Section {
    Section::new("limits", "What the log cannot say")
        .with(Block::Heading("In this case"))
        .with(Block::Statements(of_case(input)))
        .with(Block::Heading("In any case"))
        .with(Block::Statements(NEVER.iter().map(|text| Statement::new(Basis::Known, *text)).collect()))
}

fn of_case(input: &ReportInput<'_>) -> Vec<Statement> {
    let mut out = hours_by_reason(input);
    let timeline = input.timeline;
    let issues = |codes: &[IssueCode]| -> u64 {
        timeline.issues.iter().filter(|(code, _)| codes.contains(code)).map(|(_, n)| n).sum()
    };
    let rejected = timeline.ledger.total(|row| row.rejected);
    let facts = [
        (
            rejected,
            "row could not be taken; what it holds is not in any count",
            "rows could not be taken; what they hold is not in any count",
        ),
        (
            issues(&[IssueCode::ThrottleNotStated]),
            "record does not say whether its mailbox was throttled",
            "records do not say whether their mailbox was throttled",
        ),
        (
            issues(&[IssueCode::ItemsUnnamed]),
            "record names items without message ids; they are in no count of messages",
            "records name items without message ids; they are in no count of messages",
        ),
        (
            issues(&[IssueCode::Truncated, IssueCode::OperationCountMismatch]),
            "record was cut or lists another number of items than it states; it may have named more",
            "records were cut or list another number of items than they state; they may have named more",
        ),
        (
            issues(&[IssueCode::AccessTypeUnknown]),
            "record tells neither Bind nor Sync; it is treated as a Sync",
            "records tell neither Bind nor Sync; they are treated as Syncs",
        ),
    ];
    out.extend(
        facts
            .into_iter()
            .filter(|(n, _, _)| *n > 0)
            .map(|(n, one, many)| Statement::new(Basis::Observed, format!("{}.", count(n, one, many))).see("issues")),
    );
    for source in &timeline.sources {
        if source.completeness.looks_incomplete() {
            let codes: Vec<&str> = source
                .completeness
                .findings
                .iter()
                .filter(|finding| finding.incomplete)
                .map(|finding| &*finding.code)
                .collect();
            out.push(
                Statement::new(
                    Basis::Inferred,
                    format!(
                        "Source {} looks incomplete ({}): what it lacks is in no count.",
                        source.id,
                        codes.join(", ")
                    ),
                )
                .see("findings"),
            );
        }
    }
    if out.is_empty() {
        out.push(Statement::new(Basis::Inferred, "The sources give no reason beyond those that hold in any case."));
    }
    out
}

/// One line a reason: hours and mailboxes whose coverage it weakens.
fn hours_by_reason(input: &ReportInput<'_>) -> Vec<Statement> {
    let timeline = input.timeline;
    if timeline.coverage.is_empty() {
        return vec![
            Statement::new(
                Basis::Inferred,
                "What the log could see was not computed: where no access is recorded, nothing follows from that.",
            )
            .see("coverage"),
        ];
    }
    let bands = band::bands(&timeline.coverage, timeline.window.span);
    let mut by_reason: BTreeMap<Reason, (i64, BTreeSet<&str>)> = BTreeMap::new();
    let mut unknown: (i64, BTreeSet<&str>) = Default::default();
    for (mailbox, spans) in &bands {
        for span in spans {
            let entry = match (span.state, span.state.and_then(CoverageState::reason)) {
                (None, _) => &mut unknown,
                (Some(_), Some(reason)) => by_reason.entry(reason).or_default(),
                (Some(_), None) => continue,
            };
            entry.0 += span.span.micros();
            entry.1.insert(mailbox.as_str());
        }
    }
    let line = |(micros, mailboxes): &(i64, BTreeSet<&str>), why: &str| {
        Statement::new(
            Basis::Inferred,
            format!(
                "For {} of {} the records do not allow a statement: {why}.",
                count(whole_hours(*micros), "hour", "hours"),
                count(mailboxes.len() as u64, "mailbox", "mailboxes"),
            ),
        )
        .see("coverage")
    };
    let mut out: Vec<Statement> = by_reason
        .iter()
        .map(|(reason, hours)| line(hours, &format!("{} ({})", reason.meaning(), reason.as_str())))
        .collect();
    if unknown.0 > 0 {
        out.push(line(&unknown, "nothing is stated about what the log could see"));
    }
    let unlisted = timeline.mailboxes.iter().filter(|mailbox| !bands.contains_key(&mailbox.key)).count() as u64;
    if unlisted > 0 {
        out.push(
            Statement::new(
                Basis::Inferred,
                format!(
                    "For {} it is not known what the log could see: {} no state.",
                    count(unlisted, "mailbox", "mailboxes"),
                    if unlisted == 1 { "it has" } else { "they have" }
                ),
            )
            .see("coverage"),
        );
    }
    if let Some(totals) = &timeline.exposure {
        let not_excluded: u64 = totals.by_reason.values().copied().max().unwrap_or(0);
        if not_excluded > 0 {
            out.push(
                Statement::new(
                    Basis::Inferred,
                    format!(
                        "At least {} messages are not excluded; the reasons are in section 7.",
                        thousands(not_excluded)
                    ),
                )
                .see("messages"),
            );
        }
    }
    out
}
