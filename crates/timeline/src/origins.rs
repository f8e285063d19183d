//! Owns where accesses came from: each address of the window, counted once, with what lists and databases say of it.
//!
//! Nothing here is a verdict, and no class rests on it: a country is a database's guess, and a Microsoft front end carries
//! honest clients and illicit applications alike.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use mailtrail_model::{
    AddressDatabase, AddressSummary, Attribution, CaseInputs, Interval, KnownDevice, Network, UtcMicros,
    front_end_network,
};
use maxminddb::{PathElement, Reader};

use crate::{TimelineError, facts::Facts, interner::NONE};

/// The examiner's address databases, opened.
struct Databases<'c>(Vec<(&'c str, Reader<&'c [u8]>)>);

/// What databases say of an address.
#[derive(Debug, Default, PartialEq, Eq)]
struct Place {
    country: Option<String>,
    asn: Option<u32>,
    as_organization: Option<String>,
}

/// Where databases keep a country, the more telling first: MaxMind's own shape, then flat ones.
const COUNTRY: [&[&str]; 4] =
    [&["country", "iso_code"], &["registered_country", "iso_code"], &["country_code"], &["country"]];
const ORGANIZATION: [&[&str]; 3] = [&["autonomous_system_organization"], &["as_name"], &["name"]];

impl<'c> Databases<'c> {
    fn open(files: &'c [AddressDatabase]) -> Result<Self, TimelineError> {
        let open = |file: &'c AddressDatabase| match Reader::from_source(file.bytes.as_slice()) {
            Ok(reader) => Ok((file.file.as_str(), reader)),
            Err(error) => Err(damaged(&file.file, &error)),
        };
        Ok(Self(files.iter().map(open).collect::<Result<_, _>>()?))
    }

    /// The first database that knows a field gives it.
    fn place(&self, address: IpAddr) -> Result<Place, TimelineError> {
        let mut place = Place::default();
        for (file, reader) in &self.0 {
            let found = reader.lookup(address).map_err(|error| damaged(file, &error))?;
            let text = |paths: &[&[&str]]| {
                paths.iter().find_map(|path| {
                    let path: Vec<PathElement<'_>> = path.iter().map(|key| PathElement::Key(key)).collect();
                    // A field of another type is not this field: databases differ in shape.
                    found.decode_path::<String>(&path).ok().flatten().filter(|text| !text.is_empty())
                })
            };
            let number = || {
                let stated = found.decode_path::<u32>(&[PathElement::Key("autonomous_system_number")]).ok().flatten();
                stated.or_else(|| text(&[&["asn"]])?.trim_start_matches(['A', 'S']).parse().ok())
            };
            place.country = place.country.take().or_else(|| text(&COUNTRY));
            place.asn = place.asn.or_else(number);
            place.as_organization = place.as_organization.take().or_else(|| text(&ORGANIZATION));
        }
        Ok(place)
    }
}

fn damaged(file: &str, error: &maxminddb::MaxMindDbError) -> TimelineError {
    TimelineError::AddressDatabase { file: file.to_owned(), what: error.to_string() }
}

#[derive(Default)]
struct Tally {
    attribution: Option<Attribution>,
    span: Option<(i64, i64)>,
    records: u64,
    suspect_records: u64,
    mailboxes: u64,
    last_mailbox: Option<u32>,
    contexts: BTreeSet<u32>,
}

/// The addresses of the window: most suspect records first, then most records, then by text.
pub(crate) fn summarise(
    facts: &Facts,
    attribution: &[Attribution],
    case: &CaseInputs,
) -> Result<Vec<AddressSummary>, TimelineError> {
    let mut tallies: BTreeMap<u32, Tally> = BTreeMap::new();
    for (access, attribution) in facts.accesses.iter().zip(attribution) {
        let way = facts.way(access);
        if !access.flags.in_window() || way.address == NONE {
            continue;
        }
        let tally = tallies.entry(way.address).or_default();
        tally.attribution = tally.attribution.max(Some(*attribution));
        let (first, last) = tally.span.unwrap_or((access.created, access.created));
        tally.span = Some((first.min(access.created), last.max(access.created)));
        tally.records += 1;
        tally.suspect_records += u64::from(*attribution >= Attribution::Provisional);
        // Accesses come mailbox by mailbox, so a change is a new mailbox.
        if tally.last_mailbox != Some(access.mailbox) {
            tally.last_mailbox = Some(access.mailbox);
            tally.mailboxes += 1;
        }
        tally.contexts.insert(way.context);
    }
    let databases = Databases::open(&case.address_databases)?;
    let mut addresses = Vec::with_capacity(tallies.len());
    for (address, tally) in tallies {
        let (Some(text), Some((first, last))) = (facts.text(address), tally.span) else { continue };
        let ip: Option<IpAddr> = text.parse().ok();
        let place = ip.map_or_else(|| Ok(Place::default()), |ip| databases.place(ip))?;
        let alone = ip.and_then(|_| Network::parse(text));
        addresses.push(AddressSummary {
            address: text.to_owned(),
            network: ip.map(Network::neighbourhood),
            front_end: alone.as_ref().and_then(front_end_network),
            known_as: ip.and_then(|ip| known_network(&case.devices, ip)),
            country: place.country,
            asn: place.asn,
            as_organization: place.as_organization,
            attribution: tally.attribution.unwrap_or(Attribution::Unattributed),
            span: Interval { start: UtcMicros(first), end: UtcMicros(last).plus(1) },
            records: tally.records,
            suspect_records: tally.suspect_records,
            mailboxes: tally.mailboxes,
            contexts: tally.contexts.iter().map(|at| facts.contexts[*at as usize].id.clone()).collect(),
        });
    }
    addresses.sort_by(|a, b| {
        let weight = |one: &AddressSummary| (one.suspect_records, one.records);
        weight(b).cmp(&weight(a)).then_with(|| a.address.cmp(&b.address))
    });
    Ok(addresses)
}

