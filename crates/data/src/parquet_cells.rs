//! Decodes columns of foreign Parquet files, of any type.

use crate::cell;
use crate::clock::Clock;
use crate::limits::Limits;
use crate::num::Num;
use crate::options::Decimals;
use crate::parquet_column::read_column;
use crate::times;
use haggle_model::{
    Error, Result, Side,
    time::{DAY, MILLISECOND, Nanos},
};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::data_type::{
    AsBytes, BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type, Int96Type,
};
use parquet::file::reader::RowGroupReader;
use std::rc::Rc;

/// Cells of a column, or an error with the row.
type Cells<T> = Result<Vec<Option<T>>, (Error, usize)>;

/// All cells of a column, each converted by `convert`.
fn read<P: DataType, T>(
    group: &dyn RowGroupReader,
    place: usize,
    rows: usize,
    mut convert: impl FnMut(&P::T) -> Result<Option<T>>,
) -> Cells<T> {
    let whole = |error| (error, 0);
    let nullable = group.metadata().column(place).column_descr().max_def_level();
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    read_column::<P>(group, place, rows, &mut values, &mut levels).map_err(whole)?;
    let there = if nullable > 0 { levels.iter().filter(|level| **level == nullable).count() } else { rows };
    if values.len() != there {
        return Err(whole(Error::data("the column is damaged")));
    }
    let mut values = values.iter();
    (0..rows)
        .map(|row| {
            if nullable > 0 && levels[row] != nullable {
                return Ok(None);
            }
            values.next().map_or(Ok(None), &mut convert).map_err(|error| (error, row))
        })
        .collect()
}

fn unfit<T>(group: &dyn RowGroupReader, place: usize, what: &str) -> Cells<T> {
    let kind = group.metadata().column(place).column_descr().physical_type();
    Err((Error::data(format!("a column of type {kind} is no {what}")), 0))
}

/// Times of any type.
pub(crate) fn read_times(group: &dyn RowGroupReader, place: usize, rows: usize, clock: &mut Clock) -> Cells<Nanos> {
    let column = group.metadata().column(place).column_descr_ptr();
    let unit = match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Timestamp(stamp)), _) => Some(match stamp.unit {
            TimeUnit::MILLIS => MILLISECOND,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1,
        }),
        (Some(LogicalType::Date), _) | (_, ConvertedType::DATE) => Some(DAY),
        (_, ConvertedType::TIMESTAMP_MILLIS) => Some(MILLISECOND),
        (_, ConvertedType::TIMESTAMP_MICROS) => Some(1_000),
        _ => None,
    };
    let mut plain = clock.clone();
    let mut time = |number: i64| match unit {
        Some(unit) => number.checked_mul(unit).ok_or_else(|| Error::overflow("the time")).and_then(times::check).map(Some),
        None => Num::new(number, 0).and_then(|number| plain.number(number)).map(Some),
    };
    match column.physical_type() {
        Type::INT64 => read::<Int64Type, _>(group, place, rows, |value| time(*value)),
        Type::INT32 => read::<Int32Type, _>(group, place, rows, |value| time(i64::from(*value))),
        Type::INT96 => read::<Int96Type, _>(group, place, rows, |value| {
            // The type wraps: days outside of the range are refused before it can.
            let days = i64::from(value.data()[2]) - 2_440_588;
            if days.abs() < 100_000 { times::check(value.to_nanos()).map(Some) } else { Err(Error::overflow("the time")) }
        }),
        Type::DOUBLE => read::<DoubleType, _>(group, place, rows, |value| {
            cell::double(*value, &mut 0, Decimals::Clean)?.map(|number| clock.number(number)).transpose()
        }),
        Type::BYTE_ARRAY => read::<ByteArrayType, _>(group, place, rows, |value| {
            if cell::is_missing(value.as_bytes()) { Ok(None) } else { clock.read(value.as_bytes(), None).map(Some) }
        }),
        _ => unfit(group, place, "time"),
    }
}

/// Prices and sizes of any type.
pub(crate) fn read_numbers(group: &dyn RowGroupReader, place: usize, rows: usize, decimals: Decimals) -> Cells<Num> {
    let column = group.metadata().column(place).column_descr_ptr();
    let stored = match column.logical_type_ref() {
        Some(LogicalType::Decimal(decimal)) => Some(decimal.scale),
        _ if column.converted_type() == ConvertedType::DECIMAL => Some(column.type_scale()),
        _ => None,
    };
    let Ok(scale) = u8::try_from(stored.unwrap_or(0)) else {
        return Err((Error::overflow("the scale of the column"), 0));
    };
    let mut hint = 0;
    match column.physical_type() {
        Type::INT64 => read::<Int64Type, _>(group, place, rows, |value| Num::new(*value, scale).map(Some)),
        Type::INT32 => read::<Int32Type, _>(group, place, rows, |value| Num::new(i64::from(*value), scale).map(Some)),
        Type::DOUBLE => read::<DoubleType, _>(group, place, rows, |value| cell::double(*value, &mut hint, decimals)),
        Type::FLOAT => read::<FloatType, _>(group, place, rows, |value| {
            if value.is_nan() { Ok(None) } else { cell::number(value.to_string().as_bytes(), decimals) }
        }),
        Type::FIXED_LEN_BYTE_ARRAY if stored.is_some() => {
            read::<FixedLenByteArrayType, _>(group, place, rows, |value| big_endian(value.as_bytes(), scale).map(Some))
        }
        Type::BYTE_ARRAY if stored.is_some() => {
            read::<ByteArrayType, _>(group, place, rows, |value| big_endian(value.as_bytes(), scale).map(Some))
        }
        Type::BYTE_ARRAY => read::<ByteArrayType, _>(group, place, rows, |value| cell::number(value.as_bytes(), decimals)),
        _ => unfit(group, place, "number"),
    }
}

