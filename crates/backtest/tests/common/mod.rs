//! What the tests of the back-test share: small data by hand, and a strategy that logs what it is told.
#![allow(dead_code, reason = "each test binary uses its own part")]

use haggle_backtest::{Constant, Dynamic, Outcome, Prepared, Run, Status, StrategyChoice, Tiling};
use haggle_data::{BuildOptions, Builder, ExchangeTime, Num, Stamps, Store};
use haggle_engine::{Context, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::read::{Field, parse};
use haggle_model::time::Nanos;
use haggle_model::{AccountEvent, Bar, OrderEvent, OrderEventKind, Result, Side, Trade};
use std::sync::Arc;

/// Arguments of a run whose strategy the test brings.
pub const FOREIGN: &str = r#"{"strategy":"javascript"}"#;

/// Market data by hand: whole prices and sizes, times in nanoseconds, rows in load order.
#[derive(Default)]
pub struct Tape {
    builder: Builder,
}

fn num(value: i64) -> Num {
    Num::new(value, 0).expect("a small number")
}

impl Tape {
    /// An empty tape that keeps the stamps as they are.
    pub fn new() -> Self {
        Self { builder: Builder::new(BuildOptions { exchange_time: Some(ExchangeTime::Venue), ..BuildOptions::default() }) }
    }

    /// The same rows with their arrivals as exchange times.
    pub fn received() -> Self {
        Self { builder: Builder::new(BuildOptions { exchange_time: Some(ExchangeTime::Received), ..BuildOptions::default() }) }
    }

    fn place(&mut self, symbol: &str) -> u16 {
        let (exchange, symbol) = symbol.split_once(':').map_or((None, symbol), |(exchange, symbol)| (Some(exchange), symbol));
        self.builder.instrument(symbol, exchange).expect("room for an instrument")
    }

    /// A quote with sizes; `(exchange time, arrival)`.
    pub fn quote(mut self, symbol: &str, (exchange, received): (Nanos, Nanos), bid: (i64, i64), ask: (i64, i64)) -> Self {
        let place = self.place(symbol);
        let stamps = Stamps { exchange: Some(exchange), received: Some(received) };
        let side = |(price, size)| Some((num(price), num(size)));
        self.builder.quote(place, stamps, side(bid), side(ask)).expect("a good quote");
        self
    }

    /// A print.
    pub fn trade(mut self, symbol: &str, (exchange, received): (Nanos, Nanos), side: Side, price: i64, quantity: i64) -> Self {
        let place = self.place(symbol);
        let stamps = Stamps { exchange: Some(exchange), received: Some(received) };
        self.builder.trade(place, stamps, Some(side), num(price), num(quantity)).expect("a good print");
        self
    }

    /// A bar: open, high, low, close; volume 0.
    pub fn bar(mut self, symbol: &str, (open, close): (Nanos, Nanos), [o, h, l, c]: [i64; 4]) -> Self {
        let place = self.place(symbol);
        self.builder.bar(place, open, close, [num(o), num(h), num(l), num(c), num(0)]).expect("a good bar");
        self
    }

    /// A reconnect.
    pub fn gap(mut self, symbol: &str, (exchange, received): (Nanos, Nanos)) -> Self {
        let place = self.place(symbol);
        self.builder.gap(place, Stamps { exchange: Some(exchange), received: Some(received) }).expect("a gap");
        self
    }

    /// The finished data.
    pub fn store(self) -> Arc<Store> {
        Arc::new(self.builder.finish().expect("good data"))
    }
}

/// What a strategy is told of.
pub enum Seen<'a> {
    /// `on_start`
    Start,
    /// `on_book`
    Book,
    /// `on_trade`
    Trade(&'a Trade),
    /// `on_bar`
    Bar(&'a Bar),
    /// `on_account`
    Account(&'a [OrderEvent]),
    /// `on_timer`
    Timer(u32),
    /// `on_stop`
    Stop,
}

impl std::fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Book => f.write_str("book"),
            Self::Trade(trade) => write!(f, "trade {} x {}", trade.price, trade.quantity),
            Self::Bar(bar) => write!(f, "bar {}", bar.close),
            Self::Account(bundle) => f.write_str(&bundle.iter().map(describe).collect::<Vec<_>>().join(", ")),
            Self::Timer(tag) => write!(f, "timer {tag}"),
            Self::Stop => f.write_str("stop"),
        }
    }
}

/// An event in a few words, with its time at the exchange.
pub fn describe(event: &OrderEvent) -> String {
    let what = match &event.kind {
        OrderEventKind::Opened => "opened".to_owned(),
        OrderEventKind::Filled(fill) => format!("filled {}/{} at {}", fill.filled, fill.order_quantity, fill.price),
        OrderEventKind::Cancelled(reason) => format!("cancelled {reason}"),
        OrderEventKind::Expired(reason) => format!("expired {reason}"),
        OrderEventKind::Rejected(reason) => format!("rejected {reason}"),
        OrderEventKind::CancelRejected(reason) => format!("cancel refused {reason}"),
        OrderEventKind::Amended { price, quantity } => format!("amended to {quantity} at {price}"),
        OrderEventKind::AmendRejected(reason) => format!("amend refused {reason}"),
        OrderEventKind::InDoubt => "in doubt".to_owned(),
    };
    format!("#{} {what} @{}", event.order.0, event.time)
}

