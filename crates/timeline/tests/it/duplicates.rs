//! Two copies of one record: same, fuller, or contradicting.

use mailtrail_model::{AccessRecord, IssueCode, ThrottleState};
use mailtrail_timeline::Written;

use crate::build::{bind, block, locator, read, sync, unordered, write};

fn at(source: u32, row: u64, record: AccessRecord<'static>) -> AccessRecord<'static> {
    AccessRecord { locator: locator(source, row), ..record }
}

fn ledger(written: &Written) -> Vec<(u64, u64, u64)> {
    written.sources.iter().map(|counts| (counts.accepted, counts.duplicate, counts.out_of_window)).collect()
}

/// Writes two copies in both orders; gives the accesses, which must not depend on it.
fn both(a: AccessRecord<'static>, b: AccessRecord<'static>) -> Vec<AccessRecord<'static>> {
    let mut outcomes = Vec::new();
    for (first, second) in [(a.clone(), b.clone()), (b, a)] {
        let folder = tempfile::tempdir().unwrap();
        let other = bind(99, 2);
        let blocks = [block(vec![at(0, 1, first), at(0, 2, other.clone())]), block(vec![at(1, 1, second)])];
        let written = write(folder.path(), None, &blocks);
        let accesses = unordered(folder.path());
        let total: u64 = ledger(&written).iter().map(|(a, d, o)| a + d + o).sum();
        assert_eq!(total, 3, "each record is accounted for once");
        assert_eq!(written.rows("accesses.parquet"), Some(accesses.len() as u64));
        let (others, ours): (Vec<_>, Vec<_>) = accesses.into_iter().partition(|r| r.record_id == other.record_id);
        assert_eq!(others.len(), 1);
        assert_eq!(others[0].items, other.items, "a neighbour is left alone");
        outcomes.push(ours);
    }
    assert_eq!(outcomes[0], outcomes[1], "the order of sources changed the accesses");
    outcomes.remove(0)
}

fn one(a: AccessRecord<'static>, b: AccessRecord<'static>) -> AccessRecord<'static> {
    let mut accesses = both(a, b);
    assert_eq!(accesses.len(), 1, "{accesses:#?}");
    accesses.remove(0)
}

#[test]
fn equal_copies_are_one_access_without_an_issue() {
    let access = one(bind(1, 3), bind(1, 3));
    assert_eq!(access.issues, []);
    assert_eq!(access.items.len(), 3);
}

#[test]
fn another_spelling_of_the_same_is_no_issue() {
    let mut loud = bind(1, 3);
    loud.user_id = loud.user_id.map(|user| user.to_uppercase().into());
    loud.origin.raw = Some("2001:db8::1".into());
    loud.items[0].internet_message_id = Some("m1000@MAIL.contoso.example".into());
    let access = one(bind(1, 3), loud);
    assert_eq!(access.issues, []);
}

#[test]
fn the_fuller_body_wins_and_says_so() {
    let mut poor = bind(1, 2);
    poor.operation_count = None;
    poor.throttled = ThrottleState::NotStated;
    poor.issues = vec![IssueCode::ThrottleNotStated];
    let mut full = bind(1, 7);
    full.user_key = None;
    let access = one(poor, full);
    assert_eq!(access.items.len(), 7);
    assert_eq!(access.throttled, ThrottleState::No);
    assert!(access.user_key.is_some());
    assert_eq!(access.issues, [IssueCode::FullerBodyKept]);
}

#[test]
fn a_count_and_a_list_do_not_contradict() {
    let mut counted = bind(1, 0);
    counted.operation_count = Some(4);
    counted.issues = vec![IssueCode::OperationCountMismatch];
    let mut listed = bind(1, 4);
    listed.operation_count = None;
    let access = one(counted, listed);
    assert_eq!((access.operation_count, access.items.len()), (Some(4), 4));
    assert_eq!(access.issues, [IssueCode::FullerBodyKept]);
}

