//! An engine with its strategy: one event in, requests out. Back-tests, live systems and strategies under test are hosts of this one loop.
//!
//! A host brings events in the order of time, and takes what leaves ([`Session::take_outgoing`]) to the venues. It decides nothing: what is
//! refused, cut, cancelled or called is decided here.

use crate::audit::{Audit, AuditEvent, Tick};
use crate::command::{Command, Commanded};
use crate::context::Context;
use crate::engine::Engine;
use crate::order::EngineOrder;
use crate::strategy::{Halt, HostedStrategy, Interest};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{AccountEvent, Code, Error, ExchangeId, InstrumentId, MarketEvent, MarketRow, ReasonCode, Request, wire};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// More answers than this at one instant, without a market row between them, are a strategy that answers itself for ever.
const ANSWERS_MAX: u32 = 100_000;

/// Something that happens to an engine.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// It begins.
    Start,
    /// Something happened in a market, at `time` by its exchange.
    Market {
        /// Where.
        instrument: InstrumentId,
        /// When.
        time: Nanos,
        /// What.
        event: &'a MarketEvent<'a>,
    },
    /// What a venue did in one action.
    Account(&'a [AccountEvent]),
    /// Timers whose time has come fire.
    Timers {
        /// When the next market row arrives; [`NEVER`] where that is not known. The engine's own timers wait for it.
        next_row: Nanos,
    },
    /// Trading is turned on or off.
    TradingEnabled(bool),
    /// A connection was lost, and is being made anew: of the account, or of the market data, and then there is no book.
    Reconnecting {
        /// To which exchange.
        exchange: ExchangeId,
        /// Which connection.
        is_account: bool,
    },
    /// Something happened in a market that moves nothing here.
    Note(&'a wire::MarketEvent),
    /// It ends: the strategy is told, and can ask for nothing any more.
    Stop,
}

/// A request on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departing {
    /// What is asked for.
    pub request: Request,
    /// The instrument of its order.
    pub instrument: InstrumentId,
    /// Place among all requests of the session.
    pub sequence: u64,
}

/// What comes out of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Outgoing {
    /// A request leaves.
    Request(Departing),
    /// An order was refused by the engine itself, and does not leave.
    Refused(Box<EngineOrder>),
}

/// An engine and its strategy.
#[derive(Debug)]
pub struct Session<S> {
    /// What is known.
    pub engine: Engine,
    /// Who decides.
    pub strategy: S,
    interest: Interest,
    timers: BinaryHeap<Reverse<(Nanos, u64, u32)>>,
    timer_count: u64,
    request_count: u64,
    /// Whether the last market row has arrived: timers no longer fire.
    has_ended: bool,
    outgoing: Vec<Outgoing>,
    /// Answers of the strategy at `answers_at`.
    answers: u32,
    answers_at: Nanos,
    audit: Audit,
}

impl<S: HostedStrategy> Session<S> {
    /// A session before its first event.
    pub fn new(engine: Engine, strategy: S) -> Self {
        Self {
            interest: strategy.interest(),
            engine,
            strategy,
            timers: BinaryHeap::new(),
            timer_count: 0,
            request_count: 0,
            has_ended: false,
            outgoing: Vec::new(),
            answers: 0,
            answers_at: Nanos::MIN,
            audit: Audit::default(),
        }
    }

    /// Takes an event in at `now`: the engine applies it, the strategy is called, and what it asks for stands ready to leave.
    ///
    /// Errors: `OVERFLOW` for numbers that do not fit, `LIVELOCK` for a strategy that answers itself for ever, and what the strategy throws.
    pub fn process(&mut self, now: Nanos, event: &Event<'_>) -> Result<(), Halt> {
        match event {
            Event::Market { instrument, time, event } => {
                self.market(now, *instrument, event)?;
                self.audit.note(&self.engine, || {
                    let event = (*event).clone().into_owned();
                    AuditEvent::Market(MarketRow { instrument: *instrument, time: *time, arrival: now, event })
                });
                self.settle()
            }
            Event::Account(bundle) => self.account(now, bundle),
            Event::Timers { next_row } => self.fire(now, *next_row),
            Event::Start => {
                self.engine.now = now;
                self.engine.start_risk();
                self.strategy.on_start(&mut Context { engine: &mut self.engine, instrument: InstrumentId(0) })?;
                self.audit.note(&self.engine, || AuditEvent::Started);
                self.settle()
            }
            Event::Stop => {
                self.engine.now = now;
                self.engine.refuses.get_or_insert(ReasonCode::RunEnded);
                self.strategy.on_stop(&mut Context { engine: &mut self.engine, instrument: InstrumentId(0) })?;
                self.audit.note(&self.engine, || AuditEvent::Stopped);
                self.settle()
            }
            Event::TradingEnabled(is_enabled) => {
                self.engine.now = now;
                self.engine.set_trading_enabled(*is_enabled);
                self.audit.note(&self.engine, || AuditEvent::TradingEnabled(*is_enabled));
                Ok(())
            }
            Event::Reconnecting { exchange, is_account } => {
                self.engine.now = now;
                if !is_account {
                    self.engine.lose_market_data(*exchange);
                }
                self.audit.note(&self.engine, || AuditEvent::Reconnecting { exchange: *exchange, is_account: *is_account });
                Ok(())
            }
            Event::Note(event) => {
                self.engine.now = now;
                self.audit.note(&self.engine, || AuditEvent::Note(Box::new((*event).clone())));
                Ok(())
            }
        }
    }

