//! One run: the virtual clock and its stages.
//!
//! At one instant each stage runs until it is empty: market rows at the exchange, expiries, requests in the order sent,
//! arrivals at the engine (rows, then account events in the order emitted), timers. What the strategy sends without
//! latency joins the requests of the same instant, and the stages run again. A boundary of the grid is sampled when the
//! instant is over; the opens of bars come last.

mod ending;
mod rows;
mod skim;
mod stages;

pub use skim::Needs;

use crate::args::Dynamic;
use crate::clock::Cursor;
use crate::equity::Sampler;
use crate::latency::Legs;
use crate::link::Link;
use crate::prepare::{Place, Prepared};
use crate::recorder::Recorder;
use crate::summary::Warning;
use haggle_engine::{Context, Engine, Halt, Interest, Strategy};
use haggle_exchange::{Exchange, Setup};
use haggle_model::time::{MILLISECOND, NEVER, Nanos};
use haggle_model::{Balance, Code, Error, ExchangeId, FeeAsset, InstrumentId, OrderEvent, Result};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// More rounds than this at one instant are a strategy that answers itself for ever.
const ROUNDS_MAX: u32 = 100_000;

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// There is more to do.
    Running,
    /// The last event has been handled; [`Run::finish`] ends it.
    Drained,
}

/// A back-test in progress.
#[derive(Debug)]
pub struct Run<S> {
    prepared: Arc<Prepared>,
    dynamic: Dynamic,
    strategy: S,
    interest: Interest,
    exchanges: Vec<Exchange>,
    links: Vec<Link>,
    engine: Engine,
    at_exchange: Cursor,
    at_engine: Cursor,
    opens: Cursor,
    timers: BinaryHeap<Reverse<(Nanos, u64, u32)>>,
    timer_count: u64,
    request_count: u64,
    /// By instrument: whether its requests take no time, as on bars longer than the latency.
    is_free: Vec<bool>,
    sampler: Sampler,
    recorder: Recorder,
    warnings: Vec<Warning>,
    /// Earliest of everything that is not in the market data.
    next_other: Nanos,
    /// Time of the last instant at which more than a market row happened.
    clock: Nanos,
    /// Latency of the last row that arrived.
    feed_latency: Nanos,
    is_started: bool,
    skimmer: skim::Skimmer,
    /// Rows before this are known to leave every account equity, until the next fill.
    safe_until: Nanos,
    look_ahead: usize,
    scratch: Vec<OrderEvent>,
    bundle: Vec<OrderEvent>,
}

impl<S: Strategy> Run<S> {
    /// A run before its first event.
    pub fn new(prepared: Arc<Prepared>, dynamic: Dynamic, strategy: S) -> Result<Self> {
        let system = &prepared.constant.system;
        let mut exchanges = Vec::with_capacity(system.exchanges.len());
        let mut links = Vec::with_capacity(system.exchanges.len());
        let mut warnings = Vec::new();
        let mut is_free = vec![false; prepared.places.len()];
        for (at, exchange) in system.exchanges.iter().enumerate() {
            let here = |asset: haggle_model::AssetId| system.assets[asset.index()].exchange == ExchangeId(at as u16);
            let fee_asset = match &exchange.execution.fees.charged_in {
                FeeAsset::Named(name) => system.find_asset(name, Some(&exchange.name)).ok(),
                FeeAsset::Quote | FeeAsset::Received => None,
            };
            exchanges.push(Exchange::new(Setup {
                execution: exchange.execution.clone(),
                specs: prepared.specs[at].clone(),
                assets: system.assets.iter().map(|asset| asset.name.clone()).collect(),
                balances: prepared.constant.balances.iter().copied().filter(|(asset, _)| here(*asset)).collect(),
                fee_asset,
                last_time: prepared.last_times[at],
            })?);
            let legs = Legs::new(exchange.execution.latency, prepared.is_arrival, dynamic.seed, at as u64)?;
            let latency = legs.request_max();
            let below = |place: &&Place| {
                place.exchange == at && prepared.bar_periods[place.instrument.index()].is_some_and(|period| latency < period)
            };
            let mut shortest = None;
            for place in prepared.places.iter().filter(below) {
                is_free[place.instrument.index()] = true;
                shortest = shortest.into_iter().chain(prepared.bar_periods[place.instrument.index()]).min();
            }
            if let Some(period) = shortest.filter(|_| latency > 0) {
                let (latency, period) = (latency / MILLISECOND, period / MILLISECOND);
                let message =
                    format!("'{}': a request latency of {latency} ms is below one bar ({period} ms) and counts as zero", exchange.name);
                warnings.push(Warning { code: "BAR_LATENCY", message });
            }
            links.push(Link::new(legs));
        }
        let balances = (0..system.assets.len()).map(|at| {
            let asset = haggle_model::AssetId(at as u16);
            exchanges[system.assets[at].exchange.index()].ledger().balance(asset)
        });
        let balances: Vec<Balance> = balances.collect();
        let engine = Engine::new(prepared.market_specs.clone(), balances, prepared.valuation.clone());
        let mut run = Self {
            interest: strategy.interest(),
            at_exchange: Cursor::new(prepared.tiling),
            at_engine: Cursor::new(prepared.tiling),
            opens: Cursor::new(prepared.tiling),
            timers: BinaryHeap::new(),
            timer_count: 0,
            request_count: 0,
            is_free,
            sampler: Sampler::new(&prepared),
            recorder: Recorder::new(&prepared.market_specs),
            warnings,
            next_other: NEVER,
            clock: Nanos::MIN,
            feed_latency: 0,
            is_started: false,
            skimmer: skim::Skimmer::default(),
            safe_until: Nanos::MIN,
            look_ahead: 0,
            scratch: Vec::new(),
            bundle: Vec::new(),
            exchanges,
            links,
            engine,
            prepared,
            dynamic,
            strategy,
        };
        run.at_exchange.read_exchange(&run.prepared.store);
        run.at_engine.read_arrival(&run.prepared.store);
        run.opens.read_open(&run.prepared.store);
        Ok(run)
    }

