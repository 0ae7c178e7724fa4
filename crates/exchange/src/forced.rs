//! What is decided outside the exchange: the fills of a book of orders that is kept around several exchanges, and what a test makes happen.

use crate::exchange::Exchange;
use crate::order::Order;
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Error, Feed, Liquidity, OpenRequest, OrderEventKind, OrderNumber, Quote, Reason, Request, Result, Side, TimeInForce};

impl Exchange {
    /// A working order.
    pub fn order(&self, number: OrderNumber) -> Option<&Order> {
        self.orders.find(number).ok().map(|slot| self.orders.get(slot))
    }

    fn slot(&self, number: OrderNumber) -> Result<u32> {
        self.orders.find(number).map_err(|_| Error::bug("an order that does not work"))
    }

    /// Fills are counted over several exchanges: the next one has this number.
    pub const fn set_trade_count(&mut self, count: u64) {
        self.trade_count = count;
    }

    /// How many fills there have been.
    pub const fn trade_count(&self) -> u64 {
        self.trade_count
    }

    /// Volumes of a market's bars are known, and limit fills, before the first bar shows it.
    pub fn know_volume(&mut self, at: usize) {
        self.markets[at].spec.has_volume = true;
    }

    /// In a market of orders, the best of them: what prices are judged by.
    pub fn show_quote(&mut self, at: usize, quote: Quote, now: Nanos) {
        self.markets[at].set_quote(quote, now);
    }

    /// The last price, told beside quotes; a mark as long as there was no mid.
    pub fn show_last(&mut self, at: usize, price: i64) {
        let market = &mut self.markets[at];
        market.last = Some(price);
        market.mark.last(price);
    }

    /// In a market of orders: what waits rests, what does not is up to the keeper of the book.
    pub(crate) fn place_among_orders(&mut self, slot: u32, now: Nanos) {
        let order = self.orders.get(slot);
        if order.waits() {
            let (at, side, price) = (order.market, order.request.side, order.request.price);
            self.markets[at].rest(side, price, slot);
            self.emit_opened(slot, now);
        }
    }

    /// A market's data turn out to be of this kind, also where orders wait: resting orders keep their order among themselves, and are
    /// behind all that the data show. What waits for a price is to be placed by [`Exchange::place_waiting`] once the first row is applied.
    pub fn begin_feed(&mut self, at: usize, feed: Feed) {
        let market = &mut self.markets[at];
        market.spec.feed = feed;
        market.mark.restart();
        market.book = (feed == Feed::Book).then(Box::default);
        self.apply_gap(at);
        self.wake(at);
    }

    /// Places again what waited for a price under another kind of data.
    pub fn place_waiting(&mut self, at: usize, now: Nanos) -> Result<()> {
        for slot in std::mem::take(&mut self.markets[at].waiting) {
            self.place(slot, now)?;
            self.end_bundle();
        }
        Ok(())
    }

    /// Takes in an order that was open before the first row, `filled` lots of it filled. `None`: the free balance does not cover it.
    pub fn adopt(&mut self, at: usize, request: &OpenRequest, filled: i64) -> Result<Option<()>> {
        let expires = if let TimeInForce::GoodUntil(time) = request.time_in_force { time } else { NEVER };
        let mut order = Order::new(*request, at, self.lots_at_limit(at, request)?, expires);
        (order.filled, order.is_open, order.is_valued) = (filled, true, true);
        let need = self.to_reserve(&order)?;
        if need > self.ledger.account(self.markets[at].spec.pays(request.side)).free() {
            return Ok(None);
        }
        let slot = self.orders.insert(order);
        self.wake(at);
        self.reserve_rest(slot)?;
        self.watch_expiry(expires, request.order);
        self.markets[at].rest(request.side, request.price, slot);
        Ok(Some(()))
    }

    /// Answers a request with a refusal, no matter what it asks for.
    pub fn refuse(&mut self, at: usize, request: &Request, now: Nanos, reason: Reason) {
        let (number, kind) = match request {
            Request::Open(open) => return self.reject(at, open.order, open.side, now, reason),
            Request::Cancel(number) => (*number, OrderEventKind::CancelRejected(reason)),
            Request::Amend { order, .. } => (*order, OrderEventKind::AmendRejected(reason)),
        };
        let side = self.order(number).map_or(Side::Buy, |order| order.request.side);
        self.emit(at, number, side, now, kind);
        self.end_bundle();
    }

    /// Whether the account can pay for what is left of an order at these prices (price, lots).
    pub fn can_afford(&self, number: OrderNumber, parts: &[(i64, i64)], liquidity: Liquidity) -> Result<Result<(), Reason>> {
        let order = self.orders.get(self.slot(number)?);
        self.can_pay(order.market, order.request.side, parts, !order.flat_fee_paid, liquidity)
    }

    /// The same, and the order is over if it cannot. False then.
    pub fn afford_or_end(&mut self, number: OrderNumber, parts: &[(i64, i64)], now: Nanos) -> Result<bool> {
        let slot = self.slot(number)?;
        let is_paid = self.afford(slot, parts, now)?;
        self.end_bundle();
        Ok(is_paid)
    }

    /// How many of these lots an order may be filled with; 0 where it may not be filled at all, and then it is over.
    pub fn fillable(&mut self, number: OrderNumber, price: i64, quantity: i64, liquidity: Liquidity, now: Nanos) -> Result<i64> {
        let Ok(slot) = self.orders.find(number) else { return Ok(0) };
        let Some(quantity) = self.reducible(slot, quantity, now)? else { return Ok(0) };
        Ok(if self.bears(slot, price, quantity, liquidity, false, now)? { quantity } else { 0 })
    }

    /// Lots by which a market's position could be reduced by orders on `side`.
    pub fn reducible_in(&self, at: usize, side: Side) -> Result<i64> {
        self.reducible_lots(at, side)
    }

    /// Fills an order with lots that it has left and was [found to bear](Exchange::fillable).
    pub fn force_fill(&mut self, number: OrderNumber, price: i64, quantity: i64, liquidity: Liquidity, now: Nanos) -> Result<()> {
        let slot = self.slot(number)?;
        self.fill(slot, price, quantity, liquidity, now)?;
        self.end_bundle();
        Ok(())
    }

    /// Ends a working order for this reason.
    pub fn force_end(&mut self, number: OrderNumber, kind: OrderEventKind, now: Nanos) -> Result<()> {
        let slot = self.slot(number)?;
        self.end(slot, now, kind)
    }
}
