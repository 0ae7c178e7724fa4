//! Signals of a cross of averages trade as the native cross does: the same orders, the same hash, the same published table.

mod common;

use common::{Tape, native, prepare, shared_data};
use haggle_backtest::{Dynamic, Outcome, Run, SignalArray, StrategyChoice};
use haggle_data::{ReadOptions, Stamp, Store, read_csv};
use haggle_model::read::{Field, parse};
use haggle_model::seed::Stream;
use haggle_model::time::DAY;
use haggle_model::{Decimal, Increment};
use std::sync::Arc;

const CONFIG: &str = r#"{"system":{"instruments":[{"symbol":"GOOG/USD","lotSize":1}],"account":"cash-settled","fees":{"maker":"0.002","taker":"0.002"},
    "latency":0},"balances":{"USD":10000},"summaryInterval":"Annual252"}"#;
const CROSS: &str = r#"{"strategy":{"native":"smaCross","fast":10,"slow":20}}"#;
const FLIP: &str = r#"{"strategy":{"native":"signals","entries":0,"shortEntries":1}}"#;
const LONG: &str = r#"{"strategy":{"native":"signals","entries":0,"exits":1}}"#;

fn goog() -> Option<Arc<Store>> {
    let bytes = shared_data("goog_daily.csv")?;
    let options =
        ReadOptions { symbol: Some("GOOG/USD".to_owned()), timeframe: Some(DAY), stamp: Some(Stamp::Open), ..ReadOptions::default() };
    Some(Arc::new(read_csv(&bytes, &options).expect("the file reads")))
}

/// Daily bars whose closes go up and down by chance; each opens a little off the close before.
fn walk(seed: u64, length: i64) -> Arc<Store> {
    let mut stream = Stream::new(seed, "walk", 0);
    let mut close = 500;
    let tape = (0..length).fold(Tape::new(), |tape, day| {
        let open = close + stream.up_to(4) - 2;
        close = (open + stream.up_to(20) - 10).max(100);
        let (high, low) = (open.max(close) + stream.up_to(5), open.min(close) - stream.up_to(5));
        tape.bar("GOOG/USD", (day * DAY, (day + 1) * DAY), [open, high, low, close])
    });
    tape.store()
}

/// Bars at which the average of the last `fast` closes crosses that of the last `slow` ones, upwards and downwards.
fn crosses(store: &Store, tick: Increment, fast: usize, slow: usize) -> [Vec<u8>; 2] {
    let closes: Vec<f64> = store.bars.iter().map(|bar| tick.f64(bar.close)).collect();
    let average = |to: usize, n: usize| closes[to - n..to].iter().rev().fold(0.0, |sum, close| sum + close) / n as f64;
    let side = |bar: usize| if bar + 1 < slow { None } else { average(bar + 1, fast).partial_cmp(&average(bar + 1, slow)) };
    let flags = |from: std::cmp::Ordering| {
        let crossed = |bar: usize| bar > 0 && side(bar - 1) == Some(from) && side(bar) == Some(from.reverse());
        (0..closes.len()).map(|bar| u8::from(crossed(bar))).collect()
    };
    [flags(std::cmp::Ordering::Less), flags(std::cmp::Ordering::Greater)]
}

fn signals(config: &str, arguments: &str, store: &Arc<Store>) -> Outcome {
    let prepared = prepare(config, Arc::clone(store));
    let [up, down] = crosses(store, prepared.setup.market_specs[0].tick, 10, 20);
    let value = parse(arguments).expect("json");
    let arrays = [SignalArray::Flags(&up), SignalArray::Flags(&down)];
    let dynamic = Dynamic::read_over(&Field::root(&value), &prepared, &arrays).expect("good arguments");
    let StrategyChoice::Native(strategy) = dynamic.strategy.clone() else { panic!("a native strategy") };
    common::drive(Run::new(prepared, dynamic, *strategy).expect("a run"), 10_000).expect("no error").0
}

/// The same orders, fills and equity, signals or callbacks.
fn same(config: &str, arguments: &str, store: &Arc<Store>) -> Outcome {
    let (own, theirs) = (signals(config, arguments, store), native(config, CROSS, Arc::clone(store)));
    assert_eq!(own.result_hash, theirs.result_hash);
    assert_eq!((own.orders, &own.fills, &own.equity), (theirs.orders, &theirs.fills, &theirs.equity));
    Outcome { orders: Vec::new(), ..own }
}

#[test]
fn chance_makes_the_same_hash() {
    for seed in 0..8 {
        let store = walk(seed, 500);
        assert!(same(CONFIG, FLIP, &store).fills.len() > 20, "the prices cross");
        let fractional = CONFIG.replace(r#""lotSize":1"#, r#""lotSize":"0.001""#);
        same(&fractional, FLIP, &store);
        let spot = CONFIG.replace("cash-settled", "spot");
        assert!(same(&spot, LONG, &store).fills.len() > 10, "the prices cross");
    }
}

#[test]
fn the_published_table_comes_out() {
    let Some(store) = goog() else { return };
    let outcome = same(CONFIG, FLIP, &store);
    let portfolio = &outcome.summary["trading_summary"]["portfolio"];
    let end: Decimal = portfolio["end_equity"].as_str().and_then(|text| text.parse().ok()).expect("a decimal");
    assert_eq!(end.round_dp(5).to_string(), "56263.51934");
    let trades = &outcome.closed_trades;
    assert_eq!((trades.len(), trades.iter().filter(|trade| trade.pnl > Decimal::ZERO).count()), (93, 49));
    let fees: Decimal = trades.iter().map(|trade| trade.fees).sum();
    assert_eq!(fees.round_dp(5).to_string(), "10563.95154");
    let spot = CONFIG.replace("cash-settled", "spot");
    same(&spot, LONG, &store);
}

#[test]
fn other_signals_make_another_hash() {
    let store = walk(1, 500);
    let flip = signals(CONFIG, FLIP, &store).result_hash;
    assert_ne!(signals(CONFIG, LONG, &store).result_hash, flip);
    assert_ne!(signals(CONFIG, &FLIP.replace("}}", r#","exclusive":false,"size":1}}"#), &store).result_hash, flip);
}
