//! How long requests and answers travel.

mod common;

use common::{Script, Seen, Tape, account, drive, dynamic, free, prepare, script, steady, steady_on, warnings};
use haggle_backtest::Run;
use haggle_engine::{Context, Draft};
use haggle_model::time::{MILLISECOND, Nanos};
use haggle_model::{InstrumentId, OrderNumber, Side, Size};
use std::sync::Arc;

const A: InstrumentId = InstrumentId(0);

fn rest(price: i64) -> Draft {
    Draft::limit(A, Side::Buy, Size::Lots(1), price)
}

/// Opens a resting order at 100, and cancels it as soon as it is known to be open.
fn open_and_cancel(ctx: &mut Context<'_>, seen: &Seen<'_>) {
    match seen {
        Seen::Book if ctx.now() == 100 => {
            ctx.submit(rest(90));
        }
        Seen::Account(bundle) if matches!(bundle[0].kind, haggle_model::OrderEventKind::Opened) => ctx.cancel(bundle[0].order),
        _ => {}
    }
}

#[test]
fn legs_apart() {
    let (_, log) = script(&free(r#"{"open":"30ns","cancel":"55ns","response":"7ns"}"#), steady([100, 1_000]).store(), open_and_cancel);
    assert_eq!(account(&log), ["137: #0 opened @130", "199: #0 cancelled Requested @192"]);
}

#[test]
fn a_round_trip_is_half_each_way() {
    let (_, log) = script(&free(r#""101ns""#), steady([100, 1_000]).store(), open_and_cancel);
    assert_eq!(account(&log), ["201: #0 opened @151", "302: #0 cancelled Requested @252"]);
}

#[test]
fn where_exchange_time_is_arrival_the_request_travels_all_the_way() {
    let (_, log) = script(&free(r#""100ns""#), steady_on(Tape::received(), [100, 1_000]).store(), open_and_cancel);
    assert_eq!(account(&log), ["200: #0 opened @200", "300: #0 cancelled Requested @300"]);
    let jitter = free(r#"{"open":"100ns","jitter":"50ns"}"#);
    let (_, log) = script(&jitter, steady_on(Tape::received(), [100, 1_000]).store(), open_and_cancel);
    for line in account(&log) {
        let (now, at) = line.split_once(": ").zip(line.split_once('@')).map(|((now, _), (_, at))| (now, at)).expect("a line");
        assert_eq!(now, at, "the answer takes no time there, not even jitter");
    }
}

#[test]
fn the_sample_is_such_data() {
    let store = Arc::new(haggle_data::sample::binance_spot().expect("the sample"));
    let config = r#"{"system":{"instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]},"balances":{"USDT":1000}}"#;
    let mut heard = Vec::new();
    let (outcome, _) = script(config, store, |ctx, seen| match seen {
        Seen::Trade(_) if ctx.engine.order_count() < 20 => drop(ctx.submit(Draft::market(ctx.instrument, Side::Buy, Size::Lots(1_000)))),
        Seen::Account(_) => heard.push(ctx.now()),
        _ => {}
    });
    let sent: Vec<Nanos> = outcome.orders.iter().map(|order| order.time).collect();
    assert_eq!(sent.len(), 20);
    assert_eq!(heard, sent.iter().map(|time| time + 100 * MILLISECOND).collect::<Vec<_>>(), "the default is 100 ms, all on the request");
    assert!(outcome.fills.iter().all(|fill| fill.time == sent[fill.order.index()] + 100 * MILLISECOND) && !outcome.fills.is_empty());
}

#[test]
fn no_fill_before_the_request_could_arrive() {
    let tape = |late| {
        Tape::new()
            .quote("A/B", (100, 100), (99, 10), (100, 10))
            .quote("A/B", (late, late), (119, 10), (120, 10))
            .quote("A/B", (500, 500), (99, 10), (100, 10))
            .store()
    };
    let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Book) && ctx.now() == 100 {
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(1)));
        }
    };
    let latency = free(r#"{"open":"50ns"}"#);
    let (outcome, _) = script(&latency, tape(150), act);
    assert_eq!((outcome.fills[0].price, outcome.fills[0].time), (120, 150), "a row of the instant of arrival comes first");
    let (outcome, _) = script(&latency, tape(151), act);
    assert_eq!((outcome.fills[0].price, outcome.fills[0].time), (100, 150));
}

#[test]
fn the_engine_hears_of_quotes_late_and_fills_at_what_the_exchange_has() {
    let store = Tape::new()
        .quote("A/B", (100, 140), (99, 10), (100, 10))
        .quote("A/B", (120, 160), (119, 10), (120, 10))
        .quote("A/B", (500, 540), (99, 10), (100, 10))
        .store();
    let (outcome, log) = script(&free("0"), store, |ctx, seen| {
        if matches!(seen, Seen::Book) && ctx.now() == 140 {
            assert_eq!((ctx.market().quote.bid, ctx.market().quote.ask), (99, 100));
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(1)));
        }
    });
    assert_eq!((outcome.fills[0].price, outcome.fills[0].time), (120, 140));
    assert_eq!(log[1..4], ["140: book", "140: #0 filled 1/1 at 120 @140", "160: book"]);
}

#[test]
fn a_cancel_does_not_overtake_its_order() {
    let (_, log) = script(&free(r#"{"open":"50ns","cancel":"5ns","response":"3ns"}"#), steady([100, 110, 1_000]).store(), |ctx, seen| {
        if matches!(seen, Seen::Book) && ctx.now() == 100 {
            ctx.submit(rest(90));
        } else if matches!(seen, Seen::Book) && ctx.now() == 110 {
            ctx.cancel(OrderNumber(0));
        }
    });
    assert_eq!(account(&log), ["153: #0 opened @150", "153: #0 cancelled Requested @150"]);
}

#[test]
fn feed_latency_is_a_multiple_of_the_last_arrival() {
    let store = Tape::new()
        .quote("A/B", (100, 110), (99, 10), (100, 10))
        .quote("A/B", (200, 240), (99, 10), (100, 10))
        .quote("A/B", (900, 905), (99, 10), (100, 10))
        .quote("A/B", (2_000, 2_000), (99, 10), (100, 10))
        .store();
    let (_, log) = script(&free(r#"{"feed":"2.5"}"#), store, |ctx, seen| {
        if matches!(seen, Seen::Book) && ctx.now() < 2_000 {
            ctx.submit(rest(90));
        }
    });
    assert_eq!(account(&log), ["160: #0 opened @135", "440: #1 opened @340", "929: #2 opened @917"]);
}

fn arrivals(config: &str, seed: u64) -> Vec<(Nanos, Nanos, Nanos)> {
    let mut heard = Vec::new();
    let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| match seen {
        Seen::Book if ctx.now() <= 1_000 => {
            ctx.submit(rest(50));
        }
        Seen::Account(bundle) => heard.extend(bundle.iter().map(|event| (event.order, event.time, ctx.now()))),
        _ => {}
    };
    let run = Run::new(
        prepare(config, steady((1..=100).map(|i| i * 10).chain([9_000])).store()),
        dynamic(&format!(r#"{{"strategy":"javascript","seed":{seed}}}"#)),
        Script { act, log: Vec::new() },
    );
    let (outcome, _) = drive(run.expect("a run"), 1_000).expect("no error");
    assert_eq!(heard.len(), 100);
    heard.iter().map(|(order, time, now)| (outcome.orders[order.index()].time, *time, *now)).collect()
}

#[test]
fn jitter_is_seeded_and_keeps_the_order() {
    let config = free(r#"{"open":"40ns","response":"20ns","jitter":"60ns"}"#);
    let first = arrivals(&config, 1);
    assert_eq!(first, arrivals(&config, 1));
    assert_ne!(first, arrivals(&config, 2));
    let (mut at_exchange, mut at_engine) = (0, 0);
    for (sent, arrived, heard) in &first {
        assert!(*arrived >= at_exchange && *heard >= at_engine, "first in, first out");
        let in_time =
            |from: Nanos, to: Nanos, constant: Nanos, before: Nanos| to - from >= constant && (to - from <= constant + 60 || to == before);
        assert!(in_time(*sent, *arrived, 40, at_exchange) && in_time(*arrived, *heard, 20, at_engine), "{sent} {arrived} {heard}");
        (at_exchange, at_engine) = (*arrived, *heard);
    }
    let delays: Vec<Nanos> = first.iter().map(|(sent, arrived, _)| arrived - sent).collect();
    assert!(delays.iter().any(|delay| *delay < 60) && delays.iter().any(|delay| *delay > 80), "{delays:?}");
    let constant = free(r#"{"open":"40ns","response":"20ns"}"#);
    assert_eq!(arrivals(&constant, 1), arrivals(&constant, 2), "without jitter nothing depends on the seed");
}

#[test]
fn on_bars_latency_below_one_bar_counts_as_zero() {
    let mut tape = Tape::new();
    for i in 1..=20 {
        tape = tape.bar("A/B", (i * 100, i * 100 + 100), [i * 10, i * 10 + 5, i * 10 - 5, i * 10]);
        if i % 4 == 0 {
            tape = tape.bar("C/B", (i * 100 - 300, i * 100 + 100), [i, i, i, i]);
        }
    }
    let store = tape.store();
    let config = |latency: &str| free(latency).replace(r#"["A/B"]"#, r#"["A/B","C/B"]"#);
    let both = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Bar(_)) && ctx.now() == 500 && ctx.instrument == A {
            ctx.submit(Draft::market(A, Side::Buy, Size::Lots(1)));
            ctx.submit(Draft::market(InstrumentId(1), Side::Buy, Size::Lots(1)));
        }
    };
    let fills = |latency: &str| {
        let (outcome, _) = script(&config(latency), Arc::clone(&store), both);
        let fills: Vec<(u16, Nanos, i64)> = outcome.fills.iter().map(|fill| (fill.instrument.0, fill.time, fill.price)).collect();
        (fills, warnings(&outcome).contains(&"BAR_LATENCY".to_owned()))
    };
    assert_eq!(fills("0"), (vec![(0, 500, 50), (1, 500, 8)], false));
    assert_eq!(fills(r#"{"open":"99ns"}"#), (vec![(0, 500, 50), (1, 500, 8)], true));
    assert_eq!(fills(r#"{"open":"50ns","jitter":"40ns"}"#), (vec![(0, 500, 50), (1, 500, 8)], true));
    assert!(fills(r#"{"open":"50ns","jitter":"60ns"}"#).0[0].1 > 500, "it may take longer than a bar");
    // A whole short bar: the first open at or after arrival. The long one's request waits behind it on the same connection.
    assert_eq!(fills(r#"{"open":"100ns"}"#), (vec![(0, 600, 60), (1, 900, 12)], true));
    assert_eq!(fills(r#"{"open":"401ns"}"#), (vec![(0, 1_000, 100), (1, 1_300, 16)], false));
}
