//! The native class behind a running system: on the runtime where its strategy is native, on the calling thread where it is JavaScript.

mod audit;
mod here;

use crate::columns;
use crate::convert::nanos;
use crate::error::guard;
use crate::job;
use crate::js::{Js, Value};
use crate::market_data::{MarketData, napi_failed};
use audit::AuditReader;
use haggle_backtest::{Constant, Dynamic, Outcome, RunSetup, StrategyChoice};
use haggle_batch::native_strategy;
use haggle_engine::Halt;
use haggle_live::{Clock, Ending, Input, Live, Names, OpenOrders, SystemHandle};
use haggle_model::read::{Field, parse};
use haggle_model::time::Nanos;
use haggle_model::wire::{EngineEvent, Wire};
use haggle_model::{Code, Error, OrderNumber, Result};
use here::Here;
use napi::Env;
use napi::bindgen_prelude::{BigInt, ClassInstance, Object};
use napi_derive::napi;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

/// Where a system runs.
enum Seat {
    Runtime(SystemHandle),
    Here(Here),
}

/// A running system.
#[napi(js_name = "NativeSystem")]
pub struct LiveSystem {
    seat: Seat,
    /// Let go of at the end: a finalizer would come too late for a loop of systems.
    known: RefCell<Option<Known>>,
    id: String,
    started: Instant,
}

/// What is known of a system before its first row.
#[derive(Clone)]
struct Known {
    setup: Arc<RunSetup>,
    names: Arc<Names>,
}

/// What a system is asked to do, in the order in which it was asked for.
enum Operation {
    Inputs(Vec<Input>),
    Store(Arc<haggle_data::Store>),
    Advance(Nanos),
    KeepTime(Nanos),
}

