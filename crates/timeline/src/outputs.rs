//! Owns the small tables people open: sessions, contexts, coverage, mailboxes, sources, bursts. Names are docs/TABLES.md's.

use std::path::Path;

use mailtrail_model::{
    AccessContext, AccessSession, AddressSummary, Coverage, Interval, JoinedSignIn, LedgerRow, MailboxSummary,
    SourceReceipt, Timeline, UtcMicros,
};

use crate::{
    TimelineError,
    bursts::{self, BURSTS},
    exposure::EXPOSURE_FILES,
    schema::{Kind, Table},
    small::{self, Cell},
};

/// Writes every small table of a timeline.
pub(crate) fn write(folder: &Path, timeline: &Timeline) -> Result<(), TimelineError> {
    small::write(folder, &SESSIONS, &timeline.sessions, session)?;
    small::write(folder, &CONTEXTS, &timeline.contexts, context)?;
    small::write(folder, &ADDRESSES, &timeline.addresses, address)?;
    small::write(folder, &SIGN_INS, &timeline.sign_ins, sign_in)?;
    small::write(folder, &COVERAGE, &timeline.coverage, coverage)?;
    small::write(folder, &MAILBOXES, &timeline.mailboxes, mailbox)?;
    small::write(folder, &BURSTS, timeline.bursts.as_deref().unwrap_or_default(), bursts::row)?;
    let sources: Vec<(&SourceReceipt, Option<&LedgerRow>)> = timeline
        .sources
        .iter()
        .map(|receipt| (receipt, timeline.ledger.sources.iter().find(|row| row.source == receipt.id)))
        .collect();
    small::write(folder, &SOURCES, &sources, |(receipt, ledger)| source(receipt, *ledger))
}

/// The files [`crate::reconstruct`] writes into the tables folder: each table as Parquet and as CSV.
#[must_use]
pub fn small_table_files() -> Vec<String> {
    let tables = [&SESSIONS, &CONTEXTS, &ADDRESSES, &SIGN_INS, &COVERAGE, &MAILBOXES, &SOURCES, &BURSTS];
    let small = tables.iter().flat_map(|t| [t.file.to_owned(), t.file.replace(".parquet", ".csv")]);
    small.chain(EXPOSURE_FILES.iter().chain([&crate::hours::HOURS.file]).map(|file| (*file).to_owned())).collect()
}

const ADDRESSES: Table = Table {
    file: "addresses.parquet",
    columns: &[
        ("address", Kind::Text),
        ("network", Kind::Text),
        ("front_end", Kind::Text),
        ("known_as", Kind::Text),
        ("country", Kind::Text),
        ("asn", Kind::U64),
        ("as_organization", Kind::Text),
        ("attribution", Kind::Text),
        ("first_utc", Kind::Time),
        ("last_utc", Kind::Time),
        ("records", Kind::U64),
        ("suspect_records", Kind::U64),
        ("mailboxes", Kind::U64),
        ("contexts", Kind::Text),
    ],
};

fn address(one: &AddressSummary) -> Vec<Cell<'_>> {
    vec![
        Cell::text(&*one.address),
        Cell::Text(one.network.map(|network| network.to_string().into())),
        Cell::Text(one.front_end.map(|network| network.to_string().into())),
        Cell::maybe(one.known_as.as_deref()),
        Cell::maybe(one.country.as_deref()),
        Cell::Count(one.asn.map(u64::from)),
        Cell::maybe(one.as_organization.as_deref()),
        Cell::text(one.attribution.as_str()),
        Cell::Time(Some(one.span.start)),
        Cell::Time(Some(one.span.end.plus(-1))),
        Cell::Count(Some(one.records)),
        Cell::Count(Some(one.suspect_records)),
        Cell::Count(Some(one.mailboxes)),
        Cell::text(one.contexts.join(" ")),
    ]
}

const SIGN_INS: Table = Table {
    file: "sign_ins.parquet",
    columns: &[
        ("session", Kind::Text),
        ("joined_by", Kind::Text),
        ("created_utc", Kind::Time),
        ("kind", Kind::Text),
        ("result", Kind::Text),
        ("principal", Kind::Text),
        ("app_id", Kind::Text),
        ("app_name", Kind::Text),
        ("address", Kind::Text),
        ("device_id", Kind::Text),
        ("device_trust", Kind::Text),
        ("known_as", Kind::Text),
        ("place", Kind::Text),
    ],
};

