//! Reads Parquet: finds out whose file it is, and hands it to the reader of our own files or of those of others.

use crate::options::ReadOptions;
use crate::parquet_column::damaged;
use crate::parquet_schema::{VERSION_KEY, metadata};
use crate::store::Store;
use crate::{parquet_foreign, parquet_own, parquet_pages};
use bytes::Bytes;
use haggle_model::{Error, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use std::fs::File;
use std::io::Read;

/// Reads a Parquet file: one of our own as it was, any other by its column names, as [`crate::read_csv`] does.
///
/// Of our own files the options `kind`, `from`, `to` and `exchange_time` count (default: the exchange times that are in
/// the file); symbols, exchanges and increments are in the file.
/// Errors: `INVALID_DATA` with the row or the column.
pub fn read_parquet(bytes: impl Into<Bytes>, options: &ReadOptions) -> Result<Store> {
    let bytes = bytes.into();
    let length = bytes.len() as u64;
    read(bytes.clone(), &bytes, length, options)
}

/// As [`read_parquet`], page by page from an open file: its bytes are never in memory as a whole. What is no plain file
/// (a pipe) is read as a whole first.
pub fn read_parquet_file(mut file: File, options: &ReadOptions) -> Result<Store> {
    let failed = |error: std::io::Error| Error::data(format!("the file cannot be read: {error}"));
    let about = file.metadata().map_err(failed)?;
    if about.is_file() {
        let same = file.try_clone().map_err(failed)?;
        return read(file, &same, about.len(), options);
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    read_parquet(bytes, options)
}

/// Reads `source`; `same` is a second handle of it.
fn read<R: ChunkReader + 'static>(source: R, same: &R, length: u64, options: &ReadOptions) -> Result<Store> {
    let reader = SerializedFileReader::new(source).map_err(|error| damaged(&error))?;
    check_chunks(&reader, length)?;
    check_size(&reader, length, options)?;
    parquet_pages::check(same, reader.metadata().row_groups(), length, options.limits)?;
    if metadata(reader.metadata().file_metadata(), VERSION_KEY).is_none() {
        return parquet_foreign::read(&reader, length, options);
    }
    refuse_other_meanings(options)?;
    let mut store = parquet_own::read(&reader, length, options)?;
    if let Some(wish) = options.exchange_time {
        store = store.restamp(wish)?;
    }
    if let Some(kind) = options.kind {
        store = store.of_kind(kind)?;
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
fn check_chunks(reader: &dyn FileReader, length: u64) -> Result<()> {
    for column in reader.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns) {
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let (start, size) = (u64::try_from(start), u64::try_from(column.compressed_size()));
        let end = start.ok().zip(size.ok()).and_then(|(start, size)| start.checked_add(size));
        if end.is_none_or(|end| end > length) {
            return Err(Error::data(format!("the Parquet file is damaged: the column {} lies outside of it", column.column_path())));
        }
    }
    Ok(())
}

/// Refuses more rows, and more bytes when unpacked, than a file of this size can honestly hold.
fn check_size(reader: &dyn FileReader, length: u64, options: &ReadOptions) -> Result<()> {
    let groups = reader.metadata().row_groups();
    let known = |count: i64| u64::try_from(count).unwrap_or(u64::MAX);
    let rows = groups.iter().fold(0u64, |sum, group| sum.saturating_add(known(group.num_rows())));
    options.limits.check_rows(rows.max(known(reader.metadata().file_metadata().num_rows())), length)?;
    let columns = groups.iter().flat_map(RowGroupMetaData::columns);
    let bytes = columns.fold(0u64, |sum, column| sum.saturating_add(known(column.uncompressed_size())));
    options.limits.check_bytes(bytes, length)
}

/// Our own files say themselves what a row is: options that would mean something else are not passed over.
fn refuse_other_meanings(options: &ReadOptions) -> Result<()> {
    let given = [
        ("columns", !options.columns.is_empty()),
        ("timeframe", options.timeframe.is_some()),
        ("stamp", options.stamp.is_some()),
        ("timeFormat", options.time_format.is_some()),
        ("timeZone", options.time_zone.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((path, _)) => Err(Error::argument(path, "the file was written by writeParquet, and says itself what its rows are")
            .hint(format!("leave out {path}"))),
        None => Ok(()),
    }
}
