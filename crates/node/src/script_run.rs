//! The native class behind a back-test whose strategy is JavaScript, which runs in slices. In a slice JavaScript has the loop: it
//! calls [a function](next_event_function) of ours until the slice is over, and each time the hook that this names. A call in that direction costs half of
//! one in the other.

use crate::calls::{Calls, Held, which};
use crate::columns;
use crate::depth;
use crate::error::guard;
use crate::js::{Js, Value};
use crate::layout::{DRAINED, PAUSED};
use crate::lease::Lease;
use crate::market_data::napi_failed;
use crate::prepared::PreparedData;
use crate::run::read_dynamic;
use crate::scope::Scope;
use crate::strategy::Script;
use haggle_backtest::{Prepared, Run, Status};
use haggle_engine::Halt;
use haggle_model::{Code, Error, Result};
use napi::bindgen_prelude::{ClassInstance, Object};
use napi::{Env, sys};
use napi_derive::napi;
use std::cell::{Cell, RefCell};
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows between two looks at the clock, at most: callbacks that were fast so far may become slow with the next one.
const STEPS_MAX: u64 = 64;
/// Rows before the first look.
const STEPS_FIRST: u64 = 8;

thread_local! {
    /// The slices that are running. There would be more than one where a callback starts a run of its own, which the facade refuses.
    #[allow(clippy::vec_box, reason = "each is taken out and put back once an event")]
    static SLICES: RefCell<Vec<Box<Slice>>> = const { RefCell::new(Vec::new()) };
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Running,
    Drained,
    Over,
}

/// What a run and its slice both see.
struct Shared {
    /// Taken out while it runs, so a call from inside a callback finds none.
    state: RefCell<Option<Box<Run<Script>>>>,
    phase: Cell<Phase>,
    has_thrown: Cell<bool>,
}

/// A run whose strategy is JavaScript.
#[napi(js_name = "NativeRun")]
pub struct ScriptRun {
    shared: Rc<Shared>,
    prepared: RefCell<Option<Arc<Prepared>>>,
    id: String,
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
            let shape = (prepared.setup.market_specs.len(), prepared.setup.valuation.assets.len());
            let lease = Lease::take(shape.0, shape.1);
            let id = dynamic.id.clone();
            let run = Run::new(Arc::clone(&prepared), dynamic, Script::new(lease.block.clone(), &has))?;
            let state = RefCell::new(Some(Box::new(run)));
            let shared = Rc::new(Shared { state, phase: Cell::new(Phase::Idle), has_thrown: Cell::new(false) });
            Ok(Self { shared, prepared: RefCell::new(Some(prepared)), id, lease: RefCell::new(Some(lease)) })
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
        self.shared.state.borrow().as_ref().map_or(0.0, |run| run.rows_applied() as f64)
    }

    /// Begins a slice of about `budget` ms; `nextEvent` goes through it.
    #[napi(catch_unwind)]
    pub fn begin_slice(&self, env: Env, budget: f64, hooks: Object) -> napi::Result<()> {
        guard(env, || {
            let mut turn = self.take()?;
            turn.run.strategy_mut().set_held(Some(Held::of(env, &hooks)?));
            let budget = Duration::from_secs_f64((budget / 1e3).clamp(0.0, 1e6));
            let shown = depth::Shown::of(turn.run.engine());
            let slice = Slice { turn, _shown: shown, start: Instant::now(), budget, steps: STEPS_FIRST, left: STEPS_FIRST };
            SLICES.with_borrow_mut(|slices| slices.push(Box::new(slice)));
            Ok(())
        })
    }

    /// The slice came to a throw. If it was the strategy's, in a hook that `nextEvent` had named, the run is over now.
    #[napi(catch_unwind)]
    pub fn break_off(&self) {
        let slices = SLICES.with_borrow_mut(|slices| {
            let at = slices.iter().position(|slice| Rc::ptr_eq(&slice.turn.shared, &self.shared));
            at.map_or_else(Vec::new, |at| slices.split_off(at))
        });
        for mut slice in slices.into_iter().rev() {
            slice.turn.shared.has_thrown.set(true);
            slice.turn.run.strategy_mut().shut();
            slice.turn.run.strategy_mut().set_held(None);
        }
    }

    /// Ends the run, calls `onStop`, and hands over all that it leaves.
    #[napi(catch_unwind, ts_return_type = "object")]
    pub fn finish(&self, env: Env, hooks: Object, duration_ms: f64) -> napi::Result<Value> {
        guard(env, || {
            let calls = Calls::of(env, &hooks)?;
            let Turn { mut run, shared, end } = self.take()?;
            run.strategy_mut().set_calls(Some(calls));
            let result = {
                let _scope = Scope::open(env.raw());
                run.finish()
            };
            shared.has_thrown.set(matches!(result, Err(Halt::Thrown)));
            drop(end);
            let (outcome, _) = result?;
            let prepared = self.prepared.borrow().clone().ok_or_else(over)?;
            columns::outcome(&Js::new(env), &prepared.setup, &self.id, &outcome, duration_ms).map_err(napi_failed)
        })
    }

    /// Whether the strategy threw: then what the last call threw is a value of its own, and none of ours.
    #[napi(getter, catch_unwind)]
    pub fn has_thrown(&self) -> bool {
        self.shared.has_thrown.get()
    }

    /// Gives the block back and lets go of the data; the run is over.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        if self.shared.phase.get() == Phase::Running {
            return;
        }
        *self.shared.state.borrow_mut() = None;
        *self.prepared.borrow_mut() = None;
        self.shared.phase.set(Phase::Over);
        *self.lease.borrow_mut() = None;
    }

    fn take(&self) -> Result<Turn> {
        match self.shared.phase.get() {
            Phase::Running => return Err(Error::new(Code::Reentrant, "the run is in use: it was called from inside one of its callbacks")),
            Phase::Over => return Err(over()),
            Phase::Idle | Phase::Drained => {}
        }
        let run = self.shared.state.borrow_mut().take().ok_or_else(over)?;
        self.shared.phase.set(Phase::Running);
        Ok(Turn { run, shared: Rc::clone(&self.shared), end: End(Rc::clone(&self.shared)) })
    }
}

