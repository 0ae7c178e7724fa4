//! Many native runs over the same data, on a few threads. What a run is depends on its arguments alone, so neither the number of threads
//! nor the order in which they come to it changes a result.

use crate::native::{caught, run_native};
use haggle_backtest::{Dynamic, Prepared};
use haggle_engine::Halt;
use haggle_model::{Error, Result};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// A finished run: its number, and its summary as JSON or why there is none.
pub type Done = (u32, Result<String>);
/// Takes results, from any thread.
pub type Waiter = Box<dyn FnOnce(Vec<Done>) + Send>;

/// Native runs over the same data. Dropped or closed, it ends its threads soon and forgets what waits.
#[derive(Debug)]
pub struct Batch {
    shared: Arc<Shared>,
    threads_max: usize,
}

/// What the threads and the batch both see.
#[derive(Debug)]
struct Shared {
    prepared: Arc<Prepared>,
    queue: Mutex<Queue>,
    /// There is a run to take, or the end of all.
    work: Condvar,
    /// There are results to take.
    results: Condvar,
    stop: Arc<AtomicBool>,
    /// Market rows applied by all runs; a finished run counts in full, however it ended.
    rows: AtomicU64,
    /// This many results are worth a wake-up.
    enough: usize,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(u32, Dynamic)>,
    running: usize,
    threads: usize,
    /// Threads without a run.
    idle: usize,
    done: Vec<Done>,
    waiter: Option<Waiter>,
    is_closed: bool,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (waiting, done) = (self.waiting.len(), self.done.len());
        f.debug_struct("Queue").field("waiting", &waiting).field("running", &self.running).field("done", &done).finish_non_exhaustive()
    }
}

impl Queue {
    /// Whether results should be taken: there are enough of them, or no more come by themselves.
    fn is_ready(&self, enough: usize) -> bool {
        self.done.len() >= enough || (self.waiting.is_empty() && self.running == 0) || self.is_closed
    }
}

impl Batch {
    /// A batch without runs; threads start as they are needed. `enough` results are handed out at once; `stop` ends all of it, too.
    pub fn new(prepared: Arc<Prepared>, threads: usize, enough: usize, stop: Arc<AtomicBool>) -> Self {
        let shared = Shared {
            prepared,
            queue: Mutex::default(),
            work: Condvar::new(),
            results: Condvar::new(),
            stop,
            rows: AtomicU64::new(0),
            enough: enough.max(1),
        };
        Self { shared: Arc::new(shared), threads_max: threads.max(1) }
    }

    /// What all runs share.
    pub fn prepared(&self) -> &Prepared {
        &self.shared.prepared
    }

    /// Puts a run in line. Errors: `BUG` where no thread can be started for it.
    pub fn push(&self, number: u32, dynamic: Dynamic) -> Result<()> {
        let mut queue = self.shared.lock();
        queue.waiting.push_back((number, dynamic));
        if queue.waiting.len() > queue.idle && queue.threads < self.threads_max {
            let shared = Arc::clone(&self.shared);
            let spawned = thread::Builder::new().name("haggle".to_owned()).spawn(move || shared.work());
            match spawned {
                Ok(_) => queue.threads += 1,
                // The threads that there are come to it in the end.
                Err(_) if queue.threads > 0 => {}
                Err(error) => {
                    queue.waiting.pop_back();
                    return Err(Error::bug(format!("no thread could be started: {error}")));
                }
            }
        }
        drop(queue);
        self.shared.work.notify_one();
        Ok(())
    }

    /// Hands results to `waiter` once there are enough, or all; one that waited before gets none.
    pub fn on_ready(&self, waiter: Waiter) {
        let mut queue = self.shared.lock();
        if queue.is_ready(self.shared.enough) {
            let done = std::mem::take(&mut queue.done);
            drop(queue);
            waiter(done);
        } else {
            let earlier = queue.waiter.replace(waiter);
            drop(queue);
            if let Some(earlier) = earlier {
                earlier(Vec::new());
            }
        }
    }

    /// The same on this thread, which waits.
    pub fn wait(&self) -> Vec<Done> {
        let mut queue = self.shared.lock();
        while !queue.is_ready(self.shared.enough) {
            queue = self.shared.results.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::take(&mut queue.done)
    }

    /// Market rows applied by all runs so far.
    pub fn rows(&self) -> u64 {
        self.shared.rows.load(Ordering::Relaxed)
    }

    /// Stops what runs, forgets what waits, ends the threads.
    pub fn close(&self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        let mut queue = self.shared.lock();
        queue.is_closed = true;
        queue.waiting.clear();
        self.shared.work.notify_all();
        self.shared.results.notify_all();
        let waiter = queue.waiter.take();
        drop(queue);
        if let Some(waiter) = waiter {
            waiter(Vec::new());
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of a thread.
    fn work(&self) {
        while let Some((number, dynamic)) = self.next() {
            let result = caught(|| self.run(dynamic)).map_err(|halt| match halt {
                Halt::Error(error) => error,
                Halt::Thrown => Error::bug("a thread without JavaScript threw"),
            });
            let mut queue = self.lock();
            queue.running -= 1;
            queue.done.push((number, result));
            if queue.is_ready(self.enough) {
                self.results.notify_all();
                if let Some(waiter) = queue.waiter.take() {
                    let done = std::mem::take(&mut queue.done);
                    drop(queue);
                    waiter(done);
                }
            }
        }
    }

    fn next(&self) -> Option<(u32, Dynamic)> {
        let mut queue = self.lock();
        loop {
            if queue.is_closed || self.stop.load(Ordering::Relaxed) {
                return None;
            }
            if let Some(run) = queue.waiting.pop_front() {
                queue.running += 1;
                return Some(run);
            }
            queue.idle += 1;
            queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.idle -= 1;
        }
    }

    fn run(&self, dynamic: Dynamic) -> Result<String, Halt> {
        let mut meter = Meter { rows: &self.rows, total: self.prepared.rows(), told: 0 };
        let (outcome, took) = run_native(&self.prepared, dynamic, &self.stop, |rows| meter.tell(rows))?;
        Ok(outcome.summary_text(took))
    }
}

/// Counts the rows of one run: all of them in the end, also where it ended early.
struct Meter<'a> {
    rows: &'a AtomicU64,
    total: u64,
    told: u64,
}

impl Meter<'_> {
    fn tell(&mut self, rows: u64) {
        self.rows.fetch_add(rows.saturating_sub(self.told), Ordering::Relaxed);
        self.told = rows;
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        self.tell(self.total);
    }
}
