//! A live system told in barter's JSON, and its ticks in it.

#[path = "../../backtest/tests/common/mod.rs"]
mod common;

use common::{constant, dynamic};
use haggle_backtest::RunSetup;
use haggle_engine::{Context, Draft, Engine, Follower, Halt, HostedStrategy, Interest, Ring, Strategy, Tick, Update};
use haggle_live::{Input, Live, Names, OpenOrders, Sink};
use haggle_model::time::Nanos;
use haggle_model::wire::{AuditTick, EngineEvent, Wire};
use haggle_model::{AccountEvent, Code, InstrumentId, OrderNumber, ReasonCode, Request, Side, Size};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const CONFIG: &str = r#"{"system":{"exchange":"okx","fees":{"maker":0,"taker":"0.01"},"latency":{"open":10,"cancel":10,"response":5},
    "instruments":[{"symbol":"BTC/USDT","tickSize":"0.1","lotSize":"0.01"}]},"balances":{"USDT":1000}}"#;
const MS: Nanos = 1_000_000;

/// Buys once a print comes, where it is told to; writes down what it was told of orders.
#[derive(Default)]
struct Notes {
    buys: bool,
    told: Arc<Mutex<Vec<String>>>,
}

impl Notes {
    fn note(&self, text: String) {
        self.told.lock().expect("no panic before").push(text);
    }
}

impl HostedStrategy for Notes {
    fn on_sent(&mut self, _engine: &Engine, request: &Request) {
        match request {
            Request::Open(open) => self.note(format!("sent {}", open.order.0)),
            Request::Cancel(order) => self.note(format!("cancelling {}", order.0)),
            Request::Amend { .. } => {}
        }
    }
}

impl Strategy for Notes {
    fn interest(&self) -> Interest {
        Interest { trades: true, books: false, bars: false }
    }
    fn on_trade(&mut self, ctx: &mut Context<'_>, _trade: &haggle_model::Trade) -> Result<(), Halt> {
        if self.buys {
            let number = ctx.submit(Draft::limit(InstrumentId(0), Side::Buy, Size::Lots(100), 900));
            ctx.amend(number, Some(910), None);
            ctx.timer(MS, 7)?;
        }
        Ok(())
    }
    fn on_account(&mut self, _ctx: &mut Context<'_>, bundle: &[AccountEvent]) -> Result<(), Halt> {
        for event in bundle.iter().filter_map(AccountEvent::as_order) {
            self.note(common::describe(event));
        }
        Ok(())
    }
}

#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<Ring>>);

impl Sink for Shared {
    fn take(&mut self, tick: Tick) {
        self.0.lock().expect("no panic before").push(tick);
    }
}

/// A system whose ticks are read as JSON, and followed.
struct World {
    live: Live<Notes>,
    ring: Shared,
    follower: Follower,
    names: Arc<Names>,
    told: Arc<Mutex<Vec<String>>>,
}

impl World {
    fn new(arguments: &str, buys: bool) -> Self {
        let setup = RunSetup::live(constant(CONFIG)).expect("a good config");
        let strategy = Notes { buys, ..Notes::default() };
        let told = Arc::clone(&strategy.told);
        let mut live = Live::new(&setup, dynamic(arguments), strategy, Some(0)).expect("a system");
        let ring = Shared(Arc::new(Mutex::new(Ring::new(1 << 16))));
        let follower = live.attach(Box::new(ring.clone()));
        let names = Arc::clone(live.names());
        Self { live, ring, follower, names, told }
    }

    fn input(&self, text: &str) -> Input {
        self.names.input(&EngineEvent::from_text(text).expect("barter's JSON")).expect("a good event")
    }

    fn send(&mut self, text: &str) {
        let input = self.input(text);
        self.live.handle(&input).expect("no error");
    }

    fn quote(&mut self, bid: &str, ask: &str) {
        let time = haggle_model::time::to_rfc3339(self.live.now().max(0));
        self.send(&format!(
            r#"{{"Market":{{"Item":{{"time_exchange":"{time}","time_received":"{time}","exchange":"okx","instrument":"BTC/USDT","kind":{{"OrderBookL1":{{"last_update_time":"{time}","best_bid":{{"price":"{bid}","amount":"5"}},"best_ask":{{"price":"{ask}","amount":"5"}}}}}}}}}}}}"#
        ));
    }

