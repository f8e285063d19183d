//! Owns `sample-data/midnight-blizzard`: which exports there are of which span, and the examiner's files beside them.
//!
//! Byte-identical from its seed. Exports overlap on purpose: records come twice, in other words, and must be one.

mod case;
mod inputs;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};

use crate::{
    error::SynthError,
    export::Container,
    record::{Event, Record, Schema},
    rng::Rng,
    scenario::midnight_blizzard,
    second::{Date, Second},
    service::Service,
    truth,
    world::{World, mail_of},
};

/// The seed of the sample in the repository.
pub const SEED: u64 = 20_240_112;

/// Where a sample goes: a folder, or a map in a test.
pub trait Files {
    /// Takes one file; `path` uses `/`.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), SynthError>;
}

/// A folder as [`Files`].
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder; it is made when the first file comes.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Files for Folder {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), SynthError> {
        let path = path.split('/').fold(self.0.clone(), |folder, part| folder.join(part));
        let failed = |source| SynthError::Write { path: path.clone(), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, bytes).map_err(failed)
    }
}

impl Files for std::collections::BTreeMap<String, Vec<u8>> {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), SynthError> {
        self.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
}

/// One export of the sample.
#[derive(Clone, Debug)]
struct Export {
    path: &'static str,
    container: Container,
    from: Second,
    until: Second,
    /// Departments searched; empty: all mailboxes.
    departments: &'static [&'static str],
    exported: Second,
    collector: &'static str,
    method: &'static str,
}

fn exports() -> Vec<Export> {
    let export = |path, container, from: Date, until: Date, departments, exported: Second, collector, method| Export {
        path,
        container,
        from: from.midnight(),
        until: until.midnight(),
        departments,
        exported,
        collector,
        method,
    };
    let january = |day, hour, minute| Date::new(2024, 1, day).at(hour, minute);
    vec![
        export(
            "exports/purview-2023-11.csv.gz",
            Container::PortalCsv,
            Date::new(2023, 11, 1),
            Date::new(2023, 12, 1),
            &[],
            january(17, 9, 20),
            "A. Nyberg",
            "Purview portal, one search a mailbox and one for the directory, all activities, results joined",
        ),
        export(
            "exports/purview-2023-12.csv.gz",
            Container::PortalCsvOld,
            Date::new(2023, 12, 1),
            Date::new(2024, 1, 1),
            &[],
            january(17, 9, 52),
            "A. Nyberg",
            "Purview portal, one search a mailbox and one for the directory, all activities, results joined",
        ),
        export(
            "exports/management-api-2024-01.json.gz",
            Container::ManagementApi,
            Date::new(2023, 12, 28),
            Date::new(2024, 2, 1),
            &[],
            Date::new(2024, 2, 3).at(6, 0),
            "nightly collector",
            "Management Activity API, Audit.Exchange and Audit.AzureActiveDirectory",
        ),
        export(
            "exports/search-leadership-2023-12-12.csv",
            Container::SearchCsvUtf16,
            Date::new(2023, 12, 12),
            Date::new(2023, 12, 14),
            &["Senior leadership"],
            january(18, 14, 5),
            "S. Iwasaki",
            "Search-UnifiedAuditLog -FreeText, one search a mailbox, Windows PowerShell",
        ),
        export(
            "exports/search-cybersecurity-2023-12-14.json.gz",
            Container::ConvertToJsonString,
            Date::new(2023, 12, 13),
            Date::new(2023, 12, 17),
            &["Cybersecurity"],
            january(18, 15, 40),
            "S. Iwasaki",
            "Search-UnifiedAuditLog -FreeText | ConvertTo-Json",
        ),
        export(
            "exports/collector-legal-2023-12.json.gz",
            Container::JsonConcatenated,
            Date::new(2023, 12, 18),
            Date::new(2023, 12, 24),
            &["Legal"],
            january(19, 8, 10),
            "outside counsel's responder",
            "collector script, batches merged",
        ),
        export(
            "exports/splunk-2023-11-24.csv.gz",
            Container::SplunkCsv,
            Date::new(2023, 11, 24),
            Date::new(2023, 11, 28),
            &[],
            january(19, 11, 0),
            "SOC",
            "Splunk, sourcetype o365:management:activity",
        ),
        export(
            "exports/defender-2024-01-02.ndjson.gz",
            Container::CloudAppEvents,
            Date::new(2024, 1, 2),
            Date::new(2024, 1, 6),
            &[],
            january(20, 7, 45),
            "SOC",
            "Defender advanced hunting, CloudAppEvents",
        ),
        export(
            "exports/sentinel-2024-01-08.csv.gz",
            Container::OfficeActivityCsv,
            Date::new(2024, 1, 8),
            Date::new(2024, 1, 13),
            &[],
            january(20, 8, 30),
            "SOC",
            "Log Analytics portal, OfficeActivity",
        ),
        export(
            "exports/audit-2024-01-11.ndjson.gz",
            Container::Ndjson,
            Date::new(2024, 1, 11),
            Date::new(2024, 1, 13),
            &[],
            january(21, 10, 15),
            "outside counsel's responder",
            "AuditData a line each",
        ),
    ]
}

