//! What the simulator writes, the ingest crate reads: nothing rejected, every container alike, every input without complaint.

use std::{collections::BTreeSet, sync::Mutex};

use mailtrail_ingest::{IngestOptions, IngestReport, SourceInput, ingest, inputs};
use mailtrail_model::{Block, Locator, RecordSink, SourceId, UtcMicros};
use mailtrail_synth::{
    Container, Sample, World,
    life::Horizon,
    record::{Record, Schema},
    second::Date,
    service::Service,
    tenant::Tenant,
    world::mail_of,
};

use crate::made;

/// Keeps each access as text, without its locator, by record id.
#[derive(Default)]
struct Keep(Mutex<Vec<(String, String)>>);

impl RecordSink for Keep {
    type Judged = ();
    type Encoded = ();
    type Error = std::convert::Infallible;

    fn judge(&self, block: &Block<'_>) -> Result<(), Self::Error> {
        let mut kept = self.0.lock().unwrap();
        for record in &block.records {
            let mut record = record.clone();
            record.locator = Locator { source: SourceId(0), row: 0, byte_offset: 0, byte_len: 0 };
            kept.push((record.record_id.to_string(), format!("{record:?}")));
        }
        Ok(())
    }

    fn encode(&self, _: &Block<'_>, (): ()) -> Result<(), Self::Error> {
        Ok(())
    }

    fn append(&self, _: &Block<'_>, (): ()) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn read(files: Vec<(String, Vec<u8>)>) -> (IngestReport, Vec<(String, String)>) {
    let sources: Vec<SourceInput> =
        files.into_iter().map(|(name, bytes)| SourceInput::from_bytes(name, bytes)).collect();
    let sink = Keep::default();
    let report = ingest(&sources, &IngestOptions::default(), &(), &sink).unwrap();
    let mut kept = sink.0.into_inner().unwrap();
    kept.sort();
    (report, kept)
}

fn world(schema: Schema) -> World {
    let horizon =
        Horizon { from: Date::new(2023, 11, 1).midnight(), until: Date::new(2023, 11, 4).midnight(), seed: 12 };
    let tenant = Tenant::invented(5, 12);
    let mail = mail_of(&tenant, horizon);
    World::build(tenant, mail, horizon, Service::documented(schema), Vec::new())
}

#[test]
fn every_lossless_container_reads_back_as_the_same_records() {
    for schema in [Schema::Y2021, Schema::Y2023, Schema::Y2024, Schema::Y2025] {
        let world = world(schema);
        let records = world.records();
        let accesses = records.iter().filter(|record| record.access().is_some()).count();
        let mut first: Option<Vec<(String, String)>> = None;
        for container in Container::ALL_LOSSLESS {
            let (report, kept) =
                read(vec![(format!("{}.{}", container.name(), container.extension()), container.to_bytes(&records))]);
            assert!(report.receipts[0].refused.is_none(), "{container:?}: {:?}", report.receipts[0].refused);
            assert_eq!(report.counts[0].rejected, 0, "{container:?}");
            assert_eq!(kept.len(), accesses, "{container:?}");
            let expected = first.get_or_insert_with(|| kept.clone());
            for (found, expected) in kept.iter().zip(expected.iter()) {
                assert_eq!(found, expected, "{container:?} {schema:?}");
            }
        }
    }
}

#[test]
fn each_sample_reads_without_a_rejected_row_and_gives_every_access() {
    for which in Sample::ALL {
        let (world, files) = (made::world(which), made::files(which));
        let exports: Vec<_> = files
            .iter()
            .filter(|(name, _)| name.starts_with("exports/"))
            .map(|(n, b)| (n.clone(), b.clone()))
            .collect();
        let (report, kept) = read(exports);
        for (receipt, counts) in report.receipts.iter().zip(&report.counts) {
            assert!(receipt.refused.is_none() && counts.rejected == 0, "{}: {:?}", receipt.name, receipt.refused);
            assert!(!receipt.completeness.looks_incomplete(), "{}: {:?}", receipt.name, receipt.completeness);
        }
        let found: BTreeSet<&str> = kept.iter().map(|(id, _)| id.as_str()).collect();
        let expected: BTreeSet<&str> =
            world.records().into_iter().filter(|r| r.access().is_some()).map(|r: &Record| &*r.id).collect();
        assert_eq!(found.len(), expected.len());
        assert_eq!(found, expected);
        assert!(kept.len() > found.len() + 500, "the exports overlap");
    }
}

#[test]
fn the_examiners_files_of_each_sample_load_without_complaint() {
    for which in Sample::ALL {
        let files = made::files(which);
        let case = inputs::read_case("case.toml", &*files["case.toml"]).unwrap();
        assert!(case.warnings.is_empty(), "{:?}", case.warnings);
        assert_eq!(case.value.case.sources.len(), files.keys().filter(|name| name.starts_with("exports/")).count());
        let attribution = inputs::read_attribution("attribution.toml", &*files["attribution.toml"]).unwrap();
        assert!(attribution.warnings.is_empty() && attribution.value.len() > 10, "{:?}", attribution.warnings);
        let roster = inputs::read_roster("roster.csv", &*files["roster.csv"]).unwrap();
        assert!(roster.warnings.is_empty(), "{:?}", roster.warnings);
        assert_eq!(roster.value.len(), made::world(which).tenant.mailboxes.len());
        let as_of = Some(UtcMicros(1_707_120_000_000_000));
        let listing = inputs::read_listing("listing.csv", &*files["listing.csv"], as_of, None).unwrap();
        assert!(listing.warnings.is_empty(), "{:?}", listing.warnings);
        assert!(listing.value.len() > 4_000);
    }
}
