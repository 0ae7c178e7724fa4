//! The grid of returns, against its definition: boundaries are multiples since the epoch, a period without a row makes no
//! return, and what lies before the first boundary or after the last is a return of its own if equity changed there.
//!
//! These tests pinned another rule before: nothing before the first boundary or after the last counted, and under `Annual252` a year
//! had 252 returns times returns over days on every grid. A loss could fall out of every ratio that way, and a grid of weeks was
//! counted as one of days.

mod common;

use common::{FOREIGN, Script, Seen, Tape, drive, dynamic, prepare, script};
use haggle_backtest::Run;
use haggle_engine::{Context, Draft};
use haggle_model::time::{DAY, HOUR, Nanos, SECOND};
use haggle_model::{InstrumentId, Side, Size};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn config(grid: &str) -> String {
    format!(
        r#"{{"system":{{"instruments":["A/B"],"fees":{{"maker":0,"taker":0}},"latency":0}},"balances":{{"B":100000}},
            "summaryInterval":"Annual252","sampleInterval":"{grid}"}}"#
    )
}

/// Price after a row: anything that is never the same twice.
fn price(time: Nanos) -> i64 {
    500 + (time / HOUR * 37) % 101
}

fn buy_once(ctx: &mut Context<'_>, seen: &Seen<'_>) {
    if matches!(seen, Seen::Book) && ctx.engine.order_count() == 0 {
        ctx.submit(Draft::market(InstrumentId(0), Side::Buy, Size::Lots(100)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn returns_and_days_are_those_of_the_definition(start in 0..400i64, gaps in prop::collection::vec(prop_oneof![1..5i64, 1..40i64, 40..200i64], 2..60), grid in 1..400i64) {
        let mut time = start;
        let times: Vec<Nanos> = std::iter::once(0).chain(gaps).map(|gap| { time += gap; time * HOUR }).collect();
        let tape = times.iter().fold(Tape::new(), |tape, time| tape.quote("A/B", (*time, *time), (price(*time), 1_000), (price(*time), 1_000)));
        let run = Run::new(prepare(&config(&format!("{grid}h")), tape.store()), dynamic(FOREIGN), Script { act: buy_once, log: Vec::new() }).expect("a run");
        let (outcome, _) = drive(run, 100).expect("no error");

        let (step, last) = (grid * HOUR, *times.last().expect("times"));
        let up = |time: Nanos, step: Nanos| -(-time).div_euclid(step) * step;
        let first_boundary = up(times[0], step);
        let last_boundary = last.div_euclid(step) * step;
        // Every period with a row ends at a boundary that is sampled.
        let ends: BTreeSet<Nanos> = times.iter().map(|time| up(*time, step)).filter(|end| *end <= last_boundary).collect();
        let worth = |time: Nanos| times.iter().rfind(|row| **row <= time).map_or(0, |row| price(*row)) as f64;
        let equity: Vec<f64> = ends.iter().map(|end| 100_000.0 + 100.0 * (worth(*end) - price(times[0]) as f64)).collect();
        let whole = equity.len().saturating_sub(1);
        // The parts before the first boundary and after the last count where equity changed.
        let end = 100_000.0 + 100.0 * (worth(last) - price(times[0]) as f64);
        let first = std::iter::once(100_000.0).filter(|start| equity.first().unwrap_or(&end) != start);
        let after = std::iter::once(end).filter(|end| equity.last().is_some_and(|equity| equity != end) || equity.is_empty() && end != &100_000.0);
        let marks: Vec<f64> = first.chain(equity.iter().copied()).chain(after).collect();
        let returns: Vec<f64> = marks.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect();
        let days: BTreeSet<Nanos> = times.iter().filter(|time| **time > first_boundary && **time <= last_boundary).map(|time| up(*time, DAY)).collect();

        let portfolio = &outcome.summary["trading_summary"]["portfolio"];
        prop_assert_eq!(&portfolio["returns"], returns.len());
        let per_year = portfolio["returns_per_year"].as_f64();
        let periods = ends.last().map_or(0, |last| (last - first_boundary) / step);
        let expected = match grid {
            24 => 252.0,
            ..24 => 252.0 * whole as f64 / days.len() as f64,
            _ => 365.0 * 24.0 / grid as f64 * (whole as f64 / periods as f64),
        };
        if let Some(found) = per_year {
            prop_assert!(whole > 0 && (found / expected - 1.0).abs() < 1e-12, "{} is not {}", found, expected);
        } else {
            prop_assert_eq!(whole, 0);
        }
        if returns.len() >= 2 && whole > 0 {
            let mean = returns.iter().sum::<f64>() / returns.len() as f64;
            let deviation = (returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (returns.len() - 1) as f64).sqrt();
            let volatility = portfolio["volatility"].as_f64().expect("a number");
            prop_assert!((volatility - deviation * per_year.expect("returns").sqrt()).abs() < 1e-9, "{} {}", volatility, deviation);
        }
        // The first sample, one for each boundary, one fill, and the end.
        prop_assert_eq!(outcome.equity.len(), 1 + ends.len() + 1 + 1);
        prop_assert!(outcome.equity.is_sorted_by_key(|row| row.time));
        prop_assert_eq!(outcome.equity.last().map(|row| row.time), Some(last));
    }
}

#[test]
fn what_lies_after_the_last_boundary_is_a_return_of_its_own() {
    let rows = [(HOUR, 500), (2 * HOUR, 510), (3 * HOUR, 520), (3 * HOUR + 1, 700)];
    let store =
        rows.into_iter().fold(Tape::new(), |tape, (time, price)| tape.quote("A/B", (time, time), (price, 100), (price, 100))).store();
    let (outcome, _) = script(&config("1h"), store, buy_once);
    let portfolio = &outcome.summary["trading_summary"]["portfolio"];
    // Two whole hours, and the part after them, which won most; it was left out of every ratio before.
    assert_eq!(portfolio["returns"], 3);
    assert_eq!(portfolio["returns_per_year"], 252.0 * 2.0);
    let of_parts = [1_000.0 / 100_000.0, 1_000.0 / 101_000.0, 18_000.0 / 102_000.0];
    let mean = of_parts.iter().sum::<f64>() / 3.0;
    let deviation = (of_parts.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / 2.0).sqrt();
    let volatility = portfolio["volatility"].as_f64().expect("a number");
    assert!((volatility - deviation * 504.0_f64.sqrt()).abs() < 1e-9, "{volatility}");
    assert_eq!(portfolio["end_equity"], "120000");
    assert_eq!(outcome.equity.last().map(|row| row.time), Some(3 * HOUR + 1), "not the end of the period that the row lies in");
}

#[test]
fn the_benchmark_is_in_the_reporting_asset() {
    // A is worth ever more B, but B ever less C by the same factor: in C the benchmark does not move, so there is no beta.
    let mut tape = Tape::new();
    for (i, rise) in [1, 2, 8, 16, 64, 32].into_iter().enumerate() {
        let time = (i as Nanos + 1) * HOUR;
        tape = tape.quote("A/B", (time, time), (100 * rise, 10), (100 * rise, 10)).quote(
            "B/C",
            (time, time),
            (6_400 / rise, 10),
            (6_400 / rise, 10),
        );
    }
    let store = tape.store();
    let beta = |asset: &str| {
        let config = config("1h")
            .replace(r#"["A/B"]"#, r#"["A/B","B/C"]"#)
            .replace(r#""B":100000"#, r#""B":1000,"C":7"#)
            .replace(r#""summaryInterval""#, &format!(r#""reportingAsset":"{asset}","summaryInterval""#));
        script(&config, store.clone(), |_, _| {}).0.summary["trading_summary"]["portfolio"]["beta"].clone()
    };
    assert!(beta("C").is_null(), "{}", beta("C"));
    assert!(beta("B").is_number(), "{}", beta("B"));
}

#[test]
fn an_action_is_sampled_once_it_is_whole() {
    // One order takes two assumed levels: between its fills the curve of the instrument must not show the whole position
    // against half of the record.
    let store = Tape::new().quote("A/B", (10, 10), (99, 5), (100, 5)).quote("A/B", (20, 20), (99, 5), (100, 5)).store();
    let walk = config("100ns").replace(r#""latency":0"#, r#""latency":0,"fills":{"l1":{"walk":{"ticks":1,"share":1,"levels":3}}}"#);
    let (outcome, _) = script(&walk, store, |ctx, seen| {
        if matches!(seen, Seen::Book) && ctx.now() == 10 {
            ctx.submit(Draft::market(InstrumentId(0), Side::Buy, Size::Lots(12)));
        }
    });
    assert_eq!(outcome.fills.iter().map(|fill| (fill.price, fill.quantity)).collect::<Vec<_>>(), [(100, 5), (101, 5), (102, 2)]);
    let samples: Vec<(Nanos, f64)> = outcome.equity.iter().map(|row| (row.time, row.value)).collect();
    let bought = 100_000.0 - (500.0 + 505.0 + 204.0) + 12.0 * 99.5;
    assert_eq!(samples, [(10, 100_000.0), (10, bought), (20, bought)]);
    let instrument = &outcome.summary["trading_summary"]["instruments"]["A/B"];
    let deepest = instrument["pnl_drawdown_max"]["value"].as_f64().expect("a number");
    assert!((deepest - (bought / 100_000.0 - 1.0)).abs() < 1e-12, "{deepest}");
}

#[test]
fn what_is_lost_before_the_first_boundary_is_in_every_ratio() {
    // A fall of 42 % within the first second, and a little won in each of the 299 after it.
    let trades = (0..3_000i64).fold(Tape::new(), |tape, i| {
        let price = if i < 5 { 100_000 } else { 50_000 + i + if i % 20 < 10 { 10 } else { 0 } };
        let time = (i + 1) * SECOND / 10;
        tape.quote("A/B", (time, time), (price, 1_000), (price, 1_000))
    });
    let config = config("1s").replace("Annual252", "Annual365").replace("100000", "120000000");
    let (outcome, _) = script(&config, trades.store(), |ctx, seen| {
        if matches!(seen, Seen::Book) && ctx.engine.order_count() == 0 {
            ctx.submit(Draft::market(InstrumentId(0), Side::Buy, Size::Lots(1_000)));
        }
    });
    let portfolio = &outcome.summary["trading_summary"]["portfolio"];
    let ratio = portfolio["sharpe_ratio"]["value"].as_f64().expect("a number");
    assert!(portfolio["pnl_return"].as_f64().expect("a number") < -0.3 && ratio < 0.0, "{ratio} beside {}", portfolio["pnl_return"]);
    assert_eq!((&portfolio["returns"], portfolio["returns_per_year"].as_f64()), (&300.into(), Some(365.0 * 86_400.0)));
}

/// Bars of some length, which close at these prices.
fn bars(length: Nanos, closes: &[i64]) -> std::sync::Arc<haggle_data::Store> {
    let bars = closes.iter().zip(0..).map(|(close, i)| (i * length, (i + 1) * length, *close));
    bars.fold(Tape::new(), |tape, (open, end, close)| tape.bar("A/B", (open, end), [close; 4])).store()
}

#[test]
fn the_default_grid_is_never_finer_than_bars() {
    let silent = config("1d").replace(r#","sampleInterval":"1d""#, "").replace("Annual252", "Annual365");
    let closes: Vec<i64> = (0..157).map(|i| 100 + i % 2 + i / 10).collect();
    for (length, count, name, per_year) in [
        (DAY, 30, "1d", 365.0),
        (7 * DAY, 157, "7d", 365.0 / 7.0),
        (4 * HOUR, 40, "4h", 365.0 * 6.0),
        (60 * SECOND, 20, "1m", 525_600.0),
        (HOUR, 100, "1h", 8_760.0),
    ] {
        let (outcome, _) = script(&silent, bars(length, &closes[..count]), |_, _| {});
        let portfolio = &outcome.summary["trading_summary"]["portfolio"];
        assert_eq!((&portfolio["sample_interval"], portfolio["returns_per_year"].as_f64()), (&name.into(), Some(per_year)), "{name}");
    }
    let option = silent.replace(r#""summaryInterval""#, r#""returnsPerYear":261,"summaryInterval""#);
    let (outcome, _) = script(&option, bars(DAY, &closes[..30]), |_, _| {});
    assert_eq!(outcome.summary["trading_summary"]["portfolio"]["returns_per_year"].as_f64(), Some(261.0), "as the option says");
}

#[test]
fn growth_is_counted_by_time() {
    // 156 weeks from the first close to the last, by whichever year ratios go.
    let closes: Vec<i64> = (0..157).map(|i| 100 + i % 2 + i / 10).collect();
    for interval in ["Annual252", "Annual365", "Daily"] {
        let (outcome, _) = script(&config("7d").replace("Annual252", interval), bars(7 * DAY, &closes), |ctx, seen| {
            if matches!(seen, Seen::Bar(_)) && ctx.engine.order_count() == 0 {
                ctx.submit(Draft::market(InstrumentId(0), Side::Buy, Size::Lots(900)));
            }
        });
        let portfolio = &outcome.summary["trading_summary"]["portfolio"];
        let total = portfolio["total_return"].as_f64().expect("a number");
        let expected = (1.0 + total).powf(365.0 / (156.0 * 7.0)) - 1.0;
        let cagr = portfolio["cagr"].as_f64().expect("a number");
        assert!(total > 0.1 && (cagr - expected).abs() < 1e-12, "{interval}: {cagr} is not {expected}");
    }
}