/// The simulated world behind the sample.
#[must_use]
pub fn world(seed: u64) -> World {
    let horizon = midnight_blizzard::horizon(seed);
    let tenant = midnight_blizzard::tenant(seed);
    let messages = mail_of(&tenant, horizon);
    let plant = midnight_blizzard::plant(&tenant, &messages, horizon);
    World::build(tenant, messages, horizon, Service::documented(Schema::Y2023), vec![plant])
}

/// Writes the whole sample.
///
/// # Errors
/// What `files` answers.
pub fn write_sample(seed: u64, files: &mut dyn Files) -> Result<(), SynthError> {
    let world = world(seed);
    let records = world.records();
    let mut rows = Vec::new();
    for (number, export) in (0_u64..).zip(exports()) {
        let mut chosen: Vec<&Record> = records.iter().copied().filter(|record| export.takes(record, &world)).collect();
        arrange(export.container, &mut chosen, &mut Rng::stream(seed, "arrange", number));
        let bytes = export.container.to_bytes(&chosen);
        let bytes = if export.path.ends_with(".gz") { gzip(export.path, &bytes)? } else { bytes };
        files.put(export.path, &bytes)?;
        rows.push((export, chosen.len()));
    }
    files.put("case.toml", case::case_toml(&rows, &world).as_bytes())?;
    files.put("attribution.toml", inputs::attribution(&world).as_bytes())?;
    files.put("roster.csv", inputs::roster(&world).as_bytes())?;
    files.put("listing.csv", inputs::listing(&world, inputs::listed_at()).as_bytes())?;
    files.put("truth.json.gz", &gzip("truth.json.gz", &truth::truth_json(&world, "midnight-blizzard"))?)?;
    Ok(())
}

impl Export {
    fn takes(&self, record: &Record, world: &World) -> bool {
        let in_time = self.from <= record.created && record.created < self.until && record.available <= self.exported;
        in_time && self.container.holds(record) && (self.departments.is_empty() || self.searches(record, world))
    }

    /// A search by mailbox finds what happened in it, whoever did it.
    fn searches(&self, record: &Record, world: &World) -> bool {
        self.mailboxes(world).any(|upn| upn == owner(record))
    }

    fn mailboxes<'a>(&'a self, world: &'a World) -> impl Iterator<Item = &'a str> {
        world
            .tenant
            .mailboxes
            .iter()
            .filter(|mailbox| self.departments.contains(&mailbox.department))
            .map(|mailbox| &*mailbox.upn)
    }
}

/// The mailbox that a record is about, else the account.
fn owner(record: &Record) -> &str {
    match &record.event {
        Event::Bind { access, .. } | Event::Sync { access } | Event::Mailbox { access, .. } => &access.mailbox_upn,
        _ => record.user_id(),
    }
}

/// The order in which a container gives its records, and those it gives twice.
fn arrange(container: Container, records: &mut Vec<&Record>, rng: &mut Rng) {
    match container {
        // Blobs come as they are ready; later ones may repeat earlier records.
        Container::ManagementApi => {
            records.sort_by(|a, b| (a.available, &a.id).cmp(&(b.available, &b.id)));
            repeat(records, 0.02, rng);
        }
        Container::JsonConcatenated => repeat(records, 0.05, rng),
        // One search a mailbox, newest first, the results joined.
        Container::PortalCsv | Container::PortalCsvOld => {
            records.sort_by(|a, b| (owner(a), b.created, &b.id).cmp(&(owner(b), a.created, &a.id)));
        }
        Container::CloudAppEvents => records.reverse(),
        Container::SplunkCsv => rng.shuffle(records),
        _ => {}
    }
}

fn repeat(records: &mut Vec<&Record>, share: f64, rng: &mut Rng) {
    let again: Vec<&Record> = records.iter().copied().filter(|_| rng.chance(share)).collect();
    for record in again {
        let at = rng.index(records.len());
        records.insert(at, record);
    }
}

/// gzip without a time or a name: equal bytes in, equal bytes out.
fn gzip(path: &str, bytes: &[u8]) -> Result<Vec<u8>, SynthError> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|source| SynthError::Write { path: path.into(), source })
}
