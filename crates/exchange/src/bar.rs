//! What a bar does: its open fills what waits, its path fills what rests, and its adverse extreme is a mark for solvency.

use crate::exchange::Exchange;
use crate::market::Rest;
use crate::offers::Offer;
use crate::take::Found;
use haggle_model::time::Nanos;
use haggle_model::{Bar, BarPath, Decimal, OrderEventKind, OrderNumber, Reason, ReasonCode, Result, Side};

impl Exchange {
    /// The open of a bar that opened at `time`. Orders that wait meet it by [`Exchange::meet_open`], once all opens of the instant are there.
    pub(crate) fn apply_bar_open(&mut self, at: usize, time: Nanos, open: i64, volume: i64) {
        self.markets[at].spec.has_volume |= volume > 0;
        let left = if self.markets[at].spec.has_volume { self.part(volume) } else { i64::MAX };
        let is_busy = self.is_busy(at);
        let placed = self.placed;
        let market = &mut self.markets[at];
        market.close_before = market.last.replace(open);
        market.mark.last(open);
        // The close before it is over, though it may have the same time.
        market.close_time = Nanos::MIN;
        (market.bar_left, market.bar_time, market.bar_placed) = (left, time, placed);
        if is_busy && !market.waiting.is_empty() {
            self.opening.push(at);
        }
    }

    /// The next order that waits meets the open of its bar. Over all instruments whose bars open at this instant, orders that free money
    /// come before those that need it, so that what is sold pays for what is bought; within that, the oldest first. False when none is left.
    pub fn meet_open(&mut self, now: Nanos) -> Result<bool> {
        if !self.opening.is_empty() {
            self.line_up()?;
        }
        while let Some(number) = self.meeting.pop_front() {
            // It may have met another order since.
            let Ok(slot) = self.orders.find(number) else { continue };
            let order = self.orders.get(slot);
            let (at, request, limit, waits) = (order.market, order.request, order.limit(), order.waits());
            let market = &self.markets[at];
            let Some(open) = market.last else { continue };
            let is_passive = |price: i64| limit.is_some_and(|limit| request.side.better(limit, price));
            if waits && market.close_before.is_some_and(is_passive) {
                // It was passive when the bar opened: it rested already.
                self.rest_waiting(slot, now)?;
            } else {
                self.take_bar(slot, open, now)?;
            }
            self.end_bundle();
            return Ok(true);
        }
        Ok(false)
    }

    /// Puts the orders that meet an open in their order.
    fn line_up(&mut self) -> Result<()> {
        let opening = std::mem::take(&mut self.opening);
        let mut line: Vec<(bool, u64, OrderNumber)> = Vec::new();
        for at in &opening {
            for slot in &self.markets[*at].waiting {
                let order = self.orders.get(*slot);
                // A bar that had opened when it arrived is not for it, though we hear of that open only now.
                if order.arrived <= self.markets[*at].bar_time {
                    line.push((!self.frees_money(order)?, order.placed, order.request.order));
                }
            }
        }
        line.sort_unstable();
        self.meeting.extend(line.into_iter().map(|(_, _, number)| number));
        self.opening = opening;
        self.opening.clear();
        Ok(())
    }

    /// The close of a bar: resting orders that its path went through fill at their limits, at the time of the close.
    pub(crate) fn apply_bar_close(&mut self, at: usize, bar: &Bar, now: Nanos) -> Result<()> {
        let market = &mut self.markets[at];
        market.spec.has_volume |= bar.volume > 0;
        market.last = Some(bar.close);
        market.mark.last(bar.close);
        market.close_time = now;
        if !self.is_busy(at) && !self.may_break(at, bar) {
            return Ok(());
        }
        if let Some(extreme) = self.follow_path(at, bar, now)? {
            // The path ends here for the account: who watches its equity finds it used up.
            let market = &mut self.markets[at];
            market.last = Some(extreme);
            market.mark.last(extreme);
        }
        Ok(())
    }

    /// Follows the path of a bar. Returns the extreme at which the account has no equity left, if it comes to that.
    fn follow_path(&mut self, at: usize, bar: &Bar, now: Nanos) -> Result<Option<i64>> {
        match self.execution.fills.path {
            BarPath::Worst => {
                if self.breaks_first(at, bar, now)? {
                    return Ok(self.adverse(at, bar));
                }
                // Closing before opening: a position opened on this path is never closed on it at a profit.
                let (mut reached, mut opens) = (Vec::new(), Vec::new());
                for side in [Side::Buy, Side::Sell] {
                    for rest in self.reached(at, side, bar) {
                        if self.reduces(at, rest.slot) { reached.push((side, rest)) } else { opens.push((side, rest)) }
                    }
                }
                reached.append(&mut opens);
                self.fill_reached_by(at, bar, &reached, now)?;
                let extreme = self.adverse(at, bar);
                self.extreme_that_breaks(at, extreme)
            }
            BarPath::Nearest => {
                let high_first = bar.high - bar.open < bar.open - bar.low;
                for side in if high_first { [Side::Sell, Side::Buy] } else { [Side::Buy, Side::Sell] } {
                    let reached: Vec<(Side, Rest)> = self.reached(at, side, bar).into_iter().map(|rest| (side, rest)).collect();
                    self.fill_reached_by(at, bar, &reached, now)?;
                    let extreme = if side == Side::Buy { bar.low } else { bar.high };
                    let extreme = self.adverse(at, bar).filter(|adverse| *adverse == extreme);
                    if let Some(extreme) = self.extreme_that_breaks(at, extreme)? {
                        return Ok(Some(extreme));
                    }
                }
                Ok(None)
            }
        }
    }

