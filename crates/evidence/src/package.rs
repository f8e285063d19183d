//! Owns the making of a package: a BagIt 1.0 bag, built beside its place, checked, and moved there once. Nothing is added
//! after [`PackageBuilder::seal`]; signatures, time stamps and the custody log are unlisted tag files.
//!
//! Deterministic: the same artifacts and the same sealing time give the same bytes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
};

use mailtrail_model::UtcMicros;

use crate::{
    Algorithm, BagPath, EvidenceError, Manifest, SourceFacts,
    algorithm::{Digests, FileDigests},
    source_index::{IndexRow, index_csv},
    tag_file::labels_text,
    verify::verify,
    verify_text::verify_text,
};

/// The label by which a package of ours is known.
pub(crate) const AGENT_LABEL: &str = "Bag-Software-Agent";
/// How its value begins.
pub(crate) const AGENT_PREFIX: &str = "mailtrail ";
/// The digests of our manifests.
const OURS: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Sha512];

/// Whether a tag file is added after sealing and so stands in no manifest.
pub(crate) fn is_unlisted(name: &str) -> bool {
    name.starts_with("custody/") || name.starts_with("signatures/")
}

/// What `bag-info.txt` says beside the sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageInfo {
    /// The version of mailtrail.
    pub version: String,
    /// The case id.
    pub case_id: Option<String>,
    /// The profile the content was made for.
    pub profile: Option<String>,
    /// The legend.
    pub legend: Option<String>,
    /// Other labels, in order.
    pub labels: Vec<(String, String)>,
}

/// A package that is being built.
#[derive(Debug)]
pub struct PackageBuilder {
    partial: PathBuf,
    target: PathBuf,
    info: PackageInfo,
    manifests: [Manifest; 2],
    /// Names in lower case: a package must unpack on systems that do not tell case apart.
    folded: BTreeSet<String>,
    bytes: u64,
    sources: Vec<IndexRow>,
}

/// A sealed package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Where it lies.
    pub root: PathBuf,
    /// Files of its payload.
    pub payload_files: u64,
    /// Their bytes.
    pub payload_bytes: u64,
    /// SHA-256 of `tagmanifest-sha256.txt`: the one number that stands for the whole package.
    pub seal_sha256: String,
}

