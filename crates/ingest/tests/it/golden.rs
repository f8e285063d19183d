//! Owns the golden folders: an invented export each, and what becomes of it. `INSTA_UPDATE=always` writes them again.

use std::fmt::Write as _;
use std::path::Path;

use crate::kept::read_file;

/// What became of the one input in a folder: three numbers first, then everything.
fn account(folder: &Path) -> String {
    let inputs: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension != "snap" && extension != "new"))
        .collect();
    assert_eq!(inputs.len(), 1, "{}", folder.display());
    let (report, outcome) = read_file(&inputs[0]);
    let receipt = &report.receipts[0];
    let mut out = format!(
        "accepted: {}\nissues: {}\nrejected: {}\n",
        outcome.accesses.len(),
        outcome.issues.len(),
        outcome.rejected.len()
    );
    let mut line = |text: String| writeln!(out, "{text}").unwrap();
    line(format!(
        "container: {}{}",
        receipt.container.as_deref().unwrap_or("-"),
        if receipt.lossy { " (lossy)" } else { "" }
    ));
    if let Some(refused) = &receipt.refused {
        line(format!("refused: {refused}"));
    }
    line(format!("rows: {}, other operations: {}", report.counts[0].read, report.counts[0].other_operation));
    // What is not stated is not printed, nor the tail of a record of hundreds of items.
    let stated = |text: &str| {
        let lines: Vec<_> = text.lines().filter(|line| !line.ends_with(": None,")).collect();
        let more = if lines.len() > 150 { "\n…" } else { "" };
        format!("{}{more}", lines.iter().take(150).copied().collect::<Vec<_>>().join("\n"))
    };
    outcome.rejected.iter().for_each(|(code, detail)| line(format!("rejected {}: {detail}", code.as_str())));
    outcome.issues.iter().for_each(|(code, detail)| line(format!("issue {}: {detail}", code.as_str())));
    outcome.accesses.iter().for_each(|access| line(stated(&access.whole)));
    outcome.related.iter().for_each(|event| line(stated(event)));
    out
}

#[test]
fn every_golden_export_becomes_what_it_became() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut folders: Vec<_> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 15);
    for folder in folders {
        let path = Path::new("../data").join(folder.file_name().unwrap());
        insta::with_settings!({ snapshot_path => path, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("expected", account(&folder));
        });
    }
}
