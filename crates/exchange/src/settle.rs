//! What a fill does to the account, the position and the order.

use crate::exchange::Exchange;
use crate::fees::{self, Fee};
use crate::order::Order;
use haggle_model::time::Nanos;
use haggle_model::{
    AccountKind, Decimal, Error, FeeAsset, Fill, Liquidity, OrderEventKind, Position, Reason, ReasonCode, Result, Side, Size, normal,
};

impl Exchange {
    /// Executes `quantity` lots of a working order. The bundle stays open: the caller ends it with the order's fate. True
    /// if that was all of it, and the order is gone.
    pub(crate) fn fill(&mut self, slot: u32, price: i64, quantity: i64, liquidity: Liquidity, now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        let (at, side, number) = (order.market, order.request.side, order.request.order);
        let flat = !order.flat_fee_paid;
        let spec = &self.markets[at].spec;
        let (base, quote) = (spec.base, spec.quote);
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
            let covered = if self.amount_covers_fee(side) { fee.amount } else { Decimal::ZERO };
            self.orders.get_mut(slot).spent += notional + covered;
        }

        // A fee in base lowers the position, on both sides; its worth at the fill price is the fee.
        let fee_base = if fee.asset == base { fee.amount } else { Decimal::ZERO };
        let moved = if side == Side::Buy { amount - fee_base } else { amount + fee_base };
        let change = self.markets[at].position.apply(side, moved, price_exact)?;
        match self.execution.account {
            AccountKind::Spot => {
                let (gain, pay) = if side == Side::Buy { ((base, amount), (quote, notional)) } else { ((quote, notional), (base, amount)) };
                self.ledger.trade(gain.0, gain.1)?;
                self.ledger.trade(pay.0, -pay.1)?;
            }
            AccountKind::CashSettled => {
                self.ledger.trade(quote, normal(change.pnl.into()))?;
                self.forget_safe_marks();
            }
        }
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
        if self.execution.account == AccountKind::CashSettled {
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

    /// What a limit order's rest reserves: a spot buy its cost and fee, a spot sell its quantity, anything else nothing.
    pub(crate) fn to_reserve(&self, order: &Order) -> Result<Decimal> {
        if self.execution.account == AccountKind::CashSettled || order.limit().is_none() || order.left() == 0 {
            return Ok(Decimal::ZERO);
        }
        let spec = &self.markets[order.market].spec;
        let quantity = spec.lot.decimal(order.left());
        if order.request.side == Side::Sell {
            return Ok(quantity);
        }
        let notional = spec.notional(order.request.price, order.left())?;
        let fee = fees::reserve(&self.execution.fees, notional, quantity, !order.flat_fee_paid)?;
        notional.checked_add(fee).ok_or_else(|| Error::overflow("the cost of an order"))
    }

    /// Whether the account can pay for `quantity` lots at these prices, taken at once.
    pub(crate) fn can_pay(
        &self,
        market: usize,
        side: Side,
        parts: &[(i64, i64)],
        flat: bool,
        liquidity: Liquidity,
    ) -> Result<Result<(), Reason>> {
        let spec = &self.markets[market].spec;
        let over = || Error::overflow("the cost of an order");
        let mut notional = Decimal::ZERO;
        let mut lots = 0i64;
        for (price, quantity) in parts {
            notional = notional.checked_add(spec.notional(*price, *quantity)?).ok_or_else(over)?;
            lots = lots.checked_add(*quantity).ok_or_else(over)?;
        }
        let amount = spec.lot.decimal(lots);
        if self.execution.account == AccountKind::CashSettled {
            return self.can_carry(market, side, notional, amount, flat, liquidity);
        }
        let fees = &self.execution.fees;
        let (asset, need) = match side {
            Side::Sell => (spec.base, amount),
            Side::Buy if fees.charged_in == FeeAsset::Quote => {
                (spec.quote, notional + fees::in_quote(fees, fees::rate(fees, liquidity), notional, amount, flat)?)
            }
            Side::Buy => (spec.quote, notional),
        };
        let free = self.ledger.account(asset).free();
        Ok(if free >= need { Ok(()) } else { Err(self.short_of(asset, need, free)) })
    }

    pub(crate) fn short_of(&self, asset: haggle_model::AssetId, need: Decimal, free: Decimal) -> Reason {
        Reason::from(ReasonCode::BalanceInsufficient).with_text("asset", &self.assets[asset.index()]).with("need", need).with("free", free)
    }

    /// Cash-settled: what a fill adds to positions, fee included, has to be within the buying power; what it closes frees some.
    fn can_carry(
        &self,
        market: usize,
        side: Side,
        notional: Decimal,
        amount: Decimal,
        flat: bool,
        liquidity: Liquidity,
    ) -> Result<Result<(), Reason>> {
        let over = || Error::overflow("the cost of an order");
        let fees = &self.execution.fees;
        let held = self.markets[market].position.quantity;
        let reduces = !held.is_zero() && held.is_sign_negative() == (side == Side::Buy);
        let closed = if reduces { amount.min(held.abs()) } else { Decimal::ZERO };
        if closed == amount {
            return Ok(Ok(()));
        }
        let opened = haggle_model::position::share(notional, amount - closed, amount).ok_or_else(over)?;
        let fee = fees::in_quote(fees, fees::rate(fees, liquidity), notional, amount, flat)?;
        let mark = self.markets[market].mark().unwrap_or_default();
        let need = opened + fee;
        let at_mark = closed.checked_mul(mark).ok_or_else(over)?;
        // Closing at a price worse than the mark costs equity, and that buying power.
        let lost = (at_mark - (notional - opened)) * Decimal::from(-side.sign());
        let lost = lost.max(Decimal::ZERO).checked_mul(self.execution.leverage).ok_or_else(over)?;
        let free = self.buying_power()? + at_mark - lost;
        Ok(if free >= need { Ok(()) } else { Err(Reason::from(ReasonCode::BuyingPowerInsufficient).with("need", need).with("free", free)) })
    }

    /// A flat position has no cost: division in shares of cost leaves none, by construction.
    fn forget_dust_cost(&mut self, market: usize) {
        let position = &mut self.markets[market].position;
        if position.quantity.is_zero() {
            *position = Position::default();
        }
    }
}
