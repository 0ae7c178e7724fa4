//! Values, ids, instruments, configuration, orders and events: the words every other crate speaks.
//!
//! Nothing here has a clock, a thread, a socket or randomness of its own.

pub mod config;
mod contract;
mod error;
mod event;
mod exact;
mod execution;
mod float;
mod increment;
pub mod init;
mod level;
mod order;
pub mod packed;
pub mod position;
pub mod read;
mod reason;
pub mod seed;
mod system;
pub mod time;
pub mod wire;

pub use contract::Contract;
pub use error::{Code, Details, Error, Result};
pub use event::{Balance, Fill, OrderEvent, OrderEventKind};
pub use exact::Exact;
pub use execution::{AccountKind, BarFill, BarPath, Depth, Execution, FeeAsset, Fees, FillRules, Latency, QueueModel, SelfTrade, Slippage};
pub use float::{normal, to_f64, whole};
pub use increment::{COUNT_MAX, Increment, POWERS_OF_TEN, SCALE_MAX};
pub use level::BookLevel;
pub use order::{AssetId, ExchangeId, InstrumentId, Liquidity, OpenRequest, OrderKind, OrderNumber, Request, Side, Size, TimeInForce};
pub use position::Position;
pub use reason::{Reason, ReasonCode};
pub use rust_decimal::Decimal;
pub use system::{Asset, Exchange, Filters, Instrument, System};
