//! Opening, cancelling and amending.

use crate::exchange::Exchange;
use crate::market::Feed;
use crate::order::{Ahead, Order};
use crate::take::Offer;
use haggle_model::time::{DAY, NEVER, Nanos};
use haggle_model::{
    BarFill, Decimal, Error, Liquidity, OpenRequest, OrderEventKind, OrderKind, OrderNumber, Reason, ReasonCode, Result, SelfTrade, Side,
    TimeInForce,
};

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
        let order = Order {
            request: *request,
            market: at,
            quantity,
            filled: 0,
            locked: Decimal::ZERO,
            expires,
            ahead: None,
            flat_fee_paid: false,
        };
        let slot = self.orders.insert(order);
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
        let reference = if is_limit { Some(request.price) } else { self.reference(at, request.side) };
        let mut quantity = 0;
        if is_limit || matches!(request.size, haggle_model::Size::Lots(_)) {
            quantity = self.lots(at, request.side, request.size, request.price)?;
            if let Err(reason) = spec.check_quantity(quantity) {
                return Ok(Err(reason));
            }
            // A market order is valued at the best opposite price on arrival; where there is none, when it fills.
            if let Some(price) = reference
                && let Err(reason) = spec.check_notional(spec.notional(price, quantity)?)
            {
                return Ok(Err(reason));
            }
        }
        if is_limit && let Err(reason) = spec.check_price(request.price) {
            return Ok(Err(reason));
        }
        if request.reduce_only && self.reducible_lots(at, request.side)? == 0 {
            return Ok(Err(ReasonCode::ReduceOnlyWouldIncrease.into()));
        }
        if request.post_only && let Some(best) = self.would_take(at, request.side, request.price) {
            let reason = Reason::from(ReasonCode::PostOnlyWouldTake).with("price", spec.tick.decimal(request.price)).with("best", spec.tick.decimal(best));
            return Ok(Err(reason));
        }
        Ok(Ok(quantity))
    }

    /// The opposite price that a limit at `price` would take: the best quote, or the last price where there are no quotes.
    fn would_take(&self, at: usize, side: Side, price: i64) -> Option<i64> {
        let market = &self.markets[at];
        let best = match market.spec.feed {
            Feed::Quotes => market.quote.side(side.opposite()).map(|(price, _)| price),
            Feed::Trades | Feed::Bars => market.last,
            Feed::Nothing => None,
        };
        best.filter(|best| !side.better(price, *best))
    }

    fn reserve_or_reject(&mut self, slot: u32, now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        let (at, request, left) = (order.market, order.request, order.left());
        let reason = if self.execution.account == haggle_model::AccountKind::CashSettled {
            self.can_pay(at, request.side, &[(request.price, left)], true, Liquidity::Taker)?.err()
        } else {
            let need = self.to_reserve(slot)?;
            let spec = &self.markets[at].spec;
            let asset = if request.side == Side::Buy { spec.quote } else { spec.base };
            let free = self.ledger.account(asset).free();
            if free < need { Some(self.short_of(asset, need, free)) } else { None }
        };
        if let Some(reason) = reason {
            self.end(slot, now, OrderEventKind::Rejected(reason))?;
            return Ok(false);
        }
        self.reserve_rest(slot)?;
        Ok(true)
    }

    /// Puts an accepted order to the market: it takes, waits or rests, as its instrument's data lets it.
    fn place(&mut self, slot: u32, now: Nanos) -> Result<()> {
        let order = self.orders.get(slot);
        let (at, request) = (order.market, order.request);
        match self.markets[at].spec.feed {
            Feed::Quotes => self.place_on_quotes(slot, now),
            Feed::Trades => {
                let is_limit = request.kind == OrderKind::Limit;
                let takes = !is_limit
                    || matches!(request.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill)
                    || self.would_take(at, request.side, request.price).is_some();
                if is_limit && !self.meet_own(slot, request.price, now)? {
                    return Ok(());
                }
                if takes {
                    self.markets[at].waiting.push(slot);
                } else {
                    self.markets[at].rest(request.side, request.price, slot);
                }
                self.emit_opened(slot, now);
                Ok(())
            }
            Feed::Bars => {
                self.markets[at].waiting.push(slot);
                if self.execution.fills.bar == BarFill::ThisClose
                    && self.markets[at].close_time == now
                    && let Some(close) = self.markets[at].last
                {
                    self.take_bar(slot, close, now)?;
                    if self.orders.find(request.order).is_err() {
                        return Ok(());
                    }
                }
                self.emit_opened(slot, now);
                Ok(())
            }
            Feed::Nothing => Err(Error::bug("an order was placed where there is no data")),
        }
    }

    /// A limit order that works is open; a market order that waits for its price stays in flight.
    fn emit_opened(&mut self, slot: u32, now: Nanos) {
        let order = self.orders.get(slot);
        if order.request.kind == OrderKind::Limit {
            let (at, number, side) = (order.market, order.request.order, order.request.side);
            self.emit(at, number, side, now, OrderEventKind::Opened);
        }
    }

    fn place_on_quotes(&mut self, slot: u32, now: Nanos) -> Result<()> {
        let order = self.orders.get(slot);
        let (at, request) = (order.market, order.request);
        let limit = (request.kind == OrderKind::Limit).then_some(request.price);
        let rests = limit.is_some() && !matches!(request.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
        let has_book = self.has_book(at, now);
        let best = self.markets[at].quote.side(request.side.opposite()).filter(|_| has_book).map(|(price, _)| price);
        let marketable = best.filter(|best| limit.is_none_or(|limit| !request.side.better(limit, *best)));
        let Some(best) = marketable else {
            if rests {
                let ahead = if has_book { self.queue_at(at, request.side, request.price) } else { None };
                return self.rest(slot, ahead, now);
            }
            let code = match (has_book, request.time_in_force) {
                (false, _) => ReasonCode::BookMissing,
                (true, TimeInForce::FillOrKill) => ReasonCode::FillOrKillUnfilled,
                (true, _) => ReasonCode::LiquidityMissing,
            };
            return self.end(slot, now, OrderEventKind::Expired(code.into()));
        };
        let first = self.slipped(request.side, best, limit)?;
        if limit.is_none() && !self.resolve_quantity(slot, first, now)? {
            return Ok(());
        }
        let want = self.orders.get(slot).left();
        let offers = self.offers(at, request.side, limit, want)?;
        if !self.meet_own(slot, limit.or(offers.last().map(|offer| offer.price)).unwrap_or(first), now)? {
            return Ok(());
        }
        let offered: i64 = offers.iter().map(|offer| offer.quantity).sum();
        if limit.is_none() && !self.afford(slot, &offers, want - offered, first, now)? {
            return Ok(());
        }
        if request.time_in_force == TimeInForce::FillOrKill && offered < want {
            let lot = self.markets[at].spec.lot;
            let reason = Reason::from(ReasonCode::FillOrKillUnfilled).with("need", lot.decimal(want)).with("available", lot.decimal(offered));
            return self.end(slot, now, OrderEventKind::Expired(reason));
        }
        for offer in offers {
            let Some(quantity) = self.reducible(slot, offer.quantity, now)? else { return Ok(()) };
            if !self.carries(slot, offer.price, quantity, Liquidity::Taker, now)? {
                return Ok(());
            }
            if offer.is_displayed {
                self.markets[at].taken[request.side.opposite() as usize] += quantity;
            }
            if self.fill(slot, offer.price, quantity, Liquidity::Taker, now)? {
                return Ok(());
            }
        }
        if rests { self.rest(slot, Some(0), now) } else { self.end(slot, now, OrderEventKind::Expired(ReasonCode::LiquidityMissing.into())) }
    }

    /// Whether there is a quote, and it is not too old.
    fn has_book(&self, at: usize, now: Nanos) -> bool {
        let time = self.markets[at].quote_time;
        time != NEVER && self.execution.fills.quote_age_max.is_none_or(|age| now - time <= age)
    }

    /// The whole order is priced: what is offered, and the rest at the last price. False if it was refused.
    fn afford(&mut self, slot: u32, offers: &[Offer], rest: i64, first: i64, now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        let mut parts: Vec<(i64, i64)> = offers.iter().map(|offer| (offer.price, offer.quantity)).collect();
        if rest > 0 {
            parts.push((parts.last().map_or(first, |(price, _)| *price), rest));
        }
        let paid = self.can_pay(order.market, order.request.side, &parts, !order.flat_fee_paid, Liquidity::Taker)?;
        self.reject_unless(slot, paid, now)
    }

    fn reject_unless(&mut self, slot: u32, outcome: Result<(), Reason>, now: Nanos) -> Result<bool> {
        let Err(reason) = outcome else { return Ok(true) };
        self.end(slot, now, OrderEventKind::Rejected(reason))?;
        Ok(false)
    }

    /// A market order learns its quantity at `price`, and is tested as a whole. False if it was refused.
    pub(crate) fn resolve_quantity(&mut self, slot: u32, price: i64, now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        if order.quantity > 0 {
            return Ok(true);
        }
        let (at, request) = (order.market, order.request);
        let quantity = self.lots(at, request.side, request.size, price)?;
        let spec = &self.markets[at].spec;
        let mut outcome = spec.check_quantity(quantity);
        if outcome.is_ok() {
            outcome = spec.check_notional(spec.notional(price, quantity)?);
        }
        self.orders.get_mut(slot).quantity = quantity.max(0);
        self.reject_unless(slot, outcome, now)
    }

    /// Before a waiting market order's first fill: its quantity, and whether the account can pay for all of it.
    pub(crate) fn resolve(&mut self, slot: u32, price: i64, now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        if order.request.kind == OrderKind::Limit || order.filled > 0 {
            return Ok(true);
        }
        if !self.resolve_quantity(slot, price, now)? {
            return Ok(false);
        }
        let want = self.orders.get(slot).left();
        self.afford(slot, &[], want, price, now)
    }

    /// Cash-settled: a fill beyond the buying power ends the order. Spot orders have their money locked or were priced whole.
    pub(crate) fn carries(&mut self, slot: u32, price: i64, quantity: i64, liquidity: Liquidity, now: Nanos) -> Result<bool> {
        if self.execution.account == haggle_model::AccountKind::Spot {
            return Ok(true);
        }
        let order = self.orders.get(slot);
        match self.can_pay(order.market, order.request.side, &[(price, quantity)], !order.flat_fee_paid, liquidity)? {
            Ok(()) => Ok(true),
            Err(reason) => {
                self.end(slot, now, OrderEventKind::Expired(reason))?;
                Ok(false)
            }
        }
    }

    fn rest(&mut self, slot: u32, ahead: Ahead, now: Nanos) -> Result<()> {
        let order = self.orders.get_mut(slot);
        order.ahead = ahead;
        let (at, side, price) = (order.market, order.request.side, order.request.price);
        if !self.meet_own(slot, price, now)? {
            return Ok(());
        }
        self.markets[at].rest(side, price, slot);
        self.emit_opened(slot, now);
        Ok(())
    }

    /// A waiting limit order that found no taker's price becomes a resting one.
    pub(crate) fn rest_waiting(&mut self, slot: u32) {
        let order = self.orders.get(slot);
        let (at, side, price) = (order.market, order.request.side, order.request.price);
        self.markets[at].remove(side, slot);
        self.markets[at].rest(side, price, slot);
    }

    /// Lots by which the position could be reduced by orders on `side`.
    fn reducible_lots(&self, at: usize, side: Side) -> Result<i64> {
        let lots = self.markets[at].position_lots()?;
        Ok(if lots.signum() == -side.sign() { lots.abs() } else { 0 })
    }

    /// What reduce-only leaves of `quantity`; `None` if there is nothing to reduce, and then the order is over.
    pub(crate) fn reducible(&mut self, slot: u32, quantity: i64, now: Nanos) -> Result<Option<i64>> {
        let order = self.orders.get(slot);
        if !order.request.reduce_only {
            return Ok(Some(quantity));
        }
        let lots = self.reducible_lots(order.market, order.request.side)?;
        if lots == 0 {
            self.end(slot, now, OrderEventKind::Expired(ReasonCode::ReduceOnlyWouldIncrease.into()))?;
            return Ok(None);
        }
        Ok(Some(quantity.min(lots)))
    }

    /// An order that reaches `reach` meets own resting orders of the other side: one of the two goes. False if it is this one.
    pub(crate) fn meet_own(&mut self, slot: u32, reach: i64, now: Nanos) -> Result<bool> {
        let rule = self.execution.fills.self_trade;
        let order = self.orders.get(slot);
        let (at, side) = (order.market, order.request.side);
        while let Some(own) = self.markets[at].resting[side.opposite() as usize].first().copied() {
            if rule == SelfTrade::None || side.better(reach, own.price) {
                break;
            }
            let reason = OrderEventKind::Expired(ReasonCode::SelfTrade.into());
            if rule == SelfTrade::ExpireTaker {
                self.end(slot, now, reason)?;
                return Ok(false);
            }
            self.end(own.slot, now, reason)?;
        }
        Ok(true)
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

    /// Changes an order in one step. If that is refused, the order stays as it was.
    pub(crate) fn amend(&mut self, at: usize, number: OrderNumber, price: Option<i64>, quantity: Option<i64>, now: Nanos) -> Result<()> {
        let slot = match self.orders.find(number) {
            Ok(slot) => slot,
            Err(code) => return self.refuse_amend(at, number, Side::Buy, code.into(), now),
        };
        let order = self.orders.get(slot).clone();
        let side = order.request.side;
        let price = price.unwrap_or(order.request.price);
        let quantity = quantity.unwrap_or(order.quantity);
        if quantity <= order.filled {
            return self.end(slot, now, OrderEventKind::Cancelled(ReasonCode::AmendedToFilled.into()));
        }
        if let Err(reason) = self.vet_amend(&order, price, quantity)? {
            return self.refuse_amend(at, number, side, reason, now);
        }
        let keeps_place = price == order.request.price && quantity <= order.quantity;
        {
            let changed = self.orders.get_mut(slot);
            changed.request.price = price;
            changed.quantity = quantity;
        }
        let need = self.to_reserve(slot)? - order.locked;
        let spec = &self.markets[at].spec;
        let asset = if side == Side::Buy { spec.quote } else { spec.base };
        let free = self.ledger.account(asset).free();
        if need > free {
            *self.orders.get_mut(slot) = order;
            let reason = self.short_of(asset, need, free);
            return self.refuse_amend(at, number, side, reason, now);
        }
        self.reserve_rest(slot)?;
        self.emit(at, number, side, now, OrderEventKind::Amended { price, quantity });
        if !keeps_place {
            self.markets[at].remove(side, slot);
            self.place(slot, now)?;
        }
        self.end_bundle();
        Ok(())
    }

    fn vet_amend(&self, order: &Order, price: i64, quantity: i64) -> Result<Result<(), Reason>> {
        let at = order.market;
        let spec = &self.markets[at].spec;
        let is_limit = order.request.kind == OrderKind::Limit;
        let checks = spec.check_quantity(quantity).and_then(|()| if is_limit { spec.check_price(price) } else { Ok(()) });
        if let Err(reason) = checks {
            return Ok(Err(reason));
        }
        if is_limit && let Err(reason) = spec.check_notional(spec.notional(price, quantity)?) {
            return Ok(Err(reason));
        }
        if order.request.post_only && let Some(best) = self.would_take(at, order.request.side, price) {
            let reason = Reason::from(ReasonCode::PostOnlyWouldTake).with("price", spec.tick.decimal(price)).with("best", spec.tick.decimal(best));
            return Ok(Err(reason));
        }
        Ok(Ok(()))
    }

    fn refuse_amend(&mut self, at: usize, number: OrderNumber, side: Side, reason: Reason, now: Nanos) -> Result<()> {
        self.emit(at, number, side, now, OrderEventKind::AmendRejected(reason));
        self.end_bundle();
        Ok(())
    }
}
