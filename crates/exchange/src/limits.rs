//! The limits of an instrument's filters, in ticks and lots.

use haggle_model::{Decimal, Error, Filters, Increment, Result};

/// Limits in integers; the widest where the config is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) price: (i64, i64),
    pub(crate) quantity: (i64, i64),
    pub(crate) notional: (Decimal, Decimal),
}

impl Default for Limits {
    fn default() -> Self {
        Self { price: (1, i64::MAX), quantity: (1, i64::MAX), notional: (Decimal::ZERO, Decimal::MAX) }
    }
}

impl Limits {
    /// The limits of a config on this grid: lower ones are rounded up, upper ones down.
    pub fn new(filters: &Filters, tick: Increment, lot: Increment) -> Result<Self> {
        let mut limits = Self::default();
        let low = |grid: Increment, value: Option<Decimal>| -> Result<i64> {
            value.map_or(Ok(1), |value| {
                let floor = grid.floor(value).ok_or_else(|| Error::overflow("a filter"))?;
                Ok(if grid.decimal(floor) < value { floor + 1 } else { floor }.max(1))
            })
        };
        let high = |grid: Increment, value: Option<Decimal>| -> Result<i64> {
            value.map_or(Ok(i64::MAX), |value| grid.floor(value).ok_or_else(|| Error::overflow("a filter")))
        };
        limits.price = (low(tick, filters.price_min)?, high(tick, filters.price_max)?);
        limits.quantity = (low(lot, filters.quantity_min)?, high(lot, filters.quantity_max)?);
        limits.notional = (filters.notional_min.unwrap_or_default(), filters.notional_max.unwrap_or(Decimal::MAX));
        Ok(limits)
    }
}
