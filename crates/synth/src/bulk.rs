//! Owns big files for measuring speed: seeded, streaming, any size, any container.
//!
//! The mix is that of docs/BENCHMARKS.md: 65 % MailItemsAccessed, of these 80 % Binds of 1–30 items; 35 % other operations;
//! 3 % duplicates; some cells with raw line ends; a record of about 4.9 KB. Subjects and addresses that senders choose hold
//! the name of the wanted operation and quotes now and then, so that a substring test gives itself away.
//! No life is simulated: the records are plausible one by one, not as a story.

use std::{
    io::{self, Write},
    sync::Arc,
};

use crate::{
    context::{self, Context, Place},
    error::SynthError,
    export::Container,
    record::{Access, Event, Item, Layout, Record, Schema, SignIn},
    rng::Rng,
    second::{Date, Second},
    tenant::Tenant,
};

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    /// Size aimed at.
    pub bytes: u64,
    /// In which container.
    pub container: Container,
    /// Seed.
    pub seed: u64,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows.
    pub rows: u64,
    /// Of these, rows of MailItemsAccessed.
    pub mail_items_accessed: u64,
    /// Of these, rows that repeat a record.
    pub duplicates: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Reads `1GB`, `0.1GB`, `250 MB`, `4096`. Powers of ten, as disks are sold.
///
/// # Errors
/// If it is no size.
pub fn parse_size(text: &str) -> Result<u64, SynthError> {
    let refuse = || SynthError::Size { text: text.to_owned() };
    let upper = text.trim().to_ascii_uppercase();
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1), ("", 1)];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((upper.strip_suffix(name)?, *unit))).ok_or_else(refuse)?;
    // `0.1GB` is exact: digits are shifted, nothing is rounded.
    let (whole, fraction) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
    let digits: u64 = format!("{whole}{fraction}").parse().map_err(|_| refuse())?;
    let places = u32::try_from(fraction.len()).map_err(|_| refuse())?;
    let scaled = digits.checked_mul(unit).ok_or_else(refuse)?;
    10_u64.checked_pow(places).map(|shift| scaled / shift).ok_or_else(refuse)
}

impl Bulk {
    /// Writes the file. Its size is met to about 2 %: the number of rows is fixed before the first, because some
    /// containers print it.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn write(self, out: &mut dyn Write) -> io::Result<Written> {
        let total = self.rows();
        let mut made = Counting { out, bytes: 0 };
        let mut written = Written::default();
        let mut source = Source::new(self.seed);
        let mut writer = self.container.writer(usize::try_from(total).unwrap_or(usize::MAX), &mut made)?;
        while written.rows < total {
            let (record, repeated) = source.next();
            if !self.container.holds(record) {
                continue;
            }
            writer.record(record)?;
            written.rows += 1;
            written.mail_items_accessed += u64::from(record.access().is_some());
            written.duplicates += u64::from(repeated);
        }
        writer.finish()?;
        written.bytes = made.bytes;
        Ok(written)
    }

    /// How many rows make the size: measured on the first rows of another stream.
    fn rows(self) -> u64 {
        let mut source = Source::new(self.seed ^ 0x5eed);
        let records: Vec<Record> = (0..2_000).map(|_| source.next().0.clone()).collect();
        let held: Vec<&Record> = records.iter().filter(|record| self.container.holds(record)).collect();
        let bytes = u64::try_from(self.container.to_bytes(&held).len()).unwrap_or(u64::MAX).max(1);
        let rows = u128::from(self.bytes) * u128::try_from(held.len()).unwrap_or(1) / u128::from(bytes);
        u64::try_from(rows).unwrap_or(u64::MAX).max(1)
    }
}

struct Counting<'a> {
    out: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Counting<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let taken = self.out.write(buffer)?;
        self.bytes += u64::try_from(taken).unwrap_or(0);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Records that could be repeated: duplicates lie near their first copies and far from them.
const KEPT: usize = 4_096;

struct Source {
    tenant: Tenant,
    contexts: Vec<Vec<Arc<Context>>>,
    rng: Rng,
    kept: Vec<Record>,
    at: Second,
    current: usize,
}

impl Source {
    fn new(seed: u64) -> Self {
        let tenant = Tenant::invented(400, seed);
        let mut rng = Rng::stream(seed, "bulk", 0);
        let start = Date::new(2025, 9, 1).midnight();
        let contexts = tenant.mailboxes.iter().map(|mailbox| ways_in(mailbox, start, seed, &mut rng)).collect();
        Self { tenant, contexts, rng, kept: Vec::with_capacity(KEPT), at: start, current: 0 }
    }

    /// The next record, and whether it was given before.
    fn next(&mut self) -> (&Record, bool) {
        if self.kept.len() > 64 && self.rng.chance(0.03) {
            self.current = self.rng.index(self.kept.len());
            return (&self.kept[self.current], true);
        }
        self.at = self.at.plus(self.rng.between(0, 3));
        let record = self.make();
        if self.kept.len() < KEPT {
            self.current = self.kept.len();
            self.kept.push(record);
        } else {
            self.current = self.rng.index(KEPT);
            self.kept[self.current] = record;
        }
        (&self.kept[self.current], false)
    }

