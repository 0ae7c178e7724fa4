//! Writes a store as Parquet, so that reading it back gives the same store to the last bit.

use crate::order::open_order;
use crate::parquet_schema::{
    BAR, BOOK, INSTRUMENTS_KEY, LEVEL, Optional, PRINT, QUOTE, REPORT_KEY, VERSION, VERSION_BOOKS, VERSION_KEY, instruments_json,
    report_json, schema,
};
use crate::row::{Row, RowKind};
use crate::store::Store;
use haggle_model::{BookLevel, Error, Result};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Rows and levels in one row group: a group's columns (about 10 MB) are read into memory that the next group uses again.
const GROUP: usize = 1 << 17;

/// Writes the store in our own layout (its columns are listed in the module `parquet_schema`), compressed by LZ4: a file is 15 %
/// larger than by zstd, and read a seventh faster.
///
/// Errors: `INVALID_DATA` where `out` cannot be written.
pub fn write_parquet(store: &Store, out: impl Write + Send) -> Result<()> {
    let kinds = store.kinds();
    let has = Optional {
        prints: kinds.iter().any(|kind| kind.trades > 0),
        quotes: kinds.iter().any(|kind| kind.quotes > 0),
        bars: kinds.iter().any(|kind| kind.bars > 0),
        books: kinds.iter().any(|kind| kind.books > 0),
        arrival: store.rows.iter().map(|row| row.arrival).ne(0..store.len() as u32),
        open_order: store.opens != open_order(store),
    };
    let key_value = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_created_by("haggle".to_owned())
        .set_key_value_metadata(Some(vec![
            key_value(VERSION_KEY, (if has.books { VERSION_BOOKS } else { VERSION }).to_owned()),
            key_value(INSTRUMENTS_KEY, instruments_json(store)),
            key_value(REPORT_KEY, report_json(&store.report)),
        ]));
    for column in ["time_exchange", "time_received", "time_open", "arrival"] {
        properties = properties.set_column_dictionary_enabled(column.into(), false);
        properties = properties.set_column_encoding(column.into(), Encoding::DELTA_BINARY_PACKED);
    }
    let mut writer = SerializedFileWriter::new(out, schema(has)?, Arc::new(properties.build())).map_err(|error| failed(&error))?;
    let mut start = 0;
    while start < store.len() {
        let places = start..end_of_group(store, start);
        start = places.end;
        let rows = &store.rows[places.clone()];
        let mut group = writer.next_row_group().map_err(|error| failed(&error))?;
        required::<Int32Type, _>(&mut group, rows.iter().map(|row| row.kind as i32))?;
        required::<Int32Type, _>(&mut group, rows.iter().map(|row| i32::from(row.instrument)))?;
        required::<Int64Type, _>(&mut group, rows.iter().map(|row| row.time))?;
        required::<Int64Type, _>(&mut group, places.clone().map(|place| store.arrival_time(place)))?;
        if has.prints {
            let columns: [fn(&Row) -> i64; PRINT.len()] = [|row| row.a, |row| row.b];
            for value in columns {
                optional::<Int64Type, _>(&mut group, rows.iter().map(|row| row.kind.aggressor().map(|_| value(row))))?;
            }
        }
        if has.quotes {
            let columns: [fn(&Store, usize) -> i64; QUOTE.len()] =
                [|store, at| store.rows[at].a, |store, at| store.rows[at].b, |store, at| store.ask(at), |store, at| store.rows[at].c];
            for value in columns {
                let of = |at: usize| (store.rows[at].kind == RowKind::Quote).then(|| value(store, at));
                optional::<Int64Type, _>(&mut group, places.clone().map(of))?;
            }
        }
        if has.bars {
            let bar = |row: &Row| (row.kind == RowKind::Bar).then(|| &store.bars[row.a as usize]);
            let columns: [fn(&crate::StoredBar) -> i64; BAR.len()] =
                [|b| b.time_open, |b| b.open, |b| b.high, |b| b.low, |b| b.close, |b| b.volume];
            for value in columns {
                optional::<Int64Type, _>(&mut group, rows.iter().map(|row| bar(row).map(value)))?;
            }
        }
        if has.books {
            let columns: [fn(&Row) -> i64; BOOK.len()] = [|row| row.b, |row| row.c];
            for value in columns {
                optional::<Int64Type, _>(&mut group, rows.iter().map(|row| row.kind.is_book().then(|| value(row))))?;
            }
            let columns: [fn(&BookLevel) -> i64; LEVEL.len()] = [|level| level.price, |level| level.size];
            for value in columns {
                levels(&mut group, store, rows, value)?;
            }
        }
        if has.arrival {
            // Places and their differences are below 2^32, so the difference wraps to and fro without loss.
            let offset = |(row, place): (&Row, usize)| row.arrival.wrapping_sub(place as u32).cast_signed();
            required::<Int32Type, _>(&mut group, rows.iter().zip(places.clone()).map(offset))?;
        }
        if has.open_order {
            let order = |row: &Row| (row.kind == RowKind::Bar).then(|| store.opens[row.a as usize].cast_signed());
            optional::<Int32Type, _>(&mut group, rows.iter().map(order))?;
        }
        group.close().map_err(|error| failed(&error))?;
    }
    writer.close().map_err(|error| failed(&error))?;
    Ok(())
}

