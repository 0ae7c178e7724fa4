//! What happens at one instant, in which order; timers; a strategy that answers itself for ever.

mod common;

use common::{FOREIGN, Script, Seen, Tape, drive, dynamic, free, prepare, script, steady};
use haggle_backtest::Run;
use haggle_engine::{Context, Draft, Halt};
use haggle_model::{Code, InstrumentId, Side, Size, TimeInForce};

const A: InstrumentId = InstrumentId(0);

#[test]
fn each_stage_runs_until_it_is_empty() {
    let store = Tape::new()
        .quote("A/B", (5, 5), (100, 10), (101, 10))
        .quote("A/B", (10, 10), (100, 10), (102, 10))
        .trade("A/B", (10, 10), Side::Sell, 99, 5)
        .quote("A/B", (20, 20), (100, 10), (102, 10))
        .store();
    let (_, log) = script(&free("0"), store, |ctx, seen| match seen {
        Seen::Start => {
            ctx.timer(5, 1).expect("a time");
            ctx.submit(Draft::limit(A, Side::Buy, Size::Lots(2), 100));
        }
        Seen::Book if ctx.now() == 10 => {
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(1)));
        }
        Seen::Timer(1) => ctx.timer(0, 2).expect("a time"),
        _ => {}
    });
    let expected = [
        "5: start",
        "5: book",
        "5: #0 opened @5",
        // Both rows have been applied, and the print has filled the resting order, before the engine hears of the first.
        "10: book",
        "10: trade 99 x 5",
        "10: #0 filled 2/2 at 100 @10",
        "10: timer 1",
        // The second round: what was sent without latency, then what the timer set.
        "10: #1 filled 1/1 at 102 @10",
        "10: timer 2",
        "20: book",
        "20: stop",
    ];
    assert_eq!(log, expected);
}

#[test]
fn what_a_row_causes_waits_for_the_other_rows_of_its_instant() {
    // Nothing but rows stands at this instant, so the clock did not have to go through its stages to get there.
    let store = Tape::new()
        .quote("A/B", (5, 9), (100, 10), (101, 10))
        .quote("A/B", (6, 9), (100, 10), (102, 10))
        .quote("A/B", (20, 20), (100, 10), (102, 10))
        .store();
    let mut asks = Vec::new();
    let (_, log) = script(&free("0"), store, |ctx, seen| {
        if matches!(seen, Seen::Book) && ctx.now() == 9 {
            asks.push(ctx.market().quote.ask);
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(1)));
            ctx.timer(0, asks.len() as u32).expect("a time");
        }
    });
    let expected = [
        "5: start",
        "9: book",
        "9: book",
        "9: timer 1",
        "9: timer 2",
        "9: #0 filled 1/1 at 102 @9",
        "9: #1 filled 1/1 at 102 @9",
        "20: book",
        "20: stop",
    ];
    assert_eq!(log, expected);
    assert_eq!(asks, [101, 102]);
}

#[test]
fn rows_come_before_expiries_and_those_before_requests() {
    let until = |time| TimeInForce::GoodUntil(time);
    let limit = |price, time| Draft { time_in_force: until(time), ..Draft::limit(A, Side::Buy, Size::Lots(1), price) };
    let store = Tape::new()
        .quote("A/B", (5, 5), (90, 10), (101, 10))
        .trade("A/B", (10, 10), Side::Sell, 89, 5)
        .quote("A/B", (15, 15), (90, 10), (101, 10))
        .store();
    let (_, log) = script(&free("0"), store, |ctx, seen| match seen {
        Seen::Start => {
            ctx.submit(limit(90, 10));
            ctx.submit(limit(80, 10));
        }
        Seen::Trade(_) => {
            ctx.cancel(haggle_model::OrderNumber(1));
        }
        _ => {}
    });
    let events = common::account(&log);
    assert_eq!(
        events,
        [
            "5: #0 opened @5",
            "5: #1 opened @5",
            // The row of that instant still fills; the other order is over when the cancel of that instant arrives.
            "10: #0 filled 1/1 at 90 @10",
            "10: #1 expired TimeInForceEnded @10",
            "10: #1 cancel refused OrderAlreadyCancelled @10",
        ]
    );
}

#[test]
fn timers_fire_by_time_then_by_creation_and_see_what_has_arrived() {
    let store = Tape::new()
        .quote("A/B", (10, 12), (100, 1), (101, 1))
        .quote("A/B", (20, 25), (200, 1), (201, 1))
        .quote("A/B", (40, 40), (300, 1), (301, 1))
        .store();
    let mut bids = Vec::new();
    let (_, log) = script(&free("0"), store, |ctx, seen| match seen {
        Seen::Start => {
            for (after, tag) in [(14, 1), (13, 2), (14, 3), (0, 4), (29, 5), (30, 6), (31, 7)] {
                ctx.timer(after, tag).expect("a time");
            }
            assert!(ctx.timer(-1, 0).is_err());
            assert!(ctx.timer(i64::MAX, 0).is_err());
        }
        Seen::Timer(tag) => bids.push((*tag, ctx.market().quote.bid)),
        _ => {}
    });
    let expected = [
        "10: start",
        "10: timer 4",
        "12: book",
        "23: timer 2",
        "24: timer 1",
        "24: timer 3",
        "25: book",
        "39: timer 5",
        "40: book",
        "40: stop",
    ];
    assert_eq!(log, expected, "with the last row the time for timers is over");
    assert_eq!(bids, [(4, 0), (2, 100), (1, 100), (3, 100), (5, 200)]);
}

fn livelock(latency: &str, act: impl FnMut(&mut Context<'_>, &Seen<'_>)) -> Result<(), Halt> {
    let run =
        Run::new(prepare(&free(latency), steady([10, 1_000]).store()), dynamic(FOREIGN), Script { act, log: Vec::new() }).expect("a run");
    drive(run, 100).map(drop)
}

#[test]
fn a_strategy_that_answers_itself_is_stopped() {
    // An order of nothing is refused, and the refusal is an event.
    let answer = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Book | Seen::Account(_)) {
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(0)));
        }
    };
    let Err(Halt::Error(error)) = livelock("0", answer) else { panic!("no error") };
    assert_eq!(error.code, Code::Livelock);
    let timers = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Book | Seen::Timer(_)) {
            ctx.timer(0, 1).expect("a time");
        }
    };
    let Err(Halt::Error(error)) = livelock("0", timers) else { panic!("no error") };
    assert_eq!(error.code, Code::Livelock);
    // Time passes between question and answer, and the data end.
    assert!(livelock(r#"{"open":"1ns"}"#, answer).is_ok());
}
