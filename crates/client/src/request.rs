//! Opening, cancelling and changing orders. What makes no sense is an error; what an exchange would answer is in the order.

use crate::client::{AccountId, Client};
use crate::order::{Record, Status};
use haggle_model::wire::{self, Name, OrderRequestOpen};
use haggle_model::{Code, Decimal, Error, OpenRequest, OrderKind, OrderNumber, Request, Result, Side, Size, TimeInForce};

/// What a limit order may say beside its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitOptions<'a> {
    /// Refuse it if it would take.
    pub post_only: bool,
    /// How long it works.
    pub time_in_force: wire::TimeInForce,
    /// The client's id; made of the account's name and the order's number where there is none.
    pub cid: Option<&'a str>,
}

impl Default for LimitOptions<'_> {
    fn default() -> Self {
        Self { post_only: false, time_in_force: wire::TimeInForce::GoodUntilCancelled, cid: None }
    }
}

/// A new order, its names resolved.
struct Draft<'a> {
    market: usize,
    side: Side,
    lots: i64,
    price: Option<i64>,
    time_in_force: TimeInForce,
    post_only: bool,
    reduce_only: bool,
    strategy: Option<&'a str>,
    cid: Option<&'a str>,
}

impl Client {
    /// Opens an order.
    ///
    /// Errors have the path in the request's JSON: `UNKNOWN_NAME` for exchange or instrument, `INVALID_ARGUMENT` for a price or quantity
    /// off the grid and for a client id that was used, `UNSUPPORTED` for conditional kinds, `OVERFLOW` for a value that does not fit.
    pub fn open_order(&mut self, account: AccountId, request: &OrderRequestOpen) -> Result<wire::Order> {
        self.check_account(account)?;
        let (key, terms) = (&request.key, &request.terms);
        self.settings.map.check_exchange(&key.exchange).map_err(|error| error.at("key.exchange"))?;
        let market = self.settings.map.find(&key.instrument).map_err(|error| error.at("key.instrument"))?;
        let spec = &self.specs[market];
        let price = terms.limit()?.map(|price| spec.tick.count(price, "state.price")).transpose()?;
        let draft = Draft {
            market,
            side: terms.side,
            lots: spec.lot.count(terms.quantity, "state.quantity")?,
            price,
            time_in_force: terms.time_in_force.at_exchange(price.is_some()),
            post_only: terms.post_only,
            reduce_only: terms.reduce_only,
            strategy: Some(key.strategy.as_str()).filter(|strategy| !strategy.is_empty()),
            cid: Some(key.cid.as_str()).filter(|cid| !cid.is_empty()),
        };
        self.open(account, &draft, "state.", "key.cid")
    }

    /// Opens a market order.
    ///
    /// Errors: `UNKNOWN_NAME` (path `symbol`), `INVALID_ARGUMENT` or `OVERFLOW` (path `quantity`).
    pub fn open_market_order(&mut self, account: AccountId, symbol: &Name, side: Side, quantity: Decimal) -> Result<wire::Order> {
        self.check_account(account)?;
        let market = self.settings.map.find(symbol).map_err(|error| error.at("symbol"))?;
        let draft = Draft {
            market,
            side,
            lots: self.specs[market].lot.count(quantity, "quantity")?,
            price: None,
            time_in_force: TimeInForce::ImmediateOrCancel,
            post_only: false,
            reduce_only: false,
            strategy: None,
            cid: None,
        };
        self.open(account, &draft, "", "cid")
    }

