//! Limits, one at a time and together: what leaves, what is refused and why, what is cut.

mod common;

use common::{engine, event, fill, system};
use haggle_engine::{Context, Draft, Engine, OrderState, RiskCheck, RiskLimits, Verdict};
use haggle_model::read::{Field, parse};
use haggle_model::{
    Decimal, InstrumentId, Mark, MarketEvent, OpenRequest, OrderEventKind, OrderNumber, Quote, Request, Result, Side, Size, System,
    TimeInForce,
};
use std::sync::Arc;

const TWO: &str = r#"{"instruments":["A/B","C/B"]}"#;
const A: InstrumentId = InstrumentId(0);
const C: InstrumentId = InstrumentId(1);

fn limits(text: &str) -> Result<RiskLimits> {
    let value = parse(text)?;
    RiskLimits::read(&Field { value: &value, path: "risk".to_owned() })
}

/// An engine whose markets are at 99 bid, 101 ask.
fn limited(system: &System, text: &str) -> Engine {
    let mut engine = engine(system, "B");
    for market in &mut engine.markets {
        market.apply(&MarketEvent::Quote(Quote { bid: 99, bid_size: 10, ask: 101, ask_size: 10 }));
    }
    engine.limit(&limits(text).expect("good limits"), system).expect("known instruments");
    engine
}

/// The outcome of an order: its lots if it left, or the reason why it did not.
fn send(engine: &mut Engine, draft: Draft) -> String {
    let number = Context { engine, instrument: A }.submit(draft);
    match engine.order(number) {
        Some(order) => match order.request.size {
            Size::Lots(lots) => lots.to_string(),
            Size::Quote(amount) => format!("quote {amount}"),
            Size::Equity(share) => format!("equity {share}"),
        },
        None => match engine.refused.last().map(|order| &order.state) {
            Some(OrderState::OpenFailed(reason)) => reason.to_string(),
            other => panic!("it neither left nor failed: {other:?}"),
        },
    }
}

fn market(side: Side, lots: i64) -> Draft {
    Draft::market(A, side, Size::Lots(lots))
}

fn limit(side: Side, lots: i64, price: i64) -> Draft {
    Draft::limit(A, side, Size::Lots(lots), price)
}

fn amount(size: Size) -> Draft {
    Draft::market(A, Side::Buy, size)
}

/// Fills an order wholly.
fn filled(engine: &mut Engine, number: u32, side: Side, lots: i64) {
    engine.apply(&[event(number, side, fill(100, lots, lots, lots, Decimal::ZERO, 1)).into()]).expect("it fits");
}

