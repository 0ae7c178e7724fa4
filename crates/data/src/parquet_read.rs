//! Reads Parquet files that [`crate::write_parquet`] wrote; others go on to [`crate::parquet_foreign`].

use crate::finish::push_row;
use crate::num::COUNT_LIMIT;
use crate::options::ReadOptions;
use crate::parquet_schema::{
    BAR, INSTRUMENTS_KEY, PRINT, QUOTE, REPORT_KEY, VERSION, VERSION_KEY, instruments_from_json, report_from_json,
};
use crate::parquet_write::open_order;
use crate::row::{Bar, Row, RowKind};
use crate::store::Store;
use crate::times;
use haggle_model::{Code, Error, Result, time::Nanos};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

/// Reads a Parquet file: one of our own as it was, any other by its column names, as [`crate::read_csv`] does.
///
/// Of our own files the options `kind`, `from`, `to` and `exchange_time` count (default: the exchange times that are in
/// the file); symbols, exchanges and increments are in the file.
/// Errors: `INVALID_DATA` with the row or the column.
pub fn read_parquet(bytes: &[u8], options: &ReadOptions) -> Result<Store> {
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).map_err(|error| damaged(&error))?;
    check_chunks(&reader, bytes.len())?;
    if metadata(reader.metadata().file_metadata(), VERSION_KEY).is_none() {
        return crate::parquet_foreign::read(&reader, options);
    }
    let mut store = read_own(&reader)?;
    if let Some(wish) = options.exchange_time {
        store = store.restamp(wish)?;
    }
    if let Some(kind) = options.kind {
        store = store.of_kind(kind);
    }
    if options.from.is_some() || options.to.is_some() {
        return store.select(None, options.from, options.to);
    }
    if store.is_empty() {
        return Err(Error::data("the data has no rows"));
    }
    Ok(store)
}

/// Refuses columns that lie outside of the file: the library takes their places for granted.
fn check_chunks(reader: &SerializedFileReader<bytes::Bytes>, length: usize) -> Result<()> {
    for column in reader.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns) {
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let (start, size) = (usize::try_from(start), usize::try_from(column.compressed_size()));
        let end = start.ok().zip(size.ok()).and_then(|(start, size)| start.checked_add(size));
        if end.is_none_or(|end| end > length) {
            return Err(Error::data(format!("the Parquet file is damaged: the column {} lies outside of it", column.column_path())));
        }
    }
    Ok(())
}

fn metadata<'a>(file: &'a FileMetaData, key: &str) -> Option<&'a str> {
    file.key_value_metadata()?.iter().find(|entry| entry.key == key)?.value.as_deref()
}

pub(crate) fn damaged(error: &ParquetError) -> Error {
    Error::data(format!("the Parquet file cannot be read: {error}"))
}

fn read_own(reader: &SerializedFileReader<bytes::Bytes>) -> Result<Store> {
    let file = reader.metadata().file_metadata();
    if metadata(file, VERSION_KEY) != Some(VERSION) {
        return Err(Error::new(Code::Unsupported, "the file was written by a newer version of haggle"));
    }
    let needed = |key: &str| metadata(file, key).ok_or_else(|| Error::data(format!("the file's metadata has no {key}")));
    let length = usize::try_from(file.num_rows()).ok().filter(|rows| *rows < crate::row::WIDE as usize);
    let length = length.ok_or_else(|| Error::overflow("the number of rows"))?;
    let mut store = Store {
        instruments: instruments_from_json(needed(INSTRUMENTS_KEY)?)?,
        // The number is only the file's word: memory grows with the rows that are really there.
        rows: Vec::with_capacity(length.min(1 << 24)),
        bars: Vec::new(),
        opens: Vec::new(),
        wide: Vec::new(),
        report: report_from_json(needed(REPORT_KEY)?)?,
        hash: OnceLock::new(),
    };
    let mut orders = (Vec::new(), Vec::new());
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(|error| damaged(&error))?;
        Batch::read(&*group, &mut orders)?.append(&mut store)?;
    }
    let (mut arrivals, opens) = orders;
    for (offset, place) in arrivals.iter_mut().zip(0u32..) {
        *offset = offset.wrapping_add_unsigned(place);
    }
    let arrivals = given_or(arrivals, store.len(), "arrival", |at| store.arrival_time(at), || (0..store.len() as u32).collect())?;
    store.opens = given_or(opens, store.bars.len(), "open_order", |at| store.bars[at].time_open, || open_order(&store))?;
    for (row, place) in store.rows.iter_mut().zip(arrivals) {
        row.arrival = place;
    }
    Ok(store)
}

