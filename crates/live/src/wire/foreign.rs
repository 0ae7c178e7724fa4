//! What a venue says of its account, in barter's JSON, in the engine's terms: for hosts of a venue that is not simulated.
//!
//! Orders are found by the client's id, else by the venue's, which is learned from what the venue says. The engine says itself what it
//! does not take in: a fill that was told before, an order that was never sent.

use super::Names;
use super::names::unknown_order;
use crate::command::Which;
use haggle_engine::{Engine, OrderState};
use haggle_model::time::Nanos;
use haggle_model::wire::{self, AccountEventKind, AccountSnapshot, ApiError, AssetBalance, CancelResponse, ConnectivityError, OrderError};
use haggle_model::{
    AccountChange, AccountChangeKind, AccountEvent, AssetId, Balance, Code, Error, Fill, InstrumentId, Liquidity, OrderEvent,
    OrderEventKind, OrderNumber, Reason, ReasonCode, Result, Side, WorkingOrder,
};

impl Names {
    /// The events of one message of a venue; empty where it says nothing that changes an engine. `engine`: the one that is told.
    ///
    /// Errors have the path in the message's JSON: `UNKNOWN_NAME` for an order, an instrument or an asset that there is not,
    /// `INVALID_DATA` for a price or a size off its grid, `UNSUPPORTED` for what only our own streams say.
    pub fn account_event(&self, engine: &Engine, event: &wire::AccountEvent) -> Result<Vec<AccountEvent>> {
        let wire::AccountEvent::Item(exchange, kind) = event else { return Ok(Vec::new()) };
        let within = |name: &str, error: Error| error.within(&format!("kind.{name}"));
        match kind {
            AccountEventKind::BalanceSnapshot(balance) => {
                let balances = vec![self.balance_of(exchange, balance).map_err(|error| within("BalanceSnapshot", error))?];
                Ok(vec![change(balance.time_exchange, AccountChangeKind::Balance, balances)])
            }
            AccountEventKind::OrderSnapshot(order) => self.order_step(engine, order).map_err(|error| within("OrderSnapshot", error)),
            AccountEventKind::OrderCancelled(response) => {
                self.cancel_step(engine, response).map_err(|error| within("OrderCancelled", error))
            }
            AccountEventKind::Trade(fill) => self.fill_step(engine, fill).map_err(|error| within("Trade", error)),
            AccountEventKind::Snapshot(snapshot) => self.whole(engine, snapshot).map_err(|error| within("Snapshot", error)),
            AccountEventKind::Overflow(_) | AccountEventKind::Forced(_) => {
                Err(Error::new(Code::Unsupported, "only a stream of ours says that").at("kind"))
            }
        }
    }

    fn balance_of(&self, exchange: &wire::Name, balance: &AssetBalance) -> Result<(AssetId, Balance)> {
        Ok((self.translator.asset_id(&balance.asset, Some(exchange)).map_err(|error| error.at("asset"))?, balance.balance))
    }

    /// The order that is meant by the client's id, else by the venue's. The venue's id is learned.
    fn order_meant(&self, cid: &str, id: Option<&str>) -> Result<OrderNumber> {
        let by_cid = match self.find(cid).filter(|_| !cid.is_empty()) {
            Some(Which::Number(number)) => Some(number),
            Some(which @ Which::Cid(_)) => self.find_number(&which).ok(),
            None => None,
        };
        let number = by_cid.or_else(|| id.and_then(|id| self.number_of_id(id)));
        let number = number.ok_or_else(|| unknown_order(if cid.is_empty() { id.unwrap_or_default() } else { cid }).at("key.cid"))?;
        if let Some(id) = id.filter(|id| **id != number.0.to_string()) {
            self.name_at_venue(number, id);
        }
        Ok(number)
    }

