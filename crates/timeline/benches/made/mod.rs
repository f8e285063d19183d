//! Owns the made-up tables that the benches read: each access names six items, a third of them for the first time.

use std::{fs, path::Path};

use mailtrail_model::{
    AccessMatcher, AccessRecord, AccessTypeBasis, Address, AttributionEntry, Block, CaseInputs, Client, Completeness,
    Folder, InputPlace, Interval, ItemAccess, Locator, LogonType, MailAccessType, MailboxKey, Marking, Network, Origin,
    PlaceUnit, RecordSink as _, RecordType, Sha256, SourceId, SourceReceipt, ThrottleState, Token, UserType, UtcMicros,
};
use mailtrail_timeline::TableWriter;

const START: i64 = 1_698_796_800_000_000;
const DAYS: i64 = 92;
const ITEMS: u64 = 6;
/// Accesses of a block.
pub(crate) const BLOCK: u64 = 4_000;

/// A generator of numbers that look random and never change (splitmix64).
fn mix(n: u64) -> u64 {
    let n = (n.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

fn guid(n: u64) -> String {
    let (a, b) = (mix(n), mix(n ^ 0xabcd));
    let (c, d) = (a >> 16 & 0xffff, a & 0xfff);
    format!("{:08x}-{c:04x}-4{d:03x}-8{:03x}-{:012x}", a >> 32, b >> 52, b & 0xffff_ffff_ffff)
}

/// Access `n` of `of`.
pub(crate) fn record(n: u64, of: u64, mailboxes: u64) -> AccessRecord<'static> {
    let user = mix(n) % mailboxes;
    let (organization, mailbox) = (guid(1), guid(user + 2));
    let upn = format!("first.last{user}@contoso.example");
    let folder = |f: u64| Folder {
        id: Some(format!("LgAAAAC0AxwgOj/BRq9Bs1bhMPw/AQDh+UNSDzeHSLWfq+fr{user:04}AAA{f}AAEMAAAB").into()),
        path: Some(["\\Inbox", "\\Sent Items", "\\Archive"][usize::try_from(f).unwrap()].into()),
        name: None,
    };
    let per_mailbox = of * ITEMS / mailboxes / 3;
    let item = |i: u64| {
        let k = mix((user << 40) | (mix(n * 8 + i) % per_mailbox));
        let id = format!("<{k:016X}{:012X}@{:08x}.namprd18.prod.outlook.com>", mix(k) >> 16, k % 97);
        ItemAccess {
            folder: Some(u32::try_from(i % 3).unwrap()),
            internet_message_id: Some(id.into()),
            size_bytes: Some(i64::try_from(k % 200_000).unwrap()),
            ..ItemAccess::default()
        }
    };
    // One of forty ways in, kept for some 25 accesses of a mailbox: clients ask again and again, they do not take turns.
    let way = mix(user ^ ((n / (mailboxes * 25)) << 20)) % 40;
    let app = guid(5_000 + way % 5);
    AccessRecord {
        locator: Locator { source: SourceId(0), row: n + 1, byte_offset: n * 4_900, byte_len: 4_899 },
        record_id: guid(n + 1_000_000_000).into(),
        created: UtcMicros(
            START + i64::try_from(n * 1_000 / (of / 1_000 + 1)).unwrap() * DAYS * UtcMicros::DAY / 1_000_000,
        ),
        record_type: Some(RecordType::ExchangeItemAggregated),
        access_type: MailAccessType::Bind,
        access_type_basis: AccessTypeBasis::Stated,
        throttled: ThrottleState::No,
        result_status: Some("Succeeded".into()),
        mailbox: MailboxKey::of(Some(&organization), Some(&mailbox), None).unwrap(),
        organization_id: Some(organization.into()),
        mailbox_guid: Some(mailbox.into()),
        mailbox_owner_upn: Some(upn.clone().into()),
        user_id: Some(upn.into()),
        user_type: Some(UserType::Regular),
        user_key: None,
        logon_type: Some(LogonType::Owner),
        internal_logon_type: Some(LogonType::Owner),
        logon_user_sid: None,
        external_access: Some(false),
        origin: Origin {
            raw: Some(format!("10.{}.{}.7", way, user % 250).into()),
            address: Address::Ip([10, u8::try_from(way).unwrap(), u8::try_from(user % 250).unwrap(), 7].into()),
        },
        client: Client {
            client_info_string: Some(
                ["Client=REST;;", "Client=OWA;Mozilla/5.0;"][usize::try_from(way % 2).unwrap()].into(),
            ),
            app_id: Some(app.into()),
            ..Client::default()
        },
        token: Token { aad_session_id: (way < 20).then(|| guid(n / 50_000 + way).into()), ..Token::default() },
        operation_count: Some(i64::try_from(ITEMS).unwrap()),
        folders: (0..3).map(folder).collect(),
        items: (0..ITEMS).map(item).collect(),
        truncated: false,
        issues: Vec::new(),
    }
}

/// Writes the tables into a folder.
pub(crate) fn make(folder: &Path, accesses: u64, mailboxes: u64) {
    fs::create_dir_all(folder).unwrap();
    let writer = TableWriter::create(folder, None).unwrap();
    for first in (0..accesses).step_by(usize::try_from(BLOCK).unwrap()) {
        let records = (first..(first + BLOCK).min(accesses)).map(|n| record(n, accesses, mailboxes)).collect();
        let block = Block { records, ..Block::default() };
        let judged = writer.judge(&block).unwrap();
        let encoded = writer.encode(&block, judged).unwrap();
        writer.append(&block, encoded).unwrap();
    }
    writer.finish().unwrap();
}

/// A window, a suspect network and an accepted one.
pub(crate) fn case() -> CaseInputs {
    let place = || InputPlace { file: "bench".into(), at: PlaceUnit::Whole };
    let entry = |marking, network: &str| AttributionEntry {
        id: network.to_owned(),
        place: place(),
        marking,
        matcher: AccessMatcher { addresses: vec![Network::parse(network).unwrap()], ..AccessMatcher::default() },
        fact: "bench".to_owned(),
        note: None,
        by: None,
        date: None,
        alternatives: None,
    };
    CaseInputs {
        window: Some(Interval { start: UtcMicros(START), end: UtcMicros(START + DAYS * UtcMicros::DAY) }),
        attribution: vec![entry(Marking::Suspect, "10.3.7.0/24"), entry(Marking::Accepted, "10.0.0.0/11")],
        attribution_given: true,
        ..CaseInputs::default()
    }
}

/// The one source.
pub(crate) fn receipt() -> SourceReceipt {
    SourceReceipt {
        id: SourceId(0),
        name: "bench".to_owned(),
        parent: None,
        sha256: Sha256([0; 32]),
        bytes: 1,
        content_bytes: 1,
        container: Some("portal-csv".into()),
        lossy: false,
        encoding: "utf-8".into(),
        compression: None,
        refused: None,
        span: Some(Interval { start: UtcMicros(START), end: UtcMicros(START + DAYS * UtcMicros::DAY) }),
        completeness: Completeness::default(),
    }
}
