//! Native runs: here and now, and on a thread.

use crate::columns;
use crate::error::guard;
use crate::job;
use crate::js::{Js, Value};
use crate::list::List;
use crate::market_data::napi_failed;
use crate::prepared::PreparedData;
use haggle_backtest::{Dynamic, Prepared, SignalArray};
use haggle_batch::run_native;
use haggle_model::Result;
use haggle_model::read::{Field, parse};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, Float64Array, Uint8Array};
use napi_derive::napi;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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

/// A run of a native strategy, here and now.
#[napi(catch_unwind, ts_return_type = "object")]
pub fn run_native_sync(
    env: Env,
    prepared: ClassInstance<PreparedData>,
    dynamic: String,
    #[napi(ts_arg_type = "(Uint8Array | Float64Array)[]")] signals: List<Signal>,
) -> napi::Result<Value> {
    guard(env, || {
        let prepared = prepared.get()?;
        let dynamic = read_dynamic(&dynamic, &prepared, &signals)?;
        let id = dynamic.id.clone();
        let (outcome, took) = run_native(&prepared, dynamic, &AtomicBool::new(false), |_| {})?;
        columns::outcome(&Js::new(env), &prepared.setup, &id, &outcome, took).map_err(napi_failed)
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
        #[napi(ts_arg_type = "(Uint8Array | Float64Array)[]")] signals: List<Signal>,
    ) -> napi::Result<Value> {
        guard(env, || {
            let prepared = prepared.get()?;
            let dynamic = read_dynamic(&dynamic, &prepared, &signals)?;
            let id = dynamic.id.clone();
            let (stop, done) = (Arc::clone(&self.stop), Arc::clone(&self.done));
            let shared = Arc::clone(&prepared);
            let work = move || run_native(&shared, dynamic, &stop, |rows| done.store(rows, Ordering::Relaxed));
            job::spawn(env, work, move |js, (outcome, took)| columns::outcome(js, &prepared.setup, &id, &outcome, took))
                .map_err(napi_failed)
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
