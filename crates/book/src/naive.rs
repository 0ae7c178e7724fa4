//! The book to read: two sorted lists. Every step scans; nothing is cached, so nothing can be stale.

use crate::command::{duplicate, level_overflow};
use crate::{Command, Event, Level, Order, OrderBook, OrderId, SelfTradeRule, TimeInForce};
use haggle_model::{ReasonCode, Result, Side};

/// A book that is as slow as it is plain: the oracle of [`crate::FastBook`].
#[derive(Clone, Debug, Default)]
pub struct NaiveBook {
    rule: SelfTradeRule,
    /// By priority: highest price first, then oldest.
    bids: Vec<Order>,
    /// By priority: lowest price first, then oldest.
    asks: Vec<Order>,
}

/// How matching ended for an order.
enum Outcome {
    Filled,
    /// Some is left, and nothing more to be had at its price.
    Rest,
    /// It met an order of its own account under `ExpireTaker`.
    SelfTrade,
}

/// Whether an order of `side` with this limit (`None`: a market order) accepts a price of the other side.
fn accepts(side: Side, limit: Option<i64>, price: i64) -> bool {
    match (side, limit) {
        (_, None) => true,
        (Side::Buy, Some(limit)) => price <= limit,
        (Side::Sell, Some(limit)) => price >= limit,
    }
}

impl NaiveBook {
    /// An empty book.
    pub const fn new(rule: SelfTradeRule) -> Self {
        Self { rule, bids: Vec::new(), asks: Vec::new() }
    }

