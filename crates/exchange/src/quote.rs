//! What a best quote does.

use crate::exchange::Exchange;
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Liquidity, Quote, Result, Side};

impl Exchange {
    /// Applies a best quote of the venue.
    #[inline]
    pub(crate) fn apply_quote(&mut self, at: usize, quote: Quote, now: Nanos) -> Result<()> {
        if !self.is_busy(at) {
            self.markets[at].set_quote(quote, now);
            return Ok(());
        }
        // By its parts, so that the quote of the common case never leaves the registers.
        self.apply_quote_busy(at, (quote.bid, quote.bid_size), (quote.ask, quote.ask_size), now)
    }

    #[cold]
    fn apply_quote_busy(&mut self, at: usize, (bid, bid_size): (i64, i64), (ask, ask_size): (i64, i64), now: Nanos) -> Result<()> {
        if self.markets[at].book.is_some() {
            return self.apply_best(at, (bid, bid_size), (ask, ask_size), now);
        }
        // Side by side and not in a loop: the compiler then knows which one it is.
        let quote = Quote { bid, bid_size, ask, ask_size };
        self.show_side(at, Side::Buy, &quote);
        self.show_side(at, Side::Sell, &quote);
        self.markets[at].set_quote(quote, now);
        self.fill_reached(at, Side::Buy, now)?;
        self.fill_reached(at, Side::Sell, now)
    }

    /// One side of the quote that comes: queues move, and what was taken is forgotten once the venue shows another price or size.
    #[allow(clippy::inline_always, reason = "once a quote while an order works: as calls these cost it a tenth more")]
    #[inline(always)]
    fn show_side(&mut self, at: usize, side: Side, quote: &Quote) {
        let (before, after) = (self.markets[at].quote.side(side), quote.side(side));
        if before != after {
            self.markets[at].taken[side as usize] = 0;
        }
        self.requeue(at, side, before, after);
    }

    /// Fills resting orders on `side` that the opposite best reaches, up to its displayed size: best price first, then oldest.
    #[allow(clippy::inline_always, reason = "once a quote while an order works: as calls these cost it a tenth more")]
    #[inline(always)]
    fn fill_reached(&mut self, at: usize, side: Side, now: Nanos) -> Result<()> {
        let opposite = side.opposite();
        while let Some((best, size)) = self.markets[at].quote.side(opposite) {
            let left = self.part(size) - self.markets[at].taken[opposite as usize];
            let Some(rest) =
                self.markets[at].resting[side as usize].first().copied().filter(|rest| left > 0 && !side.better(rest.price, best))
            else {
                break;
            };
            let quantity = self.orders.get(rest.slot).left().min(left);
            // Nothing filled means that the order is gone: every turn fills a lot or ends an order.
            let filled = self.fill_maker(rest.slot, rest.price, quantity, now)?;
            self.markets[at].taken[opposite as usize] += filled;
        }
        Ok(())
    }

    /// Fills a resting order at its price as far as reduce-only lets it, and ends the bundle. Returns the lots filled; a
    /// reduce-only order without a position to reduce is gone.
    pub(crate) fn fill_maker(&mut self, slot: u32, price: i64, quantity: i64, now: Nanos) -> Result<i64> {
        let Some(quantity) = self.reducible(slot, quantity, now)? else { return Ok(0) };
        if !self.bears(slot, price, quantity, Liquidity::Maker, false, now)? {
            return Ok(0);
        }
        self.fill(slot, price, quantity, Liquidity::Maker, now)?;
        self.end_bundle();
        Ok(quantity)
    }

    /// A reconnect: there is no book until the next quote (or snapshot), and resting orders stand behind all that comes.
    pub(crate) fn apply_gap(&mut self, at: usize) {
        let market = &mut self.markets[at];
        market.quote = Quote::default();
        market.quote_time = NEVER;
        market.taken = [0; 2];
        market.traded = [0; 2];
        market.consumed.clear();
        market.book.iter_mut().for_each(|book| book.lose());
        for list in &market.resting {
            for rest in list {
                self.orders.get_mut(rest.slot).ahead = None;
            }
        }
    }
}

impl crate::market::Market {
    #[inline]
    pub(crate) fn set_quote(&mut self, quote: Quote, now: Nanos) {
        self.mark.quote(&quote);
        self.quote = quote;
        self.quote_time = now;
        self.traded = [0; 2];
    }
}
