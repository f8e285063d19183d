//! A made-up case: what `timeline` would give. Shared by the tests and by `examples/sample_report.rs`. No real person is in it.

use std::collections::BTreeMap;

use mailtrail_model::{
    AccessContext, AccessMatcher, AccessSession, AddressSummary, Attribution, AttributionEntry, CaseInputs, Change,
    Completeness, Coverage, CoverageState, DeviceTrust, DraftContext, ExposureClass, ExposureTotals, FetchNext,
    Finding, Findings, InputPlace, Interval, IssueCode, JoinedSignIn, Ledger, LedgerRow, Limitation, MailboxKey,
    MailboxSummary, Marking, Network, PlaceUnit, Reason, Rules, Sensitivity, SessionBasis, Sha256, SignIn, SignInKind,
    SignInResult, SourceId, SourceReceipt, Timeline, TokenJoin, UtcMicros, Window,
};

/// What the examiner has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Suspect and accepted contexts are marked.
    Both,
    /// Nothing.
    Nothing,
}

/// How large the case is, and what is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Mailboxes.
    pub mailboxes: u32,
    /// Days from 1 November 2023.
    pub days: i64,
    /// What the examiner has said.
    pub said: Said,
    /// Whether messages are classed.
    pub classed: bool,
}

/// 1 November 2023.
pub(crate) const START: UtcMicros = UtcMicros(1_698_796_800 * UtcMicros::SECOND);

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, n: u64) -> i64 {
        i64::try_from(self.next() % n.max(1)).unwrap_or(0)
    }
    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
    fn skewed(&mut self, most: f64, power: i32) -> u64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        (unit.powi(power) * most) as u64
    }
}

const NAMES: [&str; 16] = [
    "a.lindqvist",
    "finance.ap",
    "board.secretary",
    "c.okafor",
    "legal.holds",
    "d.moss",
    "m.ferreira",
    "it.helpdesk",
    "n.haddad",
    "hr.payroll",
    "s.takahashi",
    "p.vandenberghe",
    "r.castellanos-montgomery",
    "j.whitfield",
    "facilities",
    "k.nowak",
];
const DEPARTMENTS: [&str; 4] = ["Senior leadership", "Finance", "Legal", "Operations"];
const DAY: i64 = UtcMicros::DAY;
const HOUR: i64 = UtcMicros::HOUR;
const MINUTE: i64 = UtcMicros::MINUTE;

/// A case of that shape; equal shapes give equal cases.
pub(crate) fn timeline(shape: Shape) -> Timeline {
    let span = Interval { start: START, end: START.plus(shape.days * DAY) };
    let mut dice = Dice(0x5EED_CAFE);
    let mut case = Case { sessions: Vec::new(), coverage: Vec::new(), mailboxes: Vec::new() };
    for index in 0..shape.mailboxes {
        mailbox(&mut case, &mut dice, shape, span, index);
    }
    if shape.classed {
        for mailbox in &mut case.mailboxes {
            mailbox.exposure = Some(classes(&mut dice, mailbox.suspect_messages, mailbox.blind_hours > 0.0));
        }
    }
    let exposure = shape.classed.then(|| sum(case.mailboxes.iter().filter_map(|m| m.exposure.as_ref())));
    let messages = case.mailboxes.iter().map(|mailbox| mailbox.messages).sum();
    let sessions = case.sessions.len() as u64;
    Timeline {
        case_id: Some("MT-2024-007".to_owned()),
        window: Window { span, declared: true },
        rules: Rules::default(),
        sources: sources(span),
        ledger: ledger(),
        issues: vec![
            (IssueCode::ThrottleNotStated, 1_204),
            (IssueCode::FullerBodyKept, 12),
            (IssueCode::BodyUnreadable, 3),
            (IssueCode::ClockMismatch, 41),
        ],
        contexts: contexts(&case.sessions, shape.said),
        mailboxes: case.mailboxes,
        addresses: addresses(&case.sessions),
        sign_ins: sign_ins(&case.sessions),
        sessions: case.sessions,
        coverage: case.coverage,
        related: Vec::new(),
        messages,
        sessions_by_gap: [(60, sessions * 4), (120, sessions), (240, sessions * 9 / 10)],
        bursts: None,
        published: None,
        findings: exposure.as_ref().map(findings).unwrap_or_default(),
        exposure,
    }
}

