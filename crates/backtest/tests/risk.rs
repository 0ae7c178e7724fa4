//! Limits in whole runs: what leaves, what is told, recorded and warned of, and that limits which never bind change nothing.

mod common;

use common::{FOREIGN, Script, Seen, Tape, account, drive, dynamic, free, native, prepare, script, steady, warnings};
use haggle_backtest::{Outcome, Run, StrategyChoice};
use haggle_engine::{Context, Draft, Halt, OrderState};
use haggle_model::time::Nanos;
use haggle_model::{Code, InstrumentId, ReasonCode, Side, Size};
use std::sync::Arc;

const A: InstrumentId = InstrumentId(0);

fn bid(lots: i64, price: i64) -> Draft {
    Draft::limit(A, Side::Buy, Size::Lots(lots), price)
}

/// A run of a closure under limits.
fn limited(
    risk: &str,
    store: Arc<haggle_data::Store>,
    act: impl FnMut(&mut Context<'_>, &Seen<'_>),
) -> Result<(Outcome, Vec<String>), Halt> {
    let arguments = dynamic(&format!(r#"{{"strategy":"javascript","risk":{risk}}}"#));
    let run = Run::new(prepare(&free("0"), store), arguments, Script { act, log: Vec::new() }).expect("a run");
    let (outcome, script) = drive(run, 10_000)?;
    Ok((outcome, script.log))
}

fn reason(outcome: &Outcome, order: usize) -> String {
    outcome.orders[order].state.reason().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn refused_orders_are_told_at_once_and_recorded_in_order() {
    let store = steady([10, 20, 30]).store();
    let (outcome, log) = limited(r#"{"maxQuantity":5,"maxOpenOrders":2}"#, store, |ctx, seen| match seen {
        Seen::Book if ctx.now() == 10 => {
            ctx.submit(bid(9, 90));
            ctx.submit(bid(1, 90));
            ctx.submit(bid(8, 90));
            ctx.submit(bid(2, 90));
            ctx.submit(bid(3, 90));
        }
        // The answer to a refusal leaves with what led to it.
        Seen::Account([event]) if event.order.0 == 0 && ctx.now() == 10 => {
            ctx.submit(bid(7, 90));
        }
        _ => {}
    })
    .expect("no error");
    let expected = [
        "10: #0 rejected RiskQuantityExceeded quantity=9 max=5 @10",
        "10: #2 rejected RiskQuantityExceeded quantity=8 max=5 @10",
        "10: #4 rejected RiskOpenOrdersExceeded open=2 max=2 @10",
        "10: #5 rejected RiskOpenOrdersExceeded open=2 max=2 @10",
        "10: #1 opened @10",
        "10: #3 opened @10",
    ];
    assert_eq!(account(&log), expected);
    let quantities: Vec<i64> = outcome.orders.iter().map(|order| order.quantity).collect();
    assert_eq!(quantities, [9, 1, 8, 2, 3, 7], "by number");
    assert_eq!(outcome.orders[2].state, OrderState::OpenFailed(outcome.orders[2].state.reason().expect("refused").clone()));
    assert_eq!(reason(&outcome, 4), "RiskOpenOrdersExceeded open=2 max=2");
    assert_eq!(warnings(&outcome), ["RISK_REFUSED"]);
}

#[test]
fn each_limit_in_a_run() {
    let orders = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Book) {
            ctx.submit(bid(3, 101));
        }
    };
    for (risk, reasons) in [
        (r#"{"maxQuantity":3}"#, ["", "", ""]),
        (r#"{"maxQuantity":2}"#, ["RiskQuantityExceeded quantity=3 max=2"; 3]),
        (r#"{"maxNotional":302}"#, ["RiskNotionalExceeded notional=303 max=302"; 3]),
        (r#"{"priceCollar":"0.001"}"#, ["RiskPriceOutOfCollar price=101 max=100.6005"; 3]),
        (r#"{"maxPosition":6}"#, ["", "", "RiskPositionExceeded position=9 max=6"]),
        (r#"{"maxOrderRate":{"orders":1,"per":"15ns"}}"#, ["", "RiskOrderRateExceeded max=1 per=15", ""]),
    ] {
        let (outcome, _) = limited(risk, steady([10, 20, 30]).store(), orders).expect("no error");
        assert_eq!([0, 1, 2].map(|order| reason(&outcome, order)), reasons, "{risk}");
    }
    let (outcome, log) = limited(r#"{"maxPosition":7,"excess":"shrink"}"#, steady([10, 20, 30]).store(), orders).expect("no error");
    assert_eq!(outcome.orders.iter().map(|order| (order.quantity, order.filled)).collect::<Vec<_>>(), [(3, 3), (3, 3), (1, 1)]);
    assert_eq!(account(&log)[2..], ["30: #2 amended to 1 at 101 @30", "30: #2 filled 1/1 at 101 @30"]);
    assert_eq!(warnings(&outcome), ["RISK_CUT"]);
}

#[test]
fn a_refused_amend_is_told_and_the_order_works_on() {
    let (outcome, log) = limited(r#"{"maxQuantity":5}"#, steady([10, 20, 30]).store(), |ctx, seen| match seen {
        Seen::Book if ctx.now() == 10 => {
            ctx.submit(bid(4, 90));
        }
        Seen::Book if ctx.now() == 20 => ctx.amend(haggle_model::OrderNumber(0), None, Some(6)),
        _ => {}
    })
    .expect("no error");
    let expected = ["10: #0 opened @10", "20: #0 amend refused RiskQuantityExceeded quantity=6 max=5 @20"];
    assert_eq!(account(&log), expected);
    assert_eq!(outcome.orders[0].quantity, 4);
}

#[test]
fn an_answer_with_the_same_order_for_ever_is_an_error() {
    let halt = limited(r#"{"maxQuantity":5}"#, steady([10, 20]).store(), |ctx, seen| {
        if !matches!(seen, Seen::Stop) {
            ctx.submit(bid(9, 90));
        }
    });
    match halt {
        Err(Halt::Error(error)) => assert_eq!(error.code, Code::Livelock),
        other => panic!("{other:?}"),
    }
}

/// Bought at 101, falls by one a second; five lots rest far below.
fn falling() -> Arc<haggle_data::Store> {
    let time = |second: i64| 1_000_000_000 * second;
    (0..40)
        .fold(Tape::new(), |tape, second| tape.quote("A/B", (time(second), time(second)), (100 - second, 900), (101 - second, 900)))
        .store()
}

fn invested(ctx: &mut Context<'_>, seen: &Seen<'_>) {
    match seen {
        Seen::Start => ctx.timer(9_500_000_000, 7).expect("a time"),
        Seen::Book if ctx.engine.order_count() == 0 => {
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(900)));
            ctx.submit(bid(5, 20));
        }
        Seen::Book if ctx.now() == 30_000_000_000 => {
            ctx.submit(bid(1, 20));
        }
        _ => {}
    }
}

#[test]
fn the_switch_trips_once_cancels_and_keeps_the_position() {
    // 100,000 in all, 900 lots: a second costs 900. The first equity seen is that of the fill, 99,550 at a mark of 100.5.
    let risk = |interval: &str| format!(r#"{{"maxDrawdown":"0.05","drawdownInterval":"{interval}"}}"#);
    for (interval, tripped) in [("1s", 6), ("4s", 8), ("1h", 0)] {
        let (outcome, log) = limited(&risk(interval), falling(), invested).expect("no error");
        let expected: Nanos = if tripped == 0 { 9_500_000_000 } else { tripped * 1_000_000_000 };
        let cancelled = account(&log).iter().filter(|line| line.contains("#1 cancelled")).map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(cancelled, [format!("{expected}: #1 cancelled Requested @{expected}")], "{interval}: also on the strategy's own timer");
        assert_eq!(outcome.orders[2].state, OrderState::OpenFailed(ReasonCode::TradingDisabled.into()));
        assert!(account(&log).iter().all(|line| !line.contains("#2")), "no limit refused it, so it is not told");
        assert_eq!((outcome.fills.len(), outcome.closed_trades.len()), (1, 0), "the position stays");
        assert_eq!(warnings(&outcome), ["DRAWDOWN_LIMIT"]);
        assert!(log.iter().any(|line| line == "9500000000: timer 7") && !log.iter().any(|line| line.contains("timer 4294967295")));
    }
}

#[test]
fn the_switch_closes_if_asked_to() {
    let (outcome, log) =
        limited(r#"{"maxDrawdown":"0.05","drawdownInterval":"1s","onDrawdown":"close"}"#, falling(), invested).expect("no error");
    let after: Vec<&str> = account(&log)[2..].to_vec();
    assert_eq!(after, ["6000000000: #1 cancelled Requested @6000000000", "6000000000: #2 filled 900/900 at 94 @6000000000"]);
    assert_eq!(outcome.closed_trades.len(), 1);
    assert_eq!(outcome.orders.len(), 4);
}

#[test]
fn a_small_loss_does_not_trip_it() {
    let (outcome, log) = limited(r#"{"maxDrawdown":"0.9","drawdownInterval":"1s"}"#, falling(), invested).expect("no error");
    let (plain, plain_log) = script(&free("0"), falling(), invested);
    assert_eq!((log, outcome.result_hash, outcome.summary), (plain_log, plain.result_hash, plain.summary));
}

const SYSTEM: &str = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]},"balances":{"USDT":10000}}"#;

fn sample() -> Arc<haggle_data::Store> {
    Arc::new(haggle_data::sample::binance_spot().expect("the sample"))
}

#[test]
fn limits_that_never_bind_change_nothing() {
    let wide = r#"{"maxQuantity":1e12,"maxNotional":1e12,"maxPosition":1e12,"maxOpenOrders":1000,"maxOrderRate":{"orders":1000000,"per":"1d"},
        "priceCollar":"0.9","maxDrawdown":"0.9","drawdownInterval":"1s"}"#;
    for strategy in
        [r#"{"native":"buyAndHold"}"#, r#"{"native":"smaCross","fast":20,"slow":50}"#, r#"{"native":"emaCross","fast":10,"slow":20}"#]
    {
        let plain = native(SYSTEM, &format!(r#"{{"strategy":{strategy}}}"#), sample());
        for risk in ["{}", wide] {
            let limited = native(SYSTEM, &format!(r#"{{"strategy":{strategy},"risk":{risk}}}"#), sample());
            assert_eq!(
                (&limited.result_hash, &limited.summary, &limited.equity),
                (&plain.result_hash, &plain.summary, &plain.equity),
                "{strategy}"
            );
        }
    }
}

#[test]
fn native_strategies_are_limited_too() {
    let arguments = |risk: &str| format!(r#"{{"strategy":{{"native":"emaCross","fast":10,"slow":20}},"risk":{risk}}}"#);
    let cut = native(SYSTEM, &arguments(r#"{"maxNotional":500,"excess":"shrink"}"#), sample());
    assert!(!cut.fills.is_empty() && warnings(&cut).contains(&"RISK_CUT".to_owned()));
    let refused = native(SYSTEM, &arguments(r#"{"maxNotional":500}"#), sample());
    assert!(refused.fills.is_empty() && warnings(&refused).contains(&"RISK_REFUSED".to_owned()));
    let one = native(SYSTEM, &arguments(r#"{"maxNotional":500,"instruments":{"SOL/USDT":{"maxNotional":1e6}}}"#), sample());
    assert!(!one.fills.is_empty() && one.fills.iter().all(|fill| fill.instrument == InstrumentId(2)));
}

#[test]
fn an_instrument_that_there_is_not_is_an_error_before_the_run() {
    let arguments = dynamic(r#"{"strategy":{"native":"buyAndHold"},"risk":{"instruments":{"BTC/USD":{"maxQuantity":1}}}}"#);
    let StrategyChoice::Native(strategy) = arguments.strategy.clone() else { panic!("a native strategy") };
    let error = Run::new(prepare(SYSTEM, sample()), arguments, *strategy).expect_err("unknown");
    assert_eq!((error.code, error.path.as_str(), error.hint.contains("BTC/USDT")), (Code::UnknownName, "risk.instruments.BTC/USD", true));
    assert!(dynamic(FOREIGN).risk.is_none());
}
