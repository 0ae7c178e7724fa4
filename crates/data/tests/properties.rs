//! Laws that hold for every load: both orders, nothing early, exact values, files, parts and merges.

use haggle_data::{
    BadRows, BuildOptions, Builder, Decimals, Duplicates, ExchangeTime, Num, ReadOptions, Row, RowKind, Stamp, Stamps, Store, merge,
    read_csv, read_parquet, write_parquet,
};
use haggle_model::{Code, Decimal, Increment, Side};
use proptest::prelude::*;

/// A row as a test makes it: instrument, kind, both stamps, two values.
#[derive(Clone, Copy, Debug)]
struct Given {
    instrument: usize,
    kind: u8,
    exchange: i64,
    received: Option<i64>,
    price: (i64, u8),
    size: (i64, u8),
    spread: i64,
}

const NAMES: [(&str, Option<&str>); 4] = [("A", None), ("A", Some("x")), ("B", Some("x")), ("C", Some("y"))];

const WORDS: &[&str] = &[
    "time,",
    "price,",
    "qty,",
    "side,",
    "kind,",
    "bid,",
    "bidSize,",
    "ask,",
    "askSize,",
    "open,high,low,close,",
    "open_time,",
    "close_time,",
    "date,time,",
    "is_snapshot,",
    "asks[0].price,asks[0].amount,",
    "bids[9999].price,",
    "timestamp,percentage,depth,notional\n",
    "Price,Close\nTicker,A\nDate,\n",
    "Volume A,",
    "\n",
    "\n",
    "\n",
    "\n",
    "1,",
    "1704067200000,",
    "20240102,",
    "2024-01-02 09:30,",
    "093000,",
    "-1,",
    "1e17,",
    "0.000000000000000001,",
    "1.8275937099999997,",
    "snapshot,",
    "update,",
    "best,",
    "buy,",
    "ask,",
    "true,",
    "false,",
    "null,",
    ",",
    ";",
    "\"",
    "#",
    "A,",
    "2,3,1,2,",
    "-2,30,2970\n",
    "9223372036854775807,",
    "2199-12-31,",
    "1800-01-01,",
];

fn given() -> impl Strategy<Value = Given> {
    let stamps = (0i64..50, prop::option::of(0i64..50));
    let wide = prop_oneof![9 => 0i64..20, 1 => Just(5_000_000_000i64)];
    (0usize..4, 0u8..10, stamps, (1i64..5_000, 0u8..4), (0i64..400, 0u8..4), wide).prop_map(
        |(instrument, kind, (exchange, received), price, size, spread)| {
            // A few latencies beyond 32 bits.
            let received = received.map(|received| if received == 49 { exchange + 6_000_000_000 } else { received });
            Given { instrument, kind, exchange, received, price, size, spread }
        },
    )
}

fn num((mantissa, scale): (i64, u8)) -> Num {
    Num::new(mantissa, scale).expect("small")
}

fn load(rows: &[Given], options: BuildOptions) -> haggle_model::Result<Store> {
    let mut builder = Builder::new(options);
    for row in rows {
        let (symbol, exchange) = NAMES[row.instrument];
        let at = builder.instrument(symbol, exchange)?;
        let stamps = Stamps { exchange: Some(row.exchange), received: row.received };
        let (price, size) = (num(row.price), num(row.size));
        match row.kind {
            0..4 => builder.quote(at, stamps, Some((price, size)), Some((num((row.price.0 + row.spread - 2, row.price.1)), size)))?,
            4..8 => builder.trade(at, stamps, (row.kind < 6).then_some(Side::Sell), price, size)?,
            8 => builder.bar(at, row.exchange - row.spread - 1, row.exchange, [price, price, price, price, size])?,
            _ => builder.reconnect(exchange),
        }
    }
    builder.finish()
}

/// Stores of up to 60 rows; those that cannot be built (no rows) are thrown away.
fn store() -> impl Strategy<Value = (Vec<Given>, Store)> {
    prop::collection::vec(given(), 1..60).prop_filter_map("no rows", |rows| {
        let rows: Vec<Given> = rows.into_iter().filter(|row| row.kind >= 4 || row.price.0 + row.spread > 2).collect();
        load(&rows, BuildOptions::default()).ok().map(|store| (rows, store))
    })
}

