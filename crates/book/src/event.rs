//! What a book says happened.

use crate::OrderId;
use haggle_model::ReasonCode;

/// One step in the life of an order.
///
/// Every accepted order starts with `Opened`, also one that never rests, and has exactly one end: a `Filled` that leaves it
/// nothing, `Cancelled` or `Expired`. `Rejected` stands alone. The quantity that an event leaves is in lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Accepted; fills may follow at once.
    Opened {
        /// The order.
        id: OrderId,
    },
    /// Two orders traded at the maker's price.
    Filled {
        /// The order that rested.
        maker: OrderId,
        /// The order that came.
        taker: OrderId,
        /// The maker's price in ticks.
        price: i64,
        /// Lots traded.
        quantity: i64,
        /// Lots the maker has left; 0 ends it.
        maker_left: i64,
        /// Lots the taker has left; 0 ends it.
        taker_left: i64,
    },
    /// Ended by a cancel (`Requested`), an amend (`AmendedToFilled`) or an order of the same account (`SelfTrade`).
    Cancelled {
        /// The order.
        id: OrderId,
        /// Lots that were not filled.
        left: i64,
        /// Why.
        reason: ReasonCode,
    },
    /// Ended because it could not be filled at once (`LiquidityMissing`, or `FillOrKillUnfilled` with nothing filled).
    Expired {
        /// The order.
        id: OrderId,
        /// Lots that were not filled.
        left: i64,
        /// Why.
        reason: ReasonCode,
    },
    /// Never opened (`PostOnlyWouldTake`).
    Rejected {
        /// The order.
        id: OrderId,
        /// Why.
        reason: ReasonCode,
    },
    /// The cancel found no such order (`OrderUnknown`): it never was, or is over.
    CancelRejected {
        /// The order.
        id: OrderId,
        /// Why.
        reason: ReasonCode,
    },
    /// Changed; fills may follow at once.
    Amended {
        /// The order.
        id: OrderId,
        /// Its limit price in ticks.
        price: i64,
        /// Its total quantity in lots, what is filled included.
        quantity: i64,
    },
    /// The amend was refused (`OrderUnknown`, `PostOnlyWouldTake`); the order is as it was.
    AmendRejected {
        /// The order.
        id: OrderId,
        /// Why.
        reason: ReasonCode,
    },
}
