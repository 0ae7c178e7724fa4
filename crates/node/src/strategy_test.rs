//! The native class behind a strategy under test: its engine beside a mock client, on the calling thread.

use crate::block::Block;
use crate::calls::{Calls, which};
use crate::client::{Held, MockClient};
use crate::convert::{due_millis, nanos};
use crate::error::guard;
use crate::js::Value;
use crate::lease::Lease;
use crate::market_data::MarketData;
use crate::scope::Scope;
use crate::strategy::Script;
use haggle_client::{Client, ClientIds, StrategyTest};
use haggle_engine::{Halt, RiskLimits};
use haggle_model::read::{Field, parse};
use haggle_model::{Code, Error, Result};
use napi::Env;
use napi::bindgen_prelude::{BigInt, ClassInstance, Object};
use napi_derive::napi;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A strategy and its engine beside a mock client. It is taken out of its cell while it runs, and does not come back from an error: the
/// client goes on without it then.
#[napi(js_name = "NativeStrategyTest")]
pub struct NodeStrategyTest {
    client: Rc<Held>,
    test: RefCell<Option<Box<StrategyTest<Script>>>>,
    lease: RefCell<Option<Lease>>,
    ids: ClientIds,
    has_thrown: Cell<bool>,
}

#[napi]
impl NodeStrategyTest {
    /// For a strategy that has these hooks; `risk`: the limits that its orders are held against, as JSON.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, client: ClassInstance<MockClient>, hooks: Object, risk: Option<String>) -> napi::Result<Self> {
        guard(env, || {
            let client = client.shared();
            let risk = risk.map(|text| RiskLimits::read(&Field { value: &parse(&text)?, path: "risk".to_owned() })).transpose()?;
            let (lease, test) = {
                let mut client = client.get()?;
                let system = client.map().system();
                let lease = Lease::take(system.instruments.len(), system.assets.len());
                let test = StrategyTest::new(&mut client, Script::new(lease.block.clone(), &which(&hooks)), risk.as_ref())?;
                (lease, test)
            };
            let ids = test.ids();
            let (test, lease) = (RefCell::new(Some(Box::new(test))), RefCell::new(Some(lease)));
            Ok(Self { client, test, lease, ids, has_thrown: Cell::new(false) })
        })
    }

    /// Whether the strategy goes on: false after its end, and after an error.
    #[napi(getter, catch_unwind)]
    pub fn is_running(&self) -> bool {
        self.lease.borrow().is_some()
    }

    /// Whether the strategy threw: then what the last call threw is a value of its own, and none of ours.
    #[napi(getter, catch_unwind)]
    pub fn has_thrown(&self) -> bool {
        self.has_thrown.get()
    }

    /// Which memory it has leased: runs with the same number share one array buffer.
    #[napi(getter, catch_unwind)]
    pub fn block(&self, env: Env) -> napi::Result<f64> {
        guard(env, || Ok(self.leased()?.number()))
    }

    /// The memory that it shares with its strategy.
    #[napi(catch_unwind, ts_return_type = "ArrayBuffer")]
    pub fn buffer(&self, env: Env) -> napi::Result<Value> {
        guard(env, || Ok(self.leased()?.array_buffer(env)?))
    }

    /// The strategy gave an order an id of its own.
    #[napi(catch_unwind)]
    pub fn name_order(&self, number: u32, cid: String) {
        self.ids.borrow_mut().insert(number, cid.into());
    }

    /// Tells the strategy that it begins.
    #[napi(catch_unwind)]
    pub fn start(&self, env: Env, hooks: Object) -> napi::Result<()> {
        guard(env, || self.run(env, &hooks, StrategyTest::start))
    }

    /// Tells it that it ends.
    #[napi(catch_unwind)]
    pub fn stop(&self, env: Env, hooks: Object) -> napi::Result<()> {
        guard(env, || {
            let result = self.run(env, &hooks, StrategyTest::stop);
            self.end();
            result
        })
    }

    /// Tells it what has happened, and carries what it asks for.
    #[napi(catch_unwind)]
    pub fn catch_up(&self, env: Env, hooks: Object) -> napi::Result<()> {
        guard(env, || self.run(env, &hooks, StrategyTest::catch_up))
    }

    /// Moves the client's clock by nanoseconds.
    #[napi(catch_unwind)]
    pub fn advance(&self, env: Env, hooks: Object, by: BigInt) -> napi::Result<()> {
        guard(env, || {
            let by = nanos(&by, "by")?;
            self.run(env, &hooks, |test, client| test.advance(client, by))
        })
    }

    /// Moves the client's clock to a time in nanoseconds.
    #[napi(catch_unwind)]
    pub fn advance_to(&self, env: Env, hooks: Object, time: BigInt) -> napi::Result<()> {
        guard(env, || {
            let time = nanos(&time, "time")?;
            self.run(env, &hooks, |test, client| test.advance_to(client, time))
        })
    }

    /// Replays market data up to a time, included, or to the end; returns the number of rows.
    #[napi(catch_unwind)]
    pub fn replay(&self, env: Env, hooks: Object, data: ClassInstance<MarketData>, until: Option<BigInt>) -> napi::Result<f64> {
        guard(env, || {
            let until = until.map(|until| nanos(&until, "until")).transpose()?;
            let store = data.store()?;
            Ok(self.run(env, &hooks, |test, client| test.replay(client, &store, until))? as f64)
        })
    }

    /// When the next thing happens by itself, in milliseconds; infinite where nothing will.
    #[napi(catch_unwind)]
    pub fn next_time(&self, env: Env) -> napi::Result<f64> {
        guard(env, || {
            let client = self.client.get()?;
            Ok(due_millis(self.test.borrow().as_ref().and_then(|test| test.next_time(&client))))
        })
    }
}

impl NodeStrategyTest {
    fn leased(&self) -> Result<Block> {
        self.lease.borrow().as_ref().map(|lease| lease.block.clone()).ok_or_else(closed)
    }

    fn run<T>(
        &self,
        env: Env,
        hooks: &Object,
        work: impl FnOnce(&mut StrategyTest<Script>, &mut Client) -> Result<T, Halt>,
    ) -> Result<T, Halt> {
        let mut client = self.client.get()?;
        let mut test = self.test.borrow_mut().take().ok_or_else(closed)?;
        test.strategy_mut().set_calls(Some(Calls::of(env, hooks)?));
        let result = {
            let _scope = Scope::open(env.raw());
            work(&mut test, &mut client)
        };
        test.strategy_mut().set_calls(None);
        self.has_thrown.set(matches!(result, Err(Halt::Thrown)));
        // An argument that makes no sense is its sender's error; anything else ends the strategy.
        if matches!(&result, Err(Halt::Error(error)) if error.code.is_input()) || result.is_ok() {
            *self.test.borrow_mut() = Some(test);
        } else {
            client.hang_up();
            self.end();
        }
        result
    }

    fn end(&self) {
        *self.test.borrow_mut() = None;
        *self.lease.borrow_mut() = None;
    }
}

fn closed() -> Error {
    Error::new(Code::Closed, "the strategy has ended")
}
