//! Owns sorting many lists on every core.
//!
//! Invariant: one level of parallelism. A parallel sort inside a parallel loop lets a thread that waits for its half take up
//! the next list meanwhile, and in that one the next: over a thousand mailboxes its stack may end.

use rayon::prelude::*;

/// A list from here on is sorted by every core together; shorter ones are sorted side by side.
const LONG: usize = 1 << 20;

/// Sorts each list by a key.
pub(crate) fn each<T: Send, K: Ord>(lists: Vec<&mut [T]>, key: impl Fn(&T) -> K + Sync) {
    let (long, short): (Vec<_>, Vec<_>) = lists.into_iter().partition(|list| list.len() >= LONG);
    long.into_iter().for_each(|list| list.par_sort_unstable_by_key(&key));
    short.into_par_iter().for_each(|list| list.sort_unstable_by_key(&key));
}

#[cfg(test)]
mod tests {
    #[test]
    fn many_lists_are_sorted_on_a_small_stack() {
        let mut lists: Vec<Vec<u64>> =
            (0..400u64).map(|n| (0..5_000).map(|at| (at ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect()).collect();
        lists.push((0..1_100_000u64).rev().collect());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).stack_size(512 << 10).build().unwrap();
        pool.install(|| super::each(lists.iter_mut().map(Vec::as_mut_slice).collect(), |n| *n));
        assert!(lists.iter().all(|list| list.is_sorted()));
    }
}
