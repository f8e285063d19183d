//! Owns section 6: the charts over time and the table of sessions.

use std::collections::BTreeMap;

use mailtrail_model::{AccessContext, AccessSession, Attribution, CaseInputs, UtcMicros};

use crate::figure::ColumnHead;
use crate::view::Labels;
use crate::words::{bytes, count, duration, stamp, thousands};

use super::doc::{Basis, Block, Cell, Row, Section, Statement, Table, Tone};
use super::island::{Island, IslandColumn, Kind, Value};
use super::scope::attribution_cell;
use super::{ReportInput, zone};

/// Rows that stand on the page as elements; a longer table carries the others as data for the script.
const SHOWN: usize = 400;
/// The bytes those data may take: some 220,000 sessions. Beyond that the page would no longer open at once.
const ISLAND_BYTES: usize = 12_500_000;

/// Section 6.
pub(super) fn section(input: &ReportInput<'_>) -> Section {
    let mut section = Section::new("timeline", "Timeline: sessions");
    for chart in input.charts.iter().filter(|chart| matches!(chart.id, "F01" | "F02" | "F03")) {
        section = section.with_chart(chart);
    }
    section = section.with(Block::Statements(statements(input)));
    if input.timeline.sessions.is_empty() {
        return section.with(Block::Absent("There is no session in the window.".to_owned()));
    }
    section.with(Block::Table(sessions(input)))
}

fn statements(input: &ReportInput<'_>) -> Vec<Statement> {
    let timeline = input.timeline;
    let gaps: Vec<String> =
        timeline.sessions_by_gap.iter().map(|(minutes, n)| format!("{} at {minutes} minutes", thousands(*n))).collect();
    let gaps_known = timeline.sessions_by_gap.iter().any(|(_, n)| *n > 0);
    let open = timeline.sessions.iter().filter(|session| session.open_start || session.open_end).count() as u64;
    let mut out = vec![Statement::new(
        Basis::Inferred,
        format!(
            "A session is a run of records of one way in to one mailbox with no silence longer than {} minutes. It is a unit \
                 of presentation: no class depends on it.",
            timeline.rules.idle_gap_minutes
        ),
    )];
    if gaps_known {
        let gaps = format!("Number of sessions by the length of that silence: {}.", gaps.join(", "));
        out.push(Statement::new(Basis::Inferred, gaps));
    }
    if open > 0 {
        out.push(Statement::new(
            Basis::Inferred,
            format!(
                "{} on beyond what the log shows, at a source's edge, a throttled span or the window's edge.",
                count(open, "session may go", "sessions may go")
            ),
        ));
    }
    out
}

/// The sessions in the order of the table: as they came, or, where there are too many, what is marked and large first.
fn ordered<'t>(input: &ReportInput<'t>) -> Vec<&'t AccessSession> {
    let mut sessions: Vec<&AccessSession> = input.timeline.sessions.iter().collect();
    if sessions.len() > SHOWN {
        sessions.sort_by_key(|session| {
            (std::cmp::Reverse(session.attribution.max(Attribution::Accepted)), std::cmp::Reverse(session.messages))
        });
    }
    sessions
}

fn sessions(input: &ReportInput<'_>) -> Table {
    let timeline = input.timeline;
    let labels = Labels::of(&timeline.mailboxes);
    let contexts: BTreeMap<&str, &AccessContext> =
        timeline.contexts.iter().map(|context| (context.id.as_str(), context)).collect();
    let ordered = ordered(input);
    let rows = ordered.iter().take(SHOWN).map(|session| row(input.case, &labels, &contexts, session)).collect();
    let all = timeline.sessions.len();
    let (island, carried) = if all > SHOWN { island(input, &ordered, &labels, &contexts) } else { (None, all) };
    Table {
        id: "sessions",
        all: (all > SHOWN).then_some(all as u64),
        file: Some("tables/sessions.csv"),
        paper_note: (all > SHOWN).then(|| {
            "Marked sessions first, then those that name most messages. Size: the sum of the distinct messages' sizes where \
             records state them."
                .to_owned()
        }),
        caption: format!("Sessions ({})", thousands(all as u64)),
        columns: vec![
            ColumnHead::text("Id"),
            ColumnHead::text("Mailbox").filtered(),
            ColumnHead::text("Attribution").filtered(),
            ColumnHead::text("First record"),
            ColumnHead::text("Lasting"),
            ColumnHead::text("Way in"),
            ColumnHead::number("Records"),
            ColumnHead::number("Messages"),
            ColumnHead::number("Folders"),
            ColumnHead::number("Sync"),
            ColumnHead::number("Size"),
            ColumnHead::text("Address"),
        ],
        rows,
        total: None,
        note: Some(if all > SHOWN {
            let with_script = if carried < all {
                format!("the first {} of {}", thousands(carried as u64), thousands(all as u64))
            } else {
                format!("all {}", thousands(all as u64))
            };
            format!(
                "The {} sessions that are marked or name most messages. With the page's script: {with_script}. \
                 Full list: tables/sessions.csv.",
                thousands(SHOWN as u64),
            )
        } else {
            "Size: the sum of the distinct messages' sizes where records state them. All columns: tables/sessions.csv."
                .to_owned()
        }),
        interactive: true,
        island,
    }
}

