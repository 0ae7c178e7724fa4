//! Each reader on small inputs, and each of its errors with the place it names.

use haggle_data::{
    ColumnData, ColumnRef, DataKind, KindCounts, ReadOptions, RowKind, Stamp, Store, TradeRow, read_columns, read_csv, read_json_lines,
    read_ohlcv, read_trades,
};
use haggle_model::{
    Code, Error, Side,
    time::{DAY, MILLISECOND, SECOND, from_rfc3339},
};
use std::io::Write;

fn btc() -> ReadOptions {
    ReadOptions { symbol: Some("BTC/USDT".to_owned()), ..ReadOptions::default() }
}

fn daily() -> ReadOptions {
    ReadOptions { timeframe: Some(DAY), stamp: Some(Stamp::Open), ..btc() }
}

fn csv(text: &str, options: &ReadOptions) -> Store {
    read_csv(text.as_bytes(), options).expect("the text is right")
}

fn csv_error(text: &str, options: &ReadOptions) -> Error {
    read_csv(text.as_bytes(), options).expect_err("the text is wrong")
}

/// Time, kind, a, b, c of every row.
fn rows(store: &Store) -> Vec<(i64, RowKind, i64, i64, i64)> {
    store.rows.iter().map(|row| (row.time, row.kind, row.a, row.b, row.c)).collect()
}

#[test]
fn csv_trades() {
    let text = "timestamp,side,price,amount\n1723161600000,buy,100.50,2\n1723161600001,sell,100.25,0.125\n1723161600001,,100.25,1\n1723161600002,,99,1\n";
    let store = csv(text, &btc());
    let time = 1_723_161_600 * SECOND;
    assert_eq!(
        rows(&store),
        [
            (time, RowKind::Buy, 10_050, 2_000, 0),
            (time + MILLISECOND, RowKind::Sell, 10_025, 125, 0),
            (time + MILLISECOND, RowKind::Buy, 10_025, 1_000, 0),
            (time + 2 * MILLISECOND, RowKind::Sell, 9_900, 1_000, 0),
        ]
    );
    assert_eq!(store.instruments[0].tick.value().to_string(), "0.01");
    assert_eq!(store.instruments[0].lot.value().to_string(), "0.001");
    assert!((0..store.len()).all(|place| store.latency(place) == 0));
}

#[test]
fn csv_quotes_with_missing_sides() {
    let text = "symbol;time;bid price;bid qty;ask price;ask qty\nA;1723161600;10;1;11;2\nB;1723161600;;;5.5;3\nA;1723161601;10;0;11;1\nA;1723161602;12;1;11;1\nA;1723161603;11;1;11;1\n";
    let store = csv(text, &ReadOptions::default());
    let quotes: Vec<_> = store.rows.iter().enumerate().map(|(at, row)| (row.instrument, row.a, row.b, store.ask(at), row.c)).collect();
    assert_eq!(quotes, [(0, 10, 1, 11, 2), (1, 55, 0, 55, 3), (0, 11, 0, 11, 1), (0, 11, 1, 11, 1)]);
    assert_eq!(store.report.crossed, 1);
    assert_eq!(store.symbols().collect::<Vec<_>>(), ["A", "B"]);
}

#[test]
fn csv_bars_open_before_they_are_known() {
    let text = ",Open,High,Low,Close,Volume\n2004-08-19,100,104.06,95.96,100.34,22351900\n2004-08-20,101.01,109.08,100.5,108.31,11428600\n";
    let day = from_rfc3339("2004-08-19").expect("date");
    let store = csv(text, &daily());
    assert_eq!((store.rows[0].time, store.latency(0)), (day + DAY, 0));
    let bar = store.bars[0];
    assert_eq!((bar.time_open, bar.open, bar.high, bar.low, bar.close, bar.volume), (day, 10_000, 10_406, 9_596, 10_034, 22_351_900));
    assert_eq!(store.instruments[0].lot.value().to_string(), "1", "an increment is at most 1");
    let at_close = csv(text, &ReadOptions { stamp: Some(Stamp::Close), ..daily() });
    assert_eq!((at_close.bars[0].time_open, at_close.rows[0].time), (day - DAY, day));
}

