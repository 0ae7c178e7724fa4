//! An instrument's filters, in ticks and lots. They test whole orders, not rests.

use crate::market::Spec;
use haggle_model::{Decimal, Error, Filters, Increment, Reason, ReasonCode, Result};

/// Limits in integers; the widest where the config is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    price: (i64, i64),
    quantity: (i64, i64),
    notional: (Decimal, Decimal),
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

impl Spec {
    /// Tests a limit price.
    pub fn check_price(&self, price: i64) -> Result<(), Reason> {
        let (min, max) = self.limits.price;
        let refuse = |name, bound| {
            Reason::from(ReasonCode::PriceOutOfRange).with("price", self.tick.decimal(price)).with(name, self.tick.decimal(bound))
        };
        match price {
            _ if price < min => Err(refuse("min", min)),
            _ if price > max => Err(refuse("max", max)),
            _ => Ok(()),
        }
    }

    /// Tests a whole order's quantity.
    pub fn check_quantity(&self, quantity: i64) -> Result<(), Reason> {
        let (min, max) = self.limits.quantity;
        if quantity <= 0 {
            return Err(Reason::from(ReasonCode::QuantityZero).with("lot", self.lot.value()));
        }
        let refuse = |name, bound| {
            Reason::from(ReasonCode::QuantityOutOfRange).with("quantity", self.lot.decimal(quantity)).with(name, self.lot.decimal(bound))
        };
        match quantity {
            _ if quantity < min => Err(refuse("min", min)),
            _ if quantity > max => Err(refuse("max", max)),
            _ => Ok(()),
        }
    }

    /// Tests a whole order's value.
    pub fn check_notional(&self, notional: Decimal) -> Result<(), Reason> {
        let (min, max) = self.limits.notional;
        let refuse = |name, bound| Reason::from(ReasonCode::NotionalOutOfRange).with("notional", notional).with(name, bound);
        match notional {
            _ if notional < min => Err(refuse("min", min)),
            _ if notional > max => Err(refuse("max", max)),
            _ => Ok(()),
        }
    }

    /// The least notional value of an order, zero where there is none.
    pub fn notional_min(&self) -> Decimal {
        self.limits.notional.0
    }
}
