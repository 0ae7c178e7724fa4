//! Native runs: here and now, and on a thread.

use crate::columns;
use crate::error::guard;
use crate::job;
use crate::js::{Js, Value};
use crate::market_data::napi_failed;
use crate::prepared::PreparedData;
use haggle_backtest::{Dynamic, Outcome, Prepared, Run, SignalArray, Status, StrategyChoice};
use haggle_engine::{Halt, Idle, Native};
use haggle_model::read::{Field, parse};
use haggle_model::{Error, Result};
use napi::bindgen_prelude::{ClassInstance, Either, Float64Array, Uint8Array};
use napi::Env;
use napi_derive::napi;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// Rows between two looks at the stop flag, on a thread.
pub const STEPS_THREAD: u64 = 16_384;

/// An array of signals, in JavaScript's memory: entries and exits as bytes, targets as doubles.
pub type Signal = Either<Uint8Array, Float64Array>;

/// What a run is asked to do, from its JSON. Signals, which stand beside it, are read here and now: they may change once
/// the call has returned.
pub fn read_dynamic(text: &str, prepared: &Prepared, signals: &[Signal]) -> Result<Dynamic> {
    let value = parse(text)?;
    let arrays: Vec<SignalArray<'_>> = signals
        .iter()
        .map(|signal| match signal {
            Either::A(flags) => SignalArray::Flags(flags),
            Either::B(targets) => SignalArray::Targets(targets),
        })
        .collect();
    Dynamic::read_over(&Field::root(&value), prepared, &arrays)
}

/// A native strategy, or none.
pub fn native(dynamic: &Dynamic) -> Result<Native> {
    match &dynamic.strategy {
        StrategyChoice::None => Ok(Native::Idle(Idle)),
        StrategyChoice::Native(strategy) => Ok((**strategy).clone()),
        StrategyChoice::Foreign => Err(Error::bug("a JavaScript strategy without JavaScript")),
    }
}

fn run_native(prepared: &Arc<Prepared>, dynamic: Dynamic, stop: &AtomicBool, done: &AtomicU64) -> Result<(Outcome, f64), Halt> {
    let start = Instant::now();
    let strategy = native(&dynamic)?;
    let mut run = Run::new(Arc::clone(prepared), dynamic, strategy)?;
    while run.advance(STEPS_THREAD)? == Status::Running {
        done.store(run.rows_applied(), Ordering::Relaxed);
        if stop.load(Ordering::Relaxed) {
            return Err(job::stopped().into());
        }
    }
    let (outcome, _) = run.finish()?;
    Ok((outcome, start.elapsed().as_secs_f64() * 1e3))
}

/// A run of a native strategy, here and now.
#[napi(catch_unwind, ts_return_type = "object")]
pub fn run_native_sync(
    env: Env,
    prepared: ClassInstance<PreparedData>,
    dynamic: String,
    #[napi(ts_arg_type = "(Uint8Array | Float64Array)[]")] signals: Vec<Signal>,
) -> napi::Result<Value> {
    guard(env, || {
        let prepared = prepared.get()?;
        let dynamic = read_dynamic(&dynamic, &prepared, &signals)?;
        let id = dynamic.id.clone();
        let (outcome, took) = run_native(&prepared, dynamic, &AtomicBool::new(false), &AtomicU64::new(0))?;
        columns::outcome(&Js::new(env), &prepared.venue, &id, &outcome, took).map_err(napi_failed)
    })
}

/// A run of a native strategy on a thread of its own.
#[napi(js_name = "NativeJob")]
pub struct Job {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
}

#[napi]
impl Job {
    /// A job before its start.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env) -> napi::Result<Self> {
        guard(env, || Ok(Self { stop: job::stop_flag(env).map_err(napi_failed)?, done: Arc::default() }))
    }

    /// Starts it; resolves with the outcome, or an error object.
    #[napi(catch_unwind, ts_return_type = "Promise<object | Error>")]
    pub fn start(
        &self,
        env: Env,
        prepared: ClassInstance<PreparedData>,
        dynamic: String,
        #[napi(ts_arg_type = "(Uint8Array | Float64Array)[]")] signals: Vec<Signal>,
    ) -> napi::Result<Value> {
        guard(env, || {
            let prepared = prepared.get()?;
            let dynamic = read_dynamic(&dynamic, &prepared, &signals)?;
            let id = dynamic.id.clone();
            let (stop, done) = (Arc::clone(&self.stop), Arc::clone(&self.done));
            let shared = Arc::clone(&prepared);
            let work = move || run_native(&shared, dynamic, &stop, &done);
            job::spawn(env, work, move |js, (outcome, took)| columns::outcome(js, &prepared.venue, &id, &outcome, took)).map_err(napi_failed)
        })
    }

    /// Market rows applied so far.
    #[napi(getter, catch_unwind)]
    pub fn done(&self) -> f64 {
        self.done.load(Ordering::Relaxed) as f64
    }

    /// Stops it soon.
    #[napi(catch_unwind)]
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
