//! What a venue says of an account changes orders, positions and balances.

use crate::engine::{Engine, FILLED, GONE, positions};
use crate::order::OrderState;
use crate::recent_fills::RefusedEvent;
use haggle_model::{
    AccountChange, AccountChangeKind, AccountEvent, AssetId, Balance, InstrumentId, OrderEvent, OrderEventKind, OrderNumber, Position,
    ReasonCode, Result, Side, WorkingOrder, to_f64,
};

impl Engine {
    /// Takes in what an exchange did in one action, and looks at the drawdown; the caller tells the strategy then.
    pub fn apply(&mut self, bundle: &[AccountEvent]) -> Result<()> {
        let mut has_moved = false;
        for event in bundle {
            if let Some(reason) = self.why_not(event) {
                self.refused_events.push(RefusedEvent { event: event.clone(), reason });
                continue;
            }
            has_moved |= self.apply_balances(event.balances());
            has_moved |= match event {
                AccountEvent::Order(event) => self.apply_step(event)?,
                AccountEvent::Change(change) => self.apply_change(change)?,
            };
        }
        if has_moved {
            self.exposure.take(&self.totals, positions(&self.markets), &self.valuation);
        }
        self.watch();
        Ok(())
    }

    /// Why an event cannot be, if it cannot: a simulated exchange says nothing of the kind, a real venue may.
    #[inline]
    fn why_not(&self, event: &AccountEvent) -> Option<&'static str> {
        let order = match event {
            AccountEvent::Order(event) => event,
            AccountEvent::Change(change) => return self.why_not_change(change),
        };
        if order.instrument.index() >= self.markets.len()
            || order.balances.iter().flatten().any(|(asset, _)| asset.index() >= self.balances.len())
        {
            return Some("it speaks of an instrument or an asset that there is not");
        }
        if order.order.0 >= self.order_count() {
            return Some("no such order was ever sent");
        }
        let OrderEventKind::Filled(fill) = &order.kind else { return None };
        if self.recent_fills.has(order.order, fill.id) {
            return Some("this fill was told before");
        }
        match self.order(order.order) {
            Some(known) if known.instrument != order.instrument => Some("the order is of another instrument"),
            Some(known) if known.side != order.side => Some("the order is on the other side"),
            _ => None,
        }
    }

    #[cold]
    fn why_not_change(&self, change: &AccountChange) -> Option<&'static str> {
        let is_instrument = |instrument: &InstrumentId| instrument.index() < self.markets.len();
        let mut is_good = change.balances.iter().all(|(asset, _)| asset.index() < self.balances.len());
        is_good &= change.kind.instrument().is_none_or(|instrument| is_instrument(&instrument));
        if let AccountChangeKind::Snapshot { positions, .. } = &change.kind {
            is_good &= positions.iter().all(|(instrument, _)| is_instrument(instrument));
        }
        (!is_good).then_some("it speaks of an instrument or an asset that there is not")
    }

    /// Returns whether a total moved.
    fn apply_balances<'a>(&mut self, balances: impl Iterator<Item = &'a (AssetId, Balance)>) -> bool {
        let mut has_moved = false;
        for (asset, balance) in balances {
            let at = asset.index();
            if self.balances[at].total != balance.total {
                self.totals[at] = to_f64(balance.total);
                has_moved = true;
            }
            self.balances[at] = *balance;
            self.has_new_balances = true;
        }
        has_moved
    }

    /// Returns whether a position moved.
    fn apply_step(&mut self, event: &OrderEvent) -> Result<bool> {
        let mut has_moved = false;
        if let OrderEventKind::Filled(fill) = &event.kind {
            self.recent_fills.add(event.order, fill.id);
            let market = &mut self.markets[event.instrument.index()];
            market.position.apply(event.side, market.spec.moved(event.side, fill), market.spec.tick.decimal(fill.price))?;
            market.show_position()?;
            self.touch(event.instrument);
            has_moved = true;
        }
        let Some(place) = self.index.get(event.order.index()).copied().filter(|place| *place < FILLED) else { return Ok(has_moved) };
        let order = &mut self.orders[place as usize];
        order.apply(event);
        self.retire(place);
        Ok(has_moved)
    }

    /// Frees the place of an order that is over.
    fn retire(&mut self, place: u32) {
        let order = &self.orders[place as usize];
        if order.state.is_terminal() {
            let (number, instrument) = (order.number, order.instrument);
            self.index[number.index()] = if order.state == OrderState::FullyFilled { FILLED } else { GONE };
            self.markets[instrument.index()].open_orders.retain(|open| *open != number);
            self.free.push(place);
        }
    }

    /// Takes in what no order made. Returns whether a position moved.
    #[cold]
    fn apply_change(&mut self, change: &AccountChange) -> Result<bool> {
        match &change.kind {
            // Their balances say it all.
            AccountChangeKind::Balance | AccountChangeKind::Transfer { .. } | AccountChangeKind::Funding { .. } => Ok(false),
            AccountChangeKind::Liquidation { instrument, price, quantity } => {
                let market = &mut self.markets[instrument.index()];
                let side = if *quantity > 0 { Side::Buy } else { Side::Sell };
                let amount = market.spec.lot.decimal(quantity.abs());
                market.position.apply(side, amount, market.spec.tick.decimal(*price))?;
                market.show_position()?;
                self.touch(*instrument);
                Ok(true)
            }
            AccountChangeKind::Snapshot { positions, orders } => {
                for at in 0..self.markets.len() {
                    let instrument = InstrumentId(at as u16);
                    let held = positions.iter().find(|(id, _)| *id == instrument);
                    self.markets[at].position = held.map_or_else(Position::default, |(_, position)| *position);
                    self.markets[at].show_position()?;
                    self.touch(instrument);
                }
                self.settle_orders(orders);
                Ok(true)
            }
        }
    }

    /// Orders are what a snapshot says. Of one that is missing there and was in doubt it is known now that it never opened; any other one
    /// that had been open ended unseen. One that is in flight without doubt may be on its way still.
    fn settle_orders(&mut self, working: &[WorkingOrder]) {
        let known: Vec<OrderNumber> = self.markets.iter().flat_map(|market| market.open_orders.iter().copied()).collect();
        for number in known {
            let place = self.index[number.index()];
            let order = &mut self.orders[place as usize];
            if let Some(found) = working.iter().find(|found| found.order == number) {
                (order.request.price, order.quantity, order.filled) = (found.price, found.quantity, found.filled);
                (order.state, order.is_in_doubt) = (OrderState::Open, false);
            } else if order.is_in_doubt {
                order.state = OrderState::OpenFailed(ReasonCode::Timeout.into());
            } else if order.state == OrderState::Open {
                order.state = OrderState::Expired(ReasonCode::OrderUnknown.into());
            }
            self.retire(place);
        }
    }
}