fn sign_in(one: &JoinedSignIn) -> Vec<Cell<'_>> {
    let sign_in = &one.sign_in;
    vec![
        Cell::text(&*one.session),
        Cell::text(one.by.as_str()),
        Cell::Time(Some(sign_in.created)),
        Cell::text(sign_in.kind.as_str()),
        Cell::text(sign_in.result.as_str()),
        Cell::maybe(sign_in.principal.as_deref()),
        Cell::maybe(sign_in.app_id.as_deref()),
        Cell::maybe(sign_in.app_name.as_deref()),
        Cell::maybe(sign_in.address.as_deref()),
        Cell::maybe(sign_in.device_id.as_deref()),
        Cell::text(sign_in.device_trust.as_str()),
        Cell::maybe(one.known_as.as_deref()),
        Cell::text(sign_in.place.to_string()),
    ]
}

const SESSIONS: Table = Table {
    file: "sessions.parquet",
    columns: &[
        ("session", Kind::Text),
        ("mailbox", Kind::Text),
        ("context", Kind::Text),
        ("basis", Kind::Text),
        ("token_session", Kind::Text),
        ("first_utc", Kind::Time),
        ("last_utc", Kind::Time),
        ("open_start", Kind::Bool),
        ("open_end", Kind::Bool),
        ("attribution", Kind::Text),
        ("records", Kind::U64),
        ("binds", Kind::U64),
        ("syncs", Kind::U64),
        ("items", Kind::U64),
        ("messages", Kind::U64),
        ("folders", Kind::U64),
        ("size_bytes", Kind::U64),
        ("throttled_records", Kind::U64),
        ("address_count", Kind::U64),
        ("addresses", Kind::Text),
    ],
};

fn session(one: &AccessSession) -> Vec<Cell<'_>> {
    vec![
        Cell::text(&*one.id),
        Cell::text(one.mailbox.as_str()),
        Cell::text(&*one.context),
        Cell::text(one.basis.as_str()),
        Cell::maybe(one.token_session.as_deref()),
        Cell::Time(Some(one.span.start)),
        Cell::Time(Some(one.span.end)),
        Cell::Truth(one.open_start),
        Cell::Truth(one.open_end),
        Cell::text(one.attribution.as_str()),
        Cell::Count(Some(one.records)),
        Cell::Count(Some(one.binds)),
        Cell::Count(Some(one.syncs)),
        Cell::Count(Some(one.items)),
        Cell::Count(Some(one.messages)),
        Cell::Count(Some(one.folders)),
        Cell::Count(one.bytes),
        Cell::Count(Some(one.throttled)),
        Cell::Count(Some(one.address_count)),
        Cell::text(one.addresses.join(" ")),
    ]
}

const CONTEXTS: Table = Table {
    file: "contexts.parquet",
    columns: &[
        ("context", Kind::Text),
        ("user_id", Kind::Text),
        ("user_type", Kind::Text),
        ("logon_type", Kind::Text),
        ("app_id", Kind::Text),
        ("client_app_id", Kind::Text),
        ("effective_app", Kind::Text),
        ("app_name", Kind::Text),
        ("client_family", Kind::Text),
        ("device_id", Kind::Text),
        ("app_only", Kind::Bool),
        ("service", Kind::Bool),
        ("attribution", Kind::Text),
        ("first_utc", Kind::Time),
        ("last_utc", Kind::Time),
        ("records", Kind::U64),
        ("messages", Kind::U64),
        ("mailboxes", Kind::U64),
        ("addresses", Kind::U64),
    ],
};

fn context(one: &AccessContext) -> Vec<Cell<'_>> {
    let name = one.effective_app.as_deref().and_then(crate::apps::find).map(|app| app.name);
    vec![
        Cell::text(&*one.id),
        Cell::maybe(one.user_id.as_deref()),
        Cell::maybe(one.user_type.as_deref()),
        Cell::maybe(one.logon_type.as_deref()),
        Cell::maybe(one.app_id.as_deref()),
        Cell::maybe(one.client_app_id.as_deref()),
        Cell::maybe(one.effective_app.as_deref()),
        Cell::maybe(name),
        Cell::text(&*one.client_family),
        Cell::maybe(one.device_id.as_deref()),
        Cell::Truth(one.app_only),
        Cell::Truth(one.service),
        Cell::text(one.attribution.as_str()),
        Cell::Time(Some(one.span.start)),
        // The last record's own time.
        Cell::Time(Some(one.span.end.plus(-1))),
        Cell::Count(Some(one.records)),
        Cell::Count(Some(one.messages)),
        Cell::Count(Some(one.mailboxes)),
        Cell::Count(Some(one.addresses)),
    ]
}

