//! What a made-up case has beside its timeline: unusual access windows, published rules, an earlier report. Everything that a
//! report can show at once.

use mailtrail_model::{
    BaselineBasis, BenignRate, Burst, BurstRule, BurstSeries, ClassMove, ExposureClass, Interval, Outcome,
    PublishedFinding, PublishedHit, PublishedRule, Rank, RateBasis, Revision, RevisionChange, RuleFinding, RuleWeight,
    Tier, Timeline, UtcMicros,
};

/// The timeline with two windows and two published rules.
pub(crate) fn with_windows(mut timeline: Timeline) -> Timeline {
    timeline.bursts = Some(bursts(&timeline));
    timeline.published = Some(published(&timeline));
    timeline
}

fn bursts(timeline: &Timeline) -> Vec<Burst> {
    let of = |number: usize, context: &str, tier: Tier, throttled: bool| {
        let session = timeline.sessions.iter().find(|session| session.context == context).unwrap();
        let fires = |rule: BurstRule| rule == BurstRule::R1 || tier == Tier::One && rule == BurstRule::R7;
        let finding = |rule: BurstRule| {
            let asked = rule.weight() != RuleWeight::Shown;
            RuleFinding {
                rule,
                outcome: match (asked, fires(rule)) {
                    (false, _) => Outcome::NotEvaluable,
                    (true, true) => Outcome::Fired,
                    (true, false) => Outcome::NotFired,
                },
                measure: "first-time messages in 24 h".to_owned(),
                observed: asked.then_some(812.0),
                expected: asked.then_some(11.5),
                limit: asked.then_some(74.0),
                note: if asked { String::new() } else { "Under 14 covered days.".to_owned() },
            }
        };
        let own = (session.span.start.0 - timeline.window.span.start.0) / UtcMicros::DAY;
        let day = |n: i64| if n == own { 812 } else { n.unsigned_abs() * 7 % 23 };
        Burst {
            id: format!("B{number}"),
            mailbox: session.mailbox.clone(),
            context: context.to_owned(),
            span: Interval { start: session.span.start, end: session.span.start.plus(30 * UtcMicros::HOUR) },
            window_hours: Some(24),
            tier,
            rules: BurstRule::ALL.iter().map(|rule| finding(*rule)).collect(),
            published: vec![PublishedRule::SplunkMailboxes],
            messages: 812,
            folders: 3,
            expected: Some(11.5),
            tail_log10: Some(-41.2),
            rank: Some(Rank { place: 1, of: 91 }),
            windows: 364,
            windows_in_case: 728,
            benign: Some(BenignRate { basis: RateBasis::OtherMailboxes, windows: 2, mailbox_days: 1_288.0 }),
            baseline: BaselineBasis::Unverified,
            throttled,
            records: 120,
            rows: vec![7, 8, 9],
            sessions: vec![session.id.clone()],
            series: BurstSeries {
                start: Some(timeline.window.span.start),
                step_hours: 24,
                observed: (0..21).map(day).collect(),
                expected: vec![11.5; 21],
                limit: vec![74.0; 21],
            },
        }
    };
    vec![of(1, "C00000000", Tier::One, true), of(2, "C00000002", Tier::Two, false)]
}

fn published(timeline: &Timeline) -> Vec<PublishedFinding> {
    let hit = PublishedHit {
        mailbox: timeline.mailboxes[0].key.clone(),
        span: Interval { start: timeline.window.span.start, end: timeline.window.span.start.plus(UtcMicros::HOUR) },
        context: Some("C00000000".to_owned()),
    };
    let finding = |rule, outcome, hits: Vec<PublishedHit>, note: &str| PublishedFinding {
        rule,
        threshold: Some(5.0),
        outcome,
        mailboxes: hits.len() as u64,
        hits,
        note: note.to_owned(),
    };
    vec![
        finding(PublishedRule::SplunkMailboxes, Outcome::Fired, vec![hit], "It counts mailboxes, not messages."),
        finding(PublishedRule::FirstSeenApp, Outcome::NotEvaluable, Vec::new(), "The window is shorter than 14 days."),
    ]
}

/// An earlier report, and what is different now.
pub(crate) fn revision() -> Revision {
    let change = |field: &str, before: Option<&str>, after: Option<&str>, why: &str| RevisionChange {
        field: field.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        why: why.to_owned(),
    };
    let moved = |before, after, messages| ClassMove { before, after, messages };
    Revision {
        since: "the report made by mailtrail 0.0.9 at 2024-02-01T08:00:00Z".to_owned(),
        causes: vec![
            change("source exports/late.csv", None, Some("sha256 0a1b2c3d4e5f…"), "newly given"),
            change("threshold idle_gap_minutes", Some("60"), Some("120"), "a threshold was set"),
        ],
        effects: vec![change("messages of class A", Some("1,204"), Some("1,311"), "source exports/late.csv")],
        moves: vec![
            moved(Some(ExposureClass::A), Some(ExposureClass::A), 1_204),
            moved(Some(ExposureClass::CNear), Some(ExposureClass::A), 90),
            moved(None, Some(ExposureClass::A), 17),
            moved(Some(ExposureClass::D1), None, 4),
        ],
    }
}
