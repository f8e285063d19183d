//! Owns what an examiner would have of a world: exports, the case file, roster, attribution, listing, and the truth beside.
//!
//! Marks are made from the scenario, as an examiner would know it at the end; the exports are all a tool under test gets.

mod case_file;
mod inputs;

use crate::{
    error::SynthError,
    export::Container,
    files::{Files, put},
    record::{Event, Record},
    rng::Rng,
    second::{Date, Second},
    truth,
    world::World,
};

/// One export of a case.
#[derive(Clone, Debug)]
pub struct Export {
    /// Its path in the case; compressed if it ends in `.gz`.
    pub path: String,
    /// Its shape.
    pub container: Container,
    /// What was asked for: first instant.
    pub from: Second,
    /// First instant after.
    pub until: Second,
    /// Departments searched; empty: all mailboxes.
    pub departments: &'static [&'static str],
    /// When it was made.
    pub exported: Second,
    /// Who made it.
    pub collector: &'static str,
    /// How.
    pub method: &'static str,
    /// Rows after which it ends, whatever there is.
    pub cap: Option<usize>,
}

/// What the examiner declares.
#[derive(Clone, Debug)]
pub struct Case {
    /// Case number.
    pub id: &'static str,
    /// What it is about.
    pub legend: &'static str,
    /// Name of the scenario, in `truth.json`.
    pub scenario: &'static str,
    /// Zone shown beside UTC.
    pub zone: &'static str,
    /// Date of the report.
    pub report_date: Date,
    /// End of the window; it starts with the world.
    pub window_until: Second,
    /// Suspect period: start and its basis, end and its basis.
    pub period: Option<(Second, &'static str, Second, &'static str)>,
    /// Declared clean: end and basis; it starts with the window.
    pub baseline: Option<(Second, &'static str)>,
    /// Retention in days.
    pub retention_days: i64,
    /// When the mailboxes were listed.
    pub listed_at: Second,
    /// How the listing spells message ids.
    pub listing_style: ListingStyle,
    /// Rows of `controls.csv`, after its header.
    pub controls: Vec<String>,
    /// The exports.
    pub exports: Vec<Export>,
}

/// The header of `controls.csv`.
pub const CONTROLS: &str = "control,principal,bypass_enabled";

/// How a listing spells message ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListingStyle {
    /// As the messages have them.
    #[default]
    Plain,
    /// Without brackets in every other row, cut at 80 characters, as some reports do.
    Reformatted,
}

impl Case {
    /// A case over the whole of a world in one container: an export a month at most, hours of a gap left out, everything
    /// declared, the first third clean and the period after it; with an intruder in the first third, neither.
    #[must_use]
    pub fn whole(world: &World, container: Container, scenario: &'static str) -> Self {
        let (from, until) = (world.horizon.from, world.horizon.until);
        let exported = until.plus(3 * Second::DAY);
        // What is accessed last is recorded two minutes later: the search goes on for as long as that and more.
        let window_until = until.plus(Second::HOUR);
        let mut spans = vec![(from, window_until)];
        for (start, end) in world.plants.iter().filter_map(|plant| plant.gap) {
            spans = spans
                .into_iter()
                .flat_map(|(a, b)| [(a, b.min(start)), (a.max(end), b)])
                .filter(|(a, b)| a < b)
                .collect();
        }
        let mut exports = Vec::new();
        for (mut start, end) in spans {
            while start < end {
                let part = end.min(start.plus(30 * Second::DAY));
                let gz = if container == Container::SearchCsvUtf16 { "" } else { ".gz" };
                let (name, extension) = (container.name(), container.extension());
                exports.push(Export {
                    path: format!("exports/{name}-{:02}.{extension}{gz}", exports.len() + 1),
                    container,
                    from: start,
                    until: part,
                    departments: &[],
                    exported,
                    collector: "simulator",
                    method: "everything, unfiltered",
                    cap: None,
                });
                start = part;
            }
        }
        let baseline = from.plus((until.0 - from.0) / 3).midnight();
        // Where somebody was there before, an examiner who knows it declares nothing clean.
        let first = world.plants.iter().flat_map(|plant| &plant.touches).map(|(_, touch)| touch.at).min();
        let clean = baseline > from && first.is_none_or(|at| at >= baseline);
        Self {
            id: "SIM-1",
            legend: "Simulated tenant",
            scenario,
            zone: "UTC",
            report_date: exported.date(),
            window_until,
            period: Some((baseline, "simulated", until, "simulated")).filter(|_| clean),
            baseline: Some((baseline, "simulated")).filter(|_| clean),
            retention_days: 365,
            listed_at: until.plus(2 * Second::DAY),
            listing_style: ListingStyle::Plain,
            controls: Vec::new(),
            exports,
        }
    }
}

/// An attribution entry, as the scenario knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Keys and values of `attribution.toml`, all of which must agree.
    pub fields: Vec<(&'static str, String)>,
    /// The fact it rests on.
    pub fact: String,
    /// What only counsel sees.
    pub note: Option<&'static str>,
}

/// Writes the whole case folder: what a tool gets, and the truth beside.
///
/// # Errors
/// What `files` answers.
pub fn write_case(world: &World, case: &Case, files: &mut dyn Files) -> Result<(), SynthError> {
    write_inputs(world, case, files)?;
    put(files, "truth.json.gz", &truth::truth_json(world, case.scenario))
}

/// Writes what a tool gets: the exports and the examiner's files.
///
/// # Errors
/// What `files` answers.
pub fn write_inputs(world: &World, case: &Case, files: &mut dyn Files) -> Result<(), SynthError> {
    let records = world.records();
    let mut rows = Vec::new();
    for (number, export) in (0_u64..).zip(&case.exports) {
        let mut chosen: Vec<&Record> = records.iter().copied().filter(|record| export.takes(record, world)).collect();
        arrange(export.container, &mut chosen, &mut Rng::stream(world.horizon.seed, "arrange", number));
        chosen.truncate(export.cap.unwrap_or(usize::MAX));
        put(files, &export.path, &export.container.to_bytes(&chosen))?;
        rows.push((export, chosen.len()));
    }
    files.put("case.toml", case_file::case_toml(case, &rows, world).as_bytes())?;
    if !case.controls.is_empty() {
        files.put("controls.csv", format!("{CONTROLS}\n{}\n", case.controls.join("\n")).as_bytes())?;
    }
    files.put("attribution.toml", inputs::attribution(world, case.report_date).as_bytes())?;
    files.put("roster.csv", inputs::roster(world).as_bytes())?;
    files.put("listing.csv", inputs::listing(world, case.listed_at, case.listing_style).as_bytes())
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
        let searched = |mailbox: &&crate::tenant::Mailbox| self.departments.contains(&mailbox.department);
        world.tenant.mailboxes.iter().filter(searched).map(|mailbox| &*mailbox.upn)
    }
}

/// The mailbox that a record is about, else the account.
fn owner(record: &Record) -> &str {
    match &record.event {
        Event::Bind { access, .. }
        | Event::Sync { access }
        | Event::Attachment { access, .. }
        | Event::Mailbox { access, .. } => &access.mailbox_upn,
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
        Container::PortalCsv | Container::PortalCsvOld | Container::PortalCsv2026 => {
            records.sort_by(|a, b| (owner(a), b.created, &b.id).cmp(&(owner(b), a.created, &a.id)));
        }
        Container::CloudAppEvents | Container::CloudAppEventsString => records.reverse(),
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
