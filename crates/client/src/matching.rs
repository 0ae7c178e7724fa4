//! Where there are no market data the orders are the market: price, then time, over all accounts.
//!
//! The book says who is next; what a fill does to either side is the business of the accounts' exchanges, by the same entry that
//! [`Client::fill_order`] uses.

use crate::client::Client;
use crate::transit::AccountRequest;
use haggle_book::{Command, OrderBook};
use haggle_model::{Liquidity, OrderEventKind, OrderNumber, Quote, Reason, ReasonCode, Request, Result, SelfTrade, Side, TimeInForce};
use std::collections::BTreeMap;

/// An order that goes to the back of the queue at its price.
fn resting(number: OrderNumber, account: usize, side: Side, price: i64, quantity: i64) -> Command {
    let time_in_force = haggle_book::TimeInForce::GoodUntilCancelled;
    Command::Limit { id: number.0.into(), account: account as u32, side, price, quantity, time_in_force, post_only: false }
}

/// A taking order on its way.
struct Taker {
    account: usize,
    market: usize,
    number: OrderNumber,
    side: Side,
    limit: Option<i64>,
}

impl Client {
    pub(crate) fn receive_among_orders(&mut self, sent: &AccountRequest) -> Result<()> {
        let (at, market, now) = (usize::from(sent.account), usize::from(sent.market), self.core.now);
        let quote = self.best_orders(market);
        let symbol = &self.core.symbols[market];
        let exchange = &mut self.core.accounts[at].exchange;
        exchange.show_quote(market, quote, now);
        let id = u64::from(sent.order.0);
        let before = symbol.book.order(id);
        exchange.handle(market, &sent.request, now)?;
        let after = exchange.order(sent.order).map(|order| (order.request.price, order.left()));
        let comes = match (&sent.request, before, after) {
            (Request::Open(_), _, Some(_)) => true,
            // Less at the same price keeps its place, anything else goes to the back.
            (Request::Amend { .. }, Some(before), Some((price, left))) => price != before.price || left > before.left(),
            _ => false,
        };
        if comes && before.is_some() {
            self.core.symbols[market].book.apply(&Command::Cancel { id }, &mut Vec::new())?;
        }
        self.collect(at, Some(sent))?;
        if comes { self.take(sent) } else { Ok(()) }
    }

    /// The best of the orders, in the shape of a quote.
    fn best_orders(&self, market: usize) -> Quote {
        let book = &self.core.symbols[market].book;
        let side = |side| book.best(side).map_or((0, 0), |level| (level.price, level.quantity));
        let ((bid, bid_size), (ask, ask_size)) = (side(Side::Buy), side(Side::Sell));
        Quote { bid, bid_size, ask, ask_size }
    }

    /// An order takes what it can; what is left rests or ends.
    fn take(&mut self, sent: &AccountRequest) -> Result<()> {
        let (account, market, number, now) = (usize::from(sent.account), usize::from(sent.market), sent.order, self.core.now);
        let Some(order) = self.core.accounts[account].exchange.order(number) else { return Ok(()) };
        let (request, limit, waits) = (order.request, order.limit(), order.waits());
        let taker = Taker { account, market, number, side: request.side, limit };
        if limit.is_none() && !self.is_affordable(&taker, order.left())? {
            return self.collect(account, Some(sent));
        }
        if request.time_in_force == TimeInForce::FillOrKill && !self.can_fill(&taker)? {
            return self.collect(account, Some(sent));
        }
        while self.meet(&taker)? {
            self.collect(account, Some(sent))?;
        }
        self.collect(account, Some(sent))?;
        let exchange = &mut self.core.accounts[account].exchange;
        let Some(order) = exchange.order(number) else { return Ok(()) };
        if waits {
            let (price, quantity) = (order.request.price, order.left());
            let command = resting(number, account, request.side, price, quantity);
            return self.core.symbols[market].book.apply(&command, &mut Vec::new());
        }
        exchange.force_end(number, OrderEventKind::Expired(ReasonCode::LiquidityMissing.into()), now)?;
        self.collect(account, Some(sent))
    }

    /// Puts an order that was open before the first request into the book. It reaches no order that it might take.
    pub(crate) fn rest_among_orders(&mut self, market: usize, number: OrderNumber) -> Result<()> {
        let Some(order) = self.core.accounts[0].exchange.order(number) else { return Ok(()) };
        let command = resting(number, 0, order.request.side, order.request.price, order.left());
        self.core.symbols[market].book.apply(&command, &mut Vec::new())
    }

