//! Spot: every asset is held, and no balance goes below zero.

use super::{Taken, over};
use crate::exchange::Exchange;
use crate::fees;
use crate::order::Order;
use haggle_model::{Decimal, FeeAsset, Liquidity, Reason, Result, Side};

impl Exchange {
    /// A buy sets aside its cost and fee, a sell its quantity.
    pub(super) fn spot_reserve(&self, order: &Order) -> Result<Decimal> {
        let spec = &self.markets[order.market].spec;
        let quantity = spec.lot.decimal(order.left());
        if order.request.side == Side::Sell {
            return Ok(quantity);
        }
        let notional = spec.notional(order.request.price, order.left())?;
        let fee = fees::reserve(&self.execution.fees, notional, quantity, !order.flat_fee_paid)?;
        notional.checked_add(fee).ok_or_else(over)
    }

    pub(super) fn spot_can_pay(&self, market: usize, side: Side, taken: &Taken) -> Result<Result<(), Reason>> {
        let fees = &self.execution.fees;
        let mut need = if side == Side::Sell { taken.amount } else { taken.notional };
        if side == Side::Buy && fees.charged_in == FeeAsset::Quote {
            need += fees::in_quote(fees, fees::rate(fees, taken.liquidity), taken.notional, taken.amount, taken.flat)?;
        }
        let asset = self.markets[market].spec.pays(side);
        let free = self.ledger.account(asset).free();
        Ok(if free >= need { Ok(()) } else { Err(self.short_of(asset, need, free)) })
    }

    /// Quantity and cost of a fill are there; its fee may be larger than what it brings.
    pub(super) fn spot_fee_exceeds(&self, slot: u32, price: i64, quantity: i64, liquidity: Liquidity) -> Result<Option<Reason>> {
        if !fees::may_exceed(&self.execution.fees) {
            return Ok(None);
        }
        let order = self.orders.get(slot);
        let spec = &self.markets[order.market].spec;
        let (notional, amount) = (spec.notional(price, quantity)?, spec.lot.decimal(quantity));
        let fee = self.fee(slot, liquidity, notional, amount, !order.flat_fee_paid)?;
        let (gained, gain) = if order.request.side == Side::Buy { (spec.base, amount) } else { (spec.quote, notional) };
        let free: Decimal = self.ledger.account(gained).free() + gain;
        Ok((fee.asset == gained && free < fee.amount).then(|| self.short_of(gained, fee.amount, free)))
    }
}
