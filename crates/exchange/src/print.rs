//! What a print does: it fills resting orders on L1 data, and waiting ones too where prints are all there is.

use crate::exchange::Exchange;
use crate::market::Feed;
use crate::take::part;
use haggle_model::time::Nanos;
use haggle_model::{Error, Liquidity, OrderEventKind, OrderKind, QueueModel, ReasonCode, Result, Side, TimeInForce};

impl Exchange {
    /// Applies a print of the venue.
    #[inline]
    pub fn apply_print(&mut self, at: usize, aggressor: Side, price: i64, quantity: i64, now: Nanos) -> Result<()> {
        let market = &mut self.markets[at];
        market.last = Some(price);
        if market.spec.feed == Feed::Trades {
            market.mark_twice = 2 * price;
            return if market.is_busy() { self.print_alone(at, price, quantity, now) } else { Ok(()) };
        }
        // The side that the print hit.
        let side = aggressor.opposite();
        if market.quote.side(side).is_some_and(|(best, _)| best == price) {
            market.printed[side as usize] += quantity;
        }
        if market.resting[side as usize].is_empty() { Ok(()) } else { self.print_on_quotes(at, side, price, quantity, now) }
    }

    /// L1: orders beyond the print's price fill wholly; orders at its price by what the queue ahead of them leaves.
    fn print_on_quotes(&mut self, at: usize, side: Side, price: i64, quantity: i64, now: Nanos) -> Result<()> {
        let share = self.execution.fills.volume_share;
        let allowed = part(quantity, share);
        let is_capped = allowed < quantity;
        let mut spent = 0i64;
        let mut place = 0;
        while let Some(rest) = self.markets[at].resting[side as usize].get(place).copied().filter(|rest| !side.better(rest.price, price)) {
            let order = self.orders.get(rest.slot);
            let left = order.left();
            let wanted = if rest.price != price {
                if is_capped { left.min(allowed - spent) } else { left }
            } else if self.execution.fills.queue == QueueModel::None {
                left.min(allowed - spent)
            } else {
                let Some(ahead) = order.ahead else {
                    place += 1;
                    continue;
                };
                let passed = quantity - spent;
                self.orders.get_mut(rest.slot).ahead = Some((ahead - passed).max(0));
                left.min(passed - ahead).min(allowed - spent)
            };
            if wanted <= 0 {
                place += 1;
                continue;
            }
            let filled = self.fill_maker(rest.slot, rest.price, wanted, now)?;
            spent = spent.saturating_add(filled);
            if self.is_closed() {
                break;
            }
            if filled == wanted && filled < left {
                place += 1;
            }
        }
        Ok(())
    }

    /// Prints alone: waiting takers first, oldest first, then resting orders that the print went beyond.
    fn print_alone(&mut self, at: usize, price: i64, quantity: i64, now: Nanos) -> Result<()> {
        let mut left = part(quantity, self.execution.fills.volume_share);
        for slot in self.markets[at].waiting.clone() {
            left -= self.take_print(slot, price, left, now)?;
        }
        let touch = self.execution.fills.queue == QueueModel::None;
        for side in [Side::Buy, Side::Sell] {
            while let Some(rest) = self.markets[at].resting[side as usize].first().copied() {
                let reached = side.better(price, rest.price) || (touch && price == rest.price);
                if !reached || left <= 0 || self.is_closed() {
                    break;
                }
                let wanted = self.orders.get(rest.slot).left().min(left);
                left -= self.fill_maker(rest.slot, rest.price, wanted, now)?;
            }
        }
        Ok(())
    }

    /// Gives a waiting order its share of a print: worse by half the assumed spread and slippage. Returns the lots filled.
    fn take_print(&mut self, slot: u32, print: i64, left: i64, now: Nanos) -> Result<i64> {
        let order = self.orders.get(slot);
        let (at, request) = (order.market, order.request);
        let limit = (request.kind == OrderKind::Limit).then_some(request.price);
        if limit.is_some_and(|limit| request.side.better(limit, print)) {
            // The print lies past its limit: what does not wait ends, what waits rests.
            match request.time_in_force {
                TimeInForce::ImmediateOrCancel => self.end(slot, now, OrderEventKind::Expired(ReasonCode::LiquidityMissing.into()))?,
                TimeInForce::FillOrKill => self.end(slot, now, OrderEventKind::Expired(ReasonCode::FillOrKillUnfilled.into()))?,
                _ => self.rest_waiting(slot),
            }
            return Ok(0);
        }
        let half = (self.execution.fills.spread + 1) / 2;
        let worse = print.checked_add(request.side.sign() * half).ok_or_else(|| Error::overflow("a price"))?.max(1);
        let price = self.slipped(request.side, worse, limit)?;
        if !self.resolve(slot, price, now)? {
            return Ok(0);
        }
        let wanted = self.orders.get(slot).left().min(left);
        if request.time_in_force == TimeInForce::FillOrKill && wanted < self.orders.get(slot).left() && request.kind == OrderKind::Limit {
            self.end(slot, now, OrderEventKind::Expired(ReasonCode::FillOrKillUnfilled.into()))?;
            return Ok(0);
        }
        if wanted <= 0 {
            return Ok(0);
        }
        let Some(wanted) = self.reducible(slot, wanted, now)? else { return Ok(0) };
        if let Err(reason) = self.can_pay(at, request.side, &[(price, wanted)], !self.orders.get(slot).flat_fee_paid, Liquidity::Taker)?
            && request.kind == OrderKind::Market
        {
            self.end(slot, now, OrderEventKind::Expired(reason))?;
            return Ok(0);
        }
        let done = self.fill(slot, price, wanted, Liquidity::Taker, now)?;
        if !done && limit.is_some() && request.time_in_force == TimeInForce::ImmediateOrCancel {
            self.end(slot, now, OrderEventKind::Expired(ReasonCode::LiquidityMissing.into()))?;
        }
        self.end_bundle();
        Ok(wanted)
    }
}
