//! Which moments drawdowns are taken over: bars' closes and adverse extremes while something is held, each second of ticks, fills.

mod common;

use common::{Seen, Tape, script};
use haggle_backtest::Outcome;
use haggle_data::Store;
use haggle_engine::{Context, Draft};
use haggle_model::time::{DAY, HOUR, Nanos, SECOND};
use haggle_model::{InstrumentId, Side, Size, TimeInForce};
use proptest::prelude::*;
use std::sync::Arc;

const ID: InstrumentId = InstrumentId(0);

fn config(account: &str, more: &str) -> String {
    format!(
        r#"{{"system":{{"instruments":["A/B"],"fees":{{"maker":0,"taker":0}},"latency":0,"account":"{account}"}},"balances":{{"B":1000}}{more}}}"#
    )
}

fn deepest(outcome: &Outcome, sheet: &str) -> f64 {
    let summary = &outcome.summary["trading_summary"];
    let sheet = if sheet == "portfolio" { &summary["portfolio"] } else { &summary["instruments"][sheet] };
    // An instrument that never traded has none.
    if sheet["pnl_drawdown_max"].is_null() { 0.0 } else { sheet["pnl_drawdown_max"]["value"].as_f64().expect("a number") }
}

/// Of the portfolio and of the only instrument, which have to agree.
fn both(outcome: &Outcome, expected: f64) {
    for sheet in ["portfolio", "A/B"] {
        let found = deepest(outcome, sheet);
        assert!((found - expected).abs() < 1e-9, "{sheet}: {found} is not {expected}");
    }
}

fn hours(bars: &[[i64; 4]]) -> Arc<Store> {
    let tape = bars.iter().zip(0..).fold(Tape::new(), |tape, (bar, i)| tape.bar("A/B", (i * HOUR, (i + 1) * HOUR), *bar));
    tape.store()
}

/// Sends a draft at the close of a bar, counted from 0.
fn at_close(bar: Nanos, draft: Draft) -> impl FnMut(&mut Context<'_>, &Seen<'_>) {
    move |ctx, seen| {
        if matches!(seen, Seen::Bar(_)) && ctx.now() == (bar + 1) * HOUR {
            ctx.submit(draft);
        }
    }
}

