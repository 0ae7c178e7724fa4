//! Reads Parquet files that [`crate::write_parquet`] wrote, a stride of rows at a time: what is decoded, checked and
//! placed stays in the cache, and every row is written once, where it stands in the store.

use crate::options::ReadOptions;
use crate::order::open_order;
use crate::parquet_column::{Column, damaged};
use crate::parquet_order::{Arrivals, check_opens};
use crate::parquet_schema::{
    BAR, BOOK, INSTRUMENTS_KEY, LEVEL, PRINT, QUOTE, REPORT_KEY, VERSION, VERSION_BOOKS, VERSION_KEY, instruments_from_json, metadata,
    report_from_json,
};
use crate::parquet_stride::{STRIDE, Stride};
use crate::store::Store;
use haggle_model::{Code, Error, Result};
use parquet::data_type::{Int32Type, Int64Type};
use parquet::file::reader::{FileReader, RowGroupReader};
use std::sync::OnceLock;

/// Reads one of our files. Errors: `UNSUPPORTED` for one of a later version, `INVALID_DATA` with the row or the column.
pub(crate) fn read(reader: &dyn FileReader, size: u64, options: &ReadOptions) -> Result<Store> {
    let file = reader.metadata().file_metadata();
    if !matches!(metadata(file, VERSION_KEY), Some(VERSION | VERSION_BOOKS)) {
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
        levels: Vec::new(),
        wide: Vec::new(),
        report: report_from_json(needed(REPORT_KEY)?)?,
        hash: OnceLock::new(),
    };
    for instrument in &store.instruments {
        options.limits.check_text(&instrument.symbol, "symbol")?;
        options.limits.check_text(instrument.exchange.as_deref().unwrap_or(""), "exchange")?;
    }
    let groups = reader.num_row_groups().max(1) as u64;
    options.watch.expect(size);
    let mut arrivals = Arrivals::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(|error| damaged(&error))?;
        read_group(&*group, &mut store, &mut arrivals)?;
        options.watch.done(size / groups)?;
    }
    arrivals.finish(&store)?;
    if store.opens.is_empty() {
        store.opens = open_order(&store);
    }
    check_opens(&store)?;
    store.check_span()?;
    store.rows.shrink_to_fit();
    Ok(store)
}

fn read_group(group: &dyn RowGroupReader, store: &mut Store, arrivals: &mut Arrivals) -> Result<()> {
    let required = |name| Column::<Int32Type>::open(group, name);
    let long = |name| Column::<Int64Type>::open(group, name);
    let (mut kind, mut instrument) = (required("kind")?, required("instrument")?);
    let (mut exchange, mut received) = (long("time_exchange")?, long("time_received")?);
    let (mut print, mut quote, mut bar) = (open_all(PRINT, long)?, open_all(QUOTE, long)?, open_all(BAR, long)?);
    let mut book = open_all(BOOK, long)?;
    let mut levels = open_all(LEVEL, |name| Column::<Int64Type>::open_repeated(group, name))?;
    let (mut arrival, mut open) = (required("arrival")?, required("open_order")?);
    let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    let mut stride = Stride::new();
    let in_order = [0i32; STRIDE];
    while left > 0 {
        let rows = left.min(STRIDE);
        left -= rows;
        let kinds = kind.next(rows, rows)?;
        let (exchange, received) = (exchange.next(rows, rows)?, received.next(rows, rows)?);
        let [prints, quotes, bars, books] = stride.sort(store.len(), kinds)?;
        stride.append(store, kinds, instrument.next(rows, rows)?, exchange, received)?;
        stride.add_prints(store, next_all(&mut print, rows, prints)?)?;
        stride.add_quotes(store, next_all(&mut quote, rows, quotes)?)?;
        stride.add_bars(store, next_all(&mut bar, rows, bars)?)?;
        let count = stride.add_books(store, next_all(&mut book, rows, books)?)?;
        stride.add_levels(store, next_all(&mut levels, rows, count)?)?;
        stride.note_wide(store, exchange, received);
        if open.is_there() {
            store.opens.extend(open.next(rows, bars)?.iter().map(|bar| bar.cast_unsigned()));
        }
        arrivals.extend(if arrival.is_there() { arrival.next(rows, rows)? } else { &in_order[..rows] });
        arrivals.settle(store)?;
    }
    Ok(())
}

/// Columns that belong together.
type Columns<const N: usize> = [Column<Int64Type>; N];

fn open_all<const N: usize>(names: [&'static str; N], open: impl Fn(&'static str) -> Result<Column<Int64Type>>) -> Result<Columns<N>> {
    let columns = names.into_iter().map(open).collect::<Result<Vec<_>>>()?;
    columns.try_into().map_err(|_| Error::bug("as many columns as names"))
}

/// The values of the next `rows` rows in each column, of which `expected` have some.
fn next_all<const N: usize>(columns: &mut Columns<N>, rows: usize, expected: usize) -> Result<[&[i64]; N]> {
    let mut values: [&[i64]; N] = [&[]; N];
    for (values, column) in values.iter_mut().zip(columns) {
        *values = column.next(rows, expected)?;
    }
    Ok(values)
}