    fn make(&mut self) -> Record {
        let index = self.rng.index(self.tenant.mailboxes.len());
        let mailbox = &self.tenant.mailboxes[index];
        let context = self.rng.pick(&self.contexts[index]).clone();
        let rng = &mut self.rng;
        let folder = [0, 0, 0, 0, 1, 3, 7, 8][rng.index(8)];
        let access = Access::new(mailbox, folder, context);
        let event = match rng.below(100) {
            0..=51 => {
                let count = rng.between(1, 30);
                let items = (0..count).map(|_| item(&self.tenant.servers, index, rng)).collect();
                Event::Bind { access, items }
            }
            52..=64 => Event::Sync { access },
            65..=84 => {
                let operation =
                    *rng.pick(&["Send", "HardDelete", "SoftDelete", "MoveToDeletedItems", "Create", "Update"]);
                let count = if operation == "Send" { 1 } else { rng.between(1, 4) };
                let items = (0..count).map(|_| (item(&self.tenant.servers, index, rng), subject(rng))).collect();
                Event::Mailbox { operation, access, items }
            }
            _ => Event::SignIn(SignIn {
                user_id: mailbox.upn.clone(),
                user_key: mailbox.object_id.clone(),
                address: access.context.address.clone(),
                application_id: context::EXCHANGE_ONLINE.into(),
                session: access.context.session.clone(),
                user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
                failure: None,
            }),
        };
        let schema = if rng.chance(0.3) { Schema::Y2024 } else { Schema::Y2025 };
        let mut record = Record::new(&self.tenant, schema, self.at, event, rng);
        if rng.chance(0.01) {
            record.layout = Layout::Lines;
        }
        record
    }
}

fn ways_in(mailbox: &crate::tenant::Mailbox, start: Second, seed: u64, rng: &mut Rng) -> Vec<Arc<Context>> {
    let session = |client| context::session(mailbox, client, start, seed);
    let home = context::address(mailbox, Place::Home, start, rng);
    let carrier = context::address(mailbox, Place::Carrier, start, rng);
    let mut ways = vec![
        Context::owa(mailbox, mailbox, home.clone(), session("owa"), rng),
        Context::outlook(mailbox, mailbox, home, session("outlook"), "16.0.18925.20158"),
        Context::mobile(mailbox, carrier, session("mobile")),
    ];
    ways.extend((0..5).map(|_| Context::background(mailbox, rng)));
    ways.into_iter().map(Arc::new).collect()
}

fn item(servers: &[String], mailbox: usize, rng: &mut Rng) -> Item {
    // Some messages come again, most do not.
    let number = if rng.chance(0.2) { rng.below(500) } else { rng.below(1 << 40) };
    let mailbox = u64::try_from(mailbox).unwrap_or(0);
    let mixed = (number ^ (mailbox << 44)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let server = &servers[usize::try_from(mixed % 6).unwrap_or(0)];
    let internet_message_id = if mixed.is_multiple_of(997) {
        // A sender may write what it likes.
        format!("<{mixed:016x}.\"Operation\":\"MailItemsAccessed\"@quill-news.example>")
    } else {
        format!("<{server}{:016X}{mixed:08X}@{server}.eurprd04.prod.outlook.example>", mixed.rotate_left(29))
    };
    Item { internet_message_id: internet_message_id.into(), size_bytes: rng.between(4_000, 900_000), number }
}

fn subject(rng: &mut Rng) -> String {
    match rng.below(200) {
        0 => "\"Operation\":\"MailItemsAccessed\",\"RecordType\":50".to_owned(),
        1 => "MailItemsAccessed, \"quoted\", und ein Umlaut: ü".to_owned(),
        number => format!("Case {number}: please review the attached draft before Thursday"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bulk, parse_size};
    use crate::export::Container;

    fn bulk(container: Container, seed: u64) -> (Vec<u8>, super::Written) {
        let mut out = Vec::new();
        let written = Bulk { bytes: 4_000_000, container, seed }.write(&mut out).unwrap();
        (out, written)
    }

    #[test]
    fn the_mix_is_the_one_of_the_benchmarks() {
        let (out, written) = bulk(Container::PortalCsv, 1);
        assert_eq!(u64::try_from(out.len()).unwrap(), written.bytes);
        let share = |part: u64| part as f64 / written.rows as f64;
        assert!((share(written.mail_items_accessed) - 0.65).abs() < 0.05, "{written:?}");
        assert!((share(written.duplicates) - 0.03).abs() < 0.02, "{written:?}");
        assert!((4_600.0..5_200.0).contains(&(written.bytes as f64 / written.rows as f64)), "{written:?}");
        let mut reader = csv::Reader::from_reader(&*out);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(u64::try_from(rows.len()).unwrap(), written.rows);
        assert!(rows.iter().any(|row| row[5].contains('\n')));
        assert!(
            rows.iter().all(|row| serde_json::from_str::<serde_json::Value>(&row[5]).unwrap()["Operation"] == row[3])
        );
    }

    #[test]
    fn the_size_is_met_and_the_seed_decides() {
        for container in
            [Container::PortalCsv, Container::Ndjson, Container::ConvertToJsonString, Container::OfficeActivityCsv]
        {
            let (first, written) = bulk(container, 1);
            assert!((3_800_000..4_200_000).contains(&written.bytes), "{container:?} {written:?}");
            assert!(first == bulk(container, 1).0 && first != bulk(container, 2).0);
        }
    }

    #[test]
    fn sizes_are_read() {
        for (text, expected) in
            [("1GB", 1_000_000_000), ("250 mb", 250_000_000), ("4096", 4_096), ("7B", 7), ("0.1GB", 100_000_000)]
        {
            assert_eq!(parse_size(text).unwrap(), expected);
        }
        assert!(parse_size("much").is_err() && parse_size("GB").is_err());
    }
}
