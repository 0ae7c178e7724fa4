//! Rows of market data on their way back to JavaScript: as JSON, or as columns of doubles.

use haggle_data::{DataKind, Row, RowKind, Store};
use haggle_model::read::{Field, parse};
use haggle_model::time::{Nanos, to_rfc3339};
use haggle_model::{BookLevel, Increment, Result, Side};
use serde_json::{Value, json};

/// Rows in one answer.
const BATCH: usize = 1_024;
/// Rows looked at for one answer.
const LOOKED_AT: usize = 1 << 16;

/// Which rows are wanted.
pub struct RowFilter {
    instrument: Option<u16>,
    kind: Option<DataKind>,
    from: Nanos,
    to: Nanos,
}

impl RowFilter {
    /// Reads `{ symbol, kind, from, to }`; times are nanoseconds as texts. Errors: `UNKNOWN_NAME`, `AMBIGUOUS_NAME`, `INVALID_ARGUMENT` with the path.
    pub fn read(text: &str, store: &Store) -> Result<Self> {
        let value = parse(text)?;
        let object = Field { value: &value, path: "options".to_owned() }.object()?;
        let kind = |field: Field<'_>| DataKind::parse(field.text()?).map_err(|error| error.at("options.kind"));
        let symbol = |field: Field<'_>| store.find(field.text()?).map_err(|error| error.at("options.symbol"));
        let filter = Self {
            instrument: object.get("symbol").map(symbol).transpose()?,
            kind: object.get("kind").map(kind).transpose()?,
            from: object.get("from").map_or(Ok(Nanos::MIN), |field| field.time())?,
            to: object.get("to").map_or(Ok(Nanos::MAX), |field| field.time())?,
        };
        object.finish()?;
        Ok(filter)
    }

    fn takes(&self, row: &Row) -> bool {
        let is_kind = self.kind.is_none_or(|kind| match row.kind {
            RowKind::Quote => kind == DataKind::Quotes,
            RowKind::Buy | RowKind::Sell => kind == DataKind::Trades,
            RowKind::Bar => kind == DataKind::Bars,
            RowKind::Snapshot | RowKind::Update => kind == DataKind::Book,
            RowKind::Gap => false,
        });
        is_kind && self.instrument.is_none_or(|instrument| instrument == row.instrument) && (self.from..self.to).contains(&row.time)
    }
}

/// `{ rows, next }`: the next rows from the place `from` on; `next` is null behind the last row.
pub fn rows_json(store: &Store, names: &[String], filter: &RowFilter, from: usize) -> String {
    let mut rows = Vec::new();
    let mut at = from.min(store.len());
    let end = store.len().min(at.saturating_add(LOOKED_AT));
    while at < end && rows.len() < BATCH {
        if filter.takes(&store.rows[at]) {
            rows.push(row_json(store, names, at));
        }
        at += 1;
    }
    json!({ "rows": rows, "next": (at < store.len()).then_some(at) }).to_string()
}

fn row_json(store: &Store, names: &[String], at: usize) -> Value {
    let row = &store.rows[at];
    let place = usize::from(row.instrument);
    let instrument = &store.instruments[place];
    let text = |increment: Increment, count: i64| increment.decimal(count).normalize().to_string();
    let (price, size) = (|count: i64| text(instrument.tick, count), |count: i64| text(instrument.lot, count));
    let mut value = json!({
        "kind": "",
        "symbol": names[place],
        "time": (row.time / 1_000) as f64 / 1_000.0,
        "timeExchange": to_rfc3339(row.time),
        "timeReceived": to_rfc3339(store.arrival_time(at)),
    });
    let (kind, more) = match row.kind {
        RowKind::Buy | RowKind::Sell => {
            let side = if row.kind.aggressor() == Some(Side::Buy) { "Buy" } else { "Sell" };
            ("trade", json!({ "side": side, "price": price(row.a), "quantity": size(row.b) }))
        }
        RowKind::Quote => {
            let (bid, ask) = (row.b > 0, row.c > 0);
            let quote = json!({
                "bid": bid.then(|| price(row.a)),
                "bidSize": bid.then(|| size(row.b)),
                "ask": ask.then(|| price(store.ask(at))),
                "askSize": ask.then(|| size(row.c)),
            });
            ("quote", quote)
        }
        RowKind::Bar => {
            let bar = &store.bars[row.a as usize];
            let bar = json!({
                "timeOpen": to_rfc3339(bar.time_open),
                "open": price(bar.open),
                "high": price(bar.high),
                "low": price(bar.low),
                "close": price(bar.close),
                "volume": size(bar.volume),
            });
            ("bar", bar)
        }
        RowKind::Snapshot | RowKind::Update => {
            let (bids, asks) = store.levels_of(row);
            let side = |levels: &[BookLevel]| levels.iter().map(|level| json!([price(level.price), size(level.size)])).collect::<Vec<_>>();
            ("book", json!({ "isSnapshot": row.kind == RowKind::Snapshot, "bids": side(bids), "asks": side(asks) }))
        }
        RowKind::Gap => ("gap", json!({})),
    };
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.insert("kind".to_owned(), kind.into());
        value.extend(more);
    }
    value
}

/// The columns of the rows of `filter`, which names one kind: times in milliseconds, NaN where a quote has no such side.
pub fn columns_of(store: &Store, filter: &RowFilter) -> Vec<(&'static str, Vec<f64>)> {
    let names: &[&'static str] = match filter.kind {
        Some(DataKind::Trades) => &["time", "timeReceived", "price", "quantity", "side"],
        Some(DataKind::Quotes) => &["time", "timeReceived", "bid", "bidSize", "ask", "askSize"],
        _ => &["time", "timeOpen", "open", "high", "low", "close", "volume"],
    };
    let mut columns: Vec<(&'static str, Vec<f64>)> = names.iter().map(|name| (*name, Vec::new())).collect();
    let millis = |nanos: Nanos| (nanos / 1_000) as f64 / 1_000.0;
    for (at, row) in store.rows.iter().enumerate().filter(|(_, row)| filter.takes(row)) {
        let instrument = &store.instruments[usize::from(row.instrument)];
        let (price, size) = (|count| instrument.tick.f64(count), |count| instrument.lot.f64(count));
        let (time, received) = (millis(row.time), millis(store.arrival_time(at)));
        let mut add = |values: &[f64]| columns.iter_mut().zip(values).for_each(|((_, column), value)| column.push(*value));
        match row.kind {
            RowKind::Buy => add(&[time, received, price(row.a), size(row.b), 1.0]),
            RowKind::Sell => add(&[time, received, price(row.a), size(row.b), -1.0]),
            RowKind::Quote => {
                let side = |is_there: bool, value: f64| if is_there { value } else { f64::NAN };
                let (bid, ask) = (row.b > 0, row.c > 0);
                let values = [side(bid, price(row.a)), side(bid, size(row.b)), side(ask, price(store.ask(at))), side(ask, size(row.c))];
                add(&[time, received, values[0], values[1], values[2], values[3]]);
            }
            RowKind::Bar => {
                let bar = &store.bars[row.a as usize];
                add(&[time, millis(bar.time_open), price(bar.open), price(bar.high), price(bar.low), price(bar.close), size(bar.volume)]);
            }
            RowKind::Gap | RowKind::Snapshot | RowKind::Update => {}
        }
    }
    columns
}