/// A strategy made of one closure; it logs every call as `time: what`.
pub struct Script<F> {
    /// What it does.
    pub act: F,
    /// What it was told.
    pub log: Vec<String>,
}

impl<F: FnMut(&mut Context<'_>, &Seen<'_>)> Script<F> {
    fn call(&mut self, ctx: &mut Context<'_>, seen: &Seen<'_>) {
        self.log.push(format!("{}: {seen}", ctx.now()));
        (self.act)(ctx, seen);
    }
}

impl<F: FnMut(&mut Context<'_>, &Seen<'_>)> HostedStrategy for Script<F> {}

impl<F: FnMut(&mut Context<'_>, &Seen<'_>)> Strategy for Script<F> {
    fn interest(&self) -> Interest {
        Interest { trades: true, books: true, bars: true }
    }
    fn on_start(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.call(ctx, &Seen::Start);
        Ok(())
    }
    fn on_trade(&mut self, ctx: &mut Context<'_>, trade: &Trade) -> Result<(), Halt> {
        self.call(ctx, &Seen::Trade(trade));
        Ok(())
    }
    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.call(ctx, &Seen::Book);
        Ok(())
    }
    fn on_bar(&mut self, ctx: &mut Context<'_>, bar: &Bar) -> Result<(), Halt> {
        self.call(ctx, &Seen::Bar(bar));
        Ok(())
    }
    fn on_account(&mut self, ctx: &mut Context<'_>, bundle: &[AccountEvent]) -> Result<(), Halt> {
        let steps: Vec<OrderEvent> = bundle.iter().filter_map(AccountEvent::as_order).cloned().collect();
        self.call(ctx, &Seen::Account(&steps));
        Ok(())
    }
    fn on_timer(&mut self, ctx: &mut Context<'_>, tag: u32) -> Result<(), Halt> {
        self.call(ctx, &Seen::Timer(tag));
        Ok(())
    }
    fn on_stop(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.call(ctx, &Seen::Stop);
        Ok(())
    }
}

/// Reads the part of a config that runs share.
pub fn constant(text: &str) -> Constant {
    Constant::read(&Field::root(&parse(text).expect("json"))).expect("a good config")
}

/// Reads what differs between runs.
pub fn dynamic(text: &str) -> Dynamic {
    Dynamic::read(&Field::root(&parse(text).expect("json"))).expect("good arguments")
}

/// Data and config, joined.
pub fn prepare(config: &str, store: Arc<Store>) -> Arc<Prepared> {
    Arc::new(Prepared::new(constant(config), store, Tiling::ONCE).expect("data and config fit"))
}

/// Runs to the end in slices of so many steps.
pub fn drive<S: HostedStrategy>(mut run: Run<S>, steps: u64) -> Result<(Outcome, S), Halt> {
    while run.advance(steps)? == Status::Running {}
    run.finish()
}

/// Runs a closure as a strategy; gives the outcome and the log.
pub fn script(config: &str, store: Arc<Store>, act: impl FnMut(&mut Context<'_>, &Seen<'_>)) -> (Outcome, Vec<String>) {
    let run = Run::new(prepare(config, store), dynamic(FOREIGN), Script { act, log: Vec::new() }).expect("a run");
    let (outcome, script) = drive(run, 10_000).expect("no error");
    (outcome, script.log)
}

/// Runs a native strategy.
pub fn native(config: &str, arguments: &str, store: Arc<Store>) -> Outcome {
    let arguments = dynamic(arguments);
    let StrategyChoice::Native(strategy) = arguments.strategy.clone() else { panic!("a native strategy") };
    drive(Run::new(prepare(config, store), arguments, *strategy).expect("a run"), 10_000).expect("no error").0
}

/// The account events of a log.
pub fn account(log: &[String]) -> Vec<&str> {
    log.iter().filter(|line| line.contains('#')).map(String::as_str).collect()
}

/// Codes of an outcome's warnings.
pub fn warnings(outcome: &Outcome) -> Vec<String> {
    let list = outcome.summary["warnings"].as_array().expect("a list");
    list.iter().map(|warning| warning["code"].as_str().expect("a code").to_owned()).collect()
}

/// The real data beside the repository, or `None` with a note where they are absent.
pub fn shared_data(name: &str) -> Option<Vec<u8>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: {name} is not there");
    }
    bytes
}

/// One instrument A/B without fees, B 100,000, and this latency (JSON).
pub fn free(latency: &str) -> String {
    format!(
        r#"{{"system":{{"exchange":"x","instruments":["A/B"],"fees":{{"maker":0,"taker":0}},"latency":{latency}}},"balances":{{"B":100000}}}}"#
    )
}

/// Quotes 100 x 10 / 101 x 10 of A/B at these times, heard of at once.
pub fn steady(times: impl IntoIterator<Item = Nanos>) -> Tape {
    steady_on(Tape::new(), times)
}

/// The same on a tape of the caller's.
pub fn steady_on(tape: Tape, times: impl IntoIterator<Item = Nanos>) -> Tape {
    times.into_iter().fold(tape, |tape, time| tape.quote("A/B", (time, time), (100, 10), (101, 10)))
}
