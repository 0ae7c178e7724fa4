//! The back-test: one virtual clock that merges market data, exchanges and engine.
//!
//! [`Prepared`] holds what all runs over the same data share; [`Run`] is one run, advanced in slices by its caller;
//! [`Live`] is the same steered from outside; [`Outcome`] is what either leaves. A run is a pure function of (data, config, seed, strategy).

mod account_view;
mod args;
mod audit;
mod clock;
mod defaults;
mod equity;
mod falls;
mod hash;
mod latency;
mod link;
mod live;
mod machine;
mod mark_track;
mod order_counts;
mod outcome;
mod prepare;
mod recorder;
mod round_trips;
mod run;
mod signals;
mod summary;
mod venue;
mod warning;
mod wire;

pub use args::{Constant, DrawdownOn, Dynamic, StrategyChoice, read_risk_free_return};
pub use audit::{Amend, AuditEvent, Difference, Exit, Follower, MarketState, Ring, Sink, State, Tick, Update, first_difference};
pub use clock::Tiling;
pub use live::{Cancel, Command, Live, MarketKind, MarketRow, Open, OpenOrders, Which};
pub use outcome::{ClosedTradeRow, EquityRow, FillRow, OrderRow, Outcome};
pub use prepare::Prepared;
pub use run::{Run, Status};
pub use signals::SignalArray;
pub use venue::{Place, Venue};
pub use warning::Warning;
pub use wire::{Cid, Input, Names};

/// Version of the engine, as it stands beside every result hash.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
