//! Parquet: our own files come back as they were, damaged ones are refused, foreign ones are read by name.

use haggle_data::{
    BuildOptions, Builder, DataKind, ExchangeTime, Limits, Num, ReadOptions, RowKind, Stamp, Stamps, Store, merge, open_file, read_parquet,
    read_parquet_file, sample, write_parquet,
};
use haggle_model::{
    Code, Error, Side,
    time::{DAY, SECOND, from_rfc3339},
};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type, Int96, Int96Type};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::{properties::WriterProperties, writer::SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

fn bytes(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_parquet(store, &mut bytes).expect("memory");
    bytes
}

/// Asserts that nothing of the store is lost.
fn assert_same(a: &Store, b: &Store) {
    assert_eq!(a.instruments, b.instruments);
    assert_eq!(a.rows, b.rows);
    assert_eq!((&a.bars, &a.opens, &a.wide, &a.report), (&b.bars, &b.opens, &b.wide, &b.report));
    assert_eq!(a.data_hash(), b.data_hash());
}

/// Every kind of row, two exchanges, both orders with ties that sorting alone would not find again.
fn mixed() -> Store {
    let mut builder = Builder::new(BuildOptions::default());
    let n = |text: &str| Num::parse(text.as_bytes()).expect(text);
    let both = |exchange, received| Stamps { exchange: Some(exchange), received: Some(received) };
    let a = builder.instrument("A", Some("x")).expect("new");
    let b = builder.instrument("B", None).expect("new");
    builder.trade(a, both(20, 50), Some(Side::Buy), n("1.25"), n("3")).expect("row");
    builder.trade(a, both(10, 50), Some(Side::Sell), n("1.5"), n("0.1")).expect("row");
    builder.quote(a, both(30, 20_000_000_000), Some((n("1"), n("2"))), Some((n("9000000000"), n("1")))).expect("row");
    builder.quote(b, Stamps::one(40), None, None).expect("row");
    builder.reconnect(Some("x"));
    builder.bar(b, 5, 100, [n("1"), n("3"), n("0.5"), n("2"), n("9")]).expect("row");
    builder.bar(b, 5, 60, [n("1"), n("3"), n("0.5"), n("2"), n("9")]).expect("row");
    builder.finish().expect("rows")
}

#[test]
fn our_files_come_back_as_they_were() {
    for store in [mixed(), sample::binance_spot().expect("sample"), sample::binance_spot_at(ExchangeTime::Venue).expect("sample")] {
        let read = read_parquet(bytes(&store), &ReadOptions::default()).expect("our own file");
        assert_same(&store, &read);
    }
    assert_eq!(mixed().rows.iter().map(|row| row.arrival).collect::<Vec<_>>(), [4, 1, 0, 5, 6, 2, 3]);
    assert_eq!(mixed().opens, [1, 0]);
    assert_eq!(mixed().wide.len(), 1 + 1, "the quote, and the gap that arrives with it");
}

#[test]
fn a_file_is_read_as_its_bytes_are() {
    let path = std::env::temp_dir().join(format!("haggle-{}.parquet", std::process::id()));
    let store = mixed();
    std::fs::write(&path, bytes(&store)).expect("a folder for temporary files");
    let read = open_file(&path).and_then(|file| read_parquet_file(file, &ReadOptions::default()));
    let whole = std::fs::read(&path).expect("just written");
    std::fs::write(&path, &whole[..whole.len() - 9]).expect("a folder for temporary files");
    let cut = open_file(&path).and_then(|file| read_parquet_file(file, &ReadOptions::default()));
    std::fs::remove_file(&path).expect("just written");
    assert_same(&store, &read.expect("our own file"));
    assert_eq!(cut.expect_err("cut short").code, Code::InvalidData);
    for unreadable in [path, std::env::temp_dir()] {
        assert!(open_file(unreadable).expect_err("removed, or a folder").message.starts_with("cannot read "));
    }
}

#[test]
fn rows_of_many_strides_come_back() {
    let (rows, n) = (20_000i64, |mantissa: i64, scale: u8| Num::new(mantissa, scale).expect("small"));
    let mut builder = Builder::new(BuildOptions::default());
    let at = [builder.instrument("A", None).expect("new"), builder.instrument("B", None).expect("new")];
    for row in 0..rows {
        // The first 9,000 rows arrive last, later than 32 bits can say; every 11th spread needs more than those as well.
        let received = row * 1_000 + if row < 9_000 { 5_000_000_000 } else { row % 13 * 700 };
        let stamps = Stamps { exchange: Some(row * 1_000), received: Some(received) };
        let ask = if row % 11 == 0 { 6_000_000_000 } else { 101 };
        match row % 3 {
            0 => builder.trade(at[row as usize % 2], stamps, None, n(100 + row % 5, 1), n(row, 2)).expect("print"),
            _ => builder.quote(at[row as usize % 2], stamps, Some((n(100, 1), n(row, 0))), Some((n(ask, 1), n(1, 0)))).expect("quote"),
        }
    }
    let store = builder.finish().expect("rows");
    assert!(store.wide.len() > 4_000 && store.rows.iter().enumerate().any(|(place, row)| row.arrival as usize > place + 4_096));
    assert_same(&store, &read_parquet(bytes(&store), &ReadOptions::default()).expect("our own file"));
}

#[test]
fn options_count_for_our_files() {
    let store = sample::binance_spot().expect("sample");
    let file = bytes(&store);
    let from = from_rfc3339("2025-03-25T23:08:00Z").expect("time");
    let read = |options: ReadOptions| read_parquet(file.clone(), &options).expect("our own file");
    let trades = read(ReadOptions { kind: Some(DataKind::Trades), ..ReadOptions::default() });
    assert_eq!(trades.len(), 11_032);
    let part = read(ReadOptions { from: Some(from), ..ReadOptions::default() });
    assert_same(&part, &store.select(None, Some(from), None).expect("rows"));
    let received = read(ReadOptions { exchange_time: Some(ExchangeTime::Received), ..ReadOptions::default() });
    assert_eq!(received.rows, sample::binance_spot_at(ExchangeTime::Received).expect("sample").rows);
    assert_same(&read(ReadOptions { exchange_time: Some(ExchangeTime::Aligned), ..ReadOptions::default() }), &store);
    let error =
        read_parquet(file.clone(), &ReadOptions { exchange_time: Some(ExchangeTime::Venue), ..ReadOptions::default() }).expect_err("gone");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "exchangeTime"));
}

