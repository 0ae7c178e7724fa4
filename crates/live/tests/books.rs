//! Live systems and books of more than one level.

#[path = "../../backtest/tests/common/mod.rs"]
mod common;

use common::{FOREIGN, constant, dynamic, free};
use haggle_backtest::RunSetup;
use haggle_data::{BuildOptions, Builder, ExchangeTime, Num, Stamps};
use haggle_engine::Idle;
use haggle_live::Live;
use haggle_model::Side;
use haggle_model::time::NEVER;
use std::sync::Arc;

#[test]
fn live_systems_refuse_books_before_anything_is_fed() {
    let mut builder = Builder::new(BuildOptions { exchange_time: Some(ExchangeTime::Venue), ..BuildOptions::default() });
    let place = builder.instrument("A/B", None).expect("room for an instrument");
    let stamps = Stamps { exchange: Some(0), received: Some(0) };
    builder.message(place, stamps, true).expect("a message");
    for (side, price, size) in [(Side::Buy, 99, 5), (Side::Sell, 101, 7)] {
        let num = |value| Num::new(value, 0).expect("a number");
        builder.level(place, stamps, true, side, num(price), num(size)).expect("a level");
    }
    let store = Arc::new(builder.finish().expect("data"));
    let setup = RunSetup::live(constant(&free("0"))).expect("a good config");
    let mut live = Live::new(&setup, dynamic(FOREIGN), Idle, None).expect("a system");
    let error = live.feed_store(&store).expect_err("a book");
    assert_eq!((error.code.as_str(), error.path.as_str()), ("UNSUPPORTED", "marketData"));
    assert_eq!(live.next_time(), NEVER);
}
