//! A client from its config to its close: what it reads, what it answers, what it refuses.

use haggle_client::{AccountId, Client, Failing, InstrumentMap, LimitOptions, Settings, Ticker};
use haggle_model::read::{Field, parse};
use haggle_model::time::{DAY, MILLISECOND, SECOND};
use haggle_model::wire::{
    AccountEvent, AccountEventKind, Name, OrderKey, OrderKind, OrderRequestOpen, OrderState, Terms, TimeInForce, Wire,
};
use haggle_model::{Code, Decimal, Error, Result, Side};
use serde_json::json;

const ME: AccountId = AccountId::FIRST;

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn btc() -> Name {
    Name::from("BTC/USDT")
}

fn spot(json: &str) -> Result<Client> {
    Client::new(Settings::spot(&Field::root(&parse(json)?))?)
}

fn simple() -> Client {
    spot(r#"{"symbols":["BTC/USDT"],"balances":{"USDT":10000,"BTC":1}}"#).expect("a client")
}

fn map() -> InstrumentMap {
    InstrumentMap::new("binance_spot", &json!(["BTC/USDT", "ETH/USDT"])).expect("a map")
}

fn of_config(json: &str) -> Result<Client> {
    Client::new(Settings::new(&Field::root(&parse(json)?), map(), None)?)
}

#[test]
fn from_the_least_of_a_config() {
    let mut client = of_config(r#"{"mocked_exchange":"binance_spot"}"#).expect("a client");
    let snapshot = client.account_snapshot(ME).expect("a snapshot");
    assert_eq!(snapshot.balances.len(), 3);
    assert!(snapshot.balances.iter().all(|balance| balance.balance.total.is_zero()));
    assert_eq!(snapshot.instruments.len(), 2);
    let order = client.open_market_order(ME, &btc(), Side::Buy, Decimal::ONE).expect("an order");
    assert_eq!((order.state, order.key.cid.as_str()), (OrderState::Expired, "mock-0"));
    assert!(of_config("{}").is_ok());
}

const STATE: &str = r#"{"mocked_exchange":"binance_spot","latency_ms":20,"fees_percent":"0.01","initial_state":{"exchange":"binance_spot",
    "balances":[{"asset":"usdt","balance":{"total":"5000","free":"3485"},"time_exchange":"2025-01-01T00:00:00Z"}],
    "instruments":[{"instrument":"BTCUSDT","orders":[{"key":{"exchange":"binance_spot","instrument":"BTC/USDT","strategy":"s","cid":"c"},
    "side":"Buy","price":"1000","quantity":"2","kind":"Limit","time_in_force":{"GoodUntilCancelled":{"post_only":false}},
    "state":{"Active":{"Open":{"id":"x77","time_exchange":"2025-01-01T00:00:01Z","filled_quantity":"0.5"}}}}]}]}}"#;

#[test]
fn an_initial_state_is_taken_in_whole() {
    let mut client = of_config(STATE).expect("a client");
    let snapshot = client.account_snapshot(ME).expect("a snapshot");
    let usdt = &client.fetch_balances(ME, Some(&[Name::from("USDT")])).expect("balances")[0];
    assert_eq!((usdt.balance.total, usdt.balance.free), (decimal("5000"), decimal("3485")));
    assert_eq!(usdt.json()["time_exchange"], "2025-01-01T00:00:00Z");
    assert_eq!(snapshot.instruments[0].orders.len(), 1);
    let order = client.fetch_order(ME, "x77").expect("an order");
    assert_eq!(order, client.fetch_order(ME, "c").expect("an order"));
    assert_eq!((order.filled_quantity, order.average_price), (Some(decimal("0.5")), Some(decimal("1000"))));
    // What a client says of itself is an initial state, too.
    let mut config = parse(STATE).expect("json");
    config["initial_state"] = snapshot.json();
    let again = of_config(&config.to_string()).expect("a client");
    assert_eq!(again.account_snapshot(ME).expect("a snapshot"), snapshot);
    client.fill_order(ME, "c", None, None).expect("a fill");
    assert_eq!(client.fetch_balance(ME, &Name::from("USDT")).expect("a balance").balance.total, decimal("3485"));
    client.invariants().expect("sound");
}