    /// A market row without a tick of the audit, for hosts that bring many: what the strategy asks for waits for [`Session::settle`]. A call
    /// may be [left open](HostedStrategy::is_waiting).
    #[allow(clippy::inline_always, reason = "once a row: calls, and registers saved around them, were a third of a run")]
    #[inline(always)]
    pub fn market(&mut self, now: Nanos, instrument: InstrumentId, event: &MarketEvent<'_>) -> Result<(), Halt> {
        // A row from outside breaks a chain of answers.
        self.answers = 0;
        let engine = &mut self.engine;
        engine.now = now;
        engine.see(instrument, event);
        let mut ctx = Context { engine, instrument };
        match event {
            MarketEvent::Quote(_) | MarketEvent::Book(_) if self.interest.books => self.strategy.on_book(&mut ctx)?,
            MarketEvent::Trade(trade) if self.interest.trades => self.strategy.on_trade(&mut ctx, trade)?,
            MarketEvent::Bar(bar) if self.interest.bars => self.strategy.on_bar(&mut ctx, bar)?,
            _ => {}
        }
        Ok(())
    }

    fn account(&mut self, now: Nanos, bundle: &[AccountEvent]) -> Result<(), Halt> {
        self.engine.now = now;
        let before = self.audit.before(&self.engine, bundle);
        self.engine.apply(bundle)?;
        let instrument = bundle.first().and_then(AccountEvent::instrument).unwrap_or_default();
        self.strategy.on_account(&mut Context { engine: &mut self.engine, instrument }, bundle)?;
        self.audit.note_account(&self.engine, bundle, before);
        self.settle()
    }

    /// Timers by creation. One that a timer sets for this instant waits for the next call, so that other events of the instant come first.
    fn fire(&mut self, now: Nanos, next_row: Nanos) -> Result<(), Halt> {
        let created = self.timer_count;
        while let Some(Reverse((_, _, tag))) =
            self.timers.peek().copied().filter(|Reverse((time, count, _))| *time <= now && *count < created)
        {
            self.timers.pop();
            if self.has_ended {
                continue;
            }
            self.engine.now = now;
            if !self.engine.fire(tag, next_row) {
                self.strategy.on_timer(&mut Context { engine: &mut self.engine, instrument: InstrumentId(0) }, tag)?;
            }
            self.audit.note(&self.engine, || AuditEvent::Timer(tag));
            self.settle()?;
        }
        Ok(())
    }

    /// Carries a command of the host's caller out, past strategy and risk, and says what leaves and what does not.
    ///
    /// Errors: as [`Engine::send_open_requests`]; then nothing was done.
    pub fn command(&mut self, now: Nanos, command: &Command) -> Result<Commanded, Halt> {
        self.engine.now = now;
        let output = self.engine.carry_out(command)?;
        self.audit.note_command(&self.engine, command, &output);
        self.settle()?;
        Ok(output)
    }

    /// After a call that the strategy had left open: what was decided in it is asked for now.
    pub fn answer(&mut self) -> Result<(), Halt> {
        self.strategy.answered(&mut Context { engine: &mut self.engine, instrument: InstrumentId(0) })
    }

    /// Whether the strategy asked for something that [`Session::settle`] has not made ready yet.
    #[inline]
    pub fn has_asked(&self) -> bool {
        self.engine.has_asked()
    }

