//! A published table, reproduced: backtesting.py 0.6.6, cross of two simple averages (10, 20), daily GOOG, all equity in
//! whole units, 0.2 % a side. Money and trades come out to the digit by configuration alone.

mod common;

use common::{native, shared_data};
use haggle_backtest::Outcome;
use haggle_data::{ReadOptions, Stamp, Store, read_csv};
use haggle_metrics::geometric_annual::{GeometricAnnual, geometric_mean};
use haggle_metrics::{EquitySample, drawdown_curve, profit_factor, system_quality_number};
use haggle_model::time::{DAY, from_rfc3339};
use haggle_model::{Decimal, Side, to_f64};
use std::sync::Arc;

const CONFIG: &str = r#"{"system":{"instruments":[{"symbol":"GOOG/USD","lotSize":1}],"account":"cash-settled","fees":{"maker":"0.002","taker":"0.002"},
    "latency":0},"balances":{"USD":10000},"summaryInterval":"Annual252"}"#;
const STRATEGY: &str = r#"{"strategy":{"native":"smaCross","fast":10,"slow":20}}"#;

fn goog() -> Option<Arc<Store>> {
    let bytes = shared_data("goog_daily.csv")?;
    let options =
        ReadOptions { symbol: Some("GOOG/USD".to_owned()), timeframe: Some(DAY), stamp: Some(Stamp::Open), ..ReadOptions::default() };
    Some(Arc::new(read_csv(&bytes, &options).expect("the file reads")))
}

