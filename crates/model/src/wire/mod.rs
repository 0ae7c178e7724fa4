//! Orders, events and commands as they travel: the JSON of the barter 0.14 crates, read and written to the digit.
//!
//! | file | what |
//! |---|---|
//! | `tag` | variants as barter writes them (`{"Variant": value}`), one or many, optional fields |
//! | `name` | exchanges, instruments and assets by name or by index |
//! | `key` | which order |
//! | `terms` | side, price, quantity, kind and time in force of an order |
//! | `request` | open and cancel requests |
//! | `failure` | why an order or a cancel failed |
//! | `state` | where an order is in its life |
//! | `order` | order events, whole orders, answers to cancels |
//! | `balance` | balances and account snapshots |
//! | `fill` | own executions |
//! | `account` | account events |
//! | `market` `quotes` | market events; books and best quotes in them |
//! | `command` | commands and their filters |
//! | `engine_event` | everything an engine takes in |
//! | `sent` | the outcome of requests: sent, failed, refused |
//! | `output` | what an engine did on an event |
//! | `position_exit` | a closed round trip |
//! | `audit` | what an engine was told, and what came of it |
//! | `write` | how fields are written where serde's own way is not barter's |
//! | `translate` | what every type here can: the trait `Wire`; names into indices and back |
//! | `barter_order` | the order in which barter numbers exchanges, instruments and assets |
//!
//! Every type has two shapes. Its `Serialize` is barter's, derived where serde's way is barter's: externally tagged variants, `snake_case` names, decimals as text, and
//! additions that barter's readers skip. `view` is what TypeScript shows: `camelCase` fields, variants told apart by
//! `kind`. Only the first is ever read. Unknown fields are skipped in what reports something, as barter does, and refused
//! in requests, where a misspelt `reduce_only` would change what is traded.

mod account;
mod audit;
mod balance;
mod barter_order;
mod command;
mod engine_event;
mod failure;
mod fill;
mod key;
mod market;
mod name;
mod order;
mod output;
mod position_exit;
mod quotes;
mod request;
mod sent;
mod state;
mod tag;
mod terms;
mod translate;
mod write;

pub use account::{AccountEvent, AccountEventKind};
pub use audit::{AuditTick, EngineAudit, ProcessAudit};
pub use balance::{AccountSnapshot, AssetBalance, InstrumentOrders};
pub use command::{Command, InstrumentFilter, Underlying};
pub use engine_event::{EngineEvent, TradingState};
pub use failure::{ApiError, ConnectivityError, OrderError};
pub use fill::Fill;
pub use key::OrderKey;
pub use market::{Candle, Liquidation, MarketEvent, MarketEventKind, PublicTrade};
pub use name::Name;
pub use order::{CancelResponse, Order, OrderEvent};
pub use output::{ActionOutput, EngineOutput};
pub use position_exit::PositionExit;
pub use quotes::{Level, OrderBook, OrderBookEvent, OrderBookL1};
pub use request::{OrderRequestAmend, OrderRequestCancel, OrderRequestOpen};
pub use sent::{AlgoOrders, EngineError, RiskRefused, SendRequestsOutput, UnrecoverableError, UnsentRequest};
pub use state::{OrderState, Placed};
pub use tag::OneOrMany;
pub use terms::{OrderKind, Terms, TimeInForce, Trail};
pub use translate::{Numbering, Translator, Wire};
