//! The book to run: orders in one slab, a doubly linked list of them per price level, levels in a sorted ladder per side,
//! and a hash table from order number to place. No step allocates once these have grown to the size of the book.

mod id_map;
mod ladder;
mod queue;
mod slab;
#[cfg(test)]
mod tests;

use crate::command::{duplicate, level_overflow};
use crate::{AccountId, Command, Event, Level, Order, OrderBook, OrderId, SelfTradeRule, TimeInForce};
use haggle_model::{Error, ReasonCode, Result, Side};
use id_map::IdMap;
use ladder::{Key, Ladder};
use queue::{Node, Queue};
use slab::{NONE, Slab};

/// A book made for speed: to find, cancel or fill an order, or to add one at a price that has some, takes a time that does
/// not grow with the orders in the book. The first order at a price and the end of the last one move the entries of the
/// levels that are better: nothing to speak of near the best, some 1.5 us where 10,000 levels are better.
#[derive(Clone, Debug)]
pub struct FastBook {
    rule: SelfTradeRule,
    nodes: Slab<Node>,
    queues: Slab<Queue>,
    bids: Ladder,
    asks: Ladder,
    places: IdMap,
}

/// An order on its way through the other side.
#[derive(Clone, Copy)]
struct Taker {
    id: OrderId,
    account: AccountId,
    side: Side,
    /// Worst key it accepts on the other side; `Key::MIN` for a market order.
    limit: Key,
    left: i64,
}

impl Default for FastBook {
    fn default() -> Self {
        Self::new(SelfTradeRule::default())
    }
}

impl FastBook {
    /// An empty book with room for some orders; it grows as needed.
    pub fn new(rule: SelfTradeRule) -> Self {
        Self::with_capacity(rule, 1_024)
    }

    /// An empty book that allocates no more before `orders` orders rest in it, or as many levels (at most 4,096) on a side.
    pub fn with_capacity(rule: SelfTradeRule, orders: usize) -> Self {
        Self {
            rule,
            nodes: Slab::with_capacity(orders),
            queues: Slab::with_capacity(orders.min(4_096)),
            bids: Ladder::new(Side::Buy, orders.min(4_096)),
            asks: Ladder::new(Side::Sell, orders.min(4_096)),
            places: IdMap::with_capacity(orders),
        }
    }

