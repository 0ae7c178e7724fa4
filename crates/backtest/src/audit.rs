//! What an engine was told and what it asked for, tick by tick, so that another can follow it.
//!
//! A tick stands after its event was applied and the strategy was called: it has the requests that left then, and those that did
//! not. [`State`] is what a follower knows; it starts as a copy, and applying every tick keeps it equal to the engine.

mod lines;
mod ring;
mod state;

pub use lines::{Difference, first_difference, line};
pub use ring::{Ring, Update};
pub use state::{Follower, MarketState, State};

use crate::live::{Command, MarketRow};
use haggle_engine::{Commanded, Engine};
use haggle_model::time::Nanos;
use haggle_model::{OrderEvent, OrderNumber, ReasonCode, Request};

/// What an engine was told.
#[derive(Clone, Debug, PartialEq)]
pub enum AuditEvent {
    /// It began.
    Started,
    /// A market row arrived.
    Market {
        /// The row.
        row: MarketRow,
        /// Whether its last price is the mark, as where there are no quotes.
        is_mark: bool,
    },
    /// What an exchange did in one action.
    Account(Vec<OrderEvent>),
    /// What a risk limit did to a request.
    Risk(OrderEvent),
    /// A timer fired.
    Timer(u32),
    /// Trading was turned on or off.
    TradingEnabled(bool),
    /// A command was carried out.
    Command(Command),
    /// It stopped.
    Stopped,
}

/// A request to change an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amend {
    /// Which order.
    pub order: OrderNumber,
    /// New limit price in ticks; `None`: as it was.
    pub price: Option<i64>,
    /// New total quantity in lots; `None`: as it was.
    pub quantity: Option<i64>,
}

/// An event, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Place among all ticks, from 0.
    pub sequence: u64,
    /// When.
    pub time: Nanos,
    /// What the engine was told.
    pub event: AuditEvent,
    /// Orders and cancels: what left, and what did not.
    pub outputs: Commanded,
    /// Amends that left.
    pub amends: Vec<Amend>,
    /// Why requests of the strategy are refused from now on, if they are.
    pub refuses: Option<ReasonCode>,
}

/// Somebody who takes ticks as they come. It must not wait: the engine goes on only when it has returned.
pub trait Sink: std::fmt::Debug + Send {
    /// Takes a tick.
    fn take(&mut self, tick: Tick);
}

/// Numbers ticks and hands them to whoever listens; without anybody it only counts.
#[derive(Debug, Default)]
pub struct Audit {
    sequence: u64,
    sink: Option<Box<dyn Sink>>,
}

impl Audit {
    /// The number of the next tick.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// From now on ticks go to `sink`, and to nobody else.
    pub fn attach(&mut self, sink: Option<Box<dyn Sink>>) {
        self.sink = sink;
    }

    /// Notes what the engine was told; what it asked for stands in the engine still. The event is made only if somebody listens.
    #[inline]
    pub fn note(&mut self, engine: &Engine, event: impl FnOnce() -> AuditEvent) {
        if self.sink.is_some() {
            self.tell(engine, event(), engine.asked());
        }
        self.sequence += 1;
    }

    /// The same of a command, whose outputs are known already.
    pub fn note_command(&mut self, engine: &Engine, command: &Command, outputs: &Commanded) {
        if self.sink.is_some() {
            self.tell(engine, AuditEvent::Command(command.clone()), outputs.clone());
        }
        self.sequence += 1;
    }

    #[cold]
    fn tell(&mut self, engine: &Engine, event: AuditEvent, outputs: Commanded) {
        let Some(sink) = &mut self.sink else { return };
        let amend = |request: &Request| match request {
            Request::Amend { order, price, quantity } => Some(Amend { order: *order, price: *price, quantity: *quantity }),
            Request::Open(_) | Request::Cancel(_) => None,
        };
        let amends = engine.outbox.iter().filter_map(amend).collect();
        sink.take(Tick { sequence: self.sequence, time: engine.now, event, outputs, amends, refuses: engine.refuses });
    }
}
