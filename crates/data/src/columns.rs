//! Reads rows that are in memory already: typed columns, OHLCV arrays, trades.

use crate::cell;
use crate::clock::Clock;
use crate::draft::Draft;
use crate::field::Field;
use crate::layout::Layout;
use crate::num::Num;
use crate::options::{DataKind, Decimals, ReadOptions, Stamp};
use crate::sink::Sink;
use crate::store::Store;
use crate::times;
use haggle_model::{Error, Result, Side, time::Nanos};

/// A column. Of a time, doubles are milliseconds and integers nanoseconds since 1970; of a number, a double is the
/// shortest decimal that reads back as it, and NaN says nothing; of a side, above zero bought and below zero sold.
#[derive(Clone, Copy, Debug)]
pub enum ColumnData<'a> {
    /// Doubles.
    F64(&'a [f64]),
    /// Integers.
    I64(&'a [i64]),
    /// Texts: symbols, sides, or exact decimals.
    Text(&'a [&'a str]),
}

impl ColumnData<'_> {
    /// Number of rows.
    pub const fn len(&self) -> usize {
        match self {
            Self::F64(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether the column has no rows.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads columns by their names, which are those of [`crate::read_csv`].
///
/// Errors: `INVALID_DATA` with a path like `columns.price[17]`; `INVALID_ARGUMENT` for columns of different lengths.
pub fn read_columns(columns: &[(&str, ColumnData)], options: &ReadOptions) -> Result<Store> {
    let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let layout = Layout::resolve(Some(&names), names.len(), options, &[])?;
    if let Some((place, _)) = layout.columns.iter().find(|(_, field)| *field == Field::TimeOfDay) {
        return Err(Error::argument(
            "columns.timeOfDay",
            format!("'{}' cannot be a time of day here: only CSV has it apart", layout.name(*place)),
        ));
    }
    let length = columns.first().map_or(0, |(_, data)| data.len());
    if let Some((name, data)) = columns.iter().find(|(_, data)| data.len() != length) {
        return Err(Error::argument(
            format!("columns.{name}"),
            format!("the column has {} rows, but '{}' has {length}", data.len(), columns[0].0),
        ));
    }
    let mut sink = Sink::new(&layout, options, 0)?;
    sink.need_symbol(&layout)?;
    sink.reserve(length)?;
    let mut clock = Clock::new(options.time_format.as_deref(), options.time_zone.as_deref())?;
    let mut hints = vec![0u8; columns.len()];
    // Each row sets what its columns have, so one draft does for all.
    let mut draft = Draft::default();
    for row in 0..length {
        if let Err(mut error) = take_row(&mut draft, columns, &layout, row, &mut hints, &mut clock, &mut sink) {
            let column = layout.column_of(&error.path).unwrap_or("time");
            if error.path != crate::limits::PATH {
                error.path = format!("columns.{column}[{row}]");
            }
            sink.bad(error)?;
        }
    }
    sink.finish()
}

fn take_row<'a>(
    draft: &mut Draft<'a>,
    columns: &[(&str, ColumnData<'a>)],
    layout: &Layout,
    row: usize,
    hints: &mut [u8],
    clock: &mut Clock,
    sink: &mut Sink,
) -> Result<()> {
    // Two columns may say the side: the second one only where the first did not.
    draft.side = None;
    for (place, field) in &layout.columns {
        let data = columns[*place].1;
        if *field == Field::Kind {
            let ColumnData::Text(kinds) = data else {
                return Err(Error::data("the kind has to be a text").at("kind"));
            };
            if !sink.wants(kinds[row])? {
                return Ok(());
            }
        }
        take(draft, *field, data, row, &mut hints[*place], clock, sink.decimals()).map_err(|error| error.at(field.name()))?;
    }
    sink.push(draft)
}

#[inline]
fn take<'a>(
    draft: &mut Draft<'a>,
    field: Field,
    data: ColumnData<'a>,
    row: usize,
    hint: &mut u8,
    clock: &mut Clock,
    decimals: Decimals,
) -> Result<()> {
    match field {
        Field::Time | Field::TimeOpen | Field::TimeClose => draft.time = time(data, row, clock)?,
        Field::TimeReceived => draft.received = time(data, row, clock)?,
        Field::Kind | Field::TimeOfDay => {}
        Field::Symbol | Field::Exchange => {
            let ColumnData::Text(texts) = data else {
                return Err(Error::data(format!("the {} has to be a text", field.name())));
            };
            let text = Some(texts[row]).filter(|text| !text.is_empty());
            if field == Field::Symbol {
                draft.symbol = text;
            } else {
                draft.exchange = text;
            }
        }
        Field::Side | Field::MakerSide => {
            let side = match data {
                ColumnData::F64(values) => cell::side_of_number(values[row]),
                ColumnData::I64(values) => cell::side_of_number(values[row] as f64),
                ColumnData::Text(values) => cell::side(values[row].as_bytes())?,
            };
            draft.side = if field == Field::MakerSide { side.map(Side::opposite) } else { side };
        }
        Field::IsSnapshot => {
            draft.is_snapshot = match data {
                ColumnData::F64(values) => Some(values[row] != 0.0),
                ColumnData::I64(values) => Some(values[row] != 0),
                ColumnData::Text(values) => cell::flag(values[row].as_bytes())?,
            }
        }
        Field::BuyerMaker => {
            let side = |maker: bool| if maker { Side::Sell } else { Side::Buy };
            let known = match data {
                ColumnData::F64(values) => Some(side(values[row] != 0.0)),
                ColumnData::I64(values) => Some(side(values[row] != 0)),
                ColumnData::Text(values) => cell::buyer_maker(values[row].as_bytes())?,
            };
            draft.side = draft.side.or(known);
        }
        number => {
            let value = match data {
                ColumnData::F64(values) => cell::double(values[row], hint, decimals)?,
                ColumnData::I64(values) => Some(Num::new(values[row], 0)?),
                ColumnData::Text(values) => cell::number(values[row].as_bytes(), decimals)?,
            };
            draft.set(number, value);
        }
    }
    Ok(())
}

fn time(data: ColumnData, row: usize, clock: &mut Clock) -> Result<Option<Nanos>> {
    match data {
        ColumnData::F64(values) if values[row].is_nan() => Ok(None),
        ColumnData::F64(values) => millis(values[row], clock).map(Some),
        ColumnData::I64(values) => match clock.unit() {
            Some(unit) => times::in_units(Num::new(values[row], 0)?, unit).map(Some),
            None => times::check(values[row]).map(Some),
        },
        ColumnData::Text(values) if cell::is_missing(values[row].as_bytes()) => Ok(None),
        ColumnData::Text(values) => clock.read(values[row].as_bytes(), None).map(Some),
    }
}

/// A double that is a time: milliseconds, unless the caller named another unit.
fn millis(value: f64, clock: &Clock) -> Result<Nanos> {
    match clock.unit() {
        Some(unit) => Num::from_f64(value, &mut 0).and_then(|number| times::in_units(number, unit)),
        None => times::from_f64_millis(value),
    }
}

/// Reads rows of milliseconds, open, high, low, close and volume (NaN: not known), as ccxt has them; stamped at the
/// open unless the options say otherwise.
///
/// Errors: `INVALID_DATA` with a path like `rows[3][2]`; `INVALID_ARGUMENT` without symbol or timeframe.
pub fn read_ohlcv(rows: &[[f64; 6]], options: &ReadOptions) -> Result<Store> {
    const FIELDS: [Field; 6] = [Field::Time, Field::Open, Field::High, Field::Low, Field::Close, Field::Volume];
    need_symbol(options)?;
    let mut sink = Sink::of_kind(DataKind::Bars, Some(Stamp::Open), options, 0)?;
    let clock = Clock::new(options.time_format.as_deref(), options.time_zone.as_deref())?;
    let mut hints = [0u8; FIELDS.len()];
    for (at, row) in rows.iter().enumerate() {
        let mut draft = Draft::default();
        let read = millis(row[0], &clock).map_err(|error| error.at("time")).and_then(|time| {
            draft.time = Some(time);
            for ((field, value), hint) in FIELDS.iter().zip(row).zip(&mut hints).skip(1) {
                draft.set(*field, cell::double(*value, hint, options.decimals).map_err(|error| error.at(field.name()))?);
            }
            sink.push(&draft)
        });
        if let Err(mut error) = read {
            let column = FIELDS.iter().position(|field| field.name() == error.path).unwrap_or(0);
            if error.path != crate::limits::PATH {
                error.path = format!("rows[{at}][{column}]");
            }
            sink.bad(error)?;
        }
    }
    sink.finish()
}

/// A print as a caller has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct TradeRow<'a> {
    /// Its symbol; default: that of the options.
    pub symbol: Option<&'a str>,
    /// When it happened.
    pub time: Option<Nanos>,
    /// When a client had it.
    pub received: Option<Nanos>,
    /// Price.
    pub price: Option<Num>,
    /// Quantity.
    pub quantity: Option<Num>,
    /// The aggressor; default: by the tick rule.
    pub side: Option<Side>,
}

/// Reads prints. Errors: `INVALID_DATA` with a path like `rows[3].price`.
pub fn read_trades<'a>(rows: impl IntoIterator<Item = TradeRow<'a>>, options: &ReadOptions) -> Result<Store> {
    let mut sink = Sink::of_kind(DataKind::Trades, None, options, 0)?;
    for (at, row) in rows.into_iter().enumerate() {
        let mut draft = Draft { time: row.time, received: row.received, symbol: row.symbol, side: row.side, ..Draft::default() };
        draft.set(Field::Price, row.price);
        draft.set(Field::Quantity, row.quantity);
        sink.push(&draft).map_err(|mut error| {
            error.path = format!("rows[{at}].{}", error.path);
            error
        })?;
    }
    sink.finish()
}

fn need_symbol(options: &ReadOptions) -> Result<()> {
    if options.symbol.is_some() { Ok(()) } else { Err(Error::argument("symbol", "say whose data it is, for example 'BTC/USDT'")) }
}
