//! Owns what F01 shows: the order of the lanes, what stands above and below the line, what is binned, what the columns count.
//!
//! Nothing is called suspect here that the examiner (or, provisionally, a burst) has not marked. Where nothing is marked the
//! picture has no suspect column at all: an unmarked case is not a clean one.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{AccessSession, Attribution, Interval, Timeline, UtcMicros};

use crate::band::{self, BandGroup, BandSpan};
use crate::words;

use super::label::{self, Labels};

/// Marks a chart may carry: above it, sessions are binned and the chart says so.
pub(crate) const MARK_LIMIT: usize = 5_000;
/// Lanes a chart may carry; the CSV and the table hold the others.
pub(crate) const LANE_LIMIT: usize = 200;

/// Whether anything in the case is marked as suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseMarking {
    /// Some accesses are suspect.
    Suspect,
    /// Some accesses are provisionally marked by bursts; the examiner has marked none.
    Provisional,
    /// Nobody has marked anything suspect.
    Nothing,
}

impl CaseMarking {
    /// What the sessions of a case say.
    #[must_use]
    pub fn of(timeline: &Timeline) -> Self {
        let strongest = timeline
            .sessions
            .iter()
            .map(|session| session.attribution)
            .chain(timeline.contexts.iter().map(|context| context.attribution))
            .max();
        match strongest {
            Some(Attribution::Suspect | Attribution::Shared) => Self::Suspect,
            Some(Attribution::Provisional) => Self::Provisional,
            _ => Self::Nothing,
        }
    }

    /// Whether suspect columns make sense.
    #[must_use]
    pub fn is_marked(self) -> bool {
        self != Self::Nothing
    }
}

/// How a session is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SessionKind {
    /// Recognised as a background service by the dated list.
    Service,
    /// Accepted by the examiner.
    Accepted,
    /// Nobody said anything.
    Unattributed,
    /// Suspect through a shared token session, or provisionally.
    Weaker,
    /// Suspect.
    Suspect,
}

impl SessionKind {
    /// Every kind, weakest first.
    pub const ALL: [Self; 5] = [Self::Service, Self::Accepted, Self::Unattributed, Self::Weaker, Self::Suspect];

    fn of(session: &AccessSession, services: &BTreeSet<&str>) -> Self {
        match session.attribution {
            Attribution::Suspect => Self::Suspect,
            Attribution::Shared | Attribution::Provisional => Self::Weaker,
            _ if services.contains(session.context.as_str()) => Self::Service,
            Attribution::Accepted => Self::Accepted,
            Attribution::Unattributed => Self::Unattributed,
        }
    }

    /// Whether it stands above the line: what is suspect, or, where nothing is, what nobody has attributed yet.
    #[must_use]
    pub fn is_above(self, marking: CaseMarking) -> bool {
        match self {
            Self::Suspect | Self::Weaker => true,
            Self::Unattributed => !marking.is_marked(),
            Self::Accepted | Self::Service => false,
        }
    }
}

/// One session, or, in a binned chart, the sessions of one kind that begin in one bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneBar {
    /// From, to.
    pub span: Interval,
    /// How it is drawn.
    pub kind: SessionKind,
    /// Distinct messages of the session; in a bin their sum over its sessions.
    pub messages: u64,
    /// Sessions.
    pub sessions: u64,
    /// The session's id; `None` for a bin of several.
    pub session: Option<String>,
    /// The tooltip.
    pub title: String,
}

/// One session with Sync records; drawn at its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneSync {
    /// When.
    pub at: UtcMicros,
    /// Sync records.
    pub syncs: u64,
    /// Suspect, or standing in for it.
    pub kind: SessionKind,
    /// The session's id.
    pub session: String,
}

/// One mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// `M007`.
    pub id: String,
    /// Its whole name.
    pub name: String,
    /// The part before the `@`.
    pub local: String,
    /// Department, else the part from the `@` on.
    pub second: String,
    /// Sessions.
    pub bars: Vec<LaneBar>,
    /// Syncs.
    pub syncs: Vec<LaneSync>,
    /// What the log could see; empty where nothing is stated.
    pub band: Vec<BandSpan>,
    /// First access, or first suspect access where something is marked.
    pub first: Option<UtcMicros>,
    /// Last access, or last suspect access where something is marked.
    pub last: Option<UtcMicros>,
    /// Distinct messages named, or named by suspect accesses.
    pub messages: u64,
    /// Number of sessions in the window.
    pub sessions: u64,
    /// Number of suspect sessions.
    pub suspect_sessions: u64,
    /// Hours that were throttled or without a log; `None` where nothing is stated.
    pub blind_hours: Option<u64>,
}

