//! What a trade does: it fills resting orders on L1 data, and waiting ones too where trades are all there is.

use crate::exchange::Exchange;
use crate::market::Rest;
use crate::offers::Offer;
use crate::take::Found;
use haggle_model::time::Nanos;
use haggle_model::{Error, Feed, Liquidity, OrderKind, QueueModel, Result, Side, Size, TimeInForce};

/// A trade on its way through the own orders: first those beyond its price, then the queue at its price.
struct Passage {
    /// Lots that own orders may have of it.
    allowed: i64,
    /// Lots they got.
    spent: i64,
    /// Lots of it that reach the next place in the queue at its price.
    passing: i64,
    /// Lots of others, ahead of own orders at its price, that it filled.
    passed: i64,
    /// Largest queue ahead of an own order so far: who came later cannot have less ahead.
    floor: i64,
}

impl Passage {
    /// Goes through what is ahead of an order with this much ahead, and returns what stays ahead.
    fn advance(&mut self, ahead: i64) -> i64 {
        self.floor = self.floor.max(ahead);
        let step = (self.floor - self.passed).min(self.passing);
        self.passed += step;
        self.passing -= step;
        self.floor - self.passed
    }

    fn spend(&mut self, filled: i64) {
        self.spent = self.spent.saturating_add(filled);
        self.passing = (self.passing - filled).max(0);
    }
}

impl Exchange {
    /// Applies a trade of the venue.
    #[inline]
    pub(crate) fn apply_trade(&mut self, at: usize, aggressor: Side, price: i64, quantity: i64, now: Nanos) -> Result<()> {
        let market = &mut self.markets[at];
        market.last = Some(price);
        market.mark.last(price);
        if market.spec.feed == Feed::Trades {
            return if self.is_busy(at) { self.trade_alone(at, price, quantity, now) } else { Ok(()) };
        }
        // The side that the trade hit.
        let side = aggressor.opposite();
        if market.quote.side(side).is_some_and(|(best, _)| best == price) {
            market.traded[side as usize] = market.traded[side as usize].saturating_add(quantity);
        }
        if market.book.is_some() {
            market.consumed.trade(side, price, quantity);
        }
        if market.resting[side as usize].is_empty() { Ok(()) } else { self.trade_on_quotes(at, side, price, quantity, now) }
    }

    /// L1: orders beyond the trade's price fill wholly; orders at its price by what the queue ahead of them leaves.
    fn trade_on_quotes(&mut self, at: usize, side: Side, price: i64, quantity: i64, now: Nanos) -> Result<()> {
        let allowed = self.part(quantity);
        let mut passage = Passage { allowed, spent: 0, passing: quantity, passed: 0, floor: 0 };
        let mut place = 0;
        while let Some(rest) = self.resting_at(at, side, place).filter(|rest| !side.better(rest.price, price)) {
            let wanted = self.wanted_of_trade(rest, price, quantity, &mut passage);
            if wanted > 0 {
                passage.spend(self.fill_maker(rest.slot, rest.price, wanted, now)?);
            }
            if self.resting_at(at, side, place) == Some(rest) {
                // It has more to fill than the trade left for it: those behind it get nothing.
                if rest.price == price {
                    passage.passing = 0;
                }
                place += 1;
            }
        }
        Ok(())
    }

    pub(crate) fn resting_at(&self, at: usize, side: Side, place: usize) -> Option<Rest> {
        self.markets[at].resting[side as usize].get(place).copied()
    }

    /// Lots of a trade at `price` that a resting order may have; its queue moves up.
    fn wanted_of_trade(&mut self, rest: Rest, price: i64, quantity: i64, passage: &mut Passage) -> i64 {
        let order = self.orders.get_mut(rest.slot);
        let left = order.left();
        let allowed = passage.allowed - passage.spent;
        if rest.price != price {
            // Beyond: wholly, unless own orders get only a share of each trade.
            return if passage.allowed < quantity { left.min(allowed) } else { left };
        }
        if self.execution.fills.queue == QueueModel::None {
            return left.min(allowed);
        }
        let Some(ahead) = order.ahead else { return 0 };
        order.ahead = Some(passage.advance(ahead));
        left.min(passage.passing).min(allowed)
    }

    /// Trades alone: waiting takers first, oldest first, then resting orders that the trade went beyond.
    fn trade_alone(&mut self, at: usize, price: i64, quantity: i64, now: Nanos) -> Result<()> {
        let mut left = self.part(quantity);
        for slot in self.markets[at].waiting.clone() {
            left -= self.take_trade(slot, price, left, now)?;
            self.end_bundle();
        }
        let touch = self.execution.fills.queue == QueueModel::None;
        for side in [Side::Buy, Side::Sell] {
            while let Some(rest) = self.resting_at(at, side, 0) {
                let reached = side.better(price, rest.price) || (touch && price == rest.price);
                if !reached || left <= 0 {
                    break;
                }
                let wanted = self.orders.get(rest.slot).left().min(left);
                left -= self.fill_maker(rest.slot, rest.price, wanted, now)?;
            }
        }
        Ok(())
    }

    /// Gives a waiting order its share of a trade: worse by half the assumed spread and slippage. Returns the lots filled.
    fn take_trade(&mut self, slot: u32, met: i64, left: i64, now: Nanos) -> Result<i64> {
        let order = self.orders.get(slot);
        let (request, limit, waits) = (order.request, order.limit(), order.waits());
        if limit.is_some_and(|limit| request.side.better(limit, met)) {
            // The trade lies past its limit: what does not wait ends, what waits rests.
            if waits {
                self.rest_waiting(slot, now)?;
            } else {
                self.end_unfilled(slot, now)?;
            }
            return Ok(0);
        }
        let half = (self.execution.fills.spread + 1) / 2;
        let worse = met.checked_add(request.side.sign() * half).ok_or_else(|| Error::overflow("a price"))?.max(1);
        let price = self.slipped(request.side, worse, limit)?;
        if limit.is_none() && !self.resolve_quantity(slot, &[(price, i64::MAX)], now)? {
            return Ok(0);
        }
        let quantity = self.orders.get(slot).left().min(left).min(self.lots_within_amount(slot, price)?);
        if left <= 0 && request.kind == OrderKind::Market && request.time_in_force != TimeInForce::FillOrKill {
            // It goes on to the next trade.
            return Ok(0);
        }
        let offer = Offer { price, level: met, quantity, is_remembered: false };
        let offers = if quantity > 0 { std::slice::from_ref(&offer) } else { &[] };
        let took = self.take(slot, Found { offers, worst: price, rests: false }, now)?;
        // A market order goes on, too, unless what is left of its amount is less than a lot.
        if !took.is_over && !waits && (limit.is_some() || quantity <= 0) {
            self.end_rest(slot, now)?;
        }
        Ok(took.lots)
    }

    /// What an order given as an amount of quote may still take at `price`; no bound for any other.
    fn lots_within_amount(&self, slot: u32, price: i64) -> Result<i64> {
        let order = self.orders.get(slot);
        match order.request.size {
            Size::Quote(amount) if order.limit().is_none() => {
                self.lots_for(order.market, order.request.side, amount - order.spent, price, !order.flat_fee_paid, Liquidity::Taker)
            }
            _ => Ok(i64::MAX),
        }
    }
}
