//! The native class behind a back-test: advanced in slices where its strategy is JavaScript, on a thread where it is native.

use crate::columns;
use crate::error::guard;
use crate::job;
use crate::js::{Js, Value};
use crate::lease::Lease;
use crate::market_data::napi_failed;
use crate::prepared::PreparedData;
use crate::scope::Scope;
use crate::strategy::{Calls, Script, which};
use haggle_backtest::{Dynamic, Outcome, Prepared, Run, SignalArray, Status, StrategyChoice};
use haggle_engine::{Halt, Idle, Native, Strategy};
use haggle_model::read::{Field, parse};
use haggle_model::{Code, Error, Result};
use napi::bindgen_prelude::{ClassInstance, Either, Float64Array, Object, Uint8Array};
use napi::Env;
use napi_derive::napi;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Rows between two looks at the clock, at most: callbacks that were fast so far may become slow with the next one.
const STEPS_MAX: u64 = 64;
/// Rows before the first look.
const STEPS_FIRST: u64 = 8;
/// Rows per handle scope, at least.
const STEPS_SCOPE: u64 = 512;
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

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Running,
    Drained,
    Over,
}

/// A run whose strategy is JavaScript. Its state is taken out while it runs, so a call from inside a callback finds none.
#[napi(js_name = "NativeRun")]
pub struct ScriptRun {
    state: RefCell<Option<Box<Run<Script>>>>,
    prepared: RefCell<Option<Arc<Prepared>>>,
    id: String,
    phase: Cell<Phase>,
    has_thrown: Cell<bool>,
    lease: RefCell<Option<Lease>>,
}

#[napi]
impl ScriptRun {
    /// A run before its first event. `hooks` has the functions of those hooks that there are.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, prepared: ClassInstance<PreparedData>, dynamic: String, hooks: Object) -> napi::Result<Self> {
        guard(env, || {
            let prepared = prepared.get()?;
            let dynamic = read_dynamic(&dynamic, &prepared, &[])?;
            let has = which(&hooks);
            let shape = (prepared.venue.market_specs.len(), prepared.venue.valuation.assets.len());
            let lease = Lease::take(shape.0, shape.1);
            let id = dynamic.id.clone();
            let run = Run::new(Arc::clone(&prepared), dynamic, Script::new(lease.block.clone(), &has))?;
            Ok(Self {
                state: RefCell::new(Some(Box::new(run))),
                prepared: RefCell::new(Some(prepared)),
                id,
                phase: Cell::new(Phase::Idle),
                has_thrown: Cell::new(false),
                lease: RefCell::new(Some(lease)),
            })
        })
    }

    /// Which memory it has leased: runs with the same number share one array buffer.
    #[napi(getter, catch_unwind)]
    pub fn block(&self, env: Env) -> napi::Result<f64> {
        guard(env, || Ok(self.lease.borrow().as_ref().ok_or_else(over)?.block.number()))
    }

    /// The memory that it shares with its strategy.
    #[napi(catch_unwind, ts_return_type = "ArrayBuffer")]
    pub fn buffer(&self, env: Env) -> napi::Result<Value> {
        guard(env, || Ok(self.lease.borrow().as_ref().ok_or_else(over)?.block.array_buffer(env)?))
    }

    /// Market rows applied so far.
    #[napi(getter, catch_unwind)]
    pub fn done(&self) -> f64 {
        self.state.borrow().as_ref().map_or(0.0, |run| run.rows_applied() as f64)
    }

    /// Runs for about `budget` ms; false once the last event has been handled.
    #[napi(catch_unwind)]
    pub fn slice(&self, env: Env, budget: f64, hooks: Object) -> napi::Result<bool> {
        guard(env, || {
            let (mut run, turn) = self.take()?;
            run.strategy_mut().set_calls(Some(Calls::of(env, &hooks)?));
            let status = turn.judge(slices(env, &mut run, budget))?;
            run.strategy_mut().set_calls(None);
            drop(turn);
            self.phase.set(if status == Status::Running { Phase::Idle } else { Phase::Drained });
            *self.state.borrow_mut() = Some(run);
            Ok(status == Status::Running)
        })
    }

    /// Ends the run, calls `onStop`, and hands over all that it leaves.
    #[napi(catch_unwind, ts_return_type = "object")]
    pub fn finish(&self, env: Env, hooks: Object, duration_ms: f64) -> napi::Result<Value> {
        guard(env, || {
            let (mut run, turn) = self.take()?;
            run.strategy_mut().set_calls(Some(Calls::of(env, &hooks)?));
            let (outcome, _) = {
                let _scope = Scope::open(env.raw());
                turn.judge(run.finish())?
            };
            drop(turn);
            let prepared = self.prepared.borrow().clone().ok_or_else(over)?;
            columns::outcome(&Js::new(env), &prepared.venue, &self.id, &outcome, duration_ms).map_err(napi_failed)
        })
    }

    /// Whether the strategy threw: then what the last call threw is a value of its own, and none of ours.
    #[napi(getter, catch_unwind)]
    pub fn has_thrown(&self) -> bool {
        self.has_thrown.get()
    }

    /// Gives the block back and lets go of the data; the run is over.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        if self.phase.get() == Phase::Running {
            return;
        }
        *self.state.borrow_mut() = None;
        *self.prepared.borrow_mut() = None;
        self.phase.set(Phase::Over);
        *self.lease.borrow_mut() = None;
    }

    fn take(&self) -> Result<(Box<Run<Script>>, Turn<'_>)> {
        match self.phase.get() {
            Phase::Running => return Err(Error::new(Code::Reentrant, "the run is in use: it was called from inside one of its callbacks")),
            Phase::Over => return Err(over()),
            Phase::Idle | Phase::Drained => {}
        }
        let run = self.state.borrow_mut().take().ok_or_else(over)?;
        self.phase.set(Phase::Running);
        Ok((run, Turn(self)))
    }
}

fn over() -> Error {
    Error::new(Code::Closed, "the run is over")
}

/// The time in which a run is out of its cell. However it ends, the run is over unless somebody says otherwise after it:
/// a throw, a bad command or a panic drops the state where it is.
struct Turn<'a>(&'a ScriptRun);

impl Turn<'_> {
    /// Notes whether it was the strategy that stopped the run.
    fn judge<T>(&self, result: Result<T, Halt>) -> Result<T, Halt> {
        self.0.has_thrown.set(matches!(result, Err(Halt::Thrown)));
        result
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.phase.set(Phase::Over);
    }
}

/// Advances until the budget is used up, looking at the clock so often that slow callbacks do not exceed it by much.
fn slices<S: Strategy>(env: Env, run: &mut Run<S>, budget_ms: f64) -> Result<Status, Halt> {
    let start = Instant::now();
    let budget = Duration::from_secs_f64((budget_ms / 1e3).clamp(0.0, 1e6));
    let mut steps = STEPS_FIRST;
    loop {
        let _scope = Scope::open(env.raw());
        let mut done = 0;
        while done < STEPS_SCOPE {
            if run.advance(steps)? == Status::Drained {
                return Ok(Status::Drained);
            }
            if start.elapsed() >= budget {
                return Ok(Status::Running);
            }
            done += steps;
            steps = (steps * 2).min(STEPS_MAX);
        }
    }
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
