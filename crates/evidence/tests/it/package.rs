//! Packages of ours: built, verified, broken in every way there is.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use mailtrail_evidence::{
    Algorithm, BagPath, CUSTODY_FILE, CustodyLog, Discrepancy, EvidenceError, Manifest, Package, PackageBuilder,
    PackageInfo, SourceFacts, verify, verify_folder,
};
use mailtrail_model::UtcMicros;
use proptest::prelude::*;
use tempfile::TempDir;

const NOW: UtcMicros = UtcMicros(1_706_000_000_000_000);

fn info() -> PackageInfo {
    PackageInfo { version: "0.1.0".into(), case_id: Some("C-1".into()), ..PackageInfo::default() }
}

fn builder(dir: &TempDir) -> PackageBuilder {
    let partial = dir.path().join("bag.partial-1");
    fs::create_dir(&partial).unwrap();
    PackageBuilder::new(&partial, &dir.path().join("bag"), info()).unwrap()
}

fn package(dir: &TempDir) -> Package {
    let mut builder = builder(dir);
    let facts = SourceFacts { original_name: "exports/Ärger, \"1\".csv".into(), ..SourceFacts::default() };
    assert_eq!(builder.add_source(facts, &b"a,b\n1,2\n"[..]).unwrap(), "source/0001.csv");
    builder.add("run/run.json", &b"{}"[..]).unwrap();
    builder.add("report/report.html", &b"<p>"[..]).unwrap();
    builder.seal(NOW).unwrap()
}

/// Every file below a folder with its bytes.
fn bytes_of(root: &Path) -> Vec<(String, Vec<u8>)> {
    let manifest = Manifest::of_folder(root, Algorithm::Sha256, &BTreeSet::new()).unwrap();
    manifest.entries.keys().map(|path| (path.to_string(), fs::read(path.under(root)).unwrap())).collect()
}

fn words(root: &Path) -> Vec<String> {
    verify(root).unwrap().discrepancies.iter().map(ToString::to_string).collect()
}

#[test]
fn a_sealed_package_is_whole_and_leaves_nothing_beside_it() {
    let dir = TempDir::new().unwrap();
    let package = package(&dir);
    let verdict = verify(&package.root).unwrap();
    assert!(verdict.is_whole() && verdict.ours, "{verdict:?}");
    assert_eq!((verdict.payload_files, verdict.payload_bytes), (package.payload_files, package.payload_bytes));
    assert_eq!(verdict.algorithms, [Algorithm::Sha256, Algorithm::Sha512]);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "the partial folder is the package now");
    let index = fs::read_to_string(package.root.join("data/source/index.csv")).unwrap();
    assert!(index.contains("data/source/0001.csv,\"exports/Ärger, \"\"1\"\".csv\",8,"), "{index}");
}

#[test]
fn the_same_artifacts_at_the_same_time_make_the_same_bytes() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (first, second) = (package(&one), package(&two));
    assert_eq!(bytes_of(&first.root), bytes_of(&second.root));
    assert_eq!(first.seal_sha256, second.seal_sha256);
}

#[test]
fn any_flipped_byte_of_any_file_is_noticed() {
    let dir = TempDir::new().unwrap();
    let root = package(&dir).root;
    for (name, bytes) in bytes_of(&root) {
        // Every byte of a short file, 64 places of a long one, its last byte among them.
        for at in (0..bytes.len()).rev().step_by((bytes.len() / 64).max(1)) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x01;
            fs::write(root.join(&name), &flipped).unwrap();
            assert!(!verify(&root).unwrap().is_whole(), "{name}, byte {at}");
        }
        fs::write(root.join(&name), &bytes).unwrap();
    }
    assert!(verify(&root).unwrap().is_whole());
}

#[test]
fn any_missing_or_added_file_is_noticed() {
    let dir = TempDir::new().unwrap();
    let root = package(&dir).root;
    for (name, bytes) in bytes_of(&root) {
        fs::remove_file(root.join(&name)).unwrap();
        assert!(!verify(&root).unwrap().is_whole(), "{name} removed");
        fs::write(root.join(&name), bytes).unwrap();
    }
    for name in ["data/new.txt", "data/run/new.txt", "new.txt", "manifest-md5.txt.bak", "data/source/0002.csv"] {
        fs::write(root.join(name), "x").unwrap();
        assert_eq!(words(&root), [format!("{name}: added; no manifest names it")]);
        fs::remove_file(root.join(name)).unwrap();
    }
}

