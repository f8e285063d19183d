//! The order and the cutting of sources must not matter beyond locators.

use std::collections::BTreeMap;

use mailtrail_model::{AccessRecord, Block, IssueCode, MailAccessType, ThrottleState};
use proptest::prelude::*;

use crate::build::{bind, block, locator, unordered, write};

/// One of the ways in which a copy of a record may differ from another.
fn variant(n: u64, how: u8) -> AccessRecord<'static> {
    let mut record = bind(n, 4);
    match how {
        0 => {}
        1 => record.items.truncate(2),
        2 => {
            record.items.clear();
            record.issues = vec![IssueCode::OperationCountMismatch, IssueCode::ItemsUnnamed];
        }
        3 => {
            record.operation_count = None;
            record.folders[0].path = None;
            record.throttled = ThrottleState::NotStated;
            record.issues = vec![IssueCode::ThrottleNotStated];
        }
        4 => record.user_id = record.user_id.map(|user| user.to_uppercase().into()),
        5 => record.user_id = Some("forged@contoso.example".into()),
        6 => record.items.remove(1).size_bytes = None,
        7 => {
            record.access_type = MailAccessType::Unknown;
            record.record_type = None;
            record.items.iter_mut().for_each(|item| item.folder = None);
        }
        8 => record.items[0].internet_message_id = Some("<forged@contoso.example>".into()),
        _ => record.issues = vec![IssueCode::ClockMismatch],
    }
    record
}

/// Rows of sources, shuffled and cut into blocks.
fn cut(rows: &[(u64, u8)], sizes: &[usize]) -> Vec<Block<'static>> {
    let mut rows = rows;
    let mut blocks = Vec::new();
    let mut row = 0;
    for size in sizes.iter().cycle() {
        if rows.is_empty() {
            return blocks;
        }
        let (now, later) = rows.split_at((*size).min(rows.len()));
        let records = now.iter().map(|(n, how)| {
            row += 1;
            AccessRecord { locator: locator(u32::from(row > 5), row), ..variant(*n, *how) }
        });
        blocks.push(block(records.collect()));
        rows = later;
    }
    blocks
}

/// Record numbers, each with the kind of copy it is.
type Copies = Vec<(u64, u8)>;

fn orders() -> impl Strategy<Value = (Copies, Copies)> {
    prop::collection::vec((0u64..4, 0u8..10), 1..14)
        .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn shuffled_rows_and_other_blocks_give_the_same_accesses(
        (rows, shuffled) in orders(),
        sizes in prop::collection::vec(1usize..6, 1..4),
    ) {
        let mut outcomes = Vec::new();
        for (rows, sizes) in [(&rows, &[100][..]), (&shuffled, &sizes[..])] {
            let folder = tempfile::tempdir().unwrap();
            let written = write(folder.path(), None, &cut(rows, sizes));
            let accesses = unordered(folder.path());
            let accepted: u64 = written.sources.iter().map(|counts| counts.accepted).sum();
            let duplicates: u64 = written.sources.iter().map(|counts| counts.duplicate).sum();
            prop_assert_eq!(accepted, accesses.len() as u64);
            prop_assert_eq!(accepted + duplicates, rows.len() as u64);
            let issues: BTreeMap<&str, u64> =
                written.issues.iter().map(|issues| (issues.code.as_str(), issues.count)).collect();
            outcomes.push((accesses, accepted, issues));
        }
        prop_assert_eq!(&outcomes[0], &outcomes[1]);
    }
}
