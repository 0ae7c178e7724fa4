//! An instrument's filters, in ticks and lots. They test whole orders, not rests.

use crate::market::Spec;
use haggle_model::{Decimal, Reason, ReasonCode};

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
