//! What a bar does: its open fills what waits, its path fills what rests.

use crate::exchange::Exchange;
use crate::offers::Offer;
use crate::take::Found;
use haggle_model::time::Nanos;
use haggle_model::{Bar, BarPath, Result, Side};

impl Exchange {
    /// The open of a bar: orders that wait meet their first price.
    pub(crate) fn apply_bar_open(&mut self, at: usize, open: i64, volume: i64, now: Nanos) -> Result<()> {
        let left = if volume > 0 { self.part(volume) } else { i64::MAX };
        let is_busy = self.is_busy(at);
        let market = &mut self.markets[at];
        market.last = Some(open);
        market.mark.last(open);
        // The close before it is over, though it may have the same time.
        market.close_time = Nanos::MIN;
        market.bar_left = left;
        if is_busy {
            for slot in market.waiting.clone() {
                self.take_bar(slot, open, now)?;
                self.end_bundle();
            }
        }
        Ok(())
    }

    /// The close of a bar: resting orders that its path went through fill at their limits, at the time of the close.
    pub(crate) fn apply_bar_close(&mut self, at: usize, bar: &Bar, now: Nanos) -> Result<()> {
        let market = &mut self.markets[at];
        market.last = Some(bar.close);
        market.mark.last(bar.close);
        market.close_time = now;
        if self.is_busy(at) { self.fill_path(at, bar, now) } else { Ok(()) }
    }

    fn fill_path(&mut self, at: usize, bar: &Bar, now: Nanos) -> Result<()> {
        let rules = &self.execution.fills;
        let (touch, gap_at_open, path) = (rules.touch, rules.gap_at_open, rules.path);
        let high_first = bar.high - bar.open < bar.open - bar.low;
        let position = self.markets[at].position.quantity;
        let mut reached = Vec::new();
        for side in [Side::Buy, Side::Sell] {
            let extreme = if side == Side::Buy { bar.low } else { bar.high };
            for rest in &self.markets[at].resting[side as usize] {
                if side.better(extreme, rest.price) || (touch && extreme == rest.price) {
                    let reduces = self.orders.get(rest.slot).request.reduce_only
                        || (!position.is_zero() && position.is_sign_negative() == (side == Side::Buy));
                    let rank = match path {
                        // Closing before opening: a position opened on this path is never closed on it at a profit.
                        BarPath::Worst => !reduces,
                        BarPath::Nearest => (side == Side::Buy) == high_first,
                    };
                    reached.push((rank, side, *rest));
                }
            }
        }
        reached.sort_by_key(|(rank, _, _)| *rank);
        for (_, side, rest) in reached {
            let left = self.markets[at].bar_left.min(self.orders.get(rest.slot).left());
            if left <= 0 {
                break;
            }
            let price = if gap_at_open && side.better(bar.open, rest.price) { bar.open } else { rest.price };
            let filled = self.fill_maker(rest.slot, price, left, now)?;
            self.markets[at].bar_left -= filled;
        }
        Ok(())
    }

    /// A waiting order meets a price: a market order and a marketable limit take, any other limit rests. The bundle stays open.
    pub(crate) fn take_bar(&mut self, slot: u32, met: i64, now: Nanos) -> Result<()> {
        let order = self.orders.get(slot);
        let (at, request, limit, waits) = (order.market, order.request, order.limit(), order.waits());
        // A post-only order that the open jumped over was resting before: it fills on the path, as a maker.
        if request.post_only || limit.is_some_and(|limit| request.side.better(limit, met)) {
            return if waits { self.rest_waiting(slot, now) } else { self.end_unfilled(slot, now) };
        }
        let price = self.slipped(request.side, met, limit)?;
        if limit.is_none() && !self.resolve_quantity(slot, &[(price, i64::MAX)], now)? {
            return Ok(());
        }
        let quantity = self.orders.get(slot).left().min(self.markets[at].bar_left);
        let offer = Offer { price, level: met, quantity, is_remembered: false };
        let offers = if quantity > 0 { std::slice::from_ref(&offer) } else { &[] };
        let took = self.take(slot, Found { offers, worst: price, rests: true }, now)?;
        self.markets[at].bar_left -= took.lots;
        if took.is_over {
            return Ok(());
        }
        if waits { self.rest_waiting(slot, now) } else { self.end_rest(slot, now) }
    }
}
