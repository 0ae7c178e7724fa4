//! Commands from outside against every state that an order can be in, filters, and the switch that gives such commands itself.

mod common;

use common::{engine, event, fill, system};
use haggle_engine::{Cancel, Commanded, Context, Draft, Engine, InstrumentFilter, RiskLimits, Timer};
use haggle_model::read::{Field, parse};
use haggle_model::{
    AssetId, Balance, Decimal, ExchangeId, InstrumentId, MarketEvent, OrderEventKind, OrderNumber, Quote, ReasonCode, Request, Side, Size,
    TimeInForce,
};

const ONE: &str = r#"{"instruments":["A/B"]}"#;
const MANY: &str = r#"{"instruments":[{"symbol":"A/B","exchange":"x"},{"symbol":"C/B","exchange":"x"},{"symbol":"A/B","exchange":"y"}]}"#;
const A: InstrumentId = InstrumentId(0);

fn send(engine: &mut Engine, draft: Draft) -> OrderNumber {
    Context { engine, instrument: draft.instrument }.submit(draft)
}

fn bid(instrument: u16, lots: i64) -> Draft {
    Draft::limit(InstrumentId(instrument), Side::Buy, Size::Lots(lots), 90)
}

/// Numbers of cancels and closing orders that left, then reasons of what did not.
fn summary(output: &Commanded) -> String {
    let cancels = output.cancels.sent.iter().map(|cancel| format!("cancel {}", cancel.order.0));
    let opens = output.opens.sent.iter().map(|open| format!("{} {:?} of {}", open.side.as_str(), open.size, open.instrument.0));
    let errors = output.cancels.errors.iter().map(|error| format!("cancel {}: {}", error.request.order.0, error.reason));
    let refused = output.opens.errors.iter().map(|error| format!("open: {}", error.reason));
    cancels.chain(opens).chain(errors).chain(refused).collect::<Vec<_>>().join(", ")
}

/// Brings order 0, a bid of four lots, into a state, and forgets what left so far.
fn in_state(state: &str) -> Engine {
    let mut engine = engine(&system(ONE), "B");
    let own = |kind: OrderEventKind| event(0, Side::Buy, kind);
    let reason = || ReasonCode::Requested.into();
    send(&mut engine, bid(0, 4));
    let part = fill(90, 1, 1, 4, Decimal::ZERO, 1);
    let events: Vec<OrderEventKind> = match state {
        "in flight" | "in flight, cancelling" => vec![],
        "open" | "open, cancelling" => vec![OrderEventKind::Opened],
        "part" | "part, cancelling" => vec![OrderEventKind::Opened, part],
        "cancel refused" => vec![OrderEventKind::Opened, OrderEventKind::CancelRejected(reason())],
        "filled" => vec![fill(90, 4, 4, 4, Decimal::ZERO, 1)],
        "cancelled" => vec![OrderEventKind::Opened, OrderEventKind::Cancelled(reason())],
        "part, cancelled" => vec![OrderEventKind::Opened, part, OrderEventKind::Cancelled(reason())],
        "expired" => vec![OrderEventKind::Expired(reason())],
        "rejected" => vec![OrderEventKind::Rejected(reason())],
        other => panic!("no state is called {other}"),
    };
    if state.contains("cancelling") || state == "cancel refused" {
        Context { engine: &mut engine, instrument: A }.cancel(OrderNumber(0));
    }
    for kind in events {
        engine.apply(&[own(kind).into()]).expect("it fits");
    }
    engine.outbox.clear();
    engine
}

#[test]
fn commands_in_every_state_of_an_order() {
    let all = &InstrumentFilter::None;
    // state, what SendCancelRequests does, what CancelOrders does, what ClosePositions does
    for (state, cancel, cancel_all, close) in [
        ("in flight", "cancel 0", "cancel 0", "cancel 0"),
        ("in flight, cancelling", "cancel 0: CancelUnderWay", "", ""),
        ("open", "cancel 0", "cancel 0", "cancel 0"),
        ("open, cancelling", "cancel 0: CancelUnderWay", "", ""),
        ("part", "cancel 0", "cancel 0", "cancel 0, Sell Lots(1) of 0"),
        ("part, cancelling", "cancel 0: CancelUnderWay", "", "Sell Lots(1) of 0"),
        ("cancel refused", "cancel 0", "cancel 0", "cancel 0"),
        ("filled", "cancel 0: OrderAlreadyFullyFilled", "", "Sell Lots(4) of 0"),
        ("cancelled", "cancel 0: OrderAlreadyCancelled", "", ""),
        ("part, cancelled", "cancel 0: OrderAlreadyCancelled", "", "Sell Lots(1) of 0"),
        ("expired", "cancel 0: OrderAlreadyCancelled", "", ""),
        ("rejected", "cancel 0: OrderAlreadyCancelled", "", ""),
    ] {
        for is_enabled in [true, false] {
            let commanded = |act: &dyn Fn(&mut Engine) -> Commanded| {
                let mut engine = in_state(state);
                engine.set_trading_enabled(is_enabled);
                let output = act(&mut engine);
                assert_eq!(engine.outbox.len(), output.opens.sent.len() + output.cancels.sent.len(), "{state}: what is sent leaves");
                // Cancels leave first, so that nothing is locked when the position is closed.
                assert!(engine.outbox.is_sorted_by_key(|request| matches!(request, Request::Open(_))), "{state}");
                summary(&output)
            };
            let request = Cancel { order: OrderNumber(0), id: None };
            assert_eq!(commanded(&|engine| engine.send_cancel_requests(&[request])), cancel, "{state}");
            assert_eq!(commanded(&|engine| engine.cancel_orders(all)), cancel_all, "{state}");
            assert_eq!(commanded(&|engine| engine.close_positions(all)), close, "{state}");
            assert_eq!(
                commanded(&|engine| engine.send_open_requests(&[bid(0, 2)]).expect("a good order")),
                "Buy Lots(2) of 0",
                "{state}: commands go past the trading state"
            );
        }
    }
}

