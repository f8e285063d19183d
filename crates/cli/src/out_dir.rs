//! Owns the output folder: whose it is, what may be removed, and that a file appears whole or not at all.
//!
//! Invariant: only files named in its own `run.json` are ever removed.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use mailtrail_evidence::RunRecord;

use crate::{exit::Hint, platform};

/// What to do with a folder that was made from other inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// Refuse.
    Refuse,
    /// Rebuild it from these inputs.
    Replace,
    /// Rebuild it from its inputs and these.
    Add,
}

/// An output folder of ours.
#[derive(Clone, Debug)]
pub(crate) struct OutDir {
    root: PathBuf,
    files: BTreeSet<String>,
}

impl OutDir {
    /// The folder's `run.json`, if it has one of ours.
    pub(crate) fn record(root: &Path) -> anyhow::Result<RunRecord> {
        let path = root.join("run.json");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: not an output folder of mailtrail", root.display()))
            .context(Hint("name the folder that `mailtrail run … --out DIR` wrote".into()))?;
        RunRecord::from_json(&text).with_context(|| format!("{}", path.display()))
    }

    /// Opens a folder for a run over `inputs`, emptied of what an earlier run left. Gives back the inputs to read.
    pub(crate) fn prepare(root: &Path, inputs: Vec<String>, others: Others) -> anyhow::Result<(Self, Vec<String>)> {
        let mut inputs = inputs;
        match fs::read_dir(root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{}", root.display())),
            Ok(mut entries) => {
                if entries.next().is_some() {
                    let record = Self::record(root)
                        .with_context(|| {
                            format!("{}: the folder is not empty and not ours; nothing was changed", root.display())
                        })
                        .context(Hint("choose a new folder with --out DIR".into()))?;
                    let theirs: BTreeSet<&String> = record.machine.inputs.iter().collect();
                    if theirs != inputs.iter().collect() {
                        match others {
                            Others::Replace => {}
                            Others::Add => inputs.extend(record.machine.inputs.iter().cloned()),
                            Others::Refuse => bail!(
                                anyhow::Error::new(Hint("--force rebuilds it from these inputs, --add reads both, --out names another folder".into()))
                                    .context(format!("{}: made from other inputs ({})", root.display(), record.machine.inputs.join(", ")))
                            ),
                        }
                    }
                    for file in &record.files {
                        remove(root, file)?;
                    }
                }
            }
        }
        inputs.sort();
        inputs.dedup();
        platform::create_private_dir(root).with_context(|| format!("{}: cannot be created", root.display()))?;
        for folder in ["tables", "charts"] {
            platform::create_private_dir(&root.join(folder)).with_context(|| format!("{}", root.display()))?;
        }
        Ok((Self { root: root.to_path_buf(), files: BTreeSet::new() }, inputs))
    }

    /// Opens a folder whose tables stay: the second half writes into it again.
    pub(crate) fn reopen(root: &Path, record: &RunRecord) -> Self {
        Self { root: root.to_path_buf(), files: record.files.iter().cloned().collect() }
    }

    /// The tables folder.
    pub(crate) fn tables(&self) -> PathBuf {
        self.root.join("tables")
    }

    /// A path in the folder, by its name with `/`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// Claims a file that somebody else wrote into the folder.
    pub(crate) fn claim(&mut self, name: impl Into<String>) {
        self.files.insert(name.into());
    }

    /// Writes a file, whole or not at all.
    pub(crate) fn write(&mut self, name: &str, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
        let path = self.path(name);
        let partial = self.path(&format!("{name}.partial"));
        if let Some(folder) = path.parent() {
            platform::create_private_dir(folder).with_context(|| format!("{}", folder.display()))?;
        }
        fs::write(&partial, content)
            .and_then(|()| platform::replace_file(&partial, &path))
            .with_context(|| format!("{}: cannot be written", path.display()))?;
        self.claim(name);
        Ok(())
    }

    /// Starts a file that is too large to be held; [`Self::end`] gives it its name.
    pub(crate) fn begin(&self, name: &str) -> anyhow::Result<Unfinished> {
        let partial = self.path(&format!("{name}.partial"));
        let file = fs::File::create(&partial).with_context(|| format!("{}: cannot be written", partial.display()))?;
        Ok(Unfinished { name: name.to_owned(), partial, file: io::BufWriter::new(file) })
    }

