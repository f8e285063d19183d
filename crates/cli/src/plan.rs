//! Owns which files a command reads, in which order, under which names. Opens nothing: `sniff` decides what a file is.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, bail};

use crate::platform;

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedFile {
    /// Its name in ledger and report: unique, with `/`, never absolute.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// The files of a run, sorted by name, and what was passed over.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// To be read.
    pub(crate) files: Vec<PlannedFile>,
    /// Hidden files, links, and folders of earlier runs: passed over, with the reason.
    pub(crate) skipped: Vec<(PathBuf, &'static str)>,
    /// The case file that named the inputs, if one did.
    pub(crate) case: Option<PathBuf>,
}

impl Plan {
    /// Resolves the inputs of the command line. One `case.toml`, or a folder that holds one, is the case file; its sources are
    /// added by [`Plan::add_sources`].
    pub(crate) fn of(inputs: &[PathBuf]) -> anyhow::Result<Self> {
        let mut plan = Self::default();
        for input in inputs {
            let meta = fs::metadata(input).with_context(|| format!("{}: cannot be opened", input.display()))?;
            let case = if meta.is_dir() { Some(input.join("case.toml")).filter(|c| c.is_file()) } else { None };
            match case.or_else(|| is_case_file(input).then(|| input.clone())) {
                Some(_) if inputs.len() > 1 => bail!("a case file is given alone: it names its own sources"),
                Some(case) => plan.case = Some(case),
                None => plan.add(input, None)?,
            }
        }
        plan.finish()
    }

    /// Adds the sources a case file names, relative to its folder.
    pub(crate) fn add_sources<'a>(
        mut self,
        case: &Path,
        sources: impl IntoIterator<Item = &'a str>,
    ) -> anyhow::Result<Self> {
        let folder = case.parent().unwrap_or(Path::new(""));
        for source in sources {
            let path = folder.join(source);
            fs::metadata(&path)
                .with_context(|| format!("{}: [[source]] path \"{source}\" cannot be opened", case.display()))?;
            self.add(&path, Some(source))?;
        }
        self.finish()
    }

    fn add(&mut self, input: &Path, named: Option<&str>) -> anyhow::Result<()> {
        let prefix = named.map(|n| n.trim_end_matches(['/', '\\']).replace('\\', "/"));
        if fs::metadata(input).with_context(|| format!("{}", input.display()))?.is_dir() {
            self.walk(input, &prefix.map(|p| format!("{p}/")).unwrap_or_default())
        } else {
            let name = prefix.unwrap_or_else(|| file_name(input));
            self.files.push(PlannedFile { name, path: input.to_path_buf() });
            Ok(())
        }
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> anyhow::Result<()> {
        let mut entries = fs::read_dir(folder)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .with_context(|| format!("{}", folder.display()))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let kind = entry.file_type().with_context(|| format!("{}", path.display()))?;
            if platform::is_hidden(&path) {
                self.skipped.push((path, "hidden"));
            } else if kind.is_symlink() {
                self.skipped.push((path, "a link"));
            } else if kind.is_dir() && is_our_output(&path) {
                self.skipped.push((path, "an output folder of mailtrail"));
            } else if kind.is_dir() {
                self.walk(&path, &format!("{prefix}{}/", file_name(&path)))?;
            } else if kind.is_file() {
                self.files.push(PlannedFile { name: format!("{prefix}{}", file_name(&path)), path });
            } else {
                self.skipped.push((path, "not a regular file"));
            }
        }
        Ok(())
    }

    /// Sorts, drops a file named twice, and lengthens names that two files share.
    fn finish(mut self) -> anyhow::Result<Self> {
        let mut by_path = BTreeMap::new();
        for file in self.files {
            let real = fs::canonicalize(&file.path).with_context(|| format!("{}", file.path.display()))?;
            by_path.entry(real).or_insert(file);
        }
        let mut files: Vec<(PathBuf, PlannedFile)> = by_path.into_iter().collect();
        let mut depth = 1;
        loop {
            let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
            for (_, file) in &files {
                *seen.entry(&file.name).or_default() += 1;
            }
            let shared: Vec<String> =
                seen.iter().filter(|(_, n)| **n > 1).map(|(name, _)| (*name).to_owned()).collect();
            if shared.is_empty() {
                break;
            }
            depth += 1;
            for (real, file) in &mut files {
                if shared.contains(&file.name) {
                    file.name = tail(real, depth);
                }
            }
        }
        self.files = files.into_iter().map(|(_, file)| file).collect();
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(self)
    }
}

/// A TOML file; the case file reader says what is wrong with one that is no case file.
fn is_case_file(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) && path.is_file()
}

fn is_our_output(folder: &Path) -> bool {
    folder.join("run.json").is_file() && folder.join("tables").is_dir()
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "input".to_owned(), |n| n.to_string_lossy().into_owned())
}

/// The last `depth` parts of a path, with `/`.
fn tail(path: &Path, depth: usize) -> String {
    let parts: Vec<String> = path
        .components()
        .filter_map(|c| match c {
            Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    parts[parts.len().saturating_sub(depth)..].join("/")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Plan;

    fn names(plan: &Plan) -> Vec<&str> {
        plan.files.iter().map(|f| f.name.as_str()).collect()
    }

    #[test]
    fn a_folder_is_walked_in_name_order_and_hidden_files_are_listed() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["b.csv", "a/x.json", ".hidden", "a.csv"] {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let plan = Plan::of(&[dir.path().to_path_buf()]).unwrap();
        assert_eq!(names(&plan), ["a.csv", "a/x.json", "b.csv"]);
        assert_eq!(plan.skipped.len(), 1);
    }

    #[test]
    fn equal_names_get_their_folder_and_a_file_named_twice_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one/x.csv"), dir.path().join("two/x.csv"));
        for path in [&one, &two] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let plan = Plan::of(&[two.clone(), one.clone(), one]).unwrap();
        assert_eq!(names(&plan), ["one/x.csv", "two/x.csv"]);
    }

    #[test]
    fn a_folder_with_a_case_file_is_run_by_it_and_a_case_file_stands_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("case.toml"), "").unwrap();
        fs::write(dir.path().join("x.csv"), "").unwrap();
        let plan = Plan::of(&[dir.path().to_path_buf()]).unwrap();
        assert_eq!(plan.case, Some(dir.path().join("case.toml")));
        assert!(plan.files.is_empty());
        assert!(Plan::of(&[dir.path().join("case.toml"), dir.path().join("x.csv")]).is_err());
        let plan = plan.add_sources(&dir.path().join("case.toml"), ["x.csv"]).unwrap();
        assert_eq!(names(&plan), ["x.csv"]);
    }

    #[test]
    fn a_missing_input_is_named() {
        let error = Plan::of(&["no/such/file.csv".into()]).unwrap_err();
        assert!(format!("{error:#}").contains("no/such/file.csv"));
    }
}