    /// What others offer a taker, best first, price and lots, up to what it wants. Own orders are no liquidity (they are expired, or end the
    /// taker) unless they may trade with each other; an account's orders that may only reduce offer no more than its position has left.
    fn offered(&self, taker: &Taker, want: i64) -> Result<Vec<(i64, i64)>> {
        let (own, rule) = (taker.account as u32, self.settings.execution.fills.self_trade);
        let core = &self.core;
        let side = taker.side.opposite();
        let mut parts: Vec<(i64, i64)> = Vec::new();
        // By account: lots that it is offering so far, and those by which its position could be reduced.
        let mut given: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
        let (mut left, mut outcome) = (want, Ok(()));
        core.symbols[taker.market].book.visit_while(side, &mut |order| {
            if left <= 0 || taker.limit.is_some_and(|limit| taker.side.better(limit, order.price)) {
                return false;
            }
            match rule {
                SelfTrade::ExpireTaker if order.account == own => return false,
                SelfTrade::ExpireMaker if order.account == own => return true,
                _ => {}
            }
            let exchange = &core.accounts[order.account as usize].exchange;
            let reducible = || exchange.reducible_in(taker.market, side);
            let (so_far, most) = match given.get(&order.account).copied().map_or_else(|| Ok((0, reducible()?)), Ok) {
                Ok(known) => known,
                Err(error) => {
                    outcome = Err(error);
                    return false;
                }
            };
            let is_reducing = exchange.order(OrderNumber(order.id as u32)).is_some_and(|order| order.request.reduce_only);
            let can = if is_reducing { order.left().min(most - so_far).max(0) } else { order.left() };
            let lots = can.min(left);
            given.insert(order.account, (so_far + lots, most));
            if lots > 0 {
                parts.push((order.price, lots));
                left -= lots;
            }
            true
        });
        outcome.map(|()| parts)
    }

    /// A market order is priced as a whole; what is not offered counts at the last price.
    fn is_affordable(&mut self, taker: &Taker, want: i64) -> Result<bool> {
        let mut parts = self.offered(taker, want)?;
        let offered: i64 = parts.iter().map(|(_, lots)| lots).sum();
        if let Some(last) = parts.last_mut() {
            last.1 += want - offered;
        }
        let exchange = &mut self.core.accounts[taker.account].exchange;
        Ok(parts.is_empty() || exchange.afford_or_end(taker.number, &parts, self.core.now)?)
    }

    /// Whether others offer all that the order wants; if not, it is over.
    fn can_fill(&mut self, taker: &Taker) -> Result<bool> {
        let exchange = &self.core.accounts[taker.account].exchange;
        let Some(want) = exchange.order(taker.number).map(haggle_exchange::Order::left) else { return Ok(false) };
        let can: i64 = self.offered(taker, want)?.iter().map(|(_, lots)| lots).sum();
        if can >= want {
            return Ok(true);
        }
        let lot = self.specs[taker.market].lot;
        let reason = Reason::from(ReasonCode::FillOrKillUnfilled);
        let reason = reason.with("need", lot.decimal(want)).with("available", lot.decimal(can));
        let exchange = &mut self.core.accounts[taker.account].exchange;
        exchange.force_end(taker.number, OrderEventKind::Expired(reason), self.core.now)?;
        Ok(false)
    }

    /// Meets the first order of the other side. False where the taker is over or reaches no order.
    fn meet(&mut self, taker: &Taker) -> Result<bool> {
        let now = self.core.now;
        let core = &mut self.core;
        let Some(left) = core.accounts[taker.account].exchange.order(taker.number).map(haggle_exchange::Order::left) else {
            return Ok(false);
        };
        let front = core.symbols[taker.market].book.front(taker.side.opposite());
        let Some(maker) = front.filter(|maker| taker.limit.is_none_or(|limit| !taker.side.better(limit, maker.price))) else {
            return Ok(false);
        };
        let (other, maker_number) = (maker.account as usize, OrderNumber(maker.id as u32));
        if other == taker.account {
            let reason = OrderEventKind::Expired(ReasonCode::SelfTrade.into());
            let exchange = &mut core.accounts[other].exchange;
            match self.settings.execution.fills.self_trade {
                SelfTrade::ExpireMaker => return exchange.force_end(maker_number, reason, now).map(|()| true),
                SelfTrade::ExpireTaker => return exchange.force_end(taker.number, reason, now).map(|()| false),
                SelfTrade::None => {}
            }
        }
        let (price, most) = (maker.price, left.min(maker.left()));
        // Either side may have to end instead: then the other one goes on without it.
        let most = core.accounts[other].exchange.fillable(maker_number, price, most, Liquidity::Maker, now)?;
        if most > 0 {
            let quantity = core.accounts[taker.account].exchange.fillable(taker.number, price, most, Liquidity::Taker, now)?;
            if quantity == 0 {
                return Ok(false);
            }
            let id = core.trades;
            core.trades += 1;
            for (at, number, liquidity) in [(other, maker_number, Liquidity::Maker), (taker.account, taker.number, Liquidity::Taker)] {
                let exchange = &mut core.accounts[at].exchange;
                exchange.set_trade_count(id);
                exchange.force_fill(number, price, quantity, liquidity, now)?;
            }
        }
        if other != taker.account {
            self.collect(other, None)?;
        }
        Ok(true)
    }
}