    /// Makes ready what the strategy asked for. What risk refused or cut it is told at once, an order at a time, and what it asks for then
    /// is made ready, too.
    #[inline]
    pub fn settle(&mut self) -> Result<(), Halt> {
        if self.engine.has_asked() { self.make_ready() } else { Ok(()) }
    }

    fn make_ready(&mut self) -> Result<(), Halt> {
        self.dispatch();
        self.count_answer()?;
        if self.engine.news.is_empty() { Ok(()) } else { self.tell_news() }
    }

    #[cold]
    fn tell_news(&mut self) -> Result<(), Halt> {
        for _ in 0..ANSWERS_MAX {
            let Some(event) = self.engine.news.pop_front() else { return Ok(()) };
            let mut ctx = Context { engine: &mut self.engine, instrument: event.instrument };
            self.strategy.on_account(&mut ctx, &[AccountEvent::Order(event.clone())])?;
            self.audit.note(&self.engine, || AuditEvent::Risk(event));
            self.dispatch();
        }
        Err(Error::new(Code::Livelock, format!("{ANSWERS_MAX} orders one after the other were refused or cut by risk limits"))
            .hint("an order that is refused is told to the strategy, which must not answer with the same order again")
            .into())
    }

    fn count_answer(&mut self) -> Result<(), Halt> {
        if self.answers_at != self.engine.now {
            (self.answers_at, self.answers) = (self.engine.now, 0);
        }
        self.answers += 1;
        if self.answers <= ANSWERS_MAX {
            return Ok(());
        }
        Err(Error::new(Code::Livelock, format!("the strategy kept one instant busy for {ANSWERS_MAX} rounds"))
            .hint("with zero latency, every answer is a new event at the same time: wait for a market event or a timer")
            .into())
    }

    /// Moves what the engine holds ready to what leaves, in the order of the orders' numbers.
    fn dispatch(&mut self) {
        for request in std::mem::take(&mut self.engine.unasked) {
            self.strategy.on_sent(&self.engine, &request);
        }
        let mut refused = self.engine.take_refused().into_iter().peekable();
        let mut requests = std::mem::take(&mut self.engine.outbox);
        for request in requests.drain(..) {
            let instrument = match &request {
                Request::Open(open) => {
                    while let Some(order) = refused.next_if(|order| order.number < open.order) {
                        self.outgoing.push(Outgoing::Refused(Box::new(order)));
                    }
                    open.instrument
                }
                Request::Cancel(number) | Request::Amend { order: number, .. } => {
                    // A request is made of an order that the engine knows, and nothing came in between.
                    self.engine.order(*number).map_or(InstrumentId(0), |order| order.instrument)
                }
            };
            self.outgoing.push(Outgoing::Request(Departing { request, instrument, sequence: self.request_count }));
            self.request_count += 1;
        }
        self.engine.outbox = requests;
        self.outgoing.extend(refused.map(|order| Outgoing::Refused(Box::new(order))));
        for timer in self.engine.timers.drain(..) {
            self.timers.push(Reverse((timer.time, self.timer_count, timer.tag)));
            self.timer_count += 1;
        }
    }

    /// Whether something stands ready to leave.
    #[inline]
    pub fn has_outgoing(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Takes what stands ready to leave, in its order; `into` is emptied before.
    pub fn take_outgoing(&mut self, into: &mut Vec<Outgoing>) {
        into.clear();
        std::mem::swap(&mut self.outgoing, into);
    }

    /// When the next timer fires; [`NEVER`] where there is none.
    #[inline]
    pub fn next_timer(&self) -> Nanos {
        self.timers.peek().map_or(NEVER, |Reverse((time, _, _))| *time)
    }

    /// No market row arrives any more: new requests are refused, for this reason unless there is one already, and timers no longer fire.
    pub fn end_data(&mut self, reason: ReasonCode) {
        self.has_ended = true;
        self.engine.refuses.get_or_insert(reason);
    }

    /// Number of the next tick.
    pub const fn sequence(&self) -> u64 {
        self.audit.sequence
    }

    /// From now on ticks are made, or not.
    pub fn make_ticks(&mut self, is_on: bool) {
        self.audit.is_on = is_on;
        self.audit.ticks.clear();
    }

    /// Takes the ticks that were made since the last call.
    #[inline]
    pub fn take_ticks(&mut self) -> Vec<Tick> {
        if self.audit.ticks.is_empty() { Vec::new() } else { std::mem::take(&mut self.audit.ticks) }
    }
}
