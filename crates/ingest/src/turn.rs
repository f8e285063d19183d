//! Owns taking turns: blocks finish in any order and are judged and written in source order.
//!
//! Invariant: no one waits for ever. A worker that fails or panics between its turns stops the turnstile for all.

use std::sync::{Condvar, Mutex, PoisonError};

/// A turnstile that lets blocks through in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Turnstile {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    stopped: bool,
}

/// The turnstile was stopped: another worker failed.
#[derive(Debug)]
pub(crate) struct Stopped;

impl Turnstile {
    /// Waits for `sequence`'s turn and does `work`. The next block's turn comes once `work` is done.
    pub(crate) fn take<T>(&self, sequence: u64, work: impl FnOnce() -> T) -> Result<T, Stopped> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.next != sequence && !state.stopped {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.stopped {
            return Err(Stopped);
        }
        drop(state);
        // Nobody else holds this number, so the turn is ours until `next` moves; a panic in `work` leaves it to `stop`.
        let done = work();
        self.state.lock().unwrap_or_else(PoisonError::into_inner).next = sequence + 1;
        self.moved.notify_all();
        Ok(done)
    }

    /// Lets nobody through any more.
    pub(crate) fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
        self.moved.notify_all();
    }
}

/// Stops the turnstiles when dropped, unless it was disarmed: a worker's last will.
pub(crate) struct LastWill<'t> {
    turnstiles: &'t [Turnstile; 2],
    armed: bool,
}

impl<'t> LastWill<'t> {
    pub(crate) fn new(turnstiles: &'t [Turnstile; 2]) -> Self {
        Self { turnstiles, armed: true }
    }

    pub(crate) fn disarm(mut self) {
        self.armed = false;
    }
}

impl Drop for LastWill<'_> {
    fn drop(&mut self) {
        if self.armed {
            self.turnstiles.iter().for_each(Turnstile::stop);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_in_order_whatever_the_threads_do() {
        let turnstile = Turnstile::default();
        let order = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for sequence in (0..8).rev() {
                let (turnstile, order) = (&turnstile, &order);
                scope.spawn(move || turnstile.take(sequence, || order.lock().unwrap().push(sequence)).unwrap());
            }
        });
        assert_eq!(order.into_inner().unwrap(), (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn a_stop_frees_those_who_wait() {
        let turnstiles = [Turnstile::default(), Turnstile::default()];
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turnstiles[1].take(7, || ()).is_err());
            drop(LastWill::new(&turnstiles));
            assert!(waiting.join().unwrap());
        });
    }
}