/// Sides as texts, numbers or booleans; `parse` says what a text (`true` and `1` for booleans and numbers) means.
pub(crate) fn read_sides(group: &dyn RowGroupReader, place: usize, rows: usize, parse: fn(&[u8]) -> Result<Option<Side>>) -> Cells<Side> {
    let sign = |value: i64| parse(value.signum().to_string().as_bytes());
    match group.metadata().column(place).column_descr().physical_type() {
        Type::BYTE_ARRAY => read::<ByteArrayType, _>(group, place, rows, |value| parse(value.as_bytes())),
        Type::BOOLEAN => read::<BoolType, _>(group, place, rows, |value| parse(if *value { b"true" } else { b"false" })),
        Type::INT32 => read::<Int32Type, _>(group, place, rows, |value| sign(i64::from(*value))),
        Type::INT64 => read::<Int64Type, _>(group, place, rows, |value| sign(*value)),
        _ => unfit(group, place, "side"),
    }
}

/// Yes or no, as texts, numbers or booleans.
pub(crate) fn read_flags(group: &dyn RowGroupReader, place: usize, rows: usize) -> Cells<bool> {
    match group.metadata().column(place).column_descr().physical_type() {
        Type::BYTE_ARRAY => read::<ByteArrayType, _>(group, place, rows, |value| cell::flag(value.as_bytes())),
        Type::BOOLEAN => read::<BoolType, _>(group, place, rows, |value| Ok(Some(*value))),
        Type::INT32 => read::<Int32Type, _>(group, place, rows, |value| Ok(Some(*value != 0))),
        Type::INT64 => read::<Int64Type, _>(group, place, rows, |value| Ok(Some(*value != 0))),
        _ => unfit(group, place, "yes or no"),
    }
}

/// Texts: equal neighbours share one.
pub(crate) fn read_texts(group: &dyn RowGroupReader, place: usize, rows: usize, limits: Limits) -> Cells<Rc<str>> {
    let mut last: Option<Rc<str>> = None;
    match group.metadata().column(place).column_descr().physical_type() {
        Type::BYTE_ARRAY => read::<ByteArrayType, _>(group, place, rows, |value| {
            if let Some(last) = last.as_ref().filter(|last| last.as_bytes() == value.as_bytes()) {
                return Ok(Some(Rc::clone(last)));
            }
            let Some(text) = cell::text(value.as_bytes())? else { return Ok(None) };
            limits.check_text(text, "text")?;
            let text: Rc<str> = text.into();
            last = Some(Rc::clone(&text));
            Ok(Some(text))
        }),
        _ => unfit(group, place, "text"),
    }
}

/// A two's complement number of any length, as DECIMAL is stored.
fn big_endian(bytes: &[u8], scale: u8) -> Result<Num> {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    let (front, back) = bytes.split_at(bytes.len().saturating_sub(16));
    if front.iter().any(|byte| *byte != fill) {
        return Err(Error::overflow("the number"));
    }
    let start: i128 = if negative { -1 } else { 0 };
    let mut mantissa = back.iter().fold(start, |value, byte| (value << 8) | i128::from(*byte));
    let mut scale = scale;
    // Columns like DECIMAL(38, 18) are wider than their values: zeros at the end cost nothing.
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    i64::try_from(mantissa).map_err(|_| Error::overflow("the number")).and_then(|mantissa| Num::new(mantissa, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_any_length() {
        let num = |text: &str| Num::parse(text.as_bytes()).expect(text);
        assert_eq!(big_endian(&[0x01, 0x00], 2).expect("short"), num("2.56"));
        assert_eq!(big_endian(&[0xff], 1).expect("negative"), num("-0.1"));
        assert_eq!(big_endian(&[], 1).expect("empty"), Num::ZERO);
        assert_eq!(big_endian(&(10i128.pow(30)).to_be_bytes(), 18).expect("wide"), num("1e12"));
        let mut long = [0u8; 20];
        long[19] = 7;
        assert_eq!(big_endian(&long, 0).expect("long"), num("7"));
        long[0] = 1;
        assert!(big_endian(&long, 0).is_err());
        assert!(big_endian(&(i128::from(i64::MAX) + 1).to_be_bytes(), 0).is_err());
    }
}