#[test]
fn cancels_by_id() {
    let mut engine = in_state("open");
    let cancel = |order, id| Cancel { order: OrderNumber(order), id };
    let output =
        engine.send_cancel_requests(&[cancel(0, Some(OrderNumber(7))), cancel(9, None), cancel(0, Some(OrderNumber(0))), cancel(0, None)]);
    assert_eq!(summary(&output), "cancel 0, cancel 0: OrderUnknown, cancel 9: OrderUnknown, cancel 0: CancelUnderWay");
}

#[test]
fn a_closing_order_is_reduce_only_and_takes_at_once() {
    let mut engine = in_state("filled");
    let output = engine.close_positions(&InstrumentFilter::None);
    let close = output.opens.sent[0];
    assert!(close.reduce_only && close.time_in_force == TimeInForce::ImmediateOrCancel && close.side == Side::Sell);
    assert_eq!(engine.outbox, [Request::Open(close)]);
    assert_eq!(engine.order(close.order).map(|order| order.quantity), Some(4));
    // What was there before the first fill is no position.
    let mut engine = in_state("cancelled");
    engine.balances[0] = Balance { total: Decimal::TEN, free: Decimal::TEN };
    assert_eq!(summary(&engine.close_positions(&InstrumentFilter::None)), "");
}

#[test]
fn filters() {
    let system = system(MANY);
    let exchange = |at| InstrumentFilter::Exchanges(vec![ExchangeId(at)]);
    let pair = |at: usize| (system.instruments[at].base, system.instruments[at].quote);
    for (filter, expected) in [
        (InstrumentFilter::None, "cancel 0, cancel 1, cancel 2"),
        (exchange(0), "cancel 0, cancel 1"),
        (exchange(1), "cancel 2"),
        (exchange(7), ""),
        (InstrumentFilter::Exchanges(vec![]), ""),
        (InstrumentFilter::Instruments(vec![InstrumentId(2), InstrumentId(1)]), "cancel 1, cancel 2"),
        (InstrumentFilter::Underlyings(vec![pair(0)]), "cancel 0"),
        (InstrumentFilter::Underlyings(vec![pair(0), pair(2)]), "cancel 0, cancel 2"),
        (InstrumentFilter::Underlyings(vec![(AssetId(0), AssetId(0))]), ""),
    ] {
        let mut engine = engine(&system, "B");
        for instrument in 0..3 {
            send(&mut engine, bid(instrument, 1));
        }
        assert_eq!(summary(&engine.cancel_orders(&filter)), expected, "{filter:?}");
    }
}

#[test]
fn nobody_is_commanded_after_the_end() {
    for code in [ReasonCode::DataEnded, ReasonCode::RunEnded, ReasonCode::AccountClosed] {
        let mut engine = in_state("part");
        engine.refuses = Some(code);
        let reason = code.as_str();
        assert_eq!(summary(&engine.close_positions(&InstrumentFilter::None)), format!("cancel 0: {reason}, open: {reason}"));
        assert!(engine.outbox.is_empty());
        assert_eq!(engine.take_refused().len(), 1, "an order that did not leave is recorded");
    }
}

#[test]
fn impossible_orders_are_named_and_none_of_the_list_leaves() {
    let good = bid(0, 1);
    for (draft, path) in [
        (Draft { instrument: InstrumentId(9), ..good }, "requests[1].instrument"),
        (bid(0, 0), "requests[1].size"),
        (Draft { size: Size::Quote(Decimal::ZERO), ..good }, "requests[1].size"),
        (Draft { price: Some(0), ..good }, "requests[1].price"),
        (Draft { price: None, post_only: true, ..good }, "requests[1].postOnly"),
        (Draft { time_in_force: TimeInForce::FillOrKill, post_only: true, ..good }, "requests[1].postOnly"),
    ] {
        let mut engine = engine(&system(ONE), "B");
        assert_eq!(engine.send_open_requests(&[good, draft]).expect_err("impossible").path, path);
        assert!(engine.outbox.is_empty() && engine.order_count() == 0);
    }
}

