//! The back-test: one virtual clock that merges market data, exchanges and engine.
//!
//! [`Prepared`] holds what all runs over the same data share; [`Run`] is one run, advanced in slices by its caller;
//! [`Outcome`] is what it leaves. A run is a pure function of (data, config, seed, strategy).

mod args;
mod clock;
mod equity;
mod hash;
mod latency;
mod link;
mod outcome;
mod prepare;
mod recorder;
mod run;
mod signals;
mod summary;
mod trips;

pub use args::{Constant, Dynamic, StrategyChoice};
pub use clock::Tiling;
pub use outcome::{ClosedTradeRow, EquityRow, FillRow, OrderRow, Outcome};
pub use prepare::Prepared;
pub use run::{Run, Status};
pub use signals::SignalArray;
pub use summary::Warning;

/// Version of the engine, as it stands beside every result hash.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
