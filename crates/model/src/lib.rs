//! Values, ids, instruments, configuration, orders and events: the words every other crate speaks.
//!
//! Nothing here has a clock, a thread, a socket or randomness of its own.

mod error;
mod event;
mod increment;
mod order;
pub mod position;
mod reason;
pub mod time;

pub use error::{Code, Error, Result};
pub use event::{Balance, Fill, OrderEvent, OrderEventKind};
pub use increment::{COUNT_MAX, Increment, SCALE_MAX};
pub use order::{AssetId, ExchangeId, InstrumentId, Liquidity, OpenRequest, OrderKind, OrderNumber, Request, Side, Size, TimeInForce};
pub use position::Position;
pub use reason::{Reason, ReasonCode};
pub use rust_decimal::Decimal;