/// What the examiner states of it.
pub(crate) fn case(said: Said) -> CaseInputs {
    let entry = |id: &str, marking, context: &str, fact: &str| AttributionEntry {
        id: id.to_owned(),
        place: InputPlace { file: "attribution.toml".into(), at: PlaceUnit::Line(3) },
        marking,
        matcher: AccessMatcher { contexts: vec![context.to_owned()], ..AccessMatcher::default() },
        fact: fact.to_owned(),
        note: Some("Discuss with outside counsel before this is shared.".to_owned()),
        by: Some("R. Example".to_owned()),
        date: None,
        alternatives: Some("A forgotten integration test; its owner was asked and knows of none.".to_owned()),
    };
    let marked = said == Said::Both;
    CaseInputs {
        case_id: Some("MT-2024-007".to_owned()),
        legend: Some("Privileged & confidential. Prepared at the direction of counsel".to_owned()),
        attribution_given: marked,
        attribution: if marked {
            vec![
                entry(
                    "suspect-1",
                    Marking::Suspect,
                    "C00000000",
                    "Consented on 16 November 2023 by a test account; nobody in the tenant uses it.",
                ),
                entry("accepted-1", Marking::Accepted, "C00000003", "On the dated list of background services."),
            ]
        } else {
            Vec::new()
        },
        ..CaseInputs::default()
    }
}

struct Case {
    sessions: Vec<AccessSession>,
    coverage: Vec<Coverage>,
    mailboxes: Vec<MailboxSummary>,
}

fn mailbox(case: &mut Case, dice: &mut Dice, shape: Shape, span: Interval, index: u32) {
    let at = index as usize;
    let number = if at < NAMES.len() { String::new() } else { (at / NAMES.len()).to_string() };
    let name = format!("{}{number}@contoso.example", NAMES[at % NAMES.len()]);
    let key = MailboxKey(format!("9a1f/{index:04}").into());
    let cuts = cuts(dice, span, index);
    let blind = |from: i64, to: i64| cuts.iter().any(|cut| from < cut.0.end.0 && to > cut.0.start.0);
    let busy = 35 + dice.next() % 55;
    let mut sessions: Vec<AccessSession> = Vec::new();
    for day in 0..shape.days {
        let midnight = span.start.0 + day * DAY;
        let weekday = midnight.div_euclid(DAY).rem_euclid(7); // 1 January 1970 was a Thursday.
        let quiet = matches!(weekday, 2 | 3) || (52..63).contains(&day);
        for hour in [7, 12] {
            if dice.chance(if quiet { 6 } else { busy }) {
                let from = midnight + hour * HOUR + dice.below(90) * MINUTE;
                let to = from + (40 + dice.below(260)) * MINUTE;
                let messages = 1 + dice.skewed(140.0, 3);
                let context = if dice.chance(12) { 3 } else { 2 };
                sessions.push(session(&key, context, from, to, messages, u64::from(dice.chance(7))));
            }
        }
    }
    // The foreign application: up to three waves, from the first mailbox outwards.
    if shape.mailboxes == 1 || u64::from(index) * 100 < u64::from(shape.mailboxes) * 69 {
        let entry = span.start.0 + 16 * DAY + i64::from(index) * 30 * DAY / i64::from(shape.mailboxes);
        for wave in [0, 19, 46] {
            if wave > 0 && dice.chance(35) {
                continue;
            }
            for visit in 0..=dice.below(4) {
                let from = entry + wave * DAY + (visit * 17 + dice.below(9)) * HOUR;
                let messages = 2 + dice.skewed(900.0, 4);
                let to = from + (25 + dice.below(200)) * MINUTE;
                let context = if wave == 19 { 1 } else { 0 };
                sessions.push(session(&key, context, from, to, messages, u64::from(dice.chance(20))));
            }
        }
    }
    sessions.retain(|s| s.span.end < span.end && !blind(s.span.start.0, s.span.end.0 + 1));
    sessions.sort_by_key(|s| s.span.start);
    for session in &mut sessions {
        session.attribution = attribution(&session.context, shape.said);
    }
    case.mailboxes.push(summary(&key, index, name, &sessions, &cuts));
    let first = case.sessions.len();
    for (number, mut session) in sessions.into_iter().enumerate() {
        session.id = format!("V{}", first + number + 1);
        case.sessions.push(session);
    }
    let mut from = span.start;
    for (cut, state) in cuts {
        if cut.start > from {
            case.coverage.push(state_of(&key, from, cut.start, CoverageState::Observed));
        }
        if let Some(state) = state {
            case.coverage.push(state_of(&key, cut.start, cut.end, state));
        }
        from = cut.end;
    }
    if from < span.end {
        let last = if index % 6 == 2 { CoverageState::Inferred } else { CoverageState::ObservedByCount };
        case.coverage.push(state_of(&key, from, span.end, last));
    }
}