/// F01, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct SwimlanesView {
    /// The window.
    pub window: Interval,
    /// Whether anything is marked.
    pub marking: CaseMarking,
    /// The lanes, in drawing order.
    pub lanes: Vec<Lane>,
    /// Mailboxes beyond `LANE_LIMIT`, in the CSV only.
    pub lanes_left_off: usize,
    /// The step sessions were binned to, in hours.
    pub binned_hours: Option<i64>,
    /// Distinct mailbox × message pairs of the case.
    pub messages: u64,
    /// Sessions of the case.
    pub sessions: u64,
    /// Sources the records came from.
    pub sources: u64,
}

impl SwimlanesView {
    /// Decides everything about the picture of a case.
    #[must_use]
    pub fn of(timeline: &Timeline) -> Self {
        let marking = CaseMarking::of(timeline);
        let mut lanes = lanes(timeline, marking);
        let lanes_left_off = lanes.len().saturating_sub(LANE_LIMIT);
        let binned_hours = thin(&mut lanes, timeline.window.span, marking);
        Self {
            window: timeline.window.span,
            marking,
            lanes,
            lanes_left_off,
            binned_hours,
            messages: timeline.messages,
            sessions: words::len(&timeline.sessions),
            sources: timeline.sources.iter().filter(|source| source.refused.is_none()).count() as u64,
        }
    }

    /// The lanes that are drawn.
    #[must_use]
    pub fn drawn(&self) -> &[Lane] {
        &self.lanes[..self.lanes.len().min(LANE_LIMIT)]
    }
}

fn lanes(timeline: &Timeline, marking: CaseMarking) -> Vec<Lane> {
    let services: BTreeSet<&str> =
        timeline.contexts.iter().filter(|context| context.service).map(|context| context.id.as_str()).collect();
    let mut bands = band::bands(&timeline.coverage, timeline.window.span);
    let mut sessions: BTreeMap<_, Vec<&AccessSession>> = BTreeMap::new();
    for session in &timeline.sessions {
        sessions.entry(&session.mailbox).or_default().push(session);
    }
    let labels = Labels::of(&timeline.mailboxes);
    let mut lanes: Vec<Lane> = timeline
        .mailboxes
        .iter()
        .map(|mailbox| {
            let name = labels.name(&mailbox.key);
            let (local, host) = label::split(&name);
            let own = sessions.get(&mailbox.key).map_or(&[][..], Vec::as_slice);
            let band = bands.remove(&mailbox.key).unwrap_or_default();
            let (span, messages) = if marking.is_marked() {
                (mailbox.suspect_span, mailbox.suspect_messages)
            } else {
                (mailbox.span, mailbox.messages)
            };
            Lane {
                id: mailbox.id.clone(),
                name,
                local,
                second: mailbox.department.as_deref().map(crate::escape::visible).unwrap_or(host),
                bars: own.iter().map(|session| bar(session, SessionKind::of(session, &services))).collect(),
                syncs: own
                    .iter()
                    .filter(|session| session.syncs > 0)
                    .map(|session| LaneSync {
                        at: session.span.start,
                        syncs: session.syncs,
                        kind: SessionKind::of(session, &services),
                        session: session.id.clone(),
                    })
                    .collect(),
                first: span.map(|span| span.start),
                last: span.map(|span| span.end),
                messages,
                sessions: words::len(own),
                suspect_sessions: own
                    .iter()
                    .filter(|session| SessionKind::of(session, &services) >= SessionKind::Weaker)
                    .count() as u64,
                blind_hours: (!band.is_empty()).then(|| blind_hours(&band)),
                band,
            }
        })
        .collect();
    if marking.is_marked() {
        lanes.sort_by(|a, b| {
            let key = |lane: &Lane| (lane.first.is_none(), lane.first);
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id))
        });
    } else {
        lanes.sort_by(|a, b| (a.first.is_none(), &a.name, &a.id).cmp(&(b.first.is_none(), &b.name, &b.id)));
    }
    lanes
}

fn blind_hours(band: &[BandSpan]) -> u64 {
    words::whole_hours(band.iter().filter(|span| span.group.is_blind()).map(|span| span.span.micros()).sum())
}

