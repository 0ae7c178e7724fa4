//! What can be read off a book: orders and levels.

use crate::{AccountId, OrderId};
use haggle_model::Side;

/// A resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its number.
    pub id: OrderId,
    /// Whose it is.
    pub account: AccountId,
    /// Direction.
    pub side: Side,
    /// Limit price in ticks.
    pub price: i64,
    /// Lots in all.
    pub quantity: i64,
    /// Lots filled.
    pub filled: i64,
    /// Whether an amend may make it take.
    pub post_only: bool,
}

impl Order {
    /// Lots not filled.
    pub const fn left(&self) -> i64 {
        self.quantity - self.filled
    }
}

/// All orders of one side at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Ticks.
    pub price: i64,
    /// Lots not filled, over all orders.
    pub quantity: i64,
    /// Number of orders.
    pub orders: u32,
}
