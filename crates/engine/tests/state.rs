//! What the engine makes of events: orders, positions, balances, worth.

mod common;

use common::{engine, event, fill, system};
use haggle_engine::{Context, Draft, Engine, OrderState, Valuation};
use haggle_model::{
    AssetId, Balance, Decimal, InstrumentId, MarketEvent, OrderEventKind, OrderNumber, Quote, ReasonCode, Request, Side, Size,
};

const SPOT: &str = r#"{"instruments":["A/B"]}"#;
const A: InstrumentId = InstrumentId(0);

fn send(engine: &mut Engine, side: Side, lots: i64) -> OrderNumber {
    Context { engine, instrument: A }.submit(Draft::market(A, side, Size::Lots(lots)))
}

#[test]
fn an_order_ends_once() {
    let ends = [
        (fill(10, 3, 3, 3, Decimal::ZERO, 1), OrderState::FullyFilled),
        (OrderEventKind::Cancelled(ReasonCode::Requested.into()), OrderState::Cancelled),
        (OrderEventKind::Expired(ReasonCode::LiquidityMissing.into()), OrderState::Expired(ReasonCode::LiquidityMissing.into())),
        (OrderEventKind::Rejected(ReasonCode::QuantityZero.into()), OrderState::OpenFailed(ReasonCode::QuantityZero.into())),
    ];
    for (end, state) in &ends {
        let mut engine = engine(&system(SPOT), "B");
        let number = send(&mut engine, Side::Buy, 3);
        let mut order = engine.order(number).expect("under way").clone();
        assert_eq!(order.state, OrderState::OpenInFlight);
        order.apply(&event(0, Side::Buy, OrderEventKind::Opened));
        assert_eq!(order.state, OrderState::Open);
        order.apply(&event(0, Side::Buy, end.clone()));
        assert_eq!(&order.state, state);
        assert!(order.state.is_terminal());
        for (later, _) in &ends {
            order.apply(&event(0, Side::Buy, later.clone()));
            order.apply(&event(0, Side::Buy, OrderEventKind::Opened));
        }
        assert_eq!(&order.state, state, "a terminal state is never left");

        assert_eq!(engine.markets[0].open_orders, [number]);
        engine.apply(&[event(0, Side::Buy, end.clone()).into()]).expect("it fits");
        assert!(engine.order(number).is_none() && engine.markets[0].open_orders.is_empty());
        // Its place is used again, its number is not.
        assert_eq!(send(&mut engine, Side::Sell, 1), OrderNumber(1));
        engine.apply(&[event(0, Side::Buy, OrderEventKind::Cancelled(ReasonCode::Requested.into())).into()]).expect("it fits");
        assert_eq!(engine.order(OrderNumber(1)).map(|order| &order.state), Some(&OrderState::OpenInFlight));
    }
}

#[test]
fn a_part_keeps_an_order_open_and_a_refused_cancel_puts_it_back() {
    let mut engine = engine(&system(SPOT), "B");
    let number = send(&mut engine, Side::Buy, 3);
    let mut ctx = Context { engine: &mut engine, instrument: A };
    ctx.cancel(number);
    ctx.cancel(number);
    assert_eq!(ctx.engine.outbox.len(), 2, "one cancel, however often it is asked for");
    assert_eq!(ctx.engine.outbox[1], Request::Cancel(number));
    engine.apply(&[event(0, Side::Buy, fill(10, 1, 1, 3, Decimal::ZERO, 1)).into()]).expect("it fits");
    let order = engine.order(number).expect("working");
    assert_eq!((&order.state, order.filled, order.is_cancelling), (&OrderState::Open, 1, true));
    engine.apply(&[event(0, Side::Buy, OrderEventKind::CancelRejected(ReasonCode::OrderUnknown.into())).into()]).expect("it fits");
    assert!(!engine.order(number).expect("working").is_cancelling);
}

#[test]
fn while_requests_are_refused_nothing_leaves() {
    let mut engine = engine(&system(SPOT), "B");
    let open = send(&mut engine, Side::Buy, 1);
    engine.outbox.clear();
    engine.refuses = Some(ReasonCode::TradingDisabled);
    let refused = send(&mut engine, Side::Buy, 1);
    let mut ctx = Context { engine: &mut engine, instrument: A };
    ctx.cancel(open);
    ctx.amend(open, Some(5), None);
    assert_eq!(refused, OrderNumber(1));
    assert!(engine.outbox.is_empty() && engine.order(refused).is_none());
    assert_eq!(engine.refused[0].state, OrderState::OpenFailed(ReasonCode::TradingDisabled.into()));
    assert!(!engine.order(open).expect("working").is_cancelling);
    assert_eq!(engine.order_count(), 2);
}