fn bar(session: &AccessSession, kind: SessionKind) -> LaneBar {
    let mut title = format!(
        "{} · {}\n{} to {} UTC\n{}, {}, {}",
        session.id,
        session.attribution.as_str(),
        words::stamp(session.span.start),
        words::stamp(session.span.end),
        words::count(session.records, "record", "records"),
        words::count(session.messages, "distinct message", "distinct messages"),
        words::count(session.folders, "folder", "folders"),
    );
    if session.syncs > 0 {
        title.push_str(&format!(", {}", words::count(session.syncs, "Sync", "Syncs")));
    }
    if session.open_start || session.open_end {
        title.push_str("\nmay go on beyond what the log shows");
    }
    LaneBar {
        span: session.span,
        kind,
        messages: session.messages,
        sessions: 1,
        session: Some(session.id.clone()),
        title,
    }
}

/// Bins until the picture holds no more than [`MARK_LIMIT`] marks; suspect sessions are the last to be binned.
fn thin(lanes: &mut [Lane], window: Interval, marking: CaseMarking) -> Option<i64> {
    const STEPS: [i64; 11] = [1, 3, 6, 12, 24, 48, 72, 96, 168, 336, 672];
    let drawn = lanes.len().min(LANE_LIMIT);
    let lanes = &mut lanes[..drawn];
    // One pixel of the plot is about a thousandth of the window: finer bands cannot be seen.
    let pixel = (window.micros() / 760).max(1);
    for lane in lanes.iter_mut() {
        lane.band = band::coarse(&lane.band, pixel);
    }
    for step in STEPS {
        if marks(lanes) <= MARK_LIMIT {
            break;
        }
        for lane in lanes.iter_mut() {
            lane.band = band::coarse(&lane.band, (step * UtcMicros::HOUR).max(pixel));
        }
        if lanes.iter().map(|lane| lane.band.len()).sum::<usize>() <= MARK_LIMIT / 2 {
            break;
        }
    }
    let mut binned = None;
    for limit in [SessionKind::Unattributed, SessionKind::Suspect] {
        // Where nothing is marked the unattributed sessions are the subject, but there is nothing stronger to spare them for.
        let limit = if marking.is_marked() { limit } else { SessionKind::Suspect };
        for step in STEPS {
            if marks(lanes) <= MARK_LIMIT {
                return binned;
            }
            lanes.iter_mut().for_each(|lane| bin(lane, step, limit));
            binned = Some(step);
        }
    }
    binned
}

fn marks(lanes: &[Lane]) -> usize {
    let of_band = |lane: &Lane| {
        lane.band
            .iter()
            .map(|span| usize::from(span.group != BandGroup::Unknown) + usize::from(span.group.is_blind()))
            .sum::<usize>()
    };
    lanes.iter().map(|lane| lane.bars.len() + lane.syncs.len() + of_band(lane)).sum()
}

/// Joins bars of one kind that begin in the same bin, and rings likewise.
fn bin(lane: &mut Lane, hours: i64, limit: SessionKind) {
    let step = hours * UtcMicros::HOUR;
    let cell = |at: UtcMicros| at.0.div_euclid(step);
    let mut kept: Vec<LaneBar> = Vec::new();
    let mut cells: BTreeMap<(i64, SessionKind), LaneBar> = BTreeMap::new();
    for bar in lane.bars.drain(..) {
        if bar.kind > limit {
            kept.push(bar);
            continue;
        }
        match cells.entry((cell(bar.span.start), bar.kind)) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(bar);
            }
            std::collections::btree_map::Entry::Occupied(mut taken) => join(taken.get_mut(), &bar),
        }
    }
    kept.extend(cells.into_values());
    kept.sort_by_key(|bar| (bar.span.start, bar.kind));
    lane.bars = kept;
    let mut rings: BTreeMap<i64, LaneSync> = BTreeMap::new();
    for sync in lane.syncs.drain(..) {
        rings
            .entry(cell(sync.at))
            .and_modify(|ring| {
                ring.syncs += sync.syncs;
                ring.kind = ring.kind.max(sync.kind);
            })
            .or_insert(sync);
    }
    lane.syncs = rings.into_values().collect();
}

fn join(bin: &mut LaneBar, bar: &LaneBar) {
    bin.span.end = bin.span.end.max(bar.span.end);
    bin.messages += bar.messages;
    bin.sessions += bar.sessions;
    bin.session = None;
    bin.title = format!(
        "{} from {} UTC\n{} in sum (a message in two sessions counts twice)",
        words::count(bin.sessions, "session", "sessions"),
        words::stamp(bin.span.start),
        words::count(bin.messages, "message", "messages"),
    );
}
