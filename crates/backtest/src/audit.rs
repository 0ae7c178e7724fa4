//! What an engine was told and what it asked for, tick by tick, so that another can follow it.
//!
//! A tick stands after its event was applied and the strategy was called: it has the requests that left then, and those that did
//! not. Barter's JSON has one event where an exchange's action has several, so a tick counts for as many numbers as it has there
//! ([`Tick::count`]). [`State`] is what a follower knows; it starts as a copy, and applying every tick keeps it equal to the engine.

mod lines;
mod note;
mod ring;
mod state;

pub use lines::{Difference, first_difference};
pub use note::Audit;
pub use ring::{Ring, Update};
pub use state::{Follower, MarketState, State};

use crate::live::{Command, MarketRow};
use crate::round_trips::RoundTrip;
use haggle_engine::{Commanded, EngineOrder};
use haggle_model::time::Nanos;
use haggle_model::wire::MarketEvent;
use haggle_model::{ExchangeId, OrderEvent, OrderNumber, ReasonCode};

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
    /// A connection was lost, and is being made anew: of the account, or of the market data, and then there is no book.
    Reconnecting {
        /// To which exchange.
        exchange: ExchangeId,
        /// Which connection.
        is_account: bool,
    },
    /// Something happened in a market that moves nothing here.
    Note(Box<MarketEvent>),
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

/// A round trip that a fill closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Exit {
    /// What it made.
    pub round_trip: RoundTrip,
    /// Ids of its executions.
    pub trades: Vec<u64>,
}

/// An event, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Number of the first of its events in JSON, from 0.
    pub sequence: u64,
    /// When.
    pub time: Nanos,
    /// What the engine was told.
    pub event: AuditEvent,
    /// Orders and cancels: what left, and what did not.
    pub outputs: Commanded,
    /// Amends that left.
    pub amends: Vec<Amend>,
    /// The orders that it speaks of and whose terms stand nowhere in it, as they were before an account event, as they are otherwise.
    pub orders: Vec<EngineOrder>,
    /// Round trips that its fills closed.
    pub exits: Vec<Exit>,
    /// Why requests of the strategy are refused from now on, if they are.
    pub refuses: Option<ReasonCode>,
}

impl Tick {
    /// How many events it is in JSON, and so how far its number is from the next one's: one of each step in an order's life and of each
    /// balance that is told with it, one of anything else.
    pub fn count(&self) -> u64 {
        if let AuditEvent::Account(bundle) = &self.event { count_of(bundle) } else { 1 }
    }
}

/// How many events a bundle is in JSON.
pub fn count_of(bundle: &[OrderEvent]) -> u64 {
    bundle.iter().map(|event| 1 + event.balances.iter().flatten().count() as u64).sum()
}

/// Somebody who takes ticks as they come. It must not wait: the engine goes on only when it has returned.
pub trait Sink: std::fmt::Debug + Send {
    /// Takes a tick.
    fn take(&mut self, tick: Tick);
}
