//! A strategy on a real engine against a mock exchange, for its unit tests.
//!
//! What is pushed to the client, and what is forced there, reaches the engine in the order in which it happened, at the client's time; what
//! the strategy asks for goes to the client as requests of its first account. Rows arrive at once; requests and answers take the latency
//! of the client's settings. Without latency an order is answered within the call that led to it.
//!
//! Orders that somebody else opens on the same account are not the strategy's: it is not told of them, and they are in no position of its.
//! But they change its balances.

mod tell;

use crate::client::Client;
use crate::replay::Pace;
use haggle_data::Store;
use haggle_engine::{Context, Engine, Halt, Interest, MarketSpec, Strategy, Valuation};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{
    AccountKind, Balance, Code, Error, ExchangeId, Feed, InstrumentId, OrderEvent, OrderNumber, ReasonCode, Request, Result,
};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::rc::Rc;
use std::sync::Arc;

/// More answers than this at one instant are a strategy that answers itself for ever.
const ROUNDS_MAX: u32 = 100_000;

/// Ids that a strategy's host gives to orders, by number, before they leave.
pub type ClientIds = Rc<RefCell<BTreeMap<u32, Box<str>>>>;

/// A strategy and its engine beside a [`Client`]. It does not own the client: each call gets it, and leaves it at the time at which the
/// strategy has seen everything.
///
/// After an error, or after the strategy threw, it is over.
#[derive(Debug)]
pub struct StrategyTest<S> {
    strategy: S,
    interest: Interest,
    engine: Engine,
    timers: BinaryHeap<Reverse<(Nanos, u64, u32)>>,
    timer_count: u64,
    /// Numbers of the strategy's orders, and of those by which the exchange closed its positions.
    own: BTreeSet<OrderNumber>,
    ids: ClientIds,
    /// Calls after which the strategy had asked for something.
    asked: u64,
    bundle: Vec<OrderEvent>,
}

impl<S: Strategy> StrategyTest<S> {
    /// An engine that knows what the client's first account holds, and hears from now on what it is told. A client has one at a time.
    pub fn new(client: &mut Client, strategy: S) -> Result<Self> {
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
        client.listen();
        Ok(Self {
            interest: strategy.interest(),
            strategy,
            engine: Engine::new(specs, balances, valuation),
            timers: BinaryHeap::new(),
            timer_count: 0,
            own: BTreeSet::new(),
            ids: ClientIds::default(),
            asked: 0,
            bundle: Vec::new(),
        })
    }

    /// What the engine knows.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The strategy.
    pub const fn strategy_mut(&mut self) -> &mut S {
        &mut self.strategy
    }

    /// Where its host names orders.
    pub fn ids(&self) -> ClientIds {
        Rc::clone(&self.ids)
    }

    /// Tells the strategy that it begins.
    pub fn start(&mut self, client: &mut Client) -> Result<(), Halt> {
        self.call(client, InstrumentId(0), S::on_start)?;
        self.catch_up(client)
    }

    /// Tells it that it ends; it can ask for nothing any more, and hears nothing. The client goes on.
    pub fn stop(&mut self, client: &mut Client) -> Result<(), Halt> {
        self.engine.refuses.get_or_insert(ReasonCode::RunEnded);
        client.hang_up();
        self.call(client, InstrumentId(0), S::on_stop)
    }

    /// When the next thing happens by itself: a timer, a message that arrives, a time in force that ends.
    pub fn next_time(&self, client: &Client) -> Option<Nanos> {
        let timer = self.timers.peek().map_or(NEVER, |Reverse((time, _, _))| *time);
        Some(timer.min(client.next_time().unwrap_or(NEVER))).filter(|time| *time != NEVER)
    }

    /// Tells the engine what has happened, and carries its answers, until nothing is left at this time.
    ///
    /// Errors: `LIVELOCK` for a strategy that answers itself without end.
    pub fn catch_up(&mut self, client: &mut Client) -> Result<(), Halt> {
        let mut rounds = 0;
        while rounds < ROUNDS_MAX {
            let asked = self.asked;
            if let Some(news) = client.next_news() {
                self.tell(client, news)?;
            } else if let Some(Reverse((time, _, tag))) = self.timers.peek().copied().filter(|timer| timer.0.0 <= client.now()) {
                debug_assert!(time != NEVER, "a timer has a time");
                self.timers.pop();
                self.call(client, InstrumentId(0), |strategy, ctx| strategy.on_timer(ctx, tag))?;
            } else {
                return Ok(());
            }
            rounds += u32::from(self.asked != asked);
        }
        Err(Error::new(Code::Livelock, format!("the strategy kept one instant busy for {ROUNDS_MAX} rounds"))
            .hint("with zero latency, every answer is a new event at the same time: wait for a market event or a timer")
            .into())
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

    /// Calls the strategy at the client's time, and carries what it asks for.
    fn call(
        &mut self,
        client: &mut Client,
        instrument: InstrumentId,
        call: impl FnOnce(&mut S, &mut Context<'_>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.engine.now = client.now();
        // Orders have one number, here and there.
        while self.engine.order_count() < client.core.orders_sent {
            self.engine.reserve_number();
        }
        call(&mut self.strategy, &mut Context { engine: &mut self.engine, instrument })?;
        self.post(client)
    }

    fn post(&mut self, client: &mut Client) -> Result<(), Halt> {
        if !self.engine.has_asked() {
            return Ok(());
        }
        self.asked += 1;
        // After the end orders are refused without a word.
        self.engine.take_refused();
        client.take_numbers(self.engine.order_count())?;
        for timer in self.engine.timers.drain(..) {
            self.timers.push(Reverse((timer.time, self.timer_count, timer.tag)));
            self.timer_count += 1;
        }
        let mut requests = std::mem::take(&mut self.engine.outbox);
        for request in requests.drain(..) {
            let mut cid = None;
            if let Request::Open(open) = &request {
                self.own.insert(open.order);
                cid = self.ids.borrow_mut().remove(&open.order.0);
            }
            client.ask(&request, cid)?;
        }
        self.engine.outbox = requests;
        Ok(())
    }
}

impl<S: Strategy> Pace for StrategyTest<S> {
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
