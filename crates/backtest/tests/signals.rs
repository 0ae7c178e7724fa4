//! Strategies given as arrays over the bars: what is traded, and when.

mod common;

use common::{Tape, prepare};
use haggle_backtest::{Dynamic, Outcome, Prepared, Run, SignalArray, StrategyChoice, Tiling};
use haggle_data::Store;
use haggle_engine::OrderState;
use haggle_model::read::{Field, parse};
use haggle_model::{Code, ReasonCode, Result, Side};
use std::sync::Arc;

use SignalArray::{Flags, Targets};

const WAIT: f64 = f64::NAN;
const SPOT: &str = r#"{"system":{"exchange":"x","instruments":[{"symbol":"A/B","lotSize":1}],"fees":{"maker":0,"taker":0},"latency":0},"balances":{"B":1000}}"#;

fn cash() -> String {
    SPOT.replace(r#""latency":0"#, r#""latency":0,"account":"cash-settled""#)
}

fn with_lot(config: &str, lot: &str) -> String {
    config.replace(r#""lotSize":1"#, &format!(r#""lotSize":"{lot}""#))
}

/// Bars of 100 ns, the first from 100 on; each closes where the next one opens.
fn bars(opens: &[i64]) -> Arc<Store> {
    add_bars(Tape::new(), "A/B", opens).store()
}

fn add_bars(tape: Tape, symbol: &str, opens: &[i64]) -> Tape {
    (0..opens.len()).fold(tape, |tape, at| {
        let (open, close) = (opens[at], opens[(at + 1).min(opens.len() - 1)]);
        let time = 100 * (at as i64 + 1);
        tape.bar(symbol, (time, time + 100), [open, open.max(close), open.min(close), close])
    })
}

fn read(prepared: &Prepared, strategy: &str, arrays: &[SignalArray<'_>]) -> Result<Dynamic> {
    let value = parse(&format!(r#"{{"strategy":{strategy}}}"#))?;
    Dynamic::read_over(&Field::root(&value), prepared, arrays)
}

fn run(config: &str, store: Arc<Store>, strategy: &str, arrays: &[SignalArray<'_>]) -> Outcome {
    run_on(prepare(config, store), strategy, arrays)
}

fn run_on(prepared: Arc<Prepared>, strategy: &str, arrays: &[SignalArray<'_>]) -> Outcome {
    let dynamic = read(&prepared, strategy, arrays).expect("good arguments");
    let StrategyChoice::Native(native) = dynamic.strategy.clone() else { panic!("a native strategy") };
    common::drive(Run::new(prepared, dynamic, *native).expect("a run"), 1_000).expect("no error").0
}

/// Fills as `bar side lots @price`, where the bar is the one at whose open it was.
fn fills(outcome: &Outcome) -> Vec<String> {
    let side = |side| if side == Side::Buy { '+' } else { '-' };
    let line = |fill: &haggle_backtest::FillRow| format!("{} {}{} @{}", fill.time / 100 - 1, side(fill.side), fill.quantity, fill.price);
    outcome.fills.iter().map(line).collect()
}

/// Runs one instrument of eight quiet bars at 100.
fn quiet(config: &str, strategy: &str, arrays: &[SignalArray<'_>]) -> Vec<String> {
    fills(&run(config, bars(&[100; 8]), strategy, arrays))
}

const IN: SignalArray<'static> = Flags(&[0, 1, 0, 0, 0, 0, 0, 0]);
const OUT: SignalArray<'static> = Flags(&[0, 0, 0, 1, 0, 0, 0, 0]);

#[test]
fn a_signal_fills_at_the_next_open() {
    assert_eq!(quiet(SPOT, r#"{"native":"signals","entries":0,"exits":1}"#, &[IN, OUT]), ["2 +10 @100", "4 -10 @100"]);
    assert_eq!(quiet(&cash(), r#"{"native":"signals","shortEntries":0,"shortExits":1}"#, &[IN, OUT]), ["2 -10 @100", "4 +10 @100"]);
    // An exit of the other direction closes nothing.
    assert_eq!(quiet(&cash(), r#"{"native":"signals","shortEntries":0,"exits":1}"#, &[IN, OUT]), ["2 -10 @100"]);
}

#[test]
fn sizes_are_quantities_amounts_and_shares_in_whole_lots() {
    let first = |config: &str, size: &str| {
        let strategy = format!(r#"{{"native":"signals","entries":0,"size":{size}}}"#);
        quiet(config, &strategy, &[IN]).into_iter().next().unwrap_or_default()
    };
    let thousandths = with_lot(SPOT, "0.001");
    for (size, whole, fractional) in [
        ("3", "2 +3 @100", "2 +3000 @100"),
        ("3.7", "2 +3 @100", "2 +3700 @100"),
        (r#""2""#, "2 +2 @100", "2 +2000 @100"),
        (r#"{"quote":250}"#, "2 +2 @100", "2 +2500 @100"),
        (r#"{"equity":"0.456789"}"#, "2 +4 @100", "2 +4567 @100"),
        (r#"{"equity":1}"#, "2 +10 @100", "2 +10000 @100"),
        // Less than a whole lot is refused by the exchange.
        (r#"{"quote":50}"#, "", "2 +500 @100"),
    ] {
        assert_eq!((first(SPOT, size).as_str(), first(&thousandths, size).as_str()), (whole, fractional), "{size}");
    }
    // The fee is part of what an amount has to cover.
    let fees = |config: &str| config.replace(r#""taker":0"#, r#""taker":"0.002""#);
    assert_eq!(first(&fees(SPOT), r#"{"equity":1}"#), "2 +9 @100");
    assert_eq!(first(&fees(&thousandths), r#"{"equity":1}"#), "2 +9980 @100");
}

#[test]
fn an_exclusive_entry_flips_and_any_other_adds() {
    let entries = Flags(&[1, 1, 0, 0, 0, 1, 0, 0]);
    let shorts = Flags(&[0, 0, 0, 1, 0, 0, 0, 0]);
    let strategy = |more: &str| format!(r#"{{"native":"signals","entries":0,"shortEntries":1,"size":2{more}}}"#);
    assert_eq!(quiet(&cash(), &strategy(""), &[entries, shorts]), ["1 +2 @100", "4 -2 @100", "4 -2 @100", "6 +2 @100", "6 +2 @100"]);
    assert_eq!(
        quiet(&cash(), &strategy(r#","exclusive":false"#), &[entries, shorts]),
        ["1 +2 @100", "2 +2 @100", "4 -2 @100", "6 +2 @100"]
    );
    // An exit closes all that was added.
    let strategy = r#"{"native":"signals","entries":0,"exits":1,"size":2,"exclusive":false}"#;
    assert_eq!(quiet(SPOT, strategy, &[entries, OUT]), ["1 +2 @100", "2 +2 @100", "4 -4 @100", "6 +2 @100"]);
}

#[test]
fn an_exit_comes_before_an_entry_of_the_same_bar() {
    let again = Flags(&[0, 1, 0, 1, 0, 0, 0, 0]);
    let strategy = r#"{"native":"signals","entries":0,"exits":1,"size":2}"#;
    assert_eq!(quiet(SPOT, strategy, &[again, OUT]), ["2 +2 @100", "4 -2 @100", "4 +2 @100"]);
}

#[test]
fn targets_in_units_are_traded_where_they_change() {
    let strategy = r#"{"native":"signals","targets":0}"#;
    let targets = Targets(&[WAIT, 2.0, 2.0, 5.9, 1.0, -1.0, 0.0, 0.0]);
    let expected = ["2 +2 @100", "4 +3 @100", "5 -4 @100", "6 -1 @100", "6 -1 @100", "7 +1 @100"];
    assert_eq!(quiet(&cash(), strategy, &[targets]), expected);
    let fractions = Targets(&[0.0, 0.001_5, 0.001_9, 0.29, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(quiet(&with_lot(SPOT, "0.001"), strategy, &[fractions]), ["2 +1 @100", "4 +289 @100", "5 -290 @100"]);
    assert_eq!(quiet(SPOT, strategy, &[fractions]), Vec::<String>::new());
    assert_eq!(quiet(SPOT, strategy, &[Targets(&[WAIT; 8])]), Vec::<String>::new(), "warm-up to the end");
}

#[test]
fn targets_in_quote_are_worth_that_much() {
    let store = bars(&[100, 100, 125, 100, 100, 50, 40, 40]);
    let strategy = r#"{"native":"signals","targets":0,"targetsIn":"quote"}"#;
    // Bought for 1000 at 125; cut at a close of 100 to 5 lots; to 900 by 400 more, at 50; turned, and closed.
    let targets = Targets(&[WAIT, 1_000.0, 500.0, 500.0, 750.0, -400.0, 0.0, 0.0]);
    assert_eq!(
        fills(&run(&cash().replace("1000}", "10000}"), store, strategy, &[targets])),
        ["2 +8 @125", "3 -3 @100", "5 +10 @50", "6 -15 @40", "6 -10 @40", "7 +10 @40"]
    );
}

#[test]
fn targets_in_equity_are_worth_that_share_of_it() {
    let store = bars(&[100, 100, 100, 200, 200, 200, 200, 200]);
    let strategy = r#"{"native":"signals","targets":0,"targetsIn":"equity"}"#;
    // Half of 1000; at 200 the 5 lots are 1000 of 1500, so that 0.5 takes 2 off; 0.9 of 1500 is 6 lots; all; short.
    let targets = Targets(&[WAIT, 0.5, 0.5, 0.500_001, 0.9, -0.5, 0.0, 0.0]);
    let outcome = run(&cash(), Arc::clone(&store), strategy, &[targets]);
    assert_eq!(fills(&outcome), ["2 +5 @100", "4 -2 @200", "5 +3 @200", "6 -6 @200", "6 -3 @200", "7 +3 @200"]);
    // All of the equity can be bought where it can with an entry: also with fees, and where the open is above the close.
    let all = Targets(&[WAIT, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    let fees = SPOT.replace(r#""taker":0"#, r#""taker":"0.002""#);
    assert_eq!(fills(&run(&fees, store, strategy, &[all])), ["2 +4 @100", "3 +2 @200"]);
}

#[test]
fn a_signal_on_the_last_bar_does_nothing() {
    let last = Flags(&[0, 0, 0, 0, 0, 0, 0, 1]);
    let outcome = run(SPOT, bars(&[100; 8]), r#"{"native":"signals","entries":0}"#, &[last]);
    assert_eq!((outcome.fills.len(), outcome.orders.len()), (0, 1));
    let OrderState::Expired(reason) = &outcome.orders[0].state else { panic!("{:?}", outcome.orders[0].state) };
    assert_eq!(reason.code, ReasonCode::RunEnded);
}

#[test]
fn instruments_have_bars_and_signals_of_their_own() {
    let config = SPOT.replace(r#"[{"symbol":"A/B","lotSize":1}]"#, r#"[{"symbol":"A/B","lotSize":1},{"symbol":"C/B","lotSize":1}]"#);
    let store = add_bars(add_bars(Tape::new(), "C/B", &[10; 4]), "A/B", &[100; 8]).store();
    let both = r#"{"native":"signals","instruments":{"C/B":{"targets":0},"A/B":{"entries":1,"size":2}}}"#;
    let targets = Targets(&[WAIT, 7.0, 3.0, 3.0]);
    let outcome = run(&config, Arc::clone(&store), both, &[targets, IN]);
    let seen: Vec<_> = outcome.fills.iter().map(|fill| fill.instrument.0).zip(fills(&outcome)).collect();
    let expected = [(1, "2 +7 @10"), (0, "2 +2 @100"), (1, "3 -4 @10")];
    assert_eq!(seen.iter().map(|(at, fill)| (*at, fill.as_str())).collect::<Vec<_>>(), expected);
    for symbol in [r#""C/B""#, r#""c/b""#, "1", r#""x:C/B""#] {
        let strategy = format!(r#"{{"native":"signals","symbol":{symbol},"targets":0}}"#);
        assert_eq!(fills(&run(&config, Arc::clone(&store), &strategy, &[targets])), ["2 +7 @10", "3 -4 @10"]);
    }
}

#[test]
fn while_an_order_is_under_way_an_entry_is_passed_over_and_a_target_waits() {
    // A request takes 150 ns and so does the answer: an order of bar 0 (closed at 200) fills at 400, known at 550.
    let slow = cash().replace(r#""latency":0"#, r#""latency":"300ns""#);
    let store = bars(&[100; 12]);
    let entries = Flags(&[1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    let strategy = r#"{"native":"signals","entries":0,"size":1,"exclusive":false}"#;
    assert_eq!(fills(&run(&slow, Arc::clone(&store), strategy, &[entries])), ["3 +1 @100", "7 +1 @100"]);
    let targets = Targets(&[1.0, 1.0, 3.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]);
    let strategy = r#"{"native":"signals","targets":0}"#;
    assert_eq!(fills(&run(&slow, store, strategy, &[targets])), ["3 +1 @100", "7 +3 @100"]);
}

#[test]
fn tiled_data_have_their_bars_as_often() {
    let constant = common::constant(SPOT);
    let tiling = Tiling { passes: 2, period: 800 };
    let prepared = Arc::new(Prepared::new(constant, bars(&[100; 8]), tiling).expect("data and config fit"));
    let strategy = r#"{"native":"signals","entries":0,"exits":1}"#;
    let at = |bar: usize| -> Vec<u8> { (0..16).map(|at| u8::from(at == bar)).collect() };
    let outcome = run_on(Arc::clone(&prepared), strategy, &[Flags(&at(6)), Flags(&at(11))]);
    assert_eq!(fills(&outcome), ["7 +10 @100", "12 -10 @100"]);
    let error = read(&prepared, strategy, &[IN, OUT]).expect_err("too short");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidArgument, "strategy.entries"));
    assert_eq!(error.message, "the array has 8 values, but the instrument has 16 bars in the data");
}

#[test]
fn bad_signals_are_named() {
    let config = cash().replace(r#"[{"symbol":"A/B","lotSize":1}]"#, r#"[{"symbol":"A/B","lotSize":1},{"symbol":"C/B","lotSize":1}]"#);
    let store = add_bars(Tape::new(), "A/B", &[100; 3]).store();
    let prepared = prepare(&config, Arc::clone(&store));
    let spot = prepare(&config.replace("cash-settled", "spot"), store);
    let arrays = [
        Flags(&[0, 1, 0]),
        Flags(&[0, 1, 2]),
        Flags(&[0, 1]),
        Targets(&[WAIT, 1.0, WAIT]),
        Targets(&[0.0, f64::INFINITY, 1.0]),
        Targets(&[0.0, 0.0, 1e300]),
        Targets(&[WAIT, 1.0, -1.0]),
    ];
    for (fields, code, path) in [
        (r#""symbol":"A/B""#, Code::InvalidArgument, "strategy"),
        (r#""symbol":"A/B","exits":0"#, Code::InvalidArgument, "strategy"),
        (r#""entries":0"#, Code::InvalidArgument, "strategy.symbol"),
        (r#""symbol":"D/B","entries":0"#, Code::UnknownName, "strategy.symbol"),
        (r#""symbol":2,"entries":0"#, Code::InvalidArgument, "strategy.symbol"),
        (r#""symbol":"C/B","entries":0"#, Code::InvalidArgument, "strategy"),
        (r#""symbol":"A/B","entries":0,"exit":0"#, Code::UnknownName, "strategy.exit"),
        (r#""symbol":"A/B","entries":1"#, Code::InvalidArgument, "strategy.entries[2]"),
        (r#""symbol":"A/B","entries":0,"exits":2"#, Code::InvalidArgument, "strategy.exits"),
        (r#""symbol":"A/B","entries":9"#, Code::InvalidArgument, "strategy.entries"),
        (r#""symbol":"A/B","entries":3"#, Code::InvalidArgument, "strategy.entries"),
        (r#""symbol":"A/B","entries":0,"shortEntries":0"#, Code::InvalidArgument, "strategy.shortEntries[1]"),
        (r#""symbol":"A/B","entries":0,"targetsIn":"quote""#, Code::InvalidArgument, "strategy.targetsIn"),
        (r#""symbol":"A/B","entries":0,"size":0"#, Code::InvalidArgument, "strategy.size"),
        (r#""symbol":"A/B","entries":0,"size":0.5"#, Code::InvalidArgument, "strategy.size"),
        (r#""symbol":"A/B","entries":0,"size":"1.5""#, Code::InvalidArgument, "strategy.size"),
        (r#""symbol":"A/B","entries":0,"size":1e300"#, Code::InvalidArgument, "strategy.size"),
        (r#""symbol":"A/B","entries":0,"size":1e20"#, Code::Overflow, "strategy.size"),
        (r#""symbol":"A/B","entries":0,"size":{}"#, Code::InvalidArgument, "strategy.size"),
        (r#""symbol":"A/B","entries":0,"size":{"equity":-1}"#, Code::InvalidArgument, "strategy.size.equity"),
        (r#""symbol":"A/B","entries":0,"size":{"quote":1,"base":1}"#, Code::UnknownName, "strategy.size.base"),
        (r#""symbol":"A/B","entries":0,"exclusive":1"#, Code::InvalidArgument, "strategy.exclusive"),
        (r#""symbol":"A/B","targets":0"#, Code::InvalidArgument, "strategy.targets"),
        (r#""symbol":"A/B","targets":3"#, Code::InvalidArgument, "strategy.targets[2]"),
        (r#""symbol":"A/B","targets":4"#, Code::InvalidArgument, "strategy.targets[1]"),
        (r#""symbol":"A/B","targets":5"#, Code::Overflow, "strategy.targets[2]"),
        (r#""symbol":"A/B","targets":5,"targetsIn":"quote""#, Code::Overflow, "strategy.targets[2]"),
        (r#""symbol":"A/B","targets":6,"entries":0"#, Code::InvalidArgument, "strategy.entries"),
        (r#""symbol":"A/B","targets":6,"size":1"#, Code::InvalidArgument, "strategy.size"),
        (r#""symbol":"A/B","targets":6,"targetsIn":"lots""#, Code::InvalidArgument, "strategy.targetsIn"),
        (r#""instruments":{}"#, Code::InvalidArgument, "strategy.instruments"),
        (r#""instruments":{"A/B":{"entries":0}},"size":1"#, Code::InvalidArgument, "strategy.size"),
        (r#""instruments":{"A/B":{"entries":0},"x:A/B":{"entries":0}}"#, Code::AmbiguousName, "strategy.instruments.x:A/B"),
        (r#""instruments":{"A/B":{"targets":3}}"#, Code::InvalidArgument, "strategy.instruments.A/B.targets[2]"),
        (r#""instruments":{"A/B":{"entries":0,"symbol":0}}"#, Code::UnknownName, "strategy.instruments.A/B.symbol"),
        (r#""instruments":{"D/B":{"entries":0}}"#, Code::UnknownName, "strategy.instruments.D/B"),
    ] {
        let error = read(&prepared, &format!(r#"{{"native":"signals",{fields}}}"#), &arrays).expect_err(fields);
        assert_eq!((error.code, error.path.as_str()), (code, path), "{fields}: {error}");
    }
    for (fields, path) in [
        (r#""entries":0,"shortEntries":0"#, "strategy.shortEntries[1]"),
        (r#""shortEntries":0"#, "strategy.shortEntries[1]"),
        (r#""targets":6"#, "strategy.targets[2]"),
    ] {
        let error = read(&spot, &format!(r#"{{"native":"signals","symbol":0,{fields}}}"#), &arrays).expect_err(fields);
        assert_eq!((error.code, error.path.as_str()), (Code::InvalidArgument, path), "{fields}: {error}");
    }
    let without_data = Dynamic::read(&Field::root(&parse(r#"{"strategy":{"native":"signals","entries":0}}"#).expect("json")));
    assert_eq!(without_data.expect_err("no data").path, "strategy.native");
}
