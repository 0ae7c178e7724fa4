//! The sample, tiled: as a store, as columns, as barter's text.

use haggle_data::sample::{binance_spot, binance_spot_at};
use haggle_data::{ExchangeTime, RowKind, Store};
use haggle_model::time::{Nanos, SECOND, to_rfc3339};
use haggle_model::{Error, Increment, Result, Side};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex, PoisonError};

/// How far one pass of the sample stands behind the one before.
pub const PERIOD: Nanos = 185 * SECOND;

static SAMPLE: Mutex<Option<Arc<Store>>> = Mutex::new(None);

/// The sample as it comes with the package; read once.
pub fn sample() -> Result<Arc<Store>> {
    let mut kept = SAMPLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = kept.as_ref() {
        return Ok(Arc::clone(store));
    }
    let store = Arc::new(binance_spot()?);
    *kept = Some(Arc::clone(&store));
    Ok(store)
}

/// A store that holds every row of every pass.
pub fn tiled(passes: u32) -> Result<Store> {
    // Read anew: the kept one may know its hash already, which is not that of the rows below.
    let mut store = binance_spot()?;
    let once = std::mem::take(&mut store.rows);
    let beyond = || Error::overflow("the number of tiled rows");
    store.rows.reserve_exact(once.len() * passes as usize);
    for pass in 0..passes {
        let first = u32::try_from(store.rows.len()).map_err(|_| beyond())?;
        let offset = Nanos::from(pass).checked_mul(PERIOD).ok_or_else(beyond)?;
        for row in &once {
            let mut row = *row;
            row.time = row.time.checked_add(offset).ok_or_else(beyond)?;
            row.arrival = row.arrival.checked_add(first).ok_or_else(beyond)?;
            store.rows.push(row);
        }
    }
    if store.wide.is_empty() { Ok(store) } else { Err(Error::bug("the sample has a row too wide to be tiled")) }
}

/// The sample as barter writes it: an event a line, in the order of arrival, stamps as they came.
pub fn json_lines() -> Result<Vec<Json>> {
    let store = binance_spot_at(ExchangeTime::Venue)?;
    let text = |increment: Increment, count: i64| increment.decimal(count).to_string();
    let lines = store.rows.iter().enumerate().map(|(number, row)| {
        let place = row.arrival as usize;
        let row = &store.rows[place];
        let instrument = &store.instruments[usize::from(row.instrument)];
        let (time, received) = (to_rfc3339(row.time), to_rfc3339(store.arrival_time(place)));
        let level =
            |price, size| (size > 0).then(|| json!({ "price": text(instrument.tick, price), "amount": text(instrument.lot, size) }));
        let kind = match row.kind.aggressor() {
            Some(side) => json!({ "Trade": {
                "id": number.to_string(), "price": instrument.tick.f64(row.a), "amount": instrument.lot.f64(row.b),
                "side": if side == Side::Buy { "Buy" } else { "Sell" },
            } }),
            None => json!({ "OrderBookL1": {
                "last_update_time": time, "best_bid": level(row.a, row.b), "best_ask": level(store.ask(place), row.c),
            } }),
        };
        json!({ "Item": {
            "time_exchange": time, "time_received": received, "exchange": "binance_spot", "instrument": row.instrument, "kind": kind,
        } })
    });
    Ok(lines.collect())
}

/// Times in nanoseconds, and columns of numbers by name.
pub type Columns = (Vec<i64>, Vec<(&'static str, Vec<f64>)>);

/// Quotes and trades of the first instrument, each as the columns that a user would have.
pub fn columns(store: &Store) -> [Columns; 2] {
    let (tick, lot) = store.instruments.first().map_or((Increment::ONE, Increment::ONE), |first| (first.tick, first.lot));
    let empty = |names: &[&'static str]| -> Columns { (Vec::new(), names.iter().map(|name| (*name, Vec::new())).collect()) };
    let mut quotes = empty(&["bid", "bidSize", "ask", "askSize"]);
    let mut trades = empty(&["price", "quantity", "side"]);
    let push = |(times, columns): &mut Columns, time: Nanos, values: &[f64]| {
        times.push(time);
        columns.iter_mut().zip(values).for_each(|((_, column), value)| column.push(*value));
    };
    for (at, row) in store.rows.iter().enumerate().filter(|(_, row)| row.instrument == 0) {
        if row.kind == RowKind::Quote {
            push(&mut quotes, row.time, &[tick.f64(row.a), lot.f64(row.b), tick.f64(store.ask(at)), lot.f64(row.c)]);
        } else {
            let side = if row.kind.aggressor() == Some(Side::Buy) { 1.0 } else { -1.0 };
            push(&mut trades, row.time, &[tick.f64(row.a), lot.f64(row.b), side]);
        }
    }
    [quotes, trades]
}
