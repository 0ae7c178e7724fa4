//! Steps in an order's life, one [`OrderEvent`] each.

use crate::{AssetId, InstrumentId, Liquidity, OrderNumber, Reason, Side, time::Nanos};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A balance after an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    /// Free plus locked.
    #[serde(with = "crate::packed")]
    pub total: Decimal,
    /// What new orders may use.
    #[serde(with = "crate::packed")]
    pub free: Decimal,
}

/// An own execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Trade id: a counter per exchange.
    pub id: u64,
    /// Ticks.
    pub price: i64,
    /// Lots of this execution.
    pub quantity: i64,
    /// Lots of the order filled so far, this execution included.
    pub filled: i64,
    /// Lots the order has in all.
    pub order_quantity: i64,
    /// Maker or taker.
    pub liquidity: Liquidity,
    /// Fee in `fee_asset`; negative for a rebate.
    pub fee: Decimal,
    /// What the fee was paid in.
    pub fee_asset: AssetId,
    /// The fee's worth in quote at the fill price; `None` for a fee in a third asset.
    pub fee_quote: Option<Decimal>,
}

/// One step in an order's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEventKind {
    /// Accepted and working.
    Opened,
    /// Executed, wholly (`filled == order_quantity`: the end) or in part.
    Filled(Fill),
    /// Ended by the client's cancel, or by an amend to what was filled.
    Cancelled(Reason),
    /// Ended by time in force, missing liquidity, an own order it would have met, or the end of data.
    Expired(Reason),
    /// Never opened.
    Rejected(Reason),
    /// A cancel was refused; the order is as it was.
    CancelRejected(Reason),
    /// Changed in place.
    Amended {
        /// New limit price in ticks.
        price: i64,
        /// New total quantity in lots.
        quantity: i64,
    },
    /// An amend was refused; the order is as it was.
    AmendRejected(Reason),
    /// No answer came to the request that opens it: it may work at the venue, or not be there. The client says so, not the venue.
    InDoubt,
}

impl OrderEventKind {
    /// Number of the kind in the result hash: never reuse one.
    pub const fn number(&self) -> u8 {
        match self {
            Self::Opened => 1,
            Self::Filled(_) => 2,
            Self::Cancelled(_) => 3,
            Self::Expired(_) => 4,
            Self::Rejected(_) => 5,
            Self::CancelRejected(_) => 6,
            Self::Amended { .. } => 7,
            Self::AmendRejected(_) => 8,
            Self::InDoubt => 9,
        }
    }

    /// The reason, where there is one.
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Cancelled(reason)
            | Self::Expired(reason)
            | Self::Rejected(reason)
            | Self::CancelRejected(reason)
            | Self::AmendRejected(reason) => Some(reason),
            Self::Opened | Self::Filled(_) | Self::Amended { .. } | Self::InDoubt => None,
        }
    }

    /// Whether the order is over.
    pub const fn is_terminal(&self) -> bool {
        match self {
            Self::Filled(fill) => fill.filled == fill.order_quantity,
            Self::Cancelled(_) | Self::Expired(_) | Self::Rejected(_) => true,
            Self::Opened | Self::CancelRejected(_) | Self::Amended { .. } | Self::AmendRejected(_) | Self::InDoubt => false,
        }
    }
}

/// One step in an order's life, with what the account looks like after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEvent {
    /// Place among everything that happened in the run.
    pub sequence: u64,
    /// When, at the exchange.
    pub time: Nanos,
    /// Which order.
    pub order: OrderNumber,
    /// Its instrument.
    pub instrument: InstrumentId,
    /// Its side.
    pub side: Side,
    /// What happened.
    pub kind: OrderEventKind,
    /// Balances that the action changed, as they are after it: base, quote, fee asset.
    pub balances: [Option<(AssetId, Balance)>; 3],
    /// Whether this is the last event of its exchange action: an engine applies a whole bundle before it calls anyone.
    pub ends_bundle: bool,
}