#[test]
fn spacing_and_order_of_our_manifests_are_noticed_though_the_digests_hold() {
    let dir = TempDir::new().unwrap();
    let root = package(&dir).root;
    let path = root.join("tagmanifest-sha512.txt");
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.reverse();
    for changed in [
        text.replacen("  ", " ", 1),
        text.to_uppercase().replace("TXT", "txt"),
        lines.join("\n") + "\n",
        text.clone() + "\n",
    ] {
        fs::write(&path, changed).unwrap();
        assert!(!verify(&root).unwrap().is_whole());
    }
}

#[test]
fn signatures_and_custody_are_added_after_sealing_and_the_chain_is_checked() {
    let dir = TempDir::new().unwrap();
    let package = package(&dir);
    fs::create_dir(package.root.join("signatures")).unwrap();
    fs::create_dir(package.root.join("custody")).unwrap();
    fs::write(package.root.join("signatures/tagmanifest-sha256.txt.sig"), "sig").unwrap();
    let mut log = CustodyLog::default();
    log.add(NOW, "R. Example", "sealed", &package.seal_sha256).unwrap();
    fs::write(package.root.join(CUSTODY_FILE), log.to_text()).unwrap();
    assert!(verify(&package.root).unwrap().is_whole());
    let mut foreign = CustodyLog::default();
    foreign.add(NOW, "R. Example", "sealed", &"0".repeat(64)).unwrap();
    fs::write(package.root.join(CUSTODY_FILE), foreign.to_text()).unwrap();
    assert_eq!(
        words(&package.root),
        ["custody/custody.jsonl: its first entry is not about this package's tagmanifest-sha256.txt"]
    );
    fs::write(package.root.join(CUSTODY_FILE), log.to_text().replace("R. Example", "E. Ve")).unwrap();
    assert!(verify(&package.root).unwrap().is_whole(), "the last line is covered by a signature over the head only");
    log.add(NOW, "E. Ve", "received", &package.seal_sha256).unwrap();
    fs::write(package.root.join(CUSTODY_FILE), log.to_text().replacen("R. Example", "X", 1)).unwrap();
    assert!(words(&package.root)[0].contains("the log was changed"));
}

#[test]
fn a_withheld_source_is_named_by_its_hashes_only() {
    let dir = TempDir::new().unwrap();
    let mut builder = builder(&dir);
    let facts = SourceFacts { original_name: "secret.csv".into(), ..SourceFacts::default() };
    builder.withhold_source(facts, &b"abc"[..]).unwrap();
    let package = builder.seal(NOW).unwrap();
    let withheld = fs::read_to_string(package.root.join("data/source/withheld.csv")).unwrap();
    assert!(withheld.contains("\n,secret.csv,3,ba7816bf8f01cfea"), "{withheld}");
    assert!(verify(&package.root).unwrap().is_whole());
}

#[test]
fn names_that_bite_are_refused_when_a_package_is_built() {
    let dir = TempDir::new().unwrap();
    let mut builder = builder(&dir);
    builder.add("run/a.json", &b"1"[..]).unwrap();
    for name in ["../x", "run/../../x", "a b", "é", "run\\x", "nul.txt", "x."] {
        assert!(matches!(builder.add(name, &b"x"[..]), Err(EvidenceError::Name { .. })), "{name}");
    }
    for name in ["run/a.json", "run/A.json", "RUN/a.json"] {
        assert!(matches!(builder.add(name, &b"x"[..]), Err(EvidenceError::Twice { .. })), "{name}");
    }
}

#[test]
fn a_package_never_replaces_what_is_there() {
    let dir = TempDir::new().unwrap();
    let target = package(&dir).root;
    let partial = dir.path().join("p");
    fs::create_dir(&partial).unwrap();
    assert!(matches!(PackageBuilder::new(&partial, &target, info()), Err(EvidenceError::Taken { .. })));
    fs::write(partial.join("x"), "x").unwrap();
    assert!(matches!(PackageBuilder::new(&partial, &dir.path().join("new"), info()), Err(EvidenceError::Taken { .. })));
}