#[test]
fn positions_are_net_of_fees_in_base_and_dust_is_flat() {
    let mut engine = engine(&system(SPOT), "B");
    let tenth = Decimal::new(1, 1);
    send(&mut engine, Side::Buy, 5);
    engine.apply(&[event(0, Side::Buy, fill(10, 5, 5, 5, tenth, 0)).into()]).expect("it fits");
    assert_eq!((engine.markets[0].position.quantity, engine.markets[0].position_lots), (Decimal::new(49, 1), 4));
    assert_eq!(engine.markets[0].position_f64.to_bits(), 4.9f64.to_bits());
    // A sale whose fee is taken from what is left of the base.
    send(&mut engine, Side::Sell, 4);
    engine.apply(&[event(1, Side::Sell, fill(10, 4, 4, 4, tenth, 0)).into()]).expect("it fits");
    assert_eq!(engine.markets[0].position.quantity, Decimal::new(8, 1));
    assert_eq!((engine.markets[0].position_f64.to_bits(), engine.markets[0].position_lots), (0, 0));
    assert!(Context { engine: &mut engine, instrument: A }.close_position().is_none());
    // A fill of an order that is not the strategy's moves the position all the same.
    let number = engine.reserve_number();
    engine.apply(&[event(number.0, Side::Buy, fill(10, 7, 7, 7, Decimal::ZERO, 1)).into()]).expect("it fits");
    assert_eq!(engine.markets[0].position_lots, 7);
    let close = Context { engine: &mut engine, instrument: A }.close_position().expect("there is a position");
    let order = engine.order(close).expect("under way");
    assert_eq!((order.side, order.request.size, order.request.reduce_only), (Side::Sell, Size::Lots(7), true));
}

#[test]
fn worth_goes_by_direct_inverse_and_two_hop_marks_in_config_order() {
    let system = system(r#"{"instruments":["A/B","A/D","B/C","D/C","C/E"]}"#);
    let valuation = |asset: &str, marked: [bool; 5]| Valuation::new(&system, asset, &marked).expect("known");
    let marks: Vec<Option<Decimal>> = [2, 3, 5, 7, 11].map(|mark| Some(Decimal::from(mark))).to_vec();
    let worth = |valuation: &Valuation, asset: u16| valuation.worth(AssetId(asset), Decimal::from(30), &marks).expect("it fits");
    let all = valuation("C", [true; 5]);
    // Assets in order of mention: A, B, D, C, E.
    assert_eq!(worth(&all, 3), Some(Decimal::from(30)));
    assert_eq!(worth(&all, 1), Some(Decimal::from(150)));
    assert_eq!(worth(&all, 4), Some(Decimal::from(30) / Decimal::from(11)), "inverse");
    assert_eq!(worth(&all, 0), Some(Decimal::from(30 * 2 * 5)), "by B, which comes first, not by D");
    assert_eq!(
        worth(&valuation("C", [false, true, true, true, true]), 0),
        Some(Decimal::from(30 * 3 * 7)),
        "an instrument without marks is no way"
    );
    assert_eq!(worth(&valuation("E", [true; 5]), 0), None, "three hops are too many");
    let error = Valuation::new(&system, "X", &[true; 5]).expect_err("unknown");
    assert_eq!(error.path, "reportingAsset");
}

#[test]
fn equity_counts_balances_and_cash_settled_positions_at_the_mark() {
    let mut engine = engine(&system(r#"{"instruments":["A/B"],"account":"cash-settled"}"#), "B");
    let mut first = event(0, Side::Sell, fill(10, 3, 3, 3, Decimal::ONE, 1));
    let cash = Balance { total: Decimal::from(99), free: Decimal::from(99) };
    first.balances[1] = Some((AssetId(1), cash));
    send(&mut engine, Side::Sell, 3);
    engine.apply(&[first.clone().into()]).expect("it fits");
    assert!(engine.equity().is_nan(), "no mark yet");
    engine.markets[0].apply(&MarketEvent::Quote(Quote { bid: 7, bid_size: 1, ask: 8, ask_size: 1 }));
    assert_eq!(engine.equity().to_bits(), (99.0f64 + 3.0 * (10.0 - 7.5)).to_bits());
    engine.markets[0].apply(&MarketEvent::Quote(Quote { bid: 7, bid_size: 1, ask: 9, ask_size: 0 }));
    assert_eq!(engine.equity().to_bits(), (99.0f64 + 3.0 * (10.0 - 7.5)).to_bits(), "half a quote makes no mark");
    assert_eq!(engine.balances[1], cash);
}

#[test]
fn disabled_trading_refuses_orders_without_an_event_and_does_not_outlive_the_end_of_data() {
    let mut engine = engine(&system(SPOT), "B");
    engine.set_trading_enabled(false);
    Context { engine: &mut engine, instrument: A }.submit(Draft::market(A, Side::Buy, Size::Lots(1)));
    assert_eq!((engine.refused.len(), engine.outbox.len()), (1, 0));
    assert_eq!(engine.refused[0].state, OrderState::OpenFailed(ReasonCode::TradingDisabled.into()));
    engine.set_trading_enabled(true);
    Context { engine: &mut engine, instrument: A }.submit(Draft::market(A, Side::Buy, Size::Lots(1)));
    assert_eq!(engine.outbox.len(), 1);
    engine.refuses = Some(ReasonCode::DataEnded);
    engine.set_trading_enabled(true);
    assert_eq!(engine.refuses, Some(ReasonCode::DataEnded));
}
