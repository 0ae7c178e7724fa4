//! Barter's events as inputs of a live system, and what is wrong with those that are none.

#[path = "../../backtest/tests/common/mod.rs"]
mod common;

use common::constant;
use haggle_backtest::RunSetup;
use haggle_engine::{Draft, InstrumentFilter};
use haggle_live::{Command, Input, Names, Open, Which};
use haggle_model::wire::{EngineEvent, OrderRequestOpen, Terms, Wire};
use haggle_model::{
    AssetId, Bar, Code, Decimal, ExchangeId, InstrumentId, MarketEvent, MarketRow, OrderNumber, Quote, Result, Side, Size, TimeInForce,
    Trade,
};

/// The first exchange is barter's second; the last instrument stands at the same place in both orders.
const CONFIG: &str = r#"{"system":{"instruments":[
    {"symbol":"okx:BTC/USDT","tickSize":"0.1","lotSize":"0.01"},
    {"symbol":"binance_spot:BTC/USDT","tickSize":"0.1","lotSize":"0.01"},
    {"symbol":"okx:ETH/USDT","tickSize":"0.1","lotSize":"0.01"}]},
    "balances":{"okx":{"USDT":1000},"binance_spot":{"USDT":1000}}}"#;

fn names() -> Names {
    Names::new(&RunSetup::live(constant(CONFIG)).expect("a good config"), "mine").expect("names")
}

fn input(names: &Names, text: &str) -> Result<Input> {
    names.input(&EngineEvent::from_text(text)?)
}

