//! Owns the command as its users run it: a few end-to-end runs of the built binary. What a crate decides is tested in that crate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a panic is a failed test"
)]

mod bad_input;
mod bursts;
mod corpus;
mod determinism;
mod invariance;
mod removed;
mod reports;
mod sample;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the binary did.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    /// Standard output as JSON.
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("no JSON ({e}): {}\n{}", self.stdout, self.stderr))
    }
}

/// Runs `mailtrail`.
fn mailtrail<I: IntoIterator<Item = A>, A: AsRef<std::ffi::OsStr>>(args: I) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_mailtrail")).args(args).output().unwrap();
    Ran {
        code: output.status.code().expect("no signal: a crash is a failed test"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `mailtrail run INPUT --out OUT --json`.
fn run(input: &Path, out: &Path) -> Ran {
    mailtrail([Path::new("run"), input, Path::new("--out"), out, Path::new("--json")])
}
