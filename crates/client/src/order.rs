//! An order as it is kept: what was asked for, where it stands at the exchange, and what its client knows of that.

use crate::failure::Failure;
use haggle_exchange::Spec;
use haggle_model::time::Nanos;
use haggle_model::{Decimal, Error, OpenRequest, OrderEvent, OrderEventKind, Result, Size};
use serde::{Deserialize, Serialize};

/// Where an order is in its life. A cancel under way, and doubt, are kept beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Sent.
    InFlight,
    /// Working.
    Open,
    /// Cancelled.
    Cancelled,
    /// Filled whole.
    Filled,
    /// Ended by the exchange.
    Expired,
    /// Never opened.
    Failed(Failure),
}

/// How an order stands after a step in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Where it is in its life.
    pub phase: Phase,
    /// Limit in ticks; 0 for a market order.
    pub price: i64,
    /// Lots in all.
    pub quantity: i64,
    /// Lots filled.
    pub filled: i64,
    /// What the fills came to, in quote.
    #[serde(with = "haggle_model::packed")]
    pub cost: Decimal,
    /// When the step was.
    pub time: Nanos,
    /// Its place among all steps of all orders.
    pub sequence: u64,
}

impl Status {
    /// An order that has just been sent.
    pub fn sent(request: &OpenRequest, now: Nanos) -> Self {
        let quantity = if let Size::Lots(lots) = request.size { lots } else { 0 };
        Self { phase: Phase::InFlight, price: request.price, quantity, filled: 0, cost: Decimal::ZERO, time: now, sequence: 0 }
    }

    /// Whether the order is over.
    pub const fn is_over(&self) -> bool {
        !matches!(self.phase, Phase::InFlight | Phase::Open)
    }

    /// What a step made of it.
    pub fn apply(&mut self, event: &OrderEvent, spec: &Spec, sequence: u64) -> Result<()> {
        (self.time, self.sequence) = (event.time, sequence);
        match &event.kind {
            OrderEventKind::Opened => self.phase = Phase::Open,
            OrderEventKind::Filled(fill) => {
                let cost = spec.notional(fill.price, fill.quantity)?;
                self.cost = self.cost.checked_add(cost).ok_or_else(|| Error::overflow("the cost of an order"))?;
                (self.filled, self.quantity) = (fill.filled, fill.order_quantity);
                self.phase = if fill.filled == fill.order_quantity { Phase::Filled } else { Phase::Open };
            }
            OrderEventKind::Cancelled(_) => self.phase = Phase::Cancelled,
            OrderEventKind::Expired(_) => self.phase = Phase::Expired,
            OrderEventKind::Rejected(reason) => self.phase = Phase::Failed(Failure::from(reason)),
            OrderEventKind::Amended { price, quantity } => (self.price, self.quantity) = (*price, *quantity),
            OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_) | OrderEventKind::InDoubt => {}
        }
        Ok(())
    }
}

/// An order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// As sent; its number is the exchange's id of it.
    pub request: OpenRequest,
    /// Whose it is.
    pub account: u16,
    /// The strategy's id, where it is not the account's name.
    pub strategy: Option<Box<str>>,
    /// The client's id, where it is not made of the account's name and the number.
    pub cid: Option<Box<str>>,
    /// The exchange's id, where the initial state gave it another one than its number.
    pub id: Option<Box<str>>,
    /// How it stands at the exchange; `None` before it has arrived there.
    pub truth: Option<Status>,
    /// How it stands as far as its client was told.
    pub seen: Status,
    /// Whether its client cannot tell if it has arrived.
    pub is_unknown: bool,
    /// Whether a cancel was sent and has not been answered.
    pub is_cancelling: bool,
    /// Requests of it on their way to the exchange.
    pub under_way: u32,
}

impl Record {
    /// Place of its instrument in the map.
    pub const fn market(&self) -> usize {
        self.request.instrument.index()
    }

    /// Whether its client has an answer to all that was sent.
    pub const fn is_settled(&self) -> bool {
        !self.is_unknown && !self.is_cancelling && self.under_way == 0 && !matches!(self.seen.phase, Phase::InFlight)
    }

    /// The exchange's word on it; before it has one, the client's.
    pub fn current(&self) -> &Status {
        self.truth.as_ref().unwrap_or(&self.seen)
    }

    /// Whether nothing more can happen to it or be told of it.
    pub fn is_done(&self) -> bool {
        self.seen.is_over() && self.under_way == 0 && self.truth.as_ref().is_none_or(Status::is_over)
    }
}
