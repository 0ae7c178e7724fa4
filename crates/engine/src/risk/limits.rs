//! Limits as they are asked for, before an engine has them.

use super::RiskCheck;
use haggle_model::time::Nanos;
use haggle_model::{Code, Decimal, Error, Result, System};
use std::sync::Arc;

/// What one order of an instrument may be. Quantities in base, values in quote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderLimits {
    /// Largest quantity of an order.
    pub quantity_max: Option<Decimal>,
    /// Largest value of an order: price x quantity, at the worst price that the order accepts; of a market order, at the best opposite quote.
    pub notional_max: Option<Decimal>,
    /// Largest position, long or short, that could come of the order and all that work on its side. A reduce-only order passes.
    pub position_max: Option<Decimal>,
    /// Most orders of the instrument that work or are in flight.
    pub open_orders_max: Option<u64>,
    /// How much worse than the mark the price may be, as a fraction of the mark; of a market order, the best opposite quote.
    pub price_collar: Option<Decimal>,
}

impl OrderLimits {
    /// These, and those of `others` where there is none here.
    fn or(&self, others: &Self) -> Self {
        Self {
            quantity_max: self.quantity_max.or(others.quantity_max),
            notional_max: self.notional_max.or(others.notional_max),
            position_max: self.position_max.or(others.position_max),
            open_orders_max: self.open_orders_max.or(others.open_orders_max),
            price_collar: self.price_collar.or(others.price_collar),
        }
    }
}

/// At most so many orders and amends in any time of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRate {
    /// How many.
    pub orders: u64,
    /// In how long, above zero.
    pub per: Nanos,
}

/// What becomes of an order beyond a limit of quantity, value or position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Excess {
    /// It is refused.
    #[default]
    Refuse,
    /// It is cut to what the limits leave, and refused where that is less than one lot.
    Shrink,
}

/// What happens beyond the largest drawdown, besides that trading is disabled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawdownAction {
    /// Open orders are cancelled; positions stay.
    #[default]
    Cancel,
    /// Open orders are cancelled, and positions closed.
    Close,
}

/// The switch that ends trading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawdownLimit {
    /// Largest loss since the highest equity seen, as a fraction of that.
    pub max: f64,
    /// What happens beyond it.
    pub action: DrawdownAction,
    /// How often the engine looks by itself, besides account events and the strategy's timers.
    pub interval: Nanos,
}

/// Everything that can be limited.
#[derive(Clone, Debug, Default)]
pub struct RiskLimits {
    /// Of every instrument.
    pub orders: OrderLimits,
    /// Of single instruments: name, path for errors, limits. They take the place of those above.
    pub instruments: Vec<(String, String, OrderLimits)>,
    /// Most orders of all instruments that work or are in flight.
    pub open_orders_max: Option<u64>,
    /// How often orders may leave.
    pub rate: Option<OrderRate>,
    /// What becomes of an order that is too large.
    pub excess: Excess,
    /// When trading ends.
    pub drawdown: Option<DrawdownLimit>,
    /// A check of one's own.
    pub check: Option<Arc<dyn RiskCheck>>,
}

impl RiskLimits {
    /// The limits of each instrument of a system.
    pub(super) fn by_instrument(&self, system: &System) -> Result<Vec<OrderLimits>> {
        let mut own: Vec<Option<OrderLimits>> = vec![None; system.instruments.len()];
        for (name, path, limits) in &self.instruments {
            let instrument = system.find_instrument(name).map_err(|error| error.at(path.clone()))?;
            if own[instrument.index()].replace(limits.or(&self.orders)).is_some() {
                let symbol = &system.instrument(instrument).symbol;
                return Err(Error::new(Code::AmbiguousName, format!("{symbol} has limits twice")).at(path.clone()));
            }
        }
        Ok(own.into_iter().map(|limits| limits.unwrap_or_else(|| self.orders.clone())).collect())
    }
}
