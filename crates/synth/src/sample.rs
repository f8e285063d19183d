//! Owns `sample-data/`: which worlds it shows, and which exports of which span there are of each.
//!
//! Byte-identical from its seed. Exports overlap on purpose: records come twice, in other words, and must be one.

use crate::{
    casework::{Case, Export, ListingStyle, write_case},
    error::SynthError,
    export::Container,
    files::Files,
    record::Schema,
    scenario::{midnight_blizzard, storm_0558},
    second::Date,
    service::Service,
    world::{World, mail_of},
};

/// The seed of the samples in the repository.
pub const SEED: u64 = 20_240_112;

/// A sample of the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// November 2023 to January 2024.
    MidnightBlizzard,
    /// April to June 2023.
    Storm0558,
}

impl Sample {
    /// Every sample.
    pub const ALL: [Self; 2] = [Self::MidnightBlizzard, Self::Storm0558];

    /// The name of its folder.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MidnightBlizzard => "midnight-blizzard",
            Self::Storm0558 => "storm-0558",
        }
    }

    /// The simulated world behind it.
    #[must_use]
    pub fn world(self, seed: u64) -> World {
        let (horizon, tenant) = match self {
            Self::MidnightBlizzard => (midnight_blizzard::horizon(seed), midnight_blizzard::tenant(seed)),
            Self::Storm0558 => (storm_0558::horizon(seed), storm_0558::tenant(seed)),
        };
        let messages = mail_of(&tenant, horizon);
        let plant = match self {
            Self::MidnightBlizzard => midnight_blizzard::plant(&tenant, &messages, horizon),
            Self::Storm0558 => storm_0558::plant(&tenant, &messages, horizon),
        };
        World::build(tenant, messages, horizon, Service::documented(Schema::Y2023), vec![plant])
    }

    /// Writes it whole.
    ///
    /// # Errors
    /// What `files` answers.
    pub fn write(self, seed: u64, files: &mut dyn Files) -> Result<(), SynthError> {
        write_case(&self.world(seed), &self.case(), files)
    }

    /// What its examiner has.
    #[must_use]
    pub fn case(self) -> Case {
        match self {
            Self::MidnightBlizzard => midnight_blizzard_case(),
            Self::Storm0558 => storm_0558_case(),
        }
    }
}

