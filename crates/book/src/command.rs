//! What a book can be told to do, and the checks that need no book.

use haggle_model::{Error, Result, Side};

/// The exchange's number of an order: unique among the orders that rest. [`crate::FastBook`] is at its best when they come
/// from a counter.
pub type OrderId = u64;

/// The exchange's number of an account.
pub type AccountId = u32;

/// The times in force that a book without a clock knows. An exchange sends the others as `GoodUntilCancelled`, and a cancel
/// when their time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeInForce {
    /// What is not filled at once rests.
    GoodUntilCancelled,
    /// What is not filled at once expires.
    ImmediateOrCancel,
    /// All at once or nothing.
    FillOrKill,
}

/// What happens when an order reaches a resting order of its own account on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum SelfTradeRule {
    /// The resting order is cancelled and matching goes on.
    #[default]
    ExpireMaker,
    /// What is left of the incoming order is cancelled.
    ExpireTaker,
    /// They trade.
    None,
}

/// One instruction to a book. Prices are ticks of any sign, quantities are lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// A new limit order.
    Limit {
        /// Its number; no resting order may have it.
        id: OrderId,
        /// Whose it is.
        account: AccountId,
        /// Direction.
        side: Side,
        /// Worst price it accepts.
        price: i64,
        /// Lots, at least 1.
        quantity: i64,
        /// What becomes of the part that is not filled at once.
        time_in_force: TimeInForce,
        /// Refuse the order if its price reaches the other side's best, an own order too.
        post_only: bool,
    },
    /// A new market order: it takes at any price and never rests.
    Market {
        /// Its number; no resting order may have it.
        id: OrderId,
        /// Whose it is.
        account: AccountId,
        /// Direction.
        side: Side,
        /// Lots, at least 1.
        quantity: i64,
        /// `ImmediateOrCancel` or `FillOrKill`.
        time_in_force: TimeInForce,
    },
    /// Take an order out of the book.
    Cancel {
        /// Which order.
        id: OrderId,
    },
    /// Change an order in one step. A smaller quantity at the same price keeps the place, anything else (also no change)
    /// goes to the back and may take, unless the order is post-only. A total at or below what is filled ends the order.
    Amend {
        /// Which order.
        id: OrderId,
        /// New limit price; `None` keeps it.
        price: Option<i64>,
        /// New total quantity, what is filled included, at least 0; `None` keeps it.
        quantity: Option<i64>,
    },
}

impl Command {
    /// Refuses what no book could make sense of: `INVALID_ARGUMENT` with the field as path.
    pub fn check(&self) -> Result<()> {
        match *self {
            Self::Limit { quantity, .. } | Self::Market { quantity, .. } if quantity < 1 => {
                Err(Error::argument("quantity", format!("a new order has at least 1 lot, not {quantity}")))
            }
            Self::Limit { post_only: true, time_in_force, .. } if time_in_force != TimeInForce::GoodUntilCancelled => {
                Err(Error::argument("post_only", "an order that has to fill at once cannot be post-only"))
            }
            Self::Market { time_in_force: TimeInForce::GoodUntilCancelled, .. } => {
                Err(Error::argument("time_in_force", "a market order cannot rest").hint("use ImmediateOrCancel or FillOrKill"))
            }
            Self::Amend { quantity: Some(quantity), .. } if quantity < 0 => {
                Err(Error::argument("quantity", format!("a total quantity is at least 0 lots, not {quantity}")))
            }
            _ => Ok(()),
        }
    }
}

/// The error for a new order under the number of one that rests.
pub(crate) fn duplicate(id: OrderId) -> Error {
    Error::argument("id", format!("an order with id {id} rests in the book"))
}

/// The error for a price level that would hold more lots than `i64` counts.
pub(crate) fn level_overflow(price: i64) -> Error {
    Error::overflow(&format!("the total quantity at price {price}")).at("quantity")
}
