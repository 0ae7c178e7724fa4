//! Many native runs over the same data, on a few threads of our own. What a run is depends on its arguments alone, so
//! neither the number of threads nor the order in which they come to it changes a result.

use crate::columns;
use crate::error::{caught, error_object, guard};
use crate::job::{self, Settle};
use crate::js::{Js, Value};
use crate::market_data::napi_failed;
use crate::prepared::PreparedData;
use crate::run::{STEPS_THREAD, Signal, native, read_dynamic};
use haggle_backtest::{Dynamic, Prepared, Run, Status};
use haggle_engine::Halt;
use haggle_model::Error;
use napi::bindgen_prelude::ClassInstance;
use napi::{Env, JsDeferred, JsValue};
use napi_derive::napi;
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

/// A finished run: its number, and its summary as JSON or why there is none.
type Done = (u32, Result<String, Error>);

/// What the threads and JavaScript both see.
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
    /// Threads without a run.
    idle: usize,
    done: Vec<Done>,
    waiter: Option<JsDeferred<Value, Settle>>,
    is_closed: bool,
}

impl Queue {
    /// Whether results should be taken: there are enough of them, or no more come by themselves.
    fn is_ready(&self, enough: usize) -> bool {
        self.done.len() >= enough || (self.waiting.is_empty() && self.running == 0)
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
                    settle(waiter, std::mem::take(&mut queue.done));
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
        let start = Instant::now();
        let mut meter = Meter { rows: &self.rows, total: self.prepared.rows(), told: 0 };
        let strategy = native(&dynamic)?;
        let mut run = Run::new(Arc::clone(&self.prepared), dynamic, strategy)?;
        while run.advance(STEPS_THREAD)? == Status::Running {
            meter.tell(run.rows_applied());
            if self.stop.load(Ordering::Relaxed) {
                return Err(job::stopped().into());
            }
        }
        let (outcome, _) = run.finish()?;
        Ok(columns::summary(&outcome, start.elapsed().as_secs_f64() * 1e3))
    }

    /// Ends it all: what runs stops soon, what waits is forgotten.
    fn close(&self) {
        self.stop.store(true, Ordering::Relaxed);
        let mut queue = self.lock();
        queue.is_closed = true;
        queue.waiting.clear();
        self.work.notify_all();
        if let Some(waiter) = queue.waiter.take() {
            settle(waiter, Vec::new());
        }
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

fn settle(waiter: JsDeferred<Value, Settle>, done: Vec<Done>) {
    waiter.resolve(Box::new(move |env| list(&Js::new(env), done)));
}

/// Number and outcome by turns: a flat list is the cheapest to make and to read.
fn list(js: &Js, done: Vec<Done>) -> napi::Result<Value> {
    let items = done.into_iter().flat_map(|(number, result)| {
        let outcome = match result {
            Ok(summary) => js.text(&summary),
            Err(error) => error_object(js, &error),
        };
        [js.number(f64::from(number)), outcome]
    });
    js.list(items)
}

/// Native runs over the same data, on threads of their own.
#[napi(js_name = "NativeBatch")]
pub struct Batch {
    shared: Arc<Shared>,
    threads: Cell<u32>,
    threads_max: u32,
}

#[napi]
impl Batch {
    /// A batch without runs; threads start as they are needed.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, prepared: ClassInstance<PreparedData>, threads: u32, enough: u32) -> napi::Result<Self> {
        guard(env, || {
            let shared = Shared {
                prepared: prepared.get()?,
                queue: Mutex::default(),
                work: Condvar::new(),
                results: Condvar::new(),
                stop: job::stop_flag(env).map_err(napi_failed)?,
                rows: AtomicU64::new(0),
                enough: enough.max(1) as usize,
            };
            Ok(Self { shared: Arc::new(shared), threads: Cell::new(0), threads_max: threads.max(1) })
        })
    }

    /// Checks a run's arguments and puts it in line.
    #[napi(catch_unwind)]
    pub fn push(
        &self,
        env: Env,
        number: u32,
        dynamic: String,
        #[napi(ts_arg_type = "(Uint8Array | Float64Array)[]")] signals: Vec<Signal>,
    ) -> napi::Result<()> {
        guard(env, || {
            let dynamic = read_dynamic(&dynamic, &self.shared.prepared, &signals)?;
            let mut queue = self.shared.lock();
            queue.waiting.push_back((number, dynamic));
            let is_short = queue.waiting.len() > queue.idle;
            drop(queue);
            if is_short && self.threads.get() < self.threads_max {
                let shared = Arc::clone(&self.shared);
                let spawned = thread::Builder::new().name("haggle".to_owned()).spawn(move || shared.work());
                spawned.map_err(|error| napi_failed(napi::Error::from_reason(format!("no thread could be started: {error}"))))?;
                self.threads.set(self.threads.get() + 1);
            }
            self.shared.work.notify_one();
            Ok(())
        })
    }

    /// Resolves with results, number and summary (or error object) by turns: once there are enough, or all.
    #[napi(catch_unwind, ts_return_type = "Promise<(number | string | Error)[]>")]
    pub fn wait(&self, env: Env) -> napi::Result<Value> {
        guard(env, || {
            let (deferred, promise) = env.create_deferred::<Value, Settle>().map_err(napi_failed)?;
            let promise = Value(promise.raw());
            let mut queue = self.shared.lock();
            if queue.is_ready(self.shared.enough) || queue.is_closed {
                settle(deferred, std::mem::take(&mut queue.done));
            } else if let Some(earlier) = queue.waiter.replace(deferred) {
                settle(earlier, Vec::new());
            }
            Ok(promise)
        })
    }

    /// The same without a promise: this thread waits.
    #[napi(catch_unwind, ts_return_type = "(number | string | Error)[]")]
    pub fn wait_sync(&self, env: Env) -> napi::Result<Value> {
        guard(env, || {
            let mut queue = self.shared.lock();
            while !queue.is_ready(self.shared.enough) && !queue.is_closed {
                queue = self.shared.results.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            let done = std::mem::take(&mut queue.done);
            drop(queue);
            list(&Js::new(env), done).map_err(napi_failed)
        })
    }

    /// Market rows applied by all runs so far.
    #[napi(getter, catch_unwind)]
    pub fn done(&self) -> f64 {
        self.shared.rows.load(Ordering::Relaxed) as f64
    }

    /// Stops what runs, forgets what waits, ends the threads.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.shared.close();
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // Nobody may have closed it: a terminated worker runs no `finally`.
        self.shared.close();
    }
}
