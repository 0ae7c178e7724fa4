//! Opening and cancelling.

use crate::exchange::Exchange;
use crate::market::Spec;
use crate::order::Order;
use haggle_model::time::{DAY, NEVER, Nanos};
use haggle_model::{Feed, OpenRequest, OrderEventKind, OrderKind, OrderNumber, Reason, ReasonCode, Result, Side, Size, TimeInForce};

impl Spec {
    /// Why a post-only order at `price` is refused.
    pub(crate) fn post_only_would_take(&self, price: i64, best: i64) -> Reason {
        Reason::from(ReasonCode::PostOnlyWouldTake).with("price", self.tick.decimal(price)).with("best", self.tick.decimal(best))
    }
}

impl Exchange {
    pub(crate) fn open(&mut self, at: usize, request: &OpenRequest, now: Nanos) -> Result<()> {
        let expires = match request.time_in_force {
            TimeInForce::GoodUntil(time) => time,
            TimeInForce::GoodUntilEndOfDay => (now.div_euclid(DAY) + 1).saturating_mul(DAY),
            _ => NEVER,
        };
        let over = if self.has_ended(now) || self.markets[at].spec.feed == Feed::Nothing {
            Some(ReasonCode::DataEnded)
        } else {
            (expires <= now).then_some(ReasonCode::TimeInForceEnded)
        };
        if let Some(code) = over {
            self.orders.refuse(request.order);
            self.emit(at, request.order, request.side, now, OrderEventKind::Expired(code.into()));
            self.end_bundle();
            return Ok(());
        }
        let quantity = match self.vet(at, request)? {
            Ok(quantity) => quantity,
            Err(reason) => {
                self.reject(at, request.order, request.side, now, reason);
                return Ok(());
            }
        };
        let mut order = Order::new(*request, at, quantity, expires);
        order.is_valued = quantity > 0 && (request.kind == OrderKind::Limit || self.reference(at, request.side).is_some());
        let slot = self.orders.insert(order);
        self.wake(at);
        if request.kind == OrderKind::Limit && !self.reserve_or_reject(slot, now)? {
            return Ok(());
        }
        self.watch_expiry(expires, request.order);
        self.place(slot, now)?;
        self.end_bundle();
        Ok(())
    }

    /// What can be said of an order on arrival, before money: its lots (0 while not yet known), or why it is refused.
    fn vet(&self, at: usize, request: &OpenRequest) -> Result<Result<i64, Reason>> {
        if self.is_closed() {
            return Ok(Err(ReasonCode::AccountClosed.into()));
        }
        let is_limit = request.kind == OrderKind::Limit;
        let spec = &self.markets[at].spec;
        if is_limit && let Err(reason) = spec.check_price(request.price) {
            return Ok(Err(reason));
        }
        let mut quantity = 0;
        if is_limit || matches!(request.size, Size::Lots(_)) {
            quantity = self.lots_at_limit(at, request)?;
            if let Err(reason) = spec.check_quantity(quantity) {
                return Ok(Err(reason));
            }
            // A market order is valued at the best opposite price on arrival; where there is none, when it fills.
            if let Some(price) = if is_limit { Some(request.price) } else { self.reference(at, request.side) }
                && let Err(reason) = spec.check_notional(spec.notional(price, quantity)?)
            {
                return Ok(Err(reason));
            }
        }
        if request.reduce_only && self.reducible_lots(at, request.side)? == 0 {
            return Ok(Err(ReasonCode::ReduceOnlyWouldIncrease.into()));
        }
        if request.post_only {
            if !is_limit {
                return Ok(Err(ReasonCode::PostOnlyWouldTake.into()));
            }
            if let Some(best) = self.would_meet(at, request.side, request.price) {
                return Ok(Err(spec.post_only_would_take(request.price, best)));
            }
        }
        Ok(Ok(quantity))
    }

    /// The opposite price that a limit at `price` would take: the best quote, or the last price where there are no quotes.
    pub(crate) fn would_take(&self, at: usize, side: Side, price: i64) -> Option<i64> {
        let market = &self.markets[at];
        let best = match market.spec.feed {
            Feed::Book | Feed::Quotes | Feed::Orders => market.quote.side(side.opposite()).map(|(price, _)| price),
            Feed::Trades | Feed::Bars => market.last,
            Feed::Nothing => None,
        };
        best.filter(|best| !side.better(price, *best))
    }

    /// The opposite price that a limit at `price` would take, or that of an own order of the other side that it would meet.
    pub(crate) fn would_meet(&self, at: usize, side: Side, price: i64) -> Option<i64> {
        let own = self.markets[at].resting[side.opposite() as usize].first().map(|own| own.price);
        self.would_take(at, side, price).or(own.filter(|own| !side.better(price, *own)))
    }

    fn reserve_or_reject(&mut self, slot: u32, now: Nanos) -> Result<bool> {
        match self.admit(self.orders.get(slot))? {
            Ok(keep) => {
                self.release(slot, keep)?;
                Ok(true)
            }
            Err(reason) => {
                self.end(slot, now, OrderEventKind::Rejected(reason))?;
                Ok(false)
            }
        }
    }

    pub(crate) fn cancel(&mut self, at: usize, number: OrderNumber, now: Nanos) -> Result<()> {
        match self.orders.find(number) {
            Ok(slot) => self.end(slot, now, OrderEventKind::Cancelled(ReasonCode::Requested.into())),
            Err(code) => {
                self.emit(at, number, Side::Buy, now, OrderEventKind::CancelRejected(code.into()));
                self.end_bundle();
                Ok(())
            }
        }
    }
}