    /// Resting orders on a side that the path reaches, of those that were there when the bar opened: best price first, then oldest.
    fn reached(&self, at: usize, side: Side, bar: &Bar) -> Vec<Rest> {
        let market = &self.markets[at];
        let extreme = if side == Side::Buy { bar.low } else { bar.high };
        let touch = self.execution.fills.touch;
        let was_there = |rest: &&Rest| {
            let order = self.orders.get(rest.slot);
            // Where the open was told of, what came at its instant came before or after it.
            order.arrived <= bar.time_open && (market.bar_time != bar.time_open || order.placed <= market.bar_placed)
        };
        let is_reached = |rest: &&Rest| side.better(extreme, rest.price) || (touch && extreme == rest.price);
        market.resting[side as usize].iter().filter(is_reached).filter(was_there).copied().collect()
    }

    fn reduces(&self, at: usize, slot: u32) -> bool {
        let (request, held) = (&self.orders.get(slot).request, self.markets[at].position.quantity);
        request.reduce_only || (!held.is_zero() && held.is_sign_negative() == (request.side == Side::Buy))
    }

    fn fill_reached_by(&mut self, at: usize, bar: &Bar, reached: &[(Side, Rest)], now: Nanos) -> Result<()> {
        for (side, rest) in reached {
            let left = self.orders.get(rest.slot).left();
            let quantity = self.markets[at].bar_left.min(left);
            if quantity < left {
                self.note_cut(rest.slot);
            }
            if quantity <= 0 {
                continue;
            }
            let price = if self.execution.fills.gap_at_open && side.better(bar.open, rest.price) { bar.open } else { rest.price };
            let filled = self.fill_maker(rest.slot, price, quantity, now)?;
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
        let (want, allowed) = (self.orders.get(slot).left(), self.markets[at].bar_left);
        let quantity = want.min(allowed);
        if quantity < want {
            self.note_cut(slot);
        }
        let offer = Offer { price, level: met, quantity, is_remembered: false };
        let offers = if quantity > 0 { std::slice::from_ref(&offer) } else { &[] };
        let took = self.take(slot, Found { offers, worst: price, rests: true }, now)?;
        self.markets[at].bar_left -= took.lots;
        if took.is_over {
            return Ok(());
        }
        if waits {
            return self.rest_waiting(slot, now);
        }
        if quantity == want {
            return self.end_rest(slot, now);
        }
        // The volume of its bar was too small for it.
        let lot = self.markets[at].spec.lot;
        let reason = Reason::from(ReasonCode::LiquidityMissing).with("need", lot.decimal(want)).with("volume", lot.decimal(allowed));
        self.end(slot, now, OrderEventKind::Expired(reason))
    }

    /// Counts an order that found less volume in a bar than it wanted, once.
    fn note_cut(&mut self, slot: u32) {
        let is_new = !std::mem::replace(&mut self.orders.get_mut(slot).is_cut, true);
        self.volume_cuts += u64::from(is_new);
    }

    /// How many orders found less volume in a bar than they wanted.
    pub const fn volume_cuts(&self) -> u64 {
        self.volume_cuts
    }
}

/// Solvency on the path: each bar's adverse extreme is a mark.
impl Exchange {
    /// The extreme of a bar that is worse for the position held now.
    fn adverse(&self, at: usize, bar: &Bar) -> Option<i64> {
        let held = self.markets[at].position.quantity;
        let is_short = held.is_sign_negative();
        (!held.is_zero()).then_some(if is_short { bar.high } else { bar.low })
    }

    /// Whether the bar may use the account's equity up: its adverse extreme is not known to be safe.
    fn may_break(&self, at: usize, bar: &Bar) -> bool {
        self.is_exposed && self.adverse(at, bar).is_some_and(|extreme| !self.markets[at].safe.contains(&(2 * extreme)))
    }

    fn extreme_that_breaks(&mut self, at: usize, extreme: Option<i64>) -> Result<Option<i64>> {
        match extreme.filter(|extreme| self.is_exposed && !self.markets[at].safe.contains(&(2 * extreme))) {
            Some(extreme) if self.equity_at(at, extreme)? <= Decimal::ZERO => Ok(Some(extreme)),
            _ => Ok(None),
        }
    }

    /// The account's equity if this market were marked at `price`, the others at their last marks.
    fn equity_at(&mut self, at: usize, price: i64) -> Result<Decimal> {
        let mark = self.markets[at].mark;
        self.markets[at].mark.last(price);
        let equity = self.equity_in_quote(at);
        self.markets[at].mark = mark;
        equity
    }

    /// Whether the position that the bar began with, and what is added to it on the way to its adverse extreme, uses the equity up there:
    /// what would close it on the other side of the path comes too late then. What is added is filled if so.
    fn breaks_first(&mut self, at: usize, bar: &Bar, now: Nanos) -> Result<bool> {
        let Some(extreme) = self.adverse(at, bar).filter(|_| self.is_exposed) else { return Ok(false) };
        let side = if self.markets[at].position.quantity.is_sign_negative() { Side::Sell } else { Side::Buy };
        let added: Vec<(Side, Rest)> = self.reached(at, side, bar).into_iter().map(|rest| (side, rest)).collect();
        if added.is_empty() && !self.may_break(at, bar) {
            return Ok(false);
        }
        let mut equity = self.equity_at(at, extreme)?;
        for (_, rest) in &added {
            let spec = &self.markets[at].spec;
            let left = self.orders.get(rest.slot).left();
            let loss = spec.notional(rest.price, left)? - spec.notional(extreme, left)?;
            equity -= loss * Decimal::from(side.sign());
        }
        if equity > Decimal::ZERO {
            return Ok(false);
        }
        self.fill_reached_by(at, bar, &added, now)?;
        Ok(self.equity_at(at, extreme)? <= Decimal::ZERO)
    }
}
