//! Rows, and opens of bars, at their exchanges.

use crate::prepare::Prepared;
use crate::setup::Route;
use haggle_data::{RowKind, Store};
use haggle_exchange::Exchange;
use haggle_model::Result;
use haggle_model::time::Nanos;

/// What the row at this place does to its exchange; returns where that is.
#[allow(clippy::inline_always, reason = "as above")]
#[inline(always)]
pub fn apply<'a>(exchanges: &mut [Exchange], prepared: &'a Prepared, store: &Store, at: usize, now: Nanos) -> Result<&'a Route> {
    let row = &store.rows[at];
    let place = &prepared.routes[usize::from(row.instrument)];
    if row.kind == RowKind::Bar && prepared.informs(row.a as usize) {
        return Ok(place);
    }
    exchanges[place.exchange].apply(place.market, &store.event_of(at, row, now), now)?;
    Ok(place)
}

/// What the open of the bar at this place does to its exchange; returns where that is.
pub fn open_bar<'a>(exchanges: &mut [Exchange], prepared: &'a Prepared, store: &Store, bar: usize, now: Nanos) -> Result<&'a Route> {
    let place = &prepared.routes[usize::from(prepared.bar_instruments[bar])];
    if !prepared.informs(bar) {
        exchanges[place.exchange].apply(place.market, &store.open_of(bar, now), now)?;
    }
    Ok(place)
}
