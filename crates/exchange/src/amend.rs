//! Amending: one step at the exchange, under the same ids. If it is refused, the order stays as it was.

use crate::exchange::Exchange;
use crate::order::Order;
use haggle_model::time::Nanos;
use haggle_model::{OrderEventKind, OrderNumber, Reason, ReasonCode, Result, Side, Size};

impl Exchange {
    /// Changes an order. `quantity` is the new total: at or below what is filled it ends the order. A market order that
    /// waits has no price to change, and keeps none.
    pub(crate) fn amend(&mut self, at: usize, number: OrderNumber, price: Option<i64>, quantity: Option<i64>, now: Nanos) -> Result<()> {
        let slot = match self.orders.find(number) {
            Ok(slot) => slot,
            Err(code) => {
                self.refuse_amend(at, number, Side::Buy, code.into(), now);
                return Ok(());
            }
        };
        let order = self.orders.get(slot);
        let (side, old) = (order.request.side, (order.request.price, order.quantity));
        if quantity.is_some_and(|quantity| quantity <= order.filled) {
            return self.end(slot, now, OrderEventKind::Cancelled(ReasonCode::AmendedToFilled.into()));
        }
        let mut changed = order.clone();
        if changed.limit().is_some() {
            changed.request.price = price.unwrap_or(old.0);
        }
        if let Some(quantity) = quantity {
            changed.quantity = quantity;
            changed.request.size = Size::Lots(quantity);
        }
        if (changed.request.price, changed.quantity) == old {
            self.refuse_amend(at, number, side, ReasonCode::AmendUnchanged.into(), now);
            return Ok(());
        }
        if let Err(reason) = self.vet_amend(&changed, now)? {
            self.refuse_amend(at, number, side, reason, now);
            return Ok(());
        }
        let (price, quantity) = (changed.request.price, changed.quantity);
        *self.orders.get_mut(slot) = changed;
        self.reserve_rest(slot)?;
        self.emit(at, number, side, now, OrderEventKind::Amended { price, quantity });
        // A smaller quantity at the same price keeps the place.
        if price != old.0 || quantity > old.1 {
            self.markets[at].remove(side, slot);
            self.place(slot, now)?;
        }
        self.end_bundle();
        Ok(())
    }

    /// Why an order cannot become this one.
    fn vet_amend(&self, changed: &Order, now: Nanos) -> Result<Result<(), Reason>> {
        let (at, request) = (changed.market, &changed.request);
        if self.has_ended(now) {
            return Ok(Err(ReasonCode::DataEnded.into()));
        }
        let spec = &self.markets[at].spec;
        let limit = changed.limit();
        // A market order that does not know its quantity yet is tested when it does.
        if changed.quantity > 0 || limit.is_some() {
            if let Err(reason) = spec.check_quantity(changed.quantity).and_then(|()| limit.map_or(Ok(()), |limit| spec.check_price(limit)))
            {
                return Ok(Err(reason));
            }
            if let Some(price) = limit.or_else(|| self.reference(at, request.side))
                && let Err(reason) = spec.check_notional(spec.notional(price, changed.quantity)?)
            {
                return Ok(Err(reason));
            }
        }
        if request.post_only
            && let Some(best) = self.would_meet(at, request.side, request.price)
        {
            return Ok(Err(spec.post_only_would_take(request.price, best)));
        }
        if limit.is_none() { Ok(Ok(())) } else { Ok(self.admit(changed)?.map(|_| ())) }
    }

    fn refuse_amend(&mut self, at: usize, number: OrderNumber, side: Side, reason: Reason, now: Nanos) {
        self.emit(at, number, side, now, OrderEventKind::AmendRejected(reason));
        self.end_bundle();
    }
}
