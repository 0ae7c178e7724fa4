//! Several exchanges, assets and books in one run.

mod common;

use common::{Seen, Tape, account, free, script, steady, warnings};
use haggle_backtest::Outcome;
use haggle_engine::{Context, Draft};
use haggle_model::time::SECOND;
use haggle_model::{Decimal, InstrumentId, OrderNumber, Side, Size};
use serde_json::Value;

const A: InstrumentId = InstrumentId(0);
const B: InstrumentId = InstrumentId(1);

fn portfolio(outcome: &Outcome) -> &Value {
    &outcome.summary["trading_summary"]["portfolio"]
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().expect("a text").parse().expect("a decimal")
}

#[test]
fn two_exchanges_have_accounts_latencies_and_ends_of_their_own() {
    let config = r#"{"system":{"instruments":["x:A/Q","y:A/Q"],"fees":{"maker":0,"taker":0},"latency":{"open":"10ns","response":"10ns"},
        "executions":{"y":{"latency":{"open":"50ns","response":"5ns"}}}},"balances":{"x":{"Q":1000},"y":{"Q":50}}}"#;
    let store = Tape::new()
        .quote("x:A/Q", (100, 100), (99, 10), (100, 10))
        .quote("y:A/Q", (100, 100), (109, 10), (110, 10))
        .quote("y:A/Q", (130, 130), (29, 10), (30, 10))
        .quote("x:A/Q", (200, 200), (99, 10), (100, 10))
        .quote("y:A/Q", (400, 400), (29, 10), (30, 10))
        .store();
    let buy = |ctx: &mut Context<'_>, id: InstrumentId| ctx.submit(Draft::market(id, Side::Buy, Size::Lots(1)));
    let (outcome, log) = script(config, store, |ctx, seen| match seen {
        // The slower exchange is asked first: connections do not wait for each other.
        Seen::Book if ctx.now() == 100 && ctx.instrument == B => {
            buy(ctx, B);
            buy(ctx, A);
            ctx.submit(Draft::market(B, Side::Buy, Size::Lots(2)));
        }
        Seen::Book if ctx.now() == 200 => {
            buy(ctx, A);
        }
        _ => {}
    });
    let events = [
        "120: #1 filled 1/1 at 100 @110",
        "155: #0 filled 1/1 at 30 @150",
        "155: #2 rejected BalanceInsufficient asset=Q need=60 free=20 @150",
        // The data of x ended at 200, those of y go on.
        "220: #3 expired DataEnded @210",
    ];
    assert_eq!(account(&log), events);
    let assets = &outcome.summary["trading_summary"]["assets"];
    assert_eq!((&assets["x:Q"]["balance_end"]["total"], &assets["y:Q"]["balance_end"]["total"]), (&"900".into(), &"20".into()));
    assert_eq!(outcome.fills.iter().map(|fill| fill.id).collect::<Vec<_>>(), [0, 0], "trade ids count per exchange");
}

