//! The same machine, steered from outside: rows are fed, the clock is moved, commands are sent. It has no clock of its own, so
//! under a manual clock it gives a back-test's result to the digit.
//!
//! It stands beside the back-test, and not above it, because both are made of the same stages; who reads the time of day, and on
//! which thread, is decided above.

mod input;

use crate::command::{Cancel, Command};
use crate::feed::Fed;
use crate::watcher::{Completing, Sink};
use crate::wire::{Names, on_grid};
use haggle_backtest::{Dynamic, Machine, Outcome, RunSetup};
use haggle_data::Store;
use haggle_engine::{Commanded, Draft, Engine, Event, Follower, Halt, HostedStrategy, InstrumentFilter, State};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Decimal, Error, MarketRow, OrderNumber, Result};
use std::sync::Arc;

/// What a graceful end does with orders that work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenOrders {
    /// They are cancelled, and the answers awaited.
    #[default]
    Cancel,
    /// They are left as they are.
    Keep,
}

/// A system that runs as its caller moves the clock.
#[derive(Debug)]
pub struct Live<S> {
    machine: Machine<S>,
    rows: Fed,
    names: Arc<Names>,
    /// When it starts; `None`: with the first row.
    start: Option<Nanos>,
    /// Everything up to here has happened; [`Nanos::MIN`] before the start.
    now: Nanos,
    is_started: bool,
}

impl<S: HostedStrategy> Live<S> {
    /// A system before its first event; `start`: what time it is then, that of the first row where it is not said.
    pub fn new(setup: &RunSetup, dynamic: Dynamic, strategy: S, start: Option<Nanos>) -> Result<Self> {
        // No row is known to be the last one.
        let setup = RunSetup { last_times: vec![NEVER; setup.last_times.len()], ..setup.clone() };
        let setup = Arc::new(setup);
        let names = Arc::new(Names::of(Arc::clone(&setup), &dynamic.id)?);
        let mut machine = Machine::new(setup, dynamic, strategy)?;
        let rows = Fed::new(&mut machine);
        Ok(Self { machine, rows, names, start, now: start.unwrap_or(Nanos::MIN), is_started: false })
    }

    /// What the engine knows.
    pub const fn engine(&self) -> &Engine {
        &self.machine.session.engine
    }

    /// Config and grids.
    pub fn setup(&self) -> &RunSetup {
        &self.machine.setup
    }

    /// What its things are called.
    pub const fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// What the engine knows, to be kept or sent away.
    pub fn state(&self) -> State {
        State::of(&self.machine.session.engine, self.machine.session.sequence())
    }

    /// Sets the risk-free return of a year, as a fraction, that the outcome's statistics are to count with.
    pub const fn set_risk_free_return(&mut self, rate: Decimal) {
        self.machine.dynamic.risk_free_return = rate;
    }

    /// The strategy.
    pub const fn strategy_mut(&mut self) -> &mut S {
        &mut self.machine.session.strategy
    }

    /// Up to when everything has happened; [`Nanos::MIN`] before a start that waits for the first row.
    pub const fn now(&self) -> Nanos {
        self.now
    }

    /// From now on `sink` gets every tick, and no other reader does. Returns a copy of the engine that follows it by these ticks.
    pub fn attach(&mut self, sink: Box<dyn Sink>) -> Follower {
        self.machine.watcher = Some(Box::new(Completing(sink)));
        self.machine.session.make_ticks(true);
        Follower::new(&self.machine.session.engine, self.machine.session.sequence())
    }

    /// Rows that the engine was told of.
    pub const fn rows_delivered(&self) -> u64 {
        self.rows.delivered
    }

    /// When the next thing happens of those that are known; [`NEVER`]: nothing will before the next request.
    pub fn next_time(&self) -> Nanos {
        self.rows.next().min(self.machine.next_other)
    }

    /// Feeds rows, in load order; what should have come before now comes now. Nothing happens before the clock is moved. Returns how
    /// many were taken: crossed quotes are not.
    ///
    /// Errors: `INVALID_DATA` for a row that no market has, `INVALID_ARGUMENT` for an instrument that there is not; rows before it stay fed.
    pub fn feed(&mut self, rows: impl IntoIterator<Item = MarketRow>) -> Result<u64> {
        self.rows.push(&mut self.machine, rows, self.now)
    }

    /// Feeds a store, on the ticks and lots of the config.
    ///
    /// Errors: `UNKNOWN_NAME` for an instrument that the config does not have, `INVALID_DATA` for a price or size off its grid; nothing is fed
    /// then.
    pub fn feed_store(&mut self, store: &Arc<Store>) -> Result<u64> {
        let (store, matched) = on_grid(&self.machine.setup, store)?;
        self.rows.push_store(&mut self.machine, &store, &matched, self.now)
    }

    /// Lets everything happen up to `time`, which is included. A time that is gone by changes nothing.
    pub fn advance_to(&mut self, time: Nanos) -> Result<(), Halt> {
        self.begin(time)?;
        self.run(time)?;
        self.now = self.now.max(time);
        Ok(())
    }

    /// The same for `by` from now; before the start, from the first row.
    pub fn advance_by(&mut self, by: Nanos) -> Result<(), Halt> {
        self.begin(self.now)?;
        let time = self.now.checked_add(by).filter(|time| *time < NEVER && by >= 0);
        self.advance_to(time.ok_or_else(|| Error::argument("by", "expected a duration not below zero that the calendar has room for"))?)
    }

