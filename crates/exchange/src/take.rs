//! An order takes what is offered: one way for quotes, books, trades, bars. What differs is where the offers come from, and whether
//! the rest of an order joins the resting ones at once.

use crate::exchange::Exchange;
use crate::offers::Offer;
use haggle_model::time::Nanos;
use haggle_model::{Error, Liquidity, OrderEventKind, Reason, ReasonCode, Result, SelfTrade, Side, TimeInForce};
use smallvec::SmallVec;

/// Prices and lots that an order is made up of.
pub(crate) type Parts = SmallVec<[(i64, i64); 5]>;

/// What an order finds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    /// What is offered, best first, no more than the order wants.
    pub offers: &'a [Offer],
    /// The price at which lots that are not offered are reckoned, when the order is priced as a whole.
    pub worst: i64,
    /// Whether what is left rests at the order's limit at once, so that it reaches own orders up to there.
    pub rests: bool,
}

/// The outcome of a taking order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Took {
    /// Lots filled.
    pub lots: i64,
    /// Whether it is gone, filled or ended; else it has lots left.
    pub is_over: bool,
}

impl Took {
    pub const OVER: Self = Self { lots: 0, is_over: true };
}

impl Exchange {
    /// Fills an order whose quantity is known with what is offered. On the way: the whole order is priced, fill-or-kill is judged, own
    /// resting orders that it would meet go, and reduce-only is kept to. The bundle stays open.
    pub(crate) fn take(&mut self, slot: u32, found: Found<'_>, now: Nanos) -> Result<Took> {
        let order = self.orders.get(slot);
        let (at, request, want) = (order.market, order.request, order.left());
        let (offers, own) = self.up_to_own(slot, found);
        let offered: i64 = offers.iter().map(|offer| offer.quantity).sum();
        if !self.can_price(slot, offers, found.worst, want - offered, now)? {
            return Ok(Took::OVER);
        }
        if request.time_in_force == TimeInForce::FillOrKill && !self.is_whole(slot, want, offered, now)? {
            return Ok(Took::OVER);
        }
        if let Some(reach) = self.reach(slot, found).filter(|_| own.is_none()) {
            self.meet_own(slot, reach, now)?;
        }
        let mut lots = 0;
        for (place, offer) in offers.iter().enumerate() {
            let Some(quantity) = self.reducible(slot, offer.quantity, now)? else { return Ok(Took { lots, is_over: true }) };
            self.owe(slot, &offers[place + 1..])?;
            if !self.bears(slot, offer.price, quantity, Liquidity::Taker, true, now)? {
                return Ok(Took { lots, is_over: true });
            }
            if offer.is_remembered {
                self.take_displayed(at, request.side.opposite(), offer.level, quantity);
            }
            lots += quantity;
            if self.fill(slot, offer.price, quantity, Liquidity::Taker, now)? {
                return Ok(Took { lots, is_over: true });
            }
        }
        if own.is_some() {
            self.end(slot, now, OrderEventKind::Expired(ReasonCode::SelfTrade.into()))?;
        }
        Ok(Took { lots, is_over: own.is_some() })
    }

    /// How far an order reaches: the worst price at which it takes now, or its limit if it then rests. `None`: it reaches nothing.
    fn reach(&self, slot: u32, found: Found<'_>) -> Option<i64> {
        let order = self.orders.get(slot);
        let offered: i64 = found.offers.iter().map(|offer| offer.quantity).sum();
        let rests = found.rests && order.waits() && offered < order.left();
        order.limit().filter(|_| rests).or(found.offers.last().map(|offer| offer.price))
    }

