//! A live system in barter's JSON, both ways: what comes in, what an engine was told and asked for, what it knows.
//!
//! | file | what |
//! |---|---|
//! | `names` | what things are called |
//! | `input` | everything that can come in |
//! | `market` `books` | market events as rows; the books that changes are applied to |
//! | `request` | orders, cancels, filters |
//! | `tick` | ticks as barter's |
//! | `row` | market rows as events |
//! | `account` | an exchange's action as events |
//! | `foreign` | what a venue that is not simulated says of its account, in the engine's terms |
//! | `output` | what left, what did not, what was closed |
//! | `state` | what an engine knows |

mod account;
mod books;
mod foreign;
mod input;
mod market;
mod names;
mod output;
mod request;
mod row;
mod state;
mod tick;

pub use input::Input;
pub use names::{Names, on_grid};
