//! Bags of others: the cases of the Library of Congress's public conformance suite, written anew (one bag a case, by
//! version), and what a verifier must say of each.

use std::{fs, path::Path};

use mailtrail_evidence::{Algorithm, Manifest, verify};
use tempfile::TempDir;

/// A bag to be: files with their bytes; manifests are made of them unless a file of that name is given.
struct Bag {
    version: &'static str,
    algorithms: &'static [Algorithm],
    files: Vec<(&'static str, Vec<u8>)>,
    /// After the manifests were made: written over, `None` removes.
    changes: Vec<(&'static str, Option<Vec<u8>>)>,
}

fn bag(version: &'static str) -> Bag {
    Bag {
        version,
        algorithms: &[Algorithm::Sha512],
        files: vec![("data/bare-filename", b"bare\n".to_vec()), ("data/text-file.txt", b"text\n".to_vec())],
        changes: Vec::new(),
    }
}

impl Bag {
    fn with(mut self, name: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name, bytes.into()));
        self
    }

    fn by(mut self, algorithms: &'static [Algorithm]) -> Self {
        self.algorithms = algorithms;
        self
    }

    fn then(mut self, name: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        self.changes.push((name, Some(bytes.into())));
        self
    }

    fn without(mut self, name: &'static str) -> Self {
        self.changes.push((name, None));
        self
    }

    fn write(&self, root: &Path) {
        let put = |name: &str, bytes: &[u8]| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        let declaration = format!("BagIt-Version: {}\nTag-File-Character-Encoding: UTF-8\n", self.version);
        put("bagit.txt", declaration.as_bytes());
        put("bag-info.txt", b"Source-Organization: Example\n");
        self.files.iter().for_each(|(name, bytes)| put(name, bytes));
        for &algorithm in self.algorithms {
            let all = Manifest::of_folder(root, algorithm, &Default::default()).unwrap();
            let part = |payload: bool| {
                let keep = |path: &mailtrail_evidence::BagPath| {
                    path.is_payload() == payload && !path.as_str().starts_with("tagmanifest-")
                };
                let entries = all.entries.iter().filter(|(path, _)| keep(path));
                Manifest { algorithm, entries: entries.map(|(path, digest)| (path.clone(), digest.clone())).collect() }
            };
            put(&format!("manifest-{}.txt", algorithm.as_str()), part(true).to_text().as_bytes());
            put(&format!("tagmanifest-{}.txt", algorithm.as_str()), part(false).to_text().as_bytes());
        }
        for (name, bytes) in &self.changes {
            match bytes {
                Some(bytes) => put(name, bytes),
                None => fs::remove_file(root.join(name)).unwrap(),
            }
        }
    }

    fn words(&self) -> Vec<String> {
        let dir = TempDir::new().unwrap();
        self.write(dir.path());
        verify(dir.path()).unwrap().discrepancies.iter().map(ToString::to_string).collect()
    }
}

/// The manifest of `bag`, with lines changed: made by writing it once. The tag manifest is dropped, as it would not agree.
fn manifest(bag: &Bag, change: impl Fn(String) -> String) -> Vec<u8> {
    let dir = TempDir::new().unwrap();
    bag.write(dir.path());
    change(fs::read_to_string(dir.path().join("manifest-sha512.txt")).unwrap()).into_bytes()
}

fn with_manifest(version: &'static str, change: impl Fn(String) -> String) -> Bag {
    let base = bag(version);
    let text = manifest(&base, change);
    base.then("manifest-sha512.txt", text).without("tagmanifest-sha512.txt")
}