/// The label of the first known network that holds an address.
pub(crate) fn known_network(devices: &[KnownDevice], address: IpAddr) -> Option<String> {
    let device = devices.iter().find(|device| device.network.is_some_and(|network| network.contains(address)))?;
    Some(device.label.clone().unwrap_or_else(|| "listed as the organisation's".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A MaxMind-format file that says one thing of every IPv4 address below 128.0.0.0 and nothing of the others.
    fn database(data: &[u8]) -> AddressDatabase {
        let mut bytes = Vec::new();
        // One node of two 24-bit records: left to the data (offset 16 past the node count), right to nothing.
        let (nodes, found) = (1u32, 1 + 16u32);
        bytes.extend(&found.to_be_bytes()[1..]);
        bytes.extend(&nodes.to_be_bytes()[1..]);
        bytes.extend([0; 16]);
        bytes.extend(data);
        bytes.extend(b"\xab\xcd\xefMaxMind.com");
        let mut metadata = vec![0xe0 | 9];
        for (key, value) in [
            ("node_count", vec![0xc1, 1]),
            ("record_size", vec![0xa1, 24]),
            ("ip_version", vec![0xa1, 4]),
            ("binary_format_major_version", vec![0xa1, 2]),
            ("binary_format_minor_version", vec![0xa0]),
            ("build_epoch", vec![0x01, 0x02, 1]),
            ("database_type", text("Test")),
            ("languages", vec![0x00, 0x04]),
            ("description", vec![0xe0]),
        ] {
            metadata.extend(text(key));
            metadata.extend(value);
        }
        bytes.extend(metadata);
        AddressDatabase { file: "test.mmdb".into(), bytes }
    }

    /// A text as the format spells it: type and length in a byte, and from 29 on a byte more.
    fn text(text: &str) -> Vec<u8> {
        let length = u8::try_from(text.len()).unwrap();
        let mut out = if length < 29 { vec![0x40 | length] } else { vec![0x40 | 29, length - 29] };
        out.extend(text.as_bytes());
        out
    }

    fn pair(key: &str, value: &[u8]) -> Vec<u8> {
        [&text(key), value].concat()
    }

    #[test]
    fn databases_of_both_shapes_give_country_and_network_and_the_first_one_wins() {
        let mut nested = vec![0xe1];
        nested.extend(pair("country", &[vec![0xe1], pair("iso_code", b"\x42NL")].concat()));
        let mut flat = vec![0xe3];
        flat.extend(pair("country_code", b"\x42DE"));
        // A number and a text.
        flat.extend(pair("autonomous_system_number", &[0xc2, 0xfc, 0x00]));
        flat.extend(pair("autonomous_system_organization", b"\x47Example"));
        let files = [database(&nested), database(&flat)];
        let databases = Databases::open(&files).unwrap();
        let place = databases.place("100.64.0.1".parse().unwrap()).unwrap();
        assert_eq!(place.country.as_deref(), Some("NL"), "the first database is asked first");
        assert_eq!((place.asn, place.as_organization.as_deref()), (Some(64_512), Some("Example")));
        assert_eq!(databases.place("203.0.113.9".parse().unwrap()).unwrap(), Place::default(), "nobody knows it");
    }

    #[test]
    fn a_damaged_database_is_an_error_that_names_it() {
        let file = AddressDatabase { file: "cut.mmdb".into(), bytes: b"\xab\xcd\xefMaxMind.com\xe0".to_vec() };
        let error = Databases::open(std::slice::from_ref(&file)).err().unwrap();
        assert!(error.to_string().contains("cut.mmdb"), "{error}");
    }
}