fn d(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// Within half a unit of the last published digit, and a little.
fn near(what: &str, found: f64, expected: f64, half_digit: f64) {
    assert!((found - expected).abs() <= 1.02 * half_digit, "{what}: {found} is not {expected}");
}

fn number(outcome: &Outcome, name: &str) -> f64 {
    let value = &outcome.summary["trading_summary"]["portfolio"][name];
    value.get("value").unwrap_or(value).as_f64().expect(name)
}

/// Equity at the close of every bar: the first sample at that time, because the open of the next bar may share it.
fn at_closes(outcome: &Outcome, store: &Store) -> Vec<EquitySample> {
    let close = |time: i64| outcome.equity.iter().find(|row| row.time == time).map(|row| EquitySample { time_ns: time, equity: row.value });
    store.rows.iter().map(|row| close(row.time).expect("a sample at every close")).collect()
}

#[test]
fn money_and_trades_to_the_digit() {
    let Some(store) = goog() else { return };
    assert_eq!(store.rows.len(), 2_148);
    let outcome = native(CONFIG, STRATEGY, Arc::clone(&store));
    let portfolio = &outcome.summary["trading_summary"]["portfolio"];
    assert_eq!(d(portfolio["end_equity"].as_str().expect("text")).round_dp(5), d("56263.51934"));
    assert_eq!(portfolio["start_equity"], "10000");

    let trades = &outcome.closed_trades;
    let longs = trades.iter().filter(|trade| trade.side == Side::Buy).count();
    assert_eq!((trades.len(), longs), (93, 46));
    let fees: Decimal = trades.iter().map(|trade| trade.fees).sum();
    assert_eq!(fees.round_dp(5), d("10563.95154"));
    assert_eq!(d(portfolio["fees"].as_str().expect("text")) - fees, d("96.90912"), "the open trade has paid its entry");

    let (first, last) = (&trades[0], &trades[92]);
    let day = |text: &str| from_rfc3339(text).expect("a day");
    assert_eq!((first.side, first.quantity, first.entry_price, first.entry_time), (Side::Sell, d("59"), d("169.02"), day("2004-11-17")));
    assert_eq!((last.side, last.quantity, last.entry_price, last.exit_price), (Side::Sell, d("69"), d("705.58"), d("702.24")));
    assert_eq!((last.entry_time, last.exit_time), (day("2012-10-19"), day("2012-12-03")));
    let instrument = &outcome.summary["trading_summary"]["instruments"]["GOOG/USD"];
    assert_eq!((&instrument["position"], &instrument["entry_price"]), (&"69".into(), &"702.24".into()));
    // A trade that was closed for another one was closed and opened at one open.
    for pair in trades.windows(2) {
        assert_eq!((pair[0].exit_time, pair[0].exit_price), (pair[1].entry_time, pair[1].entry_price));
        assert_ne!(pair[0].side, pair[1].side);
    }
    assert_eq!(outcome.fills.len(), 2 * 93 + 1);
    assert!(outcome.fills.iter().all(|fill| fill.time % DAY == 0));
}

#[test]
fn statistics_of_trades() {
    let Some(store) = goog() else { return };
    let outcome = native(CONFIG, STRATEGY, Arc::clone(&store));
    let pnl: Vec<f64> = outcome.closed_trades.iter().map(|trade| to_f64(trade.pnl)).collect();
    let returns: Vec<f64> = outcome.closed_trades.iter().map(|trade| trade.pnl_return).collect();
    near("win rate", 100.0 * number(&outcome, "win_rate"), 52.688_172, 5e-7);
    near("best", 100.0 * number(&outcome, "best_trade_return"), 56.918_681, 5e-7);
    near("worst", 100.0 * number(&outcome, "worst_trade_return"), -16.829_432, 5e-7);
    near("expectancy", 100.0 * number(&outcome, "average_trade_return"), 2.290_43, 5e-6);
    near("average trade", 100.0 * geometric_mean(&returns).expect("trades"), 1.758_14, 5e-6);
    near("profit factor by money", number(&outcome, "profit_factor"), 1.658_981, 5e-7);
    near("profit factor on returns", profit_factor(&returns).expect("losses"), 1.993_488, 5e-7);
    near("SQN", number(&outcome, "system_quality_number"), 1.584_392, 5e-7);
    assert_eq!(system_quality_number(&pnl), Some(number(&outcome, "system_quality_number")));
    // Bars from entry to exit, both included; a bar that closes one trade and opens the next counts once.
    let opens: Vec<i64> = store.bars.iter().map(|bar| bar.time_open).collect();
    let held = |time: &&i64| outcome.closed_trades.iter().any(|trade| (trade.entry_time..=trade.exit_time).contains(*time));
    near("exposure", 100.0 * opens.iter().filter(held).count() as f64 / opens.len() as f64, 94.273_743, 5e-7);
}

#[test]
fn statistics_of_equity() {
    let Some(store) = goog() else { return };
    let outcome = native(CONFIG, STRATEGY, Arc::clone(&store));
    near("return", 100.0 * number(&outcome, "pnl_return"), 462.635_193, 5e-7);
    near("volatility", 100.0 * number(&outcome, "volatility"), 29.897_438, 5e-7);
    near("Sharpe", number(&outcome, "sharpe_ratio"), 0.826_801, 5e-7);
    near("Sortino", number(&outcome, "sortino_ratio"), 1.259_287, 5e-7);
    assert_eq!((number(&outcome, "returns"), number(&outcome, "returns_per_year")), (2_147.0, 252.0));
    assert_eq!(outcome.summary["trading_summary"]["portfolio"]["sample_interval"], "1d");

    let closes = at_closes(&outcome, &store);
    assert!(closes[..20].iter().all(|sample| sample.equity == 10_000.0), "no decision before bar 20");
    let drawdown = drawdown_curve(&closes).into_iter().fold(0.0, f64::min);
    near("max drawdown on closes", 100.0 * drawdown, -33.931_592, 5e-7);
    // By default the lows and highs of days with a position count, too: the same run fell by more within a day than at its end.
    let on_marks = number(&outcome, "pnl_drawdown_max");
    assert!(on_marks < drawdown - 0.005, "{on_marks}");
    let on_closes =
        native(&CONFIG.replace(r#""summaryInterval""#, r#""drawdownOn":"closes","summaryInterval""#), STRATEGY, Arc::clone(&store));
    near("max drawdown by configuration", 100.0 * number(&on_closes, "pnl_drawdown_max"), -33.931_592, 5e-7);
    assert_eq!(on_closes.result_hash, outcome.result_hash);
    let annual = number(&outcome, "annual_return");
    near("annual return by the number of returns", 100.0 * annual, 22.477_536, 5e-7);
    near("CAGR by the calendar, 3,116 days", 100.0 * number(&outcome, "cagr"), 22.427_673, 5e-7);

    let returns: Vec<f64> = closes.windows(2).map(|pair| pair[1].equity / pair[0].equity - 1.0).collect();
    let theirs = GeometricAnnual::compute(&returns, 252.0, drawdown);
    near("annual return", 100.0 * theirs.annual_return.expect("defined"), 22.477_536, 5e-7);
    near("annual volatility", 100.0 * theirs.annual_volatility.expect("defined"), 37.416_415, 5e-7);
    near("their Sharpe", theirs.sharpe_ratio.expect("defined"), 0.600_74, 5e-6);
    near("their Sortino", theirs.sortino_ratio.expect("defined"), 1.145_087, 5e-7);
    near("their Calmar", theirs.calmar_ratio.expect("defined"), 0.662_437, 5e-7);
}

#[test]
fn another_config_gives_another_table() {
    let Some(store) = goog() else { return };
    let base = native(CONFIG, STRATEGY, Arc::clone(&store));
    let cheaper = native(&CONFIG.replace("0.002", "0.001"), STRATEGY, Arc::clone(&store));
    let slower = native(CONFIG, &STRATEGY.replace("20", "21"), Arc::clone(&store));
    let spot = native(&CONFIG.replace("cash-settled", "spot"), STRATEGY, Arc::clone(&store));
    let hashes = [&base, &cheaper, &slower, &spot].map(|outcome| outcome.result_hash.clone());
    for (at, hash) in hashes.iter().enumerate() {
        assert!(!hashes[..at].contains(hash), "{hashes:?}");
    }
    assert!(number(&cheaper, "pnl_return") > number(&base, "pnl_return"));
    assert!(spot.closed_trades.iter().all(|trade| trade.side == Side::Buy), "a spot account is never short");
}
