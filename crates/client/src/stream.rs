//! An account's stream of events: opened on first use, bounded. Events are kept small and become wire values when they are read.

use crate::failure::Failure;
use crate::order::Status;
use haggle_model::time::Nanos;
use haggle_model::{AssetId, Balance, Decimal, Liquidity, OrderNumber, Side};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// An own execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillRecord {
    /// The exchange's number of it; both sides of a trade among own accounts have the same.
    pub id: u64,
    /// Which order.
    pub order: OrderNumber,
    /// When.
    pub time: Nanos,
    /// Direction.
    pub side: Side,
    /// Ticks.
    pub price: i64,
    /// Lots.
    pub quantity: i64,
    /// Lots of the order filled so far.
    pub filled: i64,
    /// Maker or taker.
    pub liquidity: Liquidity,
    /// The fee.
    #[serde(with = "haggle_model::packed")]
    pub fee: Decimal,
    /// What it was paid in.
    pub fee_asset: AssetId,
}

/// An account as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// By asset: how much, since when.
    pub balances: Vec<(Balance, Nanos)>,
    /// Open orders.
    pub orders: Vec<(OrderNumber, Status)>,
}

/// An event, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// How an order stands, whether it is in doubt, whether a cancel of it is under way.
    Order(OrderNumber, Status, bool, bool),
    /// The answer to a cancel: how the order stands, and why the cancel was refused.
    Cancel(OrderNumber, Status, Option<Failure>),
    /// A fill.
    Trade(FillRecord),
    /// A balance.
    Balance(AssetId, Balance, Nanos),
    /// The account.
    Whole(Box<Whole>),
    /// The connection broke.
    Reconnecting,
    /// A test made something happen.
    Forced(String),
    /// Events were lost.
    Overflow(u64),
}

/// The stream of an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Stream {
    is_open: bool,
    lost: u64,
    queue: VecDeque<Note>,
}

impl Stream {
    /// Whether it was ever looked at: before that nothing is kept.
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Opens it with the account as it is.
    pub fn open(&mut self, whole: Whole) {
        self.is_open = true;
        self.queue.push_back(Note::Whole(Box::new(whole)));
    }

    /// Adds an event; of more than `max` the oldest are lost, and counted.
    pub fn push(&mut self, max: usize, note: impl FnOnce() -> Note) {
        if !self.is_open {
            return;
        }
        while self.queue.len() >= max.max(1) {
            self.queue.pop_front();
            self.lost += 1;
        }
        self.queue.push_back(note());
    }

    /// An event could not be shown any more.
    pub const fn lose(&mut self) {
        self.lost += 1;
    }

    /// The next event; how many were lost comes before those that were not.
    pub fn pop(&mut self) -> Option<Note> {
        match std::mem::take(&mut self.lost) {
            0 => self.queue.pop_front(),
            lost => Some(Note::Overflow(lost)),
        }
    }
}
