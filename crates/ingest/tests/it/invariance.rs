//! Owns the promise that containers do not matter: one set of records reads the same out of each lossless container.

use mailtrail_ingest::SourceInput;

use crate::kept::read;
use crate::written::{lossless, records};

#[test]
fn one_set_of_records_reads_the_same_out_of_every_lossless_container() {
    let mut first: Option<Vec<String>> = None;
    for (container, variant, bytes) in lossless() {
        let (report, outcome) = read(&[SourceInput::from_bytes("x", bytes)]);
        let receipt = &report.receipts[0];
        assert_eq!(receipt.refused, None, "{container}, {variant}");
        assert_eq!(receipt.container.as_deref(), Some(container), "{variant}");
        assert!(!receipt.lossy, "{container}");
        let numbers = (outcome.accesses.len(), outcome.issues.len(), outcome.rejected.len(), outcome.related.len());
        assert_eq!(numbers, (5, 1, 0, 1), "{container}, {variant}: {:?} {:?}", outcome.issues, outcome.rejected);
        assert_eq!(report.counts[0].read, 7, "{container}, {variant}");
        let mut wholes: Vec<_> = outcome.accesses.iter().map(|access| access.whole.clone()).collect();
        wholes.sort();
        match &first {
            None => first = Some(wholes),
            Some(first) => assert!(*first == wholes, "{container}, {variant}:\n{}", difference(first, &wholes)),
        }
    }
}

/// The first lines that differ.
fn difference(a: &[String], b: &[String]) -> String {
    let (a, b) = (a.join("\n"), b.join("\n"));
    let differing = a.lines().zip(b.lines()).filter(|(a, b)| a != b).take(5);
    differing.map(|(a, b)| format!("- {a}\n+ {b}\n")).collect()
}

#[test]
fn a_collector_s_file_may_mix_every_envelope() {
    let json: Vec<u8> = lossless()
        .into_iter()
        .filter(|(container, variant, _)| {
            container.ends_with("json") && !variant.contains("page") && !variant.contains("answer")
        })
        .flat_map(|(_, _, bytes)| [bytes, b"\n".to_vec()].concat())
        .collect();
    let (report, outcome) = read(&[SourceInput::from_bytes("mixed", json)]);
    assert_eq!(report.receipts[0].container.as_deref(), Some("audit-json"), "the first row names it");
    let sets = report.counts[0].read / records().len() as u64;
    assert!(sets > 10 && outcome.rejected.is_empty(), "{:?}", outcome.rejected);
    assert_eq!(outcome.accesses.len() as u64, 5 * sets);
    let distinct: std::collections::BTreeSet<_> = outcome.accesses.iter().map(|access| &access.whole).collect();
    assert_eq!(distinct.len(), 5);
}

#[test]
fn the_records_read_as_they_were_written() {
    let (_, _, bytes) = lossless().remove(0);
    let (_, outcome) = read(&[SourceInput::from_bytes("x", bytes)]);
    let stated = |text: &str| text.lines().filter(|line| !line.ends_with(": None,")).collect::<Vec<_>>().join("\n");
    let wholes: Vec<_> = outcome.accesses.iter().map(|access| stated(&access.whole)).collect();
    insta::assert_snapshot!("accesses", wholes.join("\n"));
    insta::assert_snapshot!("related", outcome.related.iter().map(|event| stated(event)).collect::<String>());
}
