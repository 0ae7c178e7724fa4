//! The Binance spot sample, read from barter's JSON Lines: the counts that the semantics name.

use haggle_data::{DataInstrument, ExchangeTime, ReadOptions, RowKind, Store, read_file, read_json_lines, sample};
use haggle_model::time::MILLISECOND;

fn options(exchange_time: Option<ExchangeTime>) -> ReadOptions {
    ReadOptions { instruments: ["BTC/USDT", "ETH/USDT", "SOL/USDT"].map(String::from).to_vec(), exchange_time, ..ReadOptions::default() }
}

/// The sample, or `None` with a notice where the file is not there.
fn load(exchange_time: Option<ExchangeTime>) -> Option<Store> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/binance_spot_l1_trades.jsonl.gz");
    if !path.exists() {
        use std::io::Write;
        writeln!(std::io::stderr(), "skipped: {} is not there", path.display()).expect("stderr");
        return None;
    }
    Some(read_json_lines(&read_file(path).expect("file"), &options(exchange_time)).expect("the sample loads"))
}

/// Share of prints at or beyond the best of the moment, by exchange time.
fn at_or_beyond(store: &Store) -> f64 {
    let mut best = vec![None; store.instruments.len()];
    let (mut prints, mut beyond) = (0u32, 0u32);
    for (place, row) in store.rows.iter().enumerate() {
        let best = &mut best[usize::from(row.instrument)];
        match (row.kind, *best) {
            (RowKind::Quote, _) => *best = Some((row.a, store.ask(place))),
            (RowKind::Buy, Some((_, ask))) => (prints, beyond) = (prints + 1, beyond + u32::from(row.a >= ask)),
            (RowKind::Sell, Some((bid, _))) => (prints, beyond) = (prints + 1, beyond + u32::from(row.a <= bid)),
            _ => {}
        }
    }
    f64::from(beyond) / f64::from(prints)
}

#[test]
fn counts_increments_and_alignment() {
    let store = sample::binance_spot().expect("sample");
    assert_eq!(store.len(), 50_000);
    assert_eq!((store.report.unordered_exchange, store.report.unordered_received), (10_272, 9_078));
    assert_eq!((store.report.crossed, store.report.received_early), (0, 0));
    assert_eq!(store.report.aligned_lag, Some(129 * MILLISECOND));
    let increments = |i: &DataInstrument| format!("{} {} {}", i.symbol, i.tick.value(), i.lot.value());
    let increments: Vec<String> = store.instruments.iter().map(increments).collect();
    assert_eq!(increments, ["BTC/USDT 0.01 0.00001", "ETH/USDT 0.01 0.0001", "SOL/USDT 0.01 0.001"]);
    assert!(store.instruments.iter().all(|i| i.exchange.as_deref() == Some("binance_spot")));
    let counts: Vec<(u64, u64)> = store.kinds().iter().map(|kinds| (kinds.quotes, kinds.trades)).collect();
    assert_eq!(counts, [(17_634, 6_770), (12_033, 1_805), (9_301, 2_457)]);
    assert_eq!(store.memory_bytes(), 50_000 * 48);
    assert_eq!(store.data_hash(), "678c9986da14b526927e544514ede45a");
}

#[test]
fn aligned_prints_stand_at_or_beyond_the_best() {
    let share = |exchange_time| at_or_beyond(&sample::binance_spot_at(exchange_time).expect("sample"));
    let per_mille = |share: f64| (share * 1_000.0).round() as u32;
    assert_eq!(per_mille(share(ExchangeTime::Aligned)), 998);
    assert_eq!(per_mille(share(ExchangeTime::Received)), 399);
}

#[test]
fn the_carried_sample_is_what_the_json_lines_say() {
    for exchange_time in [ExchangeTime::Venue, ExchangeTime::Received, ExchangeTime::Aligned] {
        let Some(lines) = load(Some(exchange_time)) else { return };
        let carried = sample::binance_spot_at(exchange_time).expect("sample");
        assert_eq!(carried.data_hash(), lines.data_hash(), "{exchange_time:?}");
        assert_eq!((&carried.instruments, &carried.report), (&lines.instruments, &lines.report));
    }
    let (Some(by_default), Some(aligned)) = (load(None), load(Some(ExchangeTime::Aligned))) else { return };
    assert_eq!(by_default.rows, aligned.rows, "half-stamped data is aligned unless the caller says otherwise");
}

#[test]
fn both_orders_hold() {
    for exchange_time in [ExchangeTime::Venue, ExchangeTime::Received, ExchangeTime::Aligned] {
        let store = sample::binance_spot_at(exchange_time).expect("sample");
        assert!(store.rows.is_sorted_by_key(|row| row.time));
        assert!(store.rows.iter().map(|row| store.arrival_time(row.arrival as usize)).is_sorted());
        let mut places: Vec<u32> = store.rows.iter().map(|row| row.arrival).collect();
        places.sort_unstable();
        assert!(places.into_iter().eq(0..50_000));
    }
}
