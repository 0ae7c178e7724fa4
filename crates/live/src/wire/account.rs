//! What an exchange did in one action, as barter's account events.
//!
//! | step | event |
//! |---|---|
//! | opened, expired, rejected, amended, an amend refused | `OrderSnapshot`: the order with its terms, as it stands then |
//! | filled | `Trade`; with the last one `filled_quantity` is the order's quantity |
//! | cancelled, a cancel refused | `OrderCancelled` |
//!
//! Behind each come the balances that the exchange tells with it, as `BalanceSnapshot`: those of base and quote, also where they are as
//! they were, and of the fee's asset where it is another one.

use super::Names;
use haggle_engine::{EngineOrder, OrderState};
use haggle_model::time::Nanos;
use haggle_model::wire::{
    self, AccountEvent, AccountEventKind, AssetBalance, CancelResponse, EngineEvent, Name, Order, OrderError, Placed, Terms,
};
use haggle_model::{
    AccountEvent as Happened, AssetId, Error, ExchangeId, Fill, OrderEvent, OrderEventKind, OrderKind, OrderNumber, Result,
};
use std::collections::BTreeMap;

impl Names {
    /// A bundle; `orders` are its orders as they were before it.
    pub(super) fn account_events(&self, bundle: &[Happened], orders: &[EngineOrder]) -> Result<Vec<EngineEvent>> {
        let mut orders: BTreeMap<OrderNumber, EngineOrder> = orders.iter().map(|order| (order.number, order.clone())).collect();
        let mut events = Vec::new();
        for event in bundle {
            let exchange = match event {
                Happened::Order(event) => {
                    let order = orders.get_mut(&event.order).ok_or_else(|| Error::bug("an account event without its order"))?;
                    order.apply(event);
                    let exchange = self.spec(event.instrument).exchange;
                    events.push(self.item(exchange, self.step(event, order)));
                    exchange
                }
                Happened::Change(change) => {
                    let of_asset = |(asset, _): &(AssetId, _)| self.setup.constant.system.assets[asset.index()].exchange;
                    let of_instrument = change.kind.instrument().map(|instrument| self.spec(instrument).exchange);
                    let exchange = of_instrument.or_else(|| change.balances.first().map(of_asset)).unwrap_or_default();
                    events.push(self.item(exchange, AccountEventKind::Forced(change.kind.as_str().to_owned())));
                    exchange
                }
            };
            for (asset, balance) in event.balances() {
                let balance = AssetBalance { asset: self.asset(*asset).into(), balance: *balance, time_exchange: event.time() };
                events.push(self.item(exchange, AccountEventKind::BalanceSnapshot(balance)));
            }
        }
        Ok(events)
    }

    /// What a risk limit did to an order: the order as it stands then.
    pub(super) fn risk_event(&self, event: &OrderEvent, orders: &[EngineOrder]) -> Result<EngineEvent> {
        let order = orders.iter().find(|order| order.number == event.order);
        let order = order.ok_or_else(|| Error::bug("an order that risk judged is not in the account"))?;
        let exchange = self.spec(event.instrument).exchange;
        Ok(self.item(exchange, AccountEventKind::OrderSnapshot(Box::new(self.order(order)))))
    }

    fn item(&self, exchange: ExchangeId, kind: AccountEventKind) -> EngineEvent {
        EngineEvent::Account(AccountEvent::Item(self.exchange(exchange).into(), kind))
    }

    fn step(&self, event: &OrderEvent, order: &EngineOrder) -> AccountEventKind {
        let state = match &event.kind {
            OrderEventKind::Filled(fill) => return AccountEventKind::Trade(Box::new(self.fill(event, fill))),
            OrderEventKind::Cancelled(_) => Ok((self.venue_id(event.order), event.time)),
            OrderEventKind::CancelRejected(reason) => Err(OrderError::from(reason)),
            OrderEventKind::Opened
            | OrderEventKind::Expired(_)
            | OrderEventKind::Rejected(_)
            | OrderEventKind::Amended { .. }
            | OrderEventKind::AmendRejected(_)
            | OrderEventKind::InDoubt => return AccountEventKind::OrderSnapshot(Box::new(self.order(order))),
        };
        let filled = self.spec(event.instrument).lot.decimal(order.filled);
        AccountEventKind::OrderCancelled(CancelResponse {
            key: self.key(event.order, event.instrument),
            state,
            filled_quantity: Some(filled),
        })
    }

    fn fill(&self, event: &OrderEvent, fill: &Fill) -> wire::Fill {
        let spec = self.spec(event.instrument);
        let (strategy, cid) = self.order_name(event.order);
        wire::Fill {
            id: fill.id.to_string(),
            order_id: self.venue_id(event.order),
            instrument: self.instrument(event.instrument).into(),
            strategy,
            time_exchange: event.time,
            side: event.side,
            price: spec.tick.decimal(fill.price),
            quantity: spec.lot.decimal(fill.quantity),
            fee: fill.fee,
            // Barter's reader knows no fee but one in quote.
            fee_asset: (fill.fee_asset != spec.quote).then(|| Name::from(self.asset(fill.fee_asset))),
            cid: Some(cid),
            filled_quantity: Some(spec.lot.decimal(fill.filled)),
            liquidity: Some(fill.liquidity),
        }
    }

    /// An order as it stands. The quantity of one that was sized by an amount is 0 until a fill has said it.
    pub(super) fn order(&self, order: &EngineOrder) -> Order {
        let spec = self.spec(order.instrument);
        let filled = spec.lot.decimal(order.filled);
        let request = &order.request;
        Order {
            key: self.key(order.number, order.instrument),
            terms: Terms {
                side: order.side,
                kind: if request.kind == OrderKind::Limit { wire::OrderKind::Limit } else { wire::OrderKind::Market },
                price: (request.kind == OrderKind::Limit).then(|| spec.tick.decimal(request.price)),
                quantity: spec.lot.decimal(order.quantity),
                time_in_force: request.time_in_force.into(),
                post_only: request.post_only,
                reduce_only: request.reduce_only,
            },
            state: self.order_state(order, order.time),
            filled_quantity: Some(filled),
            average_price: None,
            id: matches!(order.state, OrderState::FullyFilled | OrderState::Expired(_)).then(|| self.venue_id(order.number)),
        }
    }

    fn order_state(&self, order: &EngineOrder, time_exchange: Nanos) -> wire::OrderState {
        let filled_quantity = self.spec(order.instrument).lot.decimal(order.filled);
        let placed = || Placed { id: self.venue_id(order.number), time_exchange, filled_quantity };
        match &order.state {
            OrderState::OpenInFlight if order.is_cancelling => wire::OrderState::CancelInFlight(None),
            OrderState::OpenInFlight => wire::OrderState::OpenInFlight { is_unknown: order.is_in_doubt },
            OrderState::Open if order.is_cancelling => wire::OrderState::CancelInFlight(Some(placed())),
            OrderState::Open => wire::OrderState::Open(placed()),
            OrderState::FullyFilled => wire::OrderState::FullyFilled,
            OrderState::Cancelled => wire::OrderState::Cancelled { id: self.venue_id(order.number), time_exchange },
            OrderState::Expired(_) => wire::OrderState::Expired,
            OrderState::OpenFailed(reason) => wire::OrderState::OpenFailed(OrderError::from(reason)),
        }
    }
}
