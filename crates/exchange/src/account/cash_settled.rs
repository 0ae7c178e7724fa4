//! Cash-settled: one currency is held, positions are signed, and an account without equity is closed.

use super::{Taken, over};
use crate::exchange::Exchange;
use crate::fees;
use crate::market::Market;
use haggle_model::time::Nanos;
use haggle_model::{AccountKind, COUNT_MAX, Decimal, Error, Reason, ReasonCode, Result, Side, to_f64};

impl Exchange {
    /// What a fill adds to positions, fee included, has to be within the buying power; what it closes frees some.
    pub(super) fn cash_can_carry(&self, market: usize, side: Side, taken: &Taken) -> Result<Result<(), Reason>> {
        let Taken { notional, amount, .. } = *taken;
        let fees = &self.execution.fees;
        let held = self.markets[market].position.quantity;
        let reduces = !held.is_zero() && held.is_sign_negative() == (side == Side::Buy);
        let closed = if reduces { amount.min(held.abs()) } else { Decimal::ZERO };
        if closed == amount {
            return Ok(Ok(()));
        }
        let opened = haggle_model::position::share(notional, amount - closed, amount).ok_or_else(over)?;
        let fee = fees::in_quote(fees, fees::rate(fees, taken.liquidity), notional, amount, taken.flat)?;
        let mark = self.markets[market].mark().unwrap_or_default();
        let need = opened + fee;
        let at_mark = closed.checked_mul(mark).ok_or_else(over)?;
        // Closing at a price worse than the mark costs equity, and that buying power.
        let lost = (at_mark - (notional - opened)) * Decimal::from(-side.sign());
        let lost = lost.max(Decimal::ZERO).checked_mul(self.execution.leverage).ok_or_else(over)?;
        let free = self.buying_power(market)? + at_mark - lost;
        Ok(if free >= need { Ok(()) } else { Err(Reason::from(ReasonCode::BuyingPowerInsufficient).with("need", need).with("free", free)) })
    }

    /// Equity x leverage less what positions bind at their marks, in this market's quote.
    pub(crate) fn buying_power(&self, market: usize) -> Result<Decimal> {
        let over = || Error::overflow("the buying power");
        let mut power = self.equity_in_quote(market)?.checked_mul(self.execution.leverage).ok_or_else(over)?;
        let quote = self.markets[market].spec.quote;
        for other in self.markets.iter().filter(|other| other.spec.account == AccountKind::CashSettled && other.spec.quote == quote) {
            if let Some(mark) = other.mark() {
                let bound = other.position.quantity.abs().checked_mul(mark).ok_or_else(over)?;
                power = power.checked_sub(bound).ok_or_else(over)?;
            }
        }
        Ok(power)
    }

    /// Whether a mark may use up the equity of a market's account.
    fn is_exposed_in(&self, market: usize) -> bool {
        let market = &self.markets[market];
        market.spec.account == AccountKind::CashSettled && !market.position.quantity.is_zero()
    }

    /// An account whose equity is used up is closed, and its orders end. True if that happened now; the caller then trades its positions
    /// away by [`Exchange::close_position`].
    pub fn watch_equity(&mut self, now: Nanos) -> Result<bool> {
        if !self.is_exposed || self.is_closed {
            return Ok(false);
        }
        // All cash-settled markets of an exchange are priced in one currency.
        let Some(exposed) = (0..self.markets.len()).find(|market| self.is_exposed_in(*market)) else { return Ok(false) };
        let equity = self.equity_in_quote(exposed)?;
        if equity > Decimal::ZERO {
            self.find_safe_marks(to_f64(equity));
            return Ok(false);
        }
        self.expire_all(now, ReasonCode::AccountClosed)?;
        self.is_closed = true;
        Ok(true)
    }

    /// Whether the mark of this market has gone so far that the equity has to be looked at.
    #[inline]
    pub fn is_at_risk(&self, at: usize) -> bool {
        self.is_exposed && !self.markets[at].safe.contains(&self.markets[at].mark.twice_or_zero())
    }

    /// A position has changed: from now on every mark has to be looked at, until it is known which are safe.
    pub(super) fn forget_safe_marks(&mut self) {
        self.is_exposed = (0..self.markets.len()).any(|market| self.is_exposed_in(market));
        for market in &mut self.markets {
            market.safe = Market::UNSAFE;
        }
    }

    /// Marks at which the account surely has equity left, so that equity is not reckoned at each of them. Kept because it was measured: a run
    /// by signals over 100,000 bars, always in a position, takes 87 instructions a bar with an order in 510 bars, and 4,117 without safe
    /// marks; with an order in 27 bars 1,187 and 5,056 (callgrind, by the difference of three runs and one).
    ///
    /// A long position loses at most what it is worth: where the equity covers
    /// that, no mark is too low, and short positions share the rest of it. Else each position may lose its share of one half.
    fn find_safe_marks(&mut self, equity: f64) {
        // Far more is left aside than f64 rounds.
        const COVERED: f64 = 0.999;
        let worth = |market: &Market| to_f64(market.position.quantity) * market.mark_f64();
        let is_short = |market: &&Market| market.position.quantity.is_sign_negative();
        let longs: f64 = self.markets.iter().map(worth).filter(|worth| *worth > 0.0).sum();
        let is_covered = longs <= equity * COVERED;
        let exposed = self.markets.iter().filter(|market| !market.position.quantity.is_zero());
        let loss_max = if is_covered {
            (equity * COVERED - longs) / exposed.filter(is_short).count() as f64
        } else {
            equity / 2.0 / exposed.count() as f64
        };
        for market in &mut self.markets {
            let quantity = to_f64(market.position.quantity);
            let distance = (2.0 * loss_max / (quantity.abs() * market.spec.tick.f64(1))).min(COUNT_MAX as f64) as i64;
            let mark = market.mark.twice_or_zero();
            let (low, high) = (mark.saturating_sub(distance), mark.saturating_add(distance));
            market.safe = match quantity {
                0.0 => i64::MIN..=i64::MAX,
                long if long > 0.0 => (if is_covered { i64::MIN } else { low })..=i64::MAX,
                _ => i64::MIN..=high,
            };
        }
    }
}
