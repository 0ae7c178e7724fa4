//! Books of levels: messages, what is refused, parts, merges, and the way through Parquet.

use haggle_data::{
    ColumnData, ColumnRef, DataKind, ReadOptions, RowKind, Store, merge, read_columns, read_csv, read_json_lines, read_parquet,
    write_parquet,
};
use haggle_model::{Decimal, Increment};
use std::path::Path;

const HEAD: &str = "time_exchange_ns,time_received_ns,kind,side,price,quantity\n";

fn options() -> ReadOptions {
    ReadOptions { symbol: Some("BTC/USDT".to_owned()), ..ReadOptions::default() }
}

fn csv(lines: &str) -> haggle_model::Result<Store> {
    read_with(lines, &options())
}

fn read_with(lines: &str, options: &ReadOptions) -> haggle_model::Result<Store> {
    // Times are written as one digit, in seconds.
    let mut table = HEAD.to_owned();
    for line in lines.split_whitespace() {
        let (times, rest) = line.split_at(3);
        let (exchange, received) = times.split_once(',').expect("two times");
        table.extend(["172316125", exchange, "000000000,172316125", received, "000000000", rest, "\n"]);
    }
    read_csv(table.as_bytes(), options)
}

/// Every row as text: exchange time and arrival in seconds, then what it says in ticks and lots.
fn show(store: &Store) -> Vec<String> {
    let rows = store.rows.iter().enumerate().map(|(at, row)| {
        let second = |time: i64| time / 1_000_000_000 % 10;
        let (bids, asks) = store.levels_of(row);
        let side = |levels: &[haggle_model::BookLevel]| {
            levels.iter().map(|level| format!("{}x{}", level.price, level.size)).collect::<Vec<_>>().join(" ")
        };
        let what = match row.kind {
            RowKind::Snapshot => format!("snapshot {} / {}", side(bids), side(asks)),
            RowKind::Update => format!("update {} / {}", side(bids), side(asks)),
            RowKind::Quote => format!("best {}x{} {}x{}", row.a, row.b, store.ask(at), row.c),
            RowKind::Buy | RowKind::Sell => format!("print {}x{}", row.a, row.b),
            RowKind::Bar | RowKind::Gap => String::from("other"),
        };
        format!("{}{} {what}", second(row.time), second(store.arrival_time(at)))
    });
    rows.collect()
}

const TABLE: &str = "
    1,2,snapshot,bid,99.5,1     1,2,snapshot,ask,100,2.25   1,2,snapshot,bid,99,3
    2,3,update,ask,100.5,1
    2,3,best,bid,99.5,7         2,3,best,ask,100,1
    2,3,trade,sell,99.5,0.5
    2,3,update,bid,99,0         2,3,update,ask,101,4
    3,4,update,ask,100,0
    3,4,update,bid,99.75,1";

#[test]
fn rows_of_one_kind_and_stamps_are_one_message() {
    let store = csv(TABLE).expect("a good book");
    assert_eq!(
        show(&store),
        [
            "12 snapshot 9950x100 9900x300 / 10000x225",
            // What comes between the rows of a message does not part it.
            "23 update 9900x0 / 10050x100 10100x400",
            "23 best 9950x700 10000x100",
            "23 print 9950x50",
            "34 update 9975x100 / 10000x0",
        ]
    );
    assert_eq!(store.instruments[0].tick, Increment::new(Decimal::new(1, 2)).expect("tick"));
    assert_eq!((store.kinds()[0].books, store.kinds()[0].quotes, store.kinds()[0].trades), (3, 1, 1));
    assert_eq!(store.memory_bytes(), 5 * 48 + 8 * 16);
}

#[test]
fn a_kind_says_which_rows_are_kept() {
    let of = |kind| show(&read_with(TABLE, &ReadOptions { kind: Some(kind), ..options() }).expect("rows")).len();
    assert_eq!((of(DataKind::Book), of(DataKind::Trades)), (4, 1));
}

#[test]
fn what_makes_no_book_is_refused_with_its_line() {
    for (lines, expected) in [
        ("1,2,update,bid,99,1", "line 2, column 'kind': an update before the first snapshot: what it changes is not known"),
        (
            "1,2,snapshot,bid,99,1 2,3,best,bid,99,1 3,4,best,ask,100,1",
            "line 4, column 'side': the best quote of BTC/USDT at 2024-08-08T23:54:12Z has no ask",
        ),
        ("1,2,snapshot,bid,99,1 2,3,best,bid,99,1", "the best quote of BTC/USDT at 2024-08-08T23:54:12Z has no ask"),
        ("1,2,snapshot,,99,1", "line 2, column 'side': the side is missing"),
        ("1,2,snapshot,bid,0,1", "line 2, column 'price': the price has to be above zero"),
        ("1,2,snapshot,bid,99,-1", "line 2, column 'quantity': the quantity is negative"),
        ("1,2,snapshot,bid,99,1 2,3,bar,bid,99,1", "line 3, column 'kind': a row of kind 'bar' among others"),
    ] {
        assert_eq!(csv(lines).expect_err(lines).message, expected);
    }
    let without = ReadOptions { kind: Some(DataKind::Book), ..options() };
    let error = read_csv(b"time,side,price,quantity\n1723161251,bid,99,1\n", &without).expect_err("no kind");
    assert_eq!(error.path, "columns.kind");
}