/// A row's values as decimals, with its symbol and times: what a change of increments or places must not change.
fn values(store: &Store, place: usize) -> (String, i64, i64, RowKind, Vec<Decimal>) {
    let row: Row = store.rows[place];
    let instrument = &store.instruments[usize::from(row.instrument)];
    let name = format!("{:?}:{}", instrument.exchange, instrument.symbol);
    let (tick, lot) = (|count: i64| instrument.tick.decimal(count).normalize(), |count: i64| instrument.lot.decimal(count).normalize());
    let list = match row.kind {
        RowKind::Quote => vec![tick(row.a), lot(row.b), tick(store.ask(place)), lot(row.c)],
        RowKind::Buy | RowKind::Sell => vec![tick(row.a), lot(row.b)],
        RowKind::Bar => {
            let bar = store.bars[row.a as usize];
            vec![tick(bar.open), tick(bar.high), tick(bar.low), tick(bar.close), lot(bar.volume), Decimal::from(bar.time_open)]
        }
        RowKind::Snapshot | RowKind::Update => {
            store.levels[row.levels()].iter().flat_map(|level| [tick(level.price), lot(level.size)]).collect()
        }
        RowKind::Gap => vec![],
    };
    (name, row.time, store.arrival_time(place), row.kind, list)
}

fn all(store: &Store) -> Vec<(String, i64, i64, RowKind, Vec<Decimal>)> {
    (0..store.len()).map(|place| values(store, place)).collect()
}

fn arrivals(store: &Store) -> Vec<(String, i64, i64, RowKind, Vec<Decimal>)> {
    store.rows.iter().map(|row| values(store, row.arrival as usize)).collect()
}