    /// Ends such a file: it appears whole.
    pub(crate) fn end(&mut self, unfinished: Unfinished) -> anyhow::Result<()> {
        let Unfinished { name, partial, file } = unfinished;
        let path = self.path(&name);
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| drop_closed(file, &partial, &path))
            .with_context(|| format!("{}: cannot be written", path.display()))?;
        self.claim(name);
        Ok(())
    }

    /// Removes our files below a folder that a new run would not overwrite.
    pub(crate) fn drop_below(&mut self, prefix: &str) -> anyhow::Result<()> {
        let stale: Vec<String> = self.files.iter().filter(|f| f.starts_with(prefix)).cloned().collect();
        for file in stale {
            remove(&self.root, &file)?;
            self.files.remove(&file);
        }
        Ok(())
    }

    /// Every file of ours, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        self.files.iter().cloned().collect()
    }
}

/// A file on its way: under a name of its own until it is whole.
#[derive(Debug)]
pub(crate) struct Unfinished {
    name: String,
    partial: PathBuf,
    /// Where its bytes go.
    pub(crate) file: io::BufWriter<fs::File>,
}

/// Closes a file before it is renamed: some systems refuse to rename an open one.
fn drop_closed(file: fs::File, partial: &Path, path: &Path) -> io::Result<()> {
    drop(file);
    platform::replace_file(partial, path)
}

/// Removes one file of ours; a name that leaves the folder is not one.
fn remove(root: &Path, file: &str) -> anyhow::Result<()> {
    if file.split('/').any(|part| part.is_empty() || part == "." || part == ".." || part.contains(['\\', ':'])) {
        bail!("run.json names a file outside its folder ({file}); nothing more was removed");
    }
    let path = file.split('/').fold(root.to_path_buf(), |path, part| path.join(part));
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use mailtrail_evidence::{Machine, RunRecord, State};
    use mailtrail_model::{Ledger, Rules};

    use super::{Others, OutDir};

    fn record(inputs: &[&str], files: &[&str]) -> String {
        RunRecord {
            version: "0".into(),
            state: State::Done,
            case_id: None,
            window: None,
            rules: Rules::default(),
            examiner_inputs: vec![],
            sources: vec![],
            ledger: Ledger::default(),
            issues: vec![],
            counts: BTreeMap::new(),
            files: files.iter().map(|f| (*f).to_owned()).collect(),
            machine: Machine { inputs: inputs.iter().map(|i| (*i).to_owned()).collect(), ..Machine::default() },
        }
        .to_json()
        .unwrap()
    }

    #[test]
    fn a_strangers_folder_is_refused_and_untouched() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("precious.txt"), "x").unwrap();
        assert!(OutDir::prepare(dir.path(), vec!["a".into()], Others::Replace).is_err());
        assert!(dir.path().join("precious.txt").exists());
    }

    #[test]
    fn only_files_named_in_run_json_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("run.json"), record(&["a"], &["run.json", "report.html", "tables/x.csv"])).unwrap();
        fs::write(dir.path().join("report.html"), "old").unwrap();
        fs::write(dir.path().join("notes.txt"), "mine").unwrap();
        OutDir::prepare(dir.path(), vec!["a".into()], Others::Refuse).unwrap();
        assert!(!dir.path().join("report.html").exists());
        assert!(dir.path().join("notes.txt").exists());
    }

    #[test]
    fn other_inputs_are_refused_replaced_or_added_as_asked() {
        let dir = tempfile::tempdir().unwrap();
        let fresh = || fs::write(dir.path().join("run.json"), record(&["a"], &[])).unwrap();
        fresh();
        assert!(OutDir::prepare(dir.path(), vec!["b".into()], Others::Refuse).is_err());
        assert_eq!(OutDir::prepare(dir.path(), vec!["b".into()], Others::Replace).unwrap().1, ["b"]);
        fresh();
        assert_eq!(OutDir::prepare(dir.path(), vec!["b".into()], Others::Add).unwrap().1, ["a", "b"]);
    }

    #[test]
    fn a_run_json_that_points_outside_removes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("out");
        fs::create_dir(&inside).unwrap();
        fs::write(dir.path().join("precious.txt"), "x").unwrap();
        fs::write(inside.join("run.json"), record(&["a"], &["../precious.txt"])).unwrap();
        assert!(OutDir::prepare(&inside, vec!["a".into()], Others::Refuse).is_err());
        assert!(dir.path().join("precious.txt").exists());
    }
}