#[test]
fn csv_goog() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/goog_daily.csv");
    let Ok(bytes) = std::fs::read(&path) else {
        writeln!(std::io::stderr(), "skipped: {} is not there", path.display()).expect("stderr");
        return;
    };
    let store = read_csv(&bytes, &ReadOptions { symbol: Some("GOOG".to_owned()), ..daily() }).expect("goog");
    assert_eq!(store.len(), 2_148);
    assert_eq!(store.start(), Some(from_rfc3339("2004-08-20").expect("date")));
    assert_eq!(store.bars[2_147].close, 80_619);
}

#[test]
fn csv_of_several_kinds() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/binance_usdm_btcusdt_l2.csv.gz");
    let Ok(bytes) = std::fs::read(&path) else {
        writeln!(std::io::stderr(), "skipped: {} is not there", path.display()).expect("stderr");
        return;
    };
    let store = read_csv(&bytes, &ReadOptions { kind: Some(DataKind::Trades), ..btc() }).expect("trades");
    assert_eq!(store.kinds(), [KindCounts { trades: 21_308, ..KindCounts::default() }]);
    assert!((0..store.len()).all(|place| store.latency(place) >= MILLISECOND), "both stamps are read");
}

#[test]
fn csv_without_header_and_by_name() {
    let by_index = |list: &[(&str, usize)]| list.iter().map(|(field, at)| ((*field).to_owned(), ColumnRef::Index(*at))).collect();
    let klines = "1723161600000,10,12,9,11,5,1723161659999\n1723161660000,11,12,10,10,0,1723161719999\n";
    let columns = by_index(&[("timeOpen", 0), ("open", 1), ("high", 2), ("low", 3), ("close", 4), ("volume", 5)]);
    let store = csv(klines, &ReadOptions { columns, timeframe: Some(60 * SECOND), ..btc() });
    assert_eq!((store.bars[1].close, store.rows[1].time), (10, (1_723_161_600 + 120) * SECOND));
    let named = vec![("price".to_owned(), ColumnRef::Name("what".to_owned())), ("quantity".to_owned(), ColumnRef::Name("much".to_owned()))];
    let store = csv("time,what,much\n1723161600,5,6\n", &ReadOptions { columns: named.clone(), ..btc() });
    assert_eq!((store.rows[0].a, store.rows[0].b), (5, 6));
    let error = csv_error("time,what,many\n1723161600,5,6\n", &ReadOptions { columns: named, ..btc() });
    assert_eq!((error.code, error.path.as_str()), (Code::UnknownName, "columns.quantity"));
    let far = ReadOptions { columns: by_index(&[("price", 9)]), ..btc() };
    assert_eq!(csv_error("time,price,qty\n1723161600,5,6\n", &far).path, "columns.price");
}

#[test]
fn csv_gzipped_and_in_a_range() {
    let text = "time,price,qty\n1723161600,1,1\n1723161660,2,1\n1723161720,3,1\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).expect("memory");
    let packed = gzip.finish().expect("memory");
    let options = ReadOptions { from: Some(1_723_161_660 * SECOND), to: Some(1_723_161_720 * SECOND), ..btc() };
    let store = read_csv(&packed, &options).expect("gz");
    assert_eq!(rows(&store), [(1_723_161_660 * SECOND, RowKind::Buy, 2, 1, 0)]);
    assert!(read_csv(&packed[..packed.len() - 9], &options).expect_err("cut short").message.contains("gzip"));
}

