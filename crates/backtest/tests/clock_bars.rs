//! Bars: known at their close, traded at the next open.

mod common;

use common::{Seen, Tape, account, free, native, script, warnings};
use haggle_data::Store;
use haggle_engine::{Context, Draft};
use haggle_model::time::DAY;
use haggle_model::{InstrumentId, Liquidity, OrderNumber, Side, Size};
use std::sync::Arc;

const A: InstrumentId = InstrumentId(0);

/// Bars of 100 ns from 100 on, each opening 5 above the close before it.
fn bars() -> Arc<Store> {
    let shapes = [[100, 110, 90, 105], [110, 120, 100, 115], [120, 130, 80, 125], [130, 140, 120, 135]];
    let tape = shapes.into_iter().zip(1..).fold(Tape::new(), |tape, (shape, i)| tape.bar("A/B", (100 * i, 100 * i + 100), shape));
    tape.store()
}

fn fills(text: &str) -> String {
    free("0").replace(r#""latency":0"#, &format!(r#""latency":0,"fills":{text}"#))
}

fn market(ctx: &mut Context<'_>, side: Side) -> OrderNumber {
    ctx.submit(Draft::market(A, side, Size::Lots(1)))
}

#[test]
fn a_signal_at_the_close_fills_at_the_next_open() {
    let (outcome, log) = script(&free("0"), bars(), |ctx, seen| {
        if let Seen::Bar(bar) = seen {
            assert_eq!((bar.time_close, ctx.market().last), (ctx.now(), bar.close));
            market(ctx, Side::Buy);
        }
    });
    let expected = [
        "100: start",
        "200: bar 105",
        "200: #0 filled 1/1 at 110 @200",
        "300: bar 115",
        "300: #1 filled 1/1 at 120 @300",
        "400: bar 125",
        "400: #2 filled 1/1 at 130 @400",
        // Sent at the last bar: there is no other open.
        "500: bar 135",
        "500: stop",
    ];
    assert_eq!(log, expected);
    assert_eq!(outcome.orders.len(), 4);
    assert!(outcome.orders[3].state.is_terminal() && outcome.orders[3].filled == 0);
}

#[test]
fn a_limit_on_the_path_fills_at_the_close_time_and_the_strategy_acts_from_the_next_open() {
    let (outcome, log) = script(&free("0"), bars(), |ctx, seen| match seen {
        Seen::Bar(_) if ctx.now() == 200 => {
            ctx.submit(Draft::limit(A, Side::Buy, Size::Lots(1), 85));
        }
        Seen::Account(bundle) if bundle[0].order == OrderNumber(0) && ctx.now() == 400 => {
            market(ctx, Side::Sell);
        }
        _ => {}
    });
    assert_eq!(account(&log), ["200: #0 opened @200", "400: #0 filled 1/1 at 85 @400", "400: #1 filled 1/1 at 130 @400"]);
    assert_eq!((outcome.fills[0].liquidity, outcome.fills[1].liquidity), (Liquidity::Maker, Liquidity::Taker));
    assert!(log.iter().position(|line| line.contains("#0 filled")) > log.iter().position(|line| line.contains("bar 125")));
}

#[test]
fn a_limit_that_the_open_jumps_over_fills_at_its_limit_unless_asked() {
    // Rests above the close of the first bar; the second opens beyond it.
    let gap = |config: &str| {
        let tape = Tape::new().bar("A/B", (100, 200), [100, 110, 90, 105]).bar("A/B", (200, 300), [103, 104, 95, 100]);
        let tape = tape.bar("A/B", (300, 400), [80, 84, 78, 82]).bar("A/B", (400, 500), [80, 80, 80, 80]);
        let (outcome, _) = script(config, tape.store(), |ctx, seen| {
            if matches!(seen, Seen::Bar(_)) && ctx.now() == 200 {
                ctx.submit(Draft::limit(A, Side::Buy, Size::Lots(1), 90));
            }
        });
        (outcome.fills[0].time, outcome.fills[0].price)
    };
    assert_eq!(gap(&free("0")), (400, 90));
    assert_eq!(gap(&fills(r#"{"gapFill":"open"}"#)), (400, 80));
}

#[test]
fn this_close_is_named_and_warned_about() {
    let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Bar(_)) {
            market(ctx, Side::Buy);
        }
    };
    let (outcome, log) = script(&fills(r#"{"bar":"this-close"}"#), bars(), act);
    let prices: Vec<(i64, i64)> = outcome.fills.iter().map(|fill| (fill.time, fill.price)).collect();
    assert_eq!(prices, [(200, 105), (300, 115), (400, 125), (500, 135)]);
    assert_eq!(log[1..3], ["200: bar 105", "200: #0 filled 1/1 at 105 @200"]);
    assert_eq!(warnings(&outcome), ["THIS_CLOSE"]);
    assert!(warnings(&script(&free("0"), bars(), act).0).is_empty());
}

#[test]
fn a_close_is_marked_before_the_open_of_the_same_instant() {
    let config = free("0").replace("100000}", r#"1000},"sampleInterval":"100ns""#);
    let (outcome, _) = script(&config, bars(), |ctx, seen| {
        if matches!(seen, Seen::Bar(_)) && ctx.now() == 200 {
            market(ctx, Side::Buy);
        }
    });
    let samples: Vec<(i64, f64)> = outcome.equity.iter().map(|row| (row.time, row.value)).collect();
    // Start, boundary, fill at the open, then closes at 115, 125 and 135 against 110 paid; the end.
    assert_eq!(samples, [(100, 1000.0), (200, 1000.0), (200, 1000.0), (300, 1005.0), (400, 1015.0), (500, 1025.0), (500, 1025.0)]);
}

#[test]
fn bars_beside_quotes_tell_the_exchange_nothing() {
    let store = Tape::new()
        .quote("A/B", (50, 50), (100, 10), (102, 10))
        .bar("A/B", (100, 200), [500, 900, 1, 700])
        .quote("A/B", (300, 300), (100, 10), (102, 10))
        .store();
    let (outcome, log) = script(&free("0"), store, |ctx, seen| match seen {
        Seen::Start => {
            ctx.submit(Draft::limit(A, Side::Buy, Size::Lots(1), 50));
        }
        Seen::Bar(_) => {
            assert_eq!(ctx.market().mark(), 101.0, "the mark is the mid");
            market(ctx, Side::Buy);
        }
        _ => {}
    });
    assert_eq!(account(&log), ["50: #0 opened @50", "200: #1 filled 1/1 at 102 @200"]);
    assert!(outcome.equity.iter().all(|row| (row.value - 100_000.0).abs() <= 1.0));
}

#[test]
fn weekends_make_no_returns() {
    // Two weeks of daily bars that rise by one a day, without Saturdays and Sundays; 1970-01-05 was a Monday.
    let monday = 4;
    let days = (0..12).filter(|day| day % 7 < 5);
    let tape = days.clone().fold(Tape::new(), |tape, day| {
        let open = (monday + day) * DAY;
        let price = 1_000 + day;
        tape.bar("A/B", (open, open + DAY), [price, price + 1, price - 1, price])
    });
    let config = free("0").replace("100000}", r#"100000},"summaryInterval":"Annual252","sampleInterval":"1d""#);
    let outcome = native(&config, r#"{"strategy":{"native":"buyAndHold"}}"#, tape.store());
    let portfolio = &outcome.summary["trading_summary"]["portfolio"];
    assert_eq!(portfolio["returns"], days.count() - 1);
    // A year is 252 days with data, and there is one return for each.
    let (sharpe, volatility) =
        (portfolio["sharpe_ratio"]["value"].as_f64().expect("a number"), portfolio["volatility"].as_f64().expect("a number"));
    let samples: Vec<f64> = (0..12)
        .filter_map(|day| outcome.equity.iter().find(|row| row.time == (monday + day + 1) * DAY && day % 7 < 5))
        .map(|row| row.value)
        .collect();
    let returns: Vec<f64> = samples.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect();
    let mean = returns.iter().sum::<f64>() / returns.len() as f64;
    let deviation = (returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (returns.len() - 1) as f64).sqrt();
    assert!((volatility - deviation * 252f64.sqrt()).abs() < 1e-12);
    assert!((sharpe - mean / deviation * 252f64.sqrt()).abs() < 1e-9);
}
