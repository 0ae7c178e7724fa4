//! Sizes given as an amount of quote or a share of equity become lots when the price is known.

use crate::exchange::Exchange;
use haggle_model::{AccountKind, Decimal, Error, FeeAsset, Liquidity, Result, Side, Size};

impl Exchange {
    /// Lots that `size` comes to at `price`. Amounts of quote are never exceeded, fees included.
    pub(crate) fn lots(&self, market: usize, side: Side, size: Size, price: i64) -> Result<i64> {
        match size {
            Size::Lots(lots) => Ok(lots),
            Size::Quote(amount) => self.lots_for(market, side, amount, price),
            Size::Equity(share) => {
                let over = || Error::overflow("a share of equity");
                let amount = self.equity_in_quote(market)?.checked_mul(share).ok_or_else(over)?;
                let spec = &self.markets[market].spec;
                let cut = match (self.execution.account, side) {
                    (AccountKind::CashSettled, _) => amount.min(self.buying_power()?),
                    (AccountKind::Spot, Side::Buy) => amount.min(self.ledger.account(spec.quote).free()),
                    (AccountKind::Spot, Side::Sell) => {
                        let held = spec.lot.floor(self.ledger.account(spec.base).free()).ok_or_else(over)?;
                        return Ok(self.lots_for(market, side, amount, price)?.min(held));
                    }
                };
                self.lots_for(market, side, cut, price)
            }
        }
    }

    /// The largest number of lots whose cost at `price`, taker fees included, is not above `amount`.
    fn lots_for(&self, market: usize, side: Side, amount: Decimal, price: i64) -> Result<i64> {
        let spec = &self.markets[market].spec;
        let fees = &self.execution.fees;
        let over = || Error::overflow("a size");
        let pays_fee = fees.charged_in == FeeAsset::Quote && (side == Side::Buy || self.execution.account == AccountKind::CashSettled);
        let (rate, flat, per_contract) =
            if pays_fee { (crate::fees::rate(fees, Liquidity::Taker), fees.per_order, fees.per_contract) } else { Default::default() };
        let unit = spec.tick.decimal(price);
        let cost = unit.checked_mul(Decimal::ONE + rate).and_then(|cost| cost.checked_add(per_contract)).ok_or_else(over)?;
        let spendable = amount - flat;
        if spendable <= Decimal::ZERO || cost <= Decimal::ZERO {
            return Ok(0);
        }
        let lots = spendable.checked_div(cost).and_then(|quantity| spec.lot.floor(quantity)).ok_or_else(over)?;
        // The division rounds at 28 digits: the exact product decides.
        let fits = |lots: i64| spec.lot.decimal(lots).checked_mul(cost).map(|cost| cost <= spendable).ok_or_else(over);
        Ok(if fits(lots)? { lots } else { lots - 1 })
    }

    /// Equity in the quote asset of a market: all balances, positions at their mark. Assets without a mark do not count.
    pub(crate) fn equity_in_quote(&self, market: usize) -> Result<Decimal> {
        let over = || Error::overflow("the account's equity");
        let quote = self.markets[market].spec.quote;
        let mut equity = self.ledger.account(quote).total;
        for other in self.markets.iter().filter(|other| other.spec.quote == quote) {
            let Some(mark) = other.mark() else { continue };
            let worth = match self.execution.account {
                AccountKind::Spot => self.ledger.account(other.spec.base).total.checked_mul(mark).ok_or_else(over)?,
                AccountKind::CashSettled => other.position.pnl_at(mark)?,
            };
            equity = equity.checked_add(worth).ok_or_else(over)?;
        }
        Ok(equity)
    }

    /// Cash-settled: equity x leverage less what positions bind at their marks.
    pub(crate) fn buying_power(&self) -> Result<Decimal> {
        let over = || Error::overflow("the buying power");
        let mut power = self.equity_in_quote(0)?.checked_mul(self.execution.leverage).ok_or_else(over)?;
        for market in &self.markets {
            if let Some(mark) = market.mark() {
                let bound = market.position.quantity.abs().checked_mul(mark).ok_or_else(over)?;
                power = power.checked_sub(bound).ok_or_else(over)?;
            }
        }
        Ok(power)
    }
}
