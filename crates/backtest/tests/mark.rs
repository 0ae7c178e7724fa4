//! The mark of every kind of data, at the exchange, at the engine, and in equity: one rule, one table.

mod common;

use common::{Seen, constant, script};
use haggle_backtest::Prepared;
use haggle_data::{BuildOptions, Builder, ExchangeTime, Num, Stamps, Store};
use haggle_engine::MarketView;
use haggle_exchange::{Exchange, Setup};
use haggle_model::time::{NEVER, Nanos, SECOND};
use haggle_model::{Feed, MarketEvent, Side};
use std::sync::Arc;

/// Rows a second apart, and the mark after each; `-`: there is none yet. Sizes of quotes are 1, but for a side that is not there.
const TABLE: &[(&str, &[(&str, &str)])] = &[
    ("quotes", &[("quote 99 101", "100"), ("quote 98 101", "99.5"), ("quote - 101", "99.5"), ("gap", "99.5"), ("quote 97 99", "98")]),
    ("half a quote first", &[("quote - 101", "-"), ("quote 99 101", "100")]),
    ("trades", &[("trade 50", "50"), ("trade 52", "52"), ("gap", "52"), ("trade 51", "51")]),
    ("trades before the first quote", &[("trade 50", "50"), ("trade 52", "52"), ("quote 99 101", "100"), ("trade 80", "100")]),
    ("quotes with trades", &[("quote 99 101", "100"), ("trade 80", "100"), ("gap", "100"), ("trade 70", "100"), ("quote 60 62", "61")]),
    ("a book", &[("snapshot 99 101", "100"), ("update 98 -", "99.5"), ("quote 97 99", "98"), ("gap", "98"), ("snapshot 80 90", "85")]),
    ("a book before its snapshot", &[("quote 97 99", "-"), ("snapshot 99 101", "100"), ("update 98 -", "99.5")]),
    ("a book after trades", &[("trade 50", "50"), ("snapshot 99 101", "100"), ("trade 60", "100")]),
    ("bars", &[("bar 10 12 9 11", "11"), ("bar 11 15 11 14", "14")]),
    ("bars beside trades say nothing", &[("trade 50", "50"), ("bar 10 12 9 11", "50"), ("trade 51", "51")]),
    ("bars beside quotes say nothing", &[("bar 10 12 9 11", "-"), ("quote 99 101", "100"), ("bar 10 12 9 11", "100")]),
];

fn num(value: i64) -> Num {
    Num::new(value, 0).expect("a small number")
}

fn number(text: &str) -> Option<i64> {
    (text != "-").then(|| text.parse().expect("a number"))
}

fn store(rows: &[(&str, &str)]) -> Arc<Store> {
    let mut builder = Builder::new(BuildOptions { exchange_time: Some(ExchangeTime::Venue), ..BuildOptions::default() });
    let place = builder.instrument("A/Q", None).expect("room");
    for (time, (row, _)) in (1..).zip(rows) {
        let stamps = Stamps { exchange: Some(time * SECOND), received: Some(time * SECOND) };
        let words: Vec<&str> = row.split(' ').collect();
        let side = |at: usize| number(words[at]).map(|price| (num(price), num(1)));
        match words[0] {
            "quote" => builder.quote(place, stamps, side(1), side(2)),
            "trade" => builder.trade(place, stamps, Some(Side::Buy), num(number(words[1]).expect("a price")), num(1)),
            "gap" => builder.gap(place, stamps),
            "bar" => {
                let [open, high, low, close] = [1, 2, 3, 4].map(|at| num(number(words[at]).expect("a price")));
                builder.bar(place, (time - 1) * SECOND + SECOND / 2, time * SECOND, [open, high, low, close, num(1)])
            }
            kind => {
                let is_snapshot = kind == "snapshot";
                builder.message(place, stamps, is_snapshot).expect("a message");
                let levels = [(Side::Buy, number(words[1])), (Side::Sell, number(words[2]))];
                // An update of a bid takes the best one away, and shows another.
                let gone = (!is_snapshot).then_some((Side::Buy, 99, 0));
                let shown = levels.into_iter().filter_map(|(side, price)| Some((side, price?, 1)));
                gone.into_iter()
                    .chain(shown)
                    .try_for_each(|(side, price, size)| builder.level(place, stamps, is_snapshot, side, num(price), num(size)))
            }
        }
        .expect("a good row");
    }
    Arc::new(builder.finish().expect("good data"))
}

const CONFIG: &str =
    r#"{"system":{"instruments":[{"symbol":"A/Q","tickSize":1,"lotSize":1}],"latency":0},"balances":{"A":1,"Q":0},"sampleInterval":"1s"}"#;

#[test]
fn the_mark_is_one_at_exchange_engine_and_equity() {
    for (name, rows) in TABLE {
        let store = store(rows);
        let prepared = Prepared::new(constant(CONFIG), Arc::clone(&store), haggle_backtest::Tiling::ONCE).expect("it fits");
        let spec = prepared.setup.specs[0][0].clone();
        let tick = spec.tick;
        let mut exchange = Exchange::new(Setup {
            execution: prepared.setup.constant.system.exchanges[0].execution.clone(),
            specs: vec![spec],
            assets: vec!["A".to_owned(), "Q".to_owned()],
            balances: Vec::new(),
            fee_asset: None,
            last_time: NEVER,
        })
        .expect("an exchange");
        let mut view = MarketView::new(prepared.setup.market_specs[0].clone());
        let mut seen_by_strategy = Vec::new();
        let (outcome, _) = script(CONFIG, Arc::clone(&store), |ctx, seen| {
            if matches!(seen, Seen::Book | Seen::Trade(_) | Seen::Bar(_)) {
                seen_by_strategy.push((ctx.now(), ctx.market().mark()));
            }
        });
        // Equity before the first mark counts at that mark.
        let first = rows.iter().find_map(|(_, mark)| mark.parse::<f64>().ok()).expect("a mark");
        for (at, (row, (text, mark))) in store.rows.iter().zip(*rows).enumerate() {
            let event = store.event_of(at, row, row.time);
            if let MarketEvent::Bar(bar) = &event
                && view.feed == Feed::Bars
            {
                exchange
                    .apply(0, &MarketEvent::BarOpen { price: bar.open, volume: bar.volume, time: bar.time_open }, bar.time_open)
                    .expect("an open");
                assert_eq!(exchange.markets()[0].mark_f64(), tick.f64(bar.open), "{name}: the open of {text}");
            }
            exchange.apply(0, &event, row.time).expect("a row");
            view.apply(&event);
            let expected = mark.parse::<f64>().unwrap_or(f64::NAN);
            let same = |found: f64| found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
            assert!(same(exchange.markets()[0].mark_f64()), "{name}: {text} at the exchange: {}", exchange.markets()[0].mark_f64());
            assert!(same(view.mark()), "{name}: {text} at the engine: {}", view.mark());
            if let Some((_, found)) = seen_by_strategy.iter().find(|(time, _)| *time == row.time) {
                assert!(same(*found), "{name}: {text} in a strategy: {found}");
            }
            let sampled: Vec<f64> = outcome.equity.iter().filter(|sample| sample.time == row.time).map(|sample| sample.value).collect();
            let worth = if expected.is_nan() { first } else { expected };
            assert!(sampled.last().is_none_or(|value| *value == worth), "{name}: {text} in equity: {sampled:?}");
        }
        let last: Nanos = store.rows.last().expect("a row").time;
        assert!(outcome.equity.iter().any(|sample| sample.time == last), "{name}: equity is sampled at the end");
    }
}