#[test]
fn commands_go_past_risk() {
    let mut engine = in_state("open");
    let value = parse(r#"{"maxQuantity":1,"maxOpenOrders":1,"maxOrderRate":{"orders":1,"per":"1d"}}"#).expect("json");
    engine.limit(&RiskLimits::read(&Field::root(&value)).expect("good limits"), &system(ONE)).expect("known");
    let output = engine.send_open_requests(&[bid(0, 50), bid(0, 60)]).expect("good orders");
    assert_eq!((output.opens.sent.len(), output.opens.errors.len()), (2, 0));
}

/// Holds ten lots bought at 100, an open bid, and 1,000 in cash; the switch trips at a loss of a tenth.
fn holding(more: &str) -> Engine {
    let mut engine = engine(&system(ONE), "B");
    engine.markets[0].apply(&MarketEvent::Quote(Quote { bid: 99, bid_size: 10, ask: 101, ask_size: 10 }));
    let value = parse(&format!(r#"{{"maxDrawdown":"0.1"{more}}}"#)).expect("json");
    engine.limit(&RiskLimits::read(&Field::root(&value)).expect("good limits"), &system(ONE)).expect("known");
    send(&mut engine, Draft::market(A, Side::Buy, Size::Lots(10)));
    send(&mut engine, bid(0, 1));
    engine.outbox.clear();
    let mut filled = event(0, Side::Buy, fill(100, 10, 10, 10, Decimal::ZERO, 1));
    let balance = |amount: i64| Balance { total: amount.into(), free: amount.into() };
    filled.balances = [Some((AssetId(0), balance(10))), Some((AssetId(1), balance(1_000))), None];
    engine.apply(&[filled.into()]).expect("it fits");
    assert!(engine.refuses.is_none());
    engine
}

fn mark(engine: &mut Engine, price: i64) {
    engine.markets[0].apply(&MarketEvent::Quote(Quote { bid: price - 1, bid_size: 10, ask: price + 1, ask_size: 10 }));
}

#[test]
fn the_switch_trips_beyond_the_limit_and_once() {
    let mut engine = holding("");
    engine.start_risk();
    assert_eq!(engine.timers, [Timer { time: 60_000_000_000, tag: u32::MAX }]);
    engine.timers.clear();
    mark(&mut engine, 80);
    assert!(engine.refuses.is_none(), "prices alone are not looked at");
    assert!(!engine.fire(3, 0), "the strategy's timer stays its own");
    assert!(engine.refuses.is_none(), "1,800 of 2,000 is exactly the limit");
    mark(&mut engine, 79);
    engine.now = 5;
    assert!(engine.fire(u32::MAX, 90_000_000_000));
    assert_eq!(engine.refuses, Some(ReasonCode::TradingDisabled));
    assert_eq!(engine.outbox, [Request::Cancel(OrderNumber(1))]);
    assert_eq!(engine.markets[0].position_lots, 10, "the position stays");
    assert!(engine.timers.is_empty(), "it looks no more");
    let warnings: Vec<_> = engine.risk_warnings().collect();
    let message = "at 1970-01-01T00:00:00.000000005Z the equity was 1790, more than 10 % below 2000: open orders were cancelled, and trading disabled";
    assert_eq!(warnings, [("DRAWDOWN_LIMIT", message.to_owned())]);
    // The caller that enables trading again has been warned.
    engine.set_trading_enabled(true);
    mark(&mut engine, 10);
    engine.apply(&[event(1, Side::Buy, OrderEventKind::Cancelled(ReasonCode::Requested.into())).into()]).expect("it fits");
    assert!(engine.refuses.is_none() && engine.outbox.len() == 1);
}

#[test]
fn the_switch_follows_the_highest_equity_and_closes_if_asked_to() {
    let mut engine = holding(r#","onDrawdown":"close","drawdownInterval":"1s""#);
    engine.start_risk();
    assert_eq!(engine.timers[0].time, 1_000_000_000);
    mark(&mut engine, 200);
    engine.timers.clear();
    assert!(engine.fire(u32::MAX, 7_000_000_000));
    assert_eq!(engine.timers[0].time, 7_000_000_000, "not before something may have changed");
    mark(&mut engine, 150);
    // An account event.
    engine.apply(&[event(1, Side::Buy, OrderEventKind::Opened).into()]).expect("it fits");
    assert_eq!(engine.refuses, Some(ReasonCode::TradingDisabled));
    assert_eq!(engine.outbox[0], Request::Cancel(OrderNumber(1)));
    let Request::Open(close) = engine.outbox[1] else { panic!("nothing closes: {:?}", engine.outbox) };
    assert_eq!((close.side, close.size, close.reduce_only), (Side::Sell, Size::Lots(10), true));
}

#[test]
fn a_strategy_cannot_take_the_engines_timer() {
    let mut engine = engine(&system(ONE), "B");
    let mut ctx = Context { engine: &mut engine, instrument: A };
    assert_eq!(ctx.timer(1, u32::MAX).expect_err("reserved").path, "tag");
    ctx.timer(1, u32::MAX - 1).expect("any other");
}
