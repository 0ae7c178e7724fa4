//! A system on the thread that its JavaScript strategy lives on: every call runs it as far as it goes, and returns.

use super::{Operation, closed};
use crate::block::Block;
use crate::calls::{Calls, which};
use crate::convert::due_millis;
use crate::lease::Lease;
use crate::scope::Scope;
use crate::strategy::Script;
use haggle_backtest::{Dynamic, Outcome, RunSetup};
use haggle_engine::Halt;
use haggle_engine::State;
use haggle_live::{AuditUpdates, Ending, Live, Names};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Code, Decimal, Error, Result};
use napi::Env;
use napi::bindgen_prelude::Object;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// A system on this thread. It is taken out of its cell while it runs, so a call from inside a callback finds none.
pub struct Here {
    live: RefCell<Option<Box<Live<Script>>>>,
    lease: RefCell<Option<Lease>>,
    is_in_use: Cell<bool>,
    has_thrown: Cell<bool>,
}

impl Here {
    pub fn new(
        setup: &RunSetup,
        dynamic: Dynamic,
        hooks: &Object,
        start: Option<Nanos>,
        is_trading_enabled: bool,
    ) -> Result<(Self, Arc<Names>)> {
        let lease = Lease::take(setup.market_specs.len(), setup.valuation.assets.len());
        let live = Live::new(setup, dynamic, Script::new(lease.block.clone(), &which(hooks)), start)?.with_trading(is_trading_enabled);
        let names = Arc::clone(live.names());
        let here = Self {
            live: RefCell::new(Some(Box::new(live))),
            lease: RefCell::new(Some(lease)),
            is_in_use: Cell::new(false),
            has_thrown: Cell::new(false),
        };
        Ok((here, names))
    }

    pub fn is_running(&self) -> bool {
        self.is_in_use.get() || self.live.borrow().is_some()
    }

    pub fn has_thrown(&self) -> bool {
        self.has_thrown.get()
    }

    pub fn block(&self) -> Result<Block> {
        self.lease.borrow().as_ref().map(|lease| lease.block.clone()).ok_or_else(closed)
    }

    pub fn check_open(&self) -> Result<()> {
        if self.is_in_use.get() {
            return Err(Error::new(Code::Reentrant, "the system is in use: it was called from inside one of its callbacks")
                .hint("a strategy trades through its context; from outside, wait until the callback has returned"));
        }
        if self.live.borrow().is_some() { Ok(()) } else { Err(closed()) }
    }

    /// In milliseconds; infinite where nothing is to come.
    pub fn next_time(&self) -> f64 {
        due_millis(self.live.borrow().as_ref().map(|live| live.next_time()).filter(|time| *time != NEVER))
    }

    pub fn state(&self) -> Result<State> {
        self.check_open()?;
        self.live.borrow().as_ref().map(|live| live.state()).ok_or_else(closed)
    }

    pub fn take_audit(&self, capacity: usize) -> Result<AuditUpdates> {
        self.check_open()?;
        self.live.borrow_mut().as_mut().map(|live| AuditUpdates::of(live, capacity)).ok_or_else(closed)
    }

    pub fn run(&self, env: Env, hooks: &Object, operation: Operation) -> Result<(), Halt> {
        let mut live = self.take()?;
        let result = self.with_calls(env, hooks, &mut live, |live| carry_out(live, operation));
        // A request that makes no sense is its sender's error; anything else ends the system.
        let goes_on = match &result {
            Ok(()) => true,
            Err(Halt::Error(error)) => error.code.is_input(),
            Err(Halt::Thrown) => false,
        };
        if goes_on {
            *self.live.borrow_mut() = Some(live);
        } else {
            *self.lease.borrow_mut() = None;
        }
        result
    }

    pub fn end(&self, env: Env, hooks: &Object, ending: Ending, risk_free_return: Option<Decimal>) -> Result<Outcome, Halt> {
        let mut live = self.take()?;
        if let Some(rate) = risk_free_return {
            live.set_risk_free_return(rate);
        }
        live.strategy_mut().set_calls(Some(Calls::of(env, hooks)?));
        let _turn = Turn::of(self);
        let result = {
            let _scope = Scope::open(env.raw());
            match ending {
                Ending::Finish => live.finish(),
                Ending::Shutdown(open_orders) => live.shutdown(open_orders),
            }
        };
        self.has_thrown.set(matches!(result, Err(Halt::Thrown)));
        *self.lease.borrow_mut() = None;
        Ok(result?.0)
    }

    pub fn abort(&self) -> Result<()> {
        if self.is_in_use.get() {
            return self.check_open();
        }
        *self.live.borrow_mut() = None;
        *self.lease.borrow_mut() = None;
        Ok(())
    }

    fn take(&self) -> Result<Box<Live<Script>>> {
        self.check_open()?;
        self.live.borrow_mut().take().ok_or_else(closed)
    }

    fn with_calls(
        &self,
        env: Env,
        hooks: &Object,
        live: &mut Live<Script>,
        work: impl FnOnce(&mut Live<Script>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        live.strategy_mut().set_calls(Some(Calls::of(env, hooks)?));
        let _turn = Turn::of(self);
        let _scope = Scope::open(env.raw());
        let result = work(live);
        live.strategy_mut().set_calls(None);
        self.has_thrown.set(matches!(result, Err(Halt::Thrown)));
        result
    }
}

fn carry_out(live: &mut Live<Script>, operation: Operation) -> Result<(), Halt> {
    match operation {
        Operation::Inputs(inputs) => inputs.iter().try_for_each(|input| live.handle(input)),
        Operation::Store(store) => {
            live.feed_store(&store)?;
            live.catch_up()
        }
        Operation::Advance(by) => live.advance_by(by),
        Operation::KeepTime(now) => live.advance_to(now.max(live.now())),
    }
}

/// The time in which the system runs, however that ends.
struct Turn<'a>(&'a Here);

impl<'a> Turn<'a> {
    fn of(here: &'a Here) -> Self {
        here.is_in_use.set(true);
        Self(here)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.is_in_use.set(false);
    }
}