#[test]
fn requests_of_one_instant_are_handled_in_the_order_sent() {
    let config = free("0")
        .replace(r#""exchange":"x","instruments":["A/B"]"#, r#""instruments":["x:A/Q","y:A/Q"]"#)
        .replace(r#"{"B":100000}"#, r#"{"x":{"Q":1000},"y":{"Q":1000}}"#);
    let store = Tape::new()
        .quote("x:A/Q", (100, 100), (99, 10), (100, 10))
        .quote("y:A/Q", (100, 100), (99, 10), (100, 10))
        .quote("y:A/Q", (200, 200), (99, 10), (100, 10))
        .store();
    let (_, log) = script(&config, store, |ctx, seen| {
        if matches!(seen, Seen::Book) && ctx.now() == 200 {
            for id in [B, A, B, A, A] {
                ctx.submit(Draft::limit(id, Side::Buy, Size::Lots(1), 50));
            }
        }
    });
    // The data of x ended before; the answers come in the order sent all the same.
    let events = [
        "200: #0 opened @200",
        "200: #1 expired DataEnded @200",
        "200: #2 opened @200",
        "200: #3 expired DataEnded @200",
        "200: #4 expired DataEnded @200",
    ];
    assert_eq!(account(&log), events);
}

#[test]
fn a_reconnect_takes_the_book_away_until_the_next_quote() {
    let store = Tape::new()
        .quote("A/B", (100, 100), (99, 10), (101, 10))
        .gap("A/B", (200, 210))
        .quote("A/B", (300, 300), (99, 3), (101, 10))
        .trade("A/B", (310, 310), Side::Sell, 99, 5)
        .trade("A/B", (320, 320), Side::Sell, 99, 4)
        .quote("A/B", (400, 400), (99, 3), (101, 10))
        .store();
    let mut views = Vec::new();
    let (_, log) = script(&free("0"), store, |ctx, seen| {
        match seen {
            Seen::Book if ctx.now() == 100 => {
                ctx.submit(Draft::limit(A, Side::Buy, Size::Lots(1), 99));
                ctx.timer(105, 1).expect("a time");
                ctx.timer(111, 2).expect("a time");
            }
            Seen::Timer(1) => {
                // The engine has not heard of it yet, the exchange has.
                ctx.submit(Draft::market(A, Side::Buy, Size::Lots(1)));
            }
            _ => {}
        }
        if let Seen::Timer(_) = seen {
            views.push((ctx.market().quote.bid, ctx.market().quote.ask, ctx.market().mark()));
        }
    });
    assert_eq!(views, [(99, 101, 100.0), (0, 0, 100.0)], "the mark stays");
    let events = [
        "100: #0 opened @100",
        "205: #1 expired BookMissing @205",
        // Behind the three that came after the reconnect: the first print leaves one of two behind them.
        "310: #0 filled 1/1 at 99 @310",
    ];
    assert_eq!(account(&log), events);
}

#[test]
fn equity_through_inverse_and_two_hop_marks() {
    // B in Q by a direct mark, in E by the inverse of E/Q after it, A in E by two hops; Z has no price at all.
    let store = Tape::new()
        .quote("B/Q", (100, 100), (9, 100), (11, 100))
        .quote("E/Q", (200, 200), (4, 100), (4, 100))
        .quote("B/Q", (2 * SECOND, 2 * SECOND), (19, 100), (21, 100))
        .store();
    let config = r#"{"system":{"exchange":"x","instruments":["B/Q","E/Q","Z/Y"],"fees":{"maker":0,"taker":0},"latency":0},
        "balances":{"Q":1000,"B":6,"E":1,"Z":5},"reportingAsset":"e"}"#;
    let mut seen_equity = Vec::new();
    let (outcome, _) = script(config, store.clone(), |ctx, seen| {
        if matches!(seen, Seen::Book) {
            seen_equity.push(ctx.engine.equity());
        }
    });
    // Before E has a mark it counts at its first: (1000 + 6 x 10) / 4 + 1, at the end (1000 + 6 x 20) / 4 + 1.
    assert_eq!((&portfolio(&outcome)["start_equity"], &portfolio(&outcome)["end_equity"]), (&"266".into(), &"281".into()));
    assert!(seen_equity[0].is_nan(), "the engine cannot know what comes");
    assert_eq!(seen_equity[1..], [266.0, 281.0]);
    assert_eq!(warnings(&outcome), ["NO_VALUE"]);

    // A profit in Q is a fourth of it in E, for the instrument, too.
    let (outcome, _) = script(config, store.clone(), |ctx, seen| {
        if matches!(seen, Seen::Book) && ctx.now() == 100 {
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(4)));
        }
    });
    let instrument = &outcome.summary["trading_summary"]["instruments"]["B/Q"];
    assert_eq!((&instrument["pnl"], &instrument["pnl_unrealised"]), (&"9".into(), &"9".into()));
    assert_eq!(decimal(&portfolio(&outcome)["pnl"]), Decimal::from(24));
    let pnl_return = instrument["pnl_return"].as_f64().expect("a number");
    assert!((pnl_return - 9.0 / 266.0).abs() < 1e-15, "its curve goes to the end of the run");
}

#[test]
fn what_is_left_below_a_lot_is_flat_and_listed() {
    let config = r#"{"system":{"exchange":"x","instruments":[{"symbol":"A/B","lotSize":1}],"fees":{"maker":"0.001","taker":"0.001","chargedIn":"received"},
        "latency":0},"balances":{"B":100000}}"#;
    let mut seen_position = Vec::new();
    let (outcome, _) = script(config, steady([100, 200, 300]).store(), |ctx, seen| match seen {
        Seen::Book if ctx.now() == 100 => {
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(10)));
        }
        Seen::Book if ctx.now() == 200 => assert_eq!(ctx.close_position(), Some(OrderNumber(1))),
        Seen::Book => assert_eq!(ctx.close_position(), None),
        Seen::Account(_) => seen_position.push((ctx.market().position_f64, ctx.market().position_lots)),
        _ => {}
    });
    assert_eq!(seen_position, [(9.99, 9), (0.0, 0)]);
    let instrument = &outcome.summary["trading_summary"]["instruments"]["A/B"];
    assert_eq!((&instrument["dust"], &instrument["position"]), (&"0.99".into(), &"0.99".into()));
    assert_eq!(outcome.closed_trades.len(), 1);
    // 100,000 - 10 x 101 + 9 x 100 - 0.9 of fee, and 0.99 at the mid of 100.5.
    let expected: Decimal = "99988.595".parse().expect("a decimal");
    assert_eq!(decimal(&portfolio(&outcome)["end_equity"]), expected, "dust stays in equity");
}