    /// Market rows applied so far, of [`Prepared::rows`].
    pub fn rows_applied(&self) -> u64 {
        self.at_exchange.rows(self.prepared.store.rows.len())
    }

    /// The engine's state.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The strategy.
    pub const fn strategy_mut(&mut self) -> &mut S {
        &mut self.strategy
    }

    /// Handles about `steps` market rows, and whatever happens between them.
    pub fn advance(&mut self, steps: u64) -> Result<Status, Halt> {
        if !self.is_started {
            self.start()?;
        }
        let prepared = Arc::clone(&self.prepared);
        let store = &*prepared.store;
        let mut left = steps;
        while left > 0 {
            if self.exchanges.iter().all(Exchange::is_quiet) {
                let delivered = self.run_ahead(&prepared, store, left)?;
                if delivered > 0 {
                    left -= delivered;
                    self.resume(&prepared)?;
                    continue;
                }
            }
            left -= 1;
            let (at_exchange, at_engine, open) = (self.at_exchange.time, self.at_engine.time, self.opens.time);
            let row = at_exchange.min(at_engine);
            if row < self.next_other && row <= open {
                if at_exchange <= at_engine {
                    self.apply_row(&prepared, store)?;
                } else {
                    self.deliver_row(&prepared, store)?;
                    self.resume(&prepared)?;
                }
            } else if open < self.next_other {
                self.apply_opens(&prepared, store, open)?;
            } else if self.next_other == NEVER || self.is_over() {
                return Ok(Status::Drained);
            } else {
                self.instant(&prepared, self.next_other, false)?;
            }
        }
        Ok(Status::Running)
    }

    /// After rows at the engine: goes on with an instant at which the strategy sent something without latency. Other rows of that
    /// instant still come before it.
    #[inline]
    fn resume(&mut self, prepared: &Prepared) -> Result<(), Halt> {
        let now = self.engine.now;
        if self.next_other <= now { self.instant(prepared, now, true) } else { Ok(()) }
    }

    /// Whether nothing can happen any more: timers and times in force end with the data.
    fn is_over(&self) -> bool {
        self.at_exchange.time == NEVER
            && self.at_engine.time == NEVER
            && self.opens.time == NEVER
            && self.sampler.next == NEVER
            && self.links.iter().all(Link::is_idle)
    }

    fn start(&mut self) -> Result<(), Halt> {
        self.is_started = true;
        self.engine.now = self.at_exchange.time.min(self.opens.time);
        let prepared = Arc::clone(&self.prepared);
        self.sampler.begin(self.engine.now, &prepared, &self.exchanges)?;
        let mut ctx = Context { engine: &mut self.engine, instrument: InstrumentId(0) };
        self.strategy.on_start(&mut ctx)?;
        self.post()?;
        self.find_next();
        Ok(())
    }

    /// Everything that happens at `now`, stage by stage; `resumes`: the first round has come to the arrivals already.
    fn instant(&mut self, prepared: &Prepared, now: Nanos, resumes: bool) -> Result<(), Halt> {
        let store = &*prepared.store;
        self.clock = now;
        for round in 0..ROUNDS_MAX {
            if round > 0 || !resumes {
                while self.at_exchange.time == now {
                    self.apply_row(prepared, store)?;
                }
                for at in 0..self.exchanges.len() {
                    if self.exchanges[at].next_expiry() <= now {
                        self.exchanges[at].expire(now)?;
                        self.collect(prepared, at, now)?;
                    }
                }
                self.handle_requests(prepared, now)?;
            }
            while self.at_engine.time == now {
                self.deliver_row(prepared, store)?;
            }
            self.deliver_events(now)?;
            self.fire_timers(now)?;
            let is_busy = self.at_exchange.time == now
                || self.at_engine.time == now
                || self.links.iter().any(|link| link.next_request() <= now || link.next_event() <= now)
                || self.timers.peek().is_some_and(|Reverse((time, _, _))| *time <= now);
            if is_busy {
                continue;
            }
            if self.sampler.next <= now {
                self.sampler.boundary(prepared, &self.exchanges, &self.recorder.realised)?;
            }
            if self.opens.time > now {
                self.find_next();
                return Ok(());
            }
            self.apply_opens(prepared, store, now)?;
        }
        Err(Error::new(Code::Livelock, format!("the strategy kept one instant busy for {ROUNDS_MAX} rounds"))
            .hint("with zero latency, every answer is a new event at the same time: wait for a market event or a timer")
            .into())
    }

    /// The earliest of everything that is not in the market data.
    fn find_next(&mut self) {
        let mut next = self.sampler.next;
        for link in &self.links {
            next = next.min(link.next_request()).min(link.next_event());
        }
        for exchange in &self.exchanges {
            next = next.min(exchange.next_expiry());
        }
        if let Some(Reverse((time, _, _))) = self.timers.peek() {
            next = next.min(*time);
        }
        self.next_other = next;
    }
}
