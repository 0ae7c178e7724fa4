//! Requests and answers on their way. When they arrive is said by each account's connection, the same that back-tests have.

use crate::failure::Failure;
use crate::order::Status;
use crate::stream::FillRecord;
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{AssetId, Balance, OrderEvent, OrderNumber, Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What becomes of the answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It arrives.
    Usual,
    /// It is lost; the request had its effect.
    Lost,
    /// What acknowledges the order arrives so much later.
    Late(Nanos),
    /// What acknowledges the order arrives twice.
    Twice,
}

/// A request under way.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct AccountRequest {
    /// Whose.
    pub account: u16,
    /// Of which order.
    pub order: OrderNumber,
    /// Place of its instrument.
    pub market: u16,
    /// What it asks.
    pub request: Request,
    /// What becomes of its answer.
    pub answer: Answer,
}

/// What an answer is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    /// How the order stands.
    Order,
    /// The answer to a cancel; why it was refused.
    Cancel(Option<Failure>),
    /// A fill.
    Trade(FillRecord),
    /// Nothing but the balances.
    Balances,
}

/// A step in an order's life on its way to the client, with the balances that it changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// Whose.
    pub account: u16,
    /// Which order.
    pub order: OrderNumber,
    /// How it stood then.
    pub status: Status,
    /// What happened.
    pub step: Step,
    /// Balances after it.
    pub balances: [Option<(AssetId, Balance)>; 3],
    /// Whether it is told twice.
    pub is_double: bool,
    /// The exchange's words, where an engine listens.
    #[serde(skip)]
    pub event: Option<Box<OrderEvent>>,
}

/// Everything under way, by arrival, then by the order in which it was sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Transit {
    /// To the exchange.
    pub requests: BTreeMap<(Nanos, u64), AccountRequest>,
    /// To the clients.
    pub deliveries: BTreeMap<(Nanos, u64), Delivery>,
}

impl Transit {
    /// When the next message arrives.
    pub fn next(&self) -> Nanos {
        let first = |key: Option<&(Nanos, u64)>| key.map_or(NEVER, |key| key.0);
        first(self.requests.keys().next()).min(first(self.deliveries.keys().next()))
    }
}
