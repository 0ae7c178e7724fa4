//! What a follower of an engine knows: markets, balances and working orders, kept up by ticks alone.

use super::{AuditEvent, Tick, Update};
use crate::live::MarketKind;
use haggle_engine::{Engine, EngineOrder, MarketSpec, OrderState};
use haggle_exchange::Quote;
use haggle_model::time::Nanos;
use haggle_model::{Balance, OrderEvent, OrderEventKind, OrderNumber, Position, ReasonCode, Result};
use std::collections::BTreeMap;

/// A market, as far as an engine has heard of it; zero means "not seen yet".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MarketState {
    /// Best bid, ticks.
    pub bid: i64,
    /// Size there, lots.
    pub bid_size: i64,
    /// Best ask, ticks.
    pub ask: i64,
    /// Size there, lots.
    pub ask_size: i64,
    /// Last print or close, ticks.
    pub last: i64,
    /// Twice the mark in ticks.
    pub mark_twice: i64,
    /// Net of the fills heard of.
    pub position: Position,
}

impl MarketState {
    fn quote(&mut self, quote: Quote) {
        (self.bid, self.bid_size, self.ask, self.ask_size) = (quote.bid, quote.bid_size, quote.ask, quote.ask_size);
        if quote.bid_size > 0 && quote.ask_size > 0 {
            self.mark_twice = quote.bid + quote.ask;
        }
    }
}

/// What an engine knows, in a form that can be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// When: of the last tick.
    pub time: Nanos,
    /// Number of the next tick.
    pub sequence: u64,
    /// By instrument.
    pub markets: Vec<MarketState>,
    /// By asset.
    pub balances: Vec<Balance>,
    /// Orders that work or are in flight.
    pub orders: BTreeMap<OrderNumber, EngineOrder>,
    /// Why requests of the strategy are refused, if they are.
    pub refuses: Option<ReasonCode>,
}

impl State {
    /// A copy of what an engine knows now, before the tick of this number.
    pub fn of(engine: &Engine, sequence: u64) -> Self {
        let market = |market: &haggle_engine::MarketView| MarketState {
            bid: market.bid,
            bid_size: market.bid_size,
            ask: market.ask,
            ask_size: market.ask_size,
            last: market.last,
            mark_twice: market.mark_twice,
            position: market.position,
        };
        let numbers = engine.markets.iter().flat_map(|market| &market.open_orders);
        Self {
            time: engine.now,
            sequence,
            markets: engine.markets.iter().map(market).collect(),
            balances: engine.balances.clone(),
            orders: numbers.filter_map(|number| engine.order(*number).map(|order| (*number, order.clone()))).collect(),
            refuses: engine.refuses,
        }
    }

    /// The state after a tick; `specs` are those of the engine's markets.
    pub fn apply(&mut self, tick: &Tick, specs: &[MarketSpec]) -> Result<()> {
        match &tick.event {
            AuditEvent::Market { row, is_mark } => self.see(&row.kind, row.instrument.index(), *is_mark),
            AuditEvent::Account(bundle) => bundle.iter().try_for_each(|event| self.account(event, specs))?,
            // What risk cut was cut before it left; the rest shows in the outputs.
            AuditEvent::Risk(_)
            | AuditEvent::Started
            | AuditEvent::Timer(_)
            | AuditEvent::TradingEnabled(_)
            | AuditEvent::Command(_)
            | AuditEvent::Reconnecting { is_account: true, .. }
            | AuditEvent::Note(_)
            | AuditEvent::Stopped => {}
            AuditEvent::Reconnecting { exchange, is_account: false } => {
                for (market, _) in self.markets.iter_mut().zip(specs).filter(|(_, spec)| spec.exchange == *exchange) {
                    market.quote(Quote::default());
                }
            }
        }
        for request in &tick.outputs.opens.sent {
            self.orders.insert(request.order, EngineOrder::new(request, OrderState::OpenInFlight));
        }
        for cancel in &tick.outputs.cancels.sent {
            if let Some(order) = self.orders.get_mut(&cancel.order) {
                order.is_cancelling = true;
            }
        }
        self.refuses = tick.refuses;
        self.time = tick.time;
        self.sequence = tick.sequence + tick.count();
        Ok(())
    }

    fn see(&mut self, kind: &MarketKind, at: usize, is_mark: bool) {
        let market = &mut self.markets[at];
        let (mut quote, mut last) = (None, None);
        match kind {
            MarketKind::Quote(now) => quote = Some(*now),
            MarketKind::Gap => quote = Some(Quote::default()),
            MarketKind::Trade { price, .. } => last = Some(*price),
            MarketKind::Bar(bar) if is_mark => last = Some(bar.close),
            MarketKind::Bar(_) => {}
        }
        if let Some(quote) = quote {
            market.quote(quote);
        }
        if let Some(last) = last {
            market.last = last;
            if is_mark {
                market.mark_twice = 2 * last;
            }
        }
    }

    fn account(&mut self, event: &OrderEvent, specs: &[MarketSpec]) -> Result<()> {
        for (asset, balance) in event.balances.iter().flatten() {
            self.balances[asset.index()] = *balance;
        }
        if let OrderEventKind::Filled(fill) = &event.kind {
            let spec = &specs[event.instrument.index()];
            let moved = spec.moved(event.side, fill);
            self.markets[event.instrument.index()].position.apply(event.side, moved, spec.tick.decimal(fill.price))?;
        }
        if let Some(order) = self.orders.get_mut(&event.order) {
            order.apply(event);
            if order.state.is_terminal() {
                self.orders.remove(&event.order);
            }
        }
        Ok(())
    }
}

/// A copy of an engine that follows it.
#[derive(Clone, Debug)]
pub struct Follower {
    state: State,
    specs: Vec<MarketSpec>,
    is_stale: bool,
}

impl Follower {
    /// A copy of `engine` as it is before the tick of this number.
    pub fn new(engine: &Engine, sequence: u64) -> Self {
        let specs = engine.markets.iter().map(|market| market.spec.clone()).collect();
        Self { state: State::of(engine, sequence), specs, is_stale: false }
    }

    /// What it knows; of a stale one, what it knew before ticks were lost.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Number of the tick that it waits for.
    pub const fn sequence(&self) -> u64 {
        self.state.sequence
    }

    /// Whether ticks were lost: it does not follow any more.
    pub const fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Takes the next update in. Ticks from before its copy change nothing.
    pub fn apply(&mut self, update: &Update) -> Result<()> {
        match update {
            Update::Gap { .. } => self.is_stale = true,
            Update::Tick(tick) if self.is_stale || tick.sequence < self.state.sequence => {}
            Update::Tick(tick) if tick.sequence > self.state.sequence => self.is_stale = true,
            Update::Tick(tick) => self.state.apply(tick, &self.specs)?,
        }
        Ok(())
    }
}
