//! What is asked of a system from outside.

use crate::registry::Cid;
use haggle_engine::{Draft, InstrumentFilter};
use haggle_model::OrderNumber;

/// An order to be sent, and what its sender calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its terms.
    pub draft: Draft,
    /// Whose it is; `None`: the system's strategy's.
    pub strategy: Option<String>,
    /// The sender's id of it; `None`: one is made of its number.
    pub cid: Option<Cid>,
}

impl From<Draft> for Open {
    fn from(draft: Draft) -> Self {
        Self { draft, strategy: None, cid: None }
    }
}

/// Which order is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one with this number.
    Number(OrderNumber),
    /// The one that gets this id when its command, sent before, is carried out.
    Cid(String),
}

/// A cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// Of which order.
    pub order: Which,
    /// The order that has the venue's id which was given beside it; another one's is refused.
    pub id: Option<OrderNumber>,
}

impl From<OrderNumber> for Cancel {
    fn from(number: OrderNumber) -> Self {
        Self { order: Which::Number(number), id: None }
    }
}

/// What is asked of a system from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Sends orders.
    SendOpenRequests(Vec<Open>),
    /// Asks for cancels.
    SendCancelRequests(Vec<Cancel>),
    /// Closes positions, and cancels the orders there before.
    ClosePositions(InstrumentFilter),
    /// Cancels orders.
    CancelOrders(InstrumentFilter),
}