/// What a run takes for granted.
fn check(store: &Store) {
    assert!(store.rows.is_sorted_by_key(|row| row.time));
    assert!((0..store.len()).all(|place| store.latency(place) >= 0), "nothing arrives before its exchange time");
    assert!(store.rows.iter().map(|row| store.arrival_time(row.arrival as usize)).is_sorted());
    let mut places: Vec<u32> = store.rows.iter().map(|row| row.arrival).collect();
    places.sort_unstable();
    assert!(places.into_iter().eq(0..store.len() as u32));
    assert!(store.opens.iter().map(|bar| store.bars[*bar as usize].time_open).is_sorted());
    let bars = store.rows.iter().filter(|row| row.kind == RowKind::Bar).map(|row| row.a);
    assert!(bars.eq(0..store.bars.len() as i64), "bars stand in the order of their rows");
    assert!(store.rows.iter().all(|row| usize::from(row.instrument) < store.instruments.len()));
    let spreads =
        (0..store.len()).filter(|place| store.rows[*place].kind == RowKind::Quote).map(|place| store.ask(place) - store.rows[place].a);
    assert!(spreads.into_iter().all(|spread| spread >= 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Text that has much of what makes a reader do something, and some noise.
    #[test]
    fn any_text_is_rows_or_an_error(
        words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..60),
        noise in prop::collection::vec(any::<u8>(), 0..6),
        options in 0usize..64,
    ) {
        let mut text = words.concat().into_bytes();
        let middle = text.len() / 2;
        text.splice(middle..middle, noise);
        let on = |bit: usize| options & (1 << bit) != 0;
        let options = ReadOptions {
            symbol: on(0).then(|| "A".to_owned()),
            timeframe: on(1).then_some(60_000_000_000),
            stamp: on(1).then_some(Stamp::Open),
            bad_rows: if on(2) { BadRows::Skip } else { BadRows::Refuse },
            time_zone: on(3).then(|| "America/New_York".to_owned()),
            time_format: on(4).then(|| "%Y%m%d".to_owned()),
            decimals: if on(5) { Decimals::Round } else { Decimals::Clean },
            quote_size: Num::new(1, 0).ok(),
            duplicates: on(2).then_some(Duplicates::Drop),
            ..ReadOptions::default()
        };
        if let Ok(store) = read_csv(&text, &options) {
            check(&store);
            let _ = (store.holes(), store.report.warnings());
        }
    }

    #[test]
    fn every_load_is_in_order((rows, store) in store()) {
        check(&store);
        let quotes = rows.iter().filter(|row| row.kind < 4).count() as u64;
        let kept: u64 = store.kinds().iter().map(|kinds| kinds.quotes).sum();
        prop_assert_eq!(kept + store.report.crossed, quotes);
        let trades = rows.iter().filter(|row| (4..8).contains(&row.kind)).count() as u64;
        prop_assert_eq!(store.kinds().iter().map(|kinds| kinds.trades).sum::<u64>(), trades);
    }

    #[test]
    fn increments_are_the_largest_that_divide((_, store) in store()) {
        for (at, instrument) in store.instruments.iter().enumerate() {
            let of = |row: &&Row| usize::from(row.instrument) == at;
            let mut prices: Vec<i64> = Vec::new();
            for (place, row) in store.rows.iter().enumerate().filter(|(_, row)| of(row)) {
                match row.kind {
                    RowKind::Quote => prices.extend([row.a, store.ask(place)]),
                    RowKind::Buy | RowKind::Sell => prices.push(row.a),
                    RowKind::Bar => prices.push(store.bars[row.a as usize].open),
                    RowKind::Snapshot | RowKind::Update => prices.extend(store.levels[row.levels()].iter().map(|level| level.price)),
                    RowKind::Gap => {}
                }
            }
            prop_assert!(instrument.tick.scale() == 0 || prices.iter().any(|price| price % 10 != 0), "{:?}", instrument);
        }
    }

    #[test]
    fn files_keep_everything((_, store) in store()) {
        let mut bytes = Vec::new();
        write_parquet(&store, &mut bytes).expect("memory");
        let read = read_parquet(bytes, &ReadOptions::default()).expect("our own file");
        prop_assert_eq!(&read.rows, &store.rows);
        prop_assert_eq!((&read.bars, &read.opens, &read.wide, &read.report), (&store.bars, &store.opens, &store.wide, &store.report));
        prop_assert_eq!(read.data_hash(), store.data_hash());
    }

    #[test]
    fn a_part_is_what_a_filter_leaves((_, store) in store(), from in 0i64..50, length in 0i64..50) {
        let within = |row: &(String, i64, i64, RowKind, Vec<Decimal>)| (from..from + length).contains(&row.1);
        let expected: Vec<_> = all(&store).into_iter().filter(within).collect();
        match store.select(None, Some(from), Some(from + length)) {
            Ok(part) => {
                check(&part);
                prop_assert_eq!(all(&part), expected);
                prop_assert_eq!(arrivals(&part), arrivals(&store).into_iter().filter(within).collect::<Vec<_>>());
                prop_assert_eq!(&part.instruments, &store.instruments);
            }
            Err(error) => prop_assert!(expected.is_empty() && error.code == Code::InvalidData),
        }
    }

    #[test]
    fn parts_by_time_merge_to_the_whole((_, store) in store(), cut in 0i64..50) {
        let parts = [store.select(None, None, Some(cut)), store.select(None, Some(cut), None)];
        let parts: Vec<&Store> = parts.iter().filter_map(|part| part.as_ref().ok()).collect();
        let whole = merge(&parts).expect("parts");
        check(&whole);
        prop_assert_eq!(&whole.rows.iter().map(|row| row.time).collect::<Vec<_>>(), &store.rows.iter().map(|row| row.time).collect::<Vec<_>>());
        prop_assert_eq!(all(&whole), all(&store));
    }

    #[test]
    fn one_load_or_two_is_the_same((rows, _) in store(), more in prop::collection::vec(given(), 1..40)) {
        // Without gaps, whose times hang on the rows before them in the same load, and prints without a side, likewise. Half-stamped data is aligned by all rows of
        // a load, which one time in some ten thousand made two loads differ from one: here each stamp counts as it is.
        let options = BuildOptions { exchange_time: Some(ExchangeTime::Venue), ..BuildOptions::default() };
        let plain = |rows: &[Given]| -> Vec<Given> {
            rows.iter().copied().filter(|row| !(6..8).contains(&row.kind) && row.kind != 9 && (row.kind >= 4 || row.price.0 + row.spread > 2)).collect()
        };
        let (first, second) = (plain(&rows), plain(&more));
        let (Ok(a), Ok(b)) = (load(&first, options), load(&second, options)) else { return Ok(()) };
        let together = load(&[first, second].concat(), options).expect("rows");
        let merged = merge(&[&a, &b]).expect("parts");
        check(&merged);
        prop_assert_eq!(all(&merged), all(&together));
        prop_assert_eq!(arrivals(&merged), arrivals(&together));
    }

    #[test]
    fn rescaling_keeps_values((_, store) in store()) {
        let finer = |increment: Increment| Increment::new(increment.value() / Decimal::from(20)).expect("positive");
        let mut fine = store.clone();
        for place in 0..store.instruments.len() as u16 {
            let instrument = &store.instruments[usize::from(place)];
            fine = fine.rescale(place, finer(instrument.tick), finer(instrument.lot)).expect("finer");
        }
        check(&fine);
        prop_assert_eq!(all(&fine), all(&store));
        let mut back = fine;
        for (place, instrument) in store.instruments.iter().enumerate() {
            back = back.rescale(place as u16, instrument.tick, instrument.lot).expect("as it was");
        }
        prop_assert_eq!((&back.rows, &back.wide, back.data_hash()), (&store.rows, &store.wide, store.data_hash()));
    }

    #[test]
    fn received_means_no_latency((rows, store) in store()) {
        let options = BuildOptions { exchange_time: Some(ExchangeTime::Received), ..BuildOptions::default() };
        let received = load(&rows, options).expect("rows");
        check(&received);
        prop_assert!((0..received.len()).all(|place| received.latency(place) == 0));
        let restamped = store.restamp(ExchangeTime::Received).expect("stamps");
        check(&restamped);
        if store.report.received_early == 0 && store.kinds().iter().all(|kinds| kinds.gaps == 0) {
            let without_time = |list: Vec<(String, i64, i64, RowKind, Vec<Decimal>)>| -> Vec<_> {
                list.into_iter().map(|(name, _, received, kind, values)| (name, received, kind, values)).collect()
            };
            prop_assert_eq!(without_time(all(&restamped)), without_time(arrivals(&store)));
        }
    }

    #[test]
    fn a_range_on_load_is_a_part((rows, store) in store(), from in 0i64..50, length in 1i64..50) {
        let options = BuildOptions { from: Some(from), to: Some(from + length), ..BuildOptions::default() };
        match (load(&rows, options), store.select(None, Some(from), Some(from + length))) {
            (Ok(loaded), Ok(part)) => prop_assert_eq!(all(&loaded), all(&part)),
            (loaded, part) => prop_assert!(loaded.is_err() && part.is_err()),
        }
    }
}

#[test]
fn a_coarser_tick_names_the_first_row_that_does_not_fit() {
    let mut builder = Builder::new(BuildOptions::default());
    let at = builder.instrument("A", None).expect("new");
    for (time, price) in [(1, 10), (2, 15), (3, 16)] {
        builder.trade(at, Stamps::one(time), None, num((price, 1)), num((5, 0))).expect("row");
    }
    let store = builder.finish().expect("rows");
    let increment = |mantissa, scale| Increment::new(Decimal::new(mantissa, scale)).expect("positive");
    assert_eq!(store.instruments[0].tick, increment(1, 1));
    let error = store.rescale(0, increment(5, 1), increment(1, 0)).expect_err("1.6 is no multiple of 0.5");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "tickSize"));
    assert_eq!(error.message, "row 2 of A at 1970-01-01T00:00:00.000000003Z: the price 1.6 is no multiple of 0.5");
    assert_eq!(store.rescale(0, increment(1, 1), increment(2, 0)).expect_err("5 is odd").path, "lotSize");
    let error = store.rescale(0, increment(1, 18), increment(1, 0)).expect_err("no room");
    assert_eq!((error.code, error.path.as_str()), (Code::Overflow, "tickSize"));
    assert_eq!(store.rescale(7, increment(1, 1), increment(1, 0)).expect_err("no instrument").code, Code::InvalidArgument);
}

#[test]
fn names_find_instruments() {
    let rows: Vec<Given> = (0..4)
        .map(|instrument| Given { instrument, kind: 4, exchange: 1, received: None, price: (1, 0), size: (1, 0), spread: 0 })
        .collect();
    let store = load(&rows, BuildOptions::default()).expect("rows");
    assert_eq!(store.find("x:A").expect("name"), 1);
    assert_eq!(store.find("C").expect("name"), 3);
    assert_eq!(store.find("A").expect_err("two").code, Code::AmbiguousName);
    let error = store.select(Some(&["B", "D"]), None, None).expect_err("unknown");
    assert_eq!((error.code, error.path.as_str()), (Code::UnknownName, "symbols[1]"));
    let part = store.select(Some(&["C", "B"]), None, None).expect("rows");
    assert_eq!(part.symbols().collect::<Vec<_>>(), ["B", "C"], "in the order of the store");
    assert_eq!(merge(&[]).expect_err("none").code, Code::InvalidArgument);
}