/// The order that the file gives, or the one that goes without saying; either has to be in order of time.
fn given_or(given: Vec<i32>, len: usize, name: &str, time: impl Fn(usize) -> Nanos, unsaid: impl Fn() -> Vec<u32>) -> Result<Vec<u32>> {
    let order = if given.is_empty() { unsaid() } else { given.into_iter().map(i32::cast_unsigned).collect() };
    let mut seen = vec![0u64; len.div_ceil(64)];
    let mut last = Nanos::MIN;
    let mut valid = order.len() == len;
    for place in order.iter().map(|place| *place as usize) {
        valid = valid && place < len && seen[place / 64] & (1 << (place % 64)) == 0 && time(place) >= last;
        if !valid {
            break;
        }
        seen[place / 64] |= 1 << (place % 64);
        last = time(place);
    }
    if valid { Ok(order) } else { Err(Error::data(format!("the column {name} is no order of the rows")).at(name)) }
}

/// The columns of one row group. Of optional ones only the values that are there, and what they are of is in `kind`.
struct Batch {
    kind: Vec<i32>,
    instrument: Vec<i32>,
    times: [Vec<i64>; 2],
    print: [Vec<i64>; PRINT.len()],
    quote: [Vec<i64>; QUOTE.len()],
    bar: [Vec<i64>; BAR.len()],
}

impl Batch {
    fn read(group: &dyn RowGroupReader, orders: &mut (Vec<i32>, Vec<i32>)) -> Result<Self> {
        let mut columns = Columns { group, rows: usize::try_from(group.metadata().num_rows()).unwrap_or(0), levels: Vec::new() };
        let batch = Self {
            kind: columns.values::<Int32Type>("kind", None)?,
            instrument: columns.values::<Int32Type>("instrument", None)?,
            times: [columns.values::<Int64Type>("time_exchange", None)?, columns.values::<Int64Type>("time_received", None)?],
            print: Default::default(),
            quote: Default::default(),
            bar: Default::default(),
        };
        let count = |kinds: &[RowKind]| batch.kind.iter().filter(|kind| kinds.iter().any(|k| *k as i32 == **kind)).count();
        let (prints, quotes, bars) = (count(&[RowKind::Buy, RowKind::Sell]), count(&[RowKind::Quote]), count(&[RowKind::Bar]));
        let mut batch = batch;
        for (into, name) in batch.print.iter_mut().zip(PRINT) {
            *into = columns.values::<Int64Type>(name, Some(prints))?;
        }
        for (into, name) in batch.quote.iter_mut().zip(QUOTE) {
            *into = columns.values::<Int64Type>(name, Some(quotes))?;
        }
        for (into, name) in batch.bar.iter_mut().zip(BAR) {
            *into = columns.values::<Int64Type>(name, Some(bars))?;
        }
        if columns.place("arrival").is_some() {
            orders.0.extend(columns.values::<Int32Type>("arrival", None)?);
        }
        if columns.place("open_order").is_some() {
            orders.1.extend(columns.values::<Int32Type>("open_order", Some(bars))?);
        }
        Ok(batch)
    }

