//! Several stores as one.

use crate::order::sort_by_time;
use crate::rescale::gcd;
use crate::row::{RowKind, WIDE, Wide};
use crate::store::{DataInstrument, LoadReport, Store};
use crate::watch::Watch;
use haggle_model::{Decimal, Error, Increment, Result};
use std::borrow::Cow;
use std::sync::OnceLock;

/// All rows of `parts`, in both orders, as if they had been loaded one part after the other: at one instant the
/// earlier part goes first. The same symbol on the same exchange is one instrument; where its increments differ, both
/// are counted in the largest increment that divides the two.
///
/// Errors: `INVALID_ARGUMENT` without parts, `OVERFLOW` where counts, rows or instruments no longer fit.
pub fn merge(parts: &[&Store]) -> Result<Store> {
    merge_watched(parts, &Watch::default())
}

/// As [`merge`], watched: each row counts twice, as it is gathered and as it gets its place.
pub fn merge_watched(parts: &[&Store], watch: &Watch) -> Result<Store> {
    if parts.is_empty() {
        return Err(Error::argument("parts", "there is nothing to merge"));
    }
    let (instruments, maps) = unify(parts)?;
    let parts = parts.iter().zip(&maps).map(|(part, map)| in_increments(part, map, &instruments)).collect::<Result<Vec<_>>>()?;
    let total: usize = parts.iter().map(|part| part.len()).sum();
    if total >= WIDE as usize {
        return Err(Error::overflow("the number of rows"));
    }

    watch.expect(2 * total as u64);

    // Load order: part by part. Rows and bars keep their old arrival and bar numbers, offset by those before them.
    let mut rows = Vec::with_capacity(total);
    let mut bars = Vec::new();
    let mut levels = Vec::new();
    let mut wide = Vec::new();
    let mut arrivals = Vec::with_capacity(total);
    let mut opens = Vec::new();
    let mut report = LoadReport::default();
    for (part, map) in parts.iter().zip(&maps) {
        let (rows_before, bars_before, levels_before) = (rows.len() as u32, bars.len() as u32, levels.len() as i64);
        arrivals.extend(part.rows.iter().map(|row| row.arrival + rows_before));
        opens.extend(part.opens.iter().map(|bar| bar + bars_before));
        wide.extend(part.wide.iter().map(|wide| Wide { row: wide.row + rows_before, ..*wide }));
        bars.extend_from_slice(&part.bars);
        levels.extend_from_slice(&part.levels);
        rows.extend(part.rows.iter().map(|row| {
            let mut row = *row;
            row.instrument = map[usize::from(row.instrument)];
            if row.kind == RowKind::Bar {
                row.a += i64::from(bars_before);
            } else if row.kind.is_book() {
                row.a += levels_before;
            }
            row
        }));
        report.add(&part.report);
        watch.done(part.len() as u64)?;
    }
    let loaded = Store { instruments, rows, bars, opens, levels, wide, report, hash: OnceLock::new() };
    sorted(loaded, arrivals, watch)
}

/// Sorts a store whose rows are in load order, and whose `arrivals` and `opens` are in order part by part.
fn sorted(loaded: Store, mut arrivals: Vec<u32>, watch: &Watch) -> Result<Store> {
    let mut order: Vec<u32> = (0..loaded.rows.len() as u32).collect();
    sort_by_time(&mut order, |at| loaded.rows[at as usize].time);
    watch.check()?;
    sort_by_time(&mut arrivals, |at| loaded.arrival_time(at as usize));
    let mut opens = loaded.opens.clone();
    sort_by_time(&mut opens, |bar| loaded.bars[bar as usize].time_open);

    let mut store =
        Store { rows: Vec::with_capacity(loaded.rows.len()), bars: Vec::with_capacity(loaded.bars.len()), wide: Vec::new(), ..loaded };
    let mut places = vec![0u32; order.len()];
    let mut bar_places = vec![0u32; loaded.bars.len()];
    for (done, at) in order.into_iter().enumerate() {
        if done % WATCH_EVERY == WATCH_EVERY - 1 {
            watch.done(WATCH_EVERY as u64)?;
        }
        let mut row = loaded.rows[at as usize];
        let place = store.rows.len() as u32;
        places[at as usize] = place;
        if row.kind == RowKind::Bar {
            bar_places[row.a as usize] = store.bars.len() as u32;
            store.bars.push(loaded.bars[row.a as usize]);
            row.a = store.bars.len() as i64 - 1;
        }
        if row.latency == WIDE || row.spread == WIDE {
            let found = loaded.wide.partition_point(|wide| wide.row < at);
            store.wide.push(Wide { row: place, ..loaded.wide[found] });
        }
        store.rows.push(row);
    }
    for (row, at) in store.rows.iter_mut().zip(arrivals) {
        row.arrival = places[at as usize];
    }
    store.opens = opens.iter().map(|bar| bar_places[*bar as usize]).collect();
    watch.check()?;
    store.check_span()?;
    Ok(store)
}

/// Rows between two words to the watch.
const WATCH_EVERY: usize = 1 << 16;

/// The instruments of all parts, and for each part where its own stand among them.
fn unify(parts: &[&Store]) -> Result<(Vec<DataInstrument>, Vec<Vec<u16>>)> {
    let mut instruments: Vec<DataInstrument> = Vec::new();
    let mut maps = Vec::with_capacity(parts.len());
    for part in parts {
        let mut map = Vec::with_capacity(part.instruments.len());
        for instrument in &part.instruments {
            let same = |known: &DataInstrument| known.symbol == instrument.symbol && known.exchange == instrument.exchange;
            let place = if let Some(place) = instruments.iter().position(same) {
                let known = &mut instruments[place];
                known.tick = common(known.tick, instrument.tick)?;
                known.lot = common(known.lot, instrument.lot)?;
                place
            } else {
                instruments.push(instrument.clone());
                instruments.len() - 1
            };
            map.push(u16::try_from(place).map_err(|_| Error::overflow("the number of instruments"))?);
        }
        maps.push(map);
    }
    Ok((instruments, maps))
}

/// The largest increment that divides both: of powers of ten, the finer.
fn common(a: Increment, b: Increment) -> Result<Increment> {
    if a == b {
        return Ok(a);
    }
    let scale = a.scale().max(b.scale());
    let lift = |i: Increment| i128::from(i.mantissa()) * 10i128.pow(scale - i.scale());
    let value = Decimal::try_from_i128_with_scale(gcd(lift(a), lift(b)), scale).map_err(|_| Error::overflow("the common increment"))?;
    Increment::new(value)
}

/// The part, counted in the unified increments.
fn in_increments<'a>(part: &'a Store, map: &[u16], instruments: &[DataInstrument]) -> Result<Cow<'a, Store>> {
    let mut part = Cow::Borrowed(part);
    for (own, unified) in map.iter().enumerate() {
        let (old, new) = (&part.instruments[own], &instruments[usize::from(*unified)]);
        if old.tick != new.tick || old.lot != new.lot {
            part = Cow::Owned(part.rescale(own as u16, new.tick, new.lot)?);
        }
    }
    Ok(part)
}
