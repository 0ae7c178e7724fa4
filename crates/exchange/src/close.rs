//! Positions traded away without the strategy's word: an account without equity, and the end of a run.

use crate::exchange::Exchange;
use crate::market::Market;
use crate::order::Order;
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{
    AccountKind, COUNT_MAX, Decimal, Liquidity, OpenRequest, OrderKind, OrderNumber, ReasonCode, Result, Side, Size, TimeInForce, to_f64,
};

impl Exchange {
    /// Cash-settled: an account whose equity is used up is closed, and its orders end. True if that happened now; the
    /// caller then trades its positions away by [`Exchange::close_position`].
    pub fn watch_equity(&mut self, now: Nanos) -> Result<bool> {
        if !self.is_exposed || self.is_closed {
            return Ok(false);
        }
        let equity = self.equity_in_quote(0)?;
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
    pub(crate) fn forget_safe_marks(&mut self) {
        self.is_exposed = self.markets.iter().any(|market| !market.position.quantity.is_zero());
        for market in &mut self.markets {
            market.safe = Market::UNSAFE;
        }
    }

    /// Marks at which the account surely has equity left. A long position loses at most what it is worth: where the equity covers
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

    /// Trades a position away at the best opposite price (else the last), slippage and taker fee included, whatever is
    /// displayed there. False if there is no position of at least a lot, or no price. On spot what was sold beyond the fills
    /// was inventory, not a position: it is not bought back.
    pub fn close_position(&mut self, at: usize, number: OrderNumber, now: Nanos) -> Result<bool> {
        let lots = self.markets[at].position_lots()?;
        if lots < 0 && self.execution.account == AccountKind::Spot {
            return Ok(false);
        }
        let side = if lots > 0 { Side::Sell } else { Side::Buy };
        let Some(met) = self.reference(at, side).filter(|_| lots != 0) else { return Ok(false) };
        let price = self.slipped(side, met, None)?;
        let request = OpenRequest {
            order: number,
            instrument: self.markets[at].spec.instrument,
            side,
            kind: OrderKind::Market,
            size: Size::Lots(lots.abs()),
            price: 0,
            time_in_force: TimeInForce::ImmediateOrCancel,
            post_only: false,
            reduce_only: true,
        };
        let slot = self.orders.insert(Order::new(request, at, lots.abs(), NEVER));
        self.fill(slot, price, lots.abs(), Liquidity::Taker, now)?;
        self.end_bundle();
        Ok(true)
    }
}