    fn append(&self, store: &mut Store) -> Result<()> {
        let (mut print, mut quote, mut bar) = (0, 0, 0);
        let mut last = store.rows.last().map_or(times::TIME_MIN, |row| row.time);
        for at in 0..self.kind.len() {
            let bad = |what: &str| Error::data(format!("row {}: {what}", store.rows.len())).at(what.to_owned());
            let (time, received) = (self.times[0][at], self.times[1][at]);
            if time < last || time > times::TIME_MAX || received < time || received > times::TIME_MAX {
                return Err(bad("times out of order or range"));
            }
            last = time;
            let instrument = u16::try_from(self.instrument[at]).ok().filter(|place| usize::from(*place) < store.instruments.len());
            let mut row = Row {
                time,
                a: 0,
                b: 0,
                c: 0,
                spread: 0,
                latency: 0,
                arrival: 0,
                instrument: instrument.ok_or_else(|| bad("instrument"))?,
                kind: RowKind::Gap,
            };
            let mut spread = 0;
            match self.kind[at] {
                0 => {
                    let [bid, bid_size, ask, ask_size] = [0, 1, 2, 3].map(|column: usize| self.quote[column][quote]);
                    quote += 1;
                    let prices = 0 <= bid && bid <= ask && ask <= COUNT_LIMIT;
                    if !(prices && is_size(bid_size) && is_size(ask_size) && (bid > 0 || bid_size == 0) && (ask > 0 || ask_size == 0)) {
                        return Err(bad("quote"));
                    }
                    (row.kind, row.a, row.b, row.c, spread) = (RowKind::Quote, bid, bid_size, ask_size, ask - bid);
                }
                side @ (1 | 2) => {
                    (row.a, row.b) = (self.print[0][print], self.print[1][print]);
                    print += 1;
                    if !(is_price(row.a) && is_size(row.b)) {
                        return Err(bad("print"));
                    }
                    row.kind = if side == 1 { RowKind::Buy } else { RowKind::Sell };
                }
                3 => {
                    let [time_open, open, high, low, close, volume] = [0, 1, 2, 3, 4, 5].map(|column: usize| self.bar[column][bar]);
                    bar += 1;
                    let range = is_price(low) && is_price(high) && (low..=high).contains(&open) && (low..=high).contains(&close);
                    if !(range && is_size(volume) && (times::TIME_MIN..time).contains(&time_open)) {
                        return Err(bad("bar"));
                    }
                    (row.kind, row.a) = (RowKind::Bar, store.bars.len() as i64);
                    store.bars.push(Bar { time_open, open, high, low, close, volume });
                }
                4 => {}
                _ => return Err(bad("kind")),
            }
            push_row(&mut store.rows, &mut store.wide, row, received, spread)?;
        }
        Ok(())
    }
}

const fn is_price(count: i64) -> bool {
    count > 0 && count <= COUNT_LIMIT
}

const fn is_size(count: i64) -> bool {
    count >= 0 && count <= COUNT_LIMIT
}

/// Reads whole columns of a row group by name.
struct Columns<'a> {
    group: &'a dyn RowGroupReader,
    rows: usize,
    levels: Vec<i16>,
}

impl Columns<'_> {
    fn place(&self, name: &str) -> Option<usize> {
        self.group.metadata().columns().iter().position(|column| column.column_path().string() == name)
    }

    /// All values of a column that is there in every row, or in `some` of them.
    fn values<T: DataType>(&mut self, name: &str, some: Option<usize>) -> Result<Vec<T::T>>
    where
        T::T: Default,
    {
        let expected = some.unwrap_or(self.rows);
        let bad = || Error::data(format!("the column {name} is missing or damaged")).at(name);
        let Some(place) = self.place(name) else {
            return if expected == 0 { Ok(Vec::new()) } else { Err(bad()) };
        };
        let description = self.group.metadata().column(place).column_descr();
        let nullable = description.max_def_level() > 0;
        if description.physical_type() != T::get_physical_type() || description.max_rep_level() > 0 || description.max_def_level() > 1 {
            return Err(bad());
        }
        let mut values = Vec::with_capacity(expected);
        read_records::<T>(self.group, place, self.rows, &mut values, nullable.then_some(&mut self.levels))?;
        if values.len() == expected { Ok(values) } else { Err(bad()) }
    }
}

/// Reads `rows` records of a column: the values that are there, and the levels of a nullable one.
///
/// The library panics on some damaged pages instead of returning an error. Nothing of ours runs in here, so a panic can
/// only mean that.
pub(crate) fn read_records<T: DataType>(
    group: &dyn RowGroupReader,
    place: usize,
    rows: usize,
    values: &mut Vec<T::T>,
    mut levels: Option<&mut Vec<i16>>,
) -> Result<()> {
    let read = catch_unwind(AssertUnwindSafe(|| -> Result<usize, ParquetError> {
        if let Some(levels) = &mut levels {
            levels.clear();
        }
        let mut reader = get_typed_column_reader::<T>(group.get_column_reader(place)?);
        let mut done = 0;
        while done < rows {
            let (records, ..) = reader.read_records(rows - done, levels.as_deref_mut(), None, values)?;
            if records == 0 {
                break;
            }
            done += records;
        }
        Ok(done)
    }));
    match read {
        Ok(Ok(done)) if done == rows => Ok(()),
        Ok(Err(error)) => Err(damaged(&error)),
        Ok(Ok(_)) | Err(_) => Err(Error::data("the Parquet file is damaged: a column cannot be decoded")),
    }
}