    fn advance(&mut self, by: Nanos) {
        self.live.advance_by(by).expect("no error");
    }

    /// What the ticks since the last call say, each in JSON and back, the follower brought up to them.
    fn ticks(&mut self) -> Vec<Value> {
        let mut ticks = Vec::new();
        let updates: Vec<Update> = std::iter::from_fn(|| self.ring.0.lock().expect("no panic before").pop()).collect();
        for update in &updates {
            for tick in self.names.ticks(update).expect("things that have names") {
                let text = tick.to_text();
                assert_eq!(AuditTick::from_text(&text).expect("barter's JSON"), tick, "{text}");
                ticks.push(tick.view());
            }
            self.follower.apply(update).expect("numbers that fit");
        }
        ticks
    }

    /// The same in words, once the follower knows what the engine knows.
    fn words(&mut self) -> Vec<String> {
        let ticks = self.ticks();
        assert_eq!(self.follower.state(), self.live.state());
        ticks.iter().map(words).collect()
    }
}

fn words(tick: &Value) -> String {
    let event = &tick["event"];
    let word = match event["kind"].as_str().expect("a kind") {
        "Account" if event["account"]["kind"] == "Reconnecting" => "account lost".to_owned(),
        "Account" => match event["account"]["kind"].as_str().expect("a kind") {
            "OrderSnapshot" | "OrderCancelled" => {
                let order = &event["account"]["order"];
                format!("{} {}", order["key"]["cid"].as_str().expect("an id"), order["state"]["kind"].as_str().expect("a state"))
            }
            "Trade" => {
                format!("{} fill {}", event["account"]["fill"]["cid"].as_str().expect("an id"), event["account"]["fill"]["quantity"])
            }
            "BalanceSnapshot" => format!("{} {}", event["account"]["balance"]["asset"], event["account"]["balance"]["total"]),
            other => other.to_owned(),
        },
        "Market" => event["market"]["kind"].as_str().expect("a kind").to_owned(),
        "TradingStateUpdate" => event["tradingState"].as_str().expect("a state").to_owned(),
        "Command" => event["command"]["kind"].as_str().expect("a kind").to_owned(),
        other => other.to_owned(),
    };
    let outputs = tick["outputs"].as_array().expect("a list").iter().map(|output| {
        let count = |kind: &str| {
            let of = |list: &str| output[kind][list].as_array().map_or(0, Vec::len);
            format!("{} {}+{}", kind, of("sent"), of("errors"))
        };
        match output["kind"].as_str().expect("a kind") {
            kind @ ("Commanded" | "AlgoOrders") => format!(" > {kind} {} {}", count("opens"), count("cancels")),
            kind => format!(" > {kind}"),
        }
    });
    format!("{word}{}", outputs.collect::<String>()).replace('"', "")
}

fn open(cid: &str, strategy: &str, price: Option<&str>) -> String {
    let (kind, price) = price.map_or(("Market", "0"), |price| ("Limit", price));
    format!(
        r#"{{"key":{{"exchange":"okx","instrument":"BTC/USDT","strategy":"{strategy}","cid":"{cid}"}},"state":{{"side":"Buy","price":"{price}","quantity":"1","kind":"{kind}","time_in_force":{{"GoodUntilCancelled":{{"post_only":false}}}}}}}}"#
    )
}