#[test]
fn a_part_begins_with_all_that_is_known_by_then() {
    let whole = csv(TABLE).expect("a good book");
    let from = Some(1_723_161_252_000_000_000);
    let expected = [
        "23 snapshot 9950x100 / 10000x225 10050x100 10100x400",
        "23 best 9950x700 10000x100",
        "23 print 9950x50",
        "34 update 9975x100 / 10000x0",
    ];
    assert_eq!(show(&whole.select(None, from, None).expect("a part")), expected);
    assert_eq!(show(&read_with(TABLE, &ReadOptions { from, ..options() }).expect("a part")), expected);
    // The best quote before it counts, too: the bid is the one that it showed.
    let late = whole.select(None, Some(1_723_161_253_000_000_000), None).expect("a part");
    assert_eq!(show(&late), ["34 snapshot 9975x100 9950x700 / 10050x100 10100x400"]);
    assert_eq!(late.levels.len(), 4);
}

#[test]
fn merged_data_are_counted_in_common_increments() {
    let a = csv("1,1,snapshot,bid,99.5,1 3,3,update,bid,99,1").expect("a");
    let b = read_with("2,2,trade,sell,99.25,1", &options()).expect("b");
    let both = merge(&[&b, &a]).expect("merged");
    assert_eq!(show(&both), ["11 snapshot 9950x1 / ", "22 print 9925x1", "33 update 9900x1 / "]);
    let error = both.rescale(0, Increment::ONE, Increment::ONE).expect_err("between two ticks");
    assert_eq!(error.path, "tickSize");
}

fn through_parquet(store: &Store) -> Store {
    let mut file = Vec::new();
    write_parquet(store, &mut file).expect("written");
    read_parquet(file, &ReadOptions::default()).expect("read")
}

#[test]
fn parquet_keeps_every_bit() {
    let store = csv(TABLE).expect("a good book");
    let back = through_parquet(&store);
    assert_eq!((&back.rows, &back.levels, &back.instruments), (&store.rows, &store.levels, &store.instruments));
    assert_eq!(back.data_hash(), store.data_hash());
    let mut file = Vec::new();
    write_parquet(&store, &mut file).expect("written");
    let prints = ReadOptions { kind: Some(DataKind::Trades), ..ReadOptions::default() };
    assert_eq!(show(&read_parquet(file, &prints).expect("prints")), ["23 print 9950x50"]);
}

#[test]
fn columns_are_read_as_tables_are() {
    let columns: [(&str, ColumnData); 5] = [
        ("time", ColumnData::I64(&[1_723_161_251_000_000_000, 1_723_161_251_000_000_000, 1_723_161_252_000_000_000])),
        ("what", ColumnData::Text(&["snapshot", "snapshot", "update"])),
        ("side", ColumnData::F64(&[1.0, -1.0, 1.0])),
        ("price", ColumnData::F64(&[99.5, 100.0, 99.0])),
        ("size", ColumnData::F64(&[1.0, 2.0, 3.0])),
    ];
    let named = ReadOptions { columns: vec![("kind".to_owned(), ColumnRef::Name("what".to_owned()))], ..options() };
    assert_eq!(show(&read_columns(&columns, &named).expect("columns")), ["11 snapshot 995x1 / 1000x2", "22 update 990x3 / "]);
}

#[test]
fn each_event_of_barters_is_a_message() {
    let book = |time: u32, kind: &str, bids: &str, asks: &str| {
        let side = |name: &str, levels: &str| format!(r#"{{"side":"{name}","levels":[{levels}]}}"#);
        format!(
            r#"{{"Item":{{"time_exchange":"2024-08-09T00:00:0{time}Z","time_received":"2024-08-09T00:00:0{time}Z","exchange":"x","instrument":0,"kind":{{"OrderBook":{{"{kind}":{{"sequence":1,"time_engine":null,"bids":{},"asks":{}}}}}}}}}}}"#,
            side("Bids", bids),
            side("Asks", asks)
        )
    };
    let lines = [
        book(1, "Snapshot", r#"{"price":"99.5","amount":"1"}"#, r#"{"price":"100","amount":"2"},{"price":"101","amount":"3"}"#),
        book(2, "Update", r#"{"price":"99.5","amount":"0"}"#, ""),
        book(2, "Update", "", ""),
    ];
    let named = ReadOptions { instruments: vec!["BTC/USDT".to_owned()], ..ReadOptions::default() };
    let store = read_json_lines(lines.join("\n").as_bytes(), &named).expect("events");
    assert_eq!(show(&store), ["11 snapshot 995x1 / 1000x2 1010x3", "22 update 995x0 / ", "22 update  / "]);
    assert_eq!(show(&through_parquet(&store)), show(&store));
    let error = read_json_lines(lines[1].as_bytes(), &named).expect_err("no snapshot");
    assert_eq!(error.message, "line 1, kind: an update before the first snapshot: what it changes is not known");
}

#[test]
fn the_recorded_book_of_binance() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/binance_usdm_btcusdt_l2.csv.gz");
    let Ok(bytes) = std::fs::read(path) else {
        eprintln!("skipped: binance_usdm_btcusdt_l2.csv.gz is not there");
        return;
    };
    let store = read_csv(&bytes, &options()).expect("the file");
    let kinds = store.kinds()[0];
    assert_eq!((kinds.books, kinds.quotes, kinds.trades), (6_548, 66_046, 21_308));
    assert_eq!(store.levels.len(), 445_262);
    let (tick, lot) = (store.instruments[0].tick, store.instruments[0].lot);
    assert_eq!((tick.value().to_string(), lot.value().to_string()), ("0.1".to_owned(), "0.001".to_owned()));
    // A row of the file is a level, a side of a best quote, or a print.
    assert!(store.memory_bytes() <= 48 * 598_662 / 2, "{} bytes", store.memory_bytes());
    let back = through_parquet(&store);
    assert_eq!(back.data_hash(), store.data_hash());
    assert_eq!(back.report, store.report);
}
