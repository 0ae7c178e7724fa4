//! The trading engine: what it knows (delayed), what it asks for, and the strategy that decides.
//!
//! `engine` does not know `exchange`: it emits requests and consumes events. A back-test, the live system and a real
//! venue's client carry them, and that missing arrow keeps their semantics equal.

mod context;
mod engine;
mod exposure;
mod native;
mod order;
mod signals;
mod strategy;
mod valuation;

pub use context::{Context, Draft};
pub use engine::{BarView, Engine, MarketSpec, MarketView, Timer, TradeView};
pub use native::{NATIVE_NAMES, Native, from_parameters};
pub use order::{EngineOrder, OrderState};
pub use signals::{Entry, Flags, Plan, Signals, TargetUnit};
pub use strategy::{Halt, Idle, Interest, Strategy};
pub use valuation::{Path, Valuation};