impl PackageBuilder {
    /// Starts a package that will lie at `target`, in `partial`: an empty folder beside it that the caller made (and, if the
    /// build fails, removes).
    ///
    /// # Errors
    /// If `target` exists or `partial` is not an empty folder.
    pub fn new(partial: &Path, target: &Path, info: PackageInfo) -> Result<Self, EvidenceError> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(EvidenceError::Taken { path: target.to_path_buf() });
        }
        let mut entries = fs::read_dir(partial).map_err(EvidenceError::io(partial, "read"))?;
        if entries.next().is_some() {
            return Err(EvidenceError::Taken { path: partial.to_path_buf() });
        }
        Ok(Self {
            partial: partial.to_path_buf(),
            target: target.to_path_buf(),
            info,
            manifests: OURS.map(Manifest::new),
            folded: BTreeSet::new(),
            bytes: 0,
            sources: Vec::new(),
        })
    }

    /// Adds a file of the payload; `name` is below `data/`, without it.
    ///
    /// # Errors
    /// If the name is refused or taken, or reading or writing fails.
    pub fn add(&mut self, name: &str, reader: impl Read) -> Result<(), EvidenceError> {
        self.add_digested(name, reader).map(drop)
    }

    /// Adds an export, byte for byte, under a safe name of its own (`source/0001.csv`); gives that name.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn add_source(&mut self, facts: SourceFacts, reader: impl Read) -> Result<String, EvidenceError> {
        let name = format!("source/{:04}{}", self.sources.len() + 1, plain_extension(&facts.original_name));
        let (path, digests) = self.add_digested(&name, reader)?;
        self.index(Some(path), facts, &digests);
        Ok(name)
    }

    /// Notes an export whose bytes stay outside the package; it is read for its digests only.
    ///
    /// # Errors
    /// If reading fails.
    pub fn withhold_source(&mut self, facts: SourceFacts, reader: impl Read) -> Result<(), EvidenceError> {
        let path = PathBuf::from(&facts.original_name);
        let digests = Digests::of(&OURS, reader).map_err(EvidenceError::io(&path, "read"))?;
        self.index(None, facts, &digests);
        Ok(())
    }

    /// Writes what describes the package, reads all of it back, and moves it to its place.
    ///
    /// # Errors
    /// If writing fails, or what was read back is not what was written.
    pub fn seal(mut self, now: UtcMicros) -> Result<Package, EvidenceError> {
        self.add_indexes()?;
        let files = u64::try_from(self.manifests[0].entries.len()).unwrap_or(u64::MAX);
        let mut tags: BTreeMap<String, String> = self
            .manifests
            .iter()
            .map(|manifest| (format!("manifest-{}.txt", manifest.algorithm.as_str()), manifest.to_text()))
            .collect();
        tags.insert("bagit.txt".into(), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".into());
        tags.insert("bag-info.txt".into(), self.bag_info(now, files));
        tags.insert("VERIFY.txt".into(), verify_text(&self.info.version));
        for algorithm in OURS {
            let mut manifest = Manifest::new(algorithm);
            for (name, text) in tags.iter().filter(|(name, _)| !name.starts_with("tagmanifest-")) {
                let path = BagPath::plain(name).map_err(|fault| EvidenceError::Name { name: name.clone(), fault })?;
                let mut digests = Digests::new(&[algorithm]);
                digests.update(text.as_bytes());
                manifest.entries.insert(path, digests.finish().get(algorithm).to_owned());
            }
            tags.insert(format!("tagmanifest-{}.txt", algorithm.as_str()), manifest.to_text());
        }
        for (name, text) in &tags {
            write_whole(&self.partial.join(name), text.as_bytes())?;
        }
        let verdict = verify(&self.partial)?;
        if let Some(first) = verdict.discrepancies.into_iter().next() {
            return Err(EvidenceError::NotWhole { first: Box::new(first) });
        }
        let mut seal = Digests::new(&[Algorithm::Sha256]);
        seal.update(tags.get("tagmanifest-sha256.txt").map(String::as_bytes).unwrap_or_default());
        fs::rename(&self.partial, &self.target).map_err(EvidenceError::io(&self.target, "written"))?;
        Ok(Package {
            root: self.target,
            payload_files: files,
            payload_bytes: self.bytes,
            seal_sha256: seal.finish().get(Algorithm::Sha256).to_owned(),
        })
    }

    fn add_indexes(&mut self) -> Result<(), EvidenceError> {
        if self.sources.is_empty() {
            return Ok(());
        }
        let index = index_csv(self.sources.iter());
        self.add("source/index.csv", index.as_bytes())?;
        if self.sources.iter().any(|row| row.path.is_none()) {
            let withheld = index_csv(self.sources.iter().filter(|row| row.path.is_none()));
            self.add("source/withheld.csv", withheld.as_bytes())?;
        }
        Ok(())
    }

    fn bag_info(&self, now: UtcMicros, files: u64) -> String {
        let mut labels = vec![
            (AGENT_LABEL.to_owned(), format!("{AGENT_PREFIX}{}", self.info.version)),
            ("Bagging-Date".to_owned(), now.to_datetime().format("%Y-%m-%d").to_string()),
            ("Sealed-UTC".to_owned(), now.iso()),
            ("Payload-Oxum".to_owned(), format!("{}.{files}", self.bytes)),
        ];
        let stated = [
            ("External-Identifier", &self.info.case_id),
            ("Profile", &self.info.profile),
            ("Legend", &self.info.legend),
        ];
        for (label, value) in stated {
            labels.extend(value.iter().map(|value| (label.to_owned(), value.clone())));
        }
        labels.extend(self.info.labels.iter().cloned());
        labels_text(&labels)
    }

    fn index(&mut self, path: Option<BagPath>, facts: SourceFacts, digests: &FileDigests) {
        self.sources.push(IndexRow {
            path,
            facts,
            bytes: digests.bytes,
            sha256: digests.get(Algorithm::Sha256).to_owned(),
            sha512: digests.get(Algorithm::Sha512).to_owned(),
        });
    }

    fn add_digested(&mut self, name: &str, mut reader: impl Read) -> Result<(BagPath, FileDigests), EvidenceError> {
        let name = format!("data/{name}");
        let path = BagPath::plain(&name).map_err(|fault| EvidenceError::Name { name: name.clone(), fault })?;
        if !self.folded.insert(name.to_lowercase()) {
            return Err(EvidenceError::Twice { name });
        }
        let place = path.under(&self.partial);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(EvidenceError::io(folder, "written"))?;
        }
        let mut out = File::create_new(&place).map_err(EvidenceError::io(&place, "written"))?;
        let mut digests = Digests::new(&OURS);
        let mut buffer = vec![0; 1 << 17];
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(EvidenceError::io(&place, "filled from its source")(error)),
            };
            let chunk = buffer.get(..count).unwrap_or_default();
            digests.update(chunk);
            out.write_all(chunk).map_err(EvidenceError::io(&place, "written"))?;
        }
        out.sync_all().map_err(EvidenceError::io(&place, "written"))?;
        let digests = digests.finish();
        for manifest in &mut self.manifests {
            manifest.entries.insert(path.clone(), digests.get(manifest.algorithm).to_owned());
        }
        self.bytes += digests.bytes;
        Ok((path, digests))
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), EvidenceError> {
    let mut file = File::create_new(path).map_err(EvidenceError::io(path, "written"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(EvidenceError::io(path, "written"))
}

/// The extensions of a name (`.csv.gz`) if they are short plain letters; a stranger chose it, so nothing else is taken over.
fn plain_extension(original: &str) -> String {
    let name = original.rsplit(['/', '\\', '!']).next().unwrap_or_default();
    let mut parts = name.split('.').skip(1).collect::<Vec<_>>();
    let keep = parts.len().min(2);
    let parts = parts.split_off(parts.len() - keep);
    let plain = |part: &&str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let last = parts.last().copied().filter(|part| plain(part));
    let Some(last) = last else { return String::new() };
    let packed = ["gz", "zst", "zip", "bz2", "xz"].contains(&last.to_ascii_lowercase().as_str());
    match parts.first().copied().filter(|part| packed && parts.len() == 2 && plain(part)) {
        Some(inner) => format!(".{}.{}", inner.to_ascii_lowercase(), last.to_ascii_lowercase()),
        None => format!(".{}", last.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::plain_extension;

    #[test]
    fn only_plain_extensions_are_taken_over() {
        for (name, expected) in [
            ("exports/Portal Export.CSV", ".csv"),
            ("a.csv.gz", ".csv.gz"),
            ("a.b.csv", ".csv"),
            ("pack.zip!inner/a.json", ".json"),
            ("noextension", ""),
            ("evil.c;sv", ""),
            ("a.", ""),
        ] {
            assert_eq!(plain_extension(name), expected, "{name}");
        }
    }
}
