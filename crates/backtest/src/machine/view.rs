//! Market rows as the engine and its strategy see them, on arrival.

use super::Machine;
use crate::venue::Place;
use haggle_engine::{Context, Halt, Strategy};
use haggle_model::time::Nanos;
use haggle_model::{InstrumentId, MarketEvent, ReasonCode, Result};

#[allow(clippy::inline_always, reason = "once a row each: calls, and registers saved around them, were a third of a run")]
impl<S: Strategy> Machine<S> {
    /// A row arrives now, and was applied at its exchange at `exchange_time`.
    #[inline(always)]
    pub fn arrive(&mut self, now: Nanos, exchange_time: Nanos) {
        self.engine.now = now;
        self.feed_latency = now - exchange_time;
    }

    /// What happened in a market, as the strategy hears of it.
    #[inline(always)]
    pub fn see(&mut self, instrument: InstrumentId, event: &MarketEvent<'_>) -> Result<(), Halt> {
        self.engine.see(instrument, event);
        let mut ctx = Context { engine: &mut self.engine, instrument };
        match event {
            MarketEvent::Quote(_) | MarketEvent::Book(_) if self.interest.books => self.strategy.on_book(&mut ctx),
            MarketEvent::Trade(trade) if self.interest.trades => self.strategy.on_trade(&mut ctx, trade),
            MarketEvent::Bar(bar) if self.interest.bars => self.strategy.on_bar(&mut ctx, bar),
            _ => Ok(()),
        }
    }

    /// After a row, or several, at the engine: what the strategy asked for gets on its way, and the end of the data is noted.
    #[inline(always)]
    pub fn delivered(&mut self, has_asked: bool, is_last: bool) -> Result<(), Halt> {
        if has_asked {
            self.post()?;
            self.find_next();
        }
        if is_last {
            self.end_data();
        }
        Ok(())
    }

    /// No row arrives any more: new requests are refused, timers no longer fire.
    pub fn end_data(&mut self) {
        self.has_ended = true;
        self.engine.refuses.get_or_insert(ReasonCode::DataEnded);
    }

    /// After a row at its exchange: what it did to the account gets on its way. True if the account's equity was used up by it.
    #[inline(always)]
    pub fn applied(&mut self, place: &Place, now: Nanos) -> Result<bool> {
        let is_at_risk = self.exchanges[place.exchange].is_at_risk(place.market);
        if is_at_risk {
            self.watch(place.exchange, now)?;
        }
        if self.exchanges[place.exchange].has_events() {
            self.collect(place.exchange, now)?;
        }
        Ok(is_at_risk && self.is_closed)
    }
}
