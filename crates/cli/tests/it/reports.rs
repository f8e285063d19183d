//! Owns `mailtrail report` as its users run it: what each option leaves in the folder, and what must not be left there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Ran, mailtrail, sample};

/// A copy of the sample's output folder that a test may change.
struct Folder(tempfile::TempDir);

impl Folder {
    fn of_sample() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        sample::copy_tree(&sample::out(), &folder.path());
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn report<'a>(&self, options: impl IntoIterator<Item = &'a str>) -> Ran {
        let path = self.path();
        let mut arguments = vec!["report".to_owned(), path.to_str().unwrap().to_owned()];
        arguments.extend(options.into_iter().map(str::to_owned));
        mailtrail(arguments)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
    }

    /// Every file below a folder of it, by name.
    fn files(&self, below: &str) -> Vec<String> {
        let mut out = Vec::new();
        let mut folders = vec![self.path().join(below)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    out.push(path.strip_prefix(self.path()).unwrap().to_str().unwrap().replace('\\', "/"));
                }
            }
        }
        out.sort();
        out
    }
}

/// A column of a table of the sample.
fn column(table: &Path, name: &str) -> Vec<String> {
    let mut rows = csv::Reader::from_path(table).unwrap();
    let at = rows.headers().unwrap().iter().position(|head| head == name).unwrap();
    rows.records().map(|row| row.unwrap()[at].to_owned()).collect()
}

