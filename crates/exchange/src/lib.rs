//! The mock exchange: a state machine of accounts, orders and fill rules. Market rows and requests go in, order events
//! come out. It has no clock of its own: every call says what time it is, and calls come in time order.
//!
//! | file | what |
//! |---|---|
//! | `exchange` | the state, and how a step in an order's life becomes an event |
//! | `request` `amend` | opening, cancelling; amending |
//! | `place` | an accepted order takes, waits or rests |
//! | `gate` | quantity, filters, money, reduce-only: what stands between an order and its fill |
//! | `offers` | what a taking order finds displayed, and at which price |
//! | `take` | how it takes that, from every kind of data |
//! | `apply` | what happens in a market, by kind |
//! | `quote` `trade` `bar` `book` | what it does to resting and waiting orders |
//! | `consumed` | what own orders took of a book's levels |
//! | `queue` | the queue ahead of a resting order |
//! | `size` | amounts of quote and shares of equity as lots |
//! | `settle` | what a fill does |
//! | `account` | what spot and cash-settled accounts differ in: reserve, payment, settlement, solvency |
//! | `close` | positions traded away by the exchange or at the end of a run |
//! | `forced` | what is decided outside: fills of a book of orders, what a test makes happen |
//! | `connection` `latency` | messages between a client and its exchange, and how long they travel |
//! | `saved` | a saved exchange, and one made of it |
//! | `ledger` `fees` `filters` `limits` `market` `order` | the parts |

mod account;
mod amend;
mod apply;
mod bar;
mod book;
mod close;
mod connection;
mod consumed;
mod exchange;
mod fees;
mod filters;
mod forced;
mod gate;
mod latency;
mod ledger;
mod limits;
mod market;
mod offers;
mod order;
mod place;
mod queue;
mod quote;
mod request;
mod saved;
mod settle;
mod size;
mod take;
mod trade;

pub use connection::{Connection, InFlight, Link};
pub use exchange::{Exchange, Setup};
pub use latency::Legs;
pub use ledger::{Account, Ledger};
pub use limits::Limits;
pub use market::{Market, Spec};
pub use order::Order;