#[test]
fn each_limit_by_itself() {
    use Side::{Buy, Sell};
    let hundred = Decimal::from(100);
    let rows: [(&str, Draft, &str, &str); 25] = [
        // limits, order, what becomes of it, and what does where the excess is cut
        (r#""maxQuantity":5"#, market(Buy, 5), "5", "5"),
        (r#""maxQuantity":5"#, market(Buy, 6), "RiskQuantityExceeded quantity=6 max=5", "5"),
        (r#""maxQuantity":"5.9""#, limit(Sell, 6, 100), "RiskQuantityExceeded quantity=6 max=5.9", "5"),
        (r#""maxQuantity":"0.5""#, market(Buy, 1), "RiskQuantityExceeded quantity=1 max=0.5", "RiskQuantityExceeded quantity=1 max=0.5"),
        // 1000 / 101 is 9 lots.
        (r#""maxQuantity":9"#, amount(Size::Quote(hundred * Decimal::TEN)), "quote 1000", "quote 1000"),
        (r#""maxQuantity":8"#, amount(Size::Quote(hundred * Decimal::TEN)), "RiskQuantityExceeded quantity=9 max=8", "8"),
        // A market buy is worth the ask, a sell the bid; a limit its price, a sell below the bid the bid.
        (r#""maxNotional":303"#, market(Buy, 3), "3", "3"),
        (r#""maxNotional":302"#, market(Buy, 3), "RiskNotionalExceeded notional=303 max=302", "2"),
        (r#""maxNotional":297"#, market(Sell, 3), "3", "3"),
        (r#""maxNotional":296"#, market(Sell, 3), "RiskNotionalExceeded notional=297 max=296", "2"),
        (r#""maxNotional":150"#, limit(Buy, 3, 50), "3", "3"),
        (r#""maxNotional":149"#, limit(Buy, 3, 50), "RiskNotionalExceeded notional=150 max=149", "2"),
        (r#""maxNotional":296"#, limit(Sell, 3, 50), "RiskNotionalExceeded notional=297 max=296", "2"),
        (r#""maxNotional":98"#, market(Sell, 3), "RiskNotionalExceeded notional=297 max=98", "RiskNotionalExceeded notional=297 max=98"),
        (r#""maxNotional":500"#, amount(Size::Quote(hundred)), "quote 100", "quote 100"),
        (r#""maxPosition":4"#, market(Buy, 4), "4", "4"),
        (r#""maxPosition":4"#, market(Buy, 7), "RiskPositionExceeded position=7 max=4", "4"),
        (r#""maxPosition":4"#, market(Sell, 7), "RiskPositionExceeded position=-7 max=4", "4"),
        (r#""maxPosition":4"#, Draft { reduce_only: true, ..market(Sell, 7) }, "7", "7"),
        // The mark is 100: a buy may cost 102, a sell bring 98.
        (r#""priceCollar":"0.02""#, limit(Buy, 1, 102), "1", "1"),
        (r#""priceCollar":"0.02""#, limit(Buy, 1, 103), "RiskPriceOutOfCollar price=103 max=102", "RiskPriceOutOfCollar price=103 max=102"),
        (r#""priceCollar":"0.02""#, limit(Buy, 1, 3), "1", "1"),
        (r#""priceCollar":"0.02""#, limit(Sell, 1, 97), "RiskPriceOutOfCollar price=97 min=98", "RiskPriceOutOfCollar price=97 min=98"),
        (r#""priceCollar":"0.01""#, market(Buy, 1), "1", "1"),
        (
            r#""priceCollar":"0.009""#,
            market(Buy, 1),
            "RiskPriceOutOfCollar price=101 max=100.9",
            "RiskPriceOutOfCollar price=101 max=100.9",
        ),
    ];
    let system = system(TWO);
    for (limit, draft, refusing, shrinking) in rows {
        assert_eq!(send(&mut limited(&system, &format!("{{{limit}}}")), draft), refusing, "{limit} {draft:?}");
        let mut engine = limited(&system, &format!(r#"{{{limit},"excess":"shrink"}}"#));
        assert_eq!(send(&mut engine, draft), shrinking, "{limit} {draft:?}");
        // Everything done to it is told, and counted.
        let is_untouched = refusing == shrinking && !refusing.starts_with("Risk");
        assert_eq!((engine.news.is_empty(), engine.risk_warnings().count() == 0), (is_untouched, is_untouched), "{limit} {draft:?}");
    }
}

#[test]
fn a_position_counts_what_works_on_the_same_side() {
    let system = system(TWO);
    let mut engine = limited(&system, r#"{"maxPosition":10}"#);
    assert_eq!(send(&mut engine, limit(Side::Buy, 6, 90)), "6");
    assert_eq!(send(&mut engine, limit(Side::Buy, 5, 90)), "RiskPositionExceeded position=11 max=10");
    assert_eq!(send(&mut engine, limit(Side::Sell, 10, 110)), "10", "an order of the other side may never be filled");
    filled(&mut engine, 0, Side::Buy, 6);
    assert_eq!(send(&mut engine, limit(Side::Buy, 4, 90)), "4");
    assert_eq!(send(&mut engine, limit(Side::Buy, 1, 90)), "RiskPositionExceeded position=11 max=10");
    assert_eq!(send(&mut engine, limit(Side::Sell, 7, 110)), "RiskPositionExceeded position=-11 max=10");
    assert_eq!(send(&mut engine, limit(Side::Sell, 6, 110)), "6");
    assert_eq!(send(&mut engine, Draft::limit(C, Side::Buy, Size::Lots(10), 90)), "10", "each instrument by itself");
    // A part of an order that was filled counts as position, its rest as working.
    engine.apply(&[event(3, Side::Buy, fill(90, 1, 1, 4, Decimal::ZERO, 1)).into()]).expect("it fits");
    assert_eq!(send(&mut engine, limit(Side::Buy, 1, 90)), "RiskPositionExceeded position=11 max=10");
    engine.apply(&[event(3, Side::Buy, OrderEventKind::Cancelled(haggle_model::ReasonCode::Requested.into())).into()]).expect("it fits");
    assert_eq!(send(&mut engine, limit(Side::Buy, 3, 90)), "3");
}

#[test]
fn open_orders_are_counted_in_all_and_by_instrument() {
    let system = system(TWO);
    let mut engine = limited(&system, r#"{"maxOpenOrders":3,"instruments":{"A/B":{"maxOpenOrders":2}}}"#);
    assert_eq!(send(&mut engine, limit(Side::Buy, 1, 90)), "1");
    assert_eq!(send(&mut engine, market(Side::Buy, 1)), "1", "orders in flight count");
    assert_eq!(send(&mut engine, limit(Side::Buy, 1, 90)), "RiskOpenOrdersExceeded open=2 max=2");
    assert_eq!(send(&mut engine, Draft::limit(C, Side::Buy, Size::Lots(1), 90)), "1");
    assert_eq!(send(&mut engine, Draft::limit(C, Side::Buy, Size::Lots(1), 90)), "RiskOpenOrdersExceeded open=3 max=3");
    filled(&mut engine, 1, Side::Buy, 1);
    assert_eq!(send(&mut engine, Draft::limit(C, Side::Buy, Size::Lots(1), 90)), "1");
}

#[test]
fn the_rate_counts_what_left_in_a_window_that_slides() {
    let system = system(TWO);
    let mut engine = limited(&system, r#"{"maxOrderRate":{"orders":2,"per":"10ns"},"maxQuantity":5}"#);
    let refused = "RiskOrderRateExceeded max=2 per=10";
    for (now, lots, expected) in [
        (0, 1, "1"),
        (4, 9, "RiskQuantityExceeded quantity=9 max=5"),
        (4, 1, "1"),
        (5, 1, refused),
        (9, 1, refused),
        (10, 1, "1"),
        (13, 1, refused),
        (14, 1, "1"),
        (19, 1, refused),
        (100, 1, "1"),
        (100, 1, "1"),
        (100, 1, refused),
    ] {
        engine.now = now;
        assert_eq!(send(&mut engine, limit(Side::Buy, lots, 90)), expected, "at {now}");
    }
}

#[test]
fn an_instrument_has_limits_of_its_own() {
    let system = system(TWO);
    let mut engine = limited(&system, r#"{"maxQuantity":5,"maxNotional":600,"instruments":{"C/B":{"maxQuantity":8}}}"#);
    assert_eq!(send(&mut engine, market(Side::Buy, 6)), "RiskQuantityExceeded quantity=6 max=5");
    assert_eq!(send(&mut engine, Draft::limit(C, Side::Buy, Size::Lots(6), 90)), "6");
    assert_eq!(send(&mut engine, Draft::limit(C, Side::Buy, Size::Lots(8), 90)), "RiskNotionalExceeded notional=720 max=600");
}

#[test]
fn without_a_price_a_limit_that_needs_one_refuses() {
    let system = system(TWO);
    for text in [r#"{"maxNotional":100}"#, r#"{"priceCollar":"0.1"}"#] {
        let mut engine = limited(&system, text);
        (engine.markets[0].quote, engine.markets[0].mark) = (Quote::default(), Mark::default());
        assert_eq!(send(&mut engine, market(Side::Buy, 1)), "RiskPriceMissing", "{text}");
    }
    let mut engine = limited(&system, r#"{"maxQuantity":100}"#);
    (engine.markets[0].quote, engine.markets[0].mark) = (Quote::default(), Mark::default());
    assert_eq!(send(&mut engine, market(Side::Buy, 1)), "1");
    assert_eq!(send(&mut engine, amount(Size::Quote(Decimal::ONE))), "RiskPriceMissing");
}

#[test]
fn amends_are_held_against_the_same_limits() {
    let system = system(TWO);
    let mut engine = limited(&system, r#"{"maxQuantity":5,"maxNotional":500,"maxPosition":6,"priceCollar":"0.05","excess":"shrink"}"#);
    assert_eq!(send(&mut engine, limit(Side::Buy, 4, 100)), "4");
    assert_eq!(send(&mut engine, limit(Side::Buy, 1, 90)), "1");
    engine.outbox.clear();
    let rows = [
        (None, Some(6), "RiskQuantityExceeded quantity=6 max=5"),
        (Some(101), Some(5), "RiskNotionalExceeded notional=505 max=500"),
        (Some(106), None, "RiskPriceOutOfCollar price=106 max=105"),
        (None, Some(5), ""),
        (Some(95), None, ""),
        (None, Some(2), ""),
    ];
    for (price, quantity, reason) in rows {
        Context { engine: &mut engine, instrument: A }.amend(OrderNumber(0), price, quantity);
        let told = engine.news.pop_front().and_then(|event| event.kind.reason().map(ToString::to_string)).unwrap_or_default();
        assert_eq!((told.as_str(), engine.outbox.len()), (reason, usize::from(reason.is_empty())), "{price:?} {quantity:?}");
        engine.outbox.clear();
        assert!(engine.order(OrderNumber(0)).is_some(), "a refused amend leaves the order as it is");
    }
    filled(&mut engine, 0, Side::Buy, 4);
    Context { engine: &mut engine, instrument: A }.amend(OrderNumber(1), None, Some(3));
    let reason = engine.news.pop_front().and_then(|event| event.kind.reason().map(ToString::to_string));
    assert_eq!(reason.as_deref(), Some("RiskPositionExceeded position=7 max=6"));
}

/// Refuses sells with words, odd prices without, and lets two lots through.
#[derive(Debug)]
struct Picky;

impl RiskCheck for Picky {
    fn check(&self, _engine: &Engine, order: &OpenRequest) -> Verdict {
        match (order.side, order.price % 2) {
            (Side::Sell, _) => Verdict::Refuse("no sells".to_owned()),
            (Side::Buy, 1) => Verdict::Refuse(String::new()),
            (Side::Buy, _) => Verdict::Shrink(2),
        }
    }
}

#[test]
fn a_check_of_ones_own_comes_before_the_limits() {
    let system = system(TWO);
    let mut engine = limited(&system, "{}");
    let own = RiskLimits { check: Some(Arc::new(Picky)), ..limits(r#"{"maxQuantity":1,"excess":"shrink"}"#).expect("good limits") };
    engine.limit(&own, &system).expect("known instruments");
    assert_eq!(send(&mut engine, limit(Side::Sell, 1, 100)), "RiskCheckRefused reason=no sells");
    assert_eq!(send(&mut engine, limit(Side::Buy, 1, 99)), "RiskCheckRefused");
    assert_eq!(send(&mut engine, limit(Side::Buy, 3, 98)), "1", "what it leaves is held against the limits");
    engine.limit(&RiskLimits { check: Some(Arc::new(Picky)), ..RiskLimits::default() }, &system).expect("known instruments");
    assert_eq!(send(&mut engine, limit(Side::Buy, 3, 98)), "2");
    assert_eq!(send(&mut engine, limit(Side::Buy, 1, 98)), "1", "it never enlarges");
}

#[test]
fn what_is_refused_is_told_and_what_is_cut_too() {
    let system = system(TWO);
    let mut engine = limited(&system, r#"{"maxQuantity":5,"maxOpenOrders":1,"excess":"shrink"}"#);
    send(&mut engine, limit(Side::Buy, 9, 90));
    send(&mut engine, limit(Side::Buy, 1, 90));
    assert!(engine.has_asked());
    let told: Vec<_> = engine.news.iter().map(|event| (event.order.0, event.kind.number())).collect();
    assert_eq!(told, [(0, 7), (1, 5)]);
    assert_eq!(engine.news[0].kind, OrderEventKind::Amended { price: 90, quantity: 5 });
    assert_eq!(engine.take_refused().len(), 1);
    let asked = engine.asked();
    assert_eq!((asked.opens.sent.len(), asked.cancels.sent.len()), (1, 0));
    let warnings: Vec<_> = engine.risk_warnings().collect();
    assert_eq!(warnings[0], ("RISK_REFUSED", "risk limits refused orders: 1 by RiskOpenOrdersExceeded".to_owned()));
    assert_eq!(warnings[1].0, "RISK_CUT");
}

#[test]
fn nothing_limited_costs_nothing() {
    let system = system(TWO);
    let mut engine = limited(&system, r#"{"excess":"shrink","instruments":{"A/B":{}}}"#);
    assert_eq!(send(&mut engine, market(Side::Buy, i64::MAX)), i64::MAX.to_string());
    engine.start_risk();
    assert!(engine.timers.is_empty() && !engine.fire(u32::MAX, 0) && engine.news.is_empty());
}

#[test]
fn bad_limits_are_named() {
    for (text, path, hint) in [
        ("5", "risk", ""),
        (r#"{"maxQuantity":0}"#, "risk.maxQuantity", ""),
        (r#"{"maxNotional":-1}"#, "risk.maxNotional", ""),
        (r#"{"maxNotional":"much"}"#, "risk.maxNotional", ""),
        (r#"{"maxPosition":"1e40"}"#, "risk.maxPosition", ""),
        (r#"{"maxOpenOrders":0}"#, "risk.maxOpenOrders", "leave the strategy out"),
        (r#"{"maxOpenOrders":1.5}"#, "risk.maxOpenOrders", ""),
        (r#"{"maxOrderRate":5}"#, "risk.maxOrderRate", ""),
        (r#"{"maxOrderRate":{"orders":5}}"#, "risk.maxOrderRate.per", ""),
        (r#"{"maxOrderRate":{"orders":5,"per":0}}"#, "risk.maxOrderRate.per", ""),
        (r#"{"maxOrderRate":{"orders":2000000,"per":1}}"#, "risk.maxOrderRate.orders", ""),
        (r#"{"maxOrderRate":{"orders":5,"per":"1s","in":1}}"#, "risk.maxOrderRate.in", ""),
        (r#"{"priceCollar":1}"#, "risk.priceCollar", "5 %"),
        (r#"{"excess":"cut"}"#, "risk.excess", ""),
        (r#"{"maxDrawdown":5}"#, "risk.maxDrawdown", "5 %"),
        (r#"{"maxDrawdown":0}"#, "risk.maxDrawdown", ""),
        (r#"{"maxDrawdown":0.1,"onDrawdown":"sell"}"#, "risk.onDrawdown", ""),
        (r#"{"onDrawdown":"close"}"#, "risk.onDrawdown", ""),
        (r#"{"drawdownInterval":"1m"}"#, "risk.drawdownInterval", ""),
        (r#"{"maxDrawdown":0.1,"drawdownInterval":0}"#, "risk.drawdownInterval", ""),
        (r#"{"maxNotinal":1}"#, "risk.maxNotinal", "maxNotional"),
        (r#"{"instruments":{"A/B":{"maxQuantitty":1}}}"#, "risk.instruments.A/B.maxQuantitty", "maxQuantity"),
        (r#"{"instruments":{"A/B":{"maxDrawdown":1}}}"#, "risk.instruments.A/B.maxDrawdown", ""),
        (r#"{"instruments":{"A/B":1}}"#, "risk.instruments.A/B", ""),
    ] {
        let error = limits(text).expect_err(text);
        assert_eq!(error.path, path, "{text}");
        assert!(error.hint.contains(hint), "{text}: {}", error.hint);
    }
    let system = system(TWO);
    for (text, path) in [
        (r#"{"instruments":{"A/D":{"maxQuantity":1}}}"#, "risk.instruments.A/D"),
        (r#"{"instruments":{"A/B":{"maxQuantity":1},"mock:A/B":{"maxQuantity":1}}}"#, "risk.instruments.mock:A/B"),
    ] {
        let error = engine(&system, "B").limit(&limits(text).expect("well formed"), &system).expect_err(text);
        assert_eq!(error.path, path, "{text}");
    }
}

#[test]
fn times_in_force_do_not_matter() {
    let system = system(TWO);
    for time_in_force in
        [TimeInForce::FillOrKill, TimeInForce::ImmediateOrCancel, TimeInForce::GoodUntilEndOfDay, TimeInForce::GoodUntil(9)]
    {
        let mut engine = limited(&system, r#"{"maxQuantity":5}"#);
        let draft = Draft { time_in_force, ..limit(Side::Buy, 6, 100) };
        assert_eq!(send(&mut engine, draft), "RiskQuantityExceeded quantity=6 max=5");
        assert!(!engine.outbox.iter().any(|request| matches!(request, Request::Open(_))));
    }
}
