//! What an engine was told and what it asked for, tick by tick, so that another can follow it.
//!
//! A tick stands after its event was applied and the strategy was called: it has the requests that left then, and those that did
//! not. Barter's JSON has one event where a venue's action has several, so a tick counts for as many numbers as it has there
//! ([`Tick::count`]). A [`Follower`] starts as a copy of the engine, and applying every tick keeps it equal.

mod ring;
mod state;

pub use ring::{Ring, Update};
pub use state::{Follower, MarketState, State};

use crate::command::{Command, Commanded};
use crate::engine::Engine;
use crate::order::EngineOrder;
use haggle_model::time::Nanos;
use haggle_model::wire;
use haggle_model::{AccountEvent, Decimal, ExchangeId, InstrumentId, MarketRow, OrderEvent, OrderNumber, ReasonCode, Request, Side};

/// What an engine was told.
#[derive(Clone, Debug, PartialEq)]
pub enum AuditEvent {
    /// It began.
    Started,
    /// A market row arrived.
    Market(MarketRow),
    /// What a venue did in one action.
    Account(Vec<AccountEvent>),
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
    Note(Box<wire::MarketEvent>),
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

/// A round trip that a fill closed: from flat to flat, or to a flip. Money is in the instrument's quote.
#[derive(Clone, Debug, PartialEq)]
pub struct Exit {
    /// What was traded.
    pub instrument: InstrumentId,
    /// Direction of the position.
    pub side: Side,
    /// Average price of the entries.
    pub entry_price: Decimal,
    /// Average price of the exits.
    pub exit_price: Decimal,
    /// Largest quantity that was held.
    pub quantity: Decimal,
    /// Profit, all fees off.
    pub pnl: Decimal,
    /// Fees of the entries.
    pub entry_fees: Decimal,
    /// All fees.
    pub fees: Decimal,
    /// Time of the first entry.
    pub entry_time: Nanos,
    /// Time of the last exit.
    pub exit_time: Nanos,
    /// Ids of its executions.
    pub trades: Vec<u64>,
}

/// An event, and what the engine did on it.
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
    /// The orders that it speaks of and whose terms stand nowhere in it, as they were before an account event, as they are otherwise. The
    /// engine adds those that it knows, its host those that are over.
    pub orders: Vec<EngineOrder>,
    /// Round trips that its fills closed; the host adds them.
    pub exits: Vec<Exit>,
    /// Why requests of the strategy are refused from now on, if they are.
    pub refuses: Option<ReasonCode>,
}

impl Tick {
    /// How many events it is in JSON, and so how far its number is from the next one's: one of each account event and of each balance that
    /// is told with it, one of anything else.
    pub fn count(&self) -> u64 {
        if let AuditEvent::Account(bundle) = &self.event { count_of(bundle) } else { 1 }
    }

    /// Numbers of the orders that the tick speaks of, and whose terms stand nowhere else in it.
    pub fn order_numbers(&self) -> impl Iterator<Item = OrderNumber> {
        let of_event: Vec<OrderNumber> = match &self.event {
            AuditEvent::Account(bundle) => bundle.iter().filter_map(|event| event.as_order().map(|event| event.order)).collect(),
            AuditEvent::Risk(event) => vec![event.order],
            _ => Vec::new(),
        };
        let cancels = self.outputs.cancels.sent.iter().chain(self.outputs.cancels.errors.iter().map(|unsent| &unsent.request));
        of_event.into_iter().chain(cancels.map(|cancel| cancel.order)).chain(self.amends.iter().map(|amend| amend.order))
    }
}

/// How many events a bundle is in JSON.
pub fn count_of(bundle: &[AccountEvent]) -> u64 {
    bundle.iter().map(|event| 1 + event.balances().count() as u64).sum()
}

/// Makes the ticks of a session, as long as its host wants them; else it only counts.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Number of the next tick.
    pub sequence: u64,
    /// Whether ticks are made.
    pub is_on: bool,
    /// Ticks that wait for the host.
    pub ticks: Vec<Tick>,
}

impl Audit {
    /// The orders of a bundle as they are now, before the engine takes it in.
    pub fn before(&self, engine: &Engine, bundle: &[AccountEvent]) -> Vec<EngineOrder> {
        let mut orders = Vec::new();
        if self.is_on {
            for event in bundle.iter().filter_map(AccountEvent::as_order) {
                add(&mut orders, engine, event.order);
            }
        }
        orders
    }

    /// Notes what the engine was told; what it asked for stands in the engine still. The event is made only where ticks are.
    #[inline]
    pub fn note(&mut self, engine: &Engine, event: impl FnOnce() -> AuditEvent) {
        if self.is_on {
            self.tick(engine, event(), engine.asked(), Vec::new());
        }
        self.sequence += 1;
    }

    /// Notes what a venue did; `before`: its orders as they were.
    pub fn note_account(&mut self, engine: &Engine, bundle: &[AccountEvent], before: Vec<EngineOrder>) {
        if self.is_on {
            self.tick(engine, AuditEvent::Account(bundle.to_vec()), engine.asked(), before);
        }
        self.sequence += count_of(bundle);
    }

    /// Notes a command, whose outputs are known already.
    pub fn note_command(&mut self, engine: &Engine, command: &Command, outputs: &Commanded) {
        if self.is_on {
            self.tick(engine, AuditEvent::Command(command.clone()), outputs.clone(), Vec::new());
        }
        self.sequence += 1;
    }

    #[cold]
    fn tick(&mut self, engine: &Engine, event: AuditEvent, outputs: Commanded, orders: Vec<EngineOrder>) {
        let amend = |request: &Request| match request {
            Request::Amend { order, price, quantity } => Some(Amend { order: *order, price: *price, quantity: *quantity }),
            Request::Open(_) | Request::Cancel(_) => None,
        };
        let amends = engine.outbox.iter().filter_map(amend).collect();
        let (sequence, time, refuses) = (self.sequence, engine.now, engine.refuses);
        let mut tick = Tick { sequence, time, event, outputs, amends, orders, exits: Vec::new(), refuses };
        let numbers: Vec<OrderNumber> = tick.order_numbers().collect();
        for number in numbers {
            add(&mut tick.orders, engine, number);
        }
        self.ticks.push(tick);
    }
}

/// Adds an order that the engine knows, unless it is there.
fn add(orders: &mut Vec<EngineOrder>, engine: &Engine, number: OrderNumber) {
    if orders.iter().all(|order| order.number != number) {
        orders.extend(engine.order(number).cloned());
    }
}