fn market(kind: &str) -> String {
    market_of("okx", r#""BTC/USDT""#, kind)
}

fn market_of(exchange: &str, instrument: &str, kind: &str) -> String {
    format!(
        r#"{{"Market":{{"Item":{{"time_exchange":"1970-01-01T00:00:01Z","time_received":"1970-01-01T00:00:02Z","exchange":"{exchange}","instrument":{instrument},"kind":{kind}}}}}}}"#
    )
}

fn book(event: &str, bids: &str, asks: &str) -> String {
    let kind = format!(
        r#"{{"OrderBook":{{"{event}":{{"sequence":1,"time_engine":null,"bids":{{"levels":[{bids}]}},"asks":{{"levels":[{asks}]}}}}}}}}"#
    );
    market(&kind)
}

fn level(price: &str, amount: &str) -> String {
    format!(r#"{{"price":"{price}","amount":"{amount}"}}"#)
}

fn row(event: MarketEvent<'static>) -> Input {
    Input::Row(MarketRow { instrument: InstrumentId(0), time: 1_000_000_000, arrival: 2_000_000_000, event })
}

#[test]
fn market_events_are_rows() {
    let names = names();
    let trade = r#"{"Trade":{"id":"9","price":100.5,"amount":0.2,"side":"Sell"}}"#;
    let print = MarketEvent::Trade(Trade { side: Side::Sell, price: 1_005, quantity: 20, time: 1_000_000_000 });
    assert_eq!(input(&names, &market(trade)).expect("a print"), row(print.clone()));
    let third = Input::Row(MarketRow { instrument: InstrumentId(2), time: 1_000_000_000, arrival: 2_000_000_000, event: print });
    assert_eq!(input(&names, &market_of("okx", "2", trade)).expect("by index"), third);
    assert_eq!(input(&names, &market_of("okx", r#""okx:ETH/USDT""#, trade)).expect("by its full name"), third);

    let quotes = |bid: &str, ask: &str| {
        market(&format!(r#"{{"OrderBookL1":{{"last_update_time":"1970-01-01T00:00:01Z","best_bid":{bid},"best_ask":{ask}}}}}"#))
    };
    let quote = |bid, bid_size, ask, ask_size| row(MarketEvent::Quote(Quote { bid, bid_size, ask, ask_size }));
    assert_eq!(input(&names, &quotes(&level("99", "1"), &level("101", "2"))).expect("a quote"), quote(990, 100, 1_010, 200));
    assert_eq!(input(&names, &quotes("null", &level("101", "2"))).expect("one side"), quote(0, 0, 1_010, 200));

    let liquidation = r#"{"Liquidation":{"side":"Buy","price":1.5,"quantity":7,"time":"1970-01-01T00:00:01Z"}}"#;
    assert!(matches!(input(&names, &market(liquidation)).expect("a liquidation"), Input::Note(_)));
}

#[test]
fn a_candle_opens_where_the_one_before_closed() {
    let names = names();
    let candle = |close: &str| {
        let kind = format!(
            r#"{{"Candle":{{"close_time":"1970-01-01T00:0{close}:00Z","open":10,"high":12,"low":9.5,"close":11,"volume":3,"trade_count":5}}}}"#
        );
        market(&kind)
    };
    let minute = 60_000_000_000;
    for (close, time, time_open) in [("1", minute, minute - 1), ("2", 2 * minute, minute), ("3", 3 * minute, 2 * minute)] {
        let bar = Bar { time_open, time_close: time, open: 100, high: 120, low: 95, close: 110, volume: 300 };
        let expected = MarketRow { instrument: InstrumentId(0), time, arrival: time, event: MarketEvent::Bar(bar) };
        assert_eq!(input(&names, &candle(close)).expect("a candle"), Input::Row(expected));
    }
}

#[test]
fn books_are_kept_and_their_best_quotes_are_rows() {
    let names = names();
    let quote = |bid, bid_size, ask, ask_size| row(MarketEvent::Quote(Quote { bid, bid_size, ask, ask_size }));
    let update = |bids: &str, asks: &str| book("Update", bids, asks);
    let error = input(&names, &update("", "")).expect_err("no book yet");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "Market.Item.kind.OrderBook.Update"));
    let bids = format!("{},{}", level("99", "1"), level("98", "2"));
    let snapshot = book("Snapshot", &bids, &level("101", "3"));
    assert_eq!(input(&names, &snapshot).expect("a book"), quote(990, 100, 1_010, 300));
    // The best bid goes, a better ask comes.
    assert_eq!(input(&names, &update(&level("99", "0"), &level("100", "1"))).expect("a change"), quote(980, 200, 1_000, 100));
    // A change that is wrong in one level changes none.
    let error = input(&names, &update(&level("98", "0"), &level("100.05", "1"))).expect_err("off the grid");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "Market.Item.kind.OrderBook.Update.asks.levels[0].price"));
    assert_eq!(input(&names, &update("", &level("100", "0"))).expect("a change"), quote(980, 200, 1_010, 300));
    let lost = Input::Reconnecting { exchange: ExchangeId(0), is_account: false };
    assert_eq!(input(&names, r#"{"Market":{"Reconnecting":"okx"}}"#).expect("a reconnect"), lost);
    assert_eq!(input(&names, &update("", "")).expect_err("the book is gone").code, Code::InvalidData);
}

#[test]
fn the_other_events() {
    let names = names();
    for (text, expected) in [
        (r#"{"Shutdown":null}"#, Input::Shutdown),
        (r#"{"TradingStateUpdate":"Enabled"}"#, Input::TradingEnabled(true)),
        (r#"{"TradingStateUpdate":"Disabled"}"#, Input::TradingEnabled(false)),
        (r#"{"Account":{"Reconnecting":"binance_spot"}}"#, Input::Reconnecting { exchange: ExchangeId(1), is_account: true }),
        (r#"{"Command":{"CancelOrders":"None"}}"#, Input::Command(Command::CancelOrders(InstrumentFilter::None))),
        (
            r#"{"Command":{"ClosePositions":{"Exchanges":{"One":"okx"}}}}"#,
            Input::Command(Command::ClosePositions(InstrumentFilter::Exchanges(vec![ExchangeId(0)]))),
        ),
        (
            r#"{"Command":{"CancelOrders":{"Instruments":{"Many":["binance_spot:BTC/USDT",2]}}}}"#,
            Input::Command(Command::CancelOrders(InstrumentFilter::Instruments(vec![InstrumentId(1), InstrumentId(2)]))),
        ),
        (
            r#"{"Command":{"CancelOrders":{"Underlyings":{"One":{"base":"btc","quote":"usdt"}}}}}"#,
            // At both exchanges.
            Input::Command(Command::CancelOrders(InstrumentFilter::Underlyings(vec![(AssetId(0), AssetId(1)), (AssetId(2), AssetId(3))]))),
        ),
    ] {
        assert_eq!(input(&names, text).expect(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let names = names();
    let trade = |price: &str, amount: &str| market(&format!(r#"{{"Trade":{{"id":"9","price":{price},"amount":{amount},"side":"Buy"}}}}"#));
    let good = r#"{"Trade":{"id":"9","price":100.5,"amount":0.2,"side":"Sell"}}"#;
    let kind = "Market.Item.kind";
    let candle = r#"{"Candle":{"close_time":"1970-01-01T00:00:01Z","open":10,"high":12,"low":11,"close":11,"volume":3,"trade_count":5}}"#;
    for (text, code, path) in [
        (trade("100.55", "1"), Code::InvalidData, format!("{kind}.Trade.price")),
        (trade("100.5", "0.001"), Code::InvalidData, format!("{kind}.Trade.amount")),
        (trade("100.5", "0"), Code::InvalidData, format!("{kind}.Trade.amount")),
        (market(candle), Code::InvalidData, format!("{kind}.Candle")),
        (market_of("okex", r#""BTC/USDT""#, good), Code::UnknownName, "Market.Item.exchange".into()),
        (market_of("okx", r#""SOL/USDT""#, good), Code::UnknownName, "Market.Item.instrument".into()),
        (market_of("okx", "0", good), Code::AmbiguousName, "Market.Item.instrument".into()),
        (r#"{"Market":{"Reconnecting":"mock"}}"#.into(), Code::UnknownName, "Market.Reconnecting".into()),
        (r#"{"Account":{"Reconnecting":"mock"}}"#.into(), Code::UnknownName, "Account.Reconnecting".into()),
        (r#"{"Account":{"Item":{"exchange":"okx","kind":{"Forced":"x"}}}}"#.into(), Code::Unsupported, "Account.Item".into()),
        (r#"{"Timer":{"tag":"x"}}"#.into(), Code::Unsupported, "Timer".into()),
        (
            r#"{"Command":{"CancelOrders":{"Exchanges":{"One":"mock"}}}}"#.into(),
            Code::UnknownName,
            "Command.CancelOrders.Exchanges.One".into(),
        ),
        (
            r#"{"Command":{"ClosePositions":{"Instruments":{"Many":["ETH/USDT","BTC/USDT"]}}}}"#.into(),
            Code::AmbiguousName,
            "Command.ClosePositions.Instruments.Many[1]".into(),
        ),
        (
            r#"{"Command":{"ClosePositions":{"Underlyings":{"One":{"base":"btc","quote":"eur"}}}}}"#.into(),
            Code::UnknownName,
            "Command.ClosePositions.Underlyings.One.quote".into(),
        ),
        (
            r#"{"Command":{"ClosePositions":{"Underlyings":{"One":{"base":"usdt","quote":"btc"}}}}}"#.into(),
            Code::UnknownName,
            "Command.ClosePositions.Underlyings.One".into(),
        ),
    ] {
        let error = input(&names, &text).expect_err(&text);
        assert_eq!((error.code, &error.path), (code, &path), "{text}: {error}");
    }
}

const STATE: &str =
    r#""side":"Buy","price":"99.5","quantity":"0.05","kind":"Limit","time_in_force":{"GoodUntilCancelled":{"post_only":false}}"#;

fn request(cid: &str, strategy: &str, state: &str) -> OrderRequestOpen {
    let key = format!(r#"{{"exchange":"okx","instrument":"BTC/USDT","strategy":"{strategy}","cid":"{cid}"}}"#);
    OrderRequestOpen::from_text(&format!(r#"{{"key":{key},"state":{{{state}}}}}"#)).expect("a request")
}

#[test]
fn orders_are_drafts() {
    let names = names();
    let draft = Draft::limit(InstrumentId(0), Side::Buy, Size::Lots(5), 995);
    let Open { draft: found, strategy, cid } = names.open(&request("a", "mm", STATE)).expect("a good order");
    assert_eq!((found, strategy.as_deref(), cid.expect("its id").as_str()), (draft, Some("mm"), "a"));
    assert_eq!(names.open(&request("", "", STATE)).expect("a good order"), Open::from(draft));
    let market = STATE.replace("Limit", "Market");
    let force = |state: &str| names.open(&request("", "", state)).expect("a good order").draft.time_in_force;
    assert_eq!(names.open(&request("", "", &market)).expect("the price means nothing").draft.price, None);
    assert_eq!(force(&market), TimeInForce::ImmediateOrCancel, "a market order does not wait");
    let fok = market.replace(r#"{"GoodUntilCancelled":{"post_only":false}}"#, r#""FillOrKill""#);
    assert_eq!(force(&fok), TimeInForce::FillOrKill);
    let until = STATE.replace(r#"{"GoodUntilCancelled":{"post_only":false}}"#, r#"{"GoodUntil":"1970-01-01T00:00:05Z"}"#);
    assert_eq!(force(&until), TimeInForce::GoodUntil(5_000_000_000));
    let flags = format!("{},\"reduce_only\":true", STATE.replace("false", "true"));
    let draft = names.open(&request("", "", &flags)).expect("a good order").draft;
    assert!(draft.post_only && draft.reduce_only);
}

#[test]
fn orders_that_cannot_be_are_refused_before_anything_is_sent() {
    let names = names();
    let good = request("", "", STATE);
    let terms = |change: fn(&mut Terms)| {
        let mut request = good.clone();
        change(&mut request.terms);
        request
    };
    let key = |exchange: &str, instrument: &str| {
        let mut request = good.clone();
        (request.key.exchange, request.key.instrument) = (exchange.into(), instrument.into());
        request
    };
    for (request, code, path) in [
        (terms(|terms| terms.quantity = Decimal::ZERO), Code::InvalidArgument, "state.quantity"),
        (terms(|terms| terms.quantity = Decimal::NEGATIVE_ONE), Code::InvalidArgument, "state.quantity"),
        (terms(|terms| terms.quantity = Decimal::new(1, 3)), Code::InvalidArgument, "state.quantity"),
        (terms(|terms| terms.quantity = Decimal::from(1_u64 << 54)), Code::Overflow, "state.quantity"),
        (terms(|terms| terms.price = None), Code::InvalidArgument, "state.price"),
        (terms(|terms| terms.price = Some(Decimal::ZERO)), Code::InvalidArgument, "state.price"),
        (terms(|terms| terms.price = Some(Decimal::new(9_955, 2))), Code::InvalidArgument, "state.price"),
        (terms(|terms| terms.kind = haggle_model::wire::OrderKind::Stop(Decimal::ONE)), Code::Unsupported, "state.kind"),
        (
            terms(|terms| (terms.kind, terms.post_only) = (haggle_model::wire::OrderKind::Market, true)),
            Code::InvalidArgument,
            "state.time_in_force",
        ),
        (
            terms(|terms| (terms.time_in_force, terms.post_only) = (haggle_model::wire::TimeInForce::ImmediateOrCancel, true)),
            Code::InvalidArgument,
            "state.time_in_force",
        ),
        (key("mock", "BTC/USDT"), Code::UnknownName, "key.exchange"),
        (key("okx", "SOL/USDT"), Code::UnknownName, "key.instrument"),
        (self::request("mine-7", "", STATE), Code::InvalidArgument, "key.cid"),
    ] {
        let error = names.open(&request).expect_err(path);
        assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
    }
}

#[test]
fn a_client_id_is_taken_once_and_free_again_where_nothing_was_sent() {
    let names = names();
    let open = |cid: &str| names.open(&request(cid, "", STATE));
    let first = open("a").expect("free");
    let copy = first.clone();
    let error = open("a").expect_err("taken");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidArgument, "key.cid"));
    drop(first);
    assert!(open("a").is_err(), "a copy is still on its way");
    drop(copy);
    drop(open("a").expect("free again"));
    names.name_order(OrderNumber(3), "theirs");
    assert_eq!(open("theirs").expect_err("the strategy's").path, "key.cid");
    // One of a list that cannot be frees the others.
    let list = |second: &str| {
        let one = request("b", "", STATE).to_text();
        let two = request(second, "", STATE).to_text();
        input(&names, &format!(r#"{{"Command":{{"SendOpenRequests":{{"Many":[{one},{two}]}}}}}}"#))
    };
    for (second, path) in [("b", "key.cid"), ("mine-0", "key.cid")] {
        assert_eq!(list(second).expect_err("impossible").path, format!("Command.SendOpenRequests.Many[1].{path}"));
    }
    drop(list("c").expect("both are free"));
}

#[test]
fn cancels_find_their_orders() {
    let names = names();
    let cancel = |cid: &str, id: &str| {
        let key = format!(r#"{{"exchange":"okx","instrument":"BTC/USDT","strategy":"","cid":"{cid}"}}"#);
        let request = haggle_model::wire::OrderRequestCancel::from_text(&format!(r#"{{"key":{key},"state":{{"id":{id}}}}}"#));
        names.cancel(&request.expect("a cancel")).map(|cancel| (cancel.order, cancel.id))
    };
    for (cid, id, code, path) in [
        ("nope", "null", Code::UnknownName, "key.cid"),
        ("mine-0", "null", Code::UnknownName, "key.cid"),
        ("", "null", Code::InvalidArgument, "key.cid"),
        ("", r#""4""#, Code::UnknownName, "state.id"),
        ("", r#""x""#, Code::UnknownName, "state.id"),
    ] {
        let error = cancel(cid, id).expect_err(cid);
        assert_eq!((error.code, error.path.as_str()), (code, path));
    }
    names.name_order(OrderNumber(4), "theirs");
    assert_eq!(cancel("theirs", "null"), Ok((Which::Number(OrderNumber(4)), None)));
    assert_eq!(cancel("theirs", r#""4""#), Ok((Which::Number(OrderNumber(4)), Some(OrderNumber(4)))));
    assert_eq!(cancel("", r#""4""#), Ok((Which::Number(OrderNumber(4)), Some(OrderNumber(4)))));
    assert_eq!(cancel("mine-3", "null"), Ok((Which::Number(OrderNumber(3)), None)));
    assert_eq!(cancel("mine-4", "null").expect_err("it is called otherwise").code, Code::UnknownName);
    let _sent = names.open(&request("a", "", STATE)).expect("free");
    assert_eq!(cancel("a", "null"), Ok((Which::Cid("a".to_owned()), None)));
}