fn classes(dice: &mut Dice, recorded: u64, throttled: bool) -> ExposureTotals {
    let mut totals = ExposureTotals::default();
    let some = |dice: &mut Dice, most: f64| dice.skewed(most, 2);
    totals.by_class.insert(ExposureClass::A, recorded);
    totals.by_class.insert(ExposureClass::B1, if recorded > 900 { some(dice, 800.0) } else { 0 });
    totals.by_class.insert(ExposureClass::B3, if throttled { some(dice, 2_000.0) } else { 0 });
    totals.by_class.insert(ExposureClass::CNear, some(dice, 300.0));
    totals.by_class.insert(ExposureClass::CFar, some(dice, 1_500.0));
    totals.by_class.insert(ExposureClass::D1, some(dice, 900.0));
    totals.by_class.insert(ExposureClass::D0, some(dice, 4_000.0));
    totals.by_reason.insert(Reason::Gap, some(dice, 300.0));
    totals.by_reason.insert(Reason::Una, some(dice, 900.0));
    totals
}

fn sum<'t>(parts: impl Iterator<Item = &'t ExposureTotals>) -> ExposureTotals {
    let mut all = ExposureTotals::default();
    for part in parts {
        part.by_class.iter().for_each(|(class, n)| *all.by_class.entry(*class).or_default() += n);
        part.by_reason.iter().for_each(|(reason, n)| *all.by_reason.entry(*reason).or_default() += n);
    }
    all
}

fn findings(totals: &ExposureTotals) -> Findings {
    let mut less = totals.clone();
    let moved = less.by_class.insert(ExposureClass::B3, 0).unwrap_or(0);
    *less.by_class.entry(ExposureClass::CNear).or_default() += moved;
    Findings {
        listed: 51_204,
        listed_as_of: Some(START.plus(99 * DAY)),
        a_service: 211,
        sensitivity: vec![
            Sensitivity { change: Change::PresumeOnThrottle(false), totals: less },
            Sensitivity { change: Change::WithoutEntry("suspect-1".to_owned()), totals: totals.clone() },
        ],
        limitations: vec![
            Limitation { reason: Reason::Una, messages: 6_204, only: 5_110, mailboxes: 16, hours: None },
            Limitation { reason: Reason::Gap, messages: 1_204, only: 310, mailboxes: 16, hours: Some(1_008.0) },
        ],
        fetch_next: vec![FetchNext {
            what: "the attribution of the way in C00000002".to_owned(),
            reason: Reason::Una,
            gained: 5_110,
            touched: 6_204,
        }],
        drafts: vec![DraftContext {
            context: "C00000002".to_owned(),
            what: "owner by OWA".to_owned(),
            why: "largest way in nobody has attributed".to_owned(),
            records: 6_093,
            messages: 32_982,
            mailboxes: vec![MailboxKey("9a1f/0000".into()), MailboxKey("9a1f/0001".into())],
            span: Interval { start: START, end: START.plus(DAY) },
        }],
        ..Findings::default()
    }
}

