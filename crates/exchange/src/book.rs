//! What a message of a book does. Each is applied whole, then own orders are looked at: their queues move, and those that
//! the other side now reaches fill.

use crate::exchange::Exchange;
use crate::market::Market;
use crate::offers::{Offer, Offers};
use crate::queue::share_ahead;
use haggle_book::LevelBook;
use haggle_model::time::Nanos;
use haggle_model::{BookLevel, Error, QueueModel, Quote, Result, Side};

impl Market {
    /// Lots of a level that own orders may still have; `part` is what they may have of its size.
    fn left_of(&self, side: Side, price: i64, part: i64) -> i64 {
        part - self.consumed.taken(side, price)
    }
}

impl Exchange {
    /// Applies a message of levels: a snapshot of the whole book, or what has changed. Updates before a snapshot say nothing.
    #[inline(never)]
    pub(crate) fn apply_book(&mut self, at: usize, bids: &[BookLevel], asks: &[BookLevel], is_snapshot: bool, now: Nanos) -> Result<()> {
        let market = &mut self.markets[at];
        let Some(book) = &mut market.book else { return Err(Error::bug("levels for a market without a book")) };
        market.crossed += u64::from(book.apply(bids, asks, is_snapshot));
        if !book.is_known() {
            return Ok(());
        }
        let quote = book.quote();
        market.set_quote(quote, now);
        self.requeue_in_book(at);
        self.markets[at].consumed.forget_traded(bids, asks, is_snapshot);
        self.fill_crossed(at, now)
    }

    /// Applies a best quote told beside a book: it moves the book at once.
    #[inline(never)]
    pub(crate) fn apply_best(&mut self, at: usize, (bid, bid_size): (i64, i64), (ask, ask_size): (i64, i64), now: Nanos) -> Result<()> {
        let quote = Quote { bid, bid_size, ask, ask_size };
        let market = &mut self.markets[at];
        let Some(book) = &mut market.book else { return Err(Error::bug("a best quote for a market without a book")) };
        if !book.is_known() {
            return Ok(());
        }
        book.set_best(&quote);
        market.set_quote(quote, now);
        self.requeue_in_book(at);
        for side in [Side::Buy, Side::Sell] {
            self.markets[at].consumed.forget_traded_at(side, quote.side(side));
        }
        self.fill_crossed(at, now)
    }

    /// After a message: what was taken is forgotten where another size is shown, and queues move with their levels.
    #[inline]
    fn requeue_in_book(&mut self, at: usize) {
        let market = &mut self.markets[at];
        let Some(book) = &market.book else { return };
        market.consumed.forget_taken(book);
        for side in [Side::Buy, Side::Sell] {
            for rest in &market.resting[side as usize] {
                let size = book.size(side, rest.price);
                let order = self.orders.get_mut(rest.slot);
                let before = std::mem::replace(&mut order.shown, size);
                match (order.ahead, self.execution.fills.queue) {
                    // It stands behind all that is there when its level is shown first.
                    (None, _) if size > 0 => order.ahead = Some(size),
                    (Some(ahead), QueueModel::Probabilistic(power)) if size != before => {
                        let traded = market.consumed.traded(side, rest.price);
                        let decrease = (before - size - traded).max(0);
                        // There cannot be more ahead than is shown.
                        order.ahead = Some((ahead - share_ahead(decrease, ahead, before - ahead, power)).clamp(0, size));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Fills resting orders that levels of the other side reach, up to the displayed sizes: best price first, then oldest.
    #[inline]
    fn fill_crossed(&mut self, at: usize, now: Nanos) -> Result<()> {
        for side in [Side::Buy, Side::Sell] {
            if self.markets[at].resting[side as usize].is_empty() {
                continue;
            }
            let opposite = side.opposite();
            while let Some(rest) = self.resting_at(at, side, 0) {
                let Some((level, left)) = self.first_left(at, opposite, rest.price) else { break };
                let quantity = self.orders.get(rest.slot).left().min(left);
                // Nothing filled means that the order is gone: every turn fills a lot or ends an order.
                let filled = self.fill_maker(rest.slot, rest.price, quantity, now)?;
                self.take_displayed(at, opposite, level, filled);
            }
        }
        Ok(())
    }

    /// The first level of `side` that reaches `limit` and has lots left for own orders: price and lots.
    #[inline]
    fn first_left(&self, at: usize, side: Side, limit: i64) -> Option<(i64, i64)> {
        let market = &self.markets[at];
        let best = market.quote.side(side)?.0;
        if side.opposite().better(limit, best) {
            return None;
        }
        let mut levels = market.book.as_ref()?.levels(side).take_while(|(price, _)| !side.opposite().better(limit, *price));
        levels.find_map(|(price, size)| {
            let left = market.left_of(side, price, self.part(size));
            (left > 0).then_some((price, left))
        })
    }

    /// Remembers that own orders took lots that were displayed at the venue's price `level`.
    pub(crate) fn take_displayed(&mut self, at: usize, side: Side, level: i64, lots: i64) {
        let market = &mut self.markets[at];
        match &market.book {
            Some(book) => market.consumed.take(side, level, lots, book.size(side, level)),
            None => market.taken[side as usize] += lots,
        }
    }

    /// What a taker on `side` finds in a book, best level first.
    pub(crate) fn offers_of_book(&self, at: usize, book: &LevelBook, side: Side, limit: Option<i64>, want: i64) -> Result<Offers> {
        let market = &self.markets[at];
        let opposite = side.opposite();
        let mut offers = Offers::new();
        let mut left = want;
        for (level, size) in book.levels(opposite) {
            if left <= 0 || limit.is_some_and(|limit| side.better(limit, level)) {
                break;
            }
            let quantity = market.left_of(opposite, level, self.part(size)).min(left);
            if quantity > 0 {
                offers.push(Offer { price: self.slipped(side, level, limit)?, level, quantity, is_remembered: true });
                left -= quantity;
            }
        }
        Ok(offers)
    }

    /// What a market order given as an amount may find, as far as the amount can reach.
    pub(crate) fn offers_for_amount(&self, slot: u32) -> Result<Offers> {
        let order = self.orders.get(slot);
        let (at, side) = (order.market, order.request.side);
        if self.markets[at].book.is_none() {
            return self.offers(at, side, None, i64::MAX);
        }
        let first = self.offers(at, side, None, 1)?;
        let Some(met) = first.first().map(|first| first.price) else { return Ok(first) };
        let at_best = self.lots_over(at, side, order.request.size, &[(met, i64::MAX)])?;
        let offers = self.offers(at, side, None, at_best.saturating_mul(2))?;
        // A buy gets less than that at worse prices. A sell brings the amount within twice the lots, unless the price halves.
        let is_enough = side == Side::Buy || offers.last().is_none_or(|last| last.price > met / 2);
        if is_enough { Ok(offers) } else { self.offers(at, side, None, i64::MAX) }
    }
}