type Row = (&'static str, Container, Date, Date, &'static [&'static str], (Date, i64, i64), &'static str, &'static str);

fn exports(rows: &[Row]) -> Vec<Export> {
    let export = |row: &Row| {
        let (name, container, from, until, departments, (day, hour, minute), collector, method) = *row;
        let (from, until, exported) = (from.midnight(), until.midnight(), day.at(hour, minute));
        let (path, cap) = (format!("exports/{name}"), None);
        Export { path, container, from, until, departments, exported, collector, method, cap }
    };
    rows.iter().map(export).collect()
}

const PORTAL: &str = "Purview portal, one search a mailbox and one for the directory, all activities, results joined";

fn midnight_blizzard_case() -> Case {
    let (november, december) = (|day| Date::new(2023, 11, day), |day| Date::new(2023, 12, day));
    let january = |day| Date::new(2024, 1, day);
    let rows: [Row; 10] = [
        (
            "purview-2023-11.csv.gz",
            Container::PortalCsv,
            november(1),
            december(1),
            &[],
            (january(17), 9, 20),
            "A. Nyberg",
            PORTAL,
        ),
        (
            "purview-2023-12.csv.gz",
            Container::PortalCsvOld,
            december(1),
            january(1),
            &[],
            (january(17), 9, 52),
            "A. Nyberg",
            PORTAL,
        ),
        (
            "management-api-2024-01.json.gz",
            Container::ManagementApi,
            december(28),
            Date::new(2024, 2, 1),
            &[],
            (Date::new(2024, 2, 3), 6, 0),
            "nightly collector",
            "Management Activity API, Audit.Exchange and Audit.AzureActiveDirectory",
        ),
        (
            "search-leadership-2023-12-12.csv",
            Container::SearchCsvUtf16,
            december(12),
            december(14),
            &["Senior leadership"],
            (january(18), 14, 5),
            "S. Iwasaki",
            "Search-UnifiedAuditLog -FreeText, one search a mailbox, Windows PowerShell",
        ),
        (
            "search-cybersecurity-2023-12-14.json.gz",
            Container::ConvertToJsonString,
            december(13),
            december(17),
            &["Cybersecurity"],
            (january(18), 15, 40),
            "S. Iwasaki",
            "Search-UnifiedAuditLog -FreeText | ConvertTo-Json",
        ),
        (
            "collector-legal-2023-12.json.gz",
            Container::JsonConcatenated,
            december(18),
            december(24),
            &["Legal"],
            (january(19), 8, 10),
            "outside counsel's responder",
            "collector script, batches merged",
        ),
        (
            "splunk-2023-11-24.csv.gz",
            Container::SplunkCsv,
            november(24),
            november(28),
            &[],
            (january(19), 11, 0),
            "SOC",
            "Splunk, sourcetype o365:management:activity",
        ),
        (
            "defender-2024-01-02.ndjson.gz",
            Container::CloudAppEvents,
            january(2),
            january(6),
            &[],
            (january(20), 7, 45),
            "SOC",
            "Defender advanced hunting, CloudAppEvents",
        ),
        (
            "sentinel-2024-01-08.csv.gz",
            Container::OfficeActivityCsv,
            january(8),
            january(13),
            &[],
            (january(20), 8, 30),
            "SOC",
            "Log Analytics portal, OfficeActivity",
        ),
        (
            "audit-2024-01-11.ndjson.gz",
            Container::Ndjson,
            january(11),
            january(13),
            &[],
            (january(21), 10, 15),
            "outside counsel's responder",
            "AuditData a line each",
        ),
    ];
    Case {
        id: "HL-2024-001",
        legend: "Harbourlight Instruments: mail access by a legacy test application",
        scenario: "midnight-blizzard",
        zone: "America/New_York",
        report_date: Date::new(2024, 2, 12),
        window_until: Date::new(2024, 2, 1).midnight(),
        period: Some((
            november(24).at(3, 14),
            "first sign-in of the sprayed test account (UserLoggedIn)",
            january(12).at(20, 0),
            "application removed at 18:32 UTC, plus the life of its last token",
        )),
        baseline: Some((november(20).midnight(), "before the first failed sign-in of the spray")),
        retention_days: 180,
        listed_at: Date::new(2024, 2, 5).at(8, 0),
        listing_style: ListingStyle::Plain,
        controls: Vec::new(),
        exports: exports(&rows),
    }
}

fn storm_0558_case() -> Case {
    let june = |day| Date::new(2023, 6, day);
    let (april, may) = (Date::new(2023, 4, 15), Date::new(2023, 5, 1));
    let july: (Date, i64, i64) = (Date::new(2023, 7, 5), 7, 30);
    let rows: [Row; 4] = [
        ("purview-2023-04.csv.gz", Container::PortalCsvOld, april, may, &[], july, "E. Kallio", PORTAL),
        ("purview-2023-05.csv.gz", Container::PortalCsv, may, june(1), &[], july, "E. Kallio", PORTAL),
        (
            "management-api-2023-06.json.gz",
            Container::ManagementApi,
            june(1),
            Date::new(2023, 7, 1),
            &[],
            july,
            "nightly collector",
            "Management Activity API, Audit.Exchange",
        ),
        (
            "sentinel-2023-06-13.ndjson.gz",
            Container::OfficeActivityNdjson,
            june(13),
            june(17),
            &[],
            july,
            "SOC",
            "Log Analytics API, OfficeActivity",
        ),
    ];
    Case {
        id: "TN-2023-07",
        legend: "Tarn Consular Services: web mail access by a pair of applications not seen before",
        scenario: "storm-0558",
        zone: "Europe/London",
        report_date: Date::new(2023, 7, 12),
        window_until: Date::new(2023, 7, 1).midnight(),
        period: Some((
            Date::new(2023, 5, 15).midnight(),
            "earliest activity that the provider reports",
            june(24).midnight(),
            "key revoked by the provider, as it reports",
        )),
        baseline: Some((Date::new(2023, 5, 13).midnight(), "before the earliest activity that the provider reports")),
        retention_days: 365,
        listed_at: Date::new(2023, 7, 6).at(8, 0),
        listing_style: ListingStyle::Plain,
        controls: Vec::new(),
        exports: exports(&rows),
    }
}

/// Writes the sample `midnight-blizzard`.
///
/// # Errors
/// What `files` answers.
pub fn write_sample(seed: u64, files: &mut dyn Files) -> Result<(), SynthError> {
    Sample::MidnightBlizzard.write(seed, files)
}
