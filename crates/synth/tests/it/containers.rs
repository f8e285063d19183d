//! Every container holds the same records, read back with other people's parsers.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_synth::{
    Container, World,
    life::Horizon,
    record::{Record, Schema},
    second::Date,
    service::Service,
    tenant::Tenant,
    world::mail_of,
};
use serde_json::Value;

fn world(schema: Schema) -> World {
    let horizon =
        Horizon { from: Date::new(2023, 11, 1).midnight(), until: Date::new(2023, 11, 5).midnight(), seed: 9 };
    let tenant = Tenant::invented(6, 9);
    let mail = mail_of(&tenant, horizon);
    World::build(tenant, mail, horizon, Service::documented(schema), Vec::new())
}

fn text(bytes: &[u8]) -> String {
    let decoded = if let Some(wide) = bytes.strip_prefix(&[0xff, 0xfe]) {
        let units: Vec<u16> = wide.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap()
    } else {
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    decoded.trim_start_matches('\u{feff}').to_owned()
}

/// The bodies in a file, as JSON values, whatever wraps them.
fn bodies(container: Container, bytes: &[u8]) -> Vec<Value> {
    let text = text(bytes);
    if container.extension() == "csv" {
        let text = if text.starts_with("#TYPE") { text.split_once("\r\n").unwrap().1.to_owned() } else { text };
        let delimiter = if container == Container::SearchCsvUtf16 { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        let column = reader.headers().unwrap().iter().position(|name| name == "AuditData" || name == "_raw").unwrap();
        return reader.records().map(|row| serde_json::from_str(&row.unwrap()[column]).unwrap()).collect();
    }
    let mut found = Vec::new();
    for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        let value = value.unwrap();
        let rows = match value.get("value") {
            Some(page) => page.as_array().unwrap().clone(),
            None => value.as_array().cloned().unwrap_or_else(|| vec![value]),
        };
        for row in rows {
            let body = ["AuditData", "RawEventData", "auditData"].iter().find_map(|key| row.get(key)).unwrap_or(&row);
            found.push(body.as_str().map_or_else(|| body.clone(), |text| serde_json::from_str(text).unwrap()));
        }
    }
    found
}

/// What containers may spell differently is taken out: a zone at the end of a time, Graph's type mark.
fn plain(mut body: Value) -> Value {
    let object = body.as_object_mut().unwrap();
    object.remove("@odata.type");
    let created = object["CreationTime"].as_str().unwrap().trim_end_matches('Z').to_owned();
    object.insert("CreationTime".to_owned(), Value::String(created));
    if let Some(issued) = object.get_mut("AppAccessContext").and_then(|context| context.get_mut("IssuedAtTime")) {
        *issued = Value::String(issued.as_str().unwrap().trim_end_matches('Z').to_owned());
    }
    body
}

#[test]
fn lossless_containers_hold_every_body_in_full() {
    for schema in [Schema::Y2021, Schema::Y2023, Schema::Y2024, Schema::Y2025] {
        let world = world(schema);
        let records = world.records();
        assert!(records.len() > 200);
        let expected: Vec<Value> = records.iter().map(|r| serde_json::from_slice(&r.audit_data()).unwrap()).collect();
        for container in Container::ALL.into_iter().filter(|container| container.is_lossless()) {
            let found: Vec<Value> = bodies(container, &container.to_bytes(&records)).into_iter().map(plain).collect();
            assert_eq!(found.len(), expected.len(), "{container:?}");
            assert!(found == expected, "{container:?} {schema:?}");
        }
    }
}

#[test]
fn one_record_and_none_are_well_formed_too() {
    let world = world(Schema::Y2023);
    let records = world.records();
    for container in Container::ALL.into_iter().filter(|container| container.is_lossless()) {
        for count in [0, 1, 150, 151, 200] {
            let some: Vec<&Record> = records[..count].to_vec();
            assert_eq!(bodies(container, &container.to_bytes(&some)).len(), count, "{container:?}");
        }
    }
}

#[test]
fn office_activity_has_every_access_and_its_message_ids() {
    let world = world(Schema::Y2023);
    let records: Vec<&Record> = world.records().into_iter().filter(|record| record.access().is_some()).collect();
    let bytes = Container::OfficeActivityCsv.to_bytes(&records);
    let text = text(&bytes);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<BTreeMap<String, String>> = reader
        .records()
        .map(|row| headers.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect())
        .collect();
    assert_eq!(rows.len(), records.len());
    for (row, record) in rows.iter().zip(&records) {
        assert_eq!(row["OfficeId"], *record.id);
        assert!(!row.contains_key("SessionId") && !row.contains_key("OperationCount"));
        if !row["Folders"].is_empty() {
            assert!(row["Folders"].contains("\r\n"));
            let folders: Value = serde_json::from_str(&row["Folders"]).unwrap();
            assert_eq!(folders[0]["FolderItems"].as_array().unwrap().len(), record.items().len());
        }
    }
    let lines = Container::OfficeActivityNdjson.to_bytes(&records);
    assert_eq!(lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count(), records.len());
}

#[test]
fn names_are_unique_and_lead_back() {
    let names: BTreeSet<&str> = Container::ALL.iter().map(|container| container.name()).collect();
    assert_eq!(names.len(), Container::ALL.len());
    assert!(Container::ALL.iter().all(|container| Container::from_name(container.name()) == Some(*container)));
    assert!(Container::ALL_LOSSLESS.iter().all(|container| container.is_lossless()));
}
