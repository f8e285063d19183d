//! What is written, and that it does not depend on threads.

use std::{collections::BTreeMap, fs, path::Path, sync::Mutex};

use mailtrail_model::{Block, Interval, RecordSink, UtcMicros};
use mailtrail_timeline::{SourceCounts, TableWriter};

use crate::build::{NOON, bind, block, read, sync, write};

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect()
}

fn many(blocks: u64, rows: u64) -> Vec<Block<'static>> {
    let record = |n: u64| if n.is_multiple_of(5) { sync(n) } else { bind(n, usize::try_from(n % 9).unwrap()) };
    (0..blocks).map(|b| block((b * rows..(b + 1) * rows).map(record).collect())).collect()
}

#[test]
fn what_goes_in_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let records = vec![bind(1, 3), sync(2), bind(3, 0)];
    let written = write(folder.path(), None, &[block(records.clone())]);
    assert_eq!(written.sources.len(), 1);
    assert_eq!(written.rows("accesses.parquet"), Some(3));
    assert_eq!(written.rows("items.parquet"), Some(3));
    assert_eq!(written.rows("folder_syncs.parquet"), Some(2), "the Sync's folder, and the Bind's that lists no item");
    let back: Vec<_> = read(folder.path()).into_iter().map(|access| access.record).collect();
    assert_eq!(back, records);
}

#[test]
fn nothing_but_tables_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), None, &[block(vec![bind(1, 1)])]);
    let names: Vec<String> = files(folder.path()).into_keys().collect();
    assert_eq!(
        names,
        ["accesses", "activity", "duplicates", "folder_syncs", "items", "related_events"]
            .map(|n| format!("{n}.parquet"))
    );
    let dropped = tempfile::tempdir().unwrap();
    drop(TableWriter::create(dropped.path(), None).unwrap());
    assert_eq!(files(dropped.path()).len(), 0, "a writer that was dropped leaves nothing");
}

#[test]
fn the_window_marks_and_counts_but_drops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let window = Interval { start: UtcMicros(NOON), end: UtcMicros(NOON + 2 * UtcMicros::MINUTE) };
    let written = write(folder.path(), Some(window), &[block((0..5).map(|n| bind(n, 1)).collect())]);
    let SourceCounts { accepted, duplicate, out_of_window, .. } = written.sources[0];
    assert_eq!((accepted, duplicate, out_of_window), (2, 0, 3));
    let inside: Vec<bool> = read(folder.path()).iter().map(|access| access.in_window).collect();
    assert_eq!(inside, [true, true, false, false, false]);
}

/// Drives a writer as ingest does: judge and append in turn, encode on several threads.
fn write_on(threads: usize, folder: &Path, blocks: &[Block<'_>]) {
    let writer = TableWriter::create(folder, None).unwrap();
    let next = Mutex::new(0);
    let (judging, appending) = (Mutex::new(()), (Mutex::new(0), std::sync::Condvar::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let (at, judged) = {
                        let _turn = judging.lock().unwrap();
                        let mut next = next.lock().unwrap();
                        let at = *next;
                        let Some(block) = blocks.get(at) else { return };
                        *next += 1;
                        (at, writer.judge(block).unwrap())
                    };
                    let encoded = writer.encode(&blocks[at], judged).unwrap();
                    let mut turn = appending.1.wait_while(appending.0.lock().unwrap(), |turn| *turn != at).unwrap();
                    writer.append(&blocks[at], encoded).unwrap();
                    *turn += 1;
                    appending.1.notify_all();
                }
            });
        }
    });
    writer.finish().unwrap();
}

#[test]
fn one_two_and_eight_threads_write_the_same_bytes() {
    let blocks = many(40, 300);
    let one = tempfile::tempdir().unwrap();
    write_on(1, one.path(), &blocks);
    for threads in [2, 8] {
        let more = tempfile::tempdir().unwrap();
        write_on(threads, more.path(), &blocks);
        assert_eq!(files(one.path()), files(more.path()), "{threads} threads");
    }
    assert_eq!(read(one.path()).len(), 12_000);
}

#[test]
fn a_cut_table_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), None, &many(2, 50));
    let whole = fs::read(folder.path().join("accesses.parquet")).unwrap();
    for length in [0, 4, 100, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        fs::write(folder.path().join("accesses.parquet"), &whole[..length]).unwrap();
        assert!(mailtrail_timeline::read_accesses(folder.path(), |_| true).is_err(), "{length} bytes");
    }
}