fn send_open(requests: &[String]) -> String {
    format!(r#"{{"Command":{{"SendOpenRequests":{{"Many":[{}]}}}}}}"#, requests.join(","))
}

fn send_cancel(cid: &str) -> String {
    format!(
        r#"{{"Command":{{"SendCancelRequests":{{"One":{{"key":{{"exchange":"okx","instrument":"BTC/USDT","strategy":"","cid":"{cid}"}},"state":{{"id":null}}}}}}}}}}"#
    )
}

#[test]
fn orders_are_sent_filled_cancelled_and_their_ticks_say_so() {
    let mut world = World::new(common::FOREIGN, false);
    world.quote("99", "101");
    assert_eq!(world.words(), ["Enabled", "OrderBookL1"]);
    // The cancel is read before the order that it is about has its number, and travels behind it.
    let sent = world.input(&send_open(&[open("a", "mm", Some("90")), open("", "", None)]));
    let cancel = world.input(&send_cancel("a"));
    world.live.handle(&sent).expect("no error");
    assert_eq!(world.words(), ["SendOpenRequests > Commanded opens 2+0 cancels 0+0"]);
    assert_eq!(*world.told.lock().expect("no panic"), ["sent 0", "sent 1"], "before any event of theirs");
    world.advance(15 * MS);
    // 101 and 1 % of it leave, 90 are locked.
    assert_eq!(world.words(), ["a Open", "BTC 0", "USDT 1000", "backtest-1 fill 1", "BTC 1", "USDT 897.99"]);
    world.live.handle(&cancel).expect("no error");
    world.advance(15 * MS);
    assert_eq!(world.words(), ["SendCancelRequests > Commanded opens 0+0 cancels 1+0", "a Cancelled", "BTC 1", "USDT 897.99"]);
    assert_eq!(world.names.order_name(OrderNumber(0)), ("mm".to_owned(), "a".to_owned()));
    assert_eq!(world.names.given(), [(OrderNumber(0), "mm".to_owned(), "a".to_owned())]);
    // Once more: it is over.
    world.send(&send_cancel("a"));
    let ticks = world.ticks();
    let errors = &ticks[0]["outputs"][0]["cancels"]["errors"];
    assert_eq!(errors[0]["reason"]["code"], ReasonCode::OrderAlreadyCancelled.as_str());
    assert_eq!(errors[0]["request"]["key"], json!({"exchange": "okx", "instrument": "BTC/USDT", "strategy": "mm", "cid": "a"}));
    let sequences: Vec<u64> = ticks.iter().map(|tick| tick["sequence"].as_u64().expect("a number")).collect();
    assert_eq!(sequences, [13], "thirteen ticks were before");
}

#[test]
fn a_closed_round_trip_is_told_with_the_fill_that_closes_it() {
    let mut world = World::new(common::FOREIGN, false);
    world.quote("99", "101");
    world.send(&send_open(&[open("", "", None)]));
    world.advance(20 * MS);
    world.quote("109", "111");
    world.send(r#"{"Command":{"ClosePositions":{"Instruments":{"One":"BTC/USDT"}}}}"#);
    world.ticks();
    world.advance(20 * MS);
    let ticks = world.ticks();
    assert_eq!(ticks.iter().map(words).collect::<Vec<_>>(), ["backtest-1 fill 1", "BTC 0", "USDT 1005.9 > PositionExit"]);
    let trade = &ticks[2]["outputs"][0]["trade"];
    // The figures of the result, which says nothing else.
    let (outcome, _) = world.live.finish().expect("an end");
    let [expected] = outcome.closed_trades.as_slice() else { panic!("one round trip") };
    assert_eq!(
        *trade,
        json!({"symbol": "BTC/USDT", "exchange": "okx", "strategy": "backtest", "side": "Buy", "entryPrice": "101", "exitPrice": "109",
            "quantity": "1", "pnl": expected.pnl.to_string(), "fees": "2.1", "entryTime": 10.0, "exitTime": 30.0,
            "pnlReturn": expected.pnl_return})
    );
}

#[test]
fn disconnects_take_the_book_away_and_are_told() {
    let mut world = World::new(common::FOREIGN, false);
    world.quote("99", "101");
    world.send(r#"{"Market":{"Reconnecting":"okx"}}"#);
    assert_eq!(world.live.engine().markets[0].quote.bid_size, 0);
    world.send(r#"{"Account":{"Reconnecting":"okx"}}"#);
    world.send(r#"{"Market":{"Item":{"time_exchange":"1970-01-01T00:00:00Z","time_received":"1970-01-01T00:00:00Z","exchange":"okx","instrument":"BTC/USDT","kind":{"Liquidation":{"side":"Buy","price":1.5,"quantity":7,"time":"1970-01-01T00:00:00Z"}}}}}"#);
    // A market order finds nothing.
    world.send(&send_open(&[open("", "", None)]));
    world.advance(20 * MS);
    let expected = [
        "Enabled",
        "OrderBookL1",
        "Reconnecting > MarketDisconnect",
        "account lost > AccountDisconnect",
        "Liquidation",
        "SendOpenRequests > Commanded opens 1+0 cancels 0+0",
        "backtest-0 Expired",
        "BTC 0",
        "USDT 1000",
    ];
    assert_eq!(world.words(), expected);
}

#[test]
fn trading_that_is_off_refuses_the_strategy_and_not_a_command() {
    let mut world = World::new(common::FOREIGN, true);
    let print = |world: &mut World| {
        let time = haggle_model::time::to_rfc3339(world.live.now());
        world.send(&format!(
            r#"{{"Market":{{"Item":{{"time_exchange":"{time}","time_received":"{time}","exchange":"okx","instrument":"BTC/USDT","kind":{{"Trade":{{"id":"1","price":100,"amount":1,"side":"Buy"}}}}}}}}}}"#
        ));
    };
    print(&mut world);
    world.names.name_tag(7, "again");
    world.names.name_order(OrderNumber(0), "theirs");
    world.advance(20 * MS);
    world.send(r#"{"TradingStateUpdate":"Disabled"}"#);
    print(&mut world);
    world.send(r#"{"Command":{"CancelOrders":"None"}}"#);
    world.advance(20 * MS);
    let ticks = world.ticks();
    let expected = [
        "Enabled",
        "Trade > AlgoOrders opens 1+0 cancels 0+0",
        "Timer",
        "theirs Open",
        "BTC 0",
        "USDT 1000",
        "theirs Open",
        "BTC 0",
        "USDT 1000",
        "Disabled",
        "Trade > AlgoOrders opens 0+1 cancels 0+0",
        "CancelOrders > Commanded opens 0+0 cancels 1+0",
        "Timer",
        "theirs Cancelled",
        "BTC 0",
        "USDT 1000",
    ];
    assert_eq!(ticks.iter().map(words).collect::<Vec<_>>(), expected);
    assert_eq!(
        ticks[1]["outputs"][0]["amends"][0],
        json!({"key": {"exchange": "okx", "instrument": "BTC/USDT", "strategy": "backtest", "cid": "theirs"}, "price": "91"})
    );
    assert_eq!(
        (&ticks[2]["event"]["tag"], &ticks[10]["outputs"][0]["opens"]["errors"][0]["reason"]["code"]),
        (&json!("again"), &json!("TradingDisabled"))
    );
    assert_eq!(ticks[3]["event"]["account"]["order"]["price"], "90");
    assert_eq!(ticks[6]["event"]["account"]["order"]["price"], "91");
    assert!(!world.told.lock().expect("no panic").iter().any(|line| line.starts_with("sent")), "what it sent itself it knows");
}

#[test]
fn what_risk_refuses_or_cuts_is_told_with_its_terms() {
    for (limits, expected, quantity) in [
        (r#""maxQuantity":"0.5""#, ["Trade > AlgoOrders opens 0+1 cancels 0+0", "backtest-0 OpenFailed"], "1"),
        (r#""maxQuantity":"0.5","excess":"shrink""#, ["Trade > AlgoOrders opens 1+0 cancels 0+0", "backtest-0 OpenInFlight"], "0.5"),
    ] {
        let mut world = World::new(&format!(r#"{{"strategy":"javascript","risk":{{{limits}}}}}"#), true);
        world.send(r#"{"Market":{"Item":{"time_exchange":"1970-01-01T00:00:00Z","time_received":"1970-01-01T00:00:00Z","exchange":"okx","instrument":"BTC/USDT","kind":{"Trade":{"id":"1","price":100,"amount":1,"side":"Buy"}}}}}"#);
        let ticks = world.ticks();
        assert_eq!(ticks[1..].iter().map(words).collect::<Vec<_>>(), expected);
        assert_eq!(ticks[2]["event"]["account"]["order"]["quantity"], quantity);
    }
}

#[test]
fn a_strategy_is_told_of_the_orders_that_the_drawdown_switch_sends() {
    let mut world =
        World::new(r#"{"strategy":"javascript","risk":{"maxDrawdown":"0.01","onDrawdown":"close","drawdownInterval":"1s"}}"#, false);
    world.quote("99", "101");
    world.send(&send_open(&[open("", "", None)]));
    world.advance(20 * MS);
    world.quote("49", "51");
    world.ticks();
    world.advance(1_000 * MS);
    let told = world.told.lock().expect("no panic").clone();
    assert_eq!(told[told.len() - 2..], ["sent 1", "#1 filled 100/100 at 490 @1010000000"], "{told:?}");
    let words = world.words();
    assert_eq!(words[..2], ["Timer > AlgoOrders opens 1+0 cancels 0+0", "backtest-1 fill 1"], "{words:?}");
    assert_eq!(world.names.state_view(&world.live.state())["tradingState"], "Disabled");
}

#[test]
fn the_state_is_shown() {
    let mut world = World::new(common::FOREIGN, false);
    assert_eq!(world.names.state_view(&world.live.state())["lastSequence"], Value::Null);
    world.quote("99", "101");
    world.send(&send_open(&[open("a", "mm", Some("90")), open("", "", None)]));
    world.advance(15 * MS);
    world.send(r#"{"TradingStateUpdate":"Disabled"}"#);
    world.ticks();
    let view = world.names.state_view(&world.live.state());
    assert_eq!(view, world.names.state_view(&world.follower.state()));
    assert_eq!(
        [&view["time"], &view["tradingState"], &view["equity"], &view["positions"], &view["lastSequence"]],
        [&json!("1970-01-01T00:00:00.015Z"), &json!("Disabled"), &json!(997.99), &json!({"BTC/USDT": "1"}), &json!(9)]
    );
    let usdt = &view["balances"][1];
    assert_eq!(
        usdt[1],
        json!({"asset": "USDT", "exchange": "okx", "free": "807.09", "locked": "90.9", "total": "897.99", "timeExchange": "1970-01-01T00:00:00.015Z"})
    );
    let order = &view["orders"][0];
    assert_eq!(view["orders"].as_array().expect("a list").len(), 1);
    assert_eq!((&order[1]["state"]["kind"], &order[1]["state"]["timeExchange"]), (&json!("Open"), &json!("1970-01-01T00:00:00.010Z")));
    let text = order[0].as_str().expect("a text");
    assert_eq!(haggle_model::wire::Order::from_text(text).expect("an order").view(), order[1]);
}

#[test]
fn a_cancel_of_an_order_that_was_never_sent_is_refused() {
    let mut world = World::new(common::FOREIGN, false);
    let sent = world.input(&send_open(&[open("a", "", Some("90"))]));
    let cancel = world.input(&send_cancel("a"));
    drop(sent);
    let Err(Halt::Error(error)) = world.live.handle(&cancel) else { panic!("no order is called so") };
    assert_eq!((error.code, error.path.as_str()), (Code::UnknownName, "requests[0].key.cid"));
    let Err(Halt::Error(error)) = world.live.handle(&Input::Shutdown) else { panic!("the caller's") };
    assert_eq!(error.code, Code::Bug);
    world.ticks();
    world.live.shutdown(OpenOrders::Cancel).expect("an end");
    let last: Vec<Update> = std::iter::from_fn(|| world.ring.0.lock().expect("no panic before").pop()).collect();
    let ticks: Vec<String> =
        last.iter().flat_map(|update| world.names.ticks(update).expect("names")).map(|tick| words(&tick.view())).collect();
    assert_eq!(ticks, ["Disabled", "CancelOrders > Commanded opens 0+0 cancels 0+0", "Shutdown"]);
}
