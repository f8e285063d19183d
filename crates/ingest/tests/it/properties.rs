//! Owns the invariances of reading: order, splitting, encoding, repetition, and damage that stays where it was done.

use mailtrail_ingest::SourceInput;
use proptest::prelude::*;

use crate::kept::read;
use crate::written::{lossless, records};

/// The records as lines, several times over with ids of their own.
fn lines(many: usize) -> Vec<String> {
    let copy = |n: usize| {
        records().into_iter().map(move |mut record| {
            let id = record["Id"].as_str().unwrap_or_default().to_owned();
            record["Id"] = format!("{n:08x}{}", &id[8..]).into();
            record.to_string()
        })
    };
    (0..many).flat_map(copy).collect()
}

fn portal(lines: &[String]) -> String {
    let row = |line: &String| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let column = |key: &str| record[key].as_str().unwrap().to_owned();
        let (time, user, operation) = (column("CreationTime"), column("UserId"), column("Operation"));
        format!("{time}.0000000Z,{user},{operation},\"{}\"\r\n", line.replace('"', "\"\""))
    };
    format!("CreationDate,UserIds,Operations,AuditData\r\n{}", lines.iter().map(row).collect::<String>())
}

/// Accesses without locators, in order of id.
fn accesses(sources: &[Vec<u8>]) -> Vec<String> {
    let inputs: Vec<_> = sources.iter().map(|bytes| SourceInput::from_bytes("x", bytes.clone())).collect();
    let (report, outcome) = read(&inputs);
    let accounted = outcome.accesses.len() + outcome.rejected.len();
    let counted: u64 = report.counts.iter().map(|counts| counts.read - counts.other_operation).sum();
    assert_eq!(accounted as u64, counted);
    let mut wholes: Vec<_> = outcome.accesses.into_iter().map(|access| access.whole).collect();
    wholes.sort();
    wholes
}

fn encoded(text: &str, encoding: u8) -> Vec<u8> {
    let utf16 = |to: fn(u16) -> [u8; 2]| format!("\u{feff}{text}").encode_utf16().flat_map(to).collect();
    match encoding {
        0 => text.as_bytes().to_vec(),
        1 => format!("\u{feff}{text}").into_bytes(),
        2 => utf16(u16::to_le_bytes),
        _ => utf16(u16::to_be_bytes),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn order_splitting_and_encoding_do_not_change_what_is_read(
        order in Just((0..21).collect::<Vec<usize>>()).prop_shuffle(),
        cut in 1usize..20,
        csv in any::<bool>(),
        encodings in (0u8..4, 0u8..4),
    ) {
        let lines = lines(3);
        let expected = accesses(&[(lines.join("\n") + "\n").into_bytes()]);
        prop_assert_eq!(expected.len(), 15);
        let shuffled: Vec<_> = order.iter().map(|at| lines[*at].clone()).collect();
        let (a, b) = shuffled.split_at(cut);
        let write = |lines: &[String]| if csv { portal(lines) } else { lines.join("\n") + "\n" };
        let got = accesses(&[encoded(&write(a), encodings.0), encoded(&write(b), encodings.1)]);
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn damage_to_one_line_stays_in_that_line(
        line in 0usize..21,
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(&b"\"{}[],:\\x0u\0\xff"[..])), 1..6),
    ) {
        let lines = lines(3);
        let mut others = lines.clone();
        others.remove(line);
        let expected = accesses(&[others.join("\n").into_bytes()]);
        // The damaged line comes second, so that the file is known by its first.
        let mut damaged = lines[line].clone().into_bytes();
        for (at, byte) in edits {
            let at = at.index(damaged.len());
            damaged[at] = byte;
        }
        let mut bytes = others[0].clone().into_bytes();
        bytes.push(b'\n');
        bytes.append(&mut damaged);
        bytes.push(b'\n');
        bytes.extend(others[1..].join("\n").into_bytes());
        let got = accesses(&[bytes]);
        let missing: Vec<_> = expected.iter().filter(|whole| !got.contains(whole)).collect();
        prop_assert!(missing.is_empty(), "{missing:?}");
        prop_assert!(got.len() <= expected.len() + 1);
    }

    #[test]
    fn no_container_loses_a_row_to_damage(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let all = lossless();
        let mut bytes = all[which.index(all.len())].2.clone();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        accesses(&[bytes]);
    }
}
