//! Records and blocks made by hand, and tables read back as sorted lines.

use std::path::Path;

use mailtrail_model::{
    AccessRecord, AccessTypeBasis, ActivityCount, Address, Block, Client, Folder, Interval, ItemAccess, Locator,
    MailAccessType, MailboxKey, Origin, RecordSink, RecordType, RowCounts, SourceId, ThrottleState, Token, UtcMicros,
};
use mailtrail_timeline::{StoredAccess, TableWriter, Written};

/// 2023-12-04T18:00:00Z.
pub const NOON: i64 = 1_701_712_800_000_000;

pub fn locator(source: u32, row: u64) -> Locator {
    Locator { source: SourceId(source), row, byte_offset: row * 1_000, byte_len: 900 }
}

pub fn id(n: u64) -> String {
    format!("00000000-0000-4000-8000-{n:012x}")
}

/// A Bind of one folder and `items` messages.
pub fn bind(n: u64, items: usize) -> AccessRecord<'static> {
    let organization = "11111111-2222-4333-8444-555555555555";
    let mailbox = format!("22222222-3333-4444-8555-{:012x}", n % 7);
    let upn = format!("User.{}@contoso.example", n % 7);
    AccessRecord {
        locator: locator(0, n + 1),
        record_id: id(n).into(),
        created: UtcMicros(NOON + i64::try_from(n).unwrap() * UtcMicros::MINUTE),
        record_type: Some(RecordType::ExchangeItemAggregated),
        access_type: MailAccessType::Bind,
        access_type_basis: AccessTypeBasis::Stated,
        throttled: ThrottleState::No,
        result_status: Some("Succeeded".into()),
        mailbox: MailboxKey::of(Some(organization), Some(&mailbox), Some(&upn)).unwrap(),
        organization_id: Some(organization.into()),
        mailbox_guid: Some(mailbox.into()),
        mailbox_owner_upn: Some(upn.clone().into()),
        user_id: Some(upn.into()),
        user_type: Some(mailtrail_model::UserType::Regular),
        user_key: Some("10032001AAAA1111".into()),
        logon_type: Some(mailtrail_model::LogonType::Owner),
        internal_logon_type: Some(mailtrail_model::LogonType::Owner),
        logon_user_sid: None,
        external_access: Some(false),
        origin: Origin { raw: Some("[2001:db8::1]:443".into()), address: Address::Ip("2001:db8::1".parse().unwrap()) },
        client: Client {
            client_info_string: Some("Client=REST;Client=RESTSystem;".into()),
            app_id: Some("00000003-0000-0000-c000-000000000000".into()),
            ..Client::default()
        },
        token: Token { session_id: Some(id(n / 10).into()), ..Token::default() },
        operation_count: Some(i64::try_from(items).unwrap()),
        folders: vec![Folder {
            id: Some("LgAAAAC0AxwgOj/BRq9BAAAAAAEMAAAB".into()),
            path: Some("\\Inbox".into()),
            name: None,
        }],
        items: (0..items).map(|i| item(n * 1_000 + u64::try_from(i).unwrap())).collect(),
        truncated: false,
        issues: vec![],
    }
}

pub fn item(n: u64) -> ItemAccess<'static> {
    ItemAccess {
        folder: Some(0),
        internet_message_id: Some(format!("<m{n}@mail.contoso.example>").into()),
        size_bytes: Some(i64::try_from(n).unwrap()),
        ..ItemAccess::default()
    }
}

/// A Sync of one folder.
pub fn sync(n: u64) -> AccessRecord<'static> {
    AccessRecord {
        record_type: Some(RecordType::ExchangeItem),
        access_type: MailAccessType::Sync,
        operation_count: None,
        folders: vec![Folder {
            id: Some("LgAAAAC0AxwgOj/BRq9BAAAAAAEMAAAB".into()),
            path: None,
            name: Some("Boîte de réception".into()),
        }],
        ..bind(n, 0)
    }
}

/// A block with its counts and tally.
pub fn block(records: Vec<AccessRecord<'static>>) -> Block<'static> {
    let mut sources: Vec<SourceId> = records.iter().map(|record| record.locator.source).collect();
    sources.sort_unstable();
    sources.dedup();
    let rows = |source: SourceId| {
        u64::try_from(records.iter().filter(|record| record.locator.source == source).count()).unwrap()
    };
    let counts = sources
        .iter()
        .map(|source| RowCounts { source: *source, read: rows(*source), other_operation: 0, rejected: 0 })
        .collect();
    let activity = sources
        .iter()
        .map(|source| ActivityCount {
            source: *source,
            operation: "MailItemsAccessed".into(),
            hour: Some(UtcMicros(NOON)),
            rows: rows(*source),
        })
        .collect();
    Block { records, counts, activity, ..Block::default() }
}

/// Writes blocks on this thread.
pub fn write(folder: &Path, window: Option<Interval>, blocks: &[Block<'_>]) -> Written {
    let writer = TableWriter::create(folder, window).unwrap();
    for block in blocks {
        let judged = writer.judge(block).unwrap();
        let encoded = writer.encode(block, judged).unwrap();
        writer.append(block, encoded).unwrap();
    }
    writer.finish().unwrap()
}

/// The accesses as written, in table order.
pub fn read(folder: &Path) -> Vec<StoredAccess> {
    mailtrail_timeline::read_accesses(folder, |_| true).unwrap()
}

/// The accesses without what may depend on the order of sources, by id.
pub fn unordered(folder: &Path) -> Vec<AccessRecord<'static>> {
    let mut records: Vec<_> = read(folder).into_iter().map(|access| access.record).collect();
    for record in &mut records {
        record.locator = locator(0, 0);
    }
    records.sort_by(|a, b| (&a.record_id, format!("{a:?}")).cmp(&(&b.record_id, format!("{b:?}"))));
    records
}
