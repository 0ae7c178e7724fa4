//! An accepted order comes to the market: it takes, waits or rests, as its instrument's data lets it.

use crate::exchange::Exchange;
use crate::order::Ahead;
use crate::take::{Found, Parts};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{BarFill, Error, Feed, OrderEventKind, ReasonCode, Result};

impl Exchange {
    /// Puts an accepted order to the market. The bundle stays open.
    pub(crate) fn place(&mut self, slot: u32, now: Nanos) -> Result<()> {
        self.placed += 1;
        let placed = self.placed;
        let order = self.orders.get_mut(slot);
        (order.arrived, order.placed) = (now, placed);
        let at = order.market;
        match self.markets[at].spec.feed {
            Feed::Book | Feed::Quotes => self.place_on_quotes(slot, now),
            Feed::Trades => self.place_on_trades(slot, now),
            Feed::Bars => {
                let (number, side, price) = (order.request.order, order.request.side, order.request.price);
                if order.waits() && self.markets[at].last.is_some() && self.would_take(at, side, price).is_none() {
                    // Passive against the last price: it rests, and the open may jump over it.
                    if self.meet_own(slot, price, now)? {
                        self.markets[at].rest(side, price, slot);
                        self.emit_opened(slot, now);
                    }
                    return Ok(());
                }
                self.markets[at].waiting.push(slot);
                if self.execution.fills.bar == BarFill::ThisClose
                    && self.markets[at].close_time == now
                    && let Some(close) = self.markets[at].last
                {
                    self.take_bar(slot, close, now)?;
                }
                if self.orders.find(number).is_ok() {
                    self.emit_opened(slot, now);
                }
                Ok(())
            }
            Feed::Orders => {
                self.place_among_orders(slot, now);
                Ok(())
            }
            Feed::Nothing => Err(Error::bug("an order was placed where there is no data")),
        }
    }

    /// A limit order that works is open, once; a market order that waits for its price stays in flight.
    pub(crate) fn emit_opened(&mut self, slot: u32, now: Nanos) {
        let order = self.orders.get_mut(slot);
        if order.limit().is_some() && !order.is_open {
            order.is_open = true;
            let (at, number, side) = (order.market, order.request.order, order.request.side);
            self.emit(at, number, side, now, OrderEventKind::Opened);
        }
    }

    /// Trades alone: what takes waits for the next trade, the rest rests.
    fn place_on_trades(&mut self, slot: u32, now: Nanos) -> Result<()> {
        let order = self.orders.get(slot);
        let (at, request, waits) = (order.market, order.request, order.waits());
        if request.post_only && !waits {
            // It may not take and cannot rest.
            return self.end_unfilled(slot, now);
        }
        if !waits || self.would_take(at, request.side, request.price).is_some() {
            self.markets[at].waiting.push(slot);
        } else if self.meet_own(slot, request.price, now)? {
            self.markets[at].rest(request.side, request.price, slot);
        } else {
            return Ok(());
        }
        self.emit_opened(slot, now);
        Ok(())
    }

    fn place_on_quotes(&mut self, slot: u32, now: Nanos) -> Result<()> {
        let order = self.orders.get(slot);
        let (at, request, limit, waits) = (order.market, order.request, order.limit(), order.waits());
        let has_book = self.has_book(at, now);
        let best = self.markets[at].quote.side(request.side.opposite()).filter(|_| has_book).map(|(price, _)| price);
        let Some(best) = best.filter(|best| limit.is_none_or(|limit| !request.side.better(limit, *best))) else {
            if waits {
                let ahead = if has_book { self.queue_at(at, request.side, request.price) } else { None };
                return self.rest(slot, ahead, now);
            }
            return if has_book {
                self.end_unfilled(slot, now)
            } else {
                self.end(slot, now, OrderEventKind::Expired(ReasonCode::BookMissing.into()))
            };
        };
        if limit.is_none() && !self.resolve_on_quotes(slot, best, now)? {
            return Ok(());
        }
        let want = self.orders.get(slot).left();
        let offers = self.offers(at, request.side, limit, want)?;
        let last = offers.last().map(|offer| offer.price);
        let worst = if let Some(price) = limit.or(last) { price } else { self.slipped(request.side, best, None)? };
        if self.take(slot, Found { offers: &offers, worst, rests: true }, now)?.is_over {
            return Ok(());
        }
        if !waits {
            return self.end_rest(slot, now);
        }
        // Nothing is ahead of the rest, unless the quote is locked: then its own side was there before it.
        let ahead = self.queue_at(at, request.side, request.price);
        self.rest(slot, ahead, now)
    }

    /// A market order given as an amount learns its quantity: what the ladder of offers, and beyond it its last price, leaves.
    fn resolve_on_quotes(&mut self, slot: u32, best: i64, now: Nanos) -> Result<bool> {
        let order = self.orders.get(slot);
        let side = order.request.side;
        let mut parts = Parts::new();
        if order.quantity == 0 {
            parts.extend(self.offers_for_amount(slot)?.iter().map(|offer| (offer.price, offer.quantity)));
        }
        if parts.is_empty() {
            parts.push((self.slipped(side, best, None)?, i64::MAX));
        }
        self.resolve_quantity(slot, &parts, now)
    }

    /// Whether there is a quote, and it is not too old.
    fn has_book(&self, at: usize, now: Nanos) -> bool {
        let time = self.markets[at].quote_time;
        time != NEVER && self.execution.fills.quote_age_max.is_none_or(|age| now - time <= age)
    }

    fn rest(&mut self, slot: u32, ahead: Ahead, now: Nanos) -> Result<()> {
        let order = self.orders.get_mut(slot);
        order.ahead = ahead;
        let (at, side, price) = (order.market, order.request.side, order.request.price);
        if let Some(book) = &self.markets[at].book {
            order.shown = book.size(side, price);
        }
        if !self.meet_own(slot, price, now)? {
            return Ok(());
        }
        self.markets[at].rest(side, price, slot);
        self.emit_opened(slot, now);
        Ok(())
    }

    /// A waiting limit order that found no taker's price becomes a resting one.
    pub(crate) fn rest_waiting(&mut self, slot: u32, now: Nanos) -> Result<()> {
        let order = self.orders.get(slot);
        let (at, side, price) = (order.market, order.request.side, order.request.price);
        if self.meet_own(slot, price, now)? {
            self.markets[at].remove(side, slot);
            self.markets[at].rest(side, price, slot);
        }
        Ok(())
    }
}