#[test]
fn a_package_that_somebody_writes_into_while_it_is_built_is_not_sealed() {
    let dir = TempDir::new().unwrap();
    let mut builder = builder(&dir);
    builder.add("a", &b"a"[..]).unwrap();
    fs::write(dir.path().join("bag.partial-1/data/b"), "b").unwrap();
    assert!(matches!(builder.seal(NOW), Err(EvidenceError::NotWhole { .. })));
    assert!(!dir.path().join("bag").exists());
}

#[test]
#[expect(
    deprecated,
    reason = "the one portable call that makes a link; it is deprecated because it cannot link folders"
)]
fn a_link_is_never_followed() {
    let dir = TempDir::new().unwrap();
    let root = package(&dir).root;
    fs::remove_file(root.join("data/run/run.json")).unwrap();
    fs::write(dir.path().join("outside"), "{}").unwrap();
    if fs::soft_link(dir.path().join("outside"), root.join("data/run/run.json")).is_err() {
        return; // Some systems let only administrators make links.
    }
    let words = words(&root);
    assert!(words.contains(&"data/run/run.json: a link or device, not a file".to_owned()), "{words:?}");
}

#[test]
fn the_commands_of_verify_txt_agree() {
    if Command::new("sha256sum").arg("--version").output().is_err() {
        return; // Not a system with the GNU tools.
    }
    let dir = TempDir::new().unwrap();
    let root = package(&dir).root;
    let check = |tool: &str, manifest: &str| {
        Command::new(tool).args(["--strict", "--quiet", "-c", manifest]).current_dir(&root).status().unwrap().success()
    };
    for (tool, algorithm) in [("sha256sum", "sha256"), ("sha512sum", "sha512")] {
        assert!(check(tool, &format!("manifest-{algorithm}.txt")));
        assert!(check(tool, &format!("tagmanifest-{algorithm}.txt")));
    }
    fs::write(root.join("data/run/run.json"), "{ }").unwrap();
    assert!(!check("sha256sum", "manifest-sha256.txt"));
}

#[test]
fn a_folder_is_compared_with_its_manifest() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("sub")).unwrap();
    for (name, text) in [("a", "1"), ("sub/b", "2"), ("c", "3")] {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let except = BTreeSet::from(["manifest-sha256.txt"]);
    let manifest = Manifest::of_folder(dir.path(), Algorithm::Sha256, &except).unwrap();
    fs::write(dir.path().join("manifest-sha256.txt"), manifest.to_text()).unwrap();
    let (back, wrong) = Manifest::parse("manifest-sha256.txt", Algorithm::Sha256, &manifest.to_text());
    assert_eq!((back, wrong), (manifest.clone(), vec![]));
    assert_eq!(verify_folder(dir.path(), &manifest, &except).unwrap(), []);
    fs::write(dir.path().join("a"), "0").unwrap();
    fs::remove_file(dir.path().join("sub/b")).unwrap();
    fs::write(dir.path().join("sub/d"), "4").unwrap();
    let wrong = verify_folder(dir.path(), &manifest, &except).unwrap();
    let path = |name| BagPath::parse(name).unwrap();
    assert!(
        matches!(&wrong[..], [
        Discrepancy::Missing { path: missing, .. },
        Discrepancy::Changed { path: changed, .. },
        Discrepancy::Extra { path: extra },
    ] if *missing == path("sub/b") && *changed == path("a") && extra == "sub/d"),
        "{wrong:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_package_verifies(files in proptest::collection::btree_map("f[a-z]{1,8}(/f[a-z0-9-]{1,8}){0,2}\\.csv", proptest::collection::vec(any::<u8>(), 0..300), 0..12)) {
        let dir = TempDir::new().unwrap();
        let mut builder = builder(&dir);
        for (name, bytes) in &files {
            builder.add(name, &bytes[..]).unwrap();
        }
        builder.add("always", &b""[..]).unwrap();
        prop_assert!(verify(&builder.seal(NOW).unwrap().root).unwrap().is_whole());
    }

    #[test]
    fn no_bytes_in_a_tag_file_make_the_verifier_panic(name in prop::sample::select(vec!["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "fetch.txt"]), bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("data")).unwrap();
        fs::write(dir.path().join(name), bytes).unwrap();
        prop_assert!(!verify(dir.path()).unwrap().is_whole());
    }
}
