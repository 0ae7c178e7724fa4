//! Reads limits. The field names are those of the TypeScript API.

use super::limits::{DrawdownAction, DrawdownLimit, Excess, OrderLimits, OrderRate, RiskLimits};
use haggle_model::read::{Field, Object};
use haggle_model::time::{Nanos, SECOND};
use haggle_model::{Decimal, Result, to_f64};

/// How often the engine looks at the drawdown by itself where nothing else is said.
const INTERVAL_DEFAULT: Nanos = 60 * SECOND;
/// More orders than this in one window are no limit, and would only cost memory.
const RATE_MAX: u64 = 1_000_000;

impl RiskLimits {
    /// Reads `{ maxQuantity, maxNotional, maxPosition, maxOpenOrders, maxOrderRate, priceCollar, excess, maxDrawdown, onDrawdown,
    /// drawdownInterval, instruments }`, all optional.
    ///
    /// Errors: `INVALID_ARGUMENT` and `UNKNOWN_NAME` with the path of the field (`risk.maxNotional`). Names of instruments are looked up by
    /// [`crate::Engine::limit`].
    pub fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let mut limits = Self {
            orders: read_order_limits(&object)?,
            rate: object.get("maxOrderRate").map(|field| read_rate(&field)).transpose()?,
            excess: object
                .get("excess")
                .map_or(Ok(Excess::Refuse), |field| field.choice(&[("refuse", Excess::Refuse), ("shrink", Excess::Shrink)]))?,
            drawdown: read_drawdown(&object)?,
            ..Self::default()
        };
        // At the top it counts the orders of all instruments together.
        limits.open_orders_max = limits.orders.open_orders_max.take();
        if let Some(field) = object.get("instruments") {
            for (name, field) in field.entries()? {
                let object = field.object()?;
                limits.instruments.push((name.to_owned(), field.path, read_order_limits(&object)?));
                object.finish()?;
            }
        }
        object.finish()?;
        Ok(limits)
    }
}

fn read_order_limits(object: &Object<'_>) -> Result<OrderLimits> {
    let positive = |name| object.get(name).map(|field| field.positive()).transpose();
    Ok(OrderLimits {
        quantity_max: positive("maxQuantity")?,
        notional_max: positive("maxNotional")?,
        position_max: positive("maxPosition")?,
        open_orders_max: object.get("maxOpenOrders").map(|field| read_count(&field)).transpose()?,
        price_collar: object.get("priceCollar").map(|field| read_fraction(&field)).transpose()?,
    })
}

fn read_count(field: &Field<'_>) -> Result<u64> {
    match field.count()? {
        0 => Err(field.error("expected a number of orders above zero").hint("to send none, leave the strategy out")),
        count => Ok(count),
    }
}

fn read_rate(field: &Field<'_>) -> Result<OrderRate> {
    let object = field.object()?;
    let orders = object.need("orders")?;
    let count = read_count(&orders)?;
    if count > RATE_MAX {
        return Err(orders.error(format!("expected at most {RATE_MAX} orders")));
    }
    let duration = object.need("per")?;
    let per = read_period(&duration)?;
    object.finish()?;
    Ok(OrderRate { orders: count, per })
}

fn read_period(field: &Field<'_>) -> Result<Nanos> {
    match field.duration()? {
        0 => Err(field.error("expected a duration above zero")),
        nanos => Ok(nanos),
    }
}

fn read_fraction(field: &Field<'_>) -> Result<Decimal> {
    let fraction = field.positive()?;
    if fraction >= Decimal::ONE { Err(field.error("expected a fraction below one").hint("'0.05' is 5 %")) } else { Ok(fraction) }
}

fn read_drawdown(object: &Object<'_>) -> Result<Option<DrawdownLimit>> {
    let actions = [("cancel", DrawdownAction::Cancel), ("close", DrawdownAction::Close)];
    let action = object.get("onDrawdown").map(|field| Ok((field.choice(&actions)?, field))).transpose()?;
    let interval = object.get("drawdownInterval").map(|field| Ok((read_period(&field)?, field))).transpose()?;
    if let Some(field) = object.get("maxDrawdown") {
        return Ok(Some(DrawdownLimit {
            max: to_f64(read_fraction(&field)?),
            action: action.map_or(DrawdownAction::Cancel, |(action, _)| action),
            interval: interval.map_or(INTERVAL_DEFAULT, |(interval, _)| interval),
        }));
    }
    match action.map(|(_, field)| field).or(interval.map(|(_, field)| field)) {
        Some(field) => Err(field.error("there is no maxDrawdown that it could be about")),
        None => Ok(None),
    }
}
