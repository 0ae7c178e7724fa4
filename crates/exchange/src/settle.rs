//! What a fill does to the account, the position and the order.

use crate::exchange::Exchange;
use crate::fees::{self, Fee};
use haggle_model::time::Nanos;
use haggle_model::{Decimal, FeeAsset, Fill, Liquidity, OrderEventKind, Position, Result, Side, Size, normal};

impl Exchange {
    /// Executes `quantity` lots of a working order. The bundle stays open: the caller ends it with the order's fate. True
    /// if that was all of it, and the order is gone.
    pub(crate) fn fill(&mut self, slot: u32, price: i64, quantity: i64, liquidity: Liquidity, now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        let (at, side, number) = (order.market, order.request.side, order.request.order);
        let flat = !order.flat_fee_paid;
        let spec = &self.markets[at].spec;
        let base = spec.base;
        let notional = spec.notional(price, quantity)?;
        let amount = spec.lot.decimal(quantity);
        let price_exact = spec.tick.decimal(price);

        let order = self.orders.get_mut(slot);
        order.flat_fee_paid = true;
        order.filled += quantity;
        self.reserve_rest(slot)?;
        // After the release: what was reserved for this fill may pay its fee.
        let fee = self.fee(slot, liquidity, notional, amount, flat)?;
        if matches!(self.orders.get(slot).request.size, Size::Quote(_)) {
            let covered = if self.amount_covers_fee(at, side) { fee.amount } else { Decimal::ZERO };
            self.orders.get_mut(slot).spent += notional + covered;
        }

        // A fee in base lowers the position, on both sides; its worth at the fill price is the fee.
        let fee_base = if fee.asset == base { fee.amount } else { Decimal::ZERO };
        let moved = if side == Side::Buy { amount - fee_base } else { amount + fee_base };
        let change = self.markets[at].position.apply(side, moved, price_exact)?;
        self.settle(at, side, amount, notional, &change)?;
        self.ledger.fee(fee.asset, fee.amount)?;
        self.forget_dust_cost(at);

        let order = self.orders.get(slot);
        let fill = Fill {
            id: self.trade_count,
            price,
            quantity,
            filled: order.filled,
            order_quantity: order.quantity,
            liquidity,
            fee: normal(fee.amount),
            fee_asset: fee.asset,
            fee_quote: fee.quote,
        };
        self.trade_count += 1;
        let done = order.left() == 0;
        if done {
            self.markets[at].remove(side, slot);
            self.orders.end(slot);
        }
        self.emit(at, number, side, now, OrderEventKind::Filled(fill));
        Ok(done)
    }

    /// The fee of a fill; in a named asset where the account can pay it, else in the asset received.
    pub(crate) fn fee(&self, slot: u32, liquidity: Liquidity, notional: Decimal, amount: Decimal, flat: bool) -> Result<Fee> {
        let order = self.orders.get(slot);
        let (market, side, owed) = (order.market, order.request.side, order.owed);
        let fees = &self.execution.fees;
        let spec = &self.markets[market].spec;
        let in_quote = || fees::in_quote(fees, fees::rate(fees, liquidity), notional, amount, flat);
        if self.pays_fees_in_cash(market) {
            let worth = in_quote()?;
            return Ok(Fee { amount: worth, asset: spec.quote, quote: Some(worth) });
        }
        let (FeeAsset::Named(_), Some(asset)) = (&fees.charged_in, self.fee_asset) else {
            return fees::of_fill(fees, spec, side, liquidity, notional, amount, flat);
        };
        let worth = in_quote()?;
        let in_asset = if asset == spec.quote {
            Some(worth)
        } else {
            let mark = self
                .markets
                .iter()
                .find(|other| other.spec.base == asset && other.spec.quote == spec.quote)
                .and_then(crate::market::Market::mark);
            mark.and_then(|mark| fees::convert(worth, Decimal::ONE, mark))
        };
        // What the fill itself takes or brings of that asset is settled before the fee.
        let moved = match (asset == spec.quote, asset == spec.base, side) {
            (true, _, Side::Buy) => -notional - owed,
            (true, _, Side::Sell) => notional,
            (_, true, Side::Buy) => amount,
            (_, true, Side::Sell) => -amount - owed,
            _ => Decimal::ZERO,
        };
        match in_asset {
            Some(amount) if self.ledger.account(asset).free() + moved >= amount => Ok(Fee { amount, asset, quote: Some(worth) }),
            _ => fees::of_fill(fees, spec, side, liquidity, notional, amount, flat),
        }
    }

    /// Sets aside what the rest of a limit order needs.
    pub(crate) fn reserve_rest(&mut self, slot: u32) -> Result<()> {
        let keep = self.to_reserve(self.orders.get(slot))?;
        self.release(slot, keep)
    }

    /// A flat position has no cost: division in shares of cost leaves none, by construction.
    fn forget_dust_cost(&mut self, market: usize) {
        let position = &mut self.markets[market].position;
        if position.quantity.is_zero() {
            *position = Position::default();
        }
    }
}