#[test]
fn a_cut_copy_is_cured_by_the_whole_one() {
    let mut cut = bind(1, 2);
    cut.operation_count = Some(5);
    cut.truncated = true;
    cut.issues = vec![IssueCode::OperationCountMismatch, IssueCode::Truncated];
    let access = one(cut, bind(1, 5));
    assert!(!access.truncated);
    assert_eq!(access.issues, [IssueCode::FullerBodyKept]);
}

#[test]
fn contradictions_are_two_accesses() {
    type Change = fn(&mut AccessRecord<'static>);
    let changes: [(&str, Change); 8] = [
        ("user", |r| r.user_id = Some("someone.else@contoso.example".into())),
        ("time", |r| r.created = r.created.plus(1_000_000)),
        ("throttled", |r| r.throttled = ThrottleState::Yes),
        ("address", |r| r.origin.address = mailtrail_model::Address::Ip("198.51.100.14".parse().unwrap())),
        ("token, whose case counts", |r| r.token.unique_token_id = Some("ABC".into())),
        ("item", |r| r.items[1].internet_message_id = Some("<other@mail.contoso.example>".into())),
        ("size", |r| r.items[1].size_bytes = Some(1)),
        ("count", |r| r.operation_count = Some(9)),
    ];
    for (what, change) in changes {
        let mut a = bind(1, 3);
        a.token.unique_token_id = Some("abc".into());
        let mut b = a.clone();
        change(&mut b);
        let accesses = both(a, b);
        assert_eq!(accesses.len(), 2, "{what}");
        for access in accesses {
            assert_eq!(access.issues, [IssueCode::IdConflict], "{what}");
        }
    }
}

#[test]
fn a_mailbox_known_by_name_is_the_mailbox_known_by_guid() {
    let mut named = bind(1, 1);
    named.mailbox_guid = None;
    named.organization_id = None;
    named.mailbox = mailtrail_model::MailboxKey::of(None, None, named.mailbox_owner_upn.as_deref()).unwrap();
    assert_eq!(one(named, bind(1, 1)).mailbox, bind(1, 1).mailbox);
}

#[test]
fn the_folder_of_a_sync_gains_its_path() {
    let mut with_path = sync(1);
    with_path.folders[0].path = Some("\\Inbox".into());
    let access = one(sync(1), with_path);
    assert_eq!(access.folders.len(), 1);
    assert!(access.folders[0].path.is_some() && access.folders[0].name.is_some());
}

#[test]
fn a_whole_second_export_in_a_poorer_container_changes_nothing_but_the_duplicates() {
    let rows = 9_000;
    let records: Vec<_> = (0..rows).map(|n: u64| if n.is_multiple_of(4) { sync(n) } else { bind(n, 3) }).collect();
    let poor = |record: &AccessRecord<'static>| {
        let mut poor = record.clone();
        poor.user_key = None;
        poor.items.truncate(1);
        poor.operation_count = None;
        at(1, rows - record.locator.row + 1, poor)
    };
    let full: Vec<_> = records.chunks(1_000).map(|chunk| block(chunk.to_vec())).collect();
    let poor: Vec<_> = records.iter().rev().map(poor).collect();
    let poor: Vec<_> = poor.chunks(700).map(|chunk| block(chunk.to_vec())).collect();
    let mut expected = records;
    for record in &mut expected {
        record.issues = vec![IssueCode::FullerBodyKept];
    }
    let folder = tempfile::tempdir().unwrap();
    let written = write(folder.path(), None, &full.into_iter().chain(poor).collect::<Vec<_>>());
    assert_eq!(ledger(&written), [(rows, 0, 0), (0, rows, 0)]);
    assert_eq!(written.rows("duplicates.parquet"), Some(rows));
    assert_eq!((written.issues[0].code, written.issues[0].count), (IssueCode::FullerBodyKept, rows));
    let back: Vec<_> = read(folder.path()).into_iter().map(|access| access.record).collect();
    assert!(back == expected, "merged accesses differ from the fuller export");
}