#[test]
fn csv_errors_name_line_and_column() {
    let header = "time,Price,qty\n1723161600,1,1\n";
    for (line, message) in [
        ("1723161601,x,1", "line 3, column 'Price': 'x' is no decimal number"),
        ("1723161601,,1", "line 3, column 'Price': the price is missing"),
        ("1723161601,0,1", "line 3, column 'Price': the price has to be above zero"),
        ("1723161601,-1,1", "line 3, column 'Price': the price has to be above zero"),
        ("1723161601,1,-1", "line 3, column 'qty': the quantity is negative"),
        ("soon,1,1", "line 3, column 'time': 'soon' is no time"),
        (",1,1", "line 3, column 'time': the row has no time"),
        ("1723161601,inf,1", "line 3, column 'Price': 'inf' is no decimal number"),
        ("1723161601,1", "line 3: 2 cells, but the lines before have 3"),
    ] {
        let error = csv_error(&format!("{header}{line}\n"), &btc());
        assert_eq!((error.code, error.message.as_str()), (Code::InvalidData, message), "{line}");
    }
    let strict = ReadOptions { strict_order: true, ..btc() };
    let error = csv_error(&format!("{header}1723161599,1,1\n"), &strict);
    assert_eq!(error.message, "line 3, column 'time': out of order by exchange time: 2024-08-08T23:59:59Z after 2024-08-09T00:00:00Z");
    assert_eq!(csv("time,price,qty\n2,1,1\n1,1,1\n", &btc()).report.unordered_exchange, 1);
    assert_eq!(csv_error("time,price,qty\n1723161601,1e-19,1\n", &btc()).code, Code::Overflow);
    assert_eq!(csv_error("time,price,qty\n1,1e17,1\n2,0.001,1\n", &btc()).code, Code::Overflow);
    for text in ["", "time,price,qty\n"] {
        assert_eq!(csv_error(text, &btc()).message, "the data has no rows");
    }
}

#[test]
fn csv_bars_have_to_make_sense() {
    for (bar, column, message) in [
        ("10,9,8,9,1", "Open", "the open of the bar is outside of its range from low to high"),
        ("10,11,9,12,1", "Close", "the close of the bar is outside of its range from low to high"),
        ("10,9,11,10,1", "High", "the high of the bar is below its low"),
        ("10,11,9,10,-1", "Volume", "the volume is negative"),
        ("10,11,,10,1", "Low", "the low is missing"),
    ] {
        let error = csv_error(&format!("Date,Open,High,Low,Close,Volume\n2024-01-01,{bar}\n"), &daily());
        assert_eq!(error.message, format!("line 2, column '{column}': {message}"));
    }
    let text = "Date,Open,High,Low,Close\n2024-01-01,1,1,1,1\n";
    for (options, path) in [
        (ReadOptions { timeframe: None, ..daily() }, "timeframe"),
        (ReadOptions { timeframe: Some(0), ..daily() }, "timeframe"),
        (ReadOptions { stamp: None, ..daily() }, "stamp"),
        (ReadOptions { symbol: None, ..daily() }, "symbol"),
    ] {
        let error = csv_error(text, &options);
        assert_eq!((error.code, error.path.as_str()), (Code::InvalidArgument, path));
    }
}

#[test]
fn csv_columns_have_to_be_there() {
    let error = csv_error("time,price\n1723161600,1\n", &btc());
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "columns"));
    let error = csv_error("time,bid,ask\n1723161600,1,2\n", &btc());
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "columns.bidSize"));
    let error = csv_error("price,qty\n1,2\n", &btc());
    assert_eq!(error.path, "columns.time");
    let error = csv_error("time,price,qty,bid,ask\n1723161600,1,2,3,4\n", &btc());
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidArgument, "kind"));
    let error = csv_error("time,price,qty\n1723161600,1,2\n", &ReadOptions { kind: Some(DataKind::Book), ..btc() });
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "columns.kind"));
}

fn json(lines: &str) -> Result<Store, Error> {
    let options = ReadOptions {
        instruments: ["BTC/USDT", "ETH/USDT"].map(String::from).to_vec(),
        timeframe: Some(60 * SECOND),
        ..ReadOptions::default()
    };
    read_json_lines(lines.as_bytes(), &options)
}

