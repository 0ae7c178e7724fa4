//! What is found out about the data before a run, so that no run has to look for it.

use crate::clock::Tiling;
use crate::setup::Route;
use haggle_data::{RowKind, Store};
use haggle_engine::{MarketSpec, MarketView};
use haggle_metrics::{Period, default_grid};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Decimal, Error, Mark, Result};

/// Passes must not overlap: times would go back.
pub(super) fn check_tiling(store: &Store, tiling: Tiling) -> Result<()> {
    if tiling.passes == 0 {
        return Err(Error::argument("passes", "data are passed over once at least"));
    }
    let first = store.rows.first().map(|row| row.time).into_iter().chain(store.bars.iter().map(|bar| bar.time_open)).min();
    let last = (0..store.len()).map(|place| store.arrival_time(place)).max();
    let length = first.zip(last).and_then(|(first, last)| last.checked_sub(first)).ok_or_else(|| Error::data("the data has no rows"))?;
    if tiling.passes > 1 && tiling.period < length {
        return Err(Error::argument("period", format!("one pass takes {length} ns, so the next cannot begin after {} ns", tiling.period)));
    }
    let end = tiling_span(tiling)?.checked_add(last.unwrap_or_default());
    end.filter(|end| *end < NEVER).map(drop).ok_or_else(|| Error::overflow("the time of the last row"))
}

pub(super) fn tiling_span(tiling: Tiling) -> Result<Nanos> {
    tiling.period.checked_mul(i64::from(tiling.passes.saturating_sub(1))).ok_or_else(|| Error::overflow("the time of the last row"))
}

/// The first mark of every instrument.
pub(super) fn first_marks(store: &Store, routes: &[Route], specs: &[MarketSpec]) -> Vec<Option<Decimal>> {
    let mut views: Vec<MarketView> = specs.iter().cloned().map(MarketView::new).collect();
    let mut missing = routes.len();
    for (at, row) in store.rows.iter().enumerate() {
        if missing == 0 {
            break;
        }
        let place = &routes[usize::from(row.instrument)];
        let view = &mut views[place.instrument.index()];
        if view.mark.twice().is_none() {
            view.apply(&store.event_of(at, row, row.time));
            if row.kind == RowKind::Bar && place.is_bars {
                // It was marked at its open before.
                view.mark = Mark::default();
                view.mark.last(store.bars[row.a as usize].open);
            }
            missing -= usize::from(view.mark.twice().is_some());
        }
    }
    views.iter().map(|view| view.mark.decimal(view.spec.tick)).collect()
}

pub(super) fn bar_instruments(store: &Store) -> Vec<u16> {
    let mut instruments = vec![0; store.bars.len()];
    for row in store.rows.iter().filter(|row| row.kind == RowKind::Bar) {
        instruments[row.a as usize] = row.instrument;
    }
    instruments
}

pub(super) fn bar_periods(store: &Store, routes: &[Route], instruments: usize) -> Vec<Option<Nanos>> {
    let mut periods: Vec<Option<Nanos>> = vec![None; instruments];
    for row in store.rows.iter().filter(|row| row.kind == RowKind::Bar) {
        let place = routes[usize::from(row.instrument)];
        if place.is_bars {
            let period = row.time - store.bars[row.a as usize].time_open;
            let least = periods[place.instrument.index()].get_or_insert(period);
            *least = (*least).min(period);
        }
    }
    periods
}

pub(super) fn grid_of(store: &Store, tiling: Tiling, routes: &[Route]) -> Period {
    let (Some(first), Some(last)) = (store.rows.first(), store.rows.last()) else { return Period::SECOND };
    let span = tiling_span(tiling).unwrap_or(0);
    // Data of bars alone are as fine as their shortest bar.
    let are_bars = routes.iter().all(|place| place.is_bars);
    let length = |row: &haggle_data::Row| row.time - store.bars[row.a as usize].time_open;
    let shortest = store.rows.iter().filter(|row| are_bars && row.kind == RowKind::Bar).map(length).min();
    let finest = shortest.and_then(Period::new).map_or(Period::SECOND, |period| period.max(Period::SECOND));
    default_grid(first.time, last.time.saturating_add(span), finest, || {
        (0..i64::from(tiling.passes)).flat_map(|pass| store.rows.iter().map(move |row| row.time + pass * tiling.period))
    })
}

/// Twice the lowest and the highest mark, in ticks, that a row may bring to its market, a bar by its extremes; `None` where it brings none.
pub fn marks_twice(store: &Store, place: &Route, at: usize) -> Option<(i64, i64)> {
    let row = &store.rows[at];
    match row.kind {
        RowKind::Quote if row.b > 0 && row.c > 0 => {
            let mid = row.a + store.ask_of(at, row);
            Some((mid, mid))
        }
        RowKind::Buy | RowKind::Sell => Some((2 * row.a, 2 * row.a)),
        RowKind::Bar if place.is_bars => {
            let bar = &store.bars[row.a as usize];
            Some((2 * bar.low, 2 * bar.high))
        }
        // Exchanges with books are never left behind, so that the question does not come up.
        RowKind::Quote | RowKind::Bar | RowKind::Gap | RowKind::Snapshot | RowKind::Update => None,
    }
}

pub(super) fn mark_ranges(store: &Store, routes: &[Route]) -> Vec<(i64, i64)> {
    let mut ranges = vec![(i64::MAX, i64::MIN); routes.len()];
    for (at, row) in store.rows.iter().enumerate() {
        let instrument = usize::from(row.instrument);
        if let Some((low, high)) = marks_twice(store, &routes[instrument], at) {
            let range = &mut ranges[instrument];
            *range = (range.0.min(low), range.1.max(high));
        }
    }
    ranges
}