    #[inline]
    fn ladder(&self, side: Side) -> &Ladder {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    #[inline]
    fn ladder_mut(&mut self, side: Side) -> &mut Ladder {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    /// Whether an order would trade, or meet one of its own account, at once.
    #[inline]
    fn crosses(&self, side: Side, limit: Key) -> bool {
        self.ladder(side.opposite()).best().is_some_and(|(best, _)| best >= limit)
    }

    /// `OVERFLOW` if `added` more lots do not fit a level. A price that crosses has no level on its own side.
    #[inline]
    fn check_fits(&self, side: Side, price: i64, added: i64) -> Result<()> {
        let ladder = self.ladder(side);
        match ladder.search(ladder.key(price)) {
            Ok(at) if self.queues[ladder.level(at)].quantity.checked_add(added).is_none() => Err(level_overflow(price)),
            _ => Ok(()),
        }
    }

    /// Whether a taker could be filled whole.
    fn can_fill(&self, taker: &Taker) -> bool {
        let mut need = taker.left;
        for (_, queue) in self.ladder(taker.side.opposite()).iter().take_while(|(key, _)| *key >= taker.limit) {
            if self.rule == SelfTradeRule::None {
                need -= need.min(self.queues[queue].quantity);
            } else {
                let mut place = self.queues[queue].head;
                while place != NONE && need > 0 {
                    let maker = &self.nodes[place];
                    match (maker.account == taker.account, self.rule) {
                        (true, SelfTradeRule::ExpireTaker) => return false,
                        (true, SelfTradeRule::ExpireMaker) => {}
                        _ => need -= need.min(maker.left),
                    }
                    place = maker.next;
                }
            }
            if need == 0 {
                return true;
            }
        }
        false
    }

    /// Trades with the other side until the taker is filled or finds nothing more. False if it met an order of its own
    /// account and has to end.
    fn take(&mut self, taker: &mut Taker, events: &mut Vec<Event>) -> bool {
        let makers = taker.side.opposite();
        while taker.left > 0 {
            let Some((key, queue)) = self.ladder(makers).best() else { break };
            if key < taker.limit {
                break;
            }
            let place = self.queues[queue].head;
            let maker = &mut self.nodes[place];
            if maker.account == taker.account && self.rule != SelfTradeRule::None {
                if self.rule == SelfTradeRule::ExpireTaker {
                    return false;
                }
                events.push(Event::Cancelled { id: maker.id, left: maker.left, reason: ReasonCode::SelfTrade });
                self.remove(place);
                continue;
            }
            let quantity = taker.left.min(maker.left);
            taker.left -= quantity;
            maker.left -= quantity;
            maker.filled += quantity;
            self.queues[queue].quantity -= quantity;
            let (maker_left, taker_left) = (maker.left, taker.left);
            events.push(Event::Filled { maker: maker.id, taker: taker.id, price: maker.price, quantity, maker_left, taker_left });
            if maker_left == 0 {
                self.remove(place);
            }
        }
        true
    }

    /// Takes an order out of its queue and out of the book.
    fn remove(&mut self, place: u32) {
        self.unlink(place);
        self.release(place);
    }

    /// Forgets an order that stands in no queue.
    fn release(&mut self, place: u32) {
        self.places.remove(self.nodes[place].id);
        self.nodes.remove(place);
    }

    fn open(&mut self, taker: Taker, price: i64, time_in_force: TimeInForce, post_only: bool, events: &mut Vec<Event>) -> Result<()> {
        let Taker { id, account, side, left: quantity, .. } = taker;
        if self.places.get(id).is_some() {
            return Err(duplicate(id));
        }
        let crosses = self.crosses(side, taker.limit);
        if crosses && post_only {
            events.push(Event::Rejected { id, reason: ReasonCode::PostOnlyWouldTake });
            return Ok(());
        }
        let rests = time_in_force == TimeInForce::GoodUntilCancelled;
        if rests {
            if self.nodes.is_full() {
                return Err(Error::overflow("the number of resting orders"));
            }
            if !crosses {
                self.check_fits(side, price, quantity)?;
            }
        }
        events.push(Event::Opened { id });
        if time_in_force == TimeInForce::FillOrKill && !self.can_fill(&taker) {
            events.push(Event::Expired { id, left: quantity, reason: ReasonCode::FillOrKillUnfilled });
            return Ok(());
        }
        let mut taker = taker;
        let left = if crosses {
            if !self.take(&mut taker, events) {
                events.push(Event::Cancelled { id, left: taker.left, reason: ReasonCode::SelfTrade });
                return Ok(());
            }
            taker.left
        } else {
            quantity
        };
        if left > 0 && rests {
            let place = self.nodes.insert(Node::new(&Order { id, account, side, price, quantity, filled: quantity - left, post_only }));
            self.places.insert(id, place);
            self.link(place);
        } else if left > 0 {
            events.push(Event::Expired { id, left, reason: ReasonCode::LiquidityMissing });
        }
        Ok(())
    }

    fn cancel(&mut self, id: OrderId, events: &mut Vec<Event>) {
        match self.places.get(id) {
            None => events.push(Event::CancelRejected { id, reason: ReasonCode::OrderUnknown }),
            Some(place) => {
                events.push(Event::Cancelled { id, left: self.nodes[place].left, reason: ReasonCode::Requested });
                self.remove(place);
            }
        }
    }

    fn amend(&mut self, id: OrderId, price: Option<i64>, quantity: Option<i64>, events: &mut Vec<Event>) -> Result<()> {
        let Some(place) = self.places.get(id) else {
            events.push(Event::AmendRejected { id, reason: ReasonCode::OrderUnknown });
            return Ok(());
        };
        let old = self.nodes[place];
        let price = price.unwrap_or(old.price);
        let quantity = quantity.unwrap_or(old.filled + old.left);
        if quantity <= old.filled {
            self.remove(place);
            events.push(Event::Cancelled { id, left: old.left, reason: ReasonCode::AmendedToFilled });
            return Ok(());
        }
        let left = quantity - old.filled;
        if price == old.price && left == old.left {
            events.push(Event::AmendRejected { id, reason: ReasonCode::AmendUnchanged });
            return Ok(());
        }
        let amended = Event::Amended { id, price, quantity };
        if price == old.price && left < old.left {
            self.nodes[place].left = left;
            self.queues[old.queue].quantity -= old.left - left;
            events.push(amended);
            return Ok(());
        }
        let limit = self.ladder(old.side.opposite()).key(price);
        let crosses = self.crosses(old.side, limit);
        if crosses && old.post_only {
            events.push(Event::AmendRejected { id, reason: ReasonCode::PostOnlyWouldTake });
            return Ok(());
        }
        if !crosses {
            self.check_fits(old.side, price, if price == old.price { left - old.left } else { left })?;
        }
        events.push(amended);
        self.unlink(place);
        let mut taker = Taker { id, account: old.account, side: old.side, limit, left };
        let goes_on = !crosses || self.take(&mut taker, events);
        if goes_on && taker.left > 0 {
            let node = &mut self.nodes[place];
            (node.price, node.filled, node.left) = (price, quantity - taker.left, taker.left);
            self.link(place);
            return Ok(());
        }
        self.release(place);
        if !goes_on {
            events.push(Event::Cancelled { id, left: taker.left, reason: ReasonCode::SelfTrade });
        }
        Ok(())
    }

    /// The order that is filled first on a side: the oldest at the best price.
    pub fn front(&self, side: Side) -> Option<Order> {
        self.ladder(side).best().map(|(_, queue)| self.nodes[self.queues[queue].head].order())
    }

    fn level(&self, queue: u32) -> Level {
        let Queue { head, quantity, orders, .. } = self.queues[queue];
        Level { price: self.nodes[head].price, quantity, orders }
    }
}

impl OrderBook for FastBook {
    fn apply(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<()> {
        command.check()?;
        match *command {
            Command::Limit { id, account, side, price, quantity, time_in_force, post_only } => {
                let limit = self.ladder(side.opposite()).key(price);
                self.open(Taker { id, account, side, limit, left: quantity }, price, time_in_force, post_only, events)
            }
            Command::Market { id, account, side, quantity, time_in_force } => {
                self.open(Taker { id, account, side, limit: Key::MIN, left: quantity }, 0, time_in_force, false, events)
            }
            Command::Cancel { id } => {
                self.cancel(id, events);
                Ok(())
            }
            Command::Amend { id, price, quantity } => self.amend(id, price, quantity, events),
        }
    }

    fn best(&self, side: Side) -> Option<Level> {
        self.ladder(side).best().map(|(_, queue)| self.level(queue))
    }

    fn depth(&self, side: Side, levels: usize) -> Vec<Level> {
        self.ladder(side).iter().take(levels).map(|(_, queue)| self.level(queue)).collect()
    }

    fn order(&self, id: OrderId) -> Option<Order> {
        self.places.get(id).map(|place| self.nodes[place].order())
    }

    fn len(&self) -> usize {
        self.places.len()
    }

    fn visit_while(&self, side: Side, visit: &mut dyn FnMut(&Order) -> bool) {
        for (_, queue) in self.ladder(side).iter() {
            let mut place = self.queues[queue].head;
            while place != NONE {
                if !visit(&self.nodes[place].order()) {
                    return;
                }
                place = self.nodes[place].next;
            }
        }
    }
}
