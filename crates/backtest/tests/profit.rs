//! Profits add up: over instruments, over realised and unrealised, over closed trades, and to the change of equity.

mod common;

use common::{FOREIGN, Script, Seen, Tape, drive, dynamic, native, prepare};
use haggle_backtest::{Outcome, Run};
use haggle_engine::{Context, Draft, OrderState};
use haggle_model::{Decimal, InstrumentId, Side, Size};
use proptest::prelude::*;
use serde_json::Value;
use std::sync::Arc;

fn decimal(value: &Value) -> Decimal {
    value.as_str().expect("a text").parse().expect("a decimal")
}

fn sheets(outcome: &Outcome) -> (&Value, Vec<&Value>) {
    let summary = &outcome.summary["trading_summary"];
    (&summary["portfolio"], summary["instruments"].as_object().expect("by name").values().collect())
}

/// Shares of cost are rounded at 28 digits; everything else is exact.
fn near(found: Decimal, expected: Decimal, what: &str) {
    assert!((found - expected).abs() < Decimal::new(1, 15), "{what}: {found}, not {expected}");
}

fn check(outcome: &Outcome) {
    let (portfolio, instruments) = sheets(outcome);
    let sum = |name: &str| instruments.iter().map(|sheet| decimal(&sheet[name])).sum::<Decimal>();
    let change = decimal(&portfolio["end_equity"]) - decimal(&portfolio["start_equity"]);
    near(decimal(&portfolio["pnl"]), change, "the portfolio's profit is the change of equity");
    near(sum("pnl"), change, "and the sum over its instruments");
    near(sum("fees"), decimal(&portfolio["fees"]), "fees");
    near(outcome.fills.iter().map(|fill| fill.fee_quote).sum(), sum("fees"), "fees by fill");
    for sheet in &instruments {
        near(decimal(&sheet["pnl_realised"]) + decimal(&sheet["pnl_unrealised"]), decimal(&sheet["pnl"]), "realised and unrealised");
    }
    for (at, sheet) in instruments.iter().enumerate() {
        let own: Vec<_> = outcome.closed_trades.iter().filter(|trade| trade.instrument.index() == at).collect();
        assert_eq!(sheet["closed_trades"], own.len());
        if decimal(&sheet["position"]).is_zero() {
            near(own.iter().map(|trade| trade.pnl).sum(), decimal(&sheet["pnl_realised"]), "closed trades hold all that was realised");
            near(own.iter().map(|trade| trade.fees).sum(), decimal(&sheet["fees"]), "and all fees");
        }
        for pair in own.windows(2) {
            assert!(pair[0].exit_time <= pair[1].entry_time, "one round trip after the other");
        }
    }
    for (row, order) in outcome.orders.iter().enumerate() {
        let fills: Vec<_> = outcome.fills.iter().filter(|fill| fill.order.index() == row).collect();
        assert_eq!(order.filled, fills.iter().map(|fill| fill.quantity).sum::<i64>());
        assert!(order.state.is_terminal(), "{order:?}");
        assert_eq!(order.state == OrderState::FullyFilled, order.quantity > 0 && order.filled == order.quantity);
    }
}

#[test]
fn on_the_sample() {
    let store = Arc::new(haggle_data::sample::binance_spot().expect("the sample"));
    for extra in ["", r#","fees":{"maker":"-0.0001","taker":"0.0007","chargedIn":"received"}"#] {
        let config = format!(r#"{{"system":{{"instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]{extra}}},"balances":{{"USDT":10000}}}}"#);
        for strategy in [r#"{"native":"emaCross","fast":10,"slow":20}"#, r#"{"native":"buyAndHold"}"#] {
            let outcome = native(&config, &format!(r#"{{"strategy":{strategy}}}"#), Arc::clone(&store));
            assert!(!outcome.fills.is_empty());
            check(&outcome);
        }
    }
}

/// What happens next: instrument, bid, spread, print, and what the strategy does about it.
type Step = (usize, i64, i64, bool, u8, i64);

fn steps() -> impl proptest::strategy::Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..2usize, 40..60i64, 0..3i64, any::<bool>(), 0..7u8, 1..6i64), 5..80)
}

fn tape(steps: &[Step]) -> Tape {
    steps.iter().zip(1..).fold(Tape::new(), |tape, ((at, bid, spread, is_print, action, lots), i)| {
        let (symbol, stamps) = (["A/Q", "B/Q"][*at], (i * 10, i * 10));
        let side = if action % 2 == 0 { Side::Buy } else { Side::Sell };
        if *is_print { tape.trade(symbol, stamps, side, *bid, *lots) } else { tape.quote(symbol, stamps, (*bid, 4), (bid + spread, 4)) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_anything(steps in steps(), account in 0..3usize, is_closing in any::<bool>()) {
        let account = [
            r#""fees":{"maker":"-0.0003","taker":"0.001","perOrder":"0.01"}"#,
            r#""fees":{"maker":"0.001","taker":"0.002","chargedIn":"received"}"#,
            r#""account":"cash-settled","leverage":4,"fees":{"maker":"0.0002","taker":"0.0005"}"#,
        ][account];
        let config = format!(
            r#"{{"system":{{"instruments":["A/Q","B/Q"],"latency":{{"open":"3ns","response":"2ns"}},{account}}},"balances":{{"Q":1000}},
                "closeAtEnd":{is_closing},"sampleInterval":"50ns"}}"#
        );
        let mut at = 0;
        let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
            if !matches!(seen, Seen::Book | Seen::Trade(_)) {
                return;
            }
            let (_, price, _, _, action, lots) = steps[at];
            at += 1;
            let (id, lots): (InstrumentId, Size) = (ctx.instrument, Size::Lots(lots));
            match action {
                0 => drop(ctx.submit(Draft::market(id, Side::Buy, lots))),
                1 => drop(ctx.submit(Draft::market(id, Side::Sell, lots))),
                2 => drop(ctx.submit(Draft::limit(id, Side::Buy, lots, price - 1))),
                3 => drop(ctx.submit(Draft::limit(id, Side::Sell, lots, price + 1))),
                4 => drop(ctx.close_position()),
                5 => ctx.market().open_orders.first().copied().into_iter().for_each(|order| ctx.cancel(order)),
                _ => drop(ctx.submit(Draft::market(id, Side::Buy, Size::Equity(Decimal::new(5, 1))))),
            }
        };
        let run = Run::new(prepare(&config, tape(&steps).store()), dynamic(FOREIGN), Script { act, log: Vec::new() }).expect("a run");
        let (outcome, _) = drive(run, 11).expect("no error");
        check(&outcome);
    }
}
