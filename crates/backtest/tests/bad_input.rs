//! What does not fit is refused before a run, with the field it is about.

mod common;

use common::{Tape, constant, free, steady, steady_on};
use haggle_backtest::{Prepared, Tiling};
use haggle_data::{BuildOptions, Builder, Num, Stamps, Store};
use haggle_model::{Code, Error, Side};
use std::sync::Arc;

fn refused(config: &str, store: Arc<Store>) -> Error {
    Prepared::new(constant(config), store, Tiling::ONCE).expect_err("it does not fit")
}

fn config(instruments: &str) -> String {
    format!(r#"{{"system":{{"instruments":[{instruments}]}},"balances":{{"B":1000}}}}"#)
}

#[test]
fn data_without_a_place_in_the_config() {
    let store = Tape::new().quote("A/B", (1, 1), (9, 1), (10, 1)).quote("C/B", (1, 1), (9, 1), (10, 1)).store();
    let error = refused(&config(r#""A/B""#), Arc::clone(&store));
    assert_eq!((error.code, error.path.as_str()), (Code::UnknownName, "marketData"));
    assert!(error.message.contains("C/B") && error.hint.contains("select({ symbols: ['A/B'] })"), "{error}");
    assert!(Prepared::new(constant(&config(r#""A/B","C/B","D/B""#)), store, Tiling::ONCE).is_ok(), "instruments without data are no error");
}

#[test]
fn data_of_one_exchange_are_never_taken_for_those_of_another() {
    let store = Tape::new().quote("okx:A/B", (1, 1), (9, 1), (10, 1)).store();
    let both = r#"{"system":{"instruments":["okx:C/B","binance:A/B"]},"balances":{"okx":{"B":1},"binance":{"B":1}}}"#;
    assert_eq!(refused(both, Arc::clone(&store)).code, Code::UnknownName);
    // An exchange that the config does not know is a name and no more.
    assert!(Prepared::new(constant(&config(r#""binance:A/B""#)), store, Tiling::ONCE).is_ok());
    let twice = Tape::new().quote("A/B", (1, 1), (9, 1), (10, 1)).quote("okx:A/B", (1, 1), (9, 1), (10, 1)).store();
    let error = refused(&config(r#""okx:A/B""#), twice);
    assert_eq!((error.code, error.path.as_str()), (Code::AmbiguousName, "marketData"));
    let ambiguous = r#"{"system":{"instruments":["okx:A/B","binance:A/B"]},"balances":{"okx":{"B":1}}}"#;
    let error = refused(ambiguous, steady([1]).store());
    assert_eq!((error.code, error.path.as_str()), (Code::AmbiguousName, "marketData"));
    assert!(error.hint.contains("okx:A/B"), "{error}");
}

#[test]
fn data_between_two_increments() {
    let store = steady([1, 2]).store();
    let error = refused(&config(r#"{"symbol":"A/B","tickSize":5}"#), Arc::clone(&store));
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "system.instruments[0].tickSize"));
    assert!(error.message.contains("101"), "{error}");
    let error = refused(&config(r#""X/B",{"symbol":"A/B","lotSize":3}"#), Arc::clone(&store));
    assert_eq!(error.path, "system.instruments[1].lotSize");
    let finer =
        Prepared::new(constant(&config(r#"{"symbol":"A/B","tickSize":"0.05","lotSize":"0.1"}"#)), store, Tiling::ONCE).expect("it fits");
    assert_eq!((finer.store.rows[0].a, finer.store.rows[0].b), (2_000, 100));
}

fn digits(price: Num, quantity: Num) -> Arc<Store> {
    let mut builder = Builder::new(BuildOptions::default());
    let place = builder.instrument("A/B", None).expect("room");
    builder.trade(place, Stamps::one(1), Some(Side::Buy), price, quantity).expect("a print");
    Arc::new(builder.finish().expect("data"))
}

#[test]
fn more_digits_than_exact_numbers_have() {
    let num = |mantissa, scale| Num::new(mantissa, scale).expect("a number");
    let with = |rate: &str, held: &str| {
        format!(r#"{{"system":{{"instruments":["A/B"],"fees":{{"maker":0,"taker":"{rate}"}}}},"balances":{{"B":"{held}"}}}}"#)
    };
    // 9 + 9 + 4 decimals and 6 integer digits are 28.
    let store = digits(num(1_000_000_001, 9), num(1_000_000_001, 9));
    assert!(Prepared::new(constant(&with("0.0001", "999999")), Arc::clone(&store), Tiling::ONCE).is_ok());
    for (rate, held) in [("0.0001", "1000000"), ("0.00011", "999999")] {
        let error = refused(&with(rate, held), Arc::clone(&store));
        assert_eq!((error.code, error.path.as_str()), (Code::Overflow, "system.instruments[0]"), "{rate} {held}");
        assert!(error.hint.contains("tickSize"), "{error}");
    }
    // What is held of the base counts at its price: two and six digits make seven.
    let store = digits(num(12_000_000_001, 9), num(1, 9));
    let base = with("0.0001", "1").replace(r#""B":"1""#, r#""A":"123456""#);
    assert_eq!(refused(&base, store).code, Code::Overflow);
}

#[test]
fn prices_of_bars_count_as_well() {
    let mut builder = Builder::new(BuildOptions::default());
    let place = builder.instrument("A/B", None).expect("room");
    let bar = |price: i64| [price, price, price, price, 1].map(|value| Num::new(value, 9).expect("a number"));
    builder.bar(place, 0, 1, bar(7_000_000_000_000_001)).expect("a bar");
    let store = Arc::new(builder.finish().expect("data"));
    let config = r#"{"system":{"instruments":["A/B"],"fees":{"maker":0,"taker":"0.0001"}},"balances":{"B":1}}"#;
    assert_eq!(refused(config, store).code, Code::Overflow, "7 integer digits and 22 decimals");
}

#[test]
fn latency_that_contradicts_the_data() {
    let aligned = || steady_on(Tape::received(), [1, 2]).store();
    for (latency, path) in [(r#"{"open":"5ms","response":"1ms"}"#, "system.latency.response"), (r#"{"feed":1}"#, "system.latency.feed")] {
        let error = refused(&free(latency), aligned());
        assert_eq!((error.code, error.path.as_str()), (Code::InvalidArgument, path));
        assert!(!error.hint.is_empty());
        assert!(Prepared::new(constant(&free(latency)), steady([1, 2]).store(), Tiling::ONCE).is_ok(), "data with two clocks take it");
    }
    assert!(Prepared::new(constant(&free(r#"{"open":"5ms"}"#)), aligned(), Tiling::ONCE).is_ok());
}

#[test]
fn fees_in_an_asset_that_nobody_has() {
    let config = r#"{"system":{"instruments":["A/B"],"fees":{"maker":0,"taker":0,"chargedIn":{"asset":"BNB"}}},"balances":{"B":1}}"#;
    let error = refused(config, steady([1]).store());
    assert_eq!((error.code, error.path.as_str()), (Code::UnknownName, "system.fees.chargedIn.asset"));
}

#[test]
fn passes_that_overlap() {
    let tiled = |passes, period| Prepared::new(constant(&free("0")), steady([10, 110]).store(), Tiling { passes, period });
    assert_eq!(tiled(2, 99).expect_err("overlap").path, "period");
    assert_eq!(tiled(0, 200).expect_err("none").path, "passes");
    assert_eq!(tiled(u32::MAX, i64::MAX / 2).expect_err("far").code, Code::Overflow);
    let prepared = tiled(3, 100).expect("they touch");
    assert_eq!((prepared.rows(), prepared.setup.last_times[0]), (6, 310));
}