fn cuts(dice: &mut Dice, span: Interval, index: u32) -> Vec<(Interval, Option<CoverageState>)> {
    let piece = |from: i64, to: i64| Interval { start: span.start.plus(from), end: span.start.plus(to) };
    let mut cuts = Vec::new();
    if index % 3 == 1 {
        let at = (18 + dice.below(20)) * DAY + 7 * HOUR;
        cuts.push((piece(at, at + 30 * HOUR), Some(CoverageState::BlindThrottled)));
    }
    if index % 5 == 3 {
        cuts.push((piece(38 * DAY, 44 * DAY), Some(CoverageState::KnownGap)));
    }
    if index % 7 == 5 {
        cuts.push((piece(60 * DAY, 66 * DAY), Some(CoverageState::ThrottleUnknown)));
    }
    if index % 16 == 6 {
        cuts.push((piece(0, 12 * DAY), None));
    }
    if index % 16 == 14 {
        cuts.push((piece(69 * DAY, 80 * DAY), Some(CoverageState::NotAudited)));
    }
    cuts.push((piece(80 * DAY + 6 * HOUR, 81 * DAY + 18 * HOUR), Some(CoverageState::SourceGap)));
    cuts.sort_by_key(|cut| cut.0.start);
    let mut from = span.start;
    cuts.retain(|cut| {
        let keep = cut.0.start >= from && cut.0.end <= span.end;
        if keep {
            from = cut.0.end;
        }
        keep
    });
    cuts
}

fn state_of(key: &MailboxKey, start: UtcMicros, end: UtcMicros, state: CoverageState) -> Coverage {
    Coverage { mailbox: key.clone(), logon_type: Some("Owner".to_owned()), span: Interval { start, end }, state }
}

fn session(key: &MailboxKey, context: u32, from: i64, to: i64, messages: u64, syncs: u64) -> AccessSession {
    AccessSession {
        id: String::new(),
        mailbox: key.clone(),
        context: format!("C0000000{context}"),
        basis: if context < 2 { SessionBasis::Context } else { SessionBasis::AadSession },
        token_session: (context >= 2).then(|| format!("00{context}a-token")),
        span: Interval { start: UtcMicros(from), end: UtcMicros(to) },
        open_start: false,
        open_end: messages > 800,
        attribution: Attribution::Unattributed,
        records: 1 + messages / 6,
        binds: 1 + messages / 6 - syncs.min(1),
        syncs,
        items: messages + messages / 9,
        messages,
        folders: 1 + messages % 5,
        bytes: Some(messages * 48_213),
        throttled: u64::from(messages > 880),
        addresses: vec![format!("203.0.113.{}", 10 + context)],
        address_count: 1,
    }
}

/// The addresses of the sessions, counted; the examiner gave a database that knows one of them.
fn addresses(sessions: &[AccessSession]) -> Vec<AddressSummary> {
    let mut found: BTreeMap<&str, AddressSummary> = BTreeMap::new();
    for session in sessions {
        let text = session.addresses[0].as_str();
        let entry = found.entry(text).or_insert_with(|| AddressSummary {
            address: text.to_owned(),
            network: Network::parse(text).map(|one| Network::neighbourhood(one.address())),
            front_end: None,
            known_as: None,
            country: text.ends_with('0').then(|| "NL".to_owned()),
            asn: text.ends_with('0').then_some(64_512),
            as_organization: text.ends_with('0').then(|| "Example Hosting".to_owned()),
            attribution: Attribution::Unattributed,
            span: session.span,
            records: 0,
            suspect_records: 0,
            mailboxes: 1,
            contexts: vec![session.context.clone()],
        });
        entry.records += session.records;
        entry.attribution = entry.attribution.max(session.attribution);
        if session.attribution == Attribution::Suspect {
            entry.suspect_records += session.records;
        }
        entry.span.start = entry.span.start.min(session.span.start);
        entry.span.end = entry.span.end.max(session.span.end);
    }
    found.into_values().collect()
}