#[test]
fn three_copies_settle_alike_in_every_order() {
    let mut poor = bind(1, 1);
    poor.operation_count = None;
    let full = bind(1, 4);
    let mut forged = bind(1, 4);
    forged.user_id = Some("someone.else@contoso.example".into());
    let copies = [poor, full, forged];
    let mut outcomes = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let folder = tempfile::tempdir().unwrap();
        let blocks: Vec<_> =
            (0u32..).zip(order).map(|(source, which)| block(vec![at(source, 1, copies[which].clone())])).collect();
        let written = write(folder.path(), None, &blocks);
        let total = ledger(&written).iter().fold((0, 0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1, sum.2 + row.2));
        assert_eq!(total, (2, 1, 0), "{order:?}");
        outcomes.push(unordered(folder.path()));
    }
    outcomes.dedup();
    assert_eq!(outcomes.len(), 1, "{outcomes:#?}");
}

#[test]
fn each_copy_can_be_found_with_its_place_and_its_kind() {
    let mut poor = bind(2, 1);
    poor.operation_count = None;
    let mut forged = bind(3, 2);
    forged.user_id = Some("forged@contoso.example".into());
    let folder = tempfile::tempdir().unwrap();
    let first = block((0..4).map(|n| at(0, n + 1, bind(n, 2))).collect());
    let second = block(vec![at(1, 1, bind(1, 2)), at(1, 2, poor), at(1, 3, forged)]);
    write(folder.path(), None, &[first, second]);
    let copies = mailtrail_timeline::read_copies(folder.path(), |_| true).unwrap();
    let seen: Vec<_> = copies.iter().map(|copy| (copy.kind.as_str(), copy.access_no, copy.locator)).collect();
    let place = |row| locator(1, row);
    assert_eq!(seen, [("same-content", 1, place(1)), ("merged", 2, place(2)), ("conflict", 3, place(3))]);
    let access = mailtrail_timeline::read_accesses(folder.path(), |id| id == copies[1].record_id).unwrap();
    assert_eq!((access.len(), access[0].access_no, access[0].record.locator), (1, 2, locator(0, 3)));
    let forged = read(folder.path()).into_iter().find(|access| access.record.locator == place(3)).unwrap();
    assert_eq!(forged.access_no, 4, "a contradicting copy is an access at the end of the table");
}

#[test]
fn a_few_copies_leave_the_rest_of_a_large_table_as_it_was() {
    let rows = 30_000;
    let record = |n: u64| if n.is_multiple_of(4) { sync(n) } else { bind(n, 3) };
    let records: Vec<_> = (0..rows).map(record).collect();
    let copies = [0, 9_001, 9_002, 20_001, rows - 1].map(|n| {
        let mut poor = record(n);
        poor.user_key = None;
        at(1, n + 1, poor)
    });
    let blocks: Vec<_> = records.chunks(1_000).map(|chunk| block(chunk.to_vec())).collect();
    let folder = tempfile::tempdir().unwrap();
    let written = write(folder.path(), None, &blocks.into_iter().chain([block(copies.to_vec())]).collect::<Vec<_>>());
    assert_eq!(ledger(&written), [(rows, 0, 0), (0, 5, 0)]);
    let mut expected = records;
    for copy in &copies {
        expected[usize::try_from(copy.locator.row - 1).unwrap()].issues = vec![IssueCode::FullerBodyKept];
    }
    let back: Vec<_> = read(folder.path()).into_iter().map(|access| access.record).collect();
    assert!(back == expected, "a row changed that no copy concerns");
}

#[test]
fn an_issue_names_the_copies_and_what_they_state() {
    let mut forged = bind(2, 2);
    forged.user_id = Some("forged@contoso.example".into());
    let mut poor = bind(1, 2);
    poor.operation_count = None;
    let folder = tempfile::tempdir().unwrap();
    let first = block(vec![at(0, 1, poor), at(0, 2, bind(2, 2))]);
    let written = write(folder.path(), None, &[first, block(vec![at(1, 5, bind(1, 7)), at(1, 6, forged)])]);
    let details: Vec<&str> = written.issues.iter().map(|issues| issues.examples[0].detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "record 00000000-0000-4000-8000-000000000001: S0001 row 1 with 2 items and S0002 row 5 with 7 items state \
             different amounts; merged into one access with 7 items",
            "record 00000000-0000-4000-8000-000000000002 contradicts S0001 row 2 in user_id",
        ]
    );
}