#[test]
fn valid_bags_of_every_version_are_whole() {
    for version in ["0.93", "0.94", "0.95", "0.96", "0.97", "1.0"] {
        for (name, bag) in [
            ("basic bag", bag(version)),
            ("md5", bag(version).by(&[Algorithm::Md5])),
            ("sha1", bag(version).by(&[Algorithm::Sha1])),
            ("sha224", bag(version).by(&[Algorithm::Sha224])),
            ("sha256 and sha512", bag(version).by(&[Algorithm::Sha256, Algorithm::Sha512])),
            ("a bag in a bag", bag(version).with("data/bag/bagit.txt", "x").with("data/bag/manifest-md5.txt", "x")),
            (
                "names of many kinds",
                bag(version)
                    .with("data/hello world", "x")
                    .with("data/ü", "x")
                    .with("data/.hidden", "x")
                    .with("data/~tilde", "x"),
            ),
            ("a percent sign", bag(version).with("data/100%25.txt", "x").with("data/50%", "x")),
            ("an empty file", bag(version).with("data/empty", "")),
            ("a repeated label", bag(version).with("bag-info.txt", "A: 1\nA: 2\n B continues\n")),
            ("the sum", bag(version).with("bag-info.txt", "Payload-Oxum: 10.2\n")),
            ("an unlisted tag file", bag(version).then("notes.txt", "x")),
            ("no tag manifest", bag(version).without("tagmanifest-sha512.txt")),
            ("another algorithm", bag(version).then("manifest-blake2b.txt", "x  data/y\n")),
            ("a leading ./", with_manifest(version, |text| text.replace("  data/", "  ./data/"))),
            ("an asterisk", with_manifest(version, |text| text.replace("  data/", " *data/"))),
            (
                "upper-case digests",
                with_manifest(version, |text| {
                    text.lines().map(|line| format!("{}{}\n", line[..128].to_uppercase(), &line[128..])).collect()
                }),
            ),
            ("CRLF", with_manifest(version, |text| text.replace('\n', "\r\n"))),
        ] {
            assert_eq!(bag.words(), Vec::<String>::new(), "{version}: {name}");
        }
    }
    assert_eq!(
        bag("0.97")
            .with("bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: ISO-8859-1\n")
            .with("bag-info.txt", &b"Name: \xe9\n"[..])
            .words(),
        Vec::<String>::new()
    );
}