/// Writes the store to a file, whole or not at all: it is written beside the place that it is for, and then put there. What is no plain
/// file (a pipe) is written to as it is.
///
/// Errors: `INVALID_ARGUMENT` with the path `path` where the file cannot be written.
pub fn write_parquet_file(store: &Store, path: &str) -> Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let failed = |error: &dyn std::fmt::Display| Error::argument("path", format!("cannot write {path}: {error}"));
    let is_special = std::fs::metadata(path).is_ok_and(|about| !about.is_file());
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let beside = if is_special { path.to_owned() } else { format!("{path}.{}-{number}.part", std::process::id()) };
    let write = || {
        let mut out = BufWriter::new(File::create(&beside).map_err(|error| failed(&error))?);
        write_parquet(store, &mut out).map_err(|error| failed(&error.message))?;
        out.flush().map_err(|error| failed(&error))?;
        if is_special { Ok(()) } else { std::fs::rename(&beside, path).map_err(|error| failed(&error)) }
    };
    let written = write();
    if written.is_err() && !is_special {
        // That it cannot be removed is less than what went wrong before.
        drop(std::fs::remove_file(&beside));
    }
    written
}

/// Where a row group that begins at `start` ends; a level weighs as much as a row.
fn end_of_group(store: &Store, start: usize) -> usize {
    let mut weight = 0;
    let rest = store.rows[start..].iter().take_while(|row| {
        let has_room = weight < GROUP;
        weight += 1 + row.levels().len();
        has_room
    });
    start + rest.count()
}

fn required<T: DataType, W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, values: impl Iterator<Item = T::T>) -> Result<()> {
    let values: Vec<T::T> = values.collect();
    write::<T, W>(group, &values, None)
}

fn optional<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> Result<()> {
    let mut values = Vec::new();
    let levels: Vec<i16> = cells
        .map(|cell| {
            let level = i16::from(cell.is_some());
            values.extend(cell);
            level
        })
        .collect();
    write::<T, W>(group, &values, Some(&levels))
}

/// A column that has a value for every level of every row.
fn levels<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    store: &Store,
    rows: &[Row],
    value: fn(&BookLevel) -> i64,
) -> Result<()> {
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let of_row = &store.levels[row.levels()];
        values.extend(of_row.iter().map(value));
        // A row without levels takes a place, too.
        defined.extend(std::iter::repeat_n(i16::from(!of_row.is_empty()), of_row.len().max(1)));
        repeated.extend((0..of_row.len().max(1)).map(|at| i16::from(at > 0)));
    }
    write_column::<Int64Type, W>(group, &values, Some(&defined), Some(&repeated))
}

fn write<T: DataType, W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, values: &[T::T], levels: Option<&[i16]>) -> Result<()> {
    write_column::<T, W>(group, values, levels, None)
}

fn write_column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    defined: Option<&[i16]>,
    repeated: Option<&[i16]>,
) -> Result<()> {
    let mut column = group.next_column().map_err(|error| failed(&error))?.ok_or_else(|| Error::bug("more columns than the schema has"))?;
    column.typed::<T>().write_batch(values, defined, repeated).map_err(|error| failed(&error))?;
    column.close().map_err(|error| failed(&error))
}

fn failed(error: &ParquetError) -> Error {
    Error::data(format!("the Parquet file cannot be written: {error}"))
}
