//! The same data counted in other increments, exactly.

use crate::num::COUNT_LIMIT;
use crate::row::{RowKind, WIDE, Wide};
use crate::store::Store;
use haggle_model::{Decimal, Error, Increment, Result, time::to_rfc3339};

/// Converts counts of one increment into counts of another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio {
    up: i128,
    down: i128,
}

/// Why a count cannot be converted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Misfit {
    /// It lies between two increments.
    Between,
    /// The count is too large.
    Large,
}

impl Ratio {
    /// From counts of `old` to counts of `new`.
    pub fn new(old: Increment, new: Increment) -> Self {
        let scale = old.scale().max(new.scale());
        let lift = |i: Increment| i128::from(i.mantissa()) * 10i128.pow(scale - i.scale());
        let (up, down) = (lift(old), lift(new));
        let common = gcd(up, down);
        Self { up: up / common, down: down / common }
    }

    pub fn is_one(self) -> bool {
        self.up == self.down
    }

    #[inline]
    pub fn convert(self, count: i64) -> Result<i64, Misfit> {
        let scaled = i128::from(count).checked_mul(self.up).ok_or(Misfit::Large)?;
        if scaled % self.down != 0 {
            return Err(Misfit::Between);
        }
        i64::try_from(scaled / self.down).ok().filter(|count| count.abs() <= COUNT_LIMIT).ok_or(Misfit::Large)
    }
}

pub(crate) fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Store {
    /// The same rows with one instrument's prices counted in `tick` and its quantities in `lot`.
    ///
    /// Errors: `INVALID_DATA` with the first row that lies between two increments, `OVERFLOW` where counts get too
    /// large, `INVALID_ARGUMENT` for a place without an instrument.
    pub fn rescale(&self, instrument: u16, tick: Increment, lot: Increment) -> Result<Self> {
        let known = self
            .instruments
            .get(usize::from(instrument))
            .ok_or_else(|| Error::argument("instrument", format!("the data has no instrument {instrument}")))?;
        let (prices, sizes) = (Ratio::new(known.tick, tick), Ratio::new(known.lot, lot));
        let mut store = self.clone();
        store.hash = std::sync::OnceLock::new();
        if prices.is_one() && sizes.is_one() {
            return Ok(store);
        }
        store.wide.clear();
        for (place, row) in store.rows.iter_mut().enumerate() {
            let spread = match row.spread {
                WIDE => self.ask(place) - row.a,
                narrow => i64::from(narrow),
            };
            let mut new_spread = spread;
            if row.instrument == instrument {
                let fail = |misfit: Misfit, what: &str, value: Decimal, increment: Increment| match misfit {
                    Misfit::Large => Error::overflow(&format!("the {what} {value} of {} in steps of {}", known.symbol, increment.value())),
                    Misfit::Between => Error::data(format!(
                        "row {place} of {} at {}: the {what} {value} is no multiple of {}",
                        known.symbol,
                        to_rfc3339(row.time),
                        increment.value()
                    )),
                };
                let price =
                    |count: i64| prices.convert(count).map_err(|e| fail(e, "price", known.tick.decimal(count), tick).at("tickSize"));
                let size = |count: i64| sizes.convert(count).map_err(|e| fail(e, "quantity", known.lot.decimal(count), lot).at("lotSize"));
                match row.kind {
                    RowKind::Quote => {
                        let (bid, ask) = (price(row.a)?, price(row.a + spread)?);
                        let (bid_size, ask_size) = (size(row.b)?, size(row.c)?);
                        (row.a, row.b, row.c, new_spread) = (bid, bid_size, ask_size, ask - bid);
                    }
                    RowKind::Buy | RowKind::Sell => {
                        let (a, b) = (price(row.a)?, size(row.b)?);
                        (row.a, row.b) = (a, b);
                    }
                    RowKind::Bar => {
                        let bar = &mut store.bars[row.a as usize];
                        for value in [&mut bar.open, &mut bar.high, &mut bar.low, &mut bar.close] {
                            *value = price(*value)?;
                        }
                        bar.volume = size(bar.volume)?;
                    }
                    RowKind::Snapshot | RowKind::Update => {
                        for level in &mut store.levels[row.levels()] {
                            (level.price, level.size) = (price(level.price)?, size(level.size)?);
                        }
                    }
                    RowKind::Gap => {}
                }
            }
            row.spread = u32::try_from(new_spread).unwrap_or(WIDE);
            if row.spread == WIDE || row.latency == WIDE {
                store.wide.push(Wide { row: place as u32, latency: self.latency(place), spread: new_spread });
            }
        }
        let changed = &mut store.instruments[usize::from(instrument)];
        (changed.tick, changed.lot) = (tick, lot);
        Ok(store)
    }
}
