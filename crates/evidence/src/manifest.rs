//! Owns a manifest: the digests of a folder's files, one a line, as `sha256sum -c` and every BagIt tool reads them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
};

use crate::{BagPath, Discrepancy, EvidenceError, algorithm::Algorithm, algorithm::Digests, folder::Folder};

/// The digests of files, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The digest algorithm.
    pub algorithm: Algorithm,
    /// Lower-case hex digest by name.
    pub entries: BTreeMap<BagPath, String>,
}

impl Manifest {
    /// An empty manifest.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, entries: BTreeMap::new() }
    }

    /// The manifest of every file below a folder, but those in `except`.
    ///
    /// # Errors
    /// If a file cannot be read, or its name cannot stand in a manifest.
    pub fn of_folder(root: &Path, algorithm: Algorithm, except: &BTreeSet<&str>) -> Result<Self, EvidenceError> {
        let mut manifest = Self::new(algorithm);
        let folder = Folder::walk(root)?;
        for name in folder.files.iter().filter(|name| !except.contains(name.as_str())) {
            let path = BagPath::parse(name).map_err(|fault| EvidenceError::Name { name: name.clone(), fault })?;
            let digests = digest_file(&path.under(root), &[algorithm])?;
            manifest.entries.insert(path, digests.get(algorithm).to_owned());
        }
        Ok(manifest)
    }

    /// The text of the manifest, in name order. Line ends and percent signs in names are encoded as RFC 8493 says.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.entries.iter().map(|(path, digest)| format!("{digest}  {}\n", encode(path.as_str()))).collect()
    }

    /// Reads a manifest, by any tool that follows the BagIt drafts or RFC 8493. `name` is the file's own name. What cannot be
    /// taken is a discrepancy.
    #[must_use]
    pub fn parse(name: &str, algorithm: Algorithm, text: &str) -> (Self, Vec<Discrepancy>) {
        let mut manifest = Self::new(algorithm);
        let mut wrong = Vec::new();
        for (at, line) in text.split(['\n', '\r']).enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let malformed =
                |what: &str| Discrepancy::Malformed { manifest: name.to_owned(), line: at + 1, what: what.to_owned() };
            let Some((digest, path)) = line.trim_start().split_once([' ', '\t']) else {
                wrong.push(malformed("a digest and a name, parted by a blank, are expected"));
                continue;
            };
            if digest.len() != algorithm.hex_len() || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
                wrong.push(malformed(&format!("\"{}\" is no {} digest", digest.escape_default(), algorithm.as_str())));
                continue;
            }
            // md5sum marks a file read as binary by an asterisk.
            let path = path.trim_start_matches([' ', '\t']);
            let path = decode(path.strip_prefix('*').unwrap_or(path));
            match BagPath::parse(&path) {
                Err(fault) => {
                    wrong.push(Discrepancy::UnsafeName { name: path, fault, manifest: name.to_owned() });
                }
                Ok(path) => {
                    if manifest.entries.insert(path.clone(), digest.to_lowercase()).is_some() {
                        wrong.push(Discrepancy::Duplicate { path, manifest: name.to_owned() });
                    }
                }
            }
        }
        (manifest, wrong)
    }
}

/// Compares a folder with its manifest: every missing, changed and added file, sorted. Files in `except` may be there
/// (the manifest itself, signatures).
///
/// # Errors
/// If the folder cannot be read.
pub fn verify_folder(
    root: &Path,
    manifest: &Manifest,
    except: &BTreeSet<&str>,
) -> Result<Vec<Discrepancy>, EvidenceError> {
    let folder = Folder::walk(root)?;
    let there: BTreeSet<&str> = folder.files.iter().map(String::as_str).collect();
    let mut wrong: Vec<Discrepancy> =
        folder.others.iter().map(|path| Discrepancy::NotAFile { path: path.clone() }).collect();
    let manifest_name = format!("manifest-{}.txt", manifest.algorithm.as_str());
    for (path, expected) in &manifest.entries {
        if !there.contains(path.as_str()) {
            wrong.push(Discrepancy::Missing { path: path.clone(), manifest: manifest_name.clone() });
            continue;
        }
        let found = digest_file(&path.under(root), &[manifest.algorithm])?.get(manifest.algorithm).to_owned();
        if found != *expected {
            let (path, manifest, expected) = (path.clone(), manifest_name.clone(), expected.clone());
            wrong.push(Discrepancy::Changed { path, manifest, expected, found });
        }
    }
    let named = |name: &str| BagPath::parse(name).is_ok_and(|path| manifest.entries.contains_key(&path));
    for name in there {
        if !except.contains(name) && !named(name) {
            wrong.push(Discrepancy::Extra { path: name.to_owned() });
        }
    }
    wrong.sort();
    Ok(wrong)
}

pub(crate) fn digest_file(
    path: &Path,
    algorithms: &[Algorithm],
) -> Result<crate::algorithm::FileDigests, EvidenceError> {
    let file = File::open(path).map_err(EvidenceError::io(path, "read"))?;
    Digests::of(algorithms, file).map_err(EvidenceError::io(path, "read"))
}

fn encode(name: &str) -> String {
    name.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D")
}

/// Only the three encodings RFC 8493 names; any other percent sign is itself.
fn decode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let code = after.get(..2).map(str::to_ascii_uppercase);
        let letter = match code.as_deref() {
            Some("0A") => '\n',
            Some("0D") => '\r',
            Some("25") => '%',
            _ => {
                out.push('%');
                rest = after;
                continue;
            }
        };
        out.push(letter);
        rest = after.get(2..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PathFault;

    #[test]
    fn names_survive_the_three_encodings() {
        for name in ["data/100%", "data/a\nb", "data/a\rb", "data/%0A", "data/%41"] {
            assert_eq!(decode(&encode(name)), name);
        }
        assert_eq!(decode("data/%41%"), "data/%41%", "an encoding the RFC does not name is not one");
    }

    #[test]
    fn lines_of_other_tools_are_read_and_wrong_ones_are_named() {
        let digest = "a".repeat(32);
        let text = format!("{digest} *data/a\r\n{}\tdata/b\n{digest}  ./data/c\n\n", digest.to_uppercase());
        let (manifest, wrong) = Manifest::parse("m", Algorithm::Md5, &text);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(manifest.entries.keys().map(BagPath::as_str).collect::<Vec<_>>(), ["data/a", "data/b", "data/c"]);
        let text = format!("{digest}\nabc  data/a\n{digest}  ../x\n{digest}  data/a\n{digest}  data/a\n");
        let (_, wrong) = Manifest::parse("m", Algorithm::Md5, &text);
        let words: Vec<_> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            [
                "m: line 1: a digest and a name, parted by a blank, are expected",
                "m: line 2: \"abc\" is no md5 digest",
                "m: the name \"../x\" is refused: a step up (..)",
                "data/a: m names it twice",
            ]
        );
        assert!(matches!(&wrong[2], Discrepancy::UnsafeName { fault: PathFault::Up, .. }));
    }
}
