//! What a run is made of, apart from where its market rows come from: engine, exchanges, the messages between them, and the record.
//!
//! At one instant each stage runs until it is empty: market rows at the exchange, expiries, requests in the order sent,
//! arrivals at the engine (rows, then account events in the order emitted), timers. What the strategy sends without
//! latency joins the requests of the same instant, and the stages run again. A boundary of the grid is sampled when the
//! instant is over; the opens of bars come last.

mod ending;
mod stages;
mod view;

use crate::account_view::Simulated;
use crate::dynamic::Dynamic;
use crate::equity::Sampler;
use crate::recorder::Recorder;
use crate::setup::{Route, RunSetup};
use crate::simulated::SimulatedVenue;
use crate::warning::Warning;
use haggle_engine::{Engine, Event, Halt, HostedStrategy, Outgoing, Session, Tick, Venue as _};
use haggle_exchange::{Exchange, Legs, Setup};
use haggle_model::time::{MILLISECOND, NEVER, Nanos};
use haggle_model::{AccountEvent, AssetId, Balance, ExchangeId, FeeAsset, Result};
use std::sync::Arc;

/// Takes what an engine was told and did, as it happens. It must not wait: the run goes on only when it has returned.
pub trait Watcher: std::fmt::Debug + Send {
    /// Takes a tick. What is over for the engine stands in the record.
    fn watch(&mut self, tick: Tick, recorder: &Recorder);
}

/// Where market rows come from. Times are [`NEVER`] where there is no next row.
pub trait Rows<S> {
    /// When the next row is applied at its exchange.
    fn next_at_exchange(&self) -> Nanos;
    /// When the next row arrives at the engine.
    fn next_at_engine(&self) -> Nanos;
    /// When the next bar opens.
    fn next_open(&self) -> Nanos;
    /// Stage 1: the next row at its exchange.
    fn apply_row(&mut self, machine: &mut Machine<S>) -> Result<()>;
    /// Stage 4: the next row on its arrival at the engine.
    fn deliver_row(&mut self, machine: &mut Machine<S>) -> Result<(), Halt>;
    /// All opens of bars up to `now`, at their exchanges.
    fn apply_opens(&mut self, machine: &mut Machine<S>, now: Nanos) -> Result<()>;
    /// There are no more rows.
    fn stop(&mut self);
}

/// Everything in a run but its market rows.
#[derive(Debug)]
pub struct Machine<S> {
    /// What was known before the first row.
    pub setup: Arc<RunSetup>,
    /// What was asked for.
    pub dynamic: Dynamic,
    /// The engine with its strategy.
    pub session: Session<S>,
    /// The exchanges, in config order.
    pub exchanges: Vec<Exchange>,
    /// The connections to them.
    pub venues: Vec<SimulatedVenue>,
    /// Samples of equity.
    pub sampler: Sampler,
    /// What has happened.
    pub recorder: Recorder,
    /// Takes the ticks of the audit, where they are wanted.
    pub watcher: Option<Box<dyn Watcher>>,
    /// Earliest of everything that is not in the market data.
    pub next_other: Nanos,
    /// Time of the last instant at which more than a market row happened.
    pub clock: Nanos,
    /// Latency of the last row that arrived.
    pub feed_latency: Nanos,
    /// Whether something was filled since this was put back to false.
    pub has_traded: bool,
    /// Whether the account's equity was used up, so that nothing is left to decide.
    pub is_closed: bool,
    warnings: Vec<Warning>,
    scratch: Vec<AccountEvent>,
    bundle: Vec<AccountEvent>,
    outgoing: Vec<Outgoing>,
}

