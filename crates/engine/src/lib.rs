//! The trading engine: what it knows (delayed), what it asks for, and the strategy that decides.
//!
//! `engine` does not know `exchange`: it emits requests and consumes events. A back-test, the live system and a real
//! venue's client carry them, and that missing arrow keeps their semantics equal.

mod account;
mod audit;
mod command;
mod context;
mod engine;
mod exposure;
mod market;
mod native;
mod order;
mod recent_fills;
mod risk;
mod session;
mod signals;
mod strategy;
mod valuation;
mod venue;

pub use audit::{Amend, AuditEvent, Exit, Follower, MarketState, Ring, State, Tick, Update, count_of};
pub use command::{Cancel, Command, Commanded, InstrumentFilter, Sent, Unsent};
pub use context::{Context, Draft};
pub use engine::{Engine, Timer};
pub use exposure::{Exposure, equity_of};
pub use market::{MarketSpec, MarketView};
pub use native::{NATIVE_NAMES, Native, from_parameters};
pub use order::{EngineOrder, OrderState};
pub use recent_fills::RefusedEvent;
pub use risk::{DrawdownAction, DrawdownLimit, Excess, OrderLimits, OrderRate, RiskCheck, RiskLimits, Verdict};
pub use session::{Departing, Event, Outgoing, Session};
pub use signals::{Entry, Flags, Plan, Signals, TargetUnit};
pub use strategy::{Halt, HostedStrategy, Idle, Interest, Strategy};
pub use valuation::{Path, Valuation};
pub use venue::Venue;
