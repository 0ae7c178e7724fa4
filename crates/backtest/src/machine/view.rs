//! Market rows as the engine and its strategy see them, on arrival.

use super::Machine;
use crate::venue::Place;
use haggle_engine::{BarView, Context, Halt, Strategy, TradeView};
use haggle_exchange::Quote;
use haggle_model::time::Nanos;
use haggle_model::{BookLevel, ReasonCode, Result};

#[allow(clippy::inline_always, reason = "once a row each: calls, and registers saved around them, were a third of a run")]
impl<S: Strategy> Machine<S> {
    /// A row arrives now, and was applied at its exchange at `exchange_time`.
    #[inline(always)]
    pub fn arrive(&mut self, now: Nanos, exchange_time: Nanos) {
        self.engine.now = now;
        self.feed_latency = now - exchange_time;
    }

    /// A best quote.
    #[inline(always)]
    pub fn see_quote(&mut self, place: &Place, quote: Quote) -> Result<(), Halt> {
        let market = &mut self.engine.markets[place.instrument.index()];
        if place.has_book {
            market.set_best(quote.bid, quote.bid_size, quote.ask, quote.ask_size);
        } else {
            market.set_quote(quote.bid, quote.bid_size, quote.ask, quote.ask_size);
        }
        self.engine.touch(place.instrument);
        if self.interest.books {
            self.strategy.on_book(&mut Context { engine: &mut self.engine, instrument: place.instrument })?;
        }
        Ok(())
    }

    /// A message of a book.
    #[inline(never)]
    pub fn see_book(&mut self, place: &Place, bids: &[BookLevel], asks: &[BookLevel], is_snapshot: bool) -> Result<(), Halt> {
        self.engine.markets[place.instrument.index()].apply_book(bids, asks, is_snapshot);
        self.engine.touch(place.instrument);
        if self.interest.books {
            self.strategy.on_book(&mut Context { engine: &mut self.engine, instrument: place.instrument })?;
        }
        Ok(())
    }

    /// A print.
    #[inline(always)]
    pub fn see_trade(&mut self, place: &Place, trade: &TradeView) -> Result<(), Halt> {
        self.engine.markets[place.instrument.index()].set_last(trade.price, place.has_quotes);
        self.engine.touch(place.instrument);
        if self.interest.trades {
            self.strategy.on_trade(&mut Context { engine: &mut self.engine, instrument: place.instrument }, trade)?;
        }
        Ok(())
    }

    /// A bar, at its close. Where there are quotes or prints, these say what the market is.
    #[inline(always)]
    pub fn see_bar(&mut self, place: &Place, bar: &BarView) -> Result<(), Halt> {
        if place.is_bars {
            self.engine.markets[place.instrument.index()].set_last(bar.close, false);
        }
        self.engine.touch(place.instrument);
        if self.interest.bars {
            self.strategy.on_bar(&mut Context { engine: &mut self.engine, instrument: place.instrument }, bar)?;
        }
        Ok(())
    }

    /// A reconnect: there is no book until the next quote, or the next snapshot.
    pub fn see_gap(&mut self, place: &Place) {
        self.engine.markets[place.instrument.index()].lose_quotes();
        self.engine.touch(place.instrument);
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

    /// After a row, or the open of a bar, at its exchange: what it did to the account gets on its way. True if the account's equity
    /// was used up by it. `on_path`: the bar has closed, so that what it filled was filled on its path.
    #[inline(always)]
    pub fn applied(&mut self, place: &Place, now: Nanos, on_path: bool) -> Result<bool> {
        let is_at_risk = self.exchanges[place.exchange].is_at_risk(place.market);
        if is_at_risk {
            self.watch(place.exchange, now)?;
        }
        if self.exchanges[place.exchange].has_events() {
            self.sampler.on_path = (on_path && place.is_bars).then_some(place.instrument);
            self.collect(place.exchange, now)?;
            self.sampler.on_path = None;
        }
        Ok(is_at_risk && self.is_closed)
    }
}