#[test]
fn a_department_has_a_page_and_no_mailbox_has_one() {
    let folder = Folder::of_sample();
    let before = folder.files("mailboxes");
    assert_eq!(before.len(), 17, "sixteen mailboxes and the index");
    let ran = folder.report(["--batch", "department", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let after = folder.files("mailboxes");
    let mut departments = column(&folder.path().join("tables/mailboxes.csv"), "department");
    departments.sort();
    departments.dedup();
    assert_eq!(after.len(), departments.len() + 1, "{after:?}");
    let index = folder.text("mailboxes/index.html");
    for page in after.iter().filter_map(|name| name.strip_prefix("mailboxes/")).filter(|name| *name != "index.html") {
        assert!(index.contains(&format!("href=\"{page}\"")), "the index leads to {page}");
    }
    for department in &departments {
        assert!(index.contains(department.as_str()), "{department}");
    }
    assert!(folder.text("report.html").contains("mailboxes/index.html"), "the report leads to the index");
    assert!(!folder.text("report.html").contains("href=\"mailboxes/001-"), "and to no page that is gone");
}

#[test]
fn the_regulators_folder_holds_no_name_and_nothing_else_is_made_to_be_handed_over() {
    let folder = Folder::of_sample();
    let ran = folder.report(["--profile", "regulator"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("hand over") && ran.stdout.contains("regulator"), "{}", ran.stdout);
    assert_eq!(folder.files("regulator"), ["regulator/annex.csv", "regulator/annex.html"]);
    let gone =
        ["report.html", "report.pdf", "summary.txt", "summary.docx", "tables/sessions.xlsx", "tables/messages.xlsx"];
    for name in gone.into_iter().chain(["charts/F01-swimlanes.svg", "mailboxes/index.html"]) {
        assert!(!folder.path().join(name).exists(), "{name} is still there");
    }
    let note = folder.text("HAND-OVER.txt");
    assert!(note.starts_with("Hand over the folder `regulator` and nothing else."), "{note}");
    let beside: Vec<String> = folder.files("").into_iter().filter(|name| !name.starts_with("regulator/")).collect();
    for name in beside.iter().filter(|name| *name != "HAND-OVER.txt") {
        let named = name.split('/').next().unwrap();
        assert!(note.contains(&format!("`{named}`")), "{name} lies beside the annex, and the note does not say so");
    }
    let names = ["mailbox", "name"].map(|name| column(&folder.path().join("tables/mailboxes.csv"), name)).concat();
    let contexts = column(&folder.path().join("tables/contexts.csv"), "context");
    let messages = column(&folder.path().join("tables/exposure.csv"), "internet_message_id");
    for page in folder.files("regulator") {
        let text = folder.text(&page);
        for secret in names.iter().chain(&contexts).chain(&messages).filter(|secret| secret.len() > 4) {
            assert!(!text.contains(secret.as_str()), "{page} holds {secret}");
        }
        assert!(!text.contains("harbourlight") && !text.contains(".csv.gz"), "{page} names the tenant or a source");
    }
    let (key, annex) = (folder.text("pseudonym.key"), folder.text("regulator/annex.html"));
    assert!(!annex.contains(key.trim()), "the key is in the annex");
    assert_eq!(folder.report(["--profile", "regulator", "--json"]).code, 0);
    assert_eq!(folder.text("regulator/annex.html"), annex, "the same names in the next revision");
    assert_eq!(folder.report(["--profile", "regulator", "--pdf"]).code, 1, "there is no PDF of it, and that is said");

    let ran = folder.report(["--profile", "counsel", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!folder.path().join("regulator/annex.html").exists(), "an annex of another profile's run would be stale");
    assert!(!folder.path().join("HAND-OVER.txt").exists() && folder.path().join("report.html").exists());
    assert_eq!(folder.text("pseudonym.key"), key, "the key is kept");
}

#[test]
fn a_report_says_what_changed_since_the_one_before() {
    let (before, folder) = (sample::out(), Folder::of_sample());
    let before = before.to_str().unwrap();
    let same = folder.report(["--previous", before, "--json"]);
    assert_eq!(same.code, 0, "{}", same.stderr);
    let page = folder.text("report.html");
    assert!(
        page.contains("What went in differently: nothing.") && page.contains("What came out differently: nothing.")
    );
    assert!(page.contains("0 messages are in another class than before."), "nothing moved, and the page says so");

    // The same case without the examiner's marks: every message of class A has gone elsewhere.
    let case = folder.0.path().join("case.toml");
    let sample_case = crate::root().join("sample-data/midnight-blizzard");
    for entry in fs::read_dir(&sample_case).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), folder.0.path().join(entry.file_name())).unwrap();
    }
    let text = fs::read_to_string(&case).unwrap();
    let unmarked: String =
        text.lines().filter(|line| !line.contains("attribution.toml")).map(|line| format!("{line}\n")).collect();
    assert_ne!(text.lines().count(), unmarked.lines().count(), "the case names its attribution on a line of its own");
    fs::write(&case, unmarked).unwrap();
    let ran = folder.report(["--case", case.to_str().unwrap(), "--previous", before, "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let page = folder.text("report.html");
    assert!(page.contains("id=\"changes\"") && page.contains("attribution"), "the cause is named");
    assert!(folder.path().join("charts/F09-changes.svg").exists());
    let moved = column(&folder.path().join("charts/F09-changes.csv"), "messages");
    assert!(moved.iter().any(|n| n.parse::<u64>().unwrap() > 100), "{moved:?}");

    let itself = folder.report(["--previous", folder.path().to_str().unwrap()]);
    assert_eq!(itself.code, 1);
    assert!(itself.stderr.contains("cannot be compared with itself"), "{}", itself.stderr);
}

#[test]
fn a_pdf_is_written_when_asked_for_and_leaves_with_the_next_report() {
    let folder = Folder::of_sample();
    assert!(!folder.path().join("report.pdf").exists(), "not without being asked");
    let ran = folder.report(["--pdf", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let pdf = fs::read(folder.path().join("report.pdf")).unwrap();
    let holds = |words: &str| pdf.windows(words.len()).any(|window| window == words.as_bytes());
    assert!(pdf.starts_with(b"%PDF-1.7") && holds("<pdfaid:part>2</pdfaid:part>") && holds("/StructTreeRoot"));
    assert!(folder.text("run.json").contains("\"report.pdf\""), "run.json names it");
    assert_eq!(folder.report(["--json"]).code, 0);
    assert!(!folder.path().join("report.pdf").exists(), "a PDF of an earlier account would be stale");
}