/// A sign-in for the first suspect session.
fn sign_ins(sessions: &[AccessSession]) -> Vec<JoinedSignIn> {
    let first = sessions.iter().find(|session| session.attribution == Attribution::Suspect);
    let joined = |session: &AccessSession| JoinedSignIn {
        session: session.id.clone(),
        by: TokenJoin::UniqueTokenId,
        known_as: None,
        sign_in: SignIn {
            place: InputPlace { file: "signins.json".into(), at: PlaceUnit::Whole },
            created: UtcMicros(session.span.start.0 - 60_000_000),
            kind: SignInKind::Interactive,
            result: SignInResult::Success,
            principal: None,
            app_id: Some("00000002-0000-0ff1-ce00-000000000000".to_owned()),
            app_name: Some("Office 365 Exchange Online".to_owned()),
            resource_id: None,
            address: Some("203.0.113.10".to_owned()),
            session_id: None,
            unique_token_id: Some("token".to_owned()),
            device_id: None,
            device_trust: DeviceTrust::Untrusted,
        },
    };
    first.map(joined).into_iter().collect()
}

fn attribution(context: &str, said: Said) -> Attribution {
    match (context, said) {
        ("C00000003", _) => Attribution::Accepted,
        (_, Said::Nothing) => Attribution::Unattributed,
        ("C00000000" | "C00000001", _) => Attribution::Suspect,
        _ => Attribution::Unattributed,
    }
}

fn summary(
    key: &MailboxKey,
    index: u32,
    name: String,
    sessions: &[AccessSession],
    cuts: &[(Interval, Option<CoverageState>)],
) -> MailboxSummary {
    let span = |keep: &dyn Fn(&AccessSession) -> bool| {
        let kept: Vec<_> = sessions.iter().filter(|s| keep(s)).collect();
        let start = kept.iter().map(|s| s.span.start).min()?;
        Some(Interval { start, end: kept.iter().map(|s| s.span.end).max()? })
    };
    let suspect = |s: &AccessSession| s.attribution == Attribution::Suspect;
    let sum = |column: &dyn Fn(&AccessSession) -> u64| sessions.iter().map(column).sum::<u64>();
    let throttled: i64 =
        cuts.iter().filter(|cut| cut.1 == Some(CoverageState::BlindThrottled)).map(|cut| cut.0.micros()).sum();
    MailboxSummary {
        key: key.clone(),
        id: format!("M{:03}", index + 1),
        name,
        department: (index % 4 != 3).then(|| DEPARTMENTS[(index % 4) as usize].to_owned()),
        span: span(&|_| true),
        records: sum(&|s| s.records),
        binds: sum(&|s| s.binds),
        syncs: sum(&|s| s.syncs),
        items: sum(&|s| s.items),
        messages: sum(&|s| s.messages) * 4 / 5,
        suspect_messages: sessions.iter().filter(|s| suspect(s)).map(|s| s.messages).sum(),
        suspect_span: span(&suspect),
        sessions: sessions.len() as u64,
        throttled: sum(&|s| s.throttled),
        blind_hours: throttled as f64 / HOUR as f64,
        exposure: None,
    }
}

