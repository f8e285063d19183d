//! Owns what F01 says in words and numbers: title, claim, footer, table, CSV. Facts only: docs/METHOD.md, Words.

use crate::figure::{ChartTable, ColumnHead, Csv};
use crate::view::{CaseMarking, Lane, SessionKind, SwimlanesView};
use crate::words::{count, len, short_day, stamp, thousands, window};

/// The title above the picture.
pub(super) fn title(view: &SwimlanesView) -> String {
    match view.marking {
        CaseMarking::Nothing => "Sessions in each mailbox, and what the log could see".to_owned(),
        _ => "Suspect sessions in each mailbox, and what the log could see".to_owned(),
    }
}

/// The claim: holds without the picture.
pub(super) fn claim(view: &SwimlanesView) -> String {
    let all = len(&view.lanes);
    let mut claim = match view.marking {
        CaseMarking::Nothing => format!(
            "Records name {} in {}, in {}. No access is marked as suspect, so none is shown as such.",
            count(view.messages, "message", "distinct messages"),
            count(view.lanes.iter().filter(|lane| lane.first.is_some()).count() as u64, "mailbox", "mailboxes"),
            count(view.sessions, "session", "sessions"),
        ),
        marking => {
            let reached: Vec<&Lane> = view.lanes.iter().filter(|lane| lane.first.is_some()).collect();
            let messages: u64 = reached.iter().map(|lane| lane.messages).sum();
            let days = match (
                reached.iter().filter_map(|lane| lane.first).min(),
                reached.iter().filter_map(|lane| lane.last).max(),
            ) {
                (Some(first), Some(last)) => {
                    format!(" between {} and {}", short_day(first), crate::words::long_day(last))
                }
                _ => String::new(),
            };
            let how = if marking == CaseMarking::Provisional { "provisionally marked" } else { "suspect" };
            format!(
                "Records name {} in {how} sessions of {} of {}{days}.",
                count(messages, "message", "distinct messages"),
                thousands(len(&reached)),
                count(all, "mailbox", "mailboxes"),
            )
        }
    };
    let blind: u64 = view.lanes.iter().filter_map(|lane| lane.blind_hours).sum();
    if blind > 0 {
        claim.push_str(&format!(
            " For {} the log was throttled or absent: an empty lane there says nothing.",
            count(blind, "mailbox-hour", "mailbox-hours")
        ));
    }
    let unknown = view.lanes.iter().filter(|lane| lane.blind_hours.is_none()).count() as u64;
    if unknown > 0 && unknown == all {
        claim.push_str(" What the log could see is not known: an empty lane says nothing.");
    } else if unknown > 0 {
        claim.push_str(&format!(
            " For {} it is not known what the log could see.",
            count(unknown, "mailbox", "mailboxes")
        ));
    }
    claim
}

/// How the picture was made.
pub(super) fn footer(view: &SwimlanesView) -> String {
    let mut parts = vec![if view.marking.is_marked() {
        "Mailboxes by first suspect access.".to_owned()
    } else {
        "Mailboxes by name.".to_owned()
    }];
    parts.push(
        "Bar height: logarithm of the distinct messages in the session. The band shows the weakest logon type."
            .to_owned(),
    );
    if let Some(hours) = view.binned_hours {
        parts.push(format!(
            "More than {} marks: sessions binned to {}, each bin drawn at its first session.",
            thousands(5_000),
            step(hours)
        ));
    }
    if view.lanes_left_off > 0 {
        parts.push(format!(
            "{} more are in the table and the CSV.",
            count(view.lanes_left_off as u64, "mailbox", "mailboxes")
        ));
    }
    parts.push(format!("From tables/sessions and tables/coverage; {}.", count(view.sources, "source", "sources")));
    parts.join(" ")
}

fn step(hours: i64) -> String {
    if hours % 24 == 0 { format!("{} d", hours / 24) } else { format!("{hours} h") }
}

