//! A run that goes over many rows at once comes to what one comes to that takes every row by itself.
//!
//! Where no order works, the engine goes ahead, exchanges skip what is not looked at, and ranges of marks say whether an account
//! has equity left. An order that works in every market, at a price that is never reached, keeps a run from all of that.

#[path = "../../backtest/tests/common/mod.rs"]
mod common;

use common::{FOREIGN, Script, Seen, Tape, drive, dynamic};
use haggle_backtest::{Prepared, Run, Tiling};
use haggle_engine::{Context, Draft};
use haggle_live::Live;
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{InstrumentId, Side, Size};
use proptest::prelude::*;
use std::sync::Arc;

const SYMBOLS: [&str; 2] = ["A/Q", "B/Q"];

/// What comes next, after how long, with what latency, at about which price.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Quote,
    OneSided,
    Print(Side),
    Gap,
}

type Spec = (usize, Kind, i64, i64, i64, i64);

/// Before the last row, so that all that was sent has arrived by then.
const PAUSE: Nanos = 1_000;

/// What a strategy does, and at which of its calls.
type Act = (usize, usize, u8, i64);

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        6 => Just(Kind::Quote),
        1 => Just(Kind::OneSided),
        2 => Just(Kind::Print(Side::Buy)),
        2 => Just(Kind::Print(Side::Sell)),
        1 => Just(Kind::Gap),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Spec>> {
    let latency = prop_oneof![3 => Just(0i64), 1 => 0..300i64];
    prop::collection::vec((0..2usize, kind(), 0..20i64, latency, 60..140i64, 1..6i64), 2..120)
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec((0..200usize, 0..2usize, 0..6u8, 60..140i64), 0..8)
}

fn ticks(rows: &[Spec]) -> Tape {
    let mut now = 1_000;
    let tape = rows.iter().fold(Tape::new(), |tape, (at, kind, gap, latency, price, size)| {
        now += gap;
        let (symbol, stamps) = (SYMBOLS[*at], (now, now + latency));
        match kind {
            Kind::Quote => tape.quote(symbol, stamps, (*price, *size), (price + 1, *size)),
            Kind::OneSided => tape.quote(symbol, stamps, (*price, *size), (price + 1, 0)),
            Kind::Print(side) => tape.trade(symbol, stamps, *side, *price, *size),
            Kind::Gap => tape.gap(symbol, stamps),
        }
    });
    let end = now + 2 * PAUSE;
    tape.quote(SYMBOLS[0], (end, end), (100, 1), (101, 1)).quote(SYMBOLS[1], (end, end), (100, 1), (101, 1))
}

/// Bars without holes, of two instruments and two lengths.
fn bars(closes: &[(i64, i64)]) -> Tape {
    let mut opens = [100, 100];
    (1..).zip(closes).fold(Tape::new(), |mut tape, (number, (a, b))| {
        for (at, close, length) in [(0, *a, 60), (1, *b, 120)] {
            if number % (length / 60) == 0 {
                let (open, end) = (opens[at], number * 60);
                tape = tape.bar(SYMBOLS[at], (end - length, end), [open, open.max(close) + 1, open.min(close) - 1, close]);
                opens[at] = close + 1;
            }
        }
        tape
    })
}

/// What came of a run: fills, equity, and what the strategy was told.
#[derive(Debug, PartialEq)]
struct Result {
    fills: Vec<String>,
    equity: String,
    log: Vec<String>,
}

/// What a strategy does that acts so, up to a time. `is_slow`: the orders that were sent at the start go on working.
fn script(acts: &[Act], is_slow: bool, until: Nanos) -> Script<impl FnMut(&mut Context<'_>, &Seen<'_>)> {
    let mut calls = 0;
    let act = move |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Start) {
            for at in 0..2 {
                let number = ctx.submit(Draft::limit(InstrumentId(at), Side::Buy, Size::Lots(1), 1));
                if !is_slow {
                    ctx.cancel(number);
                }
            }
        }
        if matches!(seen, Seen::Account(_) | Seen::Timer(_)) || ctx.now() >= until {
            return;
        }
        for (_, at, what, price) in acts.iter().filter(|(call, ..)| *call == calls) {
            let instrument = InstrumentId(*at as u16);
            let size = Size::Lots(1 + price % 7);
            match what {
                0 => drop(ctx.submit(Draft::market(instrument, Side::Buy, size))),
                1 => drop(ctx.submit(Draft::market(instrument, Side::Sell, size))),
                2 => drop(ctx.submit(Draft::limit(instrument, Side::Buy, size, *price))),
                3 => drop(ctx.submit(Draft::limit(instrument, Side::Sell, size, *price))),
                4 => ctx.timer(price - 60, 0).expect("a timer"),
                _ => {
                    let sent: Vec<_> = ctx.engine.markets[*at].open_orders.iter().copied().filter(|number| number.0 > 1).collect();
                    for number in sent {
                        ctx.cancel(number);
                    }
                }
            }
        }
        calls += 1;
    };
    Script { act, log: Vec::new() }
}