    fn order_step(&self, engine: &Engine, order: &wire::Order) -> Result<Vec<AccountEvent>> {
        let (id, time, kind) = match &order.state {
            wire::OrderState::Open(placed) | wire::OrderState::CancelInFlight(Some(placed)) => {
                (Some(placed.id.as_str()), placed.time_exchange, Some(OrderEventKind::Opened))
            }
            wire::OrderState::Cancelled { id, time_exchange } => {
                (Some(id.as_str()), *time_exchange, Some(OrderEventKind::Cancelled(ReasonCode::Requested.into())))
            }
            wire::OrderState::OpenFailed(error) => (None, engine.now, Some(OrderEventKind::Rejected(reason_of(error)))),
            wire::OrderState::Expired => {
                (order.id.as_deref(), engine.now, Some(OrderEventKind::Expired(ReasonCode::LiquidityMissing.into())))
            }
            // The fills say it; what is in flight is known.
            wire::OrderState::FullyFilled | wire::OrderState::OpenInFlight { .. } | wire::OrderState::CancelInFlight(None) => {
                (order.id.as_deref(), engine.now, None)
            }
        };
        let number = self.order_meant(&order.key.cid, id)?;
        let known = engine.order(number);
        // An order that is open already says nothing new by being open, unless its terms are others.
        let kind = match (kind, known) {
            (Some(OrderEventKind::Opened), Some(known)) if known.state == OrderState::Open => {
                let spec = self.spec(known.instrument);
                let price = order.terms.price.map(|price| on_grid(spec.tick, price, "price")).transpose()?.unwrap_or(known.request.price);
                let quantity = on_grid(spec.lot, order.terms.quantity, "quantity")?;
                let is_changed = price != known.request.price || quantity != known.quantity;
                is_changed.then_some(OrderEventKind::Amended { price, quantity })
            }
            (kind, _) => kind,
        };
        Ok(kind.map(|kind| Self::step_of(engine, number, time, kind)).into_iter().collect())
    }

    fn cancel_step(&self, engine: &Engine, response: &CancelResponse) -> Result<Vec<AccountEvent>> {
        let (id, time, kind) = match &response.state {
            Ok((id, time)) => (Some(id.as_str()), *time, OrderEventKind::Cancelled(ReasonCode::Requested.into())),
            Err(error) => (None, engine.now, OrderEventKind::CancelRejected(reason_of(error))),
        };
        let number = self.order_meant(&response.key.cid, id)?;
        Ok(vec![Self::step_of(engine, number, time, kind)])
    }

    fn fill_step(&self, engine: &Engine, fill: &wire::Fill) -> Result<Vec<AccountEvent>> {
        let number = self.order_meant(fill.cid.as_deref().unwrap_or_default(), Some(&fill.order_id))?;
        let instrument = self.translator.instrument_id(&fill.instrument, None).map_err(|error| error.at("instrument"))?;
        let spec = self.spec(instrument);
        let quantity = on_grid(spec.lot, fill.quantity, "quantity")?;
        let known = engine.order(number);
        let before = known.map_or(0, |order| order.filled);
        let filled = fill.filled_quantity.map(|filled| on_grid(spec.lot, filled, "filled_quantity")).transpose()?;
        let filled = filled.unwrap_or(before.saturating_add(quantity)).max(before);
        let fee_asset = match &fill.fee_asset {
            Some(name) => self.translator.asset_id(name, None).map_err(|error| error.at("fee_asset"))?,
            None => spec.quote,
        };
        let kind = OrderEventKind::Filled(Fill {
            id: trade_number(&fill.id),
            price: on_grid(spec.tick, fill.price, "price")?,
            quantity,
            filled,
            order_quantity: known.map_or(filled, |order| order.quantity.max(filled)),
            liquidity: fill.liquidity.unwrap_or(Liquidity::Taker),
            fee: fill.fee,
            fee_asset,
            fee_quote: (fee_asset == spec.quote).then_some(fill.fee),
        });
        let event = OrderEvent {
            sequence: 0,
            time: fill.time_exchange,
            order: number,
            instrument,
            side: fill.side,
            kind,
            balances: [None; 3],
            ends_bundle: true,
        };
        Ok(vec![event.into()])
    }