fn contexts(sessions: &[AccessSession], said: Said) -> Vec<AccessContext> {
    let described = [
        ("REST", "e9c51622-460d-4d3d-952d-966a5b1da34c", true, false),
        ("WebServices", "e9c51622-460d-4d3d-952d-966a5b1da34c", true, false),
        ("OWA", "9199bf20-a13f-4107-85dc-02114787ef48", false, false),
        ("REST", "00000003-0000-0000-c000-000000000000", false, true),
    ];
    described
        .into_iter()
        .enumerate()
        .map(|(number, (family, app, app_only, service))| {
            let id = format!("C0000000{number}");
            let own: Vec<_> = sessions.iter().filter(|s| s.context == id).collect();
            let mailboxes: std::collections::BTreeSet<_> = own.iter().map(|s| &s.mailbox).collect();
            AccessContext {
                user_id: Some(if app_only { "app@sharepoint".to_owned() } else { "owner".to_owned() }),
                user_type: Some(if app_only { "Application" } else { "Regular" }.to_owned()),
                logon_type: Some("Owner".to_owned()),
                app_id: Some(app.to_owned()),
                client_app_id: None,
                effective_app: Some(app.to_owned()),
                client_family: family.to_owned(),
                device_id: None,
                app_only,
                service,
                attribution: attribution(&id, said),
                span: Interval {
                    start: own.iter().map(|s| s.span.start).min().unwrap_or(START),
                    end: own.iter().map(|s| s.span.end).max().unwrap_or(START),
                },
                records: own.iter().map(|s| s.records).sum(),
                messages: own.iter().map(|s| s.messages).sum(),
                mailboxes: mailboxes.len() as u64,
                addresses: 1,
                id,
            }
        })
        .collect()
}

fn sources(span: Interval) -> Vec<SourceReceipt> {
    let source =
        |number: u32, name: &str, container: Option<&'static str>, bytes, finding: Option<Finding>| SourceReceipt {
            id: SourceId(number),
            name: name.to_owned(),
            parent: None,
            sha256: Sha256([0x11 * (number as u8 + 1); 32]),
            bytes,
            content_bytes: bytes * 9,
            container: container.map(Into::into),
            lossy: container == Some("office-activity-csv"),
            encoding: if number == 1 { "utf-16le" } else { "utf-8" }.into(),
            compression: (number != 1).then_some("gzip".into()),
            refused: container
                .is_none()
                .then(|| "not an audit export: a PDF document; name the export instead".to_owned()),
            span: container.map(|_| span),
            completeness: Completeness { findings: finding.into_iter().collect() },
        };
    let cap = Finding {
        code: "row-cap".into(),
        evidence: "5,000 rows: the number at which the portal's export is cut".to_owned(),
        ask: Some("Ask for the export again in shorter ranges.".to_owned()),
        incomplete: true,
    };
    vec![
        source(0, "exports/leadership.csv.gz", Some("portal-csv"), 1_204_118, None),
        source(1, "exports/legal-utf16.csv", Some("unified-csv"), 2_048_330, Some(cap)),
        source(2, "exports/sentinel.csv.gz", Some("office-activity-csv"), 812_004, None),
        source(3, "exports/readme.pdf", None, 48_201, None),
    ]
}

fn ledger() -> Ledger {
    let row =
        |number: u32, name: &str, container: Option<&'static str>, read, duplicate, other, out, rejected| LedgerRow {
            source: SourceId(number),
            name: name.to_owned(),
            sha256: Sha256([0x11 * (number as u8 + 1); 32]),
            bytes: 1_204_118,
            container: container.map(Into::into),
            read,
            accepted: read - duplicate - other - out - rejected,
            duplicate,
            other_operation: other,
            out_of_window: out,
            rejected,
        };
    Ledger {
        sources: vec![
            row(0, "exports/leadership.csv.gz", Some("portal-csv"), 21_410, 12, 310, 0, 0),
            row(1, "exports/legal-utf16.csv", Some("unified-csv"), 5_000, 0, 88, 14, 3),
            row(2, "exports/sentinel.csv.gz", Some("office-activity-csv"), 9_904, 402, 0, 0, 0),
            row(3, "exports/readme.pdf", None, 0, 0, 0, 0, 0),
        ],
    }
}
