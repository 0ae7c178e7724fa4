//! Orders as the engine sends them: sides, kinds, times in force, sizes, requests.

use crate::time::Nanos;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        pub struct $name(pub $inner);
        impl $name {
            /// As an index into a list in config order.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(/// Place of an instrument in the config.
    InstrumentId(u16));
id!(/// Place of an asset of one exchange among all assets, in order of first mention in the config.
    AssetId(u16));
id!(/// Place of an exchange in the config.
    ExchangeId(u16));
id!(/// Number of an order in its run: 0 is the first that the strategy sent.
    OrderNumber(u32));

/// Direction of an order or a fill, or the aggressor of a print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Side {
    /// Buys base for quote.
    Buy = 0,
    /// Sells base for quote.
    Sell = 1,
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// +1 for a buy, -1 for a sell.
    pub const fn sign(self) -> i64 {
        match self {
            Self::Buy => 1,
            Self::Sell => -1,
        }
    }

    /// `"Buy"` or `"Sell"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "Buy",
            Self::Sell => "Sell",
        }
    }

    /// Whether price `a` is better than `b` for one who trades on this side.
    pub const fn better(self, a: i64, b: i64) -> bool {
        match self {
            Self::Buy => a < b,
            Self::Sell => a > b,
        }
    }
}

/// What decides an order's price. Conditional kinds (stop, take-profit, trailing) have their place here and are refused
/// by code until they are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum OrderKind {
    /// At what the market offers.
    Market = 0,
    /// At its price or better.
    Limit = 1,
}

impl OrderKind {
    /// `"Market"` or `"Limit"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Market => "Market",
            Self::Limit => "Limit",
        }
    }
}

/// How long an order works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TimeInForce {
    /// Until filled or cancelled.
    GoodUntilCancelled,
    /// Until the next midnight UTC.
    GoodUntilEndOfDay,
    /// What can be had at once; the rest expires.
    ImmediateOrCancel,
    /// All at once or nothing.
    FillOrKill,
    /// Until this time.
    GoodUntil(Nanos),
}

/// How much to trade. The last two become a quantity at the fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Size {
    /// A number of lots.
    Lots(i64),
    /// The largest number of lots whose cost with fees is not above this amount of quote.
    Quote(#[serde(with = "crate::packed")] Decimal),
    /// The largest number of lots that this share of equity pays for, fees included.
    Equity(#[serde(with = "crate::packed")] Decimal),
}

/// Who waited: the maker's order rested, the taker's came to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Liquidity {
    /// The order rested in the book.
    Maker = 0,
    /// The order took what rested.
    Taker = 1,
}

impl Liquidity {
    /// `"Maker"` or `"Taker"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Maker => "Maker",
            Self::Taker => "Taker",
        }
    }
}

/// A new order, as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// Number of the order in its run.
    pub order: OrderNumber,
    /// What to trade.
    pub instrument: InstrumentId,
    /// Direction.
    pub side: Side,
    /// Market or limit.
    pub kind: OrderKind,
    /// How much.
    pub size: Size,
    /// Limit price in ticks; 0 for a market order.
    pub price: i64,
    /// How long it works. A market order is `ImmediateOrCancel` unless told `FillOrKill`.
    pub time_in_force: TimeInForce,
    /// Refuse the order if it would take.
    pub post_only: bool,
    /// Never open or enlarge a position.
    pub reduce_only: bool,
}

/// What an engine asks of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Open an order.
    Open(OpenRequest),
    /// Cancel an order.
    Cancel(OrderNumber),
    /// Change an order in one step, under the same ids.
    Amend {
        /// Which order.
        order: OrderNumber,
        /// New limit price in ticks.
        price: Option<i64>,
        /// New total quantity in lots.
        quantity: Option<i64>,
    },
}