    /// The account as a whole. Positions are what the engine counted: barter's snapshot does not tell of them.
    fn whole(&self, engine: &Engine, snapshot: &AccountSnapshot) -> Result<Vec<AccountEvent>> {
        let balances =
            snapshot.balances.iter().enumerate().map(|(at, balance)| {
                self.balance_of(&snapshot.exchange, balance).map_err(|error| error.within(&format!("balances[{at}]")))
            });
        let balances = balances.collect::<Result<Vec<_>>>()?;
        let mut orders = Vec::new();
        for order in snapshot.instruments.iter().flat_map(|instrument| &instrument.orders) {
            let wire::OrderState::Open(placed) = &order.state else { continue };
            let number = self.order_meant(&order.key.cid, Some(&placed.id))?;
            let Some(known) = engine.order(number) else { continue };
            let spec = self.spec(known.instrument);
            orders.push(WorkingOrder {
                order: number,
                price: order.terms.price.map_or(Ok(0), |price| on_grid(spec.tick, price, "price"))?,
                quantity: on_grid(spec.lot, order.terms.quantity, "quantity")?,
                filled: on_grid(spec.lot, placed.filled_quantity, "filled_quantity")?,
            });
        }
        let held = (0..).map(InstrumentId).zip(&engine.markets).filter(|(_, market)| !market.position.quantity.is_zero());
        let positions = held.map(|(instrument, market)| (instrument, market.position)).collect();
        let time = snapshot.balances.iter().map(|balance| balance.time_exchange).max().unwrap_or(engine.now);
        Ok(vec![change(time, AccountChangeKind::Snapshot { positions, orders }, balances)])
    }

    fn step_of(engine: &Engine, order: OrderNumber, time: Nanos, kind: OrderEventKind) -> AccountEvent {
        let (instrument, side) = engine.order(order).map_or((InstrumentId(0), Side::Buy), |order| (order.instrument, order.side));
        OrderEvent { sequence: 0, time, order, instrument, side, kind, balances: [None; 3], ends_bundle: true }.into()
    }
}

fn on_grid(grid: haggle_model::Increment, value: haggle_model::Decimal, path: &str) -> Result<i64> {
    grid.exact(value).ok_or_else(|| Error::data(format!("{value} is no multiple of {}", grid.value())).at(path))
}

/// A venue's trade id as a number: itself where it is one, else a hash of the text, which tells ids apart.
fn trade_number(id: &str) -> u64 {
    // FNV-1a, 64 bits.
    let hash = || id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    id.parse().unwrap_or_else(|_| hash())
}

fn change(time: Nanos, kind: AccountChangeKind, balances: Vec<(AssetId, Balance)>) -> AccountEvent {
    AccountEvent::Change(Box::new(AccountChange { sequence: 0, time, kind, balances, ends_bundle: true }))
}

fn reason_of(error: &OrderError) -> Reason {
    let refused = |message: &str| Reason::from(ReasonCode::VenueRefused).with_text("message", message);
    match error {
        OrderError::Rejected(ApiError::OrderAlreadyCancelled) => ReasonCode::OrderAlreadyCancelled.into(),
        OrderError::Rejected(ApiError::OrderAlreadyFullyFilled) => ReasonCode::OrderAlreadyFullyFilled.into(),
        OrderError::Rejected(ApiError::RateLimit) => ReasonCode::RateLimit.into(),
        OrderError::Rejected(ApiError::BalanceInsufficient(_, message)) => {
            Reason::from(ReasonCode::BalanceInsufficient).with_text("message", message)
        }
        OrderError::Rejected(
            ApiError::AssetInvalid(_, message) | ApiError::InstrumentInvalid(_, message) | ApiError::OrderRejected(message),
        ) => refused(message),
        OrderError::Connectivity(ConnectivityError::ExchangeOffline(_)) => ReasonCode::ExchangeOffline.into(),
        OrderError::Connectivity(ConnectivityError::Timeout) => ReasonCode::Timeout.into(),
        OrderError::Connectivity(ConnectivityError::Socket(_)) => ReasonCode::Socket.into(),
    }
}
