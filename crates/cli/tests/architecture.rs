//! Owns the shape of the house as tests: who may depend on whom, which heavy library lives where, what every file opens with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The names in one dependency table of a crate's manifest.
fn dependencies(krate: &str, table: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("crates").join(krate).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    manifest.get(table).and_then(toml::Value::as_table).map(|t| t.keys().cloned().collect()).unwrap_or_default()
}

fn rust_files(below: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(below).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("data") {
                rust_files(&path, found);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    rust_files(&root().join("crates"), &mut found);
    found
}

#[test]
fn workers_depend_on_model_and_on_no_other_worker() {
    let workers = ["ingest", "timeline", "render", "evidence"];
    for worker in workers {
        for table in ["dependencies", "dev-dependencies"] {
            let ours: BTreeSet<_> =
                dependencies(worker, table).into_iter().filter(|d| d.starts_with("mailtrail")).collect();
            let allowed: BTreeSet<_> = ["mailtrail-model".to_owned()].into();
            assert!(ours.is_subset(&allowed), "{worker} [{table}] may know mailtrail-model only, but names {ours:?}");
        }
    }
    assert!(
        dependencies("model", "dependencies").iter().all(|d| !d.starts_with("mailtrail")),
        "model depends on no other crate of ours"
    );
}

#[test]
fn nothing_shipped_depends_on_the_simulator() {
    for krate in ["model", "ingest", "timeline", "render", "evidence", "cli"] {
        assert!(!dependencies(krate, "dependencies").contains("mailtrail-synth"), "{krate} ships the simulator");
    }
}

#[test]
fn each_heavy_library_has_one_home() {
    let homes: [(&str, &[&str]); 11] = [
        ("polars", &["timeline"]),
        ("polars-io", &["timeline"]),
        ("polars-parquet", &["timeline"]),
        ("plotters", &["render"]),
        ("askama", &["render"]),
        ("rust_xlsxwriter", &["render"]),
        ("clap", &["cli", "synth"]),
        ("anyhow", &["cli", "synth"]),
        ("encoding_rs", &["ingest"]),
        ("krilla", &["render"]),
        ("zip", &["ingest", "render"]),
    ];
    for (library, allowed) in homes {
        for krate in ["model", "ingest", "timeline", "render", "evidence", "synth", "cli"] {
            assert!(
                !dependencies(krate, "dependencies").contains(library) || allowed.contains(&krate),
                "{library} lives in {allowed:?}, not in {krate}"
            );
        }
    }
    for forbidden in ["serde", "serde_json", "polars"] {
        assert!(
            !dependencies("model", "dependencies").contains(forbidden),
            "model knows no {forbidden}: a derive is a promise to strangers"
        );
    }
}

#[test]
fn the_house_has_seven_crates() {
    let count = fs::read_dir(root().join("crates"))
        .unwrap()
        .filter(|e| e.as_ref().unwrap().path().join("Cargo.toml").exists())
        .count();
    assert_eq!(count, 7);
}

#[test]
fn every_file_says_what_it_owns_in_its_first_line() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not open with //!", path.display());
    }
}

#[test]
fn no_file_has_a_name_that_explains_nothing() {
    for path in sources() {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(!["util", "utils", "helper", "helpers", "common", "misc"].contains(&stem), "{}", path.display());
    }
}

#[test]
fn platform_specific_calls_sit_in_one_module() {
    let home = root().join("crates/cli/src/platform.rs");
    for path in sources().into_iter().filter(|p| *p != home && !p.ends_with("tests/architecture.rs")) {
        let text = fs::read_to_string(&path).unwrap();
        for word in ["std::os::unix", "std::os::windows", "cfg(unix)", "cfg(windows)", "target_os", "target_family"] {
            assert!(
                !text.contains(word),
                "{} says {word}: platform-specific calls belong in crates/cli/src/platform.rs, with both sides written",
                path.display()
            );
        }
    }
}

#[test]
fn only_cli_reads_the_clock_and_the_environment() {
    for krate in ["model", "ingest", "timeline", "render", "evidence"] {
        let mut files = Vec::new();
        rust_files(&root().join("crates").join(krate).join("src"), &mut files);
        for path in files {
            let text = fs::read_to_string(&path).unwrap();
            for word in
                ["SystemTime::now", "Instant::now", "Utc::now", "env::var", "println!", "eprintln!", "process::exit"]
            {
                assert!(!text.contains(word), "{} says {word}", path.display());
            }
        }
    }
}
