//! One run: the virtual clock and its stages.
//!
//! At one instant each stage runs until it is empty: market rows at the exchange, expiries, requests in the order sent,
//! arrivals at the engine (rows, then account events in the order emitted), timers. What the strategy sends without
//! latency joins the requests of the same instant, and the stages run again. A boundary of the grid is sampled when the
//! instant is over; the opens of bars come last.

use crate::args::Dynamic;
use crate::clock::Cursor;
use crate::equity::{Sampler, market_of};
use crate::latency::Legs;
use crate::link::Link;
use crate::outcome::Outcome;
use crate::prepare::{Place, Prepared};
use crate::recorder::Recorder;
use crate::summary::Warning;
use haggle_data::RowKind;
use haggle_engine::{BarView, Context, Engine, Halt, Interest, Strategy, TradeView};
use haggle_exchange::{BarRow, Exchange, Quote, Setup};
use haggle_model::time::{MILLISECOND, NEVER, Nanos};
use haggle_model::{Balance, Code, Error, ExchangeId, FeeAsset, InstrumentId, OrderEvent, OrderEventKind, OrderNumber, ReasonCode, Request, Result, Side};
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
    /// Earliest of everything that is not a market row.
    next_other: Nanos,
    /// Time of the last instant at which more than a market row happened.
    clock: Nanos,
    /// Latency of the last row that arrived.
    feed_latency: Nanos,
    rows_applied: u64,
    rows_delivered: u64,
    /// Whether any account may go bankrupt, so that rows have to be watched.
    is_watching: bool,
    is_started: bool,
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
            let below = |place: &&Place| place.exchange == at && prepared.bar_periods[place.instrument.index()].is_some_and(|period| latency < period);
            let mut shortest = None;
            for place in prepared.places.iter().filter(below) {
                is_free[place.instrument.index()] = true;
                shortest = shortest.into_iter().chain(prepared.bar_periods[place.instrument.index()]).min();
            }
            if let Some(period) = shortest.filter(|_| latency > 0) {
                let (latency, period) = (latency / MILLISECOND, period / MILLISECOND);
                let message = format!("'{}': a request latency of {latency} ms is below one bar ({period} ms) and counts as zero", exchange.name);
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
            rows_applied: 0,
            rows_delivered: 0,
            is_watching: prepared.valuation.cash_settled.contains(&true),
            is_started: false,
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
    pub const fn rows_applied(&self) -> u64 {
        self.rows_applied
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
        for _ in 0..steps {
            let (at_exchange, at_engine) = (self.at_exchange.time, self.at_engine.time);
            if at_exchange <= at_engine {
                if at_exchange < self.next_other {
                    self.apply_row(&prepared, store)?;
                    continue;
                }
            } else if at_engine < self.next_other {
                self.deliver_row(&prepared, store)?;
                continue;
            }
            let now = at_exchange.min(at_engine).min(self.next_other);
            if now == NEVER || self.is_over() {
                return Ok(Status::Drained);
            }
            self.instant(&prepared, now)?;
        }
        Ok(Status::Running)
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

    /// Stage 1: the next row at its exchange.
    #[inline]
    fn apply_row(&mut self, prepared: &Prepared, store: &haggle_data::Store) -> Result<()> {
        let at = self.at_exchange.place;
        let now = self.at_exchange.time;
        let row = &store.rows[at];
        let place = prepared.routes[usize::from(row.instrument)];
        let exchange = &mut self.exchanges[place.exchange];
        match row.kind {
            RowKind::Quote => {
                let quote = Quote { bid: row.a, bid_size: row.b, ask: store.ask(at), ask_size: row.c };
                exchange.apply_quote(place.market, quote, now)?;
            }
            RowKind::Buy => exchange.apply_print(place.market, Side::Buy, row.a, row.b, now)?,
            RowKind::Sell => exchange.apply_print(place.market, Side::Sell, row.a, row.b, now)?,
            // Where there are quotes or prints, bars tell the exchange nothing.
            RowKind::Bar if !place.is_bars => {}
            RowKind::Bar => exchange.apply_bar_close(place.market, &bar_row(&store.bars[row.a as usize]), now)?,
            RowKind::Gap => exchange.apply_gap(place.market),
        }
        self.rows_applied += 1;
        if now > self.sampler.due {
            self.sampler.row(now);
            self.next_other = self.next_other.min(self.sampler.next);
        }
        self.at_exchange.step();
        self.at_exchange.read_exchange(store);
        if self.is_watching {
            self.watch(place.exchange, now)?;
        }
        if self.exchanges[place.exchange].has_events() { self.collect(prepared, place.exchange, now) } else { Ok(()) }
    }

    /// Stage 4: the next row on its arrival at the engine.
    #[inline]
    fn deliver_row(&mut self, prepared: &Prepared, store: &haggle_data::Store) -> Result<(), Halt> {
        let at = self.at_engine.place;
        let now = self.at_engine.time;
        let row = &store.rows[at];
        let place = prepared.routes[usize::from(row.instrument)];
        let exchange_time = row.time + self.at_engine.offset;
        self.engine.now = now;
        self.feed_latency = now - exchange_time;
        self.rows_delivered += 1;
        let market = &mut self.engine.markets[place.instrument.index()];
        let wanted = match row.kind {
            RowKind::Quote => {
                market.set_quote(row.a, row.b, store.ask(at), row.c);
                self.interest.books
            }
            RowKind::Buy | RowKind::Sell => {
                market.set_last(row.a, place.has_quotes);
                self.interest.trades
            }
            RowKind::Bar => {
                if place.is_bars {
                    market.set_last(store.bars[row.a as usize].close, false);
                }
                self.interest.bars
            }
            RowKind::Gap => {
                market.set_quote(0, 0, 0, 0);
                false
            }
        };
        self.engine.touch(place.instrument);
        self.at_engine.step();
        self.at_engine.read_arrival(store);
        let is_last = self.at_engine.time == NEVER;
        if !wanted {
            if is_last {
                self.engine.refuses.get_or_insert(ReasonCode::DataEnded);
            }
            return Ok(());
        }
        let mut ctx = Context { engine: &mut self.engine, instrument: place.instrument };
        match row.kind {
            RowKind::Quote => self.strategy.on_book(&mut ctx)?,
            RowKind::Buy | RowKind::Sell => {
                let side = if row.kind == RowKind::Buy { Side::Buy } else { Side::Sell };
                self.strategy.on_trade(&mut ctx, &TradeView { price: row.a, quantity: row.b, side, time: exchange_time })?;
            }
            RowKind::Bar => {
                let bar = &store.bars[row.a as usize];
                let time_open = bar.time_open + (exchange_time - row.time);
                let view = BarView {
                    time_open,
                    time_close: exchange_time,
                    open: bar.open,
                    high: bar.high,
                    low: bar.low,
                    close: bar.close,
                    volume: bar.volume,
                };
                self.strategy.on_bar(&mut ctx, &view)?;
            }
            RowKind::Gap => {}
        }
        if !self.engine.outbox.is_empty() || !self.engine.timers.is_empty() || !self.engine.refused.is_empty() {
            self.post()?;
            self.find_next();
        }
        if is_last {
            self.engine.refuses.get_or_insert(ReasonCode::DataEnded);
        }
        Ok(())
    }

    /// Everything that happens at `now`, stage by stage.
    fn instant(&mut self, prepared: &Prepared, now: Nanos) -> Result<(), Halt> {
        let store = &*prepared.store;
        self.clock = now;
        for _ in 0..ROUNDS_MAX {
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
            while self.opens.time <= now {
                self.apply_open(prepared, now)?;
            }
        }
        Err(Error::new(Code::Livelock, format!("the strategy kept one instant busy for {ROUNDS_MAX} rounds"))
            .hint("with zero latency, every answer is a new event at the same time: wait for a market event or a timer")
            .into())
    }

    fn apply_open(&mut self, prepared: &Prepared, now: Nanos) -> Result<()> {
        let store = &*prepared.store;
        let bar = self.opens.place;
        let place = prepared.routes[usize::from(prepared.bar_instruments[bar])];
        self.opens.step();
        self.opens.read_open(store);
        if !place.is_bars {
            return Ok(());
        }
        self.exchanges[place.exchange].apply_bar_open(place.market, &bar_row(&store.bars[bar]), now)?;
        self.watch(place.exchange, now)?;
        self.collect(prepared, place.exchange, now)
    }

    /// Stage 3: requests that have arrived, in the order sent.
    fn handle_requests(&mut self, prepared: &Prepared, now: Nanos) -> Result<()> {
        loop {
            let first = self.links.iter().enumerate().filter_map(|(at, link)| link.arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            if let Some(sent) = self.links[at].receive() {
                self.exchanges[at].handle(sent.market, &sent.request, now)?;
                self.watch(at, now)?;
                self.collect(prepared, at, now)?;
            }
        }
    }

    /// Stage 4: account events that have arrived, in the order emitted, a bundle at a time.
    fn deliver_events(&mut self, now: Nanos) -> Result<(), Halt> {
        loop {
            let first = self.links.iter().enumerate().filter_map(|(at, link)| link.event_arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            let mut bundle = std::mem::take(&mut self.bundle);
            self.links[at].take_bundle(&mut bundle);
            self.engine.now = now;
            for event in &bundle {
                self.engine.apply(event)?;
            }
            let instrument = bundle.first().map_or(InstrumentId(0), |event| event.instrument);
            let mut ctx = Context { engine: &mut self.engine, instrument };
            self.strategy.on_account(&mut ctx, &bundle)?;
            self.bundle = bundle;
            self.post()?;
        }
    }

    /// Stage 5: timers, by creation. They no longer fire once the data has ended. One that a timer sets for this instant
    /// waits for the next round, so that the rounds are counted.
    fn fire_timers(&mut self, now: Nanos) -> Result<(), Halt> {
        let created = self.timer_count;
        while let Some(Reverse((_, _, tag))) = self.timers.peek().copied().filter(|Reverse((time, count, _))| *time <= now && *count < created) {
            self.timers.pop();
            if self.at_engine.time == NEVER {
                continue;
            }
            self.engine.now = now;
            let mut ctx = Context { engine: &mut self.engine, instrument: InstrumentId(0) };
            self.strategy.on_timer(&mut ctx, tag)?;
            self.post()?;
        }
        Ok(())
    }

    /// Sends what the strategy asked for during the last call.
    fn post(&mut self) -> Result<()> {
        let now = self.engine.now;
        for order in std::mem::take(&mut self.engine.refused) {
            self.recorder.refused(&order, now);
        }
        let mut requests = std::mem::take(&mut self.engine.outbox);
        for request in requests.drain(..) {
            self.recorder.sent(&request, now);
            let instrument = match &request {
                Request::Open(open) => open.instrument,
                Request::Cancel(number) | Request::Amend { order: number, .. } => self.recorder.orders[number.index()].instrument,
            };
            let place = self.prepared.places[instrument.index()];
            self.links[place.exchange].send(request, place.market, self.request_count, now, self.feed_latency, self.is_free[instrument.index()])?;
            self.request_count += 1;
        }
        self.engine.outbox = requests;
        for timer in self.engine.timers.drain(..) {
            self.timers.push(Reverse((timer.time, self.timer_count, timer.tag)));
            self.timer_count += 1;
        }
        Ok(())
    }

    /// Takes what an exchange did: numbered, hashed, recorded, and sent on its way to the engine.
    fn collect(&mut self, prepared: &Prepared, at: usize, now: Nanos) -> Result<()> {
        if !self.exchanges[at].has_events() {
            return Ok(());
        }
        self.clock = self.clock.max(now);
        self.exchanges[at].take_events(&mut self.scratch);
        let mut events = std::mem::take(&mut self.scratch);
        let mut traded = None;
        for event in &mut events {
            let market = market_of(prepared, &self.exchanges, event.instrument);
            let mark = (market.mark_twice != 0).then(|| market.mark_f64());
            let spec = &prepared.market_specs[event.instrument.index()];
            self.recorder.event(event, at as u16, spec, mark)?;
            if matches!(event.kind, OrderEventKind::Filled(_)) {
                traded = Some(event.instrument);
            }
        }
        // One sample for the whole action, which trades one instrument: between its events the books are ahead of the record.
        if let Some(instrument) = traded {
            self.sampler.fill(now, prepared, &self.exchanges, &self.recorder.realised, instrument)?;
        }
        self.links[at].answer(events.drain(..), now, self.feed_latency)?;
        self.scratch = events;
        self.find_next();
        Ok(())
    }

    /// Closes an account whose equity is used up, and trades its positions away.
    fn watch(&mut self, at: usize, now: Nanos) -> Result<()> {
        if !self.is_watching || !self.exchanges[at].watch_equity(now)? {
            return Ok(());
        }
        let name = &self.prepared.constant.system.exchanges[at].name;
        self.warnings.push(Warning { code: "ACCOUNT_CLOSED", message: format!("the equity at '{name}' was used up: its positions were closed and the run ended") });
        self.engine.refuses = Some(ReasonCode::AccountClosed);
        self.close_positions(Some(at), now)?;
        // Nothing is left to decide: the run ends with what is under way.
        self.at_exchange.time = NEVER;
        self.at_engine.time = NEVER;
        self.opens.time = NEVER;
        self.timers.clear();
        self.sampler.stop(now);
        self.find_next();
        Ok(())
    }

    fn close_positions(&mut self, only: Option<usize>, now: Nanos) -> Result<()> {
        let prepared = Arc::clone(&self.prepared);
        for place in prepared.places.iter().filter(|place| only.is_none_or(|at| at == place.exchange)) {
            let number = OrderNumber(self.engine.order_count());
            if self.exchanges[place.exchange].close_position(place.market, number, now)? {
                self.engine.reserve_number();
                self.recorder.closing(number, place.instrument, now);
                self.collect(&prepared, place.exchange, now)?;
            }
        }
        Ok(())
    }

    /// The earliest of everything that is not a market row.
    fn find_next(&mut self) {
        let mut next = self.sampler.next.min(self.opens.time);
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

    /// Ends the run: `onStop`, then open orders expire, and positions are marked, or closed where that was asked for.
    pub fn finish(mut self) -> Result<(Outcome, S), Halt> {
        let prepared = Arc::clone(&self.prepared);
        let mut now = self.engine.now.max(self.clock);
        if self.at_exchange.time == NEVER {
            now = now.max(self.sampler.last_row());
        }
        self.engine.refuses.get_or_insert(ReasonCode::RunEnded);
        let mut ctx = Context { engine: &mut self.engine, instrument: InstrumentId(0) };
        self.strategy.on_stop(&mut ctx)?;
        self.post()?;
        for at in 0..self.exchanges.len() {
            self.exchanges[at].expire_all(now, ReasonCode::RunEnded)?;
            self.collect(&prepared, at, now)?;
        }
        if prepared.constant.close_at_end {
            self.close_positions(None, now)?;
        }
        self.sampler.finish(now, &prepared, &self.exchanges, &self.recorder.realised)?;
        for exchange in &self.exchanges {
            exchange.check()?;
        }
        let mut warnings = prepared.warnings.clone();
        warnings.append(&mut self.warnings);
        let outcome = crate::summary::report(&prepared, &self.dynamic, &self.exchanges, self.recorder, &self.sampler, warnings, self.rows_delivered, now)?;
        Ok((outcome, self.strategy))
    }
}

fn bar_row(bar: &haggle_data::Bar) -> BarRow {
    BarRow { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume }
}
