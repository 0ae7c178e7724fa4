//! Market rows as the engine and its strategy see them, on arrival.

use super::Machine;
use crate::setup::Route;
use haggle_engine::{Halt, HostedStrategy};
use haggle_model::time::Nanos;
use haggle_model::{InstrumentId, MarketEvent, ReasonCode, Result};

#[allow(clippy::inline_always, reason = "once a row each: calls, and registers saved around them, were a third of a run")]
impl<S: HostedStrategy> Machine<S> {
    /// A row arrives now, and happened at its exchange at `time`: the engine and its strategy hear of it. What the strategy asks for waits
    /// for [`Machine::delivered`].
    #[inline(always)]
    pub fn see(&mut self, now: Nanos, time: Nanos, instrument: InstrumentId, event: &MarketEvent<'_>) -> Result<(), Halt> {
        self.feed_latency = now - time;
        self.session.market(now, instrument, event)
    }

    /// After a row, or several, at the engine: what the strategy asked for gets on its way, and the end of the data is noted.
    #[inline(always)]
    pub fn delivered(&mut self, has_asked: bool, is_last: bool) -> Result<(), Halt> {
        if has_asked {
            self.session.settle()?;
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
        self.session.end_data(ReasonCode::DataEnded);
    }

    /// After the opens of bars at `now`, at their exchanges: orders that wait meet them.
    pub fn meet_opens(&mut self, now: Nanos) -> Result<()> {
        for at in 0..self.exchanges.len() {
            while self.exchanges[at].meet_open(now)? {
                self.collect(at, now)?;
            }
        }
        Ok(())
    }

    /// After a row, or the open of a bar, at its exchange: what it did to the account gets on its way. True if the account's equity
    /// was used up by it. `on_path`: the bar has closed, so that what it filled was filled on its path.
    #[inline(always)]
    pub fn applied(&mut self, place: &Route, now: Nanos, on_path: bool) -> Result<bool> {
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