#[test]
fn damaged_files_are_refused() {
    let file = bytes(&mixed());
    for bad in [&b""[..], b"PAR1", &file[..file.len() - 1], &file[100..]] {
        assert_eq!(read_parquet(bad.to_vec(), &ReadOptions::default()).expect_err("damaged").code, Code::InvalidData);
    }
    // A flipped byte anywhere is an error or other values, never a panic.
    for (at, flip) in (0..file.len()).flat_map(|at| [0x01, 0x55, 0x80, 0xff].map(|flip| (at, flip))) {
        let mut file = file.clone();
        file[at] ^= flip;
        if let Ok(store) = read_parquet(file.clone(), &ReadOptions::default()) {
            assert!(store.rows.is_sorted_by_key(|row| row.time), "byte {at}");
        }
    }
}

#[test]
fn a_merge_survives_the_file() {
    let (a, b) = (sample::binance_spot().expect("sample"), mixed());
    let store = merge(&[&a, &b, &b]).expect("parts");
    assert_same(&store, &read_parquet(bytes(&store), &ReadOptions::default()).expect("our own file"));
}

/// What a test column holds.
enum Column {
    Long(Vec<i64>),
    Int(Vec<i32>),
    Double(Vec<f64>),
    Float(Vec<f32>),
    Text(Vec<&'static str>),
    Fixed(Vec<Vec<u8>>),
    Old(Vec<Int96>),
    /// Nullable doubles.
    Maybe(Vec<Option<f64>>),
}

/// A file as another program would write it.
fn foreign(schema: &str, columns: Vec<Column>) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message table {{ {schema} }}")).expect("schema"));
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(WriterProperties::builder().build())).expect("writer");
    let mut group = writer.next_row_group().expect("group");
    for data in columns {
        let mut column = group.next_column().expect("column").expect("as many as the schema has");
        match data {
            Column::Long(values) => column.typed::<Int64Type>().write_batch(&values, None, None),
            Column::Int(values) => column.typed::<Int32Type>().write_batch(&values, None, None),
            Column::Double(values) => column.typed::<DoubleType>().write_batch(&values, None, None),
            Column::Float(values) => column.typed::<FloatType>().write_batch(&values, None, None),
            Column::Text(values) => {
                let values: Vec<ByteArray> = values.into_iter().map(ByteArray::from).collect();
                column.typed::<ByteArrayType>().write_batch(&values, None, None)
            }
            Column::Fixed(values) => {
                let values: Vec<_> = values.into_iter().map(|value| ByteArray::from(value).into()).collect();
                column.typed::<FixedLenByteArrayType>().write_batch(&values, None, None)
            }
            Column::Old(values) => column.typed::<Int96Type>().write_batch(&values, None, None),
            Column::Maybe(values) => {
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let there: Vec<f64> = values.into_iter().flatten().collect();
                column.typed::<DoubleType>().write_batch(&there, Some(&levels), None)
            }
        }
        .expect("batch");
        column.close().expect("column");
    }
    group.close().expect("group");
    writer.close().expect("file");
    out
}

