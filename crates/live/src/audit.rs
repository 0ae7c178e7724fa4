//! Ticks between a system and a reader on another thread.

use crate::system::Live;
use crate::watcher::Sink;
use haggle_engine::{Follower, HostedStrategy, Ring, Tick, Update};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Called once, when something waits or the system has ended.
type Ready = Box<dyn FnOnce() + Send>;

struct Queue {
    ring: Ring,
    has_ended: bool,
    waiting: Vec<Ready>,
}

struct Pipe {
    queue: Mutex<Queue>,
    ready: Condvar,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the queue, and tells the reader that waits.
    fn change(&self, change: impl FnOnce(&mut Queue)) {
        let waiting = {
            let mut queue = self.lock();
            change(&mut queue);
            std::mem::take(&mut queue.waiting)
        };
        self.ready.notify_all();
        // What they do is theirs: the queue is open for it.
        for ready in waiting {
            ready();
        }
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pipe")
    }
}

/// The end that a system writes to.
#[derive(Debug)]
pub struct Writer(Arc<Pipe>);

impl Sink for Writer {
    fn take(&mut self, tick: Tick) {
        self.0.change(|queue| queue.ring.push(tick));
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.change(|queue| queue.has_ended = true);
    }
}

/// A bounded pipe for so many ticks.
pub fn pipe(capacity: usize) -> (Writer, Reader) {
    let queue = Queue { ring: Ring::new(capacity), has_ended: false, waiting: Vec::new() };
    let pipe = Arc::new(Pipe { queue: Mutex::new(queue), ready: Condvar::new() });
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
    /// The audit of a system that runs on the caller's own thread; at most `capacity` ticks wait for the reader.
    pub fn of<S: HostedStrategy>(live: &mut Live<S>, capacity: usize) -> Self {
        let (writer, reader) = pipe(capacity);
        Self { reader, follower: live.attach(Box::new(writer)) }
    }

    /// Calls back once: as soon as an update waits, or the system has ended; at once where that is so already. The call comes on the
    /// thread of the system, which waits for it to return: hand it on, and do nothing else there.
    pub fn on_ready(&self, callback: impl FnOnce() + Send + 'static) {
        {
            let mut queue = self.reader.0.lock();
            if queue.ring.is_empty() && !queue.has_ended {
                queue.waiting.push(Box::new(callback));
                return;
            }
        }
        callback();
    }

    /// Calls back now the reader that waits.
    pub fn cancel_ready(&self) {
        self.reader.0.change(|_| {});
    }

    /// A copy of the engine as it was before the first update.
    pub fn follower(&self) -> Follower {
        self.follower.clone()
    }

    /// The next update, if one waits.
    pub fn try_recv(&self) -> Option<Update> {
        self.reader.0.lock().ring.pop()
    }

    /// The next update; waits for one as long as `timeout`. `None` if the time is over, or the system is and nothing waits.
    pub fn recv(&self, timeout: Duration) -> Option<Update> {
        // Too long for a clock is for ever.
        let deadline = Instant::now().checked_add(timeout);
        let mut queue = self.reader.0.lock();
        loop {
            if let Some(update) = queue.ring.pop() {
                return Some(update);
            }
            let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if queue.has_ended || left.is_zero() {
                return None;
            }
            queue = self.reader.0.ready.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the system has ended; updates may still wait.
    pub fn has_ended(&self) -> bool {
        self.reader.0.lock().has_ended
    }
}