impl<S: HostedStrategy> Machine<S> {
    /// A machine before its first row.
    pub fn new(setup: Arc<RunSetup>, dynamic: Dynamic, strategy: S) -> Result<Self> {
        let system = &setup.constant.system;
        let mut exchanges = Vec::with_capacity(system.exchanges.len());
        let mut venues = Vec::with_capacity(system.exchanges.len());
        let markets: Vec<usize> = setup.places.iter().map(|place| place.market).collect();
        let mut warnings = Vec::new();
        for (at, exchange) in system.exchanges.iter().enumerate() {
            exchanges.push(exchange_of(&setup, at)?);
            let legs = Legs::new(exchange.execution.latency, setup.is_arrival, dynamic.seed, at as u64)?;
            let latency = legs.request_max();
            let mut simulated = SimulatedVenue::new(legs, markets.clone());
            let below =
                |place: &&Route| place.exchange == at && setup.bar_periods[place.instrument.index()].is_some_and(|period| latency < period);
            let mut shortest = None;
            for place in setup.places.iter().filter(below) {
                simulated.set_free(place.instrument, true);
                shortest = shortest.into_iter().chain(setup.bar_periods[place.instrument.index()]).min();
            }
            if let Some(period) = shortest.filter(|_| latency > 0) {
                let (latency, period) = (latency / MILLISECOND, period / MILLISECOND);
                let message =
                    format!("'{}': a request latency of {latency} ms is below one bar ({period} ms) and counts as zero", exchange.name);
                warnings.push(Warning { code: "BAR_LATENCY", message });
            }
            venues.push(simulated);
        }
        let balances =
            (0..system.assets.len()).map(|at| exchanges[system.assets[at].exchange.index()].ledger().balance(AssetId(at as u16)));
        let balances: Vec<Balance> = balances.collect();
        let mut engine = Engine::new(setup.market_specs.clone(), balances, setup.valuation.clone());
        if let Some(limits) = &dynamic.risk {
            engine.limit(limits, system)?;
        }
        Ok(Self {
            session: Session::new(engine, strategy),
            sampler: Sampler::new(&setup),
            recorder: Recorder::new(&setup.market_specs),
            watcher: None,
            next_other: NEVER,
            clock: Nanos::MIN,
            feed_latency: 0,
            has_traded: false,
            is_closed: false,
            warnings,
            scratch: Vec::new(),
            bundle: Vec::new(),
            outgoing: Vec::new(),
            exchanges,
            venues,
            setup,
            dynamic,
        })
    }

    /// Tells the strategy that it begins, at this time.
    pub fn start(&mut self, now: Nanos) -> Result<(), Halt> {
        self.sampler.begin(now, &self.setup, &Simulated { setup: &self.setup, exchanges: &self.exchanges })?;
        self.session.process(now, &Event::Start)?;
        self.post()?;
        self.find_next();
        Ok(())
    }

    /// Everything that happens at `now`, stage by stage; `resumes`: the first round has come to the arrivals already.
    pub fn instant(&mut self, rows: &mut impl Rows<S>, now: Nanos, resumes: bool) -> Result<(), Halt> {
        self.clock = now;
        let mut is_arriving = resumes;
        loop {
            if !std::mem::take(&mut is_arriving) {
                while rows.next_at_exchange() == now {
                    rows.apply_row(self)?;
                }
                self.expire(now)?;
                self.handle_requests(now)?;
                if self.is_closed {
                    rows.stop();
                }
            }
            while rows.next_at_engine() == now {
                rows.deliver_row(self)?;
            }
            self.deliver_events(now)?;
            self.session.process(now, &Event::Timers { next_row: rows.next_at_engine() })?;
            self.post()?;
            let is_busy = rows.next_at_exchange() == now
                || rows.next_at_engine() == now
                || self.venues.iter().any(|venue| venue.next_time() <= now)
                || self.session.next_timer() <= now;
            if is_busy {
                continue;
            }
            if self.sampler.next <= now {
                let account = Simulated { setup: &self.setup, exchanges: &self.exchanges };
                self.sampler.boundary(&self.setup, &account, &self.recorder.realised)?;
            }
            if rows.next_open() > now {
                self.find_next();
                return Ok(());
            }
            rows.apply_opens(self, now)?;
        }
    }

    /// Whether nothing can happen any more once there are no more rows: timers and times in force end with the data.
    pub fn is_idle(&self) -> bool {
        self.sampler.next == NEVER && self.venues.iter().all(SimulatedVenue::is_idle)
    }

    /// How long every request travels at least.
    pub fn request_min(&self) -> Nanos {
        self.venues.iter().map(SimulatedVenue::request_min).min().unwrap_or(0)
    }

    /// The earliest of everything that is not in the market data.
    pub fn find_next(&mut self) {
        let mut next = self.sampler.next;
        for venue in &self.venues {
            next = next.min(venue.next_time());
        }
        for exchange in &self.exchanges {
            next = next.min(exchange.next_expiry());
        }
        self.next_other = next.min(self.session.next_timer());
    }
}

fn exchange_of(setup: &RunSetup, at: usize) -> Result<Exchange> {
    let system = &setup.constant.system;
    let exchange = &system.exchanges[at];
    let here = |asset: AssetId| system.assets[asset.index()].exchange == ExchangeId(at as u16);
    let fee_asset = match &exchange.execution.fees.charged_in {
        FeeAsset::Named(name) => system.find_asset(name, Some(&exchange.name)).ok(),
        FeeAsset::Quote | FeeAsset::Received => None,
    };
    Exchange::new(Setup {
        execution: exchange.execution.clone(),
        specs: setup.specs[at].clone(),
        assets: system.assets.iter().map(|asset| asset.name.clone()).collect(),
        balances: setup.constant.balances.iter().copied().filter(|(asset, _)| here(*asset)).collect(),
        fee_asset,
        last_time: setup.last_times[at],
    })
}
