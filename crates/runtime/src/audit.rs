//! Ticks between a system and a reader on another thread.

use haggle_backtest::{Follower, Ring, Sink, Tick, Update};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Pipe {
    ring: Mutex<(Ring, bool)>,
    ready: Condvar,
}

impl Pipe {
    /// The ring, and whether the system has ended.
    fn lock(&self) -> MutexGuard<'_, (Ring, bool)> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end that a system writes to.
#[derive(Debug)]
pub struct Writer(Arc<Pipe>);

impl Sink for Writer {
    fn take(&mut self, tick: Tick) {
        self.0.lock().0.push(tick);
        self.0.ready.notify_all();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.lock().1 = true;
        self.0.ready.notify_all();
    }
}

/// A bounded pipe for so many ticks.
pub fn pipe(capacity: usize) -> (Writer, Reader) {
    let pipe = Arc::new(Pipe { ring: Mutex::new((Ring::new(capacity), false)), ready: Condvar::new() });
    (Writer(Arc::clone(&pipe)), Reader(pipe))
}

/// The end that is read.
#[derive(Debug)]
pub struct Reader(Arc<Pipe>);

/// The audit of a system: its ticks from the moment it was taken, and a copy of the engine as it was then.
///
/// A reader that is too slow loses the oldest ticks, and is told how many. Who takes the audit again takes it away from the reader
/// before, who gets what waited and no more.
#[derive(Debug)]
pub struct AuditUpdates {
    pub(crate) reader: Reader,
    pub(crate) follower: Follower,
}

impl AuditUpdates {
    /// A copy of the engine as it was before the first update.
    pub fn follower(&self) -> Follower {
        self.follower.clone()
    }

    /// The next update, if one waits.
    pub fn try_recv(&self) -> Option<Update> {
        self.reader.0.lock().0.pop()
    }

    /// The next update; waits for one as long as `timeout`. `None` if the time is over, or the system is and nothing waits.
    pub fn recv(&self, timeout: Duration) -> Option<Update> {
        // Too long for a clock is for ever.
        let deadline = Instant::now().checked_add(timeout);
        let mut pipe = self.reader.0.lock();
        loop {
            if let Some(update) = pipe.0.pop() {
                return Some(update);
            }
            let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if pipe.1 || left.is_zero() {
                return None;
            }
            pipe = self.reader.0.ready.wait_timeout(pipe, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the system has ended; updates may still wait.
    pub fn has_ended(&self) -> bool {
        self.reader.0.lock().1
    }
}
