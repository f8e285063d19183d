//! Owns conservation: whatever happens to a file's bytes, each row of it is counted once, and in the same way every time.

use proptest::prelude::*;

use crate::engine::{csv, ndjson, options, record, run_with, source};

/// A whole export in one of its shapes.
fn export() -> impl Strategy<Value = Vec<u8>> {
    let pretty = |text: String| text.replace(",\"", ",\r\n  \"").replace("},", "},\r\n");
    (0u32..30, 0..9).prop_map(move |(rows, shape)| match shape {
        0 => csv(0..rows).into_bytes(),
        1 => ndjson(0..rows).into_bytes(),
        2 => format!("[{}]", (0..rows).map(record).collect::<Vec<_>>().join(",")).into_bytes(),
        3 => pretty(format!("[{}]", (0..rows).map(record).collect::<Vec<_>>().join(","))).into_bytes(),
        4 => format!("{{\"value\":[{}]}}", (0..rows).map(record).collect::<Vec<_>>().join(",")).into_bytes(),
        5 => format!("\u{feff}{}", csv(0..rows)).encode_utf16().flat_map(u16::to_le_bytes).collect(),
        6 => ndjson(0..rows).encode_utf16().flat_map(u16::to_be_bytes).collect(),
        7 => csv(0..rows).replace(",\"{", ",\"\r\n{").replace(",\"\"", ",\r\n\"\"").into_bytes(),
        _ => format!("{}\u{feff}{}", csv(0..rows), csv(rows..2 * rows)).into_bytes(),
    })
}

/// One thing that may happen to a file.
#[derive(Clone, Debug)]
enum Damage {
    Set(prop::sample::Index, u8),
    Remove(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
    Cut(prop::sample::Index),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let byte = prop_oneof![3 => prop::sample::select(&b"\"\n\r,{}[]\\\0\xff"[..]), 1 => any::<u8>()];
    prop_oneof![
        6 => (any::<prop::sample::Index>(), byte).prop_map(|(at, byte)| Damage::Set(at, byte)),
        3 => (any::<prop::sample::Index>(), 1usize..40).prop_map(|(at, many)| Damage::Remove(at, many)),
        3 => (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        1 => any::<prop::sample::Index>().prop_map(Damage::Cut),
        1 => any::<(prop::sample::Index, prop::sample::Index)>().prop_map(|(from, to)| Damage::Repeat(from, to)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    match damage {
        Damage::Set(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Damage::Remove(at, many) => {
            let at = at.index(bytes.len());
            bytes.drain(at..bytes.len().min(at + many));
        }
        Damage::Insert(at, more) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, more.iter().copied());
        }
        Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Repeat(from, to) => {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let copy = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.extend(copy);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// The sink of these tests fails where read is not the sum of records, other operations and rejected rows.
    #[test]
    fn damaged_exports_balance_for_any_number_of_threads(
        files in prop::collection::vec((export(), prop::collection::vec(damage(), 0..4)), 1..3),
        threads in 1usize..5,
        block_bytes in 200usize..5_000,
    ) {
        let files: Vec<Vec<u8>> = files.into_iter().map(|(mut bytes, damages)| {
            damages.iter().for_each(|damage| apply(&mut bytes, damage));
            bytes
        }).collect();
        let inputs = || files.iter().enumerate().map(|(n, bytes)| source(&n.to_string(), bytes)).collect::<Vec<_>>();
        let (report, lines) = run_with(&inputs(), &options(2, 1 << 16));
        for (receipt, counts) in report.receipts.iter().zip(&report.counts) {
            prop_assert!(receipt.refused.is_none() || counts.read == 0);
            let bytes = &files[usize::try_from(receipt.id.0).unwrap()];
            prop_assert_eq!(receipt.bytes, bytes.len() as u64);
            prop_assert!(receipt.content_bytes == receipt.bytes || receipt.compression.is_some());
        }
        let (again, lines_again) = run_with(&inputs(), &options(threads, block_bytes));
        prop_assert_eq!(lines_again, lines);
        prop_assert_eq!(again.counts, report.counts);
        prop_assert_eq!(again.receipts, report.receipts);
        prop_assert_eq!(again.issues, report.issues);
        prop_assert_eq!(again.activity, report.activity);
    }
}
