//! Nothing is seen early, and nothing is answered before it could be.

mod common;

use common::{FOREIGN, Script, Seen, Tape, drive, dynamic, prepare};
use haggle_backtest::Run;
use haggle_engine::{Context, Draft};
use haggle_model::time::Nanos;
use haggle_model::{InstrumentId, OrderEventKind, Side, Size};
use proptest::prelude::*;

const SYMBOLS: [&str; 2] = ["A/Q", "B/Q"];

/// One row: instrument, exchange time, arrival, and a quote's bid and spread or a print.
#[derive(Clone, Copy, Debug)]
struct Spec {
    at: usize,
    exchange: Nanos,
    received: Nanos,
    bid: i64,
    spread: i64,
    print: Option<Side>,
}

/// What one market looks like: bid, ask, last.
type View = [(i64, i64, i64); 2];

fn rows() -> impl Strategy<Value = Vec<Spec>> {
    let row = (
        0..2usize,
        0..25i64,
        prop_oneof![Just(0i64), 0..200i64],
        50..150i64,
        0..4i64,
        prop_oneof![Just(None), Just(Some(Side::Buy)), Just(Some(Side::Sell))],
    );
    prop::collection::vec(row, 2..60).prop_map(|list| {
        let mut time = 1_000;
        let place = |(at, gap, latency, bid, spread, print)| {
            time += gap;
            Spec { at, exchange: time, received: time + latency, bid, spread, print }
        };
        list.into_iter().map(place).collect()
    })
}

fn tape(rows: &[Spec]) -> Tape {
    rows.iter().fold(Tape::new(), |tape, row| {
        let stamps = (row.exchange, row.received);
        match row.print {
            Some(side) => tape.trade(SYMBOLS[row.at], stamps, side, row.bid, 3),
            None => tape.quote(SYMBOLS[row.at], stamps, (row.bid, 5), (row.bid + row.spread, 5)),
        }
    })
}

fn apply(view: &mut View, row: &Spec) {
    let market = &mut view[row.at];
    if row.print.is_some() {
        market.2 = row.bid;
    } else {
        (market.0, market.1) = (row.bid, row.bid + row.spread);
    }
}

fn look(ctx: &Context<'_>, ids: [InstrumentId; 2]) -> View {
    ids.map(|id| {
        let market = &ctx.engine.markets[id.index()];
        (market.quote.bid, market.quote.ask, market.last)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_call_sees_what_has_arrived_and_no_more(rows in rows(), open in 0..40i64, response in 0..40i64, every in 1..5usize) {
        // By arrival, rows of one instant in load order.
        let mut arrivals = rows.clone();
        arrivals.sort_by_key(|row| row.received);
        let names: Vec<String> = SYMBOLS.iter().map(|symbol| format!("{symbol:?}")).collect();
        let config = format!(
            r#"{{"system":{{"instruments":[{}],"fees":{{"maker":0,"taker":0}},"fills":{{"spread":0}},
                "latency":{{"open":"{open}ns","response":"{response}ns"}}}},"balances":{{"Q":1000000}},
                "sampleInterval":"10ns"}}"#,
            names.join(",")
        );
        let ids = [InstrumentId(0), InstrumentId(1)];
        let mut delivered = 0;
        let mut view = View::default();
        let mut sent: Vec<Nanos> = Vec::new();
        let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
            let now = ctx.now();
            match seen {
                Seen::Start => assert_eq!(now, rows.iter().map(|row| row.exchange).min().expect("rows")),
                Seen::Book | Seen::Trade(_) => {
                    let row = &arrivals[delivered];
                    assert_eq!((now, ctx.instrument.index()), (row.received, row.at));
                    apply(&mut view, row);
                    delivered += 1;
                    if delivered % every == 0 && ctx.engine.refuses.is_none() {
                        let side = if delivered % 2 == 0 { Side::Buy } else { Side::Sell };
                        let limit = Draft::limit(ctx.instrument, Side::Buy, Size::Lots(2), row.bid);
                        ctx.submit(if delivered % 3 == 0 { limit } else { Draft::market(ctx.instrument, side, Size::Lots(1)) });
                        ctx.timer(open, 1).expect("a time");
                        sent.push(now);
                    }
                }
                Seen::Account(bundle) => {
                    for event in *bundle {
                        assert_eq!(event.time + response, now, "constant latency");
                        assert!(event.time >= sent[event.order.index()] + open);
                        if let OrderEventKind::Filled(fill) = &event.kind {
                            assert!(fill.price >= 50 && fill.price <= 153);
                        }
                    }
                    assert!(bundle.last().expect("an event").ends_bundle);
                }
                Seen::Bar(_) | Seen::Timer(_) | Seen::Stop => {}
            }
            if !matches!(seen, Seen::Start | Seen::Book | Seen::Trade(_)) {
                assert_eq!(delivered, arrivals.iter().filter(|row| row.received <= now).count(), "rows come first at {now}");
            }
            assert!(arrivals[delivered..].iter().all(|row| row.received >= now));
            assert_eq!(look(ctx, ids), view);
        };
        let run = Run::new(prepare(&config, tape(&rows).store()), dynamic(FOREIGN), Script { act, log: Vec::new() }).expect("a run");
        let (outcome, _) = drive(run, 3).expect("no error");
        prop_assert_eq!(delivered, rows.len());
        prop_assert_eq!(outcome.events as usize, rows.len());
        prop_assert!(outcome.equity.is_sorted_by_key(|row| row.time));
        // Every fill is at a price that the exchange had at that very time.
        for fill in &outcome.fills {
            let symbol = fill.instrument.index();
            let known = rows.iter().filter(|row| row.at == symbol && row.exchange <= fill.time);
            let mut shown = known.flat_map(|row| [row.bid, if row.print.is_some() { row.bid } else { row.bid + row.spread }]);
            let limit = outcome.orders[fill.order.index()].price;
            prop_assert!(shown.any(|price| price == fill.price || limit == fill.price), "{:?}", fill);
            prop_assert!(fill.time <= rows.last().expect("rows").exchange);
        }
    }
}