/// Heads of the three columns at the right, two lines each.
pub(super) fn column_heads(marking: CaseMarking) -> [[&'static str; 2]; 3] {
    match marking {
        CaseMarking::Nothing => [["first", "access"], ["distinct", "messages"], ["blind", "hours"]],
        _ => [["first suspect", "access"], ["suspect", "messages"], ["blind", "hours"]],
    }
}

/// The words of a kind in the legend.
pub(super) fn kind_label(kind: SessionKind, marking: CaseMarking) -> &'static str {
    match (kind, marking) {
        (SessionKind::Suspect, _) => "suspect session, above the line",
        (SessionKind::Weaker, CaseMarking::Provisional) => "provisionally marked, above the line",
        (SessionKind::Weaker, _) => "suspect by shared token only",
        (SessionKind::Unattributed, CaseMarking::Nothing) => "session, not attributed",
        (SessionKind::Unattributed, _) => "unattributed session, below",
        (SessionKind::Accepted, _) => "accepted session, below",
        (SessionKind::Service, _) => "background service, below",
    }
}

fn kind_name(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Suspect => "suspect",
        SessionKind::Weaker => "shared-or-provisional",
        SessionKind::Unattributed => "unattributed",
        SessionKind::Accepted => "accepted",
        SessionKind::Service => "service",
    }
}

/// The picture as a table, one row a mailbox.
pub(super) fn table(view: &SwimlanesView) -> ChartTable {
    let marked = view.marking.is_marked();
    let mut head = vec![ColumnHead::text("Mailbox")];
    head.push(ColumnHead::text(if marked { "First suspect access (UTC)" } else { "First access (UTC)" }));
    head.push(ColumnHead::text(if marked { "Last suspect access (UTC)" } else { "Last access (UTC)" }));
    if marked {
        head.push(ColumnHead::number("Suspect sessions"));
    }
    head.push(ColumnHead::number("Sessions"));
    head.push(ColumnHead::number(if marked { "Suspect messages" } else { "Distinct messages" }));
    head.push(ColumnHead::number("Blind hours"));
    let rows = view
        .lanes
        .iter()
        .map(|lane| {
            let none = || "none recorded".to_owned();
            let mut row =
                vec![lane.name.clone(), lane.first.map_or_else(none, stamp), lane.last.map_or_else(none, stamp)];
            if marked {
                row.push(thousands(lane.suspect_sessions));
            }
            row.push(thousands(lane.sessions));
            row.push(thousands(lane.messages));
            row.push(lane.blind_hours.map_or_else(|| "not known".to_owned(), thousands));
            row
        })
        .collect();
    ChartTable { caption: format!("Figure F01 as a table; window {}.", window(view.window)), head, rows }
}

/// Every mark of the picture: bars, rings, and stretches of the band.
pub(super) fn csv(view: &SwimlanesView) -> String {
    let mut csv = Csv::new(&[
        "mailbox_id",
        "mailbox",
        "mark",
        "kind",
        "start_utc",
        "end_utc",
        "messages",
        "sessions",
        "syncs",
        "session_id",
    ]);
    for lane in &view.lanes {
        let (id, name) = (lane.id.as_str(), lane.name.as_str());
        if lane.bars.is_empty() && lane.band.is_empty() {
            csv.row([id, name, "none", "", "", "", "", "0", "", ""]);
        }
        for bar in &lane.bars {
            csv.row([
                id,
                name,
                "sessions",
                kind_name(bar.kind),
                &bar.span.start.iso(),
                &bar.span.end.iso(),
                &bar.messages.to_string(),
                &bar.sessions.to_string(),
                "",
                bar.session.as_deref().unwrap_or(""),
            ]);
        }
        for sync in &lane.syncs {
            let (at, syncs) = (sync.at.iso(), sync.syncs.to_string());
            csv.row([id, name, "sync", kind_name(sync.kind), &at, &at, "", "", &syncs, &sync.session]);
        }
        for span in &lane.band {
            let (from, to) = (span.span.start.iso(), span.span.end.iso());
            let state = span.state.map_or("", |state| state.as_str());
            csv.row([id, name, "coverage", span.group.as_str(), &from, &to, "", "", "", state]);
        }
    }
    csv.finish()
}

#[cfg(test)]
mod tests {
    #[test]
    fn steps_are_named_in_the_largest_whole_unit() {
        assert_eq!(super::step(6), "6 h");
        assert_eq!(super::step(168), "7 d");
    }
}