fn over() -> Error {
    Error::new(Code::Closed, "the run is over")
}

/// A run out of its cell.
struct Turn {
    run: Box<Run<Script>>,
    shared: Rc<Shared>,
    end: End,
}

/// However the time ends in which a run is out of its cell, the run is over unless its caller says otherwise after it: a throw, a bad
/// command or a panic drops the state where it is.
struct End(Rc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.phase.set(Phase::Over);
    }
}

/// A slice that is running.
struct Slice {
    turn: Turn,
    /// Lets a callback that JavaScript calls look at levels of books.
    _shown: depth::Shown,
    start: Instant,
    budget: Duration,
    steps: u64,
    left: u64,
}

impl Slice {
    /// Goes on up to the next hook or the end of the slice, looking at the clock so often that slow callbacks do not exceed the
    /// budget by much.
    #[inline]
    fn advance(&mut self) -> Result<Status, Halt> {
        loop {
            let status = self.turn.run.advance_by(&mut self.left)?;
            if status != Status::Running || self.start.elapsed() >= self.budget {
                return Ok(status);
            }
            self.steps = (self.steps * 2).min(STEPS_MAX);
            self.left = self.steps;
        }
    }

    /// Puts the run back.
    fn end(self, status: Status) {
        let Turn { mut run, shared, end } = self.turn;
        run.strategy_mut().set_held(None);
        drop(end);
        shared.phase.set(if status == Status::Drained { Phase::Drained } else { Phase::Idle });
        *shared.state.borrow_mut() = Some(run);
    }
}

/// A function that goes on with the slice that runs: what the last hook asked for, and then up to the next hook, of which it returns
/// the number, or to the end of the slice. It is a bare one, since napi's glue around an export costs as much as the call.
#[napi(catch_unwind, ts_return_type = "() => number")]
pub fn next_event_function(env: Env) -> napi::Result<Value> {
    let mut function = ptr::null_mut();
    // SAFETY: the environment is that of the call that is running; no name and no data are handed over.
    let status = unsafe { sys::napi_create_function(env.raw(), ptr::null(), 0, Some(next_event), ptr::null_mut(), &raw mut function) };
    if status == sys::Status::napi_ok { Ok(Value(function)) } else { Err(napi::Error::from_status(napi::Status::from(status))) }
}

/// Returns null where an exception is pending.
extern "C" fn next_event(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    let number = guard(Env::from_raw(env), next_hook);
    let mut value = ptr::null_mut();
    if let Ok(number) = number {
        // SAFETY: the environment is that of this call.
        unsafe { sys::napi_create_uint32(env, number, &raw mut value) };
    }
    value
}

fn next_hook() -> Result<u32, Halt> {
    let Some(mut slice) = SLICES.with_borrow_mut(Vec::pop) else { return Err(Error::bug("no slice is running").into()) };
    match slice.advance() {
        Ok(Status::Waiting) => {
            let hook = slice.turn.run.strategy_mut().waiting();
            depth::show(slice.turn.run.engine());
            SLICES.with_borrow_mut(|slices| slices.push(slice));
            hook.map(|hook| hook as u32).ok_or_else(|| Error::bug("a strategy waits for nothing").into())
        }
        Ok(status) => {
            slice.end(status);
            Ok(if status == Status::Drained { DRAINED } else { PAUSED })
        }
        Err(halt) => {
            slice.turn.shared.has_thrown.set(matches!(halt, Halt::Thrown));
            slice.turn.run.strategy_mut().set_held(None);
            Err(halt)
        }
    }
}
