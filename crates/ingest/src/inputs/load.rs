//! Owns the walk over a case's inputs: which file is read by which reader, hashed on the way.

use std::io::Read;

use mailtrail_model::{
    AddressDatabase, CaseInputs, ColumnMapping, InputPlace, InputReceipt, InputWarning, PlaceUnit, Sha256,
};
use sha2::Digest;

use super::{
    InputErrors, InputPath, InputPaths, ListingPath,
    error::{Complaints, InputError},
};

/// What a reader made of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded<T> {
    /// The values.
    pub value: T,
    /// The file as it was read.
    pub receipt: InputReceipt,
    /// What was noticed.
    pub warnings: Vec<InputWarning>,
}

/// A reader that hashes what passes.
pub(super) struct Hashing<R> {
    inner: R,
    hasher: sha2::Sha256,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, hasher: sha2::Sha256::new(), bytes: 0 }
    }

    /// The receipt of the whole file.
    pub(super) fn receipt(
        self,
        kind: &'static str,
        file: &str,
        entries: usize,
        columns: Vec<ColumnMapping>,
    ) -> InputReceipt {
        InputReceipt {
            name: file.to_owned(),
            kind,
            sha256: Sha256(self.hasher.finalize().into()),
            bytes: self.bytes,
            entries: u64::try_from(entries).unwrap_or(u64::MAX),
            columns,
        }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(read) = buffer.get(..count) {
            self.hasher.update(read);
        }
        self.bytes += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }
}

/// The whole of a TOML input as text, and its receipt (entries still 0).
pub(super) fn read_text(
    kind: &'static str,
    file: &str,
    reader: impl Read,
) -> Result<(String, InputReceipt), InputErrors> {
    let mut hashing = Hashing::new(reader);
    let mut bytes = Vec::new();
    hashing.read_to_end(&mut bytes).map_err(|error| unreadable(file, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
        let place =
            InputPlace { file: file.into(), at: PlaceUnit::Line(u64::try_from(line).unwrap_or(u64::MAX - 1) + 1) };
        one(place, "not UTF-8".to_owned(), Some("save the file as UTF-8"))
    })?;
    Ok((text, hashing.receipt(kind, file, 0, Vec::new())))
}

/// A complaint that a file cannot be read at all.
pub(super) fn unreadable(file: &str, error: &std::io::Error) -> InputErrors {
    one(InputPlace { file: file.into(), at: PlaceUnit::Whole }, format!("not readable: {error}"), None)
}

/// One complaint.
pub(super) fn one(place: InputPlace, what: String, hint: Option<&str>) -> InputErrors {
    InputErrors { errors: vec![InputError { place, column: None, what, hint: hint.map(str::to_owned) }], more: 0 }
}

/// Reads every input a case file names. `open` gives a file by the path the case file names; the caller owns where that is.
///
/// # Errors
/// Every complaint about every file.
pub fn load_inputs<R: Read>(
    case: CaseInputs,
    paths: &InputPaths,
    mut open: impl FnMut(&str) -> std::io::Result<R>,
) -> Result<CaseInputs, InputErrors> {
    let mut loader = Loader { case, complaints: Complaints::default() };
    let mut reader = |path: &InputPath| {
        open(&path.path).map_err(|error| InputErrors {
            errors: vec![InputError {
                place: path.place.clone(),
                column: None,
                what: format!("{} cannot be opened: {error}", path.path),
                hint: Some("paths are relative to the case file".to_owned()),
            }],
            more: 0,
        })
    };
    if let Some(path) = &paths.rules {
        let rules = reader(path).and_then(|file| super::read_rules(&path.path, file));
        loader.take(rules, |case, value| case.rules = value);
    }
    if let Some(path) = &paths.attribution {
        let entries = reader(path).and_then(|file| super::read_attribution(&path.path, file));
        loader.take(entries, |case, value| {
            case.attribution = value;
            case.attribution_given = true;
        });
    }
    if let Some(path) = &paths.roster {
        let roster = reader(path).and_then(|file| super::read_roster(&path.path, file));
        loader.take(roster, |case, value| case.roster = value);
    }
    for ListingPath { path, as_of, mailbox } in &paths.listings {
        let listing = reader(path).and_then(|file| super::read_listing(&path.path, file, *as_of, mailbox.as_ref()));
        loader.take(listing, |case, value| case.listings.push(value));
    }
    for (path, as_of) in &paths.controls {
        let controls = reader(path).and_then(|file| super::read_controls(&path.path, file, *as_of));
        loader.take(controls, |case, value| case.controls.extend(value));
    }
    for path in &paths.signins {
        let signins = reader(path).and_then(|file| super::read_signins(&path.path, file));
        loader.take(signins, |case, value| case.signins.extend(value));
    }
    if let Some(path) = &paths.devices {
        let devices = reader(path).and_then(|file| super::read_devices(&path.path, file));
        loader.take(devices, |case, value| case.devices = value);
    }
    if let Some(path) = &paths.known_gaps {
        let gaps = reader(path).and_then(|file| super::read_known_gaps(&path.path, file));
        loader.take(gaps, |case, value| case.known_gaps = value);
    }
    if let Some(path) = &paths.privilege {
        let terms = reader(path).and_then(|file| super::read_privilege(&path.path, file));
        loader.take(terms, |case, value| case.privilege = value);
    }
    if let Some(path) = &paths.apps {
        let apps = reader(path).and_then(|file| super::read_apps(&path.path, file));
        loader.take(apps, |case, value| case.apps = value);
    }
    for path in &paths.mmdb {
        let database = reader(path).and_then(|file| read_address_database(&path.path, file));
        loader.take(database, |case, value| case.address_databases.push(value));
    }
    loader.complaints.or(loader.case)
}

/// What a MaxMind-format file has near its end.
const MMDB_MARK: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// Reads an address database as bytes. Only its mark is looked at here: what it says of an address is `timeline`'s to read.
///
/// # Errors
/// If it cannot be read, or is no MaxMind-format file.
pub fn read_address_database(file: &str, reader: impl Read) -> Result<Loaded<AddressDatabase>, InputErrors> {
    let mut hashing = Hashing::new(reader);
    let mut bytes = Vec::new();
    hashing.read_to_end(&mut bytes).map_err(|error| unreadable(file, &error))?;
    if memchr::memmem::rfind(&bytes, MMDB_MARK).is_none() {
        let place = InputPlace { file: file.into(), at: PlaceUnit::Whole };
        return Err(one(place, "not a MaxMind-format database".to_owned(), Some("give an .mmdb file, unpacked")));
    }
    let receipt = hashing.receipt("mmdb", file, 0, Vec::new());
    Ok(Loaded { value: AddressDatabase { file: file.to_owned(), bytes }, receipt, warnings: Vec::new() })
}

struct Loader {
    case: CaseInputs,
    complaints: Complaints,
}

impl Loader {
    fn take<T>(&mut self, loaded: Result<Loaded<T>, InputErrors>, put: impl FnOnce(&mut CaseInputs, T)) {
        match loaded {
            Ok(Loaded { value, receipt, warnings }) => {
                put(&mut self.case, value);
                self.case.receipts.push(receipt);
                self.case.warnings.extend(warnings);
            }
            Err(errors) => self.complaints.extend(errors),
        }
    }
}