#[napi]
impl LiveSystem {
    /// Starts a system. `constant` and `dynamic` are as a back-test's; `hooks` are those of a JavaScript strategy; `start` is what time it is
    /// then by a manual clock, that of the first row where it is not said.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        env: Env,
        constant: String,
        dynamic: String,
        hooks: Option<Object>,
        is_manual: bool,
        start: Option<BigInt>,
        is_trading_enabled: bool,
    ) -> napi::Result<Self> {
        guard(env, || {
            let constant = Constant::read(&Field::root(&parse(&constant)?))?;
            let dynamic = Dynamic::read(&Field::root(&parse(&dynamic)?))?;
            let start = start.map(|start| nanos(&start, "start")).transpose()?;
            let id = dynamic.id.clone();
            let setup = Arc::new(RunSetup::live(constant)?);
            let clock = if is_manual { Clock::Manual } else { Clock::Wall };
            let (seat, names) = if let (StrategyChoice::Foreign, Some(hooks)) = (&dynamic.strategy, &hooks) {
                let (here, names) = Here::new(&setup, dynamic, hooks, start, is_trading_enabled)?;
                (Seat::Here(here), names)
            } else {
                let strategy = native_strategy(&dynamic)?;
                let live = Live::new(&setup, dynamic, strategy, start)?.with_trading(is_trading_enabled);
                let names = Arc::clone(live.names());
                (Seat::Runtime(haggle_live::start(live, clock)?), names)
            };
            Ok(Self { seat, known: RefCell::new(Some(Known { setup, names })), id, started: Instant::now() })
        })
    }

    /// Whether it goes on.
    #[napi(getter, catch_unwind)]
    pub fn is_running(&self) -> bool {
        match &self.seat {
            Seat::Runtime(handle) => handle.is_running(),
            Seat::Here(here) => here.is_running(),
        }
    }

    /// Whether the strategy threw: then what the last call threw is a value of its own, and none of ours.
    #[napi(getter, catch_unwind)]
    pub fn has_thrown(&self) -> bool {
        matches!(&self.seat, Seat::Here(here) if here.has_thrown())
    }

    /// Names and increments that a strategy and the tables of a result need.
    #[napi(catch_unwind, ts_return_type = "object")]
    pub fn names(&self, env: Env) -> napi::Result<Value> {
        guard(env, || columns::names(&Js::new(env), &self.known()?.setup, "").map_err(napi_failed))
    }

    /// Which memory it has leased for its JavaScript strategy: runs with the same number share one array buffer.
    #[napi(getter, catch_unwind)]
    pub fn block(&self, env: Env) -> napi::Result<f64> {
        guard(env, || Ok(self.here()?.block()?.number()))
    }

    /// The memory that it shares with its strategy.
    #[napi(catch_unwind, ts_return_type = "ArrayBuffer")]
    pub fn buffer(&self, env: Env) -> napi::Result<Value> {
        guard(env, || Ok(self.here()?.block()?.array_buffer(env)?))
    }

    /// Sends engine events, each barter's JSON. All are read before the first is sent; returns how many market rows there were.
    #[napi(catch_unwind)]
    pub fn send(&self, env: Env, hooks: Object, events: Vec<String>) -> napi::Result<f64> {
        guard(env, || {
            self.check_open()?;
            let Known { names, .. } = self.known()?;
            let mut rows = 0.0;
            let mut inputs = Vec::with_capacity(events.len());
            for (at, event) in events.iter().enumerate() {
                let input = EngineEvent::from_text(event).and_then(|event| names.input(&event));
                let input = input.map_err(|error| if events.len() > 1 { error.within(&format!("events[{at}]")) } else { error })?;
                rows += f64::from(u8::from(matches!(input, Input::Row(_))));
                inputs.push(input);
            }
            self.run(env, &hooks, Operation::Inputs(inputs))?;
            Ok(rows)
        })
    }

    /// Feeds all rows of market data; returns how many.
    #[napi(catch_unwind)]
    pub fn feed(&self, env: Env, hooks: Object, data: ClassInstance<MarketData>) -> napi::Result<f64> {
        guard(env, || {
            self.check_open()?;
            let store = self.known()?.names.check_store(&data.store()?)?;
            let rows = store.len() as f64;
            self.run(env, &hooks, Operation::Store(store))?;
            Ok(rows)
        })
    }

    /// Moves a manual clock by nanoseconds.
    #[napi(catch_unwind)]
    pub fn advance(&self, env: Env, hooks: Object, by: BigInt) -> napi::Result<()> {
        guard(env, || self.run(env, &hooks, Operation::Advance(nanos(&by, "by")?)))
    }

    /// Lets a system on this thread come up to the time of day, in nanoseconds.
    #[napi(catch_unwind)]
    pub fn keep_time(&self, env: Env, hooks: Object, now: BigInt) -> napi::Result<()> {
        guard(env, || self.run(env, &hooks, Operation::KeepTime(nanos(&now, "now")?)))
    }

    /// When something happens next by itself at a system on this thread, in milliseconds; infinite where nothing will.
    #[napi(catch_unwind)]
    pub fn next_time(&self, env: Env) -> napi::Result<f64> {
        guard(env, || Ok(self.here()?.next_time()))
    }

    /// What the engine knows once everything that was sent before has been handled, as JSON.
    #[napi(catch_unwind)]
    pub fn state(&self, env: Env) -> napi::Result<String> {
        guard(env, || {
            let state = match &self.seat {
                Seat::Runtime(handle) => handle.state()?,
                Seat::Here(here) => here.state()?,
            };
            Ok(self.known()?.names.state_view(&state).to_string())
        })
    }

    /// The audit from now on; at most `capacity` updates wait for the reader.
    #[napi(catch_unwind, ts_return_type = "NativeAudit")]
    pub fn take_audit(&self, env: Env, capacity: u32) -> napi::Result<AuditReader> {
        guard(env, || {
            let updates = match &self.seat {
                Seat::Runtime(handle) => handle.take_audit(capacity as usize)?,
                Seat::Here(here) => here.take_audit(capacity as usize)?,
            };
            Ok(AuditReader::new(updates, self.known()?.names))
        })
    }

    /// A JavaScript strategy gave an order an id of its own.
    #[napi(catch_unwind)]
    pub fn name_order(&self, env: Env, number: u32, cid: String) -> napi::Result<()> {
        guard(env, || {
            self.known()?.names.name_order(OrderNumber(number), &cid);
            Ok(())
        })
    }

    /// A JavaScript strategy gave a timer a tag.
    #[napi(catch_unwind)]
    pub fn name_tag(&self, env: Env, tag: u32, text: String) -> napi::Result<()> {
        guard(env, || {
            self.known()?.names.name_tag(tag, &text);
            Ok(())
        })
    }

    /// Strategy and client id of an order.
    #[napi(catch_unwind)]
    pub fn order_name(&self, env: Env, number: u32) -> napi::Result<Vec<String>> {
        guard(env, || {
            let (strategy, cid) = self.known()?.names.order_name(OrderNumber(number));
            Ok(vec![strategy, cid])
        })
    }

    /// Ends it: `finish` as a back-test does with its data, `cancel` or `keep` what is done with open orders. What it leaves, or the
    /// promise of it; the promise resolves with an error object where it fails.
    #[napi(catch_unwind, ts_return_type = "object | Promise<object | Error>")]
    pub fn end(&self, env: Env, hooks: Object, how: String, risk_free_return: Option<String>) -> napi::Result<Value> {
        guard(env, || {
            let ending = match how.as_str() {
                "finish" => Ending::Finish,
                "cancel" => Ending::Shutdown(OpenOrders::Cancel),
                "keep" => Ending::Shutdown(OpenOrders::Keep),
                other => return Err(Error::bug(format!("there is no ending '{other}'")).into()),
            };
            let rate = risk_free_return
                .map(|text| haggle_backtest::read_risk_free_return(&Field::root(&serde_json::Value::String(text))))
                .transpose()?;
            let (known, id, started) = (self.known()?, self.id.clone(), self.started);
            let convert = move |js: &Js, outcome: Outcome| left(js, &known, &id, &outcome, started);
            let value = match &self.seat {
                Seat::Here(here) => {
                    here.end(env, &hooks, ending, rate).and_then(|outcome| convert(&Js::new(env), outcome).map_err(napi_failed))
                }
                Seat::Runtime(handle) => {
                    let (settle, promise) = job::promise(env, convert).map_err(napi_failed)?;
                    handle.end(ending, rate, move |outcome| settle(outcome.map_err(Halt::from)))?;
                    Ok(promise)
                }
            };
            *self.known.borrow_mut() = None;
            value
        })
    }

    /// Ends it without a word to its strategy; what was sent and not handled yet is lost.
    #[napi(catch_unwind)]
    pub fn abort(&self, env: Env) -> napi::Result<()> {
        guard(env, || {
            match &self.seat {
                Seat::Runtime(handle) => handle.abort(),
                Seat::Here(here) => here.abort()?,
            }
            *self.known.borrow_mut() = None;
            Ok(())
        })
    }
}

