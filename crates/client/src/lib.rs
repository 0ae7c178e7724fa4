//! The mock execution client: an exchange for unit tests, with accounts, orders, streams and a clock that is moved from outside.
//!
//! [`Client`] is a state machine. It has no clock, no thread and no randomness of its own: time moves by [`Client::advance_to`], and the
//! same settings, seed and calls give the same ids, times, fills and [`Client::state_hash`]. It speaks wire values at its border
//! (`haggle_model::wire`) and counts in ticks and lots inside. What makes no sense is an error with the path of the field; what an exchange
//! would answer is in the order and in the stream of events.
//!
//! A number that does not fit is found before anything is sent, as a rule. Where it shows only within a step, the step is half done: the
//! client is closed then.
//!
//! There are two views of an order. What [`Client::open_order`], [`Client::cancel_order`], [`Client::amend_order`] and [`Client::settled`]
//! return, and what the stream tells, is what the client knows: under latency an order stays `OpenInFlight` until the clock has moved. What
//! is fetched is the exchange's state at that moment.
//!
//! | file | what |
//! |---|---|
//! | `settings` `map` `initial` | what a client is made of: rules, instruments, the account at the start |
//! | `client` `clock` | the state; time |
//! | `request` `send` `transit` | orders, cancels and amends as they are asked for, leave and travel |
//! | `venue` `matching` | what the exchange does with them: with market data, and where the orders are the market |
//! | `events` `stream` `connection` | what it says, how that arrives, what is lost |
//! | `market` `replay` `replayed` `symbol` | market data, pushed or recorded |
//! | `faults` `force` | what a test makes happen |
//! | `order` `orders` `failure` | what is kept of orders |
//! | `query` `show` `row` | what can be asked, as wire values, and an order in one line of text |
//! | `saved` | the state as bytes, as a hash, and held against itself |
//! | `strategy_test` `hear` `tap` `ask` | a strategy on an engine against it: what the engine is told, what it asks for |

mod ask;
mod client;
mod clock;
mod connection;
mod events;
mod failure;
mod faults;
mod force;
mod hear;
mod initial;
mod map;
mod market;
mod matching;
mod order;
mod orders;
mod query;
mod replay;
mod replayed;
mod request;
mod row;
mod saved;
mod send;
mod settings;
mod show;
mod strategy_test;
mod stream;
mod symbol;
mod tap;
mod transit;
mod venue;

pub use client::{AccountId, Client};
pub use faults::Failing;
pub use map::InstrumentMap;
pub use market::{Ticker, read_book};
pub use request::LimitOptions;
pub use row::row;
pub use settings::Settings;
pub use strategy_test::{ClientIds, StrategyTest};
