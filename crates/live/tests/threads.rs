//! The runtime is gone with the last handle: a test alone in its process, because it counts threads.
#![cfg(target_os = "linux")]

use haggle_backtest::{Constant, Dynamic, Prepared, Tiling};
use haggle_engine::Idle;
use haggle_live::{Clock, Ending, Live, OpenOrders, start};
use haggle_model::read::{Field, parse};
use std::sync::Arc;

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").expect("Linux").count()
}

#[test]
fn a_thousand_systems_leave_no_thread() {
    let config = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]},"balances":{"USDT":10000}}"#;
    let constant = Constant::read(&Field::root(&parse(config).expect("json"))).expect("a good config");
    let store = Arc::new(haggle_data::sample::binance_spot().expect("the sample"));
    let prepared = Prepared::new(constant, store, Tiling::ONCE).expect("data and config fit");
    let dynamic = Dynamic::read(&Field::root(&parse("{}").expect("json"))).expect("good arguments");
    let before = threads();
    for round in 0..1_000 {
        let live = Live::new(&prepared.setup, dynamic.clone(), Idle, None).expect("a system");
        let handle = start(live, if round % 2 == 0 { Clock::Wall } else { Clock::Manual }).expect("threads");
        if round % 3 > 0 {
            handle.end_and_wait(Ending::Shutdown(OpenOrders::Cancel)).expect("an outcome");
        }
    }
    // The runtime's threads end by themselves, soon.
    while threads() > before {
        std::thread::yield_now();
    }
}