fn item(instrument: &str, received: u32, kind: &str) -> String {
    format!(
        r#"{{"time_exchange":"2025-01-01T00:00:00Z","time_received":"2025-01-01T00:00:00.{received:03}Z","exchange":"binance_spot","instrument":{instrument},"kind":{kind}}}"#
    )
}

const TRADE: &str = r#"{"Trade":{"id":"9","price":0.1,"amount":3e-1,"side":"Sell"}}"#;
const QUOTE: &str =
    r#"{"OrderBookL1":{"last_update_time":"2025-01-01T00:00:00Z","best_bid":{"price":"5.50000","amount":"1"},"best_ask":null}}"#;
const CANDLE: &str =
    r#"{"Candle":{"close_time":"2025-01-01T00:01:00Z","open":1.0,"high":2.5,"low":1,"close":2,"volume":7.5,"trade_count":3}}"#;

#[test]
fn json_lines_of_every_kind() {
    let lines = format!(
        "{{\"Item\":{}}}\n{{\"Item\":{}}}\n\n{{\"Reconnecting\":\"binance_spot\"}}\n{{\"Item\":{}}}\n{{\"Reconnecting\":\"kraken\"}}\n",
        item("1", 5, TRADE),
        item("0", 3, QUOTE),
        item("1", 9, CANDLE)
    );
    let store = json(&lines).expect("lines");
    let midnight = from_rfc3339("2025-01-01").expect("date");
    assert_eq!(
        rows(&store),
        [
            (midnight, RowKind::Sell, 1, 3, 0),
            (midnight, RowKind::Quote, 55, 1, 0),
            (midnight, RowKind::Gap, 0, 0, 0),
            (midnight, RowKind::Gap, 0, 0, 0),
            (midnight + 60 * SECOND, RowKind::Bar, 0, 0, 0),
        ]
    );
    assert_eq!(store.latency(2), 5 * MILLISECOND, "a gap arrives at the latest arrival so far");
    assert_eq!(store.rows.iter().map(|row| row.arrival).collect::<Vec<_>>(), [1, 0, 2, 3, 4]);
    assert_eq!((store.bars[0].high, store.bars[0].volume, store.bars[0].time_open), (25, 75, midnight));
    assert_eq!(store.symbols().collect::<Vec<_>>(), ["BTC/USDT", "ETH/USDT"], "in the order of the indices");
    let array =
        format!(r#"[{{"Item":{{"Ok":{}}}}},{{"Item":{{"Err":"lost"}}}},{{"Item":{{"Ok":{}}}}}]"#, item("1", 5, TRADE), item("0", 3, QUOTE));
    let array = json(&array).expect("array");
    assert_eq!(rows(&array), rows(&store)[..2]);
}

#[test]
fn json_errors_name_the_line() {
    let good = format!("{{\"Item\":{}}}", item("0", 3, QUOTE));
    for (bad, message) in [
        ("{\"Item\":", "line 2: EOF while parsing"),
        ("{\"Item\":{\"exchange\":\"x\"}}", "line 2: missing field `time_exchange`"),
        (&format!("{{\"Item\":{}}}", item("0", 3, r#"{"Liquidation":{}}"#)), "line 2: unknown variant `Liquidation`"),
        (&format!("{{\"Item\":{}}}", item("0", 3, &TRADE.replace("0.1", "-0.1"))), "line 2, price: the price has to be above zero"),
        (&format!("{{\"Item\":{}}}", item("0", 3, &TRADE.replace("0.1", "null"))), "line 2, price: 'null' is no decimal number"),
        (&format!("{{\"Item\":{}}}", item("0", 3, &TRADE.replace("Sell", "Give"))), "line 2, side: 'Give' is no side"),
        (
            &format!("{{\"Item\":{}}}", item("0", 3, TRADE).replace("2025-01-01T00:00:00Z", "2025")),
            "line 2, time_exchange: '2025' is no time",
        ),
    ] {
        let error = json(&format!("{good}\n{bad}\n")).expect_err(bad);
        assert_eq!(error.code, Code::InvalidData, "{bad}");
        assert!(error.message.starts_with(message), "{} / {message}", error.message);
    }
    let error = json(&format!("{good}\n{{\"Item\":{}}}", item("2", 3, QUOTE))).expect_err("unnamed instrument");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidArgument, "instruments"));
    assert_eq!(json(&format!("[{{\"Item\":{{\"Ok\":{}}}}}]", item("0", 3, "{\"No\":1}"))).expect_err("array").message[..10], *"element 0:");
    assert_eq!(json("").expect_err("empty").message, "the data has no rows");
}

#[test]
fn columns_of_numbers() {
    let times = [1_723_161_600_000.0, 1_723_161_600_000.5, 1_723_161_600_001.0];
    let columns: [(&str, ColumnData); 4] = [
        ("timestamp", ColumnData::F64(&times)),
        ("price", ColumnData::F64(&[0.1, 0.3, 0.07])),
        ("quantity", ColumnData::I64(&[1, 2, 3])),
        ("side", ColumnData::I64(&[1, -1, 0])),
    ];
    let store = read_columns(&columns, &btc()).expect("columns");
    let time = 1_723_161_600 * SECOND;
    assert_eq!(
        rows(&store),
        [(time, RowKind::Buy, 10, 1, 0), (time + 500_000, RowKind::Sell, 30, 2, 0), (time + MILLISECOND, RowKind::Sell, 7, 3, 0)]
    );
    let nanos = [time, time + 1];
    let wrong = |price: &[f64]| {
        let columns: [(&str, ColumnData); 3] =
            [("time", ColumnData::I64(&nanos)), ("px", ColumnData::F64(price)), ("size", ColumnData::F64(&[1.0, 1.0]))];
        read_columns(&columns, &btc()).expect_err("wrong")
    };
    for (price, code, path) in [
        (&[1.0, f64::NAN][..], Code::InvalidData, "columns.px[1]"),
        (&[1.0, f64::INFINITY], Code::InvalidData, "columns.px[1]"),
        (&[1.0, 0.0], Code::InvalidData, "columns.px[1]"),
        (&[1e300, 1.0], Code::Overflow, "columns.px[0]"),
        (&[1.0], Code::InvalidArgument, "columns.px"),
    ] {
        let error = wrong(price);
        assert_eq!((error.code, error.path.as_str()), (code, path), "{price:?}");
    }
}

#[test]
fn ohlcv_and_trades() {
    let options = ReadOptions { timeframe: Some(60 * SECOND), ..btc() };
    let store = read_ohlcv(&[[1_723_161_600_000.0, 10.0, 12.5, 9.0, 11.0, f64::NAN]], &options).expect("row");
    assert_eq!((store.rows[0].time, store.bars[0].high, store.bars[0].volume), ((1_723_161_600 + 60) * SECOND, 125, 0));
    let rows = [[0.0, 1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 1.0, f64::NAN, 1.0, 1.0, 1.0]];
    assert_eq!(read_ohlcv(&rows, &options).expect_err("no high").path, "rows[1][2]");
    assert_eq!(read_ohlcv(&[[f64::NAN; 6]], &options).expect_err("no time").path, "rows[0][0]");
    assert_eq!(read_ohlcv(&[], &options).expect_err("none").code, Code::InvalidData);
    assert_eq!(read_ohlcv(&rows, &btc()).expect_err("no timeframe").path, "timeframe");

    let number = |text: &str| haggle_data::Num::parse(text.as_bytes()).ok();
    let trade = TradeRow { time: Some(5), price: number("1.5"), quantity: number("2"), side: Some(Side::Sell), ..TradeRow::default() };
    let store = read_trades([trade], &btc()).expect("trade");
    assert_eq!((store.rows[0].kind, store.rows[0].a), (RowKind::Sell, 15));
    assert_eq!(read_trades([trade, TradeRow { price: None, ..trade }], &btc()).expect_err("no price").path, "rows[1].price");
    assert_eq!(read_trades([trade], &ReadOptions::default()).expect_err("no symbol").path, "rows[0].symbol");
}
