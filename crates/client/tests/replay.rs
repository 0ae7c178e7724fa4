//! Recorded market data: the clock goes along, and it does not matter in how many calls.

use haggle_client::{AccountId, Client, LimitOptions, Settings};
use haggle_data::{BuildOptions, Builder, ExchangeTime, Num, Stamps, Store, sample};
use haggle_model::read::{Field, parse};
use haggle_model::time::{MILLISECOND, Nanos, SECOND};
use haggle_model::wire::{Name, OrderState};
use haggle_model::{Code, Decimal, Liquidity, Side};
use std::sync::Arc;

const ME: AccountId = AccountId::FIRST;

fn num(value: i64) -> Num {
    Num::new(value, 0).expect("a small number")
}

fn builder() -> Builder {
    Builder::new(BuildOptions { exchange_time: Some(ExchangeTime::Venue), ..BuildOptions::default() })
}

fn quotes(rows: &[(Nanos, i64, i64)]) -> Arc<Store> {
    let mut builder = builder();
    let place = builder.instrument("A/B", None).expect("an instrument");
    for (time, bid, ask) in rows {
        let stamps = Stamps { exchange: Some(*time), received: Some(*time) };
        builder.quote(place, stamps, Some((num(*bid), num(5))), Some((num(*ask), num(5)))).expect("a quote");
    }
    Arc::new(builder.finish().expect("good data"))
}

fn client(json: &str) -> Client {
    Client::new(Settings::spot(&Field::root(&parse(json).expect("json"))).expect("settings")).expect("a client")
}

