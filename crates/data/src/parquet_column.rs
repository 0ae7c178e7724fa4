//! One column of a row group, decoded a stride of rows at a time.

use haggle_model::{Error, Result};
use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A column that is read from its first row to its last. `values` and `levels` are memory that strides use in turn.
pub(crate) struct Column<T: DataType> {
    name: &'static str,
    /// `None`: the group has no such column.
    reader: Option<ColumnReaderImpl<T>>,
    levels: Vec<i16>,
    /// Of a column with any number of values a row.
    repeats: Option<Vec<i16>>,
    values: Vec<T::T>,
}

impl<T: DataType> Column<T> {
    /// The column with this name. Errors: `INVALID_DATA` where it is of another type.
    pub fn open(group: &dyn RowGroupReader, name: &'static str) -> Result<Self> {
        Self::open_as(group, name, false)
    }

    /// The same of a column that has any number of values in a row.
    pub fn open_repeated(group: &dyn RowGroupReader, name: &'static str) -> Result<Self> {
        Self::open_as(group, name, true)
    }

    fn open_as(group: &dyn RowGroupReader, name: &'static str, is_repeated: bool) -> Result<Self> {
        let place = group.metadata().columns().iter().position(|column| column.column_path().string() == name);
        let reader = match place {
            Some(place) => {
                let description = group.metadata().column(place).column_descr();
                let fits = description.physical_type() == T::get_physical_type();
                if !fits || description.max_rep_level() != i16::from(is_repeated) || description.max_def_level() > 1 {
                    return Err(missing(name));
                }
                Some(open::<T>(group, place)?)
            }
            None => None,
        };
        Ok(Self { name, reader, levels: Vec::new(), repeats: is_repeated.then(Vec::new), values: Vec::new() })
    }

    /// Whether the group has this column.
    pub fn is_there(&self) -> bool {
        self.reader.is_some()
    }

    /// The `expected` values of the next `rows` rows.
    pub fn next(&mut self, rows: usize, expected: usize) -> Result<&[T::T]> {
        self.values.clear();
        if let Some(reader) = &mut self.reader {
            self.levels.clear();
            self.repeats.iter_mut().for_each(Vec::clear);
            decode(reader, rows, &mut self.values, &mut self.levels, self.repeats.as_mut())?;
        }
        if self.values.len() == expected { Ok(&self.values) } else { Err(missing(self.name)) }
    }
}

fn missing(name: &str) -> Error {
    Error::data(format!("the column {name} is missing or damaged")).at(name)
}

/// Reads a whole column of `rows` rows: the values that are there, and the levels of a nullable one.
pub(crate) fn read_column<T: DataType>(
    group: &dyn RowGroupReader,
    place: usize,
    rows: usize,
    values: &mut Vec<T::T>,
    levels: &mut Vec<i16>,
) -> Result<()> {
    decode(&mut open::<T>(group, place)?, rows, values, levels, None)
}

fn open<T: DataType>(group: &dyn RowGroupReader, place: usize) -> Result<ColumnReaderImpl<T>> {
    guarded(|| Ok(get_typed_column_reader::<T>(group.get_column_reader(place)?)))
}

fn decode<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    values: &mut Vec<T::T>,
    levels: &mut Vec<i16>,
    mut repeats: Option<&mut Vec<i16>>,
) -> Result<()> {
    let done = guarded(|| {
        let mut done = 0;
        while done < rows {
            let (records, ..) = reader.read_records(rows - done, Some(levels), repeats.as_deref_mut(), values)?;
            if records == 0 {
                break;
            }
            done += records;
        }
        Ok(done)
    })?;
    if done == rows { Ok(()) } else { Err(undecodable()) }
}

/// The library panics on some damaged pages instead of returning an error. Nothing of ours runs in here, so a panic can
/// only mean that.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(damaged(&error)),
        Err(_) => Err(undecodable()),
    }
}

fn undecodable() -> Error {
    Error::data("the Parquet file is damaged: a column cannot be decoded")
}

/// An error of the library as one of ours.
pub(crate) fn damaged(error: &ParquetError) -> Error {
    Error::data(format!("the Parquet file cannot be read: {error}"))
}