    /// The same with trading on or off from the start.
    #[must_use]
    pub fn with_trading(mut self, is_enabled: bool) -> Self {
        self.machine.session.engine.set_trading_enabled(is_enabled);
        self
    }

    /// Turns trading on or off; while it is off, requests of the strategy are refused, and commands still work.
    pub fn set_trading_enabled(&mut self, is_enabled: bool) -> Result<(), Halt> {
        self.begin_now()?;
        self.process(&Event::TradingEnabled(is_enabled))
    }

    /// Carries a command out now, and says what left and what did not.
    ///
    /// Errors: `INVALID_ARGUMENT` for an order that cannot be, `UNKNOWN_NAME` for a cancel of one that never was; then nothing was done.
    pub fn command(&mut self, command: &Command) -> Result<Commanded, Halt> {
        self.begin_now()?;
        let now = self.machine.session.engine.now;
        let output = match command {
            Command::SendOpenRequests(requests) => {
                let first = self.machine.session.engine.order_count();
                let drafts: Vec<Draft> = requests.iter().map(|request| request.draft).collect();
                let output = self.machine.session.command(now, &haggle_engine::Command::SendOpenRequests(drafts))?;
                // Each takes one number, also those that did not leave.
                for (number, request) in (first..).map(OrderNumber).zip(requests) {
                    self.names.take_number(number, request);
                }
                output
            }
            Command::SendCancelRequests(requests) => {
                let find = |(at, cancel): (usize, &Cancel)| {
                    let found = self.names.find_number(&cancel.order);
                    let order = found.map_err(|error| error.within(&format!("requests[{at}].key")))?;
                    Ok(haggle_engine::Cancel { order, id: cancel.id })
                };
                let cancels = requests.iter().enumerate().map(find).collect::<Result<Vec<_>>>()?;
                self.machine.session.command(now, &haggle_engine::Command::SendCancelRequests(cancels))?
            }
            Command::ClosePositions(filter) => {
                self.machine.session.command(now, &haggle_engine::Command::ClosePositions(filter.clone()))?
            }
            Command::CancelOrders(filter) => self.machine.session.command(now, &haggle_engine::Command::CancelOrders(filter.clone()))?,
        };
        self.machine.post()?;
        self.machine.find_next();
        self.run(self.now)?;
        Ok(output)
    }

    /// Tells the engine of something outside of the market rows, now.
    fn process(&mut self, event: &Event<'_>) -> Result<(), Halt> {
        let now = self.machine.session.engine.now;
        self.machine.session.process(now, event)?;
        Ok(self.machine.post()?)
    }

    /// Ends as a back-test does with its data: rows that were fed still come, what is under way arrives, then `onStop`, and open orders
    /// expire.
    pub fn finish(mut self) -> Result<(Outcome, S), Halt> {
        self.begin(self.now)?;
        self.end_rows();
        while !(self.rows.is_empty() && self.machine.is_idle()) && self.step(NEVER - 1)? {}
        self.names.see_count(self.machine.session.engine.order_count());
        let last = self.rows.last_times.iter().flatten().copied().max().unwrap_or(Nanos::MIN);
        self.machine.finish(self.now.max(last), self.rows.delivered)
    }

    /// Ends gracefully: the strategy can ask for nothing more, rows whose time has not come are dropped, orders are cancelled or kept,
    /// and what is under way arrives; then it ends like [`Live::finish`].
    pub fn shutdown(mut self, open_orders: OpenOrders) -> Result<(Outcome, S), Halt> {
        self.set_trading_enabled(false)?;
        self.rows.drop_after(self.now);
        if open_orders == OpenOrders::Cancel {
            self.command(&Command::CancelOrders(InstrumentFilter::None))?;
        }
        self.finish()
    }

    /// Tells the strategy that it begins, once: at the time that was given, or with the first row.
    fn begin(&mut self, time: Nanos) -> Result<(), Halt> {
        if self.is_started {
            return Ok(());
        }
        self.is_started = true;
        let first = match self.rows.next() {
            NEVER => time.max(0),
            row if time == Nanos::MIN => row,
            row => row.min(time),
        };
        self.now = self.start.unwrap_or(first);
        self.machine.start(self.now)
    }

    fn run(&mut self, time: Nanos) -> Result<(), Halt> {
        while self.step(time)? {}
        self.names.see_count(self.machine.session.engine.order_count());
        Ok(())
    }

    /// Lets the next thing happen, if its time comes up to `time`.
    fn step(&mut self, time: Nanos) -> Result<bool, Halt> {
        let next = self.next_time();
        let is_due = next <= time;
        if is_due {
            self.machine.instant(&mut self.rows, next, false)?;
        }
        Ok(is_due)
    }

    /// No more rows are fed: the exchanges fill nothing after their last one.
    fn end_rows(&mut self) {
        self.rows.is_final = true;
        for (exchange, last) in self.machine.exchanges.iter_mut().zip(&self.rows.last_times) {
            exchange.end_data(last.unwrap_or(self.now));
        }
        self.machine.sampler.stop(self.rows.last_times.iter().flatten().copied().max().unwrap_or(self.now));
        if self.rows.has_arrived() {
            self.machine.end_data();
        }
        self.machine.find_next();
    }
}