#[test]
fn the_adverse_extreme_of_a_bar_counts_while_a_position_is_open() {
    let store = hours(&[[100; 4], [100, 105, 95, 102], [102, 103, 80, 101], [101; 4]]);
    let long = || at_close(0, Draft::market(ID, Side::Buy, Size::Lots(10)));
    // 1,000 becomes 1,020 at the second close, and 800 within the third bar.
    let (outcome, _) = script(&config("spot", ""), Arc::clone(&store), long());
    both(&outcome, 800.0 / 1_020.0 - 1.0);
    let (outcome, _) = script(&config("spot", r#","drawdownOn":"closes""#), Arc::clone(&store), long());
    both(&outcome, 1_010.0 / 1_020.0 - 1.0);
    // A short loses at highs: 950 at 105, then from 980 at the second close to 970 at 103. The first is from 1,000.
    let short = || at_close(0, Draft::market(ID, Side::Sell, Size::Lots(10)));
    let (outcome, _) = script(&config("cash-settled", ""), Arc::clone(&store), short());
    both(&outcome, 950.0 / 1_000.0 - 1.0);
    // Before the entry nothing is held, and no low counts.
    let late = at_close(2, Draft::market(ID, Side::Buy, Size::Lots(5)));
    let (outcome, _) = script(&config("spot", ""), store, late);
    both(&outcome, 0.0);
}

#[test]
fn every_close_counts_whatever_the_grid() {
    let store = hours(&[[100; 4], [100; 4], [110; 4], [90; 4], [110; 4], [105; 4]]);
    for interval in ["1h", "1d"] {
        let more = format!(r#","drawdownOn":"closes","sampleInterval":"{interval}""#);
        let (outcome, _) = script(&config("spot", &more), Arc::clone(&store), at_close(0, Draft::market(ID, Side::Buy, Size::Lots(10))));
        both(&outcome, 900.0 / 1_100.0 - 1.0);
    }
}

#[test]
fn a_bar_whose_path_ended_the_position_counts_its_extreme_and_not_its_close() {
    // Long ten at 100; the exit rests at 105, which the third bar goes through. Its close, 110, was never the position's: a peak of 1,100
    // would make a fall of what was only sold too early.
    let store = hours(&[[100; 4], [100; 4], [102, 110, 98, 110], [110; 4]]);
    let mut entry = at_close(0, Draft::market(ID, Side::Buy, Size::Lots(10)));
    let mut exit = at_close(1, Draft::limit(ID, Side::Sell, Size::Lots(10), 105));
    let (outcome, _) = script(&config("spot", ""), store, move |ctx, seen| {
        entry(ctx, seen);
        exit(ctx, seen);
    });
    assert_eq!(outcome.fills.last().map(|fill| fill.price), Some(105));
    both(&outcome, 980.0 / 1_000.0 - 1.0);
    // Entered on the path at 95: what the bar did before is not the position's, and its close is.
    let store = hours(&[[100; 4], [100, 101, 80, 97], [97; 4]]);
    let (outcome, _) = script(&config("spot", ""), store, at_close(0, Draft::limit(ID, Side::Buy, Size::Lots(10), 95)));
    assert_eq!(outcome.fills.first().map(|fill| fill.price), Some(95));
    both(&outcome, 0.0);
}

#[test]
fn of_two_instruments_one_extreme_counts_at_a_time() {
    let bars = |symbol: &'static str, list: [[i64; 4]; 3]| list.into_iter().zip(0..).map(move |(bar, i)| (symbol, i, bar));
    let store = bars("A/B", [[100; 4], [100, 100, 70, 100], [100; 4]])
        .chain(bars("C/B", [[100; 4], [100, 100, 80, 100], [100; 4]]))
        .fold(Tape::new(), |tape, (symbol, i, bar)| tape.bar(symbol, (i * HOUR, (i + 1) * HOUR), bar))
        .store();
    let config = config("spot", "").replace(r#"["A/B"]"#, r#"["A/B","C/B"]"#);
    let (outcome, _) = script(&config, store, |ctx, seen| {
        if matches!(seen, Seen::Bar(_)) && ctx.now() == HOUR && ctx.engine.order_count() == 0 {
            for id in [0, 1] {
                ctx.submit(Draft::market(InstrumentId(id), Side::Buy, Size::Lots(5)));
            }
        }
    });
    assert_eq!(outcome.fills.len(), 2);
    for (sheet, low) in [("portfolio", 850.0), ("A/B", 850.0), ("C/B", 900.0)] {
        let found = deepest(&outcome, sheet);
        assert!((found - (low / 1_000.0 - 1.0)).abs() < 1e-9, "{sheet}: {found}");
    }
}

#[test]
fn an_instrument_is_measured_against_what_its_positions_needed() {
    // A doubles the account; then all of it goes into C, which loses more than the account began with.
    let bars = |symbol: &'static str, list: [[i64; 4]; 5]| list.into_iter().zip(0..).map(move |(bar, i)| (symbol, i, bar));
    let store = bars("A/B", [[100; 4], [100, 300, 100, 300], [300; 4], [300; 4], [300; 4]])
        .chain(bars("C/B", [[100; 4], [100; 4], [100; 4], [100, 100, 40, 40], [40; 4]]))
        .fold(Tape::new(), |tape, (symbol, i, bar)| tape.bar(symbol, (i * HOUR, (i + 1) * HOUR), bar))
        .store();
    let config = config("spot", "").replace(r#"["A/B"]"#, r#"["A/B","C/B"]"#);
    let (outcome, _) = script(&config, store, |ctx, seen| {
        let Seen::Bar(_) = seen else { return };
        match (ctx.now() / HOUR, ctx.engine.order_count()) {
            (1, 0) => drop(ctx.submit(Draft::market(ID, Side::Buy, Size::Lots(10)))),
            (2, 1) => drop(ctx.submit(Draft::market(ID, Side::Sell, Size::Lots(10)))),
            (3, 2) => drop(ctx.submit(Draft::market(InstrumentId(1), Side::Buy, Size::Lots(30)))),
            _ => {}
        }
    });
    let sheet = &outcome.summary["trading_summary"]["instruments"]["C/B"];
    assert_eq!((&sheet["capital"], &sheet["pnl"]), (&"3000".into(), &"-1800".into()));
    assert_eq!(sheet["pnl_return"].as_f64(), Some(-0.6), "of the 3,000 that were at stake, not -180 % of the first 1,000");
    assert!((deepest(&outcome, "C/B") + 0.6).abs() < 1e-9);
    assert_eq!(outcome.summary["trading_summary"]["instruments"]["A/B"]["capital"], "1000");
}

#[test]
fn durations_on_the_portfolio_and_on_its_only_instrument_agree() {
    // Bought at the open of the 21st day, a fall of 10 % on the next, back on the one after.
    let closes: Vec<i64> = std::iter::repeat_n(100, 21).chain([90, 101, 101]).collect();
    let bars = closes.iter().zip(0..).map(|(close, i)| {
        let open = if i == 0 { 100 } else { closes[i as usize - 1] };
        (i * DAY, [open, open.max(*close), open.min(*close), *close])
    });
    let store = bars.fold(Tape::new(), |tape, (open, bar)| tape.bar("A/B", (open, open + DAY), bar)).store();
    let config = config("spot", r#","sampleInterval":"1d""#).replace("\"taker\":0", "\"taker\":\"0.001\"");
    let (outcome, _) = script(&config, store, |ctx, seen| {
        if matches!(seen, Seen::Bar(_)) && ctx.now() == 20 * DAY {
            ctx.submit(Draft::market(ID, Side::Buy, Size::Lots(1)));
        }
    });
    let summary = &outcome.summary["trading_summary"];
    for sheet in [&summary["portfolio"], &summary["instruments"]["A/B"]] {
        assert_eq!(sheet["longest_drawdown_duration_ms"].as_f64(), Some(3.0 * 86_400_000.0), "from the 20th midnight to the 23rd");
        assert_eq!(sheet["pnl_drawdown_max"]["time_start"], "1970-01-21T00:00:00Z");
        assert_eq!(sheet["pnl_drawdown_max"]["time_end"], "1970-01-24T00:00:00Z");
    }
}

/// What a strategy of the random worlds does at a row.
fn act(ctx: &mut Context<'_>, action: u8) {
    let draft = match action {
        0 => Draft::market(ID, Side::Buy, Size::Lots(3)),
        1 => Draft::market(ID, Side::Sell, Size::Lots(3)),
        2 => Draft { time_in_force: TimeInForce::ImmediateOrCancel, ..Draft::market(ID, Side::Buy, Size::Lots(1)) },
        3 => {
            ctx.close_position();
            return;
        }
        _ => return,
    };
    ctx.submit(draft);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Seconds between samples, from the data, give what a grid of a second gives, from the exchanges.
    #[test]
    fn seconds_of_ticks_are_those_of_the_exchange(rows in prop::collection::vec((1..900i64, 80..120i64, 0..3i64, any::<bool>(), 0..12u8), 20..120), account in 0..2usize) {
        let mut time = 0;
        let tape = rows.iter().fold(Tape::new(), |tape, (gap, bid, spread, is_print, _)| {
            time += gap * SECOND / 1_000;
            if *is_print { tape.trade("A/B", (time, time), Side::Buy, *bid, 5) } else { tape.quote("A/B", (time, time), (*bid, 9), (bid + spread, 9)) }
        });
        let store = tape.store();
        let account = ["spot", "cash-settled"][account];
        let run = |more: &str| {
            let mut at = 0;
            script(&config(account, more), Arc::clone(&store), |ctx, seen| {
                if matches!(seen, Seen::Book | Seen::Trade(_)) {
                    act(ctx, rows[at].4);
                    at += 1;
                }
            }).0
        };
        let (marks, grid) = (run(r#","sampleInterval":"7m""#), run(r#","sampleInterval":"1s","drawdownOn":"closes""#));
        prop_assert_eq!(&marks.result_hash, &grid.result_hash);
        for sheet in ["portfolio", "A/B"] {
            let (one, two) = (deepest(&marks, sheet), deepest(&grid, sheet));
            prop_assert!((one - two).abs() < 1e-9, "{}: {} is not {}", sheet, one, two);
        }
    }

    /// Bars, block by block, give what going through all of them gives.
    #[test]
    fn extremes_of_bars_are_those_of_every_bar(bars in prop::collection::vec((90..110i64, 0..25i64, 0..25i64, 0..60u8), 100..400)) {
        let list: Vec<[i64; 4]> = bars.windows(2).map(|pair| {
            let (open, close) = (pair[0].0, pair[1].0);
            [open, open.max(close) + pair[1].1, open.min(close) - pair[1].2, close]
        }).collect();
        let mut at = 0;
        let (outcome, _) = script(&config("cash-settled", "").replace("1000", "100000"), hours(&list), |ctx, seen| {
            if matches!(seen, Seen::Bar(_)) {
                act(ctx, bars[at].3);
                at += 1;
            }
        });
        let (mut peak, mut expected, mut cash, mut held) = (100_000.0_f64, 0.0_f64, 100_000.0, 0i64);
        let mut see = |equity: f64| {
            peak = peak.max(equity);
            expected = expected.min(equity / peak - 1.0);
        };
        for (bar, i) in list.iter().zip(0i64..) {
            for fill in outcome.fills.iter().filter(|fill| fill.time == i * HOUR) {
                held += fill.side.sign() * fill.quantity;
                cash -= (fill.side.sign() * fill.quantity * fill.price) as f64;
                see(cash + (held * bar[0]) as f64);
            }
            let at = |price: i64| cash + (held * price) as f64;
            see(at(bar[1]).min(at(bar[2])));
            see(at(bar[3]));
        }
        for sheet in ["portfolio", "A/B"] {
            let found = deepest(&outcome, sheet);
            prop_assert!((found - expected).abs() < 1e-9, "{}: {} is not {}", sheet, found, expected);
        }
    }
}
