//! A strategy on a real engine against a mock exchange, for its unit tests.
//!
//! What is pushed to the client, and what is forced there, reaches the engine in the order in which it happened, at the client's time; what
//! the strategy asks for goes to the client as requests of its first account. Rows arrive at once; requests and answers take the latency
//! of the client's settings. Without latency an order is answered within the call that led to it.
//!
//! Orders that the test itself opens on the same account are not the strategy's: it is not told of them, and they are in no position of its.
//! But they change its balances.

mod tell;

use crate::client::Client;
use crate::replay::Pace;
use haggle_data::Store;
use haggle_engine::{Engine, Event, Halt, HostedStrategy, MarketSpec, Outgoing, RiskLimits, Session, Valuation};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{AccountEvent, AccountKind, Balance, ExchangeId, Feed, OrderNumber, Request, Result};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// Ids that a strategy's host gives to orders, by number, before they leave.
pub type ClientIds = Rc<RefCell<BTreeMap<u32, Box<str>>>>;

/// A strategy and its engine beside a [`Client`]. It does not own the client: each call gets it, and leaves it at the time at which the
/// strategy has seen everything.
///
/// After an error, or after the strategy threw, it is over.
#[derive(Debug)]
pub struct StrategyTest<S> {
    session: Session<S>,
    /// Numbers of the strategy's orders, and of those by which the exchange closed its positions.
    own: BTreeSet<OrderNumber>,
    ids: ClientIds,
    bundle: Vec<AccountEvent>,
    outgoing: Vec<Outgoing>,
}

impl<S: HostedStrategy> StrategyTest<S> {
    /// An engine that knows what the client's first account holds, and hears from now on what it is told. A client has one at a time. Orders
    /// are held against the limits before they leave, where there are some.
    ///
    /// Errors: `UNKNOWN_NAME` or `AMBIGUOUS_NAME` for an instrument that has limits of its own.
    pub fn new(client: &mut Client, strategy: S, risk: Option<&RiskLimits>) -> Result<Self> {
        client.check_open()?;
        let system = client.settings.map.system();
        let is_cash_settled = client.settings.execution.account == AccountKind::CashSettled;
        let specs: Vec<MarketSpec> = client
            .specs
            .iter()
            .map(|spec| MarketSpec {
                tick: spec.tick,
                lot: spec.lot,
                base: spec.base,
                quote: spec.quote,
                exchange: ExchangeId(0),
                notional_min: spec.notional_min(),
                feed: Feed::Nothing,
                is_cash_settled,
            })
            .collect();
        let reporting_asset = specs.first().map_or("", |spec| client.settings.map.asset(spec.quote));
        let valuation = Valuation::new(system, reporting_asset, &vec![true; specs.len()])?;
        let balances: Vec<Balance> = client.core.accounts[0].told.clone();
        let mut engine = Engine::new(specs, balances, valuation);
        if let Some(limits) = risk {
            engine.limit(limits, system)?;
        }
        client.listen();
        Ok(Self {
            session: Session::new(engine, strategy),
            own: BTreeSet::new(),
            ids: ClientIds::default(),
            bundle: Vec::new(),
            outgoing: Vec::new(),
        })
    }

    /// What the engine knows.
    pub const fn engine(&self) -> &Engine {
        &self.session.engine
    }

    /// The strategy.
    pub const fn strategy_mut(&mut self) -> &mut S {
        &mut self.session.strategy
    }

    /// Where its host names orders.
    pub fn ids(&self) -> ClientIds {
        Rc::clone(&self.ids)
    }

    /// Tells the strategy that it begins.
    pub fn start(&mut self, client: &mut Client) -> Result<(), Halt> {
        self.process(client, &Event::Start)?;
        self.catch_up(client)
    }

    /// Tells it that it ends; it can ask for nothing any more, and hears nothing. The client goes on.
    pub fn stop(&mut self, client: &mut Client) -> Result<(), Halt> {
        client.hang_up();
        self.process(client, &Event::Stop)
    }

    /// When the next thing happens by itself: a timer, a message that arrives, a time in force that ends.
    pub fn next_time(&self, client: &Client) -> Option<Nanos> {
        let timer = self.session.next_timer();
        Some(timer.min(client.next_time().unwrap_or(NEVER))).filter(|time| *time != NEVER)
    }

    /// Tells the engine what has happened, and carries its answers, until nothing is left at this time.
    ///
    /// Errors: `LIVELOCK` for a strategy that answers itself without end.
    pub fn catch_up(&mut self, client: &mut Client) -> Result<(), Halt> {
        loop {
            if let Some(news) = client.next_news() {
                self.tell(client, news)?;
            } else if self.session.next_timer() <= client.now() {
                self.process(client, &Event::Timers { next_row: NEVER })?;
            } else {
                return Ok(());
            }
        }
    }

    /// Moves the client's clock on.
    ///
    /// Errors: as [`Client::advance`], and what the strategy throws.
    pub fn advance(&mut self, client: &mut Client, by: Nanos) -> Result<(), Halt> {
        match client.now().checked_add(by).filter(|_| by >= 0) {
            Some(time) => self.advance_to(client, time),
            // The client says what is wrong with it.
            None => Ok(client.advance(by)?),
        }
    }

    /// Moves the client's clock to a time: messages arrive, timers fire, one instant after the other.
    ///
    /// Errors: as [`Client::advance_to`], and what the strategy throws.
    pub fn advance_to(&mut self, client: &mut Client, time: Nanos) -> Result<(), Halt> {
        self.run(client, time, true)?;
        Ok(client.advance_to(time)?)
    }

    /// Replays market data to client and strategy, row by row.
    ///
    /// Errors: as [`Client::replay`], and what the strategy throws.
    pub fn replay(&mut self, client: &mut Client, data: &Arc<Store>, until: Option<Nanos>) -> Result<u64, Halt> {
        self.catch_up(client)?;
        client.replay_with(data, until, self)
    }

    /// Tells the engine of an event at the client's time, and carries what its strategy asks for.
    fn process(&mut self, client: &mut Client, event: &Event<'_>) -> Result<(), Halt> {
        // Orders have one number, here and there.
        while self.session.engine.order_count() < client.core.orders_sent {
            self.session.engine.reserve_number();
        }
        self.session.process(client.now(), event)?;
        if !self.session.has_outgoing() {
            return Ok(());
        }
        client.take_numbers(self.session.engine.order_count())?;
        let mut outgoing = std::mem::take(&mut self.outgoing);
        self.session.take_outgoing(&mut outgoing);
        for item in &outgoing {
            // The client never hears of an order that was refused before it left.
            let Outgoing::Request(departing) = item else { continue };
            let mut cid = None;
            if let Request::Open(open) = &departing.request {
                self.own.insert(open.order);
                cid = self.ids.borrow_mut().remove(&open.order.0);
            }
            client.ask(&departing.request, cid)?;
        }
        self.outgoing = outgoing;
        Ok(())
    }
}

impl<S: HostedStrategy> Pace for StrategyTest<S> {
    type Error = Halt;

    fn run(&mut self, client: &mut Client, until: Nanos, included: bool) -> Result<(), Halt> {
        self.catch_up(client)?;
        while let Some(next) = self.next_time(client).filter(|next| *next < until || (included && *next == until)) {
            client.advance_to(next.max(client.now()))?;
            self.catch_up(client)?;
        }
        Ok(())
    }

    fn settle(&mut self, client: &mut Client) -> Result<(), Halt> {
        client.guard(Client::settle_instant)?;
        self.catch_up(client)
    }
}
