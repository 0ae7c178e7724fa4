//! Read options and selections from their JSON, as the facade writes them.

use haggle_data::{ColumnRef, DataKind, ExchangeTime, ReadOptions, Stamp};
use haggle_model::read::{Field, join, parse};
use haggle_model::time::Nanos;
use haggle_model::{Error, Result};

/// Reads `ReadOptions` of the TypeScript API; times cross as nanoseconds in text. Paths begin with `options`.
pub fn read_options(text: &str) -> Result<ReadOptions> {
    let value = parse(text)?;
    let object = Field { value: &value, path: "options".to_owned() }.object()?;
    let word = |name| object.get(name).map(|field| field.text().map(str::to_owned)).transpose();
    let time = |name| object.get(name).map(|field| field.time()).transpose();
    let mut options = ReadOptions {
        symbol: word("symbol")?,
        exchange: word("exchange")?,
        kind: object.get("kind").map(|field| DataKind::parse(field.text()?).map_err(under_options)).transpose()?,
        timeframe: object.get("timeframe").map(|field| field.duration()).transpose()?,
        stamp: object.get("stamp").map(|field| Stamp::parse(field.text()?).map_err(under_options)).transpose()?,
        from: time("from")?,
        to: time("to")?,
        strict_order: object.get("strictOrder").map_or(Ok(false), |field| field.bool())?,
        exchange_time: object.get("exchangeTime").map(|field| ExchangeTime::parse(field.text()?).map_err(under_options)).transpose()?,
        ..ReadOptions::default()
    };
    if let Some(columns) = object.get("columns") {
        for (name, column) in columns.entries()? {
            let column = if column.value.is_string() {
                ColumnRef::Name(column.text()?.to_owned())
            } else {
                ColumnRef::Index(column.count()? as usize)
            };
            options.columns.push((name.to_owned(), column));
        }
    }
    if let Some(instruments) = object.get("instruments") {
        options.instruments = instruments.list()?.iter().map(|name| name.text().map(str::to_owned)).collect::<Result<_>>()?;
    }
    object.finish()?;
    Ok(options)
}

fn under_options(error: Error) -> Error {
    let path = join("options", &error.path);
    error.at(path)
}

/// What `select` keeps.
pub struct Part {
    /// Names; `None` for all.
    pub symbols: Option<Vec<String>>,
    /// First exchange time kept.
    pub from: Option<Nanos>,
    /// First exchange time no longer kept.
    pub to: Option<Nanos>,
}

/// Reads a selection.
pub fn read_part(text: &str) -> Result<Part> {
    let value = parse(text)?;
    let object = Field::root(&value).object()?;
    let names = |field: Field<'_>| field.list()?.iter().map(|name| name.text().map(str::to_owned)).collect::<Result<_>>();
    let part = Part {
        symbols: object.get("symbols").map(names).transpose()?,
        from: object.get("from").map(|field| field.time()).transpose()?,
        to: object.get("to").map(|field| field.time()).transpose()?,
    };
    object.finish()?;
    Ok(part)
}
