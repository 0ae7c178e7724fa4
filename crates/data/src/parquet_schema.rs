//! The Parquet layout of a store.
//!
//! One row per row of the store, in exchange-time order. Prices are ticks and quantities lots; what one of them is
//! worth stands in the file's metadata. Columns that no row needs are left out.
//!
//! | column | type | of |
//! |---|---|---|
//! | `kind` | INT32: 0 quote, 1 print bought, 2 print sold, 3 bar, 4 reconnect, 5 snapshot of a book, 6 update of one | every row |
//! | `instrument` | INT32, place in the metadata's list | every row |
//! | `time_exchange`, `time_received` | INT64, UTC nanoseconds | every row |
//! | `price`, `quantity` | INT64 | prints |
//! | `bid`, `bid_size`, `ask`, `ask_size` | INT64 | quotes |
//! | `time_open`, `open`, `high`, `low`, `close`, `volume` | INT64 | bars |
//! | `bids`, `asks` | INT64, how many levels of each side | messages of books |
//! | `level_price`, `level_size` | repeated INT64: the bids, then the asks | messages of books |
//! | `arrival` | INT32, place of the row that arrives k-th, less k | only where rows arrive in another order than they stand in |
//! | `open_order` | INT32, place among the bars of the bar that opens k-th | only where sorting by `time_open` does not say it |
//!
//! Metadata: `haggle.version` (`1`, or `2` where there are books), `haggle.instruments` (JSON list of `{symbol, exchange, tick, lot}`), and
//! `haggle.report` (JSON of the load report).

use crate::store::{DataInstrument, LoadReport, Store};
use haggle_model::{Decimal, Error, Increment, Result};
use parquet::file::metadata::FileMetaData;
use parquet::schema::{parser::parse_message_type, types::Type};
use serde_json::{Value, json};
use std::str::FromStr;
use std::sync::Arc;

/// Metadata key of the layout's version.
pub(crate) const VERSION_KEY: &str = "haggle.version";
/// The layout of files without books.
pub(crate) const VERSION: &str = "1";
/// The same, with books.
pub(crate) const VERSION_BOOKS: &str = "2";
/// Metadata key of the instruments.
pub(crate) const INSTRUMENTS_KEY: &str = "haggle.instruments";
/// Metadata key of the load report.
pub(crate) const REPORT_KEY: &str = "haggle.report";

/// Columns of quotes, in the file's order.
pub(crate) const QUOTE: [&str; 4] = ["bid", "bid_size", "ask", "ask_size"];
/// Columns of prints.
pub(crate) const PRINT: [&str; 2] = ["price", "quantity"];
/// Columns of bars.
pub(crate) const BAR: [&str; 6] = ["time_open", "open", "high", "low", "close", "volume"];

/// Numbers of levels in a message of a book.
pub(crate) const BOOK: [&str; 2] = ["bids", "asks"];
/// Its levels.
pub(crate) const LEVEL: [&str; 2] = ["level_price", "level_size"];

/// Which of the optional columns a file has.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one part of the layout, and every combination occurs")]
pub(crate) struct Optional {
    pub prints: bool,
    pub quotes: bool,
    pub bars: bool,
    pub books: bool,
    pub arrival: bool,
    pub open_order: bool,
}

/// The schema of a file with these columns.
pub(crate) fn schema(has: Optional) -> Result<Arc<Type>> {
    let mut text = String::from(
        "message haggle { required int32 kind (INTEGER(8,false)); required int32 instrument (INTEGER(16,false)); \
         required int64 time_exchange (TIMESTAMP(NANOS,true)); required int64 time_received (TIMESTAMP(NANOS,true)); ",
    );
    let mut add = |names: &[&str], wanted: bool| {
        for name in names.iter().filter(|_| wanted) {
            let logical = if *name == "time_open" { " (TIMESTAMP(NANOS,true))" } else { "" };
            text.extend(["optional int64 ", name, logical, "; "]);
        }
    };
    add(&PRINT, has.prints);
    add(&QUOTE, has.quotes);
    add(&BAR, has.bars);
    add(&BOOK, has.books);
    if has.books {
        for name in LEVEL {
            text.extend(["repeated int64 ", name, "; "]);
        }
    }
    if has.arrival {
        text += "required int32 arrival; ";
    }
    if has.open_order {
        text += "optional int32 open_order (INTEGER(32,false)); ";
    }
    text += "}";
    parse_message_type(&text).map(Arc::new).map_err(Error::bug)
}

