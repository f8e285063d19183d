//! Owns "same input, same bytes out": threads, order of naming, and a second run change nothing but run.json's machine block.

use std::{collections::BTreeMap, ffi::OsString, fs, path::Path};

use mailtrail_synth::Files;

use crate::{mailtrail, root};

/// Every file of an output folder, but the clock and paths of `run.json`.
fn bytes(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![out.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(out).unwrap().to_str().unwrap().to_owned();
            let mut content = fs::read(&path).unwrap();
            if name == "run.json" {
                let mut record: serde_json::Value = serde_json::from_slice(&content).unwrap();
                record["machine"] = serde_json::Value::Null;
                content = record.to_string().into_bytes();
            }
            files.insert(name, content);
        }
    }
    files
}

#[test]
fn threads_and_the_order_of_naming_change_no_byte() {
    let exports = root().join("sample-data/midnight-blizzard/exports");
    let mut inputs: Vec<OsString> =
        fs::read_dir(exports).unwrap().map(|e| e.unwrap().path().into_os_string()).collect();
    inputs.sort();
    let dir = tempfile::tempdir().unwrap();
    let mut first = None;
    for threads in ["1", "2", "8"] {
        let out = dir.path().join(threads);
        let mut args: Vec<OsString> = vec![
            "run".into(),
            "--threads".into(),
            threads.into(),
            "--json".into(),
            "--allow-issues".into(),
            "--out".into(),
            out.clone().into(),
        ];
        args.extend(inputs.iter().cloned());
        let ran = mailtrail(args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        inputs.reverse();
        let files = bytes(&out);
        match &first {
            None => first = Some(files),
            Some(first) => {
                assert_eq!(first.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
                for (name, content) in first {
                    assert!(content == &files[name], "{name} differs with {threads} threads");
                }
            }
        }
    }
}

#[test]
fn the_samples_are_what_their_seed_makes() {
    for sample in mailtrail_synth::Sample::ALL {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        sample.write(mailtrail_synth::sample::SEED, &mut files as &mut dyn Files).unwrap();
        let folder = root().join("sample-data").join(sample.name());
        for (name, content) in &files {
            let on_disk = fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(
                *content == on_disk,
                "sample-data/{}/{name} is not what its seed makes: `just sample` writes it again",
                sample.name()
            );
        }
    }
}
