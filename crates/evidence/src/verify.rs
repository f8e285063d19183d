//! Owns the verdict on a package: levels L0 (bytes unchanged) and L1 (complete, nothing added) of any BagIt bag, and our own
//! invariants where the bag is ours.
//!
//! Ours are stricter, because two things go unnoticed by the public tools: a file added beside the payload, and a byte of a
//! tag manifest that does not change a digest (spacing, order, case).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::{
    Algorithm, BagPath, Discrepancy, EvidenceError, Manifest,
    custody::{CUSTODY_FILE, CustodyLog},
    folder::Folder,
    manifest::digest_file,
    package::{AGENT_LABEL, AGENT_PREFIX, is_unlisted},
    tag_file::{Declaration, Labels, TagEncoding, parse_labels},
};

/// What a package turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Everything that is wrong, sorted. Empty: the package is whole.
    pub discrepancies: Vec<Discrepancy>,
    /// What a reader should know, though nothing is wrong.
    pub notes: Vec<String>,
    /// Files of the payload that were read.
    pub payload_files: u64,
    /// Their bytes.
    pub payload_bytes: u64,
    /// The digest algorithms of the payload manifests.
    pub algorithms: Vec<Algorithm>,
    /// Whether the package says that mailtrail made it.
    pub ours: bool,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.discrepancies.is_empty()
    }
}

/// Verifies a bag.
///
/// # Errors
/// If the folder cannot be read at all; whatever else is wrong with it is in the verdict.
pub fn verify(root: &Path) -> Result<Verdict, EvidenceError> {
    let folder = Folder::walk(root)?;
    let mut check = Check { root, files: folder.files.iter().cloned().collect(), wrong: Vec::new(), notes: Vec::new() };
    check.wrong.extend(folder.others.into_iter().map(|path| Discrepancy::NotAFile { path }));
    let declaration = check.declaration()?;
    let info = check.info(declaration.encoding)?;
    let payload = check.manifests("manifest-", declaration.encoding)?;
    let tags = check.manifests("tagmanifest-", declaration.encoding)?;
    check.scope(&payload, &tags);
    check.fetch(declaration.encoding)?;
    if payload.is_empty() {
        check.tag_file("manifest-*.txt", "the bag has no payload manifest this version can check");
    }
    let digests = check.digests(&payload, &tags)?;
    check.completeness(declaration, &payload);
    let ours = info.iter().any(|(label, value)| label == AGENT_LABEL && value.starts_with(AGENT_PREFIX));
    check.oxum(&info, &digests);
    if ours {
        check.our_invariants(&payload, &tags)?;
    }
    check.wrong.sort();
    check.wrong.dedup();
    let algorithms = payload.iter().map(|named| named.manifest.algorithm).collect();
    Ok(Verdict {
        discrepancies: check.wrong,
        notes: check.notes,
        payload_files: digests.files,
        payload_bytes: digests.bytes,
        algorithms,
        ours,
    })
}

/// A manifest and the tag file it came from.
struct Named {
    file: String,
    text: String,
    manifest: Manifest,
}

#[derive(Default)]
struct Payload {
    files: u64,
    bytes: u64,
}

struct Check<'a> {
    root: &'a Path,
    files: BTreeSet<String>,
    wrong: Vec<Discrepancy>,
    notes: Vec<String>,
}