fn options() -> ReadOptions {
    ReadOptions { symbol: Some("GOOG".to_owned()), timeframe: Some(DAY), stamp: Some(Stamp::Open), ..ReadOptions::default() }
}

#[test]
fn bars_as_pandas_writes_them() {
    let day = from_rfc3339("2024-01-02").expect("date");
    let schema = "optional double Open; required double High; required double Low; required float Close; required int64 Volume; \
                  required int64 Date (TIMESTAMP(MICROS,false));";
    let table = |open: Vec<Option<f64>>| {
        vec![
            Column::Maybe(open),
            Column::Double(vec![10.5, 11.0]),
            Column::Double(vec![9.0, 9.5]),
            Column::Float(vec![9.9, 10.1]),
            Column::Long(vec![1_000, 2_000]),
            Column::Long(vec![day / 1_000, (day + DAY) / 1_000]),
        ]
    };
    let store = read_parquet(foreign(schema, table(vec![Some(10.0), Some(10.2)])), &options()).expect("pandas");
    assert_eq!(store.rows.iter().map(|row| row.time).collect::<Vec<_>>(), [day + DAY, day + 2 * DAY]);
    assert_eq!((store.bars[1].open, store.bars[1].close, store.bars[1].volume), (102, 101, 2_000));
    let error = read_parquet(foreign(schema, table(vec![Some(10.0), None])), &options()).expect_err("a price is missing");
    assert_eq!((error.code, error.message.as_str()), (Code::InvalidData, "row 1, column 'Open': the open is missing"));
    let error = read_parquet(foreign(schema, table(vec![Some(f64::INFINITY), None])), &options()).expect_err("infinite");
    assert_eq!(error.message, "row 0, column 'Open': inf is no finite number");
}

#[test]
fn decimals_texts_and_old_times() {
    let trade_options = ReadOptions { timeframe: None, stamp: None, symbol: None, ..options() };
    let mut noon = Int96::new();
    noon.set_data(500, 0, 2_440_589); // 1970-01-02
    let schema = "required int96 timestamp; required fixed_len_byte_array(16) price (DECIMAL(38,18)); required int32 qty (DECIMAL(9,3)); \
                  required binary side (UTF8); required binary symbol (UTF8);";
    let price = (15 * 10i128.pow(17)).to_be_bytes().to_vec();
    let table = |qty: i32| {
        vec![
            Column::Old(vec![noon]),
            Column::Fixed(vec![price.clone()]),
            Column::Int(vec![qty]),
            Column::Text(vec!["sell"]),
            Column::Text(vec!["A"]),
        ]
    };
    let store = read_parquet(foreign(schema, table(2_500)), &trade_options).expect("decimals");
    let row = store.rows[0];
    assert_eq!((row.time, row.kind, row.a, row.b), (DAY + 500, RowKind::Sell, 15, 25));
    assert_eq!(store.symbols().collect::<Vec<_>>(), ["A"]);
    let error: Error = read_parquet(foreign(schema, table(-1)), &trade_options).expect_err("negative");
    assert_eq!(error.message, "row 0, column 'qty': the quantity is negative");
    let numbers = "required int64 ts; required binary price (UTF8); required int64 qty; required binary symbol (UTF8);";
    let table = vec![Column::Long(vec![1_723_161_600]), Column::Text(vec!["1.10"]), Column::Long(vec![3]), Column::Text(vec!["A"])];
    let store = read_parquet(foreign(numbers, table), &trade_options).expect("texts");
    assert_eq!((store.rows[0].time, store.rows[0].a), (1_723_161_600 * SECOND, 11));
}

#[test]
fn a_page_may_not_claim_more_than_its_column() {
    let mut file = bytes(&sample::binance_spot().expect("sample"));
    let reader = SerializedFileReader::new(bytes::Bytes::from(file.clone())).expect("our own file");
    let columns: Vec<_> = reader.metadata().row_groups().iter().flat_map(|group| group.columns().to_vec()).collect();
    let all: i64 = columns.iter().map(parquet::file::metadata::ColumnChunkMetaData::uncompressed_size).sum();
    let limits = Limits { bytes: Some(all as u64), ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    assert!(read_parquet(file.clone(), &options).is_ok(), "what the metadata says is true");
    // The kind of page, then its unpacked size: three bytes of seven bits.
    let time = columns.iter().find(|column| column.column_path().string() == "time_exchange").expect("a column");
    let at = usize::try_from(time.data_page_offset()).expect("in the file");
    assert_eq!((file[at], file[at + 2], file[at + 3] >> 7, file[at + 4] >> 7, file[at + 5] >> 7), (0x15, 0x15, 1, 1, 0));
    (file[at + 3], file[at + 4], file[at + 5]) = (0xfe, 0xff, 0x7f);
    let error = read_parquet(file, &options).expect_err("a megabyte");
    assert_eq!((error.code, error.path.as_str()), (Code::Overflow, "limits"));
}
