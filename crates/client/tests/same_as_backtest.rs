//! The same orders at the same times over the same data: a replay through the mock client fills as a back-test does, at every latency.

use haggle_backtest::{Constant, Dynamic, Prepared, Run, Status, Tiling};
use haggle_client::{AccountId, Client, LimitOptions, Settings, StrategyTest};
use haggle_data::{BuildOptions, Builder, ExchangeTime, Num, Store, sample};
use haggle_engine::{Context, Draft, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::read::{Field, parse};
use haggle_model::seed::Stream;
use haggle_model::time::{MILLISECOND, Nanos, SECOND};
use haggle_model::wire::{Name, OrderState};
use haggle_model::{Decimal, Increment, InstrumentId, OrderNumber, Side, Size};
use std::collections::BTreeSet;
use std::sync::Arc;

const ME: AccountId = AccountId::FIRST;
const MINUTE: Nanos = 60 * SECOND;

/// What is asked for at a time, in ticks and lots of the first instrument.
#[derive(Clone, Copy, Debug)]
enum Act {
    Market(Side, i64),
    Limit(Side, i64, i64),
    /// Cancels the order that was sent n-th, unless it is known to be over.
    Cancel(u32),
}

type Script = Vec<(Nanos, Act)>;
/// Exchange time, lots at ticks, maker or taker.
type Fills = Vec<(Nanos, String, String)>;

struct Actor(Script);

impl HostedStrategy for Actor {}

impl Strategy for Actor {
    fn interest(&self) -> Interest {
        Interest { trades: false, books: false, bars: false }
    }

    fn on_start(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        for (tag, (time, _)) in self.0.iter().enumerate() {
            ctx.timer(time - ctx.now(), tag as u32)?;
        }
        Ok(())
    }

    fn on_timer(&mut self, ctx: &mut Context<'_>, tag: u32) -> Result<(), Halt> {
        let market = InstrumentId(0);
        match self.0[tag as usize].1 {
            Act::Market(side, lots) => drop(ctx.submit(Draft::market(market, side, Size::Lots(lots)))),
            Act::Limit(side, lots, price) => drop(ctx.submit(Draft::limit(market, side, Size::Lots(lots), price))),
            Act::Cancel(number) => ctx.cancel(OrderNumber(number)),
        }
        Ok(())
    }
}

fn in_backtest(store: &Arc<Store>, system: &str, balances: &str, script: &Script) -> Fills {
    let config = parse(&format!(r#"{{"system":{{{system}}},"balances":{balances}}}"#)).expect("json");
    let constant = Constant::read(&Field::root(&config)).expect("a config");
    let prepared = Arc::new(Prepared::new(constant, Arc::clone(store), Tiling::ONCE).expect("data and config fit"));
    let arguments = parse(r#"{"strategy":"javascript","seed":11}"#).expect("json");
    let dynamic = Dynamic::read(&Field::root(&arguments)).expect("arguments");
    let mut run = Run::new(prepared, dynamic, Actor(script.clone())).expect("a run");
    while run.advance(10_000).expect("no error") == Status::Running {}
    let fills = run.finish().expect("no error").0.fills;
    fills.iter().map(|fill| (fill.time, format!("{}@{}", fill.quantity, fill.price), fill.liquidity.as_str().to_owned())).collect()
}

fn in_client(store: &Arc<Store>, options: &str, balances: &str, script: &Script) -> Fills {
    let config = parse(&format!(r#"{{{options},"balances":{balances},"seed":11,"start":"1970-01-01T00:00:00Z"}}"#)).expect("json");
    let mut client = Client::new(Settings::spot(&Field::root(&config)).expect("settings")).expect("a client");
    let symbol = Name::from(store.instruments[0].symbol.as_str());
    let (tick, lot) = client.grid(&symbol).expect("a grid");
    let mut sent: Vec<String> = Vec::new();
    for (time, act) in script {
        client.replay(store, Some(*time)).expect("rows");
        // Nothing of a client is lost between a snapshot and what is made of it.
        let snapshot = client.snapshot().expect("bytes");
        client.restore(&snapshot).expect("the same client");
        let order = match *act {
            Act::Market(side, lots) => client.open_market_order(ME, &symbol, side, lot.decimal(lots)).expect("an order"),
            Act::Limit(side, lots, price) => {
                let options = LimitOptions::default();
                client.open_limit_order(ME, &symbol, side, lot.decimal(lots), tick.decimal(price), &options).expect("an order")
            }
            Act::Cancel(number) => {
                // One that is not sent yet belongs to no order: the engine ignores that, too.
                let Some(cid) = sent.get(number as usize) else { continue };
                let known = client.settled(ME, cid).expect("known");
                if known.is_none_or(|order| matches!(order.state, OrderState::Open(_))) {
                    client.cancel_order(ME, cid).expect("asked");
                }
                continue;
            }
        };
        sent.push(order.key.cid);
    }
    client.replay(store, None).expect("rows");
    fills_of(&client, tick, lot)
}

/// The same orders from a strategy on an engine beside the client.
fn in_strategy_test(store: &Arc<Store>, options: &str, balances: &str, script: &Script) -> Fills {
    let config = parse(&format!(r#"{{{options},"balances":{balances},"seed":11,"start":"1970-01-01T00:00:00Z"}}"#)).expect("json");
    let mut client = Client::new(Settings::spot(&Field::root(&config)).expect("settings")).expect("a client");
    let (tick, lot) = client.grid(&Name::from(store.instruments[0].symbol.as_str())).expect("a grid");
    let mut test = StrategyTest::new(&mut client, Actor(script.clone()), None).expect("a test");
    test.start(&mut client).expect("started");
    test.replay(&mut client, store, None).expect("rows");
    fills_of(&client, tick, lot)
}

fn fills_of(client: &Client, tick: Increment, lot: Increment) -> Fills {
    client.invariants().expect("sound");
    let count = |grid: Increment, value: Decimal| grid.exact(value).expect("on the grid");
    let fills = client.fetch_trades(ME, None).expect("fills").into_iter();
    fills
        .map(|fill| {
            let words = format!("{}@{}", count(lot, fill.quantity), count(tick, fill.price));
            (fill.time_exchange, words, fill.liquidity.expect("known").as_str().to_owned())
        })
        .collect()
}

/// Orders of all kinds around the sample's price of BTC, some cancelled again.
fn script(seed: u64, store: &Store, around: i64, step: Nanos) -> Script {
    let mut dice = Stream::new(seed, "script", 0);
    let mut roll = |sides: i64| dice.up_to(sides - 1);
    let (mut time, end) = (store.start().expect("rows"), store.end().expect("rows"));
    let (mut script, mut sent, mut cancelled) = (Script::new(), 0, BTreeSet::new());
    loop {
        time += step / 4 + roll(step);
        if time >= end {
            return script;
        }
        let side = if roll(2) == 0 { Side::Buy } else { Side::Sell };
        let act = match roll(4) {
            0 => Act::Market(side, 1 + roll(50)),
            1 if sent > 0 => {
                // Once each: an engine does not ask again while a cancel is under way.
                let number = sent - 1 - roll(i64::from(sent.min(3))) as u32;
                if !cancelled.insert(number) {
                    continue;
                }
                Act::Cancel(number)
            }
            _ => Act::Limit(side, 1 + roll(90), around + roll(around / 500) - around / 1_000),
        };
        sent += u32::from(!matches!(act, Act::Cancel(_)));
        script.push((time, act));
    }
}

type Host = fn(&Arc<Store>, &str, &str, &Script) -> Fills;

fn compare(host: Host, store: &Arc<Store>, instruments: &str, latency: &str, balances: &str, script: &Script) -> usize {
    let rules = format!(r#""fees":{{"maker":0,"taker":0}},"latency":{latency}"#);
    let expected = in_backtest(store, &format!("{instruments},{rules}"), balances, script);
    let options = format!("{},{rules}", instruments.replacen("instruments", "symbols", 1));
    let actual = host(store, &options, balances, script);
    let at = expected.iter().zip(&actual).position(|(expected, actual)| expected != actual);
    let at = at.unwrap_or(expected.len().min(actual.len()));
    let near = |fills: &Fills| fills[at.min(fills.len())..fills.len().min(at + 3)].to_vec();
    assert_eq!(near(&actual), near(&expected), "{latency}: fill {at} of {} and {}", actual.len(), expected.len());
    expected.len()
}

const BINANCE: &str = r#""exchange":"binance_spot","instruments":[{"symbol":"BTC/USDT","tickSize":"0.01","lotSize":"0.00001"},
    {"symbol":"ETH/USDT","tickSize":"0.01","lotSize":"0.0001"},{"symbol":"SOL/USDT","tickSize":"0.01","lotSize":"0.001"}]"#;
const COINS: &str = r#"{"BTC":10,"USDT":1000000}"#;

#[test]
fn on_aligned_data() {
    let store = Arc::new(sample::binance_spot().expect("the sample"));
    for (seed, latency) in [(1, "0"), (2, r#""100ms""#), (3, r#"{"open":"30ms","cancel":"5ms"}"#)] {
        let fills = compare(in_client, &store, BINANCE, latency, COINS, &script(seed, &store, 8_735_000, 200 * MILLISECOND));
        assert!(fills > 200, "{latency}: only {fills} fills");
    }
}

#[test]
fn with_jitter() {
    let aligned = Arc::new(sample::binance_spot().expect("the sample"));
    let fills = compare(
        in_client,
        &aligned,
        BINANCE,
        r#"{"open":"30ms","jitter":"90ms"}"#,
        COINS,
        &script(4, &aligned, 8_735_000, 200 * MILLISECOND),
    );
    assert!(fills > 200, "only {fills} fills");
    let venue = Arc::new(sample::binance_spot_at(ExchangeTime::Venue).expect("the sample"));
    for (seed, latency) in [(5, r#""100ms""#), (6, r#"{"open":"30ms","cancel":"10ms","response":"20ms","jitter":"150ms"}"#)] {
        let fills = compare(in_client, &venue, BINANCE, latency, COINS, &script(seed, &venue, 8_735_000, 200 * MILLISECOND));
        assert!(fills > 200, "{latency}: only {fills} fills");
    }
}

fn bars() -> Arc<Store> {
    let mut builder = Builder::new(BuildOptions { exchange_time: Some(ExchangeTime::Venue), ..BuildOptions::default() });
    let place = builder.instrument("A/B", None).expect("an instrument");
    let mut dice = Stream::new(7, "bars", 0);
    let mut close = 1_000;
    for at in 0..400 {
        let open = close + dice.up_to(2) - 1;
        close = open + dice.up_to(20) - 10;
        let (high, low) = (open.max(close) + dice.up_to(5), open.min(close) - dice.up_to(5));
        let values = [open, high, low, close, 20 + dice.up_to(100)].map(|value| Num::new(value, 0).expect("a small number"));
        builder.bar(place, at * MINUTE, (at + 1) * MINUTE, values).expect("a bar");
    }
    Arc::new(builder.finish().expect("good data"))
}

const AB: &str = r#""instruments":[{"symbol":"A/B","tickSize":1,"lotSize":1}]"#;
const PLENTY: &str = r#"{"A":100000,"B":100000000}"#;
const ON_BARS: [&str; 3] = [r#""40s""#, r#""250s""#, r#"{"open":"10s","response":"20s","jitter":"5m"}"#];

#[test]
fn on_bars_longer_and_shorter_than_the_latency() {
    let store = bars();
    for (seed, latency) in (1..).zip(ON_BARS) {
        let mut script = script(seed, &store, 1_000, MINUTE);
        // A client that is asked at a close asks after the open of that time. A strategy's decisions come before it: see below.
        for (time, _) in &mut script {
            *time += i64::from(*time % MINUTE == 0);
        }
        let fills = compare(in_client, &store, AB, latency, PLENTY, &script);
        assert!(fills > 80, "{latency}: only {fills} fills");
    }
}

#[test]
fn for_a_strategy_that_decides_at_closes() {
    let store = bars();
    for (seed, latency) in (1..).zip(ON_BARS) {
        let mut script = script(seed, &store, 1_000, 2 * MINUTE);
        for (time, _) in &mut script {
            *time -= *time % MINUTE;
        }
        let fills = compare(in_strategy_test, &store, AB, latency, PLENTY, &script);
        assert!(fills > 80, "{latency}: only {fills} fills");
    }
}