impl Check<'_> {
    fn tag_file(&mut self, name: &str, what: impl Into<String>) {
        self.wrong.push(Discrepancy::TagFile { name: name.to_owned(), what: what.into() });
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, EvidenceError> {
        let path = self.root.join(name);
        fs::read(&path).map_err(EvidenceError::io(&path, "read"))
    }

    fn text(&mut self, name: &str, encoding: TagEncoding) -> Result<Option<String>, EvidenceError> {
        let text = encoding.decode(&self.bytes(name)?);
        if text.is_none() {
            self.tag_file(name, "not in the encoding that bagit.txt declares");
        }
        Ok(text)
    }

    fn declaration(&mut self) -> Result<Declaration, EvidenceError> {
        let fallback = Declaration { version: (1, 0), encoding: TagEncoding::Utf8 };
        if !self.files.contains("bagit.txt") {
            self.tag_file("bagit.txt", "missing: this is no BagIt bag");
            return Ok(fallback);
        }
        Ok(Declaration::parse(&self.bytes("bagit.txt")?).unwrap_or_else(|what| {
            self.tag_file("bagit.txt", what);
            fallback
        }))
    }

    fn info(&mut self, encoding: TagEncoding) -> Result<Labels, EvidenceError> {
        // Before draft 0.95 the file had another name.
        let Some(name) = ["bag-info.txt", "package-info.txt"].into_iter().find(|name| self.files.contains(*name))
        else {
            return Ok(Labels::new());
        };
        let Some(text) = self.text(name, encoding)? else { return Ok(Labels::new()) };
        Ok(parse_labels(&text).unwrap_or_else(|what| {
            self.tag_file(name, what);
            Labels::new()
        }))
    }

    fn manifests(&mut self, prefix: &str, encoding: TagEncoding) -> Result<Vec<Named>, EvidenceError> {
        let names: Vec<String> = self
            .files
            .iter()
            .filter(|name| name.starts_with(prefix) && name.ends_with(".txt") && !name.contains('/'))
            .cloned()
            .collect();
        let mut out = Vec::new();
        for file in names {
            let algorithm = file.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".txt"));
            let Some(algorithm) = algorithm.and_then(Algorithm::parse) else {
                self.notes.push(format!("{file}: an algorithm this version does not know; not checked"));
                continue;
            };
            let Some(text) = self.text(&file, encoding)? else { continue };
            let (manifest, wrong) = Manifest::parse(&file, algorithm, &text);
            self.wrong.extend(wrong);
            out.push(Named { file, text, manifest });
        }
        Ok(out)
    }

    /// A payload manifest names payload, a tag manifest names everything else but tag manifests.
    fn scope(&mut self, payload: &[Named], tags: &[Named]) {
        for (named, wants_payload) in payload.iter().map(|one| (one, true)).chain(tags.iter().map(|one| (one, false))) {
            for path in named.manifest.entries.keys().filter(|path| path.is_payload() != wants_payload) {
                let what = if wants_payload { "is not payload (data/)" } else { "is payload" };
                self.wrong.push(Discrepancy::TagFile { name: named.file.clone(), what: format!("{path} {what}") });
            }
        }
    }

    /// A bag with files still to be fetched is not complete; the missing ones are named by the manifests.
    fn fetch(&mut self, encoding: TagEncoding) -> Result<(), EvidenceError> {
        if !self.files.contains("fetch.txt") {
            return Ok(());
        }
        let Some(text) = self.text("fetch.txt", encoding)? else { return Ok(()) };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let name = line.splitn(3, char::is_whitespace).nth(2).unwrap_or_default().trim();
            if let Err(fault) = BagPath::parse(name) {
                self.wrong.push(Discrepancy::UnsafeName { name: name.to_owned(), fault, manifest: "fetch.txt".into() });
            }
        }
        self.notes.push("fetch.txt names files elsewhere; only those that are here were checked".to_owned());
        Ok(())
    }

    /// Reads each file once, by every algorithm that names it.
    fn digests(&mut self, payload: &[Named], tags: &[Named]) -> Result<Payload, EvidenceError> {
        let mut by_path: BTreeMap<&BagPath, Vec<(&Named, &String)>> = BTreeMap::new();
        for named in payload.iter().chain(tags) {
            for (path, digest) in &named.manifest.entries {
                by_path.entry(path).or_default().push((named, digest));
            }
        }
        let mut sum = Payload::default();
        for (path, claims) in by_path {
            if !self.files.contains(path.as_str()) {
                for (named, _) in claims {
                    self.wrong.push(Discrepancy::Missing { path: path.clone(), manifest: named.file.clone() });
                }
                continue;
            }
            let mut algorithms: Vec<Algorithm> = claims.iter().map(|(named, _)| named.manifest.algorithm).collect();
            algorithms.sort_unstable();
            algorithms.dedup();
            let digests = digest_file(&path.under(self.root), &algorithms)?;
            if path.is_payload() {
                sum.files += 1;
                sum.bytes += digests.bytes;
            }
            for (named, expected) in claims {
                let found = digests.get(named.manifest.algorithm);
                if found != expected {
                    self.wrong.push(Discrepancy::Changed {
                        path: path.clone(),
                        manifest: named.file.clone(),
                        expected: expected.clone(),
                        found: found.to_owned(),
                    });
                }
            }
        }
        Ok(sum)
    }

    /// Every payload file is named: since version 1.0 by every manifest, before by at least one.
    fn completeness(&mut self, declaration: Declaration, payload: &[Named]) {
        if !self.files.iter().any(|name| name.starts_with("data/")) && !self.root.join("data").is_dir() {
            self.tag_file("data/", "missing: a bag has a payload folder");
        }
        let names: Vec<String> = self.files.iter().filter(|name| name.starts_with("data/")).cloned().collect();
        for name in names {
            let path = BagPath::parse(&name).ok();
            let lacking: Vec<&Named> = payload
                .iter()
                .filter(|named| !path.as_ref().is_some_and(|path| named.manifest.entries.contains_key(path)))
                .collect();
            if lacking.len() == payload.len() {
                self.wrong.push(Discrepancy::Extra { path: name });
            } else if let (Some(path), true) = (path, declaration.is_1_0()) {
                for named in lacking {
                    self.wrong.push(Discrepancy::Unequal { path: path.clone(), manifest: named.file.clone() });
                }
            }
        }
    }

    fn oxum(&mut self, info: &Labels, payload: &Payload) {
        let found = format!("{}.{}", payload.bytes, payload.files);
        for (_, stated) in info.iter().filter(|(label, _)| label.eq_ignore_ascii_case("Payload-Oxum")) {
            if *stated != found {
                self.wrong.push(Discrepancy::Oxum { stated: stated.clone(), found: found.clone() });
            }
        }
    }

    /// What holds for our own packages and no public tool checks.
    fn our_invariants(&mut self, payload: &[Named], tags: &[Named]) -> Result<(), EvidenceError> {
        for (prefix, manifests) in [("manifest", payload), ("tagmanifest", tags)] {
            for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
                if !manifests.iter().any(|named| named.manifest.algorithm == algorithm) {
                    self.tag_file(&format!("{prefix}-{}.txt", algorithm.as_str()), "missing");
                }
            }
        }
        for named in payload.iter().chain(tags) {
            if named.text != named.manifest.to_text() {
                self.tag_file(&named.file, "its bytes are not the ones we write for these digests");
            }
        }
        let names: Vec<String> = self.files.iter().cloned().collect();
        for name in names {
            if name.starts_with("data/") || name.starts_with("tagmanifest-") || is_unlisted(&name) {
                continue;
            }
            let path = BagPath::parse(&name).ok();
            let listed = |named: &Named| path.as_ref().is_some_and(|path| named.manifest.entries.contains_key(path));
            if !tags.iter().all(listed) {
                self.wrong.push(Discrepancy::Extra { path: name });
            }
        }
        let mut folded: BTreeMap<String, &String> = BTreeMap::new();
        let mut clashes = Vec::new();
        for name in &self.files {
            if let Some(other) = folded.insert(name.to_lowercase(), name) {
                clashes.push((name.clone(), other.clone()));
            }
        }
        for (name, other) in clashes {
            self.tag_file(&name, format!("differs from {other} by case only: some systems keep one of them"));
        }
        if self.files.contains(CUSTODY_FILE) {
            let sealed = digest_file(&self.root.join("tagmanifest-sha256.txt"), &[Algorithm::Sha256])?;
            let text = String::from_utf8_lossy(&self.bytes(CUSTODY_FILE)?).into_owned();
            match CustodyLog::parse(&text) {
                Err(error) => self.tag_file(CUSTODY_FILE, error.to_string()),
                Ok(log) if log.first_object() != Some(sealed.get(Algorithm::Sha256)) => {
                    self.tag_file(CUSTODY_FILE, "its first entry is not about this package's tagmanifest-sha256.txt");
                }
                Ok(_) => {}
            }
        }
        Ok(())
    }
}
