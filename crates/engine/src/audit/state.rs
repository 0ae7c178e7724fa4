//! What a follower of an engine knows: markets, balances and working orders, kept up by ticks alone.

use super::{AuditEvent, Tick, Update};
use crate::engine::Engine;
use crate::market::MarketView;
use crate::order::EngineOrder;
use haggle_model::time::Nanos;
use haggle_model::{Balance, Feed, Mark, OrderNumber, Position, Quote, ReasonCode, Request, Result};
use std::collections::BTreeMap;

/// A market, as far as an engine has heard of it; zero means "not seen yet".
#[derive(Clone, Debug, PartialEq)]
pub struct MarketState {
    /// What its data consist of, as far as has been heard.
    pub feed: Feed,
    /// Best bid and ask.
    pub quote: Quote,
    /// Last print or close, ticks.
    pub last: i64,
    /// The mark.
    pub mark: Mark,
    /// Net of the fills heard of.
    pub position: Position,
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
        let market = |market: &MarketView| MarketState {
            feed: market.feed,
            quote: market.quote,
            last: market.last,
            mark: market.mark,
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
}

/// A copy of an engine that follows it: an engine without strategy and risk limits, told of the same events.
#[derive(Clone, Debug)]
pub struct Follower {
    engine: Engine,
    sequence: u64,
    is_stale: bool,
}

impl Follower {
    /// A copy of `engine` as it is before the tick of this number.
    pub fn new(engine: &Engine, sequence: u64) -> Self {
        Self { engine: engine.replica(), sequence, is_stale: false }
    }

    /// What it knows; of a stale one, what it knew before ticks were lost.
    pub fn state(&self) -> State {
        State::of(&self.engine, self.sequence)
    }

    /// Number of the tick that it waits for.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Whether ticks were lost: it does not follow any more.
    pub const fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Takes the next update in. Ticks from before its copy change nothing.
    pub fn apply(&mut self, update: &Update) -> Result<()> {
        match update {
            Update::Gap { .. } => self.is_stale = true,
            Update::Tick(tick) if self.is_stale || tick.sequence < self.sequence => {}
            Update::Tick(tick) if tick.sequence > self.sequence => self.is_stale = true,
            Update::Tick(tick) => self.follow(tick)?,
        }
        Ok(())
    }

    fn follow(&mut self, tick: &Tick) -> Result<()> {
        let engine = &mut self.engine;
        engine.now = tick.time;
        match &tick.event {
            AuditEvent::Market(row) => engine.see(row.instrument, &row.event),
            AuditEvent::Account(bundle) => engine.apply(bundle)?,
            AuditEvent::Reconnecting { exchange, is_account: false } => engine.lose_market_data(*exchange),
            // What risk cut was cut before it left; the rest shows in the outputs.
            AuditEvent::Risk(_)
            | AuditEvent::Started
            | AuditEvent::Timer(_)
            | AuditEvent::TradingEnabled(_)
            | AuditEvent::Command(_)
            | AuditEvent::Reconnecting { is_account: true, .. }
            | AuditEvent::Note(_)
            | AuditEvent::Stopped => {}
        }
        for request in &tick.outputs.opens.sent {
            engine.note_sent(&Request::Open(*request));
        }
        for cancel in &tick.outputs.cancels.sent {
            engine.note_sent(&Request::Cancel(cancel.order));
        }
        engine.refuses = tick.refuses;
        self.sequence = tick.sequence + tick.count();
        Ok(())
    }
}