    fn side(&self, side: Side) -> &Vec<Order> {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn side_mut(&mut self, side: Side) -> &mut Vec<Order> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    /// Which side an order rests on, and its place there.
    fn find(&self, id: OrderId) -> Option<(Side, usize)> {
        [Side::Buy, Side::Sell].into_iter().find_map(|side| {
            let place = self.side(side).iter().position(|order| order.id == id)?;
            Some((side, place))
        })
    }

    fn would_take(&self, order: &Order) -> bool {
        self.side(order.side.opposite()).first().is_some_and(|best| accepts(order.side, Some(order.price), best.price))
    }

    /// `OVERFLOW` if an order could not rest beside the others at its price.
    fn check_fits(&self, order: &Order) -> Result<()> {
        self.side(order.side)
            .iter()
            .filter(|other| other.price == order.price && other.id != order.id)
            .try_fold(order.left(), |total, other| total.checked_add(other.left()))
            .map_or_else(|| Err(level_overflow(order.price)), |_| Ok(()))
    }

    /// Whether an order could be filled at once and whole.
    fn can_fill(&self, order: &Order, limit: Option<i64>) -> bool {
        let mut need = order.left();
        for maker in self.side(order.side.opposite()) {
            if !accepts(order.side, limit, maker.price) {
                break;
            }
            if maker.account == order.account && self.rule == SelfTradeRule::ExpireMaker {
                continue;
            }
            if maker.account == order.account && self.rule == SelfTradeRule::ExpireTaker {
                break;
            }
            need -= need.min(maker.left());
            if need == 0 {
                return true;
            }
        }
        false
    }

    /// Trades an incoming order with the other side.
    fn take(&mut self, taker: &mut Order, limit: Option<i64>, events: &mut Vec<Event>) -> Outcome {
        let rule = self.rule;
        let makers = self.side_mut(taker.side.opposite());
        while taker.left() > 0 {
            let Some(maker) = makers.first_mut() else { return Outcome::Rest };
            if !accepts(taker.side, limit, maker.price) {
                return Outcome::Rest;
            }
            if maker.account == taker.account && rule == SelfTradeRule::ExpireTaker {
                return Outcome::SelfTrade;
            }
            if maker.account == taker.account && rule == SelfTradeRule::ExpireMaker {
                events.push(Event::Cancelled { id: maker.id, left: maker.left(), reason: ReasonCode::SelfTrade });
                makers.remove(0);
                continue;
            }
            let quantity = maker.left().min(taker.left());
            maker.filled += quantity;
            taker.filled += quantity;
            let (maker_left, taker_left) = (maker.left(), taker.left());
            events.push(Event::Filled { maker: maker.id, taker: taker.id, price: maker.price, quantity, maker_left, taker_left });
            if maker_left == 0 {
                makers.remove(0);
            }
        }
        Outcome::Filled
    }

    /// Puts an order behind all that are at its price or better.
    fn rest(&mut self, order: Order) {
        let orders = self.side_mut(order.side);
        let place = orders.partition_point(|other| match order.side {
            Side::Buy => other.price >= order.price,
            Side::Sell => other.price <= order.price,
        });
        orders.insert(place, order);
    }

    fn open(&mut self, mut order: Order, limit: Option<i64>, time_in_force: TimeInForce, events: &mut Vec<Event>) -> Result<()> {
        if self.find(order.id).is_some() {
            return Err(duplicate(order.id));
        }
        if order.post_only && self.would_take(&order) {
            events.push(Event::Rejected { id: order.id, reason: ReasonCode::PostOnlyWouldTake });
            return Ok(());
        }
        if time_in_force == TimeInForce::GoodUntilCancelled {
            self.check_fits(&order)?;
        }
        let id = order.id;
        events.push(Event::Opened { id });
        if time_in_force == TimeInForce::FillOrKill && !self.can_fill(&order, limit) {
            events.push(Event::Expired { id, left: order.left(), reason: ReasonCode::FillOrKillUnfilled });
            return Ok(());
        }
        match self.take(&mut order, limit, events) {
            Outcome::Filled => {}
            Outcome::Rest if time_in_force == TimeInForce::GoodUntilCancelled => self.rest(order),
            Outcome::Rest => events.push(Event::Expired { id, left: order.left(), reason: ReasonCode::LiquidityMissing }),
            Outcome::SelfTrade => events.push(Event::Cancelled { id, left: order.left(), reason: ReasonCode::SelfTrade }),
        }
        Ok(())
    }

    fn cancel(&mut self, id: OrderId, events: &mut Vec<Event>) {
        match self.find(id) {
            None => events.push(Event::CancelRejected { id, reason: ReasonCode::OrderUnknown }),
            Some((side, place)) => {
                let order = self.side_mut(side).remove(place);
                events.push(Event::Cancelled { id, left: order.left(), reason: ReasonCode::Requested });
            }
        }
    }

    fn amend(&mut self, id: OrderId, price: Option<i64>, quantity: Option<i64>, events: &mut Vec<Event>) -> Result<()> {
        let Some((side, place)) = self.find(id) else {
            events.push(Event::AmendRejected { id, reason: ReasonCode::OrderUnknown });
            return Ok(());
        };
        let old = self.side(side)[place];
        let mut new = Order { price: price.unwrap_or(old.price), quantity: quantity.unwrap_or(old.quantity), ..old };
        if new.quantity <= old.filled {
            self.side_mut(side).remove(place);
            events.push(Event::Cancelled { id, left: old.left(), reason: ReasonCode::AmendedToFilled });
            return Ok(());
        }
        if (new.price, new.quantity) == (old.price, old.quantity) {
            events.push(Event::AmendRejected { id, reason: ReasonCode::AmendUnchanged });
            return Ok(());
        }
        let amended = Event::Amended { id, price: new.price, quantity: new.quantity };
        if new.price == old.price && new.quantity < old.quantity {
            self.side_mut(side)[place] = new;
            events.push(amended);
            return Ok(());
        }
        if new.post_only && self.would_take(&new) {
            events.push(Event::AmendRejected { id, reason: ReasonCode::PostOnlyWouldTake });
            return Ok(());
        }
        self.check_fits(&new)?;
        events.push(amended);
        self.side_mut(side).remove(place);
        let limit = Some(new.price);
        match self.take(&mut new, limit, events) {
            Outcome::Filled => {}
            Outcome::Rest => self.rest(new),
            Outcome::SelfTrade => events.push(Event::Cancelled { id, left: new.left(), reason: ReasonCode::SelfTrade }),
        }
        Ok(())
    }
}

impl OrderBook for NaiveBook {
    fn apply(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<()> {
        command.check()?;
        match *command {
            Command::Limit { id, account, side, price, quantity, time_in_force, post_only } => {
                let order = Order { id, account, side, price, quantity, filled: 0, post_only };
                self.open(order, Some(price), time_in_force, events)
            }
            Command::Market { id, account, side, quantity, time_in_force } => {
                let order = Order { id, account, side, price: 0, quantity, filled: 0, post_only: false };
                self.open(order, None, time_in_force, events)
            }
            Command::Cancel { id } => {
                self.cancel(id, events);
                Ok(())
            }
            Command::Amend { id, price, quantity } => self.amend(id, price, quantity, events),
        }
    }

    fn best(&self, side: Side) -> Option<Level> {
        self.depth(side, 1).pop()
    }

    fn depth(&self, side: Side, levels: usize) -> Vec<Level> {
        self.side(side)
            .chunk_by(|a, b| a.price == b.price)
            .take(levels)
            .map(|orders| Level { price: orders[0].price, quantity: orders.iter().map(Order::left).sum(), orders: orders.len() as u32 })
            .collect()
    }

    fn order(&self, id: OrderId) -> Option<Order> {
        self.find(id).map(|(side, place)| self.side(side)[place])
    }

    fn len(&self) -> usize {
        self.bids.len() + self.asks.len()
    }

    fn visit_while(&self, side: Side, visit: &mut dyn FnMut(&Order) -> bool) {
        let _ = self.side(side).iter().all(visit);
    }
}
