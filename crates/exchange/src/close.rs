//! Positions traded away without the strategy's word: an account without equity, and the end of a run.

use crate::exchange::Exchange;
use crate::order::Order;
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Liquidity, OpenRequest, OrderKind, OrderNumber, Result, Side, Size, TimeInForce};

impl Exchange {
    /// Trades a position away at the best opposite price (else the last), slippage and taker fee included, no matter what is
    /// displayed there. False if there is no position of at least a lot, or no price. On spot what was sold beyond the fills
    /// was inventory, not a position: it is not bought back.
    pub fn close_position(&mut self, at: usize, number: OrderNumber, now: Nanos) -> Result<bool> {
        let lots = self.markets[at].position_lots()?;
        if lots < 0 && !self.may_be_short(at) {
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
