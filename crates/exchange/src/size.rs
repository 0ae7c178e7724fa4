//! Sizes given as an amount of quote or a share of equity become lots when the price is known.

use crate::account::Budget;
use crate::exchange::Exchange;
use haggle_model::{Decimal, Error, Liquidity, OpenRequest, Result, Side, Size};

fn over() -> Error {
    Error::overflow("a size")
}

impl Exchange {
    /// Lots of a limit order: an amount buys what it pays for at the limit, at the larger of the two fee rates.
    pub(crate) fn lots_at_limit(&self, market: usize, request: &OpenRequest) -> Result<i64> {
        if let Size::Lots(lots) = request.size {
            return Ok(lots);
        }
        let budget = self.budget(market, request.side, request.size)?;
        let fees = &self.execution.fees;
        let liquidity = if fees.maker > fees.taker { Liquidity::Maker } else { Liquidity::Taker };
        Ok(self.lots_for(market, request.side, budget.amount, request.price, true, liquidity)?.min(budget.most))
    }

    /// Lots of a market order: what an amount pays for at these prices (price, lots), best first, taker fees included. The
    /// last price has no end.
    pub(crate) fn lots_over(&self, market: usize, side: Side, size: Size, parts: &[(i64, i64)]) -> Result<i64> {
        if let Size::Lots(lots) = size {
            return Ok(lots);
        }
        let budget = self.budget(market, side, size)?;
        let mut left = budget.amount;
        let mut lots = 0i64;
        for (place, (price, quantity)) in parts.iter().enumerate() {
            let fit = self.lots_for(market, side, left, *price, place == 0, Liquidity::Taker)?;
            let is_last = place + 1 == parts.len();
            let here = if is_last { fit } else { fit.min(*quantity) };
            lots = lots.checked_add(here).ok_or_else(over)?;
            if here < *quantity {
                break;
            }
            left -= self.cost(market, side, *price, here, place == 0, Liquidity::Taker)?;
        }
        Ok(lots.min(budget.most))
    }

    fn budget(&self, market: usize, side: Side, size: Size) -> Result<Budget> {
        let share = match size {
            Size::Lots(lots) => return Ok(Budget { amount: Decimal::MAX, most: lots }),
            Size::Quote(amount) => return Ok(Budget { amount, most: i64::MAX }),
            Size::Equity(share) => share,
        };
        self.budget_of_share(market, side, share)
    }

    /// What an amount has to cover: per unit at `price`, and once for the order.
    fn unit_cost(&self, market: usize, side: Side, price: i64, flat: bool, liquidity: Liquidity) -> Result<(Decimal, Decimal)> {
        let unit = self.markets[market].spec.tick.decimal(price);
        if !self.amount_covers_fee(market, side) {
            return Ok((unit, Decimal::ZERO));
        }
        let fees = &self.execution.fees;
        let cost = unit.checked_mul(Decimal::ONE + crate::fees::rate(fees, liquidity));
        let cost = cost.and_then(|cost| cost.checked_add(fees.per_contract)).ok_or_else(over)?;
        Ok((cost, if flat { fees.per_order } else { Decimal::ZERO }))
    }

    fn cost(&self, market: usize, side: Side, price: i64, lots: i64, flat: bool, liquidity: Liquidity) -> Result<Decimal> {
        let (unit, once) = self.unit_cost(market, side, price, flat, liquidity)?;
        self.markets[market].spec.lot.decimal(lots).checked_mul(unit).and_then(|cost| cost.checked_add(once)).ok_or_else(over)
    }

    /// The largest number of lots whose cost at `price`, fees included, is not above `amount`.
    pub(crate) fn lots_for(&self, market: usize, side: Side, amount: Decimal, price: i64, flat: bool, liquidity: Liquidity) -> Result<i64> {
        let (unit, once) = self.unit_cost(market, side, price, flat, liquidity)?;
        let spendable = amount - once;
        if spendable <= Decimal::ZERO || unit <= Decimal::ZERO {
            return Ok(0);
        }
        let lots = spendable.checked_div(unit).and_then(|quantity| self.markets[market].spec.lot.floor(quantity)).ok_or_else(over)?;
        // The division rounds at 28 digits: the exact product decides.
        Ok(if self.cost(market, side, price, lots, flat, liquidity)? <= amount { lots } else { lots - 1 })
    }
}