/// A run that goes by so many steps.
fn result(prepared: &Arc<Prepared>, acts: &[Act], steps: u64, is_slow: bool) -> Result {
    let run = Run::new(Arc::clone(prepared), dynamic(FOREIGN), script(acts, is_slow, NEVER)).expect("a run");
    let (outcome, script) = drive(run, steps).expect("no error");
    // An account that loses everything at a mark is closed at that very mark.
    let is_closed = common::warnings(&outcome).iter().any(|warning| warning == "ACCOUNT_CLOSED");
    assert!(is_closed || outcome.equity.iter().all(|sample| sample.value > 0.0), "an account without equity goes on");
    let fills = outcome.fills.iter().map(|fill| format!("{fill:?}")).collect();
    // What becomes of the first two orders differs, and so does when an account without equity is found to have none left to lock.
    let log = script.log.into_iter().filter(|line| !line.contains("#0 ") && !line.contains("#1 ")).collect();
    Result { fills, equity: format!("{:?}", outcome.equity), log }
}

/// What a system that is fed all rows comes to, which takes them one by one, in each of its two worlds.
fn check_by_turns(prepared: &Arc<Prepared>, acts: &[Act]) -> std::result::Result<(), TestCaseError> {
    // It cannot know that no row comes any more.
    let until = prepared.store.rows.last().map_or(NEVER, |row| row.time) - PAUSE;
    for is_slow in [false, true] {
        let mut live = Live::new(&prepared.setup, dynamic(FOREIGN), script(acts, is_slow, until), None).expect("a system");
        live.feed_store(&prepared.store).expect("good rows");
        let (by_turns, told) = live.finish().expect("no error");
        for steps in [1, 3, u64::MAX] {
            let run = Run::new(Arc::clone(prepared), dynamic(FOREIGN), script(acts, is_slow, until)).expect("a run");
            let (outcome, script) = drive(run, steps).expect("no error");
            prop_assert_eq!(&script.log, &told.log);
            prop_assert_eq!(&outcome.fills, &by_turns.fills);
            prop_assert_eq!(&outcome.orders, &by_turns.orders);
            prop_assert_eq!(&outcome.result_hash, &by_turns.result_hash);
        }
    }
    Ok(())
}

fn check(tape: Tape, config: &str, acts: &[Act], passes: u32) -> std::result::Result<(), TestCaseError> {
    let tiling = Tiling { passes, period: 1_000_000 };
    let prepared = Arc::new(Prepared::new(common::constant(config), tape.store(), tiling).expect("data and config fit"));
    if passes == 1 {
        check_by_turns(&prepared, acts)?;
    }
    let slow = result(&prepared, acts, u64::MAX, true);
    for steps in [1, 3, u64::MAX] {
        prop_assert_eq!(&result(&prepared, acts, steps, false), &slow);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_quotes_and_prints(rows in rows(), acts in acts(), latency in 0..40i64, passes in 1..3u32) {
        let config = format!(
            r#"{{"system":{{"instruments":["A/Q","B/Q"],"latency":{{"open":"{latency}ns","response":"7ns"}}}},
                "balances":{{"Q":100000,"A":20,"B":20}},"sampleInterval":"50ns"}}"#
        );
        check(ticks(&rows), &config, &acts, passes)?;
    }

    /// So little money, and so wild prices, that accounts are closed.
    #[test]
    fn of_accounts_that_may_go_bankrupt(rows in rows(), acts in acts(), money in 50..900i64) {
        let config = format!(
            r#"{{"system":{{"instruments":["A/Q","B/Q"],"account":"cash-settled","leverage":5,"latency":0}},
                "balances":{{"Q":{money}}},"sampleInterval":"10ns"}}"#
        );
        check(ticks(&rows), &config, &acts, 1)?;
    }

    #[test]
    fn of_bars(closes in prop::collection::vec((60..140i64, 60..140i64), 4..60), acts in acts(), money in 50..900i64, spot: bool) {
        // On spot, what the first orders reserve must not decide about others.
        let (account, money) = if spot { ("spot", 100_000) } else { ("cash-settled", money) };
        let config = format!(
            r#"{{"system":{{"instruments":["A/Q","B/Q"],"account":"{account}","latency":0}},"balances":{{"Q":{money}}},"sampleInterval":"170ns"}}"#
        );
        check(bars(&closes), &config, &acts, 2)?;
    }
}
