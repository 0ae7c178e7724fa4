//! What stands between an order and its fill: its quantity, the filters, the money, the position it may reduce.

use crate::exchange::Exchange;
use crate::order::Order;
use haggle_model::time::Nanos;
use haggle_model::{Liquidity, OrderEventKind, Reason, ReasonCode, Result, Side};

impl Exchange {
    /// The whole order is priced. False if it was refused.
    pub(crate) fn afford(&mut self, slot: u32, parts: &[(i64, i64)], now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        let paid = self.can_pay(order.market, order.request.side, parts, !order.flat_fee_paid, Liquidity::Taker)?;
        self.end_unless(slot, paid, now)
    }

    /// An order that cannot go on: one that never opened or filled is rejected, any other expires.
    fn end_unless(&mut self, slot: u32, outcome: Result<(), Reason>, now: Nanos) -> Result<bool> {
        let Err(reason) = outcome else { return Ok(true) };
        let order = self.orders.get(slot);
        let was_open = order.is_open || order.filled > 0;
        self.end(slot, now, if was_open { OrderEventKind::Expired(reason) } else { OrderEventKind::Rejected(reason) })?;
        Ok(false)
    }

    /// A market order learns its quantity from what is offered (price, lots; the last price has no end), and is tested as a
    /// whole. False if it was refused.
    pub(crate) fn resolve_quantity(&mut self, slot: u32, parts: &[(i64, i64)], now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        if order.is_valued {
            return Ok(true);
        }
        let (at, request) = (order.market, order.request);
        let quantity = if order.quantity > 0 { order.quantity } else { self.lots_over(at, request.side, request.size, parts)? };
        let spec = &self.markets[at].spec;
        let mut outcome = spec.check_quantity(quantity);
        if let Some(price) = self.reference(at, request.side).filter(|_| outcome.is_ok()) {
            outcome = spec.check_notional(spec.notional(price, quantity)?);
        }
        let order = self.orders.get_mut(slot);
        order.quantity = quantity.max(0);
        order.is_valued = true;
        self.end_unless(slot, outcome, now)
    }

    /// Whether the account [can bear](Exchange::cannot_bear) a fill; if not, the order ends.
    pub(crate) fn bears(
        &mut self,
        slot: u32,
        price: i64,
        quantity: i64,
        liquidity: Liquidity,
        is_priced: bool,
        now: Nanos,
    ) -> Result<bool> {
        match self.cannot_bear(slot, price, quantity, liquidity, is_priced)? {
            None => Ok(true),
            Some(reason) => self.end_unless(slot, Err(reason), now),
        }
    }

    /// Whether an order only frees money: a sale of what is held on spot, a reduction of a position else.
    pub(crate) fn frees_money(&self, order: &Order) -> Result<bool> {
        let request = &order.request;
        if !self.may_be_short(order.market) {
            return Ok(request.side == Side::Sell);
        }
        let reducible = self.reducible_lots(order.market, request.side)?;
        Ok(request.reduce_only || (order.left() > 0 && order.left() <= reducible))
    }

    /// Lots by which the position could be reduced by orders on `side`.
    pub(crate) fn reducible_lots(&self, at: usize, side: Side) -> Result<i64> {
        let lots = self.markets[at].position_lots()?;
        Ok(if lots.signum() == -side.sign() { lots.abs() } else { 0 })
    }

    /// What reduce-only leaves of `quantity`.
    pub(crate) fn reach_of(&self, slot: u32, quantity: i64) -> Result<i64> {
        let order = self.orders.get(slot);
        Ok(if order.request.reduce_only { quantity.min(self.reducible_lots(order.market, order.request.side)?) } else { quantity })
    }

    /// What reduce-only leaves of `quantity`; `None` if there is nothing to reduce, and then the order is over.
    pub(crate) fn reducible(&mut self, slot: u32, quantity: i64, now: Nanos) -> Result<Option<i64>> {
        let reach = self.reach_of(slot, quantity)?;
        if reach == 0 {
            self.end(slot, now, OrderEventKind::Expired(ReasonCode::ReduceOnlyWouldIncrease.into()))?;
            return Ok(None);
        }
        Ok(Some(reach))
    }
}
