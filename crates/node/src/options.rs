//! Read options and selections from their JSON, as the facade writes them.

use haggle_data::{BadRows, ColumnRef, DataKind, Decimals, Duplicates, ExchangeTime, Limits, Num, ReadOptions, Stamp};
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
        comment: word("comment")?,
        skip_lines: object.get("skipLines").map_or(Ok(0), |field| field.count())? as usize,
        bad_rows: object.get("badRows").map_or(Ok(BadRows::Refuse), |field| BadRows::parse(field.text()?).map_err(under_options))?,
        time_format: word("timeFormat")?,
        time_zone: word("timeZone")?,
        decimals: object.get("decimals").map_or(Ok(Decimals::Clean), |field| Decimals::parse(field.text()?).map_err(under_options))?,
        duplicates: object.get("duplicates").map(|field| Duplicates::parse(field.text()?).map_err(under_options)).transpose()?,
        ignore_volume: object.get("volume").map_or(Ok(false), ignores_volume)?,
        quote_size: object.get("quoteSize").map(size).transpose()?,
        limits: object.get("limits").map_or(Ok(Limits::default()), limits)?,
        ..ReadOptions::default()
    };
    if options.comment.as_deref() == Some("") {
        return Err(Error::argument("options.comment", "an empty text begins every line"));
    }
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

/// Whether volumes are not to be read: `ignore`, or `limit`, which is the default.
fn ignores_volume(field: Field<'_>) -> Result<bool> {
    match field.text()? {
        "limit" => Ok(false),
        "ignore" => Ok(true),
        other => Err(Error::unknown("way", other, ["limit", "ignore"]).at("options.volume")),
    }
}

fn size(field: Field<'_>) -> Result<Num> {
    Num::parse(field.positive()?.to_string().as_bytes()).map_err(|error| error.at("options.quoteSize"))
}

fn limits(field: Field<'_>) -> Result<Limits> {
    let object = field.object()?;
    let count = |name| object.get(name).map(|field| field.count()).transpose();
    let limits = Limits { rows: count("rows")?, bytes: count("bytes")?, text: count("text")?.map(|count| count as usize) };
    object.finish()?;
    Ok(limits)
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
