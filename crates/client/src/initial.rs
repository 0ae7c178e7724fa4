//! The account's state from a config: checked against itself, then taken in.

use crate::client::Client;
use crate::order::{Phase, Record, Status};
use haggle_book::OrderBook;
use haggle_exchange::Spec;
use haggle_model::wire::{self, AccountSnapshot, Order, OrderState, Placed};
use haggle_model::{AccountKind, AssetId, Code, Decimal, Error, OpenRequest, OrderKind, OrderNumber, Result, Size, TimeInForce};

const PATH: &str = "initial_state";

impl Client {
    /// What the account holds of each asset.
    ///
    /// Errors have the path of the field: an asset that is unknown or stands twice, amounts below zero, more free than in all.
    pub(crate) fn read_balances(&self, state: &AccountSnapshot) -> Result<Vec<(AssetId, Decimal)>> {
        let map = &self.settings.map;
        map.check_exchange(&state.exchange).map_err(|error| error.at(format!("{PATH}.exchange")))?;
        let mut deposits: Vec<(AssetId, Decimal)> = Vec::new();
        for (at, item) in state.balances.iter().enumerate() {
            let path = |name: &str| format!("{PATH}.balances[{at}].{name}");
            let asset = map.find_asset(&item.asset).map_err(|error| error.at(path("asset")))?;
            if deposits.iter().any(|(other, _)| *other == asset) {
                return Err(Error::new(Code::AmbiguousName, format!("{} stands twice", map.asset(asset))).at(path("asset")));
            }
            for (name, amount) in [("total", item.balance.total), ("free", item.balance.free)] {
                if amount < Decimal::ZERO {
                    let path = path(&format!("balance.{name}"));
                    return Err(Error::argument(path, format!("expected a decimal not below zero, found {amount}")));
                }
            }
            if item.balance.free > item.balance.total {
                let message = format!("{} are free of {} in all", item.balance.free, item.balance.total);
                return Err(Error::argument(path("balance.free"), message));
            }
            deposits.push((asset, item.balance.total));
        }
        Ok(deposits)
    }

    /// Takes in the open orders, which lock what they reserve, and checks that what is left is what is said to be free.
    pub(crate) fn adopt_orders(&mut self, state: &AccountSnapshot) -> Result<()> {
        for (at, item) in state.instruments.iter().enumerate() {
            let path = format!("{PATH}.instruments[{at}]");
            let market = self.settings.map.find(&item.instrument).map_err(|error| error.at(format!("{path}.instrument")))?;
            for (at, order) in item.orders.iter().enumerate() {
                let path = format!("{path}.orders[{at}]");
                self.adopt_order(market, order, &path)?;
            }
        }
        for (at, item) in state.balances.iter().enumerate() {
            let asset = self.settings.map.find_asset(&item.asset)?;
            let account = &mut self.core.accounts[0];
            let balance = account.exchange.ledger().balance(asset);
            account.held[asset.index()] = (balance, item.time_exchange);
            account.told[asset.index()] = balance;
            if balance.free != item.balance.free && self.settings.execution.account == AccountKind::Spot {
                let locked = item.balance.total - item.balance.free;
                let message = format!("{locked} are locked, and the open orders reserve {}", balance.total - balance.free);
                return Err(Error::argument(format!("{PATH}.balances[{at}].balance.free"), message));
            }
        }
        Ok(())
    }

    fn adopt_order(&mut self, market: usize, order: &Order, path: &str) -> Result<()> {
        let under = |name: &str| format!("{path}.{name}");
        let OrderState::Open(placed) = &order.state else {
            return Err(Error::argument(under("state"), "expected an order that is open"));
        };
        self.settings.map.check_exchange(&order.key.exchange).map_err(|error| error.at(under("key.exchange")))?;
        let named = self.settings.map.find(&order.key.instrument).map_err(|error| error.at(under("key.instrument")))?;
        if named != market {
            return Err(Error::argument(under("key.instrument"), "the order stands under another instrument"));
        }
        let number = self.next_order()?;
        let spec = &self.specs[market];
        let (request, filled) = read_order(spec, number, order, placed, path)?;
        let cost = spec.notional(request.price, filled).map_err(|error| error.at(under("quantity")))?;
        let cost = match order.average_price {
            Some(price) => price.checked_mul(placed.filled_quantity).ok_or_else(|| Error::overflow("the cost of an order").at(path))?,
            None => cost,
        };
        let opposite = self.core.symbols[market].book.best(request.side.opposite());
        if opposite.is_some_and(|level| !request.side.better(request.price, level.price)) {
            return Err(Error::argument(under("price"), "the open orders cross"));
        }
        let account = &mut self.core.accounts[0];
        if account.exchange.adopt(market, &request, filled)?.is_none() {
            return Err(Error::argument(path, "the account has not got what the open order reserves"));
        }
        let status = Status {
            phase: Phase::Open,
            price: request.price,
            quantity: if let Size::Lots(lots) = request.size { lots } else { 0 },
            filled,
            cost,
            time: placed.time_exchange,
            sequence: 0,
        };
        let given = |text: &str, made: &str| Some(text).filter(|text| !text.is_empty() && *text != made).map(Box::from);
        let (name, number_text) = (account.name.to_string(), number.0.to_string());
        let record = Record {
            request,
            account: 0,
            strategy: given(&order.key.strategy, &name),
            cid: given(&order.key.cid, &format!("{name}-{number_text}")),
            id: given(&placed.id, &number_text),
            truth: Some(status.clone()),
            seen: status,
            is_unknown: false,
            is_cancelling: false,
            under_way: 0,
        };
        self.core.orders.insert(record);
        self.rest_among_orders(market, number)
    }
}

/// The request that an open order came from, and how many of its lots are filled.
fn read_order(spec: &Spec, number: OrderNumber, order: &Order, placed: &Placed, path: &str) -> Result<(OpenRequest, i64)> {
    let under = |name: &str| format!("{path}.{name}");
    let terms = &order.terms;
    let (wire::OrderKind::Limit, Some(price)) = (terms.kind, terms.price) else {
        return Err(Error::argument(under("kind"), "an order that is open has a limit"));
    };
    let time_in_force = match terms.time_in_force {
        wire::TimeInForce::GoodUntilCancelled => TimeInForce::GoodUntilCancelled,
        wire::TimeInForce::GoodUntil(time) => TimeInForce::GoodUntil(time),
        wire::TimeInForce::GoodUntilEndOfDay => TimeInForce::GoodUntilEndOfDay,
        _ => return Err(Error::argument(under("time_in_force"), "an order that is open may wait")),
    };
    let quantity = spec.lot.count(terms.quantity, &under("quantity"))?;
    let filled_path = under("state.Active.Open.filled_quantity");
    let filled = if placed.filled_quantity.is_zero() { 0 } else { spec.lot.count(placed.filled_quantity, &filled_path)? };
    if filled >= quantity {
        return Err(Error::argument(filled_path, "an order that is open is not filled whole"));
    }
    let price = spec.tick.count(price, &under("price"))?;
    spec.notional(price, quantity).map_err(|error| error.at(under("quantity")))?;
    let request = OpenRequest {
        order: number,
        instrument: spec.instrument,
        side: terms.side,
        kind: OrderKind::Limit,
        size: Size::Lots(quantity),
        price,
        time_in_force,
        post_only: terms.post_only,
        reduce_only: terms.reduce_only,
    };
    Ok((request, filled))
}
