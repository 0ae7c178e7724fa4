//! The back-test: one virtual clock that merges market data, exchanges and engine.
//!
//! [`Prepared`] holds what all runs over the same data share; [`Run`] is one run, advanced in slices by its caller;
//! [`Machine`] is what a run is made of, which systems that are steered from outside share; [`Outcome`] is what either leaves. A run is a pure function of (data, config, seed, strategy).

mod account_view;
mod clock;
mod config_hash;
mod constant;
mod defaults;
mod dynamic;
mod equity;
mod falls;
mod hash;
mod machine;
mod mark_track;
mod order_counts;
mod outcome;
mod prepare;
mod recorder;
mod round_trips;
mod run;
mod setup;
mod signals;
mod simulated;
mod summary;
mod warning;

pub use clock::Tiling;
pub use constant::{Constant, DrawdownOn};
pub use dynamic::{Dynamic, StrategyChoice, read_risk_free_return};
pub use machine::{Machine, Rows, Watcher};
pub use outcome::{ClosedTradeRow, EquityRow, FillRow, OrderRow, Outcome};
pub use prepare::{Prepared, match_instruments};
pub use recorder::Recorder;
pub use run::{Run, Status};
pub use setup::{Route, RunSetup};
pub use signals::SignalArray;
pub use simulated::SimulatedVenue;
pub use warning::Warning;

/// Version of the engine, as it stands beside every result hash.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