#[test]
fn a_state_that_contradicts_itself_is_refused_with_its_path() {
    for (right, wrong, code, path) in [
        (r#""free":"3485""#, r#""free":"5001""#, Code::InvalidArgument, "initial_state.balances[0].balance.free"),
        (r#""free":"3485""#, r#""free":"3500""#, Code::InvalidArgument, "initial_state.balances[0].balance.free"),
        (r#""free":"3485""#, r#""free":"-1""#, Code::InvalidArgument, "initial_state.balances[0].balance.free"),
        (r#""total":"5000""#, r#""total":"-5""#, Code::InvalidArgument, "initial_state.balances[0].balance.total"),
        (r#""total":"5000","free":"3485""#, r#""total":"50","free":"0""#, Code::InvalidArgument, "initial_state.instruments[0].orders[0]"),
        ("usdt", "usd", Code::UnknownName, "initial_state.balances[0].asset"),
        ("BTCUSDT", "BTCUSD", Code::UnknownName, "initial_state.instruments[0].instrument"),
        (
            r#""filled_quantity":"0.5""#,
            r#""filled_quantity":"2""#,
            Code::InvalidArgument,
            "initial_state.instruments[0].orders[0].state.Active.Open.filled_quantity",
        ),
        (r#""mocked_exchange":"binance_spot""#, r#""mocked_exchange":"okx""#, Code::UnknownName, "mocked_exchange"),
        (r#""latency_ms":20"#, r#""latency_ms":-20"#, Code::InvalidArgument, "latency_ms"),
        (r#""fees_percent":"0.01""#, r#""fees_percent":"1.01""#, Code::InvalidArgument, "fees_percent"),
        ("latency_ms", "latncy_ms", Code::UnknownName, "latncy_ms"),
    ] {
        assert!(STATE.contains(right), "{right}");
        let error = of_config(&STATE.replacen(right, wrong, 1)).expect_err(wrong);
        assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
    }
}

#[test]
fn bad_settings_have_their_path() {
    for (json, path) in [
        (r#"{"symbols":["BTC"]}"#, "symbols[0]"),
        (r#"{"symbols":["A/B"],"balances":{"C":1}}"#, "balances.C"),
        (r#"{"symbols":["A/B"],"balances":{"A":-1}}"#, "balances.A"),
        (r#"{"symbols":["A/B"],"latency":"-1ms"}"#, "latency"),
        (r#"{"symbols":["A/B"],"fees":{"maker":0,"taker":2}}"#, "fees.taker"),
        (r#"{"symbols":["A/B"],"sybols":1}"#, "sybols"),
        (r#"{"symbols":["A/B"],"start":"soon"}"#, "start"),
        (r#"{"symbols":["A/B"],"balances":{"A":100000000000},"fees":{"maker":"0.0001","taker":"0.0001"}}"#, "instruments[0]"),
    ] {
        assert_eq!(spot(json).expect_err(json).path, path);
    }
}

#[test]
fn events_after_an_order_opened() {
    let mut client = simple();
    client.open_limit_order(ME, &btc(), Side::Buy, decimal("0.5"), decimal("100"), &LimitOptions::default()).expect("an order");
    // What was before the first look is in the snapshot.
    let events = client.drain_events(ME).expect("events");
    let [AccountEvent::Item(_, AccountEventKind::Snapshot(snapshot))] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(snapshot.instruments[0].orders.len(), 1);
    let options = LimitOptions { cid: Some("mine"), ..LimitOptions::default() };
    client.open_limit_order(ME, &btc(), Side::Buy, decimal("0.5"), decimal("99"), &options).expect("an order");
    let events = client.drain_events(ME).expect("events");
    let [AccountEvent::Item(_, AccountEventKind::OrderSnapshot(order)), AccountEvent::Item(_, AccountEventKind::BalanceSnapshot(usdt))] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((order.key.cid.as_str(), usdt.balance.free), ("mine", decimal("9900.5")));
    let indexed = client.map().indexed(&events[0]).expect("indices");
    assert_eq!(indexed.json()["kind"]["OrderSnapshot"]["key"]["instrument"], 0);
    assert_eq!(client.map().named(&indexed).expect("names"), events[0]);
}

#[test]
fn what_is_lost_is_counted() {
    let mut settings =
        Settings::spot(&Field::root(&parse(r#"{"symbols":["A/B"],"balances":{"B":100}}"#).expect("json"))).expect("settings");
    settings.events_max = 4;
    let mut client = Client::new(settings).expect("a client");
    client.poll_event(ME).expect("open");
    for _ in 0..4 {
        client.open_limit_order(ME, &Name::from("A/B"), Side::Buy, Decimal::ONE, Decimal::ONE, &LimitOptions::default()).expect("an order");
    }
    let events = client.drain_events(ME).expect("events");
    assert_eq!(events.len(), 5);
    assert!(matches!(events[0], AccountEvent::Item(_, AccountEventKind::Overflow(4))), "{events:?}");
    assert_eq!(client.poll_event(ME).expect("nothing"), None);
}

#[test]
fn requests_as_they_travel() {
    let mut client = simple();
    client.set_ticker(&Name::Index(0), &Ticker { last: Some(decimal("100")), ..Ticker::default() }).expect("a ticker");
    let request = |strategy: &str, cid: &str| OrderRequestOpen {
        key: OrderKey { exchange: Name::from("mock"), instrument: btc(), strategy: strategy.to_owned(), cid: cid.to_owned() },
        terms: Terms {
            side: Side::Buy,
            kind: OrderKind::Market,
            price: None,
            quantity: decimal("0.25"),
            time_in_force: TimeInForce::GoodUntilCancelled,
            post_only: false,
            reduce_only: false,
        },
    };
    let order = client.open_order(ME, &request("s", "one")).expect("an order");
    assert_eq!((order.state, order.average_price), (OrderState::FullyFilled, Some(decimal("100"))));
    assert_eq!(client.open_order(ME, &request("s", "one")).expect_err("twice").path, "key.cid");
    client.open_order(ME, &request("t", "one")).expect("another strategy's");
    assert_eq!(client.fetch_order(ME, "one").expect_err("two").code, Code::AmbiguousName);
    assert_eq!(client.open_order(ME, &request("s", "mock-9")).expect_err("reserved").path, "key.cid");
    let mut bad = request("s", "");
    bad.key.instrument = Name::from("BTC/USD");
    assert_eq!(client.open_order(ME, &bad).expect_err("unknown").path, "key.instrument");
    let mut bad = request("s", "");
    bad.key.exchange = Name::from("okx");
    assert_eq!(client.open_order(ME, &bad).expect_err("unknown").path, "key.exchange");
    let mut bad = request("s", "");
    bad.terms.quantity = decimal("0.000000001");
    assert_eq!(client.open_order(ME, &bad).expect_err("off the grid").path, "state.quantity");
    let fills = client.fetch_trades(ME, None).expect("fills");
    assert_eq!(fills.iter().map(|fill| (fill.id.as_str(), fill.strategy.as_str())).collect::<Vec<_>>(), [("0", "s"), ("1", "t")]);
}

#[test]
fn time_moves_only_forward_and_ends_times_in_force() {
    let mut client = simple();
    let options = |time_in_force| LimitOptions { time_in_force, ..LimitOptions::default() };
    let open = |client: &mut Client, options| {
        client.open_limit_order(ME, &btc(), Side::Buy, decimal("1"), decimal("1"), &options).expect("an order").key.cid
    };
    let until = open(&mut client, options(TimeInForce::GoodUntil(SECOND)));
    let day = open(&mut client, options(TimeInForce::GoodUntilEndOfDay));
    assert_eq!(client.next_time(), Some(SECOND));
    client.advance(SECOND - 1).expect("on");
    assert_eq!(client.fetch_open_orders(ME, Some(&[btc()])).expect("orders").len(), 2);
    client.advance(1).expect("on");
    assert_eq!(client.fetch_order(ME, &until).expect("an order").state, OrderState::Expired);
    client.advance_to(DAY).expect("on");
    assert_eq!(client.fetch_order(ME, &day).expect("an order").state, OrderState::Expired);
    assert_eq!((client.advance(-1).expect_err("back").path.as_str(), client.now()), ("by", DAY));
    assert_eq!(client.advance_to(0).expect_err("back").path, "time");
    assert!(client.fetch_trades(ME, Some(DAY)).expect("fills").is_empty());
}

#[test]
fn answers_arrive_in_the_order_in_which_they_were_given() {
    for seed in 0..5 {
        let json = format!(
            r#"{{"symbols":["A/B"],"balances":{{"B":1000}},"seed":{seed},"latency":{{"open":"1ms","response":"1ms","jitter":"20ms"}}}}"#
        );
        let mut client = spot(&json).expect("a client");
        client.poll_event(ME).expect("open");
        for _ in 0..10 {
            client
                .open_limit_order(ME, &Name::from("A/B"), Side::Buy, Decimal::ONE, Decimal::ONE, &LimitOptions::default())
                .expect("an order");
        }
        client.advance(SECOND).expect("on");
        let events = client.drain_events(ME).expect("events").into_iter();
        let cids: Vec<String> = events
            .filter_map(|event| match event {
                AccountEvent::Item(_, AccountEventKind::OrderSnapshot(order)) => Some(order.key.cid),
                _ => None,
            })
            .collect();
        assert_eq!(cids, (0..10).map(|number| format!("mock-{number}")).collect::<Vec<_>>());
    }
}

#[test]
fn a_share_of_failures_is_the_same_for_a_seed() {
    let failed = |seed: u64| -> Vec<usize> {
        let mut client = spot(&format!(r#"{{"symbols":["A/B"],"balances":{{"B":1000}},"seed":{seed}}}"#)).expect("a client");
        client.fail_share(Failing::RateLimit, 0.3, false).expect("a share");
        let open = |_| client.open_limit_order(ME, &Name::from("A/B"), Side::Buy, Decimal::ONE, Decimal::ONE, &LimitOptions::default());
        let orders: Vec<_> = (0..200).map(open).collect();
        (0..200).filter(|at| matches!(orders[*at].as_ref().expect("an order").state, OrderState::OpenFailed(_))).collect()
    };
    let seven = failed(7);
    assert_eq!(seven, failed(7));
    assert_ne!(seven, failed(8));
    assert!((30..90).contains(&seven.len()), "{}", seven.len());
    let error = simple().fail_share(Failing::RateLimit, 1.5, false).expect_err("above 1");
    assert_eq!(error.path, "share");
}

#[test]
fn snapshots_are_checked_before_they_are_taken() {
    let mut client = simple();
    client.open_limit_order(ME, &btc(), Side::Buy, Decimal::ONE, Decimal::ONE, &LimitOptions::default()).expect("an order");
    let (bytes, hash) = (client.snapshot().expect("bytes"), client.state_hash().expect("a hash"));
    client.cancel_all(ME, Some(&btc())).expect("cancelled");
    assert_ne!(client.state_hash().expect("a hash"), hash);
    let mut damaged = bytes.clone();
    *damaged.last_mut().expect("a byte") ^= 1;
    let mut other = spot(r#"{"symbols":["BTC/USDT"],"balances":{"USDT":10000,"BTC":1},"seed":1}"#).expect("a client");
    let refused: Vec<Error> = [
        client.restore(&damaged).expect_err("damaged"),
        client.restore(&bytes[..9]).expect_err("cut off"),
        client.restore(b"something").expect_err("no snapshot"),
        other.restore(&bytes).expect_err("other settings"),
    ]
    .into();
    assert!(refused.iter().all(|error| error.code == Code::InvalidArgument && error.path == "snapshot"), "{refused:?}");
    let later = client.account("later", &[]).expect("an account");
    client.restore(&bytes).expect("restored");
    assert_eq!(client.account_snapshot(later).expect_err("not yet there").code, Code::UnknownName);
    assert_eq!(client.poll_event(later).expect_err("not yet there").path, "account");
    assert_eq!(client.fetch_orders(later, None).expect_err("not yet there").path, "account");
    assert_eq!(client.state_hash().expect("a hash"), hash);
    assert_eq!(client.fetch_open_orders(ME, None).expect("orders").len(), 1);
}

#[test]
fn a_state_does_not_grow_with_history() {
    let json = r#"{"symbols":["A/B"],"balances":{"B":1000000}}"#;
    let mut settings = Settings::spot(&Field::root(&parse(json).expect("json"))).expect("settings");
    settings.history_max = 10;
    let mut client = Client::new(settings).expect("a client");
    client.set_ticker(&Name::from("A/B"), &Ticker { last: Some(Decimal::ONE), ..Ticker::default() }).expect("a ticker");
    let mut grow = |orders: usize| {
        for _ in 0..orders {
            client.open_market_order(ME, &Name::from("A/B"), Side::Buy, Decimal::ONE).expect("an order");
        }
        client.snapshot().expect("bytes").len()
    };
    let (few, many) = (grow(100), grow(1_000));
    // Of an order that is over the exchange remembers how it ended.
    assert!(many - few < 1_000 * 6, "{few} and {many} bytes");
    // What is too much is forgotten when the next order comes.
    assert_eq!(client.fetch_orders(ME, None).expect("orders").len(), 11);
    assert_eq!(client.fetch_order(ME, "5").expect_err("forgotten").code, Code::UnknownName);
}

#[test]
fn accounts_are_apart() {
    let mut client = simple();
    let other = client.account("other", &[(Name::from("BTC"), Decimal::ONE)]).expect("an account");
    assert_eq!(client.find_account("other").expect("it"), other);
    assert_eq!(client.account("other", &[]).expect_err("taken").code, Code::AmbiguousName);
    assert_eq!(client.account("third", &[(Name::from("XRP"), Decimal::ONE)]).expect_err("unknown").path, "balances[0]");
    let order =
        client.open_limit_order(other, &btc(), Side::Sell, Decimal::ONE, decimal("50"), &LimitOptions::default()).expect("an order");
    assert_eq!((order.key.strategy.as_str(), order.key.cid.as_str()), ("other", "other-0"));
    assert_eq!(client.cancel_order(ME, "other-0").expect_err("not mine").code, Code::UnknownName);
    client.open_market_order(ME, &btc(), Side::Buy, Decimal::ONE).expect("an order");
    let ids = [ME, other].map(|account| client.fetch_trades(account, None).expect("fills")[0].id.clone());
    assert_eq!(ids, ["0", "0"]);
    assert_eq!(client.fetch_balance(other, &Name::from("USDT")).expect("a balance").balance.total, decimal("50"));
    client.invariants().expect("sound");
}

#[test]
fn a_closed_client_says_so() {
    let mut client = simple();
    client.close();
    client.close();
    for error in [
        client.account_snapshot(ME).expect_err("closed"),
        client.poll_event(ME).expect_err("closed"),
        client.advance(MILLISECOND).expect_err("closed"),
        client.open_market_order(ME, &btc(), Side::Buy, Decimal::ONE).expect_err("closed"),
        client.snapshot().expect_err("closed"),
        client.reject_next("BalanceInsufficient", 1).expect_err("closed"),
    ] {
        assert_eq!(error.code, Code::Closed);
    }
}

#[test]
fn fill_or_kill_counts_what_reduce_only_makers_may_give() {
    let json = r#"{"symbols":[{"symbol":"A/B","tickSize":1,"lotSize":1}],"balances":{"A":5,"B":1000}}"#;
    let mut client = spot(json).expect("a client");
    let taker = client.account("t", &[(Name::from("A"), decimal("5")), (Name::from("B"), decimal("1000"))]).expect("an account");
    let order = |side, quantity: &str, price: &str, time_in_force, reduce_only| OrderRequestOpen {
        key: OrderKey { exchange: Name::from("mock"), instrument: Name::from("A/B"), strategy: String::new(), cid: String::new() },
        terms: Terms {
            side,
            kind: OrderKind::Limit,
            price: Some(decimal(price)),
            quantity: decimal(quantity),
            time_in_force,
            post_only: false,
            reduce_only,
        },
    };
    let works = TimeInForce::GoodUntilCancelled;
    client.open_order(taker, &order(Side::Sell, "5", "100", works, false)).expect("an order");
    client.open_order(ME, &order(Side::Buy, "5", "100", works, false)).expect("an order");
    for price in ["101", "102"] {
        client.open_order(ME, &order(Side::Sell, "5", price, works, true)).expect("an order");
    }
    // Both may only reduce the five that are held.
    let killed = client.open_order(taker, &order(Side::Buy, "8", "102", TimeInForce::FillOrKill, false)).expect("an order");
    assert_eq!((killed.state, killed.filled_quantity), (OrderState::Expired, Some(Decimal::ZERO)));
    let filled = client.open_order(taker, &order(Side::Buy, "5", "102", TimeInForce::FillOrKill, false)).expect("an order");
    assert_eq!((filled.state, filled.average_price), (OrderState::FullyFilled, Some(decimal("101"))));
    client.invariants().expect("sound");
}