fn simple(more: &str) -> Client {
    client(&format!(r#"{{"symbols":["A/B"],"balances":{{"A":100,"B":10000}}{more}}}"#))
}

fn buy(client: &mut Client, quantity: i64, price: i64) -> String {
    let (quantity, price) = (Decimal::from(quantity), Decimal::from(price));
    client.open_limit_order(ME, &Name::from("A/B"), Side::Buy, quantity, price, &LimitOptions::default()).expect("an order").key.cid
}

fn fills(client: &Client) -> Vec<(Nanos, String, Option<Liquidity>)> {
    let fills = client.fetch_trades(ME, None).expect("fills").into_iter();
    fills.map(|fill| (fill.time_exchange, format!("{}@{}", fill.quantity.normalize(), fill.price.normalize()), fill.liquidity)).collect()
}

#[test]
fn rows_come_at_their_time() {
    let store = quotes(&[(10, 99, 101), (20, 98, 100), (20, 97, 99), (30, 90, 92)]);
    let mut client = simple("");
    let order = buy(&mut client, 7, 99);
    assert_eq!(client.replay(&store, Some(19)).expect("rows"), 1);
    assert_eq!((client.now(), fills(&client).len()), (19, 0));
    assert_eq!(client.replay(&store, Some(20)).expect("rows"), 2);
    assert_eq!(client.replay(&store, Some(20)).expect("rows"), 0);
    assert_eq!(client.replay(&store, None).expect("rows"), 1);
    assert_eq!(client.now(), 30);
    let maker = Some(Liquidity::Maker);
    assert_eq!(fills(&client), [(20, "5@99".to_owned(), maker), (30, "2@99".to_owned(), maker)]);
    assert_eq!(client.fetch_order(ME, &order).expect("an order").state, OrderState::FullyFilled);
    assert_eq!(client.replay(&store, None).expect("rows"), 0);
    client.invariants().expect("sound");
}

#[test]
fn requests_arrive_between_rows() {
    let store = quotes(&[(10, 99, 101), (20, 98, 100), (30, 90, 92)]);
    let mut client = simple(r#","latency":{"open":"15ns","response":"3ns"}"#);
    let order = buy(&mut client, 1, 95);
    client.replay(&store, Some(17)).expect("rows");
    assert_eq!(client.settled(ME, &order).expect("known"), None);
    client.replay(&store, Some(18)).expect("rows");
    assert!(matches!(client.settled(ME, &order).expect("known").expect("there").state, OrderState::Open(_)));
    client.replay(&store, Some(30)).expect("rows");
    assert!(matches!(client.settled(ME, &order).expect("known").expect("there").state, OrderState::Open(_)), "the fill is on its way");
    client.advance(3).expect("on");
    assert_eq!(client.settled(ME, &order).expect("known").expect("there").state, OrderState::FullyFilled);
}

#[test]
fn bars_fill_at_their_open_and_on_their_path() {
    let mut builder = builder();
    let place = builder.instrument("A/B", None).expect("an instrument");
    for (time, [open, high, low, close]) in [(100, [100, 110, 90, 105]), (200, [110, 120, 100, 115])] {
        builder.bar(place, time, time + 100, [open, high, low, close, 0].map(num)).expect("a bar");
    }
    let store = Arc::new(builder.finish().expect("good data"));
    let mut client = simple("");
    client.replay(&store, Some(200)).expect("rows");
    // The bar that opens now has opened.
    client.open_market_order(ME, &Name::from("A/B"), Side::Buy, Decimal::ONE).expect("an order");
    let resting = buy(&mut client, 1, 50);
    assert_eq!(client.replay(&store, None).expect("rows"), 1);
    assert_eq!(fills(&client).len(), 0);
    assert_eq!(client.fetch_open_orders(ME, None).expect("orders").len(), 2);
    client.cancel_order(ME, &resting).expect("cancelled");
    let mut client = simple("");
    let resting = client
        .open_limit_order(ME, &Name::from("A/B"), Side::Sell, Decimal::ONE, Decimal::from(108), &LimitOptions::default())
        .expect("an order");
    client.replay(&store, None).expect("rows");
    assert_eq!(client.fetch_order(ME, &resting.key.cid).expect("an order").state, OrderState::FullyFilled);
    assert_eq!(fills(&client), [(200, "1@108".to_owned(), Some(Liquidity::Maker))]);
}

#[test]
fn data_that_do_not_fit_are_refused() {
    let store = quotes(&[(10, 99, 101)]);
    let mut other = client(r#"{"symbols":["A/C"]}"#);
    assert_eq!(other.replay(&store, None).expect_err("unknown").code, Code::UnknownName);
    let mut coarse = client(r#"{"symbols":[{"symbol":"A/B","tickSize":10}]}"#);
    assert_eq!(coarse.replay(&store, None).expect_err("off the grid").code, Code::InvalidData);
    let mut late = simple(r#","start":"2025-01-01T00:00:00Z""#);
    assert_eq!(late.replay(&store, None).expect_err("over").path, "data");
    let mut client = simple("");
    client.advance(5).expect("on");
    assert_eq!(client.replay(&store, Some(4)).expect_err("over").path, "until");
    assert_eq!(client.replay(&store, None).expect("rows"), 1);
}

#[test]
fn slices_of_the_sample_are_the_whole() {
    let store = Arc::new(sample::binance_spot().expect("the sample"));
    let start = store.start().expect("rows");
    let run = |slice: Nanos| {
        let mut client = client(
            r#"{"exchange":"binance_spot","symbols":["BTC/USDT","ETH/USDT","SOL/USDT"],"balances":{"BTC":1,"USDT":200000},
                "latency":"20ms","start":"2025-03-25T23:07:00Z"}"#,
        );
        client.poll_event(ME).expect("open");
        let mut rows = 0;
        for at in 0..20 {
            let until = start + (at + 1) * 2 * SECOND;
            let mut time = client.now();
            while time < until {
                time = (time + slice).min(until);
                rows += client.replay(&store, Some(time)).expect("rows");
            }
            let side = if at % 2 == 0 { Side::Buy } else { Side::Sell };
            let symbol = Name::from("BTC/USDT");
            client.open_market_order(ME, &symbol, side, Decimal::new(1, 2)).expect("an order");
            let options = LimitOptions::default();
            client.open_limit_order(ME, &symbol, side, Decimal::new(1, 3), Decimal::from(87_400), &options).expect("an order");
        }
        client.advance(SECOND).expect("on");
        client.invariants().expect("sound");
        let events = client.drain_events(ME).expect("events");
        (rows, format!("{events:?}"), client.state_hash().expect("a hash"), fills(&client).len())
    };
    let whole = run(10 * SECOND);
    assert!(whole.0 > 5_000 && whole.3 > 20, "{} rows, {} fills", whole.0, whole.3);
    assert_eq!(run(333 * MILLISECOND), whole);
}
