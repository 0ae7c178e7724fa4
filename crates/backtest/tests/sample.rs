//! The whole path on the embedded sample.

use haggle_backtest::{Constant, Dynamic, Outcome, Prepared, Run, Status, StrategyChoice, Tiling};
use haggle_model::read::{Field, parse};
use std::sync::Arc;

fn run(constant: &str, dynamic: &str, passes: u32) -> Outcome {
    let store = Arc::new(haggle_data::sample::binance_spot().expect("the sample"));
    let constant = Constant::read(&Field::root(&parse(constant).expect("json"))).expect("a good config");
    let dynamic = Dynamic::read(&Field::root(&parse(dynamic).expect("json"))).expect("good arguments");
    let StrategyChoice::Native(strategy) = dynamic.strategy.clone() else { panic!("a native strategy") };
    let tiling = Tiling { passes, period: 185_000_000_000 };
    let prepared = Arc::new(Prepared::new(constant, store, tiling).expect("data and config fit"));
    let mut run = Run::new(prepared, dynamic, *strategy).expect("a run");
    while run.advance(10_000).expect("no error") == Status::Running {}
    run.finish().expect("an end").0
}

const SYSTEM: &str = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]},"balances":{"USDT":10000}}"#;

#[test]
fn buy_and_hold() {
    let outcome = run(SYSTEM, r#"{"strategy":{"native":"buyAndHold"}}"#, 1);
    println!("{}", serde_json::to_string_pretty(&outcome.summary).expect("json"));
    for fill in &outcome.fills {
        println!("{fill:?}");
    }
    assert_eq!(outcome.events, 50_000);
}

#[test]
fn ema() {
    let outcome = run(SYSTEM, r#"{"strategy":{"native":"emaCross","fast":10,"slow":20}}"#, 1);
    println!("{} fills {} orders {} trips", outcome.fills.len(), outcome.orders.len(), outcome.closed_trades.len());
    println!("{}", outcome.summary["trading_summary"]["portfolio"]);
}

#[test]
fn speed() {
    let start = std::time::Instant::now();
    let outcome = run(SYSTEM, r#"{"strategy":{"native":"buyAndHold"}}"#, 200);
    println!("{} events in {:?}", outcome.events, start.elapsed());
    let start = std::time::Instant::now();
    let outcome = run(SYSTEM, r#"{"strategy":{"native":"emaCross","fast":10,"slow":20}}"#, 200);
    println!("{} events {} fills in {:?}", outcome.events, outcome.fills.len(), start.elapsed());
}
