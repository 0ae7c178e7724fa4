//! Values, ids, instruments, configuration, orders and events: the words every other crate speaks.
//!
//! Nothing here has a clock, a thread, a socket or randomness of its own.

mod account_event;
pub mod canonical;
pub mod config;
mod contract;
mod error;
mod exact;
mod execution;
mod float;
mod increment;
pub mod init;
mod level;
mod mark;
mod market_event;
mod order;
mod order_event;
pub mod packed;
pub mod position;
pub mod read;
mod reason;
pub mod seed;
mod system;
pub mod time;
pub mod wire;

pub use account_event::{AccountChange, AccountChangeKind, AccountEvent, WorkingOrder};
pub use contract::Contract;
pub use error::{Code, Details, Error, Result};
pub use exact::Exact;
pub use execution::{AccountKind, BarFill, BarPath, Depth, Execution, FeeAsset, Fees, FillRules, Latency, QueueModel, SelfTrade, Slippage};
pub use float::{POWERS_OF_TEN, normal, to_f64, whole};
pub use increment::{COUNT_MAX, Increment, SCALE_MAX};
pub use level::BookLevel;
pub use mark::Mark;
pub use market_event::{Bar, BookUpdate, Feed, FundingRate, MarketEvent, MarketRow, Quote, Trade};
pub use order::{AssetId, ExchangeId, InstrumentId, Liquidity, OpenRequest, OrderKind, OrderNumber, Request, Side, Size, TimeInForce};
pub use order_event::{Balance, Fill, OrderEvent, OrderEventKind};
pub use position::Position;
pub use reason::{Reason, ReasonCode};
pub use rust_decimal::Decimal;
pub use system::{Asset, Exchange, Filters, Instrument, System};
