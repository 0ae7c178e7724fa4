//! What a strategy can see and do during a call.

use crate::engine::{Engine, Timer};
use crate::market::MarketView;
use crate::risk::RISK_TAG;
use haggle_model::time::Nanos;
use haggle_model::{
    AccountKind, Error, InstrumentId, OpenRequest, OrderKind, OrderNumber, Reason, Request, Result, Side, Size, TimeInForce,
};

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
        Self {
            instrument,
            side,
            size,
            price: Some(price),
            time_in_force: TimeInForce::GoodUntilCancelled,
            post_only: false,
            reduce_only: false,
        }
    }
}

impl Draft {
    /// The request that it becomes, under this number.
    pub const fn request(&self, order: OrderNumber) -> OpenRequest {
        let (kind, price) = match self.price {
            Some(price) => (OrderKind::Limit, price),
            None => (OrderKind::Market, 0),
        };
        OpenRequest {
            order,
            instrument: self.instrument,
            side: self.side,
            kind,
            size: self.size,
            price,
            time_in_force: self.time_in_force,
            post_only: self.post_only,
            reduce_only: self.reduce_only,
        }
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

    /// Sends an order; its fate comes by `on_account`. While requests are refused it fails at once, without an event; where a risk limit
    /// refuses or cuts it, `on_account` is told as soon as the callback that sent it has returned.
    pub fn submit(&mut self, draft: Draft) -> OrderNumber {
        let request = draft.request(OrderNumber(self.engine.order_count()));
        match self.engine.judge(&request) {
            Ok(request) => self.engine.open(&request),
            Err(reason) => self.engine.refuse(&request, reason),
        }
        request.order
    }

    /// The same of an order that a check of the strategy's host has refused: it is recorded and told, and does not leave.
    pub fn submit_refused(&mut self, draft: Draft, reason: Reason) -> OrderNumber {
        let request = draft.request(OrderNumber(self.engine.order_count()));
        let reason = self.engine.refuses.map_or(reason, Reason::from);
        self.engine.refuse(&request, reason);
        request.order
    }

    /// Asks for a cancel. Nothing happens for an order that is over, or whose cancel is already under way.
    pub fn cancel(&mut self, number: OrderNumber) {
        let is_refusing = self.engine.refuses.is_some();
        if let Some(order) = self.engine.order_mut(number).filter(|order| !order.is_cancelling && !is_refusing) {
            order.is_cancelling = true;
            self.engine.outbox.push(Request::Cancel(number));
        }
    }

    /// Asks for another price or total quantity. Where a risk limit refuses that, `on_account` is told.
    pub fn amend(&mut self, number: OrderNumber, price: Option<i64>, quantity: Option<i64>) {
        if self.engine.refuses.is_none() && self.engine.order(number).is_some() && self.engine.judge_amend(number, price, quantity) {
            self.engine.outbox.push(Request::Amend { order: number, price, quantity });
        }
    }

    /// Closes the current market's position by a reduce-only market order; `None` if it is flat.
    pub fn close_position(&mut self) -> Option<OrderNumber> {
        let lots = self.market().position_lots;
        let side = if lots > 0 { Side::Sell } else { Side::Buy };
        (lots != 0).then(|| self.submit(Draft { reduce_only: true, ..Draft::market(self.instrument, side, Size::Lots(lots.abs())) }))
    }

    /// Asks to be called after a while, with a tag below `u32::MAX`.
    pub fn timer(&mut self, after: Nanos, tag: u32) -> Result<()> {
        if tag == RISK_TAG {
            return Err(Error::argument("tag", format!("expected a tag below {RISK_TAG}, which is the engine's own")));
        }
        let time = self.engine.now.checked_add(after).filter(|_| after >= 0);
        let time = time.ok_or_else(|| Error::argument("after", "expected a duration not below zero"))?;
        self.engine.timers.push(Timer { time, tag });
        Ok(())
    }
}