    /// Opens a limit order.
    ///
    /// Errors: as above, and for `price`, `timeInForce`, `cid`.
    pub fn open_limit_order(
        &mut self,
        account: AccountId,
        symbol: &Name,
        side: Side,
        quantity: Decimal,
        price: Decimal,
        options: &LimitOptions<'_>,
    ) -> Result<wire::Order> {
        self.check_account(account)?;
        let market = self.settings.map.find(symbol).map_err(|error| error.at("symbol"))?;
        let spec = &self.specs[market];
        let draft = Draft {
            market,
            side,
            lots: spec.lot.count(quantity, "quantity")?,
            price: Some(spec.tick.count(price, "price")?),
            time_in_force: options.time_in_force.at_exchange(true),
            post_only: options.post_only,
            reduce_only: false,
            strategy: None,
            cid: options.cid.filter(|cid| !cid.is_empty()),
        };
        self.open(account, &draft, "", "cid")
    }

    fn open(&mut self, account: AccountId, draft: &Draft<'_>, prefix: &str, cid_path: &str) -> Result<wire::Order> {
        let is_immediate = matches!(draft.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
        if draft.post_only && is_immediate {
            let message = "an order that takes at once cannot be post-only";
            return Err(Error::argument(format!("{prefix}postOnly"), message));
        }
        if let Some(price) = draft.price {
            self.specs[draft.market].notional(price, draft.lots).map_err(|error| error.at(format!("{prefix}quantity")))?;
        }
        if let Some(cid) = draft.cid {
            self.check_cid(account, cid, draft.strategy).map_err(|error| error.at(cid_path))?;
        }
        let order = self.next_order()?;
        let request = OpenRequest {
            order,
            instrument: self.specs[draft.market].instrument,
            side: draft.side,
            kind: if draft.price.is_some() { OrderKind::Limit } else { OrderKind::Market },
            size: Size::Lots(draft.lots),
            price: draft.price.unwrap_or(0),
            time_in_force: draft.time_in_force,
            post_only: draft.post_only,
            reduce_only: draft.reduce_only,
        };
        let name = &*self.core.accounts[account.index()].name;
        self.core.orders.insert(Record {
            request,
            account: account.0,
            strategy: draft.strategy.filter(|strategy| *strategy != name).map(Box::from),
            cid: draft.cid.map(Box::from),
            id: None,
            truth: None,
            seen: Status::sent(&request, self.core.now),
            is_unknown: false,
            is_cancelling: false,
            under_way: 0,
        });
        self.guard(|client| client.send(account, order, Request::Open(request)))?;
        self.seen(order)
    }

    /// Client ids are unique per strategy as long as the order is remembered, and none has the form of those that are made.
    fn check_cid(&self, account: AccountId, cid: &str, strategy: Option<&str>) -> Result<()> {
        let name = &*self.core.accounts[account.index()].name;
        if generated(name, cid).is_some() {
            let message = format!("'{cid}' has the form of the ids that orders without one get");
            return Err(Error::new(Code::InvalidArgument, message).hint("add a letter"));
        }
        let strategy = strategy.unwrap_or(name);
        let is_same = |number: &u32| {
            let record = self.core.orders.get(OrderNumber(*number));
            record.is_some_and(|record| {
                record.account == account.0 && record.cid.is_some() && record.strategy.as_deref().unwrap_or(name) == strategy
            })
        };
        if self.core.orders.named(cid).iter().any(is_same) {
            return Err(Error::new(Code::InvalidArgument, format!("the client order id '{cid}' was used before")));
        }
        Ok(())
    }

    /// Cancels an order, by the exchange's id or the client's. That it is over already is the exchange's answer, an event.
    ///
    /// Errors: `UNKNOWN_NAME` for an order that this account never had, `AMBIGUOUS_NAME` where two are called so.
    pub fn cancel_order(&mut self, account: AccountId, order: &str) -> Result<wire::Order> {
        self.check_account(account)?;
        let number = self.find_order(account, order)?;
        self.guard(|client| client.cancel(account, number))?;
        self.seen(number)
    }

    /// Cancels all open orders, of one instrument or of all, oldest first.
    pub fn cancel_all(&mut self, account: AccountId, symbol: Option<&Name>) -> Result<Vec<wire::Order>> {
        self.check_account(account)?;
        let market = symbol.map(|symbol| self.settings.map.find(symbol).map_err(|error| error.at("symbol"))).transpose()?;
        let is_meant = |record: &&Record| {
            record.account == account.0 && market.is_none_or(|market| market == record.market()) && !record.current().is_over()
        };
        let numbers: Vec<OrderNumber> = self.core.orders.active().filter(is_meant).map(|record| record.request.order).collect();
        for number in &numbers {
            self.guard(|client| client.cancel(account, *number))?;
        }
        numbers.into_iter().map(|number| self.seen(number)).collect()
    }

    pub(crate) fn cancel(&mut self, account: AccountId, number: OrderNumber) -> Result<()> {
        if let Some(record) = self.core.orders.get_active(number).filter(|record| !record.seen.is_over()) {
            record.is_cancelling = true;
        }
        self.send(account, number, Request::Cancel(number))
    }

    /// Changes an order in one step: a limit price, a total quantity, or both. That it cannot be is the exchange's answer, an event.
    ///
    /// Errors: as for opening and cancelling; `INVALID_ARGUMENT` where nothing is to change.
    pub fn amend_order(
        &mut self,
        account: AccountId,
        order: &str,
        price: Option<Decimal>,
        quantity: Option<Decimal>,
    ) -> Result<wire::Order> {
        self.check_account(account)?;
        let number = self.find_order(account, order)?;
        let Some(record) = self.core.orders.get(number) else { return Err(Error::bug("an order that is found and is not there")) };
        let spec = &self.specs[record.market()];
        if price.is_none() && quantity.is_none() {
            return Err(Error::argument("change", "expected a price, a quantity, or both"));
        }
        if price.is_some() && record.request.kind == OrderKind::Market {
            return Err(Error::argument("price", "a market order has no price"));
        }
        let price = price.map(|price| spec.tick.count(price, "price")).transpose()?;
        let quantity = quantity.map(|quantity| spec.lot.count(quantity, "quantity")).transpose()?;
        let current = record.current();
        spec.notional(price.unwrap_or(current.price), quantity.unwrap_or(current.quantity)).map_err(|error| error.at("quantity"))?;
        self.guard(|client| client.send(account, number, Request::Amend { order: number, price, quantity }))?;
        self.seen(number)
    }

    /// The order that is meant: by the exchange's id, or the client's.
    pub(crate) fn find_order(&self, account: AccountId, text: &str) -> Result<OrderNumber> {
        let name = &*self.core.accounts[account.index()].name;
        let is_own = |number: &OrderNumber| self.core.orders.get(*number).is_some_and(|record| record.account == account.0);
        let has_made = |number: &OrderNumber| self.core.orders.get(*number).is_some_and(|record| record.cid.is_none());
        let has_plain_id = |number: &OrderNumber| self.core.orders.get(*number).is_some_and(|record| record.id.is_none());
        let named = self.core.orders.named(text).iter().map(|number| OrderNumber(*number));
        let made = generated(name, text).map(OrderNumber).filter(has_made);
        let numbered = digits(text).map(OrderNumber).filter(has_plain_id);
        let mut found: Option<OrderNumber> = None;
        for number in named.chain(made).chain(numbered).filter(is_own) {
            if found.is_some_and(|other| other != number) {
                return Err(Error::new(Code::AmbiguousName, format!("two orders are called '{text}'")).at("order"));
            }
            found = Some(number);
        }
        found.ok_or_else(|| {
            let error = Error::new(Code::UnknownName, format!("unknown order '{text}'")).at("order");
            error.hint("an order is known by the exchange's id or the client's, as long as it is remembered")
        })
    }
}

/// The number in a made client id, `<account>-<number>`.
fn generated(account: &str, cid: &str) -> Option<u32> {
    digits(cid.strip_prefix(account)?.strip_prefix('-')?)
}

fn digits(text: &str) -> Option<u32> {
    let is_plain = text == "0" || !text.starts_with('0');
    text.parse().ok().filter(|_| is_plain && text.bytes().all(|byte| byte.is_ascii_digit()))
}