#[test]
fn tag_files_in_utf_16_are_read() {
    let utf16 = |text: &str| -> Vec<u8> {
        [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
    };
    let base = bag("0.97").with("bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-16\n");
    let text = String::from_utf8(manifest(&base, |text| text)).unwrap();
    let bag = base
        .then("manifest-sha512.txt", utf16(&text))
        .then("bag-info.txt", utf16("Payload-Oxum: 10.2\n"))
        .without("tagmanifest-sha512.txt");
    assert_eq!(bag.words(), Vec::<String>::new());
}

#[test]
fn a_name_with_a_line_end_is_encoded_and_found() {
    if cfg!(windows) {
        return;
    }
    assert_eq!(bag("1.0").with("data/a\nb", "x").words(), Vec::<String>::new());
}

#[test]
fn invalid_bags_are_refused_for_the_right_reason() {
    for version in ["0.97", "1.0"] {
        for (name, bag, expected) in [
            ("a changed file", bag(version).then("data/text-file.txt", "tixt\n"), "data/text-file.txt: changed"),
            ("a missing file", bag(version).without("data/bare-filename"), "data/bare-filename: missing"),
            ("an added file", bag(version).then("data/extra", "x"), "data/extra: added"),
            ("a changed tag file", bag(version).then("bag-info.txt", "A: 2\n"), "bag-info.txt: changed"),
            ("a missing tag file", bag(version).without("bag-info.txt"), "bag-info.txt: missing"),
            ("no bagit.txt", bag(version).without("bagit.txt"), "bagit.txt: missing"),
            (
                "no payload manifest",
                bag(version).without("manifest-sha512.txt"),
                "manifest-*.txt: the bag has no payload manifest",
            ),
            (
                "a byte order mark",
                bag(version).with(
                    "bagit.txt",
                    format!("\u{feff}BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n"),
                ),
                "bagit.txt: a byte order mark",
            ),
            (
                "white space in the declaration",
                bag(version)
                    .with("bagit.txt", format!("BagIt-Version : {version}\nTag-File-Character-Encoding: UTF-8\n")),
                "bagit.txt: \"BagIt-Version : ",
            ),
            (
                "no encoding",
                bag(version).with("bagit.txt", format!("BagIt-Version: {version}\n")),
                "bagit.txt: no line Tag-File-Character-Encoding",
            ),
            (
                "an unknown version",
                bag(version).with("bagit.txt", "BagIt-Version: 9.9\nTag-File-Character-Encoding: UTF-8\n"),
                "bagit.txt: version 9.9 is not known",
            ),
            (
                "a wrong sum",
                bag(version).with("bag-info.txt", "Payload-Oxum: 10.3\n"),
                "bag-info.txt: Payload-Oxum is 10.3, the payload has 10.2",
            ),
            (
                "a tag file without labels",
                bag(version).with("bag-info.txt", "no label\n"),
                "bag-info.txt: \"no label\" has no label",
            ),
            (
                "dots in a name",
                with_manifest(version, |text| text + &"0".repeat(128) + "  ../../../README.md\n"),
                "manifest-sha512.txt: the name \"../../../README.md\" is refused: a step up (..)",
            ),
            (
                "a tilde",
                with_manifest(version, |text| text + &"0".repeat(128) + "  ~/.bashrc\n"),
                "manifest-sha512.txt: the name \"~/.bashrc\" is refused: a home folder (~)",
            ),
            (
                "an absolute name",
                with_manifest(version, |text| text + &"0".repeat(128) + "  /etc/passwd\n"),
                "manifest-sha512.txt: the name \"/etc/passwd\" is refused: an absolute path",
            ),
            (
                "a drive",
                with_manifest(version, |text| text + &"0".repeat(128) + "  C:\\Windows\\x\n"),
                "is refused: a drive letter",
            ),
            (
                "a share",
                with_manifest(version, |text| text + &"0".repeat(128) + "  \\\\host\\x\n"),
                "is refused: a network path",
            ),
            (
                "a name twice",
                with_manifest(version, |text| text.clone() + &text),
                "data/bare-filename: manifest-sha512.txt names it twice",
            ),
            (
                "a line that is none",
                with_manifest(version, |text| text + "junk\n"),
                "manifest-sha512.txt: line 3: a digest and a name",
            ),
            (
                "a tag file in the payload manifest",
                with_manifest(version, |text| text.replace("data/bare-filename", "bagit.txt")),
                "manifest-sha512.txt: bagit.txt is not payload",
            ),
            (
                "a file still elsewhere",
                with_manifest(version, |text| text + &"0".repeat(128) + "  data/far\n")
                    .then("fetch.txt", "http://x.example/far 5 data/far\n"),
                "data/far: missing",
            ),
            (
                "fetched to elsewhere",
                bag(version).then("fetch.txt", "http://x.example/far 5 ../far\n"),
                "fetch.txt: the name \"../far\" is refused",
            ),
        ] {
            let words = bag.words();
            assert!(words.iter().any(|line| line.contains(expected)), "{version}, {name}: {words:?}");
        }
    }
}

#[test]
fn since_1_0_every_manifest_names_every_payload_file() {
    let unequal = |version| {
        let both = bag(version).by(&[Algorithm::Sha256, Algorithm::Sha512]);
        let dir = TempDir::new().unwrap();
        both.write(dir.path());
        let text = fs::read_to_string(dir.path().join("manifest-sha256.txt")).unwrap();
        let first: String = text.lines().take(1).map(|line| format!("{line}\n")).collect();
        both.then("manifest-sha256.txt", first)
            .without("tagmanifest-sha256.txt")
            .without("tagmanifest-sha512.txt")
            .words()
    };
    assert_eq!(unequal("0.97"), Vec::<String>::new());
    assert_eq!(unequal("1.0"), ["data/text-file.txt: manifest-sha256.txt does not name it, another manifest does"]);
}
