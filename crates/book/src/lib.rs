//! Limit order books with matching by price and time, where the orders are the book.
//!
//! Two books stand behind one trait: [`NaiveBook`] is there to be read and to be right, [`FastBook`] to be run. Both take
//! the same [`Command`]s, append the same [`Event`]s and have the same [`OrderBook::state_hash`]; the tests hold them to
//! it over some hundred thousand random commands.
//!
//! A book knows one instrument and counts in ticks and lots. It has no clock, no money and no memory of orders that are
//! over: times in force that need a clock, balances, filters and the answers `OrderAlreadyCancelled` and
//! `OrderAlreadyFullyFilled` belong to the exchange around it.
//!
//! ```
//! use haggle_book::{Command, Event, FastBook, OrderBook, SelfTradeRule, TimeInForce};
//! use haggle_model::Side;
//!
//! let mut book = FastBook::new(SelfTradeRule::ExpireMaker);
//! let mut events = Vec::new();
//! let time_in_force = TimeInForce::GoodUntilCancelled;
//! for (id, account, side) in [(1, 1, Side::Sell), (2, 2, Side::Buy)] {
//!     let command = Command::Limit { id, account, side, price: 100, quantity: 5, time_in_force, post_only: false };
//!     book.apply(&command, &mut events)?;
//! }
//! assert_eq!(events[2], Event::Filled { maker: 1, taker: 2, price: 100, quantity: 5, maker_left: 0, taker_left: 0 });
//! assert!(book.is_empty());
//! # Ok::<(), haggle_model::Error>(())
//! ```
//!
//! [`LevelBook`] is another thing: a book without orders, by price and size, as a venue's feed tells of it.

mod command;
mod event;
mod fast;
pub mod flow;
mod levels;
mod naive;
mod order;
mod order_book;

pub use command::{AccountId, Command, OrderId, SelfTradeRule, TimeInForce};
pub use event::Event;
pub use fast::FastBook;
pub use levels::LevelBook;
pub use naive::NaiveBook;
pub use order::{Level, Order};
pub use order_book::{OrderBook, StateHash};