impl LiveSystem {
    fn known(&self) -> Result<Known> {
        self.known.borrow().clone().ok_or_else(closed)
    }

    fn here(&self) -> Result<&Here> {
        match &self.seat {
            Seat::Here(here) => Ok(here),
            Seat::Runtime(_) => Err(Error::bug("the system does not run on this thread")),
        }
    }

    /// Refuses input to a system that is over before a name in it is taken.
    fn check_open(&self) -> Result<()> {
        match &self.seat {
            Seat::Runtime(handle) if !handle.is_running() => Err(closed()),
            Seat::Here(here) => here.check_open(),
            Seat::Runtime(_) => Ok(()),
        }
    }

    fn run(&self, env: Env, hooks: &Object, operation: Operation) -> Result<(), Halt> {
        match &self.seat {
            Seat::Here(here) => {
                let result = here.run(env, hooks, operation);
                if !here.is_running() {
                    *self.known.borrow_mut() = None;
                }
                result
            }
            Seat::Runtime(handle) => {
                match operation {
                    Operation::Inputs(inputs) => handle.handle(inputs)?,
                    Operation::Store(store) => handle.feed_store(store)?,
                    Operation::Advance(by) => handle.advance(by)?,
                    Operation::KeepTime(_) => return Err(Error::bug("the runtime keeps the time by itself").into()),
                }
                Ok(())
            }
        }
    }
}

/// What a system leaves: a back-test's columns, and what others called its orders.
fn left(js: &Js, Known { setup, names }: &Known, id: &str, outcome: &Outcome, started: Instant) -> napi::Result<Value> {
    let object = columns::outcome(js, setup, id, outcome, started.elapsed().as_secs_f64() * 1e3)?;
    let given = names.given().into_iter().map(|(number, strategy, cid)| serde_json::json!([number.0, strategy, cid]));
    js.set(object, "given", js.text(&serde_json::Value::Array(given.collect()).to_string())?)?;
    Ok(object)
}

pub(crate) fn closed() -> Error {
    Error::new(Code::Closed, "the system has ended")
}
