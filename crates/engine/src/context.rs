//! What a strategy can see and do during a call.

use crate::engine::{Engine, MarketView, Timer};
use crate::order::{EngineOrder, OrderState};
use haggle_model::time::Nanos;
use haggle_model::{AccountKind, Error, InstrumentId, OpenRequest, OrderKind, OrderNumber, Request, Result, Side, Size, TimeInForce};

/// The engine during one call of a strategy, with the instrument of the event.
#[derive(Debug)]
pub struct Context<'a> {
    /// The engine's state.
    pub engine: &'a mut Engine,
    /// The instrument of the current event; the first one where the event has none.
    pub instrument: InstrumentId,
}

/// An order about to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What to trade.
    pub instrument: InstrumentId,
    /// Direction.
    pub side: Side,
    /// How much.
    pub size: Size,
    /// Limit in ticks; `None` for a market order.
    pub price: Option<i64>,
    /// How long it works; a market order never waits.
    pub time_in_force: TimeInForce,
    /// Refuse it if it would take.
    pub post_only: bool,
    /// Never open or enlarge a position.
    pub reduce_only: bool,
}

impl Draft {
    /// A market order.
    pub const fn market(instrument: InstrumentId, side: Side, size: Size) -> Self {
        Self { instrument, side, size, price: None, time_in_force: TimeInForce::ImmediateOrCancel, post_only: false, reduce_only: false }
    }

    /// A limit order, good until cancelled.
    pub const fn limit(instrument: InstrumentId, side: Side, size: Size, price: i64) -> Self {
        Self { instrument, side, size, price: Some(price), time_in_force: TimeInForce::GoodUntilCancelled, post_only: false, reduce_only: false }
    }
}

impl Context<'_> {
    /// Time of the current event.
    pub fn now(&self) -> Nanos {
        self.engine.now
    }

    /// The market of the current event.
    pub fn market(&self) -> &MarketView {
        &self.engine.markets[self.instrument.index()]
    }

    /// Whether the current market's positions are settled in cash, and so may be negative.
    pub fn account(&self) -> AccountKind {
        if self.market().spec.is_cash_settled { AccountKind::CashSettled } else { AccountKind::Spot }
    }

    /// Whether an order of the current market works or is in flight.
    pub fn is_under_way(&self) -> bool {
        !self.market().open_orders.is_empty()
    }

    /// Turns the current market's position to `side`, unless it is there: by a market order that closes it, and one of `size`.
    /// An account that cannot be short is only closed by a sell.
    pub fn turn(&mut self, side: Side, size: Size) {
        if self.market().position_lots.signum() == side.sign() {
            return;
        }
        self.close_position();
        if side == Side::Buy || self.account() == AccountKind::CashSettled {
            self.submit(Draft::market(self.instrument, side, size));
        }
    }

    /// Sends an order; its fate comes by `on_account`. While requests are refused it fails at once, without an event.
    pub fn submit(&mut self, draft: Draft) -> OrderNumber {
        let number = OrderNumber(self.engine.order_count());
        let request = OpenRequest {
            order: number,
            instrument: draft.instrument,
            side: draft.side,
            kind: if draft.price.is_some() { OrderKind::Limit } else { OrderKind::Market },
            size: draft.size,
            price: draft.price.unwrap_or(0),
            time_in_force: draft.time_in_force,
            post_only: draft.post_only,
            reduce_only: draft.reduce_only,
        };
        let quantity = if let Size::Lots(lots) = draft.size { lots } else { 0 };
        let mut order = EngineOrder {
            number,
            instrument: draft.instrument,
            side: draft.side,
            request,
            quantity,
            filled: 0,
            state: OrderState::OpenInFlight,
            is_cancelling: false,
        };
        if let Some(code) = self.engine.refuses {
            self.engine.reserve_number();
            order.state = OrderState::OpenFailed(code.into());
            self.engine.refused.push(order);
        } else {
            self.engine.add_order(order);
            self.engine.outbox.push(Request::Open(request));
        }
        number
    }

    /// Asks for a cancel. Nothing happens for an order that is over, or whose cancel is already under way.
    pub fn cancel(&mut self, number: OrderNumber) {
        let is_refusing = self.engine.refuses.is_some();
        if let Some(order) = self.engine.order_mut(number).filter(|order| !order.is_cancelling && !is_refusing) {
            order.is_cancelling = true;
            self.engine.outbox.push(Request::Cancel(number));
        }
    }

    /// Asks for another price or total quantity.
    pub fn amend(&mut self, number: OrderNumber, price: Option<i64>, quantity: Option<i64>) {
        if self.engine.refuses.is_none() && self.engine.order(number).is_some() {
            self.engine.outbox.push(Request::Amend { order: number, price, quantity });
        }
    }

    /// Closes the current market's position by a reduce-only market order; `None` if it is flat.
    pub fn close_position(&mut self) -> Option<OrderNumber> {
        let lots = self.market().position_lots;
        let side = if lots > 0 { Side::Sell } else { Side::Buy };
        (lots != 0).then(|| self.submit(Draft { reduce_only: true, ..Draft::market(self.instrument, side, Size::Lots(lots.abs())) }))
    }

    /// Asks to be called after a while.
    pub fn timer(&mut self, after: Nanos, tag: u32) -> Result<()> {
        let time = self.engine.now.checked_add(after).filter(|_| after >= 0);
        let time = time.ok_or_else(|| Error::argument("after", "expected a duration not below zero"))?;
        self.engine.timers.push(Timer { time, tag });
        Ok(())
    }
}