    /// Where the taker goes when it would meet an own order: what is offered at better prices, and that order's price if it is in reach.
    fn up_to_own<'a>(&self, slot: u32, found: Found<'a>) -> (&'a [Offer], Option<i64>) {
        if self.execution.fills.self_trade != SelfTrade::ExpireTaker {
            return (found.offers, None);
        }
        let order = self.orders.get(slot);
        let side = order.request.side;
        let own = self.markets[order.market].resting[side.opposite() as usize].first().map(|own| own.price);
        let Some(own) = own.filter(|own| self.reach(slot, found).is_some_and(|reach| !side.better(reach, *own))) else {
            return (found.offers, None);
        };
        let free = found.offers.iter().take_while(|offer| side.better(offer.price, own)).count();
        (&found.offers[..free], Some(own))
    }

    /// An order whose money is not set aside is priced: what is offered and, before its first fill, the rest at the worst price that it may
    /// get. False if it was refused.
    fn can_price(&mut self, slot: u32, offers: &[Offer], worst: i64, missing: i64, now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        if self.is_reserved(order) {
            return Ok(true);
        }
        let mut parts: Parts = offers.iter().map(|offer| (offer.price, offer.quantity)).collect();
        if order.filled == 0 && missing > 0 {
            parts.push((worst, missing));
        }
        self.afford(slot, &parts, now)
    }

    /// Whether all of a fill-or-kill order is there; if not, it is over.
    fn is_whole(&mut self, slot: u32, want: i64, offered: i64, now: Nanos) -> Result<bool> {
        let can = self.reach_of(slot, offered)?;
        if can >= want {
            return Ok(true);
        }
        let lot = self.markets[self.orders.get(slot).market].spec.lot;
        let reason = Reason::from(ReasonCode::FillOrKillUnfilled).with("need", lot.decimal(want)).with("available", lot.decimal(can));
        self.end(slot, now, OrderEventKind::Expired(reason))?;
        Ok(false)
    }

    /// Notes what an order without a reserve is about to pay at later levels: a fee in a named asset may not take that away.
    fn owe(&mut self, slot: u32, later: &[Offer]) -> Result<()> {
        let order = self.orders.get(slot);
        if self.fee_asset.is_none() || order.limit().is_some() {
            return Ok(());
        }
        let spec = &self.markets[order.market].spec;
        let mut owed = haggle_model::Decimal::ZERO;
        for offer in later {
            let part = match order.request.side {
                Side::Buy => spec.notional(offer.price, offer.quantity)?,
                Side::Sell => spec.lot.decimal(offer.quantity),
            };
            owed = owed.checked_add(part).ok_or_else(|| Error::overflow("the cost of an order"))?;
        }
        self.orders.get_mut(slot).owed = owed;
        Ok(())
    }

    /// An order that reaches `reach` meets own resting orders of the other side: one of the two goes. False if it is this one.
    pub(crate) fn meet_own(&mut self, slot: u32, reach: i64, now: Nanos) -> Result<bool> {
        let rule = self.execution.fills.self_trade;
        let order = self.orders.get(slot);
        let (at, side) = (order.market, order.request.side);
        while let Some(own) = self.markets[at].resting[side.opposite() as usize].first().copied() {
            if rule == SelfTrade::None || side.better(reach, own.price) {
                break;
            }
            let reason = OrderEventKind::Expired(ReasonCode::SelfTrade.into());
            if rule == SelfTrade::ExpireTaker {
                self.end(slot, now, reason)?;
                return Ok(false);
            }
            self.end(own.slot, now, reason)?;
        }
        Ok(true)
    }

    /// Ends an order that took what it could and may not wait for more.
    pub(crate) fn end_rest(&mut self, slot: u32, now: Nanos) -> Result<()> {
        let code = if self.reach_of(slot, 1)? == 0 { ReasonCode::ReduceOnlyWouldIncrease } else { ReasonCode::LiquidityMissing };
        self.end(slot, now, OrderEventKind::Expired(code.into()))
    }

    /// Ends an order that found nothing.
    pub(crate) fn end_unfilled(&mut self, slot: u32, now: Nanos) -> Result<()> {
        let code = match self.orders.get(slot).request.time_in_force {
            TimeInForce::FillOrKill => ReasonCode::FillOrKillUnfilled,
            _ => ReasonCode::LiquidityMissing,
        };
        self.end(slot, now, OrderEventKind::Expired(code.into()))
    }
}