fn row(
    case: &CaseInputs,
    labels: &Labels<'_>,
    contexts: &BTreeMap<&str, &AccessContext>,
    session: &AccessSession,
) -> Row {
    let service = contexts.get(session.context.as_str()).is_some_and(|context| context.service);
    let suspect = session.attribution > Attribution::Accepted;
    let lasting = session.span.end.0 - session.span.start.0;
    let open = session.open_start || session.open_end;
    let addresses = match session.addresses.as_slice() {
        [] => Cell::quiet("not stated"),
        [one] => Cell::text(&**one),
        [first, ..] => Cell::text(&**first).with_detail(format!("and {} more", thousands(session.address_count - 1))),
    };
    Row {
        id: Some(session.id.clone()),
        tone: if suspect { Tone::Suspect } else { Tone::Plain },
        cells: vec![
            Cell::text(&*session.id).sorted_by(number(&session.id)).linked(format!("#{}", session.id)),
            Cell::text(labels.name(&session.mailbox)),
            attribution_cell(session.attribution, service),
            Cell::text(stamp(session.span.start))
                .sorted_by(session.span.start.0 / UtcMicros::SECOND)
                .with_detail(zone::short(case, session.span.start).unwrap_or_default()),
            Cell::text(format!("{}{}", if open { "at least " } else { "" }, duration(lasting)))
                .sorted_by(lasting / UtcMicros::SECOND),
            Cell::text(way_in(contexts, &session.context)),
            Cell::count(session.records),
            Cell::count(session.messages).toned(match (suspect, session.messages) {
                (_, 0) => Tone::Quiet,
                (true, _) => Tone::Suspect,
                (false, _) => Tone::Plain,
            }),
            Cell::count(session.folders),
            Cell::count(session.syncs),
            session.bytes.map_or_else(|| Cell::quiet("not stated"), |n| Cell::text(bytes(n)).sorted_by(n)),
            addresses,
        ],
    }
}

/// `V12` as 12, for sorting.
fn number(id: &str) -> i64 {
    id.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0)
}

fn way_in(contexts: &BTreeMap<&str, &AccessContext>, id: &str) -> String {
    contexts.get(id).map_or_else(|| id.to_owned(), |context| format!("{} {}", context.id, context.client_family))
}

/// The sessions as data, in the table's columns, as many as the page may carry.
fn island(
    input: &ReportInput<'_>,
    sessions: &[&AccessSession],
    labels: &Labels<'_>,
    contexts: &BTreeMap<&str, &AccessContext>,
) -> (Option<String>, usize) {
    let mut island = Island::new(vec![
        IslandColumn::ids(sessions.iter().map(|session| &*session.id)).explained(),
        IslandColumn::new(Kind::Word),
        IslandColumn::new(Kind::Word).marking(&["suspect", "shared", "provisional"]),
        IslandColumn::times(input.timeline.window.span.start).with_local(),
        IslandColumn::new(Kind::Duration),
        IslandColumn::new(Kind::Word),
        IslandColumn::new(Kind::Number),
        IslandColumn::new(Kind::Number),
        IslandColumn::new(Kind::Number),
        IslandColumn::new(Kind::Number),
        IslandColumn::new(Kind::Bytes),
        IslandColumn::new(Kind::Word),
    ]);
    let whole = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let mut carried = 0;
    for session in sessions {
        if island.len() > ISLAND_BYTES {
            break;
        }
        let service = contexts.get(session.context.as_str()).is_some_and(|context| context.service);
        let (mailbox, way) = (labels.name(&session.mailbox), way_in(contexts, &session.context));
        island.row(&[
            Value::Text(&session.id),
            Value::Text(&mailbox),
            Value::Text(&attribution_cell(session.attribution, service).text),
            Value::Number(session.span.start.0.div_euclid(UtcMicros::SECOND)),
            Value::Number((session.span.end.0 - session.span.start.0) / UtcMicros::SECOND),
            Value::Text(&way),
            whole(session.records),
            whole(session.messages),
            whole(session.folders),
            whole(session.syncs),
            session.bytes.map_or(Value::None, whole),
            session.addresses.first().map_or(Value::None, |address| Value::Text(address)),
        ]);
        carried += 1;
    }
    (Some(island.finish(zone::of(input.case))), carried)
}
