//! The only crate that knows JavaScript: convert, call, convert.
//!
//! | file | what |
//! |---|---|
//! | `error` | errors as JavaScript sees them, and the guard inside every export |
//! | `js` | making values: objects, texts, typed arrays in V8's own memory |
//! | `job` | work on threads of our own, settled as a promise |
//! | `market_data` `market_data_out` | the native class behind `MarketData`, loads, and rows on their way back |
//! | `tickets` | market data and prepared data on their way to another thread |
//! | `list` | lists of arrays, read so that no getter can change what was read before |
//! | `convert` | arguments that several classes take: times, decimals |
//! | `options` | read options and selections from their JSON |
//! | `system` | configs from and to their JSON |
//! | `layout` | slots, codes and flags that both sides use; a test compares them with the facade's |
//! | `block` | memory that a running strategy and JavaScript both see |
//! | `calls` | its functions, and how the engine comes to them |
//! | `strategy` | a JavaScript strategy: state and order events out, call, commands in |
//! | `prepared` | the native class behind what all runs of a batch share |
//! | `run` | native runs, here and on a thread |
//! | `script_run` | the native class behind a back-test with a JavaScript strategy |
//! | `live` | the native classes behind a running system and its audit |
//! | `lease` | shared memory on loan |
//! | `scope` | a handle scope that closes itself |
//! | `client` | the native class behind a mock execution client |
//! | `strategy_test` | the native class behind a strategy under test |
//! | `batch` | the native class behind many native runs on threads |
//! | `memory` | large blocks of memory on large pages |
//! | `depth` | levels of a book, for a strategy that asks |
//! | `columns` | what a run leaves, as columns |
//! | `values` | the native classes of orders, events and commands |
//! | `random` | seeded random numbers |
//! | `version` | the version of the addon |
//! | `bench` | what `haggle_bench` measures; only with the feature of that name |

#![allow(unsafe_code, reason = "this crate is the border to Node's C interface; each block says why it is sound")]
#![allow(clippy::cast_ptr_alignment, reason = "memory of f64 is allocated with their layout and seen as bytes in between")]
// napi's macro generates undocumented glue and passes arguments by value.
#![allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref, missing_docs)]

mod batch;
#[cfg(feature = "bench")]
mod bench;
mod block;
mod calls;
mod client;
mod columns;
mod convert;
mod depth;
mod error;
mod job;
mod js;
mod layout;
mod lease;
mod list;
mod live;
mod market_data;
mod market_data_out;
#[cfg(target_os = "linux")]
mod memory;
mod options;
mod prepared;
mod random;
mod run;
mod scope;
mod script_run;
mod strategy;
mod strategy_test;
mod system;
mod tickets;
mod values;
mod version;
