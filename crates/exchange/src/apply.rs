//! What happens in a market comes in here, for every kind of data.

use crate::exchange::Exchange;
use haggle_model::time::Nanos;
use haggle_model::{Code, Error, Feed, MarketEvent, Result};

impl Exchange {
    /// Applies what happened in a market at `now`: own orders fill, queues move, the mark follows. Where an instrument has quotes or
    /// trades, its bars say nothing. After the opens of bars at an instant, orders that wait meet them by [`Exchange::meet_open`].
    ///
    /// Errors: `UNSUPPORTED` for marks, indices and funding of the venue's, which no kind of account uses yet.
    #[allow(clippy::inline_always, reason = "once a row: the kind is mostly known where this is called, and the match goes away")]
    #[inline(always)]
    pub fn apply(&mut self, at: usize, event: &MarketEvent<'_>, now: Nanos) -> Result<()> {
        match event {
            MarketEvent::Quote(quote) => self.apply_quote(at, *quote, now),
            MarketEvent::Trade(trade) => self.apply_trade(at, trade.side, trade.price, trade.quantity, now),
            MarketEvent::BarOpen { .. } | MarketEvent::Bar(_) if self.markets[at].spec.feed != Feed::Bars => Ok(()),
            MarketEvent::BarOpen { time, price, volume } => {
                self.apply_bar_open(at, *time, *price, *volume);
                Ok(())
            }
            MarketEvent::Bar(bar) => self.apply_bar_close(at, bar, now),
            MarketEvent::Book(update) => self.apply_book(at, &update.bids, &update.asks, update.is_snapshot, now),
            MarketEvent::Gap => {
                self.apply_gap(at);
                Ok(())
            }
            MarketEvent::Mark(_) | MarketEvent::Index(_) | MarketEvent::Funding(_) => {
                Err(Error::new(Code::Unsupported, "marks, indices and funding rates of a venue are not used yet"))
            }
        }
    }
}
