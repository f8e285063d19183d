//! How fast records become tables, and in how much memory: `cargo bench -p mailtrail-timeline -- [BLOCKS] [THREADS] [COPIES] [FOLDER]`.
//!
//! Prints one line. A block is what 8 MiB of an export hold: 1,100 accesses with 16 items each. `COPIES` 2 adds a second,
//! poorer export of everything, which is settled in `finish`. The tables are kept if a folder is named. Not a criterion bench: what counts is the whole way to disk.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time, reads its arguments and prints"
)]

use std::{
    sync::{Condvar, Mutex},
    time::Instant,
};

use mailtrail_model::{
    AccessRecord, AccessTypeBasis, Address, Block, Client, Folder, ItemAccess, Locator, LogonType, MailAccessType,
    MailboxKey, Origin, RecordSink, RecordType, SourceId, ThrottleState, Token, UserType, UtcMicros,
};
use mailtrail_timeline::TableWriter;

const RECORDS: u64 = 1_100;
const ITEMS: u64 = 16;

/// A generator of numbers that look random and never change (splitmix64).
fn mix(n: u64) -> u64 {
    let n = (n.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

fn guid(n: u64) -> String {
    let (a, b) = (mix(n), mix(n ^ 0xabcd));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

fn record(n: u64, poor: bool) -> AccessRecord<'static> {
    let user = mix(n) % 400;
    let (organization, mailbox) = (guid(1), guid(user));
    let upn = format!("first.last{user}@contoso.example");
    let folder = |f: u64| Folder {
        id: Some(format!("LgAAAAC0AxwgOj/BRq9Bs1bhMPw/AQDh+UNSDzeHSLWfq+fr{user:04}AAA{f}AAEMAAAB").into()),
        path: Some(["\\Inbox", "\\Sent Items", "\\Archive"][usize::try_from(f).unwrap()].into()),
        name: None,
    };
    let item = |i: u64| {
        let k = mix(n * 64 + i);
        ItemAccess {
            folder: Some(u32::try_from(i % 3).unwrap()),
            internet_message_id: Some(
                format!("<{k:016X}{:012X}@{:08x}.namprd18.prod.outlook.com>", mix(k) >> 16, k as u32 % 97).into(),
            ),
            item_id: Some(
                format!("RgAAAAC0AxwgOj/BRq9Bs1bhMPw/BwDh+UNSDzeHSLWfq{k:016x}AAAAAAEMAAC{:08x}", k >> 32).into(),
            ),
            size_bytes: Some(i64::try_from(k % 200_000).unwrap()),
            ..ItemAccess::default()
        }
    };
    AccessRecord {
        locator: Locator { source: SourceId(u32::from(poor)), row: n + 1, byte_offset: n * 4_900, byte_len: 4_899 },
        record_id: guid(n + 1_000_000_000).into(),
        created: UtcMicros(1_701_712_800_000_000 + i64::try_from(n).unwrap() * 2_000_000),
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
        user_key: (!poor).then(|| format!("1003200{:09X}", mix(user) >> 28).into()),
        logon_type: Some(LogonType::Owner),
        internal_logon_type: Some(LogonType::Owner),
        logon_user_sid: Some(format!("S-1-5-21-1148582062-3132321681-773847816-{user}").into()),
        external_access: Some(false),
        origin: Origin {
            raw: Some(format!("203.0.113.{}", user % 250).into()),
            address: Address::Ip(std::net::IpAddr::from([203, 0, 113, u8::try_from(user % 250).unwrap()])),
        },
        client: Client {
            client_info_string: Some("Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36".into()),
            app_id: Some("00000002-0000-0ff1-ce00-000000000000".into()),
            client_app_id: Some("00000002-0000-0ff1-ce00-000000000000".into()),
            client_version: Some("15.20.7249.024".into()),
            ..Client::default()
        },
        token: Token { session_id: Some(guid(user + n / 20_000).into()), ..Token::default() },
        operation_count: (!poor).then_some(i64::try_from(ITEMS).unwrap()),
        folders: (0..3).map(folder).collect(),
        items: (0..ITEMS).map(item).collect(),
        truncated: false,
        issues: Vec::new(),
    }
}

fn argument(at: usize, default: u64) -> u64 {
    std::env::args().filter(|text| text != "--bench").nth(at).map_or(default, |text| text.parse().unwrap())
}

/// Lets blocks through one at a time, in order.
#[derive(Default)]
struct Turn {
    next: Mutex<u64>,
    moved: Condvar,
}

impl Turn {
    fn take<T>(&self, at: u64, work: impl FnOnce() -> T) -> (T, f64) {
        let mut next = self.moved.wait_while(self.next.lock().unwrap(), |next| *next != at).unwrap();
        let clock = Instant::now();
        let done = work();
        *next += 1;
        self.moved.notify_all();
        (done, clock.elapsed().as_secs_f64())
    }
}

fn main() {
    let (blocks, threads, copies) = (argument(1, 120), argument(2, 2), argument(3, 1));
    let kept = std::env::args().filter(|text| text != "--bench").nth(4).map(std::path::PathBuf::from);
    let folder =
        kept.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("mailtrail-bench-{}", std::process::id())));
    let writer = TableWriter::create(&folder, None).unwrap();
    let next = Mutex::new(0);
    let (judging, appending) = (Turn::default(), Turn::default());
    let busy = Mutex::new([0.0f64; 4]);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    if at >= blocks * copies {
                        return;
                    }
                    let clock = Instant::now();
                    let first = at % blocks * RECORDS;
                    let records = (first..first + RECORDS).map(|n| record(n, at >= blocks)).collect();
                    let block = Block { records, ..Block::default() };
                    let made = clock.elapsed().as_secs_f64();
                    let (judged, judge) = judging.take(at, || writer.judge(&block).unwrap());
                    let clock = Instant::now();
                    let encoded = writer.encode(&block, judged).unwrap();
                    let encode = clock.elapsed().as_secs_f64();
                    let ((), append) = appending.take(at, || writer.append(&block, encoded).unwrap());
                    let mut busy = busy.lock().unwrap();
                    for (sum, more) in busy.iter_mut().zip([made, judge, encode, append]) {
                        *sum += more;
                    }
                }
            });
        }
    });
    let before = began.elapsed().as_secs_f64();
    let written = writer.finish().unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let bytes: u64 = written.tables.iter().map(|table| std::fs::metadata(&table.path).unwrap().len()).sum();
    if kept.is_none() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let peak = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = peak.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("").to_owned();
    let [made, judge, encode, append] = *busy.lock().unwrap();
    println!(
        "{blocks} blocks x {copies}, {threads} threads: {} items, {:.2} s to finish, {seconds:.2} s in all, \
         {:.1} MB out; thread seconds: making {made:.2}, judge {judge:.2}, encode {encode:.2}, append {append:.2}; {peak}",
        written.rows("items.parquet").unwrap_or(0),
        before,
        bytes as f64 / 1e6,
    );
}