/// The instruments as metadata.
pub(crate) fn instruments_json(store: &Store) -> String {
    let list: Vec<Value> = store
        .instruments
        .iter()
        .map(|i| json!({"symbol": i.symbol, "exchange": i.exchange, "tick": i.tick.value().to_string(), "lot": i.lot.value().to_string()}))
        .collect();
    Value::from(list).to_string()
}

/// Reads what [`instruments_json`] wrote.
pub(crate) fn instruments_from_json(text: &str) -> Result<Vec<DataInstrument>> {
    let bad = || Error::data("the instruments in the file's metadata are damaged").at(INSTRUMENTS_KEY);
    let list: Vec<Value> = serde_json::from_str(text).map_err(|_| bad())?;
    list.iter()
        .map(|value| {
            let increment = |key: &str| {
                value[key]
                    .as_str()
                    .and_then(|text| Decimal::from_str(text).ok())
                    .and_then(|value| Increment::new(value).ok())
                    .ok_or_else(bad)
            };
            Ok(DataInstrument {
                symbol: value["symbol"].as_str().ok_or_else(bad)?.to_owned(),
                exchange: value["exchange"].as_str().map(str::to_owned),
                tick: increment("tick")?,
                lot: increment("lot")?,
            })
        })
        .collect()
}

/// The load report as metadata.
pub(crate) fn report_json(report: &LoadReport) -> String {
    json!({
        "crossed": report.crossed,
        "unordered_exchange": report.unordered_exchange,
        "unordered_received": report.unordered_received,
        "received_early": report.received_early,
        "aligned_lag": report.aligned_lag,
        "is_arrival": report.is_arrival,
        "duplicates": report.duplicates,
        "conflicts": report.conflicts,
        "bad_rows": report.bad_rows,
        "first_bad": report.first_bad,
        "empty_bars": report.empty_bars,
        "rounded": report.rounded,
        "clock_jumps": report.clock_jumps,
        "missing_bars": report.missing_bars,
        "sparse": report.sparse.map(|(timeframe, apart)| [timeframe, apart]),
        "bands": report.bands,
    })
    .to_string()
}

/// Reads what [`report_json`] wrote.
pub(crate) fn report_from_json(text: &str) -> Result<LoadReport> {
    let bad = || Error::data("the load report in the file's metadata is damaged").at(REPORT_KEY);
    let value: Value = serde_json::from_str(text).map_err(|_| bad())?;
    let count = |key: &str| value[key].as_u64().ok_or_else(bad);
    let later = |key: &str| value[key].as_u64().unwrap_or(0);
    Ok(LoadReport {
        crossed: count("crossed")?,
        unordered_exchange: count("unordered_exchange")?,
        unordered_received: count("unordered_received")?,
        received_early: count("received_early")?,
        aligned_lag: value["aligned_lag"].as_i64(),
        is_arrival: value["is_arrival"].as_bool().unwrap_or_default(),
        // Files of earlier versions do not have these.
        duplicates: later("duplicates"),
        conflicts: later("conflicts"),
        bad_rows: later("bad_rows"),
        first_bad: value["first_bad"].as_str().map(str::to_owned),
        empty_bars: later("empty_bars"),
        rounded: later("rounded"),
        clock_jumps: later("clock_jumps"),
        missing_bars: later("missing_bars"),
        sparse: value["sparse"][0].as_i64().zip(value["sparse"][1].as_i64()),
        bands: value["bands"].as_bool().unwrap_or_default(),
    })
}

/// A value of the file's metadata.
pub(crate) fn metadata<'a>(file: &'a FileMetaData, key: &str) -> Option<&'a str> {
    file.key_value_metadata()?.iter().find(|entry| entry.key == key)?.value.as_deref()
}