const COVERAGE: Table = Table {
    file: "coverage.parquet",
    columns: &[
        ("mailbox", Kind::Text),
        ("logon_type", Kind::Text),
        ("start_utc", Kind::Time),
        ("end_utc", Kind::Time),
        ("state", Kind::Text),
        ("reason", Kind::Text),
    ],
};

fn coverage(one: &Coverage) -> Vec<Cell<'_>> {
    vec![
        Cell::text(one.mailbox.as_str()),
        Cell::maybe(one.logon_type.as_deref()),
        Cell::Time(Some(one.span.start)),
        Cell::Time(Some(one.span.end)),
        Cell::text(one.state.as_str()),
        Cell::maybe(one.state.reason().map(mailtrail_model::Reason::as_str)),
    ]
}

const MAILBOXES: Table = Table {
    file: "mailboxes.parquet",
    columns: &[
        ("mailbox_no", Kind::Text),
        ("mailbox", Kind::Text),
        ("name", Kind::Text),
        ("department", Kind::Text),
        ("first_utc", Kind::Time),
        ("last_utc", Kind::Time),
        ("records", Kind::U64),
        ("binds", Kind::U64),
        ("syncs", Kind::U64),
        ("items", Kind::U64),
        ("messages", Kind::U64),
        ("suspect_messages", Kind::U64),
        ("first_suspect_utc", Kind::Time),
        ("last_suspect_utc", Kind::Time),
        ("sessions", Kind::U64),
        ("throttled_records", Kind::U64),
        ("blind_minutes", Kind::U64),
    ],
};

fn mailbox(one: &MailboxSummary) -> Vec<Cell<'_>> {
    let first = |span: &Option<Interval>| Cell::Time(span.map(|span| span.start));
    let last = |span: &Option<Interval>| Cell::Time(span.map(|span: Interval| UtcMicros(span.end.0 - 1)));
    vec![
        Cell::text(&*one.id),
        Cell::text(one.key.as_str()),
        Cell::text(&*one.name),
        Cell::maybe(one.department.as_deref()),
        first(&one.span),
        last(&one.span),
        Cell::Count(Some(one.records)),
        Cell::Count(Some(one.binds)),
        Cell::Count(Some(one.syncs)),
        Cell::Count(Some(one.items)),
        Cell::Count(Some(one.messages)),
        Cell::Count(Some(one.suspect_messages)),
        first(&one.suspect_span),
        last(&one.suspect_span),
        Cell::Count(Some(one.sessions)),
        Cell::Count(Some(one.throttled)),
        Cell::Count(Some(minutes(one.blind_hours))),
    ]
}

fn minutes(hours: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "hours of a window: finite, small, not negative"
    )]
    let minutes = (hours * 60.0).round() as u64;
    minutes
}

const SOURCES: Table = Table {
    file: "sources.parquet",
    columns: &[
        ("source_id", Kind::Text),
        ("name", Kind::Text),
        ("sha256", Kind::Text),
        ("size_bytes", Kind::U64),
        ("container", Kind::Text),
        ("first_utc", Kind::Time),
        ("end_utc", Kind::Time),
        ("read", Kind::U64),
        ("accepted", Kind::U64),
        ("duplicate", Kind::U64),
        ("other_operation", Kind::U64),
        ("out_of_window", Kind::U64),
        ("rejected", Kind::U64),
        ("looks_incomplete", Kind::Bool),
        ("refused", Kind::Text),
    ],
};

fn source<'r>(one: &'r SourceReceipt, ledger: Option<&'r LedgerRow>) -> Vec<Cell<'r>> {
    let count = |column: fn(&LedgerRow) -> u64| Cell::Count(ledger.map(column));
    vec![
        Cell::text(one.id.to_string()),
        Cell::text(&*one.name),
        Cell::text(one.sha256.to_string()),
        Cell::Count(Some(one.bytes)),
        Cell::maybe(one.container.as_deref()),
        Cell::Time(one.span.map(|span| span.start)),
        Cell::Time(one.span.map(|span| span.end)),
        count(|row| row.read),
        count(|row| row.accepted),
        count(|row| row.duplicate),
        count(|row| row.other_operation),
        count(|row| row.out_of_window),
        count(|row| row.rejected),
        Cell::Truth(one.completeness.looks_incomplete()),
        Cell::maybe(one.refused.as_deref()),
    ]
}
